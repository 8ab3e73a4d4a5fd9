"""Put the report together from judged rules and the inventory: a pure function of what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from prodworks_cli import __version__
from prodworks_cli.entries import Places, inventory_entries, is_file, rule_entry, scan_entry, subject_entries, target
from prodworks_cli.grade import capped, caps_of, coverage_shown, grade_of
from prodworks_cli.model import Inventory
from prodworks_cli.questions import questions
from prodworks_cli.report import (
    PILLARS,
    SCHEMA_VERSION,
    SCORE_MODEL,
    Pack,
    PillarEntry,
    Report,
    RuleEntry,
    Score,
    SubjectEntry,
    Tool,
)
from prodworks_cli.roadmap import hours_left, order, roadmap
from prodworks_cli.score import Assessment, Outcome, Scorecard, Shares, scorecard, shown
from prodworks_cli.verdict import nothing_to_audit, verdict_entry, walk
from prodworks_cli.workload import nothing_to_audit as no_workload

Owners = Callable[[str], "str | None"]
NO_WORKLOAD = "no GenAI workload was found"


@dataclass(frozen=True)
class Owning:
    """Who owns the gaps of a rule: by rule id, by pillar, else whoever owns the file with the evidence."""

    named: Mapping[str, str]
    of_path: Owners

    def of_rule(self, assessment: Assessment, subjects: Sequence[SubjectEntry]) -> str | None:
        """The owner of a rule; subjects come worst first, so the first owned one is the owner of the evidence."""
        rule = assessment.rule
        said = self.named.get(rule.id) or self.named.get(rule.pillar)
        return said or next((s["owner"] for s in subjects if s["owner"]), None)

    def of_subject(self, assessment: Assessment, where: str | None) -> str | None:
        """The owner of one subject with its evidence in ``where``."""
        rule = assessment.rule
        said = self.named.get(rule.id) or self.named.get(rule.pillar)
        return said or (self.of_path(where) if where and is_file(where) else None)


def assemble_report(
    outcomes: Sequence[Outcome],
    inventory: Inventory,
    *,
    generated: str,
    pack: Pack,
    owners: Owners,
    settings: Mapping[str, Any],
) -> Report:
    """The report, without a gate. ``generated`` is an ISO 8601 time, ``owners`` gives the owner of a path.

    ``settings`` may hold ``owners`` (rule id or pillar to owner), ``capacity`` (owner to hours a week, for due dates)
    and ``pillar_weights``. Without a GenAI workload no rule applies and the verdict is "nothing to audit".
    Raises ``ValueError`` when ``generated`` is no such time.
    """
    empty = no_workload(inventory)
    judged = [Outcome(o.rule, reason=NO_WORKLOAD) for o in outcomes] if empty else outcomes
    card = scorecard(sorted(judged, key=_position), settings.get("pillar_weights"))
    now = _time(generated)
    age = evidence_age(now, inventory.scan.account_read_at)
    rules = _rules(card, inventory, Owning(settings.get("owners") or {}, owners))
    owner_of = {r["id"]: r["owner"] for r in rules}
    steps = walk(card, [(a.rule.id, hours_left(a)) for a in order(card)], age)
    path = roadmap(card, steps, lambda a: owner_of[a.rule.id], now.date(), settings.get("capacity") or {})
    report = Report(
        schema_version=SCHEMA_VERSION,
        tool=Tool(name="prodworks", version=__version__),
        pack=pack,
        score_model=SCORE_MODEL,
        generated=generated,
        target=target(inventory.scan),
        scan=scan_entry(inventory, (o.rule for o in outcomes)),
        score=_score(card, age),
        verdict=nothing_to_audit() if empty else verdict_entry(card, age, steps),
        pillars=[_pillar(pillar, card) for pillar in PILLARS],
        questions=questions(card, inventory.gaps, path),
        rules=rules,
        roadmap=path,
        inventory=inventory_entries(inventory),
    )
    if not empty and inventory.scan.account_read_at is not None:
        from prodworks_cli.pairs import deployment_entries

        report["deployment"] = deployment_entries(inventory)
    return report


def _position(outcome: Outcome) -> tuple[int, str]:
    return PILLARS.index(outcome.rule.pillar), outcome.rule.id


def evidence_age(now: datetime, read_at: str | None) -> int | None:
    """Seconds since the account was read; ``None`` without an account or with a time that cannot be read."""
    if read_at is None:
        return None
    try:
        return max(int((now - _time(read_at)).total_seconds()), 0)
    except (ValueError, OverflowError):
        return None


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _score(card: Scorecard, age: int | None) -> Score:
    proven, unverified, accepted, gap = card.shares.shown()
    grade, caps = grade_of(card.score), caps_of(card) if card.pillars else []
    return Score(
        score=card.score,
        proven=proven,
        unverified=unverified,
        accepted=accepted,
        gap=gap,
        grade=capped(grade, caps),
        grade_uncapped=grade,
        caps=caps,
        coverage=coverage_shown(card.coverage),
        evidence_age_s=age,
    )


def _pillar(pillar: str, card: Scorecard) -> PillarEntry:
    """A pillar in which no rule applies has all shares at 0 and takes no part in the score."""
    mine = [a for a in card.assessments.values() if a.rule.pillar == pillar]
    shares = card.pillars.get(pillar, Shares())
    proven, unverified, accepted, gap = shares.shown()
    return PillarEntry(
        id=pillar,
        score=shares.score,
        proven=proven,
        unverified=unverified,
        accepted=accepted,
        gap=gap,
        gaps=sum(1 for a in mine if a.open),
        unknowns=sum(1 for a in mine if a.status == "unknown"),
        applicable=pillar in card.pillars,
        rules=[a.rule.id for a in mine],
    )


def _rules(card: Scorecard, inventory: Inventory, owning: Owning) -> list[RuleEntry]:
    places = Places(inventory)
    entries = []
    for a in card.assessments.values():
        subjects = subject_entries(a, places, owning.of_subject)
        points, gain = shown(card.points[a.rule.id]), shown(card.gain(a.rule.id))
        entries.append(rule_entry(a, subjects, points, gain, owning.of_rule(a, subjects)))
    return entries

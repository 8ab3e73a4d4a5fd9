"""The verdict: not ready, pilot or production-ready, what blocks the next one, and the steps that reach it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

from prodworks_cli.grade import coverage_shown
from prodworks_cli.report import Blocking, NextVerdict, VerdictEntry, VerdictValue
from prodworks_cli.score import Assessment, Scorecard

DAY = 86_400
State = Literal["failed", "unproven"]


@dataclass(frozen=True)
class Level:
    """What a verdict takes. ``gates`` names the gate rules that must hold, on their proof plane if ``proven``."""

    value: VerdictValue
    gate: Literal["pilot", "production"]
    gates: tuple[str, ...]
    proven: bool
    score: int
    pillar: int
    coverage: int
    evidence_days: int | None


PILOT = Level("pilot", "pilot", ("pilot",), False, 50, 25, 50, None)
PRODUCTION = Level("production-ready", "production", ("pilot", "production"), True, 80, 60, 85, 7)
LEVELS = (PILOT, PRODUCTION)
RANK: Mapping[VerdictValue, int] = {"nothing-to-audit": 0, "not-ready": 0, "pilot": 1, "production-ready": 2}


@dataclass(frozen=True)
class Step:
    """One rule of the roadmap, closed after those before it: the card then, and the verdict if it flips there."""

    rule: str
    hours: float
    card: Scorecard
    milestone: VerdictValue | None


def judge(card: Scorecard, evidence_age_s: int | None) -> VerdictValue:
    """The best verdict whose conditions all hold. ``evidence_age_s`` is ``None`` when no account was read."""
    met = (level.value for level in reversed(LEVELS) if not any(_missing(card, evidence_age_s, level)))
    return next(met, "not-ready")


def blocking(card: Scorecard, evidence_age_s: int | None, level: Level) -> list[Blocking]:
    """The conditions of a level that do not hold: failed ones first, gate rules before thresholds."""
    missing = _missing(card, evidence_age_s, level)
    return sorted(missing, key=lambda b: (b["rule"] is None, b["state"] == "unproven"))


def _missing(card: Scorecard, evidence_age_s: int | None, level: Level) -> Iterator[Blocking]:
    """The same, first those that are the quickest to see: mostly it is asked whether there are any."""
    yield from _thresholds(card, level)
    yield from _evidence(evidence_age_s, level)
    yield from _gates(card, level)
    yield from _criticals(card, level)


def _gates(card: Scorecard, level: Level) -> Iterator[Blocking]:
    for a in card.assessments.values():
        if a.rule.gate in level.gates and not _gate_holds(a, level):
            yield _blocked(level, a.rule.id, a.rule.title, "failed" if a.open else "unproven")


def _gate_holds(assessment: Assessment, level: Level) -> bool:
    """A waived gate counts as held at every level: otherwise one could be production-ready and not fit for a pilot."""
    if assessment.status in ("waived", "not-applicable"):
        return True
    return assessment.proven if level.proven else assessment.status == "pass"


def _criticals(card: Scorecard, level: Level) -> Iterator[Blocking]:
    for a in card.assessments.values():
        if a.rule.severity == "critical" and a.open and a.rule.gate not in level.gates:
            yield _blocked(level, a.rule.id, a.rule.title, "failed")


def _thresholds(card: Scorecard, level: Level) -> Iterator[Blocking]:
    if card.score < level.score:
        text = f"score {card.score}, needs {level.score}"
        yield _blocked(level, None, text, _reachable(card.shares.attainable, level.score))
    for pillar, shares in card.pillars.items():
        if shares.score < level.pillar:
            text = f"{pillar} {shares.score}, needs {level.pillar}"
            yield _blocked(level, None, text, _reachable(shares.attainable, level.pillar))
    if card.coverage < level.coverage:
        text = f"coverage {coverage_shown(card.coverage):g} %, needs {level.coverage} %"
        yield _blocked(level, None, text, "unproven")


def _reachable(attainable: int, needed: int) -> State:
    return "unproven" if attainable >= needed else "failed"


def _evidence(age_s: int | None, level: Level) -> list[Blocking]:
    if level.evidence_days is None or (age_s is not None and age_s <= level.evidence_days * DAY):
        return []
    days = level.evidence_days
    text = (
        f"no account was read, needs evidence of the last {days} days"
        if age_s is None
        else f"account evidence is {age_s // DAY} days old, needs {days} days or less"
    )
    return [_blocked(level, None, text, "unproven")]


def _blocked(level: Level, rule: str | None, condition: str, state: State) -> Blocking:
    return Blocking(gate=level.gate, rule=rule, condition=condition, state=state)


def walk(card: Scorecard, rules: Sequence[tuple[str, float]], evidence_age_s: int | None) -> list[Step]:
    """Close rules (id, hours) one after the other and judge again after each.

    A closed rule is proven on its plane, which takes a new audit with the account: its evidence counts as fresh.
    """
    steps: list[Step] = []
    best = judge(card, evidence_age_s)
    for rule, hours in rules:
        card = card.with_closed(rule)
        value = judge(card, 0)
        flips = RANK[value] > RANK[best]
        steps.append(Step(rule, hours, card, value if flips else None))
        best = value if flips else best
    return steps


def milestones(steps: Sequence[Step]) -> list[NextVerdict]:
    """Each better verdict that the steps reach, with everything to do until then."""
    return [
        NextVerdict(
            verdict=step.milestone,
            rules=[s.rule for s in steps[: number + 1]],
            hours=fsum(s.hours for s in steps[: number + 1]),
            score=step.card.score,
        )
        for number, step in enumerate(steps)
        if step.milestone
    ]


def verdict_entry(card: Scorecard, evidence_age_s: int | None, steps: Sequence[Step]) -> VerdictEntry:
    """The verdict, what keeps the next one away, and the way there."""
    value = judge(card, evidence_age_s)
    following = LEVELS[RANK[value] : RANK[value] + 1]
    blocked = [b for level in following for b in blocking(card, evidence_age_s, level)]
    return VerdictEntry(value=value, blocking=blocked, next=milestones(steps))


def nothing_to_audit() -> VerdictEntry:
    """The verdict on something that holds no GenAI workload."""
    return VerdictEntry(value="nothing-to-audit", blocking=[], next=[])

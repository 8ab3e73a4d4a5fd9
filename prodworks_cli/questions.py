"""The five questions, answered from the rules that are essential to each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prodworks_cli.globs import covers
from prodworks_cli.model import Gap
from prodworks_cli.report import QUESTIONS, SEVERITIES, Answer, QuestionEntry, RoadmapEntry
from prodworks_cli.score import Assessment, Scorecard, deciding_plane

GAPS_SHOWN = 2
ACTIONS_SHOWN = 3
SPEND_ALARMS = ("budget", "anomaly")


def questions(card: Scorecard, gaps: Sequence[Gap], roadmap: Sequence[RoadmapEntry]) -> list[QuestionEntry]:
    """All five questions with their answers, in order."""
    return [_question(name, text, card, gaps, roadmap) for name, text in QUESTIONS.items()]


def _question(
    name: str, text: str, card: Scorecard, gaps: Sequence[Gap], roadmap: Sequence[RoadmapEntry]
) -> QuestionEntry:
    named = [a for a in card.assessments.values() if name in a.rule.questions and a.applicable]
    essential = sorted(named, key=lambda a: (_order(a), SEVERITIES.index(a.rule.severity), a.rule.id))
    answer = answer_of(essential)
    clauses = list(_because(essential, gaps)) if essential else ["no rule that is essential to it applies"]
    if name == "cost" and answer not in ("yes", "not-applicable") and _has_spend_alarm(card):
        clauses.append("a budget alarm alone is not per-request cost tracking")
    if name == "path" and roadmap:
        clauses.append(_path(roadmap))
    because = "; ".join(clauses)
    return QuestionEntry(id=name, text=text, answer=answer, because=because, rules=[a.rule.id for a in essential])


def answer_of(essential: Sequence[Assessment]) -> Answer:
    """The answer over the essential rules that apply; a waived failure counts as a failure."""
    if not essential:
        return "not-applicable"
    if all(a.proven for a in essential):
        return "yes"
    passed = any(a.passing for a in essential)
    failed = any(a.failing or a.waived for a in essential)
    if passed:
        return "partly"
    return "no" if failed else "cannot-tell"


def _order(assessment: Assessment) -> int:
    """Failures first, then what was deferred, what could not be seen, and what holds."""
    return ("fail", "partly", "waived", "unknown", "pass").index(assessment.status)


def _because(essential: Sequence[Assessment], gaps: Sequence[Gap]) -> Iterator[str]:
    failing = [a for a in essential if a.open]
    yield from (_gap(a) for a in failing[:GAPS_SHOWN])
    if len(failing) > GAPS_SHOWN:
        yield f"{len(failing) - GAPS_SHOWN} more {_plural(len(failing) - GAPS_SHOWN, 'gap')}"
    yield from (_deferred(a) for a in essential if a.waived)
    unknown = [a for a in essential if a.unknown]
    if unknown:
        yield _unseen(unknown, gaps)
    unproven = [a for a in essential if a.status == "pass" and not a.proven]
    if unproven:
        yield _unproven(unproven)
    proven = sum(1 for a in essential if a.proven)
    if proven:
        yield f"all {proven} proven" if proven == len(essential) > 1 else f"{proven} of {len(essential)} proven"


def _gap(assessment: Assessment) -> str:
    total = assessment.passing + assessment.failing + assessment.waived + assessment.unknown
    counts = f" ({assessment.failing} of {total})" if total > 1 else ""
    return assessment.rule.gap + counts


def _deferred(assessment: Assessment) -> str:
    until = max(
        assessment.outcome.waivers[f.identity]["expires"]
        for f in assessment.outcome.findings
        if f.identity in assessment.outcome.waivers
    )
    return f"{assessment.rule.gap}: deferred until {until}"


def _unseen(unknown: Sequence[Assessment], gaps: Sequence[Gap]) -> str:
    kinds = {a.rule.resource for a in unknown}
    actions = sorted({g.action for g in gaps if g.action and any(covers(g.kind, kind) for kind in kinds)})
    grant = f"; grant {', '.join(actions[:ACTIONS_SHOWN])} to find out" if actions else ""
    return f"{unknown[0].rule.title}: cannot tell" + _more(len(unknown) - 1) + grant


def _more(others: int) -> str:
    return f", and {others} more" if others else ""


def _unproven(assessments: Sequence[Assessment]) -> str:
    planes = {deciding_plane(f) for a in assessments for f in a.outcome.findings if f.status == "pass"}
    where = "in code, not verified in the account" if "declared" in planes else "stated, not verified"
    return f"{len(assessments)} {where}"


def _has_spend_alarm(card: Scorecard) -> bool:
    return any(
        a.status == "pass" and a.rule.pillar == "cost" and any(word in a.rule.id for word in SPEND_ALARMS)
        for a in card.assessments.values()
    )


def _path(roadmap: Sequence[RoadmapEntry]) -> str:
    unowned = sum(1 for entry in roadmap if not entry["owner"])
    owners = f"{unowned} without an owner" if unowned else "all with an owner"
    return f"{len(roadmap)} {_plural(len(roadmap), 'step')} to go, {owners}"


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else noun + "s"

"""The roadmap: gaps and unverified rules in the order to close them, with owners, dates and the score after each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from prodworks_cli.report import RoadmapEntry
from prodworks_cli.score import Assessment, Scorecard, shown
from prodworks_cli.verdict import Step

LEAST_HOURS = Fraction(1, 4)
"""Anything takes a quarter of an hour, so that points per hour stay finite."""
WORKDAYS = 5
LONGEST_DAYS = 10 * 52 * WORKDAYS
"""Working days; a date further away says nothing."""

OwnerOf = Callable[[Assessment], "str | None"]


def hours_left(assessment: Assessment) -> float:
    """Working hours to close a rule: none where it passes already and only its proof on a stronger plane is missing."""
    return 0.0 if assessment.status in ("pass", "not-applicable") else assessment.rule.hours


def order(card: Scorecard) -> list[Assessment]:
    """The rules to close: pilot gates and open criticals, production gates, the rest; then by points per hour.

    A rule comes after those in its ``blocked_by``, which move up with it. In a cycle the order by value decides.
    """
    todo = {a.rule.id: a for a in card.assessments.values() if _to_do(a, card)}
    groups = _groups(todo)
    waiting = sorted(todo.values(), key=lambda a: (groups[a.rule.id], -_rate(a, card), a.rule.id))
    done: list[Assessment] = []
    while waiting:
        left = {a.rule.id for a in waiting}
        free = next((a for a in waiting if not left.intersection(a.rule.blocked_by)), waiting[0])
        waiting.remove(free)
        done.append(free)
    return done


def _to_do(assessment: Assessment, card: Scorecard) -> bool:
    """Accepted failures are not on the way, nor are unscored rules unless a verdict depends on them."""
    counts = card.points[assessment.rule.id] > 0 or assessment.rule.gate is not None
    return counts and assessment.status in ("fail", "partly", "unknown", "pass") and not assessment.proven


def _groups(todo: Mapping[str, Assessment]) -> dict[str, int]:
    groups = {rule_id: _group(a) for rule_id, a in todo.items()}
    changed = True
    while changed:
        changed = False
        for rule_id, a in todo.items():
            for blocker in a.rule.blocked_by:
                if groups.get(blocker, 0) > groups[rule_id]:
                    groups[blocker] = groups[rule_id]
                    changed = True
    return groups


def _group(assessment: Assessment) -> int:
    if assessment.rule.gate == "pilot" or (assessment.rule.severity == "critical" and assessment.open):
        return 0
    return 1 if assessment.rule.gate == "production" else 2


def _rate(assessment: Assessment, card: Scorecard) -> Fraction:
    return card.gain(assessment.rule.id) / max(Fraction(hours_left(assessment)), LEAST_HOURS)


def roadmap(
    card: Scorecard, steps: Sequence[Step], owner_of: OwnerOf, start: date, capacity: Mapping[str, float]
) -> list[RoadmapEntry]:
    """The rows of the roadmap. ``capacity`` maps owners to hours a week; who has none gets no dates."""
    spent: dict[str, float] = {}
    rows = []
    for step in steps:
        assessment = card.assessments[step.rule]
        owner = owner_of(assessment)
        if owner:
            spent[owner] = spent.get(owner, 0.0) + step.hours
        due = due_date(start, spent[owner], capacity.get(owner)) if owner else None
        rows.append(_row(assessment, card, step, owner, due))
    return rows


def _row(assessment: Assessment, card: Scorecard, step: Step, owner: str | None, due: date | None) -> RoadmapEntry:
    rule = assessment.rule
    return RoadmapEntry(
        rule=rule.id,
        title=rule.gap if assessment.open else rule.title,
        pillar=rule.pillar,
        severity=rule.severity,
        gate=rule.gate,
        state="gap" if assessment.open else "unverified",
        gain=shown(card.gain(rule.id)),
        hours=step.hours,
        owner=owner,
        due=due.isoformat() if due else None,
        score_after=step.card.score,
        milestone=step.milestone,
    )


def due_date(start: date, hours: float, hours_a_week: float | None) -> date | None:
    """The working day (Monday to Friday) on which so many hours after ``start`` are done; a day is a fifth of a week.

    ``None`` without a capacity, or when it is more than ten years away.
    """
    if not hours_a_week or hours_a_week <= 0:
        return None
    days = ceil(Fraction(hours) * WORKDAYS / Fraction(hours_a_week))
    if days > LONGEST_DAYS:
        return None
    weeks, rest = divmod(days, WORKDAYS)
    due = _workday(start) + timedelta(weeks=weeks)
    for _ in range(rest):
        due = _workday(due + timedelta(days=1))
    return due


def _workday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= WORKDAYS else day

"""The grade: a letter for the score, limited by the worst thing that is open. The number itself is never limited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import floor

from prodworks_cli.report import Cap, Grade
from prodworks_cli.score import Assessment, Scorecard

GRADES: tuple[tuple[Grade, int], ...] = (("A", 90), ("B", 80), ("C", 65), ("D", 50), ("E", 35), ("F", 0))
WEAK_PILLAR = 40
THIN_COVERAGE, FULL_COVERAGE = 60, 85


def grade_of(score: int) -> Grade:
    """The grade of a score before any cap."""
    return next(grade for grade, least in GRADES if score >= least)


def capped(grade: Grade, caps: Iterable[Cap]) -> Grade:
    """The worst of a grade and its caps."""
    return max((grade, *(cap["to"] for cap in caps)), key="ABCDEF".index)


def caps_of(card: Scorecard) -> list[Cap]:
    """Every condition that limits the grade, worst first, whether or not the score is that good."""
    return [Cap(to=to, reason=reason, rules=rules) for to, reason, rules in _caps(card)]


def coverage_shown(coverage: Fraction) -> float:
    """Coverage with one decimal, rounded down, so that a threshold it misses is never shown as met."""
    return floor(coverage * 10) / 10


def _caps(card: Scorecard) -> Iterator[tuple[Grade, str, list[str]]]:
    everything = card.assessments.values()
    criticals = [a for a in everything if a.rule.severity == "critical" and a.applicable]
    if failed := _ids(a for a in everything if a.rule.gate == "pilot" and a.open):
        yield "E", f"{_count(failed, 'pilot gate')} failed", failed
    if failed := _ids(a for a in criticals if a.open):
        yield "D", f"{len(failed)} open critical{'s' if len(failed) > 1 else ''}", failed
    for pillar, shares in card.pillars.items():
        if shares.score < WEAK_PILLAR:
            yield "C", f"{pillar} is at {shares.score}, under {WEAK_PILLAR}", []
    if card.coverage < THIN_COVERAGE:
        yield "C", f"coverage is {coverage_shown(card.coverage):g} %, under {THIN_COVERAGE} %", []
    if unproven := _ids(a for a in criticals if not (a.open or a.proven or a.status == "waived")):
        yield "C", f"{_count(unproven, 'critical rule')} unproven", unproven
    if THIN_COVERAGE <= card.coverage < FULL_COVERAGE:
        yield "B", f"coverage is {coverage_shown(card.coverage):g} %, under {FULL_COVERAGE} %", []
    if waived := _ids(a for a in criticals if a.status == "waived"):
        yield "B", f"{_count(waived, 'critical rule')} waived", waived


def _ids(assessments: Iterable[Assessment]) -> list[str]:
    return [a.rule.id for a in assessments]


def _count(rules: list[str], noun: str) -> str:
    return f"{len(rules)} {noun}{'s' if len(rules) > 1 else ''}"

"""The difference between two reports: numbers before and after, and the gaps that came and went."""

from __future__ import annotations

from copy import deepcopy
from typing import TypedDict

from prodworks_cli.baseline import baseline_of, compare
from prodworks_cli.report import PILLARS, FixedEntry, Report


class Side(TypedDict):
    """One of the two reports."""

    target: str
    at: str
    commit: str | None
    score: int
    grade: str
    verdict: str
    coverage: float


class PillarChange(TypedDict):
    """The score of a pillar in both; ``None`` where no rule of it applies."""

    id: str
    before: int | None
    after: int | None


class GapEntry(TypedDict):
    """A gap that only the later report has. ``newer_rule``: the rule did not judge in the earlier one."""

    rule: str
    severity: str
    title: str
    identity: str
    where: str | None
    line: int | None
    newer_rule: bool


class Difference(TypedDict):
    """Everything that changed. ``same_rules`` says whether the two scores can be compared."""

    before: Side
    after: Side
    same_rules: bool
    pillars: list[PillarChange]
    new: list[GapEntry]
    fixed: list[FixedEntry]
    known: int


def difference(before: Report, after: Report) -> Difference:
    """What changed from one report to another. Neither is touched."""
    later = deepcopy(after)
    compared = compare(later, baseline_of(before, "before"))
    return Difference(
        before=_side(before),
        after=_side(after),
        same_rules=before["pack"]["sha256"] == after["pack"]["sha256"],
        pillars=_pillars(before, after),
        new=_new(later),
        fixed=compared["fixed"],
        known=compared["known"],
    )


def _side(report: Report) -> Side:
    return Side(
        target=report["target"]["name"],
        at=report["generated"],
        commit=report["target"]["commit"],
        score=report["score"]["score"],
        grade=report["score"]["grade"],
        verdict=report["verdict"]["value"],
        coverage=report["score"]["coverage"],
    )


def _pillars(before: Report, after: Report) -> list[PillarChange]:
    scores = [{p["id"]: p["score"] for p in report["pillars"] if p["applicable"]} for report in (before, after)]
    return [PillarChange(id=p, before=scores[0].get(p), after=scores[1].get(p)) for p in PILLARS]


def _new(report: Report) -> list[GapEntry]:
    return [
        GapEntry(
            rule=rule["id"],
            severity=rule["severity"],
            title=rule["gap"],
            identity=subject["identity"],
            where=subject["where"],
            line=subject["line"],
            newer_rule=subject["baseline"] == "new-rule",
        )
        for rule in report["rules"]
        for subject in rule["subjects"]
        if subject["status"] == "fail" and subject.get("baseline") in ("new", "new-rule")
    ]

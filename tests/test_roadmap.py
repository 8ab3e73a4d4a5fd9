from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from prodworks_cli.model import Plane
from prodworks_cli.report import RoadmapEntry
from prodworks_cli.roadmap import due_date, hours_left, order, roadmap
from prodworks_cli.score import Outcome, assess, scorecard
from prodworks_cli.verdict import walk
from tests.scoring import ABSENT, DECLARED_PASS, FAIL, UNKNOWN, outcome, outcomes, rule

TUESDAY, SATURDAY = date(2026, 11, 24), date(2026, 11, 28)


def ordered(*judged: Outcome) -> list[str]:
    return [a.rule.id for a in order(scorecard(judged))]


def rows(*judged: Outcome, owner: str | None = None, capacity: float = 0.0) -> list[RoadmapEntry]:
    card = scorecard(judged)
    steps = walk(card, [(a.rule.id, hours_left(a)) for a in order(card)], None)
    return roadmap(card, steps, lambda a: owner, TUESDAY, {owner: capacity} if owner and capacity else {})


def test_gates_come_first_then_points_per_hour() -> None:
    assert ordered(
        outcome(rule("rest-slow", hours=8.0), FAIL),
        outcome(rule("rest-fast", hours=1.0), FAIL),
        outcome(rule("production", gate="production", severity="low", hours=40.0), FAIL),
        outcome(rule("unproven-critical", severity="critical", hours=1.0), UNKNOWN),
        outcome(rule("critical", severity="critical", hours=40.0), FAIL),
        outcome(rule("pilot", gate="pilot", severity="low", hours=1.0), UNKNOWN),
    ) == ["pilot", "critical", "production", "unproven-critical", "rest-fast", "rest-slow"]


def test_what_is_done_accepted_or_unscored_is_no_step() -> None:
    assert ordered(
        outcome(rule("proven"), DECLARED_PASS),
        outcome(rule("absent"), ABSENT),
        outcome(rule("waived"), FAIL, waive=(0,)),
        outcome(rule("info", severity="info"), FAIL),
        outcome(rule("info-gate", severity="info", gate="production"), FAIL),
        outcome(rule("unverified", proof=Plane.OBSERVED), DECLARED_PASS),
        outcome(rule("gap"), FAIL),
    ) == ["info-gate", "unverified", "gap"]


def test_blockers_come_first_and_move_up() -> None:
    assert ordered(
        outcome(rule("pilot", gate="pilot", blocked_by=("middle", "unheard-of")), FAIL),
        outcome(rule("middle", gate="production", blocked_by=("base",)), FAIL),
        outcome(rule("base", severity="low", hours=40.0), FAIL),
        outcome(rule("other-gate", gate="production", severity="critical"), UNKNOWN),
    ) == ["base", "middle", "pilot", "other-gate"]


def test_a_blocker_that_is_done_blocks_nothing() -> None:
    assert ordered(outcome(rule("a", blocked_by=("b",)), FAIL), outcome(rule("b"), DECLARED_PASS)) == ["a"]


def test_a_cycle_of_blockers_ends() -> None:
    assert ordered(
        outcome(rule("a", blocked_by=("b",), hours=9.0), FAIL),
        outcome(rule("b", blocked_by=("a",), hours=1.0), FAIL),
        outcome(rule("c", blocked_by=("c",), hours=4.0), FAIL),
    ) == ["b", "a", "c"]


def test_only_the_proof_missing_takes_no_hours() -> None:
    assert hours_left(assess(outcome(rule(proof=Plane.OBSERVED), DECLARED_PASS))) == 0.0
    assert hours_left(assess(outcome(rule(), UNKNOWN))) == 2.0
    assert hours_left(assess(outcome(rule(), DECLARED_PASS, FAIL))) == 2.0


def test_rows() -> None:
    gap, unverified = rows(
        outcome(rule("base"), DECLARED_PASS),
        outcome(rule("gap", gate="pilot"), FAIL),
        outcome(rule("unverified", severity="low"), UNKNOWN),
        owner="team",
    )
    assert gap == {
        "rule": "gap",
        "title": "gap is open",
        "pillar": "security",
        "severity": "high",
        "gate": "pilot",
        "state": "gap",
        "gain": 46.1538,
        "hours": 2.0,
        "owner": "team",
        "due": None,
        "score_after": 92,
        "milestone": "production-ready",
    }
    assert (unverified["title"], unverified["state"], unverified["score_after"]) == (
        "unverified holds",
        "unverified",
        100,
    )


def test_due_dates_add_up_for_an_owner() -> None:
    judged = [outcome(rule(i, hours=8.0), FAIL) for i in ("a", "b", "c", "d")]
    assert [r["due"] for r in rows(*judged, owner="team", capacity=40.0)] == [
        "2026-11-25",
        "2026-11-26",
        "2026-11-27",
        "2026-11-30",
    ]
    assert [r["due"] for r in rows(*judged, owner=None, capacity=40.0)] == [None] * 4


@pytest.mark.parametrize(
    ("start", "hours", "capacity", "due"),
    [
        (TUESDAY, 8.0, 40.0, date(2026, 11, 25)),
        (TUESDAY, 8.1, 40.0, date(2026, 11, 26)),
        (TUESDAY, 40.0, 40.0, date(2026, 12, 1)),
        (TUESDAY, 8.0, 4.0, date(2026, 12, 8)),
        (SATURDAY, 0.0, 40.0, date(2026, 11, 30)),
        (SATURDAY, 8.0, 40.0, date(2026, 12, 1)),
        (TUESDAY, 8.0, None, None),
        (TUESDAY, 8.0, 0.0, None),
        (TUESDAY, 8.0, -1.0, None),
        (TUESDAY, 8.0, 0.0001, None),
    ],
)
def test_due_dates(start: date, hours: float, capacity: float | None, due: date | None) -> None:
    assert due_date(start, hours, capacity) == due


@given(outcomes())
def test_every_gap_is_a_step_and_the_last_score_is_the_sum(judged: list[Outcome]) -> None:
    card = scorecard(judged)
    steps = order(card)
    ids = [a.rule.id for a in steps]
    assert len(ids) == len(set(ids))
    assert {a.rule.id for a in card.assessments.values() if a.open and card.points[a.rule.id]} <= set(ids)
    walked = walk(card, [(i, 1.0) for i in ids], None)
    if walked:
        assert walked[-1].card.shares.proven == card.shares.proven + sum(card.gain(i) for i in ids)

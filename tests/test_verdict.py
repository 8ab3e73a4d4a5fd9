from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from prodworks_cli.model import Plane
from prodworks_cli.report import VerdictEntry
from prodworks_cli.roadmap import hours_left, order
from prodworks_cli.score import Outcome, scorecard
from prodworks_cli.verdict import (
    DAY,
    PILOT,
    PRODUCTION,
    RANK,
    blocking,
    judge,
    milestones,
    nothing_to_audit,
    verdict_entry,
    walk,
)
from tests.scoring import ATTESTED_PASS, DECLARED_PASS, FAIL, OBSERVED_PASS, UNKNOWN, outcome, outcomes, rule


def base(passing: int = 3) -> list[Outcome]:
    return [outcome(rule(f"base-{i}"), OBSERVED_PASS) for i in range(passing)]


@pytest.mark.parametrize(
    ("tested", "verdict"),
    [
        (outcome(rule(gate="pilot"), DECLARED_PASS), "production-ready"),
        (outcome(rule(gate="pilot"), FAIL), "not-ready"),
        (outcome(rule(gate="pilot"), UNKNOWN), "not-ready"),
        (outcome(rule(gate="pilot"), DECLARED_PASS, FAIL), "not-ready"),
        (outcome(rule(gate="pilot")), "production-ready"),
        # On some plane is enough for a pilot, production wants the proof plane.
        (outcome(rule(gate="pilot", proof=Plane.OBSERVED), DECLARED_PASS), "pilot"),
        (outcome(rule(gate="pilot", proof=Plane.OBSERVED), ATTESTED_PASS), "pilot"),
        (outcome(rule(gate="production", proof=Plane.OBSERVED), DECLARED_PASS), "pilot"),
        (outcome(rule(gate="production"), FAIL), "pilot"),
        (outcome(rule(gate="production", severity="low"), FAIL, waive=(0,)), "production-ready"),
        (outcome(rule(gate="pilot", severity="low"), FAIL, waive=(0,)), "production-ready"),
        (outcome(rule(severity="critical"), FAIL), "not-ready"),
        (outcome(rule(severity="critical"), DECLARED_PASS, FAIL), "not-ready"),
        (outcome(rule(severity="low"), FAIL), "production-ready"),
    ],
)
def test_verdict_by_one_rule(tested: Outcome, verdict: str) -> None:
    assert judge(scorecard([*base(8), tested]), 0) == verdict


@pytest.mark.parametrize(
    ("passing", "failing", "verdict"),
    [(80, 20, "production-ready"), (79, 21, "pilot"), (50, 50, "pilot"), (49, 51, "not-ready")],
)
def test_score_thresholds(passing: int, failing: int, verdict: str) -> None:
    failed = [outcome(rule(f"f{i}"), FAIL) for i in range(failing)]
    assert judge(scorecard([*base(passing), *failed]), 0) == verdict


@pytest.mark.parametrize(
    ("passing", "verdict"), [(60, "production-ready"), (59, "pilot"), (25, "pilot"), (24, "not-ready")]
)
def test_every_pillar_counts(passing: int, verdict: str) -> None:
    weak = [
        outcome(rule(f"w{i}", pillar="cost", severity="low"), DECLARED_PASS if i < passing else FAIL)
        for i in range(100)
    ]
    others = [outcome(rule(p, pillar=p), DECLARED_PASS) for p in ("security", "governance", "reliability")]
    card = scorecard([*weak, *others])
    assert judge(card, 0) == verdict
    condition = f"cost {passing}, needs 60"
    assert [b["condition"] for b in blocking(card, 0, PRODUCTION)] == ([condition] if passing < 60 else [])


@pytest.mark.parametrize(("unknown", "verdict"), [(15, "production-ready"), (16, "pilot"), (50, "pilot")])
def test_coverage_thresholds(unknown: int, verdict: str) -> None:
    unseen = [outcome(rule(f"u{i}"), UNKNOWN) for i in range(unknown)]
    assert judge(scorecard([*base(100 - unknown), *unseen]), 0) == verdict


def test_coverage_is_unproven_and_never_failed() -> None:
    unseen = [outcome(rule(f"u{i}"), UNKNOWN) for i in range(51)]
    card = scorecard([*base(49), *unseen])
    assert blocking(card, 0, PILOT) == [
        {"gate": "pilot", "rule": None, "condition": "score 49, needs 50", "state": "unproven"},
        {"gate": "pilot", "rule": None, "condition": "coverage 49 %, needs 50 %", "state": "unproven"},
    ]


@pytest.mark.parametrize(
    ("age", "verdict", "condition"),
    [
        (0, "production-ready", None),
        (7 * DAY, "production-ready", None),
        (7 * DAY + 1, "pilot", "account evidence is 7 days old, needs 7 days or less"),
        (30 * DAY, "pilot", "account evidence is 30 days old, needs 7 days or less"),
        (None, "pilot", "no account was read, needs evidence of the last 7 days"),
    ],
)
def test_production_needs_fresh_account_evidence(age: int | None, verdict: str, condition: str | None) -> None:
    entry = verdict_entry(scorecard(base()), age, [])
    assert entry["value"] == verdict
    assert [(b["condition"], b["state"]) for b in entry["blocking"]] == ([(condition, "unproven")] if condition else [])


def test_blocking_names_the_next_verdict_only_and_says_failed_or_unproven() -> None:
    judged = [
        *base(6),
        outcome(rule("a-unknown", gate="pilot"), UNKNOWN),
        outcome(rule("b-failed", gate="pilot"), FAIL),
        outcome(rule("c-critical", severity="critical"), FAIL),
        outcome(rule("d-production", gate="production"), FAIL),
    ]
    entry = verdict_entry(scorecard(judged), None, [])
    assert entry["value"] == "not-ready"
    assert [(b["gate"], b["rule"], b["state"]) for b in entry["blocking"]] == [
        ("pilot", "b-failed", "failed"),
        ("pilot", "c-critical", "failed"),
        ("pilot", "a-unknown", "unproven"),
    ]
    assert entry["blocking"][0]["condition"] == "b-failed holds"


def test_a_critical_gate_is_listed_once() -> None:
    card = scorecard([*base(8), outcome(rule("x", gate="pilot", severity="critical"), FAIL)])
    assert [b["rule"] for b in blocking(card, 0, PILOT)] == ["x"]


def test_milestones_are_where_the_verdict_flips() -> None:
    judged = [
        *base(4),
        outcome(rule("pilot-gate", gate="pilot", hours=3.0), FAIL),
        outcome(rule("production-gate", gate="production", hours=5.0), FAIL),
        outcome(rule("rest", severity="low", hours=1.0), FAIL),
    ]
    card = scorecard(judged)
    steps = walk(card, [(a.rule.id, hours_left(a)) for a in order(card)], None)
    assert [(s.rule, s.milestone) for s in steps] == [
        ("pilot-gate", "pilot"),
        ("production-gate", "production-ready"),
        ("rest", None),
    ]
    assert milestones(steps) == [
        {"verdict": "pilot", "rules": ["pilot-gate"], "hours": 3.0, "score": 81},
        {"verdict": "production-ready", "rules": ["pilot-gate", "production-gate"], "hours": 8.0, "score": 97},
    ]
    assert verdict_entry(card, None, steps)["next"] == milestones(steps)


def test_one_step_may_skip_a_verdict() -> None:
    card = scorecard([*base(8), outcome(rule("x", gate="pilot"), FAIL)])
    assert [s.milestone for s in walk(card, [("x", 1.0)], 0)] == ["production-ready"]


def test_production_ready_has_nothing_left() -> None:
    entry = verdict_entry(scorecard(base()), 0, [])
    assert entry == VerdictEntry(value="production-ready", blocking=[], next=[])


def test_nothing_to_audit() -> None:
    assert nothing_to_audit() == VerdictEntry(value="nothing-to-audit", blocking=[], next=[])


def test_no_rules_are_no_readiness() -> None:
    conditions: list[Any] = [b["condition"] for b in blocking(scorecard([]), 0, PILOT)]
    assert conditions == ["score 0, needs 50", "coverage 0 %, needs 50 %"]


@given(outcomes(least=0))
def test_the_way_leads_up_and_production_implies_pilot(judged: list[Outcome]) -> None:
    card = scorecard(judged)
    steps = walk(card, [(a.rule.id, hours_left(a)) for a in order(card)], None)
    flips = [RANK[s.milestone] for s in steps if s.milestone]
    assert flips == sorted(set(flips))
    assert all(rank > RANK[judge(card, None)] for rank in flips)
    scores = [card.score, *(s.card.score for s in steps)]
    assert scores == sorted(scores)
    if not blocking(card, 0, PRODUCTION):
        assert not blocking(card, 0, PILOT)

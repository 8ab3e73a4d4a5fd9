from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from prodworks_cli.gate import PRECEDENCE, Conditions, GateError, conditions_of, evaluate, worst
from prodworks_cli.model import Inventory, Plane, Scan
from prodworks_cli.report import Report
from prodworks_cli.score import Outcome
from tests.scoring import DECLARED_PASS, FAIL, OBSERVED_PASS, UNKNOWN, outcome, report, rule


def gate(report: Report, **settings: Any) -> tuple[bool | None, int]:
    result = evaluate(report, conditions_of(settings))
    return result["passed"], result["exit_code"]


def test_no_gate_is_configured() -> None:
    assert evaluate(report(outcome(rule(), FAIL)), Conditions()) == {
        "configured": False,
        "passed": None,
        "conditions": [],
        "exit_code": 0,
    }


@pytest.mark.parametrize(
    ("judged", "severity", "passed", "actual", "code"),
    [
        (outcome(rule(severity="high"), FAIL), "high", False, "1 gap: rule-a", 1),
        (outcome(rule(severity="critical"), FAIL), "high", False, "1 gap: rule-a", 1),
        (outcome(rule(severity="medium"), FAIL), "high", True, "none", 0),
        (outcome(rule(severity="high"), DECLARED_PASS, FAIL), "high", False, "1 gap: rule-a", 1),
        (outcome(rule(severity="high"), FAIL, UNKNOWN), "high", False, "1 gap: rule-a", 1),
        (outcome(rule(severity="high"), FAIL, waive=(0,)), "high", True, "none", 0),
        (outcome(rule(severity="high"), UNKNOWN), "high", None, "1 rule undecided: rule-a", 3),
        (outcome(rule(severity="medium"), UNKNOWN), "high", True, "none", 0),
        (outcome(rule(severity="high", proof=Plane.OBSERVED), DECLARED_PASS), "high", True, "none", 0),
        (outcome(rule(severity="info"), FAIL), "info", False, "1 gap: rule-a", 1),
        (outcome(rule()), "info", True, "none", 0),
    ],
)
def test_fail_on(judged: Outcome, severity: str, passed: bool | None, actual: str, code: int) -> None:
    result = evaluate(report(judged), Conditions(fail_on=severity))
    assert [(c["name"], c["actual"], c["passed"]) for c in result["conditions"]] == [("fail-on", actual, passed)]
    assert (result["passed"], result["exit_code"]) == (passed, code)


def test_fail_on_prefers_what_failed_and_lists_five() -> None:
    judged = [outcome(rule(f"r{i}"), FAIL) for i in range(7)] + [outcome(rule("u"), UNKNOWN)]
    (condition,) = evaluate(report(*judged), Conditions(fail_on="medium"))["conditions"]
    assert condition["required"] == "no gap of severity medium or worse"
    assert condition["actual"] == "7 gaps: r0, r1, r2, r3, r4, and 2 more"


def half() -> Report:
    """Score 50, cost at 0, coverage 75 %, no gates."""
    return report(
        outcome(rule("a"), DECLARED_PASS),
        outcome(rule("b", pillar="cost", severity="medium"), FAIL),
        outcome(rule("c", pillar="cost", severity="medium"), UNKNOWN),
    )


@pytest.mark.parametrize(
    ("settings", "passed", "code"),
    [
        ({"fail_under": 50}, True, 0),
        ({"fail_under": 51}, False, 1),
        ({"fail_under": 0}, True, 0),
        ({"min_coverage": 75}, True, 0),
        ({"min_coverage": 76}, False, 1),
        ({"min_pillar": {"security": 100, "cost": 0}}, True, 0),
        ({"min_pillar": ["security=100", "cost=1"]}, False, 1),
        ({"min_pillar": {"reliability": 90}}, True, 0),
        ({"fail_under": 50, "min_coverage": 80}, False, 1),
        ({"fail_on": "critical"}, True, 0),
    ],
)
def test_thresholds(settings: Mapping[str, Any], passed: bool, code: int) -> None:
    assert gate(half(), **settings) == (passed, code)


def test_actual_against_required_is_told() -> None:
    result = evaluate(half(), Conditions(fail_under=60, min_pillar={"cost": 10}, min_coverage=80))
    assert [(c["name"], c["required"], c["actual"]) for c in result["conditions"]] == [
        ("score", "at least 60", "50"),
        ("cost", "at least 10", "0"),
        ("coverage", "at least 80", "75"),
    ]


@pytest.mark.parametrize(
    ("judged", "wanted", "passed", "code"),
    [
        ([outcome(rule(), OBSERVED_PASS)], "pilot", True, 0),
        ([outcome(rule(), OBSERVED_PASS)], "production", True, 0),
        ([outcome(rule(gate="pilot"), FAIL)], "pilot", False, 1),
        ([outcome(rule(gate="pilot"), UNKNOWN)], "pilot", None, 3),
        ([outcome(rule(gate="pilot"), UNKNOWN)], "production", None, 3),
        ([outcome(rule(gate="pilot", proof=Plane.OBSERVED), DECLARED_PASS)], "pilot", True, 0),
        ([outcome(rule(gate="pilot", proof=Plane.OBSERVED), DECLARED_PASS)], "production", None, 3),
        # Only unproven for a pilot, but production has surely failed.
        ([outcome(rule(gate="pilot"), UNKNOWN), outcome(rule("b", gate="production"), FAIL)], "production", False, 1),
        ([outcome(rule(gate="pilot"), UNKNOWN), outcome(rule("b", severity="low"), FAIL)], "pilot", None, 3),
        ([outcome(rule(gate="pilot"), UNKNOWN), outcome(rule("b", severity="medium"), FAIL)], "production", False, 1),
    ],
)
def test_require(judged: list[Outcome], wanted: str, passed: bool | None, code: int) -> None:
    assert gate(report(*judged), require=wanted) == (passed, code)


def test_undecided_fails_closed_unless_told_otherwise() -> None:
    unseen = report(outcome(rule(), UNKNOWN))
    for on_incomplete, code in (("fail", 3), ("pass", 0)):
        result = evaluate(unseen, conditions_of({"fail_on": "high"}, on_incomplete))
        assert (result["passed"], result["exit_code"]) == (None, code)
    failing = report(outcome(rule(), UNKNOWN), outcome(rule("b"), FAIL))
    assert evaluate(failing, conditions_of({"fail_on": "high"}, "pass"))["exit_code"] == 1


def test_a_failed_condition_wins_over_an_undecided_one() -> None:
    assert gate(report(outcome(rule(), UNKNOWN)), fail_on="high", fail_under=1) == (False, 1)


def test_nothing_to_audit() -> None:
    empty = report(outcome(rule(), FAIL), inventory=Inventory((), (), Scan("empty")))
    for allow, code in ((False, 4), (True, 0)):
        result = evaluate(empty, conditions_of({"fail_under": 80, "fail_on": "low"}, "fail", allow))
        assert result == {"configured": True, "passed": None, "conditions": [], "exit_code": code}
    assert evaluate(empty, Conditions(allow_empty=True), internal_error=True)["exit_code"] == 70


def test_an_internal_error_wins() -> None:
    result = evaluate(report(outcome(rule(), FAIL)), Conditions(fail_on="low"), internal_error=True)
    assert (result["passed"], result["exit_code"]) == (False, 70)


def test_precedence() -> None:
    assert [worst(PRECEDENCE[i:]) for i in range(6)] == [70, 2, 1, 3, 4, 0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fail_on": "severe"}, "fail_on: expected critical, high, medium, low, info; found severe"),
        ({"fail_on": ["high"]}, "fail_on: expected critical, high, medium, low, info; found ['high']"),
        ({"require": "prod"}, "require: expected pilot, production; found prod"),
        ({"fail_under": "80"}, "fail_under: expected a whole number from 0 to 100; found 80"),
        ({"fail_under": True}, "fail_under: expected a whole number from 0 to 100; found True"),
        ({"fail_under": 101}, "fail_under: expected a whole number from 0 to 100; found 101"),
        ({"min_coverage": -1}, "min_coverage: expected a whole number from 0 to 100; found -1"),
        ({"min_pillar": {"speed": 1}}, "min_pillar: speed is no pillar"),
        ({"min_pillar": {"cost": 1.5}}, "min_pillar cost: expected a whole number"),
        ({"min_pillar": ["cost"]}, "min_pillar: expected PILLAR=N such as security=60; found cost"),
        ({"min_pillar": ["cost=²"]}, "min_pillar: expected PILLAR=N such as security=60; found cost=²"),
        ({"min_pillar": ["cost=101"]}, "min_pillar cost: expected a whole number from 0 to 100; found 101"),
        ({"min_pillar": 3}, "min_pillar: expected PILLAR=N; found 3"),
    ],
)
def test_conditions_that_cannot_be_understood(settings: Mapping[str, Any], message: str) -> None:
    with pytest.raises(GateError) as raised:
        conditions_of(settings)
    assert str(raised.value).startswith(message)


def test_on_incomplete_is_checked_and_makes_no_gate() -> None:
    with pytest.raises(GateError, match="on_incomplete: expected fail, pass; found maybe"):
        conditions_of({}, "maybe")
    assert not conditions_of({}, "pass", True).configured
    assert conditions_of({"fail_under": 0}).configured


def test_keys_that_are_none_set_no_condition() -> None:
    settings = dict.fromkeys(("fail_on", "fail_under", "min_pillar", "require", "min_coverage"))
    assert conditions_of(settings) == Conditions()

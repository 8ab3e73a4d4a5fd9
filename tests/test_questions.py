from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Gap, Plane, Status
from prodworks_cli.questions import questions
from prodworks_cli.report import QUESTIONS, QuestionEntry, RoadmapEntry
from prodworks_cli.score import Outcome, scorecard
from tests.scoring import ABSENT, DECLARED_PASS, FAIL, OBSERVED_PASS, UNKNOWN, outcome, rule


def ask(
    name: str, *judged: Outcome, gaps: tuple[Gap, ...] = (), roadmap: tuple[RoadmapEntry, ...] = ()
) -> QuestionEntry:
    answers = questions(scorecard(judged), gaps, roadmap)
    assert [q["id"] for q in answers] == list(QUESTIONS)
    return next(q for q in answers if q["id"] == name)


def essential(rule_id: str, *subjects: dict[Plane, Status], waive: tuple[int, ...] = (), **more: Any) -> Outcome:
    return outcome(rule(rule_id, **({"questions": ("drift",)} | more)), *subjects, waive=waive)


@pytest.mark.parametrize(
    ("judged", "answer", "because"),
    [
        ([], "not-applicable", "no rule that is essential to it applies"),
        ([essential("a", ABSENT)], "not-applicable", "no rule that is essential to it applies"),
        ([essential("a", DECLARED_PASS)], "yes", "1 of 1 proven"),
        ([essential("a", DECLARED_PASS), essential("b", OBSERVED_PASS)], "yes", "all 2 proven"),
        ([essential("a", DECLARED_PASS), essential("b", ABSENT)], "yes", "1 of 1 proven"),
        (
            [essential("a", DECLARED_PASS, proof=Plane.OBSERVED)],
            "partly",
            "1 in code, not verified in the account",
        ),
        ([essential("a", DECLARED_PASS), essential("b", UNKNOWN)], "partly", "b holds: cannot tell; 1 of 2 proven"),
        ([essential("a", DECLARED_PASS, UNKNOWN)], "partly", "a holds: cannot tell"),
        ([essential("a", UNKNOWN), essential("b", UNKNOWN)], "cannot-tell", "a holds: cannot tell, and 1 more"),
        ([essential("a", FAIL)], "no", "a is open"),
        ([essential("a", FAIL), essential("b", UNKNOWN)], "no", "a is open; b holds: cannot tell"),
        ([essential("a", FAIL), essential("b", DECLARED_PASS)], "partly", "a is open; 1 of 2 proven"),
        ([essential("a", FAIL, FAIL, DECLARED_PASS)], "partly", "a is open (2 of 3)"),
        ([essential("a", FAIL, waive=(0,))], "no", "a is open: deferred until 2027-01-31"),
        (
            [essential("a", FAIL, waive=(0,)), essential("b", DECLARED_PASS)],
            "partly",
            "a is open: deferred until 2027-01-31; 1 of 2 proven",
        ),
        (
            [essential(i, FAIL) for i in "abcd"] + [essential("z", FAIL, severity="critical")],
            "no",
            "z is open; a is open; 3 more gaps",
        ),
    ],
)
def test_answers(judged: list[Outcome], answer: str, because: str) -> None:
    entry = ask("drift", *judged)
    assert (entry["answer"], entry["because"]) == (answer, because)


def test_rules_are_listed_in_the_order_of_the_clauses() -> None:
    entry = ask(
        "drift",
        essential("a", DECLARED_PASS),
        essential("b", UNKNOWN),
        essential("c", FAIL, waive=(0,)),
        essential("d", FAIL, severity="low"),
        essential("e", FAIL, severity="critical"),
        essential("other", FAIL, questions=("cost",)),
    )
    assert entry["rules"] == ["e", "d", "c", "b", "a"]


def test_what_to_grant_to_find_out() -> None:
    gaps = (
        Gap("repo.*", Plane.OBSERVED, "us-east-1", "denied", action="bedrock:GetX"),
        Gap("repo.model_call", Plane.OBSERVED, "eu-west-1", "denied", action="bedrock:GetX"),
        Gap("aws.s3.bucket", Plane.OBSERVED, "us-east-1", "denied", action="s3:ListAllMyBuckets"),
    )
    entry = ask("drift", essential("a", UNKNOWN), gaps=gaps)
    assert entry["because"] == "a holds: cannot tell; grant bedrock:GetX to find out"


def test_a_budget_alarm_is_not_cost_tracking() -> None:
    budget = outcome(rule("budget-watches-spend", pillar="cost"), DECLARED_PASS)
    said = "a budget alarm alone is not per-request cost tracking"
    assert ask("cost", essential("a", FAIL, questions=("cost",)), budget)["because"] == f"a is open; {said}"
    assert said not in ask("cost", essential("a", DECLARED_PASS, questions=("cost",)), budget)["because"]
    assert said not in ask("cost", essential("a", FAIL, questions=("cost",)))["because"]
    assert said not in ask("cost", budget)["because"]


def row(owner: str | None) -> RoadmapEntry:
    return RoadmapEntry(
        rule="a",
        title="a",
        pillar="cost",
        severity="low",
        gate=None,
        state="gap",
        gain=1.0,
        hours=1.0,
        owner=owner,
        due=None,
        score_after=1,
        milestone=None,
    )


def test_the_path_says_how_long_it_is_and_who_owns_it() -> None:
    owned = essential("a", DECLARED_PASS, questions=("path",))
    assert ask("path", owned, roadmap=(row(None), row("x")))["because"] == (
        "1 of 1 proven; 2 steps to go, 1 without an owner"
    )
    assert ask("path", owned, roadmap=(row("x"),))["because"] == "1 of 1 proven; 1 step to go, all with an owner"

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from prodworks_cli.entries import expected_text
from prodworks_cli.model import Finding, Gap, Inventory, Location, Plane, Proof, Scan, Skipped, Status, Unknown, Verdict
from prodworks_cli.report import PILLARS, RuleEntry, SubjectEntry
from prodworks_cli.score import Outcome
from tests.scoring import ABSENT, DECLARED_PASS, FAIL, INVENTORY, UNKNOWN, model_call, outcome, outcomes, report, rule

ARN = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc"


def judged_by(*findings: Finding, **more: Any) -> Outcome:
    return Outcome(rule("r", **more), findings)


def found(identity: str, **planes: Verdict) -> Finding:
    return Finding("r", identity, "repo.model_call", {Plane(p): v for p, v in planes.items()})


def only_rule(judged: Outcome, **more: Any) -> RuleEntry:
    (entry,) = report(judged, **more)["rules"]
    return entry


def only_subject(finding: Finding) -> SubjectEntry:
    (entry,) = only_rule(judged_by(finding))["subjects"]
    return entry


def test_subjects_come_worst_first_and_then_by_identity() -> None:
    judged = outcome(rule(), DECLARED_PASS, FAIL, UNKNOWN, ABSENT, FAIL, FAIL, waive=(1,))
    subjects = only_rule(judged)["subjects"]
    assert [(s["identity"], s["status"]) for s in subjects] == [
        ("s4", "fail"),
        ("s5", "fail"),
        ("s2", "unknown"),
        ("s1", "waived"),
        ("s0", "pass"),
        ("s3", "not-applicable"),
    ]


def test_the_place_is_a_file_of_the_deciding_plane() -> None:
    call = Proof("a", "equals", 1, "2", Location(ARN, None, "bedrock:GetGuardrail"))
    file = Proof("b", "equals", 1, "2", Location("infra/main.tf", 12))
    other = Verdict(Status.PASS, "", (Proof("c", "equals", 1, "1", Location("other.tf", 3)),))
    drift = only_subject(found("s", observed=Verdict(Status.FAIL, "", (call, file)), declared=other))
    assert (drift["where"], drift["line"], drift["drifted"]) == ("infra/main.tf", 12, True)
    account = only_subject(found("s", observed=Verdict(Status.FAIL, "", (call,)), declared=other))
    assert (account["where"], account["line"]) == (ARN, None)
    hidden = only_subject(found("app.py:call", declared=Verdict(Status.UNKNOWN, "not resolved")))
    assert (hidden["where"], hidden["line"]) == ("app.py", 7)
    assert only_subject(found("s"))["where"] is None


def test_proofs_and_planes_are_kept() -> None:
    proof = Proof("max_tokens", "at_most", 4096, "not set", Location("app.py", 9))
    entry = only_subject(found("s", declared=Verdict(Status.FAIL, "no limit", (proof, replace(proof, location=None)))))
    assert entry["planes"] == {
        "declared": {
            "status": "fail",
            "reason": "no limit",
            "proofs": [
                {
                    "path": "max_tokens",
                    "operator": "at_most",
                    "expected": "4096",
                    "actual": "not set",
                    "where": "app.py",
                    "line": 9,
                    "call": None,
                },
                {
                    "path": "max_tokens",
                    "operator": "at_most",
                    "expected": "4096",
                    "actual": "not set",
                    "where": None,
                    "line": None,
                    "call": None,
                },
            ],
        }
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (0, "0"),
        ("MEDIUM", "MEDIUM"),
        (["MEDIUM", "HIGH"], "MEDIUM, HIGH"),
        ({"b", "a"}, "a, b"),
        ({"b": 1, "a": [2]}, '{"a": [2], "b": 1}'),
        ("x" * 200, "x" * 117 + "..."),
    ],
)
def test_expected_as_text(value: object, text: str) -> None:
    assert expected_text(value) == text


def test_owners_by_rule_then_pillar_then_file() -> None:
    judged = judged_by(found("app.py:call", declared=Verdict(Status.FAIL, "")))
    assert only_rule(judged)["owner"] == "@team"
    assert only_rule(judged, owners={"security": "sec"})["owner"] == "sec"
    named = only_rule(judged, owners={"security": "sec", "r": "me"})
    assert (named["owner"], named["subjects"][0]["owner"]) == ("me", "me")
    elsewhere = judged_by(
        found("s", declared=Verdict(Status.FAIL, "", (Proof("", "is", 1, "2", Location("b.py", 1)),)))
    )
    assert only_rule(elsewhere)["owner"] is None
    made = report(judged, capacity={"@team": 40.0})
    assert [(r["owner"], r["due"]) for r in made["roadmap"]] == [("@team", "2026-11-25")]


@pytest.mark.parametrize(
    ("judged", "reason"),
    [
        (outcome(rule()), "none found"),
        (outcome(rule(), ABSENT), "s0 not-applicable"),
        (outcome(rule(), FAIL), "s0 fail"),
        (outcome(rule(), DECLARED_PASS, FAIL, FAIL), "2 of 3 fail: s1 fail"),
        (outcome(rule(), DECLARED_PASS, UNKNOWN), "1 of 2 cannot be decided: s1 unknown"),
        (outcome(rule(), DECLARED_PASS, DECLARED_PASS), "2 of 2 hold: s0 pass"),
        (outcome(rule(), DECLARED_PASS, FAIL, waive=(1,)), "1 of 2 are accepted: s1 fail"),
        (Outcome(rule(), (found("", observed=Verdict(Status.UNKNOWN, "ListX denied")),)), "ListX denied"),
    ],
)
def test_reason_of_a_rule(judged: Outcome, reason: str) -> None:
    assert only_rule(judged)["reason"] == reason


def test_a_listing_that_failed_is_unknown_and_no_subject() -> None:
    entry = only_rule(Outcome(rule(), (found("", observed=Verdict(Status.UNKNOWN, "ListX denied")),)))
    assert (entry["status"], entry["subjects"]) == ("unknown", [])


def test_score_grade_and_pillars() -> None:
    made = report(
        outcome(rule("z", pillar="cost"), FAIL),
        outcome(rule("a", pillar="cost"), DECLARED_PASS),
        outcome(rule("b", pillar="security", severity="critical"), UNKNOWN),
        outcome(rule("c", pillar="reliability")),
    )
    assert [r["id"] for r in made["rules"]] == ["b", "a", "z", "c"]
    assert made["score"] == {
        "score": 25,
        "proven": 25.0,
        "unverified": 50.0,
        "accepted": 0.0,
        "gap": 25.0,
        "grade": "F",
        "grade_uncapped": "F",
        "caps": [
            {"to": "C", "reason": "security is at 0, under 40", "rules": []},
            {"to": "C", "reason": "coverage is 54.5 %, under 60 %", "rules": []},
            {"to": "C", "reason": "1 critical rule unproven", "rules": ["b"]},
        ],
        "coverage": 54.5,
        "evidence_age_s": 60,
    }
    assert [(p["id"], p["applicable"], p["score"], p["gaps"], p["unknowns"]) for p in made["pillars"]] == [
        ("observability", False, 0, 0, 0),
        ("security", True, 0, 0, 1),
        ("governance", False, 0, 0, 0),
        ("cost", True, 50, 1, 0),
        ("reliability", False, 0, 0, 0),
    ]
    assert [(r["id"], r["points"], r["gain"], r["hours"]) for r in made["rules"]] == [
        ("b", 50.0, 50.0, 2.0),
        ("a", 25.0, 0.0, 0.0),
        ("z", 25.0, 25.0, 2.0),
        ("c", 0.0, 0.0, 0.0),
    ]


@pytest.mark.parametrize(
    ("read_at", "age"),
    [
        (None, None),
        ("2026-11-24T09:30:00Z", 0),
        ("2026-11-24T10:30:00+02:00", 3600),
        ("2026-11-24T09:00:00", 1800),
        ("2027-01-01T00:00:00Z", 0),
        ("yesterday", None),
    ],
)
def test_age_of_the_account_evidence(read_at: str | None, age: int | None) -> None:
    inventory = replace(INVENTORY, scan=Scan("app", account_read_at=read_at))
    assert report(outcome(rule(), FAIL), inventory=inventory)["score"]["evidence_age_s"] == age


def test_without_a_workload_there_is_nothing_to_audit() -> None:
    made = report(outcome(rule(questions=("drift",)), DECLARED_PASS), inventory=Inventory((), (), Scan("empty")))
    assert made["verdict"]["value"] == "nothing-to-audit"
    assert (made["score"]["score"], made["score"]["grade"], made["score"]["caps"], made["roadmap"]) == (0, "F", [], [])
    assert (made["rules"][0]["status"], made["rules"][0]["reason"]) == ("not-applicable", "no GenAI workload was found")
    assert {q["answer"] for q in made["questions"]} == {"not-applicable"}


def test_what_was_looked_at() -> None:
    gaps = (
        Gap("repo.*", Plane.DECLARED, "my app/broken.py", "does not parse", 3),
        Gap("aws.*", Plane.DECLARED, "my app/broken.py", "does not parse", 3),
        Gap("repo.model_*", Plane.DECLARED, "Go", "is not read"),
        Gap("*", Plane.DECLARED, "the adapter of infra/aws_x.y", "internal error"),
        Gap("aws.s3.bucket", Plane.OBSERVED, "us-east-1", "denied", action="s3:ListAllMyBuckets"),
    )
    scan = Scan("app", "abc", True, 5, (Skipped("a.png", "media"),), ("111122223333",), ("us-east-1",), 7, None, "note")
    made = report(outcome(rule(), FAIL), inventory=Inventory((model_call(),), gaps, scan))
    assert made["scan"]["files"] == {
        "read": 5,
        "skipped": [{"path": "a.png", "reason": "media"}],
        "failed": [{"path": "my app/broken.py", "reason": "does not parse"}],
    }
    assert made["scan"]["calls"] == {
        "made": 7,
        "denied": [{"action": "s3:ListAllMyBuckets", "region": "us-east-1", "rules": []}],
    }
    assert len(made["scan"]["gaps"]) == 5
    assert made["scan"]["gaps"][-1] == {
        "type": "aws.s3.bucket",
        "plane": "observed",
        "scope": "us-east-1",
        "line": None,
        "reason": "denied",
        "action": "s3:ListAllMyBuckets",
    }
    assert made["target"] == {
        "name": "app",
        "commit": "abc",
        "dirty": True,
        "units": [],
        "accounts": ["111122223333"],
        "regions": ["us-east-1"],
    }


def test_the_inventory_is_summed_up_without_unknowns() -> None:
    call = model_call(api="converse", model_id="anthropic.claude", region=Unknown("var.region"), instrumented=True)
    made = report(outcome(rule(), FAIL), inventory=Inventory((call,), (), Scan("app")))
    assert made["inventory"] == [
        {
            "type": "repo.model_call",
            "identity": "app.py:call",
            "plane": "declared",
            "where": "app.py",
            "line": 7,
            "summary": "api converse, model id anthropic.claude",
        }
    ]


def test_fingerprints_do_not_change_when_the_account_is_read_or_the_status_changes() -> None:
    proof = Proof("", "is", 1, "2", Location(ARN, None, "bedrock:GetGuardrail"))
    code = only_subject(found("app.py:call", declared=Verdict(Status.PASS, "")))
    both = only_subject(
        found("app.py:call", declared=Verdict(Status.PASS, ""), observed=Verdict(Status.FAIL, "", (proof,)))
    )
    assert code["fingerprint"] == both["fingerprint"]
    twice = only_rule(judged_by(*[found("s", declared=Verdict(Status.FAIL, ""))] * 2))["subjects"]
    assert len({s["fingerprint"] for s in twice}) == 2


@given(outcomes(least=0))
def test_same_input_same_bytes_in_any_order(judged: list[Outcome]) -> None:
    shuffled = [replace(o, findings=o.findings[::-1]) for o in judged[::-1]]
    first, second = json.dumps(report(*judged)), json.dumps(report(*shuffled))
    assert first == second


@given(outcomes(least=0))
def test_the_parts_agree(judged: list[Outcome]) -> None:
    made = report(*judged)
    assert [p["id"] for p in made["pillars"]] == list(PILLARS)
    rules = {r["id"]: r for r in made["rules"]}
    assert sorted(rules) == sorted(o.rule.id for o in judged)
    assert all(step["gain"] == rules[step["rule"]]["gain"] for step in made["roadmap"])
    assert all(step["hours"] == rules[step["rule"]]["hours"] for step in made["roadmap"])
    assert int(made["score"]["proven"]) == made["score"]["score"]

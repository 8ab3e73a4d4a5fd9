from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prodworks_cli.fingerprint import fingerprint
from prodworks_cli.grade import capped, caps_of, grade_of
from prodworks_cli.model import Plane, Status
from prodworks_cli.score import Outcome, Scorecard, Shares, assess, deciding_plane, rule_status, scorecard
from prodworks_cli.verdict import RANK, judge
from tests.scoring import (
    ABSENT,
    ATTESTED_PASS,
    DECLARED_PASS,
    FAIL,
    OBSERVED_PASS,
    UNKNOWN,
    WAIVED,
    finding,
    outcome,
    outcomes,
    report,
    rule,
)

F = Fraction


def parts(shares: Shares) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    return shares.proven, shares.unverified, shares.accepted, shares.gap


@pytest.mark.parametrize(
    ("proof", "planes", "credit"),
    [
        (Plane.OBSERVED, OBSERVED_PASS, F(1)),
        (Plane.OBSERVED, DECLARED_PASS, F(7, 10)),
        (Plane.OBSERVED, ATTESTED_PASS, F(4, 10)),
        (Plane.DECLARED, OBSERVED_PASS, F(1)),
        (Plane.DECLARED, DECLARED_PASS, F(1)),
        (Plane.DECLARED, ATTESTED_PASS, F(4, 10)),
        (Plane.ATTESTED, ATTESTED_PASS, F(1)),
        # An account that could not be read leaves what the code says; one that was read wins.
        (Plane.OBSERVED, {Plane.DECLARED: Status.PASS, Plane.OBSERVED: Status.UNKNOWN}, F(7, 10)),
        (Plane.OBSERVED, {Plane.DECLARED: Status.FAIL, Plane.OBSERVED: Status.PASS}, F(1)),
    ],
)
def test_credit_of_a_pass_depends_on_its_plane(proof: Plane, planes: dict[Plane, Status], credit: Fraction) -> None:
    assessed = assess(outcome(rule(proof=proof), planes))
    assert assessed.status == "pass"
    assert parts(assessed.shares) == (credit, 1 - credit, F(0), F(0))


@pytest.mark.parametrize(
    ("severity", "subjects", "waive", "status", "shares"),
    [
        ("high", [FAIL], (), "fail", (0, 0, 0, 1)),
        ("high", [FAIL], (0,), "waived", (0, 0, 1, 0)),
        ("high", [UNKNOWN], (), "unknown", (0, 1, 0, 0)),
        ("high", [UNKNOWN], (0,), "unknown", (0, 1, 0, 0)),
        ("high", [DECLARED_PASS], (0,), "pass", (1, 0, 0, 0)),
        ("high", [DECLARED_PASS, FAIL], (), "partly", (F(1, 2), 0, 0, F(1, 2))),
        ("high", [DECLARED_PASS] * 9 + [FAIL], (), "partly", (F(3, 4), 0, 0, F(1, 4))),
        ("critical", [DECLARED_PASS] * 9 + [FAIL], (), "partly", (0, 0, 0, 1)),
        ("high", [DECLARED_PASS, FAIL], (1,), "waived", (F(1, 2), 0, F(1, 2), 0)),
        ("high", [DECLARED_PASS, FAIL, FAIL, UNKNOWN], (1,), "partly", (F(1, 4), F(1, 4), F(1, 4), F(1, 4))),
        ("high", [DECLARED_PASS, UNKNOWN], (), "unknown", (F(1, 2), F(1, 2), 0, 0)),
        ("critical", [DECLARED_PASS, UNKNOWN], (), "unknown", (0, 1, 0, 0)),
        ("high", [FAIL, UNKNOWN], (), "fail", (0, F(1, 2), 0, F(1, 2))),
        ("high", [FAIL, ABSENT], (), "fail", (0, 0, 0, 1)),
        ("high", [ABSENT], (), "not-applicable", (0, 0, 0, 0)),
        ("high", [], (), "not-applicable", (0, 0, 0, 0)),
    ],
)
def test_shares_of_a_rule(
    severity: str,
    subjects: list[dict[Plane, Status]],
    waive: tuple[int, ...],
    status: str,
    shares: tuple[Any, ...],
) -> None:
    judged = outcome(rule(severity=severity), *subjects, waive=waive)
    assert rule_status(judged) == status
    assert parts(assess(judged).shares) == shares


def test_a_partly_passing_rule_counts_its_best_proofs_first() -> None:
    judged = outcome(rule(proof=Plane.OBSERVED), DECLARED_PASS, *[OBSERVED_PASS] * 3, FAIL)
    # Four of five pass, three quarters of five subjects count: three observed in full, 0.75 of the declared one.
    assert assess(judged).shares.proven == (3 + F(3, 4) * F(7, 10)) / 5


def test_each_rule_counts_once_however_many_subjects_it_has() -> None:
    many = outcome(rule("a", severity="low"), *[DECLARED_PASS] * 99)
    one = outcome(rule("b", severity="critical"), FAIL)
    card = scorecard([many, one])
    assert card.points == {"a": F(100, 11), "b": F(1000, 11)}
    assert card.score == 9


def test_the_overall_score_is_the_mean_of_the_pillars_in_which_a_rule_applies() -> None:
    card = scorecard(
        [
            outcome(rule("a", pillar="cost"), DECLARED_PASS),
            outcome(rule("b", pillar="security"), FAIL),
            outcome(rule("c", pillar="reliability")),
            outcome(rule("d", pillar="governance", severity="info"), FAIL),
        ]
    )
    assert {pillar: shares.score for pillar, shares in card.pillars.items()} == {"security": 0, "cost": 100}
    assert card.shares.proven == 50
    assert card.points["c"] == card.points["d"] == 0


def test_weights_of_pillars_are_relative() -> None:
    judged = [outcome(rule("a", pillar="cost"), DECLARED_PASS), outcome(rule("b"), FAIL)]
    assert scorecard(judged, {"cost": 3}).shares.proven == 75
    assert scorecard(judged, {"cost": 0}).shares.proven == 0


def test_without_rules_nothing_is_proven() -> None:
    for nothing in ([], [outcome(rule())]):
        card = scorecard(nothing)
        assert (card.score, card.coverage) == (0, F(0))
        assert parts(card.shares) == (F(0), F(100), F(0), F(0))


def test_shown_shares_add_up_and_never_look_better_than_the_score() -> None:
    assert Shares(F(7996, 100), F(0), F(0), F(2004, 100)).shown() == (79.9, 0.0, 0.0, 20.1)
    assert Shares(F(100, 3), F(100, 3), F(0), F(100, 3)).shown() == (33.3, 33.4, 0.0, 33.3)
    assert Shares(F(100)).shown() == (100.0, 0.0, 0.0, 0.0)
    assert Shares().shown() == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("score", "grade"),
    [(100, "A"), (90, "A"), (89, "B"), (80, "B"), (79, "C"), (65, "C"), (64, "D"), (50, "D"), (49, "E"), (35, "E")],
)
def test_grades(score: int, grade: str) -> None:
    assert grade_of(score) == grade


def test_the_worst_grade() -> None:
    assert (grade_of(34), grade_of(0)) == ("F", "F")
    assert capped("F", caps_of(scorecard([outcome(rule(gate="pilot"), FAIL)]))) == "F"


def strong(*others: Outcome) -> Scorecard:
    """A perfect pillar beside what is to be tested in the others."""
    return scorecard([outcome(rule("perfect", pillar="governance"), DECLARED_PASS), *others])


@pytest.mark.parametrize(
    ("tested", "caps"),
    [
        (outcome(rule(gate="pilot", pillar="governance", severity="low"), FAIL), [("E", "1 pilot gate failed")]),
        (outcome(rule(gate="pilot", pillar="governance", severity="low"), UNKNOWN), []),
        (outcome(rule(gate="pilot", pillar="governance", severity="low"), FAIL, waive=(0,)), []),
        (
            outcome(rule(severity="critical"), FAIL),
            [("D", "1 open critical"), ("C", "security is at 0, under 40")],
        ),
        (
            outcome(rule(severity="critical", proof=Plane.OBSERVED), DECLARED_PASS),
            [("C", "1 critical rule unproven")],
        ),
        (
            outcome(rule(severity="critical"), UNKNOWN),
            [
                ("C", "security is at 0, under 40"),
                ("C", "coverage is 37.5 %, under 60 %"),
                ("C", "1 critical rule unproven"),
            ],
        ),
        (
            outcome(rule(severity="medium"), UNKNOWN),
            [("C", "security is at 0, under 40"), ("B", "coverage is 66.6 %, under 85 %")],
        ),
        (
            outcome(rule(severity="critical"), FAIL, waive=(0,)),
            [("C", "security is at 0, under 40"), ("B", "1 critical rule waived")],
        ),
        (outcome(rule(severity="critical"), DECLARED_PASS), []),
    ],
)
def test_caps_of_the_grade(tested: Outcome, caps: list[tuple[str, str]]) -> None:
    assert [(cap["to"], cap["reason"]) for cap in caps_of(strong(tested))] == caps


def test_a_cap_limits_the_grade_and_not_the_score() -> None:
    card = strong(*[outcome(rule(f"g{i}", pillar="governance"), DECLARED_PASS) for i in range(30)])
    failing = scorecard(
        [a.outcome for a in card.assessments.values()] + [outcome(rule("x", pillar="governance", gate="pilot"), FAIL)]
    )
    assert (failing.score, grade_of(failing.score), capped(grade_of(failing.score), caps_of(failing))) == (96, "A", "E")
    assert caps_of(failing)[0]["rules"] == ["x"]


def test_the_deciding_plane() -> None:
    drift = finding("r", "s", {Plane.DECLARED: Status.PASS, Plane.OBSERVED: Status.FAIL})
    assert deciding_plane(drift) is Plane.OBSERVED
    assert deciding_plane(finding("r", "s", {})) is None
    denied = finding("r", "s", {Plane.DECLARED: Status.NOT_APPLICABLE, Plane.OBSERVED: Status.UNKNOWN})
    assert deciding_plane(denied) is Plane.OBSERVED


def test_fingerprints_ignore_the_account_and_tell_ordinals_apart() -> None:
    arn = "arn:aws:bedrock:us-east-1:{}:guardrail/abc"
    first = fingerprint("r", arn.format("111122223333"), "infra/main.tf", 0)
    assert first == fingerprint("r", arn.format("444455556666"), "infra/main.tf", 0)
    assert len(first) == 16
    others = {fingerprint("r", "a", "b", 0), fingerprint("r", "a", "b", 1), fingerprint("ra", "", "b", 0)}
    assert len(others | {first, fingerprint("r", "\udcff123456789012x", "", 0)}) == 5


# ---- properties


def better(card: Scorecard, other: Scorecard) -> bool:
    """Whether ``card`` is nowhere worse than ``other``: score, grade and verdict."""
    grades = [capped(grade_of(c.score), caps_of(c)) for c in (card, other)]
    verdicts = [RANK[judge(c, 0)] for c in (card, other)]
    return card.shares.proven >= other.shares.proven and grades[0] <= grades[1] and verdicts[0] >= verdicts[1]


def turned(judged: Sequence[Outcome], at: int, subject: int, planes: dict[Plane, Status]) -> list[Outcome]:
    """The outcomes with one subject of one rule judged differently."""
    changed = list(judged[at].findings)
    changed[subject] = finding(judged[at].rule.id, changed[subject].identity, planes)
    return [*judged[:at], replace(judged[at], findings=tuple(changed)), *judged[at + 1 :]]


def places(judged: Sequence[Outcome], status: Status) -> list[tuple[int, int]]:
    return [(i, j) for i, o in enumerate(judged) for j, f in enumerate(o.findings) if f.status is status]


@given(outcomes(least=0))
def test_the_four_shares_add_up_to_100(judged: list[Outcome]) -> None:
    card = scorecard(judged)
    assert sum(parts(card.shares)) == 100
    assert all(sum(parts(shares)) == 100 for shares in card.pillars.values())
    for shares in (card.shares, *card.pillars.values()):
        assert sum(round(part * 10) for part in shares.shown()) == 1000
        assert min(shares.shown()) >= 0
        assert int(shares.shown()[0]) == shares.score
    for part, shown in zip(parts(card.shares), card.shares.shown(), strict=True):
        assert abs(float(part) - shown) <= 0.1001
    assert sum(card.points.values()) == (100 if card.pillars else 0)


@given(outcomes(), st.data(), st.sampled_from([DECLARED_PASS, OBSERVED_PASS, ATTESTED_PASS]))
def test_fixing_a_gap_never_lowers_anything(
    judged: list[Outcome], data: st.DataObject, fixed: dict[Plane, Status]
) -> None:
    found = places(judged, Status.FAIL)
    assume(found)
    at, subject = data.draw(st.sampled_from(found))
    open_gap = replace(judged[at], waivers={})
    before = [*judged[:at], open_gap, *judged[at + 1 :]]
    assert better(scorecard(turned(before, at, subject, fixed)), scorecard(before))


@given(outcomes(), st.data())
def test_closing_a_whole_rule_never_lowers_anything(judged: list[Outcome], data: st.DataObject) -> None:
    card = scorecard(judged)
    applicable = [a.rule.id for a in card.assessments.values() if a.applicable and a.status != "waived"]
    assume(applicable)
    assert better(card.with_closed(data.draw(st.sampled_from(applicable))), card)


@given(outcomes(), st.data())
def test_learning_that_an_unknown_passes_raises_and_that_it_fails_leaves_the_score(
    judged: list[Outcome], data: st.DataObject
) -> None:
    found = places(judged, Status.UNKNOWN)
    assume(found)
    at, subject = data.draw(st.sampled_from(found))
    before = scorecard(judged)
    assert scorecard(turned(judged, at, subject, FAIL)).shares.proven == before.shares.proven
    after = scorecard(turned(judged, at, subject, DECLARED_PASS))
    assert after.shares.proven >= before.shares.proven
    last = after.assessments[judged[at].rule.id].status == "pass" and before.points[judged[at].rule.id]
    assert not last or after.shares.proven > before.shares.proven


@given(outcomes())
def test_a_waiver_never_changes_the_score(judged: list[Outcome]) -> None:
    everything = [replace(o, waivers={f.identity: WAIVED for f in o.findings}) for o in judged]
    nothing = [replace(o, waivers={}) for o in judged]
    waived, plain = scorecard(everything), scorecard(nothing)
    assert waived.shares.proven == plain.shares.proven
    assert waived.shares.gap == 0
    assert waived.shares.accepted == plain.shares.gap


@given(outcomes())
def test_gains_add_up(judged: list[Outcome]) -> None:
    card = scorecard(judged)
    applicable = [a.rule.id for a in card.assessments.values() if a.applicable]
    done = card
    for rule_id in applicable:
        done = done.with_closed(rule_id)
    assert done.shares.proven == card.shares.proven + sum(card.gain(i) for i in applicable)


@given(outcomes(), st.data())
def test_closing_rules_one_by_one_is_what_adding_all_up_again_gives(judged: list[Outcome], data: st.DataObject) -> None:
    card = scorecard(judged)
    applicable = sorted(a.rule.id for a in card.assessments.values() if a.applicable)
    chosen = data.draw(st.lists(st.sampled_from(applicable), unique=True)) if applicable else []
    done, again = card, list(judged)
    for rule_id in chosen:
        done = done.with_closed(rule_id)
        at = next(i for i, o in enumerate(again) if o.rule.id == rule_id)
        for subject, found in enumerate(again[at].findings):
            if found.status is not Status.NOT_APPLICABLE:
                again = turned(again, at, subject, OBSERVED_PASS)
    whole = scorecard(again)
    assert (done.shares, done.pillars, done.coverage) == (whole.shares, whole.pillars, whole.coverage)


@given(outcomes(), outcomes())
def test_one_new_rule_moves_the_score_by_its_points_at_most(judged: list[Outcome], more: list[Outcome]) -> None:
    added = replace(more[0], rule=replace(more[0].rule, id="new"))
    before, after = scorecard(judged), scorecard([*judged, added])
    assume(before.pillars)
    assert abs(after.shares.proven - before.shares.proven) <= after.points["new"]


@given(outcomes(), st.data())
def test_any_choice_of_fixes_in_any_order_adds_exactly_their_gains(judged: list[Outcome], data: st.DataObject) -> None:
    card = scorecard(judged)
    applicable = sorted(a.rule.id for a in card.assessments.values() if a.applicable)
    chosen = data.draw(st.permutations(applicable)) if applicable else []
    chosen = chosen[: data.draw(st.integers(0, len(chosen)))]
    done = card
    for rule_id in chosen:
        done = done.with_closed(rule_id)
    assert done.shares.proven == card.shares.proven + sum(card.gain(i) for i in chosen)
    assert all(card.gain(i) >= 0 for i in chosen)


@given(outcomes(), st.data())
def test_the_order_of_rules_and_subjects_changes_no_byte(judged: list[Outcome], data: st.DataObject) -> None:
    shuffled = [
        replace(o, findings=tuple(data.draw(st.permutations(o.findings)))) for o in data.draw(st.permutations(judged))
    ]
    first, second = (json.dumps(report(*found)) for found in (judged, shuffled))
    assert first == second


@given(outcomes())
def test_a_rule_proves_at_most_three_quarters_while_a_subject_does_not_pass(judged: list[Outcome]) -> None:
    for assessed in map(assess, judged):
        if assessed.applicable and assessed.status != "pass":
            most = 0 if assessed.rule.severity == "critical" else F(3, 4)
            assert assessed.shares.proven <= most


@given(outcomes(), st.data())
def test_one_more_subject_that_fails_never_raises_anything(judged: list[Outcome], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(judged) - 1))
    assume(any(f.status is not Status.NOT_APPLICABLE for f in judged[at].findings))
    found = replace(judged[at], findings=(*judged[at].findings, finding(judged[at].rule.id, "one more", FAIL)))
    assert better(scorecard(judged), scorecard([*judged[:at], found, *judged[at + 1 :]]))


@given(outcomes())
def test_every_number_that_is_shown_is_the_score_floored_once(judged: list[Outcome]) -> None:
    made, card = report(*judged), scorecard(judged)
    assert made["score"]["score"] == card.score == floor(card.shares.proven)
    assert made["score"]["grade_uncapped"] == grade_of(card.score)
    for entry in made["pillars"]:
        if entry["applicable"]:
            assert entry["score"] == floor(card.pillars[entry["id"]].proven)
    if made["roadmap"]:
        assert made["roadmap"][-1]["score_after"] >= made["score"]["score"]


@given(outcomes())
def test_coverage_counts_what_got_an_answer(judged: list[Outcome]) -> None:
    card = scorecard(judged)
    assert 0 <= card.coverage <= 100
    unknown = any(a.unknown for a in card.assessments.values() if card.points[a.rule.id])
    assert (card.coverage == 100) == (not unknown and bool(card.pillars))

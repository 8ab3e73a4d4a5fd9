"""Baselines: what is new, known and fixed, whatever moves around it; and files that are no baseline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from prodworks_cli.baseline import Baseline, BaselineError, baseline_of, compare, dump, load, read_alike
from prodworks_cli.gate import Conditions, Earlier, GateError, evaluate
from prodworks_cli.judge import UNSEEN
from prodworks_cli.report import Report
from prodworks_cli.score import Outcome
from tests.scoring import ABSENT, DECLARED_PASS, FAIL, UNKNOWN, finding, outcome, outcomes, report, rule

HEAD = '{"format": "prodworks-baseline/1", "commit": null, "pack": "", "rules": [], '


def made(*judged: Outcome) -> Baseline:
    return baseline_of(report(*judged), "before")


def classes(current: Report) -> dict[str, str | None]:
    return {f"{r['id']}/{s['identity']}": s.get("baseline") for r in current["rules"] for s in r["subjects"]}


def test_each_class() -> None:
    known = made(outcome(rule("a"), FAIL, FAIL, DECLARED_PASS), outcome(rule("b"), UNKNOWN))
    now = report(
        outcome(rule("a"), FAIL, DECLARED_PASS, FAIL), outcome(rule("b"), FAIL), outcome(rule("c"), FAIL, DECLARED_PASS)
    )
    entry = compare(now, known)
    assert classes(now) == {
        "a/s0": "known",
        "a/s1": "fixed",
        "a/s2": "new",
        "b/s0": "new",
        "c/s0": "new-rule",
        "c/s1": None,
    }
    assert (entry["new"], entry["known"], entry["new_rule"]) == (2, 1, 1)
    assert [(f["rule"], f["identity"], f["title"]) for f in entry["fixed"]] == [("a", "s1", "a is open")]


def test_what_only_more_reading_shows_did_not_change_since_the_baseline() -> None:
    """Subjects: known before; new since; open only in the code; open only in its assembly; unknown, then open."""
    a = rule("a")
    before = made(outcome(a, FAIL, DECLARED_PASS, FAIL, DECLARED_PASS, UNKNOWN))
    code = report(outcome(a, FAIL, FAIL, FAIL, DECLARED_PASS, UNKNOWN))
    now = report(outcome(a, FAIL, FAIL, DECLARED_PASS, FAIL, FAIL))
    alike = read_alike(before, code, now)
    entry = compare(now, alike)
    assert classes(now) == {"a/s0": "known", "a/s1": "new", "a/s2": None, "a/s3": "known", "a/s4": "known"}
    assert (entry["new"], entry["known"], entry["fixed"]) == (1, 3, [])
    assert "cloud assembly" in entry["source"]
    assert alike.score - before.score == now["score"]["score"] - code["score"]["score"]


def test_a_gap_that_cannot_be_seen_any_more_is_not_fixed() -> None:
    known = made(outcome(rule("a"), FAIL), outcome(rule("b"), FAIL, FAIL), outcome(rule("gone"), FAIL))
    unseen = Outcome(rule("b"), (finding("b", "s0", FAIL), finding("b", UNSEEN, UNKNOWN)))
    now = report(outcome(rule("a"), UNKNOWN), unseen)
    assert compare(now, known)["fixed"] == []
    assert classes(now)["a/s0"] == "known"


def test_a_gap_whose_subject_is_gone_is_fixed() -> None:
    known = made(outcome(rule("a"), FAIL, FAIL))
    assert [f["identity"] for f in compare(report(outcome(rule("a"), FAIL)), known)["fixed"]] == ["s1"]
    assert [f["identity"] for f in compare(report(outcome(rule("a"))), known)["fixed"]] == ["s0", "s1"]
    assert len(compare(report(outcome(rule("a"), ABSENT, ABSENT)), known)["fixed"]) == 2


def test_what_was_waived_is_known_when_the_waiver_ends() -> None:
    known = made(outcome(rule("a"), FAIL, waive=(0,)))
    now = report(outcome(rule("a"), FAIL))
    assert (compare(now, known)["known"], classes(now)) == (1, {"a/s0": "known"})


@given(outcomes(), outcomes())
def test_a_baseline_never_changes_the_score(before: list[Outcome], after: list[Outcome]) -> None:
    plain, marked = report(*after), report(*after)
    marked["baseline"] = compare(marked, made(*before))
    for key in ("score", "verdict", "pillars", "questions", "roadmap"):
        assert plain[key] == marked[key]


@given(outcomes(least=0))
def test_nothing_changed_is_nothing_new(judged: list[Outcome]) -> None:
    now = report(*judged)
    entry = compare(now, load(dump(baseline_of(now, "file")), "file"))
    assert (entry["new"], entry["new_rule"], entry["fixed"]) == (0, 0, [])
    failing = sum(s["status"] == "fail" for r in now["rules"] for s in r["subjects"])
    assert entry["known"] == failing


@given(outcomes(least=0))
def test_a_written_baseline_reads_back(judged: list[Outcome]) -> None:
    baseline = made(*judged)
    assert load(dump(baseline), "before") == baseline
    assert load(json.dumps(report(*judged)), "before") == baseline


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "null", "[" * 100_000, '{"format": "prodworks-baseline/2"}'),
        '{"format": "prodworks-baseline/1"}',
        '{"schema_version": "1"}',
        HEAD + '"score": 1, "findings": [{"x": 1}]}',
        HEAD + '"score": [], "findings": []}',
    ],
)
def test_what_is_no_baseline(text: str) -> None:
    with pytest.raises(BaselineError, match=r"^b\.json: "):
        load(text, "b.json")


def gate(now: Report, baseline: Baseline | None, last: int | None = None, **conditions: object) -> tuple[str, int]:
    if baseline:
        now["baseline"] = compare(now, baseline)
    result = evaluate(now, Conditions(**conditions), Earlier(baseline, last))  # type: ignore[arg-type]
    return result["conditions"][0]["actual"], result["exit_code"]


@pytest.mark.parametrize(
    ("now", "actual", "code"),
    [
        (outcome(rule("a"), FAIL), "none", 0),
        (outcome(rule("a"), FAIL, FAIL), "1 gap: a", 1),
        (outcome(rule("a"), FAIL, FAIL, waive=(1,)), "none", 0),
        (outcome(rule("a"), FAIL, UNKNOWN), "1 rule undecided: a", 3),
        (outcome(rule("a", severity="medium"), FAIL, FAIL), "none", 0),
        (outcome(rule("newer"), FAIL), "none", 0),
        (outcome(rule("newer"), UNKNOWN), "none", 0),
    ],
)
def test_fail_on_new(now: Outcome, actual: str, code: int) -> None:
    assert gate(report(now), made(outcome(rule("a"), FAIL)), fail_on_new="high") == (actual, code)


def test_what_was_unknown_before_is_no_news() -> None:
    assert gate(report(outcome(rule("a"), UNKNOWN)), made(outcome(rule("a"), UNKNOWN)), fail_on_new="low")[1] == 0


def test_fail_on_new_without_a_baseline_is_undecided() -> None:
    assert gate(report(outcome(rule("a"), FAIL)), None, fail_on_new="low") == ("no baseline to compare with", 3)


@pytest.mark.parametrize(("most", "code"), [(100, 0), (50, 0), (49, 1), (0, 1)])
def test_max_drop(most: int, code: int) -> None:
    before = made(outcome(rule("a"), DECLARED_PASS), outcome(rule("b"), DECLARED_PASS))
    now = report(outcome(rule("a"), DECLARED_PASS), outcome(rule("b"), FAIL))
    assert gate(now, before, max_drop=most) == ("100 to 50", code)
    assert gate(now, None, last=100, max_drop=most) == ("100 to 50", code)


def test_scores_of_other_rules_are_not_compared() -> None:
    before = load(dump(made(outcome(rule("a"), FAIL))).replace("0" * 64, "1" * 64), "x")
    actual, code = gate(report(outcome(rule("a"), FAIL)), before, max_drop=0)
    assert (actual, code) == ("the baseline is of other rules: write it again", 3)
    assert gate(report(outcome(rule("a"), FAIL)), None, max_drop=0)[1] == 3


def test_a_gain_is_no_drop() -> None:
    assert gate(report(outcome(rule("a"), DECLARED_PASS)), None, last=3, max_drop=0) == ("3 to 100", 0)


def test_where_the_baseline_comes_from(tmp_path: Path) -> None:
    from prodworks_cli.earlier import source_of

    asked = Conditions(fail_on_new="high")
    assert source_of("x.json", {"baseline": "git:main"}, tmp_path, asked) == "x.json"
    assert source_of(None, {"baseline": "git:main"}, tmp_path, asked) == "git:main"
    assert source_of(None, {"baseline": "b.json"}, tmp_path, asked) == str(tmp_path / "b.json")
    assert source_of(None, {}, tmp_path, Conditions(max_drop=1)) is None
    with pytest.raises(GateError, match="there is no baseline"):
        source_of(None, {}, tmp_path, asked)
    (tmp_path / ".prodworks").mkdir()
    (tmp_path / ".prodworks" / "baseline.json").write_text("{}")
    assert source_of(None, {}, tmp_path, asked) == str(tmp_path / ".prodworks" / "baseline.json")

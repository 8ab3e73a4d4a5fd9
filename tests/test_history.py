"""The history: one line a run, bounded, written in one step, and read whatever somebody made of the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prodworks_cli import history
from prodworks_cli.local import LocalError, create_text, replace_text
from prodworks_cli.report import Report
from tests.scoring import DECLARED_PASS, FAIL, outcome, report, rule


def run(passes: bool = False) -> Report:
    return report(outcome(rule("a"), DECLARED_PASS if passes else FAIL), outcome(rule("b", pillar="cost"), FAIL))


def test_the_trend_shows_earlier_runs_and_not_this_one(tmp_path: Path) -> None:
    assert history.read(tmp_path) == []
    history.append(tmp_path, history.run_of(run()))
    history.append(tmp_path, history.run_of(run(passes=True)))
    now = run()
    history.show_in(now, history.read(tmp_path))
    assert [(e["score"], e["gaps"], e["pillars"]) for e in now["history"]] == [
        (0, 2, {"security": 0, "cost": 0}),
        (50, 1, {"security": 100, "cost": 0}),
    ]
    assert now["score"]["previous"] == 50


def test_a_first_run_has_no_previous_score() -> None:
    now = run()
    history.show_in(now, [])
    assert "previous" not in now["score"]
    assert "history" not in now


def test_it_stays_small(tmp_path: Path) -> None:
    line = history._line(history.run_of(run()))
    (tmp_path / ".prodworks").mkdir()
    (tmp_path / history.PLACE).write_text(line * 500)
    history.append(tmp_path, history.run_of(run()))
    assert len((tmp_path / history.PLACE).read_text().splitlines()) == history.LINES_KEPT
    now = run()
    history.show_in(now, history.read(tmp_path))
    assert len(now["history"]) == history.RUNS_SHOWN


BAD = [
    *("", "{", "[]", "null", "3", '{"run": 1, "pack": "x"}', '{"run": {}, "pack": "x"}', "[" * 50_000),
    '{"run": {"at": "x", "commit": null, "gaps": true, "grade": "A", "pillars": {}, "score": 1, "verdict": "pilot"}, '
    '"pack": "x"}',
    '{"run": {"at": "x", "commit": null, "gaps": 1, "grade": "<", "pillars": {}, "score": 1, "verdict": "pilot"}, '
    '"pack": "x"}',
]


@pytest.mark.parametrize("bad", BAD)
def test_a_line_that_is_no_run_counts_as_none(tmp_path: Path, bad: str) -> None:
    (tmp_path / ".prodworks").mkdir()
    good = history._line(history.run_of(run()))
    (tmp_path / history.PLACE).write_text(f"{bad}\n{good}")
    assert [r.entry["score"] for r in history.read(tmp_path)] == [0]


def test_scores_are_compared_by_the_same_rules_only(tmp_path: Path) -> None:
    now = run()
    other = history.Run(history.run_of(now).entry, "1" * 64)
    assert history.comparable_score(now, [history.run_of(run(passes=True)), other]) == 50
    assert history.comparable_score(now, [other]) is None


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / ".prodworks").symlink_to(outside)
    with pytest.raises(LocalError, match="symbolic link"):
        history.append(tmp_path / "repo", history.run_of(run()))
    assert list(outside.iterdir()) == []


def test_a_file_that_is_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(json.dumps({"run": "x"}))
    place = tmp_path / history.PLACE
    place.parent.mkdir()
    place.symlink_to(secret)
    assert history.read(tmp_path) == []
    history.append(tmp_path, history.run_of(run()))
    assert secret.read_text() == '{"run": "x"}'
    assert len(history.read(tmp_path)) == 1


def test_a_file_is_created_once(tmp_path: Path) -> None:
    assert create_text(tmp_path / "a" / "b", "one")
    assert not create_text(tmp_path / "a" / "b", "two")
    (tmp_path / "a" / "link").symlink_to(tmp_path / "away")
    assert not create_text(tmp_path / "a" / "link", "two")
    assert not (tmp_path / "away").exists()
    assert (tmp_path / "a" / "b").read_text() == "one"


def test_no_half_file_stays_behind(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_text(tmp_path / "d", "x")
    assert [p.name for p in tmp_path.iterdir()] == ["d"]

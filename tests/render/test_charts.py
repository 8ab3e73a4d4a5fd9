import re

from prodworks_cli.render import charts
from tests.render import samples


def test_shares_follow_each_other_and_empty_ones_are_left_out() -> None:
    found = charts.segments(samples.not_ready()["score"])
    assert [(part.name, part.start, part.size) for part in found] == [
        ("proven", 0.0, 47.5),
        ("unverified", 47.5, 8.8),
        ("accepted", 56.3, 4.8),
        ("gap", 61.1, 38.9),
    ]
    assert [part.name for part in charts.segments(samples.ready()["score"])] == ["proven", "unverified", "gap"]


def test_the_climb_ends_where_the_path_does_and_marks_the_milestones() -> None:
    report = samples.not_ready()
    drawn = charts.climb(report)
    assert drawn is not None
    assert [(mark.label, mark.detail) for mark in drawn.marks] == [
        ("Today 47", ""),
        ("Pilot 62", "after 3 steps, 11.5 h"),
        ("Production-ready 83", "after 4 steps, 14 h"),
    ]
    assert drawn.line.startswith(f"M{charts.LEFT} {charts.height_of(47):g}H")
    assert drawn.line.endswith(f"H{charts.RIGHT}V{charts.height_of(83):g}")
    assert drawn.summary == "The score rises from 47 to 83 over 14 h of work"
    heights = [float(y) for y in re.findall(r"V([\d.]+)", drawn.line)]
    assert heights == sorted(heights, reverse=True)


def test_no_label_above_the_plot_is_crossed_by_the_line_of_another() -> None:
    drawn = charts.climb(samples.not_ready())
    assert drawn is not None
    _, pilot, ready = drawn.marks
    assert pilot.x < ready.x
    assert pilot.label_y > ready.label_y
    assert pilot.anchor == ready.anchor == "end"


def test_a_path_without_hours_and_no_path() -> None:
    report = samples.not_ready()
    for step in report["roadmap"]:
        step["hours"] = 0.0
    drawn = charts.climb(report)
    assert drawn is not None
    assert {mark.x for mark in drawn.marks} == {float(charts.LEFT)}
    report["roadmap"] = []
    assert charts.climb(report) is None


def test_the_trend_needs_an_earlier_run() -> None:
    assert charts.trend(samples.not_ready()) is None
    drawn = charts.trend(samples.with_history())
    assert drawn is not None
    assert drawn.summary == "The score over 6 runs: 12, 20, 31, 30, 41, 47"
    assert [(mark.label, mark.detail) for mark in drawn.marks] == [("12", "2026-10-01"), ("47", "this run")]


def test_a_long_history_is_cut_to_its_end() -> None:
    report = samples.with_history()
    report["history"] = report["history"] * 50
    drawn = charts.trend(report)
    assert drawn is not None
    assert drawn.line.count("L") == 30


def test_scores_stay_inside_the_plot() -> None:
    assert charts.height_of(-5) == charts.height_of(0)
    assert charts.height_of(200) == charts.height_of(100)

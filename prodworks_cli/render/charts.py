"""Geometry of the pictures in the HTML report: where the shares, the climb to production and the trend are drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from prodworks_cli.render import view
from prodworks_cli.report import HistoryEntry, PillarEntry, Report, Score

WIDTH, HEIGHT = 1000, 250
LEFT, RIGHT = 46, WIDTH - 16
_TOP, _BOTTOM = 58, 24
_ROW = 22  # between labels above the plot
_FAR = 300  # from here on there is room for a label to the left
_TREND = 30  # runs


@dataclass(frozen=True)
class Segment:
    """One share of a bar or ring: where it starts and how long it is, in percent."""

    name: str
    start: float
    size: float


@dataclass(frozen=True)
class Mark:
    """A labelled point. The label is at ``label_y``; ``anchor`` says to which side of the point it goes."""

    x: float
    y: float
    label: str
    detail: str
    label_y: float
    anchor: str


@dataclass(frozen=True)
class Chart:
    """A line through a score over work or time: the paths of the line and of the area under it, and its marks."""

    line: str
    area: str
    marks: tuple[Mark, ...]
    summary: str


def segments(score: Score | PillarEntry) -> list[Segment]:
    """The shares one after the other; empty ones are left out."""
    shares = view.shares(score)
    starts = accumulate((share for _, share in shares), initial=0.0)
    return [
        Segment(name, round(start, 2), round(share, 2))
        for (name, share), start in zip(shares, starts, strict=False)
        if share > 0 and math.isfinite(share)
    ]


def height_of(score: float) -> float:
    """Where a score is drawn, in units from the top."""
    inside = HEIGHT - _TOP - _BOTTOM
    return round(_TOP + inside * (1 - min(max(score, 0.0), 100.0) / 100), 1)


def climb(report: Report) -> Chart | None:
    """The score over the hours of the path, with the milestones it reaches; None where there is no path."""
    roadmap = report["roadmap"]
    if not roadmap:
        return None
    spent = list(accumulate(step["hours"] for step in roadmap))
    total = spent[-1] or 1.0
    points = [(0.0, report["score"]["score"]), *zip(spent, (step["score_after"] for step in roadmap), strict=True)]
    xs = [_across(hours / total) for hours, _ in points]
    ys = [height_of(score) for _, score in points]
    reached = [(number, step) for number, step in enumerate(roadmap, 1) if step["milestone"]]
    marks = [_below(xs[0], ys[0], f"Today {points[0][1]}", "")]
    for place, (number, step) in enumerate(reached):
        detail = f"after {view.plural(number, 'step')}, {view.hours(spent[number - 1])}"
        label = f"{view.MILESTONES[step['milestone'] or '']} {step['score_after']}"
        marks.append(_above(xs[number], ys[number], label, detail, row=len(reached) - place))
    summary = f"The score rises from {points[0][1]} to {points[-1][1]} over {view.hours(spent[-1])} of work"
    return _chart(xs, ys, marks, summary, stairs=True)


def trend(report: Report) -> Chart | None:
    """The score over the last runs and this one; None without an earlier run."""
    earlier: Sequence[HistoryEntry] = report.get("history", [])[-_TREND:]
    if not earlier:
        return None
    scores = [*(entry["score"] for entry in earlier), report["score"]["score"]]
    xs = [_across(number / (len(scores) - 1)) for number in range(len(scores))]
    ys = [height_of(score) for score in scores]
    marks = [
        _below(xs[0], ys[0], str(scores[0]), view.day(earlier[0]["at"])),
        _above(xs[-1], ys[-1], str(scores[-1]), "this run", row=2),
    ]
    return _chart(xs, ys, marks, f"The score over {len(scores)} runs: {', '.join(map(str, scores))}", stairs=False)


def _across(part: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * part, 1)


def _above(x: float, y: float, label: str, detail: str, *, row: int) -> Mark:
    """A mark with its label above the plot: the later the point, the higher, so that no line crosses a label."""
    return Mark(x, y, label, detail, row * _ROW - 4, "end" if x > _FAR else "start")


def _below(x: float, y: float, label: str, detail: str) -> Mark:
    return Mark(x, y, label, detail, y + 20, "start")


def _chart(xs: list[float], ys: list[float], marks: Sequence[Mark], summary: str, *, stairs: bool) -> Chart:
    moves = [f"H{x:g}V{y:g}" if stairs else f"L{x:g} {y:g}" for x, y in zip(xs[1:], ys[1:], strict=True)]
    line = f"M{xs[0]:g} {ys[0]:g}{''.join(moves)}"
    return Chart(line, f"{line}V{height_of(0):g}H{xs[0]:g}Z", tuple(marks), summary)

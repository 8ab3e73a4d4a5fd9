"""The history of scores, ``.prodworks/history.jsonl``: one line for each run, for the trend in every report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from prodworks_cli.local import replace_text
from prodworks_cli.report import Grade, HistoryEntry, Report, VerdictValue
from prodworks_cli.sources.opening import read_regular

PLACE = Path(".prodworks") / "history.jsonl"
LINES_KEPT = 200
RUNS_SHOWN = 30


@dataclass(frozen=True)
class Run:
    """An earlier run, with the digest of the rules that judged: scores of other rules cannot be compared."""

    entry: HistoryEntry
    pack: str


def run_of(report: Report) -> Run:
    """The line that a report adds."""
    entry = HistoryEntry(
        at=report["generated"],
        commit=report["target"]["commit"],
        score=report["score"]["score"],
        grade=report["score"]["grade"],
        verdict=report["verdict"]["value"],
        gaps=sum(1 for r in report["rules"] if r["status"] in ("fail", "partly")),
        pillars={p["id"]: p["score"] for p in report["pillars"] if p["applicable"]},
    )
    return Run(entry, report["pack"]["sha256"])


def read(root: Path) -> list[Run]:
    """Earlier runs, the oldest first. Lines that are none, and a file that cannot be read, count as no run."""
    try:
        text = read_regular(root / PLACE).decode("utf-8", "replace")
    except OSError:
        return []
    return [run for line in text.splitlines()[-LINES_KEPT:] if (run := _parsed(line))]


def _parsed(line: str) -> Run | None:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return Run(cast(HistoryEntry, data["run"]), data["pack"]) if _is_run(data) else None


def _is_run(data: Any) -> bool:
    run = data.get("run") if isinstance(data, Mapping) and isinstance(data.get("pack"), str) else None
    return (
        isinstance(run, Mapping)
        and set(run) == set(HistoryEntry.__required_keys__)
        and isinstance(run["at"], str)
        and isinstance(run["commit"], str | None)
        and run["grade"] in get_args(Grade)
        and run["verdict"] in get_args(VerdictValue)
        and all(type(run[key]) is int for key in ("score", "gaps"))
        and isinstance(run["pillars"], Mapping)
        and all(type(score) is int for score in run["pillars"].values())
    )


def show_in(report: Report, runs: Sequence[Run]) -> None:
    """Put the earlier runs and the score of the last one into a report."""
    if runs:
        report["history"] = [run.entry for run in runs[-RUNS_SHOWN:]]
        report["score"]["previous"] = runs[-1].entry["score"]


def comparable_score(report: Report, runs: Sequence[Run]) -> int | None:
    """The score of the last run by the same rules; ``None`` without one."""
    same = [run for run in runs if run.pack == report["pack"]["sha256"]]
    return same[-1].entry["score"] if same else None


def append(root: Path, run: Run) -> None:
    """Add a line, in one step: a reader sees the old file or the new one. Raises :class:`LocalError`."""
    lines = [_line(known) for known in (*read(root), run)][-LINES_KEPT:]
    replace_text(root / PLACE, "".join(lines))


def _line(run: Run) -> str:
    return json.dumps({"run": run.entry, "pack": run.pack}, sort_keys=True) + "\n"

"""What a report is compared with: a baseline from a file or a revision, and the history of the audited folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prodworks_cli import history
from prodworks_cli.baseline import Baseline, BaselineError, compare, load
from prodworks_cli.gate import Conditions, Earlier, GateError
from prodworks_cli.local import FOLDER
from prodworks_cli.report import Report
from prodworks_cli.sources.opening import read_regular

DEFAULT_FILE = FOLDER / "baseline.json"
REVISION = "git:"

Audit = Callable[[str], Baseline]
"""The baseline that a revision of the repository makes."""


def source_of(flag: str | None, settings: Mapping[str, Any], root: Path, conditions: Conditions) -> str | None:
    """Where the baseline comes from: the flag, the config (relative to its folder), or the usual file if there is one.

    Raises :class:`GateError` when a condition needs a baseline and there is none.
    """
    configured = settings.get("baseline")
    if flag:
        return flag
    if configured:
        return str(configured) if str(configured).startswith(REVISION) else str(root / configured)
    if (root / DEFAULT_FILE).is_file():
        return str(root / DEFAULT_FILE)
    if conditions.fail_on_new:
        raise GateError(
            "fail_on_new: there is no baseline; give --baseline FILE or --baseline git:REVISION, "
            "or write one with prodworks baseline write"
        )
    return None


def read_baseline(source: str) -> Baseline:
    """The baseline in a file. Raises :class:`BaselineError` and ``OSError``."""
    try:
        return load(read_regular(Path(source), follow=True).decode("utf-8"), source)
    except UnicodeDecodeError as error:
        raise BaselineError(f"{source}: no baseline: not UTF-8 text") from error


def compared(report: Report, source: str | None, root: Path | None, audit: Audit) -> Earlier:
    """Compare a report with what was before: fills its baseline and its history.

    ``root`` is the audited folder, ``audit`` makes the baseline of one of its revisions.
    """
    baseline = None
    if source:
        is_revision = source.startswith(REVISION)
        baseline = audit(source) if is_revision else read_baseline(source)
        report["baseline"] = compare(report, baseline)
    runs = history.read(root) if root else []
    history.show_in(report, runs)
    return Earlier(baseline, history.comparable_score(report, runs))

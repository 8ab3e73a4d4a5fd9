"""What the commands about baselines, waivers and history do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prodworks_cli import audit as spine
from prodworks_cli import baseline as baselines
from prodworks_cli.commands import prepare
from prodworks_cli.complaints import EXPECTED_ERRORS, INTERNAL, UsageError, complain
from prodworks_cli.difference import difference
from prodworks_cli.earlier import DEFAULT_FILE, read_baseline
from prodworks_cli.gathering import collected, refuse_beside
from prodworks_cli.local import replace_text
from prodworks_cli.options import AuditOptions
from prodworks_cli.output import check_report
from prodworks_cli.render import diff as diffs
from prodworks_cli.render.text import clean_line
from prodworks_cli.report import Report
from prodworks_cli.rules import load_rules
from prodworks_cli.waiver_file import add_waiver
from prodworks_cli.waivers import Waiver, with_rules


def _guarded(run: Callable[[], int]) -> int:
    try:
        return run()
    except EXPECTED_ERRORS as error:
        return complain(error)


def write_baseline(options: AuditOptions, output: Path | None) -> int:
    """Audit, or read a JSON report, and write its findings as a baseline."""

    def run() -> int:
        errors = spine.Errors()
        report, root = _report(options, errors)
        place = output or root / DEFAULT_FILE
        baseline = baselines.baseline_of(report, str(place))
        replace_text(place, baselines.dump(baseline))
        print(f"wrote {place}: {_summary(baseline)}")
        return INTERNAL if errors.seen else 0

    return _guarded(run)


def _report(options: AuditOptions, errors: spine.Errors) -> tuple[Report, Path]:
    if options.path.is_file():
        refuse_beside("a report", options)
        return check_report(options.path.read_text(encoding="utf-8"), str(options.path)), Path()
    bench = prepare(options)
    return bench.judged(collected(options, bench.config, errors), errors), options.path


def _summary(baseline: baselines.Baseline) -> str:
    statuses = [known.status for known in baseline.findings.values()]
    gaps, waived, unknown = (statuses.count(status) for status in ("fail", "waived", "unknown"))
    commit = f" at {baseline.commit[:7]}" if baseline.commit else ""
    return f"{gaps} gaps, {waived} waived, {unknown} unverified, score {baseline.score}{commit}"


def show_baseline(file: str, form: str) -> int:
    """List the findings of a baseline."""

    def run() -> int:
        if form not in ("text", "json"):
            raise UsageError(f"--format {form}: expected text or json")
        baseline = read_baseline(file)
        if form == "json":
            sys.stdout.write(baselines.dump(baseline))
            return 0
        print(_summary(baseline))
        for known in baseline.findings.values():
            print(f"  {known.status:<8} {clean_line(known.rule)}  {clean_line(known.identity)}")
        return 0

    return _guarded(run)


@dataclass(frozen=True)
class Waive:
    """A waiver as it is asked for; it is created today."""

    rule: str
    subject: str
    kind: str
    reason: str
    owner: str
    approved_by: str
    expires: str


def waive(asked: Waive, root: Path, rules: Sequence[Path]) -> int:
    """Add a waiver to the file of waivers, if it is a valid one."""

    def run() -> int:
        today = spine.now().date().isoformat()
        wanted = Waiver(**vars(asked), created=today)
        (waiver,) = with_rules([wanted], load_rules(rules), "waive")
        place = add_waiver(root, waiver)
        print(f"added to {place}: {waiver.rule} is accepted until {waiver.expires}; the score does not change")
        return 0

    return _guarded(run)


def diff(before: Path, after: Path, form: str) -> int:
    """Compare two JSON reports."""

    def run() -> int:
        if form not in diffs.FORMS:
            raise UsageError(f"--format {form}: expected {', '.join(diffs.FORMS)}")
        first, second = (check_report(p.read_text(encoding="utf-8"), str(p)) for p in (before, after))
        sys.stdout.write(diffs.FORMS[form](difference(first, second)))
        return 0

    return _guarded(run)

"""Annotations: commands by which a GitHub runner shows the gaps beside the lines of a change.

A runner shows ten errors and ten warnings of a step and drops the rest, so the worst come first. A notice gives the
verdict and says how many are left out.
"""

from __future__ import annotations

from prodworks_cli.render import view
from prodworks_cli.render.results import Problem, problems, relative_path
from prodworks_cli.render.text import clean_report
from prodworks_cli.report import SEVERITIES, Report

SHOWN = 10
_ERRORS = ("critical", "high")


def render(report: Report) -> str:
    """One command a line for each open gap, new ones first, and a notice. Accepted gaps are left out."""
    report = clean_report(report)
    found = sorted(problems(report), key=_order)
    errors = [p for p in found if p.rule["severity"] in _ERRORS]
    warnings = [p for p in found if p.rule["severity"] not in _ERRORS]
    lines = [_command("error", p) for p in errors[:SHOWN]] + [_command("warning", p) for p in warnings[:SHOWN]]
    lines.append(f"::notice title=prodworks::{_data(_summary(report, len(found) - len(lines)))}")
    return "".join(f"{line}\n" for line in lines)


def _summary(report: Report, left: int) -> str:
    value = report["verdict"]["value"]
    scored = "" if value == "nothing-to-audit" else f", {report['score']['score']}/100 proven"
    more = f" {left} more gaps are in the report." if left else ""
    account = f" {view.ACCOUNT_UNREAD}" if report["scan"]["account_read_at"] is None else ""
    return f"{view.VERDICTS[value]}{scored}.{more}{account}"


def _order(problem: Problem) -> tuple[bool, int, str, str]:
    known = all(s.get("baseline") == "known" for s in problem.rule["subjects"] if s["status"] == "fail")
    severity = problem.rule["severity"]
    rank = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    return known, rank, problem.rule["id"], problem.path


def _command(kind: str, problem: Problem) -> str:
    path = _property(relative_path(problem.path))
    place = f"file={path},line={problem.line}"
    return f"::{kind} {place},title={_property('prodworks: ' + problem.rule['id'])}::{_data(problem.text)}"


def _data(text: str) -> str:
    """A message as the runner reads it back: nothing in it can end the command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

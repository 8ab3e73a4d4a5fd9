"""The GitLab code quality format: the open failures as a list that a merge request shows."""

from __future__ import annotations

import json
from typing import Any

from prodworks_cli.render.results import Problem, problems, relative_path
from prodworks_cli.render.text import clean_report
from prodworks_cli.report import Report

_SEVERITY = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}


def render(report: Report) -> str:
    """The open failures as a JSON list; ``[]`` where there is none. Accepted failures are left out."""
    entries = [_entry(problem) for problem in problems(clean_report(report))]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _entry(problem: Problem) -> dict[str, Any]:
    return {
        "description": problem.text,
        "check_name": problem.rule["id"],
        "fingerprint": problem.fingerprint,
        "severity": _SEVERITY.get(problem.rule["severity"], "info"),
        "location": {"path": relative_path(problem.path), "lines": {"begin": problem.line}},
    }

"""The CSV format: a row for each subject of each rule, for spreadsheets."""

from __future__ import annotations

import csv
import io
import re

from prodworks_cli.render import view
from prodworks_cli.render.text import clean_report
from prodworks_cli.report import Report, RuleEntry, SubjectEntry

# A spreadsheet runs a cell that begins like this as a formula; the wide forms are what some locales type.
_FORMULA = re.compile(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
_CLOSED = ("pass", "not-applicable")

COLUMNS = (
    *("pillar", "rule", "severity", "gate", "rule_status", "title", "subject", "type", "status", "baseline", "drift"),
    *("where", "line", "reason", "owner", "points", "gain", "hours", "due", "accepted_until", "fix", "fingerprint"),
)


def render(report: Report) -> str:
    """The findings as CSV with a header, in the order of the report's groups. No cell can act as a formula."""
    report = clean_report(report)
    due = {step["rule"]: step["due"] or "" for step in report["roadmap"]}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for rules in vars(view.group_rules(report)).values():
        for rule in rules:
            common = _rule(rule, due.get(rule["id"], ""))
            for own in [_subject(subject) for subject in view.order_subjects(rule)] or [{}]:
                writer.writerow({key: _cell(value) for key, value in (common | own).items()})
    return out.getvalue()


def _cell(value: str | float) -> str | float:
    """A text that a spreadsheet shows and does not run; numbers are our own."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _rule(rule: RuleEntry, due: str) -> dict[str, str | float]:
    return {
        "pillar": rule["pillar"],
        "rule": rule["id"],
        "severity": rule["severity"],
        "gate": rule["gate"] or "",
        "rule_status": rule["status"],
        "title": view.headline(rule),
        "status": rule["status"],
        "reason": rule["reason"],
        "drift": "yes" if rule["drifted"] else "",
        "owner": rule["owner"] or "",
        "points": rule["points"],
        "gain": rule["gain"],
        "hours": rule["hours"],
        "due": due,
        "fix": rule["fix"]["steps"][0] if rule["fix"]["steps"] and rule["status"] not in _CLOSED else "",
    }


def _subject(subject: SubjectEntry) -> dict[str, str | float]:
    reasons = [entry["reason"] for entry in subject["planes"].values() if entry["status"] == subject["status"]]
    return {
        "subject": subject["identity"],
        "type": subject["type"],
        "status": subject["status"],
        "baseline": subject.get("baseline", ""),
        "drift": "yes" if subject["drifted"] else "",
        "where": subject["where"] or "",
        "line": "" if subject["line"] is None else subject["line"],
        "reason": next((reason for reason in reasons if reason), ""),
        "owner": subject["owner"] or "",
        "accepted_until": subject["waiver"]["expires"] if "waiver" in subject else "",
        "fingerprint": subject["fingerprint"],
    }

"""The SARIF 2.1.0 format, for code scanning: every rule, and a result for each subject that fails one.

Accepted failures are left out, since GitHub ignores suppressions. What is unknown is no result but a notification: it
is neither passed nor failed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from prodworks_cli.render import view
from prodworks_cli.render.markdown_parts import escape, fence
from prodworks_cli.render.results import Problem, problems, relative_path
from prodworks_cli.render.text import clean_report
from prodworks_cli.report import Report, RuleEntry

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS = 25_000
"""What GitHub accepts in one run; it shows the first 5,000, so the worst come first."""
MAX_TAGS = 10
"""What GitHub shows of a rule's tags."""
FINGERPRINT = "prodworksFingerprint/v1"
_ROOT = "%SRCROOT%"
_LEVEL = {"critical": "error", "high": "error", "medium": "warning"}
_SECURITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "0.0"}
_BASELINE = {"new": "new", "new-rule": "new", "known": "unchanged"}


def render(report: Report) -> str:
    """The report as SARIF with one run, also where nothing was found."""
    report = clean_report(report)
    found = problems(report)
    index = {rule["id"]: number for number, rule in enumerate(report["rules"])}
    run = {
        "tool": {"driver": _driver(report)},
        "automationDetails": {"id": f"prodworks/{quote(report['target']['name'], safe='')}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that was audited."}}},
        "invocations": [_invocation(report, len(found))],
        "results": [_result(problem, index[problem.rule["id"]]) for problem in found[:MAX_RESULTS]],
        "properties": _summary(report),
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _driver(report: Report) -> dict[str, Any]:
    return {
        "name": report["tool"]["name"],
        "version": report["tool"]["version"],
        "rules": [_rule(report, rule) for rule in report["rules"]],
    }


def _rule(report: Report, rule: RuleEntry) -> dict[str, Any]:
    links = [reference for reference in rule["references"] if view.is_link(reference)]
    severity = rule["severity"]
    properties: dict[str, Any] = {"tags": _tags(rule), "precision": "high", "problem.severity": _problem(severity)}
    if rule["pillar"] == "security":
        properties["security-severity"] = _SECURITY.get(severity, "0.0")
    return {
        "id": rule["id"],
        "shortDescription": {"text": plain(rule["title"])},
        "fullDescription": {"text": plain(rule["why"] or rule["title"])},
        "help": {"text": plain(_help_text(rule)), "markdown": _help(report, rule)},
        **({"helpUri": links[0]} if links else {}),
        "defaultConfiguration": {"level": _level(severity)},
        "properties": properties,
    }


def _tags(rule: RuleEntry) -> list[str]:
    own = [rule["pillar"], "genai", *([f"{rule['gate']}-gate"] if rule["gate"] else [])]
    standards = [f"{name}/{item}" for name, items in rule["standards"].items() for item in items]
    return list(dict.fromkeys([*own, *standards]))[:MAX_TAGS]


def _level(severity: str) -> str:
    return _LEVEL.get(severity, "note")


def _problem(severity: str) -> str:
    return {"error": "error", "warning": "warning"}.get(_level(severity), "recommendation")


def plain(text: str) -> str:
    """A text in which SARIF sees no embedded link."""
    return text.replace("](", "] (")


def message(text: str) -> dict[str, str]:
    """A message without links and placeholders: SARIF has braces doubled there."""
    return {"text": plain(text).replace("{", "{{").replace("}", "}}")}


def _help_text(rule: RuleEntry) -> str:
    steps = [f"{number}. {step}" for number, step in enumerate(rule["fix"]["steps"], 1)]
    return "\n".join([rule["why"], *steps]).strip() or rule["title"]


def _help(report: Report, rule: RuleEntry) -> str:
    """Why, the fix with the snippet in the repository's own language, and references."""
    steps = [f"{number}. {escape(step)}" for number, step in enumerate(rule["fix"]["steps"], 1)]
    snippets = [f"{escape(form)}:\n\n{fence(text)}" for form, text in view.snippets(report, rule)[:1]]
    effects = ", ".join(rule["fix"]["side_effects"])
    links = [f"- <{reference}>" for reference in rule["references"] if view.is_link(reference)]
    parts = [
        f"**{escape(rule['title'])}**",
        escape(rule["why"]),
        "\n".join(steps),
        *snippets,
        f"Side effects: {escape(effects)}" if effects else "",
        f"To prove it: {escape(view.how_to_prove(rule))}",
        "\n".join(links),
    ]
    return "\n\n".join(part for part in parts if part)


def _result(problem: Problem, rule_index: int) -> dict[str, Any]:
    rule, subject = problem.rule, problem.subject
    result: dict[str, Any] = {
        "ruleId": rule["id"],
        "ruleIndex": rule_index,
        "level": _level(rule["severity"]),
        "message": message(problem.text),
        "locations": [_location(problem)],
        "partialFingerprints": {FINGERPRINT: problem.fingerprint},
        "properties": {"pillar": rule["pillar"], "severity": rule["severity"], "points": rule["points"]},
    }
    if subject:
        result["properties"]["drift"] = subject["drifted"]
        if (state := _BASELINE.get(subject.get("baseline", ""))) is not None:
            result["baselineState"] = state
    return result


def _location(problem: Problem) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(relative_path(problem.path)), "uriBaseId": _ROOT},
            "region": {"startLine": problem.line},
        },
        "logicalLocations": [{"fullyQualifiedName": problem.identity, "kind": "resource"}],
    }


def _invocation(report: Report, found: int) -> dict[str, Any]:
    unknown = [rule for rule in report["rules"] if rule["status"] == "unknown"]
    notes = [_notification(f"{rule['title']}: unknown: {rule['reason']}", rule["id"]) for rule in unknown]
    if report["scan"]["account_read_at"] is None:
        notes.append(_notification(view.ACCOUNT_UNREAD))
    notes += [_notification(text) for text in _unseen(report)]
    if found > MAX_RESULTS:
        notes.append(_notification(f"{found - MAX_RESULTS:,} results were left out; the JSON report has all of them."))
    code = report["gate"]["exit_code"] if "gate" in report else 0
    return {"executionSuccessful": code != 70, "exitCode": code, "toolExecutionNotifications": notes}


def _unseen(report: Report) -> Sequence[str]:
    return [
        f"{view.place(gap['scope'], gap['line'])}: {gap['type']} could not be read: {gap['reason']}"
        + (f"; grant {gap['action']}" if gap["action"] else "")
        for gap in report["scan"]["gaps"]
    ]


def _notification(text: str, rule_id: str | None = None) -> dict[str, Any]:
    about = {"associatedRule": {"id": rule_id}} if rule_id else {}
    return {"level": "warning", "message": message(text), **about}


def _summary(report: Report) -> dict[str, Any]:
    score = report["score"]
    return {
        "verdict": report["verdict"]["value"],
        "score": score["score"],
        "grade": score["grade"],
        "coverage": score["coverage"],
        "generated": report["generated"],
    }

"""The JUnit format: a suite for each pillar and a case for each rule, for CI systems that show tests."""

from __future__ import annotations

from xml.etree import ElementTree

from prodworks_cli.render import view
from prodworks_cli.render.text import clean_report
from prodworks_cli.report import PILLARS, Report, RuleEntry

_SUBJECTS = 20


def render(report: Report) -> str:
    """The rules as JUnit XML.

    A gap is a failure. An unknown is an error where a verdict depends on it; other unknown rules, accepted ones and
    those that do not apply are skipped.
    """
    report = clean_report(report)
    root = ElementTree.Element("testsuites", name="prodworks")
    for pillar in PILLARS:
        rules = [rule for rule in report["rules"] if rule["pillar"] == pillar]
        if rules:
            root.append(_suite(pillar, rules, report))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _suite(pillar: str, rules: list[RuleEntry], report: Report) -> ElementTree.Element:
    kinds = [_kind(rule) for rule in rules]
    suite = ElementTree.Element("testsuite", name=f"{report['target']['name']}: {pillar}", tests=str(len(rules)))
    suite.set("failures", str(kinds.count("failure")))
    suite.set("errors", str(kinds.count("error")))
    suite.set("skipped", str(kinds.count("skipped")))
    suite.set("timestamp", report["generated"])
    suite.append(_properties(pillar, report))
    suite.extend(_case(rule, kind) for rule, kind in zip(rules, kinds, strict=True))
    return suite


def _properties(pillar: str, report: Report) -> ElementTree.Element:
    scores = {entry["id"]: str(entry["score"]) if entry["applicable"] else "-" for entry in report["pillars"]}
    values = {
        "verdict": report["verdict"]["value"],
        "score": str(report["score"]["score"]),
        "pillar score": scores.get(pillar, "-"),
        "account": "read" if report["scan"]["account_read_at"] else view.ACCOUNT_UNREAD,
    }
    found = ElementTree.Element("properties")
    for name, value in values.items():
        ElementTree.SubElement(found, "property", name=name, value=value)
    return found


def _kind(rule: RuleEntry) -> str | None:
    """The element that a rule's status becomes; None for a test that passed."""
    status = rule["status"]
    if status in ("fail", "partly"):
        return "failure"
    if status == "unknown" and rule["gate"]:
        return "error"
    return None if status == "pass" else "skipped"


def _case(rule: RuleEntry, kind: str | None) -> ElementTree.Element:
    name, group = f"{rule['id']}: {rule['title']}", f"prodworks.{rule['pillar']}"
    case = ElementTree.Element("testcase", name=name, classname=group)
    if kind:
        status = view.STATUSES[rule["status"]]
        message = view.headline(rule) if kind == "failure" else f"{status}: {rule['reason'] or view.headline(rule)}"
        result = ElementTree.SubElement(case, kind, type=rule["severity"], message=message)
        result.text = _text(rule) if kind != "skipped" else None
    return case


def _text(rule: RuleEntry) -> str:
    """What is wrong, where, and the first step to mend it."""
    subjects = [subject for subject in view.order_subjects(rule) if subject["status"] in ("fail", "unknown")]
    lines = [rule["reason"], *(_line(s["identity"], view.place(s["where"], s["line"])) for s in subjects[:_SUBJECTS])]
    if len(subjects) > _SUBJECTS:
        lines.append(f"+{len(subjects) - _SUBJECTS} more")
    lines += [f"fix: {step}" for step in rule["fix"]["steps"]]
    return "\n".join(line for line in lines if line)


def _line(identity: str, place: str) -> str:
    return f"- {identity} ({place})" if place and place != identity else f"- {identity}"

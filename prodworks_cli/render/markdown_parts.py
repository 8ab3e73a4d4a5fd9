"""Escaping and building blocks of the Markdown format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from prodworks_cli.render import progress, view
from prodworks_cli.render.text import shorten
from prodworks_cli.report import Report, RuleEntry, SubjectEntry

# Entities work in Markdown text, in table cells and in raw HTML alike, where a backslash would not. Colons and dots are
# escaped only where a platform would make a link or an emoji of them.
_IN_CODE = re.compile(r"[\\`*_\[\]<>#|~&$]|:(?=//)|(?<=\bwww)\.", re.IGNORECASE)
_IN_TEXT = re.compile(rf"{_IN_CODE.pattern}|:(?=[\w+-]+:)", re.IGNORECASE)
_BACKTICKS = re.compile(r"`+")


@dataclass(frozen=True)
class Limits:
    """How much of the report is shown: which parts, and how many rows, subjects and characters of a text."""

    inventory: bool = True
    closed: bool = True
    scope: bool = True
    findings: bool = True
    snippets: bool = True
    subjects: int = 5
    rows: int = 200
    text: int = 300

    def text_of(self, text: str) -> str:
        """``text``, cut to the limit and escaped."""
        return escape(text, self.text)


def escape(text: str, limit: int = 1_000) -> str:
    """``text`` as plain Markdown text: no markup, no HTML, no link, no table cell, and nobody is mentioned."""
    escaped = _IN_TEXT.sub(_entity, shorten(text, limit))
    return escaped.replace("@", "@&#8203;")  # a zero-width space keeps a platform from notifying people


def code(text: str, limit: int = 300) -> str:
    """``text`` in code style. A mention in code notifies nobody, so that paths stay exact."""
    escaped = _IN_CODE.sub(_entity, shorten(text, limit))
    return f"<code>{escaped.replace('@', '&#64;')}</code>"


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def fence(text: str) -> str:
    """``text`` as a code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    mark = "`" * max(3, longest + 1)
    return f"{mark}\n{text}\n{mark}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], limit: int) -> str:
    """A table of cells that are already escaped; at most ``limit`` rows, then how many more there are."""
    lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows[:limit])]
    more = f"\n\n+{len(rows) - limit} more" if len(rows) > limit else ""
    return "\n".join(lines) + more


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def details(summary: str, body: str) -> str:
    """A folded part; ``summary`` is already escaped."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def findings(report: Report, limits: Limits) -> str:
    """Gaps, unverified and accepted rules folded one by one, the closed ones as lists."""
    groups = view.group_rules(report)
    blocks: list[str] = []
    for name, rules in (("Gaps", groups.gaps), ("Unverified", groups.unverified), ("Accepted", groups.accepted)):
        if rules and limits.findings:
            blocks += _open(report, name, rules, limits)
        elif rules:
            blocks.append(f"{name}: {len(rules)}")
    for name, rules in (("Proven", groups.proven), ("Not applicable", groups.not_applicable)):
        if rules and limits.closed:
            blocks.append(details(f"{name} ({len(rules)})", "\n".join(_closed(rule, limits) for rule in rules)))
        elif rules:
            blocks.append(f"{name}: {len(rules)}")
    return "\n\n".join(blocks)


def _open(report: Report, name: str, rules: list[RuleEntry], limits: Limits) -> list[str]:
    """One folded part for each rule; with a baseline, all that was known before in one more fold."""
    known = [rule for rule in rules if "baseline" in report and "new" not in view.tags(rule)]
    shown = [rule for rule in rules if rule not in known]
    blocks = [f"### {name} ({len(shown)})", *(_finding(report, rule, limits) for rule in shown)] if shown else []
    if known:
        body = "\n\n".join(_finding(report, rule, limits) for rule in known)
        blocks.append(details(f"{name} known before ({len(known)})", body))
    return blocks


def _closed(rule: RuleEntry, limits: Limits) -> str:
    reason = f": {limits.text_of(rule['reason'])}" if rule["reason"] else ""
    return f"- **{limits.text_of(rule['title'])}**{reason}"


def _finding(report: Report, rule: RuleEntry, limits: Limits) -> str:
    tags = view.tags(rule)
    tag = f" ({', '.join(tags)})" if tags else ""
    place = view.first_place(rule)
    where = f" {code(place, limits.text)}" if place else ""
    title = f"<b>{limits.text_of(view.headline(rule))}</b>{tag}"
    summary = f"{title}, {limits.text_of(rule['severity'])}, {view.worth(rule)}{where}"
    facts = [rule["id"], rule["pillar"], f"{rule['gate']} gate" if rule["gate"] else "", view.hours(rule["hours"])]
    parts = [
        ", ".join(limits.text_of(fact) for fact in [*facts, rule["owner"] or "no owner"] if fact),
        limits.text_of(rule["reason"]),
        escape(rule["why"]),
        "\n".join(_subject(subject, limits) for subject in view.order_subjects(rule)[: limits.subjects]),
        _more(rule, limits),
        *_fix(report, rule, limits),
    ]
    return details(summary, "\n\n".join(part for part in parts if part))


def _more(rule: RuleEntry, limits: Limits) -> str:
    left = len(rule["subjects"]) - limits.subjects
    return f"+{left} more" if left > 0 else ""


def _subject(subject: SubjectEntry, limits: Limits) -> str:
    lines = [f"- {view.STATUSES[subject['status']]} {code(subject['identity'], limits.text)}"]
    if "waiver" in subject:
        lines.append(f"  - {limits.text_of(progress.waiver(subject['waiver']))}")
    for plane, entry in subject["planes"].items():
        reason = f": {limits.text_of(entry['reason'])}" if entry["reason"] else ""
        lines.append(f"  - {limits.text_of(plane)} {view.STATUSES[entry['status']].lower()}{reason}")
        for proof in entry["proofs"]:
            source = view.proof_source(proof)
            at = f" {code(source, limits.text)}" if source else ""
            lines.append(f"    - {code(view.proof_text(proof), limits.text)}{at}")
    return "\n".join(lines)


def _fix(report: Report, rule: RuleEntry, limits: Limits) -> list[str]:
    if rule["status"] in ("pass", "not-applicable"):
        return []
    steps = [f"{number}. {limits.text_of(step)}" for number, step in enumerate(rule["fix"]["steps"], 1)]
    effects = ", ".join(limits.text_of(effect) for effect in rule["fix"]["side_effects"])
    parts = ["\n".join(steps), f"Side effects: {effects}" if effects else ""]
    for form, text in view.snippets(report, rule)[: 1 if limits.snippets else 0]:
        parts.append(f"{limits.text_of(form)}:\n\n{fence(text)}")
    links = [reference for reference in rule["references"] if view.is_link(reference)]
    parts.append("\n".join(f"- <{link}>" for link in links[:5]))
    return parts

"""The long terminal report: every finding, with evidence on request."""

from __future__ import annotations

from rich.text import Text

from prodworks_cli.render import deployment, progress, view
from prodworks_cli.render.screen import Screen, line, style
from prodworks_cli.report import Report, RuleEntry, SubjectEntry

_FIRST_SUBJECTS = 5


def all_rules(report: Report, screen: Screen, *, evidence: bool) -> list[Text]:
    """Gaps, unverified, accepted, proven and not applicable, each under its own heading."""
    groups = view.group_rules(report)
    lines: list[Text] = []
    for name, rules in (("Gaps", groups.gaps), ("Unverified", groups.unverified), ("Accepted", groups.accepted)):
        if rules:
            lines += [line((f" {name} ({len(rules)})", "bold"))]
            for rule in rules:
                lines += _open_rule(rule, screen, evidence)
            lines.append(Text())
    for name, rules in (("Proven", groups.proven), ("Not applicable", groups.not_applicable)):
        if rules:
            lines += [line((f" {name} ({len(rules)})", "bold"))]
            lines += [_closed_rule(rule, screen) for rule in rules]
            lines.append(Text())
    return lines[:-1]


def _open_rule(rule: RuleEntry, screen: Screen, evidence: bool) -> list[Text]:
    tags = view.tags(rule)
    tag = f" ({', '.join(tags)})" if tags else ""
    first = line(
        f" {screen.sign(rule['status'])} ",
        (f"{rule['severity']:<9}", style(rule["severity"])),
        (view.headline(rule), "bold"),
        tag,
    )
    gate = f"  {rule['gate']} gate" if rule["gate"] else ""
    owner = rule["owner"] or "no owner"
    facts = f"{rule['id']}  {rule['pillar']}{gate}  {view.worth(rule)}  {view.hours(rule['hours'])}  {owner}"
    lines = [first, line("   ", (facts, "dim"))]
    if place := view.first_place(rule):
        lines.append(line("   ", place))
    if rule["reason"]:
        lines += screen.wrap(rule["reason"], 3)
    if rule["fix"]["steps"] and rule["status"] != "waived":
        lines += screen.wrap(f"fix: {rule['fix']['steps'][0]}", 3, hang=5)
    if evidence:
        lines += _evidence(rule, screen)
    return lines


def _closed_rule(rule: RuleEntry, screen: Screen) -> Text:
    reason = f": {rule['reason']}" if rule["reason"] else ""
    return line(f" {screen.sign(rule['status'])} {rule['title']}", (reason, "dim"))


def _evidence(rule: RuleEntry, screen: Screen) -> list[Text]:
    subjects = view.order_subjects(rule)
    lines: list[Text] = []
    for subject in subjects[:_FIRST_SUBJECTS]:
        lines += _subject(subject, screen)
    if left := len(subjects) - _FIRST_SUBJECTS:
        lines += [line((f"     +{left} more", "dim"))] if left > 0 else []
    return lines


def _subject(subject: SubjectEntry, screen: Screen) -> list[Text]:
    status = subject["status"]
    lines = [line("     ", (f"{screen.sign(status)} ", style(status)), f"{subject['identity']}  ({subject['type']})")]
    if "waiver" in subject:
        lines.append(line(f"       {progress.waiver(subject['waiver'])}"))
    for plane, entry in subject["planes"].items():
        reason = f": {entry['reason']}" if entry["reason"] else ""
        lines.append(line(f"       {plane} {view.STATUSES[entry['status']].lower()}{reason}"))
        for proof in entry["proofs"]:
            lines.append(line(f"         {view.proof_text(proof)}"))
            if source := view.proof_source(proof):
                lines.append(line("         ", (source, "dim")))
    return lines


def not_seen(report: Report, screen: Screen) -> list[Text]:
    """What could not be looked at, and the permission that would change it."""
    scan = report["scan"]
    lines = [line(f" {view.place(file['path'], None)}: {file['reason']}") for file in scan["files"]["failed"]]
    for gap in scan["gaps"]:
        lines.append(line(f" {view.place(gap['scope'], gap['line'])}: {gap['type']} ({gap['plane']}): {gap['reason']}"))
        if gap["action"]:
            lines.append(line(f"   grant {gap['action']}"))
    if not lines:
        return []
    return [Text(), line((" Could not be looked at", "bold")), *lines]


def deployed(report: Report, screen: Screen) -> list[Text]:
    """What is declared otherwise than deployed, or only one of the two."""
    if not report.get("deployment"):
        return []
    lines = [Text(), line((f" {deployment.TITLE}", "bold"))]
    lines += screen.wrap(deployment.summary(report), 1, hang=3)
    for entry in deployment.entries(report):
        lines.append(line(f" {entry['identity']}  ({entry['type']})"))
        for text in deployment.lines(entry):
            lines += screen.wrap(text, 3, hang=5)
    return lines


def said(report: Report, screen: Screen) -> list[Text]:
    """What the team decided: waivers and attestations to look at, and the defaults that the config changed."""
    lines: list[Text] = []
    if notes := report.get("waivers", []):
        lines += [Text(), line((f" Waivers and attestations to look at ({len(notes)})", "bold"))]
    for note in notes:
        state = view.WAIVER_STATES[note["state"]]
        text = f"{state}: {note['rule']}, {note['subject']}, owner {note['owner']}, until {note['expires']}"
        lines += screen.wrap(text, 1, hang=3)
    if changed := report.get("config", []):
        lines += [Text(), line((f" Defaults that the config changed ({len(changed)})", "bold"))]
    for entry in changed:
        lines += screen.wrap(f"{entry['key']}: {progress.config_change(entry)}", 1, hang=3)
    return lines

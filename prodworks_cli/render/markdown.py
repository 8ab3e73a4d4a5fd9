"""The Markdown format, for a pull request comment or a step summary.

With a baseline, what is new in the change and what it fixed comes before all else but the gate, and the gaps that were
known are folded. The text stays within 60,000 characters. When the whole report is longer, parts are left out in this
order, and the text says which: inventory, proven and not applicable rules, places that could not be read, snippets,
evidence, finding details, table rows beyond the first thirty, and at last rows beyond the first ten and the ends of
long texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from prodworks_cli.render import deployment, progress, view
from prodworks_cli.render.markdown_parts import Limits, code, details, escape, findings, table
from prodworks_cli.render.text import clean_report
from prodworks_cli.report import GateCondition, Report, RoadmapEntry, SubjectEntry

MARKER = "<!-- prodworks -->"
MAX_CHARS = 60_000
_CONDITION = {True: "holds", False: "**does not hold**", None: "**not decided**"}

# What each further step leaves out, on top of the ones before it.
_STEPS: tuple[tuple[str, Callable[[Limits], Limits]], ...] = (
    ("the inventory", lambda limits: replace(limits, inventory=False)),
    ("proven and not applicable rules", lambda limits: replace(limits, closed=False)),
    ("places that could not be read", lambda limits: replace(limits, scope=False)),
    ("snippets", lambda limits: replace(limits, snippets=False)),
    ("evidence", lambda limits: replace(limits, subjects=0)),
    ("finding details", lambda limits: replace(limits, findings=False)),
    ("table rows beyond the first thirty", lambda limits: replace(limits, rows=30)),
    ("table rows beyond the first ten and the ends of long texts", lambda limits: replace(limits, rows=10, text=40)),
)


def render(report: Report) -> str:
    """The report as GitHub Markdown of at most 60,000 characters."""
    report = clean_report(report)
    limits, left_out = Limits(), list[str]()
    text = _document(report, limits, left_out)
    for name, narrow in _STEPS:
        if len(text) <= MAX_CHARS:
            break
        limits = narrow(limits)
        left_out.append(name)
        text = _document(report, limits, left_out)
    return text


def _document(report: Report, limits: Limits, left_out: list[str]) -> str:
    empty = report["verdict"]["value"] == "nothing-to-audit"
    parts: tuple[Callable[[Report, Limits], str], ...] = (
        (_gate, _verdict, _scope)
        if empty
        else (_gate, _verdict, _changes, _questions, _pillars, _path, findings, _notes, _scope, _deployment, _inventory)
    )
    blocks = [
        MARKER,
        *(part(report, limits) for part in parts),
        _note(left_out),
        _config(report, limits),
        _foot(report),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _gate(report: Report, limits: Limits) -> str:
    gate = report.get("gate")
    if gate is None or not gate["configured"]:
        return ""
    title = {True: "Gate passed", False: "Gate failed", None: "Gate not decided"}[gate["passed"]]

    def row(entry: GateCondition) -> list[str]:
        texts = [limits.text_of(entry["name"]), limits.text_of(entry["required"]), limits.text_of(entry["actual"])]
        return [*texts, _CONDITION[entry["passed"]]]

    rows = [row(entry) for entry in gate["conditions"]]
    return f"### {title}\n\n" + table(("Condition", "Required", "Is", ""), rows, limits.rows)


def _verdict(report: Report, limits: Limits) -> str:
    score, value = report["score"], report["verdict"]["value"]
    name = f"**{limits.text_of(report['target']['name'])}**"
    title = f"## {view.VERDICTS[value]}"
    if value == "nothing-to-audit":
        return f"{title}\n\n{name}: {view.NOTHING_FOUND}"
    title += f": {score['score']}/100 proven, grade {score['grade']}"
    target = ", ".join(limits.text_of(part) for part in view.target_parts(report))
    shares = ", ".join(f"{view.number(share)} {share_name}" for share_name, share in view.shares(score))
    lines = [f"{name} {target}", f"**Next:** {escape(progress.next_steps(report), 400)}"]
    if blockers := progress.blockers_and_limit(report):
        lines.append("**Blocked by:** " + "; ".join(limits.text_of(text) for text in blockers[: limits.rows]) + ".")
    lines.append(f"{shares}. Coverage {score['coverage']:.0f} %.")
    if change := progress.change(report):
        lines.append(f"Score {escape(change)}.")
    if compared := progress.baseline(report):
        lines.append(f"**Since the baseline:** {limits.text_of(compared)}.")
    if report["scan"]["account_read_at"] is None:
        lines.append(f"> {view.ACCOUNT_UNREAD}")
    return "\n\n".join([title, *lines])


def _changes(report: Report, limits: Limits) -> str:
    """What the change brought and what it mended, against the baseline."""
    compared = report.get("baseline")
    if compared is None:
        return ""
    new = [(rule, subject) for rule in report["rules"] for subject in rule["subjects"] if _is_new(subject)]
    rows = [
        [
            limits.text_of(rule["gap"] if subject["status"] == "fail" else rule["title"]),
            limits.text_of(rule["severity"]),
            f"{view.STATUSES[subject['status']]} {code(subject['identity'], limits.text)}",
            code(view.place(subject["where"], subject["line"]), limits.text) if subject["where"] else "",
        ]
        for rule, subject in sorted(new, key=lambda pair: (view.severity_rank(pair[0]["severity"]), pair[0]["id"]))
    ]
    head = ("New in this change", "Severity", "", "Where")
    fixed = [
        f"- {limits.text_of(entry['title'])} {code(entry['identity'], limits.text)}" for entry in compared["fixed"]
    ]
    parts = [table(head, rows, limits.rows) if rows else "Nothing new in this change."]
    if fixed:
        parts.append(f"**Fixed ({len(fixed)})**\n\n" + _some(fixed, limits))
    return "\n\n".join(parts)


def _is_new(subject: SubjectEntry) -> bool:
    return subject.get("baseline") == "new" and subject["status"] in ("fail", "unknown")


def _some(items: list[str], limits: Limits) -> str:
    more = f"\n- +{len(items) - limits.rows} more" if len(items) > limits.rows else ""
    return "\n".join(items[: limits.rows]) + more


def _notes(report: Report, limits: Limits) -> str:
    """Waivers that somebody has to look at."""
    notes = report.get("waivers", [])
    if not notes:
        return ""
    items = [
        f"- {view.WAIVER_STATES[note['state']]}: {limits.text_of(note['rule'])} {code(note['subject'], limits.text)}, "
        f"owner {limits.text_of(note['owner'])}, until {limits.text_of(note['expires'])}"
        for note in notes
    ]
    return f"**Waivers to look at ({len(items)})**\n\n" + _some(items, limits)


def _questions(report: Report, limits: Limits) -> str:
    rows = [
        [
            f"**{escape(view.ANSWERS[entry['answer']])}**",
            limits.text_of(entry["text"]),
            limits.text_of(entry["because"]),
        ]
        for entry in report["questions"]
    ]
    return table(("", "Question", "Because"), rows, limits.rows)


def _pillars(report: Report, limits: Limits) -> str:
    rows = [
        [
            limits.text_of(entry["id"].capitalize()),
            str(entry["score"]) if entry["applicable"] else "n/a",
            str(entry["gaps"]),
            str(entry["unknowns"]),
        ]
        for entry in report["pillars"]
    ]
    return details("Pillars", table(("Pillar", "Score", "Gaps", "Unverified"), rows, limits.rows))


def _path(report: Report, limits: Limits) -> str:
    if not report["roadmap"]:
        return ""
    places = {rule["id"]: view.first_place(rule) for rule in report["rules"]}
    rows = [_step(number, step, places.get(step["rule"]), limits) for number, step in enumerate(report["roadmap"], 1)]
    head = ("", "Path to production", "Severity", "Points", "Effort", "Owner", "Due", "Score")
    return table(head, rows, limits.rows)


def _step(number: int, step: RoadmapEntry, place: str | None, limits: Limits) -> list[str]:
    title = ("Verify: " if step["state"] == "unverified" else "") + limits.text_of(step["title"])
    where = f"<br>{code(place, limits.text)}" if place else ""
    reached = f" **{view.MILESTONES[step['milestone']]}**" if step["milestone"] else ""
    return [
        str(number),
        title + where,
        limits.text_of(step["severity"]),
        f"+{view.number(step['gain'])}",
        view.hours(step["hours"]),
        limits.text_of(step["owner"] or "unassigned"),
        limits.text_of(step["due"] or ""),
        f"{step['score_after']}{reached}",
    ]


def _scope(report: Report, limits: Limits) -> str:
    scan = report["scan"]
    files = scan["files"]
    account = "account not read" if scan["account_read_at"] is None else view.plural(scan["calls"]["made"], "API call")
    head = (
        f"{view.plural(files['read'], 'file')} read, {len(files['skipped'])} skipped, "
        f"{len(files['failed'])} not parsed; {account}."
    )
    if scan["note"]:
        head += f" {limits.text_of(scan['note'])}"
    if left := scan.get("left_out"):
        kinds = ", ".join(f"{count} {code(kind, limits.text)}" for kind, count in list(left.items())[: limits.rows])
        head += f" Left out, as not part of this workload: {kinds}."
    items = [f"- {code(file['path'], limits.text)} {limits.text_of(file['reason'])}" for file in files["failed"]]
    for gap in scan["gaps"]:
        grant = f"; grant {code(gap['action'], limits.text)}" if gap["action"] else ""
        where = code(view.place(gap["scope"], gap["line"]), limits.text)
        what = f"{limits.text_of(gap['type'])} ({limits.text_of(gap['plane'])})"
        items.append(f"- {where} {what}: {limits.text_of(gap['reason'])}{grant}")
    if not items or not limits.scope:
        return head
    return f"{head}\n\n" + details(f"Could not be looked at ({len(items)})", _some(items, limits))


def _deployment(report: Report, limits: Limits) -> str:
    if not limits.scope or not report.get("deployment"):
        return ""
    rows = [
        [code(entry["identity"], limits.text), code(deployment.first(entry), limits.text), limits.text_of(text)]
        for entry in deployment.entries(report)
        for text in deployment.lines(entry)
    ]
    shown = table(("Resource", "Where", ""), rows, limits.rows) if rows else "No differences."
    return details(f"{deployment.TITLE}: {escape(deployment.summary(report))}", shown)


def _inventory(report: Report, limits: Limits) -> str:
    if not limits.inventory or not report["inventory"]:
        return ""
    rows = [
        [
            limits.text_of(entry["type"]),
            code(entry["identity"], limits.text),
            code(view.place(entry["where"], entry["line"]), limits.text),
            limits.text_of(entry["summary"]),
        ]
        for entry in report["inventory"]
    ]
    return details(f"Inventory ({len(rows)})", table(("Type", "Resource", "Where", "Summary"), rows, limits.rows))


def _note(left_out: list[str]) -> str:
    if not left_out:
        return ""
    names = ", ".join(left_out)
    return f"_Left out to stay within {MAX_CHARS:,} characters: {names}. The HTML and JSON reports have all of it._"


def _config(report: Report, limits: Limits) -> str:
    """The defaults that the config changed."""
    changed = report.get("config", [])
    items = [f"- {code(entry['key'])} {limits.text_of(progress.config_change(entry))}" for entry in changed]
    return details(f"Defaults that the config changed ({len(items)})", _some(items, limits)) if items else ""


def _foot(report: Report) -> str:
    pack, tool = report["pack"], report["tool"]
    text = f"{tool['name']} {tool['version']}, rules {pack['id']}, {report['generated']}"
    return f"<sub>{escape(text, 200)}</sub>"

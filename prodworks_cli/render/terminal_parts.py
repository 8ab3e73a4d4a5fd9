"""The parts of the one-screen terminal report, each a list of lines."""

from __future__ import annotations

import math

from rich.text import Text

from prodworks_cli.render import progress, view
from prodworks_cli.render.screen import Screen, line, style
from prodworks_cli.render.text import shorten
from prodworks_cli.report import Gate, Report, RoadmapEntry, RuleEntry

PILLAR_WIDTH = 38
_TITLES = {
    "visibility": "Model visibility",
    "cost": "Per-request cost",
    "assurance": "Security, governance",
    "drift": "Quality drift warning",
    "path": "Path and owner",
}
_VERDICT_STATUS = {
    "not-ready": "fail",
    "pilot": "unknown",
    "production-ready": "pass",
    "nothing-to-audit": "not-applicable",
}
_MAX_STEPS = 5
_MAX_CONDITIONS = 6
_MAX_ENDED = 2
_WIDE = 130


def heading(report: Report, screen: Screen) -> list[Text]:
    """What was audited, by which rules."""
    target = report["target"]
    commit = f" @ {target['commit'][:7]}" if target["commit"] else ""
    changed = " (uncommitted changes)" if target["dirty"] else ""
    account = f"account {', '.join(map(_mask, target['accounts']))}" if target["accounts"] else ""
    pieces = [account, ", ".join(target["regions"]), f"rules {report['pack']['id']}"]
    rest = "".join(f"   {piece}" for piece in pieces if piece)
    return [line(" ", (shorten(target["name"], 60), "bold"), f"{commit}{changed}", (rest, "dim"))]


def _mask(account: str) -> str:
    """The ends of an account id: enough to recognise, not worth copying from a screenshot."""
    return f"{account[:4]}...{account[-4:]}" if len(account) == 12 else account


def verdict(report: Report, screen: Screen) -> list[Text]:
    """The answer, the score bar, what blocks and what comes next."""
    value, score = report["verdict"]["value"], report["score"]
    status = _VERDICT_STATUS[value]
    answer = (f" {screen.sign(status)} {view.VERDICTS[value].upper()}", f"bold {style(status)}")
    if value == "nothing-to-audit":
        return [line(answer), *screen.wrap(view.NOTHING_FOUND, 3)]
    moved = f"  ({change})" if (change := progress.change(report)) else ""
    lines = [line(answer, f"   grade {score['grade']}   {score['score']}/100 proven{moved}"), bar(report, screen)]
    lines.append(_legend(report))
    if blockers := progress.blockers_and_limit(report):
        lines += screen.wrap("blocked by: " + "; ".join(blockers), 3, limit=2, hang=12)
    lines += screen.wrap(f"next: {progress.next_steps(report)}", 3, limit=2, hang=6)
    if report["scan"]["account_read_at"] is None:
        lines += [Text(text.plain, style="yellow") for text in screen.wrap(f"! {view.ACCOUNT_UNREAD}", 3, limit=2)]
    return lines


def bar(report: Report, screen: Screen) -> Text:
    """The four shares as one bar; cells are given by largest remainder, so that they fill it."""
    width = min(screen.width - 4, 72)
    names = [name for name, _ in view.shares(report["score"])]
    shares = [share * width / 100 for _, share in view.shares(report["score"])]
    cells = [math.floor(share) for share in shares]
    by_remainder = sorted(range(len(cells)), key=lambda index: cells[index] - shares[index])
    for index in by_remainder[: max(width - sum(cells), 0)]:
        cells[index] += 1
    filled = [(screen.sign(name) * count, style(name)) for name, count in zip(names, cells, strict=True)]
    return line(" [", *filled, "]")


def _legend(report: Report) -> Text:
    parts: list[str | tuple[str, str]] = ["  "]
    for name, share in view.shares(report["score"]):
        parts += [(f" {view.number(share)} {name}", style(name)), "  "]
    return line(*parts, f" coverage {report['score']['coverage']:.0f} %")


_UNITS_SHOWN = 3


def units(report: Report, screen: Screen, *, whole: bool = False) -> list[Text]:
    """The workloads of a collection, those with the most model calls first."""
    found = sorted(report["target"]["units"], key=lambda u: (-u["model_calls"], u["name"]))
    if len(found) < 2:
        return []
    shown = found if whole else found[:_UNITS_SHOWN]
    room = max(screen.width - 45, 20)
    head = f" {len(found)} workloads"
    lines = [Text(), line((f"{head:<{room}} model calls  score  verdict", "bold"))]
    for unit in shown:
        score = "-" if unit["verdict"] == "nothing-to-audit" else f"{unit['score']} {unit['grade']}"
        name = screen.fit(unit["name"], room - 2)
        lines.append(line(f"  {name:<{room - 2}} {unit['model_calls']:>11}  {score:>5}  {unit['verdict']}"))
    left = f"+{len(found) - len(shown)} more: -v" if len(found) > len(shown) else ""
    return [*lines, line((f"  {left}{', ' if left else ''}--unit NAME audits one alone", "dim"))]


def questions(report: Report, screen: Screen, *, whole: bool = False) -> list[Text]:
    """The five questions, one line each; with ``whole``, what explains the answer is wrapped instead of cut."""
    lines = [line((" Five questions", "bold"))]
    wide = screen.width >= _WIDE
    for entry in report["questions"]:
        title = entry["text"] if wide else _TITLES.get(entry["id"], entry["text"])
        answer = (f"{view.ANSWERS[entry['answer']]:<15}", style(f"answer-{entry['answer']}"))
        shown = line("   ", answer, screen.fit(title, 48 if wide else 21), "  ")
        room = max(screen.width - shown.cell_len, 0)
        first, *rest = screen.wrap(entry["because"], shown.cell_len, limit=100 if whole else 1)
        shown.append(screen.fit(first.plain.strip(), room).rstrip())
        lines += [shown, *rest]
    return lines


def pillars(report: Report, screen: Screen) -> list[Text]:
    """Score and open findings per pillar."""
    lines = [line((" Pillar          score  gaps  unverified", "bold"))]
    for entry in report["pillars"]:
        name = screen.fit(entry["id"].capitalize(), 14)
        if entry["applicable"]:
            lines.append(line(f" {name} {entry['score']:>6}{entry['gaps']:>6}{entry['unknowns']:>12}"))
        else:
            lines.append(line(f" {name} not applicable"))
    return lines


def steps(report: Report, screen: Screen, room: int) -> list[Text]:
    """The first steps of the path with their place, and the milestones they reach, in ``room`` lines."""
    rules = {rule["id"]: rule for rule in report["rules"]}
    roadmap = report["roadmap"]
    if not roadmap:
        return [line((" Nothing is left to do", "bold"))]
    lines = [_step_head(screen)]
    shown = 0
    for number, step in enumerate(roadmap[:_MAX_STEPS], 1):
        block = _step_lines(step, rules.get(step["rule"]), number, screen)
        if step["milestone"]:
            block.append(_milestone(roadmap[:number], screen))
        if len(lines) + len(block) + 1 > room and shown:
            break
        lines += block
        shown += 1
    if left := len(roadmap) - shown:
        lines.append(line((f"    +{left} more: -v shows all", "dim")))
    return lines


def _step_head(screen: Screen) -> Text:
    title = screen.fit(" Do next", screen.width - 30)
    return line((f"{title}points effort  owner", "bold"))


def _step_lines(step: RoadmapEntry, rule: RuleEntry | None, number: int, screen: Screen) -> list[Text]:
    title = step["title"]
    if step["state"] == "unverified":
        title = f"verify: {title}"
    elif rule and (tags := view.tags(rule)):
        title = f"({', '.join(tags)}) {title}"
    owner = screen.fit(step["owner"] or "-", 14).rstrip()
    cost = f"{'+' + view.number(step['gain']):>6}{view.hours(step['hours']):>8}  "
    first = line(
        f" {number:>2} ",
        (f"{step['severity']:<9}", style(step["severity"])),
        screen.fit(title, max(screen.width - 44, 10)),
        " ",
        cost,
        owner,
    )
    return [first, *_where(rule, 4)]


def _where(rule: RuleEntry | None, indent: int) -> list[Text]:
    found = view.first_place(rule) if rule else None
    if not found and rule:
        found = rule["reason"] if rule["status"] == "unknown" else None
    return [line(" " * indent, (found, "dim"))] if found else []


def _milestone(done: list[RoadmapEntry], screen: Screen) -> Text:
    last = done[-1]
    name = view.MILESTONES[last["milestone"] or ""].upper()
    spent = view.hours(math.fsum(step["hours"] for step in done))
    return line(" ", (f" {screen.sign('milestone')} {name} at {last['score_after']}, {spent} of work", "bold"))


def looked_at(report: Report, screen: Screen) -> list[Text]:
    """What the audit read, for a report that found nothing."""
    files = report["scan"]["files"]
    text = (
        f"Looked at: {view.plural(files['read'], 'file')} read, {len(files['skipped'])} skipped, "
        f"{len(files['failed'])} not parsed; {view.plural(report['scan']['calls']['made'], 'API call')}."
    )
    lines = screen.wrap(text, 1)
    if report["scan"]["account_read_at"] is None:
        lines += screen.wrap("Account not read.", 1)
    return lines


def gate(report: Report, screen: Screen) -> list[Text]:
    """The CI gate, its open conditions, and where to read on."""
    found = report.get("gate")
    if found is None or not found["configured"]:
        lines = [line(" Gate  none configured")]
    else:
        lines = [
            line(
                " Gate  " if number == 0 else "       ",
                (f"{screen.sign(status)} ", style(status)),
                f"{screen.fit(name, 26)}  required {required}, is {actual}",
            )
            for number, (status, name, required, actual) in enumerate(_conditions(found)[:_MAX_CONDITIONS])
        ]
        if (left := len(found["conditions"]) - _MAX_CONDITIONS) > 0:
            lines.append(line(f"       +{left} more"))
    lines += _against(report, screen)
    code = found["exit_code"] if found else 0
    return [*lines, line((f"       exit {code}   more: -v, -o html=report.html, prodworks explain RULE", "dim"))]


def _against(report: Report, screen: Screen) -> list[Text]:
    """What changed against the baseline, and the waivers and attestations that ended: they explain the gate."""
    compared = progress.baseline(report)
    lines = screen.wrap(compared, 7, limit=1) if compared else []
    ended = [note for note in report.get("waivers", []) if note["state"] == "expired"]
    for note in ended[:_MAX_ENDED]:
        text = f"expired {note['expires']}: {note['rule']}, {note['subject']}, owner {note['owner']}"
        lines += [Text(part.plain, style="yellow") for part in screen.wrap(f"! {text}", 7, limit=1)]
    if (left := len(ended) - _MAX_ENDED) > 0:
        lines.append(line(f"       +{left} more expired"))
    return lines


def _conditions(found: Gate) -> list[tuple[str, str, str, str]]:
    """The gate's conditions, those that do not hold first."""
    status = {False: "fail", None: "unknown", True: "pass"}
    order = {False: 0, None: 1, True: 2}
    conditions = sorted(found["conditions"], key=lambda entry: order[entry["passed"]])
    return [(status[entry["passed"]], entry["name"], entry["required"], entry["actual"]) for entry in conditions]

"""The difference between two reports as text, Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from prodworks_cli.difference import Difference, GapEntry, PillarChange
from prodworks_cli.render import view
from prodworks_cli.render.markdown_parts import code, escape, table
from prodworks_cli.render.text import clean_line
from prodworks_cli.report import FixedEntry

ROWS_SHOWN = 100


def _json(found: Difference) -> str:
    return json.dumps(found, indent=2) + "\n"


def _terminal(found: Difference) -> str:
    before, after = found["before"], found["after"]
    lines = [
        f" {clean_line(after['target'])}   {_when(before['at'])} to {_when(after['at'])}",
        f" {_change('verdict', view.VERDICTS[before['verdict']], view.VERDICTS[after['verdict']])}",
        f" score {before['score']} to {after['score']} ({after['score'] - before['score']:+d})"
        f"   {_change('grade', before['grade'], after['grade'])}",
        *([] if found["same_rules"] else [" The rules differ: part of the change may come from them."]),
        f" pillars  {', '.join(map(_pillar, found['pillars']))}",
        f" {view.plural(len(found['new']), 'new gap')}, {len(found['fixed'])} fixed, {found['known']} known",
        *_rows("+", [_new_line(gap) for gap in found["new"]]),
        *_rows("-", [_fixed_line(gap) for gap in found["fixed"]]),
    ]
    return "\n".join(lines) + "\n"


def _rows(sign: str, texts: list[str]) -> list[str]:
    more = [f"    and {len(texts) - ROWS_SHOWN} more"] if len(texts) > ROWS_SHOWN else []
    return [f"  {sign} {text}" for text in texts[:ROWS_SHOWN]] + more


def _when(stamp: str) -> str:
    return clean_line(stamp)[:10]


def _change(name: str, before: str, after: str) -> str:
    return f"{name} {before} to {after}" if before != after else f"{name} {after} as before"


def _pillar(pillar: PillarChange) -> str:
    before, after = (("n/a" if score is None else str(score)) for score in (pillar["before"], pillar["after"]))
    return f"{pillar['id']} {after}" if before == after else f"{pillar['id']} {before} to {after}"


def _new_line(gap: GapEntry) -> str:
    newer = " (rule is new)" if gap["newer_rule"] else ""
    place = view.place(gap["where"], gap["line"]) or gap["identity"]
    return clean_line(f"{gap['severity']:<8} {gap['title']}{newer}  {gap['rule']}  {place}")


def _fixed_line(gap: FixedEntry) -> str:
    return clean_line(f"{'fixed':<8} {gap['title']}  {gap['rule']}  {gap['identity']}")


def _markdown(found: Difference) -> str:
    before, after = found["before"], found["after"]
    rows = [
        ["Verdict", view.VERDICTS[before["verdict"]], view.VERDICTS[after["verdict"]]],
        ["Score", str(before["score"]), f"{after['score']} ({after['score'] - before['score']:+d})"],
        ["Grade", escape(before["grade"]), escape(after["grade"])],
        *([p["id"].capitalize(), _score(p["before"]), _score(p["after"])] for p in found["pillars"]),
    ]
    blocks = [
        f"## {escape(after['target'], 100)}: {before['score']} to {after['score']}",
        table(("", escape(_when(before["at"])), escape(_when(after["at"]))), rows, ROWS_SHOWN),
        "" if found["same_rules"] else "The rules differ: part of the change may come from them.",
        f"{view.plural(len(found['new']), 'new gap')}, {len(found['fixed'])} fixed, {found['known']} known.",
        _listed("New", [_new_row(gap) for gap in found["new"]]),
        _listed("Fixed", [[escape(g["title"], 200), code(g["rule"]), code(g["identity"])] for g in found["fixed"]]),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _score(score: int | None) -> str:
    return "n/a" if score is None else str(score)


def _new_row(gap: GapEntry) -> list[str]:
    newer = " (rule is new)" if gap["newer_rule"] else ""
    place = view.place(gap["where"], gap["line"]) or gap["identity"]
    return [f"{escape(gap['severity'])}: {escape(gap['title'], 200)}{newer}", code(gap["rule"]), code(place)]


def _listed(title: str, rows: list[list[str]]) -> str:
    return f"### {title}\n\n" + table(("Gap", "Rule", "Where"), rows, ROWS_SHOWN) if rows else ""


FORMS: Mapping[str, Callable[[Difference], str]] = MappingProxyType(
    {"terminal": _terminal, "markdown": _markdown, "json": _json}
)

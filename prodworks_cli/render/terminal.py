"""The terminal format: one screen by default, everything with ``-v`` and ``-vv``."""

from __future__ import annotations

import io

from rich.text import Text

from prodworks_cli.render import terminal_details as details
from prodworks_cli.render import terminal_parts as parts
from prodworks_cli.render.screen import Screen, beside
from prodworks_cli.render.text import clean_report
from prodworks_cli.report import Report, RuleEntry

MAX_LINES = 40
_SIDE_BY_SIDE = 116
_MIN_WIDTH = 40
_UNBOUNDED = 1_000_000  # more lines than any report has


def render(report: Report, *, width: int = 160, color: bool = False, verbosity: int = 0, unicode: bool = True) -> str:
    """The report as lines for a terminal of ``width`` columns.

    ``verbosity``: -1 verdict and gate only, 0 one screen of at most 40 lines, 1 all findings, 2 also the evidence.
    Paths and ARNs are never cut or wrapped. Without ``unicode`` the result is ASCII. Colour only repeats what a word or
    a sign already says.
    """
    screen = Screen(max(width, _MIN_WIDTH), unicode)
    shown = report if verbosity > 0 else _without_evidence(report)
    lines = _lines(clean_report(shown, ascii_only=not unicode), screen, verbosity)
    return _print(lines, screen.width, color)


def _without_evidence(report: Report) -> Report:
    """What one screen is made of: evidence is most of a report, and its texts would be cleaned for nothing."""
    return {**report, "rules": [_bare(rule) for rule in report["rules"]]}


def _bare(rule: RuleEntry) -> RuleEntry:
    return {**rule, "subjects": [{**subject, "planes": {}} for subject in rule["subjects"]]}


def _lines(report: Report, screen: Screen, verbosity: int) -> list[Text]:
    blank = [Text()]
    top = parts.heading(report, screen) + blank + parts.verdict(report, screen)
    end = parts.gate(report, screen)
    if verbosity < 0:
        return top + blank + end
    if report["verdict"]["value"] == "nothing-to-audit":
        return top + blank + parts.looked_at(report, screen) + blank + end
    questions = parts.questions(report, screen, whole=verbosity > 0)
    top += parts.units(report, screen, whole=verbosity > 0)
    room = MAX_LINES - len(top) - len(questions) - len(end) - 4
    lines = top + blank + questions + blank + _middle(report, screen, _UNBOUNDED if verbosity else room)
    if verbosity:
        lines += blank + details.all_rules(report, screen, evidence=verbosity > 1)
        lines += details.not_seen(report, screen)
        lines += details.deployed(report, screen)
        lines += details.said(report, screen)
    return lines + blank + end


def _middle(report: Report, screen: Screen, room: int) -> list[Text]:
    """Pillars and the next steps: side by side where the width allows, else one above the other."""
    pillars = parts.pillars(report, screen)
    if screen.width >= _SIDE_BY_SIDE:
        narrow = Screen(screen.width - parts.PILLAR_WIDTH - 3, screen.unicode)
        return beside(pillars, parts.steps(report, narrow, room), parts.PILLAR_WIDTH + 3)
    return [*pillars, Text(), *parts.steps(report, screen, room - len(pillars))]


def _print(lines: list[Text], width: int, color: bool) -> str:
    """The lines as text. Rich gets no say in width, markup, emoji or the environment; without colour in nothing."""
    if not color:
        return "".join(f"{line.plain.rstrip()}\n" for line in lines)
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=True,
        color_system="standard",
        no_color=False,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True)
    return out.getvalue()

"""The JSON format: the contract itself, in contract order."""

from __future__ import annotations

import json
import re

from prodworks_cli.report import Report

_SUSPECT = re.compile(r"[^\x20-\x7e\n]|(?<=#)#(?=\[|vso\[)")


def render(report: Report) -> str:
    """The report as indented JSON with a final newline; the same report gives the same bytes.

    Letters stay readable. Characters that act on whoever shows the text (controls, direction marks, line and paragraph
    separators, lone surrogates), and what a CI runner would obey, are written as escapes: the value is the same, the
    file is safe to print.
    """
    text = json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False)
    return _SUSPECT.sub(_escape, text) + "\n"


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char == "#":
        return "\\u0023"
    if char.isprintable():
        return char
    return json.dumps(char)[1:-1]

"""The JSON format: the contract itself, in contract order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

from prodworks_cli.report import Report

_SUSPECT = re.compile(r"[^\x20-\x7e\n]|(?<=#)#(?=\[|vso\[)")
_AT_ONCE = 10_000


def render(report: Report) -> str:
    """The report as indented JSON with a final newline; the same report gives the same bytes.

    Letters stay readable. Characters that act on whoever shows the text (controls, direction marks, line and paragraph
    separators, lone surrogates), and what a CI runner would obey, are written as escapes: the value is the same, the
    file is safe to print.
    """
    return "".join(pieces(report))


def pieces(report: Report) -> Iterator[str]:
    """The same, one piece after another: the report of a large collection takes much more memory in one."""
    made = json.JSONEncoder(indent=2, ensure_ascii=False, allow_nan=False).iterencode(report)
    while several := "".join(islice(made, _AT_ONCE)):
        yield _SUSPECT.sub(_escape, several)
    yield "\n"


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char == "#":
        return "\\u0023"
    if char.isprintable():
        return char
    return json.dumps(char)[1:-1]

"""Text of templates: escapes, strip markers and the indentation of heredocs."""

from __future__ import annotations

import re

from prodworks_cli.sources.terraform.expressions import Expression

_ESCAPE = re.compile(r"\\(?:([nrt\"\\/bf])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([$%])\4\{")
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f"}


def unescape(text: str) -> str:
    """The text of a quoted template: backslash escapes, and ``$${`` or ``%%{`` for a literal brace."""
    return _ESCAPE.sub(_plain, text) if "\\" in text or "{" in text else text


def _plain(found: re.Match[str]) -> str:
    simple, short, long, brace = found.groups()
    if brace:
        return f"{brace}{{"
    if simple:
        return _SIMPLE[simple]
    code = int(short or long, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def literals(text: str) -> str:
    """The text of a heredoc, where only doubled markers are escapes."""
    return text.replace("$${", "${").replace("%%{", "%{")


def trimmed(part: str | Expression, left: bool = False, right: bool = False) -> str | Expression:
    """A literal part without white space on the sides where a strip marker stands."""
    if not isinstance(part, str):
        return part
    part = part.lstrip() if left else part
    return part.rstrip() if right else part


def indented(parts: list[str | Expression]) -> list[str | Expression]:
    """The parts of a ``<<-`` heredoc without the indentation that all its lines share."""
    widths = []
    for number, part in enumerate(parts):
        if isinstance(part, str):
            last = number == len(parts) - 1
            widths += [_width(line, last) for line in _lines(part, number)]
    shared = min((w for w in widths if w is not None), default=0)
    return [_dedent(p, shared, i) if isinstance(p, str) else p for i, p in enumerate(parts)]


def _lines(part: str, number: int) -> list[str]:
    """Lines that start in this part: all in the first part, those after a line break in a later one."""
    lines = part.split("\n")
    return lines if number == 0 else lines[1:]


def _width(line: str, last: bool) -> int | None:
    """Leading blanks; nothing for an empty line. A line of blanks counts only when an expression follows it."""
    if not line.strip() and last:
        return None
    return len(line) - len(line.lstrip(" \t")) if line else None


def _dedent(part: str, shared: int, number: int) -> str:
    lines = part.split("\n")
    kept = [line[min(shared, len(line) - len(line.lstrip(" \t"))) :] for line in lines]
    return "\n".join(kept if number == 0 else [lines[0], *kept[1:]])

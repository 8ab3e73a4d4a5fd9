"""Text from repositories and accounts, made safe to show: nothing in it may act on the reader's screen."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, cast

from prodworks_cli.report import Report

LINE_LIMIT = 1_000
BLOCK_LIMIT = 8_000

_BREAKS = re.compile(r"[ \t\r\n]+")
# What a CI runner takes for a command in what it shows: "::error::" after blanks, "##vso[" and "##[" anywhere.
_COMMAND = re.compile(r"(?<!\S):(?=:[A-Za-z])|(?<=#)#(?=\[|vso\[)")
_BLOCKS = frozenset({"snippets"})  # the only texts whose line breaks mean something
_AS_THEY_ARE = frozenset({int, float, bool, type(None)})


def clean(text: str, *, ascii_only: bool = False) -> str:
    r"""``text`` with every character that is not printable written visibly: ``\x1b``, ``\u202e``.

    That covers control characters (so ANSI sequences), direction marks, zero-width characters, line separators and lone
    surrogates. With ``ascii_only`` everything beyond ASCII is written that way too. The first character of what a CI
    runner would obey is written that way as well.
    """
    text = _COMMAND.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
    if text.isprintable() and (text.isascii() or not ascii_only):
        return text
    return "".join(_visible(char, ascii_only) for char in text)


def _visible(char: str, ascii_only: bool) -> str:
    if char.isprintable() and (char.isascii() or not ascii_only):
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shorten(text: str, limit: int) -> str:
    """``text``, or its first ``limit`` characters and how many were left out."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}... (+{len(text) - limit:,} characters)"


def clean_line(text: str, *, ascii_only: bool = False, limit: int = LINE_LIMIT) -> str:
    """``text`` on one line: runs of blanks and line breaks become one space; at most about ``limit`` characters."""
    if len(text) <= limit and _is_plain(text):
        return str(text)
    return clean(shorten(_BREAKS.sub(" ", text).strip(), limit), ascii_only=ascii_only)


def _is_plain(text: str) -> bool:
    """Nothing would be changed, as in most texts of a report: cheaper to see than to search for each thing."""
    if not (text.isascii() and text.isprintable()):
        return False
    return not ("::" in text or "##" in text or "  " in text or text[:1] == " " or text[-1:] == " ")


def clean_block(text: str, *, ascii_only: bool = False, limit: int = BLOCK_LIMIT) -> str:
    """``text`` with its lines and indentation kept; tabs become four spaces."""
    lines = shorten(text.expandtabs(4).strip("\r\n"), limit).splitlines()
    return "\n".join(clean(line, ascii_only=ascii_only).rstrip() for line in lines)


def clean_report(report: Report, *, ascii_only: bool = False) -> Report:
    """A copy of ``report`` in which every text, keys included, is clean. What renderers for people start from."""
    return cast(Report, _clean_value(report, ascii_only, block=False))


@lru_cache(maxsize=1 << 14)
def _known_line(text: str, ascii_only: bool) -> str:
    """The keys, ids, paths and reasons of a report are the same few thousand again and again."""
    return clean_line(text, ascii_only=ascii_only)


def _clean_value(value: Any, ascii_only: bool, *, block: bool) -> Any:
    if isinstance(value, str):
        return clean_block(value, ascii_only=ascii_only) if block else _known_line(value, ascii_only)
    if isinstance(value, dict):
        return _clean_dict(value, ascii_only, block=block)
    if isinstance(value, list):
        return [_clean_value(item, ascii_only, block=block) for item in value]
    return value


def _clean_dict(members: dict[Any, Any], ascii_only: bool, *, block: bool) -> dict[str, Any]:
    """Most members are one line or a number, of which a report has tens of thousands: they are told apart here."""
    cleaned = {}
    for key, item in members.items():
        as_block = block or key in _BLOCKS
        if item.__class__ is str and not as_block:
            item = _known_line(item, ascii_only)
        elif item.__class__ not in _AS_THEY_ARE:
            item = _clean_value(item, ascii_only, block=as_block)
        cleaned[_known_line(str(key), ascii_only)] = item
    return cleaned

"""Values as syrupy writes them into a snapshot of pytest: nearly Python, one entry a line, long texts indented."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from prodworks_cli.sources.cdk.pretty import MOST_DEPTH, MOST_LINES

_KEY = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?\d+): (.*)""")
_OPENS: dict[str, type[dict[str, Any]] | type[list[Any]]] = {"dict({": dict, "list([": list, "tuple(": list}
_CLOSES = ("}),", "})", "]),", "])", "),", ")")
_LONG_TEXT = "'''"
_WORDS = {"True": True, "False": False, "None": None}


def parsed(text: str) -> object:
    """The value. Raises ``ValueError`` for what is none."""
    outer: list[Any] = []
    stack: list[Any] = [outer]
    lines = iter(text.split("\n", MOST_LINES))
    for line in lines:
        entry = line.strip()
        if entry in _CLOSES and len(stack) > 1:
            stack.pop()
        elif entry:
            key, value = _keyed(entry.removesuffix(","), isinstance(stack[-1], dict))
            opens = _OPENS.get(value)
            made: Any = opens() if opens else _value(value, line, lines)
            if isinstance(stack[-1], dict):
                stack[-1][key] = made
            else:
                stack[-1].append(made)
            if opens:
                stack.append(made)
        if len(stack) > MOST_DEPTH:
            raise ValueError("nests too deeply")
    if len(stack) != 1 or len(outer) != 1:
        raise ValueError("not one value")
    return outer[0]


def _keyed(entry: str, named: bool) -> tuple[str, str]:
    if not named:
        return "", entry
    match = _KEY.fullmatch(entry)
    if match is None:
        raise ValueError("an entry without a name")
    return str(_literal(match[1])), match[2]


def _value(written: str, line: str, lines: Iterator[str]) -> object:
    if written != _LONG_TEXT:
        return _literal(written)
    depth = len(line) - len(line.lstrip(" "))
    return "\n".join(_inner(lines, " " * depth))


def _inner(lines: Iterator[str], indentation: str) -> Iterator[str]:
    """The lines of a text up to its end, without their indentation."""
    for line in lines:
        if line.removesuffix(",") == indentation + _LONG_TEXT:
            return
        yield line[len(indentation) + 2 :]
    raise ValueError("a text that does not end")


def _literal(written: str) -> object:
    if written in _WORDS:
        return _WORDS[written]
    if len(written) > 1 and written[0] == written[-1] == "'" and "\\" not in written:
        return written[1:-1]
    try:
        found: object = ast.literal_eval(written)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError("no plain value") from error
    if not isinstance(found, str | int | float):
        raise ValueError("no plain value")
    return found

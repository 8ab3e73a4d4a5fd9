"""Values as jest writes them into a snapshot: one entry a line, a comma after each, quotes in texts as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

MOST_LINES = 200_000
MOST_DEPTH = 100
_KEY = re.compile(r'"(.*?)": (.*)', re.S)
_NO_TEXT = re.compile(r'": (?:(?:Object |Array )?(?:\{\}?|\[\]?)|true|false|null|undefined|-?[\d.eE+-]+),?$')
_OPENS: dict[str, type[dict[str, Any]] | type[list[Any]]] = {"{": dict, "Object {": dict, "[": list, "Array [": list}
_EMPTY: dict[str, type[dict[str, Any]] | type[list[Any]]] = {
    "{}": dict,
    "Object {}": dict,
    "[]": list,
    "Array []": list,
}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None}


def parsed(text: str) -> Any:
    """The value. Raises ``ValueError`` for what is none."""
    outer: list[Any] = []
    stack: list[Any] = [outer]
    for line in _entries(text.split("\n", MOST_LINES)):
        if line.rstrip(",") in ("}", "]") and len(stack) > 1:
            stack.pop()
            continue
        key, value = _keyed(line) if isinstance(stack[-1], dict) else ("", line)
        if value in _OPENS and len(stack) < MOST_DEPTH:
            made: Any = _OPENS[value]()
            _put(stack[-1], key, made)
            stack.append(made)
        else:
            _put(stack[-1], key, _scalar(value.removesuffix(",")))
    if len(stack) != 1 or len(outer) != 1:
        raise ValueError("not one value")
    return outer[0]


def _entries(lines: list[str]) -> Iterator[str]:
    """The lines without their indentation; a text that holds line ends is one entry."""
    held: list[str] = []
    for line, after in pairwise((*lines, "")):
        held.append(line)
        first = held[0].strip()
        if first.startswith('"') and not (len(held) == 1 and _NO_TEXT.search(first)) and not _ends(held, after):
            continue
        yield "\n".join((first, *held[1:])) if len(held) > 1 else first
        held = []
    if held:
        raise ValueError("a text that does not end")


def _ends(held: list[str], after: str) -> bool:
    """Whether a text ends with its last line: what follows is the next entry, or closes what holds the text."""
    depth = len(held[0]) - len(held[0].lstrip(" "))
    following = len(after) - len(after.lstrip(" "))
    closes = following == depth - 2 and after.strip(" ,") in ("}", "]")
    return held[-1].endswith('",') and (closes or (following == depth and after != ""))


def _keyed(line: str) -> tuple[str, str]:
    match = _KEY.match(line)
    if match is None:
        raise ValueError("an entry without a name")
    return match[1], match[2]


def _put(container: Any, key: str, value: Any) -> None:
    if isinstance(container, dict):
        container[key] = value
    else:
        container.append(value)


def _scalar(text: str) -> Any:
    if text in _EMPTY:
        return _EMPTY[text]()
    if text in _WORDS:
        return _WORDS[text]
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        try:
            return str(json.loads(text, strict=False))
        except ValueError:
            return text[1:-1]
    return json.loads(text)

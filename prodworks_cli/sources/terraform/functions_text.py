"""Text functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.terraform.values import (
    MAX_ELEMENTS,
    MAX_TEXT,
    Unresolved,
    elements,
    fail,
    joined,
    number,
    text,
    written,
)

Function = Callable[[Sequence[Node]], Content]
_VERB = re.compile(r"%(?:%|(?P<flags>[-+ 0#]{0,4})(?P<width>\d{0,3})(?:\.(?P<digits>\d{1,2}))?(?P<verb>[a-zA-Z]))")


def _plain(change: Callable[[str], str]) -> Function:
    return lambda arguments: change(text(arguments[0]))


def _pair(change: Callable[[str, str], Content]) -> Function:
    return lambda arguments: change(text(arguments[0]), text(arguments[1]))


def _join(arguments: Sequence[Node]) -> Content:
    listed = [e for a in arguments[1:] for e in elements(a)]
    return written(listed, text(arguments[0]))


def _split(arguments: Sequence[Node]) -> Content:
    separator, value = text(arguments[0]), text(arguments[1])
    if value.count(separator) >= MAX_ELEMENTS:
        raise Unresolved(Unknown(f"list of more than {MAX_ELEMENTS} elements", present=True))
    pieces = value.split(separator) if separator else list(value)
    return tuple(Node(piece, arguments[1].location) for piece in pieces)


def _replace(arguments: Sequence[Node]) -> Content:
    value, old, new = (text(a) for a in arguments[:3])
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        # A hostile pattern could run for ever, so patterns are not evaluated.
        raise Unresolved(Unknown("replacement by a regular expression is not evaluated", present=True))
    if value.count(old) * len(new) > MAX_TEXT:
        raise Unresolved(Unknown(f"text of more than {MAX_TEXT} characters", present=True))
    return value.replace(old, new)


def _format(arguments: Sequence[Node]) -> Content:
    """``%s`` and its kind; an argument that is not known leaves its place open in the shape."""
    return written(_formatted(text(arguments[0]), list(arguments[1:]), arguments[0]))


def _formatted(pattern: str, values: list[Node], at: Node) -> Iterator[Node]:
    end = 0
    for found in _VERB.finditer(pattern):
        yield Node(pattern[end : found.start()], at.location)
        end = found.end()
        if found.group() == "%%":
            yield Node("%", at.location)
            continue
        if not values:
            raise fail("not enough arguments for format")
        yield _verb(found, values.pop(0))
    yield Node(pattern[end:], at.location)


def _verb(found: re.Match[str], value: Node) -> Node:
    if value.unknown or isinstance(value.content, Mapping | tuple):
        return value
    verb, width, flags = found["verb"], int(found["width"] or 0), found["flags"]
    plain = "null" if value.content is None and verb == "v" else text(value)
    if verb == "d":
        plain = str(int(number(value)))
    elif verb == "f":
        plain = f"{number(value):.{int(found['digits'] or 6)}f}"
    elif verb == "q":
        plain = f'"{plain}"'
    elif verb not in ("s", "v"):
        return Node(Unknown(f"format verb %{verb} is not evaluated", present=True), value.location)
    padded = plain.ljust(width) if "-" in flags else plain.rjust(width, "0" if "0" in flags else " ")
    return Node(padded, value.location)


def _substr(arguments: Sequence[Node]) -> Content:
    value, start, length = text(arguments[0]), int(number(arguments[1])), int(number(arguments[2]))
    start = start if start >= 0 else max(len(value) + start, 0)
    return value[start:] if length < 0 else value[start : start + length]


def _title(value: str) -> str:
    return re.sub(r"\b\w", lambda m: m.group().upper(), value)


def _cut(start: bool) -> Callable[[str, str], Content]:
    return lambda value, part: value.removeprefix(part) if start else value.removesuffix(part)


def _indent(arguments: Sequence[Node]) -> Content:
    spaces, value = int(number(arguments[0])), text(arguments[1])
    if not 0 <= spaces <= 1000:
        raise fail("indentation is out of range")
    return joined(value.split("\n"), "\n" + " " * spaces)


FUNCTIONS: Mapping[str, tuple[int, Function]] = {
    "lower": (1, _plain(str.lower)),
    "upper": (1, _plain(str.upper)),
    "title": (1, _plain(_title)),
    "trimspace": (1, _plain(str.strip)),
    "chomp": (1, _plain(lambda value: value.rstrip("\r\n"))),
    "trim": (2, _pair(lambda value, part: value.strip(part))),
    "trimprefix": (2, _pair(_cut(start=True))),
    "trimsuffix": (2, _pair(_cut(start=False))),
    "startswith": (2, _pair(str.startswith)),
    "endswith": (2, _pair(str.endswith)),
    "strcontains": (2, _pair(lambda value, part: part in value)),
    "join": (2, _join),
    "split": (2, _split),
    "replace": (3, _replace),
    "format": (1, _format),
    "substr": (3, _substr),
    "indent": (2, _indent),
}

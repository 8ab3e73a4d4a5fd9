"""Operators of conditions, in one table: what each compares, the types it can judge, and what it says of unknowns.

Every operator answers ``True``, ``False`` or ``None`` (cannot tell). ``None`` as a value means known to be absent: it
satisfies no comparison. Lists may hold ``Unknown`` elements, each of which stands for any number of unseen elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prodworks_cli.model import Ref, Unknown

Truth = bool | None

SCALAR = frozenset({"text", "number", "flag"})


@dataclass(frozen=True)
class Operator:
    """``judges`` holds the attribute types it accepts; ``on_list`` whether it takes a list or a single value."""

    judges: frozenset[str]
    on_list: bool | None
    operand: Mapping[str, Any]
    test: Callable[[Any, Any], Truth]
    meaning: str


def _known(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Truth]:
    def judge(actual: Any, expected: Any) -> Truth:
        if isinstance(actual, Unknown):
            return None
        return actual is not None and test(actual, expected)

    return judge


def _same(actual: Any, expected: Any) -> bool:
    """Equal, where ``true`` is not the number 1."""
    return isinstance(actual, bool) == isinstance(expected, bool) and bool(actual == expected)


def _present(actual: Any, expected: bool) -> Truth:
    if isinstance(actual, Unknown):
        return expected if actual.present else None
    return (actual is not None) is expected


def _split(actual: Any) -> tuple[tuple[Any, ...], bool]:
    """The known elements, and whether there may be others."""
    if isinstance(actual, Unknown):
        return (), True
    elements = actual or ()
    known = tuple(e.key if isinstance(e, Ref) else e for e in elements if not isinstance(e, Unknown))
    return known, len(known) < len(elements)


def _empty(actual: Any, expected: bool) -> Truth:
    known, open_end = _split(actual)
    if known:
        return not expected
    return None if open_end else expected


def _contains(actual: Any, expected: Any) -> Truth:
    known, open_end = _split(actual)
    return True if expected in known else (None if open_end else False)


def _contains_any(actual: Any, expected: list[Any]) -> Truth:
    known, open_end = _split(actual)
    return True if set(known) & set(expected) else (None if open_end else False)


def _contains_all(actual: Any, expected: list[Any]) -> Truth:
    known, open_end = _split(actual)
    return True if set(expected) <= set(known) else (None if open_end else False)


def _within(actual: Any, expected: list[Any]) -> Truth:
    known, open_end = _split(actual)
    return False if set(known) - set(expected) else (None if open_end else True)


def _count_at_least(actual: Any, expected: int) -> Truth:
    known, open_end = _split(actual)
    return True if len(known) >= expected else (None if open_end else False)


_TEXT = {"type": "string", "minLength": 1}
_NUMBER = {"type": "number"}
_LIST = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": ["string", "number", "boolean"]}}
_FLAG = {"type": "boolean"}
_ANY = {"type": ["string", "number", "boolean"]}
_TEXTS = frozenset({"text"})
_EVERY = SCALAR | {"ref", "item"}

OPERATORS: Mapping[str, Operator] = {
    "equals": Operator(SCALAR, False, _ANY, _known(_same), "is"),
    "in": Operator(SCALAR, False, _LIST, _known(lambda a, e: a in e), "is one of"),
    "matches": Operator(_TEXTS, False, _TEXT, _known(lambda a, e: re.search(e, a) is not None), "matches"),
    "starts_with": Operator(_TEXTS, False, _TEXT, _known(lambda a, e: a.startswith(e)), "starts with"),
    "ends_with": Operator(_TEXTS, False, _TEXT, _known(lambda a, e: a.endswith(e)), "ends with"),
    "at_least": Operator(frozenset({"number"}), False, _NUMBER, _known(lambda a, e: a >= e), "is at least"),
    "at_most": Operator(frozenset({"number"}), False, _NUMBER, _known(lambda a, e: a <= e), "is at most"),
    "present": Operator(_EVERY, None, _FLAG, _present, "is set:"),
    "empty": Operator(_EVERY, True, _FLAG, _empty, "is empty:"),
    "contains": Operator(SCALAR | {"ref"}, True, _ANY, _contains, "contains"),
    "contains_any": Operator(SCALAR | {"ref"}, True, _LIST, _contains_any, "contains one of"),
    "contains_all": Operator(SCALAR | {"ref"}, True, _LIST, _contains_all, "contains all of"),
    "within": Operator(SCALAR | {"ref"}, True, _LIST, _within, "holds only"),
    "count_at_least": Operator(_EVERY, True, {"type": "integer", "minimum": 1}, _count_at_least, "has at least"),
}


_OPPOSITES = {
    "is": "is not",
    "matches": "does not match",
    "starts with": "does not start with",
    "ends with": "does not end with",
    "contains": "does not contain",
    "contains one of": "contains none of",
    "contains all of": "does not contain all of",
    "holds only": "does not hold only",
    "has at least": "has fewer than",
}


def opposite(meaning: str) -> str:
    """The meaning of an operator below ``not``, or of its opposite again: ``is at least`` and ``is not at least``."""
    both = {**_OPPOSITES, **{negated: plain for plain, negated in _OPPOSITES.items()}}
    if meaning in both:
        return both[meaning]
    verb, _, rest = meaning.partition(" ")
    return f"{verb} {rest.removeprefix('not ')}" if rest.startswith("not ") else f"{verb} not {rest}"

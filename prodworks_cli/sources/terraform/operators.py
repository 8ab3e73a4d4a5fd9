"""Arithmetic, comparison and three-valued logic."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.terraform.values import Failure, Unresolved, fail, flag, number, same

_BIG = 1e15


def truth(node: Node) -> bool | Unknown:
    """A condition: true, false, or why it is not decided."""
    try:
        return flag(node)
    except Unresolved as problem:
        return problem.unknown


def operate(operator: str, left: Node, right: Node | None) -> Content:
    """The value of a unary (``right`` is ``None``) or binary operation; raises ``Unresolved`` when it has none."""
    if right is None:
        return not flag(left) if operator == "!" else -number(left)
    if operator in ("&&", "||"):
        return _logic(left, right, decisive=operator == "||")
    if operator in ("==", "!="):
        return _equality(left, right, operator == "==")
    return _ARITHMETIC[operator](number(left), number(right))


def _logic(left: Node, right: Node, decisive: bool) -> Content:
    """One side that decides is enough, whatever the other is."""
    sides = truth(left), truth(right)
    if any(isinstance(s, bool) and s is decisive for s in sides):
        return decisive
    unknown = next((s for s in sides if isinstance(s, Unknown)), None)
    return unknown if unknown is not None else not decisive


def _equality(left: Node, right: Node, wanted: bool) -> Content:
    for side in (left, right):
        if isinstance(side.content, Failure):
            return side.content
    answer = same(left, right)
    if answer is None:
        unknown = left.unknown or right.unknown
        return Unknown(unknown.reason if unknown else "part of a value is not known", present=True)
    return answer is wanted


def _divide(a: float, b: float) -> int | float:
    if b == 0:
        raise fail("division by zero")
    result = a / b
    return int(result) if result.is_integer() and abs(result) < _BIG else result


def _remainder(a: float, b: float) -> int | float:
    if b == 0:
        raise fail("division by zero")
    return a - b * int(a / b)


_ARITHMETIC: Mapping[str, Callable[[int | float, int | float], Content]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "%": _remainder,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}

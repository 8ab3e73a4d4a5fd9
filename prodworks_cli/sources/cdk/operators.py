"""Operators of the three languages on known values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.values import Construct, External, concatenated, known, node, truth, unknown


def _equal(a: Any, b: Any) -> bool:
    return bool(a == b)


def _number(operate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(a: Any, b: Any) -> Any:
        if isinstance(a, int | float) and isinstance(b, int | float):
            return operate(a, b)
        raise LookupError

    return apply


_BINARY: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": _equal,
    "===": _equal,
    "is": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "!==": lambda a, b: not _equal(a, b),
    "is not": lambda a, b: not _equal(a, b),
    "<": _number(lambda a, b: a < b),
    ">": _number(lambda a, b: a > b),
    "<=": _number(lambda a, b: a <= b),
    ">=": _number(lambda a, b: a >= b),
    "-": _number(lambda a, b: a - b),
    "*": _number(lambda a, b: a * b),
    "/": _number(lambda a, b: a / b if b else None),
}


def operate(operator: str, left: Node | None, right: Node, at: Location) -> Node:
    """The result of an operator, unknown when a side is."""
    if left is None:
        return _unary(operator, right, at)
    if operator == "+":
        return _plus(left, right, at)
    if operator in ("in", "not in"):
        return _contains(operator, left, right, at)
    if operator == "instanceof":
        return instance_of(left, right, at)
    a: Any = left.content
    b: Any = right.content
    if isinstance(a, External) and isinstance(b, External) and operator in _BINARY:
        return node(_BINARY[operator](a.symbol, b.symbol), at)
    try:
        return node(_BINARY[operator](known(left), known(right)), at)
    except (KeyError, LookupError):
        return _against_nothing(operator, left, right, at)


def instance_of(value: Node, cls: Node, at: Location) -> Node:
    """Whether a construct is one of a library's class; a level 1 construct may stand for the one that made it."""
    of: Any = value.content
    wanted: Any = cls.content
    if not isinstance(of, Construct) or not isinstance(wanted, External):
        return unknown("the class of what is not known", at)
    name = wanted.symbol.rpartition(".")[2]
    made: Construct = of.parts.get("of", of)
    if wanted.symbol in ("core.CfnResource", "core.CfnElement", "core.IConstruct", "constructs.Construct"):
        return Node(True, at)
    if name.startswith("Cfn"):
        service = wanted.symbol.partition(".")[0].removeprefix("aws-")
        kind = made.type.lower().split("::")
        return Node(kind[-2:] == [service, name[3:].lower()], at)
    return Node(made.symbol == wanted.symbol and of is made, at)


def _against_nothing(operator: str, left: Node, right: Node, at: Location) -> Node:
    """What is certainly there is not null."""
    for one, other in ((left, right), (right, left)):
        if one.content is None and truth(other) is True and operator in ("==", "===", "is", "!=", "!==", "is not"):
            return Node(operator in ("!=", "!==", "is not"), at)
    lost = left.unknown or right.unknown
    return unknown(lost.reason if lost else "an operation on what is not known", at)


def _plus(left: Node, right: Node, at: Location) -> Node:
    a: Any = left.content
    b: Any = right.content
    if isinstance(a, tuple) and isinstance(b, tuple):
        return node((*a, *b), at)
    if isinstance(a, int | float) and isinstance(b, int | float):
        return Node(a + b, at)
    return concatenated([left, right], at)


def _contains(operator: str, left: Node, right: Node, at: Location) -> Node:
    content: Any = right.content
    key = left.text()
    if key is not None and type(content) is dict:
        return Node((key in content) == (operator == "in"), at)
    if key is not None and isinstance(content, tuple) and all(x.text() is not None for x in content):
        return Node(any(x.text() == key for x in content) == (operator == "in"), at)
    return unknown("membership in what is not known", at)


def _unary(operator: str, value: Node, at: Location) -> Node:
    decided = truth(value)
    if operator in ("!", "not") and decided is None:
        return unknown(value.unknown.reason if value.unknown else "a condition that is not known", at)
    if operator in ("!", "not"):
        return Node(not decided, at)
    if operator == "-" and isinstance(value.content, int | float):
        return Node(-value.content, at)
    return unknown("an operation that is not evaluated", at)

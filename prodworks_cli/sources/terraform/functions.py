"""Functions of the Terraform language: the table, and those that convert or work on numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Content, Node, Reference, node_of
from prodworks_cli.sources.terraform import functions_collection as c
from prodworks_cli.sources.terraform import functions_text as t
from prodworks_cli.sources.terraform.values import Unresolved, elements, fail, flag, needs, number, text

Function = Callable[[Sequence[Node]], Content]


def call(name: str, arguments: Sequence[Node], at: Location) -> Content:
    """The result of a function; raises ``Unresolved`` when it has none that is known."""
    known = FUNCTIONS.get(name.removeprefix("core::"))
    if known is None:
        return Unknown(f"function {name} is not evaluated", present=name in _ALWAYS_PRESENT)
    least, function = known
    if len(arguments) < least:
        raise fail(f"function {name} needs {least} arguments")
    if name in ("jsondecode", "yamldecode"):
        return _decode(arguments[0], at)
    try:
        return function(arguments)
    except Unresolved as problem:
        if type(problem.unknown) is not Unknown or name in _MAY_BE_NULL:
            raise
        # The result exists whatever the argument is, but the shape of the argument is not its shape.
        raise Unresolved(Unknown(problem.unknown.reason, present=True)) from None


def _same_value(arguments: Sequence[Node]) -> Content:
    return arguments[0].content


def _encode(arguments: Sequence[Node]) -> Content:
    """The structure itself: adapters read a policy as nodes with places, not as text."""
    node = arguments[0]
    if isinstance(node.content, Mapping | tuple):
        return node.content
    content = needs(node)
    return json.dumps(content)


def _decode(node: Node, at: Location) -> Content:
    if not isinstance(node.content, str):
        return node.unknown or node.content
    try:
        return node_of(json.loads(node.content), at).content
    except (ValueError, RecursionError):
        raise fail("text is not JSON") from None


def _convert(change: Callable[[Node], Content]) -> Function:
    """A conversion of one value: null stays null, a reference stays a reference."""

    def convert(arguments: Sequence[Node]) -> Content:
        node = arguments[0]
        return node.content if node.content is None or isinstance(node.content, Reference) else change(node)

    return convert


def _extreme(choose: Callable[..., int | float]) -> Function:
    return lambda arguments: choose(number(a) for a in arguments)


def _sum(arguments: Sequence[Node]) -> Content:
    return sum(number(e) for e in elements(arguments[0]))


def _rounded(arguments: Sequence[Node], direction: Callable[[float], int]) -> Content:
    value = number(arguments[0])
    return direction(value)


_MAY_BE_NULL = frozenset(("lookup", "element", "one", "nonsensitive", "sensitive", "tostring", "tonumber", "tobool"))
_ALWAYS_PRESENT = frozenset(
    (
        *("base64encode", "base64sha256", "cidrhost", "cidrsubnet", "cidrsubnets", "filebase64", "filebase64sha256"),
        *("filemd5", "filesha1", "filesha256", "fileset", "formatdate", "md5", "regex", "regexall", "sha1", "sha256"),
        *("timestamp", "timeadd", "textencodebase64", "urlencode", "uuid", "uuidv5", "plantimestamp", "abspath"),
    )
)

FUNCTIONS: Mapping[str, tuple[int, Function]] = {
    "jsonencode": (1, _encode),
    "jsondecode": (1, _same_value),
    "tostring": (1, _convert(text)),
    "tonumber": (1, _convert(number)),
    "tobool": (1, _convert(flag)),
    "nonsensitive": (1, _same_value),
    "sensitive": (1, _same_value),
    "tomap": (1, _same_value),
    "abs": (1, lambda a: abs(number(a[0]))),
    "ceil": (1, lambda a: _rounded(a, math.ceil)),
    "floor": (1, lambda a: _rounded(a, math.floor)),
    "max": (1, _extreme(max)),
    "min": (1, _extreme(min)),
    "sum": (1, _sum),
    **t.FUNCTIONS,
    **c.FUNCTIONS,
}

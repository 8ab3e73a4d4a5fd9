"""Type constraints of variables: conversions, and the defaults of optional attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prodworks_cli.node import Content, Node
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.values import Unresolved, flag, number, text

Evaluate = Callable[[x.Expression], Node]

_SCALARS: Mapping[str, Callable[[Node], Content]] = {"string": text, "number": number, "bool": flag}
_COLLECTIONS = ("list", "set", "map")


def conform(node: Node, constraint: x.Expression, evaluate: Evaluate) -> Node:
    """The value as a variable of that type holds it; a value that does not fit stays as it is."""
    content = node.content
    if content is None or node.unknown:
        return node
    if isinstance(constraint, x.Variable) and constraint.name in _SCALARS:
        return _scalar(node, _SCALARS[constraint.name])
    if not isinstance(constraint, x.Call) or not constraint.arguments:
        return node
    inner = constraint.arguments[0]
    if constraint.name == "optional":
        return conform(node, inner, evaluate)
    if constraint.name == "object" and isinstance(inner, x.Object) and isinstance(content, Mapping):
        return Node(_object(node, content, inner, evaluate), node.location)
    if constraint.name in _COLLECTIONS and isinstance(content, Mapping):
        return Node({key: conform(value, inner, evaluate) for key, value in content.items()}, node.location)
    if constraint.name in _COLLECTIONS and isinstance(content, tuple):
        return Node(tuple(conform(value, inner, evaluate) for value in content), node.location)
    return node


def _scalar(node: Node, convert: Callable[[Node], Content]) -> Node:
    try:
        return Node(convert(node), node.location)
    except Unresolved:
        return node


def _object(node: Node, given: Mapping[str, Node], declared: x.Object, evaluate: Evaluate) -> Content:
    """The declared attributes: given ones converted, missing ones with their default or null."""
    members: dict[str, Node] = {}
    for key, constraint in declared.entries:
        name = str(key.value) if isinstance(key, x.Literal) else ""
        value = given.get(name, Node(None, node.location))
        optional = isinstance(constraint, x.Call) and constraint.name == "optional"
        if value.content is None and optional and isinstance(constraint, x.Call) and len(constraint.arguments) > 1:
            value = evaluate(constraint.arguments[1])
        members[name] = conform(value, constraint, evaluate)
    return members

"""Schemas of the library zod: what ``schema.parse(parameters)`` gives, with the defaults that the schema brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.values import Made, Open, absent, members_of, node, unknown

_OBJECTS = ("object", "extend", "merge", "strictObject", "looseObject")
_OPTIONAL = ("optional", "nullish", "nullable")
_COMPUTING = ("transform", "preprocess", "pipe", "catch")
_MOST_STEPS = 40


def parsed(schema: Node, given: Node, at: Location, depth: int = 0) -> Node:
    """A value as the schema leaves it. What the schema computes is not known."""
    chain = list(_chain(schema))
    absence = given.content is None or absent(given)
    default = next((made.arguments[0] for name, made in chain if name == "default" and made.arguments), None)
    if absence and default is not None:
        given = default
    elif absence and any(name in _OPTIONAL for name, _ in chain):
        return Node(given.content, at)
    if any(name in _COMPUTING for name, _ in chain):
        return unknown("what a schema computes", at)  # from a default too, in some versions of zod
    fields = _fields(chain)
    if fields and depth < 10:
        return _object(fields, given, at, depth)
    return unknown("a parameter that is not given", at, present=True) if given.content is None else given


def _chain(schema: Node) -> Iterator[tuple[str, Made]]:
    """The calls that make a schema, the last first."""
    content: Any = schema.content
    for _ in range(_MOST_STEPS):
        if not isinstance(content, Made) or not content.symbol.startswith("zod."):
            return
        yield content.symbol.rpartition(".")[2], content
        content = content.of.content if isinstance(content.of, Node) else content.of


def _fields(chain: list[tuple[str, Made]]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for name, made in reversed(chain):
        if name in _OBJECTS and made.arguments:
            argument = made.arguments[0]
            merged = _fields(list(_chain(argument))) if isinstance(argument.content, Made) else members_of(argument)
            found.update(merged)
    return found


def _object(fields: Mapping[str, Node], given: Node, at: Location, depth: int) -> Node:
    content: Any = given.content
    if given.unknown is None and content is not None and not isinstance(content, Mapping):
        return given
    members = {name: parsed(schema, _member(given, name), at, depth + 1) for name, schema in fields.items()}
    return node(Open(members, content.reason, at) if isinstance(content, Open) else members, at)


def _member(given: Node, name: str) -> Node:
    return given.content.get(name) or Node(None, given.location) if isinstance(given.content, Mapping) else given[name]

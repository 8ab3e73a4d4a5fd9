"""A value of a plan laid over the value that is written in the sources.

The plan's value wins where it is known. What is known after deployment keeps the reference that is written, so that
resources still find each other, and everything keeps the place where it is written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node, Reference, node_of
from prodworks_cli.sources.terraform.expressions import MAX_LEVELS

LATER = Unknown("known after deployment", present=True)
SENSITIVE = Unknown("sensitive in the plan", present=True)
_MOST_COMPARED = 100
# Data sources whose blocks adapters read.
_JOINED = ("data.aws_iam_policy_document.", "data.aws_iam_policy.")
_NOTHING: tuple[Any, ...] = (None, "", [], {})


def merged(value: Any, unknown: Any, sensitive: Any, source: Node, depth: int = 0) -> Node:
    """The value of one argument. ``unknown`` and ``sensitive`` are true for all of it, or have its shape."""
    place = source.location
    if depth > MAX_LEVELS:
        return Node(Unknown("value is nested too deeply", present=True), place)
    if sensitive is True:
        return source if source.present else Node(SENSITIVE, place)
    if unknown is True:
        return _later(source)
    if isinstance(source.content, Reference) and value is not None and _joins(source.content):
        return source
    if isinstance(value, dict):
        return Node(members(value, unknown, sensitive, source, depth + 1), place)
    if isinstance(value, list):
        return Node(_elements(value, unknown, sensitive, source, depth + 1), place)
    if isinstance(value, str) and isinstance(source.content, Mapping | tuple):
        return _of_text(value, source)
    return node_of(value, place)


def members(values: Mapping[str, Any], unknown: Any, sensitive: Any, source: Node, depth: int = 0) -> dict[str, Node]:
    """The arguments of a block or the members of a mapping. What is set to nothing and not written is left out."""
    unknown, sensitive = _shape(unknown), _shape(sensitive)
    found: dict[str, Node] = {}
    for name in (*values, *(n for n in unknown if n not in values)):
        value, written = values.get(name), source[name]
        given = _has(source, name)
        later = unknown.get(name) is True
        if given or not (later or value in _NOTHING):
            found[name] = merged(value, unknown.get(name), sensitive.get(name), written, depth)
    return found


def _has(source: Node, name: str) -> bool:
    return isinstance(source.content, Mapping) and name in source.content


def _shape(marks: Any) -> Mapping[str, Any]:
    return marks if isinstance(marks, dict) else {}


def _later(source: Node) -> Node:
    """What is written of a value that only a deployment gives; it certainly exists then."""
    unread = source.content
    if isinstance(unread, Unknown):
        known = Unknown(unread.reason, present=True, shape=unread.shape, blocks=unread.blocks)
        return Node(known, source.location)
    return source if source.present else Node(LATER, source.location)


def _joins(reference: Reference) -> bool:
    """Whether adapters follow the reference: to a resource, or to a policy that a data source holds."""
    own = reference.address.rpartition("/")[2]
    return "data." not in own or any(kind in own for kind in _JOINED)


def _elements(values: list[Any], unknown: Any, sensitive: Any, source: Node, depth: int) -> tuple[Node, ...]:
    written = source.content if isinstance(source.content, tuple) else ()
    chosen = _paired(values, written)
    return tuple(
        merged(value, _nth(unknown, i), _nth(sensitive, i), chosen[i] or Node(None, source.location), depth)
        for i, value in enumerate(values)
    )


def _nth(marks: Any, position: int) -> Any:
    return marks[position] if isinstance(marks, list) and position < len(marks) else marks is True


def _paired(values: list[Any], written: tuple[Node, ...]) -> list[Node | None]:
    """For each element the one that is written like it: a provider gives the blocks of a set in its own order."""
    left = list(written)
    if len(values) > _MOST_COMPARED or len(left) > _MOST_COMPARED:
        return [written[i] if i < len(written) else None for i in range(len(values))]
    chosen: list[Node | None] = []
    for value in values:
        best = max(left, key=lambda node: _alike(value, node), default=None)
        chosen.append(best)
        if best is not None:
            left.remove(best)
    return chosen


def _alike(value: Any, node: Node) -> int:
    """How many known values agree, one level deep."""
    if isinstance(value, dict):
        return sum(node[k].content == v for k, v in value.items() if isinstance(v, str | int | float) and v != "")
    return int(node.content == value)


def _of_text(value: str, source: Node) -> Node:
    """JSON text over the structure that it is made of."""
    try:
        data = json.loads(value)
    except (ValueError, RecursionError):
        return Node(value, source.location)
    return merged(data, None, None, source)

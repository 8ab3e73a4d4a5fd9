"""``Fn::ForEach`` of AWS::LanguageExtensions: a mapping's members, once for each element of a collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.cloudformation.texts import MAX_TEXT, as_text

if TYPE_CHECKING:
    from prodworks_cli.sources.cloudformation.resolver import Resolver

PREFIX = "Fn::ForEach::"
MAX_VALUE = 256


def expand(members: Mapping[str, Node], resolver: Resolver) -> tuple[dict[str, Node], tuple[Node, ...]]:
    """``members`` with each loop replaced by what it generates, and the loops that could not be expanded."""
    done: dict[str, Node] = {}
    failed: list[Node] = []
    for key, node in members.items():
        if not key.startswith(PREFIX):
            done[key] = node
            continue
        for generated in _generations(node, resolver):
            if generated is None:
                failed.append(node)
                continue
            inner, inner_failed = expand(generated, resolver)
            done.update(inner)
            failed.extend(inner_failed)
    return done, tuple(failed)


def _generations(loop: Node, resolver: Resolver) -> list[dict[str, Node] | None]:
    """The members that a loop generates, element by element; ``None`` where it cannot be followed."""
    parts = loop.content if isinstance(loop.content, tuple) and len(loop.content) == 3 else None
    identifier = parts[0].text() if parts else None
    if parts is None or not identifier:
        return [None]
    content = resolver.resolve(parts[1]).content
    values = [as_text(item.content) for item in content] if isinstance(content, tuple) else [None]
    known = [v if v is not None and len(v) <= MAX_VALUE else None for v in values]
    return [None if v is None or resolver.exhausted else _generation(parts[2], identifier, v, resolver) for v in known]


def _generation(body: Node, identifier: str, value: str, resolver: Resolver) -> dict[str, Node] | None:
    content = _substitute(body, identifier, value, resolver).content
    return dict(content) if isinstance(content, Mapping) else None


def _substitute(node: Node, name: str, value: str, resolver: Resolver) -> Node:
    """``node`` with ``${name}``, ``&{name}`` and a ``Ref`` of ``name`` replaced, in keys and in texts."""
    if not resolver.spend():
        return Node(resolver.overspent, node.location)
    return Node(_content(node.content, name, value, resolver), node.location)


def _content(content: Content, name: str, value: str, resolver: Resolver) -> Content:
    if isinstance(content, str):
        return _replace(content, name, value)
    if isinstance(content, tuple):
        return tuple(_substitute(item, name, value, resolver) for item in content)
    if not isinstance(content, Mapping):
        return content
    if len(content) == 1 and "Ref" in content and content["Ref"].text() == name:
        return value
    members = ((_replace(key, name, value), node) for key, node in content.items())
    return {key: _substitute(node, name, value, resolver) for key, node in members if isinstance(key, str)}


def _replace(text: str, name: str, value: str) -> str | Unknown:
    marks = ("${" + name + "}", value), ("&{" + name + "}", "".join(c for c in value if c.isalnum()))
    if len(text) + sum(text.count(mark) * len(by) for mark, by in marks) > 50 * MAX_TEXT:
        return Unknown("a text that grows too long", present=True)
    for mark, by in marks:
        text = text.replace(mark, by)
    return text

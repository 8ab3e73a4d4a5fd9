"""What a mapping holds where it is used: after the statements that set, update or hand on its members."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.content import OPEN, member
from prodworks_cli.sources.python.conditions import Conditions
from prodworks_cli.sources.python.places import Site, reaching_bindings
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.syntax import Module

_LAMBDA = frozenset({"lambda"})
READERS = {"dumps", "print", "len", "str", "repr", "debug", "info", "warning", "error", "exception", "log", "copy"}


class Changes:
    """Applies the changes of a function to a mapping. ``value`` evaluates an expression."""

    def __init__(self, value: Callable[[Site], Node], conditions: Conditions) -> None:
        self._value = value
        self._conditions = conditions

    def of(self, site: Site, content: Mapping[str, Node]) -> Mapping[str, Node]:
        """A mapping after ``d[k] = v``, ``d.update(...)`` and functions that were given it, up to its use."""
        module, name, scope = site.module, site.text, site.module.function(site.node)
        if scope is None:
            return content
        bindings = module.bindings.get(scope.id, {}).get(name, ())
        start = min((b.statement.start_byte for b in reaching_bindings(site, bindings)), default=scope.start_byte)
        for node in module.outside(scope, _LAMBDA, "assignment", "call"):
            if start <= node.start_byte and node.end_byte <= site.node.start_byte:
                content = self._change(site, content, node, name)
        return content

    def _change(self, site: Site, content: Mapping[str, Node], node: tree_sitter.Node, name: str) -> Mapping[str, Node]:
        module = site.module
        if node.type == "assignment":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            path = _path(module, left, name)
            if path and right is not None:
                return self._set(content, path, self._value(site.to(right)), self._conditions.happens(site, node))
        if node.type == "call":
            return self._change_by_call(site, content, node, name)
        return content

    def _change_by_call(
        self, site: Site, content: Mapping[str, Node], node: tree_sitter.Node, name: str
    ) -> Mapping[str, Node]:
        module, arguments = site.module, site.module.arguments(node)
        callee = node.child_by_field_name("function")
        if module.text(callee) == f"{name}.update":
            parts = [(k, self._value(site.to(v))) for k, v in arguments.keywords.items()]
            for given in arguments.positional:
                value = self._value(site.to(given))
                parts.extend(value.members())
                if not isinstance(value.content, Mapping):
                    parts.append((OPEN, Node(Unknown("updated with what is not written out"), value.location)))
            for key, value in parts:
                content = self._set(content, (key,), value, self._conditions.happens(site, node))
            return content
        given_whole = any(module.text(a) == name for a in (*arguments.positional, *arguments.keywords.values()))
        if given_whole and last_name(module, callee) not in READERS:
            reason = Unknown(f"may be changed by {module.text(callee)[:60]}")
            return {**content, OPEN: Node(reason, module.at(node))}
        return content

    def _set(
        self, content: Mapping[str, Node], path: Sequence[str], value: Node, happens: bool | None
    ) -> dict[str, Node]:
        if happens is False:
            return dict(content)
        key, old = path[0], member(content, path[0])
        if len(path) > 1:
            below = old.content if isinstance(old.content, Mapping) else {}
            value = Node(self._set(below, path[1:], value, True), value.location)
        if happens is None and old.content != value.content:
            value = Node(Unknown(f"set under a condition on line {value.location.line}"), value.location)
        return {**content, key: value}


def _path(module: Module, left: tree_sitter.Node | None, name: str) -> tuple[str, ...]:
    """``("a", "b")`` for ``name["a"]["b"]``; empty for anything else."""
    keys: list[str] = []
    while left is not None and left.type == "subscript":
        key = left.child_by_field_name("subscript")
        keys.append(module.text(key).strip("\"'") if key is not None and key.type == "string" else OPEN)
        left = left.child_by_field_name("value")
    return tuple(reversed(keys)) if left is not None and module.text(left) == name else ()

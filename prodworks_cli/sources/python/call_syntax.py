"""The calls of a Python file: what they call, and the arguments as written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from sys import intern

from tree_sitter import Node

from prodworks_cli.sources.python.indexed import Indexed, lies_in, preorder

_NAMES = frozenset({"identifier", "attribute"})


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call as written."""

    positional: tuple[Node, ...] = ()
    keywords: Mapping[str, Node] = field(default_factory=dict)
    splats: tuple[Node, ...] = ()

    def after(self, count: int) -> Arguments:
        """The arguments that ``run(method, *args)`` hands on to ``method``."""
        return Arguments(self.positional[count:], self.keywords, self.splats)

    def get(self, name: str, position: int | None = None) -> Node | None:
        """An argument by keyword or position."""
        if name in self.keywords:
            return self.keywords[name]
        return self.positional[position] if position is not None and 0 <= position < len(self.positional) else None


class Calls(Indexed):
    """One parsed file, with its calls by what they call."""

    def text(self, node: Node | None) -> str:
        """The source of a node."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace") if node else ""

    def last_name(self, node: Node | None) -> str:
        """``c`` of ``a.b.c`` or ``c``; empty for anything else."""
        if node is None:
            return ""
        known, key = self._last_names, node.id
        if key not in known:
            kind = node.type
            named = node.child_by_field_name("attribute") if kind == "attribute" else node
            known[key] = intern(self.text(named)) if kind in _NAMES else ""
        return known[key]

    def called(self, call: Node) -> str:
        """The last name of what a call calls."""
        known, key = self._called, call.id
        if key not in known:
            known[key] = self.last_name(call.child_by_field_name("function"))
        return known[key]

    @cached_property
    def _called(self) -> dict[int, str]:
        return {}

    @cached_property
    def _last_names(self) -> dict[int, str]:
        return {}

    @cached_property
    def calls(self) -> Mapping[str, Sequence[Node]]:
        """The calls by the last name of what they call, in source order."""
        found: dict[str, list[Node]] = {}
        for call in self.of_type("call"):
            found.setdefault(self.called(call), []).append(call)
        return found

    def calls_to(self, names: Collection[str], around: Node | None = None) -> Sequence[Node]:
        """The calls of functions and methods of some names, in source order; those within a node where one is given."""
        few, many = (names, self.calls) if len(names) < len(self.calls) else (self.calls, names)
        held = [self.calls[name] for name in few if name in many]
        nodes = held[0] if len(held) == 1 else sorted(chain.from_iterable(held), key=preorder)
        return nodes if around is None else [n for n in nodes if lies_in(n, around)]

    def made(self, names: Collection[str]) -> Sequence[Node]:
        """The calls of functions and classes of some names, which may be given their types: ``Agent[Context](...)``."""
        generic = [call for call in self.calls.get("", ()) if self._generic(call) in names]
        return sorted((*self.calls_to(names), *generic), key=preorder) if generic else self.calls_to(names)

    def _generic(self, call: Node) -> str:
        callee = call.child_by_field_name("function")
        return self.last_name(callee.child_by_field_name("value")) if callee and callee.type == "subscript" else ""

    def has_name(self, name: bytes) -> bool:
        """Whether a name stands in the code, and not in a text or a comment."""
        place = self.data.find(name)
        while place >= 0 and self._named_at(place, name) is None:
            place = self.data.find(name, place + len(name))
        return place >= 0

    def _named_at(self, start: int, name: bytes) -> Node | None:
        node = self.root.descendant_for_byte_range(start, start + len(name))
        return node if node is not None and node.type == "identifier" and self.text(node).encode() == name else None

    def calls_at(self, places: Iterable[int], name: bytes) -> Sequence[Node]:
        """The calls of a name that stands in some places, and those that are given it first or second."""
        found: dict[int, Node] = {}
        for start in places:
            node = self._named_at(start, name)
            call = self._call_with(node) if node is not None else None
            if call is not None:
                found[call.id] = call
        return sorted(found.values(), key=preorder)

    def _call_with(self, name: Node) -> Node | None:
        """The call whose function, or one of whose first arguments, ends with a name."""
        node, above = name, self.parent(name)
        if above is not None and above.type == "attribute":
            named = above.child_by_field_name("attribute")
            node, above = above, self.parent(above) if named is not None and named.id == name.id else None
        if above is not None and above.type == "argument_list":
            call = self.parent(above)
            given = self.arguments(call).positional[:2] if call is not None and call.type == "call" else ()
            return call if any(n.id == node.id for n in given) else None
        called = above.child_by_field_name("function") if above is not None and above.type == "call" else None
        return above if called is not None and called.id == node.id else None

    def arguments(self, call: Node) -> Arguments:
        """The arguments of a call node."""
        if call.id not in self._arguments:
            self._arguments[call.id] = self._read_arguments(call)
        return self._arguments[call.id]

    @cached_property
    def _arguments(self) -> dict[int, Arguments]:
        return {}

    def _read_arguments(self, call: Node) -> Arguments:
        node = call.child_by_field_name("arguments")
        if node is not None and node.type == "generator_expression":
            return Arguments((node,))
        positional, keywords, splats = [], {}, []
        for child in node.named_children if node and node.type == "argument_list" else ():
            kind = child.type
            value = child.child_by_field_name("value") if kind == "keyword_argument" else None
            if value is not None:
                keywords[self.text(child.child_by_field_name("name"))] = value
            elif kind == "dictionary_splat" and child.named_children:
                splats.append(child.named_children[0])
            elif kind not in ("comment", "keyword_argument"):
                positional.append(child)
        return Arguments(tuple(positional), keywords, tuple(splats))

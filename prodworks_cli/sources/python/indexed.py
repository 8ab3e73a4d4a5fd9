"""A parsed file as a tree that is walked once: nodes by type, who encloses whom, what lies below a node."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import attrgetter

import tree_sitter_python
from tree_sitter import Language, Node, Tree

MAX_NODES = 1_000_000
# Nodes without any below them of which there are many: they are sought where somebody asks for them.
_ENDS = frozenset(
    {"identifier", "string_start", "string_end", "integer", "float", "true", "false", "none", "comment"}
    | {"escape_sequence", "pass_statement", "break_statement", "continue_statement", "type_conversion", "ellipsis"}
)
# What errors are numbered, which no grammar lists.
_ERROR = 0xFFFF
START = attrgetter("start_byte")


_Nested = tuple[Sequence[Node], Sequence[int], Sequence[int], Sequence[int]]


@cache
def language() -> Language:
    """The grammar of Python."""
    return Language(tree_sitter_python.language())


@cache
def _kinds() -> Mapping[int, str]:
    """The types of nodes that are kept, by the numbers that the grammar gives them."""
    known = language()
    types = {n: known.node_kind_for_id(n) for n in range(known.node_kind_count) if known.node_kind_is_named(n)}
    return {**{n: kind for n, kind in types.items() if kind and kind not in _ENDS}, _ERROR: "ERROR"}


@dataclass(frozen=True, eq=False)
class Indexed:
    """One parsed file. Nodes are compared by ``id``, which is unique within a file."""

    path: str
    data: bytes
    tree: Tree

    @property
    def root(self) -> Node:
        """The node of the whole file."""
        return self.tree.root_node

    def holds(self, *words: bytes) -> bool:
        """Whether the file holds one of some texts."""
        if words not in self._held:
            self._held[words] = any(word in self.data for word in words)
        return self._held[words]

    @cached_property
    def _held(self) -> dict[tuple[bytes, ...], bool]:
        return {}

    @cached_property
    def _index(self) -> tuple[dict[int, Node | None], dict[str, list[Node]]]:
        """The parents of the named nodes that hold others, and the named nodes by type.

        Walked with a cursor: a node that was asked for its children keeps them all, which takes thrice the memory.
        """
        parents: dict[int, Node | None] = {}
        by_type: dict[str, list[Node]] = {}
        by_kind = {number: by_type.setdefault(kind, []) for number, kind in _kinds().items()}
        cursor = self.tree.walk()
        first_child, next_sibling, back = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
        above: list[Node | None] = []
        around: Node | None = None
        while len(parents) < MAX_NODES:
            node = cursor.node
            kept = by_kind.get(node.kind_id) if node is not None else None
            if node is not None and kept is not None:
                kept.append(node)
                if first_child():
                    parents[node.id] = around
                    above.append(around)
                    around = node
                    continue
            while not next_sibling():
                if not back():
                    return parents, by_type
                around = above.pop()
        return parents, by_type

    def parent(self, node: Node) -> Node | None:
        """The node around a node."""
        above = self._parents.get(node.id)
        return above if above is not None else node.parent

    @cached_property
    def _parents(self) -> dict[int, Node | None]:
        return self._index[0]

    def of_type(self, *types: str) -> Sequence[Node]:
        """All nodes of the given types in source order."""
        if not _ENDS.isdisjoint(types):
            return self.below(self.root, *types)
        if len(types) == 1:
            return self._index[1].get(types[0], ())
        return sorted((n for t in types for n in self._index[1].get(t, ())), key=START)

    def below(self, node: Node, *types: str) -> tuple[Node, ...]:
        """The node and those below it that are of the given types, in source order."""
        if not _ENDS.isdisjoint(types):
            return tuple(n for n in inside(node) if n.type in types and n.is_named)
        found: list[Node] = []
        for wanted in types:
            nodes, starts = self._starts(wanted)
            first, last = bisect_left(starts, node.start_byte), bisect_left(starts, node.end_byte)
            found += [n for n in nodes[first:last] if n.end_byte <= node.end_byte]
        return tuple(found if len(types) == 1 else sorted(found, key=preorder))

    def outside(self, node: Node, stop: frozenset[str], *types: str) -> tuple[Node, ...]:
        """The nodes of the given types below a node, in source order, without those in nodes of the types ``stop``."""
        found = self.below(node, *types)
        return tuple(n for n in found if (a := self.around(n, stop)) is None or not lies_in(a, node) or a.id == node.id)

    def _starts(self, wanted: str) -> tuple[Sequence[Node], list[int]]:
        if wanted not in self._known_starts:
            nodes = self._index[1].get(wanted, [])
            self._known_starts[wanted] = nodes, [n.start_byte for n in nodes]
        return self._known_starts[wanted]

    @cached_property
    def _known_starts(self) -> dict[str, tuple[Sequence[Node], list[int]]]:
        return {}

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The enclosing nodes, innermost first."""
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)

    def around(self, node: Node, types: frozenset[str]) -> Node | None:
        """The innermost node of one of the types around a node."""
        known, key = self._around[types], node.id
        if key not in known:
            known[key] = self._enclosing(node, types)
        return known[key]

    def _enclosing(self, node: Node, types: frozenset[str]) -> Node | None:
        """Found by its place among the nodes of the types, from the last one that begins before the node outwards."""
        nodes, starts, ends, outer = self._nested(types)
        first, last = node.start_byte, node.end_byte
        at = bisect_right(starts, first) - 1
        while at >= 0 and (ends[at] < last or nodes[at].id == node.id):
            at = outer[at]
        doubtful = at >= 0 and (ends[at] == first or (starts[at] == first and ends[at] == last))
        if doubtful or len(self._parents) >= MAX_NODES:  # of two nodes in one place either may be the outer one
            return next((a for a in self.ancestors(node) if a.type in types), None)
        return nodes[at] if at >= 0 else None

    def _nested(self, types: frozenset[str]) -> _Nested:
        """The nodes of some types, where they begin and end, and the number of the one around each."""
        if types not in self._known_nested:
            nodes = sorted((n for t in types for n in self._index[1].get(t, ())), key=preorder)
            self._put_outer_first(nodes)
            ends = [n.end_byte for n in nodes]
            outer: list[int] = []
            for at, end in enumerate(ends):
                around = at - 1
                while around >= 0 and ends[around] < end:
                    around = outer[around]
                outer.append(around)
            self._known_nested[types] = nodes, [n.start_byte for n in nodes], ends, outer
        return self._known_nested[types]

    def _put_outer_first(self, nodes: list[Node]) -> None:
        """Puts nodes in order that begin and end together: a file with nothing in it but one function."""
        spans = [preorder(n) for n in nodes]
        for at in range(1, len(nodes)):
            while at and spans[at - 1] == spans[at] and self._fills(nodes[at - 1], nodes[at]):
                nodes[at - 1], nodes[at] = nodes[at], nodes[at - 1]
                at -= 1

    def _fills(self, inner: Node, outer: Node) -> bool:
        """A node is all of another one, of which it is a part."""
        above = self.parent(inner)
        while above is not None and above.id != outer.id and preorder(above) == preorder(inner):
            above = self.parent(above)
        return above is not None and above.id == outer.id

    @cached_property
    def _known_nested(self) -> dict[frozenset[str], _Nested]:
        return {}

    @cached_property
    def _around(self) -> dict[frozenset[str], dict[int, Node | None]]:
        return defaultdict(dict)


def lies_in(inner: Node, outer: Node) -> bool:
    """A node is the other one or within it."""
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def preorder(node: Node) -> tuple[int, int]:
    """What nodes are sorted by that stand in source order, outer ones first."""
    return node.start_byte, -node.end_byte


def inside(node: Node, *stop: str) -> Iterator[Node]:
    """A node and all nodes below it in source order, without entering nodes of the types ``stop``.

    A cursor makes each node anew: ``Node.children`` would keep every node that was ever walked.
    """
    cursor = node.walk()
    depth = 0
    while True:
        current = cursor.node
        if current is None:
            return
        yield current
        if (depth == 0 or current.type not in stop) and cursor.goto_first_child():
            depth += 1
            continue
        while depth and not cursor.goto_next_sibling():
            cursor.goto_parent()
            depth -= 1
        if depth == 0:
            return

"""A parsed file as a tree that is walked once: nodes by type, who encloses whom, what lies below a node."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from tree_sitter import Node, Tree

MAX_NODES = 1_000_000
# The quotes of texts have nodes of their own, which nobody asks for.
_QUOTES = frozenset({"string_start", "string_end"})
START = attrgetter("start_byte")


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

    @cached_property
    def _index(self) -> tuple[dict[int, Node], dict[str, list[Node]]]:
        """The parent of each named node, and the named nodes by type.

        Walked with a cursor: a node that was asked for its children keeps them all, which takes thrice the memory.
        """
        parents: dict[int, Node] = {}
        by_type: dict[str, list[Node]] = defaultdict(list)
        cursor = self.tree.walk()
        above: list[Node] = []
        while len(parents) < MAX_NODES:
            node = cursor.node
            if node is not None and node.is_named and (kind := node.type) not in _QUOTES:
                by_type[kind].append(node)
                if above:
                    parents[node.id] = above[-1]
                if cursor.goto_first_child():
                    above.append(node)
                    continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return parents, by_type
                above.pop()
        return parents, by_type

    def parent(self, node: Node) -> Node | None:
        """The node around a node."""
        above = self._parents.get(node.id)
        return above if above is not None else node.parent

    @cached_property
    def _parents(self) -> dict[int, Node]:
        return self._index[0]

    def of_type(self, *types: str) -> Sequence[Node]:
        """All nodes of the given types in source order."""
        if len(types) == 1:
            return self._index[1].get(types[0], ())
        return sorted((n for t in types for n in self._index[1].get(t, ())), key=START)

    def below(self, node: Node, *types: str) -> tuple[Node, ...]:
        """The node and those below it that are of the given types, in source order."""
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
        known = self._around[types]
        key = node.id
        if key in known:
            return known[key]
        path = [key]
        above = self.parent(node)
        while above is not None and (kind := above.type) not in types:
            key = above.id
            if key in known:
                above = known[key]
                break
            if kind == "block":
                path.append(key)
            above = self.parent(above)
        for key in path:  # the blocks between have the same one around them
            known[key] = above
        return above

    @cached_property
    def _around(self) -> dict[frozenset[str], dict[int, Node | None]]:
        return defaultdict(dict)


def lies_in(inner: Node, outer: Node) -> bool:
    """A node is the other one or within it."""
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def preorder(node: Node) -> tuple[int, int]:
    """What nodes are sorted by that stand in source order, outer ones first."""
    return node.start_byte, -node.end_byte

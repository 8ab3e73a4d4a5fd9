"""What parsed source files of all languages share: the tree, who encloses whom, nodes by type, and places."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import ClassVar

from tree_sitter import Language, Node, Query, QueryCursor, Tree

from prodworks_cli.model import Location

MAX_BYTES = 2_000_000
# From so many children on, the one that holds a node is looked up.
WIDE = 64


@dataclass(frozen=True, eq=False)
class Source:
    """One parsed file. Nodes are compared by ``id``, which is unique within a file."""

    path: str
    data: bytes
    tree: Tree
    # Types that are asked for one after the other: what a query takes to make and to run hardly grows with them.
    TOGETHER: ClassVar[Sequence[Sequence[str]]] = ()

    @property
    def root(self) -> Node:
        """The node of the whole file."""
        return self.tree.root_node

    @cached_property
    def _found(self) -> dict[str, list[Node]]:
        return {}

    def parent(self, node: Node) -> Node | None:
        """The node around a node."""
        return node.parent

    def look_up(self, *types: str) -> None:
        """Find the nodes of types, and of those that are asked for together with one of them: in one walk."""
        missing = [t for t in types if t not in self._found]
        for group in self.TOGETHER if missing else ():
            if any(t in group for t in missing):
                self._found.update(self._query(group))
        rest = [t for t in missing if t not in self._found]
        if rest:
            self._found.update(self._query(rest))

    def of_type(self, *types: str) -> tuple[Node, ...]:
        """All nodes of the given types in source order."""
        self.look_up(*types)
        found = [n for t in types for n in self._found[t]]
        return tuple(sorted(found, key=lambda n: n.start_byte))

    @cached_property
    def _starts(self) -> dict[tuple[str, ...], tuple[tuple[Node, ...], list[int]]]:
        return {}

    def below(self, node: Node, *types: str) -> tuple[Node, ...]:
        """The node and those below it that are of the given types, in source order."""
        if types not in self._starts:
            found = self.of_type(*types)
            self._starts[types] = found, [n.start_byte for n in found]
        nodes, starts = self._starts[types]
        first, last = bisect_left(starts, node.start_byte), bisect_left(starts, node.end_byte)
        return tuple(n for n in nodes[first:last] if n.end_byte <= node.end_byte)

    def _query(self, types: Sequence[str]) -> dict[str, list[Node]]:
        """The nodes of each type; a type that the language does not have has none."""
        sought = tuple(t for t in types if t != "ERROR" or self.root.has_error)
        query = _compiled(self.tree.language, sought) if sought else None
        found = QueryCursor(query).captures(self.root) if query is not None else {}
        return {t: found.get(t, []) for t in types}

    def text(self, node: Node | None) -> str:
        """The source of a node."""
        return self.data[node.start_byte : node.end_byte].decode(errors="replace") if node else ""

    def at(self, node: Node) -> Location:
        """The file and line of a node."""
        return Location(self.path, node.start_point[0] + 1)

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The enclosing nodes, innermost first."""
        path: list[Node] = []
        current: Node | None = self.root
        while current is not None and current.id != node.id:
            path.append(current)
            current = self._towards(current, node)
        yield from reversed(path)

    @cached_property
    def _wide(self) -> dict[int, tuple[list[Node], list[int]]]:
        return {}

    def _towards(self, above: Node, node: Node) -> Node | None:
        """The child that holds a node; by bisection where there are thousands, which the parser would walk through."""
        if above.child_count < WIDE or node.start_byte == node.end_byte:
            return above.child_with_descendant(node)
        if above.id not in self._wide:
            self._wide[above.id] = above.children, [c.start_byte for c in above.children]
        children, starts = self._wide[above.id]
        child = children[max(bisect_right(starts, node.start_byte) - 1, 0)]
        holds = child.start_byte <= node.start_byte and node.end_byte <= child.end_byte
        return child if holds else above.child_with_descendant(node)


@cache
def _compiled(language: Language, types: tuple[str, ...]) -> Query | None:
    """A query for the types that a language has; making one takes longer than parsing a file."""
    known = [t for t in types if t == "ERROR" or language.id_for_node_kind(t, True) is not None]
    return Query(language, " ".join(f"({t}) @{t}" for t in known)) if known else None


def inside(node: Node, *stop: str) -> Iterator[Node]:
    """A node and all nodes below it in source order, without entering nodes of the types ``stop``."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current is node or current.type not in stop:
            stack.extend(reversed(current.children))

"""What parsed source files of all languages share: the tree, who encloses whom, nodes by type, and places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node, Tree

from prodworks_cli.model import Location

MAX_BYTES = 2_000_000
MAX_NODES = 1_000_000


@dataclass(frozen=True, eq=False)
class Source:
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
        parents: dict[int, Node] = {}
        by_type: dict[str, list[Node]] = {}
        stack = [self.root]
        while stack and len(parents) < MAX_NODES:
            node = stack.pop()
            by_type.setdefault(node.type, []).append(node)
            children = node.children
            parents.update((child.id, node) for child in children)
            stack.extend(reversed(children))
        return parents, by_type

    def parent(self, node: Node) -> Node | None:
        """The node around a node."""
        return self._index[0].get(node.id)

    def of_type(self, *types: str) -> tuple[Node, ...]:
        """All nodes of the given types in source order."""
        found = [n for t in types for n in self._index[1].get(t, ())]
        return tuple(sorted(found, key=lambda n: n.start_byte))

    def text(self, node: Node | None) -> str:
        """The source of a node."""
        return self.data[node.start_byte : node.end_byte].decode(errors="replace") if node else ""

    def at(self, node: Node) -> Location:
        """The file and line of a node."""
        return Location(self.path, node.start_point[0] + 1)

    def ancestors(self, node: Node) -> Iterator[Node]:
        """The enclosing nodes, innermost first."""
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)


def inside(node: Node, *stop: str) -> Iterator[Node]:
    """A node and all nodes below it in source order, without entering nodes of the types ``stop``."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current is node or current.type not in stop:
            stack.extend(reversed(current.children))

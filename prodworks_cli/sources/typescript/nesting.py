"""Which functions of a file lie around a node, without a way down the tree, which may be thousands of levels deep."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from tree_sitter import Node


class Nesting:
    """The functions of a file, in order of where they start, each with the place of the one around it."""

    def __init__(self, functions: Sequence[Node]) -> None:
        self._functions = functions
        self._starts = [f.start_byte for f in functions]
        self._around: list[int] = []
        for place, function in enumerate(functions):
            above = place - 1
            while above >= 0 and functions[above].end_byte < function.end_byte:
                above = self._around[above]
            self._around.append(above)

    def around(self, node: Node) -> Iterator[Node]:
        """The functions around a node, innermost first."""
        place = bisect_right(self._starts, node.start_byte) - 1
        while place >= 0:
            above = self._functions[place]
            larger = above.start_byte < node.start_byte or above.end_byte > node.end_byte
            if larger and node.end_byte <= above.end_byte:
                yield above
            place = self._around[place]

"""Flows of text in the sources of all languages: the kinds of what a text is made of, and what a walk back finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from tree_sitter import Node

# Members that are asked for, outermost first; "*" is any key, "#0" a position.
Path = tuple[str, ...]
MAX_PATH = 7
INPUT, OUTPUT, RETRIEVED, IDENTITY = ("input", "output", "retrieved", "identity")
# An object that answers when it is called; a parameter whose callers are not in the repository; a file or a service.
MODEL, PARAMETER, STORED = ("model", "parameter", "stored")
# A function outside the repository that is given something: what it makes of it is not known.
OUTSIDE = "outside"
# What one cannot follow any further; what a response tells beside its text, such as its token counts.
UNKNOWN, FACT = ("unknown", "fact")
# Where a text is cut to a length on its way: no source of it.
CUT = "cut"
# What was said before, by its name, and where only the last of it is kept.
HISTORY, WINDOW = ("history", "window")
MARKS = frozenset({CUT, HISTORY, WINDOW})


class HasPath(Protocol):
    """A file."""

    @property
    def path(self) -> str:
        """Its path."""


class Spot(Protocol):
    """An expression in a file."""

    @property
    def module(self) -> HasPath:
        """The file."""

    @property
    def node(self) -> Node:
        """The expression."""


S = TypeVar("S", bound=Spot)


@dataclass(frozen=True)
class Leaf(Generic[S]):
    """Where a text comes from: what it is (``kind``), the root, the member of it, and what to call it."""

    kind: str
    site: S
    path: Path = ()
    name: str = ""
    certain: bool = True

    @property
    def root(self) -> tuple[str, int]:
        """The place of the root."""
        return (self.site.module.path, self.site.node.id)

    @property
    def key(self) -> object:
        """What makes two leaves the same."""
        return (self.kind, self.root, self.path, self.certain)


L = TypeVar("L", bound=Leaf[Any])


@dataclass(frozen=True)
class Trace(Generic[L]):
    """What an expression is made of; ``composed`` holds the expressions that put a text together on the way."""

    leaves: tuple[L, ...] = ()
    composed: frozenset[tuple[str, int]] = frozenset()

    def kinds(self, *kinds: str) -> tuple[L, ...]:
        """The leaves of some kinds, the certain ones first."""
        return tuple(sorted((x for x in self.leaves if x.kind in kinds), key=lambda x: not x.certain))

    @classmethod
    def join(cls, traces: Iterable[Self]) -> Self:
        """Several traces as one."""
        listed = list(traces)
        leaves = {leaf.key: leaf for trace in listed for leaf in trace.leaves}
        return cls(tuple(leaves.values()), frozenset().union(*(t.composed for t in listed)))


def ask(key: str, path: Path) -> Path:
    """The path with one more member asked for first."""
    if path[:2] == (key, key):  # a member that a loop sets from itself
        return path
    return (key, *path)[:MAX_PATH]

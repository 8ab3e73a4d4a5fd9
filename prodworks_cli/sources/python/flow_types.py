"""The nouns of the walk in ``flow``: places on the way, and the leaves at which it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from tree_sitter import Node

from prodworks_cli.sources.calls import flows
from prodworks_cli.sources.calls.flows import Path
from prodworks_cli.sources.python.places import Site

# Methods that read what a request or response holds.
BODIES = ("json", "form", "body", "receive_text", "receive_json", "get_json")
_UNNAMED = frozenset({"*", *BODIES})


_make = tuple.__new__


class Place(NamedTuple):
    """An expression on the way, the members asked for, and whether its value certainly reaches the use."""

    site: Site
    path: Path = ()
    certain: bool = True

    @property
    def key(self) -> object:
        """What makes two places the same."""
        site = self.site
        return (site.node.id, site.frames[0].key if site.frames else (), self.path, self.certain)

    def to(self, node: Node, path: Path | None = None) -> Place:
        """Another expression of the same file."""
        return _make(Place, (self.site.to(node), self.path if path is None else path, self.certain))

    def fields(self, *names: str) -> Iterator[Place]:
        """The expressions in some fields of the node."""
        nodes = (self.site.node.child_by_field_name(n) for n in names)
        yield from (self.to(n) for n in nodes if n is not None)


@dataclass(frozen=True)
class Leaf(flows.Leaf[Site]):
    """Where a text comes from.

    ``kind`` is input (a request), output (a model's answer, or what it asks a tool for), retrieved, identity, model
    (an object that answers when called), parameter (whose callers are not in the repository), stored (a file or a
    service), outside or unknown. ``site`` is the root, ``path`` the member of it, ``name`` what to call it.
    """


@dataclass(frozen=True)
class Trace(flows.Trace[Leaf]):
    """What an expression is made of; ``composed`` holds the expressions that put a text together on the way."""


class Tracing(Protocol):
    """The walk, as those who classify leaves use it."""

    def of(self, site: Site, path: Path = ()) -> Trace:
        """What the value of an expression is made of."""

    def uncut(self, site: Site, path: Path = ()) -> Trace:
        """What of the value of an expression is not cut to a length on its way."""


class Classifier(Protocol):
    """Says at which expressions a walk ends."""

    def of_name(self, place: Place) -> Leaf | None:
        """The leaf that a name is by itself."""

    def of_attribute(self, place: Place) -> Leaf | None:
        """The leaf that an attribute is by itself."""

    def of_call(self, place: Place, flow: Tracing) -> tuple[Leaf, ...] | None:
        """The leaves that a call is by itself; empty for a call whose value is no text of anybody."""

    def of_parameter(self, site: Site, function: Node, name: str, path: Path) -> Leaf | bool | None:
        """The leaf that a parameter of an entry is; ``None`` when it holds no text, ``False`` when it is no entry."""


def named(path: Path) -> Path:
    """The path without positions, open keys and the readers of a body."""
    return tuple(key for key in path if key not in _UNNAMED and not key.startswith("#")) if path else ()

"""The parts of a flow of texts in TypeScript: places on the way, and who says where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from tree_sitter import Node

from prodworks_cli.sources.calls import flows
from prodworks_cli.sources.calls.flows import Path
from prodworks_cli.sources.typescript.places import Site

# Methods that read what a request or response holds.
BODIES = ("json", "text", "formData", "body", "valid", "parseBody")


class Place(NamedTuple):
    """An expression on the way, and the members of it that are asked for."""

    site: Site
    path: Path = ()

    @property
    def key(self) -> object:
        """What makes two places the same."""
        site = self.site
        frames = tuple([f.site.node.id for f in site.frames]) if site.frames else ()
        return site.module.path, site.node.id, self.path, frames

    def to(self, node: Node, path: Path | None = None) -> Place:
        """Another expression of the same file."""
        return Place(self.site.to(node), self.path if path is None else path)

    def fields(self, *names: str) -> Iterator[Place]:
        """The expressions in some fields of the node."""
        nodes = (self.site.node.child_by_field_name(n) for n in names)
        yield from (self.to(n) for n in nodes if n is not None)


@dataclass(frozen=True)
class Leaf(flows.Leaf[Site]):
    """Where a text comes from."""


@dataclass(frozen=True)
class Trace(flows.Trace[Leaf]):
    """What an expression is made of."""


class Tracing(Protocol):
    """The walk, as those who classify leaves use it."""

    def of(self, site: Site, path: Path = ()) -> Trace:
        """What the value of an expression is made of."""

    def uncut(self, site: Site, path: Path = ()) -> Trace:
        """What of the value of an expression is not cut to a length on its way."""


class Classifier(Protocol):
    """Says at which expressions a walk ends."""

    def of_call(self, place: Place, flow: Tracing) -> tuple[Leaf, ...] | None:
        """The leaves that a call is by itself; empty for a call whose value is no text of anybody."""

    def of_parameter(self, site: Site, function: Node, name: str, path: Path) -> Leaf | bool | None:
        """The leaf that a parameter of an entry is; ``None`` when it holds no text, ``False`` when it is no entry."""


def named(path: Path) -> Path:
    """The path without positions, open keys, choices and the readers of a body."""
    return tuple(key for key in path if key not in ("*", *BODIES) and not key.startswith(("#", "~")))


def only(key: str, value: str, *, like: bool) -> str:
    """A step to those objects alone whose member has a value, or has another one: the messages of one role."""
    return f"~{key}{'=' if like else '!'}{value}"


def admits(step: str, key: str, value: str) -> bool:
    """Whether an object whose member ``key`` is ``value`` is one to which a step of :func:`only` leads."""
    wanted, like = step[1 + len(key) + 1 :], step[1 + len(key) :][:1] == "="
    return not step.startswith(f"~{key}") or (value == wanted) == like


def element(path: Path) -> Path:
    """The path within one element of what is asked for."""
    return path[1:] if path and path[0].startswith(("*", "#")) else path

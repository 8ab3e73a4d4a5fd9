"""Expressions with the calls through which they were reached."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

MAX_DEPTH = 24
MAX_FRAMES = 6
NOTHING = frozenset({"null", "undefined"})


class Frame(NamedTuple):
    """A call that was entered: the arguments, the function's node id, and the site of the call."""

    site: Site
    arguments: tuple[Node, ...]
    function: int


class Site(NamedTuple):
    """An expression in a file, with the calls through which it was reached (innermost first)."""

    module: Module
    node: Node
    frames: tuple[Frame, ...] = ()

    def to(self, node: Node) -> Site:
        """Another expression of the same file and frame."""
        return Site(self.module, node, self.frames)

    @property
    def text(self) -> str:
        """The expression as written."""
        return self.module.text(self.node)

    @property
    def key(self) -> tuple[str, int]:
        """What makes two sites the same expression."""
        return self.module.path, self.node.id


Origin = Site | Unknown


class Tracing(Protocol):
    """What looks things up on behalf of the tracer needs of it."""

    def origins(self, site: Site, depth: int = MAX_DEPTH) -> tuple[Origin, ...]:
        """The expressions at which tracing ends."""

    def cut(self) -> None:
        """Say that something was cut short because of what still goes on."""


def shown(site: Site) -> str:
    """An expression in words: names as written, without the arguments of calls and without literals."""
    node = callee_of(site.node) if site.node.type in ("call_expression", "new_expression") else site.node
    if node is None or node.type not in ("identifier", "member_expression"):
        return f"a value ({site.node.type.replace('_', ' ')})"
    text = "".join(site.module.text(node).split())
    return text[-50:] if re.fullmatch(r"[\w$.?!]+", text) else last_name(site.module, node)


def returned(function: Site) -> tuple[Origin, ...]:
    """The expressions that a function returns."""
    body = function.node.child_by_field_name("body")
    if body is None:
        return ()
    if body.type != "statement_block":
        return (function.to(body),)
    values = (n.named_children[0] for n in function.module.left(body) if n.type == "return_statement")
    return tuple(function.to(v) for v in values)

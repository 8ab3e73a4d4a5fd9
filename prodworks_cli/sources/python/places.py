"""Expressions with the calls through which they were reached, and which bindings reach a use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.python.syntax import Arguments, Binding, Module

MAX_DEPTH = 24
MAX_CALLERS = 8
MAX_ORIGINS = 16
MAX_FRAMES = 6
MAX_ACTIVE = 40
# Callables that call their argument with the arguments after it; the number is the callable's own position.
RUNNERS = {"run_in_threadpool": 0, "to_thread": 0, "partial": 0, "submit": 0, "run_sync": 0, "run_in_executor": 1}
_BLOCKS = frozenset({"block", "module"})
EXTERNAL = "comes from outside the repository"


# Sites are made by the ten thousand: this passes by the function that takes their members by name.
_make = tuple.__new__


class Site(NamedTuple):
    """An expression in a file, with the calls through which it was reached (innermost first)."""

    module: Module
    node: Node
    frames: tuple[Frame, ...] = ()

    def to(self, node: Node) -> Site:
        """Another expression of the same file and frame."""
        return _make(Site, (self.module, node, self.frames))

    @property
    def text(self) -> str:
        """The expression as written."""
        return self.module.text(self.node)

    @property
    def key(self) -> object:
        """What makes two sites the same: ids of nodes are unique among all trees that are kept."""
        return (self.node.id, *self.frames[0].key) if self.frames else self.node.id


class Frame:
    """A call that was entered: the arguments, the function's node id, and the site of the call.

    ``key`` holds the ids of this call and of those around it, as the frames of a site hold them.
    """

    __slots__ = ("arguments", "function", "key", "site")

    def __init__(self, site: Site, arguments: Arguments, function: int) -> None:
        self.site = site
        self.arguments = arguments
        self.function = function
        self.key: tuple[int, ...] = (site.node.id, *(site.frames[0].key if site.frames else ()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and (self.key, self.function) == (other.key, other.function)

    def __hash__(self) -> int:
        return hash((self.key, self.function))


Origin = Site | Unknown
# Bindings that may hold at a use, and the function whose parameter may.
Held = tuple[tuple[Binding, ...], Node | None]


class Tracing(Protocol):
    """What looks things up on behalf of the tracer needs of it."""

    def origins(self, site: Site, depth: int = MAX_DEPTH) -> tuple[Origin, ...]:
        """The expressions at which tracing ends."""

    @property
    def depth(self) -> int:
        """How many steps are being taken, each for the sake of the one before."""

    def cut(self, depth: int) -> None:
        """Tells that the answer to what began at a depth was needed to answer itself, and was left out."""

    def bound(self, site: Site, bindings: Sequence[Binding]) -> tuple[Origin, ...]:
        """The values that bindings give."""

    def returned(self, function: Site) -> tuple[Origin, ...]:
        """The expressions that a function returns."""


def is_entry(module: Module, function: Node) -> bool:
    """The function is registered with a framework that calls it (a route, a tool, a command)."""
    return any(d.type == "call" and "." in module.text(d).split("(")[0] for d in module.decorators(function))


def reaching_bindings(site: Site, bindings: Sequence[Binding]) -> tuple[Binding, ...]:
    """The bindings that may hold at a use: a later unconditional one hides the earlier ones of the same function."""
    module, use = site.module, site.node
    if not bindings:
        return ()
    scope = module.scope(use).id
    same = [b for b in bindings if b.scope == scope]
    before = [b for b in same if b.statement.end_byte <= use.start_byte] if use.type != "module" else list(bindings)
    reaching: list[Binding] = []
    for binding in before or list(bindings):
        if encloses(module, binding.statement, use) or (use.type == "module" and _at_top(module, binding.statement)):
            reaching = []
        reaching.append(binding)
    return tuple(reaching)


def looked_up(site: Site) -> Held | None:
    """What holds a name, in the scopes around it; ``None`` for one that no scope of the file knows."""
    scope, name = site.module.scope(site.node), site.text
    while True:
        held = held_in(site, scope, name)
        if held is not None or scope.type == "module":
            return held
        scope = site.module.scope(scope)


def held_in(site: Site, scope: Node, name: str) -> Held | None:
    """What of one scope holds a name at a use."""
    module = site.module
    bindings = module.bindings.get(scope.id, {}).get(name, ())
    kind = scope.type
    if kind == "class_definition" and module.scope(site.node).id != scope.id:
        return None
    reaching = reaching_bindings(site, bindings)
    if kind == "function_definition" and name in module.defaults(scope):
        certain = any(encloses(module, b.statement, site.node) for b in reaching)
        return reaching, None if certain else scope
    return (reaching, None) if bindings else None


def encloses(module: Module, statement: Node, use: Node) -> bool:
    """The block of ``statement`` also holds ``use``, so that the one runs before the other."""
    block = module.around(statement, _BLOCKS)
    return (
        block is not None
        and block.id != use.id
        and block.start_byte <= use.start_byte <= use.end_byte <= block.end_byte
    )


def _at_top(module: Module, statement: Node) -> bool:
    return all(
        a.type in ("module", "expression_statement", "decorated_definition") for a in module.ancestors(statement)
    )

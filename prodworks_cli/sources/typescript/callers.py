"""The calls of a function in the repository."""

from __future__ import annotations

from tree_sitter import Node

from prodworks_cli.sources.typescript.kinds import CLASSES, FUNCTIONS
from prodworks_cli.sources.typescript.places import MAX_DEPTH, Site, Tracing
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

# Functions that a framework calls by their name.
ENTRIES = frozenset(
    {"handler", "lambdaHandler", "GET", "POST", "PUT", "PATCH", "DELETE", "default", "action", "loader"}
)


class Callers:
    """Finds callers, each function's once."""

    def __init__(self, repository: Repository, tracer: Tracing) -> None:
        self._repository = repository
        self._tracer = tracer
        self._callers: dict[tuple[str, int], tuple[tuple[Site, tuple[Node, ...]], ...] | None] = {}
        self._open: set[tuple[str, int]] = set()

    def of(self, module: Module, function: Node) -> tuple[tuple[Site, tuple[Node, ...]], ...] | None:
        """The calls of a function in the repository, with the arguments it gets; ``None`` when there are too many."""
        key = (module.path, function.id)
        if key not in self._callers:
            self._callers[key] = ()
            self._open.add(key)
            self._callers[key] = self._find_callers(module, function)
            self._open.discard(key)
        elif key in self._open:
            self._tracer.cut()
        return self._callers[key]

    def _find_callers(self, module: Module, function: Node) -> tuple[tuple[Site, tuple[Node, ...]], ...] | None:
        name, owner = module.name(function), None
        if name in ENTRIES:
            return ()
        if function.type == "method_definition":
            above = module.owner(function)
            owner = above if above is not None and module.parent(module.parent(function) or function) == above else None
        if name == "constructor" and owner is not None:
            name = module.name(owner)
        if not name:
            return ()
        calls = self._repository.calls_named(name)
        if calls is None:
            return None
        wanted = {(module.path, function.id)} | ({(module.path, owner.id)} if owner is not None else set())
        return tuple(
            (Site(found, call), found.arguments(call))
            for found, call in calls
            if last_name(found, callee_of(call)) == name and self._means(Site(found, call), wanted, name)
        )

    def possible(self, module: Module, function: Node) -> list[Site]:
        """Calls of a method of that name on an object that is not followed: an interface with several classes."""
        name = module.name(function)
        found: list[Site] = []
        for other, call in self._repository.calls_named(name) or () if name else ():
            callee = callee_of(call)
            if callee is not None and callee.type == "member_expression" and last_name(other, callee) == name:
                ends = [o for o in self._tracer.origins(Site(other, callee), MAX_DEPTH // 2) if isinstance(o, Site)]
                if not any(o.node.type in FUNCTIONS | CLASSES for o in ends):
                    found.append(Site(other, call))
        return found

    def _means(self, call: Site, wanted: set[tuple[str, int]], name: str) -> bool:
        callee = callee_of(call.node)
        if callee is None:
            return False
        found = [o for o in self._tracer.origins(call.to(callee), MAX_DEPTH // 2) if isinstance(o, Site)]
        known = {o.key for o in found if o.node.type in FUNCTIONS | CLASSES}
        if known:
            return bool(known & wanted)
        return callee.type == "member_expression" and self._repository.definitions_named(name) == 1

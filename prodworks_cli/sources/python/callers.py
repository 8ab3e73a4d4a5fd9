"""The calls of a function in the repository."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from prodworks_cli.sources.python.budget import MAX_CALLS
from prodworks_cli.sources.python.places import MAX_DEPTH, RUNNERS, Site, Tracing
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Arguments, Module


class Callers:
    """Finds callers, each function's once."""

    def __init__(self, repository: Repository, tracer: Tracing) -> None:
        self._repository = repository
        self._tracer = tracer
        self._callers: dict[int, tuple[tuple[Site, Arguments], ...]] = {}
        self._sought: dict[int, int] = {}

    def of(self, module: Module, function: Node) -> tuple[tuple[Site, Arguments], ...]:
        """The calls of a function in the repository, with the arguments it gets."""
        self._repository.budget.spend()
        if self._repository.budget.exhausted:
            return ()
        key = function.id
        if key in self._sought:
            self._tracer.cut(self._sought[key])
            return ()
        if key not in self._callers:
            self._sought[key] = self._tracer.depth
            self._callers[key] = tuple(self._find_callers(module, function))
            del self._sought[key]
        return self._callers[key]

    def _find_callers(self, module: Module, function: Node) -> Iterator[tuple[Site, Arguments]]:
        name, owner = module.name(function), module.method_owner(function)
        if name == "__init__" and owner is not None:
            name = module.name(owner)
        for found, call in self._candidates(module, name):
            if self._repository.budget.exhausted:
                return
            arguments = found.arguments(call)
            callee = call.child_by_field_name("function")
            if last_name(found, callee) != name:
                shift = RUNNERS.get(last_name(found, callee))
                if shift is None or shift >= len(arguments.positional):
                    continue
                callee, arguments = arguments.positional[shift], arguments.after(shift + 1)
            if callee is not None and self._means(Site(found, callee), Site(module, function), name):
                yield Site(found, call), arguments

    def _candidates(self, module: Module, name: str) -> Sequence[tuple[Module, Node]]:
        """The calls of a name; those of the file itself when there are too many to look at each."""
        budget, calls = self._repository.budget, self._repository.calls_named(name)
        if budget.too_common(name, len(calls)):
            calls = tuple(c for c in calls if c[0] is module)[:MAX_CALLS]
        budget.spend(len(calls))
        return calls

    def _means(self, callee: Site, function: Site, name: str) -> bool:
        wanted = {(function.module.path, function.node.id)}
        owner = function.module.method_owner(function.node)
        if owner is not None:
            wanted.add((function.module.path, owner.id))
        found = [o for o in self._tracer.origins(callee, MAX_DEPTH // 2) if isinstance(o, Site)]
        known = {(o.module.path, o.node.id) for o in found if o.node.type.endswith("_definition")}
        if known:
            return bool(known & wanted)
        return callee.node.type == "attribute" and owner is not None and self._repository.definitions_named(name) == 1

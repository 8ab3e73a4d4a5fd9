"""Whether what is asked has a bound: it is cut or counted on its way, its length is compared, or a mark limits it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.answers import BOUNDS, FOR_SHOW, bound_of
from prodworks_cli.sources.calls.flows import CUT, INPUT, PARAMETER
from prodworks_cli.sources.calls.histories import history_in_framework, history_of
from prodworks_cli.sources.java.flow import Flow, Leaf, Trace
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.response import Body
from prodworks_cli.sources.java.sites import CallSite
from prodworks_cli.sources.java.syntax import Module

# The marks of Jakarta Validation and Hibernate that limit a text.
_LIMITED = re.compile(r"@(?:Size|Length)\s*\([^)]*\bmax\b")
_MEMORIES = re.compile(rb"\w*ChatMemory\w*")
_ORDERS = frozenset({">", ">=", "<", "<="})


class Bounds:
    """Looks for a bound on the way to a call."""

    def __init__(self, repository: Repository, flow: Flow) -> None:
        self._repository = repository
        self._flow = flow

    def of(self, bodies: Sequence[Body], asked: Sequence[Body]) -> bool | Unknown | None:
        """Whether what is asked has a bound, on its way or in the methods around the call."""
        if any(self._declares(body) for body in bodies):
            return True
        said = self._flow.of_all(asked)
        cut = bool(said.kinds(CUT))
        whole = Trace.join(self._flow.uncut(place) for place in asked) if cut else said
        return bound_of(whole, cut, self._measured(bodies))

    def of_history(self, call: CallSite, bodies: Sequence[Body], asked: Sequence[Body]) -> bool | Unknown | None:
        """Whether what was said before has a bound in the request; Spring AI adds it by an advisor."""
        if call.library == "spring" and _remembers(call.module):
            return history_in_framework(self._memories, "spring", self._memories)
        return history_of(call.api, self._flow.of_all(asked), (b.module.text(n) for b in bodies for n in _compared(b)))

    @cached_property
    def _memories(self) -> frozenset[str]:
        """The types in files that name a memory of a framework."""
        modules = self._repository.matching(_MEMORIES, literals=(b"ChatMemory",))
        return frozenset(m.text(n) for m in modules for n in m.of_type("type_identifier", "identifier"))

    def _measured(self, bodies: Sequence[Body]) -> Iterator[Leaf]:
        """What is counted, or has its length compared, before the call."""
        for place in (Body(b.module, n) for b in bodies for n in (*_counted(b), *_compared(b))):
            yield from self._flow.of(place.module, place.node).kinds(INPUT, PARAMETER)

    def _declares(self, body: Body) -> bool:
        """A parameter, or a member of its class, has a mark with a length."""
        listed = body.node.child_by_field_name("parameters")
        for parameter in listed.named_children if listed is not None else ():
            if parameter.type != "formal_parameter":
                continue
            if _LIMITED.search(body.module.text(parameter)):
                return True
            type_ = body.module.text(parameter.child_by_field_name("type")).partition("<")[0].rpartition(".")[2]
            if any(_LIMITED.search(home.text(cls)) for home, cls in declared(self._repository, body.module, type_)):
                return True
        return False


def _remembers(module: Module) -> bool:
    """The file has an advisor or a type that keeps what was said."""
    if not _MEMORIES.search(module.data):
        return False
    names = module.of_type("type_identifier", "identifier")
    return any(_MEMORIES.search(module.data, n.start_byte, n.end_byte) for n in names)


def declared(repository: Repository, module: Module, name: str) -> Iterator[tuple[Module, Syntax]]:
    """The class or record of a name: in the file, or in the file that is named after it."""
    for home in (module, *repository.classes(name)[:2]) if name[:1].isupper() else ():
        for cls in home.of_type("class_declaration", "record_declaration"):
            if home.name(cls) == name:
                yield home, cls


def _counted(body: Body) -> Iterator[Syntax]:
    """The texts that methods count or cut that are called so."""
    for call in body.module.below(body.node, "method_invocation"):
        name = body.module.name(call)
        if BOUNDS.search(name) and not FOR_SHOW.search(name):
            yield from body.module.arguments(call)[:1]


def _compared(body: Body) -> Iterator[Syntax]:
    """The texts whose lengths are compared with something else than nothing: ``question.length() > 4000``."""
    module = body.module
    for comparison in module.below(body.node, "binary_expression"):
        sides = comparison.named_children
        if module.text(comparison.child_by_field_name("operator")) not in _ORDERS:
            continue
        for side, other in zip(sides, reversed(sides), strict=True):
            target = side.child_by_field_name("object") if side.type == "method_invocation" else None
            if target is not None and module.name(side) == "length" and module.text(other) not in ("0", "1"):
                yield target

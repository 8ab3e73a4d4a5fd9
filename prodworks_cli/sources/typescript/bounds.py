"""Whether what is asked has a bound: it is cut or counted on its way, its length is compared, or a schema limits it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.answers import BOUNDS, FOR_SHOW, bound_of
from prodworks_cli.sources.calls.flows import CUT, INPUT, PARAMETER, Path
from prodworks_cli.sources.calls.histories import history_of
from prodworks_cli.sources.typescript.flow_types import Leaf, Trace, Tracing
from prodworks_cli.sources.typescript.kinds import CLASSES
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.response import Reach
from prodworks_cli.sources.typescript.syntax import callee_of, last_name
from prodworks_cli.sources.typescript.trace import Tracer

_PARSES = frozenset({"parse", "safeParse", "parseAsync", "safeParseAsync", "Check", "Parse"})
# Of Zod, Valibot, TypeBox and class-validator.
_LIMITED = re.compile(r"string\([^;]{0,200}?\.max\(|maxLength\(\s*\d|maxLength\s*:|@MaxLength\(|@Length\(")
MAX_TEXT = 20_000


class Bounds:
    """Looks for a bound on the way to a call."""

    def __init__(self, tracer: Tracer, flow: Tracing) -> None:
        self._tracer = tracer
        self._flow = flow

    def of(self, reach: Reach, asked: Sequence[tuple[Site, Path]]) -> bool | Unknown | None:
        """Whether what is asked has a bound, on its way or in the functions that lead to the call."""
        if any(self._checks(site) or self._declares(site) for site in reach.chain):
            return True
        said = Trace.join(self._flow.of(site, path) for site, path in asked)
        cut = bool(said.kinds(CUT))
        whole = Trace.join(self._flow.uncut(site, path) for site, path in asked) if cut else said
        return bound_of(whole, cut, self._measured(reach))

    def of_history(self, api: str, reach: Reach, asked: Sequence[tuple[Site, Path]]) -> bool | Unknown | None:
        """Whether what was said before has a bound in the request."""
        said = Trace.join(self._flow.of(site, path) for site, path in asked)
        return history_of(api, said, (s.module.text(n) for s in reach.chain for n in _compared(s)))

    def _measured(self, reach: Reach) -> Iterator[Leaf]:
        """What is counted, or has its length compared, before the call."""
        for site in (Site(s.module, n) for s in reach.chain for n in (*_counted(s), *_compared(s))):
            yield from self._flow.of(site).kinds(INPUT, PARAMETER)

    def _checks(self, function: Site) -> bool:
        """A request is read with a schema that limits a text."""
        module = function.module
        for call in module.below(function.node, "call_expression"):
            callee = callee_of(call)
            parses = callee is not None and last_name(module, callee) in _PARSES
            schema = callee.child_by_field_name("object") if callee is not None and parses else None
            if schema is not None and any(_limited(s) for s in (function.to(schema), *self._schemas(function, schema))):
                return True
        return False

    def _schemas(self, function: Site, schema: Node) -> tuple[Site, ...]:
        return self._tracer.sites(function.to(schema)) if schema.type == "identifier" else ()

    def _declares(self, function: Site) -> bool:
        """The route has a schema with a length, or the class of a parameter a mark with one."""
        module = function.module
        above = module.parent(module.parent(function.node) or function.node)
        if above is not None and above.type == "call_expression" and _limited(function.to(callee_of(above) or above)):
            return True
        listed = function.node.child_by_field_name("parameters")
        types = module.below(listed, "type_identifier") if listed is not None else ()
        found = (o for t in types for o in self._tracer.named(function.to(t), module.text(t)))
        return any(isinstance(o, Site) and o.node.type in CLASSES and _limited(o) for o in found)


def _limited(site: Site) -> bool:
    return bool(_LIMITED.search(site.text[:MAX_TEXT]))


def _counted(function: Site) -> Iterator[Node]:
    """The texts that functions count or cut that are called so."""
    module = function.module
    for call in module.below(function.node, "call_expression"):
        name = last_name(module, callee_of(call))
        if BOUNDS.search(name) and not FOR_SHOW.search(name):
            yield from module.arguments(call)[:1]


def _compared(function: Site) -> Iterator[Node]:
    """The texts whose lengths are compared with something else than nothing: ``question.length > 4000``."""
    module = function.module
    for comparison in module.below(function.node, "binary_expression"):
        sides = comparison.named_children
        if module.text(comparison.child_by_field_name("operator")) not in (">", ">=", "<", "<="):
            continue
        for side, other in zip(sides, reversed(sides), strict=True):
            target = side.child_by_field_name("object") if side.type == "member_expression" else None
            if target is not None and last_name(module, side) == "length" and module.text(other) not in ("0", "1"):
                yield target

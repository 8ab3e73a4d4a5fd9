"""Whether what is asked has a bound: it is cut or counted on its way, its length is compared, or a schema limits it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.answers import BOUNDS, FOR_SHOW, bound_of
from prodworks_cli.sources.calls.flows import CUT, INPUT, PARAMETER, Path
from prodworks_cli.sources.calls.histories import history_of
from prodworks_cli.sources.python.flow_types import Leaf, Trace, Tracing
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.response import Reach
from prodworks_cli.sources.python.trace import Tracer

# What a request asks: an expression, and the member of it.
Asked = tuple[Site, Path]
_LENGTH = re.compile(r"\bmax_length\b")
_TYPES = ("typed_parameter", "typed_default_parameter")


class Bounds:
    """Looks for a bound on the way to a call."""

    def __init__(self, tracer: Tracer, flow: Tracing) -> None:
        self._tracer = tracer
        self._flow = flow

    def of(self, reach: Reach, asked: Sequence[Asked]) -> bool | Unknown | None:
        """Whether what is asked has a bound, on its way or in the functions that lead to the call."""
        if any(self._declares(site) for site in reach.chain):
            return True
        said = Trace.join(self._flow.of(site, path) for site, path in asked)
        cut = bool(said.kinds(CUT))
        whole = Trace.join(self._flow.uncut(site, path) for site, path in asked) if cut else said
        return bound_of(whole, cut, self._measured(reach))

    def of_history(self, api: str, reach: Reach, asked: Sequence[Asked]) -> bool | Unknown | None:
        """Whether what was said before has a bound in the request."""
        said = Trace.join(self._flow.of(site, path) for site, path in asked)
        return history_of(api, said, (s.module.text(n) for s in reach.chain for n in _compared(s)))

    def _measured(self, reach: Reach) -> Iterator[Leaf]:
        """What is counted, or has its length compared, before the call."""
        for site in (Site(s.module, n) for s in reach.chain for n in (*_counted(s), *_compared(s))):
            yield from self._flow.of(site).kinds(INPUT, PARAMETER)

    def _declares(self, function: Site) -> bool:
        """A parameter has a type, or a default, with a length: ``Form(max_length=4000)``, a model of Pydantic."""
        listed = function.node.child_by_field_name("parameters")
        for parameter in listed.named_children if listed is not None else ():
            if parameter.type not in _TYPES:
                continue
            if _LENGTH.search(function.module.text(parameter)):
                return True
            type_ = parameter.child_by_field_name("type")
            if type_ is not None and any(_LENGTH.search(c.text) for c in self._classes(function.to(type_))):
                return True
        return False

    def _classes(self, type_: Site) -> Iterator[Site]:
        """The classes of the repository that a type names."""
        for name in type_.module.below(type_.node, "identifier"):
            found = (o for o in self._tracer.origins(type_.to(name)) if isinstance(o, Site))
            yield from (o for o in found if o.node.type == "class_definition")


def _counted(function: Site) -> Iterator[Node]:
    """The texts that functions count or cut that are called so."""
    module = function.module
    for call in module.below(function.node, "call"):
        name = module.called(call)
        if BOUNDS.search(name) and not FOR_SHOW.search(name):
            yield from module.arguments(call).positional[:1]


def _compared(function: Site) -> Iterator[Node]:
    """The texts whose lengths are compared with something else than nothing: ``len(question) > 4000``."""
    module = function.module
    for comparison in module.below(function.node, "comparison_operator"):
        if not any(c.type in (">", ">=", "<", "<=") for c in comparison.children):
            continue
        if any(module.text(side) in ("0", "1") for side in comparison.named_children):
            continue
        for call in module.below(comparison, "call"):
            given = module.arguments(call).positional
            if module.text(call.child_by_field_name("function")) == "len" and given:
                yield given[0]

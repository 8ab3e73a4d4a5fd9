"""What is written around the values that are put into a text, in TypeScript: templates and sums."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.sources.calls.delimiters import Composition, Part, parts_of, whole_of
from prodworks_cli.sources.typescript.flow_types import Trace, Tracing
from prodworks_cli.sources.typescript.kinds import TRANSPARENT
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.syntax import Module

_SUMS = ("binary_expression", "parenthesized_expression")
_PUT_TOGETHER = TRANSPARENT | {"binary_expression", "template_string"}


def compositions(repository: Repository, flow: Tracing, trace: Trace) -> Iterator[Composition]:
    """The expressions through which a text came."""
    for path in sorted({path for path, _ in trace.composed}):
        module = repository.module(path)
        wanted = {number for other, number in trace.composed if other == path}
        known: dict[int, list[Part] | None] = {}
        for node in (n for n in module.of_type("template_string", "binary_expression") if n.id in wanted):
            whole = whole_of(module, node, _SUMS)
            if whole.id not in known:
                known[whole.id] = _parts(Site(module, whole), flow)
            yield Composition((path, node.id), known[whole.id])


def _parts(site: Site, flow: Tracing) -> list[Part] | None:
    return parts_of(_flat(site.module, site.node), lambda value: flow.of(site.to(value)))


def _flat(module: Module, node: Node) -> Iterator[str | Node]:
    """The written texts and the values of a template or a sum, in order."""
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type in _PUT_TOGETHER:
            stack.extend(reversed(current.named_children))
        elif current.type in ("string", "string_fragment", "escape_sequence"):
            text = module.text(current)
            yield (text[1:-1] if current.type == "string" else text).replace("\\n", "\n")
        elif current.type == "template_substitution":
            yield from current.named_children[:1]
        elif current.type != "comment":
            yield current

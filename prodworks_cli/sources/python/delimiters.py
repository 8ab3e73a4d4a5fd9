"""What is written around the values that are put into a text, in Python: f-strings, sums, ``format``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.sources.calls.delimiters import Composition, Part, parts_of, whole_of
from prodworks_cli.sources.python.flow_types import Trace, Tracing
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.trace import Tracer

_HOLE = re.compile(r"\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")
_SUMS = ("binary_operator", "concatenated_string", "parenthesized_expression")
_TEXTS = ("string", "concatenated_string", "parenthesized_expression")


class Compositions:
    """Reads the expressions that put texts together."""

    def __init__(self, repository: Repository, tracer: Tracer, flow: Tracing) -> None:
        self._repository = repository
        self._tracer = tracer
        self._flow = flow

    def of(self, trace: Trace) -> Iterator[Composition]:
        """The expressions through which a text came."""
        for path in sorted({path for path, _ in trace.composed}):
            module = self._repository.module(path)
            wanted = {number for other, number in trace.composed if other == path}
            known: dict[int, list[Part] | None] = {}
            for node in (n for n in module.of_type("string", "binary_operator", "call") if n.id in wanted):
                whole = whole_of(module, node, _SUMS) if node.type != "call" else node
                if whole.id not in known:
                    known[whole.id] = self._parts(Site(module, whole))
                yield Composition((path, node.id), known[whole.id])

    def _parts(self, site: Site) -> list[Part] | None:
        if site.node.type == "call":
            return self._of_format(site)
        return parts_of(_flat(site.module, site.node), lambda value: self._flow.of(site.to(value)))

    def _of_format(self, call: Site) -> list[Part] | None:
        """``TEMPLATE.format(context=context)`` of a template that the repository writes out."""
        callee = call.node.child_by_field_name("function")
        target = callee.child_by_field_name("object") if callee is not None else None
        origins = self._tracer.origins(call.to(target)) if target is not None else ()
        texts = [o for o in origins if isinstance(o, Site) and o.node.type in _TEXTS]
        if not texts:
            return None
        given, parts = call.module.arguments(call.node), list[Part]()
        for text in map(_written, texts):
            for number, hole in enumerate(_HOLE.finditer(text)):
                position = int(hole[1]) if hole[1].isdigit() else number
                value = given.get(hole[1], position if not hole[1] or hole[1].isdigit() else None)
                if value is not None:
                    parts.append(Part(text[: hole.start()], self._flow.of(call.to(value)), text[hole.end() :]))
        return parts


def _flat(module: Module, node: Node) -> Iterator[str | Node]:
    """The written texts and the values of an f-string or a sum, in order."""
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type in (*_SUMS, "string"):
            stack.extend(reversed(current.named_children))
        elif current.type in ("string_content", "escape_sequence"):
            yield _plain(module.text(current))
        elif current.type == "interpolation":
            inner = current.child_by_field_name("expression")
            yield from (inner,) if inner is not None else ()
        elif current.type not in ("comment", "string_start", "string_end"):
            yield current


def _written(text: Site) -> str:
    """The literals of a template, one after another."""
    return "".join(_plain(text.module.text(n)) for n in inside(text.node) if n.type == "string_content")


def _plain(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\t", "\t")

"""What is written around the values that are put into a text, in Java: sums and formats; advisors of Spring AI."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.delimiters import NOT_READ, Composition, Part, delimited_of, parts_of, whole_of
from prodworks_cli.sources.calls.flows import RETRIEVED
from prodworks_cli.sources.java.flow import Flow, Trace
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.sites import CallSite
from prodworks_cli.sources.java.syntax import Module

_SUMS = ("binary_expression", "parenthesized_expression")
_ADVISORS = re.compile(rb"QuestionAnswerAdvisor|RetrievalAugmentationAdvisor")
_OWN_TEMPLATES = re.compile(
    rb"\.\s*(?:promptTemplate|queryAugmenter|userTextAdvise)\s*\(|new\s+QuestionAnswerAdvisor\s*\([^;]*,"
)


class Delimiters:
    """Tells whether retrieved texts are marked in the requests."""

    def __init__(self, repository: Repository, flow: Flow) -> None:
        self._repository = repository
        self._flow = flow

    def of(self, call: CallSite, said: Trace, system: Trace) -> bool | Unknown | None:
        """Whether they are; the templates of Spring's advisors put lines around them unless they are replaced."""
        if call.library == "spring" and _ADVISORS.search(call.module.data):
            return NOT_READ if _OWN_TEMPLATES.search(call.module.data) else not system.kinds(RETRIEVED)
        found = list(self._compositions(said))
        if said.kinds(RETRIEVED) and not any(p.trace.kinds(RETRIEVED) for c in found for p in c.parts or ()):
            return Unknown("how retrieved texts are put into the prompt is not followed")
        return delimited_of(said, system, found)

    def _compositions(self, trace: Trace) -> Iterator[Composition]:
        for path in sorted({path for path, _ in trace.composed}):
            module = self._repository.module(path)
            wanted = {number for other, number in trace.composed if other == path}
            known: dict[int, list[Part] | None] = {}
            for node in (n for n in module.of_type("binary_expression") if n.id in wanted):
                whole = whole_of(module, node, _SUMS)
                if whole.id not in known:
                    known[whole.id] = self._parts(module, whole)
                yield Composition((path, node.id), known[whole.id])

    def _parts(self, module: Module, node: Syntax) -> list[Part] | None:
        return parts_of(_flat(module, node), lambda value: self._flow.of(module, value))


def _flat(module: Module, node: Syntax) -> Iterator[str | Syntax]:
    """The written texts and the values of a sum, in order."""
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type in _SUMS:
            stack.extend(reversed(current.named_children))
        elif current.type == "string_literal":
            yield module.string(current) or ""
        else:
            yield current

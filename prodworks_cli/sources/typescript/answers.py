"""What becomes of an answer: taken for data and checked, or shown as text; and what is asked, whether it is bounded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.flows import Path
from prodworks_cli.sources.typescript.handlers import Handlers
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.response import Reach
from prodworks_cli.sources.typescript.sites import CallSite
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

_STRUCTURED = (
    "generateObject",
    "streamObject",
    "chat.completions.parse",
    "beta.chat.completions.parse",
    "responses.parse",
)
_OUTPUTS = ("output", "experimental_output", "response_format", "outputConfig")
_VALIDATES = re.compile(r"^(?:parse|safeParse|parseAsync|safeParseAsync|validate\w*|Check)$")
# Members of a response under which the answer is, and not the envelope of the API around it.
_ANSWERS = frozenset(
    {"text", "content", "completion", "generation", "outputText", "message", "generated_text", "output_text", "answer"}
    | {"completions", "delta", "textStream", "toolUse", "input"}
)
_STREAMS = ("invoke_agent", "invoke_inline_agent", "invoke_flow")
# Calls that cut a text, or count it, by their name.
_BOUNDS = re.compile(r"truncat|countTokens|limitTokens|trimMessages|clampText|tokenLimit|maxLength", re.IGNORECASE)
_CUTS = frozenset({"slice", "substring", "substr"})
ELSEWHERE = Unknown("the stream is read by code that is not followed")


class Answers:
    """Looks at the code that can see a response. ``taken_from`` tells the members of one of which a value is made."""

    def __init__(self, taken_from: Callable[[Site, Site], list[Path]], handlers: Handlers) -> None:
        self._taken_from = taken_from
        self._handlers = handlers

    def of(self, call: CallSite, reach: Reach) -> dict[str, Drafted]:
        """The use of the answer, its check, the errors of a stream, and the bound of what is asked."""
        parsed, checked = self._taken(call, reach)
        structured = call.api in _STRUCTURED or _asks_for_data(call)
        use: Drafted = "json" if structured or parsed or checked else reach.leaves or "text"
        validated: Drafted = structured or checked if use == "json" else None
        return {
            "output_use": use,
            "output_validated": validated if not isinstance(use, Unknown) else use,
            "stream_errors_handled": self._stream(call, reach) if "tream" in call.api or call.api in _STREAMS else None,
            "input_bounded": any(_bounds(site) for site in reach.chain) or reach.leaves or False,
        }

    def _taken(self, call: CallSite, reach: Reach) -> tuple[bool, bool]:
        """Whether the answer is read as JSON, and whether a schema checks it."""
        parsed = checked = False
        for site in reach.bodies:
            for node in site.module.below(site.node, "call_expression"):
                given, name = site.module.arguments(node), last_name(site.module, callee_of(node))
                reads = site.module.text(callee_of(node)) == "JSON.parse"
                if not given or not (reads or _VALIDATES.match(name)):
                    continue
                paths = self._taken_from(Site(site.module, given[0]), call.site)
                if any(_ANSWERS & set(path) for path in paths):
                    parsed, checked = parsed or reads, checked or not reads
        return parsed, checked

    def _stream(self, call: CallSite, reach: Reach) -> bool | Unknown:
        """An error in the middle of a stream is thrown where the stream is read."""
        if call.library == "ai":
            told = any(_has_key(site.module, site.node, "onError") for site in reach.bodies)
            return told or Unknown("the SDK passes an error of the stream on to the page")
        for loop in self._loops(call, reach):
            handled = self._handlers.of(loop)
            return handled if isinstance(handled, Unknown) else bool(handled)
        return ELSEWHERE

    def _loops(self, call: CallSite, reach: Reach) -> Iterator[Site]:
        for site in reach.bodies:
            for loop in site.module.below(site.node, "for_in_statement"):
                right = loop.child_by_field_name("right")
                if right is not None and self._taken_from(Site(site.module, right), call.site):
                    yield Site(site.module, loop)


def _asks_for_data(call: CallSite) -> bool:
    """The request asks for an answer in a schema."""
    request = call.request
    return request is not None and any(_has_key(request.module, request.node, key) for key in _OUTPUTS)


def _has_key(module: Module, scope: Node, key: str) -> bool:
    return any(module.text(p.child_by_field_name("key")) == key for p in module.below(scope, "pair"))


def _bounds(function: Site) -> bool:
    """The function cuts a text, counts it, or asks how long it is."""
    module = function.module
    for call in module.below(function.node, "call_expression"):
        callee, given = callee_of(call), module.arguments(call)
        name = last_name(module, callee)
        if _BOUNDS.search(name) or (name in _CUTS and len(given) > 1 and module.text(given[0]) == "0"):
            return True
        if name == "max" and "string()" in module.text(callee):
            return True
    comparisons = module.below(function.node, "binary_expression")
    return any(re.search(r"\.length\s*>=?\s*(?!0\b)[\w.]+", module.text(c)[:200]) for c in comparisons)

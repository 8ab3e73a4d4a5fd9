"""What becomes of an answer: taken for data and checked, or shown as text; and what is asked, whether it is bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.answers import (
    FORCED,
    PARTS,
    PASSED_ON,
    STREAM_ERRORS,
    STRICT,
    asks_by_schema,
    is_answer,
    streams,
    use_of,
)
from prodworks_cli.sources.calls.flows import FACT, OUTPUT, Path
from prodworks_cli.sources.typescript.bounds import Bounds
from prodworks_cli.sources.typescript.conversations import Conversations
from prodworks_cli.sources.typescript.flow_types import Tracing
from prodworks_cli.sources.typescript.handlers import Handlers
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.response import Reach
from prodworks_cli.sources.typescript.sites import CallSite
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.trace import Tracer

_STRUCTURED = (
    "generateObject",
    "streamObject",
    "chat.completions.parse",
    "beta.chat.completions.parse",
    "responses.parse",
)
_OUTPUTS = ("output", "experimental_output", "response_format", "outputConfig")
_CHOICES = ("toolChoice", "tool_choice")
_NO_SCHEMA = re.compile(r"""output\s*:\s*["']no-schema["']""")
_GIVEN = Unknown("callers decide in which form the answer is asked for")
_ANY_FORMAT: dict[str, Drafted] = {"output_use": _GIVEN, "output_validated": _GIVEN}
_VALIDATES = re.compile(r"^(?:parse|safeParse|parseAsync|safeParseAsync|validate\w*|Check)$")


class Answers:
    """Looks at the code that can see a response."""

    def __init__(self, tracer: Tracer, flow: Tracing, conversations: Conversations) -> None:
        self._tracer = tracer
        self._flow = flow
        self._conversations = conversations
        self._handlers = Handlers(tracer)
        self._bounds = Bounds(tracer, flow)

    def of(self, call: CallSite, reach: Reach) -> dict[str, Drafted]:
        """The use of the answer, its check, the errors of a stream, and the bound of what is asked."""
        data, by_schema = self._format(call)
        read, checked = self._taken(call, reach)
        asked = self._conversations.asked(call)
        return {
            **(use_of(data or read, by_schema or checked, reach.leaves) if data is not None else _ANY_FORMAT),
            "stream_errors_handled": self._stream(call, reach) if streams(call.api) else None,
            "input_bounded": self._bounds.of(reach, asked),
            "history_bounded": self._bounds.of_history(call.api, reach, asked),
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
                paths = self._paths(Site(site.module, given[0]), call.site)
                if any(is_answer(call.api, path) for path in paths):
                    parsed, checked = parsed or reads, checked or not reads
        return parsed, checked

    def _paths(self, value: Site, call: Site) -> list[Path]:
        """The members of the answer of one call of which a value is made."""
        return [leaf.path for leaf in self._flow.of(value).kinds(OUTPUT, FACT) if leaf.root == call.key]

    def _stream(self, call: CallSite, reach: Reach) -> bool | Unknown:
        """An error in the middle of a stream is thrown where the stream is read, or is an event of it."""
        if call.library == "ai":
            told = any(_has_key(site.module, site.node, "onError") for site in reach.bodies)
            return told or Unknown("the SDK passes an error of the stream on to the page")
        for loop in self._loops(call, reach):
            names = loop.module.below(loop.node, "property_identifier", "string_fragment")
            if not STREAM_ERRORS.isdisjoint(loop.module.text(n) for n in names):
                return True
            handled = self._handlers.of(loop)
            return handled if isinstance(handled, Unknown) else bool(handled)
        return reach.leaves or PASSED_ON

    def _loops(self, call: CallSite, reach: Reach) -> Iterator[Site]:
        for site in reach.bodies:
            for loop in site.module.below(site.node, "for_in_statement"):
                right = loop.child_by_field_name("right")
                paths = self._paths(Site(site.module, right), call.site) if right is not None else []
                if any(PARTS.isdisjoint(path) for path in paths):
                    yield Site(site.module, loop)

    def _format(self, call: CallSite) -> tuple[bool | None, bool]:
        """Whether the request asks for data (``None`` where callers decide it), and whether it gives the schema."""
        request = call.request
        pairs = request.module.below(request.node, "pair") if request is not None else ()
        if call.api in _STRUCTURED:
            return True, not (request and any(_NO_SCHEMA.fullmatch(request.module.text(p)) for p in pairs))
        asked = [p.child_by_field_name("value") for p in pairs if _key(request, p) in _OUTPUTS] if request else []
        values = [v for v in asked if v is not None]
        choices = [request.module.text(p) for p in pairs if _key(request, p) in _CHOICES] if request is not None else []
        if request is not None and any(map(FORCED.search, choices)):
            return True, any(STRICT.search(request.module.text(p)) for p in pairs)
        if request is None or not values:
            return False, False
        written = [s.text for v in values for s in self._tracer.sites(request.to(v))]
        return (True, any(map(asks_by_schema, written))) if written else (None, False)


def _key(request: Site, pair: Node) -> str:
    return request.module.text(pair.child_by_field_name("key"))


def _has_key(module: Module, scope: Node, key: str) -> bool:
    return any(module.text(p.child_by_field_name("key")) == key for p in module.below(scope, "pair"))

"""What becomes of an answer: taken for data and checked, or shown as text; and errors in the middle of a stream."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

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
from prodworks_cli.sources.calls.flows import OUTPUT, Path
from prodworks_cli.sources.python.bounds import Asked, Bounds
from prodworks_cli.sources.python.flow_types import Tracing
from prodworks_cli.sources.python.handlers import Handlers
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.response import Reach
from prodworks_cli.sources.python.syntax import Arguments, Module
from prodworks_cli.sources.python.trace import Tracer

_READERS = frozenset({"loads", "literal_eval", "safe_load", "repair_json", "parse_json_markdown", "parse_partial_json"})
_VALIDATES = re.compile(
    r"^(?:model_validate\w*|validate\w*|parse_obj(?:_as)?|parse_raw|is_valid|iter_errors|from_json|structure)$"
)
_CHECKED = ("instance", "obj", "json_data", "data")
_SCHEMAS = re.compile(r"\b(?:BaseModel|RootModel|SQLModel|Struct|Schema|TypedModel)\b")
# Arguments that ask for an answer in a format, and those that always give a schema.
_FORMATS = ("response_format", "outputConfig", "output_config", "output_format", "text", "format")
_TOOLS = ("toolConfig", "tool_choice")
_TYPED = ("response_model", "text_format", "output_type", "response_schema", "output_schema")


class Answers:
    """Looks at the code that can see a response."""

    def __init__(self, tracer: Tracer, flow: Tracing, bounds: Bounds) -> None:
        self._tracer = tracer
        self._flow = flow
        self._bounds = bounds
        self._handlers = Handlers(tracer)
        self._names: dict[str, Collection[str]] = {}

    def of(self, call: Site, api: str, given: Arguments, reach: Reach, asked: Sequence[Asked]) -> dict[str, Drafted]:
        """The use of the answer, its check, the errors of a stream, and the bound of what is asked.

        ``call`` is the node that holds the response; ``asked`` is empty where the request is built elsewhere.
        """
        data, by_schema = _format(call, api, given)
        forced, strict = self._forced(call, given)
        data, by_schema = data or forced, by_schema or strict
        read, checked = self._taken(call, api, reach)
        built = Unknown("the arguments of the call are built elsewhere")
        return {
            **use_of(data or read, by_schema or checked, reach.leaves),
            "stream_errors_handled": self._stream(call, reach) if streams(api) or _asks_stream(given) else None,
            "input_bounded": self._bounds.of(reach, asked) if asked else built,
            "history_bounded": self._bounds.of_history(api, reach, asked) if asked else built,
        }

    def _forced(self, call: Site, given: Arguments) -> tuple[bool, bool]:
        """Whether the model has to answer by the input of a tool, and whether that must keep to its schema."""
        tools = [n for name in _TOOLS if (n := given.keywords.get(name)) is not None]
        texts = [s.text for n in tools for s in (call.to(n), *self._tracer.sites(call.to(n)))]
        return any(map(FORCED.search, texts)), any(FORCED.search(t) and STRICT.search(t) for t in texts)

    def _taken(self, call: Site, api: str, reach: Reach) -> tuple[bool, bool]:
        """Whether the answer is read as JSON, and whether a schema checks it."""
        read = checked = False
        for site in reach.bodies:
            for node in site.module.calls_to(self._taking(site.module), site.node):
                name = site.module.called(node)
                reads, checks = name in _READERS, bool(_VALIDATES.match(name))
                given = _given(site.to(node), checks)
                if any(is_answer(api, path) for value in given for path in self._paths(site.to(value), call)):
                    read, checked = read or reads, checked or (not reads and (checks or self._is_model(site.to(node))))
        return read, checked

    def _taking(self, module: Module) -> Collection[str]:
        """What a file calls that reads JSON, checks it, or may make an object of it."""
        if module.path not in self._names:
            names = (n for n in module.calls if n in _READERS or _VALIDATES.match(n) or n[:1].isupper())
            self._names[module.path] = frozenset(names)
        return self._names[module.path]

    def _is_model(self, made: Site) -> bool:
        """``Order(**data)`` of a class that checks what it is made of."""
        cls = self._tracer.classes.class_of(made)
        return cls is not None and bool(_SCHEMAS.search(cls.module.text(cls.node.child_by_field_name("superclasses"))))

    def _paths(self, value: Site, call: Site) -> Iterator[Path]:
        """The members of the answer of one call of which a value is made."""
        root = (call.module.path, call.node.id)
        yield from (leaf.path for leaf in self._flow.of(value).kinds(OUTPUT) if leaf.root == root)

    def _stream(self, call: Site, reach: Reach) -> bool | Unknown:
        """An error in the middle of a stream is thrown where the stream is read, or is an event of it."""
        for loop in self._loops(call, reach):
            texts = (loop.module.text(n) for n in loop.module.below(loop.node, "string_content"))
            if not STREAM_ERRORS.isdisjoint(texts):
                return True
            handled = self._handlers.of(loop.module, loop.node)
            return handled if isinstance(handled, Unknown) else bool(handled)
        return reach.leaves or PASSED_ON

    def _loops(self, call: Site, reach: Reach) -> Iterator[Site]:
        for site in reach.bodies:
            for loop in site.module.below(site.node, "for_statement", "for_in_clause"):
                right = loop.child_by_field_name("right")
                if right is not None and any(PARTS.isdisjoint(p) for p in self._paths(site.to(right), call)):
                    yield site.to(loop)


def _given(call: Site, checks: bool) -> Iterator[Node]:
    """What a reader of JSON or a schema is given; of a class only what is unpacked into it."""
    given = call.module.arguments(call.node)
    name = call.module.called(call.node)
    if not checks and name[:1].isupper():
        yield from given.splats
        return
    yield from given.positional[:2]
    yield from (n for k in _CHECKED if (n := given.keywords.get(k)) is not None)


def _format(call: Site, api: str, given: Arguments) -> tuple[bool, bool]:
    """Whether the request asks for data, and whether it gives the schema of it."""
    if api.endswith(".parse") or any(name in given.keywords for name in _TYPED):
        return True, True
    texts = [call.module.text(n) for name in _FORMATS if (n := given.keywords.get(name)) is not None]
    asked = [t for t in texts if "json" in t or (t[:1].isupper() and t != "None") or "schema" in t]
    return bool(asked), any(asks_by_schema(t) for t in asked)


def _asks_stream(given: Arguments) -> bool:
    node = given.keywords.get("stream")
    return node is not None and node.type == "true"

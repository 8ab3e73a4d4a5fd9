"""What becomes of an answer: taken for data and checked, or shown as text; and errors in the middle of a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.answers import ANSWERS, PASSED_ON, streams, use_of
from prodworks_cli.sources.calls.flows import OUTPUT
from prodworks_cli.sources.java.bounds import Bounds, declared
from prodworks_cli.sources.java.flow import Flow
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.response import Body, Responses
from prodworks_cli.sources.java.sites import OPERATIONS, CallSite, type_of
from prodworks_cli.sources.java.syntax import Module
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.trees import inside

_READERS = words("readValue readTree fromJson parseString parseObject parseReader toJsonNode")
_MADE = words("JSONObject JSONArray JsonObject JsonArray")
_VALIDATES = re.compile(r"^validate\w*$")
_CONVERTERS = words("BeanOutputConverter StructuredOutputConverter")
# Classes that take any JSON.
_OPEN = words("JsonNode ObjectNode ArrayNode Map HashMap LinkedHashMap Object List String JsonObject JsonElement")
_REQUIRED = re.compile(r"@(?:NotNull|NotBlank|NotEmpty)\b|required\s*=\s*true|requireNonNull")
_FORMATS = frozenset({"responseFormat", "outputConfig", "outputFormat"})
# Calls whose body is the envelope of the API: only a member of it is the answer.
_ENVELOPES = ("invoke_model", "invoke_endpoint", "http")
_CAUGHT = frozenset({"onErrorResume", "onErrorReturn", "onErrorComplete", "onErrorMap", "exceptionally", "handle"})
_HANDLERS = frozenset({"subscriber", "onEventStream", "visitor", "onResponse"})
TYPED = Unknown("the class that an answer is read into checks its types, and not what is missing")
MAX_STEPS = 4


class Answers:
    """Looks at the code that can see a response."""

    def __init__(self, repository: Repository, responses: Responses, flow: Flow) -> None:
        self._repository = repository
        self._responses = responses
        self._flow = flow
        self._bounds = Bounds(repository, flow)

    def of(self, call: CallSite, bodies: Sequence[Body], asked: Sequence[Body]) -> dict[str, Drafted]:
        """The use of the answer, its check, the errors of a stream, and the bound of what is asked."""
        by_schema = _asks_for_data(call)
        read, checked = self._taken(call, bodies)
        return {
            **use_of(by_schema or read, by_schema or checked, None),
            "stream_errors_handled": self._stream(call, bodies) if _streams(call) else None,
            "input_bounded": self._bounds.of(bodies, asked),
            "history_bounded": self._bounds.of_history(call, bodies, asked),
        }

    def _taken(self, call: CallSite, bodies: Sequence[Body]) -> tuple[bool, bool | Unknown]:
        """Whether the answer is read as JSON, and whether a schema or a class checks it."""
        read, checks = False, set[bool | Unknown]()
        for body in bodies:
            module = body.module
            for node in module.below(body.node, "method_invocation", "object_creation_expression"):
                kind = _kind(module, node)
                if kind is None or not any(self._is_answer(call, module, a) for a in module.arguments(node)[:1]):
                    continue
                read = read or kind == "reads"
                checks.add(self._by_class(module, node) if kind == "reads" else True)
        return read, True if True in checks else next((c for c in checks if isinstance(c, Unknown)), False)

    def _is_answer(self, call: CallSite, module: Module, value: Syntax) -> bool:
        roots = {leaf.root for leaf in self._flow.of(module, value).kinds(OUTPUT)}
        if (call.module.path, call.node.id) not in roots:
            return False
        return not call.api.startswith(_ENVELOPES) or _takes_member(module, value, MAX_STEPS)

    def _by_class(self, module: Module, reader: Syntax) -> bool | Unknown:
        """What the class checks into which JSON is read."""
        named = [module.text(n) for a in module.arguments(reader)[1:] for n in inside(a) if n.type == "type_identifier"]
        literals = (a for a in module.arguments(reader)[1:] if a.type == "class_literal")
        named += [module.text(a).removesuffix(".class") for a in literals]
        own = [n for n in named if n not in _OPEN and n != "TypeReference"]
        if not own:
            return False
        found = (home.text(cls) for name in own for home, cls in declared(self._repository, module, name))
        return True if any(_REQUIRED.search(text) for text in found) else TYPED

    def _stream(self, call: CallSite, bodies: Sequence[Body]) -> bool | Unknown:
        """An error in the middle of a stream reaches its handler, or the future that the call returns."""
        module = call.module
        for above in module.ancestors(call.node):
            if above.type == "method_invocation" and module.name(above) in _CAUGHT:
                return True
            if above.type == "method_invocation" and module.name(above) == "subscribe":
                return len(module.arguments(above)) > 1
        if call.library == "spring":
            return PASSED_ON
        names = {b.module.name(n) for b in bodies for n in b.module.below(b.node, "method_invocation")}
        if "onError" in names:
            return True
        handled = self._responses.handled(call)
        if isinstance(handled, Unknown) or handled:
            return handled if isinstance(handled, Unknown) else True
        return False if names & _HANDLERS else PASSED_ON


def _streams(call: CallSite) -> bool:
    return streams(call.api) or call.api.endswith((".stream", "Streaming"))


def _asks_for_data(call: CallSite) -> bool:
    """The answer is asked for in a schema: ``call().entity(Order.class)``, ``responseFormat(Order.class)``."""
    module = call.module
    above = module.parent(call.node)
    if call.library == "spring" and above is not None and module.name(above) in ("entity", "responseEntity"):
        return True
    set_ = (n for n in module.below(call.node, "method_invocation") if module.name(n) in _FORMATS)
    return any("json_object" not in module.text(n).lower() for n in set_)


def _kind(module: Module, node: Syntax) -> str | None:
    """What a call does with a text: it ``reads`` or ``checks`` it."""
    if node.type == "object_creation_expression":
        return "reads" if module.text(node.child_by_field_name("type")) in _MADE else None
    name = module.name(node)
    if name in _READERS:
        return "reads"
    converts = name == "convert" and type_of(module, node.child_by_field_name("object")) in _CONVERTERS
    return "checks" if converts or _VALIDATES.match(name) else None


def _takes_member(module: Module, value: Syntax, steps: int) -> bool:
    """A member of the envelope is taken on the way: ``get("content")``, ``getString("completion")``."""
    invocations = module.below(value, "method_invocation")
    if any(module.name(n) in OPERATIONS for n in invocations):
        return False  # the call of the model itself: what stands in it is the request
    if any(module.string(a) in ANSWERS for n in invocations for a in module.arguments(n)):
        return True
    held = (module.lookup(value, module.text(n)) for n in _names(module, value)) if steps else ()
    return any(v is not None and v.value is not None and _takes_member(module, v.value, steps - 1) for v in held)


def _names(module: Module, value: Syntax) -> Iterator[Syntax]:
    """The variables in an expression, without the names of methods and members."""
    for node in inside(value):
        above = module.parent(node) if node.type == "identifier" else None
        if above is not None and (above.type not in ("method_invocation", "field_access") or _is_object(above, node)):
            yield node


def _is_object(above: Syntax, node: Syntax) -> bool:
    return above.child_by_field_name("object") == node

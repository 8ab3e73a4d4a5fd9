"""What becomes of a response: whether its token usage and its stop reason are read, and whether the call is traced.

The code that can see a response is the function around the call, the functions of the repository that it calls, and
its callers up to the entry points. Reading a field anywhere in there counts. A response that is returned to code
outside the repository leaves the question open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.python.places import Site, is_entry
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.trace import Tracer

MAX_CALLERS = 5
MAX_HELPERS = 3
USAGE = frozenset(
    {
        "usage", "inputTokens", "outputTokens", "input_tokens", "output_tokens", "usage_metadata", "totalTokens",
        "amazon-bedrock-invocationMetrics", "inputTokenCount", "outputTokenCount", "accumulated_usage",
        "x-amzn-bedrock-input-token-count", "x-amzn-bedrock-output-token-count", "prompt_tokens", "inputTextTokenCount",
    }
)  # fmt: skip
STOP_FIELDS = frozenset({"stopReason", "stop_reason", "finish_reason", "completionReason", "guardrailAction"})
STOP_NAMES = frozenset(
    {
        "max_tokens", "guardrail_intervened", "content_filtered", "end_turn", "tool_use", "stop_sequence", "length",
        "malformed_tool_use", "model_context_window_exceeded", "INTERVENED", "refusal",
    }
)  # fmt: skip
GOOD_ENDS = frozenset({"end_turn", "stop", "tool_use"})
BAD_ENDS = ("content_filtered", "guardrail_intervened", "max_tokens", "model_context_window_exceeded")
SPANS = frozenset({"start_as_current_span", "start_span", "in_subsegment", "in_segment", "provider", "capture", "span"})
TRACING_DECORATORS = frozenset(
    {"capture_method", "capture_lambda_handler", "observe", "traceable", "start_as_current_span", "capture"}
)
# Parts of the names of instrumentors that see model calls: OpenTelemetry, OpenInference, Traceloop.
_INSTRUMENTED = (
    *("Botocore", "Boto3", "Bedrock", "Langchain", "LangChain", "Strands", "LiteLLM", "Anthropic", "OpenAI"),
    *("GoogleGenAI", "GoogleGenerativeAI", "VertexAI", "MistralAI", "Groq", "Cohere", "LlamaIndex", "CrewAI", "DSPy"),
    *("Haystack", "Smolagents", "Agno", "PydanticAI", "Instructor", "Autogen"),
)
LAUNCHER = b"opentelemetry-instrument"
WRAPPED = "a wrapper instruments some function; which one runs this code is not followed"
NO_USAGE = ("invoke_flow", "invoke_agent_runtime", "retrieve_and_generate")


@dataclass(frozen=True)
class Reach:
    """The functions that can see a response. ``leaves`` says why some of it may be read elsewhere."""

    bodies: tuple[Site, ...]
    chain: tuple[Site, ...]
    leaves: Unknown | None


class Responses:
    """Answers about the responses of calls."""

    def __init__(self, repository: Repository, tracer: Tracer, wrapped: bool = False) -> None:
        """``wrapped`` says that IaC launches some function with a wrapper that instruments it."""
        self._repository = repository
        self._tracer = tracer
        self._instrumented = _instrumentor(repository)
        self._wrapped = wrapped
        self._launches: dict[str, bool] = {}
        self._known: dict[object, Sequence[Site]] = {}
        self._read: dict[tuple[int, frozenset[str]], bool] = {}
        self._told: dict[int, frozenset[str]] = {}

    def reach(self, call: Site) -> Reach:
        """Where the response of a call can be seen."""
        function = call.module.function(call.node)
        if function is None:
            return Reach((call.to(call.module.root),), (), None)
        chain, leaves = self._chain(Site(call.module, function), _returned_whole(call, function))
        return Reach(self._with_helpers(chain), chain, leaves)

    def _with_helpers(self, chain: Sequence[Site]) -> tuple[Site, ...]:
        """The functions with those that they call, a few steps deep."""
        found = list(chain)
        seen = {(s.module.path, s.node.id) for s in found}
        fresh: Sequence[Site] = chain
        for _ in range(MAX_HELPERS):
            called = [h for f in fresh for h in self._called(f)]
            fresh = [h for h in called if (h.module.path, h.node.id) not in seen]
            fresh = list({(h.module.path, h.node.id): h for h in fresh}.values())
            seen |= {(h.module.path, h.node.id) for h in fresh}
            found += fresh
        return tuple(found)

    def _chain(self, function: Site, whole: bool) -> tuple[tuple[Site, ...], Unknown | None]:
        """The function and its callers, and whether the response leaves the repository whole."""
        found, pending, leaves = [function], [(function, 0)], None
        while pending:
            current, depth = pending.pop()
            callers = self._tracer.callers(current.module, current.node)
            if not callers and whole and not is_entry(current.module, current.node):
                name = current.module.name(current.node)
                leaves = Unknown(f"the response is returned by {name}, whose callers are not in the repository")
            for caller, _ in callers if depth < MAX_CALLERS else ():
                above = caller.module.function(caller.node)
                site = Site(caller.module, above if above is not None else caller.module.root)
                if all(s.node.id != site.node.id or s.module is not site.module for s in found):
                    found.append(site)
                    pending.extend([(site, depth + 1)] if above is not None else [])
        return tuple(found), leaves

    def _called(self, function: Site) -> Sequence[Site]:
        """The helpers of a function; sought once, since calls share them."""
        if function.key not in self._known:
            self._known[function.key] = tuple(self._helpers(function))
        return self._known[function.key]

    def _helpers(self, function: Site) -> Iterator[Site]:
        """Functions of the repository that a function calls directly."""
        for node in function.module.below(function.node, "call"):
            callee = self._tracer.callee(function.to(node), node.child_by_field_name("function"))
            if callee is not None and callee.node.type == "function_definition":
                yield callee

    def usage_recorded(self, api: str, reach: Reach, aws: bool = False) -> bool | Unknown:
        """Whether the token counts are read; unknown where the API reports none or the response leaves."""
        if api.startswith(NO_USAGE):
            return Unknown(f"{api} reports no usage")
        launched = self._launched(reach.bodies[0].module.path) if aws and reach.bodies else False
        if self._instrumented or launched is True or any(self._reads(site, USAGE) for site in reach.bodies):
            return True
        return reach.leaves or launched

    def usage_read(self, place: Site) -> bool:
        """Whether the file of a model object reads token counts, which a framework hands on with its answers."""
        return self._reads(place.to(place.module.root), USAGE)

    def _reads(self, body: Site, names: frozenset[str]) -> bool:
        """Whether a function reads a key or an attribute of one of the names; calls share the functions around them."""
        key = (body.node.id, names)
        if key not in self._read:
            self._read[key] = _reads(body, names)
        return self._read[key]

    def _ends(self, body: Site) -> frozenset[str]:
        """The stop reasons that a function tells apart."""
        if body.node.id not in self._told:
            named = frozenset(_literals(body))
            self._told[body.node.id] = named | set(BAD_ENDS if _compared_away(body) else ())
        return self._told[body.node.id]

    def stop_reasons(self, reach: Reach) -> tuple[str, ...] | Unknown:
        """The stop reasons that the code tells apart; all bad ends where it compares with a good one."""
        if not any(self._reads(site, STOP_FIELDS) for site in reach.bodies):
            return reach.leaves or ()
        return tuple(sorted(frozenset().union(*map(self._ends, reach.bodies))))

    def instrumented(self, call: Site, reach: Reach, aws: bool = False) -> bool | Unknown:
        """Whether a span or an instrumentor covers the call; launchers instrument the AWS SDK (``aws``)."""
        if self._instrumented or _in_span(call) or any(_decorated(site) for site in reach.chain):
            return True
        return self._launched(call.module.path) if aws else False

    def automatic(self, call: Site, aws: bool = False) -> bool:
        """Whether a library makes the span of a call by itself, by the conventions for GenAI."""
        return self._instrumented or (aws and self._launched(call.module.path) is True)

    def _launched(self, path: str) -> bool | Unknown:
        """Whether the program is launched with instrumentation."""
        folder = path.rpartition("/")[0]
        if folder not in self._launches:
            self._launches[folder] = self._repository.holds_near(path, LAUNCHER)
        return self._launches[folder] or (Unknown(WRAPPED) if self._wrapped else False)


def _returned_whole(call: Site, function: Node) -> bool:
    """The response itself is returned or yielded: directly, or through the variable that holds it."""
    above = call.module.parent(call.node)
    while above is not None and above.type in ("await", "parenthesized_expression"):
        above = call.module.parent(above)
    if above is None:
        return False
    if above.type in ("return_statement", "yield", "lambda"):
        return True
    if above.type != "assignment":
        return above.type not in ("subscript", "attribute", "expression_statement")
    name = call.module.text(above.child_by_field_name("left"))
    return any(
        any(child.type == "identifier" and call.module.text(child) == name for child in node.named_children)
        for node in call.module.below(function, "return_statement", "yield")
    )


def _literals(site: Site) -> Iterator[str]:
    """Stop reasons in the code, without the keys of request bodies: ``{"max_tokens": 400}`` handles no stop reason."""
    for node in site.module.below(site.node, "string_content"):
        text = site.module.text(node)
        if text in STOP_NAMES and not _names_a_setting(site.module, node):
            yield text


def _names_a_setting(module: Module, content: Node) -> bool:
    """The text is the key of an entry whose value is no text, or a key that is assigned to."""
    text = module.parent(content)
    above = module.parent(text) if text is not None else None
    if above is None or text is None:
        return False
    if above.type == "pair":
        value = above.child_by_field_name("value")
        return text == above.child_by_field_name("key") and (value is None or value.type != "string")
    target = module.parent(above)
    return above.type == "subscript" and target is not None and target.child_by_field_name("left") == above


def _reads(site: Site, names: frozenset[str]) -> bool:
    """A key or an attribute of one of the names is read."""
    module = site.module
    if not module.holds(*(name.encode() for name in names)):
        return False
    if any(last_name(module, node) in names for node in module.below(site.node, "attribute")):
        return True
    texts = module.below(site.node, "string_content")
    return any(module.text(node) in names and _is_key(module, node) for node in texts)


def compares(site: Site, names: frozenset[str]) -> bool:
    """An attribute of one of the names is tested."""
    tests = ("comparison_operator", "not_operator", "if_statement", "boolean_operator", "conditional_expression")
    return any(
        last_name(site.module, node) in names
        and (above := site.module.parent(node)) is not None
        and above.type in tests
        for node in site.module.below(site.node, "attribute")
    )


def _is_key(module: Module, content: Node) -> bool:
    """The text is the key of a subscript or the first argument of a call such as ``get``, or tested with ``in``."""
    text = module.parent(content)
    above = module.parent(text) if text is not None else None
    if above is None or text is None:
        return False
    if above.type == "argument_list":
        call = module.parent(above)
        return call is not None and module.called(call) in ("get", "pop")
    return above.type in ("subscript", "comparison_operator")


def _compared_away(site: Site) -> bool:
    """``stop_reason != "end_turn"``: everything but the good end is treated."""
    for node in site.module.below(site.node, "comparison_operator"):
        if any(c.type in ("!=", "not in") for c in node.children):
            words = {site.module.text(n) for n in site.module.below(node, "string_content")}
            if words & GOOD_ENDS:
                return True
    return False


def _in_span(call: Site) -> bool:
    for above in call.module.ancestors(call.node):
        if above.type == "with_statement":
            opened = [n for clause in above.children if clause.type == "with_clause" for n in inside(clause)]
            names = {call.module.called(n) for n in opened if n.type == "call"}
            if names & SPANS:
                return True
    return False


def _decorated(function: Site) -> bool:
    return any(
        _decorator_name(function.module, d) in TRACING_DECORATORS for d in function.module.decorators(function.node)
    )


def _decorator_name(module: Module, decorator: Node) -> str:
    callee = decorator.child_by_field_name("function") if decorator.type == "call" else decorator
    return last_name(module, callee)


def _instrumentor(repository: Repository) -> bool:
    """Something at start instruments every call of the SDK or the framework."""
    for module in repository.containing(b"Instrumentor", b"Traceloop", b"patch_all", b"StrandsTelemetry"):
        for call in module.of_type("call"):
            callee = module.text(call.child_by_field_name("function"))
            if callee.endswith(("Traceloop.init", "patch_all", "StrandsTelemetry")):
                return True
            if callee.endswith(".instrument") and _instruments_models(callee):
                return True
    return False


def _instruments_models(callee: str) -> bool:
    return any(part in callee for part in _INSTRUMENTED)

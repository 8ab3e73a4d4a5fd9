"""What becomes of a response: whether its token usage and stop reason are read, and whether the call is traced.

The code that can see a response is the function around the call, the functions of the repository that it calls, and
its callers up to the entry points. Reading a field anywhere in there counts. A response that is returned to code
outside the repository leaves the question open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.responses import (
    BAD_ENDS,
    GOOD_ENDS,
    STOP_FIELDS,
    STOP_NAMES,
    USAGE,
    reports_end,
    reports_usage,
)
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.callers import ENTRIES
from prodworks_cli.sources.typescript.kinds import FUNCTIONS, TRANSPARENT
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.sites import CallSite
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name, string_of
from prodworks_cli.sources.typescript.trace import Tracer

MAX_CALLERS = 5
MAX_HELPERS = 3
MAX_BODIES = 30
# Calls that run their callback inside a span, and methods that open one before the code after them.
SPANS = frozenset(
    {"startActiveSpan", "startActiveObservation", "withSpan", "withActiveSpan", "captureAsyncFunc", "observe"}
    | {"traceable", "startSpan", "startObservation", "generation", "addNewSubsegment", "captureAWSv3Client"}
    | {"captureAWSClient", "observeOpenAI", "wrapAISDK", "wrapOpenAI"}
)
TRACING_DECORATORS = frozenset({"captureMethod", "captureLambdaHandler", "Span", "traceable", "observe", "Traced"})
_INSTRUMENTS = re.compile(
    rb"AwsInstrumentation|getNodeAutoInstrumentations|auto-instrumentations-node|Traceloop|traceloop|OpenInference"
)
# Methods of the language's own objects, which are no helpers of the repository.
_BUILT_IN = frozenset(
    {
        "map", "filter", "forEach", "find", "some", "every", "reduce", "push", "join", "slice", "split", "trim", "then",
        "replace", "includes", "startsWith", "endsWith", "keys", "values", "entries", "stringify", "parse", "error",
        "warn", "info", "debug", "catch", "finally", "isArray", "now", "toString", "json", "send", "set", "get", "has",
        "test", "match", "toLowerCase", "toUpperCase", "concat", "flat", "flatMap", "sort", "string", "object",
        "optional", "min", "max",
    }
)  # fmt: skip
_STOPS = re.compile(rb"(?:stop|finish|completion)_?[rR]eason\s*[!=]==?")
# Functions that are named after pictures.
_DRAWS = re.compile(r"[iI]mage|[vV]ideo|[pP]icture")
_AWS_INSTRUMENTORS = frozenset({"AwsInstrumentation", "getNodeAutoInstrumentations"})


@dataclass(frozen=True)
class Reach:
    """The functions that can see a response. ``leaves`` says why some of it may be read elsewhere."""

    bodies: tuple[Site, ...]
    chain: tuple[Site, ...]
    leaves: Unknown | None


class Responses:
    """Answers about the responses of calls."""

    def __init__(self, repository: Repository, tracer: Tracer, belongs: Callable[[Site, Site], bool]) -> None:
        self._belongs = belongs
        self._repository = repository
        self._tracer = tracer
        self._aws, self._all = _instrumentors(repository)

    def reach(self, call: Site) -> Reach:
        """Where the response of a call can be seen."""
        function = call.module.function(call.node)
        if function is None:
            return Reach((call.to(call.module.root),), (), None)
        chain, leaves = self._chain(Site(call.module, function), _returned_whole(call, function))
        return Reach(self._with_helpers(chain), chain, leaves)

    def _chain(self, function: Site, whole: bool) -> tuple[tuple[Site, ...], Unknown | None]:
        """The function and its callers, and whether the response leaves the repository whole."""
        found, pending, leaves = {function.key: function}, [(function, 0)], None
        while pending:
            current, depth = pending.pop()
            callers = self._tracer.callers(current.module, current.node)
            name = current.module.name(current.node)
            if not callers and whole and (name not in ENTRIES or callers is None):
                leaves = Unknown(f"the response is returned by {name}, whose callers are not known")
            for caller, _ in callers or () if depth < MAX_CALLERS else ():
                above = caller.module.function(caller.node)
                site = Site(caller.module, above if above is not None else caller.module.root)
                if site.key not in found and len(found) < MAX_BODIES:
                    found[site.key] = site
                    pending.extend([(site, depth + 1)] if above is not None else [])
        return tuple(found.values()), leaves

    def _with_helpers(self, chain: Sequence[Site]) -> tuple[Site, ...]:
        """The functions with those that they call, a few steps deep."""
        found = {s.key: s for s in chain}
        fresh: Sequence[Site] = chain
        for _ in range(MAX_HELPERS):
            called = {h.key: h for f in fresh for h in self._helpers(f) if h.key not in found}
            fresh = list(called.values())[: max(MAX_BODIES - len(found), 0)]
            found.update((h.key, h) for h in fresh)
        return tuple(found.values())

    def _helpers(self, function: Site) -> Iterator[Site]:
        for node in function.module.below(function.node, "call_expression"):
            callee = callee_of(node)
            if callee is None or (
                callee.type == "member_expression" and last_name(function.module, callee) in _BUILT_IN
            ):
                continue
            yield from self._tracer.callees(Site(function.module, node))

    def usage_recorded(self, call: CallSite, reach: Reach) -> bool | Unknown:
        """Whether the token counts are read; unknown where the API reports none or the response leaves."""
        drawn = call.api.startswith("invoke_model") and _DRAWS.search(call.site.module.qualified(call.site.node))
        if not reports_usage(call.api) or drawn:
            return Unknown(
                f"{call.api} reports no usage" if not drawn else "a model of images or videos reports no usage"
            )
        if self.automatic(call.library) or any(self._reads(call, site, USAGE) for site in reach.bodies):
            return True
        return reach.leaves or False

    def _reads(self, call: CallSite, body: Site, names: frozenset[str]) -> bool:
        """A member of one of the names is read, of the response of this call as far as that can be told."""
        return any(self._belongs(holder, call.site) for holder in _readers(body, names))

    def stop_reasons(self, call: CallSite, reach: Reach) -> tuple[str, ...] | Unknown:
        """The stop reasons that the code tells apart; all bad ends where it compares with a good one.

        A reason that is read and handed on may be told apart anywhere in the repository, such as in its front end.
        """
        if not reports_end(call.api):
            return Unknown(f"{call.api} reports no stop reason")
        if not any(self._reads(call, site, STOP_FIELDS) for site in reach.bodies):
            return reach.leaves or ()
        named = {n for site in reach.bodies for text in _literals(site) for n in STOP_NAMES.get(text, ())}
        negated = any(_compared_away(site) for site in reach.bodies)
        if not named and not negated:
            named = self._told_apart_elsewhere
        return tuple(sorted(named | set(BAD_ENDS if negated else ())))

    @cached_property
    def _told_apart_elsewhere(self) -> set[str]:
        """Stop reasons with which code anywhere in the repository compares one that it was handed."""
        found: set[str] = set()
        for module in self._repository.matching(_STOPS, b"eason"):
            for node in module.of_type("binary_expression"):
                if not any(field in module.text(node) for field in STOP_FIELDS):
                    continue
                fields = {module.text(n) for n in inside(node) if n.type in ("identifier", "property_identifier")}
                if fields & STOP_FIELDS:
                    found |= {n for c in node.named_children for n in STOP_NAMES.get(string_of(module, c), ())}
        return found

    def instrumented(self, call: Site, client: Site | Unknown, library: str, reach: Reach) -> bool:
        """Whether a span or an instrumentor covers the call."""
        spans = _in_span(call) or (isinstance(client, Site) and client.node != call.node and _in_span(client))
        return self.automatic(library) or spans or any(_traced(site) for site in reach.chain)

    def automatic(self, library: str) -> bool:
        """Whether a library makes the spans of its calls by itself, by the conventions for GenAI."""
        return self._all or (self._aws and library == "aws")


def _returned_whole(call: Site, function: Node) -> bool:
    """The response itself is returned or yielded: directly, through a callback, or through a variable that holds it."""
    module, node = call.module, call.node
    for above in module.ancestors(call.node):
        if above.id == function.id:
            return above.type == "arrow_function"
        if above.type == "variable_declarator":
            name = module.text(above.child_by_field_name("name"))
            returns = module.below(function, "return_statement", "yield_expression")
            return any(_bare(module, r) == name for r in returns)
        if above.type in ("return_statement", "yield_expression"):
            inner = next((a for a in module.ancestors(above) if a.type in FUNCTIONS), function)
            if inner.id == function.id:
                return True
        elif above.type in ("member_expression", "expression_statement", "object", "assignment_expression"):
            return False
        node = above
    return node is None


def _bare(module: Module, statement: Node) -> str:
    value = statement.named_children[0] if statement.named_children else None
    while value is not None and value.type in TRANSPARENT and value.named_children:
        value = value.named_children[0]
    return module.text(value) if value is not None and value.type == "identifier" else ""


_READS = ("member_expression", "shorthand_property_identifier_pattern", "pair_pattern", "subscript_expression")


def _readers(site: Site, names: frozenset[str]) -> Iterator[Site]:
    """The expressions of which a member of one of the names is read, also by destructuring."""
    module = site.module
    for node in module.below(site.node, *_READS):
        if node.type == "member_expression" and last_name(module, node) in names:
            above = module.parent(node)
            if above is None or above.type != "assignment_expression" or above.child_by_field_name("left") != node:
                yield _holder(module, node)
        elif (
            (node.type == "shorthand_property_identifier_pattern" and module.text(node) in names)
            or (node.type == "pair_pattern" and module.text(node.child_by_field_name("key")) in names)
            or (node.type == "subscript_expression" and string_of(module, node.child_by_field_name("index")) in names)
        ):
            yield _holder(module, node)


def _holder(module: Module, read: Node) -> Site:
    """What a member is read of: the object, or the value that a pattern takes apart; else the read itself."""
    target = read.child_by_field_name("object")
    if target is not None:
        return Site(module, target)
    above = next((a for a in module.ancestors(read) if a.type in ("variable_declarator", *FUNCTIONS)), None)
    value = above.child_by_field_name("value") if above is not None and above.type == "variable_declarator" else None
    return Site(module, value if value is not None else read)


def _literals(site: Site) -> Iterator[str]:
    """Texts in the code, and keys of tables of texts; ``{ max_tokens: 400 }`` handles no stop reason."""
    module = site.module
    for node in module.below(site.node, "string", "property_identifier"):
        above = module.parent(node)
        pair = above is not None and above.type == "pair"
        value = above.child_by_field_name("value") if pair and above is not None else None
        if node.type == "string" and (not pair or node == value or (value is not None and _is_text(value))):
            yield string_of(module, node)
        elif node.type == "property_identifier" and pair and value is not None and _is_text(value):
            yield module.text(node)


def _is_text(node: Node) -> bool:
    return node.type in ("string", "template_string")


def _compared_away(site: Site) -> bool:
    """``stopReason !== "end_turn"``: everything but the good end is treated."""
    for node in site.module.below(site.node, "binary_expression"):
        away = any(c.type in ("!==", "!=") for c in node.children)
        if away and {string_of(site.module, n) for n in node.named_children} & GOOD_ENDS:
            return True
    return False


def _in_span(call: Site) -> bool:
    """The expression is an argument of a call that opens a span, or its function opens one before it."""
    module = call.module
    for above in module.ancestors(call.node):
        if above.type == "call_expression" and last_name(module, callee_of(above)) in SPANS:
            return True
    scope = module.function(call.node)
    calls = module.below(scope, "call_expression") if scope is not None else ()
    opened = (n for n in calls if n.end_byte <= call.node.start_byte)
    return any(last_name(module, callee_of(n)) in SPANS - {"observe", "traceable"} for n in opened)


def _traced(function: Site) -> bool:
    """A decorator of the function, or the call that it is passed to, opens a span."""
    module = function.module
    if any(
        a.type == "call_expression" and last_name(module, callee_of(a)) in SPANS
        for a in module.ancestors(function.node)
    ):
        return True
    above = module.parent(function.node)
    siblings = above.named_children if above is not None and above.type == "class_body" else []
    before = [n for n in siblings if n.end_byte <= function.node.start_byte]
    decorators = [n for n in function.node.named_children if n.type == "decorator"]
    for node in reversed(before):
        if node.type != "decorator":
            break
        decorators.append(node)
    words = {w for d in decorators for w in re.findall(r"\w+", module.text(d).partition("(")[0])}
    return bool(words & TRACING_DECORATORS)


def _instrumentors(repository: Repository) -> tuple[bool, bool]:
    """Whether something at start instruments the AWS SDK, and whether it instruments every model library."""
    aws = everything = False
    for module in repository.matching(_INSTRUMENTS, b"nstrument", b"raceloop", b"OpenInference"):
        for call in module.of_type("new_expression", "call_expression"):
            callee = module.text(callee_of(call))
            aws = aws or callee.rpartition(".")[2] in _AWS_INSTRUMENTORS
            everything = everything or callee.lower().endswith(("traceloop.initialize", "traceloop.init"))
    return aws, everything

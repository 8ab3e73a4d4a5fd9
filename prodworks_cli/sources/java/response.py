"""What becomes of a response in Java: usage and stop reason read, errors handled, the call traced.

The code that can see a response is the method around the call, the methods of its class that it calls, and its callers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node as Syntax

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
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.sites import CallSite, type_of
from prodworks_cli.sources.java.syntax import Module
from prodworks_cli.sources.trees import inside

ANY = "Exception"
MAX_CALLERS = 8
MAX_DEPTH = 4
# Exceptions that a throttled model arrives as, or their parents.
_PARENTS = frozenset(
    {"Exception", "Throwable", "RuntimeException", "SdkException", "SdkServiceException", "AwsServiceException"}
    | {"BedrockRuntimeException", "BedrockAgentRuntimeException", "CompletionException", "ExecutionException"}
    | {"NonTransientAiException", "TransientAiException", "BedrockException"}
)
_ANSWERED = re.compile(r"ResponseStatusException|HttpException|\w*HttpError|WebApplicationException")
_LOGS = frozenset({"debug", "info", "warn", "error", "trace", "fatal", "log", "println", "printf", "printStackTrace"})
_CHAINED = frozenset({"onErrorResume", "onErrorReturn", "exceptionally", "handle", "onErrorComplete"})
_SPANS = frozenset({"startSpan", "spanBuilder", "beginSubsegment", "createEntityAsync", "observe", "nextSpan"})
_SPAN_MARKS = frozenset({"WithSpan", "Observed", "NewSpan", "Tracing", "XRayEnabled"})


@dataclass(frozen=True)
class Body:
    """A method that can see a response."""

    module: Module
    node: Syntax


# Tells whether what is read may come from the response of a call.
Belongs = Callable[[Body, CallSite], bool]


class Responses:
    """Answers about the responses of calls."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def callers(self, body: Body) -> list[Body] | None:
        """The places that call a method; ``None`` when they are not told from calls of others of that name."""
        module, method = body.module, body.node
        name, folder = module.name(method), self._repository.folder(module.path)
        owner = module.owner(method)
        calls = [
            (m, c) for m, c in self._repository.calls_named(name, folder) if module.method(c) != method or m != module
        ]
        mine = [(m, c) for m, c in calls if self._targets(m, c, module, owner)]
        if not mine and calls and self._repository.definitions_named(name, folder) > 1:
            return None
        return [Body(m, c) for m, c in (mine or calls)][:MAX_CALLERS]

    def _targets(self, module: Module, call: Syntax, home: Module, owner: Syntax | None) -> bool:
        target = call.child_by_field_name("object")
        if target is None or module.text(target) == "this":
            return module is home
        return owner is not None and type_of(module, target) == home.name(owner)

    def entered(self, module: Module, call: Syntax) -> Iterator[Body]:
        """The methods of the repository that a call may enter: of its own class, or of the class of its object."""
        name, target = module.name(call), call.child_by_field_name("object")
        given = len(module.arguments(call))
        if target is None or target.type == "this":
            homes = [module]
        elif target.type in ("identifier", "field_access"):
            type_ = type_of(module, target)
            homes = self._repository.classes(type_)[:2] if type_[:1].isupper() else []
        else:
            return
        for home in homes:
            for method in home.methods.get(name, ()):
                listed = method.child_by_field_name("parameters")
                count = len([c for c in listed.named_children if "parameter" in c.type]) if listed is not None else 0
                if count == given:
                    yield Body(home, method)

    def reach(self, call: CallSite) -> list[Body]:
        """The methods that can see the response of a call."""
        method = call.module.method(call.node)
        if method is None:
            return [Body(call.module, call.module.root)]
        found = {(call.module.path, method.id): Body(call.module, method)}
        pending = list(found.values())
        for _ in range(MAX_DEPTH):
            fresh = ((b.module.path, b.node.id, b) for p in pending for b in (*self._helpers(p), *self._above(p)))
            new = {(path, node): body for path, node, body in fresh if (path, node) not in found}
            pending = list(new.values())
            found.update(new)
        return list(found.values())

    def _above(self, body: Body) -> Iterator[Body]:
        for caller in self.callers(body) or ():
            method = caller.module.method(caller.node)
            if method is not None:
                yield Body(caller.module, method)

    def _helpers(self, body: Body) -> Iterator[Body]:
        """Methods of the class that a method calls without naming an object, and lambdas in it (part of the body)."""
        named = body.module.methods
        for node in inside(body.node):
            target = node.child_by_field_name("object") if node.type == "method_invocation" else node
            own = node.type == "method_invocation" and (target is None or body.module.text(target) == "this")
            if own and body.module.name(node) in named:
                yield Body(body.module, named[body.module.name(node)][-1])
            if node.type == "method_reference" and body.module.text(node).startswith("this::"):
                yield from (Body(body.module, m) for m in named.get(body.module.text(node).partition("::")[2], ())[-1:])

    def usage_recorded(self, call: CallSite, bodies: Sequence[Body], belongs: Belongs) -> bool | Unknown:
        """Whether the token counts are read; unknown where the API reports none."""
        if not reports_usage(call.api):
            return Unknown(f"{call.api} reports no usage")
        return any(belongs(holder, call) for b in bodies for holder in _readers(b, USAGE))

    def stop_reasons(self, call: CallSite, bodies: Sequence[Body], belongs: Belongs) -> tuple[str, ...] | Unknown:
        """The stop reasons that the code tells apart; all bad ends where it compares with a good one."""
        if not reports_end(call.api):
            return Unknown(f"{call.api} reports no stop reason")
        if not any(belongs(holder, call) for b in bodies for holder in _readers(b, STOP_FIELDS)):
            return ()
        words = {w for b in bodies for w in _words(b)}
        named = {n for w in words for n in STOP_NAMES.get(w, ())}
        negated = any(_compared_away(b) for b in bodies)
        return tuple(sorted(named | set(BAD_ENDS if negated else ())))

    def instrumented(self, bodies: Sequence[Body]) -> bool:
        """Whether a span is opened, or an annotation opens one, on the way of the call."""
        marks = (name for b in bodies for name, _ in b.module.annotations(b.node))
        return any(_invokes(b, _SPANS) for b in bodies) or not _SPAN_MARKS.isdisjoint(marks)

    def handled(self, call: CallSite) -> tuple[str, ...] | Unknown:
        """Names of the exceptions that are answered, ``Exception`` for all of them."""
        found = self._up(Body(call.module, call.node), MAX_DEPTH)
        if isinstance(found, Unknown) or ANY in found:
            return found if isinstance(found, Unknown) else tuple(sorted(found))
        advised = self._advice(self._repository.folder(call.module.path))
        return tuple(sorted(found | advised))

    def _up(self, place: Body, depth: int) -> frozenset[str] | Unknown:
        names = _within(place.module, place.node)
        method = place.module.method(place.node)
        if _enough(names) or method is None or not depth:
            return names
        if any(
            n in ("CircuitBreaker", "Retry", "Recover")
            for n, a in place.module.annotations(method)
            if "fallback" in place.module.text(a)
        ):
            return names | {ANY}
        callers = self.callers(Body(place.module, method))
        if callers is None:
            return Unknown(f"the callers of {place.module.name(method)} are not told from others of that name")
        paths = [self._up(c, depth - 1) for c in callers]
        known = [p for p in paths if not isinstance(p, Unknown)]
        if any(not _enough(p) for p in known):
            return frozenset(n for p in [names, *known] for n in p if not _enough(frozenset({n})))
        return next((p for p in paths if isinstance(p, Unknown)), names.union(*known))

    def _advice(self, folder: str) -> frozenset[str]:
        """Exceptions that a controller advice of the application answers."""
        pattern = re.compile(rb"@(?:Rest)?ControllerAdvice|ExceptionMapper<")
        found: set[str] = set()
        for module in self._repository.matching(pattern, folder):
            for method in module.of_type("method_declaration"):
                marks = [a for n, a in module.annotations(method) if n == "ExceptionHandler"]
                texts = [module.text(method.child_by_field_name("parameters")), *(module.text(a) for a in marks)]
                if marks and any(p in re.findall(r"\w+", " ".join(texts)) for p in _PARENTS):
                    found.add(ANY)
        return frozenset(found)


def _enough(names: frozenset[str]) -> bool:
    return any(n == ANY or "Throttl" in n for n in names)


def _within(module: Module, node: Syntax) -> frozenset[str]:
    """The exceptions that the ``try`` statements and chained handlers around a place answer, in its method."""
    handled: set[str] = set()
    child = node
    for above in module.ancestors(node):
        if above.type in ("method_declaration", "constructor_declaration"):
            break
        if (
            above.type in ("try_statement", "try_with_resources_statement")
            and above.child_by_field_name("body") == child
        ):
            for clause in (c for c in above.children if c.type == "catch_clause"):
                handled |= _clause(module, clause)
        if above.type == "method_invocation" and module.name(above) in _CHAINED:
            handled.add(ANY)
        child = above
    return frozenset(handled)


def _clause(module: Module, clause: Syntax) -> set[str]:
    parameter = next((c for c in clause.children if c.type == "catch_formal_parameter"), None)
    body = clause.child_by_field_name("body")
    if parameter is None or body is None:
        return set()
    types = next((c for c in parameter.named_children if c.type == "catch_type"), None)
    names = {module.text(c).rpartition(".")[2] for c in types.named_children} if types is not None else set()
    if not _acts(module, body, module.text(parameter.child_by_field_name("name"))):
        return set()
    return names | ({ANY} if names & _PARENTS else set())


def _acts(module: Module, body: Syntax, error: str) -> bool:
    """The handler does more than log or throw on: it answers, retries, or takes another path."""
    for node in inside(body, "lambda_expression"):
        if node.type == "throw_statement":
            return bool(_ANSWERED.search(module.text(node)))
        if node.type == "return_statement" and node.named_children:
            value = node.named_children[0]
            if value.type not in ("null_literal", "false") and not _shows(module, value, error):
                return True
        if node.type in ("continue_statement", "break_statement", "assignment_expression"):
            return True
        if node.type == "expression_statement" and _does(module, node, error):
            return True
    return False


def _does(module: Module, statement: Syntax, error: str) -> bool:
    call = statement.named_children[0] if statement.named_children else None
    if call is None or call.type != "method_invocation":
        return False
    logs = module.name(call) in _LOGS or re.search(r"\b(?:log|logger|LOG|LOGGER)\.", module.text(call))
    return not logs and not _shows(module, call, error) and module.name(call) not in ("interrupt", "close")


def _shows(module: Module, value: Syntax, error: str) -> bool:
    """The answer carries the raw text of the exception: ``e.getMessage()``."""
    return bool(error) and bool(
        re.search(rf"\b{re.escape(error)}\.(?:getMessage|toString|getLocalizedMessage)\b", module.text(value))
    )


def _readers(body: Body, names: frozenset[str]) -> Iterator[Body]:
    """What members of some names are read of; a text or a reference of that name stands for itself."""
    module = body.module
    for node in module.below(body.node, "method_invocation", "method_reference", "string_literal"):
        target = node.child_by_field_name("object")
        if node.type == "method_invocation":
            if module.name(node) in names:
                yield Body(module, target if target is not None else node)
        elif (module.string(node) or module.text(node).rpartition("::")[2]) in names:
            yield Body(module, node)


def _invokes(body: Body, names: frozenset[str]) -> bool:
    return any(True for _ in _readers(body, names))


def _words(body: Body) -> Iterator[str]:
    """Texts and constants: ``"max_tokens"`` and ``StopReason.MAX_TOKENS``."""
    for node in inside(body.node):
        if node.type == "string_literal":
            yield (body.module.string(node) or "").lower()
        elif node.type == "identifier" and body.module.text(node).isupper():
            yield body.module.text(node).lower()


def _compared_away(body: Body) -> bool:
    """``stopReason() != StopReason.END_TURN``, ``!"end_turn".equals(...)``."""
    for node in inside(body.node):
        text = body.module.text(node).lower() if node.type in ("binary_expression", "unary_expression") else ""
        if ("!=" in text or text.startswith("!")) and any(end in text for end in GOOD_ENDS):
            return True
    return False

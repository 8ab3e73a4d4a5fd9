"""What the records of a model call say: the fields of logs, metrics and spans around it, and the errors told there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.records import (
    ERROR,
    ERROR_RECORDERS,
    LATENCY,
    NEAR,
    RECORDERS,
    SWITCH,
    fields_in,
    labels,
    plain,
    record_attributes,
)
from prodworks_cli.sources.java.logs import level_of
from prodworks_cli.sources.java.response import Body, Responses
from prodworks_cli.sources.java.sites import CallSite
from prodworks_cli.sources.java.syntax import METHODS, TYPES, Module
from prodworks_cli.sources.trees import inside

MAX_CALLERS = 5
MAX_PLACES = 60
_CLOCK = re.compile(r"\b(?:currentTimeMillis|nanoTime|Instant\.now|toEpochMilli|clock\.millis)\b")
_BETWEEN = re.compile(r"Duration\s*\.\s*between\s*\(|ChronoUnit\.\w+\.between|getTotalTime\w*\(|\.elapsed\(")
# Of Micrometer and the AWS SDK: a timer that is stopped, or that runs the call.
_TIMERS = re.compile(r"\bTimer\b|\bsample\b|\btimer\b|StopWatch", re.IGNORECASE)
_TIMED = frozenset({"Timed", "Metrics", "LogExecutionTime", "Loggable", "Monitored"})
_CHAINED = frozenset(
    {"doOnError", "onErrorResume", "onErrorReturn", "exceptionally", "handle", "whenComplete", "subscribe"}
)
_BINDERS = frozenset({"addKeyValue", "tag", "lowCardinalityKeyValue", "highCardinalityKeyValue", "tags"})


class Records:
    """Looks at the code around a call."""

    def __init__(self, responses: Responses) -> None:
        self._responses = responses

    def of(self, call: CallSite, bodies: Sequence[Body], traced: bool | Unknown, automatic: bool) -> dict[str, Drafted]:
        """What is recorded. ``traced`` says that a span covers the call, ``automatic`` that its library makes one."""
        near, far = self._above(call)
        held = ((body, f) for body in bodies for f in _fields(body))
        fields = {f for b, f in held if f != LATENCY or (b.module.path, b.node.id) not in far - near}
        if ERROR not in fields and self._fails_loudly(call):
            fields.add(ERROR)
        return record_attributes(fields, traced, automatic, None, any(_opens_span(b) for b in bodies))

    def _above(self, call: CallSite) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
        """The method around a call with those that call it within a few steps, and all further ones too."""
        places, near, every = [Body(call.module, call.node)], set[tuple[str, int]](), set[tuple[str, int]]()
        for step in range(MAX_CALLERS):
            around = [Body(p.module, m) for p in places if (m := p.module.method(p.node)) is not None]
            fresh = [b for b in around if (b.module.path, b.node.id) not in every]
            every |= {(b.module.path, b.node.id) for b in fresh}
            near |= every if step <= NEAR else set()
            places = [c for b in fresh for c in self._responses.callers(b) or ()]
        return near, every

    def _fails_loudly(self, call: CallSite) -> bool:
        """An error of the call is recorded where it is caught: around the call, or around a call of its method."""
        start = Body(call.module, call.node)
        pending, seen = [(start, 0)], {(call.module.path, call.node.id)}
        while pending and len(seen) < MAX_PLACES:
            place, depth = pending.pop()
            if any(_tells(place.module, *clause) for clause in _clauses(place)):
                return True
            method = place.module.method(place.node)
            if method is None or depth >= MAX_CALLERS:
                continue
            callers = self._responses.callers(Body(place.module, method)) or []
            fresh = [c for c in callers if (c.module.path, c.node.id) not in seen]
            seen |= {(c.module.path, c.node.id) for c in fresh}
            pending += [(c, depth + 1) for c in fresh]
        return False


def _fields(body: Body) -> set[str]:
    """The fields in the records of one method."""
    module, found = body.module, set[str]()
    if any(name in _TIMED for name, _ in module.annotations(body.node)) or _is_timed(body):
        found.add(LATENCY)
    recorded = [n for n in module.below(body.node, "method_invocation") if _records(module, n)]
    if not recorded:
        return found
    used = {module.text(n) for r in recorded for n in _arguments(module, r) if n.type == "identifier"}
    found |= fields_in(n for r in recorded for n in _names(module, r))
    for declared in module.below(body.node, "variable_declarator"):
        value = declared.child_by_field_name("value")
        if value is not None and module.name(declared) in used and _is_duration(module, value):
            found.add(LATENCY)
    if any(_is_duration(module, a) for r in recorded for a in module.arguments(r)):
        found.add(LATENCY)
    return found


def _opens_span(body: Body) -> bool:
    """A span of OpenTelemetry is opened by hand: it is told of an error only by the code."""
    return any(
        body.module.name(c) in ("startSpan", "spanBuilder") for c in body.module.below(body.node, "method_invocation")
    )


def _records(module: Module, call: Syntax) -> bool:
    """The call writes a log, a metric or an attribute of a span, in production too."""
    level, name = level_of(module, call), module.name(call)
    if level in (None, "debug") and name not in _BINDERS and not RECORDERS.match(plain(name)):
        return False
    tests = (a.child_by_field_name("condition") for a in module.ancestors(call) if a.type == "if_statement")
    return not any(test is not None and SWITCH.fullmatch(module.text(test)) for test in tests)


def _is_timed(body: Body) -> bool:
    """A timer of Micrometer runs the call, or is stopped after it."""
    module = body.module
    for call in module.below(body.node, "method_invocation"):
        name, target = module.name(call), module.text(call.child_by_field_name("object"))
        if name in ("record", "recordCallable", "stop", "wrap") and _TIMERS.search(target[-60:]):
            return True
    return False


def _arguments(module: Module, call: Syntax) -> Iterator[Syntax]:
    for value in module.arguments(call):
        yield from inside(value, "lambda_expression", *TYPES)


def _names(module: Module, call: Syntax) -> Iterator[str]:
    """Names of variables and members, and the names in texts."""
    for node in _arguments(module, call):
        if node.type == "identifier":
            yield module.text(node).removeprefix("get")
        elif node.type == "string_literal":
            yield from labels(module.string(node) or "")


def _is_duration(module: Module, value: Syntax) -> bool:
    """``System.currentTimeMillis() - start``, ``Duration.between(start, Instant.now())``."""
    text = module.text(value)[:400]
    if _BETWEEN.search(text):
        return True
    differences = (
        n for n in module.below(value, "binary_expression") if module.text(n.child_by_field_name("operator")) == "-"
    )
    return any(_CLOCK.search(module.text(n.child_by_field_name("left"))) for n in differences)


def _clauses(place: Body) -> Iterator[tuple[Syntax, str]]:
    """The handlers around a place, in its method, with the names of their errors."""
    module, child = place.module, place.node
    for above in module.ancestors(place.node):
        if above.type in METHODS:
            return
        if above.type.startswith("try_") and above.child_by_field_name("body") == child:
            for clause in (c for c in above.children if c.type == "catch_clause"):
                parameter = next((c for c in clause.children if c.type == "catch_formal_parameter"), None)
                name = parameter.child_by_field_name("name") if parameter is not None else None
                yield clause, module.text(name)
        if above.type == "method_invocation" and module.name(above) in _CHAINED:
            for given in (a for a in module.arguments(above) if a.type == "lambda_expression"):
                yield given, module.text(given.child_by_field_name("parameters")).strip("()").rpartition(",")[2].strip()
        child = above


def _tells(module: Module, clause: Syntax, error: str) -> bool:
    """The handler records which error it was."""
    for call in module.below(clause, "method_invocation"):
        if ERROR_RECORDERS.match(plain(module.name(call))):
            return True
        if module.name(call) == "printStackTrace" or (error and _records(module, call)):
            told = {error} | _told_by(module, clause, error)
            if module.name(call) == "printStackTrace":
                return True
            if any(n.type == "identifier" and module.text(n) in told for n in _arguments(module, call)):
                return True
    return False


def _told_by(module: Module, clause: Syntax, error: str) -> set[str]:
    """The variables of a handler that are made of the error."""
    found: set[str] = set()
    for declared in module.below(clause, "variable_declarator"):
        value = declared.child_by_field_name("value")
        if value is not None and any(module.text(n) == error for n in module.below(value, "identifier")):
            found.add(module.name(declared))
    return found

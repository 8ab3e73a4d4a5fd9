"""What the records of a model call say: the fields of logs, metrics and spans around it, and the errors told there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

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
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.kinds import CLASSES, FUNCTIONS
from prodworks_cli.sources.typescript.logs import level_of
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.response import Reach
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.trace import Tracer

MAX_CALLERS = 5
MAX_PLACES = 60
_CLOCK = re.compile(r"\b(?:Date\.now|performance\.now|process\.hrtime|hrtime\.bigint|getTime|new Date)\b")
_NAMES = ("identifier", "property_identifier", "shorthand_property_identifier")
_NESTED = FUNCTIONS | CLASSES


class Records:
    """Looks at the code around a call."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def of(self, call: Site, reach: Reach, traced: Drafted, automatic: bool) -> dict[str, Drafted]:
        """What is recorded. ``traced`` says that a span covers the call, ``automatic`` that its library makes one."""
        far = {s.key for s in reach.chain} - self._near(call)
        fields = {f for site in reach.bodies for f in _fields(site) if f != LATENCY or site.key not in far}
        if ERROR not in fields and self._fails_loudly(call):
            fields.add(ERROR)
        spanned = traced if isinstance(traced, bool | Unknown) else False
        return record_attributes(fields, spanned, automatic, reach.leaves, any(_opens_span(b) for b in reach.bodies))

    def _near(self, call: Site) -> set[tuple[str, int]]:
        """The function around a call, and those that call it within a few steps."""
        places, near = [call], set[tuple[str, int]]()
        for _ in range(NEAR + 1):
            around = [Site(p.module, f) for p in places if (f := p.module.function(p.node)) is not None]
            fresh = [s for s in around if s.key not in near]
            near |= {s.key for s in fresh}
            places = [c for s in fresh for c, _ in self._tracer.callers(s.module, s.node) or ()]
        return near

    def _fails_loudly(self, call: Site) -> bool:
        """An error of the call is recorded where it is caught: around the call, or around a call of its function."""
        pending, seen = [(call, 0)], {call.key}
        while pending and len(seen) < MAX_PLACES:
            place, depth = pending.pop()
            if any(_tells(place.module, *clause) for clause in _clauses(place)):
                return True
            function = place.module.function(place.node)
            if function is None or depth >= MAX_CALLERS:
                continue
            callers = [c for c, _ in self._tracer.callers(place.module, function) or ()]
            fresh = [c for c in callers if c.key not in seen]
            seen |= {c.key for c in fresh}
            pending += [(c, depth + 1) for c in fresh]
        return False


def _fields(body: Site) -> set[str]:
    """The fields in the records of one function."""
    module, found = body.module, set[str]()
    recorded = [n for n in module.below(body.node, "call_expression") if _records(module, n)]
    if not recorded:
        return found
    used = {module.text(n) for r in recorded for n in _arguments(module, r) if n.type in _NAMES}
    found |= fields_in(n for r in recorded for n in _names(module, r))
    durations: set[str] = set()
    for declared in module.below(body.node, "variable_declarator"):
        name, value = module.text(declared.child_by_field_name("name")), declared.child_by_field_name("value")
        if value is not None and any(_is_duration(body, n) for n in module.below(value, "binary_expression")):
            durations.add(name)
        if value is not None and name in used and value.type == "object":
            found |= fields_in(_in_node(module, value))
    if used & durations or any(_is_duration(body, n) for r in recorded for n in _arguments(module, r)):
        found.add(LATENCY)
    return found


def _opens_span(body: Site) -> bool:
    """A span of OpenTelemetry is opened by hand: it is told of an error only by the code."""
    calls = body.module.below(body.node, "call_expression")
    return any(last_name(body.module, callee_of(c)) in ("startActiveSpan", "startSpan") for c in calls)


def _records(module: Module, call: Node) -> bool:
    """The call writes a log, a metric or an attribute of a span, in production too."""
    level, name = level_of(module, call), plain(last_name(module, callee_of(call)))
    if level in (None, "debug") and not RECORDERS.match(name):
        return False
    tests = (a.child_by_field_name("condition") for a in module.ancestors(call) if a.type == "if_statement")
    return not any(test is not None and SWITCH.fullmatch(module.text(test)) for test in tests)


def _arguments(module: Module, call: Node) -> Iterator[Node]:
    for value in module.arguments(call):
        yield from inside(value, *_NESTED)


def _names(module: Module, call: Node) -> Iterator[str]:
    for value in module.arguments(call):
        yield from _in_node(module, value)


def _in_node(module: Module, value: Node) -> Iterator[str]:
    """Names of variables, members and keys, and the names in texts."""
    for node in inside(value, *_NESTED):
        if node.type in _NAMES:
            yield module.text(node)
        elif node.type == "string_fragment":
            yield from labels(module.text(node))


def _is_duration(body: Site, node: Node) -> bool:
    """``Date.now() - start``, or ``end - start`` of two times."""
    module = body.module
    if node.type != "binary_expression" or module.text(node.child_by_field_name("operator")) != "-":
        return False
    left = node.child_by_field_name("left")
    if left is None or _CLOCK.search(module.text(left)[:80]):
        return left is not None
    return left.type == "identifier" and module.text(left) in _times(body)


def _times(body: Site) -> set[str]:
    """The variables of a function that hold a time."""
    module, found = body.module, set[str]()
    for declared in module.below(body.node, "variable_declarator"):
        value = declared.child_by_field_name("value")
        called = value is not None and value.type in ("call_expression", "new_expression", "await_expression")
        if called and _CLOCK.search(module.text(value)[:60]):
            found.add(module.text(declared.child_by_field_name("name")))
    return found


def _clauses(place: Site) -> Iterator[tuple[Node, str]]:
    """The bodies of the handlers around a place, in its function, with the names of their errors."""
    module, child = place.module, place.node
    for above in module.ancestors(place.node):
        if above.type == "try_statement" and above.child_by_field_name("body") == child:
            clause = above.child_by_field_name("handler")
            if clause is not None:
                yield clause, module.text(clause.child_by_field_name("parameter"))
        if above.type == "call_expression" and last_name(module, callee_of(above)) == "catch":
            for callback in (n for n in module.arguments(above)[:1] if n.type in FUNCTIONS):
                names = module.parameters(callback)
                yield callback, names[0].name if names else ""
        if above.type in FUNCTIONS and module.name(above):
            return
        child = above


def _tells(module: Module, clause: Node, error: str) -> bool:
    """The handler records which error it was."""
    name = error.partition(":")[0].strip()
    for call in module.below(clause, "call_expression"):
        if ERROR_RECORDERS.match(plain(last_name(module, callee_of(call)))):
            return True
        if name and _records(module, call):
            told = {name} | _told_by(module, clause, name)
            if any(n.type in _NAMES and module.text(n) in told for n in _arguments(module, call)):
                return True
    return False


def _told_by(module: Module, clause: Node, error: str) -> set[str]:
    """The variables of a handler that are made of the error: ``const message = e.message``."""
    found: set[str] = set()
    for declared in module.below(clause, "variable_declarator"):
        value = declared.child_by_field_name("value")
        if value is not None and any(module.text(n) == error for n in module.below(value, "identifier")):
            found.add(module.text(declared.child_by_field_name("name")))
    return found

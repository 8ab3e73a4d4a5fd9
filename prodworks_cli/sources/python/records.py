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
from prodworks_cli.sources.python.logs import level_of
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.response import Reach
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.trace import Tracer

MAX_CALLERS = 5
_CLOCK = re.compile(
    r"\b(?:time|perf_counter|monotonic|time_ns|perf_counter_ns|process_time|now|utcnow|default_timer)\("
)
_TIMERS = re.compile(
    r"^(?:timed?|timer|timing|time_it|timeit|measure\w*|log_(?:time|duration|metrics|latency)|track\w*)$"
)
_NESTED = ("function_definition", "class_definition")


class Records:
    """Looks at the code around a call."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._known: dict[int, frozenset[str]] = {}

    def of(self, call: Site, reach: Reach, traced: bool | Unknown, automatic: bool) -> dict[str, Drafted]:
        """What is recorded. ``traced`` says that a span covers the call, ``automatic`` that its library makes one."""
        far = {(s.module.path, s.node.id) for s in reach.chain} - self._near(call)
        fields: set[str] = set()
        for site in reach.bodies:
            found = self._told(site)
            fields |= found - ({LATENCY} if (site.module.path, site.node.id) in far else set())
        if ERROR not in fields and self._fails_loudly(call):
            fields.add(ERROR)
        return record_attributes(fields, traced, automatic, reach.leaves)

    def _told(self, body: Site) -> frozenset[str]:
        """What one function records; it is looked at once, since calls share functions around them."""
        if body.node.id not in self._known:
            self._known[body.node.id] = frozenset(_fields(body) | ({LATENCY} if _is_timed(body) else set()))
        return self._known[body.node.id]

    def _near(self, call: Site) -> set[tuple[str, int]]:
        """The function around a call, and those that call it within a few steps."""
        places, near = [call], set[tuple[str, int]]()
        for _ in range(NEAR + 1):
            around = [(p.module, f) for p in places if (f := p.module.function(p.node)) is not None]
            fresh = [(m, f) for m, f in around if (m.path, f.id) not in near]
            near |= {(m.path, f.id) for m, f in fresh}
            places = [c for m, f in fresh for c, _ in self._tracer.callers(m, f)]
        return near

    def _fails_loudly(self, call: Site) -> bool:
        """An error of the call is recorded where it is caught: around the call, or around a call of its function."""
        pending, seen = [(call, 0)], {(call.module.path, call.node.id)}
        while pending:
            place, depth = pending.pop()
            if any(_tells(place.module, clause) for clause in _clauses(place)):
                return True
            function = place.module.function(place.node)
            if function is None or depth >= MAX_CALLERS:
                continue
            if any(_tells(m, c) for m, c in self._around(Site(place.module, function))):
                return True
            callers = [c for c, _ in self._tracer.callers(place.module, function)]
            fresh = [c for c in callers if (c.module.path, c.node.id) not in seen]
            seen |= {(c.module.path, c.node.id) for c in fresh}
            pending += [(c, depth + 1) for c in fresh]
        return False

    def _around(self, function: Site) -> Iterator[tuple[Module, Node]]:
        """The handlers in decorators of the repository."""
        for decorator in function.module.decorators(function.node):
            callee = decorator.child_by_field_name("function") if decorator.type == "call" else decorator
            own = self._tracer.callee(function.to(decorator), callee)
            if own is not None:
                yield from ((own.module, c) for c in own.module.below(own.node, "except_clause"))


def _fields(body: Site) -> set[str]:
    """The fields in the records of one function."""
    module = body.module
    recorded = [n for n in module.below(body.node, "call") if _records(module, n)]
    if not recorded:
        return set()
    given = [n for r in recorded for n in _arguments(module, r)]
    used = {module.text(n) for n in given if n.type == "identifier" and _is_whole(module, n)}
    found = fields_in(n for r in recorded for n in _names(module, r))
    found |= fields_in(n for value in _held(module, body.node, used) for n in labels(value))
    times = _times(body)
    timed = any(_is_duration(module, n, times) for n in given) or used & _durations(body, times)
    return found | ({LATENCY} if timed else set())


def _records(module: Module, call: Node) -> bool:
    """The call writes a log, a metric or an attribute of a span, in production too."""
    level, name = level_of(module, call), plain(module.called(call))
    if level in (None, "debug") and not RECORDERS.match(name):
        return False
    tests = (a.child_by_field_name("condition") for a in module.ancestors(call) if a.type == "if_statement")
    return not any(test is not None and SWITCH.fullmatch(module.text(test)) for test in tests)


def _arguments(module: Module, call: Node) -> Iterator[Node]:
    given = module.arguments(call)
    for value in (*given.positional, *given.keywords.values(), *given.splats):
        yield from inside(value, *_NESTED)


def _names(module: Module, call: Node) -> Iterator[str]:
    """Names of variables and members, keywords, and the names in texts."""
    yield from module.arguments(call).keywords
    for node in _arguments(module, call):
        if node.type == "identifier":
            yield module.text(node)
        elif node.type == "string_content":
            yield from labels(module.text(node))


def _held(module: Module, function: Node, names: set[str]) -> Iterator[str]:
    """The keys of what some variables hold in a function: ``record = {"latency_ms": 4}``, ``record["model"] = id``."""
    for assignment in module.below(function, "assignment"):
        left, right = assignment.child_by_field_name("left"), assignment.child_by_field_name("right")
        if left is None or right is None:
            continue
        if left.type == "identifier" and module.text(left) in names and _is_record(module, right):
            yield from (module.text(n) for n in module.below(right, "string_content"))
            yield from module.arguments(right).keywords if right.type == "call" else ()
        elif left.type == "subscript" and module.text(left.child_by_field_name("value")) in names:
            yield from (module.text(n) for n in module.below(left, "string_content"))


def _is_record(module: Module, value: Node) -> bool:
    """A dictionary, or an object that is made of its members."""
    name = module.called(value) if value.type == "call" else ""
    return value.type == "dictionary" or name == "dict" or name[:1].isupper()


def _is_whole(module: Module, name: Node) -> bool:
    """The value of a name is used, and not a member of it."""
    above = module.parent(name)
    return above is None or above.type not in ("subscript", "attribute")


def _durations(body: Site, times: set[str]) -> set[str]:
    """The variables of a function that hold a difference of two times."""
    module, found = body.module, set[str]()
    if not any(_is_duration(module, n, times) for n in module.below(body.node, "binary_operator")):
        return found
    for assignment in module.below(body.node, "assignment"):
        right = assignment.child_by_field_name("right")
        if right is not None and any(_is_duration(module, n, times) for n in module.below(right, "binary_operator")):
            found.add(module.text(assignment.child_by_field_name("left")))
    return found


def _is_duration(module: Module, node: Node, times: set[str]) -> bool:
    """``time.time() - start``, or ``end - start`` of two times."""
    if node.type != "binary_operator" or module.text(node.child_by_field_name("operator")) != "-":
        return False
    left = node.child_by_field_name("left")
    if left is None or _CLOCK.search(module.text(left)):
        return left is not None
    return left.type == "identifier" and module.text(left) in times


def _times(body: Site) -> set[str]:
    """The variables of a function that hold a time."""
    module, found = body.module, set[str]()
    for assignment in module.below(body.node, "assignment"):
        right = assignment.child_by_field_name("right")
        if right is not None and right.type == "call" and _CLOCK.search(module.text(right)[:80]):
            found.add(module.text(assignment.child_by_field_name("left")))
    return found


def _is_timed(function: Site) -> bool:
    """A decorator measures how long the function takes."""
    for decorator in function.module.decorators(function.node):
        callee = decorator.child_by_field_name("function") if decorator.type == "call" else decorator
        if _TIMERS.match(last_name(function.module, callee)) and "metrics" not in function.module.text(callee):
            return True
    return False


def _clauses(place: Site) -> Iterator[Node]:
    """The handlers of the ``try`` statements around a place, in its function."""
    child = place.node
    for above in place.module.ancestors(place.node):
        body = above.child_by_field_name("body")
        if above.type == "try_statement" and body is not None and body.id == child.id:
            yield from (c for c in above.children if c.type in ("except_clause", "except_group_clause"))
        if above.type == "function_definition":
            return
        child = above


def _tells(module: Module, clause: Node) -> bool:
    """The handler records which error it was: with the exception, its class, its code or its trace."""
    alias = next(iter(module.below(clause, "as_pattern_target")), None)
    name = module.text(alias)
    for call in module.below(clause, "call"):
        callee = module.called(call)
        if ERROR_RECORDERS.match(plain(callee)):
            return True
        if not _records(module, call):
            continue
        if callee == "exception" or "exc_info=True" in module.text(call) or "format_exc" in module.text(call):
            return True
        named = _told_by(module, clause, name) | {name} if name else set()
        if any(n.type == "identifier" and module.text(n) in named for n in _arguments(module, call)):
            return True
    return False


def _told_by(module: Module, clause: Node, error: str) -> set[str]:
    """The variables of a handler that are made of the exception: ``code = e.response["Error"]["Code"]``."""
    found: set[str] = set()
    for assignment in module.below(clause, "assignment"):
        right = assignment.child_by_field_name("right")
        if right is not None and any(module.text(n) == error for n in module.below(right, "identifier")):
            found.add(module.text(assignment.child_by_field_name("left")))
    return found

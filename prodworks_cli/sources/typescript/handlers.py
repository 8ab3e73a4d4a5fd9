"""Which errors of a model call are handled, on the call or on the callers up to the entry point."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.kinds import FUNCTIONS
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name, string_of
from prodworks_cli.sources.typescript.trace import Tracer

MAX_DEPTH = 5
MAX_CALLERS = 12
ANY = "Exception"
"""What a ``catch`` answers that does not tell errors apart: every error, as Python's ``except Exception`` does."""
LOGGERS = frozenset(
    {"debug", "info", "warn", "warning", "error", "log", "trace", "fatal", "critical", "captureException"}
)
_LOG_HOLDERS = re.compile(r"(?:console|log|logger|sentry|span|metrics?)$", re.I)
# New errors that are an answer to a caller outside: the framework makes a response of them.
_ANSWERS = re.compile(
    r"^(?:Http|HTTP)\w*|TRPCError$|\w*HttpError$|^createError$|^(?:Api|App)Error$"
    r"|^(?:Internal|BadRequest|BadGateway|ServiceUnavailable|GatewayTimeout|RequestTimeout)\w*Exception$"
)
_ERROR_NAME = re.compile(r"^\w*(?:Exception|Throttling\w*|RateLimitError|APIError)$")


class Handlers:
    """Collects handlers along the call chain."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def of(self, call: Site) -> tuple[str, ...] | Unknown:
        """Names of the errors that are answered, ``Exception`` for all of them; empty when there is no handler."""
        found = self._up(call, MAX_DEPTH)
        return found if isinstance(found, Unknown) else tuple(sorted(found))

    def _up(self, place: Site, depth: int) -> frozenset[str] | Unknown:
        names = self._within(place)
        function = place.module.function(place.node)
        if isinstance(names, Unknown) or _enough(names) or function is None or depth == 0:
            return names
        callers = self._tracer.callers(place.module, function)
        if callers is None or len(callers) > MAX_CALLERS:
            return Unknown(f"{place.module.name(function)} has too many callers to follow")
        possible = [] if callers else self._tracer.possible_callers(place.module, function)
        if possible:
            return self._of_some(place.module.name(function), names, possible[:MAX_CALLERS], depth)
        if not callers and _handed_on(place.module, function):
            return Unknown(f"{place.module.name(function)} is handed on as a value")
        paths = [self._up(c, depth - 1) for c, _ in callers if c.module.function(c.node) != function]
        known = [p for p in paths if not isinstance(p, Unknown)]
        every = names.union(*known)
        if any(not _enough(p) for p in known):
            return frozenset(n for n in every if not _enough(frozenset({n})))
        return next((p for p in paths if isinstance(p, Unknown)), every)

    def _of_some(self, name: str, names: frozenset[str], places: list[Site], depth: int) -> frozenset[str] | Unknown:
        """What is answered when any of the places may be the caller: known when all of them handle errors."""
        paths = [self._up(p, depth - 1) for p in places]
        known = [p for p in paths if not isinstance(p, Unknown)]
        if len(known) == len(paths) and all(_enough(p) for p in known):
            return names.union(*known)
        return Unknown(f"the callers of {name} are not told from others of that name")

    def _within(self, place: Site) -> frozenset[str] | Unknown:
        """The errors that ``try`` statements and ``.catch()`` around the place answer, in its function."""
        module, child = place.module, place.node
        handled: frozenset[str] = frozenset()
        for above in module.ancestors(place.node):
            if above.type in FUNCTIONS and module.name(above):
                break
            clause = self._clause_of(module, above, child)
            if clause is not None:
                answered = _answered(module, *clause)
                if isinstance(answered, Unknown):
                    return answered
                handled |= answered
            child = above
        return handled

    def _clause_of(self, module: Module, above: Node, child: Node) -> tuple[Node, str] | None:
        """The body of the handler that ``above`` puts around ``child``, and the name of the error in it."""
        if above.type == "try_statement" and above.child_by_field_name("body") == child:
            clause = above.child_by_field_name("handler")
            body = clause.child_by_field_name("body") if clause is not None else None
            if clause is None or body is None:
                return None
            return body, module.text(clause.child_by_field_name("parameter"))
        if above.type == "call_expression" and last_name(module, callee_of(above)) == "catch":
            given = module.arguments(above)
            callback = given[0] if given and given[0].type in FUNCTIONS else None
            if callback is None or not (callback.start_byte > child.end_byte or child == callee_of(above)):
                return None
            body = callback.child_by_field_name("body")
            names = module.parameters(callback)
            return (body, names[0].name if names else "") if body is not None else None
        return None


def _handed_on(module: Module, function: Node) -> bool:
    """The method is named without being called: ``this.ask.bind(this)``, ``{ handler: this.ask }``."""
    name = module.name(function)
    mentions = (n for n in module.of_type("member_expression") if last_name(module, n) == name)
    return any(callee_of(p) != n for n in mentions if (p := module.parent(n)) is not None)


def _enough(names: frozenset[str]) -> bool:
    """Some handler answers a throttled model."""
    return any(n == ANY or "Throttl" in n or n in ("RateLimitError", "APIError") for n in names)


def _answered(module: Module, body: Node, error: str) -> frozenset[str] | Unknown:
    """The errors to which the handler is an answer."""
    named = frozenset(_named(module, body))
    thrown = list(_thrown(module, body))
    if body.type != "statement_block":
        return named | {ANY} if not _empty(module, body) and not _shows(module, body, error) else frozenset()
    if any(last_name(module, callee_of(c)) == "next" for c in _statements(body, "call_expression")):
        return Unknown("the error is handed to the framework's error handler")
    returned = [s.named_children[0] for s in _statements(body, "return_statement") if s.named_children]
    if returned and all(_empty(module, value) for value in returned) and not _acts(module, body, error):
        return Unknown("the handler returns nothing; what its callers make of that is not analysed")
    if thrown and all(_ANSWERS.search(t) for t in thrown):
        return named | {ANY}
    acts = _acts(module, body, error)
    if _ends_in_throw(body):
        return named if acts else frozenset()
    return named | {ANY} if acts else frozenset()


def _statements(body: Node, *types: str) -> Iterator[Node]:
    return (n for n in inside(body, *FUNCTIONS) if n.type in types)


def _named(module: Module, body: Node) -> Iterator[str]:
    """Errors that the handler tells apart: ``instanceof X``, ``name === "X"``."""
    for node in _statements(body, "binary_expression"):
        if any(c.type == "instanceof" for c in node.children):
            # Everything that is thrown is an Error; asking for it only prepares a text.
            yield from {last_name(module, node.child_by_field_name("right"))} - {"Error", ""}
    for node in _statements(body, "string"):
        text = string_of(module, node)
        if _ERROR_NAME.match(text):
            yield text


def _thrown(module: Module, body: Node) -> Iterator[str]:
    """Names of the new errors that a handler throws."""
    for statement in _statements(body, "throw_statement"):
        value = statement.named_children[0] if statement.named_children else None
        if value is not None and value.type in ("new_expression", "call_expression"):
            yield last_name(module, callee_of(value))


def _ends_in_throw(body: Node) -> bool:
    last = next((c for c in reversed(body.named_children) if c.type != "comment"), None)
    if last is not None and last.type == "if_statement":
        other = last.child_by_field_name("alternative")
        block = other.named_children[0] if other is not None and other.named_children else None
        return block is not None and _ends_in_throw(block)
    return last is not None and last.type == "throw_statement"


def _acts(module: Module, body: Node, error: str) -> bool:
    """The handler does more than log: it answers, retries, or takes another path."""
    for node in inside(body, *FUNCTIONS):
        if node.type in ("return_statement", "yield_expression") and node.named_children:
            value = node.named_children[0]
            if not _empty(module, value) and not _shows(module, value, error):
                return True
        elif _takes_way(module, node, body, error):
            return True
    return False


def _takes_way(module: Module, node: Node, body: Node, error: str) -> bool:
    """A jump, an assignment or a call that stands for itself: it is another way, and no log line."""
    if node.type in ("continue_statement", "break_statement"):
        return True
    if node.type == "assignment_expression":
        return not _keeps_error(module, node, error)
    if node.type != "call_expression":
        return False
    silent = _logs(module, node) or _in_statement(module, node, body) or _shows(module, node, error)
    return not silent and last_name(module, callee_of(node)) not in ("String", "stringify")


def _in_statement(module: Module, node: Node, body: Node) -> bool:
    """The call is part of an answer, a throw, a log line or a declaration, which are judged as a whole."""
    for above in module.ancestors(node):
        if above.id == body.id:
            return False
        if above.type in ("return_statement", "yield_expression", "throw_statement", "variable_declarator"):
            return True
        if above.type == "call_expression":
            return True
        if above.type == "if_statement":
            condition = above.child_by_field_name("condition")
            return condition is not None and condition.start_byte <= node.start_byte < condition.end_byte
    return False


def _keeps_error(module: Module, assignment: Node, error: str) -> bool:
    """``lastError = err``: kept for later, no answer by itself."""
    right = module.text(assignment.child_by_field_name("right"))
    return bool(error) and bool(re.search(rf"\b{re.escape(error)}\b", right))


def _logs(module: Module, call: Node) -> bool:
    callee = callee_of(call)
    if callee is None or callee.type != "member_expression":
        return False
    holder = module.text(callee.child_by_field_name("object"))
    return last_name(module, callee) in LOGGERS or bool(_LOG_HOLDERS.search(holder))


def _empty(module: Module, value: Node) -> bool:
    return value.type in ("null", "undefined") or module.text(value) in ("undefined", "false", "''", '""')


def _shows(module: Module, value: Node, error: str) -> bool:
    """The answer carries the raw text of the error: ``e.message``, ``String(e)``, ``${e}``, ``"..." + e``."""
    if not error or not error.isidentifier():
        return False
    name, text = re.escape(error), module.text(value)
    member = rf"\b{name}(?:\s+as\s+\w+\))?[?!]?\.(?:message|stack)\b"
    whole = rf"String\(\s*{name}\s*\)|\$\{{\s*{name}\s*\}}|\+\s*{name}\b"
    return bool(re.search(rf"{member}|{whole}", text)) or text == error

"""Which errors of a model call are handled, on the call or on the callers up to the entry point."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.trace import Tracer

MAX_CALLER_DEPTH = 5
# Names under which a throttle of a model arrives: the error code, the botocore class, and their parents.
MODEL_ERRORS = frozenset(
    {"ThrottlingException", "ClientError", "BotoCoreError", "Exception", "BaseException"}
    | {"ModelThrottledException", "BedrockRuntimeServiceException", "RateLimitError", "APIError", "AWSError"}
    | {"OpenAIError", "AnthropicError", "APIStatusError"}
    | {"RequestException", "HTTPError", "HTTPStatusError", "URLError"}
)
LOGGERS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "print", "record"})
RETRY_DECORATORS = frozenset({"retry", "on_exception", "retry_with_backoff", "stamina"})
TRANSPARENT_DECORATORS = frozenset(
    {"staticmethod", "classmethod", "abstractmethod", "override", "property", "cached_property", "deprecated", "wraps"}
    | {"lru_cache", "cache", "asynccontextmanager", "contextmanager", "inject", "typechecked"}
    | {"capture_method", "capture_lambda_handler", "inject_lambda_context", "log_metrics", "observe", "traceable"}
    | {"start_as_current_span", "capture", "capture_async"}
)
# A status that tells the caller what to do: slow down, correct the request, try later.
_CHOSEN = re.compile(r"\b(?:4\d\d|502|503|504|HTTP_4\d\d\w*|HTTP_50[234]\w*)\b")
_NESTED = ("function_definition", "lambda", "class_definition")


class Handlers:
    """Collects handlers along the call chain."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def of(self, module: Module, node: Node) -> tuple[str, ...] | Unknown:
        """Names of the exceptions and error codes that are answered; empty when there is no handler."""
        found = self._up(module, node, frozenset(), MAX_CALLER_DEPTH)
        return found if isinstance(found, Unknown) else tuple(sorted(found))

    def _up(self, module: Module, node: Node, aliases: frozenset[str], depth: int) -> frozenset[str] | Unknown:
        names, translated = self._within(module, node)
        aliases = aliases | translated
        if aliases & names and not names & MODEL_ERRORS:
            names = names | {"ThrottlingException"}
        function = module.function(node)
        if names & MODEL_ERRORS or function is None or depth == 0:
            return names
        decorated = self._decorators(module, function, aliases)
        if isinstance(decorated, Unknown) or decorated & MODEL_ERRORS:
            return decorated if isinstance(decorated, Unknown) else names | decorated
        above = self._callers(module, function, aliases, depth)
        return above if isinstance(above, Unknown) else names | above

    def _callers(self, module: Module, function: Node, aliases: frozenset[str], depth: int) -> frozenset[str] | Unknown:
        callers = self._tracer.callers(module, function)[:12]
        if not callers and self._tracer.repository.budget.incomplete:
            return Unknown("there is too much code to find all callers of the model call")
        paths = [self._up(c.module, c.node, aliases, depth - 1) for c, _ in callers if c.node.id != function.id]
        known = [p for p in paths if not isinstance(p, Unknown)]
        every = frozenset().union(*known)
        if any(not p & MODEL_ERRORS for p in known):
            return every - MODEL_ERRORS
        return next((p for p in paths if isinstance(p, Unknown)), every)

    def _within(self, module: Module, node: Node) -> tuple[frozenset[str], frozenset[str]]:
        """Names handled by the ``try`` statements of the function, and exceptions they are translated to."""
        handled: set[str] = set()
        translated: set[str] = set()
        child = node
        for above in module.ancestors(node):
            if above.type == "try_statement" and _is_body(above, child):
                for clause in above.children:
                    if clause.type in ("except_clause", "except_group_clause"):
                        self._clause(module, clause, handled, translated)
            if above.type == "function_definition":
                break
            child = above
        return frozenset(handled), frozenset(translated)

    def _clause(self, module: Module, clause: Node, handled: set[str], translated: set[str]) -> None:
        names = _caught(module, clause) or {"Exception"}
        body = next((c for c in clause.children if c.type == "block"), None)
        if body is None or (handled & MODEL_ERRORS and not names & MODEL_ERRORS):
            return
        raised = set(_raised(module, body))
        answers = any(r.startswith("HTTP") or r in ("abort", "ToolException") for r in raised)
        if answers and _answers_raw(module, body):
            return
        codes = _codes(module, body)
        if raised and not answers:
            translated.update(raised if names & MODEL_ERRORS or codes else ())
        if _ends_in_reraise(body):
            handled.update(codes if _acts(module, body, skip_raise=True) and not (raised and not answers) else ())
        elif answers or (not raised and _acts(module, body)):
            handled.update(names)

    def _decorators(self, module: Module, function: Node, aliases: frozenset[str]) -> frozenset[str] | Unknown:
        for decorator in module.decorators(function):
            callee = decorator.child_by_field_name("function") if decorator.type == "call" else decorator
            name = last_name(module, callee)
            if name in RETRY_DECORATORS:
                return _retried(module, decorator, aliases)
            if name in TRANSPARENT_DECORATORS:
                continue
            own = self._tracer.callee(Site(module, decorator), callee)
            if own is None:
                return Unknown(f"the entry point is called by a framework ({module.text(callee)[:60]})")
            caught = self._in_wrapper(own)
            if caught & MODEL_ERRORS:
                return caught
        return frozenset()

    def _in_wrapper(self, decorator: Site) -> frozenset[str]:
        """Handlers around the call of the wrapped function in a decorator of the repository."""
        module = decorator.module
        wrapped = {
            name for f in inside(decorator.node) if f.type == "function_definition" for name, _ in module.parameters(f)
        }
        for call in inside(decorator.node):
            callee = call.child_by_field_name("function") if call.type == "call" else None
            if callee is not None and module.text(callee) in wrapped:
                names, _ = self._within(module, call)
                if names:
                    return names
        return frozenset()


def _is_body(statement: Node, child: Node) -> bool:
    body = statement.child_by_field_name("body")
    return body is not None and body.id == child.id


def _caught(module: Module, clause: Node) -> set[str]:
    """The exception names of an ``except`` clause; empty for a bare one."""
    body = next((c for c in clause.children if c.type == "block"), None)
    names: set[str] = set()
    for child in clause.named_children:
        if body is not None and child.id == body.id:
            continue
        alias = child.child_by_field_name("alias") if child.type == "as_pattern" else None
        for node in inside(child, "attribute", "as_pattern_target"):
            if node.type in ("identifier", "attribute") and (alias is None or node.start_byte < alias.start_byte):
                names.add(last_name(module, node))
    return names - {""}


def _statements(body: Node, *types: str) -> Iterator[Node]:
    return (n for n in inside(body, *_NESTED) if n.type in types)


def _raised(module: Module, body: Node) -> Iterator[str]:
    """Names of the new exceptions that a handler raises."""
    for statement in _statements(body, "raise_statement"):
        value = statement.named_children[0] if statement.named_children else None
        if value is not None and value.type == "call":
            yield module.called(value)


def _codes(module: Module, body: Node) -> set[str]:
    """Error codes that a handler compares with."""
    texts = (module.text(n).strip("\"'") for n in _statements(body, "string_content"))
    return {t for t in texts if t.isidentifier() and (t.endswith("Exception") or t == "Throttling")}


def _ends_in_reraise(body: Node) -> bool:
    last = body.named_children[-1] if body.named_children else None
    if last is not None and last.type == "if_statement":
        last = next((c for c in reversed(last.named_children) if c.type == "else_clause"), None)
        block = last.child_by_field_name("body") if last is not None else None
        return block is not None and _ends_in_reraise(block)
    return last is not None and last.type == "raise_statement" and not last.named_children


def _acts(module: Module, body: Node, skip_raise: bool = False) -> bool:
    """The handler does more than log: it answers, retries, or takes another path."""
    if not skip_raise and _ends_in_reraise(body):
        return False
    for node in inside(body, *_NESTED):
        if node.type in ("return_statement", "yield") and node.named_children:
            if not _empty(module, node.named_children[0]) and not _shows_error(module, body, node):
                return True
        elif (node.type == "call" and not _logs(module, node) and not _in_return(module, node, body)) or (
            node.type == "assignment" and not _names_error(module, node)
        ):
            return True
    return False


def _shows_error(module: Module, body: Node, answer: Node) -> bool:
    """The answer carries the raw text of the exception: ``return str(e)``, ``return f"failed: {e}"``."""
    clause = module.parent(body)
    header = module.text(clause).partition(":")[0] if clause is not None else ""
    alias = re.search(r"\bas\s+(\w+)", header)
    shown = alias and re.search(rf"\b(?:str|repr)\(\s*{alias[1]}\s*\)|\{{\s*{alias[1]}\s*[}}!:]", module.text(answer))
    return bool(shown)


def _answers_raw(module: Module, body: Node) -> bool:
    """Each HTTP error that is raised carries the raw text of the exception, and no status that somebody chose."""
    raised = [n for n in inside(body, *_NESTED) if n.type == "raise_statement" and n.named_children]
    answers = [n for n in raised if "HTTP" in module.text(n)]
    return bool(answers) and all(_shows_error(module, body, n) and not _CHOSEN.search(module.text(n)) for n in answers)


def _in_return(module: Module, node: Node, body: Node) -> bool:
    """The node is part of an answer, which is judged as a whole."""
    for above in module.ancestors(node):
        if above.id == body.id:
            return False
        if above.type in ("return_statement", "yield"):
            return True
    return False


def _names_error(module: Module, assignment: Node) -> bool:
    """``message = str(e)`` and the like, which prepare a log line."""
    right = assignment.child_by_field_name("right")
    return right is None or right.type in ("call", "subscript", "attribute", "none")


def _logs(module: Module, call: Node) -> bool:
    callee = call.child_by_field_name("function")
    name = last_name(module, callee)
    plain = {"str", "repr", "type", "format_exc", "print_exc", "get", "len", "format", "lower", "record_exception"}
    return name in LOGGERS or name in plain


def _empty(module: Module, node: Node) -> bool:
    return module.text(node) in ("None", '""', "''", "[]", "{}", "()", "False") or node.type == "comment"


def _retried(module: Module, decorator: Node, aliases: frozenset[str]) -> frozenset[str]:
    """What a retry decorator retries: the named classes, any error when none is named."""
    text = module.text(decorator)
    named = {n for n in (*MODEL_ERRORS, *aliases) if n in text}
    if named & aliases:
        return frozenset(named | {"ThrottlingException"})
    restricted = any(word in text for word in ("retry_if", "exceptions=", "on_exception", "retry="))
    return frozenset(named) if restricted else frozenset({"Exception"})

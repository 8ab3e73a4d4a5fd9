"""What happens instead when a model call fails: another model, a cached or handed-over answer, or nothing."""

from __future__ import annotations

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.instead import CANDIDATES, HANDED_OVER, INSTEAD
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.trace import Tracer

MAX_CALLER_DEPTH = 5
MAX_CALLERS = 12
_NESTED = ("function_definition", "lambda", "class_definition")
_MODEL_CALLS = frozenset(
    ("converse", "converse_stream", "invoke_model", "invoke_model_with_response_stream", "retrieve", "completion")
)
_BREAKERS = frozenset(("circuit", "circuit_breaker", "breaker", "with_fallback", "fallback"))


class Fallbacks:
    """Looks for a way out along the call chain, from the call up to the entry point."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._functions: dict[tuple[str, int], bool | Unknown] = {}

    def of(self, module: Module, node: Node) -> bool | Unknown:
        """Whether every way to the call has a fallback."""
        return self._up(module, node, MAX_CALLER_DEPTH)

    def _up(self, module: Module, node: Node, depth: int) -> bool | Unknown:
        if self._within(module, node):
            return True
        function = module.function(node)
        if function is None:
            return False
        return self._of_function(module, function, depth)

    def _of_function(self, module: Module, function: Node, depth: int) -> bool | Unknown:
        """The same for all calls within a function; looked up once, and taken as not known within itself."""
        key = (module.path, function.id)
        if key not in self._functions:
            self._functions[key] = Unknown("the function is called by itself")
            self._functions[key] = self._around(module, function, depth)
        return self._functions[key]

    def _around(self, module: Module, function: Node, depth: int) -> bool | Unknown:
        decorated = {last_name(module, _callee(d)) for d in module.decorators(function)}
        if decorated & _BREAKERS:
            return True
        if depth == 0:
            return Unknown("the callers of the model call were not followed to their end")
        callers = self._tracer.callers(module, function)[:MAX_CALLERS]
        if not callers and self._tracer.repository.budget.incomplete:
            return Unknown("there is too much code to find all callers of the model call")
        ways = [self._up(c.module, c.node, depth - 1) for c, _ in callers if c.node.id != function.id]
        if not ways or False in ways:
            return False
        return next((w for w in ways if isinstance(w, Unknown)), True)

    def _within(self, module: Module, node: Node) -> bool:
        child = node
        for above in module.ancestors(node):
            if above.type == "try_statement" and _is_body(above, child):
                clauses = [c for c in above.children if c.type in ("except_clause", "except_group_clause")]
                if any(self._falls_back(module, clause) for clause in clauses):
                    return True
            if above.type == "function_definition":
                return False
            child = above
        return False

    def _falls_back(self, module: Module, clause: Node) -> bool:
        body = next((c for c in clause.children if c.type == "block"), None)
        if body is None:
            return False
        return any(_instead(module, n) for n in inside(body, *_NESTED)) or _tries_next(module, clause, body)


def _instead(module: Module, node: Node) -> bool:
    if node.type == "call":
        name = module.called(node)
        return name in _MODEL_CALLS or bool(INSTEAD.search(name))
    if node.type == "return_statement" and node.named_children:
        return any(HANDED_OVER.search(text) for text in _texts(module, node.named_children[0]))
    return False


def _texts(module: Module, value: Node) -> list[str]:
    """The texts of an answer, and those of the file's constants that it names."""
    own = [module.text(n) for n in inside(value) if n.type == "string"]
    constants = module.bindings.get(module.root.id, {})
    named = [b for n in inside(value) if n.type == "identifier" for b in constants.get(module.text(n), ())]
    return own + [module.text(b.value) for b in named if b.value is not None and b.value.type == "string"]


def _callee(decorator: Node) -> Node | None:
    return decorator.child_by_field_name("function") if decorator.type == "call" else decorator


def _is_body(statement: Node, child: Node) -> bool:
    body = statement.child_by_field_name("body")
    return body is not None and body.id == child.id


def _tries_next(module: Module, clause: Node, body: Node) -> bool:
    """The clause goes on to the next of several models, Regions or providers."""
    if any(n.type == "raise_statement" for n in inside(body, *_NESTED, "if_statement")):
        return False
    for above in module.ancestors(clause):
        if above.type == "function_definition":
            return False
        if above.type == "for_statement":
            header = (above.child_by_field_name("left"), above.child_by_field_name("right"))
            return any(bool(CANDIDATES.search(module.text(part))) for part in header)
    return False

"""What happens instead when a model call fails: another model, a cached or handed-over answer, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.instead import CANDIDATES, HANDED_OVER, INSTEAD
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.kinds import CLASSES, FUNCTIONS
from prodworks_cli.sources.typescript.libraries import AI_SDK, OPERATIONS
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.trace import Tracer

MAX_DEPTH = 5
MAX_CALLERS = 12
_LOOPS = ("for_statement", "for_in_statement", "while_statement", "do_statement")
# Wrappers and options that try another model by themselves.
_BREAKERS = frozenset({"withFallbacks", "withFallback", "createFallback", "fallback", "circuitBreaker", "fire"})
_CALLS = AI_SDK | {f"{name}Command" for name in OPERATIONS} | {"RetrieveCommand"}


class Fallbacks:
    """Looks for a way out along the call chain, from the call up to the entry point."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._functions: dict[tuple[str, int], bool | Unknown] = {}

    def of(self, call: Site) -> bool | Unknown:
        """Whether every way to the call has a fallback."""
        return self._up(call, MAX_DEPTH)

    def _up(self, place: Site, depth: int) -> bool | Unknown:
        if _within(place.module, place.node):
            return True
        function = place.module.function(place.node)
        if function is None:
            return False
        key = (place.module.path, function.id)
        if key not in self._functions:
            self._functions[key] = Unknown("the function is called by itself")
            self._functions[key] = self._around(place.module, function, depth)
        return self._functions[key]

    def _around(self, module: Module, function: Node, depth: int) -> bool | Unknown:
        if depth == 0:
            return Unknown("the callers of the model call were not followed to their end")
        callers = self._tracer.callers(module, function)
        if callers is None:
            return Unknown(f"{module.name(function)} has too many callers to follow")
        ways = [self._up(c, depth - 1) for c, _ in callers[:MAX_CALLERS] if c.node.id != function.id]
        if not ways or False in ways:
            return False
        return next((w for w in ways if isinstance(w, Unknown)), True)


def _within(module: Module, node: Node) -> bool:
    """A handler around the place, in its function, does something instead."""
    child = node
    for above in module.ancestors(node):
        if above.type in FUNCTIONS and module.name(above):
            return False
        if above.type == "call_expression" and last_name(module, callee_of(above)) in _BREAKERS:
            return True
        body = _handler(module, above, child)
        if body is not None and (
            any(_instead(module, n) for n in inside(body, *FUNCTIONS, *CLASSES)) or _tries_next(module, above, body)
        ):
            return True
        child = above
    return False


def _handler(module: Module, above: Node, child: Node) -> Node | None:
    """What runs when the part of ``above`` that is ``child`` fails."""
    if above.type == "try_statement" and above.child_by_field_name("body") == child:
        clause = above.child_by_field_name("handler")
        return clause.child_by_field_name("body") if clause is not None else None
    if above.type == "call_expression" and last_name(module, callee_of(above)) == "catch" and child == callee_of(above):
        given = module.arguments(above)
        return given[0].child_by_field_name("body") if given and given[0].type in FUNCTIONS else None
    return None


def _instead(module: Module, node: Node) -> bool:
    if node.type in ("call_expression", "new_expression"):
        name = last_name(module, callee_of(node))
        return name in _CALLS or bool(INSTEAD.search(name))
    if node.type == "return_statement" and node.named_children:
        return any(HANDED_OVER.search(text) for text in _texts(module, node.named_children[0]))
    return False


def _texts(module: Module, value: Node) -> Iterator[str]:
    """The texts of an answer, and those of the file's constants that it names."""
    constants = module.bindings.get(module.root.id, {})
    for node in inside(value):
        if node.type in ("string", "template_string"):
            yield module.text(node)
        for binding in constants.get(module.text(node), ()) if node.type == "identifier" else ():
            if binding.value is not None and binding.value.type in ("string", "template_string"):
                yield module.text(binding.value)


def _tries_next(module: Module, place: Node, body: Node) -> bool:
    """The handler goes on to the next of several models, Regions or providers."""
    if any(n.type == "throw_statement" for n in inside(body, *FUNCTIONS, "if_statement")):
        return False
    for above in module.ancestors(place):
        if above.type in FUNCTIONS and module.name(above):
            return False
        if above.type in _LOOPS:
            header = (above.child_by_field_name(f) for f in ("left", "right", "condition", "initializer"))
            return any(CANDIDATES.search(module.text(part)) for part in header)
    return False

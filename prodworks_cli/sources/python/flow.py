"""What becomes of a response: is its token usage read, and which of its stop reasons are looked at.

The whole response is followed through names, functions and callers of the repository. A part that cannot hold usage or
stop reason (the text of the answer) is not followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.python.handlers import LOGGERS
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.stops import STOP_KEYS, Stops
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.trace import RUNNERS, Site, Tracer

MAX_SCOPES = 24
USAGE_KEYS = frozenset(
    {"usage", "inputTokens", "outputTokens", "totalTokens", "input_tokens", "output_tokens", "usage_metadata"}
    | {"x-amzn-bedrock-input-token-count", "x-amzn-bedrock-output-token-count", "amazon-bedrock-invocationMetrics"}
    | {"inputTokenCount", "outputTokenCount", "inputTextTokenCount", "prompt_token_count", "generation_token_count"}
    | {"prompt_tokens", "completion_tokens", "token_usage", "accumulated_usage"}
)
# Members that lead on to usage or stop reason in the responses of Converse, InvokeModel and the agent APIs.
PASSING = frozenset(
    {"body", "stream", "metadata", "completion", "chunk", "bytes", "trace", "ResponseMetadata", "HTTPHeaders"}
    | {"messageStop", "delta", "message", "results", "choices", "orchestrationTrace", "modelInvocationOutput"}
    | {"response_metadata", "metrics", "Body", "headers", "generations", "0"}
)
_METHODS = frozenset({"read", "decode", "json", "items", "values", "copy", "iter_lines", "strip", "__aiter__", "model_dump"})
_FUNCTIONS = frozenset({"loads", "iter", "enumerate", "list", "dict", "next", "cast", "anext", "aiter", "StreamingBody"})
_HARMLESS = frozenset({"isinstance", "len", "type", "bool", "id", "hasattr", "str", "repr", "dumps", "format"})


@dataclass
class _Scope:
    """One function while it is read: the names and nodes that hold the whole response."""

    module: Module
    node: Node
    names: set[str] = field(default_factory=set)
    seeds: set[int] = field(default_factory=set)


@dataclass
class Reading:
    """What was found on all paths of a response."""

    usage: bool = False
    stops: set[str] = field(default_factory=set)
    stop_passed_on: bool = False
    escapes: str | None = None

    def usage_recorded(self) -> bool | Unknown:
        """The usage is read and goes somewhere; unknown when the response leaves the repository."""
        return self.usage or (Unknown(self.escapes) if self.escapes else False)

    def stop_reasons(self) -> tuple[str, ...] | Unknown:
        """The stop reasons that the code tells apart; empty when it reads none."""
        if self.stops:
            return tuple(sorted(self.stops))
        if self.stop_passed_on:
            return Unknown("the stop reason is passed on without a comparison")
        return Unknown(self.escapes) if self.escapes else ()


class Flow:
    """Follows responses."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def of(self, site: Site) -> Reading:
        """What becomes of the value of one expression."""
        reading = Reading()
        home = site.module.function(site.node) or site.module.root
        queue = [_Scope(site.module, home, seeds={site.node.id})]
        seen: set[tuple[str, int, tuple[str, ...], tuple[int, ...]]] = set()
        while queue:
            scope = queue.pop(0)
            key = (scope.module.path, scope.node.id, tuple(sorted(scope.names)), tuple(sorted(scope.seeds)))
            if key in seen:
                continue
            seen.add(key)
            if len(seen) > MAX_SCOPES:
                reading.escapes = reading.escapes or "the response takes too many ways to follow"
                break
            queue.extend(self._read(scope, reading))
        return reading

    def _read(self, scope: _Scope, reading: Reading) -> list[_Scope]:
        for _ in range(4):
            before = len(scope.names)
            self._spread(scope)
            if len(scope.names) == before:
                break
        following: list[_Scope] = []
        stops = Stops(self._tracer, scope.module, scope.node)
        for node in inside(scope.node):
            key = self._key_read(scope, node)
            if key in USAGE_KEYS:
                reading.usage = True
            if key in STOP_KEYS:
                handled, passed = stops.of(node)
                reading.stops |= handled
                reading.stop_passed_on |= passed
            following.extend(self._leaves(scope, node, reading))
        return following

    def _spread(self, scope: _Scope) -> None:
        module = scope.module
        for node in inside(scope.node):
            if node.type in ("assignment", "named_expression", "for_statement", "for_in_clause"):
                target = node.child_by_field_name("left") or node.child_by_field_name("name")
                value = node.child_by_field_name("right") or node.child_by_field_name("value")
                if target is not None and value is not None and self._whole(scope, value):
                    plain = target.type == "attribute"
                    scope.names.update((module.text(target),) if plain else module.identifiers(target))
            elif node.type == "as_pattern" and node.named_children and self._whole(scope, node.named_children[0]):
                scope.names.update(module.identifiers(node.child_by_field_name("alias")))

    def _whole(self, scope: _Scope, node: Node, depth: int = 12) -> bool:
        """The expression still holds usage and stop reason."""
        if node.id in scope.seeds:
            return True
        if depth == 0:
            return False
        module, kind = scope.module, node.type
        if kind == "identifier":
            return module.text(node) in scope.names
        if kind == "subscript":
            return self._part(scope, node.child_by_field_name("value"), node.child_by_field_name("subscript"), depth)
        if kind == "attribute":
            target = node.child_by_field_name("object")
            if module.text(node) in scope.names:
                return True
            passing = last_name(module, node) in PASSING
            return passing and target is not None and self._whole(scope, target, depth - 1)
        if kind == "call":
            return self._call_keeps(scope, node, depth)
        if kind in ("await", "parenthesized_expression", "conditional_expression", "boolean_operator", "tuple", "list"):
            return any(self._whole(scope, c, depth - 1) for c in node.named_children)
        if kind in ("dictionary", "pair", "expression_list", "generator_expression", "list_comprehension"):
            return any(self._whole(scope, c, depth - 1) for c in node.named_children[:50])
        return False

    def _part(self, scope: _Scope, value: Node | None, key: Node | None, depth: int) -> bool:
        if value is None or key is None or not self._whole(scope, value, depth - 1):
            return False
        return key.type != "string" or scope.module.text(key).strip("\"'") in PASSING

    def _call_keeps(self, scope: _Scope, node: Node, depth: int) -> bool:
        module = scope.module
        callee, given = node.child_by_field_name("function"), module.arguments(node).positional
        name = last_name(module, callee)
        target = callee.child_by_field_name("object") if callee is not None and callee.type == "attribute" else None
        if target is not None and self._whole(scope, target, depth - 1):
            if name in ("get", "pop"):
                return bool(given) and self._part(scope, target, given[0], depth)
            return name in _METHODS
        if name in _FUNCTIONS or name in RUNNERS:
            return any(self._whole(scope, a, depth - 1) for a in given)
        passes = self._tracer.callee(Site(module, node), callee) is not None
        return passes and any(self._whole(scope, a, depth - 1) for a in given) and "iter" in name

    def _key_read(self, scope: _Scope, node: Node) -> str | None:
        """The member of the response that an expression reads or asks for."""
        module = scope.module
        if node.type == "subscript":
            return self._key_of(scope, node.child_by_field_name("value"), node.child_by_field_name("subscript"))
        if node.type == "attribute":
            target = node.child_by_field_name("object")
            return last_name(module, node) if target is not None and self._whole(scope, target) else None
        callee = node.child_by_field_name("function") if node.type == "call" else None
        if callee is not None and last_name(module, callee) in ("get", "pop", "getattr"):
            given = module.arguments(node).positional
            if callee.type == "identifier" and len(given) > 1:
                return self._key_of(scope, given[0], given[1])
            return self._key_of(scope, callee.child_by_field_name("object"), given[0]) if given else None
        return None

    def _key_of(self, scope: _Scope, value: Node | None, key: Node | None) -> str | None:
        if value is None or key is None or key.type != "string" or not self._whole(scope, value):
            return None
        return scope.module.text(key).strip("\"'")

    def _leaves(self, scope: _Scope, node: Node, reading: Reading) -> Iterator[_Scope]:
        """The functions that get the response next: callees, and callers of a function that returns it."""
        if node.type in ("return_statement", "yield") or (node.type == "lambda" and scope.node.type != "lambda"):
            value = node.child_by_field_name("body") if node.type == "lambda" else None
            value = value or (node.named_children[-1] if node.named_children else None)
            if value is not None and self._whole(scope, value):
                yield from self._to_callers(scope, node, reading)
        elif node.type == "call" and node.id not in scope.seeds:
            yield from self._to_callee(scope, node, reading)
        elif node.type == "assignment":
            target, value = node.child_by_field_name("left"), node.child_by_field_name("right")
            if target is not None and target.type == "subscript" and value is not None and self._whole(scope, value):
                reading.escapes = reading.escapes or "the response is stored whole"
            elif target is not None and scope.module.text(target).startswith("self.") and scope.module.text(target) in scope.names:
                reading.escapes = reading.escapes or "the response is kept in an attribute"

    def _to_callers(self, scope: _Scope, node: Node, reading: Reading) -> Iterator[_Scope]:
        module = scope.module
        if node.type == "lambda":
            call = next((a for a in module.ancestors(node) if a.type == "call"), None)
            if call is not None:
                yield _Scope(module, scope.node, set(scope.names), {*scope.seeds, call.id})
            return
        function = module.function(node)
        callers = self._tracer.callers(module, function) if function is not None else ()
        if not callers:
            reading.escapes = reading.escapes or "the response is returned whole to a caller outside the repository"
        for caller, _ in callers[:12]:
            home = caller.module.function(caller.node) or caller.module.root
            yield _Scope(caller.module, home, seeds={caller.node.id})

    def _to_callee(self, scope: _Scope, node: Node, reading: Reading) -> Iterator[_Scope]:
        module, arguments = scope.module, scope.module.arguments(node)
        callee = node.child_by_field_name("function")
        name = last_name(module, callee)
        given = [*arguments.positional, *arguments.keywords.values()]
        if not any(self._whole(scope, a) for a in given):
            return
        if name in LOGGERS:
            reading.usage |= name not in ("debug", "error", "exception")
            return
        function = self._tracer.callee(Site(module, node), callee)
        if function is None:
            known = {*_FUNCTIONS, *_HARMLESS, *_METHODS, *RUNNERS, "get", "append"}
            if name not in known and not self._call_keeps(scope, node, 8):
                reading.escapes = reading.escapes or f"the response is passed whole to {module.text(callee)[:60]}"
            return
        names = [n for n, _ in function.module.parameters(function.node) if n not in ("self", "cls")]
        got = {n for n, a in zip(names, arguments.positional, strict=False) if self._whole(scope, a)}
        got |= {n for n, a in arguments.keywords.items() if self._whole(scope, a)}
        yield _Scope(function.module, function.node, got)

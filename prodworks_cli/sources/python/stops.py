"""Which stop reasons the code tells apart, from the comparisons of the value that it reads."""

from __future__ import annotations

from tree_sitter import Node

from prodworks_cli.sources.python.handlers import LOGGERS
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.trace import Site, Tracer

STOP_KEYS = frozenset(
    {"stopReason", "stop_reason", "finish_reason", "finishReason", "completionReason", "guardrailAction"}
)
# Stop reasons of Converse (Amazon Bedrock API reference, ConverseResponse.stopReason).
ALL_REASONS = frozenset(
    {"end_turn", "tool_use", "max_tokens", "stop_sequence", "guardrail_intervened", "content_filtered"}
    | {"malformed_model_output", "malformed_tool_use", "model_context_window_exceeded"}
)
_NATURAL = frozenset({"end_turn", "stop", "stop_sequence", "finish", "complete", "none"})
# The same reasons in the bodies of other model families.
_SPELLINGS = {
    "length": "max_tokens",
    "token_limit_reached": "max_tokens",
    "intervened": "guardrail_intervened",
    "content_filter": "content_filtered",
    "refusal": "content_filtered",
}
_PARTS = ("parenthesized_expression", "subscript", "attribute", "call", "argument_list", "boolean_operator", "await")
MAX_DEPTH = 3


class Stops:
    """Reads one function."""

    def __init__(self, tracer: Tracer, module: Module, scope: Node, depth: int = MAX_DEPTH) -> None:
        self._tracer = tracer
        self._module = module
        self._scope = scope
        self._depth = depth

    def of(self, read: Node) -> tuple[set[str], bool]:
        """The reasons handled by the uses of one read of the stop reason, and whether it is passed on."""
        handled, passed = self._use(read)
        names = self._assigned(read)
        for node in inside(self._scope):
            if node.type in ("identifier", "attribute") and self._module.text(node) in names and not self._is_target(node):
                more, further = self._use(node)
                handled |= more
                passed |= further
        return handled, passed

    def in_parameter(self, name: str) -> tuple[set[str], bool]:
        """The reasons handled where a parameter holds the stop reason."""
        handled: set[str] = set()
        passed = False
        for node in inside(self._scope):
            if node.type == "identifier" and self._module.text(node) == name:
                more, further = self._use(node)
                handled |= more
                passed |= further
        return handled, passed

    def _assigned(self, read: Node) -> set[str]:
        for above in self._module.ancestors(read):
            if above.type == "assignment":
                target = above.child_by_field_name("left")
                return {self._module.text(target)} if target is not None and target.type != "subscript" else set()
            if above.type not in _PARTS and above.type != "conditional_expression":
                return set()
        return set()

    def _is_target(self, node: Node) -> bool:
        above = self._module.parent(node)
        left = above.child_by_field_name("left") if above is not None and above.type == "assignment" else None
        named = above is not None and above.type == "keyword_argument"
        name = above.child_by_field_name("name") if above is not None and named else None
        return any(n is not None and n.id == node.id for n in (left, name))

    def _use(self, node: Node) -> tuple[set[str], bool]:
        """The comparison, look-up, match or hand-over that a value takes part in."""
        child = node
        for above in self._module.ancestors(node):
            kind = above.type
            if kind == "comparison_operator":
                return self._compared(above), False
            if kind == "match_statement":
                return self._literals(above), False
            if kind == "call":
                return self._handed(above, child)
            if kind == "subscript" and above.child_by_field_name("subscript") == child:
                return self._looked_up(above.child_by_field_name("value")), False
            if kind in ("return_statement", "yield", "pair"):
                return set(), True
            if kind in ("interpolation", "block", "assignment", "if_statement", "expression_statement"):
                return set(), False
            child = above
        return set(), False

    def _compared(self, comparison: Node) -> set[str]:
        literals = self._literals(comparison)
        text = self._module.text(comparison)
        if "!=" in text or " not in " in text:
            return set(ALL_REASONS) - literals
        above = self._module.parent(comparison)
        alternative = above is not None and above.type == "if_statement" and above.child_by_field_name("alternative")
        if literals and literals <= _NATURAL and alternative:
            return set(ALL_REASONS) - literals
        return literals - _NATURAL

    def _literals(self, node: Node) -> set[str]:
        texts = {self._module.text(n).lower() for n in inside(node) if n.type == "string_content"}
        reasons = {_SPELLINGS.get(t, t) for t in texts} - {k.lower() for k in STOP_KEYS}
        return reasons & (ALL_REASONS | _NATURAL)

    def _looked_up(self, table: Node | None) -> set[str]:
        """The keys of a dictionary that is indexed with the reason."""
        if table is None:
            return set()
        if table.type == "dictionary":
            return self._literals(table) - _NATURAL
        found: set[str] = set()
        for origin in self._tracer.sites(Site(self._module, table)):
            if origin.node.type == "dictionary":
                found |= Stops(self._tracer, origin.module, origin.node)._literals(origin.node) - _NATURAL
        return found

    def _handed(self, call: Node, argument: Node) -> tuple[set[str], bool]:
        callee = call.child_by_field_name("function")
        if callee is not None and callee.id == argument.id:
            return set(), False
        name = last_name(self._module, callee)
        if name == "get" and callee is not None:
            found = self._looked_up(callee.child_by_field_name("object"))
            return found, False
        if name in LOGGERS or name in ("str", "repr", "print"):
            return self._beyond(call) if name in ("str", "repr") else (set(), False)
        function = self._tracer.callee(Site(self._module, call), callee) if self._depth else None
        if function is None:
            return set(), True
        inner = Stops(self._tracer, function.module, function.node, self._depth - 1)
        handled: set[str] = set()
        for parameter in self._parameters(call, function):
            handled |= inner.in_parameter(parameter)[0]
        return handled, not handled

    def _beyond(self, call: Node) -> tuple[set[str], bool]:
        return self._use(call)

    def _parameters(self, call: Node, function: Site) -> list[str]:
        """The parameters that receive the reason."""
        given = self._module.arguments(call)
        names = [n for n, _ in function.module.parameters(function.node) if n not in ("self", "cls")]
        pairs = [*zip(names, given.positional, strict=False), *given.keywords.items()]
        return [n for n, value in pairs if "reason" in self._module.text(value).lower() or "stop" in n]

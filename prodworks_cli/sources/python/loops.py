"""Loops in which the model decides whether it is called again, and what ends them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.agent_code import AgentLoop
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.python.agents import FRAMEWORKS, WORDS, Framework, framework_of
from prodworks_cli.sources.python.entries import LAMBDA, Entries
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, made_name
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.trace import Tracer
from prodworks_cli.sources.python.values import Values

# A Lambda function ends after 15 minutes at the latest.
LONGEST_LAMBDA = 900
MAX_CALLERS = 4
_ORDERS = ("<", "<=", ">", ">=", "==")
_DECIDES = re.compile(r"tool_?use|tool_?calls?|stop_?reason|finish_?reason|function_call|returnControl", re.IGNORECASE)
# What the pattern matches, in small letters.
_DECISIONS = (
    *(b"tool_use", b"tooluse", b"tool_call", b"toolcall", b"stop_reason", b"stopreason", b"finish_reason"),
    *(b"finishreason", b"function_call", b"returncontrol"),
)
_FUNCTION = frozenset({"function_definition"})
# From this version on the default limit is no longer 25 but in the thousands.
_HIGH_DEFAULT = (1, 0, 6)
OLD_DEFAULT, NEW_DEFAULT = 25, 10_007
NOT_SET = "the limit is the default of the installed LangGraph, whose version is not locked"


class Loops:
    """Finds loops. ``calls`` holds the places of the model calls."""

    def __init__(
        self,
        repository: Repository,
        tracer: Tracer,
        values: Values,
        entries: Entries,
        calls: frozenset[tuple[str, int]],
    ) -> None:
        self._repository = repository
        self._tracer = tracer
        self._values = values
        self._entries = entries
        self._calls = calls
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        for module in self._repository.holding_in_any_case(*_DECISIONS):
            for loop in module.of_type("while_statement", "for_statement"):
                if self._is_agentic(module, loop):
                    yield self._written(module, loop)
        for module in self._repository.containing(*WORDS):
            for call in module.made(FRAMEWORKS):
                name = made_name(module, call.child_by_field_name("function"))
                framework = framework_of(self._repository, module, call, name)
                if framework is not None:
                    yield self._framework(module, call, name, framework)

    def _is_agentic(self, module: Module, loop: Syntax) -> bool:
        """A model is called in the loop, and what it asks for decides whether the loop goes on."""
        if not _DECIDES.search(module.text(loop)[:20_000]):
            return False
        if loop.type == "for_statement" and _range(module, loop) is None:
            return False
        body = loop.child_by_field_name("body")
        nodes = module.outside(body, _FUNCTION, "call") if body is not None else ()
        return any((module.path, n.id) in self._calls for n in nodes) or any(
            self._calls_model(module, n) for n in nodes
        )

    def _calls_model(self, module: Module, node: Syntax) -> bool:
        """The call is of a function of the repository that itself calls a model."""
        callee = self._tracer.callee(Site(module, node), node.child_by_field_name("function"))
        if callee is None or callee.node.type != "function_definition":
            return False
        return any(
            (callee.module.path, n.id) in self._calls for n in callee.module.below(callee.node, "call", "attribute")
        )

    def _written(self, module: Module, loop: Syntax) -> Draft:
        time = self._deadline(module, loop)
        rounds = self._rounds(module, loop)
        known = {"framework": "none", "iteration_limit": rounds, "time_limit": time}
        return self._draft(module, loop, f"{module.qualified(loop)} loop", known)

    def _rounds(self, module: Module, loop: Syntax) -> Drafted:
        """The number of ``range``, or what a counter of the loop is compared with."""
        counted = _range(module, loop)
        if counted is not None:
            return self._values.of(Site(module, counted))
        counters = {
            module.text(n.child_by_field_name("left"))
            for n in module.below(loop, "augmented_assignment")
            if module.text(n.child_by_field_name("operator")) in ("+=", "-=")
        }
        for node in module.below(loop, "comparison_operator"):
            if any(c.type in ("<", "<=", ">", ">=", "==") for c in node.children):
                sides = node.named_children
                names = [module.text(s) for s in sides]
                if len(sides) == 2 and set(names) & counters:
                    limit = sides[1] if names[0] in counters else sides[0]
                    value = self._values.of(Site(module, limit))
                    return value if value.unknown is None else Unknown(value.unknown.reason, present=True)
        return None

    def _deadline(self, module: Module, loop: Syntax) -> Drafted:
        text = module.text(loop)
        if re.search(r"get_remaining_time_in_millis|deadline|monotonic\(\)\s*[-<>]|time\(\)\s*[-<>]|wait_for\(", text):
            return LONGEST_LAMBDA
        return LONGEST_LAMBDA if self._in_lambda(module, loop, MAX_CALLERS) else None

    def _in_lambda(self, module: Module, node: Syntax, depth: int) -> bool:
        """One run of a Lambda function is one run of the loop: all ways to it begin at a handler."""
        function = module.function(node)
        if function is None or depth == 0:
            return False
        if self._entries.of(module, function) == LAMBDA:
            return True
        callers = self._tracer.callers(module, function)
        return bool(callers) and all(self._in_lambda(c.module, c.node, depth - 1) for c, _ in callers)

    def _framework(self, module: Module, call: Syntax, name: str, framework: Framework) -> Draft:
        library, default = framework.library, framework.default
        given = module.arguments(call)
        limits = (n for k in framework.limits if (n := given.keywords.get(k)) is not None)
        values = [self._values.of(Site(module, n)) for n in limits]
        limit: Drafted = self._set_limit(values) if values else default
        if not values and library in ("langgraph", "langchain") and default is None:
            limit = self._run_limit("recursion_limit") or self._default(module)
        for key in framework.of_run:
            limit = self._run_limit(key) or limit
        if limit is None and (given.splats or "hooks" in given.keywords):
            limit = Unknown("a hook or an argument that is built elsewhere may end the loop")
        time = LONGEST_LAMBDA if self._in_lambda(module, call, MAX_CALLERS) or self._lambda_file(module) else None
        known: dict[str, Drafted] = {"framework": library, "iteration_limit": limit, "time_limit": time}
        return self._draft(module, call, f"{module.qualified(call)} {name}", known)

    def _set_limit(self, values: Sequence[Node]) -> Drafted:
        known = next((v for v in values if isinstance(v.content, int | float)), None)
        return known or next((v.unknown for v in values if v.unknown), None)

    def _run_limit(self, key: str) -> Drafted:
        """The limit that some run of an agent or a graph is given."""
        for module in self._repository.containing(key.encode()):
            for node in module.of_type("pair", "keyword_argument"):
                named = node.child_by_field_name("key") or node.child_by_field_name("name")
                value = node.child_by_field_name("value")
                if value is not None and module.text(named).strip("\"'") == key:
                    found = self._values.of(Site(module, value))
                    return found if found.unknown is None else Unknown(found.unknown.reason)
        return None

    def _default(self, module: Module) -> int | Unknown:
        """The recursion limit of the LangGraph that the program is locked to."""
        high = self._repository.versions.is_from(_HIGH_DEFAULT, module.path, "langgraph")
        if isinstance(high, Unknown):
            return Unknown(NOT_SET)
        return NEW_DEFAULT if high else OLD_DEFAULT

    def _lambda_file(self, module: Module) -> bool:
        functions = module.of_type("function_definition")
        return any(self._entries.of(module, f) == LAMBDA for f in functions)

    def _draft(self, module: Module, node: Syntax, name: str, known: Mapping[str, Drafted]) -> Draft:
        attributes: dict[str, Drafted] = {"token_limit": None, **known}
        return Draft(AgentLoop, module.at(node), attributes, self._names.of(f"{module.path}:{name}"))


def _range(module: Module, loop: Syntax) -> Syntax | None:
    """The end of ``for ... in range(end)``."""
    right = loop.child_by_field_name("right") if loop.type == "for_statement" else None
    if right is None or right.type != "call" or module.text(right.child_by_field_name("function")) != "range":
        return None
    given = module.arguments(right).positional
    return given[min(1, len(given) - 1)] if given else None

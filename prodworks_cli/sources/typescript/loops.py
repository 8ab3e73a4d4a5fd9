"""Loops in which the model decides whether it is called again, and what ends them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.agent_code import AgentLoop
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.content import member
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.entries import LAMBDA, Entries
from prodworks_cli.sources.typescript.kinds import FUNCTIONS
from prodworks_cli.sources.typescript.members import key_of
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.values import Values

# A Lambda function ends after 15 minutes at the latest.
LONGEST_LAMBDA = 900
MAX_CALLERS = 4
_DECIDES = re.compile(r"tool_?use|tool_?calls?|stop_?reason|finish_?reason|function_?call|returnControl", re.IGNORECASE)
# What another generator makes is taken from it, one by one.
_ITERATES = re.compile(r"^\{\s*(?:const|let)\s+(?:\w+|\{[^}]{1,80}\})\s*=\s*(?:await\s+)?[\w.]+\.(?:next|read)\(\)")
_LOOPS = ("while_statement", "do_statement", "for_statement", "for_in_statement")
_DEADLINE = re.compile(
    r"getRemainingTimeInMillis|deadline|Date\.now\(\)\s*[-<>]|performance\.now\(\)\s*[-<>]|AbortSignal\.timeout"
)
# Agents of frameworks: the package, the options that limit a run, and the limit without one.
_FRAMEWORKS: Mapping[str, tuple[str, tuple[str, ...], int | None]] = {
    "createReactAgent": ("@langchain/langgraph", ("recursionLimit",), 25),
    "createAgent": ("langchain", ("recursionLimit",), 25),
    "StateGraph": ("@langchain/langgraph", ("recursionLimit",), 25),
    "AgentExecutor": ("langchain", ("maxIterations",), 15),
    "initializeAgentExecutorWithOptions": ("langchain", ("maxIterations",), 15),
    "ToolLoopAgent": ("ai", ("stopWhen",), 20),
    "Experimental_Agent": ("ai", ("stopWhen",), 1),
    "ReActAgent": ("llamaindex", ("maxIterations",), 10),
    "Swarm": ("@strands-agents/sdk", ("maxSteps",), None),
    "Agent": ("", ("maxSteps", "maxTurns"), None),
}
# Packages whose ``Agent`` runs a loop, with the limit of a run without one.
_AGENTS: Mapping[str, tuple[str, int | None]] = {
    "@strands-agents/sdk": ("strands", None),
    "@mastra/core": ("mastra", 5),
    "@openai/agents": ("openai-agents", 10),
}
# Without one of these the model of an agent has nothing to come back for.
_COMES_BACK = ("tools", "handoffs", "agents", "workflows", "mcpServers", "toolsets")
_LIBRARIES = {"@langchain/langgraph": "langgraph", "ai": "ai-sdk", "@strands-agents/sdk": "strands"}
# The limits of a single call of an agent, which stand where it is invoked.
_RUN_LIMITS = (b"recursionLimit", b"maxSteps", b"maxTurns", b"turns:")


class Loops:
    """Finds loops. ``calls`` holds the places of the model calls."""

    def __init__(self, values: Values, entries: Entries, calls: frozenset[tuple[str, int]]) -> None:
        self._values = values
        self._tracer = values.tracer
        self._repository = values.tracer.repository
        self._entries = entries
        self._calls = calls
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        yield from self._deciding() if self._calls else ()
        for module in self._repository.matching(_MAKES, b"maxSteps", b"stopWhen", b"gent", b"Graph", b"Swarm"):
            for call in module.of_type("call_expression", "new_expression"):
                draft = self._framework(module, call) or self._steps(module, call)
                if draft is not None:
                    yield draft

    def _deciding(self) -> Iterator[Draft]:
        """Loops and recursion around the model calls."""
        homes = {path for path, _ in self._calls}

        decide = self._repository.folded(*_DECIDES_BYTES)

        def may_decide(path: str, data: bytes) -> bool:
            return path in decide and (path in homes or _LOOPS_BYTES.search(data) is not None)

        for module in self._repository.where(may_decide, b"tool", b"Tool", b"eason", b"returnControl"):
            for loop in module.of_type(*_LOOPS):
                if self._is_agentic(module, loop):
                    yield self._written(module, loop)
            for function in module.of_type(*FUNCTIONS) if module.path in homes else ():
                if self._comes_back(module, function):
                    yield self._recursive(module, function)

    def _is_agentic(self, module: Module, loop: Syntax) -> bool:
        """A model is called in the loop, and what it asks for decides whether the loop goes on."""
        body = loop.child_by_field_name("body")
        if body is None or not _DECIDES.search(module.text(loop)[:20_000]):
            return False
        if loop.type == "for_in_statement" or _ITERATES.search(module.text(body)[:600]):
            return False
        nodes = [n for n in inside(body, "function_declaration") if n.type == "call_expression"]
        return any((module.path, n.id) in self._calls or self._calls_model(module, n) for n in nodes)

    def _calls_model(self, module: Module, call: Syntax) -> bool:
        """The call is of a function of the repository that itself calls a model."""
        return any(
            (f.module.path, n.id) in self._calls
            for f in self._tracer.callees(Site(module, call))
            for n in f.module.below(f.node, "call_expression")
        )

    def _comes_back(self, module: Module, function: Syntax) -> bool:
        """The function calls a model and, when that asks for a tool, itself."""
        name = module.name(function)
        if not name or not _DECIDES.search(module.text(function)[:20_000]):
            return False
        calls = module.below(function, "call_expression")
        own = any(last_name(module, callee_of(c)) == name and (callee_of(c) or c).type == "identifier" for c in calls)
        bound = any(module.text(callee_of(c)) == f"this.{name}" for c in calls)
        return (own or bound) and any((module.path, c.id) in self._calls for c in calls)

    def _recursive(self, module: Module, function: Syntax) -> Draft:
        names = {p.name for p in module.parameters(function)}
        known = {
            "iteration_limit": self._compared(module, function, names),
            "time_limit": self._deadline(module, function),
        }
        return self._draft(
            module,
            function,
            f"{module.qualified(function) or module.name(function)} recursion",
            {"framework": "none", **known},
        )

    def _written(self, module: Module, loop: Syntax) -> Draft:
        counters = {
            module.text(n.child_by_field_name("argument") or n.child_by_field_name("left"))
            for n in inside(loop)
            if n.type in ("update_expression", "augmented_assignment_expression")
        }
        known: dict[str, Drafted] = {
            "framework": "none",
            "iteration_limit": self._compared(module, loop, counters),
            "time_limit": self._deadline(module, loop),
        }
        return self._draft(module, loop, f"{module.qualified(loop)} loop", known)

    def _compared(self, module: Module, scope: Syntax, counters: set[str]) -> Drafted:
        """What a counter is compared with."""
        for node in module.below(scope, "binary_expression"):
            if not any(c.type in ("<", "<=", ">", ">=", "===", "==") for c in node.children):
                continue
            sides = node.named_children
            texts = [module.text(s) for s in sides]
            if len(sides) == 2 and set(texts) & counters:
                limit = sides[1] if texts[0] in counters else sides[0]
                value = self._values.of(Site(module, limit))
                if value.unknown is not None:
                    return Unknown(value.unknown.reason, present=True)
                if isinstance(value.content, int | float) and value.content > 0:
                    return value
        return None

    def _deadline(self, module: Module, node: Syntax) -> Drafted:
        timed = _DEADLINE.search(module.text(node)) is not None
        return LONGEST_LAMBDA if timed or self._in_lambda(module, node, MAX_CALLERS) else None

    def _in_lambda(self, module: Module, node: Syntax, depth: int) -> bool:
        """One run of a Lambda function is one run of the loop: all ways to it begin at a handler."""
        function = module.function(node)
        if function is None or depth == 0:
            return False
        if self._entries.of(module, function) == LAMBDA:
            return True
        callers = self._tracer.callers(module, function)
        return bool(callers) and all(self._in_lambda(c.module, c.node, depth - 1) for c, _ in callers or ())

    def _framework(self, module: Module, call: Syntax) -> Draft | None:
        name = last_name(module, callee_of(call))
        item = module.imports.get(name)
        exported = item.name if item is not None and item.name in _FRAMEWORKS else name
        if item is None or exported not in _FRAMEWORKS:
            return None
        package, limits, default = _FRAMEWORKS[exported]
        library = package
        if exported == "Agent":
            found = next((v for k, v in _AGENTS.items() if item.module.startswith(k)), None)
            if found is None:
                return None
            library, default = found
        elif not item.module.startswith(("@langchain/", "langchain") if "langchain" in package else package):
            return None
        if exported == "StateGraph" and not any(
            w in module.data for w in (b"toolsCondition", b"ToolNode", b"tool_calls")
        ):
            return None
        given = self._options(module, call)
        if exported == "Agent" and all(member(given, key).content in (None, ()) for key in _COMES_BACK):
            return None
        limit: Drafted = next((self._limit(n) for k in limits if (n := member(given, k)).present), None)
        limit = limit if limit is not None else self._run_limit if self._run_limit is not None else default
        if limit is None and any(member(given, k).present for k in ("hooks", "plugins", "middleware", "timeout")):
            limit = Unknown("a hook, a plug-in or a time limit may end the loop")
        known: dict[str, Drafted] = {
            "framework": _LIBRARIES.get(library, library),
            "iteration_limit": limit,
            "time_limit": self._deadline(module, call) if module.function(call) is not None else None,
        }
        return self._draft(module, call, f"{module.qualified(call)} {name}", known)

    def _steps(self, module: Module, call: Syntax) -> Draft | None:
        """``generateText({ tools, maxSteps })`` of the AI SDK; without a setting it makes one step: no loop."""
        name = last_name(module, callee_of(call))
        item = module.imports.get(name)
        if name not in ("generateText", "streamText", "streamUI") or item is None or not item.module.startswith("ai"):
            return None
        given = self._options(module, call)
        setting = next((n for k in ("maxSteps", "stopWhen") if (n := member(given, k)).present), None)
        if setting is None or not member(given, "tools").present:
            return None
        stop = self._argument(module, call, "stopWhen")
        limit = self._stops(module, stop) if stop is not None else self._limit(setting)
        if limit == 1 or (isinstance(limit, Node) and limit.content == 1):
            return None
        known: dict[str, Drafted] = {
            "framework": "ai-sdk",
            "iteration_limit": limit,
            "time_limit": self._deadline(module, call),
        }
        return self._draft(module, call, f"{module.qualified(call)} {name}", known)

    def _stops(self, module: Module, value: Syntax) -> Drafted:
        """The number of ``stepCountIs(n)`` among the conditions that end a run."""
        counts = [
            n
            for n in inside(value)
            if n.type == "call_expression" and last_name(module, callee_of(n)) in ("stepCountIs", "isStepCount")
        ]
        if counts and module.arguments(counts[0]):
            return self._limit(self._values.of(Site(module, module.arguments(counts[0])[0])))
        return Unknown("what ends a run is decided when the program runs")

    def _limit(self, node: Node) -> Drafted:
        return node if node.unknown is None else Unknown(node.unknown.reason, present=True)

    def _options(self, module: Module, call: Syntax) -> Mapping[str, Node]:
        found: dict[str, Node] = {}
        for argument in module.arguments(call)[:2]:
            value = (
                self._values.of(Site(module, argument)).content if argument.type in ("object", "identifier") else None
            )
            found.update(value if isinstance(value, Mapping) else {})
        return found

    def _argument(self, module: Module, call: Syntax, key: str) -> Syntax | None:
        for argument in module.arguments(call)[:1]:
            for child in argument.named_children if argument.type == "object" else ():
                if child.type == "pair" and key_of(module, child) == key:
                    return child.child_by_field_name("value")
        return None

    @cached_property
    def _run_limit(self) -> Drafted:
        """The limit that some run of an agent is given where it is invoked."""
        for module in self._repository.holding(*_RUN_LIMITS[:1]):
            for pair in module.of_type("pair"):
                value = pair.child_by_field_name("value")
                if value is not None and key_of(module, pair) == "recursionLimit":
                    found = self._values.of(Site(module, value))
                    return found if found.unknown is None else Unknown(found.unknown.reason)
        return None

    def _draft(self, module: Module, node: Syntax, name: str, known: Mapping[str, Drafted]) -> Draft:
        attributes: dict[str, Drafted] = {"token_limit": None, **known}
        return Draft(AgentLoop, module.at(node), attributes, self._names.of(f"{module.path}:{name}"))


_MAKES = re.compile(
    rb"\bmaxSteps\b|\bstopWhen\b|(?:\bnew\s+|\b)(?:"
    + b"|".join(n.encode() for n in _FRAMEWORKS)
    + rb")\s*(?:<[^>\n]{0,60}>)?\s*\("
)
_LOOPS_BYTES = re.compile(rb"\b(?:while|for)\s*[(/]")
# What _DECIDES matches, in lower case.
_DECIDES_BYTES = (
    *(b"tooluse", b"tool_use", b"toolcall", b"tool_call", b"stopreason", b"stop_reason", b"finishreason"),
    *(b"finish_reason", b"functioncall", b"function_call", b"returncontrol"),
)

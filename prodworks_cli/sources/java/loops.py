"""Loops in Java in which the model decides whether it is called again, and what ends them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.resources.agent_code import AgentLoop
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.java.chains import links, root_of
from prodworks_cli.sources.java.entries import LAMBDA, entry_of
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.response import Body, Responses
from prodworks_cli.sources.java.syntax import Module
from prodworks_cli.sources.java.values import Values

# A Lambda function ends after 15 minutes at the latest.
LONGEST_LAMBDA = 900
MAX_CALLERS = 4
_LOOPS = ("while_statement", "do_statement", "for_statement")
_DECIDES = re.compile(r"tool_?use|tool_?calls?|stop_?reason|finish_?reason|returnControl|hasToolCalls", re.IGNORECASE)
_DECIDES_BYTES = re.compile(_DECIDES.pattern.encode(), re.IGNORECASE)
_TOOLS = (
    "tools",
    "defaultTools",
    "toolCallbacks",
    "defaultToolCallbacks",
    "toolNames",
    "defaultToolNames",
    "toolProvider",
)
_AGENTS = re.compile(rb"default(?:Tools|ToolCallbacks|ToolNames)\s*\(|AiServices\b|\.tools\s*\(|\.toolCallbacks\s*\(")
_VERSION = re.compile(r"<spring-ai\.version>\s*(\d+)\.(\d+)\.(\d+)|spring-ai-bom[^0-9]{1,60}?(\d+)\.(\d+)\.(\d+)")
# From this version on, Spring AI ends a run after so many calls of tools; LangChain4j after so many in a row.
_BOUNDED_FROM, SPRING_CALLS, LANGCHAIN4J_CALLS = (2, 0, 1), 150, 100
NOT_SET = "whether Spring AI bounds the calls of tools depends on its version, which the manifest does not tell"


class Loops:
    """Finds loops. ``calls`` holds the places of the model calls."""

    def __init__(self, values: Values, responses: Responses, calls: frozenset[tuple[str, int]]) -> None:
        self._values = values
        self._repository: Repository = values.repository
        self._responses = responses
        self._calls = calls
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        for module in self._repository.matching(_DECIDES_BYTES):
            for loop in module.of_type(*_LOOPS):
                if _DECIDES.search(module.text(loop)[:20_000]) and self._calls_model(module, loop):
                    yield self._written(module, loop)
        for module in self._repository.matching(_AGENTS):
            yield from self._agents(module)

    def _calls_model(self, module: Module, loop: Syntax) -> bool:
        for call in module.below(loop, "method_invocation"):
            if (module.path, call.id) in self._calls:
                return True
            for body in self._responses.entered(module, call):
                if any(
                    (body.module.path, c.id) in self._calls for c in body.module.below(body.node, "method_invocation")
                ):
                    return True
        return False

    def _written(self, module: Module, loop: Syntax) -> Draft:
        counted = {
            module.text(n).strip("+-; ").partition(" ")[0]
            for n in module.below(loop, "update_expression", "assignment_expression")
        }
        known: dict[str, Drafted] = {
            "framework": "none",
            "iteration_limit": self._compared(module, loop, counted),
            "time_limit": self._time(module, loop),
        }
        return self._draft(module, loop, f"{module.qualified(loop)} loop", known)

    def _compared(self, module: Module, loop: Syntax, counted: set[str]) -> Drafted:
        """What a counter of the loop is compared with."""
        for node in module.below(loop, "binary_expression"):
            if module.text(node.child_by_field_name("operator")) not in ("<", "<=", ">", ">=", "=="):
                continue
            sides = [node.child_by_field_name(f) for f in ("left", "right")]
            texts = [re.sub(r"\+\+|--", "", module.text(s)) for s in sides]
            if set(texts) & counted:
                value = self._values.of(module, sides[1] if texts[0] in counted else sides[0])
                if value.unknown is not None:
                    return Unknown(value.unknown.reason, present=True)
                return value
        return None

    def _time(self, module: Module, loop: Syntax) -> Drafted:
        timed = re.search(
            r"getRemainingTimeInMillis|deadline|Instant\.now\(\)\.is|nanoTime\(\)\s*[-<>]", module.text(loop)
        )
        return LONGEST_LAMBDA if timed or self._in_lambda(module, loop, MAX_CALLERS) else None

    def _in_lambda(self, module: Module, node: Syntax, depth: int) -> bool:
        method = module.method(node)
        if method is None or depth == 0:
            return False
        if entry_of(module, method) == LAMBDA:
            return True
        callers = self._responses.callers(Body(module, method))
        return bool(callers) and all(self._in_lambda(c.module, c.node, depth - 1) for c in callers or ())

    def _agents(self, module: Module) -> Iterator[Draft]:
        """Chat clients of Spring AI and services of LangChain4j that have tools."""
        for call in module.of_type("method_invocation"):
            chain = dict(links(module, call))
            spring = any(i.startswith("org.springframework.ai.") for i in module.imports)
            if module.name(call) == "build" and module.text(root_of(call)) == "AiServices" and set(chain) & set(_TOOLS):
                given = (
                    module.arguments(chain["maxSequentialToolsInvocations"])
                    if "maxSequentialToolsInvocations" in chain
                    else ()
                )
                limit: Drafted = self._values.of(module, given[0]) if given else LANGCHAIN4J_CALLS
                yield self._agent(module, call, "langchain4j", limit)
            elif spring and module.name(call) in ("build", "call", "stream") and set(chain) & set(_TOOLS):
                if module.name(call) == "build" and not any(n.startswith("default") for n in chain):
                    continue
                yield self._agent(module, call, "spring-ai", self._spring_limit(module))

    def _agent(self, module: Module, call: Syntax, framework: str, limit: Drafted) -> Draft:
        known: dict[str, Drafted] = {"framework": framework, "iteration_limit": limit, "time_limit": None}
        return self._draft(module, call, f"{module.qualified(call)} {framework}", known)

    def _spring_limit(self, module: Module) -> Drafted:
        folder = self._repository.folder(module.path)
        own = self._values.properties.first(
            folder, "spring.ai.tools.limits.max-total-calls", "spring.ai.tools.limits.total"
        )
        if own is not None:
            return own
        found = _VERSION.search(self._repository.manifest(folder)) or _VERSION.search(self._repository.manifest(""))
        if found is None:
            return Unknown(NOT_SET)
        version = tuple(int(part) for part in found.groups() if part is not None)
        return SPRING_CALLS if version >= _BOUNDED_FROM else None

    def _draft(self, module: Module, node: Syntax, name: str, known: dict[str, Drafted]) -> Draft:
        attributes: dict[str, Drafted] = {"token_limit": None, **known}
        return Draft(AgentLoop, module.at(node), attributes, self._names.of(f"{module.path}:{name}"))

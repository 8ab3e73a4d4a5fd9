"""The agents of Python frameworks: the constructors whose objects let a model call again, and what ends a run of them.

Defaults as in the packages themselves: strands-agents 1, langchain 1, langgraph 1, llama-index 0.1x, smolagents 1,
openai-agents 0.24, pydantic-ai 2, crewai 1, haystack-ai 3, google-adk 2, agno 3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.sources.python.libraries import AGENTS_INSTALLED, AGENTS_SDK
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.syntax import Arguments, Module


class Framework(NamedTuple):
    """One kind of agent: the packages it comes from, the arguments that limit a run, the limit without one.

    ``of_run`` are arguments of the call that starts a run; ``after`` are those without which there is nothing to come
    back for.
    """

    library: str
    homes: tuple[str, ...]
    limits: tuple[str, ...]
    default: int | Unknown | None = None
    of_run: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


_TOOLS = ("tools",)
_GRAPHS = ("langchain", "langgraph")
_SESSION = Unknown("a session of speech ends with its connection")
FRAMEWORKS: Mapping[str, tuple[Framework, ...]] = {
    "Agent": (
        Framework("strands", ("strands",), ("max_iterations", "max_turns", "limits"), after=_TOOLS),
        Framework(AGENTS_SDK, ("agents",), (), 10, ("max_turns",), ("tools", "handoffs", "mcp_servers")),
        Framework("pydantic_ai", ("pydantic_ai",), (), 50, ("request_limit",), ("tools", "toolsets")),
        Framework("crewai", ("crewai",), ("max_iter", "max_execution_time"), 25, (), _TOOLS),
        Framework("haystack", ("haystack",), ("max_agent_steps",), 100, (), _TOOLS),
        Framework("agno", ("agno",), ("tool_call_limit",), None, (), _TOOLS),
        Framework("google_adk", ("google.adk",), (), 500, ("max_llm_calls",), ("tools", "sub_agents")),
    ),
    "BidiAgent": (Framework("strands", ("strands",), (), _SESSION, after=_TOOLS),),
    "LlmAgent": (Framework("google_adk", ("google.adk",), (), 500, ("max_llm_calls",), ("tools", "sub_agents")),),
    "Swarm": (Framework("strands", ("strands",), ("max_iterations", "max_handoffs"), 20),),
    "create_react_agent": (Framework("langgraph", _GRAPHS, ("recursion_limit",)),),
    "create_agent": (Framework("langchain", _GRAPHS, ("recursion_limit",)),),
    "StateGraph": (Framework("langgraph", _GRAPHS, ("recursion_limit",)),),
    "AgentExecutor": (Framework("langchain", _GRAPHS, ("max_iterations", "max_execution_time"), 15),),
    "initialize_agent": (Framework("langchain", _GRAPHS, ("max_iterations", "max_execution_time"), 15),),
    "ReActAgent": (Framework("llama_index", ("llama_index",), ("max_iterations",), 10),),
    "FunctionAgent": (Framework("llama_index", ("llama_index",), ("max_iterations",), 20),),
    "ToolCallingAgent": (Framework("smolagents", ("smolagents",), ("max_steps",), 20),),
    # Claude Code has tools by itself.
    "ClaudeAgentOptions": (Framework("claude_agent_sdk", ("claude_agent_sdk",), ("max_turns",)),),
    "CodeAgent": (Framework("smolagents", ("smolagents",), ("max_steps",), 20),),
}
WORDS = tuple(name.encode() for name in FRAMEWORKS)
# An edge of a graph that the model's answer decides: conditional, or back from the tools.
_COMES_BACK = re.compile(
    rb"tools_condition|ToolNode|tool_calls|add_conditional_edges\((?s:.){0,400}?[\"'](?:tools?|tool_\w+|action)[\"']"
)


def framework_of(repository: Repository, module: Module, call: Syntax, name: str) -> Framework | None:
    """The framework whose agent a call makes, when that agent may call its model again."""
    root = re.split(r"[.\[]", module.text(call.child_by_field_name("function")), maxsplit=1)[0]
    item = module.imports.get(root)
    found = next((f for f in FRAMEWORKS[name] if item is not None and item.module.startswith(f.homes)), None)
    if found is None or not _has_tools(found, module.arguments(call)):
        return None
    if found.library == AGENTS_SDK and not repository.holds(*AGENTS_INSTALLED):
        return None
    return found if name != "StateGraph" or _COMES_BACK.search(module.data) else None


def _has_tools(framework: Framework, given: Arguments) -> bool:
    """Without tools the model has nothing to come back for; what a mapping brings may be tools."""
    nodes = [n for key in (framework.after or _TOOLS) if (n := given.keywords.get(key)) is not None]
    if not nodes:
        return not framework.after or bool(given.splats)
    return not all(_is_empty_list(n) for n in nodes)


def _is_empty_list(node: Syntax) -> bool:
    return node.type in ("list", "tuple") and node.named_child_count == 0

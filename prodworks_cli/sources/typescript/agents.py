"""Agents that frameworks make of a model: the AI SDK's, Mastra's and the Strands SDK's.

The constructor stands for the calls that the agent makes. An agent that is given a model object of its own framework is
none here: that object stands for the calls already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.drafts import FRAMEWORK
from prodworks_cli.sources.calls.records import recorded_by_framework
from prodworks_cli.sources.content import member
from prodworks_cli.sources.typescript.frameworks import ModelObject
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.requests import Requests
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

# Packages by the start of their name, with the classes that are agents.
PACKAGES: Mapping[str, frozenset[str]] = {
    "ai": frozenset({"ToolLoopAgent", "Experimental_Agent", "Agent"}),
    "@mastra/core": frozenset({"Agent"}),
    "@strands-agents/sdk": frozenset({"Agent"}),
}
DEFAULT = Unknown("the default model of the installed SDK, which may change", present=True)
PER_CALL = Unknown("may be given with each call of the agent")
_NEEDLE = re.compile(rb"new\s+(?:ToolLoopAgent|Experimental_Agent|\w*Agent)\b")


@dataclass(frozen=True)
class AgentObject(ModelObject):
    """An agent with what its options say of the model."""

    attributes: Mapping[str, Drafted]


def agent_objects(repository: Repository, requests: Requests) -> Iterator[AgentObject]:
    """All agents, by file and line."""
    for module in repository.matching(_NEEDLE, b"Agent"):
        for node in module.of_type("new_expression"):
            package = _package(module, last_name(module, callee_of(node)))
            given = module.arguments(node)
            if package is not None and given:
                site = Site(module, node)
                known = _strands(site, requests) if package.startswith("@strands") else _other(site, requests, package)
                if known is not None:
                    yield AgentObject(site, last_name(module, callee_of(node)), str(known["provider"]), known)


def _package(module: Module, name: str) -> str | None:
    item = module.imports.get(name)
    if item is None:
        return None
    return next((p for p, names in PACKAGES.items() if _is(item.module, p) and item.name in names), None)


def _is(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}/")


def _other(site: Site, requests: Requests, package: str) -> dict[str, Drafted] | None:
    """``new ToolLoopAgent({ model: bedrock("id") })`` and ``new Agent({ model: "provider/id" })``."""
    options, here = site.to(site.module.arguments(site.node)[0]), site.module.at(site.node)
    provider, model = requests.ai_model(options, here)
    known = requests.ai_attributes(requests.mapping(options), provider, model, "text", here)
    if package == "@mastra/core":
        known |= dict.fromkeys(("max_tokens", "guardrail_id", "guardrail_version", "guardrail_mode"), PER_CALL)
    return known


def _strands(site: Site, requests: Requests) -> dict[str, Drafted] | None:
    """``new Agent({ model: "id" })``, or without a model, which the SDK then chooses on Bedrock."""
    options, here = site.to(site.module.arguments(site.node)[0]), site.module.at(site.node)
    model = member(requests.mapping(options), "model")
    if model.present and not isinstance(model.content, str):
        return None
    chosen = model if model.present else Node(DEFAULT, here)
    return requests.ai_attributes({}, "bedrock", chosen, "text", here)


def agent_attributes(found: AgentObject, traced: bool) -> dict[str, Drafted]:
    """The attributes of the calls that an agent makes."""
    names = ("instrumented", "usage_recorded", "stop_reasons_handled", "handled_errors")
    seen = {"instrumented": traced or FRAMEWORK, "usage_recorded": traced or FRAMEWORK, **recorded_by_framework(traced)}
    return {**found.attributes, "api": found.name, "client": FRAMEWORK, **dict.fromkeys(names, FRAMEWORK), **seen}

"""How agents, what they may do, flows and managed prompts are read from the account.

Instructions and prompt texts are masked by the reader; definitions and schemas are shown for what they name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from prodworks_cli.model import Ref
from prodworks_cli.node import Node
from prodworks_cli.resources.action_groups import ActionGroup
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, never
from prodworks_cli.resources.flows import Flow

_AGENTS = Read("bedrock-agent", "ListAgents", "bedrock:ListAgents")
_AGENT = Read("bedrock-agent", "GetAgent", "bedrock:GetAgent")
_ALIASES = Read("bedrock-agent", "ListAgentAliases", "bedrock:ListAgentAliases")
_VERSION = Read("bedrock-agent", "GetAgentVersion", "bedrock:GetAgentVersion")
_GROUPS = Read("bedrock-agent", "ListAgentActionGroups", "bedrock:ListAgentActionGroups")
_GROUP = Read("bedrock-agent", "GetAgentActionGroup", "bedrock:GetAgentActionGroup", shown=frozenset({"payload"}))
_FLOWS = Read("bedrock-agent", "ListFlows", "bedrock:ListFlows")
_FLOW = Read("bedrock-agent", "GetFlow", "bedrock:GetFlow", shown=frozenset({"definition"}))
_FLOW_ALIASES = Read("bedrock-agent", "ListFlowAliases", "bedrock:ListFlowAliases")
_FLOW_VERSION = Read("bedrock-agent", "GetFlowVersion", "bedrock:GetFlowVersion", shown=frozenset({"definition"}))
_PROMPTS = Read("bedrock-agent", "ListPrompts", "bedrock:ListPrompts")
_PROMPT = Read("bedrock-agent", "GetPrompt", "bedrock:GetPrompt")

# The alias that every agent has for trying out its draft.
_TEST_ALIAS = "TSTALIASID"


def _agents(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_AGENTS, "agentSummaries"), lambda summary: _agent(reader, summary))


def _agent(reader: Reader, summary: Node) -> Record | None:
    """The agent with its aliases and the version behind the alias that was changed last."""
    name = summary["agentId"].text()
    if name is None:
        return None
    arn = _arn(reader, name)
    aliases = reader.listing(_ALIASES, "agentAliasSummaries", arn, agentId=name)
    answers = {_AGENT: reader.get(_AGENT, arn, agentId=name), _ALIASES: aliases}
    version = _served(aliases)
    if version:
        answers[_VERSION] = reader.get(_VERSION, arn, agentId=name, agentVersion=version)
    return reader.record(arn, answers)


def _arn(reader: Reader, agent: str) -> str:
    return f"arn:{reader.partition}:bedrock:{reader.region}:{reader.account}:agent/{agent}"


def _served(aliases: Node) -> str | None:
    """The numbered version that the alias changed last leads to."""
    real = [a for a in aliases["agentAliasSummaries"].items() if a["agentAliasId"].text() not in (None, _TEST_ALIAS)]
    return _newest(real, "agentVersion")


def _newest(aliases: Iterable[Node], key: str) -> str | None:
    newest = max(aliases, key=lambda alias: alias["updatedAt"].text() or "", default=None)
    version = newest.at("routingConfiguration", key).text() if newest else None
    return version if version and version.isdigit() else None


def _groups(reader: Reader) -> Iterable[Record]:
    """The action groups of each agent, in the version that serves traffic, else in its draft."""
    for agent in reader.found(_AGENTS, "agentSummaries"):
        name = agent["agentId"].text()
        if name is not None:
            yield from _groups_of(reader, name)


def _groups_of(reader: Reader, agent: str) -> Iterable[Record]:
    """None where the aliases, and with them the version that counts, were not read: that is a gap."""
    aliases = reader.listing(_ALIASES, "agentAliasSummaries", _arn(reader, agent), agentId=agent)
    listed = aliases["agentAliasSummaries"]
    if listed.unknown or any(alias.unknown for alias in listed.items()):
        reader.found(_ALIASES, "agentAliasSummaries", agentId=agent)
        return
    version = _served(aliases) or "DRAFT"
    groups = reader.found(_GROUPS, "actionGroupSummaries", agentId=agent, agentVersion=version)
    yield from reader.each(groups, _described(reader, agent, version))


def _described(reader: Reader, agent: str, version: str) -> Callable[[Node], Record | None]:
    def describe(summary: Node) -> Record | None:
        name = summary["actionGroupId"].text()
        if name is None:
            return None
        arn = f"{_arn(reader, agent)}/action-group/{name}"
        detail = reader.get(_GROUP, arn, agentId=agent, agentVersion=version, actionGroupId=name)
        return reader.record(arn, {_GROUP: detail, _AGENT: reader.get(_AGENT, _arn(reader, agent), agentId=agent)})

    return describe


def _flows(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_FLOWS, "flowSummaries"), lambda summary: _flow(reader, summary))


def _flow(reader: Reader, summary: Node) -> Record | None:
    """The flow with the version behind the alias that was changed last."""
    arn, name = summary["arn"].text(), summary["id"].text()
    if arn is None or name is None:
        return None
    aliases = reader.listing(_FLOW_ALIASES, "flowAliasSummaries", arn, flowIdentifier=name)
    answers = {_FLOW: reader.get(_FLOW, arn, flowIdentifier=name), _FLOW_ALIASES: aliases}
    version = _newest(aliases["flowAliasSummaries"].items(), "flowVersion")
    if version:
        answers[_FLOW_VERSION] = reader.get(_FLOW_VERSION, arn, flowIdentifier=name, flowVersion=version)
    return reader.record(arn, answers)


def _owner_of(value: Any) -> Iterable[Ref]:
    """A group belongs to the workload where its agent does."""
    agent = value.agent if isinstance(value, ActionGroup) else None
    return (agent,) if isinstance(agent, Ref) else ()


def _prompts(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_PROMPTS, "promptSummaries"), lambda summary: _prompt(reader, summary))


def _prompt(reader: Reader, summary: Node) -> Record | None:
    arn, name = summary["arn"].text(), summary["id"].text()
    if arn is None or name is None:
        return None
    versions = reader.listing(_PROMPTS, "promptSummaries", arn, promptIdentifier=name)
    return reader.record(arn, {_PROMPT: reader.get(_PROMPT, arn, promptIdentifier=name), _PROMPTS: versions})


COLLECT = (
    Collector("aws.bedrock.agent", (_AGENTS, _AGENT, _ALIASES, _VERSION), _agents),
    Collector(ActionGroup.KIND, (_AGENTS, _AGENT, _ALIASES, _GROUPS, _GROUP), _groups, root=never, beside=_owner_of),
    Collector(Flow.KIND, (_FLOWS, _FLOW, _FLOW_ALIASES, _FLOW_VERSION), _flows),
    Collector("aws.bedrock.prompt", (_PROMPTS, _PROMPT), _prompts),
)

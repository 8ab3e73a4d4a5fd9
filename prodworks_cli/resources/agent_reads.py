"""How agents and managed prompts are read from the account. Instructions and prompt texts are masked by the reader."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader

_AGENTS = Read("bedrock-agent", "ListAgents", "bedrock:ListAgents")
_AGENT = Read("bedrock-agent", "GetAgent", "bedrock:GetAgent")
_ALIASES = Read("bedrock-agent", "ListAgentAliases", "bedrock:ListAgentAliases")
_VERSION = Read("bedrock-agent", "GetAgentVersion", "bedrock:GetAgentVersion")
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
    arn = f"arn:{reader.partition}:bedrock:{reader.region}:{reader.account}:agent/{name}"
    aliases = reader.listing(_ALIASES, "agentAliasSummaries", arn, agentId=name)
    answers = {_AGENT: reader.get(_AGENT, arn, agentId=name), _ALIASES: aliases}
    version = _served(aliases)
    if version:
        answers[_VERSION] = reader.get(_VERSION, arn, agentId=name, agentVersion=version)
    return reader.record(arn, answers)


def _served(aliases: Node) -> str | None:
    """The numbered version that the alias changed last leads to."""
    real = [a for a in aliases["agentAliasSummaries"].items() if a["agentAliasId"].text() not in (None, _TEST_ALIAS)]
    newest = max(real, key=lambda alias: alias["updatedAt"].text() or "", default=None)
    version = newest.at("routingConfiguration", "agentVersion").text() if newest else None
    return version if version and version.isdigit() else None


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
    Collector("aws.bedrock.prompt", (_PROMPTS, _PROMPT), _prompts),
)

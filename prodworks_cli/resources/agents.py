"""Agents and managed prompts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    awscc,
    belonging,
    declared,
    each,
    later,
    observed,
    otherwise,
    pascal,
    refers,
    snake,
)
from prodworks_cli.resources.guardrails import version_named
from prodworks_cli.resources.model_calls import NUMBERED
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Link, Text, Texts, To, draft


@dataclass(frozen=True)
class AgentAlias(Item):
    """An element of ``aliases``."""

    id: Text
    name: Text
    agent_version: Text


@dataclass(frozen=True)
class Agent(Kind):
    """An Agents Classic agent with the alias that serves traffic."""

    KIND = "aws.bedrock.agent"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {"guardrail_pinned": ("guardrail_version", "guardrail")}

    id: Text
    name: Text
    status: Text
    guardrail: Annotated[Link, To("aws.bedrock.guardrail")]
    guardrail_version: Text
    role: Annotated[Link, To("aws.iam.role")]
    kms_key: Text
    aliases: tuple[AgentAlias | Unknown, ...] | Unknown | None

    @property
    def guardrail_pinned(self) -> Flag:
        """Whether the guardrail of the agent is used in a numbered version."""
        return _is_number(self.guardrail_version)


@dataclass(frozen=True)
class Prompt(Kind):
    """A Prompt Management prompt.

    ``used`` and ``used_version`` are what code or IaC asks for, joined later: a number that deployment tells counts by
    its shape. ``versions`` holds ``DRAFT`` too where the account was read.
    """

    KIND = "aws.bedrock.prompt"

    id: Text
    arn: Text
    name: Text
    versions: Texts
    used: Flag
    used_version: Text
    kms_key: Text

    @property
    def pinned(self) -> Flag:
        """Whether the prompt is used in a numbered version."""
        return _is_number(self.used_version)

    @property
    def used_version_exists(self) -> Flag:
        """Whether the version that is used is one of ``versions``; a number that deployment tells is one of those."""
        if self.used_version is None or isinstance(self.versions, Unknown):
            return self.versions if isinstance(self.versions, Unknown) else False
        known = [v for v in self.versions or () if isinstance(v, str)]
        shapes = [v.shape for v in self.versions or () if isinstance(v, Unknown)]
        if isinstance(self.used_version, Unknown):
            some = NUMBERED in shapes or any(v.isdigit() for v in known)
            return some if self.used_version.shape == NUMBERED else Unknown(self.used_version.reason)
        return True if self.used_version in known else Unknown("versions are made at deployment") if shapes else False


def _is_number(version: Text) -> bool | Unknown:
    """Whether a version is a number, be it one that deployment tells."""
    if isinstance(version, Unknown):
        return True if version.shape == NUMBERED else Unknown(version.reason)
    return version is not None and version.isascii() and version.isdigit()


def _agent(block: Block, declarations: Declarations, spell: Spelling) -> Draft:
    body = block.body
    guardrail = body.at(spell("guardrail_configuration"))
    return declared(
        Agent,
        block,
        (body[spell("agent_name")],),
        id=later(block, "id"),
        name=body[spell("agent_name")],
        status=later(block, "status"),
        guardrail=guardrail.at(spell("guardrail_identifier")),
        guardrail_version=version_named(guardrail.at(spell("guardrail_version")), declarations),
        role=body[spell("agent_resource_role_arn")],
        kms_key=body[spell("customer_encryption_key_arn")],
        aliases=_declared_aliases(block, declarations),
    )


def _declared_aliases(agent: Block, declarations: Declarations) -> Drafted:
    types = {"aws_bedrockagent_agent_alias": "agent_id", "AWS::Bedrock::AgentAlias": "AgentId"}
    return belonging(declarations, agent, types, _declared_alias)


def _declared_alias(block: Block) -> Draft:
    """Without a routing, creating the alias also creates the numbered version that it serves."""
    spell, identity = (snake, "id") if block.type.startswith("aws_") else (pascal, "AgentAliasId")
    version = block.body.at(spell("routing_configuration"), spell("agent_version"))
    return draft(
        AgentAlias,
        block.body,
        id=later(block, identity),
        name=block.body[spell("agent_alias_name")],
        agent_version=otherwise(version, later(block, "agent version")),
    )


def _agent_terraform(block: Block, declarations: Declarations) -> Draft:
    return _agent(block, declarations, snake)


def _agent_cloudformation(block: Block, declarations: Declarations) -> Draft:
    return _agent(block, declarations, pascal)


def _agent_observed(record: Record) -> Draft:
    """The working draft, with the guardrail of the version that an alias serves; which one, only the aliases tell."""
    agent = record.answer("bedrock-agent:GetAgent")["agent"]
    version = record.answers["bedrock-agent:GetAgentVersion"]
    aliases = record.answers["bedrock-agent:ListAgentAliases"]["agentAliasSummaries"]
    unread = aliases.unknown or next((alias.unknown for alias in aliases.items() if alias.unknown), None)
    served = version["agentVersion"] if version.present else agent
    guardrail = Node(unread, aliases.location) if unread else served["guardrailConfiguration"]
    return observed(
        Agent,
        record,
        (agent["agentId"], agent["agentArn"], agent["agentName"]),
        id=agent["agentId"],
        name=agent["agentName"],
        status=agent["agentStatus"],
        guardrail=guardrail["guardrailIdentifier"],
        guardrail_version=guardrail["guardrailVersion"],
        role=agent["agentResourceRoleArn"],
        kms_key=agent["customerEncryptionKeyArn"],
        aliases=each(record.answer("bedrock-agent:ListAgentAliases")["agentAliasSummaries"], _listed_alias),
    )


def _listed_alias(summary: Node) -> Draft:
    return draft(
        AgentAlias,
        summary,
        id=summary["agentAliasId"],
        name=summary["agentAliasName"],
        agent_version=summary.at("routingConfiguration", "agentVersion"),
    )


def _prompt(block: Block, versions: Drafted, spell: Spelling) -> Draft:
    return declared(
        Prompt,
        block,
        (block.body[spell("name")],),
        id=later(block, "id"),
        arn=later(block, "arn"),
        name=block.body[spell("name")],
        versions=versions,
        used=NOT_JOINED,
        used_version=NOT_JOINED,
        kms_key=block.body[spell("customer_encryption_key_arn")],
    )


NOT_JOINED = Unknown("nothing in the repository was seen to use this prompt")


def _prompt_terraform(block: Block, _: Declarations) -> Draft:
    """The provider has no resource for a prompt's versions, so they are made elsewhere."""
    return _prompt(block, Unknown("versions are made outside Terraform"), snake)


def _prompt_cloudformation(block: Block, declarations: Declarations) -> Draft:
    versions = declarations.of_type("AWS::Bedrock::PromptVersion")
    declared_here = [v for v in versions if refers(v.body["PromptArn"], block) is not False]
    return _prompt(block, tuple(_numbered(version) for version in declared_here), pascal)


def _prompt_awscc(block: Block, declarations: Declarations) -> Draft:
    versions = declarations.of_type("awscc_bedrock_prompt_version")
    declared_here = [v for v in versions if refers(v.body["prompt_arn"], block) is not False]
    return _prompt(block, tuple(_numbered(version) for version in declared_here), awscc)


def _numbered(version: Block) -> Unknown:
    return replace(later(version, "version"), shape=NUMBERED)


def _prompt_observed(record: Record) -> Draft:
    """``ListPrompts`` for one prompt gives a summary for each version, ``DRAFT`` included."""
    prompt = record.answer("bedrock-agent:GetPrompt")
    summaries = record.answer("bedrock-agent:ListPrompts")["promptSummaries"]
    return observed(
        Prompt,
        record,
        (prompt["id"], prompt["arn"], prompt["name"]),
        id=prompt["id"],
        arn=prompt["arn"],
        name=prompt["name"],
        versions=summaries.unknown or tuple(summary["version"] for summary in summaries.items()),
        used=NOT_JOINED,
        used_version=NOT_JOINED,
        kms_key=prompt["customerEncryptionKeyArn"],
    )


TERRAFORM: Mapping[str, Declared] = {
    "aws_bedrockagent_agent": _agent_terraform,
    "aws_bedrockagent_prompt": _prompt_terraform,
    "awscc_bedrock_prompt": _prompt_awscc,
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::Bedrock::Agent": _agent_cloudformation,
    "AWS::Bedrock::Prompt": _prompt_cloudformation,
}
API: Mapping[str, Observed] = {
    Agent.KIND: _agent_observed,
    Prompt.KIND: _prompt_observed,
}

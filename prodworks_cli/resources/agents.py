"""Agents, knowledge bases and managed prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Item, Link, Text, Texts, To


@dataclass(frozen=True)
class Aliase(Item):
    """An element of ``aliases``."""

    id: Text
    name: Text
    agent_version: Text


@dataclass(frozen=True)
class Agent(Kind):
    """An Agents Classic agent with the alias that serves traffic."""

    KIND = "aws.bedrock.agent"

    id: Text
    name: Text
    status: Text
    guardrail: Annotated[Link, To("aws.bedrock.guardrail")]
    guardrail_version: Text
    role: Annotated[Link, To("aws.iam.role")]
    kms_key: Text
    aliases: tuple[Aliase | Unknown, ...] | Unknown | None


@dataclass(frozen=True)
class KnowledgeBase(Kind):
    """A knowledge base."""

    KIND = "aws.bedrock.knowledge_base"

    id: Text
    name: Text
    status: Text
    store: Text
    embedding_model: Text
    role: Annotated[Link, To("aws.iam.role")]
    tags: Texts
    log_delivery: Flag


@dataclass(frozen=True)
class Prompt(Kind):
    """A Prompt Management prompt."""

    KIND = "aws.bedrock.prompt"

    id: Text
    arn: Text
    name: Text
    versions: Texts
    used_version: Text
    kms_key: Text

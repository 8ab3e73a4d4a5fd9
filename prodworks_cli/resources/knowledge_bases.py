"""Knowledge bases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind
from prodworks_cli.node import Block, Declarations
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    declared,
    later,
    observed,
    pascal,
    snake,
    tag_keys,
    terraform_tags,
)
from prodworks_cli.resources.log_deliveries import declared_delivery, observed_delivery
from prodworks_cli.schema import Draft, Flag, Link, Text, Texts, To


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


def _knowledge_base(block: Block, declarations: Declarations, spell: Spelling) -> Draft:
    body = block.body
    vector = body.at(*map(spell, ("knowledge_base_configuration", "vector_knowledge_base_configuration")))
    return declared(
        KnowledgeBase,
        block,
        (body[spell("name")],),
        id=later(block, "id"),
        name=body[spell("name")],
        status=later(block, "status"),
        store=body.at(*map(spell, ("storage_configuration", "type"))),
        embedding_model=vector.at(spell("embedding_model_arn")),
        role=body[spell("role_arn")],
        tags=terraform_tags(body) if spell is snake else tag_keys(body["Tags"]),
        log_delivery=declared_delivery(block, declarations),
    )


def _base_terraform(block: Block, declarations: Declarations) -> Draft:
    return _knowledge_base(block, declarations, snake)


def _base_cloudformation(block: Block, declarations: Declarations) -> Draft:
    return _knowledge_base(block, declarations, pascal)


def _base_observed(record: Record) -> Draft:
    base = record.answer("bedrock-agent:GetKnowledgeBase")["knowledgeBase"]
    vector = base.at("knowledgeBaseConfiguration", "vectorKnowledgeBaseConfiguration")
    tags = record.answer("bedrock-agent:ListTagsForResource")["tags"]
    return observed(
        KnowledgeBase,
        record,
        (base["knowledgeBaseId"], base["knowledgeBaseArn"], base["name"]),
        id=base["knowledgeBaseId"],
        name=base["name"],
        status=base["status"],
        store=base.at("storageConfiguration", "type"),
        embedding_model=vector["embeddingModelArn"],
        role=base["roleArn"],
        tags=tag_keys(tags),
        log_delivery=observed_delivery(record, base["knowledgeBaseArn"]),
    )


TERRAFORM: Mapping[str, Declared] = {"aws_bedrockagent_knowledge_base": _base_terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::Bedrock::KnowledgeBase": _base_cloudformation}
API: Mapping[str, Observed] = {KnowledgeBase.KIND: _base_observed}

"""Knowledge bases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    declared,
    later,
    observed,
    pascal,
    refers,
    snake,
    some,
    tag_keys,
    terraform_tags,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Link, Text, Texts, To


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


_ELSEWHERE = Unknown("may be set elsewhere")


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
        log_delivery=_declared_delivery(block, declarations),
    )


def _declared_delivery(block: Block, declarations: Declarations) -> Drafted:
    """True when a delivery starts at a source on the knowledge base; deliveries may also be set up elsewhere."""
    sources = [
        *(
            b
            for b in declarations.of_type("aws_cloudwatch_log_delivery_source")
            if refers(b.body["resource_arn"], block) is True
        ),
        *(b for b in declarations.of_type("AWS::Logs::DeliverySource") if refers(b.body["ResourceArn"], block) is True),
    ]
    deliveries = declarations.of_type("aws_cloudwatch_log_delivery", "AWS::Logs::Delivery")
    named = (d.body.first_of("delivery_source_name", "DeliverySourceName") for d in deliveries)
    delivered = some(refers(node, source, "name", "Name") for node in named for source in sources)
    return True if delivered is True else _ELSEWHERE


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
        log_delivery=_observed_delivery(record, base["knowledgeBaseArn"]),
    )


def _observed_delivery(record: Record, arn: Node) -> bool | Unknown:
    """Whether a delivery exists whose source is the knowledge base."""
    sources = record.answer("logs:DescribeDeliverySources")["deliverySources"]
    deliveries = record.answer("logs:DescribeDeliveries")["deliveries"]
    unread = arn.unknown or sources.unknown or deliveries.unknown
    if unread:
        return unread
    on_base = [s for s in sources.items() if arn.text() in [r.text() for r in s["resourceArns"].items()]]
    names = {source["name"].text() for source in on_base} - {None}
    return any(delivery["deliverySourceName"].text() in names for delivery in deliveries.items())


TERRAFORM: Mapping[str, Declared] = {"aws_bedrockagent_knowledge_base": _base_terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::Bedrock::KnowledgeBase": _base_cloudformation}
API: Mapping[str, Observed] = {KnowledgeBase.KIND: _base_observed}

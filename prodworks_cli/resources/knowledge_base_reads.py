"""How knowledge bases are read from the account."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader

_LIST = Read("bedrock-agent", "ListKnowledgeBases", "bedrock:ListKnowledgeBases")
_GET = Read("bedrock-agent", "GetKnowledgeBase", "bedrock:GetKnowledgeBase")
_TAGS = Read("bedrock-agent", "ListTagsForResource", "bedrock:ListTagsForResource")
_SOURCES = Read("logs", "DescribeDeliverySources", "logs:DescribeDeliverySources")
_DELIVERIES = Read("logs", "DescribeDeliveries", "logs:DescribeDeliveries")


def _bases(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_LIST, "knowledgeBaseSummaries"), lambda summary: _base(reader, summary))


def _base(reader: Reader, summary: Node) -> Record | None:
    """The base with its tags and the Region's log deliveries, one of which may start at it."""
    name = summary["knowledgeBaseId"].text()
    if name is None:
        return None
    arn = f"arn:{reader.partition}:bedrock:{reader.region}:{reader.account}:knowledge-base/{name}"
    answers = {
        _GET: reader.get(_GET, arn, knowledgeBaseId=name),
        _TAGS: reader.get(_TAGS, arn, resourceArn=arn),
        _SOURCES: reader.listing(_SOURCES, "deliverySources", arn),
        _DELIVERIES: reader.listing(_DELIVERIES, "deliveries", arn),
    }
    return reader.record(arn, answers)


COLLECT = (Collector("aws.bedrock.knowledge_base", (_LIST, _GET, _TAGS, _SOURCES, _DELIVERIES), _bases),)

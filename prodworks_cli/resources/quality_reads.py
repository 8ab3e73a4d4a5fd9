"""How data sources, evaluations and the destination of spans are read from the account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prodworks_cli.model import Ref
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed, never
from prodworks_cli.resources.data_sources import DataSource

_BASES = Read("bedrock-agent", "ListKnowledgeBases", "bedrock:ListKnowledgeBases")
_SOURCES = Read("bedrock-agent", "ListDataSources", "bedrock:ListDataSources")
_SOURCE = Read("bedrock-agent", "GetDataSource", "bedrock:GetDataSource")
_INGESTIONS = Read("bedrock-agent", "ListIngestionJobs", "bedrock:ListIngestionJobs")
_JOBS = Read("bedrock", "ListEvaluationJobs", "bedrock:ListEvaluationJobs")
_CONFIGS = Read(
    "bedrock-agentcore-control", "ListOnlineEvaluationConfigs", "bedrock-agentcore:ListOnlineEvaluationConfigs"
)
_CONFIG = Read("bedrock-agentcore-control", "GetOnlineEvaluationConfig", "bedrock-agentcore:GetOnlineEvaluationConfig")
_DESTINATION = Read("xray", "GetTraceSegmentDestination", "xray:GetTraceSegmentDestination")
# Jobs of the last months tell whether anybody evaluates; an account may hold thousands.
_MOST_JOBS = 100


def _data_sources(reader: Reader) -> Iterable[Record]:
    for base in reader.found(_BASES, "knowledgeBaseSummaries"):
        name = base["knowledgeBaseId"].text()
        if name is not None:
            sources = reader.found(_SOURCES, "dataSourceSummaries", knowledgeBaseId=name)
            yield from reader.each(sources, lambda summary, name=name: _data_source(reader, name, summary))  # type: ignore[misc]


def _data_source(reader: Reader, base: str, summary: Node) -> Record | None:
    name = summary["dataSourceId"].text()
    if name is None:
        return None
    both = {"knowledgeBaseId": base, "dataSourceId": name}
    kept = f"arn:{reader.partition}:bedrock:{reader.region}:{reader.account}:knowledge-base/{base}"
    identity = f"{kept}/data-source/{name}"
    latest = {"attribute": "STARTED_AT", "order": "DESCENDING"}
    jobs = reader.listing(_INGESTIONS, "ingestionJobSummaries", identity, **both, sortBy=latest)
    return reader.record(identity, {_SOURCE: reader.get(_SOURCE, identity, **both), _INGESTIONS: jobs})


def _jobs(reader: Reader) -> Iterable[Record]:
    for job in reader.found(_JOBS, "jobSummaries", sortBy="CreationTime", sortOrder="Descending")[:_MOST_JOBS]:
        arn = job["jobArn"].text()
        if arn is not None:
            yield reader.record(arn, {_JOBS: narrowed(_JOBS, "jobSummaries", job, arn)})


def _configs(reader: Reader) -> Iterable[Record]:
    found = reader.found(_CONFIGS, "onlineEvaluationConfigs")
    return reader.each(found, lambda summary: _config(reader, summary))


def _config(reader: Reader, summary: Node) -> Record | None:
    name, arn = summary["onlineEvaluationConfigId"].text(), summary["onlineEvaluationConfigArn"].text()
    if name is None or arn is None:
        return None
    return reader.record(arn, {_CONFIG: reader.get(_CONFIG, arn, onlineEvaluationConfigId=name)})


def _destination(reader: Reader) -> Iterable[Record]:
    identity = f"transaction-search/{reader.region}"
    yield reader.record(identity, {_DESTINATION: reader.get(_DESTINATION, identity)})


def _base_of(value: Any) -> Iterable[Ref]:
    """A source belongs to the workload where its knowledge base does."""
    base = value.knowledge_base if isinstance(value, DataSource) else None
    return (base,) if isinstance(base, Ref) else ()


COLLECT = (
    Collector(
        "aws.bedrock.data_source",
        (_BASES, _SOURCES, _SOURCE, _INGESTIONS),
        _data_sources,
        root=never,
        beside=_base_of,
    ),
    Collector("aws.bedrock.evaluation_job", (_JOBS,), _jobs),
    Collector("aws.agentcore.online_evaluation", (_CONFIGS, _CONFIG), _configs),
    Collector("aws.xray.transaction_search", (_DESTINATION,), _destination),
)

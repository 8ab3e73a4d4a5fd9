"""Data sources of knowledge bases, with their latest ingestion."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Ref, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    ACCOUNT_ONLY,
    Declared,
    Observed,
    Record,
    Spelling,
    awscc,
    days_since,
    declared,
    later,
    observed,
    pascal,
    snake,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Link, Number, Text, To

_OWNER = re.compile(r"\b(?:owner|owned by|maintained by|team|steward)\b", re.IGNORECASE)
_CLASS = re.compile(
    r"\b(?:classification|classified|public|internal|confidential|restricted|sensitive)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class DataSource(Kind):
    """A source of a knowledge base with its latest ingestion.

    ``last_ingestion_status`` is absent where nothing was ever ingested; a source of type CUSTOM ingests without jobs.
    ``documents_failed`` counts the documents that the latest job could not index.
    """

    KIND = "aws.bedrock.data_source"

    id: Text
    name: Text
    knowledge_base: Annotated[Link, To("aws.bedrock.knowledge_base")]
    type: Text
    description: Text
    bucket: Annotated[Link, To("aws.s3.bucket")]
    deletion_policy: Text
    kms_key: Text
    sync_schedule: Text
    last_ingestion_status: Text
    last_ingestion_age_days: Number
    documents_failed: Number

    @property
    def description_names_owner(self) -> Flag:
        """Whether the description says whose the data is."""
        return _says(self.description, _OWNER)

    @property
    def description_names_classification(self) -> Flag:
        """Whether the description says how sensitive the data is."""
        return _says(self.description, _CLASS)


def _says(text: Text, pattern: re.Pattern[str]) -> bool | Unknown:
    return text if isinstance(text, Unknown) else bool(pattern.search((text or "")[:1000]))


_NEVER = Unknown("only the account shows when it was synchronised")
_NO_JOBS = Unknown("a source of type CUSTOM ingests without jobs")
_ELSEWHERE = Unknown("may be set elsewhere")


def _declared(block: Block, declarations: Declarations, spell: Spelling) -> Draft:
    body = block.body
    config = body[spell("data_source_configuration")]
    return declared(
        DataSource,
        block,
        (body[spell("name")],),
        id=later(block, "id"),
        name=body[spell("name")],
        knowledge_base=body[spell("knowledge_base_id")],
        type=config.at(spell("type")),
        description=body[spell("description")],
        bucket=config.at(spell("s3_configuration"), spell("bucket_arn")),
        deletion_policy=body[spell("data_deletion_policy")],
        kms_key=body.at(spell("server_side_encryption_configuration"), spell("kms_key_arn")),
        sync_schedule=_schedule(declarations),
        last_ingestion_status=ACCOUNT_ONLY,
        last_ingestion_age_days=_NEVER,
        documents_failed=_NEVER,
    )


def _schedule(declarations: Declarations) -> Drafted:
    """The schedule that starts ingestion jobs, where EventBridge Scheduler calls the operation itself."""
    schedules = [
        *(
            (b.body.at("target", "arn"), b.body["schedule_expression"])
            for b in declarations.of_type("aws_scheduler_schedule")
        ),
        *(
            (b.body.at("Target", "Arn"), b.body["ScheduleExpression"])
            for b in declarations.of_type("AWS::Scheduler::Schedule")
        ),
    ]
    starts = (when for target, when in schedules if "startIngestionJob" in (target.text() or ""))
    return next(starts, _ELSEWHERE)


def _terraform(block: Block, declarations: Declarations) -> Draft:
    return _declared(block, declarations, snake)


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    return _declared(block, declarations, pascal)


def _observed(record: Record) -> Draft:
    source = record.answer("bedrock-agent:GetDataSource")["dataSource"]
    config = source["dataSourceConfiguration"]
    job = _latest(record.answer("bedrock-agent:ListIngestionJobs")["ingestionJobSummaries"])
    custom = _NO_JOBS if config["type"].text() == "CUSTOM" else None
    return observed(
        DataSource,
        record,
        (source["dataSourceId"], source["name"]),
        id=source["dataSourceId"],
        name=source["name"],
        knowledge_base=_base(record, source),
        type=config["type"],
        description=source["description"],
        bucket=config.at("s3Configuration", "bucketArn"),
        deletion_policy=source["dataDeletionPolicy"],
        kms_key=source.at("serverSideEncryptionConfiguration", "kmsKeyArn"),
        sync_schedule=_ELSEWHERE,
        last_ingestion_status=custom or job["status"],
        last_ingestion_age_days=custom or days_since(job["updatedAt"], record.read_at),
        documents_failed=custom or job.at("statistics", "numberOfDocumentsFailed"),
    )


def _base(record: Record, source: Node) -> Drafted:
    """The base that the identity begins with, which is known also where the details were denied."""
    arn, inside, _ = record.identity.partition("/data-source/")
    return Ref("aws.bedrock.knowledge_base", arn) if inside else source["knowledgeBaseId"]


_RUNNING = ("STARTING", "IN_PROGRESS", "STOPPING")


def _latest(jobs: Node) -> Node:
    """The latest job that has ended; one that still runs says nothing yet, unless there is no other."""
    if jobs.unknown or any(job.unknown for job in jobs.items()):
        return jobs if jobs.unknown else Node(Unknown("not all ingestion jobs were listed"), jobs.location)
    ordered = sorted(jobs.items(), key=lambda job: job["startedAt"].text() or "")
    ended = [job for job in ordered if job["status"].text() not in _RUNNING]
    if ended:
        return ended[-1]
    waiting = Unknown("the first ingestion job is still running") if ordered else None
    return Node(waiting, jobs.location)


TERRAFORM: Mapping[str, Declared] = {
    "aws_bedrockagent_data_source": _terraform,
    "awscc_bedrock_data_source": lambda block, declarations: _declared(block, declarations, awscc),
}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::Bedrock::DataSource": _cloudformation}
API: Mapping[str, Observed] = {DataSource.KIND: _observed}

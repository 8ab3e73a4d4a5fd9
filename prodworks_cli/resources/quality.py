"""Evaluations that AWS runs: jobs of Bedrock, and the continuous scoring of sampled sessions by AgentCore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    awscc,
    days_since,
    declared,
    later,
    observed,
    otherwise,
    own,
    pascal,
    snake,
)
from prodworks_cli.schema import Draft, Drafted, Number, Text, Texts


@dataclass(frozen=True)
class EvaluationJob(Kind):
    """A model or RAG evaluation job. ``targets`` are the models and knowledge bases that it judged."""

    KIND = "aws.bedrock.evaluation_job"

    arn: Text
    status: Text
    age_days: Number
    targets: Texts


@dataclass(frozen=True)
class OnlineEvaluation(Kind):
    """Continuous scoring of sampled production sessions."""

    KIND = "aws.agentcore.online_evaluation"

    id: Text
    name: Text
    status: Text
    execution_status: Text
    sampling_percentage: Number
    evaluators: Texts
    log_groups: Texts


def _job(record: Record) -> Draft:
    job = own(record, "bedrock:ListEvaluationJobs", "jobSummaries")
    return observed(
        EvaluationJob,
        record,
        (job["jobName"], job["jobArn"]),
        arn=job["jobArn"],
        status=job["status"],
        age_days=days_since(job["creationTime"], record.read_at),
        targets=_joined(job["modelIdentifiers"], job["ragIdentifiers"]),
    )


def _joined(*lists: Node) -> Drafted:
    unread = next((node.unknown for node in lists if node.unknown), None)
    return unread or tuple(item for node in lists for item in node.items())


def _ids(evaluators: Node, spell: Spelling) -> Drafted:
    return evaluators.unknown or tuple(e.unknown or e[spell("evaluator_id")] for e in evaluators.items())


def _evaluation(block: Block, spell: Spelling, logs: Node, evaluators: Node, execution: Drafted) -> Draft:
    body = block.body
    name = body[spell("online_evaluation_config_name")]
    return declared(
        OnlineEvaluation,
        block,
        (name,),
        id=later(block, "id"),
        name=name,
        # What a deployment ends with, or fails.
        status="ACTIVE",
        execution_status=execution,
        sampling_percentage=body.at(*map(spell, ("rule", "sampling_config", "sampling_percentage"))),
        evaluators=_ids(evaluators, spell),
        log_groups=logs.at(spell("log_group_names")),
    )


def _terraform(block: Block, _: Declarations) -> Draft:
    """Its own argument says whether the scoring starts when it is created."""
    started = block.body["enable_on_create"].map(lambda on: "ENABLED" if str(on).lower() == "true" else "DISABLED")
    logs = block.body.at("data_source_config", "cloudwatch_logs")
    return _evaluation(block, snake, logs, block.body["evaluator"], otherwise(started, "DISABLED"))


def _control(block: Block, spell: Spelling) -> Draft:
    """CloudFormation deploys the scoring switched off unless told otherwise."""
    status = otherwise(block.body[spell("execution_status")], "DISABLED")
    logs = block.body.at(spell("data_source_config"), "CloudWatchLogs" if spell is pascal else "cloudwatch_logs")
    return _evaluation(block, spell, logs, block.body[spell("evaluators")], status)


def _observed(record: Record) -> Draft:
    answer = record.answer("bedrock-agentcore-control:GetOnlineEvaluationConfig")
    logs = answer.at("dataSourceConfig", "cloudWatchLogs")
    return observed(
        OnlineEvaluation,
        record,
        (
            answer["onlineEvaluationConfigId"],
            answer["onlineEvaluationConfigArn"],
            answer["onlineEvaluationConfigName"],
        ),
        id=answer["onlineEvaluationConfigId"],
        name=answer["onlineEvaluationConfigName"],
        status=answer["status"],
        execution_status=answer["executionStatus"],
        sampling_percentage=answer.at("rule", "samplingConfig", "samplingPercentage"),
        evaluators=_observed_ids(answer["evaluators"]),
        log_groups=_joined(logs["logGroupNames"], logs["logGroupNamePrefixes"]),
    )


def _observed_ids(evaluators: Node) -> tuple[Node | Unknown, ...] | Unknown:
    return evaluators.unknown or tuple(e.unknown or e["evaluatorId"] for e in evaluators.items())


TERRAFORM: Mapping[str, Declared] = {
    "aws_bedrockagentcore_online_evaluation_config": _terraform,
    "awscc_bedrockagentcore_online_evaluation_config": lambda block, _: _control(block, awscc),
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::BedrockAgentCore::OnlineEvaluationConfig": lambda block, _: _control(block, pascal),
}
API: Mapping[str, Observed] = {EvaluationJob.KIND: _job, OnlineEvaluation.KIND: _observed}

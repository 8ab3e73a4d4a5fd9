"""Data sources, evaluations, the destination of spans, models, and the version of a prompt that is used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from prodworks_cli.model import Location, Ref, Unknown
from prodworks_cli.node import node_of
from prodworks_cli.resources.adapter import Record, days_since, days_until
from prodworks_cli.resources.agents import Prompt
from prodworks_cli.resources.alarm_metrics import Metric
from prodworks_cli.resources.cloudwatch import Alarm
from prodworks_cli.resources.data_sources import DataSource
from prodworks_cli.resources.model_calls import NUMBERED
from prodworks_cli.resources.registry import observed_adapters
from prodworks_cli.schema import assemble
from tests.resources.support import DENIED, block, declared, observe, ref

READ_AT = "2026-11-23T00:00:00+00:00"
SOURCE = {
    "name": "docs", "knowledge_base_id": ref("infra/kb", "id"), "description": "Handbook, owner team-a, internal",
    "data_deletion_policy": "RETAIN", "server_side_encryption_configuration": [{"kms_key_arn": "arn:key"}],
    "data_source_configuration": [{"type": "S3", "s3_configuration": [{"bucket_arn": ref("infra/b")}]}],
}  # fmt: skip


def dated(kind: str, answers: dict[str, Any]) -> Any:
    at = Location("123456789012/eu-west-1")
    found = Record(kind, "subject", "123456789012", "eu-west-1", node_of(answers, at), READ_AT)
    return assemble(observed_adapters()[kind](found))[0]


def check_source(source: DataSource) -> None:
    assert (source.name, source.type, source.deletion_policy, source.kms_key) == ("docs", "S3", "RETAIN", "arn:key")
    assert source.knowledge_base == Ref("aws.bedrock.knowledge_base", "infra/kb")
    assert source.bucket == Ref("aws.s3.bucket", "infra/b")
    assert (source.description_names_owner, source.description_names_classification) == (True, True)
    for name in ("id", "last_ingestion_status", "last_ingestion_age_days", "documents_failed"):
        assert isinstance(getattr(source, name), Unknown), name


def test_a_data_source_in_each_form() -> None:
    check_source(declared("aws_bedrockagent_data_source", SOURCE))
    check_source(declared("awscc_bedrock_data_source", SOURCE))
    properties = {
        "Name": "docs", "KnowledgeBaseId": ref("infra/kb", "KnowledgeBaseId"), "DataDeletionPolicy": "RETAIN",
        "Description": SOURCE["description"], "ServerSideEncryptionConfiguration": {"KmsKeyArn": "arn:key"},
        "DataSourceConfiguration": {"Type": "S3", "S3Configuration": {"BucketArn": ref("infra/b", "Arn")}},
    }  # fmt: skip
    check_source(declared("AWS::Bedrock::DataSource", properties))


def test_the_schedule_is_that_of_a_scheduler_which_starts_jobs() -> None:
    target = [{"arn": "arn:aws:scheduler:::aws-sdk:bedrockagent:startIngestionJob"}]
    schedule = block("aws_scheduler_schedule", "infra/s", {"schedule_expression": "rate(1 day)", "target": target})
    assert declared("aws_bedrockagent_data_source", SOURCE, schedule).sync_schedule == "rate(1 day)"
    properties = {"ScheduleExpression": "rate(2 days)", "Target": {"Arn": target[0]["arn"]}}
    twin = block("AWS::Scheduler::Schedule", "t#S", properties)
    assert declared("aws_bedrockagent_data_source", SOURCE, twin).sync_schedule == "rate(2 days)"
    other = block("aws_scheduler_schedule", "infra/o", {"schedule_expression": "rate(1 day)", "target": [{"arn": "x"}]})
    assert isinstance(declared("aws_bedrockagent_data_source", SOURCE, other).sync_schedule, Unknown)


def job(status: str, started: str, failed: int = 0) -> dict[str, Any]:
    return {
        "status": status,
        "startedAt": started,
        "updatedAt": started,
        "statistics": {"numberOfDocumentsFailed": failed},
    }


def sources(jobs: object, type_: str = "S3") -> DataSource:
    detail = {
        "dataSourceId": "DS1", "name": "docs", "knowledgeBaseId": "KB1", "description": "text",
        "dataSourceConfiguration": {"type": type_, "s3Configuration": {"bucketArn": "arn:aws:s3:::b"}},
        "dataDeletionPolicy": "DELETE", "serverSideEncryptionConfiguration": {"kmsKeyArn": "arn:key"},
    }  # fmt: skip
    answers = {"bedrock-agent:GetDataSource": {"dataSource": detail}, "bedrock-agent:ListIngestionJobs": jobs}
    found: DataSource = dated("aws.bedrock.data_source", answers)
    return found


def test_a_data_source_in_the_account() -> None:
    jobs = [job("COMPLETE", "2026-11-01T00:00:00+00:00"), job("FAILED", "2026-11-13T00:00:00+00:00", 4)]
    source = sources({"ingestionJobSummaries": jobs})
    assert (source.id, source.name, source.type, source.deletion_policy) == ("DS1", "docs", "S3", "DELETE")
    assert (source.knowledge_base, source.kms_key) == (Ref("aws.bedrock.knowledge_base", "KB1"), "arn:key")
    assert source.bucket == Ref("aws.s3.bucket", "arn:aws:s3:::b")
    assert (source.last_ingestion_status, source.last_ingestion_age_days, source.documents_failed) == ("FAILED", 10, 4)
    assert (source.description_names_owner, source.description_names_classification) == (False, False)


def test_which_ingestion_counts() -> None:
    running = job("IN_PROGRESS", "2026-11-22T00:00:00+00:00")
    done = job("COMPLETE", "2026-11-20T00:00:00+00:00")
    assert sources({"ingestionJobSummaries": [running, done]}).last_ingestion_status == "COMPLETE"
    assert isinstance(sources({"ingestionJobSummaries": [running]}).last_ingestion_status, Unknown)
    assert sources({"ingestionJobSummaries": []}).last_ingestion_status is None
    for unread in (DENIED, {"ingestionJobSummaries": [done, DENIED]}):
        assert isinstance(sources(unread).last_ingestion_status, Unknown)
    assert "CUSTOM" in str(sources({"ingestionJobSummaries": []}, "CUSTOM").documents_failed)


def test_days_count_from_the_reading() -> None:
    at = Location("x")
    assert days_until(node_of("2026-11-25", at), READ_AT) == 2
    assert days_since(node_of("2026-11-20T00:00:00Z", at), READ_AT) == 3
    assert days_until(node_of(None, at), READ_AT) is None
    for odd in (node_of("soon", at), node_of(DENIED, at)):
        assert isinstance(days_since(odd, READ_AT), Unknown)
    assert isinstance(days_until(node_of("2026-11-25", at), ""), Unknown)


EVALUATION = {
    "online_evaluation_config_name": "chat", "enable_on_create": True, "evaluator": [{"evaluator_id": "Builtin.X"}],
    "data_source_config": [{"cloudwatch_logs": [{"log_group_names": ["aws/spans"]}]}],
    "rule": [{"sampling_config": [{"sampling_percentage": 5}]}],
}  # fmt: skip
AWSCC = {
    **{k: v for k, v in EVALUATION.items() if k not in ("enable_on_create", "evaluator")},
    "execution_status": "ENABLED", "evaluators": [{"evaluator_id": "Builtin.X"}],
}  # fmt: skip
CLOUDFORMATION = {
    "OnlineEvaluationConfigName": "chat", "ExecutionStatus": "ENABLED", "Evaluators": [{"EvaluatorId": "Builtin.X"}],
    "DataSourceConfig": {"CloudWatchLogs": {"LogGroupNames": ["aws/spans"]}},
    "Rule": {"SamplingConfig": {"SamplingPercentage": 5}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "body", "switch"),
    [
        ("aws_bedrockagentcore_online_evaluation_config", EVALUATION, "enable_on_create"),
        ("awscc_bedrockagentcore_online_evaluation_config", AWSCC, "execution_status"),
        ("AWS::BedrockAgentCore::OnlineEvaluationConfig", CLOUDFORMATION, "ExecutionStatus"),
    ],
)
def test_an_online_evaluation_in_each_form(kind: str, body: dict[str, Any], switch: str) -> None:
    found = declared(kind, body)
    assert (found.name, found.status, found.execution_status) == ("chat", "ACTIVE", "ENABLED")
    assert (found.sampling_percentage, found.evaluators, found.log_groups) == (5, ("Builtin.X",), ("aws/spans",))
    assert isinstance(found.id, Unknown)
    assert declared(kind, {k: v for k, v in body.items() if k != switch}).execution_status == "DISABLED"
    assert isinstance(declared(kind, {**body, switch: Unknown("var.x")}).execution_status, Unknown)


def test_evaluations_in_the_account() -> None:
    logs = {"logGroupNames": ["aws/spans"], "logGroupNamePrefixes": ["/aws/x"]}
    answer = {
        "onlineEvaluationConfigId": "e1", "onlineEvaluationConfigName": "chat", "status": "ACTIVE",
        "executionStatus": "DISABLED", "rule": {"samplingConfig": {"samplingPercentage": 2.5}},
        "evaluators": [{"evaluatorId": "Builtin.X"}], "dataSourceConfig": {"cloudWatchLogs": logs},
    }  # fmt: skip
    kind, read = "aws.agentcore.online_evaluation", "bedrock-agentcore-control:GetOnlineEvaluationConfig"
    found = observe(kind, {read: answer})
    assert (found.id, found.name, found.status, found.execution_status) == ("e1", "chat", "ACTIVE", "DISABLED")
    assert (found.sampling_percentage, found.evaluators) == (2.5, ("Builtin.X",))
    assert found.log_groups == ("aws/spans", "/aws/x")
    assert isinstance(observe(kind, {read: DENIED}).log_groups, Unknown)
    summary = {"jobArn": "arn:job", "jobName": "j", "status": "Completed", "creationTime": "2026-11-03T00:00:00Z"}
    listed = {"jobSummaries": [{**summary, "modelIdentifiers": ["m"], "ragIdentifiers": ["kb"]}]}
    seen = dated("aws.bedrock.evaluation_job", {"bedrock:ListEvaluationJobs": listed})
    assert (seen.arn, seen.status, seen.age_days, seen.targets) == ("arn:job", "Completed", 20, ("m", "kb"))


def test_the_destination_of_spans() -> None:
    kind = "aws.xray.transaction_search"
    setting = declared("aws_xray_trace_segment_destination", {"destination": "XRay", "region": "eu-west-1"})
    assert (setting.region, setting.destination, setting.status) == ("eu-west-1", "XRay", "ACTIVE")
    assert isinstance(declared("aws_xray_trace_segment_destination", {"destination": "XRay"}).region, Unknown)
    for twin in ("AWS::XRay::TransactionSearchConfig", "awscc_xray_transaction_search_config"):
        assert declared(twin, {}).destination == "CloudWatchLogs"
    answer = {"Destination": "CloudWatchLogs", "Status": "PENDING"}
    seen = observe(kind, {"xray:GetTraceSegmentDestination": answer})
    assert (seen.region, seen.destination, seen.status) == ("eu-west-1", "CloudWatchLogs", "PENDING")
    denied = observe(kind, {"xray:GetTraceSegmentDestination": DENIED})
    assert isinstance(denied.destination, Unknown)
    assert isinstance(denied.status, Unknown)


GRANTED = {
    "agreementAvailability": {"status": "AVAILABLE"}, "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE",
}  # fmt: skip


def models(availability: object) -> Any:
    lifecycle = {"status": "LEGACY", "endOfLifeTime": "2026-12-03T00:00:00+00:00"}
    details = {
        "modelId": "m",
        "modelArn": "arn:m",
        "inferenceTypesSupported": ["ON_DEMAND"],
        "modelLifecycle": lifecycle,
    }
    answers = {
        "bedrock:GetFoundationModel": {"modelDetails": details},
        "bedrock:GetFoundationModelAvailability": availability,
    }
    return dated("aws.bedrock.foundation_model", answers)


def test_a_foundation_model() -> None:
    found = models(GRANTED)
    assert (found.model_id, found.region, found.lifecycle_status, found.days_left) == ("m", "eu-west-1", "LEGACY", 10)
    assert (found.end_of_life_time, found.available) == ("2026-12-03T00:00:00+00:00", True)
    assert found.inference_types == ("ON_DEMAND",)
    assert isinstance(models(DENIED).available, Unknown)
    refused = {"agreementAvailability": {"status": "PENDING"}, "authorizationStatus": "NOT_AUTHORIZED"}
    for key in GRANTED:
        assert models({**GRANTED, key: refused.get(key, "NOT_AVAILABLE")}).available is False, key


def test_the_catalogue_of_a_region() -> None:
    answers = {
        "bedrock:ListFoundationModels": {"modelSummaries": [{"modelId": "m"}]},
        "bedrock:ListInferenceProfiles": {"inferenceProfileSummaries": [{"inferenceProfileId": "us.m"}, DENIED]},
    }
    found = observe("aws.bedrock.model_catalog", answers)
    assert (found.region, found.models, found.profiles) == ("eu-west-1", ("m",), ("us.m", DENIED))
    denied = observe("aws.bedrock.model_catalog", {"bedrock:ListFoundationModels": DENIED})
    assert isinstance(denied.models, Unknown)


NUMBER = Unknown("made at deployment", True, NUMBERED)


@pytest.mark.parametrize(
    ("version", "versions", "pinned", "exists"),
    [
        ("3", ("DRAFT", "3"), True, True),
        ("4", ("DRAFT", "3"), True, False),
        ("DRAFT", ("DRAFT", "3"), False, True),
        (None, ("DRAFT",), False, False),
        (NUMBER, ("DRAFT", "1"), True, True),
        (NUMBER, ("DRAFT",), True, False),
        (NUMBER, (NUMBER,), True, True),
        ("3", (NUMBER,), True, None),
        ("3", Unknown("denied"), True, None),
        (Unknown("var.v"), ("1",), None, None),
    ],
)
def test_the_version_of_a_prompt(version: Any, versions: Any, pinned: bool | None, exists: bool | None) -> None:
    prompt = Prompt("p", "arn", "p", versions, True, version, None)
    for actual, expected in ((prompt.pinned, pinned), (prompt.used_version_exists, exists)):
        assert isinstance(actual, Unknown) if expected is None else actual is expected


def test_the_versions_of_a_prompt_in_awscc() -> None:
    release = block("awscc_bedrock_prompt_version", "infra/v", {"prompt_arn": ref("infra/subject")})
    prompt = declared("awscc_bedrock_prompt", {"name": "p", "customer_encryption_key_arn": "arn:key"}, release)
    assert (prompt.name, prompt.kms_key, [v.shape for v in prompt.versions]) == ("p", "arn:key", [NUMBERED])
    assert isinstance(prompt.used, Unknown)


@pytest.mark.parametrize(
    ("namespace", "name", "dimensions", "quality"),
    [
        ("Chat", "GroundednessScore", (), True),
        ("Chat", "judge_score_average", (), True),
        ("Chat", "RefusalRate", (), True),
        ("Chat", "NegativeFeedback", (), True),
        ("Bedrock-AgentCore/Evaluations", "Builtin.Helpfulness", (), True),
        ("AWS/Bedrock/Guardrails", "InvocationsIntervened", ("GuardrailPolicyType=ContextualGroundingPolicy",), True),
        ("AWS/Bedrock/Guardrails", "InvocationsIntervened", ("GuardrailPolicyType=ContentPolicy",), False),
        ("AWS/Bedrock/Guardrails", "InvocationsIntervened", (Unknown("var.x"),), None),
        ("AWS/Bedrock", "InvocationLatency", (), False),
        ("AWS/SageMaker", "QualityScore", (), False),
        ("Chat", "Latency", (), False),
        (Unknown("var.x"), "Latency", (), None),
        ("Chat", Unknown("var.x"), (), None),
    ],
)
def test_what_tells_the_quality_of_answers(namespace: Any, name: Any, dimensions: Any, quality: bool | None) -> None:
    alarm = Alarm("a", (Metric(namespace, name, dimensions, "Average"),), False, True, (), None, 0)
    assert isinstance(alarm.watches_quality, Unknown) if quality is None else alarm.watches_quality is quality
    assert isinstance(replace(alarm, metrics=Unknown("x")).watches_quality, Unknown)

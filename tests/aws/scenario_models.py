"""Models, data sources, evaluations and spans of the scenario account. Made by hand."""

from __future__ import annotations

from typing import Any

from tests.aws.endpoint import ACCOUNT, Params
from tests.aws.scenario import HOME, STAMP

NAME = "anthropic.claude-sonnet-4-5-20250929-v1:0"


def list_models(_: Params, region: str) -> Any:
    summary = {
        **{"modelArn": f"arn:aws:bedrock:{region}::foundation-model/{NAME}", "modelId": NAME, "modelName": "Sonnet"},
        **{"providerName": "Anthropic", "inferenceTypesSupported": ["PROVISIONED"]},
        "modelLifecycle": {"status": "ACTIVE"},
    }
    other = {**summary, "modelArn": f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-lite-v1:0"}
    return {"modelSummaries": [summary, {**other, "modelId": "amazon.nova-lite-v1:0"}]}


def availability(params: Params, region: str) -> Any:
    assert params["modelId"] == NAME, "only models that the workload names are asked for"
    return {
        **{"modelId": NAME, "agreementAvailability": {"status": "AVAILABLE"}, "authorizationStatus": "AUTHORIZED"},
        **{"entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE"},
    }


def list_data_sources(params: Params, region: str) -> Any:
    found = {"knowledgeBaseId": params["knowledgeBaseId"], "dataSourceId": "DS00000001", "name": "handbook"}
    return {"dataSourceSummaries": [{**found, "status": "AVAILABLE", "updatedAt": STAMP}]}


def data_source(params: Params, region: str) -> Any:
    config = {"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::acme-docs"}}
    found = {"knowledgeBaseId": params["knowledgeBaseId"], "dataSourceId": params["dataSourceId"], "name": "handbook"}
    times = {"createdAt": STAMP, "updatedAt": STAMP}
    return {"dataSource": {**found, **times, "status": "AVAILABLE", "dataSourceConfiguration": config}}


def ingestions(params: Params, region: str) -> Any:
    job = {
        **{"knowledgeBaseId": params["knowledgeBaseId"], "dataSourceId": params["dataSourceId"]},
        **{"ingestionJobId": "JOB0000001", "status": "COMPLETE", "startedAt": STAMP, "updatedAt": STAMP},
        "statistics": {"numberOfDocumentsScanned": 9, "numberOfDocumentsFailed": 2},
    }
    return {"ingestionJobSummaries": [job]}


EVALUATION = f"arn:aws:bedrock-agentcore:{HOME}:{ACCOUNT}:online-evaluation-config/chat-0000000001"


def list_configs(_: Params, region: str) -> Any:
    summary = {
        **{"onlineEvaluationConfigArn": EVALUATION, "onlineEvaluationConfigId": "chat-0000000001"},
        **{"onlineEvaluationConfigName": "chat", "status": "ACTIVE", "executionStatus": "DISABLED"},
        **{"createdAt": STAMP, "updatedAt": STAMP},
    }
    return {"onlineEvaluationConfigs": [summary] if region == HOME else []}


def config(_: Params, region: str) -> Any:
    return {
        **list_configs({}, HOME)["onlineEvaluationConfigs"][0],
        "rule": {"samplingConfig": {"samplingPercentage": 5.0}},
        "dataSourceConfig": {"cloudWatchLogs": {"logGroupNames": ["aws/spans"], "serviceNames": ["chat"]}},
        "evaluators": [{"evaluatorId": "Builtin.Helpfulness"}],
    }


MODELS: dict[str, Any] = {
    "bedrock:ListFoundationModels": list_models,
    "bedrock:GetFoundationModelAvailability": availability,
    "bedrock:ListEvaluationJobs": {},
    "bedrock-agent:ListDataSources": list_data_sources,
    "bedrock-agent:GetDataSource": data_source,
    "bedrock-agent:ListIngestionJobs": ingestions,
    "bedrock-agentcore-control:ListOnlineEvaluationConfigs": list_configs,
    "bedrock-agentcore-control:GetOnlineEvaluationConfig": config,
    "xray:GetTraceSegmentDestination": {"Destination": "XRay", "Status": "ACTIVE"},
}

"""What watches and carries the scenario's workload: dashboards, event rules, canaries, cost anomalies, queues. Made by
hand, none recorded."""

from __future__ import annotations

import json
from typing import Any

from tests.aws.endpoint import ACCOUNT, Params
from tests.aws.scenario import HOME, arn

SEEN, BLIND = "model-behaviour", "shop"
_BODIES = {
    SEEN: {"widgets": [{"type": "metric", "properties": {"metrics": [["AWS/Bedrock", "Invocations"]]}}]},
    BLIND: {"widgets": [{"type": "metric", "properties": {"metrics": [["AWS/Lambda", "Errors"]]}}]},
}


def dashboards(_: Params, region: str) -> Any:
    entries = [{"DashboardName": n, "DashboardArn": f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{n}"} for n in _BODIES]
    return {"DashboardEntries": entries if region == HOME else []}


def dashboard(params: Params, _: str) -> Any:
    name = params["DashboardName"]
    return {"DashboardName": name, "DashboardBody": json.dumps(_BODIES[name])}


def _rule(name: str, state: str, event: str) -> dict[str, str]:
    pattern = {"source": ["aws.bedrock"], "detail": {"eventName": [event]}}
    return {"Name": name, "Arn": arn("events", f"rule/{name}"), "State": state, "EventPattern": json.dumps(pattern)}


def rules(_: Params, region: str) -> Any:
    found = [
        _rule("safeguards", "DISABLED", "DeleteGuardrail"),
        _rule("agents", "ENABLED", "CreateAgent"),
        {
            "Name": "nightly",
            "Arn": arn("events", "rule/nightly"),
            "State": "ENABLED",
            "ScheduleExpression": "rate(1 day)",
        },
    ]
    return {"Rules": found if region == HOME else []}


def canaries(_: Params, region: str) -> Any:
    probe = {"Name": "shop", "Status": {"State": "RUNNING"}, "Schedule": {"Expression": "rate(5 minutes)"}}
    return {"Canaries": [probe] if region == HOME else []}


def monitors(_: Params, __: str) -> Any:
    place = f"arn:aws:ce::{ACCOUNT}:anomalymonitor"
    return {
        "AnomalyMonitors": [
            {
                **{"MonitorArn": f"{place}/all", "MonitorName": "services"},
                **{"MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"},
            },
            {
                **{"MonitorArn": f"{place}/one", "MonitorName": "bedrock", "MonitorType": "CUSTOM"},
                "MonitorSpecification": {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Bedrock"]}},
            },
        ]
    }


def subscriptions(params: Params, _: str) -> Any:
    told = {
        **{"SubscriptionName": "team", "MonitorArnList": [params["MonitorArn"]], "Frequency": "DAILY"},
        "Subscribers": [{"Type": "EMAIL", "Address": "money@acme.example"}],
    }
    return {"AnomalySubscriptions": [told] if params["MonitorArn"].endswith("/all") else []}


def mappings(_: Params, region: str) -> Any:
    """Two queues of the workload's functions, and one of another workload's."""
    found = [
        {"EventSourceArn": arn("sqs", name), "FunctionArn": arn("lambda", f"function:{function}")}
        for name, function in (("questions", "search"), ("lost-questions", "chat"), ("bills", "billing"))
    ]
    return {"EventSourceMappings": found if region == HOME else []}


def queue_url(params: Params, region: str) -> Any:
    return {"QueueUrl": f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{params['QueueName']}"}


def queue(params: Params, _: str) -> Any:
    name = params["QueueUrl"].rpartition("/")[2]
    kept = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": arn("sqs", "failed"), "maxReceiveCount": 3})}
    return {"Attributes": {"VisibilityTimeout": "60", **(kept if name == "questions" else {})}}


WATCH: dict[str, Any] = {
    "cloudwatch:ListDashboards": dashboards,
    "cloudwatch:GetDashboard": dashboard,
    "events:ListRules": rules,
    "events:ListTargetsByRule": {"Targets": [{"Id": "one", "Arn": arn("sns", "pager")}]},
    "guardduty:ListDetectors": {"DetectorIds": []},
    "guardduty:GetDetector": {"ServiceRole": f"arn:aws:iam::{ACCOUNT}:role/guardduty", "Status": "ENABLED"},
    "synthetics:DescribeCanaries": canaries,
    "synthetics:DescribeCanariesLastRun": {"CanariesLastRun": []},
    "ce:GetAnomalyMonitors": monitors,
    "ce:GetAnomalySubscriptions": subscriptions,
    "lambda:ListEventSourceMappings": mappings,
    "sqs:GetQueueUrl": queue_url,
    "sqs:GetQueueAttributes": queue,
}

"""Dashboards, event rules, canaries and anomaly monitors on every form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.resources.anomaly_monitors import Subscription
from prodworks_cli.resources.dashboards import Shown
from tests.resources.support import DENIED, block, declare, declared, observe, ref

METRICS = {
    "widgets": [
        {"type": "text", "properties": {"markdown": "# hello"}},
        {
            "type": "metric",
            "properties": {
                "metrics": [
                    ["AWS/Bedrock", "Invocations", "ModelId", "m", {"stat": "Sum"}],
                    [".", "OutputTokenCount", ".", "."],
                    ["..."],
                    [{"expression": "m1 + m2"}],
                    [{"expression": "SEARCH('{AWS/Lambda,FunctionName} Errors', 'Sum')"}],
                    [{"expression": 'SELECT AVG(x) FROM SCHEMA("Own", Name)'}],
                ]
            },
        },
    ]
}
SHOWN = (
    Shown("AWS/Bedrock", "Invocations"),
    Shown("AWS/Bedrock", "OutputTokenCount"),
    Shown("AWS/Bedrock", "OutputTokenCount"),
    Shown("AWS/Lambda", None),
    Shown("Own", None),
)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("aws_cloudwatch_dashboard", {"dashboard_name": "d", "dashboard_body": METRICS}),
        ("aws_cloudwatch_dashboard", {"dashboard_name": "d", "dashboard_body": json.dumps(METRICS)}),
        ("AWS::CloudWatch::Dashboard", {"DashboardName": "d", "DashboardBody": json.dumps(METRICS)}),
    ],
)
def test_a_declared_dashboard(kind: str, body: dict[str, Any]) -> None:
    dashboard = declared(kind, body)
    assert (dashboard.name, dashboard.metrics, dashboard.shows_models) == ("d", SHOWN, True)


def test_a_dashboard_of_the_account() -> None:
    answer = {"cloudwatch:GetDashboard": {"DashboardName": "d", "DashboardBody": json.dumps(METRICS)}}
    dashboard = observe("aws.cloudwatch.dashboard", answer)
    assert (dashboard.name, dashboard.metrics) == ("d", SHOWN)
    denied = observe("aws.cloudwatch.dashboard", {"cloudwatch:GetDashboard": DENIED})
    assert isinstance(denied.metrics, Unknown)
    assert isinstance(denied.shows_models, Unknown)


def _showing(*row: object) -> Any:
    body = {"widgets": [{"properties": {"metrics": [list(row)]}}]}
    return declared("aws_cloudwatch_dashboard", {"dashboard_body": body}).shows_models


def test_what_shows_the_model() -> None:
    assert _showing("AWS/BedrockMantle", "Inferences") is True
    assert _showing("Bedrock-Agentcore", "Latency") is True
    assert _showing("App", "gen_ai.client.token.usage") is True
    assert _showing("App", "LLMErrors") is True
    assert _showing({"expression": "SEARCH('Namespace=\"AWS/Bedrock\" InputTokenCount', 'Sum')"}) is True
    assert _showing("App", "Orders") is False
    assert _showing("AWS/Lambda", "ModelErrors") is False
    assert isinstance(_showing(Unknown("var.namespace"), "Errors"), Unknown)
    assert isinstance(declared("AWS::CloudWatch::Dashboard", {}).shows_models, Unknown)
    assert declared("aws_cloudwatch_dashboard", {"dashboard_body": "{}"}).metrics == ()
    assert isinstance(declared("aws_cloudwatch_dashboard", {"dashboard_body": "no json"}).metrics, Unknown)


def test_dashboards_of_other_platforms() -> None:
    assert declared("grafana_dashboard", {"config_json": '{"expr": "gen_ai_usage_input_tokens"}'}).shows_models is True
    assert declared("datadog_dashboard_json", {"dashboard": '{"q": "avg:system.cpu{*}"}'}).shows_models is False
    assert isinstance(declared("grafana_dashboard", {"config_json": Unknown("file")}).shows_models, Unknown)


PATTERN = {"source": ["aws.bedrock"], "detail": {"eventName": ["DeleteGuardrail"]}}


def test_a_rule_in_terraform() -> None:
    rule = declare(
        block("aws_cloudwatch_event_rule", "infra/r", {"name": "r", "event_pattern": json.dumps(PATTERN)}),
        block("aws_cloudwatch_event_target", "infra/t", {"rule": ref("infra/r", "name"), "arn": "arn:topic"}),
        block("aws_cloudwatch_event_target", "infra/o", {"rule": "other", "arn": "arn:other"}),
    )
    assert (rule.name, rule.enabled, rule.event_names) == ("r", True, ("DeleteGuardrail",))
    assert rule.targets == ("arn:topic",)
    assert rule.watches_safeguards is True
    assert declared("aws_cloudwatch_event_rule", {"state": "DISABLED"}).enabled is False
    assert declared("aws_cloudwatch_event_rule", {"is_enabled": False}).enabled is False
    assert declared("aws_cloudwatch_event_rule", {"schedule_expression": "rate(1 day)"}).event_names == ()


def test_a_rule_in_cloudformation() -> None:
    rule = declared("AWS::Events::Rule", {"Name": "r", "EventPattern": PATTERN, "Targets": [{"Arn": "arn:topic"}]})
    assert (rule.name, rule.enabled, rule.event_names, rule.targets) == (
        "r",
        True,
        ("DeleteGuardrail",),
        ("arn:topic",),
    )
    assert declared("AWS::Events::Rule", {"EventPattern": PATTERN, "State": "DISABLED"}).enabled is False
    in_code = declared("AWS::Events::Rule", {"Name": "r"})
    assert isinstance(in_code.event_names, Unknown)
    assert isinstance(in_code.targets, Unknown)


def test_a_rule_of_the_account() -> None:
    listed = {"Rules": [{"Name": "r", "State": "ENABLED", "EventPattern": json.dumps(PATTERN)}]}
    answers = {"events:ListRules": listed, "events:ListTargetsByRule": {"Targets": [{"Arn": "arn:topic"}]}}
    rule = observe("aws.events.rule", answers)
    assert (rule.name, rule.enabled, rule.event_names, rule.targets) == (
        "r",
        True,
        ("DeleteGuardrail",),
        ("arn:topic",),
    )
    denied = observe("aws.events.rule", {**answers, "events:ListTargetsByRule": DENIED})
    assert isinstance(denied.targets, Unknown)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ({"source": ["aws.bedrock"]}, ("*",)),
        ({"source": ["aws.s3"], "detail": {"eventName": ["DeleteGuardrail"]}}, ()),
        ({"source": [{"prefix": "aws.b"}], "detail": {"eventName": [{"prefix": "Delete"}]}}, ("Delete*",)),
        ({"detail": {"eventName": [{"suffix": "Guardrail"}]}}, ("*Guardrail",)),
        ({"detail": {"eventName": [{"anything-but": ["GetGuardrail"]}]}}, ("*",)),
        ({"detail": {"eventName": [{"wildcard": "*Guardrail"}]}}, ("*Guardrail",)),
        ({"detail": {"eventSource": ["iam.amazonaws.com"]}}, ()),
        ({"detail-type": ["Batch Inference Job State Change"], "source": ["aws.bedrock"]}, ()),
    ],
)
def test_what_a_pattern_matches(pattern: dict[str, Any], names: tuple[str, ...]) -> None:
    assert declared("AWS::Events::Rule", {"EventPattern": pattern}).event_names == names


def test_an_open_pattern_is_unknown() -> None:
    rule = declared("aws_cloudwatch_event_rule", {"event_pattern": {"source": [Unknown("var.source")]}})
    assert isinstance(rule.watches_safeguards, Unknown)
    assert (
        declared("AWS::Events::Rule", {"EventPattern": {"detail": {"eventName": ["CreateAgent"]}}}).watches_safeguards
        is False
    )


def test_detectors() -> None:
    for kind, key in (("aws_guardduty_detector", "enable"), ("AWS::GuardDuty::Detector", "Enable")):
        assert (declared(kind, {}).enabled, declared(kind, {key: False}).enabled) == (True, False)
        assert declared(kind, {}).watches_safeguards is True
    answer = {"guardduty:GetDetector": {"ServiceRole": "r", "Status": "DISABLED"}}
    assert observe("aws.events.rule", answer).enabled is False


def test_canaries() -> None:
    schedule = [{"expression": "rate(5 minutes)"}]
    running = declared("aws_synthetics_canary", {"name": "c", "start_canary": True, "schedule": schedule})
    assert (running.name, running.state, running.schedule) == ("c", "RUNNING", "rate(5 minutes)")
    assert running.probes_workload is True
    assert isinstance(running.last_status, Unknown)
    assert declared("aws_synthetics_canary", {}).state == "READY"
    once = {"Name": "c", "StartCanaryAfterCreation": True, "Schedule": {"Expression": "rate(0 minute)"}}
    assert declared("AWS::Synthetics::Canary", once).schedule is None
    assert declared("AWS::Synthetics::Canary", once).state == "RUNNING"


def test_a_canary_of_the_account() -> None:
    answers = {
        "synthetics:DescribeCanaries": {
            "Canaries": [{"Name": "c", "Status": {"State": "RUNNING"}, "Schedule": {"Expression": "rate(1 hour)"}}]
        },
        "synthetics:DescribeCanariesLastRun": {
            "CanariesLastRun": [{"CanaryName": "c", "LastRun": {"Status": {"State": "FAILED"}}}]
        },
    }
    canary = observe("aws.synthetics.canary", answers)
    assert (canary.name, canary.state, canary.schedule) == ("c", "RUNNING", "rate(1 hour)")
    assert canary.last_status == "FAILED"
    assert isinstance(canary.probes_workload, Unknown)


SUBSCRIPTION = {
    "name": "s",
    "frequency": "DAILY",
    "subscriber": [{"type": "EMAIL", "address": "a@example.com"}, {"type": "SNS", "address": "arn:topic"}],
}
IMPACT = {"key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "values": ["100"]}


def test_a_monitor_in_terraform() -> None:
    monitor = declare(
        block(
            "aws_ce_anomaly_monitor",
            "infra/m",
            {"name": "m", "monitor_type": "DIMENSIONAL", "monitor_dimension": "SERVICE"},
        ),
        block(
            "aws_ce_anomaly_subscription",
            "infra/s",
            {**SUBSCRIPTION, "monitor_arn_list": [ref("infra/m")], "threshold_expression": [{"dimension": [IMPACT]}]},
        ),
        block("aws_ce_anomaly_subscription", "infra/o", {**SUBSCRIPTION, "monitor_arn_list": [ref("infra/other")]}),
    )
    assert (monitor.name, monitor.type, monitor.covers, monitor.watches_models) == (
        "m",
        "DIMENSIONAL",
        ("SERVICE",),
        True,
    )
    assert monitor.subscriptions == (Subscription("DAILY", 100, ("EMAIL", "arn:topic")),)
    assert "a@example.com" not in repr(monitor)


def test_thresholds_in_all_forms() -> None:
    def threshold(**given: Any) -> Any:
        monitor = block("aws_ce_anomaly_monitor", "infra/m", {"monitor_type": "DIMENSIONAL"})
        told = {**SUBSCRIPTION, **given, "monitor_arn_list": [ref("infra/m")]}
        return declare(monitor, block("aws_ce_anomaly_subscription", "infra/s", told)).subscriptions[0].threshold

    assert threshold(threshold_expression=[{"and": [{"dimension": [IMPACT]}]}]) == 100
    assert threshold() is None


def test_a_subscription_to_an_open_list_may_be_one() -> None:
    told = {**SUBSCRIPTION, "monitor_arn_list": [Unknown("var.monitors")]}
    monitor = declare(
        block("aws_ce_anomaly_monitor", "infra/m", {"monitor_type": "DIMENSIONAL", "monitor_dimension": "SERVICE"}),
        block("aws_ce_anomaly_subscription", "infra/s", told),
    )
    assert monitor.subscriptions == (Unknown("var.monitors"),)


def test_a_monitor_in_cloudformation() -> None:
    specification = json.dumps({"CostCategories": {"Key": "app", "Values": ["chat"]}})
    told = {
        "Frequency": "IMMEDIATE",
        "MonitorArnList": [ref("infra/subject", "Ref")],
        "Subscribers": [{"Type": "SNS", "Address": "arn:topic", "Status": "CONFIRMED"}],
        "ThresholdExpression": json.dumps({"Dimensions": {"Key": "K", "Values": ["40"]}}),
    }
    monitor = declared(
        "AWS::CE::AnomalyMonitor",
        {"MonitorName": "m", "MonitorType": "CUSTOM", "MonitorSpecification": specification},
        block("AWS::CE::AnomalySubscription", "infra/s", told),
    )
    assert (monitor.name, monitor.type, monitor.covers) == ("m", "CUSTOM", ("COST_CATEGORY app=chat",))
    assert monitor.watches_models is True
    assert monitor.subscriptions == (Subscription("IMMEDIATE", 40, ("arn:topic",)),)


def _observed_monitor(**given: Any) -> Any:
    monitor = {"MonitorName": "m", "MonitorType": "CUSTOM", **given}
    answers = {
        "ce:GetAnomalyMonitors": {"AnomalyMonitors": [monitor]},
        "ce:GetAnomalySubscriptions": {
            "AnomalySubscriptions": [
                {
                    "Frequency": "DAILY",
                    "Threshold": 5.0,
                    "Subscribers": [{"Type": "EMAIL", "Address": "a@example.com", "Status": "DECLINED"}],
                }
            ]
        },
    }
    return observe("aws.ce.anomaly_monitor", answers)


def test_a_monitor_of_the_account() -> None:
    monitor = _observed_monitor(MonitorType="DIMENSIONAL", MonitorDimension="LINKED_ACCOUNT")
    assert (monitor.covers, monitor.watches_models) == (("LINKED_ACCOUNT",), True)
    assert monitor.subscriptions == (Subscription("DAILY", 5.0, ()),)
    for key, values, seen in (
        ("LINKED_ACCOUNT", ["123456789012"], True),
        ("LINKED_ACCOUNT", ["9"], False),
        ("SERVICE", ["x"], False),
    ):
        specification = {"Dimensions": {"Key": key, "Values": values}}
        assert _observed_monitor(MonitorSpecification=specification).watches_models is seen
    tagged = _observed_monitor(MonitorSpecification={"Tags": {"Key": "team", "Values": ["x"]}})
    assert tagged.covers == ("TAG team=x",)
    assert isinstance(tagged.watches_models, Unknown)
    denied = observe("aws.ce.anomaly_monitor", {"ce:GetAnomalyMonitors": DENIED, "ce:GetAnomalySubscriptions": DENIED})
    for name in ("name", "type", "covers", "watches_models", "subscriptions"):
        assert isinstance(getattr(denied, name), Unknown), name

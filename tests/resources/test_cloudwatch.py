from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.resources.alarm_metrics import Metric
from prodworks_cli.resources.cloudwatch import Alarm
from tests.resources.support import DENIED, block, declare, declared, observe, ref


def alarm(namespace: object, name: object, statistic: str | None = "Sum", dimensions: Any = ()) -> Alarm:
    return Alarm("a", (Metric(namespace, name, dimensions, statistic),), False, True, (), None, 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("namespace", "name", "errors", "throttles", "tokens"),
    [
        ("AWS/Bedrock", "InvocationClientErrors", True, False, False),
        ("aws/bedrock", "Invocation_Server_Errors", True, False, False),
        ("AWS/BedrockMantle", "InferenceClientErrors", True, False, False),
        ("AWS/Bedrock-AgentCore", "SystemErrors", True, False, False),
        ("bedrock-agentcore", "User Errors", True, False, False),
        ("AWS/Bedrock", "InvocationThrottles", False, True, False),
        ("AWS/Bedrock", "InputTokenCount", False, False, True),
        ("AWS/BedrockMantle", "TotalOutputTokens", False, False, True),
        ("AWS/Bedrock", "Invocations", False, False, False),
        ("AWS/Lambda", "Errors", False, False, False),
        ("AWS/Lambda", "Throttles", False, False, False),
        ("AWS/Billing", "EstimatedCharges", False, False, False),
        ("MyApp", "ModelInvocationErrors", True, False, False),
        ("MyApp/LLM", "Failures", True, False, False),
        ("MyApp", "BedrockThrottlingCount", False, True, False),
        ("MyApp", "gen_ai.client.token.usage", False, False, True),
        ("MyApp", "LLMCostUSD", False, False, True),
        ("MyApp", "InvalidTokenErrors", False, False, False),
        ("MyApp", "HttpErrors", False, False, False),
        (None, None, False, False, False),
    ],
)
def test_what_a_metric_watches(namespace: object, name: object, errors: bool, throttles: bool, tokens: bool) -> None:
    subject = alarm(namespace, name)
    seen = (subject.watches_model_errors, subject.watches_throttles, subject.watches_token_spikes)
    assert seen == (errors, throttles, tokens)


@pytest.mark.parametrize(
    ("namespace", "name", "statistic", "slow"),
    [
        ("AWS/Bedrock", "InvocationLatency", "p95", True),
        ("AWS/Bedrock", "TimeToFirstToken", "p99.9", True),
        ("AWS/Bedrock", "InvocationLatency", "Maximum", True),
        ("AWS/Bedrock", "InvocationLatency", "PR(8000:)", True),
        ("Bedrock-AgentCore", "Latency", "p90", True),
        ("AWS/Bedrock", "InvocationLatency", "Average", False),
        ("AWS/Bedrock", "InvocationLatency", None, False),
        ("AWS/Bedrock", "InvocationLatency", Unknown("var"), Unknown("var")),
        ("AWS/Bedrock", "Invocations", "p95", False),
        ("SupportChat", "AnswerLatency", "p95", True),
        ("SupportChat", "AnswerLatency", "Average", False),
        ("MyApp", "time_to_first_token", "p50", True),
        ("MyApp", "ModelCallDuration", "p95", True),
        ("MyApp", "DatabaseLatency", "p95", False),
        ("CWAgent", "diskio_duration", "p95", False),
        (Unknown("var"), "Latency", "p95", Unknown("var")),
    ],
)
def test_which_alarms_tell_that_slow_calls_are_slow(namespace: Any, name: str, statistic: Any, slow: object) -> None:
    assert alarm(namespace, name, statistic).watches_latency == slow


@pytest.mark.parametrize(("namespace", "name"), [("AWS/Lambda", "Duration"), ("AWS/ApiGateway", "Latency")])
def test_a_part_of_the_application_may_be_slow_without_a_model(namespace: str, name: str) -> None:
    assert isinstance(alarm(namespace, name, "p95").watches_latency, Unknown)
    assert alarm(namespace, name, "Average").watches_latency is False


@pytest.mark.parametrize(
    ("namespace", "name", "dimensions", "told"),
    [
        ("AWS/Bedrock/Guardrails", "InvocationsIntervened", (), True),
        ("AWS/Bedrock/Guardrails", "InvocationsIntervened", ("GuardrailPolicyType=ContentPolicy",), True),
        ("AWS/Bedrock/Guardrails", "InvocationsIntervened", ("GuardrailPolicyType=ContextualGroundingPolicy",), False),
        ("AWS/Bedrock/Guardrails", "InvocationsIntervened", (Unknown("var"),), Unknown("var")),
        ("AWS/Bedrock/Guardrails", "Invocations", (), False),
        ("AWS/WAFV2", "BlockedRequests", (), False),
        ("SupportChat", "GuardrailIntervened", (), True),
        ("SupportChat", "BlockedQuestions", (), True),
        ("MyApp", "BlockedThreads", (), False),
        ("MyApp", "PromptInjectionAttempts", (), True),
    ],
)
def test_which_alarms_tell_what_a_guardrail_stopped(namespace: str, name: str, dimensions: Any, told: object) -> None:
    assert alarm(namespace, name, "Sum", dimensions).watches_interventions == told


def test_unresolved_parts_are_unknown_where_they_matter() -> None:
    assert isinstance(alarm("AWS/Bedrock", Unknown("var")).watches_model_errors, Unknown)
    assert isinstance(alarm(Unknown("var"), "Errors").watches_throttles, Unknown)
    dimensions = (Unknown("var.model"),)
    assert isinstance(alarm("AWS/Bedrock", "InvocationThrottles", "Sum", dimensions).watches_throttles, Unknown)
    assert alarm("AWS/Lambda", "Errors", "Sum", dimensions).watches_throttles is False
    assert alarm("AWS/Bedrock", "InputTokenCount", "Average").watches_token_spikes is False
    assert isinstance(Alarm("a", Unknown("x"), False, True, (), None, 0).watches_model_errors, Unknown)


BASE = {
    "alarm_name": "errors",
    "namespace": "AWS/Bedrock",
    "metric_name": "InvocationClientErrors",
    "statistic": "Sum",
    "dimensions": {"ModelId": "m"},
}
TOPIC = block("aws_sns_topic", "infra/topic", {"name": "alerts"})


def test_terraform() -> None:
    made = declared("aws_cloudwatch_metric_alarm", BASE)
    assert made.metrics == (Metric("AWS/Bedrock", "InvocationClientErrors", ("ModelId=m",), "Sum"),)
    assert (made.actions_enabled, made.actions, made.confirmed_recipients) == (True, (), 0)


def test_metric_queries_and_bands() -> None:
    metric = {"namespace": "AWS/Bedrock", "metric_name": "InputTokenCount", "stat": "Average"}
    queries = [
        {"id": "m1", "metric": [metric]},
        {"id": "ad1", "expression": "ANOMALY_DETECTION_BAND(m1)"},
    ]
    made = declared("aws_cloudwatch_metric_alarm", {"metric_query": queries})
    assert [m.name for m in made.metrics] == ["InputTokenCount"]
    assert (made.anomaly_band, made.watches_token_spikes) == (True, True)
    search = declared("aws_cloudwatch_metric_alarm", {"metric_query": [{"expression": "SELECT SUM(x) FROM y"}]})
    assert isinstance(search.metrics[0], Unknown)


def test_cloudformation_metrics() -> None:
    stat = {"Metric": {"Namespace": "AWS/Bedrock", "MetricName": "InvocationThrottles",
                       "Dimensions": [{"Name": "ModelId", "Value": Unknown("Ref")}]}, "Stat": "Sum"}  # fmt: skip
    made = declared("AWS::CloudWatch::Alarm", {"Metrics": [{"Id": "m", "MetricStat": stat}], "ActionsEnabled": "false"})
    assert made.metrics == (Metric("AWS/Bedrock", "InvocationThrottles", (Unknown("Ref"),), "Sum"),)
    assert made.actions_enabled is False


def recipients(protocol: str | None, *actions: object) -> object:
    listed = list(actions) or [ref("infra/topic")]
    subscription = block(
        "aws_sns_topic_subscription", "infra/s", {"topic_arn": ref("infra/topic"), "protocol": protocol}
    )
    subject = block("aws_cloudwatch_metric_alarm", "infra/a", {**BASE, "alarm_actions": listed})
    value = declare(subject, TOPIC, *([subscription] if protocol else [])).confirmed_recipients
    return None if isinstance(value, Unknown) else value


def test_recipients_declared() -> None:
    assert recipients("email") is None
    assert recipients(None) is None
    assert recipients("lambda") == 1
    assert recipients("https", ref("infra/topic"), "arn:aws:ssm:eu-west-1:1:opsitem:1") == 2
    assert recipients(None, "arn:aws:sns:eu-west-1:1:elsewhere") is None
    assert recipients(None, Unknown("var.topic")) is None
    assert recipients("email", ref("infra/aws_lambda_function.f")) is None


def test_inline_subscriptions_of_cloudformation() -> None:
    topic = block("AWS::SNS::Topic", "t#T", {"Subscription": [{"Protocol": "sqs", "Endpoint": "arn"}]})
    body = {"AlarmActions": [ref("t#T", "Ref")]}
    assert declare(block("AWS::CloudWatch::Alarm", "t#A", body), topic).confirmed_recipients == 1


TOPIC_ARN = "arn:aws:sns:eu-west-1:1:alerts"
OBSERVED = {
    "AlarmName": "subject",
    "Namespace": "AWS/Bedrock",
    "MetricName": "InvocationThrottles",
    "Statistic": "Sum",
    "ActionsEnabled": True,
    "AlarmActions": [TOPIC_ARN],
}


def seen(subscriptions: object) -> Any:
    answers = {"cloudwatch:DescribeAlarms": {"MetricAlarms": [OBSERVED]}, "sns:ListSubscriptionsByTopic": subscriptions}
    return observe("aws.cloudwatch.alarm", answers)


def test_observed_recipients_are_the_confirmed_ones() -> None:
    pending, confirmed = {"SubscriptionArn": "PendingConfirmation"}, {"SubscriptionArn": f"{TOPIC_ARN}:1"}
    assert seen({"Subscriptions": [pending]}).confirmed_recipients == 0
    assert seen([{"Subscriptions": [pending, confirmed]}]).confirmed_recipients == 1
    assert isinstance(seen(DENIED).confirmed_recipients, Unknown)
    assert seen(DENIED).watches_throttles is True


def test_denied_alarms_and_composites() -> None:
    denied = observe("aws.cloudwatch.alarm", {"cloudwatch:DescribeAlarms": DENIED})
    assert isinstance(denied.watches_model_errors, Unknown)
    assert isinstance(denied.confirmed_recipients, Unknown)
    composite = {"CompositeAlarms": [{"AlarmName": "subject", "AlarmActions": []}], "MetricAlarms": []}
    made = observe("aws.cloudwatch.alarm", {"cloudwatch:DescribeAlarms": composite})
    assert (made.name, made.metrics, made.confirmed_recipients) == ("subject", (), 0)


def test_the_rule_of_a_composite_alarm_on_each_form() -> None:
    assert (
        declared("aws_cloudwatch_composite_alarm", {"alarm_name": "any", "alarm_rule": "ALARM(a)"}).rule == "ALARM(a)"
    )
    assert declared("AWS::CloudWatch::CompositeAlarm", {"AlarmRule": "ALARM(a)"}).rule == "ALARM(a)"
    assert isinstance(declared("AWS::CloudWatch::CompositeAlarm", {}).rule, Unknown)
    assert declared("aws_cloudwatch_metric_alarm", BASE).rule is None
    answer = {"CompositeAlarms": [{"AlarmName": "subject", "AlarmRule": "ALARM(a)"}], "MetricAlarms": []}
    assert observe("aws.cloudwatch.alarm", {"cloudwatch:DescribeAlarms": answer}).rule == "ALARM(a)"

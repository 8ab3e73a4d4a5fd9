"""What the metrics of alarms watch.

Metric names are those of the CloudWatch namespaces of Bedrock, Bedrock Mantle and AgentCore. Their spelling varies
between documents, so names are compared without case and separators. An application's own metric counts by its name,
which must speak of a model and of what is watched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.schema import Item, Text, Texts


@dataclass(frozen=True)
class Metric(Item):
    """An element of ``metrics``. ``dimensions`` are written ``ModelId=anthropic.claude-sonnet-4-6``."""

    namespace: Text
    name: Text
    dimensions: Texts
    statistic: Text


_BEDROCK, _MANTLE, _AGENTCORE = "awsbedrock", "awsbedrockmantle", "awsbedrockagentcore"
_Known = frozenset[tuple[str, str]]
_ERRORS: _Known = frozenset(
    {
        (_BEDROCK, "invocationclienterrors"),
        (_BEDROCK, "invocationservererrors"),
        (_MANTLE, "inferenceclienterrors"),
        (_AGENTCORE, "systemerrors"),
        (_AGENTCORE, "usererrors"),
    }
)
_THROTTLES: _Known = frozenset({(_BEDROCK, "invocationthrottles")})
_TOKENS: _Known = frozenset(
    {
        (_BEDROCK, "inputtokencount"),
        (_BEDROCK, "outputtokencount"),
        (_MANTLE, "totalinputtokens"),
        (_MANTLE, "totaloutputtokens"),
    }
)
_MODEL = r"(model|bedrock|llm|genai|inference|invocation|converse|completion|claude|nova)"
_ERROR_NAME = regex(rf"(?=.*{_MODEL}).*(error|fail|fault|exception)")
_THROTTLE_NAME = regex(rf"(?=.*{_MODEL}).*(throttl|ratelimit|toomanyrequests|429)")
_TOKEN_NAME = regex(
    rf"(input|output|prompt|completion|total|used)tokens?|tokens?(count|usage|used|total|consumed|spend)"
    rf"|(?=.*{_MODEL}).*(tokens|cost|spend)"
)


_QUALITY_NAME = regex(
    r"ground(?:ed|ing)|relevanc|faithful|correctness|hallucinat|quality|(?:eval|judge|rating)\w*score|score(?:average|mean)"
    r"|refusal|(?:negative|bad)feedback|feedback(?:rate|score)|thumbsdown|helpful|goalsuccess"
)
_GUARDRAILS, _EVALUATIONS = "awsbedrockguardrails", "bedrockagentcoreevaluations"
_GROUNDING = "GuardrailPolicyType=ContextualGroundingPolicy"


_LATENCY: _Known = frozenset(
    {(_BEDROCK, "invocationlatency"), (_BEDROCK, "timetofirsttoken"), (_AGENTCORE, "latency"), (_AGENTCORE, "duration")}
)
_APPLICATION = rf"(?:{_MODEL}|answer|chat|(?<!cw)agent|assistant|turn|prompt|rag|generat|reply)"
_LATENCY_NAME = regex(
    rf"(?=.*{_APPLICATION}).*(?:latency|duration|responsetime|elapsed|timetaken|ttft)|timetofirsttoken"
)
# How long a part of the application takes, of which the model's time may be the most or nothing.
_PARTS: _Known = frozenset(
    {
        ("awslambda", "duration"),
        ("awsapigateway", "latency"),
        ("awsapigateway", "integrationlatency"),
        ("awsapplicationelb", "targetresponsetime"),
        ("awsappsync", "latency"),
        ("awsstates", "executiontime"),
    }
)
_PERCENTILE = regex(r"(?:p|wm|tm|ts|pr)[\d(]|maximum", re.IGNORECASE)
_INTERVENED = "invocationsintervened"
_INTERVENTION_NAME = regex(
    rf"guardrail|promptattack|promptinjection|jailbreak|(?=.*{_APPLICATION}).*(?:interven|blocked|moderat|injection)"
)


def counts_errors(metric: Metric | Unknown) -> bool | Unknown:
    """Whether the metric counts failed model or agent calls."""
    return _watches(metric, _ERRORS, _ERROR_NAME)


def counts_throttles(metric: Metric | Unknown) -> bool | Unknown:
    """Whether the metric counts throttled model calls."""
    return _watches(metric, _THROTTLES, _THROTTLE_NAME)


def counts_tokens(metric: Metric | Unknown) -> bool | Unknown:
    """Whether the metric counts tokens or the cost of models."""
    return _watches(metric, _TOKENS, _TOKEN_NAME)


def tells_latency(metric: Metric | Unknown) -> bool | Unknown:
    """Whether the metric tells how long the slow calls take: by a percentile or the slowest, not on average."""
    slow = _of_the_slow(metric)
    if slow is False or isinstance(metric, Unknown):
        return slow
    part = (_squeezed(_text(metric.namespace)), _squeezed(_text(metric.name))) in _PARTS
    if part:
        return Unknown("the alarm watches a part of the application; whether it waits for a model is not known")
    watched = _watches(metric, _LATENCY, _LATENCY_NAME)
    return slow if watched is True else watched


def _of_the_slow(metric: Metric | Unknown) -> bool | Unknown:
    statistic = metric if isinstance(metric, Unknown) else metric.statistic
    return statistic if isinstance(statistic, Unknown) else bool(_PERCENTILE.match(statistic or ""))


def tells_interventions(metric: Metric | Unknown) -> bool | Unknown:
    """Whether the metric counts what a guardrail stopped; answers that are not grounded are no attack."""
    if not isinstance(metric, Unknown) and isinstance(metric.dimensions, tuple) and _GROUNDING in metric.dimensions:
        return False
    return _watches(metric, frozenset({(_GUARDRAILS, _INTERVENED)}), _INTERVENTION_NAME)


def _text(value: Text) -> str:
    return value if isinstance(value, str) else ""


def tells_quality(metric: Metric | Unknown) -> bool | Unknown:
    """Whether the metric tells the quality of answers."""
    if isinstance(metric, Unknown):
        return metric
    for part in (metric.namespace, metric.name):
        if isinstance(part, Unknown):
            return part
    namespace, name = _squeezed(str(metric.namespace or "")), _squeezed(str(metric.name or ""))
    if namespace == _GUARDRAILS:
        known = _dimensions_known(metric)
        grounding = isinstance(metric.dimensions, tuple) and _GROUNDING in metric.dimensions
        return name == _INTERVENED and (grounding or (known if isinstance(known, Unknown) else False))
    if str(metric.namespace or "").upper().startswith("AWS/"):
        return False
    return _EVALUATIONS in namespace or bool(_QUALITY_NAME.search(name))


_LONGEST_NAME = 255


def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text[:_LONGEST_NAME].lower())


def _watches(metric: Metric | Unknown, known: _Known, own_name: re.Pattern[str]) -> bool | Unknown:
    """Whether the metric is one of ``known``, or an application metric of that name; unknown with its dimensions."""
    if isinstance(metric, Unknown):
        return metric
    if isinstance(metric.name, Unknown):
        return metric.name
    if isinstance(metric.namespace, Unknown):
        return metric.namespace
    namespace, name = _squeezed(metric.namespace or ""), _squeezed(metric.name or "")
    theirs = (metric.namespace or "").upper().startswith("AWS/") or "bedrockagentcore" in namespace
    found = _listed(namespace, name, known) if theirs else bool(own_name.search(namespace + name))
    return _dimensions_known(metric) if found else False


def _listed(namespace: str, name: str, known: _Known) -> bool:
    """AgentCore has several namespaces that share a beginning."""
    return any(
        name == n and (namespace == ns or (ns == _AGENTCORE and "bedrockagentcore" in namespace)) for ns, n in known
    )


def _dimensions_known(metric: Metric) -> bool | Unknown:
    dimensions = metric.dimensions
    if isinstance(dimensions, Unknown):
        return dimensions
    return next((d for d in dimensions or () if isinstance(d, Unknown)), True)


def sums(metric: Metric | Unknown) -> bool | Unknown:
    """Whether the metric is summed."""
    statistic = metric if isinstance(metric, Unknown) else metric.statistic
    return statistic if isinstance(statistic, Unknown) else statistic == "Sum"

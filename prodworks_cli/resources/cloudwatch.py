"""Alarms.

Metric names are those of the CloudWatch namespaces of Bedrock, Bedrock Mantle and AgentCore. Their spelling varies
between documents, so names are compared without case and separators. An application's own metric counts by its name,
which must speak of a model and of what is watched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from prodworks_cli.lazy import dataclass
from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    declared,
    every,
    observed,
    otherwise,
    own,
    pascal,
    snake,
    some,
)
from prodworks_cli.resources.sns import declared_recipients, observed_recipients
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Number, Text, Texts, draft


@dataclass(frozen=True)
class Metric(Item):
    """An element of ``metrics``. ``dimensions`` are written ``ModelId=anthropic.claude-sonnet-4-6``."""

    namespace: Text
    name: Text
    dimensions: Texts
    statistic: Text


@dataclass(frozen=True)
class Alarm(Kind):
    """A metric alarm on something the workload does, or a composite alarm (without metrics of its own).

    ``actions`` are those of the ALARM state. ``confirmed_recipients`` counts who or what certainly gets the alarm: an
    e-mail subscription that is only declared is unknown until somebody confirms it. ``anomaly_band`` says that the
    threshold is an anomaly-detection band. ``rule`` is that of a composite alarm, absent for all others; who hears of
    a composite alarm counts for the alarms that its rule names (:mod:`prodworks_cli.composites`).
    """

    KIND = "aws.cloudwatch.alarm"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "watches_model_errors": ("metrics",),
        "watches_throttles": ("metrics",),
        "watches_token_spikes": ("metrics",),
        "watches_quality": ("metrics",),
        "confirmed_recipients": ("actions",),
    }

    name: Text
    metrics: tuple[Metric | Unknown, ...] | Unknown | None
    anomaly_band: Flag
    actions_enabled: Flag
    actions: Texts
    rule: Text
    confirmed_recipients: Number

    @property
    def watches_model_errors(self) -> Flag:
        """Whether a metric counts failed model or agent calls."""
        return some(_watches(m, _ERRORS, _ERROR_NAME) for m in _metrics(self))

    @property
    def watches_throttles(self) -> Flag:
        """Whether a metric counts throttled model calls; error metrics do not include them."""
        return some(_watches(m, _THROTTLES, _THROTTLE_NAME) for m in _metrics(self))

    @property
    def watches_token_spikes(self) -> Flag:
        """Whether a metric sums tokens or model cost, or an anomaly band watches them."""
        band = self.anomaly_band if isinstance(self.anomaly_band, Unknown) else bool(self.anomaly_band)
        return some(every((_watches(m, _TOKENS, _TOKEN_NAME), some((band, _sums(m))))) for m in _metrics(self))

    @property
    def watches_quality(self) -> Flag:
        """Whether a metric tells the quality of answers: scores, grounding, refusals or negative feedback.

        A guardrail's interventions count where they are those of its grounding policy; blocked attacks are no measure
        of quality.
        """
        return some(_tells_quality(m) for m in _metrics(self))


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
_ERROR_NAME = re.compile(rf"(?=.*{_MODEL}).*(error|fail|fault|exception)")
_THROTTLE_NAME = re.compile(rf"(?=.*{_MODEL}).*(throttl|ratelimit|toomanyrequests|429)")
_TOKEN_NAME = re.compile(
    rf"(input|output|prompt|completion|total|used)tokens?|tokens?(count|usage|used|total|consumed|spend)"
    rf"|(?=.*{_MODEL}).*(tokens|cost|spend)"
)


_QUALITY_NAME = re.compile(
    r"ground(?:ed|ing)|relevanc|faithful|correctness|hallucinat|quality|(?:eval|judge|rating)\w*score|score(?:average|mean)"
    r"|refusal|(?:negative|bad)feedback|feedback(?:rate|score)|thumbsdown|helpful|goalsuccess"
)
_GUARDRAILS, _EVALUATIONS = "awsbedrockguardrails", "bedrockagentcoreevaluations"
_GROUNDING = "GuardrailPolicyType=ContextualGroundingPolicy"


def _tells_quality(metric: Metric | Unknown) -> bool | Unknown:
    if isinstance(metric, Unknown):
        return metric
    for part in (metric.namespace, metric.name):
        if isinstance(part, Unknown):
            return part
    namespace, name = _squeezed(str(metric.namespace or "")), _squeezed(str(metric.name or ""))
    if namespace == _GUARDRAILS:
        known = _dimensions_known(metric)
        grounding = isinstance(metric.dimensions, tuple) and _GROUNDING in metric.dimensions
        return name == "invocationsintervened" and (grounding or (known if isinstance(known, Unknown) else False))
    if str(metric.namespace or "").upper().startswith("AWS/"):
        return False
    return _EVALUATIONS in namespace or bool(_QUALITY_NAME.search(name))


def _metrics(alarm: Alarm) -> tuple[Metric | Unknown, ...]:
    return (alarm.metrics,) if isinstance(alarm.metrics, Unknown) else alarm.metrics or ()


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


def _sums(metric: Metric | Unknown) -> bool | Unknown:
    statistic = metric if isinstance(metric, Unknown) else metric.statistic
    return statistic if isinstance(statistic, Unknown) else statistic == "Sum"


def _metric(node: Node, statistic: Node, spell: Spelling) -> Draft:
    return draft(
        Metric,
        node,
        namespace=node[spell("namespace")],
        name=node[spell("metric_name")],
        dimensions=_dimensions(node[spell("dimensions")]),
        statistic=statistic,
    )


def _dimensions(node: Node) -> Drafted:
    """A mapping in Terraform, a list of names and values elsewhere."""
    if node.unknown:
        return node.unknown
    pairs = [(key, value) for key, value in node.members()]
    if isinstance(node.content, tuple):
        pairs = [(entry["Name"].text() or "", entry["Value"]) for entry in node.content]
    return tuple(value.unknown or Node(f"{key}={value.content}", value.location) for key, value in pairs)


# A query that finds its metrics when it runs: which they are cannot be told from the alarm.
_SEARCHES = re.compile(r"\b(SEARCH|SELECT|METRICS|INSIGHT_RULE_METRIC)\b")


def _queried(query: Node, path: tuple[str, ...], stat: tuple[str, ...], spell: Spelling) -> Drafted:
    """A metric of a metric-math alarm, or an unknown for an expression that searches; other expressions are empty."""
    metric = query.at(*path)
    if query.unknown:
        return query.unknown
    if metric.present:
        first = metric.items()[0] if metric.items() else metric
        return first.unknown or _metric(first, query.at(*stat), spell)
    expression = query[spell("expression")]
    if expression.unknown or _SEARCHES.search(expression.text() or ""):
        return Unknown("the metrics are found by a query", present=True)
    return None


def _all_metrics(body: Node, queries: str, path: tuple[str, ...], stat: tuple[str, ...], spell: Spelling) -> Drafted:
    listed = body[queries]
    if listed.unknown:
        return listed.unknown
    found = [m for query in listed.items() if (m := _queried(query, path, stat, spell)) is not None]
    if body[spell("metric_name")].present:
        found.append(_metric(body, body.first_of(spell("statistic"), spell("extended_statistic")), spell))
    return tuple(found)


def _band(queries: Node, spell: Spelling) -> bool | Unknown:
    expressions = (query[spell("expression")] for query in queries.items())
    return queries.unknown or some(e.unknown or "ANOMALY_DETECTION_BAND" in (e.text() or "") for e in expressions)


def _terraform(block: Block, declarations: Declarations) -> Draft:
    metrics = _all_metrics(block.body, "metric_query", ("metric",), ("metric", "stat"), snake)
    return _declared(block, declarations, snake, metrics, _band(block.body["metric_query"], snake))


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    metrics = _all_metrics(block.body, "Metrics", ("MetricStat", "Metric"), ("MetricStat", "Stat"), pascal)
    return _declared(block, declarations, pascal, metrics, _band(block.body["Metrics"], pascal))


def _declared(
    block: Block, found: Declarations, spell: Spelling, metrics: Drafted, band: Drafted, rule: Drafted = None
) -> Draft:
    name, actions = block.body[spell("alarm_name")], block.body[spell("alarm_actions")]
    return declared(
        Alarm,
        block,
        (name,),
        name=name,
        metrics=metrics,
        anomaly_band=band,
        actions_enabled=otherwise(block.body[spell("actions_enabled")], True),
        actions=otherwise(actions, ()),
        rule=rule,
        confirmed_recipients=declared_recipients(actions, found),
    )


def _composite_terraform(block: Block, declarations: Declarations) -> Draft:
    return _declared(block, declarations, snake, (), False, _rule(block.body["alarm_rule"]))


def _composite_cloudformation(block: Block, declarations: Declarations) -> Draft:
    return _declared(block, declarations, pascal, (), False, _rule(block.body["AlarmRule"]))


def _rule(node: Node) -> Drafted:
    """A rule that construct code builds is not in its properties."""
    return node if node.present or node.unknown else Unknown("its rule is built in code", present=True)


def _observed(record: Record) -> Draft:
    answer = record.answer("cloudwatch:DescribeAlarms")
    composite = not answer["MetricAlarms"].items() and bool(answer["CompositeAlarms"].items())
    alarm = own(record, "cloudwatch:DescribeAlarms", "CompositeAlarms" if composite else "MetricAlarms")
    metrics = _all_metrics(alarm, "Metrics", ("MetricStat", "Metric"), ("MetricStat", "Stat"), pascal)
    return observed(
        Alarm,
        record,
        (alarm["AlarmName"], alarm["AlarmArn"]),
        name=alarm["AlarmName"],
        metrics=alarm.unknown or metrics,
        anomaly_band=alarm.unknown or _band(alarm["Metrics"], pascal),
        actions_enabled=alarm["ActionsEnabled"],
        actions=otherwise(alarm["AlarmActions"], ()),
        rule=alarm.unknown or (_rule(alarm["AlarmRule"]) if composite else None),
        confirmed_recipients=observed_recipients(alarm["AlarmActions"], record),
    )


TERRAFORM: Mapping[str, Declared] = {
    "aws_cloudwatch_metric_alarm": _terraform,
    "aws_cloudwatch_composite_alarm": _composite_terraform,
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::CloudWatch::Alarm": _cloudformation,
    "AWS::CloudWatch::CompositeAlarm": _composite_cloudformation,
}
API: Mapping[str, Observed] = {Alarm.KIND: _observed}

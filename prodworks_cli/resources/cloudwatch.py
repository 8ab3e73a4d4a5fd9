"""Alarms. What their metrics watch is in :mod:`prodworks_cli.resources.alarm_metrics`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

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
from prodworks_cli.resources.alarm_metrics import (
    Metric,
    counts_errors,
    counts_throttles,
    counts_tokens,
    sums,
    tells_interventions,
    tells_latency,
    tells_quality,
)
from prodworks_cli.resources.sns import declared_recipients, observed_recipients
from prodworks_cli.schema import Draft, Drafted, Flag, Number, Text, Texts, draft


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
        "watches_latency": ("metrics",),
        "watches_interventions": ("metrics",),
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
        return some(counts_errors(m) for m in _metrics(self))

    @property
    def watches_throttles(self) -> Flag:
        """Whether a metric counts throttled model calls; error metrics do not include them."""
        return some(counts_throttles(m) for m in _metrics(self))

    @property
    def watches_token_spikes(self) -> Flag:
        """Whether a metric sums tokens or model cost, or an anomaly band watches them."""
        band = self.anomaly_band if isinstance(self.anomaly_band, Unknown) else bool(self.anomaly_band)
        return some(every((counts_tokens(m), some((band, sums(m))))) for m in _metrics(self))

    @property
    def watches_latency(self) -> Flag:
        """Whether a metric tells how long slow model calls, or the answers of the application, take."""
        return some(tells_latency(m) for m in _metrics(self))

    @property
    def watches_interventions(self) -> Flag:
        """Whether a metric counts the requests and answers that a guardrail stopped."""
        return some(tells_interventions(m) for m in _metrics(self))

    @property
    def watches_quality(self) -> Flag:
        """Whether a metric tells the quality of answers: scores, grounding, refusals or negative feedback.

        A guardrail's interventions count where they are those of its grounding policy; blocked attacks are no measure
        of quality.
        """
        return some(tells_quality(m) for m in _metrics(self))


def _metrics(alarm: Alarm) -> tuple[Metric | Unknown, ...]:
    return (alarm.metrics,) if isinstance(alarm.metrics, Unknown) else alarm.metrics or ()


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

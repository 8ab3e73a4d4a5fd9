"""Metrics and alarms."""

from __future__ import annotations

from typing import Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.settle import reference, settled
from prodworks_cli.sources.cdk.values import Construct, Keywords, Made, members_of, node, unknown


def metric_of(value: Node, table: Table) -> dict[str, Node]:
    """The properties by which an alarm names a metric."""
    content: Any = value.content
    if not isinstance(content, Made):
        return {"MetricName": unknown("a metric that is not known", value.location, present=True)}
    if content.symbol.endswith("MathExpression"):
        return {"Metrics": _expression(content, value, table)}
    given = content.properties
    known = table.metrics.get(content.symbol, {})
    made = {k: Node(v, value.location) for k, v in known.items() if k != "Dimension"}
    if "Dimension" in known and isinstance(content.of, Construct):
        named = node(reference(content.of, "Ref"), value.location)
        pair = node({"Name": Node(known["Dimension"], value.location), "Value": named}, value.location)
        made["Dimensions"] = node((pair,), value.location)
    names = {"namespace": "Namespace", "metricName": "MetricName", "statistic": "Statistic", "period": "Period"}
    made |= {target: settled(given[name], table) for name, target in names.items() if given[name].present}
    dimensions = given["dimensionsMap"] if given["dimensionsMap"].present else given["dimensions"]
    if dimensions.unknown:
        made["Dimensions"] = dimensions
    elif dimensions.present:
        pairs = (
            node({"Name": Node(k, v.location), "Value": settled(v, table)}, v.location)
            for k, v in members_of(dimensions).items()
        )
        made["Dimensions"] = node(tuple(pairs), dimensions.location)
    if "MetricName" not in made:
        made["MetricName"] = unknown(f"the metric of {content.symbol.rpartition('.')[2]}", value.location, present=True)
    return made


def _expression(content: Made, value: Node, table: Table) -> Node:
    given = content.properties
    queries = [
        node({"Id": Node("e1", value.location), "Expression": settled(given["expression"], table)}, value.location)
    ]
    for name, inner in members_of(given["usingMetrics"]).items():
        metric = metric_of(inner, table)
        stat = {k: metric.pop(k2) for k, k2 in (("Stat", "Statistic"), ("Period", "Period")) if k2 in metric}
        described = node({"Metric": node(metric, inner.location), **stat}, inner.location)
        queries.append(node({"Id": Node(name, inner.location), "MetricStat": described}, inner.location))
    return node(tuple(queries), value.location)


def alarm_arguments(metric: Node, arguments: tuple[Node, ...], at: Location) -> tuple[Node, ...]:
    """The arguments of ``metric.createAlarm(scope, id, options)`` as those of an alarm."""
    last = arguments[-1] if arguments else Node(None, at)
    options = {**members_of(last), "metric": metric}
    before = arguments[:-1] if members_of(last) or isinstance(last, Keywords) else arguments
    return (*before, Keywords(options, at) if isinstance(last, Keywords) else node(options, at))


def alarm_properties(construct: Construct, table: Table) -> dict[str, Node]:
    """The metric of an alarm, and CDK's way to write the rest."""
    metric = construct.given["metric"]
    return metric_of(metric, table) if metric.present else {}

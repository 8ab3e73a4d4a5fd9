"""The widgets of dashboards in CDK code, as the JSON of CloudWatch has them: their metrics alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.metrics import metric_of
from prodworks_cli.sources.cdk.perhaps import add
from prodworks_cli.sources.cdk.settle import settled
from prodworks_cli.sources.cdk.values import Construct, Made, members_of, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.model import Location
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

DASHBOARD = "aws-cloudwatch.Dashboard"
_SHOW = ("left", "right", "metrics")
_NO_METRICS = ("TextWidget", "Spacer", "AlarmStatusWidget", "LogQueryWidget", "CustomWidget")
_HOLD = ("Row", "Column")
_MOST = 500


def add_widgets(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``dashboard.addWidgets(...)``"""
    if of.symbol == DASHBOARD:
        add(evaluator, of, "widgets", arguments)
    return Node(None, at)


def body_of(dashboard: Construct, table: Table) -> Node:
    """The body of a dashboard."""
    at = dashboard.at
    listed = [*dashboard.given["widgets"].items(), *dashboard.parts.get("widgets", [])]
    widgets = tuple(w for _, w in zip(range(_MOST), _widgets(listed, table), strict=False))
    return node({"widgets": node(widgets, at)}, at)


def _widgets(listed: list[Node], table: Table, depth: int = 0) -> Iterator[Node]:
    for one in listed:
        content: Any = one.content
        name = content.symbol.rpartition(".")[2] if isinstance(content, Made) else ""
        if isinstance(content, tuple) and depth < 10:
            yield from _widgets(list(content), table, depth + 1)
        elif name in _HOLD and depth < 10:
            yield from _widgets(list(content.arguments), table, depth + 1)
        elif name.endswith("Widget") and name not in _NO_METRICS:
            yield _widget(content.properties, one.location, table)
        elif name not in _NO_METRICS:
            yield unknown("a widget that is not resolved", one.location, present=True)


def _widget(given: Node, at: Location, table: Table) -> Node:
    """A widget of metrics; the alarm of an ``AlarmWidget`` names its metric elsewhere."""
    rows = [row for name in _SHOW for shown in _shown(given[name]) for row in _rows(shown, table)]
    return node({"properties": node({"metrics": node(tuple(rows), at)}, at)}, at)


def _shown(given: Node) -> tuple[Node, ...]:
    return (given,) if given.unknown else given.items()


def _rows(shown: Node, table: Table) -> Iterator[Node]:
    content: Any = shown.content
    at = shown.location
    if isinstance(content, Made) and content.symbol.endswith("MathExpression"):
        expression = settled(content.properties["expression"], table)
        yield node((node({"expression": expression}, at),), at)
        for inner in members_of(content.properties["usingMetrics"]).values():
            yield from _rows(inner, table)
        return
    metric = metric_of(shown, table) if isinstance(content, Made) else {}
    namespace, name = metric.get("Namespace"), metric.get("MetricName")
    if namespace is None or name is None or isinstance(namespace.content, Mapping):
        yield unknown("a metric that is not known", at, present=True)
    else:
        yield node((namespace, name), at)

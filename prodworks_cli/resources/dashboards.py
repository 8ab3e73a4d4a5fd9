"""Dashboards, and whether somebody who looks at one sees what the model does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from prodworks_cli.lazy import regex
from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import Declared, Observed, Record, declared, observed, parsed, some
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Text, draft


@dataclass(frozen=True)
class Shown(Item):
    """An element of ``metrics``. A search names a namespace without a metric."""

    namespace: Text
    name: Text


@dataclass(frozen=True)
class Dashboard(Kind):
    """A CloudWatch dashboard. ``metrics`` are those of all widgets, searches and Metrics Insights included."""

    KIND = "aws.cloudwatch.dashboard"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {"shows_models": ("metrics",)}

    name: Text
    metrics: tuple[Shown | Unknown, ...] | Unknown | None

    @property
    def shows_models(self) -> Flag:
        """Whether a widget shows a metric of Bedrock or AgentCore, or one of the application's own about its model."""
        metrics = (self.metrics,) if isinstance(self.metrics, Unknown) else self.metrics or ()
        return some(m if isinstance(m, Unknown) else _about_models(m) for m in metrics)


_OF_AWS = regex(r"^AWS/Bedrock|bedrock-?agentcore", re.I)
# An application's metric speaks of a model or of tokens: SupportChat/InputTokens, gen_ai.client.token.usage.
_OWN = regex(
    r"gen_?ai|\bllm|llm(?=[A-Z_.]|$)|bedrock|model_?(?:invocation|call|latency|error|cost)|"
    r"(?:input|output|prompt|completion|total)[_.-]?tokens?|token[_.-]?(?:usage|count)|guardrail",
    re.I,
)


def _about_models(metric: Shown) -> bool | Unknown:
    unread = next((p for p in (metric.namespace, metric.name) if isinstance(p, Unknown)), None)
    namespace, name = (p if isinstance(p, str) else "" for p in (metric.namespace, metric.name))
    if _OF_AWS.search(namespace):
        return True
    if namespace.startswith("AWS/"):
        return False
    return True if _OWN.search(f"{namespace} {name}") else (unread or False)


# What a search or a query of Metrics Insights looks through: SEARCH('{AWS/Bedrock,ModelId} ...'), FROM SCHEMA("...").
_NAME = r"""["']?([\w./:#-]+)"""
_SEARCHED = regex(rf"\{{\s*{_NAME}|\bFROM\s+(?:SCHEMA\s*\(\s*)?{_NAME}|\bNamespace\s*=\s*{_NAME}", re.I)
_LONGEST = 20_000


def _metrics(body: Node) -> Drafted:
    """The metrics of a dashboard's JSON; unknown where it is put together elsewhere."""
    document = parsed(body)
    widgets = document["widgets"]
    if document.unknown or widgets.unknown:
        return document.unknown or widgets.unknown
    return tuple(shown for widget in widgets.items() for shown in _of_widget(widget))


def _of_widget(widget: Node) -> Iterator[Drafted]:
    rows = widget.at("properties", "metrics")
    if widget.unknown or rows.unknown:
        yield widget.unknown or rows.unknown
        return
    before: tuple[Node, ...] = ()
    for row in rows.items():
        if row.unknown:
            yield row.unknown
            continue
        before = _spelled_out(row.items(), before)
        yield from _of_row(row, before)


def _spelled_out(row: tuple[Node, ...], before: tuple[Node, ...]) -> tuple[Node, ...]:
    """A row in which ``.`` repeats what stands above and ``...`` all of it."""
    if row and row[0].text() == "...":
        return before
    return tuple(before[i] if cell.text() == "." and i < len(before) else cell for i, cell in enumerate(row))


def _of_row(row: Node, cells: tuple[Node, ...]) -> Iterator[Drafted]:
    named = [cell for cell in cells if not isinstance(cell.content, Mapping)]
    for cell in cells:
        if isinstance(cell.content, Mapping):
            yield from _of_expression(cell["expression"])
    if len(named) >= 2:
        yield draft(Shown, row, namespace=named[0], name=named[1])


def _of_expression(expression: Node) -> Iterator[Drafted]:
    if expression.unknown:
        yield expression.unknown
    for match in _SEARCHED.finditer((expression.text() or "")[:_LONGEST]):
        name = match[1] or match[2] or match[3]
        yield draft(Shown, expression, namespace=Node(name, expression.location), name=None)


_ELSEWHERE = Unknown("the widgets are put together in code", present=True)


def _declared(block: Block, name: Node, body: Node) -> Draft:
    # The constructs of the CDK have no body: their widgets are objects.
    metrics = _metrics(body) if body.present else _ELSEWHERE
    return declared(Dashboard, block, (name,), name=name, metrics=metrics)


def _terraform(block: Block, _: Declarations) -> Draft:
    return _declared(block, block.body["dashboard_name"], block.body["dashboard_body"])


def _cloudformation(block: Block, _: Declarations) -> Draft:
    return _declared(block, block.body["DashboardName"], block.body["DashboardBody"])


# Dashboards of other platforms that are declared here; a panel on the model is told by the names that it asks for.
_PLATFORMS = ("grafana_dashboard", "datadog_dashboard", "datadog_dashboard_json", "newrelic_one_dashboard_json")


def _elsewhere(block: Block, _: Declarations) -> Draft:
    name = block.body.first_of("title", "name")
    return declared(Dashboard, block, (name,), name=name, metrics=tuple(_asked(block)))


def _texts(body: Node) -> Iterator[Node]:
    """The values within a block, without looking into the JSON that some of them hold."""
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if isinstance(node.content, Mapping | tuple):
            waiting.extend(node.content.values() if isinstance(node.content, Mapping) else node.content)
        else:
            yield node


def _asked(block: Block) -> Iterator[Drafted]:
    for node in _texts(block.body):
        shown = _OWN.search((node.text() or "")[:_LONGEST])
        if node.unknown:
            yield node.unknown
        elif shown:
            yield draft(Shown, node, namespace=block.type.partition("_")[0], name=shown[0])


def _observed(record: Record) -> Draft:
    answer = record.answer("cloudwatch:GetDashboard")
    return observed(
        Dashboard,
        record,
        (answer["DashboardName"], answer["DashboardArn"]),
        name=answer["DashboardName"],
        metrics=_metrics(answer["DashboardBody"]),
    )


TERRAFORM: Mapping[str, Declared] = {
    "aws_cloudwatch_dashboard": _terraform,
    **dict.fromkeys(_PLATFORMS, _elsewhere),
}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::CloudWatch::Dashboard": _cloudformation}
API: Mapping[str, Observed] = {Dashboard.KIND: _observed}

"""Cost Anomaly Detection: monitors, and whom their subscriptions tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    declared,
    each,
    holds_some,
    observed,
    parsed,
    refers,
    some,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Number, Text, Texts, draft


@dataclass(frozen=True)
class Subscription(Item):
    """An element of ``subscriptions``. ``threshold`` is the least impact that is told, in currency or in percent.

    ``subscribers`` holds ``EMAIL`` for an e-mail address, which is personal data, and the ARN of a topic; who declined
    is none of them.
    """

    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {"tells_somebody": ("subscribers",)}

    frequency: Text
    threshold: Number
    subscribers: Texts

    @property
    def tells_somebody(self) -> Flag:
        """Whether there is a subscriber."""
        return holds_some(self.subscribers)


@dataclass(frozen=True)
class AnomalyMonitor(Kind):
    """A Cost Anomaly Detection monitor with its subscriptions.

    ``covers`` is the dimension that a monitor splits all spend by (``SERVICE``), or the filter of a custom one
    (``LINKED_ACCOUNT=111122223333``, ``TAG team=search``). ``watches_models`` says that the spend of every model is
    part of that: a filter on the service Amazon Bedrock misses the models that are billed through Marketplace.
    """

    KIND = "aws.ce.anomaly_monitor"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {"watches_models": ("covers",)}

    name: Text
    type: Text
    covers: Texts
    watches_models: Flag
    subscriptions: tuple[Subscription | Unknown, ...] | Unknown | None


# All spend, in one line for each value: models are among them however they are billed.
_WHOLE = frozenset({"SERVICE", "LINKED_ACCOUNT"})
_OF_OTHERS = Unknown("whether the filter of the monitor holds this workload's spend is not known")


def _covers(kind: Node, dimension: Node, specification: Node) -> Drafted:
    unread = kind.unknown or dimension.unknown
    if unread:
        return unread
    if dimension.present:
        return (dimension,)
    return _filters(parsed(specification))


def _filters(expression: Node) -> Drafted:
    """The filter of a custom monitor, which names one dimension, tag or category."""
    if expression.unknown:
        return expression.unknown
    tag, category, own = (expression[key] for key in ("Tags", "CostCategories", "Dimensions"))
    named = (("TAG ", tag, "Key"), ("COST_CATEGORY ", category, "Key"), ("", own, "Key"))
    return tuple(
        value.map(lambda v, w=word, f=part, k=key: f"{w}{f[k].content}={v}")  # type: ignore[misc]
        for word, part, key in named
        for value in part["Values"].items()
    )


def _watches(covers: Drafted, accounts: Iterable[str] | None) -> bool | Unknown:
    """``accounts`` are those of the workload; ``None`` for a monitor that the workload's repository declares."""
    if not isinstance(covers, tuple):
        return covers if isinstance(covers, Unknown) else False
    return some(_holds(c, accounts) for c in covers if isinstance(c, Node))


def _holds(cover: Node, accounts: Iterable[str] | None) -> bool | Unknown:
    text = cover.text()
    if text is None:
        return cover.unknown or False
    dimension, _, value = text.partition("=")
    if text in (*_WHOLE, "TAG", "COST_CATEGORY"):
        return True if text in _WHOLE or accounts is None else _OF_OTHERS
    if dimension == "LINKED_ACCOUNT" and accounts is not None:
        return value in accounts
    if dimension == "SERVICE":
        return False
    return True if accounts is None else _OF_OTHERS


def _in_terraform(body: Node) -> Draft:
    told = body["subscriber"]
    return draft(
        Subscription,
        body,
        frequency=body["frequency"],
        threshold=_least(body["threshold_expression"], ("and", "or"), "dimension", "values"),
        subscribers=told.unknown or tuple(s.unknown or _address(s["type"], s["address"]) for s in told.items()),
    )


def _in_json(body: Node) -> Draft:
    """An element of CloudFormation or of the account; the old threshold is a number."""
    told, number = body["Subscribers"], body["Threshold"]
    threshold = _least(parsed(body["ThresholdExpression"]), ("And", "Or"), "Dimensions", "Values")
    return draft(
        Subscription,
        body,
        frequency=body["Frequency"],
        threshold=number if number.present else threshold,
        subscribers=told.unknown or tuple(_told(s) for s in told.items()),
    )


def _told(subscriber: Node) -> Drafted:
    if subscriber["Status"].text() == "DECLINED":
        return None
    return subscriber.unknown or _address(subscriber["Type"], subscriber["Address"])


def _address(kind: Node, address: Node) -> Drafted:
    return Node("EMAIL", address.location) if kind.text() == "EMAIL" else address


def _least(expression: Node, words: tuple[str, ...], dimension: str, values: str) -> Drafted:
    """The number of the first impact in the expression, which one word may combine with others."""
    if expression.unknown:
        return expression.unknown
    first = expression.items()[0] if expression.items() else expression
    combined = (part for word in words for part in first[word].items())
    number = next(combined, first).at(dimension, values)
    return number.unknown or (number.items()[0] if number.items() else None)


def _subscriptions(monitor: Block, among: Iterable[Block], key: str, read: Callable[[Node], Draft]) -> Drafted:
    """The subscriptions that name the monitor; one whose list is not resolved may be another."""
    found: list[Drafted] = []
    for subscription in among:
        names = some(refers(name, monitor) for name in subscription.body[key].items())
        if names is not False:
            found.append(names if isinstance(names, Unknown) else read(subscription.body))
    return tuple(found)


def _terraform(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    told = declarations.of_type("aws_ce_anomaly_subscription")
    covers = _covers(body["monitor_type"], body["monitor_dimension"], body["monitor_specification"])
    return declared(
        AnomalyMonitor,
        block,
        (body["name"],),
        name=body["name"],
        type=body["monitor_type"],
        covers=covers,
        watches_models=_watches(covers, None),
        subscriptions=_subscriptions(block, told, "monitor_arn_list", _in_terraform),
    )


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    told = declarations.of_type("AWS::CE::AnomalySubscription")
    covers = _covers(body["MonitorType"], body["MonitorDimension"], body["MonitorSpecification"])
    return declared(
        AnomalyMonitor,
        block,
        (body["MonitorName"],),
        name=body["MonitorName"],
        type=body["MonitorType"],
        covers=covers,
        watches_models=_watches(covers, None),
        subscriptions=_subscriptions(block, told, "MonitorArnList", _in_json),
    )


def _observed(record: Record) -> Draft:
    monitor = record.answer("ce:GetAnomalyMonitors").at("AnomalyMonitors")
    monitor = monitor.items()[0] if monitor.items() else monitor
    listed = record.answer("ce:GetAnomalySubscriptions")["AnomalySubscriptions"]
    covers = _covers(monitor["MonitorType"], monitor["MonitorDimension"], monitor["MonitorSpecification"])
    return observed(
        AnomalyMonitor,
        record,
        (monitor["MonitorName"], monitor["MonitorArn"]),
        name=monitor["MonitorName"],
        type=monitor["MonitorType"],
        covers=covers,
        watches_models=_watches(covers, (record.account,)),
        subscriptions=each(listed, _in_json),
    )


TERRAFORM: Mapping[str, Declared] = {"aws_ce_anomaly_monitor": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::CE::AnomalyMonitor": _cloudformation}
API: Mapping[str, Observed] = {AnomalyMonitor.KIND: _observed}

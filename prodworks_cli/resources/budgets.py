"""Budgets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    declared,
    each,
    observed,
    parsed,
    pointing,
    some,
)
from prodworks_cli.resources.budget_actions import Action, cloudformation_action, observed_action, terraform_action
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Number, Text, Texts, draft


@dataclass(frozen=True)
class Notification(Item):
    """An element of ``notifications``.

    ``threshold`` is in percent of the limit; a threshold in currency is converted where the limit is known.
    ``subscribers`` holds ``EMAIL`` for an e-mail address, which is personal data, and the ARN of a topic.
    """

    type: Text
    threshold: Number
    subscribers: Texts


@dataclass(frozen=True)
class Budget(Kind):
    """A budget that can see model spend.

    ``services`` and ``tag_filters`` (``user:team$search``) are the values it is filtered by, ``other_filters`` the
    names of all further filters. ``covers`` is ``*`` without a filter, else the services and tags together.
    """

    KIND = "aws.budgets.budget"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "watches_all_spend": ("services", "tag_filters", "other_filters")
    }

    name: Text
    type: Text
    services: Texts
    tag_filters: Texts
    other_filters: Texts
    covers: Texts
    notifications: tuple[Notification | Unknown, ...] | Unknown | None
    actions: tuple[Action | Unknown, ...] | Unknown | None

    @property
    def watches_all_spend(self) -> Flag:
        """Whether a cost budget has no filter at all, so that it sees the spend of every model."""
        if self.type != "COST":
            return self.type if isinstance(self.type, Unknown) else False
        filtered = some(_any(values) for values in (self.services, self.tag_filters, self.other_filters))
        return filtered if isinstance(filtered, Unknown) else not filtered


def _any(values: Texts) -> bool | Unknown:
    return values if isinstance(values, Unknown) else bool(values)


_SERVICE, _TAGS = ("SERVICE",), ("TAGKEYVALUE", "TAG")
Filter = tuple[str, tuple[Node, ...]]


def _filters(filters: Iterable[Filter] | Unknown) -> dict[str, Drafted]:
    """The attributes that come from filters, each a name with values."""
    if isinstance(filters, Unknown):
        return dict.fromkeys(("services", "tag_filters", "other_filters", "covers"), filters)
    listed = [(name.upper(), values) for name, values in filters]
    services = tuple(v for name, values in listed if name in _SERVICE for v in values)
    tags = tuple(v for name, values in listed if name in _TAGS for v in values)
    others = tuple(name for name, _ in listed if name not in (*_SERVICE, *_TAGS))
    covers = (*services, *tags) if listed else ("*",)
    return {"services": services, "tag_filters": tags, "other_filters": others, "covers": covers}


def _terraform_filters(body: Node) -> Iterable[Filter] | Unknown:
    """``cost_filter`` blocks, the mapping ``cost_filters`` of old providers, or a ``filter_expression``."""
    blocks, old, expression = body["cost_filter"], body["cost_filters"], body["filter_expression"]
    unread = blocks.unknown or old.unknown or expression.unknown
    unread = unread or next(
        (b.unknown or b["name"].unknown for b in blocks.items() if b.unknown or b["name"].unknown), None
    )
    if unread:
        return unread
    named = [(b["name"].text() or "", b["values"].items()) for b in blocks.items()]
    return [*named, *_mapped(old), *_expressed(expression, "dimensions", "tags", "key", "values")]


def _mapped(node: Node) -> Iterator[Filter]:
    for mapping in node.items():
        yield from ((name, values.items()) for name, values in mapping.members())


def _expressed(node: Node, dimensions: str, tags: str, key: str, values: str) -> Iterator[Filter]:
    """One dimension or tag; a combination of several is kept as a filter that is not understood."""
    if not node.present:
        return
    dimension, tag = node.at(dimensions), node.at(tags)
    if dimension.present:
        yield dimension.at(key).text() or "EXPRESSION", dimension.at(values).items()
    elif tag.present:
        name = tag.at(key).text() or ""
        yield "TAG", tuple(v.map(lambda value: f"user:{name}${value}") for v in tag.at(values).items())
    else:
        yield "EXPRESSION", ()


def _json_filters(budget: Node) -> Iterable[Filter] | Unknown:
    """``CostFilters`` (which CloudFormation also takes as JSON text) and ``FilterExpression``."""
    old, expression = parsed(budget["CostFilters"]), budget["FilterExpression"]
    return old.unknown or expression.unknown or [*_mapped(old), *_expressed(expression, *_EXPRESSION)]


_EXPRESSION = ("Dimensions", "Tags", "Key", "Values")


def _percent(threshold: Node, kind: Node, limit: Node) -> Drafted:
    """The threshold in percent of the limit."""
    if threshold.unknown or kind.text() != "ABSOLUTE_VALUE":
        return threshold
    try:
        share = 100 * float(str(threshold.content)) / float(str(limit.content))
    except (ValueError, ZeroDivisionError):
        return Unknown("the threshold is an amount, and the limit is not known", present=True)
    return Node(share, threshold.location)


def _address(kind: Node, address: Node) -> Drafted:
    return Node("EMAIL", address.location) if kind.text() == "EMAIL" else address


def _terraform_notification(entry: Node, limit: Node) -> Draft:
    emails = entry["subscriber_email_addresses"]
    subscribers = (*(e.map(lambda _: "EMAIL") for e in emails.items()), *entry["subscriber_sns_topic_arns"].items())
    return draft(
        Notification,
        entry,
        type=entry["notification_type"],
        threshold=_percent(entry["threshold"], entry["threshold_type"], limit),
        subscribers=subscribers,
    )


def _notification(entry: Node, subscribers: Node, limit: Node) -> Draft:
    return draft(
        Notification,
        entry,
        type=entry["NotificationType"],
        threshold=_percent(entry["Threshold"], entry["ThresholdType"], limit),
        subscribers=subscribers.unknown
        or tuple(_address(s["SubscriptionType"], s["Address"]) for s in subscribers.items()),
    )


def _terraform(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    actions = pointing(declarations, ("aws_budgets_budget_action",), "budget_name", block, "name")
    return declared(
        Budget,
        block,
        (body["name"],),
        name=body["name"],
        type=body["budget_type"],
        notifications=each(body["notification"], lambda entry: _terraform_notification(entry, body["limit_amount"])),
        actions=tuple(terraform_action(action, declarations) for action in actions),
        **_filters(_terraform_filters(body)),
    )


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    budget, listed = block.body["Budget"], block.body["NotificationsWithSubscribers"]
    limit = budget.at("BudgetLimit", "Amount")
    actions = [
        a for a in declarations.of_type("AWS::Budgets::BudgetsAction") if _acts_on(a, block, budget["BudgetName"])
    ]
    return declared(
        Budget,
        block,
        (budget["BudgetName"],),
        name=budget["BudgetName"],
        type=budget["BudgetType"],
        notifications=each(listed, lambda entry: _notification(entry["Notification"], entry["Subscribers"], limit)),
        actions=tuple(cloudformation_action(action, declarations) for action in actions),
        **_filters(_json_filters(budget)),
    )


def _acts_on(action: Block, budget: Block, name: Node) -> bool:
    target = action.body["BudgetName"]
    if isinstance(target.content, Reference):
        return target.content.address == budget.address
    return target.text() is not None and target.text() == name.text()


def _observed(record: Record) -> Draft:
    budget = record.answer("budgets:DescribeBudget")["Budget"]
    return observed(
        Budget,
        record,
        (budget["BudgetName"],),
        name=budget["BudgetName"],
        type=budget["BudgetType"],
        notifications=_observed_notifications(record, budget.at("BudgetLimit", "Amount")),
        actions=each(record.answer("budgets:DescribeBudgetActionsForBudget")["Actions"], observed_action),
        **_filters(_json_filters(budget)),
    )


def _observed_notifications(record: Record, limit: Node) -> Drafted:
    """Notifications with the answers about their subscribers, which are listed in the same order."""
    listed = record.answer("budgets:DescribeNotificationsForBudget")["Notifications"]
    if listed.unknown:
        return listed.unknown
    answers = record.answer("budgets:DescribeSubscribersForNotification")
    missing = Node(answers.unknown or Unknown("the subscribers were not read"), listed.location)
    subscribers = [answer["Subscribers"] for answer in answers.items()] if not answers.unknown else []
    entries = listed.items()
    padded = [*subscribers, *[missing] * (len(entries) - len(subscribers))]
    return tuple(_notification(entry, padded[i], limit) for i, entry in enumerate(entries))


TERRAFORM: Mapping[str, Declared] = {"aws_budgets_budget": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::Budgets::Budget": _cloudformation}
API: Mapping[str, Observed] = {Budget.KIND: _observed}

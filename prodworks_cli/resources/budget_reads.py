"""How budgets, whom they tell and what they do are read from the account."""

from __future__ import annotations

import re
from collections.abc import Iterable

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.budgets import Budget
from prodworks_cli.resources.collecting import Collector, Read, Reader, moved
from prodworks_cli.schema import Texts

# One action of IAM covers all that is shown of a budget.
_VIEW = "budgets:ViewBudget"
_BUDGETS = Read("budgets", "DescribeBudgets", _VIEW)
_NOTIFICATIONS = Read("budgets", "DescribeNotificationsForBudget", _VIEW)
_SUBSCRIBERS = Read("budgets", "DescribeSubscribersForNotification", _VIEW)
_ACTIONS = Read("budgets", "DescribeBudgetActionsForBudget", "budgets:DescribeBudgetActionsForBudget")
_OF_A_NOTIFICATION = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")


def _budgets(reader: Reader) -> Iterable[Record]:
    budgets = reader.found(_BUDGETS, "Budgets", AccountId=reader.account)
    return reader.each(budgets, lambda budget: _budget(reader, budget))


def _budget(reader: Reader, budget: Node) -> Record | None:
    name = budget["BudgetName"].text()
    if name is None:
        return None
    arn = f"arn:{reader.partition}:budgets::{reader.account}:budget/{name}"
    which = {"AccountId": reader.account, "BudgetName": name}
    notifications = reader.listing(_NOTIFICATIONS, "Notifications", arn, **which)
    told = [_told(reader, entry, arn, which) for entry in notifications["Notifications"].items()]
    place = Location(arn, None, _BUDGETS.name)
    return reader.record(
        arn,
        {
            "budgets:DescribeBudget": Node({"Budget": moved(budget, place)}, place),
            _NOTIFICATIONS: notifications,
            _SUBSCRIBERS: Node(tuple(told), place),
            _ACTIONS: reader.listing(_ACTIONS, "Actions", arn, **which),
        },
    )


def _told(reader: Reader, notification: Node, arn: str, which: dict[str, str]) -> Node:
    """Who is told; unknown for a notification that was itself not read."""
    if notification.unknown:
        return notification
    given = {key: notification[key].content for key in _OF_A_NOTIFICATION if notification[key].present}
    return reader.listing(_SUBSCRIBERS, "Subscribers", arn, Notification=given, **which)


def _sees_models(budget: Budget) -> bool | Unknown:
    """Whether model spend may be part of what the budget watches: all spend, a service of models, or some tag."""
    named = [s for s in _known(budget.services) if _MODELS.search(s)]
    return budget.watches_all_spend is not False or bool(named or budget.tag_filters)


def _known(texts: Texts) -> list[str]:
    return [t for t in texts if isinstance(t, str)] if isinstance(texts, tuple) else []


_MODELS = re.compile(r"bedrock|sagemaker|claude|nova|anthropic|llama|titan", re.I)

COLLECT = (
    Collector(
        Budget.KIND,
        (_BUDGETS, _NOTIFICATIONS, _SUBSCRIBERS, _ACTIONS),
        _budgets,
        regional=False,
        root=_sees_models,
    ),
)

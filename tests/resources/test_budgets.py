from __future__ import annotations

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.resources.budgets import Notification
from tests.resources.support import DENIED, block, declare, declared, observe, ref

NOTICE = {
    "notification_type": "FORECASTED",
    "threshold": 100,
    "threshold_type": "PERCENTAGE",
    "subscriber_email_addresses": ["someone@example.com"],
    "subscriber_sns_topic_arns": [ref("infra/topic")],
}


def test_terraform() -> None:
    budget = declared("aws_budgets_budget", {"name": "all", "budget_type": "COST", "notification": [NOTICE]})
    topic = Unknown("known after deployment: infra/topic arn", present=True)
    assert budget.notifications == (Notification("FORECASTED", 100, ("EMAIL", topic)),)
    assert (budget.watches_all_spend, budget.covers, budget.services, budget.actions) == (True, ("*",), (), ())
    assert "someone@example.com" not in repr(budget)


def test_amounts_become_percent_of_the_limit() -> None:
    notice = {**NOTICE, "threshold": "50", "threshold_type": "ABSOLUTE_VALUE"}
    body = {"limit_amount": "200", "notification": [notice]}
    assert declared("aws_budgets_budget", body).notifications[0].threshold == 25
    body["limit_amount"] = Unknown("var.limit")  # type: ignore[assignment]
    assert isinstance(declared("aws_budgets_budget", body).notifications[0].threshold, Unknown)


def test_filters_in_all_shapes() -> None:
    service = {"name": "Service", "values": ["Amazon Bedrock"]}
    tag = {"name": "TagKeyValue", "values": ["user:team$x"]}
    budget = declared("aws_budgets_budget", {"budget_type": "COST", "cost_filter": [service, tag, {"name": "Region"}]})
    assert (budget.services, budget.tag_filters, budget.other_filters) == (
        ("Amazon Bedrock",),
        ("user:team$x",),
        ("REGION",),
    )
    assert (budget.watches_all_spend, budget.covers) == (False, ("Amazon Bedrock", "user:team$x"))
    old = declared("aws_budgets_budget", {"cost_filters": {"Service": "Amazon Bedrock"}})
    assert old.services == ("Amazon Bedrock",)
    expression = {"dimensions": [{"key": "SERVICE", "values": ["Amazon Bedrock"]}]}
    assert declared("aws_budgets_budget", {"filter_expression": [expression]}).services == ("Amazon Bedrock",)
    combined = declared("aws_budgets_budget", {"budget_type": "COST", "filter_expression": [{"or": [expression]}]})
    assert (combined.other_filters, combined.watches_all_spend) == (("EXPRESSION",), False)
    dynamic = declared("aws_budgets_budget", {"budget_type": "COST", "cost_filter": [Unknown("dynamic")]})
    assert dynamic.watches_all_spend == Unknown("dynamic")
    assert declared("aws_budgets_budget", {"budget_type": "USAGE"}).watches_all_spend is False


@pytest.mark.parametrize(("effect", "denies"), [("Deny", True), ("Allow", False), (Unknown("a condition"), None)])
def test_actions_that_deny_model_calls(effect: str | Unknown, denies: bool | None) -> None:
    deny = {"Statement": [{"Effect": effect, "Action": "bedrock:Invoke*", "Resource": "*"}]}
    definition = [{"iam_action_definition": [{"policy_arn": ref("infra/deny")}]}]
    base = {"budget_name": ref("infra/b", "name"), "approval_model": "AUTOMATIC"}
    budget = declare(
        block("aws_budgets_budget", "infra/b", {"name": "b"}),
        block("aws_iam_policy", "infra/deny", {"policy": deny}),
        block(
            "aws_budgets_budget_action",
            "infra/a",
            {**base, "action_type": "APPLY_IAM_POLICY", "definition": definition},
        ),
        block("aws_budgets_budget_action", "infra/s", {**base, "action_type": "RUN_SSM_DOCUMENTS"}),
    )
    seen = [(a.type, None if isinstance(d := a.denies_model_invocation, Unknown) else d) for a in budget.actions]
    assert seen == [
        ("APPLY_IAM_POLICY", denies),
        ("RUN_SSM_DOCUMENTS", False),
    ]


def test_cloudformation() -> None:
    notice = {"Notification": {"NotificationType": "ACTUAL", "Threshold": 80},
              "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "a@example.com"}]}  # fmt: skip
    body = {
        "Budget": {"BudgetType": "COST", "CostFilters": '{"Service": ["Amazon Bedrock"]}'},
        "NotificationsWithSubscribers": [notice],
    }
    budget = declared("AWS::Budgets::Budget", body)
    assert (budget.services, budget.watches_all_spend) == (("Amazon Bedrock",), False)
    assert budget.notifications == (Notification("ACTUAL", 80, ("EMAIL",)),)


ANSWERS = {
    "budgets:DescribeBudget": {"Budget": {"BudgetName": "b", "BudgetType": "COST", "CostFilters": {}}},
    "budgets:DescribeNotificationsForBudget": {
        "Notifications": [{"NotificationType": "ACTUAL", "Threshold": 80.0}, {"NotificationType": "FORECASTED"}]
    },
    "budgets:DescribeSubscribersForNotification": [{"Subscribers": [{"SubscriptionType": "SNS", "Address": "arn"}]}],
    "budgets:DescribeBudgetActionsForBudget": {"Actions": []},
}


def test_observed() -> None:
    budget = observe("aws.budgets.budget", ANSWERS)
    assert (budget.watches_all_spend, budget.actions) == (True, ())
    first, second = budget.notifications
    assert first == Notification("ACTUAL", 80.0, ("arn",))
    assert isinstance(second.subscribers, Unknown)


def test_denied() -> None:
    budget = observe("aws.budgets.budget", dict.fromkeys(ANSWERS, DENIED))
    for name in ("name", "services", "covers", "notifications", "actions", "watches_all_spend"):
        assert isinstance(getattr(budget, name), Unknown), name

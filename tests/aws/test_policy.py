"""The policy holds every action that is used, and no other; and each rule's actions are known."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from prodworks_cli.account import not_collected
from prodworks_cli.needs import kinds_of, rules_by_action
from prodworks_cli.policy import policy_document, policy_text
from prodworks_cli.resources.registry import collectors, kinds, observed_adapters, reads
from prodworks_cli.rulecheck import inventory_of
from prodworks_cli.rules import load_rules
from tests.aws.conftest import WHO, Scanning
from tests.aws.endpoint import Endpoint
from tests.aws.scenario_rest import ANSWERS


def _actions() -> list[str]:
    actions: list[str] = policy_document(reads())["Statement"][0]["Action"]
    return actions


def test_every_action_of_the_policy_is_used_and_every_read_is_allowed() -> None:
    assert sorted({read.action for read in reads()}) == sorted(_actions())
    assert not [action for action in _actions() if "*" in action]


def test_a_scan_calls_nothing_that_the_policy_does_not_allow(scan: Scanning, endpoint: Endpoint) -> None:
    allowed = {read.name for read in reads() if read.action in _actions()}
    scan({c.kind for c in collectors() if all(r.name in {**ANSWERS, **WHO} for r in c.reads)}, ANSWERS)
    called = {name for name, _, _ in endpoint.account.calls}
    assert called <= allowed
    assert len(called) > 30


def test_the_forms_hold_the_same_actions() -> None:
    assert json.loads(policy_text(reads(), "json"))["Statement"][0]["Action"] == _actions()
    template: dict[str, Any] = yaml.safe_load(policy_text(reads(), "cloudformation"))
    document = template["Resources"]["ProdworksRead"]["Properties"]["PolicyDocument"]
    assert document["Statement"][0]["Action"] == _actions()
    role = """
resource "aws_iam_role" "audit" {
  name               = "audit"
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy_attachment" "audit" {
  role       = aws_iam_role.audit.name
  policy_arn = aws_iam_policy.prodworks.arn
}
"""
    inventory = inventory_of({"terraform": policy_text(reads(), "terraform") + role})
    (found,) = [r.value for r in inventory.resources if r.kind == "aws.iam.role"]
    assert list(found.statements[0].actions) == _actions()  # type: ignore[attr-defined]


def test_a_rule_leads_to_the_kinds_that_it_looks_at() -> None:
    pack = load_rules()
    needs = {rule.id: kinds_of(rule, kinds()) for rule in pack.rules}
    assert needs["alarm-on-model-errors"] == {"workload", "aws.cloudwatch.alarm"}
    assert needs["secrets-kept-out-of-environment"] == {"aws.compute.unit", "aws.iam.role"}
    assert "aws.bedrock.guardrail" in needs["guardrail-blocks-prompt-attacks"]


def test_an_action_names_the_rules_that_need_it() -> None:
    by_action = rules_by_action(load_rules().rules, collectors(), kinds())
    assert "guardrail-blocks-prompt-attacks" in by_action["bedrock:GetGuardrail"]
    assert "alarms-reach-people" in by_action["sns:ListSubscriptionsByTopic"]
    assert "budget-watches-model-spend" not in by_action["bedrock:GetGuardrail"]
    assert len(by_action["sts:GetCallerIdentity"]) > 10


@pytest.mark.parametrize("kind", sorted({c.kind for c in collectors()}))
def test_each_collector_has_an_adapter(kind: str) -> None:
    assert kind in observed_adapters()


def test_a_kind_without_a_collector_is_a_gap_and_never_none() -> None:
    """A scan with one collector says of every other kind of the account that it was not read."""
    unread = {gap.kind for gap in not_collected("111122223333", observed_adapters(), {"aws.bedrock.guardrail"})}
    assert unread == set(observed_adapters()) - {"aws.bedrock.guardrail"}

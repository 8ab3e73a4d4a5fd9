"""AgentCore, agents, flows and capacity as the collectors read them from the scenario account, and the findings."""

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.account import AccountOptions, read_account
from prodworks_cli.audit import Errors
from prodworks_cli.collect import collect_repository
from prodworks_cli.judge import judge
from prodworks_cli.model import Inventory, Plane, Unknown
from prodworks_cli.planes import with_account
from prodworks_cli.rules import load_rules
from prodworks_cli.sources.files import tree_of
from tests.aws.conftest import QUICK, WHO
from tests.aws.endpoint import Endpoint, FakeAccount
from tests.aws.scenario import FILES, HOME
from tests.aws.scenario_rest import ANSWERS

# People ask this function, so that memories of users matter.
ASKED = """
import boto3

client = boto3.client("bedrock-runtime", region_name="us-east-1")


def handler(event, context):
    messages = [{"role": "user", "content": [{"text": event["question"]}]}]
    return client.converse(modelId="anthropic.claude-sonnet-4-5-20250929-v1:0", messages=messages)
"""


@pytest.fixture
def seen(endpoint: Endpoint) -> Inventory:
    endpoint.account = FakeAccount({**WHO, **ANSWERS})
    errors = Errors()
    declared = collect_repository(tree_of({**FILES, "asked.py": ASKED}), {})
    options = AccountOptions(regions=(HOME,), limits=QUICK)
    account = read_account(options, declared, errors, lambda line: None).inventory
    assert errors.seen == []
    return with_account(declared, account)


EXPECTED = {
    "agentcore-runtime-is-private": {"assistant": "pass", "demo": "fail"},
    "agentcore-sessions-are-bounded": {"assistant": "pass", "demo": "fail"},
    "agentcore-runtime-is-instrumented": {"assistant": "unknown", "demo": "unknown"},
    "agentcore-gateway-authenticates-callers": {"tools": "pass", "open": "fail"},
    "agentcore-tool-policy-is-enforced": {"tools": "pass", "open": "fail"},
    "agentcore-gateway-logs-delivered": {"tools": "pass", "open": "fail"},
    "agent-memory-isolated-per-user": {"kept": "pass", "mixed": "fail"},
    "agent-actions-need-confirmation": {"REFUNDS001": "fail", "ORDERS0001": "pass", "LOOKUP0001": "not-applicable"},
    "flows-apply-guardrail": {"FLOW000001": "pass", "FLOW000002": "fail"},
    "bought-capacity-is-used": {"used00000001": "pass", "idle00000002": "fail"},
    "data-retention-mode-is-allowed": {"us": "fail"},
    "vector-store-access-is-narrow": {"abc123": "fail"},
    "vector-store-is-redundant": {"abc123": "unknown"},
    "agentcore-sandboxes-are-isolated": {"research": "fail", "analysis": "pass", "hidden": "unknown"},
}


def test_each_fact_of_the_account_and_its_finding(seen: Inventory) -> None:
    rules = [rule for rule in load_rules().rules if rule.id in EXPECTED]
    found: dict[str, dict[str, str]] = {rule.id: {} for rule in rules}
    for outcome in judge(rules, seen):
        for finding in outcome.findings:
            if Plane.OBSERVED in finding.verdicts:
                name = finding.identity.rpartition("/")[2].partition("-")[0]
                found[outcome.rule.id][name] = str(finding.verdicts[Plane.OBSERVED].status)
    assert found == EXPECTED


def test_what_is_read_of_a_runtime_and_a_gateway(seen: Inventory) -> None:
    values: dict[str, Any] = {r.identity.rpartition("/")[2]: r.value for r in seen.resources if "agentcore" in r.kind}
    runtime, gateway = values["assistant-0000000001"], values["tools-0000000001"]
    assert (runtime.version, [(e.name, e.live_version) for e in runtime.endpoints]) == ("3", [("DEFAULT", "3")])
    assert isinstance(runtime.telemetry_enabled, Unknown)
    assert (gateway.targets, [p.name for p in gateway.policies]) == (("orders",), ["permit"])
    assert "swordfish" not in str(seen)


def test_calls_are_few(endpoint: Endpoint, seen: Inventory) -> None:
    """One listing of each kind, and one detail for each thing found; deliveries are listed once for all gateways."""
    made = endpoint.account.made
    assert [made(f"logs:{name}") for name in ("DescribeDeliverySources", "DescribeDeliveries")] == [1, 1]
    control = [name for name, _, _ in endpoint.account.calls if name.startswith("bedrock-agentcore-control:")]
    assert len(control) <= 5 + 2 + 2 * 2 + 2 * 2 + 2 + 2 + 3 + 2

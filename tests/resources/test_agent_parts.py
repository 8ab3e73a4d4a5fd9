"""Action groups and flows in each form."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.resources.action_groups import Action
from prodworks_cli.resources.effects import described_effect, named_effect
from prodworks_cli.resources.flows import FlowNode
from prodworks_cli.resources.model_calls import NUMBERED
from tests.resources.support import DENIED, block, declared, drafted, observe, parts, ref

HIDDEN = Unknown("var.x")


def shown(value: object) -> object:
    return "unknown" if isinstance(value, Unknown) else value


def told(group: Any) -> list[tuple[object, object, object]]:
    return [(f.name, shown(f.effect), f.require_confirmation) for f in group.functions]


# Action groups --------------------------------------------------------------------------------------------------------

GROUP = {
    "action_group_name": "orders", "action_group_state": "DISABLED",
    "action_group_executor": [{"lambda": ref("infra/orders")}],
}  # fmt: skip
SCHEMA = {"member_functions": [{"functions": [{"name": "get_order"}, {"name": "x", "description": "Refunds money."}]}]}


def group(body: dict[str, object], *others: Any) -> Any:
    return declared("aws_bedrockagent_agent_action_group", {**GROUP, **body}, *others)


def test_an_action_group_in_terraform() -> None:
    agent = block("aws_bedrockagent_agent", "infra/a", {"agent_name": "helper"})
    mine = block(
        "aws_bedrockagent_agent_action_group",
        "infra/g",
        {**GROUP, "agent_id": ref("infra/a", "agent_id"), "function_schema": [SCHEMA]},
    )
    described = drafted(mine, agent)
    assert described.aliases == ("helper/orders",)
    found = group({"agent_id": ref("infra/a", "agent_id"), "function_schema": [SCHEMA]}, agent)
    assert (found.name, found.state, found.executor) == ("orders", "DISABLED", "LAMBDA")
    assert (found.agent, found.function) == (
        Ref("aws.bedrock.agent", "infra/a"),
        Ref("aws.compute.unit", "infra/orders"),
    )
    assert told(found) == [("get_order", "read", None), ("x", "money", None)]
    assert drafted(block("aws_bedrockagent_agent_action_group", "infra/g", GROUP)).aliases == ()


def test_what_runs_the_actions() -> None:
    returned = group({"action_group_executor": [{"custom_control": "RETURN_CONTROL"}], "action_group_state": None})
    assert (returned.executor, returned.state, returned.function) == ("RETURN_CONTROL", "ENABLED", None)
    own = group({"action_group_executor": None, "parent_action_group_signature": "AMAZON.UserInput"})
    assert (own.executor, own.functions) == (None, ())
    assert isinstance(group({"action_group_executor": HIDDEN}).executor, Unknown)


OPENAPI = {
    "openapi": "3.0.0",
    "paths": {
        "/orders/{id}": {
            "get": {"operationId": "getOrder"},
            "delete": {"operationId": "cancel_order", "x-requireConfirmation": "ENABLED"},
        },
        "/mails": {"post": {"description": "Sends a mail to the customer"}, "parameters": []},
        "/do": {"post": {"operationId": "doIt"}},
    },
}


@pytest.mark.parametrize("text", [json.dumps(OPENAPI), yaml.safe_dump(OPENAPI, sort_keys=False)])
def test_operations_of_an_openapi_schema(text: str) -> None:
    assert told(group({"api_schema": [{"payload": text}]})) == [
        ("getOrder", "read", None),
        ("cancel_order", "delete", "ENABLED"),
        ("post /mails", "message", None),
        ("doIt", "unknown", None),
    ]


@pytest.mark.parametrize(
    "schema",
    [
        {"api_schema": [{"s3": [{"s3_bucket_name": "b", "s3_object_key": "k"}]}]},
        {"api_schema": [{"payload": HIDDEN}]},
        {"api_schema": [{"payload": "paths: [\n"}]},
        {"api_schema": HIDDEN},
        {"function_schema": HIDDEN},
        {"function_schema": [{"member_functions": HIDDEN}]},
    ],
)
def test_schemas_that_were_not_read(schema: dict[str, object]) -> None:
    assert isinstance(group(schema).functions, Unknown)


@pytest.mark.parametrize("kind", ["AWS::Bedrock::Agent", "awscc_bedrock_agent"])
def test_action_groups_inside_an_agent(kind: str) -> None:
    functions = [{"name": "pay", "require_confirmation": "ENABLED"}, {"name": "list_orders"}]
    body: dict[str, Any] = {
        "agent_name": "helper",
        "action_groups": [
            {
                "action_group_name": "orders",
                "action_group_executor": {"lambda": "arn:f"},
                "function_schema": {"functions": functions},
            },
            {"action_group_name": "ask", "parent_action_group_signature": "AMAZON.UserInput"},
        ],
    }
    first, second = parts(block(kind, "infra/a", spelled(body) if "::" in kind else body))
    assert (first.name, first.state, first.executor) == ("orders", "ENABLED", "LAMBDA")
    assert (first.agent, first.function) == (Ref("aws.bedrock.agent", "infra/a"), Ref("aws.compute.unit", "arn:f"))
    assert told(first) == [("pay", "money", "ENABLED"), ("list_orders", "read", None)]
    assert (second.name, second.executor, second.functions) == ("ask", None, ())
    (hidden,) = parts(block(kind, "infra/a", {"ActionGroups": HIDDEN, "action_groups": HIDDEN}))
    assert [shown(v) for v in (hidden.name, hidden.state, hidden.executor, hidden.functions)] == ["unknown"] * 4
    assert parts(block(kind, "infra/a", {})) == []


def spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {"".join(p.capitalize() for p in key.split("_")): spelled(v) for key, v in value.items()}
    return [spelled(v) for v in value] if isinstance(value, list) else value


def test_an_action_group_in_the_account() -> None:
    kind, read = "aws.bedrock.action_group", "bedrock-agent:GetAgentActionGroup"
    detail = {
        "actionGroupName": "orders", "actionGroupState": "ENABLED", "actionGroupExecutor": {"lambda": "arn:f"},
        "functionSchema": {"functions": [{"name": "refund", "requireConfirmation": "DISABLED"}]},
    }  # fmt: skip
    arn = "arn:aws:bedrock:eu-west-1:123456789012:agent/A1"
    found = observe(kind, {read: {"agentActionGroup": detail}}, f"{arn}/action-group/G1")
    assert (found.name, found.state, found.executor) == ("orders", "ENABLED", "LAMBDA")
    assert (found.agent, found.function) == (Ref("aws.bedrock.agent", arn), Ref("aws.compute.unit", "arn:f"))
    assert told(found) == [("refund", "money", "DISABLED")]
    denied = observe(kind, {read: DENIED}, f"{arn}/action-group/G1")
    assert [shown(v) for v in (denied.state, denied.executor, denied.functions)] == ["unknown"] * 3


@pytest.mark.parametrize(
    ("effect", "consequential"),
    [("write", True), ("money", True), ("read", False), (None, "unknown"), (HIDDEN, "unknown")],
)
def test_actions_of_consequence(effect: Any, consequential: object) -> None:
    assert shown(Action("a", effect, None).consequential) == consequential


@pytest.mark.parametrize(
    ("name", "text", "effects"),
    [
        ("create_claim", "", ("write", None)),
        ("claimsDelete", "Applies a change", ("delete", "write")),
        ("run", "This function will notify the customer of a delay", (None, "message")),
        ("handler", "Queries open claims and pays nothing", (None, "read")),
        ("x", "Does it", (None, None)),
    ],
)
def test_what_names_and_descriptions_say(name: str, text: str, effects: tuple[object, object]) -> None:
    assert (named_effect(name), described_effect(text)) == effects


# Flows ----------------------------------------------------------------------------------------------------------------

GUARDED = {"guardrail_identifier": "gr1", "guardrail_version": "2"}
PROMPT = {"resource": {"prompt_arn": "arn:aws:bedrock:eu-west-1:123456789012:prompt/P1:3"}}
NODES: list[dict[str, Any]] = [
    {"name": "in", "type": "Input", "configuration": {"input": {}}},
    {
        "name": "ask",
        "type": "Prompt",
        "configuration": {"prompt": {"source_configuration": PROMPT, "guardrail_configuration": GUARDED}},
    },
    {"name": "look", "type": "KnowledgeBase", "configuration": {"knowledge_base": {"knowledge_base_id": "K"}}},
]
SEEN = [
    ("in", "Input", None, None, None),
    ("ask", "Prompt", "gr1", "2", "3"),
    ("look", "KnowledgeBase", None, None, None),
]


def nodes(flow: Any) -> list[tuple[object, ...]]:
    keys = ("name", "type", "guardrail_id", "guardrail_version", "prompt_version")
    return [tuple(shown(getattr(node, key)) for key in keys) for node in flow.nodes]


def wrapped(value: Any) -> Any:
    """Blocks of HCL are lists."""
    return [{k: wrapped(v) if isinstance(v, dict) else v for k, v in value.items()}]


def cameled(value: Any) -> Any:
    if isinstance(value, dict):
        made = {"".join(p.capitalize() for p in key.split("_")): cameled(v) for key, v in value.items()}
        return {key[:1].lower() + key[1:]: v for key, v in made.items()}
    return [cameled(v) for v in value] if isinstance(value, list) else value


def test_a_flow_in_each_form() -> None:
    terraform = {"name": "f", "definition": [{"node": [wrapped(node)[0] for node in NODES]}]}
    assert nodes(declared("aws_bedrockagent_flow", terraform)) == SEEN
    properties = spelled({"name": "f", "definition": {"nodes": NODES}})
    found = declared("AWS::Bedrock::Flow", properties)
    assert (nodes(found), found.status, shown(found.id)) == (SEEN, "Prepared", "unknown")


@pytest.mark.parametrize("spell", [spelled, cameled])
def test_a_definition_that_is_written_as_text(spell: Any) -> None:
    text = json.dumps(spell({"nodes": NODES}))
    assert nodes(declared("AWS::Bedrock::Flow", {"Name": "f", "DefinitionString": text})) == SEEN


@pytest.mark.parametrize(
    "body",
    [{"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}, {"Definition": HIDDEN}, {"DefinitionString": HIDDEN}],
)
def test_a_definition_that_was_not_read(body: dict[str, object]) -> None:
    assert isinstance(declared("AWS::Bedrock::Flow", {"Name": "f", **body}).nodes, Unknown)


def test_nodes_inside_loops_count() -> None:
    inner = {"name": "again", "type": "Loop", "configuration": {"loop": {"definition": {"nodes": NODES[1:]}}}}
    outer = {"name": "loop", "type": "Loop", "configuration": {"loop": {"definition": {"nodes": [inner]}}}}
    loops = [("loop", "Loop", None, None, None), ("again", "Loop", None, None, None)]
    found = declared("AWS::Bedrock::Flow", spelled({"name": "f", "definition": {"nodes": [outer]}}))
    assert nodes(found) == [*loops, *SEEN[1:]]
    answer = {"id": "F1", "status": "Prepared", "definition": cameled({"nodes": [outer]})}
    assert nodes(observe("aws.bedrock.flow", {"bedrock-agent:GetFlow": answer})) == [*loops, *SEEN[1:]]


def test_loops_without_end_are_given_up() -> None:
    node: dict[str, Any] = {"name": "deep", "type": "Prompt"}
    for _ in range(12):
        node = {"name": "loop", "type": "Loop", "configuration": {"loop": {"definition": {"nodes": [node]}}}}
    found = declared("AWS::Bedrock::Flow", spelled({"name": "f", "definition": {"nodes": [node]}}))
    assert isinstance(found.nodes[-1], Unknown)


@pytest.mark.parametrize(
    ("arn", "version"),
    [
        ("arn:aws:bedrock:eu-west-1:123456789012:prompt/P1", "DRAFT"),
        ("arn:aws:bedrock:eu-west-1:123456789012:prompt/P1:7", "7"),
        (ref("t#Prompt"), "DRAFT"),
        (HIDDEN, "unknown"),
        ("greeting", "unknown"),
        (None, None),
    ],
)
def test_the_version_of_a_managed_prompt(arn: object, version: object) -> None:
    config = {"Prompt": {"SourceConfiguration": {"Resource": {"PromptArn": arn}}}}
    node = {"Name": "ask", "Type": "Prompt", "Configuration": config}
    found = declared("AWS::Bedrock::Flow", {"Definition": {"Nodes": [node]}})
    assert shown(found.nodes[0].prompt_version) == version


def test_a_version_of_a_prompt_that_deployment_numbers() -> None:
    config = {"Prompt": {"SourceConfiguration": {"Resource": {"PromptArn": ref("t#V", "Arn")}}}}
    body = {"Definition": {"Nodes": [{"Name": "ask", "Type": "Prompt", "Configuration": config}]}}
    found = declared("AWS::Bedrock::Flow", body, block("AWS::Bedrock::PromptVersion", "t#V", {}))
    assert found.nodes[0].prompt_version.shape == NUMBERED


def test_a_flow_in_the_account() -> None:
    drafts = {"id": "F1", "arn": "arn:f", "name": "f", "status": "NotPrepared", "definition": {"nodes": []}}
    served = {"id": "F1", "status": "Prepared", "definition": cameled({"nodes": NODES})}
    kind, read = "aws.bedrock.flow", "bedrock-agent:GetFlow"
    found = observe(kind, {read: drafts, f"{read}Version": served})
    assert (found.id, found.status, nodes(found)) == ("F1", "Prepared", SEEN)
    assert observe(kind, {read: drafts}).nodes == ()
    assert isinstance(observe(kind, {read: drafts, f"{read}Version": DENIED}).nodes, Unknown)
    assert isinstance(observe(kind, {read: DENIED}).nodes, Unknown)


@pytest.mark.parametrize(
    ("kind", "answers"),
    [("Prompt", True), ("KnowledgeBase", True), ("Agent", False), (None, False), (HIDDEN, "unknown")],
)
def test_nodes_that_answer(kind: Any, answers: object) -> None:
    assert shown(FlowNode("n", kind, None, None, None).answers) == answers

"""AgentCore gateways with their targets and the policy engine that decides about tool calls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference, blocks_in
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    awscc,
    belonging,
    declared,
    each,
    later,
    observed,
    otherwise,
    pascal,
    snake,
)
from prodworks_cli.resources.log_deliveries import declared_delivery, observed_delivery
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Text, Texts, draft


@dataclass(frozen=True)
class ToolPolicy(Item):
    """An element of ``policies``."""

    name: Text
    status: Text
    enforcement_mode: Text


@dataclass(frozen=True)
class Gateway(Kind):
    """An AgentCore gateway with its targets and policy engine.

    ``policy_mode`` and ``policy_engine_status`` of ``None`` mean that no engine is attached. ``targets`` are the names
    of what the gateway offers as tools. ``kms_key`` of ``None`` means a key that AWS owns.
    """

    KIND = "aws.agentcore.gateway"

    id: Text
    authorizer_type: Text
    policy_mode: Text
    policy_engine_status: Text
    policies: tuple[ToolPolicy | Unknown, ...] | Unknown | None
    targets: Texts
    kms_key: Text
    log_delivery: Flag


_ENGINES = (
    "aws_bedrockagentcore_policy_engine",
    "awscc_bedrockagentcore_policy_engine",
    "AWS::BedrockAgentCore::PolicyEngine",
)
_POLICIES = {
    "aws_bedrockagentcore_policy": "policy_engine_id",
    "awscc_bedrockagentcore_policy": "policy_engine_id",
    "AWS::BedrockAgentCore::Policy": "PolicyEngineId",
}
_TARGETS = {
    "aws_bedrockagentcore_gateway_target": "gateway_identifier",
    "AWS::BedrockAgentCore::GatewayTarget": "GatewayIdentifier",
}
# What runs code of its own at deployment: it may set what the resource itself does not.
_SCRIPTS = ("Custom::", "AWS::CloudFormation::CustomResource", "null_resource", "terraform_data")
_UPDATES = "bedrock-agentcore:UpdateGateway"
_ATTACHES = re.compile(r"update[-_]?gateway\b|policy[-_]?engine", re.IGNORECASE)
# A text longer than this is the script itself.
_SCRIPT = 120
_ELSEWHERE = Unknown("the policy engine is defined outside this repository", present=True)
_NO_TARGETS = Unknown("targets may be added outside this repository")


def _gateway(block: Block, declarations: Declarations, spell: Spelling) -> Draft:
    body = block.body
    name = body[spell("name")]
    return declared(
        Gateway,
        block,
        (name,),
        id=later(block, "id"),
        # Required by the service; a construct that leaves it out decides by itself.
        authorizer_type=otherwise(body[spell("authorizer_type")], Unknown("the authorizer is not set here", True)),
        targets=_declared_targets(block, declarations),
        kms_key=body[spell("kms_key_arn")],
        log_delivery=declared_delivery(block, declarations),
        **_declared_policies(block, declarations, body[spell("policy_engine_configuration")], spell),
    )


def _declared_targets(block: Block, declarations: Declarations) -> Drafted:
    return belonging(declarations, block, _TARGETS, _target) or (_NO_TARGETS,)


def _target(block: Block) -> Drafted:
    return otherwise(block.body.first_of("name", "Name"), later(block, "name"))


def _declared_policies(block: Block, declarations: Declarations, config: Node, spell: Spelling) -> dict[str, Drafted]:
    """The engine that the gateway names, with its policies; one that is attached by a script may be there too."""
    if not config.present:
        hidden = _attached_by_script(block, declarations)
        return {"policy_mode": hidden, "policy_engine_status": hidden, "policies": hidden or ()}
    arn = config.at(spell("arn"))
    engine = declarations.named(arn.content.address) if isinstance(arn.content, Reference) else None
    found: dict[str, Drafted] = {"policy_mode": config.at(spell("mode"))}
    if engine is None or engine.type not in _ENGINES:
        return {**found, "policy_engine_status": _ELSEWHERE, "policies": Unknown(_ELSEWHERE.reason)}
    # What a deployment ends with, or fails.
    return {
        **found,
        "policy_engine_status": "ACTIVE",
        "policies": belonging(declarations, engine, _POLICIES, _declared_policy),
    }


def _attached_by_script(gateway: Block, declarations: Declarations) -> Unknown | None:
    """A policy engine that no gateway names, a script that is given the gateway, or the right to update gateways."""
    terraform = "::" not in gateway.type
    for other in declarations.blocks:
        if ("::" not in other.type) is not terraform:
            continue
        if other.type in _ENGINES:
            return Unknown(f"{other.address} may be attached outside of what is declared")
        if other.type.startswith(_SCRIPTS) and _may_attach(other.body, gateway):
            return Unknown(f"{other.address} may attach a policy engine")
        if "iam" in other.type.lower() and any(n.content == _UPDATES for n in other.body.leaves()):
            return Unknown(f"{other.address} lets something update the gateway after it is deployed")
    return None


def _shape(node: Node) -> str:
    """The text, or the known part of one that is not resolved."""
    return (node.content.shape or "") if isinstance(node.content, Unknown) else node.text() or ""


def _may_attach(body: Node, gateway: Block) -> bool:
    """Whether a script is given the gateway, and is not written out here as one that does something else."""
    found = list(body.leaves())
    named = any(gateway.address in blocks_in((node.content,)) for node in found)
    written = [text for node in found if len(text := _shape(node)) > _SCRIPT]
    return named and (not written or any(_ATTACHES.search(text) for text in written))


def _declared_policy(block: Block) -> Draft:
    mode = block.body.first_of("enforcement_mode", "EnforcementMode")
    return draft(
        ToolPolicy,
        block.body,
        name=block.body.first_of("name", "Name"),
        status="ACTIVE",
        enforcement_mode=otherwise(mode, "ACTIVE"),
    )


def _observed(record: Record) -> Draft:
    gateway = record.answer("bedrock-agentcore-control:GetGateway")
    config = gateway["policyEngineConfiguration"]
    targets = record.answer("bedrock-agentcore-control:ListGatewayTargets")["items"]
    return observed(
        Gateway,
        record,
        (gateway["gatewayId"], gateway["gatewayArn"], gateway["name"]),
        id=gateway["gatewayId"],
        authorizer_type=gateway["authorizerType"],
        policy_mode=config["mode"],
        targets=targets.unknown or tuple(target.unknown or target["name"] for target in targets.items()),
        kms_key=gateway["kmsKeyArn"],
        log_delivery=observed_delivery(record, gateway["gatewayArn"]),
        **_observed_policies(record, config),
    )


def _observed_policies(record: Record, config: Node) -> dict[str, Drafted]:
    """The engine's own status and policies; a gateway without an engine has none."""
    if config.unknown or not config.present:
        return {"policy_engine_status": config.unknown, "policies": config.unknown or ()}
    policies = record.answer("bedrock-agentcore-control:ListPolicies")["policies"]
    return {
        "policy_engine_status": record.answer("bedrock-agentcore-control:GetPolicyEngine")["status"],
        "policies": each(policies, _observed_policy),
    }


def _observed_policy(policy: Node) -> Draft:
    """A policy from before there were modes has none, and is active."""
    return draft(
        ToolPolicy,
        policy,
        name=policy["name"],
        status=policy["status"],
        enforcement_mode=otherwise(policy["enforcementMode"], "ACTIVE"),
    )


def _with(spell: Spelling) -> Declared:
    return lambda block, declarations: _gateway(block, declarations, spell)


TERRAFORM: Mapping[str, Declared] = {
    "aws_bedrockagentcore_gateway": _with(snake),
    "awscc_bedrockagentcore_gateway": _with(awscc),
}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::BedrockAgentCore::Gateway": _with(pascal)}
API: Mapping[str, Observed] = {Gateway.KIND: _observed}

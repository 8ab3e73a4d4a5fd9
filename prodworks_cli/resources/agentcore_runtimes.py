"""AgentCore runtimes with their endpoints.

Whether a runtime starts with telemetry, its image or its entry point tells: :data:`IMAGE` and :data:`EXPORTER` are
marks of the repository, as blocks beside the declared ones (see ``sources/agent_images.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Observed,
    Parts,
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
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Link, Number, Text, To, draft

IMAGE = "repo.agent_image"
EXPORTER = "repo.span_exporter"
INSTRUMENT = "opentelemetry-instrument"


@dataclass(frozen=True)
class RuntimeEndpoint(Item):
    """An element of ``endpoints``."""

    name: Text
    live_version: Text


@dataclass(frozen=True)
class Runtime(Kind):
    """An AgentCore runtime with its endpoints. ``idle_timeout`` and ``max_lifetime`` of its sessions are in seconds."""

    KIND = "aws.agentcore.runtime"

    id: Text
    arn: Text
    status: Text
    version: Text
    network_mode: Text
    role: Annotated[Link, To("aws.iam.role")]
    idle_timeout: Number
    max_lifetime: Number
    telemetry_enabled: Flag
    endpoints: tuple[RuntimeEndpoint | Unknown, ...] | Unknown | None


# What the service sets where a runtime says nothing, in seconds.
_IDLE, _LIFETIME = 900, 28_800
_NETWORK = Unknown("the network of the runtime is not set here")
_TYPES = ("aws_bedrockagentcore_agent_runtime", "awscc_bedrockagentcore_runtime", "AWS::BedrockAgentCore::Runtime")


def _runtime(block: Block, declarations: Declarations, spell: Spelling) -> Draft:
    body = block.body
    sessions = body[spell("lifecycle_configuration")]
    return declared(
        Runtime,
        block,
        (body[spell("agent_runtime_name")],),
        id=later(block, "id"),
        arn=later(block, "arn"),
        # What a deployment ends with, or fails.
        status="READY",
        version=later(block, "version"),
        network_mode=otherwise(body.at(spell("network_configuration"), spell("network_mode")), _NETWORK),
        role=body[spell("role_arn")],
        idle_timeout=otherwise(sessions.at(spell("idle_runtime_session_timeout")), _IDLE),
        max_lifetime=otherwise(sessions.at(spell("max_lifetime")), _LIFETIME),
        telemetry_enabled=_telemetry(block, declarations, spell),
        endpoints=belonging(declarations, block, _ENDPOINTS, _endpoint),
    )


_ENDPOINTS = {
    "aws_bedrockagentcore_agent_runtime_endpoint": "agent_runtime_id",
    "awscc_bedrockagentcore_runtime_endpoint": "agent_runtime_id",
    "AWS::BedrockAgentCore::RuntimeEndpoint": "AgentRuntimeId",
}


def _endpoint(block: Block) -> Draft:
    version = block.body.first_of("agent_runtime_version", "AgentRuntimeVersion")
    return draft(
        RuntimeEndpoint,
        block.body,
        name=block.body.first_of("name", "Name"),
        live_version=otherwise(version, later(block, "live version")),
    )


def _telemetry(block: Block, declarations: Declarations, spell: Spelling) -> Drafted:
    """Whether the entry point or the image starts with telemetry, or code sets up an exporter by itself."""
    code = block.body.at(*map(spell, ("agent_runtime_artifact", "code_configuration")))
    started = _by_entry_point(code.at(spell("entry_point"))) if code.present else _by_image(declarations)
    if started is not False or not declarations.of_type(EXPORTER):
        return started
    alone = len(declarations.of_type(*_TYPES)) == 1
    return True if alone else Unknown("code of the repository exports spans, of which runtime is not known")


def _by_entry_point(entry: Node) -> bool | Unknown:
    parts = entry.items()
    if any(INSTRUMENT in (part.text() or "") for part in parts):
        return True
    unread = next((part.unknown for part in parts if part.unknown), None)
    return Unknown(unread.reason) if unread else False


def _by_image(declarations: Declarations) -> bool | Unknown:
    """What all images of agents in the repository have in common: which of them a runtime runs is not followed."""
    images = [image.body["instrumented"] for image in declarations.of_type(IMAGE)]
    if not images:
        return Unknown("the image of the runtime is built outside this repository")
    seen = {image.unknown or image.content is True for image in images}
    if len(seen) > 1:
        return Unknown("some images of agents in this repository start with telemetry, others do not")
    return seen.pop()


def _observed(record: Record) -> Draft:
    runtime = record.answer("bedrock-agentcore-control:GetAgentRuntime")
    sessions = runtime["lifecycleConfiguration"]
    entry = runtime.at("agentRuntimeArtifact", "codeConfiguration", "entryPoint")
    endpoints = record.answer("bedrock-agentcore-control:ListAgentRuntimeEndpoints")["runtimeEndpoints"]
    return observed(
        Runtime,
        record,
        (runtime["agentRuntimeId"], runtime["agentRuntimeArn"], runtime["agentRuntimeName"]),
        id=runtime["agentRuntimeId"],
        arn=runtime["agentRuntimeArn"],
        status=runtime["status"],
        version=runtime["agentRuntimeVersion"],
        network_mode=otherwise(runtime.at("networkConfiguration", "networkMode"), _NETWORK),
        role=runtime["roleArn"],
        idle_timeout=sessions["idleRuntimeSessionTimeout"],
        max_lifetime=sessions["maxLifetime"],
        telemetry_enabled=_shown(entry),
        endpoints=each(endpoints, _observed_endpoint),
    )


def _shown(entry: Node) -> bool | Unknown:
    """An entry point may show it; the account does not tell what an image starts, or what code sets up."""
    started = _by_entry_point(entry)
    return True if started is True else entry.unknown or Unknown("the account does not show what the agent starts")


def _observed_endpoint(endpoint: Node) -> Draft:
    return draft(RuntimeEndpoint, endpoint, name=endpoint["name"], live_version=endpoint["liveVersion"])


def _with(spell: Spelling) -> Parts:
    return lambda block, declarations: (_runtime(block, declarations, spell),)


# The unit of compute that a runtime is has these types already.
PARTS: Mapping[str, Parts] = {
    "aws_bedrockagentcore_agent_runtime": _with(snake),
    "awscc_bedrockagentcore_runtime": _with(awscc),
    "AWS::BedrockAgentCore::Runtime": _with(pascal),
}
API: Mapping[str, Observed] = {Runtime.KIND: _observed}

"""Compute that can call a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Ref, Unknown
from prodworks_cli.node import Block, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    declared,
    has,
    later,
    observed,
    otherwise,
    parsed,
    pascal,
    snake,
)
from prodworks_cli.resources.environment import (
    Setting,
    container_variables,
    environment,
    leaking,
    naming,
    variables_of,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Link, Number, Text, Texts, To

__all__ = ["API", "CLOUDFORMATION", "TERRAFORM", "Setting", "Unit", "environment"]

_LOG_GROUP = "aws.logs.log_group"


@dataclass(frozen=True)
class Unit(Kind):
    """A Lambda function, ECS task definition or AgentCore runtime version that can call a model.

    ``engine`` is ``lambda``, ``ecs`` or ``agentcore``. ``environment_secrets`` are the names of variables that hold a
    credential in clear text, never their values. ``settings`` are those that name a model, a guardrail or the like.
    ``log_group`` of a function without a setting is Lambda's default.
    """

    KIND = "aws.compute.unit"

    engine: Text
    name: Text
    role: Annotated[Link, To("aws.iam.role")]
    timeout_seconds: Number
    reserved_concurrency: Number
    environment_secrets: Texts
    settings: tuple[Setting | Unknown, ...] | Unknown | None
    in_vpc: Flag
    vpc: Text
    log_group: Annotated[Link, To("aws.logs.log_group")]


_LAMBDA_TIMEOUT = 3
_VPC_OF_SUBNETS = Unknown("the VPC of the subnets", present=True)


def _function(block: Block, spell: Spelling) -> Draft:
    body = block.body
    name = body[spell("function_name")]
    subnets = has(body.at(spell("vpc_config"), spell("subnet_ids")))
    return declared(
        Unit,
        block,
        (name,),
        engine="lambda",
        name=name,
        role=otherwise(body["role"] if spell is snake else body["Role"], _implied_role(block)),
        timeout_seconds=otherwise(body[spell("timeout")], _LAMBDA_TIMEOUT),
        reserved_concurrency=body[spell("reserved_concurrent_executions")].map(
            lambda n: None if n in (-1, "-1") else n
        ),
        environment_secrets=leaking(variables_of(block)),
        settings=naming(variables_of(block)),
        in_vpc=subnets,
        vpc=None if subnets is False else _VPC_OF_SUBNETS,
        log_group=_function_logs(body.at(spell("logging_config"), spell("log_group")), name),
    )


def _implied_role(block: Block) -> Drafted:
    """SAM makes a role for a function that names none."""
    return Ref("aws.iam.role", f"{block.address}Role") if block.type == "AWS::Serverless::Function" else None


def _function_logs(group: Node, name: Node) -> Drafted:
    """The group of the logging setting, else Lambda's default group for the function's name."""
    if group.present:
        return group
    text = name.text()
    return (
        Ref(_LOG_GROUP, f"/aws/lambda/{text}") if text else Unknown("the default group of the function", present=True)
    )


def _task(block: Block, spell: Spelling) -> Draft:
    body = block.body
    return declared(
        Unit,
        block,
        (body[spell("family")],),
        engine="ecs",
        name=body[spell("family")],
        role=body[spell("task_role_arn")],
        timeout_seconds=None,
        reserved_concurrency=None,
        environment_secrets=leaking(variables_of(block)),
        settings=naming(variables_of(block)),
        in_vpc=True,
        vpc=Unknown("the VPC of the service", present=True),
        log_group=_container_logs(body[spell("container_definitions")]),
    )


def _container_logs(containers: Node) -> Drafted:
    """The first container's awslogs group. Terraform writes containers in the API's camel case."""
    first = parsed(containers)
    options = first.at("logConfiguration", "options")
    group = options.at("awslogs-group")
    return group if group.present else first.at("LogConfiguration", "Options", "awslogs-group")


def _runtime(block: Block, spell: Spelling) -> Draft:
    body = block.body
    mode = body.at(spell("network_configuration"), spell("network_mode"))
    in_vpc = mode.unknown or mode.text() == "VPC"
    return declared(
        Unit,
        block,
        (body[spell("agent_runtime_name")],),
        engine="agentcore",
        name=body[spell("agent_runtime_name")],
        role=body[spell("role_arn")],
        timeout_seconds=None,
        reserved_concurrency=None,
        environment_secrets=leaking(variables_of(block)),
        settings=naming(variables_of(block)),
        in_vpc=in_vpc,
        vpc=None if in_vpc is False else _VPC_OF_SUBNETS,
        log_group=later(block, "log group"),
    )


def _with(adapter: Callable[[Block, Spelling], Draft], spell: Spelling) -> Declared:
    return lambda block, _: adapter(block, spell)


def _observed(record: Record) -> Draft:
    """The engine whose description the collector read."""
    if record.answers["ecs:DescribeTaskDefinition"].present:
        return _observed_task(record)
    if record.answers["bedrock-agentcore-control:GetAgentRuntime"].present:
        return _observed_runtime(record)
    return _observed_function(record)


def _observed_function(record: Record) -> Draft:
    function = record.answer("lambda:GetFunctionConfiguration")
    subnets = has(function.at("VpcConfig", "SubnetIds"))
    return observed(
        Unit,
        record,
        (function["FunctionName"], function["FunctionArn"]),
        engine="lambda",
        name=function["FunctionName"],
        role=function["Role"],
        timeout_seconds=function["Timeout"],
        reserved_concurrency=record.answer("lambda:GetFunctionConcurrency")["ReservedConcurrentExecutions"],
        environment_secrets=leaking(_function_variables(function["Environment"])),
        settings=naming(_function_variables(function["Environment"])),
        in_vpc=subnets,
        vpc=function.at("VpcConfig", "VpcId"),
        log_group=function.at("LoggingConfig", "LogGroup"),
    )


def _function_variables(settings: Node) -> tuple[tuple[str, Node], ...] | Unknown:
    if settings["Error"].present and not settings.unknown:
        return Unknown("Lambda could not decrypt the variables", present=True)
    return settings.unknown or tuple(settings["Variables"].members())


def _observed_task(record: Record) -> Draft:
    task = record.answer("ecs:DescribeTaskDefinition")["taskDefinition"]
    variables = container_variables(task, "containerDefinitions", "environment", "name", "value")
    return observed(
        Unit,
        record,
        (task["taskDefinitionArn"], task["family"]),
        engine="ecs",
        name=task["family"],
        role=task["taskRoleArn"],
        timeout_seconds=None,
        reserved_concurrency=None,
        environment_secrets=leaking(variables),
        settings=naming(variables),
        in_vpc=True,
        vpc=Unknown("the VPC of the service", present=True),
        log_group=task.at("containerDefinitions", "logConfiguration", "options", "awslogs-group"),
    )


def _observed_runtime(record: Record) -> Draft:
    runtime = record.answer("bedrock-agentcore-control:GetAgentRuntime")
    mode = runtime.at("networkConfiguration", "networkMode")
    in_vpc = mode.unknown or mode.text() == "VPC"
    variables = runtime["environmentVariables"]
    return observed(
        Unit,
        record,
        (runtime["agentRuntimeId"], runtime["agentRuntimeArn"], runtime["agentRuntimeName"]),
        engine="agentcore",
        name=runtime["agentRuntimeName"],
        role=runtime["roleArn"],
        timeout_seconds=None,
        reserved_concurrency=None,
        environment_secrets=leaking(variables.unknown or tuple(variables.members())),
        settings=naming(variables.unknown or tuple(variables.members())),
        in_vpc=in_vpc,
        vpc=None if in_vpc is False else _VPC_OF_SUBNETS,
        log_group=Unknown("the default group of the runtime", present=True),
    )


TERRAFORM: Mapping[str, Declared] = {
    "aws_lambda_function": _with(_function, snake),
    "aws_ecs_task_definition": _with(_task, snake),
    "aws_bedrockagentcore_agent_runtime": _with(_runtime, snake),
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::Lambda::Function": _with(_function, pascal),
    "AWS::Serverless::Function": _with(_function, pascal),
    "AWS::ECS::TaskDefinition": _with(_task, pascal),
    "AWS::BedrockAgentCore::Runtime": _with(_runtime, pascal),
}
API: Mapping[str, Observed] = {Unit.KIND: _observed}

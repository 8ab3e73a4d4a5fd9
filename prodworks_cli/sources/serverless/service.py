"""A ``serverless.yml`` as the CloudFormation template that the framework makes of it.

What it makes: https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from prodworks_cli.model import Gap, Plane
from prodworks_cli.node import Content, Node, node_of
from prodworks_cli.sources.cloudformation.templates import Template
from prodworks_cli.sources.files import File
from prodworks_cli.sources.serverless.variables import Variables
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml

ROLE = "IamRoleLambdaExecution"
_SERVICE = re.compile(rb"^service\s*:", re.MULTILINE)
_TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
_BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
# Defaults of the framework.
_TIMEOUT_SECONDS, _MEMORY_MB = 6, 1024


def template_of(file: File, files: Mapping[str, File]) -> Template | Gap | None:
    """The template of a Serverless Framework file; a gap when it does not parse, ``None`` when it is none."""
    if not file.path.endswith((".yml", ".yaml")) or not _SERVICE.search(file.data) or b"provider" not in file.data:
        return None
    text = file.text
    if text is None:
        return None
    try:
        root = read_yaml(text, file.path)
    except MalformedYaml as error:
        return Gap("aws.*", Plane.DECLARED, file.path, f"service does not parse: {error.reason}", error.line)
    provider = root["provider"]
    if "aws" not in (provider.text(), provider["name"].text()):
        return None
    folder = posixpath.dirname(file.path)

    def beside(path: str) -> Node | None:
        return _yaml(files.get(posixpath.normpath(posixpath.join(folder, path))))

    return Template(file.path, _root(Variables(root, beside).resolve(root)))


def _yaml(file: File | None) -> Node | None:
    text = file.text if file else None
    if file is None or text is None:
        return None
    try:
        return read_yaml(text, file.path)
    except MalformedYaml:
        return None


def _root(service: Node) -> Node:
    resources: dict[str, Node] = {}
    functions = _joined(service["functions"])
    for name, function in functions.items():
        resources.update(_function(name, function, service))
    if any(not f["role"].present for f in functions.values()) and not service["provider"]["role"].present:
        resources[ROLE] = _role(service)
    for name, machine in _joined(service.at("stepFunctions", "stateMachines")).items():
        resources[_logical(name, "StepFunctionsStateMachine")] = _machine(machine)
    for part in service["resources"].items():
        resources.update(part["Resources"].members())
    at = service.location
    return Node({"AWSTemplateFormatVersion": Node("2010-09-09", at), "Resources": Node(resources, at)}, at)


def _joined(node: Node) -> dict[str, Node]:
    """The members of a mapping, or of all mappings of a list, as files may be split."""
    return {key: value for part in node.items() for key, value in part.members()}


def _function(name: str, function: Node, service: Node) -> dict[str, Node]:
    """A Lambda function and its log group."""
    provider, at = service["provider"], function.location
    own = function["name"]
    full = own if own.present else Node(_full_name(name, service), at)
    role = next(
        (r for r in (function["role"], provider["role"]) if r.present), node_of({"Fn::GetAtt": [ROLE, "Arn"]}, at)
    )
    variables = dict(provider["environment"].members()) | dict(function["environment"].members())
    tracing = function.first_of("tracing") if function["tracing"].present else provider["tracing"]["lambda"]
    properties = {
        "FunctionName": full,
        "Handler": function["handler"],
        "Runtime": _either(function, provider, "runtime"),
        "Timeout": _either(function, provider, "timeout", _TIMEOUT_SECONDS),
        "MemorySize": _either(function, provider, "memorySize", _MEMORY_MB),
        "Role": _arn_of(role),
        "Environment": Node({"Variables": Node(variables, at)}, at),
        "TracingConfig": Node({"Mode": tracing.map(lambda on: "Active" if on is True or on == "Active" else on)}, at),
        "VpcConfig": _vpc(_either(function, provider, "vpc")),
        "ReservedConcurrentExecutions": function["reservedConcurrency"],
        "DeadLetterConfig": Node({"TargetArn": function["onError"]}, at)
        if function["onError"].present
        else Node(None, at),
    }
    group = {
        "LogGroupName": Node(f"/aws/lambda/{full.text()}" if full.text() else full.content, at),
        "RetentionInDays": _either(function, provider, "logRetentionInDays"),
        "DataProtectionPolicy": provider["logDataProtectionPolicy"],
    }
    return {
        _logical(name, "LambdaFunction"): _resource("AWS::Lambda::Function", properties, function),
        _logical(name, "LogGroup"): _resource("AWS::Logs::LogGroup", group, function),
    }


def _full_name(name: str, service: Node) -> Content:
    stage = service["provider"]["stage"]
    parts = (service["service"], stage if stage.present else Node("dev", stage.location), Node(name, stage.location))
    unknown = next((p.unknown for p in parts if p.unknown), None)
    return unknown or "-".join(str(p.content) for p in parts)


def _role(service: Node) -> Node:
    """The role that all functions without one share."""
    provider, at = service["provider"], service["provider"].location
    role = provider.at("iam", "role")
    statements = role["statements"] if role["statements"].present else provider["iamRoleStatements"]
    managed = role["managedPolicies"] if role["managedPolicies"].present else provider["iamManagedPolicies"]
    policy = Node({"PolicyDocument": Node({"Statement": statements}, statements.location)}, statements.location)
    properties = {
        "RoleName": role["name"],
        "AssumeRolePolicyDocument": node_of(_TRUST, at),
        "ManagedPolicyArns": Node((*managed.items(), Node(_BASIC, at)), at),
        "Policies": Node((policy,) if statements.present else (), at),
    }
    return _resource("AWS::IAM::Role", properties, provider)


def _machine(machine: Node) -> Node:
    """A state machine of the plug-in serverless-step-functions."""
    traced = machine["tracingConfig"]
    properties = {
        "StateMachineName": machine["name"],
        "Definition": machine["definition"],
        "RoleArn": _arn_of(machine["role"]),
        "TracingConfiguration": Node({"Enabled": traced["enabled"]}, traced.location),
        "LoggingConfiguration": machine["loggingConfig"],
    }
    return _resource("AWS::StepFunctions::StateMachine", properties, machine)


def _resource(kind: str, properties: Mapping[str, Node], at: Node) -> Node:
    written = {key: node for key, node in properties.items() if node.present}
    return Node({"Type": Node(kind, at.location), "Properties": Node(written, at.location)}, at.location)


def _either(function: Node, provider: Node, key: str, default: object = None) -> Node:
    found = function[key] if function[key].present else provider[key]
    return found if found.present else node_of(default, function.location)


def _vpc(vpc: Node) -> Node:
    if not vpc.present:
        return vpc
    renamed = {"SubnetIds": vpc["subnetIds"], "SecurityGroupIds": vpc["securityGroupIds"]}
    return Node(renamed, vpc.location)


def _arn_of(role: Node) -> Node:
    """A role by ARN or function; a bare name is the logical id of a role among the resources."""
    name = role.text()
    if name is None or name.startswith("arn:"):
        return role
    return node_of({"Fn::GetAtt": [name, "Arn"]}, role.location)


def _logical(name: str, suffix: str) -> str:
    """The logical id that the framework makes of a name."""
    plain = name.replace("-", "Dash").replace("_", "Underscore")
    return f"{plain[:1].upper()}{plain[1:]}{suffix}"

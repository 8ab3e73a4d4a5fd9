"""Environment variables that IaC sets: for the join with code that reads them, and the names of those that leak.

What enters an inventory is the name of a variable, and of values only those that name a model or the like.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import parsed
from prodworks_cli.resources.guardrails import version_named
from prodworks_cli.resources.log_setups import FUNCTIONS, least_of
from prodworks_cli.schema import Drafted, Item, Text, draft
from prodworks_cli.sources.calls.model_ids import read_model_id

# Lambda limits all variables of a function to 4 KB; longer text is not searched to its end.
_LONGEST = 8192

Variables = tuple[tuple[str, Node], ...] | Unknown

# In this variable Lambda tells a function the least level that it lets through.
LEVEL = "AWS_LAMBDA_LOG_LEVEL"
# Where each type keeps a mapping of names to values.
_MAPPINGS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "aws_lambda_function": (("environment", "variables"),),
    "AWS::Lambda::Function": (("Environment", "Variables"),),
    "AWS::Serverless::Function": (("Environment", "Variables"),),
    "aws_bedrockagentcore_agent_runtime": (("environment_variables",),),
    "AWS::BedrockAgentCore::Runtime": (("EnvironmentVariables",),),
    "aws_apprunner_service": (
        ("source_configuration", "image_repository", "image_configuration", "runtime_environment_variables"),
        (
            "source_configuration",
            "code_repository",
            "code_configuration",
            "code_configuration_values",
            "runtime_environment_variables",
        ),
    ),
}
# Where each type keeps a list of containers with a list of name and value.
_CONTAINERS: Mapping[str, tuple[str, str, str, str]] = {
    "aws_ecs_task_definition": ("container_definitions", "environment", "name", "value"),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions", "Environment", "Name", "Value"),
}
# Where each type keeps one list of name and value.
_PAIRS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "AWS::AppRunner::Service": (
        ("SourceConfiguration", "ImageRepository", "ImageConfiguration", "RuntimeEnvironmentVariables"),
        (
            "SourceConfiguration",
            "CodeRepository",
            "CodeConfiguration",
            "CodeConfigurationValues",
            "RuntimeEnvironmentVariables",
        ),
    ),
}


def environment(declarations: Declarations) -> Mapping[str, tuple[Node, ...]]:
    """Each variable that Lambda, ECS, App Runner or AgentCore sets, with the nodes of all values it is given.

    The level of log records is one that Lambda sets itself, here where it sets it for each of the functions.
    """
    found: dict[str, tuple[Node, ...]] = {}
    for block in declarations.of_type(*_MAPPINGS, *_CONTAINERS, *_PAIRS):
        variables = variables_of(block)
        for name, value in () if isinstance(variables, Unknown) else variables:
            found[name] = (*found.get(name, ()), version_named(value, declarations))
    levels = [least_of(block) for block in declarations.of_type(*FUNCTIONS)]
    if levels and all(level.present for level in levels):
        found[LEVEL] = tuple(levels)
    return found


def variables_of(block: Block) -> Variables:
    """The variables of one block; unknown when the whole set, or a part of it, is computed."""
    nodes = [block.body.at(*path) for path in _MAPPINGS.get(block.type, ())]
    pairs = [block.body.at(*path) for path in _PAIRS.get(block.type, ())]
    unread = next((n.unknown for n in (*nodes, *pairs) if n.unknown), None)
    if unread:
        return unread
    listed = _pairs(pairs, "Name", "Value")
    if block.type in _CONTAINERS:
        listed = container_variables(block.body, *_CONTAINERS[block.type])
    return listed if isinstance(listed, Unknown) else (*(m for node in nodes for m in node.members()), *listed)


def container_variables(body: Node, containers: str, variables: str, name: str, value: str) -> Variables:
    """The variables of all containers of a task definition; the list may be JSON text."""
    definitions = parsed(body[containers])
    if definitions.unknown:
        return definitions.unknown
    return _pairs([container[variables] for container in definitions.items()], name, value)


def _pairs(lists: Iterable[Node], name: str, value: str) -> Variables:
    entries = [entry for each in lists for entry in each.items()]
    unread = next((entry.unknown for entry in entries if entry.unknown), None)
    return unread or tuple((entry[name].text() or "", entry[value]) for entry in entries)


_SECRET_NAME = regex(
    r"secret|passw(or)?d|(?<![a-z])token(?!s)|api_?key|access_?key|private_?key|credential|bearer", re.I
)
_NAME_OF_A_POINTER = regex(
    r"(_|^)(arn|name|id|path|param(eter)?|prefix|url|uri|ttl|limits?|count|region|header|seconds|length|budget|file|expiry"
    r"|enabled|type|table|bucket|version|provider|algorithm|key_id|alias|field|issuer|endpoint)$",
    re.I,
)
_SECRET_VALUE = regex(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bABSK[A-Za-z0-9+/=]{20,}|\bbedrock-api-key-[A-Za-z0-9+/=]{20,}|\bsk-[A-Za-z0-9_-]{20,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[\w-]{35}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.|://[^/\s:@]+:[^/\s@]+@|\{\{resolve:secretsmanager:"
)
_NOT_A_SECRET = regex(r"^$|^(true|false|none|null|\d{1,6}|<.*>|changeme|placeholder)$|^arn:|^/|^https?://[^@]*$", re.I)
_SECRET_ATTRIBUTES = frozenset({"secret_string", "result", "password", "secret", "value", "master_password", "token"})

# What the CloudFormation reader says of a dynamic reference whose value deployment writes into the variable.
_RESOLVED_AT_DEPLOYMENT = ("dynamic reference to secretsmanager", "dynamic reference to ssm-secure")


def leaking(variables: Variables) -> Drafted:
    """Names of variables whose value is, or by its name must be, a credential in clear text.

    An unresolved value counts as unknown where the variable's name says that it is a credential.
    """
    if isinstance(variables, Unknown):
        return variables
    return tuple(_leaks(variables))


def _leaks(variables: Iterable[tuple[str, Node]]) -> Iterator[Node]:
    for name, value in variables:
        named = bool(_SECRET_NAME.search(name)) and not _NAME_OF_A_POINTER.search(name)
        if isinstance(value.content, Reference):
            if value.content.attribute in _SECRET_ATTRIBUTES:
                yield Node(name, value.location)
        elif value.unknown and value.unknown.reason in _RESOLVED_AT_DEPLOYMENT:
            yield Node(name, value.location)
        elif value.unknown and named:
            yield Node(Unknown(f"the value of {name} is not resolved", present=True), value.location)
        elif _is_secret((value.text() or "")[:_LONGEST], named):
            yield Node(name, value.location)


def _is_secret(text: str, named: bool) -> bool:
    return text == MASKED_SECRET or bool(_SECRET_VALUE.search(text)) or (named and not _NOT_A_SECRET.search(text))


# Variables by which a program is told its model, guardrail, prompt, knowledge base or agent, and what such a value is.
_TOLD = regex(
    r"(?:^|_)(?:(?:model|guardrail|knowledge_?base|kb|inference_profile)(?:_(?:id|arn|name|version|identifier))*"
    r"|(?:prompt|agent|flow)(?:_(?:id|arn|name|version|identifier|alias|alias_id))+)$",
    re.I,
)
_ID = regex(r"[A-Za-z0-9][\w.:/-]{0,199}")


@dataclass(frozen=True)
class Setting(Item):
    """A variable that names a model, guardrail, prompt, knowledge base or agent."""

    variable: Text
    value: Text


def naming(variables: Variables) -> Drafted:
    """The variables that name something of Bedrock; a value that deployment tells is unknown."""
    if isinstance(variables, Unknown):
        return variables
    return tuple(
        draft(Setting, value, variable=name, value=value)
        for name, value in variables
        if (value.unknown and _TOLD.search(name)) or _names_genai(name, value.text() or "")
    )


def _names_genai(name: str, value: str) -> bool:
    """Whether a value names a model, or is the id that the variable's name promises; a sentence is none."""
    if len(value) > _LONGEST or _SECRET_VALUE.search(value):
        return False
    told = bool(_TOLD.search(name)) and not _SECRET_NAME.search(name)
    return read_model_id(value) is not None or (told and bool(_ID.fullmatch(value)))


# What a collector keeps of a variable's value: nothing, or that it is a credential.
MASKED_SECRET = "*** (a credential)"


def masked_variable(name: str, value: str) -> str:
    """A variable's value as a collector may keep it: judged as the value would be, without it.

    What names a model, a guardrail or the like is no secret, and is compared with what the repository names.
    """
    if _names_genai(name, value):
        return value
    named = bool(_SECRET_NAME.search(name)) and not _NAME_OF_A_POINTER.search(name)
    return MASKED_SECRET if _is_secret(value[:_LONGEST], named) else ""

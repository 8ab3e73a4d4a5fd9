"""What statements and managed policies grant, in three values. A ``Deny`` is not subtracted: it can only narrow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from prodworks_cli.globs import covers
from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.resources.adapter import every, some
from prodworks_cli.resources.iam_policies import NAMED_RESOURCE, Statement

MODEL_ACTIONS = (
    "bedrock:invokemodel",
    "bedrock:invokemodelwithresponsestream",
    "bedrock:invokemodelwithbidirectionalstream",
    "bedrock:converse",
    "bedrock:conversestream",
    "bedrock:invokeagent",
    "bedrock:invokeinlineagent",
    "bedrock-mantle:createinference",
)
_ALL_OF_A_SERVICE = ("bedrock:*", "bedrock-mantle:*")

BEDROCK_FULL_ACCESS = frozenset(
    {
        "AmazonBedrockFullAccess",
        "AmazonBedrockMantleFullAccess",
        "BedrockAgentCoreFullAccess",
        "AmazonSageMakerFullAccess",
    }
)
ADMINISTRATOR = frozenset({"AdministratorAccess", "PowerUserAccess", "IAMFullAccess"})
_INVOKES_MODELS = BEDROCK_FULL_ACCESS | {"AdministratorAccess", "PowerUserAccess", "AmazonBedrockLimitedAccess"}

# Managed policies that grant neither model calls nor administration: by name, and by how those of other services start.
_HARMLESS = frozenset({"AmazonBedrockReadOnly", "ReadOnlyAccess", "ViewOnlyAccess", "SecurityAudit"})
_OF_OTHERS = (
    *("AWSLambda", "AWSXRay", "AWSXray", "CloudWatch", "AmazonS3", "AmazonDynamoDB", "AmazonSSM", "AmazonECS"),
    *("AmazonEKS", "AmazonEC2Container", "AmazonSQS", "AmazonSNS", "AmazonKinesis", "AmazonRDS", "AmazonOpenSearch"),
    *("AmazonAPIGateway", "AWSAppRunner", "AmazonCognito", "SecretsManager", "AmazonElastiCache"),
    *("AmazonElasticFileSystem", "AmazonVPC", "AWSStepFunctions", "AmazonEventBridge", "AWSAppSync"),
    *("AmazonTextract", "AmazonTranscribe", "AmazonPolly", "AmazonRekognition", "ComprehendReadOnly"),
    *("TranslateReadOnly",),
)
_COMPUTE = ("ec2:runinstances", "lambda:createfunction", "ecs:runtask", "ecs:registertaskdefinition")
_MANAGED = re.compile(r":iam::aws:policy/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)$")

Policies = Iterable[str | Unknown]
Statements = Iterable[Statement | Unknown]
Listed = tuple[str | Unknown, ...] | Unknown | None


def managed_name(arn: str | Unknown) -> str | None:
    """The name of an AWS-managed policy in its ARN, whose partition may be unresolved; ``None`` for another ARN."""
    text = arn.shape if isinstance(arn, Unknown) else arn
    match = _MANAGED.search(text or "")
    return match.group(1) if match else None


def among(policies: Policies, names: frozenset[str]) -> bool | Unknown:
    """Whether one of the attached policies is among ``names``."""
    return some(p if isinstance(p, Unknown) else p in names for p in policies)


def _beyond(policies: Policies, granting: frozenset[str], own: frozenset[str]) -> bool | Unknown:
    """Whether an attached policy grants what ``granting`` grant; an AWS-managed one that is not known is unknown."""

    def one(policy: str | Unknown) -> bool | Unknown:
        if isinstance(policy, Unknown):
            return policy
        if policy in granting:
            return True
        harmless = policy in _HARMLESS or policy.startswith(_OF_OTHERS)
        known = harmless or policy in own or policy in BEDROCK_FULL_ACCESS | ADMINISTRATOR
        return False if known else Unknown(f"what the managed policy {policy} grants is not known", present=True)

    return some(one(policy) for policy in policies)


def _elements(values: Listed) -> tuple[str | Unknown, ...]:
    return (values,) if isinstance(values, Unknown) else values or ()


def grants(statement: Statement, actions: Iterable[str]) -> bool | Unknown:
    """Whether the statement allows one of ``actions`` (in lower case) on something."""
    if statement.effect == "Deny":
        return False
    matched = some(matches(pattern, action) for action in actions for pattern in _elements(statement.actions))
    return statement.effect if isinstance(statement.effect, Unknown) and matched is not False else matched


def matches(pattern: str | Unknown, action: str) -> bool | Unknown:
    """Whether an action pattern of a policy covers ``action`` (in lower case)."""
    if isinstance(pattern, str):
        return _covers(pattern, action)
    if pattern.shape is None:
        return pattern
    return pattern if _covers(pattern.shape.replace("${...}", "*"), action) else False


@lru_cache(maxsize=1 << 14)
def _covers(pattern: str, action: str) -> bool:
    """The same few patterns are asked again for every rule, subject and unit."""
    return covers(_glob(pattern), action)


def _glob(pattern: str) -> str:
    """An IAM pattern for ``fnmatch``, which would read brackets as a class."""
    return pattern.lower().replace("[", "[[]")


def on_everything(statement: Statement) -> bool | Unknown:
    """Whether the statement holds for resource ``*``."""
    return some(
        (resource if resource.shape is None else False) if isinstance(resource, Unknown) else resource == "*"
        for resource in _elements(statement.resources)
    )


def invokes_models(statements: Statements, policies: Policies, own: frozenset[str]) -> bool | Unknown:
    """Whether some statement or managed policy allows a model call."""
    stated = some(s if isinstance(s, Unknown) else grants(s, MODEL_ACTIONS) for s in statements)
    return some((stated, _beyond(policies, _INVOKES_MODELS, own)))


def is_scoped(statements: Statements, policies: Policies, own: frozenset[str]) -> bool | Unknown:
    """Whether every grant of model calls names its models; see the parts for what counts as named."""
    broad = _beyond(policies, _INVOKES_MODELS, own)
    managed = broad if isinstance(broad, Unknown) else not broad
    return every((managed, *(s if isinstance(s, Unknown) else _scoped(s) for s in statements)))


def _scoped(statement: Statement) -> bool | Unknown:
    granted = grants(statement, MODEL_ACTIONS)
    if granted is False:
        return True
    wide_action = any(a.lower() in _ALL_OF_A_SERVICE for a in _elements(statement.actions) if isinstance(a, str))
    named = False if wide_action else every(names_model(r) for r in _elements(statement.resources))
    if named is True:
        return True
    if isinstance(granted, Unknown):
        return granted
    limits = [c for c in _elements(statement.conditions) if isinstance(c, Unknown) or "InferenceProfileArn" in c]
    return Unknown("a condition limits the grant", present=True) if limits and named is False else named


_RESOURCE = re.compile(r"(foundation-model|agent-alias)/(.*)$")


def names_model(resource: str | Unknown) -> bool | Unknown:
    """Whether a resource of a grant names a model, an agent or something else than all of them.

    A wildcard Region is right for a cross-Region profile. A wildcard profile is no wildcard model: a call through a
    profile needs the model's ARN too.
    """
    text = resource.shape if isinstance(resource, Unknown) else resource
    if text is None or text == "${...}":
        return resource if isinstance(resource, Unknown) else False
    if text == NAMED_RESOURCE:
        return True
    match = _RESOURCE.search(text)
    if match:
        decided = _one_line(match.group(2)) if match.group(1) == "foundation-model" else match.group(2) != "*"
        hidden = isinstance(resource, Unknown) and "${...}" in match.group(2)
        return resource if hidden and decided and isinstance(resource, Unknown) else decided
    parts = text.split(":", 5)
    if len(parts) < 6:
        wild = "*" in text
        return False if wild and "${...}" not in text else (resource if isinstance(resource, Unknown) else not wild)
    return not (parts[2] in ("bedrock", "*") and parts[5].startswith("*"))


_FAMILIES = frozenset(
    (
        "claude",
        "nova",
        "titan",
        "llama",
        "llama2",
        "llama3",
        "llama4",
        "mistral",
        "command",
        "jamba",
        "stable",
        "qwen3",
        "gpt",
    )
)
_WORD = re.compile(r"[a-z]")


def _one_line(name: str) -> bool:
    """Whether a model name is one model line with its versions: ``anthropic.claude-sonnet-*``, not ``claude-*``."""
    known, star, _ = name.lower().lstrip("*.").partition("*")
    if not star and not name.startswith("*"):
        return True
    words = [w for w in known.partition(".")[2].split("-") if _WORD.search(w)] if "." in known else known.split("-")
    return any(w and w not in _FAMILIES and _WORD.search(w) for w in words)


def models(statements: Statements, policies: Policies) -> tuple[str | Unknown, ...]:
    """The names of foundation models, with wildcards, that statements grant; ``*`` for all, unknown for the unread."""
    found: list[str | Unknown] = ["*"] if among(policies, _INVOKES_MODELS) is True else []
    for statement in statements:
        if isinstance(statement, Unknown):
            found.append(statement)
        elif grants(statement, MODEL_ACTIONS) is not False:
            found += [m for r in _elements(statement.resources) if (m := _model(r)) is not None]
    return tuple(dict.fromkeys(found))


def _model(resource: str | Unknown) -> str | Unknown | None:
    text = resource.shape if isinstance(resource, Unknown) else resource
    if text is None or text == "${...}":
        return resource
    match = re.search(r"foundation-model/(.*)$", text)
    if match:
        return resource if "${...}" in match.group(1) else match.group(1)
    return "*" if names_model(resource) is False else None


def is_administrator(statements: Statements, policies: Policies, own: frozenset[str]) -> bool | Unknown:
    """Administrator policies, every action on everything, or a way to get there (see the escalations below)."""
    readable = tuple(statements)
    known = [s for s in readable if isinstance(s, Statement)]
    unread = [s for s in readable if isinstance(s, Unknown)]
    escalations = (
        _wide(known, ("*:*", "iam:*")),
        _wide_action(known, "sts:assumerole"),
        every((_wide_action(known, "iam:passrole"), some(grants(s, _COMPUTE) for s in known))),
    )
    return some((_beyond(policies, ADMINISTRATOR, own), *escalations, *unread))


def _wide_action(statements: Iterable[Statement], action: str) -> bool | Unknown:
    return some(every((grants(s, (action,)), on_everything(s))) for s in statements)


def _wide(statements: Iterable[Statement], patterns: tuple[str, ...]) -> bool | Unknown:
    """Whether all actions (of AWS or of IAM) are allowed on everything."""

    def all_of(pattern: str | Unknown) -> bool | Unknown:
        if isinstance(pattern, Unknown):
            return pattern if pattern.shape is None else False
        return pattern.lower() in (*patterns, "*")

    allowed = (s for s in statements if s.effect != "Deny")
    return some(every((_there(s), some(all_of(a) for a in _elements(s.actions)), on_everything(s))) for s in allowed)


def _there(statement: Statement) -> bool | Unknown:
    """Whether the statement allows anything: one that is added on a condition may not be there."""
    return statement.effect if isinstance(statement.effect, Unknown) else True


# What services of telemetry hold is no more than what the workload writes there itself.
_TELEMETRY = ("logs:", "xray:", "cloudwatch:", "ec2messages:", "ssmmessages:")
_FULL = regex(r"FullAccess(?:_?[vV]2)?$")
_FULL_TELEMETRY = regex(r"^(?:CloudWatch|AWSXray|AWSXRay)")


def whole_services(statements: Statements, policies: Policies, own: frozenset[str]) -> bool | Unknown:
    """Whether a statement allows all of a service on everything, or a managed policy for full access is attached."""
    stated = some(s if isinstance(s, Unknown) else _whole_service(s) for s in statements)
    return some((stated, *(p if isinstance(p, Unknown) else _gives_all(p, own) for p in policies)))


def _gives_all(policy: str, own: frozenset[str]) -> bool:
    """The statements of policies of one's own are read; their names say nothing."""
    full = policy in ADMINISTRATOR or (_FULL.search(policy) is not None and not _FULL_TELEMETRY.match(policy))
    return full and policy not in own


def _whole_service(statement: Statement) -> bool | Unknown:
    if statement.effect == "Deny":
        return False
    return every(
        (_there(statement), some(_all_of_one(a) for a in _elements(statement.actions)), on_everything(statement))
    )


def _all_of_one(action: str | Unknown) -> bool | Unknown:
    """``dynamodb:*``, or all of all services; what is not resolved may be it."""
    if isinstance(action, Unknown):
        return action if action.shape is None else False
    service, _, operation = action.lower().partition(":")
    return action == "*" or (operation == "*" and not f"{service}:".startswith(_TELEMETRY))

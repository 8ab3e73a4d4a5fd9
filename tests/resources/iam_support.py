"""Statements and roles for the tests of IAM."""

from __future__ import annotations

from prodworks_cli.model import Unknown
from prodworks_cli.resources.iam import Role
from tests.resources.support import block, declare

SONNET = "arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-*"


def shaped(shape: str) -> Unknown:
    return Unknown("var", present=True, shape=shape)


def allow(action: object, resource: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def role(*statements: object, managed: tuple[str | Unknown, ...] = (), services: tuple[str, ...] = ()) -> Role:
    body = {
        "Policies": [{"PolicyDocument": {"Statement": list(statements)}}],
        "ManagedPolicyArns": [m if isinstance(m, Unknown) else f"arn:aws:iam::aws:policy/{m}" for m in managed],
        "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"Service": list(services)}}]},
    }
    made: Role = declare(block("AWS::IAM::Role", "t.yaml#R", body))
    return made


def seen(value: object) -> object:
    return None if isinstance(value, Unknown) else value

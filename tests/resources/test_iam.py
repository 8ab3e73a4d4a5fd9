from __future__ import annotations

import json
from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations
from prodworks_cli.resources.iam_policies import Statement
from prodworks_cli.resources.iam_sam import implied_roles
from tests.resources.iam_support import SONNET, allow, seen
from tests.resources.support import DENIED, block, declare, observe, ref


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"Service": "lambda.amazonaws.com"}, True),
        ({"Service": ["codebuild.amazonaws.com", "ecs-tasks.amazonaws.com"]}, True),
        ({"Service": "bedrock-agentcore.amazonaws.com"}, True),
        ({"Federated": "arn:aws:iam::1:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}, True),
        ({"Federated": "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"}, False),
        ({"Service": "cloudformation.amazonaws.com"}, False),
        ({"Service": ["codebuild.amazonaws.com", "codepipeline.amazonaws.com"]}, False),
        ({"AWS": "arn:aws:iam::1:root"}, None),
        ({"Service": Unknown("var.service")}, None),
        ("*", None),
        ({}, None),
    ],
)
def test_used_at_run_time(principal: object, expected: bool | None) -> None:
    trust = {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}
    made = terraform(assume_role_policy=trust)
    assert seen(made.used_at_run_time) is expected


def terraform(*others: Block, **body: object) -> Any:
    return declare(block("aws_iam_role", "infra/aws_iam_role.r", {"name": "r", **body}), *others)


def test_terraform_policies_of_all_kinds() -> None:
    document = {"Statement": [allow("s3:GetObject", "arn:aws:s3:::b/*")]}
    me = ref("infra/aws_iam_role.r", "name")
    made = terraform(
        block("aws_iam_role_policy", "infra/p1", {"role": me, "policy": json.dumps(document)}),
        block("aws_iam_role_policy", "infra/other", {"role": ref("infra/aws_iam_role.x"), "policy": "{}"}),
        block("aws_iam_policy", "infra/aws_iam_policy.own", {"name": "own", "policy": {"Statement": allow("sqs:*")}}),
        block(
            "aws_iam_role_policy_attachment", "infra/a1", {"role": "r", "policy_arn": ref("infra/aws_iam_policy.own")}
        ),
        block(
            "aws_iam_policy_attachment",
            "infra/a2",
            {"roles": [me], "policy_arn": "arn:aws:iam::aws:policy/IAMFullAccess"},
        ),
        block("aws_lambda_function", "infra/f", {"role": ref("infra/aws_iam_role.r")}),
        inline_policy=[{"name": "i", "policy": {"Statement": [allow("bedrock:InvokeModel", SONNET)]}}],
    )
    actions = [s.actions for s in made.statements]
    assert actions == [("bedrock:InvokeModel",), ("s3:GetObject",), ("sqs:*",)]
    assert made.managed_policies == ("own", "IAMFullAccess")
    assert made.used_by == ("infra/f",)
    assert (made.is_admin, made.model_access_scoped) == (True, True)


def test_a_declared_policy_with_any_name_is_no_unknown() -> None:
    made = terraform(
        block("aws_iam_policy", "infra/aws_iam_policy.own", {"policy": {"Statement": allow("sqs:*")}}),
        block(
            "aws_iam_role_policy_attachment", "infra/a", {"role": "r", "policy_arn": ref("infra/aws_iam_policy.own")}
        ),
    )
    assert (made.can_invoke_models, made.is_admin, made.managed_policies) == (
        False,
        False,
        ("infra/aws_iam_policy.own",),
    )


def test_policy_documents_follow_their_sources() -> None:
    base, top = "infra/data.aws_iam_policy_document.base", "infra/data.aws_iam_policy_document.top"
    statement = {
        "actions": ["bedrock:InvokeModel"],
        "resources": ["*"],
        "condition": [{"test": "StringEquals", "variable": "aws:SourceVpce", "values": ["v"]}],
    }
    made = terraform(
        block("aws_iam_role_policy", "infra/p", {"role": "r", "policy": ref(top, "json")}),
        block("data.aws_iam_policy_document", top, {"source_policy_documents": [ref(base, "json")]}),
        block("data.aws_iam_policy_document", base, {"statement": [statement]}),
    )
    assert made.statements == (Statement("Allow", ("bedrock:InvokeModel",), ("*",), ("StringEquals aws:SourceVpce",)),)
    assert made.model_access_scoped is False


def test_documents_that_include_themselves_end_as_unknown() -> None:
    loop = "infra/data.aws_iam_policy_document.loop"
    made = terraform(
        block("aws_iam_role_policy", "infra/p", {"role": "r", "policy": ref(loop, "json")}),
        block("data.aws_iam_policy_document", loop, {"source_policy_documents": [ref(loop, "json")]}),
    )
    assert [type(s) for s in made.statements] == [Unknown]


def test_trust_from_a_policy_document() -> None:
    trust = "infra/data.aws_iam_policy_document.trust"
    principals = [
        {"type": "Service", "identifiers": ["lambda.amazonaws.com"]},
        {"type": "Service", "identifiers": ["edgelambda.amazonaws.com"]},
        {"type": "AWS", "identifiers": [Unknown("var.account")]},
    ]
    made = terraform(
        block("data.aws_iam_policy_document", trust, {"statement": [{"principals": principals}]}),
        assume_role_policy=ref(trust, "json"),
    )
    assert made.trusted_services == ("lambda.amazonaws.com", "edgelambda.amazonaws.com")
    assert made.trusted_principals == (Unknown("var.account"),)
    assert (made.used_at_run_time, made.is_agent_role) == (True, False)


@pytest.mark.parametrize("policy", ["{not json", "[" * 100_000, "[]", "3"])
def test_policies_that_do_not_parse_are_unknown(policy: str) -> None:
    made = terraform(block("aws_iam_role_policy", "infra/p", {"role": "r", "policy": policy}))
    assert isinstance(made.statements[0], Unknown)
    assert isinstance(made.can_invoke_models, Unknown)


def test_a_policy_that_may_be_of_this_role_leaves_an_unknown() -> None:
    made = terraform(block("aws_iam_role_policy", "infra/p", {"role": Unknown("each.value"), "policy": "{}"}))
    assert isinstance(made.is_admin, Unknown)
    assert terraform(block("aws_iam_role_policy", "modules/x/p", {"role": Unknown("v")})).is_admin is False


def test_cloudformation_policies() -> None:
    document = {"Statement": [allow("bedrock:InvokeModel")]}
    made = declare(
        block("AWS::IAM::Role", "t.yaml#R", {"ManagedPolicyArns": [ref("t.yaml#M", "Ref")]}),
        block("AWS::IAM::Policy", "t.yaml#P", {"Roles": [ref("t.yaml#R", "Ref")], "PolicyDocument": document}),
        block("AWS::IAM::ManagedPolicy", "t.yaml#M", {"PolicyDocument": {"Statement": [allow("s3:*")]}}),
    )
    assert [s.actions for s in made.statements] == [("s3:*",), ("bedrock:InvokeModel",)]
    assert made.model_access_scoped is False


def test_roles_that_sam_makes() -> None:
    policies = [
        "AmazonBedrockFullAccess",
        {"S3ReadPolicy": {"BucketName": "b"}},
        {"Statement": [allow("bedrock:InvokeModel", SONNET)]},
        Unknown("Fn::If"),
    ]
    own = block("AWS::Serverless::Function", "t.yaml#Own", {"Role": "arn:aws:iam::1:role/x"})
    function = block("AWS::Serverless::Function", "t.yaml#Chat", {"Policies": policies})
    (implied,) = implied_roles(Declarations((own, function)))
    assert implied.address == "t.yaml#ChatRole"
    made = declare(implied, own, function)
    assert made.managed_policies == ("AmazonBedrockFullAccess", Unknown("Fn::If"))
    assert made.statements[0].resources == (SONNET,)
    assert made.trusted_services == ("lambda.amazonaws.com",)
    assert made.used_by == ("t.yaml#Chat",)


ROLE = {"Role": {"RoleName": "r", "Arn": "arn:aws:iam::1:role/r", "AssumeRolePolicyDocument": {
    "Statement": [{"Principal": {"Service": "lambda.amazonaws.com"}}]}}}  # fmt: skip
INLINE = {"PolicyDocument": {"Statement": [allow("bedrock:InvokeModel", SONNET)]}}


def answers(**more: object) -> dict[str, object]:
    return {
        "iam:GetRole": ROLE,
        "iam:ListAttachedRolePolicies": {"AttachedPolicies": []},
        "iam:ListRolePolicies": {"PolicyNames": ["p"]},
        "iam:GetRolePolicy": [INLINE],
        **{f"iam:{name}": value for name, value in more.items()},
    }


def test_observed() -> None:
    made = observe("aws.iam.role", answers())
    assert (made.can_invoke_models, made.model_access_scoped, made.is_admin, made.used_at_run_time) == (
        True,
        True,
        False,
        True,
    )
    own = {"AttachedPolicies": [{"PolicyName": "own", "PolicyArn": "arn:aws:iam::1:policy/own"}]}
    document = {"PolicyVersion": {"Document": json.dumps({"Statement": [allow("*")]})}}
    assert observe("aws.iam.role", answers(ListAttachedRolePolicies=own, GetPolicyVersion=[document])).is_admin is True
    assert isinstance(observe("aws.iam.role", answers(ListAttachedRolePolicies=own)).is_admin, Unknown)


@pytest.mark.parametrize("operation", ["GetRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies"])
def test_a_denied_policy_is_unknown(operation: str) -> None:
    made = observe("aws.iam.role", answers(**{operation: DENIED}))
    assert isinstance(made.is_admin, Unknown)
    assert isinstance(made.model_access_scoped, Unknown)


def test_a_denied_role_is_unknown() -> None:
    made = observe("aws.iam.role", answers(GetRole=DENIED))
    assert isinstance(made.used_at_run_time, Unknown)
    assert isinstance(made.name, Unknown)

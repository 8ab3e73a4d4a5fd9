from __future__ import annotations

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.resources.iam_grants import managed_name, names_model
from prodworks_cli.resources.iam_policies import NAMED_RESOURCE
from tests.resources.iam_support import SONNET, allow, role, seen, shaped
from tests.resources.support import block, declare, ref


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("*", False),
        ("arn:aws:bedrock:*", False),
        ("arn:aws:bedrock:eu-west-1::foundation-model/*", False),
        ("arn:aws:bedrock:*::foundation-model/anthropic.*", False),
        ("arn:aws:bedrock:*::foundation-model/anthropic.claude-*", False),
        ("arn:aws:bedrock:*::foundation-model/anthropic.claude-3-*", False),
        ("arn:aws:bedrock:*::foundation-model/amazon.nova-*", False),
        ("arn:aws:bedrock:*:1:*", False),
        ("arn:aws:bedrock:eu-west-1:1:agent-alias/*", False),
        (SONNET, True),
        ("arn:aws:bedrock:*::foundation-model/anthropic.claude-3-5-sonnet-*", True),
        ("arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0", True),
        ("arn:aws:bedrock:*::foundation-model/amazon.nova-lite*", True),
        ("arn:aws:bedrock:eu-west-1:1:agent-alias/AGENT/*", True),
        ("arn:aws:bedrock:*:1:inference-profile/*", True),
        ("arn:aws:s3:::bucket/*", True),
        (shaped("arn:aws:bedrock:${...}::foundation-model/anthropic.claude-sonnet-4-*"), True),
        (shaped("arn:${...}:bedrock:${...}::foundation-model/*"), False),
        (shaped("arn:aws:bedrock:*::foundation-model/${...}"), None),
        (shaped("${...}"), None),
        (shaped("${...}/*"), None),
        (shaped(NAMED_RESOURCE), True),
        (Unknown("var.arn"), None),
    ],
)
def test_what_names_a_model(resource: str | Unknown, expected: bool | None) -> None:
    assert seen(names_model(resource)) is expected


@pytest.mark.parametrize(
    ("statement", "scoped", "invokes"),
    [
        (allow("bedrock:InvokeModel", SONNET), True, True),
        (allow(["bedrock:InvokeModel", "s3:GetObject"]), False, True),
        (allow("bedrock:Invoke*", [SONNET, "*"]), False, True),
        (allow("bedrock:*", SONNET), False, True),
        (allow("*"), False, True),
        (allow(["bedrock:ListFoundationModels", "bedrock:GetFoundationModel"]), True, False),
        (allow("bedrock:InvokeModel", Unknown("var.model_arn")), None, True),
        (allow("bedrock:InvokeModel", ref("infra/aws_bedrock_inference_profile.x")), True, True),
        (allow(Unknown("var.action"), SONNET), True, None),
        (allow(Unknown("var.action")), None, None),
        (allow(shaped("s3:${...}")), True, False),
        (allow("bedrock:InvokeModel", "*", Condition={"StringLike": {"bedrock:InferenceProfileArn": "x"}}), None, True),
        ({"Effect": "Deny", "Action": "bedrock:*", "Resource": "*"}, True, False),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, None, None),
        ({"Effect": "Allow", "Action": "bedrock:InvokeModel", "NotResource": SONNET}, None, True),
        (Unknown("concat(...)"), None, None),
        ("odd", None, None),
        (allow("bedrock:[a"), True, False),
    ],
)
def test_model_access(statement: object, scoped: bool | None, invokes: bool | None) -> None:
    subject = role(statement)
    assert (seen(subject.model_access_scoped), seen(subject.can_invoke_models)) == (scoped, invokes)


def test_invokable_models() -> None:
    names = (SONNET, "arn:aws:bedrock:*:1:inference-profile/*")
    assert role(allow("bedrock:InvokeModel", names)).invokable_models == ("anthropic.claude-sonnet-4-*",)
    assert role(allow("bedrock:InvokeModel")).invokable_models == ("*",)
    assert role(allow("s3:*")).invokable_models == ()


@pytest.mark.parametrize(
    ("statements", "managed", "expected"),
    [
        ([allow("*")], (), True),
        ([allow("*", "arn:aws:s3:::b")], (), False),
        ([allow("iam:*")], (), True),
        ([allow("sts:AssumeRole")], (), True),
        ([allow("sts:AssumeRole", "arn:aws:iam::1:role/x")], (), False),
        ([allow("iam:PassRole")], (), False),
        ([allow("iam:PassRole"), allow("lambda:*", "arn:aws:lambda:*:1:function:x")], (), True),
        ([allow("bedrock:*")], (), False),
        ([Unknown("var")], (), None),
        ([allow("*", Unknown("var"))], (), None),
        ([Unknown("var"), allow("*")], (), True),
        ([{**allow("*"), "Effect": Unknown("a condition")}], (), None),
        ([{**allow("s3:*"), "Effect": Unknown("a condition")}], (), False),
        ([], ("AdministratorAccess",), True),
        ([], ("job-function/SystemAdministrator",), None),
        ([], ("service-role/AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess"), False),
        ([], ("AmazonBedrockFullAccess",), False),
    ],
)
def test_administrator(statements: list[object], managed: tuple[str, ...], expected: bool | None) -> None:
    assert seen(role(*statements, managed=managed).is_admin) is expected


def test_full_access_and_unread_policies() -> None:
    full = role(managed=("AmazonBedrockFullAccess",))
    assert (full.has_bedrock_full_access, full.can_invoke_models, full.model_access_scoped) == (True, True, False)
    imported = role(allow("s3:*"), managed=(Unknown("Fn::ImportValue x", present=True),))
    assert isinstance(imported.has_bedrock_full_access, Unknown)
    assert isinstance(imported.is_admin, Unknown)
    assert role(managed=("service-role/AWSLambdaBasicExecutionRole",)).managed_policies == (
        "AWSLambdaBasicExecutionRole",
    )
    partition = role(managed=(shaped("arn:${...}:iam::aws:policy/AmazonBedrockFullAccess"),))
    assert partition.has_bedrock_full_access is True


def test_managed_names() -> None:
    assert managed_name("arn:aws-cn:iam::aws:policy/service-role/AWSLambdaRole") == "AWSLambdaRole"
    assert managed_name("arn:aws:iam::123456789012:policy/AdministratorAccess") is None
    assert managed_name(Unknown("x")) is None


@pytest.mark.parametrize(
    ("statement", "whole"),
    [
        (allow("s3:*"), True),
        (allow(["dynamodb:GetItem", "Lambda:*"]), True),
        (allow("*"), True),
        (allow("s3:*", "arn:aws:s3:::bucket/*"), False),
        (allow("s3:*", ["arn:aws:s3:::bucket/*", "*"]), True),
        (allow("s3:Get*"), False),
        (allow(["logs:*", "xray:*", "cloudwatch:*"]), False),
        (allow("s3:*", Unknown("var.bucket")), None),
        (allow("s3:*", shaped("arn:aws:s3:::${...}/*")), False),
        (allow(Unknown("var.action")), None),
        (allow(Unknown("var.action"), "arn:aws:s3:::bucket/*"), False),
        ({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, False),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, None),
    ],
)
def test_what_allows_a_whole_service(statement: dict[str, object], whole: bool | None) -> None:
    assert seen(role(statement).grants_whole_services) is whole


@pytest.mark.parametrize(
    ("managed", "whole"),
    [
        ("AmazonDynamoDBFullAccess", True),
        ("AWSLambda_FullAccess", True),
        ("AmazonDynamoDBFullAccess_v2", True),
        ("AdministratorAccess", True),
        ("CloudWatchLogsFullAccess", False),
        ("AmazonS3ReadOnlyAccess", False),
        (Unknown("var.policy"), None),
    ],
)
def test_managed_policies_for_full_access(managed: str | Unknown, whole: bool | None) -> None:
    assert seen(role(managed=(managed,)).grants_whole_services) is whole


def test_the_name_of_an_own_policy_says_nothing_and_its_statements_do() -> None:
    policy = {"ManagedPolicyName": "TeamFullAccess", "Roles": [ref("t.yaml#R", "Ref")]}
    for statement, whole in ((allow("s3:GetObject"), False), (allow("s3:*"), True)):
        document = {"PolicyDocument": {"Statement": [statement]}}
        own = block("AWS::IAM::ManagedPolicy", "t.yaml#P", {**policy, **document})
        assert declare(block("AWS::IAM::Role", "t.yaml#R", {}), own).grants_whole_services is whole

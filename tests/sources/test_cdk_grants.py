"""What grants, custom resources and identity pools let roles do, against what ``cdk synth`` makes of the same code."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Reference
from tests.sources.test_cdk import stack, value
from tests.sources.test_cdk_constructs import MORE, made

EXTRA = """
import * as deploy from 'aws-cdk-lib/aws-s3-deployment';
import * as pools from 'aws-cdk-lib/aws-cognito-identitypool';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import * as ddb from 'aws-cdk-lib/aws-dynamodb';
"""


def app(body: str, context: str = "{}") -> dict[str, Block]:
    return stack(body, "{ env: { region: 'eu-west-1' } }", context, MORE + EXTRA)


def statements(role: Block) -> list[Any]:
    return [s for policy in role.body["Policies"].items() for s in policy["PolicyDocument"]["Statement"].items()]


def actions(role: Block) -> list[Any]:
    return [a.content for s in statements(role) for a in s["Action"].items()]


@pytest.mark.parametrize(
    ("construct", "grant", "expected"),
    [
        ("new s3.Bucket(this, 'X')", "grantRead", ["s3:GetObject*", "s3:GetBucket*", "s3:List*"]),
        ("s3.Bucket.fromBucketName(this, 'X', 'b')", "grantDelete", ["s3:DeleteObject*"]),
        ("new PythonFunction(this, 'X')", "grantInvoke", ["lambda:InvokeFunction"]),
        (
            "secrets.Secret.fromSecretNameV2(this, 'X', 's')",
            "grantRead",
            ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
        ),
        ("new sns.Topic(this, 'X')", "grantPublish", ["sns:Publish"]),
    ],
)
def test_a_grant_gives_the_actions_that_cdk_gives(construct: str, grant: str, expected: list[str]) -> None:
    found = app(f"const x = {construct}; const fn = new lambda.Function(this, 'F'); x.{grant}(fn);")
    assert actions(found["F/ServiceRole"]) == expected


def test_some_actions_of_a_grant_hold_for_everything() -> None:
    found = app("const t = new ddb.Table(this, 'T'); t.grantStreamRead(new lambda.Function(this, 'F'));")
    own, all_of_them = statements(found["F/ServiceRole"])
    assert own["Resource"].items()[0].content == Reference("bin/app.ts#S/T", "Arn")
    assert (all_of_them["Action"].plain(), all_of_them["Resource"].plain()) == (["dynamodb:ListStreams"], ["*"])


def test_an_unknown_grant_is_one_of_the_service() -> None:
    found = app("const q = new sqs.Queue(this, 'Q'); q.grantWonders(new lambda.Function(this, 'F'));")
    assert actions(found["F/ServiceRole"]) == [Unknown("what grantWonders grants", True, "sqs:${...}")]


def test_what_a_function_is_given_at_the_start() -> None:
    found = app(
        "new lambda.Function(this, 'F', { tracing: lambda.Tracing.ACTIVE, initialPolicy: [new iam.PolicyStatement({ actions: ['bedrock:*'], resources: ['*'] })] });"
        " new lambda.Function(this, 'G', { tracing: lambda.Tracing.DISABLED });"
    )
    assert actions(found["F/ServiceRole"]) == ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "bedrock:*"]
    assert statements(found["G/ServiceRole"]) == []


def test_the_calls_of_custom_resources_are_made_by_one_function() -> None:
    found = app(
        "new cr.AwsCustomResource(this, 'A', { onCreate: { service: 'bedrock-agent', action: 'startIngestionJob' }, policy: cr.AwsCustomResourcePolicy.fromSdkCalls({ resources: cr.AwsCustomResourcePolicy.ANY_RESOURCE }) });"
        " new cdk.custom_resources.AwsCustomResource(this, 'B', { policy: cr.AwsCustomResourcePolicy.fromStatements([new iam.PolicyStatement({ actions: ['bedrock:*'], resources: ['*'] })]) });"
    )
    function = "AWS679f53fac002430cb0da5b7982bd2287"
    assert [n for n, b in found.items() if b.type == "AWS::Lambda::Function"] == [function]
    assert actions(found[f"{function}/ServiceRole"]) == ["bedrock:StartIngestionJob", "bedrock:*"]
    assert value(found[function], "Timeout") == 120


def test_a_policy_of_a_custom_resource_that_is_not_resolved() -> None:
    found = app("new cr.AwsCustomResource(this, 'A', { policy: somewhere() });")
    (statement,) = statements(found["AWS679f53fac002430cb0da5b7982bd2287/ServiceRole"])
    assert statement.unknown == Unknown("a policy that is not resolved", present=True)


def test_one_that_only_a_condition_makes_is_certain_once_another_asks() -> None:
    perhaps = "if (process.env.X) new deploy.BucketDeployment(this, 'A', {});"
    name = "Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C"
    assert app(perhaps)[name].conditional
    both = app(perhaps + " new deploy.BucketDeployment(this, 'B', {});")
    assert not both[name].conditional
    assert not both[f"{name}/ServiceRole"].conditional
    assert f"{name}1024MiB" in app("new deploy.BucketDeployment(this, 'B', { memoryLimit: 1024 });")


def test_the_functions_of_a_provider() -> None:
    found = app(
        "const h = new lambda.Function(this, 'H'); new cr.Provider(this, 'P', { onEventHandler: h, isCompleteHandler: h });"
    )
    assert [n for n in found if n.startswith("P/") and "Role" not in n] == [
        "P/framework-onEvent",
        "P/framework-isComplete",
        "P/framework-onTimeout",
    ]
    assert set(actions(found["P/framework-onEvent/ServiceRole"])) == {"lambda:InvokeFunction"}


def test_the_functions_that_empty_buckets_and_keep_logs() -> None:
    found = app(
        "new s3.Bucket(this, 'B', { autoDeleteObjects: true }); new lambda.Function(this, 'F', { logRetention: 7 });"
    )
    emptying = "Custom::S3AutoDeleteObjectsCustomResourceProvider"
    assert value(found[f"{emptying}/Handler"], "Timeout") == 900
    assert found[f"{emptying}/Role"].type == "AWS::IAM::Role"
    kept = found["LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a/ServiceRole"]
    assert actions(kept) == ["logs:PutRetentionPolicy", "logs:DeleteRetentionPolicy"]
    assert f"{emptying}/Handler" not in app("new s3.Bucket(this, 'B', { autoDeleteObjects: false });")


def test_the_function_that_closes_the_default_group_of_a_vpc() -> None:
    handler = "Custom::VpcRestrictDefaultSGCustomResourceProvider/Handler"
    flag = '{"@aws-cdk/aws-ec2:restrictDefaultSecurityGroup": true}'
    assert handler in app("new ec2.Vpc(this, 'V');", flag)
    assert handler not in app("new ec2.Vpc(this, 'V');")
    assert handler not in app("new ec2.Vpc(this, 'V', { restrictDefaultSecurityGroup: false });", flag)


def test_a_singleton_function_stands_below_the_stack() -> None:
    body = "const f = new lambda.SingletonFunction(this, 'F', { uuid: '1-2', lambdaPurpose: 'Index' }); new s3.Bucket(this, 'B').grantPut(f);"
    found = app(body)
    assert [n for n, b in found.items() if b.type == "AWS::Lambda::Function"] == ["Index12"]
    assert "s3:PutObject" in actions(found["Index12/ServiceRole"])


def test_the_roles_of_an_identity_pool() -> None:
    found = app(
        "const p = new pools.IdentityPool(this, 'P'); p.unauthenticatedRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: ['*'] }));"
    )
    guest = found["P/UnauthenticatedRole"]
    assert actions(guest) == ["bedrock:InvokeModel"]
    assert value(guest, "AssumeRolePolicyDocument", "Statement", "Principal") == {
        "Federated": "cognito-identity.amazonaws.com"
    }
    roles = found["P/DefaultRoleAttachment"].body["Roles"]
    assert roles["unauthenticated"].content == Reference("bin/app.ts#S/P/UnauthenticatedRole", "Arn")
    given = app("const r = new iam.Role(this, 'R'); new pools.IdentityPool(this, 'P', { unauthenticatedRole: r });")
    assert "P/UnauthenticatedRole" not in given
    assert given["P/DefaultRoleAttachment"].body["Roles"]["unauthenticated"].content == Reference(
        "bin/app.ts#S/R", "Arn"
    )


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("new iam.ServicePrincipal('lambda.amazonaws.com')", {"Service": "lambda.amazonaws.com"}),
        ("new iam.FederatedPrincipal('accounts.google.com', {})", {"Federated": "accounts.google.com"}),
        ("new iam.ArnPrincipal('arn:aws:iam::1:role/x')", {"AWS": "arn:aws:iam::1:role/x"}),
        ("new iam.AccountPrincipal('111122223333')", {"AWS": "arn:aws:iam::111122223333:root"}),
        ("new iam.AnyPrincipal()", {"AWS": "*"}),
        ("new iam.ServicePrincipal('a.amazonaws.com').withConditions({})", {"Service": "a.amazonaws.com"}),
        (
            "new iam.CompositePrincipal(new iam.ServicePrincipal('a.amazonaws.com'), new iam.ServicePrincipal('b.amazonaws.com'), new iam.AnyPrincipal())",
            {"Service": ["a.amazonaws.com", "b.amazonaws.com"], "AWS": "*"},
        ),
    ],
)
def test_who_may_assume_a_role(principal: str, expected: dict[str, Any]) -> None:
    role = app(f"new iam.Role(this, 'R', {{ assumedBy: {principal} }});")["R"]
    assert value(role, "AssumeRolePolicyDocument", "Statement", "Principal") == expected


def test_a_principal_that_is_not_known() -> None:
    role = app("new iam.Role(this, 'R', { assumedBy: new iam.CompositePrincipal(new iam.AnyPrincipal(), other()) });")[
        "R"
    ]
    statement = role.body.at("AssumeRolePolicyDocument", "Statement").items()[0]
    lost = Unknown("principal other", present=True)
    assert statement.at("Principal", "Service").unknown == lost
    assert [p.content for p in statement.at("Principal", "AWS").items()] == ["*", lost]


def test_what_a_state_machine_may_do_and_how_long_it_runs() -> None:
    found = made(
        "new sfn.StateMachine(this, 'M', { timeout: cdk.Duration.hours(2), tracingEnabled: true, definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(this, 'P')) });".replace(
            "sfn.", "cdk.aws_stepfunctions."
        )
    )
    assert found["M"].body.at("Definition", "TimeoutSeconds").content == 7200
    assert actions(found["M/Role"])[:1] == ["xray:PutTraceSegments"]


def test_the_region_of_a_stack_is_known_where_code_says_it() -> None:
    found = app(
        "new s3.Bucket(this, `${cdk.Stack.of(this).region}-b`); new s3.Bucket(this, `${this.region}-c`); new s3.Bucket(this, `${this.account}-d`);"
    )
    assert {"eu-west-1-b", "eu-west-1-c"} <= set(found)
    assert "eu-west-1-d" not in found

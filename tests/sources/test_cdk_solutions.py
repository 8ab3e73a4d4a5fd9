"""What AWS Solutions Constructs and deploy-time-build make, as ``cdk synth`` shows it."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Reference
from tests.sources.test_cdk import read, stack, value
from tests.sources.test_cdk_grants import actions

IMPORTS = """
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CloudFrontToS3 } from '@aws-solutions-constructs/aws-cloudfront-s3';
import { ApiGatewayToLambda } from '@aws-solutions-constructs/aws-apigateway-lambda';
import { LambdaToDynamoDB } from '@aws-solutions-constructs/aws-lambda-dynamodb';
import { WafwebaclToApiGateway } from '@aws-solutions-constructs/aws-wafwebacl-apigateway';
import { WafwebaclToAlb } from '@aws-solutions-constructs/aws-wafwebacl-alb';
import { WafwebaclToCloudFront } from '@aws-solutions-constructs/aws-wafwebacl-cloudfront';
import { NodejsBuild } from 'deploy-time-build';
import * as amplify from '@aws-cdk/aws-amplify-alpha';
"""


def app(body: str, props: str = "{}") -> dict[str, Block]:
    return stack(body, props, "{}", IMPORTS)


def buckets(found: dict[str, Block]) -> list[str]:
    return sorted(name for name, block in found.items() if block.type == "AWS::S3::Bucket")


def test_a_website() -> None:
    found = app(
        "const web = new CloudFrontToS3(this, 'Web', { bucketProps: { versioned: false }, cloudFrontDistributionProps: { webAclId: 'arn' } });"
        " web.s3Bucket.grantRead(new lambda.Function(this, 'F'));"
    )
    assert buckets(found) == [
        "Web/CloudfrontLoggingBucket",
        "Web/CloudfrontLoggingBucketAccessLog",
        "Web/S3Bucket",
        "Web/S3LoggingBucket",
    ]
    own = found["Web/S3Bucket"]
    assert set(value(own, "PublicAccessBlockConfiguration").values()) == {True}
    assert value(own, "VersioningConfiguration", "Status") == "Suspended"
    assert value(found["Web/S3LoggingBucket"], "VersioningConfiguration", "Status") == "Enabled"
    logs = own.body["LoggingConfiguration"]["DestinationBucketName"]
    assert logs.content == Reference("bin/app.ts#S/Web/S3LoggingBucket", "Ref")
    assert value(found["Web/CloudFrontDistribution"], "DistributionConfig", "WebACLId") == "arn"
    assert actions(found["F/ServiceRole"]) == ["s3:GetObject*", "s3:GetBucket*", "s3:List*"]


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("existingBucketObj: new s3.Bucket(this, 'Own')", ["Own", "Web/CloudfrontLoggingBucket", "Web/CloudfrontLoggingBucketAccessLog"]),
        ("logS3AccessLogs: false, logCloudFrontAccessLog: false", ["Web/CloudfrontLoggingBucket", "Web/S3Bucket"]),
        ("logS3AccessLogs: false, cloudFrontDistributionProps: { enableLogging: false }", ["Web/S3Bucket"]),
    ],
)  # fmt: skip
def test_buckets_that_a_website_is_given_or_does_without(given: str, made: list[str]) -> None:
    assert buckets(app(f"new CloudFrontToS3(this, 'Web', {{ {given} }});")) == made


def test_what_a_pattern_is_given_without_being_known_may_replace_its_defaults() -> None:
    found = app("new CloudFrontToS3(this, 'Web', { bucketProps: other(), loggingBucketProps: { ...other() } });")
    for name in ("Web/S3Bucket", "Web/S3LoggingBucket"):
        assert isinstance(value(found[name], "PublicAccessBlockConfiguration"), Unknown)


def test_an_api_before_a_function() -> None:
    found = app(
        "const p = new ApiGatewayToLambda(this, 'P', { lambdaFunctionProps: { handler: 'a.b', vpc: this.vpc } });"
        " new s3.Bucket(this, 'B').grantRead(p.lambdaFunction);"
    )
    methods = [b for b in found.values() if b.type == "AWS::ApiGateway::Method"]
    assert [value(m, "AuthorizationType") for m in methods] == ["AWS_IAM", "AWS_IAM"]
    assert found["P/LambdaFunction"].body["Role"].content == Reference(
        "bin/app.ts#S/P/LambdaFunctionServiceRole", "Arn"
    )
    assert value(found["P/LambdaFunction"], "TracingConfig", "Mode") == "Active"
    allowed = actions(found["P/LambdaFunctionServiceRole"])
    assert {"logs:PutLogEvents", "ec2:CreateNetworkInterface", "s3:GetObject*"} <= set(allowed)
    logged = found["P/LambdaRestApi/DeploymentStage.prod"].body["AccessLogSetting"]["DestinationArn"]
    assert logged.content == Reference("bin/app.ts#S/P/ApiAccessLogGroup", "Arn")
    assert not found["P/ApiAccessLogGroup"].body["RetentionInDays"].present
    assert "P/LambdaRestApi/CloudWatchRole" not in found
    assert found["P/LambdaRestApiCloudWatchRole"].type == "AWS::IAM::Role"


def test_an_api_that_is_open_and_its_own_function() -> None:
    found = app(
        "const fn = new lambda.Function(this, 'F'); new ApiGatewayToLambda(this, 'P', { existingLambdaObj: fn, logGroupProps: { retention: 30 },"
        " apiGatewayProps: { defaultMethodOptions: { authorizationType: apigateway.AuthorizationType.NONE }, deployOptions: { stageName: 'v1' } } });"
    )
    assert "P/LambdaFunction" not in found
    methods = [b for b in found.values() if b.type == "AWS::ApiGateway::Method"]
    assert {value(m, "AuthorizationType") for m in methods} == {"NONE"}
    assert found["P/LambdaRestApi/DeploymentStage.v1"].body["AccessLogSetting"]["DestinationArn"].present
    assert value(found["P/ApiAccessLogGroup"], "RetentionInDays") == 30


def test_a_function_with_a_table() -> None:
    found = app(
        "new LambdaToDynamoDB(this, 'P', { lambdaFunctionProps: {}, dynamoTableProps: { pointInTimeRecovery: false } });"
    )
    table, function = found["P/DynamoTable"], found["P/LambdaFunction"]
    assert (
        value(table, "BillingMode"),
        value(table, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"),
    ) == ("PAY_PER_REQUEST", False)
    named = function.body["Environment"]["Variables"]["DDB_TABLE_NAME"]
    assert named.content == Reference("bin/app.ts#S/P/DynamoTable", "Ref")
    assert "dynamodb:PutItem" in actions(found["P/LambdaFunctionServiceRole"])
    reading = app(
        "const t = new dynamo.Table(this, 'T'); const fn = new lambda.Function(this, 'F');"
        " new LambdaToDynamoDB(this, 'P', { existingLambdaObj: fn, existingTableObj: t, tablePermissions: 'Read', tableEnvironmentVariableName: 'T' });".replace(
            "dynamo.", "cdk.aws_dynamodb."
        )
    )
    assert "P/DynamoTable" not in reading
    assert "dynamodb:PutItem" not in actions(reading["F/ServiceRole"])
    assert reading["F"].body["Environment"]["Variables"]["T"].present


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("const api = new apigateway.RestApi(this, 'A'); new WafwebaclToApiGateway(this, 'W', { existingApiGatewayInterface: api });", "A/DeploymentStage.prod"),
        ("const lb = new elb.ApplicationLoadBalancer(this, 'A', {}); new WafwebaclToAlb(this, 'W', { existingLoadBalancerObj: lb });", "A"),
    ],
)  # fmt: skip
def test_a_web_acl_before_an_entry(body: str, target: str) -> None:
    found = app(body)
    acl = found["W/W-WebACL"]
    assert value(acl, "Scope") == "REGIONAL"
    assert len(value(acl, "Rules")) == 7
    association: Any = found["W/W-WebACLAssociation"].body
    assert association["WebACLArn"].content == Reference("bin/app.ts#S/W/W-WebACL", "Arn")
    assert association["ResourceArn"].content.address == f"bin/app.ts#S/{target}"


def test_a_web_acl_before_a_distribution() -> None:
    found = app(
        "const web = new CloudFrontToS3(this, 'Web', {});"
        " new WafwebaclToCloudFront(this, 'W', { existingCloudFrontWebDistribution: web.cloudFrontWebDistribution, webaclProps: { rules: [] } });"
    )
    named = found["Web/CloudFrontDistribution"].body["DistributionConfig"]["WebACLId"]
    assert named.content == Reference("bin/app.ts#S/W/W-WebACL", "Arn")
    assert (value(found["W/W-WebACL"], "Scope"), value(found["W/W-WebACL"], "Rules")) == ("CLOUDFRONT", [])
    assert "W/W-WebACLAssociation" not in found


def test_a_build_while_deploying() -> None:
    found = app("new NodejsBuild(this, 'Build', { assets: [], destinationBucket: new s3.Bucket(this, 'B') });")
    role = found["Build/Project/Role"]
    assert value(role, "AssumeRolePolicyDocument", "Statement")[0]["Principal"] == {
        "Service": "codebuild.amazonaws.com"
    }
    assert "s3:PutObject" in actions(role)
    starts = "NodejsBuildCustomResourceHandler25648b212c404f09aa65b6bbb0c44659"
    assert found[starts].type == "AWS::Lambda::Function"
    assert actions(found[f"{starts}/ServiceRole"]) == ["codebuild:StartBuild"]


def test_no_gap_for_what_is_known_and_one_for_the_rest() -> None:
    source = """
from aws_cdk import App, Stack
from aws_solutions_constructs.aws_cloudfront_s3 import CloudFrontToS3
from aws_solutions_constructs.aws_lambda_sqs import LambdaToSqs
app = App()
stack = Stack(app, "S")
web = CloudFrontToS3(stack, "Web", bucket_props={})
LambdaToSqs(stack, "Q")
"""
    blocks, gaps = read({"app.py": source})
    assert "S/Web/S3Bucket" in blocks
    assert [g.reason for g in gaps] == [
        "what constructs of aws_solutions_constructs.aws_lambda_sqs declare is not known (LambdaToSqs)"
    ]
    known = """
import * as cdk from 'aws-cdk-lib';
import * as amplify from '@aws-cdk/aws-amplify-alpha';
const s = new cdk.Stack(new cdk.App(), 'S');
const site = new amplify.App(s, 'A', {});
site.addBranch('main');
"""
    blocks, gaps = read({"bin/app.ts": known})
    assert (list(blocks), gaps) == (["S/A/Role"], ())


def test_checks_of_java_change_nothing() -> None:
    source = """
import software.amazon.awscdk.*;
import io.github.cdklabs.cdknag.AwsSolutionsChecks;
public class Main {
  public static void main(final String[] args) {
    App app = new App();
    Aspects.of(app).add(new AwsSolutionsChecks());
  }
}
"""
    assert read({"src/Main.java": source})[1] == ()

"""What buckets, dashboards, networks, tasks, queues and pools bring, against ``cdk synth`` with aws-cdk-lib 2.276."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources.files import tree_of
from tests.sources.test_cdk import HEAD, stack, value
from tests.sources.test_cdk_constructs import MORE
from tests.sources.test_cdk_grants import actions

EXTRA = """
import * as trails from 'aws-cdk-lib/aws-cloudtrail';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as s3n from 'aws-cdk-lib/aws-s3-notifications';
import * as bedrockL1 from 'aws-cdk-lib/aws-bedrock';
"""


def app(body: str, props: str = "{}") -> dict[str, Block]:
    return stack(body, props, "{}", MORE + EXTRA)


def found(body: str, kind: str) -> list[Any]:
    head = HEAD + MORE + EXTRA
    source = f"{head}class S extends cdk.Stack {{ constructor(s: any, id: string) {{ super(s, id); {body} }} }}\nnew S(new cdk.App(), 'S');"
    return [r.value for r in collect_repository(tree_of({"bin/app.ts": source}), {}).resources if r.kind == kind]


@pytest.mark.parametrize(
    ("options", "then", "public"),
    [
        ("{}", "", False),
        ("{ publicReadAccess: true }", "", True),
        ("{}", "b.grantPublicAccess();", True),
        (
            "{}",
            "b.addToResourcePolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'], principals: [new iam.AnyPrincipal()] }));",
            True,
        ),
        (
            "{}",
            "b.addToResourcePolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'], principals: [new iam.ServicePrincipal('a.amazonaws.com')] }));",
            False,
        ),
        (
            "{}",
            "b.addToResourcePolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['s3:*'], resources: ['*'], principals: [new iam.AnyPrincipal()] }));",
            False,
        ),
        ("{ publicReadAccess: true, blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL }", "", False),
    ],
)
def test_who_may_read_a_bucket(options: str, then: str, public: bool) -> None:
    (bucket,) = found(f"const b = new s3.Bucket(this, 'B', {options}); {then}", "aws.s3.bucket")
    assert bucket.is_public is public


def test_whether_everybody_may_read_a_bucket_may_be_open() -> None:
    (bucket,) = found("new s3.Bucket(this, 'B', { publicReadAccess: process.env.OPEN === '1' });", "aws.s3.bucket")
    assert isinstance(bucket.is_public, Unknown)


def test_keys_that_constructs_make_for_themselves() -> None:
    body = "new s3.Bucket(this, 'B', { encryption: s3.BucketEncryption.KMS }); new sqs.Queue(this, 'Q', { encryption: sqs.QueueEncryption.KMS });"
    made = app(
        body
        + " new s3.Bucket(this, 'C', { encryption: s3.BucketEncryption.KMS, encryptionKey: new kms.Key(this, 'K') });"
    )
    assert sorted(n for n, b in made.items() if b.type == "AWS::KMS::Key") == ["B/Key", "K", "Q/Key"]
    rules = made["B"].body.at("BucketEncryption", "ServerSideEncryptionConfiguration").items()
    assert rules[0].at("ServerSideEncryptionByDefault", "KMSMasterKeyID").content == Reference(
        "bin/app.ts#S/B/Key", "Arn"
    )
    assert made["Q"].body["KmsMasterKeyId"].content == Reference("bin/app.ts#S/Q/Key", "Arn")
    assert value(made["Q/Key"], "Description") == "Created by S/Q"
    assert isinstance(made["B/Key"].body["EnableKeyRotation"].content, Unknown)


def test_a_retention_of_objects_locks_them() -> None:
    (bucket,) = found(
        "new s3.Bucket(this, 'B', { objectLockDefaultRetention: s3.ObjectLockRetention.governance(cdk.Duration.days(1)) });",
        "aws.s3.bucket",
    )
    assert bucket.object_lock is True


def test_notifications_of_buckets_are_set_up_by_a_function() -> None:
    made = app(
        "new s3.Bucket(this, 'B').addEventNotification(s3.EventType.OBJECT_CREATED, new s3n.SqsDestination(new sqs.Queue(this, 'Q')));"
    )
    name = "BucketNotificationsHandler050a0587b7544547bf325f094a3db834"
    assert value(made[name], "Timeout") == 300
    assert actions(made[f"{name}/Role"]) == ["s3:PutBucketNotification"]


def test_the_metrics_of_a_dashboard() -> None:
    body = (
        "const fn = new lambda.Function(this, 'F'); const d = new cw.Dashboard(this, 'D', { widgets: [[new cw.TextWidget({ markdown: 'x' }),"
        " new cw.GraphWidget({ left: [fn.metricErrors()], right: [new cw.MathExpression({ expression: 'a', usingMetrics: { a: fn.metricThrottles() } })] })]] });"
        " d.addWidgets(new cw.Row(new cw.SingleValueWidget({ metrics: [new cw.Metric({ namespace: 'AWS/Bedrock', metricName: 'Invocations' })] })));"
    )
    (dashboard,) = found(body, "aws.cloudwatch.dashboard")
    assert [(m.namespace, m.name) for m in dashboard.metrics] == [
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/Bedrock", "Invocations"),
    ]
    assert dashboard.shows_models is True


@pytest.mark.parametrize(
    "widget",
    ["somewhere()", "new cw.GraphWidget({ left: somewhere() })", "new cw.GraphWidget({ left: [somewhere()] })"],
)
def test_a_widget_that_is_not_resolved(widget: str) -> None:
    (dashboard,) = found(f"new cw.Dashboard(this, 'D').addWidgets({widget});", "aws.cloudwatch.dashboard")
    assert isinstance(dashboard.shows_models, Unknown)


def test_filters_of_log_groups() -> None:
    body = (
        "const g = new logs.LogGroup(this, 'G'); g.addMetricFilter('A', { metricName: 'cost', filterPattern: logs.FilterPattern.literal('x') });"
        " const f = new logs.MetricFilter(this, 'B', { logGroup: g, metricNamespace: 'n', metricName: 'tokens', filterPattern: logs.FilterPattern.exists('$.t') });"
        " f.metric().createAlarm(this, 'C', { threshold: 1, evaluationPeriods: 1 });"
    )
    (group,) = found(body, "aws.logs.log_group")
    assert [(f.pattern, f.metric) for f in group.metric_filters] == [("x", "cost"), ('{ $.t = "*" }', "tokens")]
    (alarm,) = found(body, "aws.cloudwatch.alarm")
    assert [(m.namespace, m.name, m.statistic) for m in alarm.metrics] == [("n", "tokens", "Average")]


def test_flow_logs_bring_a_group_and_a_role() -> None:
    made = app(
        "const v = new ec2.Vpc(this, 'V', { flowLogs: { x: {} } }); v.addFlowLog('y'); v.addFlowLog('z', { destination: ec2.FlowLogDestination.toS3() });"
    )
    assert value(made["V/x/LogGroup"], "RetentionInDays") == 731
    assert {"V/y/LogGroup", "V/y/IAMRole"} <= set(made)
    assert not [n for n in made if n.startswith("V/z/")]
    assert {"L/LogGroup", "L/IAMRole"} <= set(app("new ec2.FlowLog(this, 'L', { resourceType: somewhere });"))


@pytest.mark.parametrize(("props", "region"), [("{}", "region"), ("{ env: { region: 'eu-west-1' } }", "eu-west-1")])
def test_the_service_of_an_endpoint_is_in_the_region_of_the_stack(props: str, region: str) -> None:
    made = app(
        "new ec2.Vpc(this, 'V').addInterfaceEndpoint('E', { service: ec2.InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME });",
        props,
    )
    assert value(made["V/E"], "ServiceName") == f"com.amazonaws.{region}.bedrock-runtime"


def test_a_task_that_needs_one_brings_an_execution_role() -> None:
    task = "const t = new ecs.FargateTaskDefinition(this, 'T', OPTIONS); t.addContainer('c', { image: IMAGE, logging: LOGGING }); t.addContainer('d', { image: IMAGE });"

    def made(
        options: str = "{}", image: str = "ecs.ContainerImage.fromRegistry('x')", logging: str = "undefined"
    ) -> dict[str, Block]:
        return app(task.replace("OPTIONS", options).replace("IMAGE", image).replace("LOGGING", logging))

    assert "T/ExecutionRole" not in made()
    assert "T/ExecutionRole" in made(image="ecs.ContainerImage.fromAsset('.')")
    logged = made(logging="ecs.LogDrivers.awsLogs({ streamPrefix: 's' })")
    assert logged["T"].body["ExecutionRoleArn"].content == Reference("bin/app.ts#S/T/ExecutionRole", "Arn")
    given = made("{ executionRole: new iam.Role(this, 'R') }", logging="ecs.LogDrivers.awsLogs({ streamPrefix: 's' })")
    assert "T/ExecutionRole" not in given


def test_a_worker_and_a_balancer_that_logs() -> None:
    made = app(
        "new patterns.QueueProcessingFargateService(this, 'W', { image: ecs.ContainerImage.fromRegistry('x') });"
    )
    assert {"W/QueueProcessingTaskDef", "W/QueueProcessingTaskDef/QueueProcessingContainer/LogGroup"} <= set(made)
    body = "const b = new elb.ApplicationLoadBalancer(this, 'B', { internetFacing: true }); b.addListener('L', { port: 80 });"
    plain, logged = (
        found(body + more, "aws.api.entry")[0] for more in ("", "b.logAccessLogs(new s3.Bucket(this, 'L'));")
    )
    assert (plain.access_logs, logged.access_logs) == (False, True)


def test_trails_and_canaries_make_buckets() -> None:
    made = app(
        "new trails.Trail(this, 'T'); new trails.Trail(this, 'U', { bucket: new s3.Bucket(this, 'B') }); new synthetics.Canary(this, 'C');"
    )
    assert made["T"].body["S3BucketName"].content == Reference("bin/app.ts#S/T/S3", "Ref")
    assert sorted(n for n, b in made.items() if b.type == "AWS::S3::Bucket") == ["B", "C/ArtifactsBucket", "T/S3"]


@pytest.mark.parametrize(
    ("options", "made"),
    [
        ("{}", False),
        ("{ mfa: cognito.Mfa.REQUIRED }", True),
        ("{ mfa: cognito.Mfa.OFF }", False),
        ("{ mfa: cognito.Mfa.REQUIRED, mfaSecondFactor: { sms: false, otp: true } }", False),
        ("{ signInAliases: { phone: true } }", True),
        ("{ mfa: cognito.Mfa.REQUIRED, enableSmsRole: false }", False),
    ],
)
def test_a_user_pool_that_may_send_text_messages_has_a_role_for_it(options: str, made: bool) -> None:
    assert ("P/smsRole" in app(f"new cognito.UserPool(this, 'P', {options});")) is made


def test_function_urls_ask_for_iam_by_default() -> None:
    body = "new lambda.Function(this, 'A').addFunctionUrl(); new lambda.Function(this, 'B').addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });"
    assert [e.authentication for e in found(body, "aws.api.entry")] == ["iam", "none"]


def test_the_nodes_of_a_flow_are_spelled_as_cloudformation_does() -> None:
    body = "new bedrockL1.CfnFlow(this, 'F', { name: 'f', executionRoleArn: 'r', definition: { nodes: [{ name: 'p', type: 'Prompt' }] } });"
    (flow,) = found(body, "aws.bedrock.flow")
    assert [n.name for n in flow.nodes] == ["p"]


def test_methods_take_what_their_resource_and_api_give_by_default() -> None:
    body = (
        "const fn = new lambda.Function(this, 'F'); const a = new cdk.aws_apigateway.LambdaRestApi(this, 'A', { handler: fn, proxy: false });"
        " a.root.addMethod('POST'); a.root.resourceForPath('/x/y').addMethod('GET');"
        " a.root.addResource('z', { defaultMethodOptions: { authorizationType: cdk.aws_apigateway.AuthorizationType.IAM } }).addResource('w').addMethod('PUT');"
    )
    made = {e.name: e for e in found(body, "aws.api.entry")}
    assert {e.target for e in made.values()} == {Ref("aws.compute.unit", "bin/app.ts#S/F")}
    assert {name.split()[0]: e.authentication for name, e in made.items()} == {
        "POST": "none",
        "GET": "none",
        "PUT": "iam",
    }
    proxied = app("new cdk.aws_apigateway.LambdaRestApi(this, 'A', { handler: new lambda.Function(this, 'F') });")
    assert {"A/Default/ANY", "A/Default/{proxy+}/ANY"} <= set(proxied)


def test_a_stage_that_is_added_to_an_http_api() -> None:
    body = (
        "const fn = new lambda.Function(this, 'F'); const a = new cdk.aws_apigatewayv2.HttpApi(this, 'A', { createDefaultStage: false });"
        " a.addStage('S', { throttle: { rateLimit: 5 }, accessLogSettings: { destination: new cdk.aws_apigatewayv2.LogGroupLogDestination(new logs.LogGroup(this, 'L')) } });"
        " a.addRoutes({ path: '/x', integration: new cdk.aws_apigatewayv2_integrations.HttpLambdaIntegration('I', fn), authorizer: new cdk.aws_apigatewayv2.HttpNoneAuthorizer() });"
    )
    (entry,) = found(body, "aws.api.entry")
    assert (entry.throttled, entry.access_logs, entry.authentication) == (True, True, "none")

"""APIs in CDK code: endpoints, stages, integrations, data sources and distributions, as ``cdk synth`` makes them."""
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

EXTRA = """
import * as api from 'aws-cdk-lib/aws-apigateway';
import * as v2 from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as appsync from 'aws-cdk-lib/aws-appsync';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as search from 'aws-cdk-lib/aws-opensearchservice';
"""


def app(body: str, context: str = "{}") -> dict[str, Block]:
    return stack(body, "{}", context, MORE + EXTRA)


def entries(body: str) -> list[Any]:
    head = HEAD + MORE + EXTRA
    source = f"{head}class S extends cdk.Stack {{ constructor(s: any, id: string) {{ super(s, id); {body} }} }}\nnew S(new cdk.App(), 'S');"
    found = collect_repository(tree_of({"bin/app.ts": source}), {})
    return [r.value for r in found.resources if r.kind == "aws.api.entry"]


REST = "const fn = new lambda.Function(this, 'F'); const a = new api.RestApi(this, 'A', {OPTIONS}); a.root.addMethod('POST', new api.LambdaIntegration(fn{TIMEOUT}));"


def rest(options: str = "{}", timeout: str = "") -> str:
    return REST.replace("{OPTIONS}", options).replace("{TIMEOUT}", timeout)


@pytest.mark.parametrize(
    ("options", "public"),
    [
        ("{}", True),
        ("{ endpointTypes: [api.EndpointType.PRIVATE] }", False),
        ("{ endpointConfiguration: { types: [api.EndpointType.PRIVATE] } }", False),
        ("{ endpointConfiguration: { types: [api.EndpointType.REGIONAL] } }", True),
    ],
)
def test_an_api_is_as_public_as_its_endpoint(options: str, public: bool) -> None:
    (entry,) = entries(rest(options))
    assert entry.public is public


def test_a_policy_of_an_api_limits_who_may_call() -> None:
    policy = "{ policy: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ actions: ['execute-api:Invoke'], resources: ['*'] })] }) }"
    (entry,) = entries(rest(policy))
    assert entry.public == Unknown("a resource policy limits who may call", present=True)


def test_the_stage_of_an_api_logs_and_limits() -> None:
    plain, logged, limited = (
        entries(rest(options))[0]
        for options in (
            "{}",
            "{ deployOptions: { accessLogDestination: new api.LogGroupLogDestination(new logs.LogGroup(this, 'L')) } }",
            "{ deployOptions: { methodOptions: { '/*/*': { throttlingRateLimit: 5 } } } }",
        )
    )
    assert (plain.access_logs, logged.access_logs) == (False, True)
    assert (plain.throttled, limited.throttled) == (False, True)


def test_a_stage_of_its_own() -> None:
    body = "const d = new api.Deployment(this, 'D', { api: a }); new api.Stage(this, 'G', { deployment: d, throttlingRateLimit: 5, accessLogDestination: new api.LogGroupLogDestination(new logs.LogGroup(this, 'L')) });"
    (entry,) = entries(rest("{ deploy: false }") + body)
    assert (entry.access_logs, entry.throttled) == (True, True)


def test_how_long_integrations_wait() -> None:
    assert [entries(rest(timeout=t))[0].timeout_seconds for t in ("", ", { timeout: cdk.Duration.seconds(5) }")] == [
        29,
        5,
    ]
    http = "const fn = new lambda.Function(this, 'F'); new v2.HttpApi(this, 'A').addRoutes({ path: '/', integration: new HttpLambdaIntegration('I', fn, { timeout: cdk.Duration.seconds(7) }) });"
    assert entries(http)[0].timeout_seconds == 7
    assert isinstance(entries(rest(timeout=", { timeout: elsewhere }"))[0].timeout_seconds, Unknown)


def test_a_method_that_answers_by_itself_leads_nowhere() -> None:
    (entry,) = entries("new api.RestApi(this, 'A').root.addMethod('GET', new api.MockIntegration());")
    assert entry.target is None


def test_routes_of_one_integration_share_it_and_a_version_stands_for_its_function() -> None:
    found = app(
        "const fn = new lambda.Function(this, 'F'); const i = new HttpLambdaIntegration('I', fn.currentVersion);"
        " new v2.HttpApi(this, 'A').addRoutes({ path: '/x', methods: [v2.HttpMethod.GET, v2.HttpMethod.POST], integration: i });"
    )
    integrations = [b for b in found.values() if b.type == "AWS::ApiGatewayV2::Integration"]
    assert [i.body["IntegrationUri"].content for i in integrations] == [Reference("bin/app.ts#S/F", "Arn")]


def test_the_role_that_writes_the_logs_of_an_api() -> None:
    switch = '{"@aws-cdk/aws-apigateway:disableCloudWatchRole": true}'
    role = app("new api.RestApi(this, 'A');")["A/CloudWatchRole"]
    assert value(role, "AssumeRolePolicyDocument", "Statement", "Principal", "Service") == "apigateway.amazonaws.com"
    assert not role.conditional
    assert "A/CloudWatchRole" not in app("new api.RestApi(this, 'A', { cloudWatchRole: false });")
    assert "A/CloudWatchRole" not in app("new api.RestApi(this, 'A');", switch)
    assert "A/CloudWatchRole" in app("new api.RestApi(this, 'A', { cloudWatchRole: true });", switch)
    assert app("new api.RestApi(this, 'A', { cloudWatchRole: process.env.X === '1' });")["A/CloudWatchRole"].conditional


def test_a_distribution_may_stand_in_front() -> None:
    (entry,) = entries(rest() + "new cloudfront.Distribution(this, 'D', { webAclId: 'arn' });")
    assert entry.web_acl == Unknown("a CloudFront distribution may stand in front and limit callers")
    assert entries(rest())[0].web_acl is None


def test_a_graphql_api_and_its_data_sources() -> None:
    body = (
        "const fn = new lambda.Function(this, 'F'); const g = new appsync.GraphqlApi(this, 'G', { name: 'g', visibility: appsync.Visibility.PRIVATE,"
        " logConfig: { fieldLogLevel: appsync.FieldLogLevel.ALL }, authorizationConfig: { defaultAuthorization: { authorizationType: appsync.AuthorizationType.USER_POOL } } });"
        " g.addLambdaDataSource('ask', fn); g.addNoneDataSource('none');"
    )
    found = app(body)
    assert value(found["G"], "AuthenticationType") == "AMAZON_COGNITO_USER_POOLS"
    assert (
        value(found["G/ask/ServiceRole"], "AssumeRolePolicyDocument", "Statement", "Principal", "Service")
        == "appsync.amazonaws.com"
    )
    asks = next(e for e in entries(body) if e.name == "ask")
    assert (asks.public, asks.authentication, asks.access_logs) == (False, "cognito", True)
    assert asks.target == Ref("aws.compute.unit", "bin/app.ts#S/F")
    named = app("new appsync.GraphqlApi(this, 'G', { name: 'g' }).addNoneDataSource('none', { name: 'relay-source' });")
    assert value(named["G/none"], "Name") == "relaysource"
    keyed = entries(
        "new appsync.GraphqlApi(this, 'G', { name: 'g' }).addHttpDataSource('h', 'https://bedrock-runtime.eu-west-1.amazonaws.com');"
    )
    assert [(e.authentication, e.leads_to_model) for e in keyed] == [("api_key", True)]


def test_databases_and_search_domains() -> None:
    found = app(
        "const key = new kms.Key(this, 'K'); const vpc = new ec2.Vpc(this, 'V');"
        " new rds.DatabaseCluster(this, 'C', { engine: rds.DatabaseClusterEngine.auroraPostgres({ version: x }), writer: rds.ClusterInstance.serverlessV2('w'), readers: [rds.ClusterInstance.provisioned('r', { publiclyAccessible: true })], storageEncryptionKey: key });"
        " new rds.DatabaseInstance(this, 'I', { engine: rds.DatabaseInstanceEngine.postgres({ version: x }), multiAz: true });"
        " new rds.DatabaseInstance(this, 'O', { engine: rds.DatabaseInstanceEngine.ORACLE_SE2 });"
        " new search.Domain(this, 'D', { vpc, capacity: { dataNodes: 2 }, zoneAwareness: { enabled: true }, encryptionAtRest: { kmsKey: key } });"
    )
    assert value(found["C"], "Engine") == "aurora-postgresql"
    assert found["C"].body["KmsKeyId"].content == Reference("bin/app.ts#S/K", "Arn")
    members = {
        n: b.body["DBClusterIdentifier"].content
        for n, b in found.items()
        if b.type == "AWS::RDS::DBInstance" and n.startswith("C/")
    }
    assert members == {f"C/{n}": Reference("bin/app.ts#S/C", "Ref") for n in ("w", "r")}
    assert value(found["C/r"], "PubliclyAccessible") is True
    assert (value(found["I"], "Engine"), value(found["I"], "MultiAZ")) == ("postgres", True)
    assert found["O"].body["Engine"].unknown == Unknown("the engine of a database", present=True)
    assert value(found["D"], "ClusterConfig") == {"InstanceCount": 2, "ZoneAwarenessEnabled": True}
    assert found["D"].body.at("VPCOptions", "SubnetIds").present

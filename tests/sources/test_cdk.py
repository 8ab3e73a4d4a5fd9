"""CDK code in three languages becomes blocks of CloudFormation types."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

import re
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Gap, Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources import cdk
from prodworks_cli.sources.cdk.data import table
from prodworks_cli.sources.files import judged, tree_of

HEAD = """
import * as cdk from 'aws-cdk-lib';
import { Construct } from 'constructs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subs from 'aws-cdk-lib/aws-sns-subscriptions';
import * as cw from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { CfnGuardrail } from 'aws-cdk-lib/aws-bedrock';
import { bedrock } from '@cdklabs/generative-ai-cdk-constructs';
"""


def read(files: dict[str, str]) -> tuple[dict[str, Block], tuple[Gap, ...]]:
    blocks, gaps = cdk.read(judged(tree_of(files)))
    return {b.address.partition("#")[2]: b for b in blocks}, gaps


def stack(body: str, props: str = "{}", context: str = "{}", head: str = "") -> dict[str, Block]:
    """The blocks of a stack with this constructor, by the path of their construct below it."""
    source = f"""{HEAD}{head}
class App1 extends cdk.Stack {{
  constructor(scope: Construct, id: string, props: any) {{
    super(scope, id, props);
    {body}
  }}
}}
const app = new cdk.App();
new App1(app, 'S', {props});
"""
    blocks, _ = read({"bin/app.ts": source, "cdk.json": f'{{"context": {context}}}'})
    return {path.removeprefix("S/"): b for path, b in blocks.items()}


def value(block: Block, *path: str) -> Any:
    return block.body.at(*path).plain()


def test_literals_enums_and_durations() -> None:
    made = stack(
        "const name = 'chat'; const fn = new NodejsFunction(this, 'F', { functionName: `${name}-fn`,"
        " timeout: cdk.Duration.minutes(2), tracing: lambda.Tracing.ACTIVE, environment: { MODEL_ID: 'm', my_key: 'x' } });"
        " new logs.LogGroup(this, 'L', { retention: logs.RetentionDays.ONE_MONTH });"
    )
    fn = made["F"]
    assert (fn.type, value(fn, "FunctionName"), value(fn, "Timeout")) == ("AWS::Lambda::Function", "chat-fn", 120)
    assert value(fn, "TracingConfig", "Mode") == "Active"
    assert value(fn, "Environment", "Variables") == {"MODEL_ID": "m", "my_key": "x"}
    assert value(made["L"], "RetentionInDays") == 30
    assert not fn.conditional


def test_defaults_that_constructs_bring() -> None:
    made = stack(
        "new logs.LogGroup(this, 'L'); new logs.LogGroup(this, 'N', { retention: logs.RetentionDays.INFINITE });"
    )
    assert value(made["L"], "RetentionInDays") == 731
    assert value(made["N"], "RetentionInDays") is None


def test_places() -> None:
    source = (
        HEAD
        + "const app = new cdk.App();\nconst s = new cdk.Stack(app, 'S');\nnew s3.Bucket(s, 'B', {\n  versioned: true,\n});\n"
    )
    block = read({"bin/app.ts": source})[0]["S/B"]
    line = source.split("\n").index("new s3.Bucket(s, 'B', {") + 1
    assert block.body.location.line == line
    assert block.body.at("VersioningConfiguration", "Status").location.line == line + 1
    assert block.address == "bin/app.ts#S/B"


def test_properties_flow_from_the_app_to_nested_constructs() -> None:
    files = {
        "bin/app.ts": HEAD
        + "import { Chat } from '../lib/chat';\nconst app = new cdk.App();\n"
        + "class S extends cdk.Stack { constructor(a: any, b: string) { super(a, b); new Chat(this, 'Chat', { days: 7 }); } }\n"
        + "new S(app, 'S');",
        "lib/chat.ts": HEAD
        + "export class Chat extends Construct { readonly group; constructor(scope: Construct, id: string, props: P) {"
        + " super(scope, id); const { days, name = 'chat' } = props;"
        + " this.group = new logs.LogGroup(this, 'G', { retention: days, logGroupName: name }); } }",
    }
    block = read(files)[0]["S/Chat/G"]
    assert (value(block, "RetentionInDays"), value(block, "LogGroupName")) == (7, "chat")
    assert block.body.location.where == "lib/chat.ts"


def test_functions_that_make_stacks() -> None:
    files = {
        "bin/app.ts": HEAD + "import { make } from '../lib/make';\nconst app = new cdk.App();\nmake(app, { days: 3 });",
        "lib/make.ts": HEAD
        + "export const make = (app: cdk.App, params: P) => { const s = new cdk.Stack(app, 'S');"
        + " new logs.LogGroup(s, 'G', { retention: params.days }); };",
    }
    assert value(read(files)[0]["S/G"], "RetentionInDays") == 3


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("props.days ?? 14", 14),
        ("props.days || 14", 14),
        ("process.env.DAYS ?? 14", 14),
        ("this.node.tryGetContext('days') ?? 14", 14),
        ("this.node.tryGetContext('retention')", 90),
        ("props.given ?? 14", 5),
        ("props.given > 3 ? 30 : 60", 30),
        ("process.env.X === 'p' ? 30 : 30", 30),
        ("[1, 30][1]", 30),
        ("({ a: 30 }).a", 30),
    ],
)
def test_values(expression: str, expected: int) -> None:
    made = stack(f"new logs.LogGroup(this, 'L', {{ retention: {expression} }});", "{ given: 5 }", '{"retention": 90}')
    assert value(made["L"], "RetentionInDays") == expected


@pytest.mark.parametrize("expression", ["process.env.X === 'p' ? 30 : 60", "compute()", "fs.readFileSync('x')"])
def test_values_that_are_not_known(expression: str) -> None:
    made = stack(f"new logs.LogGroup(this, 'L', {{ retention: {expression} }});")
    assert isinstance(value(made["L"], "RetentionInDays"), Unknown)


def test_branches_that_are_not_decided_make_conditional_blocks_and_unknown_values() -> None:
    made = stack(
        "let days; if (process.env.PROD) { days = 30; new s3.Bucket(this, 'P'); } else { days = 7; }"
        " new logs.LogGroup(this, 'L', { retention: days, ...(process.env.Q ? { logGroupName: 'x' } : {}) });"
    )
    assert made["P"].conditional
    assert not made["L"].conditional
    assert value(made["L"], "RetentionInDays") == Unknown("differs by a condition that is not known", present=True)
    assert value(made["L"], "LogGroupName") == Unknown("differs by a condition that is not known")


def test_what_libraries_compute_decides_nothing() -> None:
    made = stack(
        "const config = getConfig();"
        " if (config.keys) { new kms.Key(this, 'K'); } if (!config.keys) { new kms.Key(this, 'N'); }"
        " new logs.LogGroup(this, 'L', { retention: config.long ? 90 : 7 });"
        " if (cdk.Duration.days(3)) { new kms.Key(this, 'D'); }",
        head="import { getConfig } from './generated';\n",
    )
    assert [made[name].conditional for name in ("K", "N", "D")] == [True, True, False]
    assert isinstance(value(made["L"], "RetentionInDays"), Unknown)


def test_of_a_construct_that_is_made_or_found_the_made_one_counts() -> None:
    made = stack(
        "let key; if (props.id) { key = kms.Key.fromKeyArn(this, 'F', props.id); } else { key = new kms.Key(this, 'K'); }"
        " new s3.Bucket(this, 'B', { encryptionKey: key });",
        props="{ id: process.env.KEY }",
    )
    rule = made["B"].body.at("BucketEncryption", "ServerSideEncryptionConfiguration", "ServerSideEncryptionByDefault")
    assert rule["KMSMasterKeyID"].content == Reference("bin/app.ts#S/K", "Arn")


def test_decided_branches() -> None:
    made = stack(
        "if (props.on) { new s3.Bucket(this, 'A'); } else { new s3.Bucket(this, 'B'); }"
        " if (this.node.tryGetContext('waf')) { new s3.Bucket(this, 'C'); }",
        "{ on: true }",
        '{"waf": false}',
    )
    assert list(made) == ["A"]


def test_spread_of_what_is_not_known_leaves_the_rest_unknown() -> None:
    made = stack("new s3.Bucket(this, 'B', { ...load(), versioned: true });")
    assert value(made["B"], "VersioningConfiguration", "Status") == "Enabled"
    assert isinstance(made["B"].body["BucketName"].content, Unknown)


def test_loops() -> None:
    made = stack("for (const n of ['a', 'b']) { new s3.Bucket(this, `B-${n}`, { bucketName: n }); }")
    assert {k: value(b, "BucketName") for k, b in made.items()} == {"B-a": "a", "B-b": "b"}


def test_generated_roles_statements_and_grants() -> None:
    made = stack(
        "const key = new kms.Key(this, 'K'); const fn = new NodejsFunction(this, 'F');"
        " fn.addToRolePolicy(new iam.PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: ['*'] }));"
        " fn.role?.addManagedPolicy(iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonBedrockFullAccess'));"
        " key.grantSomething(fn);"
    )
    role = made["F/ServiceRole"]
    assert made["F"].body["Role"].content == Reference("bin/app.ts#S/F/ServiceRole", "Arn")
    assert value(role, "AssumeRolePolicyDocument", "Statement", "Principal", "Service") == "lambda.amazonaws.com"
    assert value(role, "ManagedPolicyArns") == [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:iam::aws:policy/AmazonBedrockFullAccess",
    ]
    first, second = role.body.at("Policies", "PolicyDocument", "Statement").items()
    assert first.plain() == {"Effect": "Allow", "Action": ["bedrock:InvokeModel"], "Resource": ["*"]}
    assert second["Resource"].items()[0].content == Reference("bin/app.ts#S/K", "Arn")
    assert second["Action"].items()[0].unknown == Unknown("what grantSomething grants", True, "kms:${...}")


def test_a_role_that_is_given_takes_the_statements() -> None:
    made = stack(
        "const role = new iam.Role(this, 'R', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),"
        " inlinePolicies: { p: new iam.PolicyDocument({ statements: [new iam.PolicyStatement({ effect: iam.Effect.DENY,"
        " actions: ['s3:*'], resources: ['*'] })] }) } });"
        " const fn = new lambda.Function(this, 'F', { role });"
        " fn.addToRolePolicy(new iam.PolicyStatement({ actions: ['a:b'], resources: ['r'] }));"
    )
    names = [p["PolicyName"].text() for p in made["R"].body["Policies"].items()]
    assert names == ["p", "DefaultPolicy"]
    assert value(made["R"], "Policies", "PolicyDocument", "Statement", "Effect") == "Deny"
    assert "F/ServiceRole" not in made


def test_level_1_constructs() -> None:
    made = stack(
        "const g = new CfnGuardrail(this, 'G', { name: 'g', contentPolicyConfig: { filtersConfig: [{ type: 'PROMPT_ATTACK',"
        " inputStrength: 'HIGH', outputStrength: 'NONE' }] } });"
        " new lambda.Function(this, 'F', { environment: { GUARDRAIL: g.attrGuardrailId, VERSION: g.attrVersion } });"
    )
    assert made["G"].type == "AWS::Bedrock::Guardrail"
    assert value(made["G"], "ContentPolicyConfig", "FiltersConfig", "InputStrength") == "HIGH"
    variables = made["F"].body.at("Environment", "Variables")
    assert variables["GUARDRAIL"].content == Reference("bin/app.ts#S/G", "GuardrailId")


def test_guardrail_of_the_library_is_a_draft_until_it_has_a_version() -> None:
    made = stack(
        "const g = new bedrock.Guardrail(this, 'G', { name: 'g', contentFilters: [{ type: bedrock.ContentFilterType.PROMPT_ATTACK,"
        " inputStrength: bedrock.ContentFilterStrength.HIGH, outputStrength: bedrock.ContentFilterStrength.NONE }] });"
        " g.addPIIFilter({ type: bedrock.PIIType.General.EMAIL, action: bedrock.GuardrailAction.ANONYMIZE });"
        " new lambda.Function(this, 'F', { environment: { V: g.guardrailVersion } }); const v = g.createVersion();"
        " new lambda.Function(this, 'H', { environment: { V: v } });"
    )
    assert value(made["G"], "ContentPolicyConfig", "FiltersConfig") == [
        {"Type": "PROMPT_ATTACK", "InputStrength": "HIGH", "OutputStrength": "NONE"}
    ]
    assert value(made["G"], "SensitiveInformationPolicyConfig", "PiiEntitiesConfig") == [
        {"Type": "EMAIL", "Action": "ANONYMIZE"}
    ]
    assert value(made["F"], "Environment", "Variables", "V") == "DRAFT"
    assert made["H"].body.at("Environment", "Variables", "V").content == Reference("bin/app.ts#S/G/Version", "Version")


def test_alarms_with_actions_and_subscriptions() -> None:
    made = stack(
        "const topic = new sns.Topic(this, 'T'); topic.addSubscription(new subs.EmailSubscription('a@example.com'));"
        " const alarm = new cw.Alarm(this, 'A', { metric: new cw.Metric({ namespace: 'AWS/Bedrock',"
        " metricName: 'InvocationThrottles', dimensionsMap: { ModelId: 'm' }, statistic: 'Sum' }), threshold: 1, evaluationPeriods: 1 });"
        " alarm.addAlarmAction(new SnsAction(topic));"
    )
    alarm = made["A"]
    assert (value(alarm, "Namespace"), value(alarm, "MetricName")) == ("AWS/Bedrock", "InvocationThrottles")
    assert value(alarm, "Dimensions") == [{"Name": "ModelId", "Value": "m"}]
    assert alarm.body["AlarmActions"].items()[0].content == Reference("bin/app.ts#S/T", "Ref")
    assert value(made["T/Email"], "Protocol") == "email"
    assert made["T/Email"].body["TopicArn"].content == Reference("bin/app.ts#S/T", "Ref")


def test_python() -> None:
    files = {
        "app.py": "import aws_cdk as cdk\nfrom infra.chat import ChatStack\napp = cdk.App()\nChatStack(app, 'S', days=7)\n",
        "infra/chat.py": """
from aws_cdk import Stack, Duration, aws_lambda as _lambda, aws_s3 as s3, aws_logs as logs, aws_iam as iam, aws_bedrock as bedrock
class ChatStack(Stack):
    def __init__(self, scope, construct_id: str, days: int = 1, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self.fn = _lambda.Function(self, "F", function_name=f"{construct_id}-fn", timeout=Duration.seconds(30),
            environment={"MODEL_ID": "m"})
        self.fn.add_to_role_policy(iam.PolicyStatement(actions=["bedrock:*"], resources=["*"]))
        logs.LogGroup(self, "L", retention=days)
        bucket = s3.Bucket(self, "B", block_public_access=s3.BlockPublicAccess.BLOCK_ALL, versioned=True)
        bedrock.CfnGuardrail(self, "G", name="g", content_policy_config=bedrock.CfnGuardrail.ContentPolicyConfigProperty(
            filters_config=[bedrock.CfnGuardrail.ContentFilterConfigProperty(type="HATE", input_strength="LOW", output_strength="LOW")]))
""",
    }
    made, gaps = read(files)
    assert gaps == ()
    assert (value(made["S/F"], "Timeout"), value(made["S/F"], "FunctionName")) == (30, "S-fn")
    assert value(made["S/F"], "Environment", "Variables") == {"MODEL_ID": "m"}
    assert value(made["S/F/ServiceRole"], "Policies", "PolicyDocument", "Statement", "Action") == ["bedrock:*"]
    assert value(made["S/L"], "RetentionInDays") == 7
    assert value(made["S/B"], "PublicAccessBlockConfiguration", "RestrictPublicBuckets") is True
    assert value(made["S/G"], "ContentPolicyConfig", "FiltersConfig", "InputStrength") == "LOW"


def test_java() -> None:
    package = "src/main/java/sample/"
    files = {
        f"{package}App1.java": "package sample; import software.amazon.awscdk.App;\n"
        'public class App1 { public static void main(String[] args) { App app = new App(); new ChatStack(app, "S"); } }',
        f"{package}ChatStack.java": """package sample;
import software.amazon.awscdk.Duration; import software.amazon.awscdk.Stack; import software.constructs.Construct;
import software.amazon.awscdk.services.iam.*;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.logs.RetentionDays;
import java.util.List; import java.util.Map;
public class ChatStack extends Stack {
  private final Function fn;
  public ChatStack(final Construct scope, final String id) {
    super(scope, id);
    this.fn = Function.Builder.create(this, "F").timeout(Duration.seconds(30))
      .environment(Map.of("MODEL_ID", "m")).build();
    fn.addToRolePolicy(PolicyStatement.Builder.create().effect(Effect.ALLOW).actions(List.of("bedrock:*"))
      .resources(List.of("*")).build());
    LogGroup.Builder.create(this, "L").retention(RetentionDays.ONE_WEEK).build();
  }
}
""",
        "app.py": "print(1)\n",
    }
    made, _ = read(files)
    assert value(made["S/F"], "Timeout") == 30
    assert value(made["S/F"], "Environment", "Variables") == {"MODEL_ID": "m"}
    assert value(made["S/F/ServiceRole"], "Policies", "PolicyDocument", "Statement", "Action") == ["bedrock:*"]
    assert value(made["S/L"], "RetentionInDays") == 7


def test_a_stack_that_no_app_makes_is_read_with_unknown_properties() -> None:
    source = HEAD + (
        "export class Lone extends cdk.Stack { constructor(scope: Construct, id: string, props: P) { super(scope, id, props);"
        " new logs.LogGroup(this, 'L', { retention: props.days }); } }"
    )
    block = read({"lib/lone.ts": source})[0]["Lone/L"]
    assert isinstance(value(block, "RetentionInDays"), Unknown)


def test_libraries_whose_constructs_are_not_known_are_named() -> None:
    source = HEAD + (
        "import { MonitoringFacade } from 'cdk-monitoring-constructs';\nconst app = new cdk.App();\n"
        "const s = new cdk.Stack(app, 'S');\nnew MonitoringFacade(s, 'M', {});"
    )
    _, gaps = read({"bin/app.ts": source})
    assert [(g.kind, g.minor) for g in gaps] == [("aws.*", True)]
    assert "cdk-monitoring-constructs" in gaps[0].reason


@pytest.mark.parametrize(
    "source",
    [
        "class A extends A { constructor() { super(); new A(); } }\nnew cdk.App(); new A();",
        "const f = () => f(); new cdk.App(); f();",
        "const app = new cdk.App(); while (true) { new s3.Bucket(app, 'b'); }",
        "new cdk.App(); let x = [1]; for (const a of x) { for (const b of x) { x.push(b); } }",
        "new cdk.App(" + "(" * 5000,
        "new cdk.App(); const x = {...x, ...x}; const {a, ...b} = x; [a] = b; x.y.z = 1; delete x; `${`${1}`}`;",
        "import { X } from './app'; export * from './app'; new cdk.App(); new X(1, 2, 3);",
    ],
)
def test_hostile_code_ends(source: str) -> None:
    read({"bin/app.ts": HEAD + source})


def test_collected_resources() -> None:
    source = (
        HEAD
        + "const app = new cdk.App(); const s = new cdk.Stack(app, 'S'); new logs.LogGroup(s, 'L', { logGroupName: 'x' });"
    )
    found = collect_repository(tree_of({"bin/app.ts": source}), {})
    assert [r.identity for r in found.resources if r.kind == "aws.logs.log_group"] == ["bin/app.ts#S/L"]


def _schema(kind: str) -> Any:
    return PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema


def _step(root: Any, schema: Any, name: str) -> Any:
    found = _members(root, schema).get(name)
    assert found is not None, name
    return found


def _members(root: Any, schema: Any) -> dict[str, Any]:
    while "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    if "items" in schema:
        return _members(root, schema["items"])
    found = dict(schema.get("properties", {}))
    for key in ("oneOf", "anyOf", "allOf"):
        for option in schema.get(key, ()):
            found.update(_members(root, option))
    return found


def _check(root: Any, schema: Any, structure: Any) -> None:
    """Each key of a structure of the table exists in the schema."""
    for element in structure if isinstance(structure, list) else [structure]:
        if isinstance(element, dict) and _members(root, schema):
            for key, inner in element.items():
                _check(root, _step(root, schema, key), inner)


def _check_rule(root: Any, schema: Any, rule: Any) -> None:
    for name in rule.get("to", "").split(".") if rule.get("to", ".") != "." else ():
        schema = _step(root, schema, name)
    if "each" in rule:
        _check_rule(root, schema, rule["each"])
    for inner in rule.get("fields", {}).values() if _members(root, schema) else ():
        _check_rule(root, schema, inner if isinstance(inner, dict) else {"to": inner})
    _check(root, schema, rule.get("defaults", {}))
    if "wrap" in rule:
        _check(root, schema, rule["wrap"])
    # With ``fields`` the values are those of the construct, which the fields convert.
    for structure in rule.get("values", {}).values() if "fields" not in rule else ():
        _check(root, schema, structure)


@pytest.mark.parametrize(
    "symbol", sorted(s for s, c in table().constructs.items() if c.get("type", "").startswith("AWS::"))
)
def test_every_property_that_the_table_writes_exists(symbol: str) -> None:
    spec = table().constructs[symbol]
    root = _schema(spec["type"])
    for path in spec.get("defaults", {}):
        _check_rule(root, root, {"to": path})
    for rule in (*spec.get("properties", {}).values(), *spec.get("adds", {}).values()):
        _check_rule(root, root, rule if isinstance(rule, dict) else {"to": rule})
    if "role_property" in spec:
        _step(root, root, spec["role_property"])


@pytest.mark.parametrize(("module", "service"), sorted(table().services.items()))
def test_every_service_of_level_1_constructs_exists(module: str, service: str) -> None:
    kinds = PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1")
    assert any(re.match(rf"AWS::{service}::", kind) for kind in kinds), module


def test_methods_stages_and_limits_of_apis() -> None:
    made = stack(
        "const fn = new lambda.Function(this, 'F'); const api = new apigw.RestApi(this, 'Api', { deployOptions: {"
        " throttlingRateLimit: 5 } }); const chat = api.root.addResource('chat');"
        " chat.addMethod('POST', new apigw.LambdaIntegration(fn), { authorizationType: apigw.AuthorizationType.IAM });"
        " chat.addMethod('GET', new apigw.LambdaIntegration(fn));"
        " new apigw.LambdaRestApi(this, 'Open', { handler: fn });",
        head="import * as apigw from 'aws-cdk-lib/aws-apigateway';\n",
    )
    post = made["Api/Default/chat/POST"]
    assert (post.type, value(post, "AuthorizationType")) == ("AWS::ApiGateway::Method", "AWS_IAM")
    assert post.body.at("Integration", "Uri").content == Reference("bin/app.ts#S/F", "Arn")
    assert value(made["Api/Default/chat/GET"], "AuthorizationType") == "NONE"
    assert value(made["Open/Default/ANY"], "HttpMethod") == "ANY"
    assert value(made["Api/DeploymentStage.prod"], "MethodSettings", "ThrottlingRateLimit") == 5

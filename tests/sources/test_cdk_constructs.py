"""What constructs bring, against what ``cdk synth`` makes of the same code with aws-cdk-lib 2.276."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

import json
from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources.cloudformation import read as read_templates
from prodworks_cli.sources.files import File, Part, tree_of
from tests.sources.test_cdk import HEAD, read, stack, value

MORE = """
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as synthetics from 'aws-cdk-lib/aws-synthetics';
import * as cr from 'aws-cdk-lib/custom-resources';
import * as alpha from '@aws-cdk/aws-bedrock-alpha';
import { AuthenticateCognitoAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2-actions';
import { PythonFunction } from '@aws-cdk/aws-lambda-python-alpha';
"""
FLAG = '{"@aws-cdk/aws-lambda:useCdkManagedLogGroup": true}'


def made(body: str, props: str = "{}", context: str = "{}") -> dict[str, Block]:
    return stack(body, props, context, MORE)


def tags(block: Block) -> list[Any]:
    return [pair["Key"].plain() for pair in block.body["Tags"].items()]


def test_log_groups_of_functions() -> None:
    body = "new lambda.Function(this, 'A'); new lambda.Function(this, 'B', { logRetention: 7 });"
    body += " new lambda.Function(this, 'C', { logGroup: new logs.LogGroup(this, 'Own') });"
    found = made(body, context=FLAG)
    assert value(found["A/LogGroup"], "RetentionInDays") == 731
    assert found["A"].body.at("LoggingConfig", "LogGroup").content == Reference("bin/app.ts#S/A/LogGroup", "Ref")
    retention = found["B/LogRetention"]
    assert (retention.type, value(retention, "RetentionInDays")) == ("Custom::LogRetention", 7)
    assert "B/LogGroup" not in found
    perhaps = made("new lambda.Function(this, 'D', { logRetention: process.env.DAYS });")["D/LogRetention"]
    assert (retention.conditional, perhaps.conditional) == (False, True)
    assert "C/LogGroup" not in found
    assert "A/LogGroup" not in made(body)


def test_a_queue_that_a_function_makes_for_what_failed() -> None:
    found = made("new lambda.Function(this, 'A', { deadLetterQueueEnabled: true });")
    target = found["A"].body.at("DeadLetterConfig", "TargetArn")
    assert target.content == Reference("bin/app.ts#S/A/DeadLetterQueue", "Arn")


def test_handlers_of_bundled_code() -> None:
    found = made(
        "new NodejsFunction(this, 'A', { handler: 'main' }); new NodejsFunction(this, 'B'); new NodejsFunction(this, 'C', { handler: 'x.y' });"
        " new PythonFunction(this, 'D', { index: 'app/main.py' }); new PythonFunction(this, 'E', { handler: 'run' });"
        " new lambda.Function(this, 'F', { handler: 'a.b' });"
    )
    assert [value(found[n], "Handler") for n in "ABCDEF"] == [
        "index.main",
        "index.handler",
        "x.y",
        "app.main.handler",
        "index.run",
        "a.b",
    ]


def test_alarms_that_a_metric_makes() -> None:
    found = made(
        "const fn = new lambda.Function(this, 'F'); const topic = new sns.Topic(this, 'T');"
        " const alarm = fn.metricErrors().createAlarm(this, 'Errors', { threshold: 2, evaluationPeriods: 1 });"
        " alarm.addAlarmAction(new SnsAction(topic));"
        " const filter = new logs.MetricFilter(this, 'M', { metricNamespace: 'Chat', metricName: 'Tokens' });"
        " filter.metric({ statistic: 'Sum' }).createAlarm(this, 'Tokens', { threshold: 9, evaluationPeriods: 1 });"
    )
    alarm = found["Errors"]
    assert (alarm.type, value(alarm, "MetricName"), value(alarm, "Threshold")) == (
        "AWS::CloudWatch::Alarm",
        "Errors",
        2,
    )
    assert alarm.body["AlarmActions"].items()[0].content == Reference("bin/app.ts#S/T", "Ref")
    dimension = alarm.body["Dimensions"].items()[0]
    assert (dimension["Name"].content, dimension["Value"].content) == (
        "FunctionName",
        Reference("bin/app.ts#S/F", "Ref"),
    )
    assert [value(found["Tokens"], n) for n in ("Namespace", "MetricName", "Statistic")] == ["Chat", "Tokens", "Sum"]


def test_alarms_that_a_metric_makes_in_python() -> None:
    app = """
import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
app = cdk.App()
stack = cdk.Stack(app, "S")
fn = lambda_.Function(stack, "F")
fn.metric_errors().create_alarm(stack, "Errors", threshold=2, evaluation_periods=1)
cdk.Tags.of(stack).add("owner", "chat")
"""
    blocks, _ = read({"app.py": app})
    assert value(blocks["S/Errors"], "Threshold") == 2
    assert tags(blocks["S/F"]) == ["owner"]


def test_tags_of_stacks_and_scopes() -> None:
    found = made(
        "const b = new s3.Bucket(this, 'B', { autoDeleteObjects: true }); new s3.Bucket(this, 'C');"
        " cdk.Tags.of(this).add('owner', 'chat'); cdk.Tags.of(b).add('data', 'prompts');",
        props="{ tags: { stage: 'dev' } }",
    )
    assert tags(found["B"]) == ["aws-cdk:auto-delete-objects", "stage", "owner", "data"]
    assert tags(found["C"]) == ["stage", "owner"]


def test_tags_on_a_condition_are_not_known() -> None:
    found = made("new s3.Bucket(this, 'B'); if (process.env.A) { cdk.Tags.of(this).add('owner', 'x'); }")
    assert [isinstance(key, Unknown) for key in tags(found["B"])] == [True]


LOGGING = """
    const group = new logs.LogGroup(this, 'Prompts', { logGroupName: 'prompts' });
    new cr.AwsCustomResource(this, 'Logging', {
      onUpdate: {
        service: 'Bedrock', action: 'putModelInvocationLoggingConfiguration',
        parameters: { loggingConfig: { cloudWatchConfig: { logGroupName: group.logGroupName }, textDataDeliveryEnabled: true, imageDataDeliveryEnabled: false } },
      },
    });
"""


def test_invocation_logging_by_a_custom_resource() -> None:
    source = f"{HEAD}{MORE}const app = new cdk.App();\nclass S extends cdk.Stack {{ constructor(a: any, b: string) {{ super(a, b); {LOGGING} }} }}\nnew S(app, 'S');"
    found = collect_repository(tree_of({"bin/app.ts": source, "cdk.json": "{}"}), {})
    logging = next(r for r in found.resources if r.kind == "aws.bedrock.invocation_logging").value
    assert (logging.enabled, logging.text_enabled, logging.image_enabled) == (True, True, False)  # type: ignore[attr-defined]
    assert logging.log_group == Ref("aws.logs.log_group", "bin/app.ts#S/Prompts")  # type: ignore[attr-defined]
    assert isinstance(logging.audio_enabled, Unknown)  # type: ignore[attr-defined]


def _template(create: Any) -> tuple[Block, ...]:
    template = {"Resources": {"P": {"Type": "AWS::Logs::LogGroup"}, "L": {"Type": "Custom::AWS", "Properties": create}}}
    return read_templates([File("t.json", json.dumps(template).encode(), Part.PRODUCTION)])[0]


@pytest.mark.parametrize(
    ("properties", "enabled"),
    [
        (
            {
                "Create": {
                    "Fn::Join": [
                        "",
                        [
                            '{"action":"putModelInvocationLoggingConfiguration","parameters":{"loggingConfig":{"cloudWatchConfig":{"logGroupName":"',
                            {"Ref": "P"},
                            '"}}}}',
                        ],
                    ]
                }
            },
            True,
        ),
        (
            {"Update": '{"action":"PutModelInvocationLoggingConfigurationCommand","parameters":{"loggingConfig":{}}}'},
            False,
        ),
        ({"Create": '{"action":"putParameter"}'}, None),
        ({"Create": "{"}, None),
        ({"Create": {"Ref": "Unknown"}}, None),
    ],
)
def test_the_custom_resource_as_templates_have_it(properties: Any, enabled: bool | None) -> None:
    template = {
        "Resources": {"P": {"Type": "AWS::Logs::LogGroup"}, "L": {"Type": "Custom::AWS", "Properties": properties}}
    }
    found = collect_repository(tree_of({"t.json": json.dumps(template)}), {})
    logging = [r.value for r in found.resources if r.kind == "aws.bedrock.invocation_logging"]
    assert [v.enabled for v in logging] == ([] if enabled is None else [enabled])  # type: ignore[attr-defined]


def test_a_load_balanced_service_of_the_patterns() -> None:
    found = made(
        "const web = new patterns.ApplicationLoadBalancedFargateService(this, 'Web', { taskImageOptions: {"
        " image: ecs.ContainerImage.fromRegistry('chat'), environment: { MODEL_ID: 'm' } } });"
        " web.taskDefinition.taskRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: ['*'] }));"
        " new patterns.ApplicationLoadBalancedFargateService(this, 'In', { publicLoadBalancer: false, taskImageOptions: { enableLogging: false } });"
    )
    task = found["Web/TaskDef"]
    container = task.body["ContainerDefinitions"].items()[0]
    assert container["Environment"].items()[0].plain() == {"Name": "MODEL_ID", "Value": "m"}
    group = container.at("LogConfiguration", "Options", "awslogs-group")
    assert group.content == Reference("bin/app.ts#S/Web/TaskDef/web/LogGroup", "Ref")
    assert not found["Web/TaskDef/web/LogGroup"].body["RetentionInDays"].present
    assert task.body["TaskRoleArn"].content == Reference("bin/app.ts#S/Web/TaskDef/TaskRole", "Arn")
    policy = found["Web/TaskDef/TaskRole"].body.at("Policies", "PolicyDocument", "Statement")
    assert policy["Action"].plain() == "bedrock:InvokeModel" or policy.items()[0]["Action"].plain() == [
        "bedrock:InvokeModel"
    ]
    assert [value(found[f"{n}/LB"], "Scheme") for n in ("Web", "In")] == ["internet-facing", "internal"]
    assert found["Web/LB/PublicListener"].body.at("DefaultActions", "TargetGroupArn").present
    assert "LogConfiguration" not in value(found["In/TaskDef"], "ContainerDefinitions")[0]


def test_a_service_behind_a_listener() -> None:
    found = made(
        "const task = new ecs.FargateTaskDefinition(this, 'Task'); const service = new ecs.FargateService(this, 'Svc', { taskDefinition: task });"
        " const lb = new elb.ApplicationLoadBalancer(this, 'LB', { internetFacing: true });"
        " lb.addListener('L', { port: 443 }).addTargets('T', { targets: [service] });"
    )
    group = found["LB/L"].body.at("DefaultActions", "TargetGroupArn").content
    assert group == found["Svc"].body.at("LoadBalancers", "TargetGroupArn").content
    assert found["Svc"].body["TaskDefinition"].content == Reference("bin/app.ts#S/Task", "Ref")


def test_actions_of_listeners() -> None:
    found = made(
        "const web = new patterns.ApplicationLoadBalancedFargateService(this, 'Web', {});"
        " web.listener.addAction('Login', { priority: 1, conditions: [elb.ListenerCondition.pathPatterns(['/x'])],"
        " action: new AuthenticateCognitoAction({ next: elb.ListenerAction.forward([web.targetGroup]) }) });"
        " web.listener.addAction('Odd', { action: odd() });"
    )
    actions = found["Web/LB/PublicListener/LoginRule"].body["Actions"].items()
    assert [a["Type"].plain() for a in actions] == ["authenticate-cognito", "forward"]
    group = found["Web/LB/PublicListener"].body["DefaultActions"].items()[0]["TargetGroupArn"]
    assert actions[1]["TargetGroupArn"].content == group.content
    assert isinstance(found["Web/LB/PublicListener"].body["DefaultActions"].items()[1]["Type"].plain(), Unknown)


def test_actions_of_listeners_in_python() -> None:
    app = """
import aws_cdk as cdk
from aws_cdk import aws_ecs_patterns as patterns, aws_elasticloadbalancingv2 as elb
app = cdk.App()
stack = cdk.Stack(app, "S")
web = patterns.ApplicationLoadBalancedFargateService(stack, "Web")
web.listener.add_action("X", priority=1, conditions=[1], action=elb.ListenerAction.forward(target_groups=[web.target_group]))
web.listener.node.default_child.default_actions = [{"type": "fixed-response"}]
"""
    found = read({"app.py": app})[0]
    assert found["S/Web/LB/PublicListener/XRule"].body["Actions"].items()[0]["Type"].plain() == "forward"
    assert value(found["S/Web/LB/PublicListener"], "DefaultActions") == [{"Type": "fixed-response"}]


def test_event_rules_and_canaries() -> None:
    found = made(
        "const topic = new sns.Topic(this, 'T'); const rule = new events.Rule(this, 'R', { eventPattern: { source: ['aws.bedrock'], detailType: ['x'] } });"
        " rule.addTarget(new targets.SnsTopic(topic));"
        " new events.Rule(this, 'N', { schedule: events.Schedule.rate(cdk.Duration.hours(1)), targets: [new targets.SnsTopic(topic)] });"
        " new synthetics.Canary(this, 'C', { schedule: synthetics.Schedule.rate(cdk.Duration.minutes(90)) });"
    )
    arn = Reference("bin/app.ts#S/T", "Arn")
    assert value(found["R"], "EventPattern") == {"source": ["aws.bedrock"], "detail-type": ["x"]}
    assert [found[n].body.at("Targets", "Arn").content for n in "RN"] == [arn, arn]
    assert value(found["N"], "ScheduleExpression") == "rate(1 hour)"
    assert value(found["C"], "Schedule", "Expression") == "rate(90 minutes)"


def test_guardrails_topics_words_and_tiers() -> None:
    found = made(
        "const g = new bedrock.Guardrail(this, 'G', { name: 'g' }); g.addDeniedTopicFilter(bedrock.Topic.FINANCIAL_ADVICE);"
        " g.addDeniedTopicFilter(bedrock.Topic.custom({ name: 'Legal', definition: 'd' })); g.addManagedWordListFilter({ type: bedrock.ManagedWordFilterType.PROFANITY });"
        " new alpha.Guardrail(this, 'A', { guardrailName: 'a', contentFiltersTierConfig: alpha.TierConfig.STANDARD });"
    )
    topics = found["G"].body.at("TopicPolicyConfig")["TopicsConfig"].items()
    assert [(t["Name"].plain(), t["Type"].plain()) for t in topics] == [("Financial_Advice", "DENY"), ("Legal", "DENY")]
    assert value(found["G"], "WordPolicyConfig", "ManagedWordListsConfig", "Type") == "PROFANITY"
    assert value(found["A"], "ContentPolicyConfig", "ContentFiltersTierConfig", "TierName") == "STANDARD"


def test_agents_and_their_roles() -> None:
    found = made(
        "const g = new bedrock.Guardrail(this, 'G', { name: 'g' }); const a = new alpha.Agent(this, 'A', { instruction: 'i' }); a.addGuardrail(g);"
        " g.createVersion('1'); new bedrock.Agent(this, 'B', { instruction: 'i' });"
    )
    assert found["A"].body.at("GuardrailConfiguration", "GuardrailIdentifier").content == Reference(
        "bin/app.ts#S/G", "GuardrailId"
    )
    assert isinstance(value(found["A"], "GuardrailConfiguration", "GuardrailVersion"), Unknown)
    actions = [s["Action"].plain() for s in found["B/Role"].body.at("Policies", "PolicyDocument")["Statement"].items()]
    assert actions == [["bedrock:InvokeModel*", "bedrock:GetFoundationModel"]]


def test_knowledge_bases_and_their_stores() -> None:
    found = made(
        "const kb = new bedrock.VectorKnowledgeBase(this, 'K', { embeddingsModel: 'm' }); kb.addS3DataSource({ dataSourceName: 'docs' });"
        " new bedrock.VectorKnowledgeBase(this, 'P', { vectorStore: store() });"
    )
    assert value(found["K"], "StorageConfiguration", "Type") == "OPENSEARCH_SERVERLESS"
    assert found["K/KBVectors"].type == "AWS::OpenSearchServerless::Collection"
    assert found["K/docs"].body["KnowledgeBaseId"].content == Reference("bin/app.ts#S/K", "Ref")
    assert isinstance(value(found["P"], "StorageConfiguration"), Unknown)


def test_escape_hatches() -> None:
    found = made(
        "const fn = new lambda.Function(this, 'F', { timeout: cdk.Duration.seconds(3) }); const child = fn.node.defaultChild as lambda.CfnFunction;"
        " child.addPropertyOverride('TracingConfig.Mode', 'Active'); child.memorySize = 512; child.addPropertyDeletionOverride('Timeout');"
        " const g = new CfnGuardrail(this, 'G', { name: 'g' }); g.kmsKeyArn = 'arn:aws:kms:x'; g.addOverride('Properties.Name', 'h');"
        " g.addOverride('DeletionPolicy', 'Retain');"
    )
    function, guardrail = found["F"], found["G"]
    assert (value(function, "TracingConfig", "Mode"), value(function, "MemorySize"), value(function, "Timeout")) == (
        "Active",
        512,
        None,
    )
    assert (value(guardrail, "KmsKeyArn"), value(guardrail, "Name")) == ("arn:aws:kms:x", "h")
    assert "DeletionPolicy" not in guardrail.body.plain()  # type: ignore[operator]


def test_context_and_names_of_nodes() -> None:
    found = made("new logs.LogGroup(this, 'L', { retention: this.node.tryGetContext('days') });", context='{"days": 5}')
    assert value(found["L"], "RetentionInDays") == 5


KEEPER = """
class Keeper implements cdk.IAspect {
  constructor(private readonly days: number) {}
  visit(node: IConstruct) {
    if (node instanceof logs.CfnLogGroup) { node.retentionInDays = this.days; }
    if (node instanceof lambda.CfnFunction) { node.addPropertyOverride('TracingConfig.Mode', 'Active'); }
  }
}
"""


@pytest.mark.parametrize("scope", ["this", "cdk.Stack.of(this)", "app"])
def test_aspects_change_what_they_visit(scope: str) -> None:
    source = f"""{HEAD}{KEEPER}
const app = new cdk.App();
class S extends cdk.Stack {{ constructor(a: any, b: string) {{ super(a, b);
  new logs.LogGroup(this, 'L', {{ retention: 3 }}); new lambda.Function(this, 'F'); new s3.Bucket(this, 'B');
  {"" if scope == "app" else f"cdk.Aspects.of({scope}).add(new Keeper(90));"} }} }}
new S(app, 'S');
{"cdk.Aspects.of(app).add(new Keeper(90));" if scope == "app" else ""}
"""
    found = read({"bin/app.ts": source, "cdk.json": "{}"})[0]
    if scope != "cdk.Stack.of(this)":
        assert value(found["S/L"], "RetentionInDays") == 90
        assert value(found["S/F"], "TracingConfig", "Mode") == "Active"
    assert "RetentionInDays" not in found["S/B"].body.plain()  # type: ignore[operator]


def test_aspects_in_python() -> None:
    app = """
import jsii
import aws_cdk as cdk
from aws_cdk import aws_logs as logs

@jsii.implements(cdk.IAspect)
class Keeper:
    def visit(self, node):
        if isinstance(node, logs.CfnLogGroup):
            node.retention_in_days = 90

app = cdk.App()
stack = cdk.Stack(app, "S")
logs.LogGroup(stack, "L")
cdk.Aspects.of(app).add(Keeper())
"""
    assert value(read({"app.py": app})[0]["S/L"], "RetentionInDays") == 90


def test_aspects_of_libraries_are_named_unless_they_only_look() -> None:
    source = (
        HEAD
        + "import { AwsSolutionsChecks } from 'cdk-nag'; import { Fixer } from '@acme/fix'; const app = new cdk.App();"
    )
    source += " const s = new cdk.Stack(app, 'S'); new s3.Bucket(s, 'B'); cdk.Aspects.of(app).add(new AwsSolutionsChecks()); cdk.Aspects.of(app).add(new Fixer());"
    gaps = read({"bin/app.ts": source})[1]
    assert [g.reason for g in gaps] == ["what constructs of @acme/fix declare is not known (Fixer)"]

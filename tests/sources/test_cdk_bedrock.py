"""Level 2 constructs of Bedrock and AgentCore, and classes that share a file, against what ``cdk synth`` makes of them."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources.files import tree_of
from tests.sources.test_cdk import HEAD, read, stack, value
from tests.sources.test_cdk_constructs import MORE
from tests.sources.test_cdk_grants import actions, statements

EXTRA = """
import { opensearchserverless } from '@cdklabs/generative-ai-cdk-constructs';
import * as aca from '@aws-cdk/aws-bedrock-agentcore-alpha';
import * as sfnTasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
"""


def app(body: str) -> dict[str, Block]:
    return stack(body, "{}", "{}", MORE + EXTRA)


def found(body: str, kind: str) -> list[Any]:
    head = HEAD + MORE + EXTRA
    source = f"{head}class S extends cdk.Stack {{ constructor(s: any, id: string) {{ super(s, id); {body} }} }}\nnew S(new cdk.App(), 'S');"
    return [r.value for r in collect_repository(tree_of({"bin/app.ts": source}), {}).resources if r.kind == kind]


def shapes(role: Block) -> list[Any]:
    listed = [r.content for s in statements(role) for r in s["Resource"].items()]
    return [r.shape if isinstance(r, Unknown) else r for r in listed]


MODEL = "bedrock.BedrockFoundationModel.ANTHROPIC_CLAUDE_3_5_SONNET_V2_0"
ARN = "arn:${...}:bedrock:${...}::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0"


@pytest.mark.parametrize(
    ("model", "allowed"),
    [
        (MODEL, [ARN]),
        (
            f"bedrock.CrossRegionInferenceProfile.fromConfig({{ geoRegion: bedrock.CrossRegionInferenceProfileRegion.US, model: {MODEL} }})",
            ["arn:${...}:bedrock:${...}:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0", ARN],
        ),
    ],
)
def test_a_model_grants_its_invocation(model: str, allowed: list[str]) -> None:
    role = app(f"const m = {model}; m.grantInvoke(new lambda.Function(this, 'F'));")["F/ServiceRole"]
    assert "bedrock:InvokeModel*" in actions(role)
    assert shapes(role) == allowed


def test_an_agent_may_invoke_its_model_and_its_functions() -> None:
    made = app(
        f"const fn = new lambda.Function(this, 'F'); const a = new bedrock.Agent(this, 'A', {{ foundationModel: {MODEL}, instruction: 'x' }});"
        " a.addActionGroup(new bedrock.AgentActionGroup({ name: 'Pay', executor: bedrock.ActionGroupExecutor.fromlambdaFunction(fn) }));"
    )
    assert shapes(made["A/Role"])[0] == ARN
    last = statements(made["A/Role"])[-1]
    assert (last["Action"].plain(), last["Resource"].items()[0].content) == (
        ["lambda:InvokeFunction"],
        Reference("bin/app.ts#S/F", "Arn"),
    )


def test_action_groups_of_an_agent() -> None:
    schema = "{ functions: [{ name: 'deleteOrder', description: 'x', requireConfirmation: bedrock.RequireConfirmation.ENABLED }] }"
    groups = found(
        f"const fn = new lambda.Function(this, 'F'); const a = new bedrock.Agent(this, 'A', {{ foundationModel: {MODEL}, instruction: 'x', userInputEnabled: true, actionGroups: [new bedrock.AgentActionGroup({{ name: 'Own', executor: bedrock.ActionGroupExecutor.fromlambdaFunction(fn), functionSchema: {schema} }})] }});"
        ' a.addActionGroup(new bedrock.AgentActionGroup({ name: \'Back\', enabled: false, executor: bedrock.ActionGroupExecutor.RETURN_CONTROL, apiSchema: bedrock.ApiSchema.fromInline(\'{"paths": {"/x": {"get": {"operationId": "readIt"}}}}\') }));',
        "aws.bedrock.action_group",
    )
    by_name = {g.name: g for g in groups}
    assert {n: g.state for n, g in by_name.items()} == {
        "UserInputAction": "ENABLED",
        "CodeInterpreterAction": "DISABLED",
        "Own": "ENABLED",
        "Back": "DISABLED",
    }
    own, back = by_name["Own"], by_name["Back"]
    assert (own.executor, own.function) == ("LAMBDA", Ref("aws.compute.unit", "bin/app.ts#S/F"))
    assert [(f.name, f.effect, f.require_confirmation) for f in own.functions] == [("deleteOrder", "delete", "ENABLED")]
    assert (back.executor, back.function, [f.name for f in back.functions]) == ("RETURN_CONTROL", None, ["readIt"])


def test_action_groups_that_are_not_resolved() -> None:
    body = f"const a = new bedrock.Agent(this, 'A', {{ foundationModel: {MODEL}, instruction: 'x', userInputEnabled: process.env.X === '1' }});"
    made = app(f"{body} a.addActionGroup(process.env.GROUP);")
    built_in, _, lost = made["A"].body["ActionGroups"].items()
    assert isinstance(built_in["ActionGroupState"].content, Unknown)
    assert lost.unknown == Unknown("an action group that is not resolved", present=True)
    given = app(
        f"new bedrock.Agent(this, 'A', {{ foundationModel: {MODEL}, instruction: 'x', actionGroups: somewhere }});"
    )
    assert given["A"].body["ActionGroups"].items()[2].unknown == lost.unknown


def test_a_knowledge_base_may_use_its_collection() -> None:
    made = app(
        "new bedrock.VectorKnowledgeBase(this, 'K', { embeddingsModel: bedrock.BedrockFoundationModel.TITAN_EMBED_TEXT_V2_1024 });"
    )
    policy = made["K/KBVectors/AOSSApiAccessAll"]
    assert value(policy, "PolicyDocument", "Statement", "Action") == ["aoss:APIAccessAll"]
    assert made["K/Role"].body["ManagedPolicyArns"].items()[0].content == Reference(policy.address, "Ref")
    assert shapes(made["K/Role"]) == ["arn:${...}:bedrock:${...}::foundation-model/amazon.titan-embed-text-v2:0"]


def test_an_endpoint_of_a_runtime() -> None:
    (runtime,) = found(
        "const r = new aca.Runtime(this, 'R', { runtimeName: 'r' }); r.addEndpoint('prod', { version: '3' });",
        "aws.agentcore.runtime",
    )
    assert [(e.name, e.live_version) for e in runtime.endpoints] == [("prod", "3")]


def test_the_metric_of_a_state_machine_that_is_imported() -> None:
    (alarm,) = found(
        "const m = cdk.aws_stepfunctions.StateMachine.fromStateMachineName(this, 'M', 'm'); m.metricFailed().createAlarm(this, 'A', { threshold: 1, evaluationPeriods: 1 });",
        "aws.cloudwatch.alarm",
    )
    assert [(m.namespace, m.name) for m in alarm.metrics] == [("AWS/States", "ExecutionsFailed")]


BASE = """
abstract class Base extends Construct {
  protected readonly fn: lambda.Function;
  constructor(scope: Construct, id: string, readonly props: { timeout?: cdk.Duration; env?: any }) {
    super(scope, id);
    this.fn = this.make();
  }
  protected make(): lambda.Function {
    return new lambda.Function(this, 'Handler', { timeout: this.props.timeout ?? cdk.Duration.seconds(30), environment: { ...this.props.env } });
  }
  get handler() { return this.fn; }
}
class Chat extends Base {
  constructor(scope: Construct, id: string, model: string) {
    super(scope, id, { env: { MODEL_ID: model } });
    this.fn.addToRolePolicy(new iam.PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: ['*'] }));
  }
}
class S extends cdk.Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new s3.Bucket(this, 'B').grantDelete(new Chat(this, 'Chat', 'm').handler);
  }
}
new S(new cdk.App(), 'S');
"""


def test_a_class_and_its_base_in_one_file() -> None:
    blocks, _ = read({"bin/app.ts": HEAD + BASE})
    assert sorted(b for b, block in blocks.items() if block.type == "AWS::Lambda::Function") == ["S/Chat/Handler"]
    handler = blocks["S/Chat/Handler"]
    assert (value(handler, "Environment", "Variables"), value(handler, "Timeout")) == ({"MODEL_ID": "m"}, 30)
    assert actions(blocks["S/Chat/Handler/ServiceRole"]) == ["bedrock:InvokeModel", "s3:DeleteObject*"]


PYTHON = """
import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

class Base(Construct):
    def __init__(self, scope, id, env):
        super().__init__(scope, id)
        self.fn = lambda_.Function(self, "Handler", environment=env)

    @property
    def handler(self):
        return self.fn

class Chat(Base):
    def __init__(self, scope, id):
        super().__init__(scope, id, {"MODEL_ID": "m"})

class Main(cdk.Stack):
    def __init__(self, scope, id):
        super().__init__(scope, id)
        Chat(self, "Chat").handler.add_environment("A", "1")

Main(cdk.App(), "Main")
"""


def test_a_class_and_its_base_in_one_file_of_python() -> None:
    blocks, _ = read({"app.py": PYTHON})
    assert [b for b, block in blocks.items() if block.type == "AWS::Lambda::Function"] == ["Main/Chat/Handler"]
    assert value(blocks["Main/Chat/Handler"], "Environment", "Variables") == {"MODEL_ID": "m", "A": "1"}

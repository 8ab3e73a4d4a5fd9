"""State machines in CDK code are read with the model calls of their tasks."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources.files import tree_of
from tests.sources.test_cdk import stack, value

SFN = """
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import * as models from 'aws-cdk-lib/aws-bedrock';
"""
SUMMARY = (
    "const summary = new tasks.BedrockInvokeModel(this, 'Summary', { model: models.FoundationModel.fromFoundationModelId(this, 'M',"
    " models.FoundationModelIdentifier.ANTHROPIC_CLAUDE_3_HAIKU_20240307_V1_0), body: sfn.TaskInput.fromObject({ max_tokens: 300,"
    " messages: [{ role: 'user', content: sfn.JsonPath.stringAt('$.question') }] }) });"
)


def made(body: str) -> dict[str, Block]:
    return stack(body, head=SFN)


def states(body: str, machine: str = "{ definitionBody: sfn.DefinitionBody.fromChainable(chain) }") -> dict[str, Any]:
    found = made(f"{body} new sfn.StateMachine(this, 'Flow', {machine});")
    named: dict[str, Any] = value(found["Flow"], "Definition", "States")
    return named


def test_a_task_that_invokes_a_model() -> None:
    task = states(f"{SUMMARY} const chain = summary;")["Summary"]
    assert task["Resource"] == "arn:aws:states:::bedrock:invokeModel"
    assert task["Parameters"]["ModelId"] == "anthropic.claude-3-haiku-20240307-v1:0"
    assert task["Parameters"]["Body"]["max_tokens"] == 300
    assert isinstance(task["Parameters"]["Body"]["messages"][0]["content"], Unknown)


@pytest.mark.parametrize(
    "chain",
    [
        "start.next(summary)",
        "sfn.Chain.start(start).next(summary)",
        "new sfn.Parallel(this, 'P').branch(start, summary)",
        "new sfn.Map(this, 'Each').itemProcessor(start.next(summary))",
        "new sfn.Choice(this, 'C').when(sfn.Condition.isPresent('$.x'), start).otherwise(summary)",
        "start.next(new sfn.Pass(this, 'B').addCatch(summary, { errors: ['States.ALL'] }))",
    ],
)
def test_states_are_reached_through_chains_branches_and_catches(chain: str) -> None:
    assert "Summary" in states(f"{SUMMARY} const start = new sfn.Pass(this, 'Start'); const chain = {chain};")


def test_a_state_of_another_machine_is_left_out() -> None:
    assert set(states(f"{SUMMARY} const chain = new sfn.Pass(this, 'Only');")) == {"Only"}


def test_retries_catches_limits_and_guardrails() -> None:
    task = states(
        "const chain = new tasks.BedrockInvokeModel(this, 'T', { model: 'm', taskTimeout: sfn.Timeout.duration(cdk.Duration.minutes(1)),"
        " guardrail: tasks.Guardrail.enable('gr1', 3) }); chain.addRetry({ errors: ['ThrottlingException'], maxAttempts: 5 });"
        " chain.addCatch(new sfn.Fail(this, 'F'));"
    )["T"]
    assert (task["TimeoutSeconds"], task["Retry"]) == (60, [{"ErrorEquals": ["ThrottlingException"], "MaxAttempts": 5}])
    assert task["Catch"] == [{"ErrorEquals": ["States.ALL"]}]
    guardrail = {k: v for k, v in task["Parameters"].items() if k.startswith("Guardrail")}
    assert guardrail == {"GuardrailIdentifier": "gr1", "GuardrailVersion": 3}


def test_calls_of_the_sdk_and_states_in_json() -> None:
    found = states(
        "const call = new tasks.CallAwsService(this, 'Call', { service: 'bedrockruntime', action: 'converse', iamResources: ['*'],"
        " parameters: { ModelId: 'amazon.nova-lite-v1:0' } });"
        " const chain = call.next(new sfn.CustomState(this, 'Own', { stateJson: { Type: 'Task', Resource: 'arn:aws:states:::bedrock:invokeModel', Parameters: { ModelId: 'x' } } }));"
    )
    assert found["Call"]["Resource"] == "arn:aws:states:::aws-sdk:bedrockruntime:converse"
    assert found["Call"]["Parameters"] == {"ModelId": "amazon.nova-lite-v1:0"}
    assert found["Own"]["Parameters"] == {"ModelId": "x"}


def test_what_the_role_may_do_for_the_tasks() -> None:
    found = made(
        f"{SUMMARY} const call = new tasks.CallAwsService(this, 'Call', {{ service: 'bedrockruntime', action: 'converse', iamResources: ['*'] }});"
        " new sfn.StateMachine(this, 'Flow', { definition: summary.next(call) });"
    )
    statements = found["Flow/Role"].body.at("Policies", "PolicyDocument")["Statement"].items()
    assert [s["Action"].plain() for s in statements] == ["bedrock:InvokeModel", "bedrockruntime:converse"]
    resource = statements[0]["Resource"].content
    assert isinstance(resource, Unknown)
    assert resource.shape == "arn:${...}:bedrock:${...}::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"
    assert statements[1]["Resource"].plain() == ["*"]


@pytest.mark.parametrize(
    "definition", ["", "definitionBody: sfn.DefinitionBody.fromFile('x.json')", "definition: chains()"]
)
def test_a_definition_that_is_not_resolved(definition: str) -> None:
    found = made(f"new sfn.StateMachine(this, 'Flow', {{ {definition} }});")
    assert isinstance(value(found["Flow"], "Definition"), Unknown)


def test_a_definition_in_json_and_settings_of_the_machine() -> None:
    found = made(
        "const group = new logs.LogGroup(this, 'L'); new sfn.StateMachine(this, 'Flow', { tracingEnabled: true, logs: { destination: group, level: sfn.LogLevel.ALL },"
        " definitionBody: sfn.DefinitionBody.fromString('{\"States\": {}}') });"
    )
    assert value(found["Flow"], "Definition") == '{"States": {}}'
    assert value(found["Flow"], "TracingConfiguration", "Enabled") is True
    assert value(found["Flow"], "LoggingConfiguration", "Level") == "ALL"


PYTHON = """
import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock, aws_stepfunctions as sfn, aws_stepfunctions_tasks as tasks, aws_lambda_python_alpha as lp

class Model:
    def __init__(self, scope, id, model_id):
        self.model_arn = f"arn:aws:bedrock:{cdk.Stack.of(scope).region}:{cdk.Stack.of(scope).account}:inference-profile/{model_id}"

class Chain(cdk.Stack):
    def __init__(self, scope, construct_id, **kwargs):
        super().__init__(scope, construct_id, **kwargs)
        lp.PythonFunction(self, "Parse", entry="fn", environment={"MODEL_ID": "m"})
        model = Model(self, "Model", "global.anthropic.claude-haiku-4-5-20251001-v1:0")
        first = tasks.BedrockInvokeModel(self, "First", model=model, body=sfn.TaskInput.from_object({"max_tokens": 512}))
        fix = tasks.BedrockInvokeModel(self, "Fix", model=model, body=sfn.TaskInput.from_object({"max_tokens": 64}))
        parse = sfn.Pass(self, "Parse It")
        parse.add_catch(handler=fix, errors=["ValueError"])
        sfn.StateMachine(self, "Flow", definition_body=sfn.DefinitionBody.from_chainable(first.next(parse)))

app = cdk.App()
Chain(app, "Chain")
"""


def test_python() -> None:
    found = collect_repository(tree_of({"app.py": PYTHON, "cdk.json": "{}"}), {})
    calls = {r.identity.rpartition("/")[2]: r.value for r in found.resources if r.kind == "repo.model_call"}
    assert {name: (c.model_id, c.max_tokens) for name, c in calls.items()} == {  # type: ignore[attr-defined]
        "First": ("global.anthropic.claude-haiku-4-5-20251001-v1:0", 512),
        "Fix": ("global.anthropic.claude-haiku-4-5-20251001-v1:0", 64),
    }
    assert "aws.compute.unit" in {r.kind for r in found.resources}
    assert not [g for g in found.gaps if "not known" in g.reason]


def test_models_of_the_library_and_profiles_of_them() -> None:
    found = stack(
        "const model = bedrock.BedrockFoundationModel.AMAZON_NOVA_PRO_V1; new bedrock.Agent(this, 'A', { foundationModel: model });"
        " const profile = bedrock.CrossRegionInferenceProfile.fromConfig({ geoRegion: bedrock.CrossRegionInferenceProfileRegion.US, model });"
        " new bedrock.Agent(this, 'B', { foundationModel: profile });"
    )
    assert [value(found[n], "FoundationModel") for n in "AB"] == ["amazon.nova-pro-v1:0", "us.amazon.nova-pro-v1:0"]


def test_a_queue_as_the_source_of_a_function() -> None:
    found = stack(
        "const fn = new lambda.Function(this, 'F', { vpc: vpc() }); fn.addEventSource(new SqsEventSource(new sqs.Queue(this, 'Q')));",
        head="import * as sqs from 'aws-cdk-lib/aws-sqs';\nimport { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';\n",
    )
    mapping = found["F/EventSource"]
    assert (mapping.type, mapping.body["EventSourceArn"].content) == (
        "AWS::Lambda::EventSourceMapping",
        Reference("bin/app.ts#S/Q", "Arn"),
    )
    assert "AWSLambdaVPCAccessExecutionRole" in str(found["F/ServiceRole"].body["ManagedPolicyArns"].plain())

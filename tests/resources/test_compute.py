from __future__ import annotations

import json

import pytest

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Declarations
from prodworks_cli.resources.compute import Setting, environment
from prodworks_cli.resources.environment import masked_variable
from tests.resources.support import DENIED, block, declared, observe, ref

KEY = "AKIA" + "Q" * 16


def secrets(variables: object) -> object:
    return declared("aws_lambda_function", {"environment": [{"variables": variables}]}).environment_secrets


@pytest.mark.parametrize(
    ("name", "value", "listed"),
    [
        ("DB_PASSWORD", "hunter2-hunter2", True),
        ("OPENAI_API_KEY", "some-literal", True),
        ("ANYTHING", KEY, True),
        ("DATABASE_URL", "postgres://user:pass@host/db", True),
        ("API_TOKEN", "{{resolve:secretsmanager:x:SecretString:y}}", True),
        ("DB_PASSWORD", ref("random_password.x", "result"), True),
        ("DB_SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:1:secret:x", False),
        ("DB_PASSWORD", ref("aws_secretsmanager_secret.x", "arn"), False),
        ("SECRET_NAME", "prod/db", False),
        ("API_KEY_PATH", "/prod/key", False),
        ("MAX_TOKENS", "4096", False),
        ("TOKEN_LIMIT", "abc", False),
        ("DB_PASSWORD", "", False),
        ("API_URL", "https://example.com/token", False),
        ("LOG_LEVEL", Unknown("var.level"), False),
        ("MODEL_ID", "anthropic.claude-sonnet-4-6", False),
    ],
)
def test_environment_secrets(name: str, value: object, listed: bool) -> None:
    assert secrets({name: value}) == ((name,) if listed else ())


def test_unresolved_values_are_unknown_only_where_the_name_says_secret() -> None:
    assert secrets({"DB_PASSWORD": Unknown("var.x")}) == (
        Unknown("the value of DB_PASSWORD is not resolved", present=True),
    )
    assert secrets(Unknown("merge(...)")) == Unknown("merge(...)")


def test_a_secret_that_deployment_resolves_leaks_whatever_the_variable_is_called() -> None:
    assert secrets({"SEARCH": Unknown("dynamic reference to secretsmanager", present=True)}) == ("SEARCH",)
    assert secrets({"SEARCH": Unknown("dynamic reference to ssm-secure", present=True)}) == ("SEARCH",)
    assert secrets({"SEARCH": Unknown("dynamic reference to ssm", present=True)}) == ()


def test_values_never_enter_the_inventory() -> None:
    unit = declared("aws_lambda_function", {"environment": [{"variables": {"X": KEY, "PASSWORD": "hunter2"}}]})
    assert KEY not in repr(unit)
    assert "hunter2" not in repr(unit)


def test_terraform_function() -> None:
    body = {
        "function_name": "chat",
        "role": ref("infra/aws_iam_role.chat"),
        "timeout": 30,
        "reserved_concurrent_executions": -1,
        "vpc_config": [{"subnet_ids": Unknown("var.subnets", present=True)}],
    }
    unit = declared("aws_lambda_function", body)
    assert (unit.engine, unit.name, unit.timeout_seconds, unit.reserved_concurrency) == ("lambda", "chat", 30, None)
    assert unit.role == Ref("aws.iam.role", "infra/aws_iam_role.chat")
    assert unit.log_group == Ref("aws.logs.log_group", "/aws/lambda/chat")
    assert unit.in_vpc is True
    assert unit.environment_secrets == ()


def test_function_defaults() -> None:
    unit = declared("AWS::Serverless::Function", {"Handler": "app.handler"})
    assert (unit.timeout_seconds, unit.in_vpc, unit.vpc) == (3, False, None)
    assert unit.role == Ref("aws.iam.role", "infra/subjectRole")
    assert isinstance(unit.log_group, Unknown)
    empty = declared("AWS::Lambda::Function", {"VpcConfig": {"SubnetIds": []}, "Role": "arn:aws:iam::1:role/x"})
    assert (empty.in_vpc, empty.role) == (False, Ref("aws.iam.role", "arn:aws:iam::1:role/x"))


CONTAINER = {
    "name": "app",
    "environment": [{"name": "API_KEY", "value": "literal-key"}, {"name": "MODEL", "value": "m"}],
    "logConfiguration": {"options": {"awslogs-group": "/ecs/app"}},
}


@pytest.mark.parametrize("definitions", [[CONTAINER], json.dumps([CONTAINER])])
def test_ecs_tasks(definitions: object) -> None:
    unit = declared("aws_ecs_task_definition", {"family": "app", "container_definitions": definitions})
    assert (unit.engine, unit.environment_secrets, unit.in_vpc) == ("ecs", ("API_KEY",), True)
    assert unit.log_group == Ref("aws.logs.log_group", "/ecs/app")


def test_environment_collects_every_declaration() -> None:
    pairs = [{"Name": "MODEL", "Value": "c"}]
    image = {
        "ImageRepository": {"ImageConfiguration": {"RuntimeEnvironmentVariables": [{"Name": "MODEL", "Value": "d"}]}}
    }
    found = environment(
        Declarations(
            (
                block("aws_lambda_function", "a", {"environment": [{"variables": {"MODEL": "a", "N": 1}}]}, line=4),
                block("aws_ecs_task_definition", "b", {"container_definitions": [CONTAINER]}),
                block("AWS::ECS::TaskDefinition", "c", {"ContainerDefinitions": [{"Environment": pairs}]}),
                block("AWS::AppRunner::Service", "d", {"SourceConfiguration": image}),
                block("aws_bedrockagentcore_agent_runtime", "e", {"environment_variables": {"MODEL": "e"}}),
                block("aws_lambda_function", "f", {"environment": Unknown("dynamic")}),
            )
        )
    )
    assert [node.content for node in found["MODEL"]] == ["a", "m", "c", "d", "e"]
    assert found["N"][0].location.line == 4


def test_observed_function() -> None:
    configuration = {
        "FunctionName": "chat",
        "Role": "arn:aws:iam::1:role/r",
        "Timeout": 60,
        "Environment": {"Variables": {"SECRET": "literal-value"}},
        "LoggingConfig": {"LogGroup": "/aws/lambda/chat"},
    }
    unit = observe(
        "aws.compute.unit",
        {"lambda:GetFunctionConfiguration": configuration, "lambda:GetFunctionConcurrency": DENIED},
    )
    assert (unit.environment_secrets, unit.timeout_seconds, unit.in_vpc) == (("SECRET",), 60, False)
    assert isinstance(unit.reserved_concurrency, Unknown)
    undecrypted = {"lambda:GetFunctionConfiguration": {"Environment": {"Error": {"ErrorCode": "AccessDenied"}}}}
    assert isinstance(observe("aws.compute.unit", undecrypted).environment_secrets, Unknown)
    denied = observe("aws.compute.unit", {"lambda:GetFunctionConfiguration": DENIED})
    assert isinstance(denied.environment_secrets, Unknown)
    assert isinstance(denied.in_vpc, Unknown)


def test_observed_runtime() -> None:
    answer = {"networkConfiguration": {"networkMode": "VPC"}, "environmentVariables": {"TOKEN": "value-value"}}
    unit = observe("aws.compute.unit", {"bedrock-agentcore-control:GetAgentRuntime": answer})
    assert (unit.engine, unit.in_vpc, unit.environment_secrets) == ("agentcore", True, ("TOKEN",))


MODEL = "anthropic.claude-sonnet-4-6"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("MODEL_ID", "us.anthropic.claude-sonnet-4-6", True),
        ("ANYTHING", MODEL, True),
        ("GUARDRAIL_ID", "gr1chat", True),
        ("GUARDRAIL_VERSION", "3", True),
        ("KNOWLEDGE_BASE_ID", "KBASE00001", True),
        ("AGENT_ALIAS_ID", "TSTALIASID", True),
        ("PROMPT_ARN", "arn:aws:bedrock:us-east-1:111122223333:prompt/P1", True),
        ("PROMPT", "swordfish", False),
        ("PROMPT_NAME", "Never say swordfish", False),
        ("MODEL_ID", KEY, False),
        ("MODEL_API_KEY", "some-literal", False),
        ("AGENT_TOKEN_ID", "sk-" + "a" * 30, False),
        ("TABLE", "chat", False),
    ],
)
def test_settings_are_the_variables_that_name_something_of_bedrock(name: str, value: str, kept: bool) -> None:
    """On both planes alike, and what is kept of an answer is what is shown."""
    masked = {name: masked_variable(name, value)}
    answer = {"lambda:GetFunctionConfiguration": {"FunctionName": "f", "Environment": {"Variables": masked}}}
    seen = observe("aws.compute.unit", answer)
    of_code = declared("AWS::Lambda::Function", {"Environment": {"Variables": {name: value}}})
    expected = (Setting(name, value),) if kept else ()
    assert (of_code.settings, seen.settings) == (expected, expected)
    assert kept or value not in repr((of_code, seen))


def test_settings_of_every_form() -> None:
    told = (Setting("MODEL_ID", MODEL),)
    pairs = [{"name": "MODEL_ID", "value": MODEL}]
    task = {"container_definitions": json.dumps([{"environment": pairs}])}
    assert declared("aws_ecs_task_definition", task).settings == told
    runtime = {"environment_variables": {"MODEL_ID": MODEL}}
    assert declared("aws_bedrockagentcore_agent_runtime", runtime).settings == told
    containers = [{"name": "c", "environment": pairs}]
    assert observe("aws.compute.unit", {"ecs:DescribeTaskDefinition": {"taskDefinition": {
        "family": "f", "containerDefinitions": containers}}}).settings == told  # fmt: skip
    answer = {"bedrock-agentcore-control:GetAgentRuntime": {"environmentVariables": {"MODEL_ID": MODEL}}}
    assert observe("aws.compute.unit", answer).settings == told


def test_a_setting_that_deployment_tells_is_unknown_and_so_are_variables_that_were_not_read() -> None:
    given = {"GUARDRAIL_ID": ref("infra/aws_bedrock_guardrail.g", "guardrail_id"), "TABLE": ref("infra/t", "name")}
    (setting,) = declared("aws_lambda_function", {"environment": [{"variables": given}]}).settings
    assert setting.variable == "GUARDRAIL_ID"
    assert isinstance(setting.value, Unknown)
    assert isinstance(observe("aws.compute.unit", {"lambda:GetFunctionConfiguration": DENIED}).settings, Unknown)

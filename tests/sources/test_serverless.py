"""The Serverless Framework: functions, roles, state machines and resources from raw files."""

from __future__ import annotations

from textwrap import dedent

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources.cloudformation import read
from prodworks_cli.sources.files import tree_of


def blocks(**files: str) -> dict[str, Block]:
    texts = {name.replace("__", "/") + ".yml": dedent(text) for name, text in files.items()}
    found, gaps = read(tree_of(texts).files)
    assert not gaps
    return {b.address: b for b in found}


SERVICE = """\
service: chat
custom:
  stages: {dev: small, prod: large}
  size: ${self:custom.stages.${opt:stage, 'dev'}}
provider:
  name: aws
  runtime: python3.12
  environment: {SHARED: "1", TABLE: "${self:custom.size}-table"}
  tracing: {lambda: true}
  logRetentionInDays: 30
  iam:
    role:
      statements:
        - {Effect: Allow, Action: bedrock:InvokeModel, Resource: "*"}
functions:
  answer-question:
    handler: app.handler
    environment: {MODEL: "${env:MODEL, 'amazon.nova-lite-v1:0'}", KEY: "${ssm:/chat/key}"}
  own:
    handler: own.handler
    role: arn:aws:iam::111122223333:role/own
    name: fixed-name
resources:
  Resources:
    Logs: {Type: AWS::S3::Bucket, Properties: {BucketName: "logs-${self:provider.stage, 'dev'}"}}
"""


def test_a_function_has_its_settings_and_those_of_the_provider() -> None:
    function = blocks(serverless=SERVICE)["serverless.yml#AnswerDashquestionLambdaFunction"]
    body = function.body
    assert function.type == "AWS::Lambda::Function"
    assert body["Runtime"].text() == "python3.12"
    assert body["Timeout"].content == 6
    assert body.at("TracingConfig", "Mode").text() == "Active"
    assert body.at("Environment", "Variables", "SHARED").text() == "1"
    assert body.at("Environment", "Variables", "TABLE").text() == "small-table"
    assert body.at("Environment", "Variables", "MODEL").text() == "amazon.nova-lite-v1:0"
    assert body["Role"].content == Reference("serverless.yml#IamRoleLambdaExecution", "Arn")
    assert (body.location.where, body.location.line) == ("serverless.yml", 16)


def test_what_is_known_at_deployment_is_unknown() -> None:
    function = blocks(serverless=SERVICE)["serverless.yml#AnswerDashquestionLambdaFunction"]
    assert function.body.at("Environment", "Variables", "KEY").content == Unknown("ssm is known at deployment", True)


def test_functions_without_a_role_share_one_with_the_statements() -> None:
    found = blocks(serverless=SERVICE)
    role = found["serverless.yml#IamRoleLambdaExecution"].body
    (policy,) = role["Policies"].items()
    (statement,) = policy.at("PolicyDocument", "Statement").items()
    assert statement["Action"].text() == "bedrock:InvokeModel"
    assert found["serverless.yml#OwnLambdaFunction"].body["Role"].text() == "arn:aws:iam::111122223333:role/own"


def test_each_function_has_a_log_group() -> None:
    group = blocks(serverless=SERVICE)["serverless.yml#OwnLogGroup"].body
    assert (group["LogGroupName"].text(), group["RetentionInDays"].content) == ("/aws/lambda/fixed-name", 30)


def test_resources_are_those_of_cloudformation() -> None:
    assert blocks(serverless=SERVICE)["serverless.yml#Logs"].body["BucketName"].text() == "logs-dev"


def test_parts_in_other_files_are_read() -> None:
    found = blocks(
        api__serverless="""\
            service: chat
            provider: {name: aws, iamRoleStatements: "${file(../iam.yml):statements}"}
            functions:
              - ${file(functions.yml)}
            """,
        api__functions="ask: {handler: app.ask}\n",
        iam="statements:\n  - {Effect: Allow, Action: 's3:GetObject', Resource: '*'}\n",
    )
    assert found["api/serverless.yml#AskLambdaFunction"].body["Handler"].text() == "app.ask"
    (policy,) = found["api/serverless.yml#IamRoleLambdaExecution"].body["Policies"].items()
    assert policy.at("PolicyDocument", "Statement").items()[0]["Action"].text() == "s3:GetObject"


@pytest.mark.parametrize(
    "text",
    [
        "service: x\nprovider: {name: google}\n",
        "service: {port: 80}\nname: x\n",
        "services:\n  web: {image: provider}\n",
    ],
)
def test_other_files_with_a_service_are_none(text: str) -> None:
    assert blocks(other=text) == {}


@pytest.mark.parametrize("custom", ["a: '${self:custom.a}'", "a: '${self:custom.b}', b: '${self:custom.a}'"])
def test_variables_that_name_each_other_end_as_unknown(custom: str) -> None:
    function = "functions: {f: {handler: '${self:custom.a}'}}"
    text = f"service: x\ncustom: {{{custom}}}\nprovider: {{name: aws}}\n{function}\n"
    handler = blocks(serverless=text)["serverless.yml#FLambdaFunction"].body["Handler"]
    assert isinstance(handler.content, Unknown)


def test_a_broken_service_is_a_gap() -> None:
    _, gaps = read(tree_of({"serverless.yml": "service: x\nprovider: {name: aws\n"}).files)
    assert [(g.scope, g.line is not None) for g in gaps] == [("serverless.yml", True)]

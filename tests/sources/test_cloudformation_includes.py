"""Snippets that ``AWS::Include`` takes from files of the repository."""

from __future__ import annotations

from prodworks_cli.model import Gap, Location, Unknown
from prodworks_cli.node import Block
from prodworks_cli.sources import cloudformation
from prodworks_cli.sources.files import File, Part


def read(files: dict[str, str]) -> tuple[dict[str, Block], tuple[Gap, ...]]:
    found, gaps = cloudformation.read([File(path, text.encode(), Part.PRODUCTION) for path, text in files.items()])
    return {b.address: b for b in found}, gaps


INCLUDE = "{Name: AWS::Include, Parameters: {Location: %s}}"


def test_a_snippet_is_the_value_it_is_included_as() -> None:
    template = f"""\
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      Name: api
      DefinitionBody:
        Fn::Transform: {INCLUDE % "./api/openapi.yaml"}
"""
    found, gaps = read({"infra/t.yaml": template, "infra/api/openapi.yaml": "openapi: 3.0.1\npaths:\n  /chat: {}\n"})
    body = found["infra/t.yaml#Api"].body["DefinitionBody"]
    assert body["paths"]["/chat"].location == Location("infra/api/openapi.yaml", 3)
    assert gaps == ()


def test_resources_of_a_snippet_stand_beside_the_others() -> None:
    template = f"Resources:\n  T: {{Type: AWS::SNS::Topic}}\n  Fn::Transform: {INCLUDE % 'more.yaml'}\n"
    queue = "Q:\n  Type: AWS::SQS::Queue\n  Properties: {QueueName: !Sub '${AWS::StackName}-q'}\n"
    snippet = f"{queue}T: {{Type: AWS::SQS::Queue}}\n"
    found, gaps = read({"t.yaml": template, "more.yaml": snippet})
    assert {a: b.type for a, b in found.items()} == {"t.yaml#T": "AWS::SNS::Topic", "t.yaml#Q": "AWS::SQS::Queue"}
    assert found["t.yaml#Q"].body["QueueName"].location.where == "more.yaml"
    assert gaps == ()


def test_a_snippet_of_a_whole_template() -> None:
    template = f"Transform: {INCLUDE % 'm.json'}\nResources:\n  T: {{Type: AWS::SNS::Topic, Condition: Never}}\n"
    found, gaps = read({"t.yaml": template, "m.json": '{"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}'})
    assert (found, gaps) == ({}, ())


def test_what_is_not_in_the_repository_stays_unknown() -> None:
    for location in ("s3://bucket/more.yaml", "missing.yaml", "/etc/passwd", "broken.yaml", "'${Where}'", "[a]"):
        template = f"Resources:\n  T: {{Type: AWS::SNS::Topic}}\n  Fn::Transform: {INCLUDE % location}\n"
        found, (gap,) = read({"t.yaml": template, "broken.yaml": "a: [\n"})
        assert list(found) == ["t.yaml#T"]
        assert gap.reason == "Fn::Transform is not evaluated and may declare resources"
    value = (
        f"Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties:\n      Fn::Transform: {INCLUDE % 's3://b/k'}\n"
    )
    found, _ = read({"t.yaml": value})
    assert found["t.yaml#T"].body.content == Unknown("Fn::Transform is not evaluated")


def test_snippets_that_include_each_other_end() -> None:
    snippet = f"Q: {{Type: AWS::SQS::Queue}}\nFn::Transform: {INCLUDE % 'more.yaml'}\n"
    template = f"Resources:\n  Fn::Transform: {INCLUDE % 'more.yaml'}\n  T: {{Type: AWS::SNS::Topic}}\n"
    found, gaps = read({"t.yaml": template, "more.yaml": snippet})
    assert set(found) == {"t.yaml#T", "t.yaml#Q"}
    assert [gap.scope for gap in gaps] == ["more.yaml"]

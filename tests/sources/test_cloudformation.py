"""Which files are templates, what becomes a block or a gap, conditions of resources, loops and hostile templates."""

import json
from collections.abc import Sequence

import pytest

from prodworks_cli.model import Gap, Location, Plane, Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources import cloudformation
from prodworks_cli.sources.files import File, Part

TOPIC = "Resources:\n  T:\n    Type: AWS::SNS::Topic\n"


def read(**files: str) -> tuple[tuple[Block, ...], tuple[Gap, ...]]:
    return cloudformation.read([File(path, text.encode(), Part.PRODUCTION) for path, text in files.items()])


def read_one(text: str, path: str = "t.yaml") -> tuple[tuple[Block, ...], tuple[Gap, ...]]:
    return read(**{path: text})


def addresses(blocks: Sequence[Block]) -> list[str]:
    return [block.address for block in blocks]


def test_a_block() -> None:
    text = """\
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Guard:
    Type: AWS::Bedrock::Guardrail
    Metadata: {a: b}
    Properties:
      Name: guard
      ContentPolicyConfig:
        FiltersConfig:
          - Type: PROMPT_ATTACK
            InputStrength: HIGH
  Bare:
    Type: AWS::SNS::Topic
"""
    blocks, gaps = read_one(text, "infra/t.yaml")
    assert gaps == ()
    guard, bare = blocks
    assert (guard.type, guard.address, guard.conditional) == (
        "AWS::Bedrock::Guardrail",
        "infra/t.yaml#Guard",
        False,
    )
    assert guard.body.location == Location("infra/t.yaml", 3)
    assert guard.body["Name"].location.line == 7
    assert guard.body["Missing"].location.line == 3
    strength = guard.body.at("ContentPolicyConfig", "FiltersConfig", "InputStrength")
    assert (strength.text(), strength.location.line) == ("HIGH", 11)
    assert bare.body.plain() == {}
    assert bare.body.location.line == 12


def test_json_with_tabs() -> None:
    text = (
        '{\n\t"Resources": {\n\t\t"B": {\n\t\t\t"Type": "AWS::S3::Bucket",\n\t\t\t"Properties": {"BucketName": "b"}}}}'
    )
    (block,), _ = read_one(text, "b.template")
    assert block.body.plain() == {"BucketName": "b"}
    assert block.body.location.line == 3
    assert block.body["BucketName"].location.line == 5


NOT_TEMPLATES = {
    "package.json": '{"Resources": "AWS::", "name": "x"}',
    "openapi.yaml": "openapi: 3.0.0\ninfo: {title: Resources of AWS::S3::Bucket}\npaths: {}\n",
    "k8s.yaml": "kind: X\nspec:\n  Resources:\n    A: {Type: AWS::S3::Bucket}\n",
    "list.yaml": "- Resources: {A: {Type: AWS::S3::Bucket}}\n",
    "schema.json": '{"Resources": {"type": "AWS::S3::Bucket"}}',
    ".env.template": "Resources=AWS::S3::Bucket\n",
    "notes.md": TOPIC,
    "node_modules/a/t.yaml": TOPIC,
    "helm.yaml": "{{ if .Values.Resources }}\nx: AWS::\n{{ end }}\n",
    "multi.yaml": "a: Resources\n---\nb: 'AWS::'\n",
}


@pytest.mark.parametrize("path", NOT_TEMPLATES)
def test_other_files_are_no_templates(path: str) -> None:
    assert read_one(NOT_TEMPLATES[path], path) == ((), ())


@pytest.mark.parametrize("path", ["t.yml", "t.yaml", "cdk.out/App.template.json", "t.template"])
def test_endings(path: str) -> None:
    assert addresses(read_one(TOPIC, path)[0]) == [f"{path}#T"]


def test_vendored_files_are_not_read() -> None:
    assert cloudformation.read([File("t.yaml", TOPIC.encode(), Part.VENDORED)]) == ((), ())


def test_a_template_that_does_not_parse_is_a_gap_and_loses_nothing_else() -> None:
    broken = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: [\n"
    blocks, gaps = read(**{"broken.yaml": broken, "ok.yaml": TOPIC})
    assert addresses(blocks) == ["ok.yaml#T"]
    assert gaps == (
        Gap(
            "aws.*",
            Plane.DECLARED,
            "broken.yaml",
            "template does not parse: did not find expected node content",
            4,
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "Resources:\n  T:\n    Type: AWS::SNS::Topic\n   Bad: x\n",
        '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}',
        "{% if x %}\n" + TOPIC,
    ],
)
def test_broken_templates_without_a_version_are_gaps(text: str) -> None:
    blocks, gaps = read_one(text)
    assert blocks == ()
    assert [gap.kind for gap in gaps] == ["aws.*"]


def test_a_template_that_is_not_utf8_is_a_gap() -> None:
    data = b"AWSTemplateFormatVersion: 1\nDescription: \xff\nResources: {}\n"
    _, gaps = cloudformation.read([File("t.yaml", data, Part.PRODUCTION)])
    assert [gap.reason for gap in gaps] == ["not UTF-8 text"]


def test_what_may_declare_more_is_a_gap() -> None:
    text = """\
Transform:
  - AWS::Serverless-2016-10-31
  - AWS::LanguageExtensions
  - CompanyMacro
Resources:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/k}}
  T: {Type: AWS::SNS::Topic}
  Odd: {Properties: {}}
  Odder: 3
"""
    blocks, gaps = read_one(text)
    assert addresses(blocks) == ["t.yaml#T"]
    assert [(gap.line, gap.reason) for gap in gaps] == [
        (6, "Fn::Transform is not evaluated and may declare resources"),
        (8, "resource Odd has no type"),
        (9, "resource Odder has no type"),
        (4, "transform CompanyMacro is not evaluated"),
    ]


CONDITIONS = """\
Parameters:
  Env: {Type: String, Default: dev}
  Given: {Type: String}
  Secret: {Type: String, NoEcho: true, Default: hunter2}
Mappings: {Sizes: {dev: {n: 1}, prod: {n: 2}}}
Conditions:
  IsDev: !Equals [!Ref Env, dev]
  IsProd: !Equals [!Ref Env, prod]
  Undecided: !Equals [!Ref Given, x]
  Never: !Equals [a, b]
  NeverEither: !And [!Condition Never, !Condition Undecided]
  Always: !Not [!Condition Never]
  Loop: !Not [!Condition Loop]
  Either: !Or [!Condition Undecided, !Condition IsDev]
  OfSecret: !Equals [!Ref Secret, hunter2]
  OfMap: !Equals [!FindInMap [Sizes, !Ref Env, n], '1']
Resources:
"""


@pytest.mark.parametrize(
    ("condition", "conditional"),
    [
        ("IsDev", False),
        ("IsProd", True),
        ("Undecided", True),
        ("Never", None),
        ("NeverEither", True),
        ("Always", False),
        ("Loop", True),
        ("Either", False),
        ("OfSecret", True),
        ("OfMap", False),
        ("Undeclared", True),
        ("[a]", True),
    ],
)
def test_conditions_of_resources(condition: str, conditional: bool | None) -> None:
    blocks, _ = read_one(f"{CONDITIONS}  T: {{Type: AWS::SNS::Topic, Condition: {condition}}}\n")
    assert [block.conditional for block in blocks] == ([] if conditional is None else [conditional])


def test_a_long_chain_of_conditions_is_unknown() -> None:
    chain = "".join(f"  C{i}: !Not [!Condition C{i + 1}]\n" for i in range(3000))
    (block,), _ = read_one(f"Conditions:\n{chain}Resources:\n  T: {{Type: AWS::SNS::Topic, Condition: C0}}\n")
    assert block.conditional


LOOPS = """\
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "a, b"}
  Unset: {Type: CommaDelimitedList}
Resources:
  Fn::ForEach::Topics:
    - Name
    - !Ref Names
    - Topic${Name}:
        Type: AWS::SNS::Topic
        Properties:
          TopicName: !Sub "t-${Name}"
          DisplayName: !Ref Name
          Other: !GetAtt [!Sub "Topic${Name}", TopicArn]
  Fn::ForEach::Unset: [X, !Ref Unset, {"Q${X}": {Type: AWS::SQS::Queue}}]
  Fn::ForEach::Broken: [X]
"""


def test_loops_over_resources() -> None:
    blocks, gaps = read_one(LOOPS)
    assert addresses(blocks) == ["t.yaml#Topica", "t.yaml#Topicb"]
    body = blocks[1].body
    assert (body["TopicName"].text(), body["TopicName"].location.line) == ("t-b", 12)
    assert body["DisplayName"].text() == "b"
    assert [gap.line for gap in gaps] == [15, 16]


def test_loops_over_properties() -> None:
    text = """\
Resources:
  T:
    Type: AWS::SNS::Topic
    Properties:
      Fn::ForEach::P: [K, [A, B], {"${K}": !Ref K}]
      C: 1
  U:
    Type: AWS::SNS::Topic
    Properties:
      Fn::ForEach::P: [K, !Ref Nothing, {"${K}": !Ref K}]
"""
    (known, unknown), _ = read_one(text)
    assert known.body.plain() == {"A": "A", "B": "B", "C": 1}
    assert unknown.body["A"].content == Unknown("a loop that is not expanded")


def test_globals_of_sam() -> None:
    text = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 30
    Tracing: Active
    Layers: [shared]
    Environment:
      Variables: {LOG: INFO, STAGE: dev}
    VpcConfig: !If [X, a, b]
  Api: {TracingEnabled: true}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 5
      Layers: [own]
      Environment:
        Variables: {STAGE: prod, MODEL: m}
      VpcConfig: {SubnetIds: [s]}
  G:
    Type: AWS::Serverless::Function
    IgnoreGlobals: [Layers, Environment, VpcConfig]
  H:
    Type: AWS::Serverless::Function
    IgnoreGlobals: '*'
  L:
    Type: AWS::Lambda::Function
    Properties: {Timeout: 1, Role: !GetAtt FRole.Arn, Version: !Ref F.Version}
"""
    (f, g, h, plain), _ = read_one(text)
    assert f.body.plain() == {
        "Timeout": 5,
        "Tracing": "Active",
        "Layers": ["shared", "own"],
        "Environment": {"Variables": {"LOG": "INFO", "STAGE": "prod", "MODEL": "m"}},
        "VpcConfig": {"SubnetIds": ["s"]},
    }
    assert f.body.location.line == 12
    assert f.body["Tracing"].location.line == 5
    assert f.body["Timeout"].location.line == 15
    assert g.body.plain() == {"Timeout": 30, "Tracing": "Active"}
    assert h.body.plain() == {}
    assert plain.body["Timeout"].content == 1
    assert plain.body["Role"].content == Unknown("FRole is generated by a transform", present=True)
    assert plain.body["Version"].content == Reference("t.yaml#F", "Version")


def deep(levels: int) -> str:
    return f"{TOPIC}    Properties:\n      Name: " + "[" * levels + "x" + "]" * levels


def nested_functions(levels: int) -> str:
    value: object = "x"
    for _ in range(levels):
        value = {"Fn::Join": ["", [value]]}
    return json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"Name": value}}}})


def test_deep_templates() -> None:
    assert read_one(deep(5000))[1][0].reason == "template does not parse: nested deeper than 100 levels"
    (block,), gaps = read_one(deep(90))
    assert (gaps, block.body["Name"].present) == ((), True)
    (block,), _ = read_one(nested_functions(30))
    assert block.body["Name"].text() == "x"


def test_texts_that_grow_are_bounded() -> None:
    text = f"""\
Parameters: {{P: {{Type: String, Default: {"x" * 50_000}}}}}
Resources:
  T:
    Type: AWS::SNS::Topic
    Properties:
      Name: !Sub "{"${P}" * 5_000}"
      Many: !Sub "{"${P}" * 20_000}"
"""
    (block,), _ = read_one(text)
    assert block.body["Name"].content == Unknown("a text of more than 100000 characters", present=True)
    assert block.body["Many"].content == Unknown("Fn::Sub with more than 10000 variables", present=True)


def test_loops_that_multiply_are_bounded() -> None:
    names = "[" + ", ".join(f"v{i}" for i in range(300)) + "]"
    body = "{'T${A}${B}${C}': {Type: AWS::SNS::Topic}}"
    for name in "CBA":
        body = f"{{'Fn::ForEach::{name}': [{name}, {names}, {body}]}}"
    blocks, gaps = read_one(f"{{Resources: {body}, Transform: AWS::LanguageExtensions}}")
    assert len(blocks) < 100_000
    assert {gap.reason for gap in gaps} == {"a loop over resources that is not expanded"}
    assert len(gaps) <= 3

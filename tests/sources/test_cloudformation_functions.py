"""Intrinsic functions and parameters: the exact value, or exactly why it is not known."""

import pytest

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node, Reference
from prodworks_cli.sources import cloudformation
from prodworks_cli.sources.files import File, Part

HEAD = """\
Parameters:
  Text: {Type: String, Default: dev}
  Flag: {Type: String, Default: true}
  Count: {Type: Number, Default: '3'}
  Share: {Type: Number, Default: 0.5}
  Words: {Type: CommaDelimitedList, Default: 'a, b'}
  Numbers: {Type: List<Number>, Default: '80,443'}
  Vpc: {Type: 'AWS::EC2::VPC::Id'}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}
  Password: {Type: String, NoEcho: true, Default: hunter2}
  Token: {Type: String, NoEcho: 'true', Default: ''}
  Resolved: {Type: String, Default: '{{resolve:ssm:/my/path}}'}
  Broken: {Type: String, Default: {a: b}}
Mappings:
  Envs: {dev: {Size: 1, Zones: [a, b]}, prod: {Size: 2, Zones: [c]}}
Conditions:
  IsDev: !Equals [dev, dev]
  ByDefault: !Equals [!Ref Text, dev]
  AllByDefault: !And [!Condition IsDev, !Condition ByDefault]
  Open: !Equals [!Ref Vpc, x]
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  T:
    Type: AWS::SNS::Topic
    Properties:
      Value: """

LINE = HEAD.count("\n") + 1


def value_of(written: str) -> Node:
    file = File("t.yaml", f"{HEAD}{written}\n".encode(), Part.PRODUCTION)
    blocks, gaps = cloudformation.read([file])
    assert gaps == ()
    return next(block for block in blocks if block.address == "t.yaml#T").body["Value"]


KNOWN = [
    ("!Ref Text", "dev"),
    ("!Ref Flag", "true"),
    ("!Ref Count", 3),
    ("!Ref Share", 0.5),
    ("!Ref Words", ["a", "b"]),
    ("!Ref Numbers", [80, 443]),
    ("!Ref AWS::NoValue", None),
    ("!Sub 'x-${Text}-${Count}-${!Literal}'", "x-dev-3-${Literal}"),
    ("!Sub ['${A}/${Text}', {A: !Ref Count}]", "3/dev"),
    ("!Sub '${Text}'", "dev"),
    ("!Sub 'no variables ${'", "no variables ${"),
    ("!Join ['-', [a, !Ref Text, !Ref AWS::NoValue, 1]]", "a-dev-1"),
    ("!Join [',', !Ref Words]", "a,b"),
    ("!Join ['', []]", ""),
    ("!Select [1, !Ref Words]", "b"),
    ("!Select ['0', [x, y]]", "x"),
    ("!Split ['/', 'a/b/c']", ["a", "b", "c"]),
    ("!Select [2, !Split ['/', !Sub 'x/y/${Text}']]", "dev"),
    ("!If [IsDev, yes-dev, {k: v}]", "yes-dev"),
    ("!If [IsDev, {k: !Ref Text}, 0]", {"k": "dev"}),
    ("!If [Open, same, same]", "same"),
    ("!If [IsDev, !Ref AWS::NoValue, x]", None),
    ("!FindInMap [Envs, !Ref Text, Size]", 1),
    ("!FindInMap [Envs, prod, Zones]", ["c"]),
    ("!FindInMap [Envs, nowhere, Size, {DefaultValue: !Ref Text}]", "dev"),
    ("!Length [[1], [2], 3]", 3),
    ("!Length {Ref: Words}", 2),
    ("!ToJsonString {a: !Ref Text}", {"a": "dev"}),
    ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
    ("{a: !Ref AWS::NoValue, b: null, c: 1}", {"b": None, "c": 1}),
    ("{Ref: Text, Other: 1}", {"Ref": "Text", "Other": 1}),
    ("{Condition: {StringEquals: {a: b}}}", {"Condition": {"StringEquals": {"a": "b"}}}),
    ("'${aws:username}'", "${aws:username}"),
    ("yes", True),
]


@pytest.mark.parametrize(("written", "expected"), KNOWN, ids=[written for written, _ in KNOWN])
def test_known(written: str, expected: object) -> None:
    assert value_of(written).plain() == expected


ARN = "known after deployment: t.yaml#Bucket Arn"
REGION = "AWS::Region is known after deployment"
VPC = "parameter Vpc has no default"
UNKNOWN = [
    ("!Ref Vpc", Unknown(VPC)),
    ("!Ref Nowhere", Unknown("Nowhere is not declared in the template")),
    ("!Ref [a]", Unknown(" is not declared in the template")),
    ("!Ref AWS::Region", Unknown(REGION, present=True)),
    (
        "!Ref Image",
        Unknown("parameter Image is read from Systems Manager Parameter Store", present=True),
    ),
    ("!Ref Password", Unknown("parameter Password is NoEcho", present=True)),
    ("!Ref Token", Unknown("parameter Token is NoEcho")),
    ("!Ref Resolved", Unknown("dynamic reference to ssm", present=True)),
    ("!Ref Broken", Unknown("parameter Broken has a malformed default")),
    ("!Sub '${Vpc}'", Unknown(VPC)),
    ("!Sub '${Vpc}${Token}'", Unknown(VPC, shape="${...}${...}")),
    (
        "!Sub 'arn:${AWS::Region}:${Text}'",
        Unknown(REGION, present=True, shape="arn:${...}:dev"),
    ),
    ("!Sub '${Bucket.Arn}/*'", Unknown(ARN, present=True, shape="${...}/*")),
    (
        "!Sub 'p=${Password}'",
        Unknown("parameter Password is NoEcho", present=True, shape="p=${...}"),
    ),
    (
        "!Sub ['${A}!', {A: !Sub 'a-${Vpc}'}]",
        Unknown(VPC, present=True, shape="a-${...}!"),
    ),
    ("!Join ['/', [!GetAtt Bucket.Arn, '*']]", Unknown(ARN, present=True, shape="${...}/*")),
    ("!Join ['', !Ref Vpc]", Unknown(VPC)),
    ("!Split [',', !Sub 'a,${Vpc}']", Unknown(VPC, present=True)),
    ("!Select [0, !GetAZs '']", Unknown("Fn::GetAZs is not evaluated", present=True)),
    ("!Select [9, [a]]", Unknown("Fn::Select past the end of its list")),
    ("!Select [-1, [a]]", Unknown("Fn::Select with an index that is not known")),
    ("!If [Open, a, b]", Unknown("depends on condition Open", present=True)),
    ("!If [Open, a, !Ref AWS::NoValue]", Unknown("depends on condition Open")),
    ("!If [Open, a, !Ref Vpc]", Unknown("depends on condition Open")),
    ("!If [Open]", Unknown("Fn::If with a malformed argument")),
    (
        "!FindInMap [Envs, !Ref AWS::Region, Size]",
        Unknown("a mapping's key that is not known", present=True),
    ),
    ("!FindInMap [Envs, nowhere, Size]", Unknown("a mapping without that key")),
    ("!ImportValue net-VpcId", Unknown("import of export net-VpcId", present=True)),
    (
        "{'Fn::ImportValue': !Sub '${Vpc}-Id'}",
        Unknown("import of export ${...}-Id", present=True),
    ),
    ("!Base64 text", Unknown("Fn::Base64 is not evaluated", present=True)),
    ("!Cidr [10.0.0.0/16, 2, 8]", Unknown("Fn::Cidr is not evaluated", present=True)),
    (
        "{'Fn::Transform': {Name: AWS::Include}, a: 1}",
        Unknown("Fn::Transform is not evaluated"),
    ),
    ("{'Fn::Nonsense': 1}", Unknown("Fn::Nonsense is not evaluated")),
    (
        "'{{resolve:secretsmanager:db:SecretString:password}}'",
        Unknown("dynamic reference to secretsmanager", present=True),
    ),
    (
        "'pg://u:{{resolve:ssm-secure:/p:1}}@h'",
        Unknown("dynamic reference to ssm-secure", present=True, shape="pg://u:${...}@h"),
    ),
    (
        "!Sub '{{resolve:secretsmanager:${Bucket}:SecretString}}'",
        Unknown("dynamic reference to secretsmanager", present=True),
    ),
    (
        "!Join ['', ['{{resolve:ssm:', !Ref Text, '}}']]",
        Unknown("dynamic reference to ssm", present=True),
    ),
]


@pytest.mark.parametrize(("written", "expected"), UNKNOWN, ids=[written for written, _ in UNKNOWN])
def test_unknown(written: str, expected: Unknown) -> None:
    node = value_of(written)
    assert node.content == expected
    assert "hunter2" not in repr(node)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Ref Bucket", Reference("t.yaml#Bucket", "Ref")),
        ("!GetAtt Bucket.Arn", Reference("t.yaml#Bucket", "Arn")),
        ("!GetAtt [Bucket, Outputs.Name]", Reference("t.yaml#Bucket", "Outputs.Name")),
        ("!Sub '${Bucket}'", Reference("t.yaml#Bucket", "Ref")),
        ("!Sub '${Bucket.Arn}'", Reference("t.yaml#Bucket", "Arn")),
        ("!Join ['', [!Ref Bucket]]", Reference("t.yaml#Bucket", "Ref")),
        ("!If [Open, !Ref Bucket, !Ref Bucket]", Reference("t.yaml#Bucket", "Ref")),
    ],
)
def test_references(written: str, expected: Reference) -> None:
    assert value_of(written).content == expected


def test_a_value_from_elsewhere_is_at_its_place_of_use() -> None:
    here = Location("t.yaml", LINE)
    assert value_of("!Ref Text").location == here
    for written in ("!Ref Words", "!FindInMap [Envs, dev, Zones]", "!Split [',', 'a,b']"):
        assert [item.location for item in value_of(written).items()] == [here, here]


@pytest.mark.parametrize("name", ["ByDefault", "AllByDefault"])
def test_a_default_does_not_decide_a_branch(name: str) -> None:
    assert value_of(f"!If [{name}, 400, 400]").content == 400
    assert value_of(f"!If [{name}, 400, 30]").content == Unknown(f"depends on condition {name}", present=True)
    assert value_of(f"!If [{name}, a, !Ref AWS::NoValue]").content == Unknown(f"depends on condition {name}")


def test_what_a_parent_stack_gives_decides_a_branch() -> None:
    child = """\
Parameters: {Env: {Type: String, Default: dev}, Other: {Type: String, Default: x}}
Conditions: {IsProd: !Equals [!Ref Env, prod], IsOther: !Equals [!Ref Other, x]}
Resources:
  G:
    Type: AWS::Logs::LogGroup
    Properties: {RetentionInDays: !If [IsProd, 400, 1], LogGroupName: !If [IsOther, a, b]}
"""
    parent = """\
Resources:
  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml, Parameters: {Env: prod}}}
"""
    files = [File(path, text.encode(), Part.PRODUCTION) for path, text in (("p.yaml", parent), ("child.yaml", child))]
    blocks, _ = cloudformation.read(files)
    body = next(block.body for block in blocks if block.address == "child.yaml#G")
    assert body["RetentionInDays"].content == 400
    assert body["LogGroupName"].content == Unknown("depends on condition IsOther", present=True)


def test_a_branch_keeps_its_own_lines() -> None:
    node = value_of("!If\n        - IsDev\n        - Key:\n            Inner: 1\n        - x")
    assert node.location.line == LINE
    assert node.at("Key", "Inner").location.line == LINE + 3


@pytest.mark.parametrize(
    "written",
    [
        "!Sub {a: b}",
        "!Sub []",
        "!Join x",
        "!Join [[], []]",
        "!Select x",
        "!Split ['', a]",
        "!If x",
        "!If [[a], b, c]",
        "!FindInMap [a]",
        "!GetAtt []",
        "!GetAtt ''",
        "!GetAtt [Bucket, !Ref Vpc]",
        "!Equals [a]",
        "!And []",
        "!Not []",
        "!Length 3",
        "{'Fn::Sub': null}",
        "{'Fn::GetAtt': {a: b}}",
        "!ImportValue [a]",
        "!Sub ['${a}', 3]",
    ],
)
def test_malformed_arguments_are_never_text(written: str) -> None:
    node = value_of(written)
    assert node.unknown is not None or node.content is True

"""Nested stacks: which template they are made of, with which parameters, and templates that nest themselves."""

from prodworks_cli.model import Gap, Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources import cloudformation
from prodworks_cli.sources.files import File, Part

CHILD = """\
Parameters:
  Bucket: {Type: String}
  Days: {Type: Number, Default: 7}
  Key: {Type: String, NoEcho: true}
Conditions:
  Week: !Equals [!Ref Days, 7]
Resources:
  Logs:
    Type: AWS::Logs::LogGroup
    Properties:
      RetentionInDays: !Ref Days
      Bucket: !Ref Bucket
      Key: !Ref Key
  Weekly: {Type: AWS::SNS::Topic, Condition: Week}
"""

APPLICATION = "Resources:\n  A:\n    Type: AWS::Serverless::Application\n    Properties:\n"


def read(**files: str) -> tuple[dict[str, Block], tuple[Gap, ...]]:
    blocks, gaps = cloudformation.read([File(path, text.encode(), Part.PRODUCTION) for path, text in files.items()])
    return {block.address: block for block in blocks}, gaps


def stack(url: str, parameters: str = "{}", more: str = "") -> str:
    return f"""\
Conditions: {{Open: !Equals [!Ref AWS::Region, x]}}
Resources:
  Data: {{Type: AWS::S3::Bucket}}
  Nested:
    Type: AWS::CloudFormation::Stack
    {more}
    Properties:
      TemplateURL: {url}
      Parameters: {parameters}
"""


def test_a_child_has_the_parameters_of_its_stack() -> None:
    parent = stack("../child/t.yaml", "{Bucket: !Ref Data, Days: 90, Key: hunter2}")
    blocks, gaps = read(**{"child/t.yaml": CHILD, "main/m.yaml": parent})
    assert gaps == ()
    assert list(blocks) == ["child/t.yaml#Logs", "child/t.yaml#Weekly", "main/m.yaml#Data", "main/m.yaml#Nested"]
    body = blocks["child/t.yaml#Logs"].body
    assert body["RetentionInDays"].content == 90
    assert body["RetentionInDays"].location.line == 11
    assert body["Bucket"].content == Reference("main/m.yaml#Data", "Ref")
    assert body["Key"].content == Unknown("parameter Key is NoEcho", present=True)
    assert blocks["child/t.yaml#Weekly"].conditional
    assert not blocks["child/t.yaml#Logs"].conditional


def test_parameters_that_are_not_passed_keep_their_defaults() -> None:
    blocks, _ = read(**{"m.yaml": stack("child.yaml"), "child.yaml": CHILD})
    body = blocks["child.yaml#Logs"].body
    assert body["RetentionInDays"].content == 7
    assert body["Bucket"].content == Unknown("parameter Bucket has no default")


def test_stacks_that_disagree() -> None:
    files = {
        "a.yaml": stack("child.yaml", "{Bucket: x, Days: 7}"),
        "b.yaml": stack("child.yaml", "{Bucket: y}"),
        "child.yaml": CHILD,
    }
    body = read(**files)[0]["child.yaml#Logs"].body
    assert body["RetentionInDays"].content == 7
    assert body["Bucket"].content == Unknown("stacks give parameter Bucket different values")


def test_parameters_that_depend_on_a_condition() -> None:
    blocks, _ = read(**{"m.yaml": stack("child.yaml", "!If [Open, {Days: 1}, {}]"), "child.yaml": CHILD})
    assert blocks["child.yaml#Logs"].body["RetentionInDays"].content == Unknown("depends on condition Open")


def test_a_child_of_a_conditional_stack_is_conditional() -> None:
    blocks, _ = read(**{"m.yaml": stack("child.yaml", more="Condition: Open"), "child.yaml": CHILD})
    assert blocks["child.yaml#Logs"].conditional


def test_the_output_of_sam_build_stands_for_its_source() -> None:
    parent = APPLICATION + "      Location: ./sub/.aws-sam/packaged.yaml\n      Parameters: {Days: 30}\n"
    blocks, gaps = read(**{"m.yaml": parent, "sub/template.yml": CHILD})
    assert gaps == ()
    assert blocks["sub/template.yml#Logs"].body["RetentionInDays"].content == 30


def test_templates_that_cannot_be_found_are_gaps() -> None:
    remote = stack("https://b.s3.amazonaws.com/t.yaml?X-Amz-Signature=secret")
    application = APPLICATION + "      Location: {ApplicationId: arn, SemanticVersion: 1.0.0}\n"
    files = {
        "remote.yaml": remote,
        "missing.yaml": stack("../../etc/passwd.yaml"),
        "unknown.yaml": stack("!Sub 'https://${AWS::Region}/t.yaml'"),
        "application.yaml": application,
    }
    _, gaps = read(**files)
    assert [(gap.scope, gap.line, gap.reason) for gap in gaps] == [
        ("remote.yaml", 8, "nested stack Nested: its template is remote"),
        ("missing.yaml", 8, "nested stack Nested: its template is not in the repository"),
        ("unknown.yaml", 8, "nested stack Nested: its template is not known from the repository"),
        ("application.yaml", 5, "nested stack A: its template is not known from the repository"),
    ]


def test_templates_that_nest_themselves() -> None:
    blocks, gaps = read(**{"a.yaml": stack("b.yaml"), "b.yaml": stack("a.yaml"), "c.yaml": stack("c.yaml")})
    assert gaps == ()
    assert len(blocks) == 6

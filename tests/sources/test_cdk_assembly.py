"""What ``cdk synth`` wrote is read in place of the code that it was made of, while the two agree."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Gap, Location, Unknown
from prodworks_cli.node import Block, Reference
from prodworks_cli.sources import cdk, listings
from prodworks_cli.sources.assemblies import output_of
from prodworks_cli.sources.cdk.assembly import place_of
from prodworks_cli.sources.files import judged, tree_of
from prodworks_cli.sources.listings import read_tree

APP = """
import * as cdk from 'aws-cdk-lib';
import { ChatStack } from '../lib/chat';
const app = new cdk.App();
new ChatStack(app, `${process.env.STAGE}-Chat`);
"""
STACK = """import * as cdk from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Monitoring } from '@acme/constructs';
export class ChatStack extends cdk.Stack {
  constructor(scope: any, id: string) {
    super(scope, id);
    const group = new logs.LogGroup(this, 'Logs', { retention: 90 });
    const fn = new lambda.Function(this, 'Fn', {
      logGroup: group,
      environment: { TABLE: process.env.TABLE },
    });
    fn.addToRolePolicy(new iam.PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: ['*'] }));
    new Monitoring(this, 'Monitoring');
  }
}
"""
SOURCES = {"bin/app.ts": APP, "lib/chat.ts": STACK, "cdk.json": '{"app": "npx ts-node bin/app.ts"}'}


def resource(kind: str, path: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties, "Metadata": {"aws:cdk:path": path}}


def template() -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}
    return {
        "Resources": {
            "Logs1A": resource("Logs::LogGroup", "dev-Chat/Logs/Resource", RetentionInDays=90),
            "FnRole2B": resource("IAM::Role", "dev-Chat/Fn/ServiceRole/Resource", RoleName="chat"),
            "FnPolicy3C": resource(
                "IAM::Policy",
                "dev-Chat/Fn/ServiceRole/DefaultPolicy/Resource",
                PolicyDocument={"Statement": [statement]},
                Roles=[{"Ref": "FnRole2B"}],
            ),
            "Fn4D": resource(
                "Lambda::Function",
                "dev-Chat/Fn/Resource",
                Role={"Fn::GetAtt": ["FnRole2B", "Arn"]},
                LoggingConfig={"LogGroup": {"Fn::ImportValue": "elsewhere"}},
                Environment={"Variables": {"TABLE": "chats"}},
            ),
            "Alarm5E": resource("CloudWatch::Alarm", "dev-Chat/Monitoring/Alarm/Resource", Threshold=1),
        }
    }


def manifest(**more: Any) -> dict[str, Any]:
    stack = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "devChat.template.json"},
        "displayName": "dev-Chat",
        **more,
    }
    return {"version": "55.0.0", "artifacts": {"devChat": stack}}


def assembly(folder: str = "cdk.out", made: dict[str, Any] | None = None, **more: Any) -> dict[str, str]:
    return {
        f"{folder}/manifest.json": json.dumps(manifest(**more)),
        f"{folder}/devChat.template.json": json.dumps(made or template(), indent=1),
    }


def read(files: dict[str, str]) -> tuple[dict[str, Block], tuple[Gap, ...]]:
    tree = tree_of(files)
    blocks, gaps = cdk.read(judged(tree), tree.assembly)
    return {b.address: b for b in blocks}, gaps


def test_the_assembly_takes_the_place_of_static_reading_under_the_same_addresses() -> None:
    alone, gaps = read(SOURCES)
    assert [g.reason for g in gaps] == ["what constructs of @acme/constructs declare is not known (Monitoring)"]
    blocks, gaps = read({**SOURCES, **assembly()})
    assert gaps == ()
    assert set(alone) < set(blocks)
    assert [b.type for b in blocks.values()].count("AWS::Lambda::Function") == 1
    fn = blocks["lib/chat.ts#ChatStack/Fn"]
    assert fn.body.location == Location("lib/chat.ts", 10)
    assert fn.body["Role"].content == Reference("lib/chat.ts#ChatStack/Fn/ServiceRole", "Arn")
    variable = fn.body.at("Environment", "Variables", "TABLE")
    assert (variable.content, variable.location) == ("chats", Location("lib/chat.ts", 12))


def test_what_the_template_leaves_open_static_reading_may_know() -> None:
    group = read({**SOURCES, **assembly()})[0]["lib/chat.ts#ChatStack/Fn"].body.at("LoggingConfig", "LogGroup")
    assert group.content == Reference("lib/chat.ts#ChatStack/Logs", "Ref")


def test_statements_are_placed_where_they_are_written() -> None:
    policy = read({**SOURCES, **assembly()})[0]["lib/chat.ts#dev-Chat/Fn/ServiceRole/DefaultPolicy"]
    statement = policy.body.at("PolicyDocument", "Statement")
    assert statement.items()[0].location == Location("lib/chat.ts", 14)
    assert policy.body["Roles"].items()[0].content == Reference("lib/chat.ts#ChatStack/Fn/ServiceRole", "Ref")


def test_what_libraries_add_is_placed_at_the_construct_above_or_by_the_trace() -> None:
    added = "lib/chat.ts#dev-Chat/Monitoring/Alarm"
    assert read({**SOURCES, **assembly()})[0][added].body.location == Location("lib/chat.ts", 15)
    trace = ["...Alarm in aws-cdk-lib...", "new Monitoring (/ci/chat/node_modules/x/lib/app.ts:9:1)"]
    entries = [{"type": "aws:cdk:creationStack", "data": [*trace, "new ChatStack (/ci/chat/lib/chat.ts:8:5)"]}]
    metadata = {"/dev-Chat/Monitoring/Alarm/Resource": entries}
    placed = read({**SOURCES, **assembly(metadata=metadata)})[0][added]
    assert placed.body.location == Location("lib/chat.ts", 8)


def test_metadata_in_a_file_of_its_own_names_the_constructs() -> None:
    bare = template()
    for one in bare["Resources"].values():
        del one["Metadata"]
    entry = {"/dev-Chat/Fn/Resource": [{"type": "aws:cdk:logicalId", "data": "Fn4D"}]}
    files = {
        **{p: t for p, t in SOURCES.items() if p != "lib/chat.ts"},
        "lib/chat.ts": STACK.replace("const group = new logs.LogGroup(this, 'Logs', { retention: 90 });", "let group;"),
        **assembly(made=bare, additionalMetadataFile="devChat.metadata.json"),
        "cdk.out/devChat.metadata.json": json.dumps(entry),
    }
    blocks, _ = read(files)
    assert "cdk.out/devChat.template.json#Logs1A" not in blocks  # the role has no path, so the assembly is not used
    named = {**files, "lib/chat.ts": files["lib/chat.ts"].replace("new lambda.Function(", "lambda.fromName(")}
    assert "cdk.out/devChat.template.json#Logs1A" in read(named)[0]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("retention: 90", "retention: 30", "RetentionInDays of ChatStack/Logs is another in lib/chat.ts:9"),
        ("new Monitoring(", "new logs.LogGroup(", "it lacks ChatStack/Monitoring of lib/chat.ts:15"),
    ],
)
def test_sources_that_say_something_else_are_read_themselves(before: str, after: str, reason: str) -> None:
    files = {**SOURCES, "lib/chat.ts": STACK.replace(before, after)}
    blocks, gaps = read({**files, **assembly()})
    assert blocks.keys() == read(files)[0].keys()
    told = Gap("aws.*", gaps[-1].plane, "cdk.out", f"is not used: {reason}; run cdk synth to audit what it makes")
    assert (gaps[-1].scope, gaps[-1].reason, gaps[-1].minor) == (told.scope, told.reason, True)


def test_an_undecided_part_of_the_sources_is_no_contradiction() -> None:
    more = STACK.replace("new Monitoring", "if (process.env.A) new logs.LogGroup(this, 'More'); new Monitoring")
    assert read({**SOURCES, "lib/chat.ts": more, **assembly()})[1] == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "manifest.json is no JSON"),
        ("[" * 100_000, "manifest.json is no JSON"),
        (json.dumps(manifest(additionalMetadataFile="gone.json")), "gone.json is missing"),
        (json.dumps(manifest(properties={"templateFile": "../../etc/passwd"})), "passwd is missing"),
    ],
)
def test_a_malformed_assembly_is_told_and_not_used(text: str, reason: str) -> None:
    blocks, gaps = read({**SOURCES, **assembly(), "cdk.out/manifest.json": text})
    assert blocks.keys() == read(SOURCES)[0].keys()
    assert (gaps[-1].scope, gaps[-1].reason) == ("cdk.out/manifest.json", f"is not read: {reason}")


@pytest.mark.parametrize("text", ["[]", '{"artifacts": [1]}', '{"artifacts": {"a": {"type": 3, "properties": 4}}}'])
def test_an_assembly_without_stacks_is_not_used(text: str) -> None:
    assert read({**SOURCES, "cdk.out/manifest.json": text})[0].keys() == read(SOURCES)[0].keys()


def test_only_what_a_manifest_names_is_read() -> None:
    left = {"Resources": {"Old": resource("S3::Bucket", "Old/Bucket/Resource")}}
    blocks, _ = read({**SOURCES, **assembly(), "cdk.out/Old.template.json": json.dumps(left)})
    assert not [b for b in blocks.values() if b.type == "AWS::S3::Bucket"]


def test_nested_assemblies_and_nested_stacks() -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-prod"}}
    inner = {"Resources": {"B": resource("S3::Bucket", "dev-Chat/Inner/Bucket/Resource", BucketName={"Ref": "Name"})}}
    inner["Parameters"] = {"Name": {"Type": "String"}}
    outer = template()
    stack = resource("CloudFormation::Stack", "dev-Chat/Inner.NestedStack/Inner.NestedStackResource")
    stack["Metadata"]["aws:asset:path"] = "inner.nested.template.json"
    stack["Properties"] = {"TemplateURL": {"Fn::Sub": "https://${AWS::Region}/x"}, "Parameters": {"Name": "chats"}}
    outer["Resources"]["Inner"] = stack
    files = {
        **SOURCES,
        "cdk.out/manifest.json": json.dumps({"artifacts": {"prod": stage}}),
        **assembly("cdk.out/assembly-prod", outer),
        "cdk.out/assembly-prod/inner.nested.template.json": json.dumps(inner),
    }
    blocks, gaps = read(files)
    bucket = next(b for b in blocks.values() if b.type == "AWS::S3::Bucket")
    assert (bucket.body["BucketName"].content, gaps) == ("chats", ())


def test_another_app_of_the_folder_is_still_read() -> None:
    other = APP.replace("-Chat`", "-Other`").replace("ChatStack", "OtherStack").replace("lib/chat", "lib/other")
    more = {"bin/other.ts": other, "lib/other.ts": STACK.replace("ChatStack", "OtherStack")}
    blocks, _ = read({**SOURCES, **more, **assembly()})
    assert "lib/other.ts#OtherStack/Fn" in blocks


def test_a_stack_that_static_reading_reaches_from_no_app() -> None:
    files = {**SOURCES, "bin/app.ts": "import * as cdk from 'aws-cdk-lib'; makeStacks(new cdk.App());"}
    blocks, _ = read({**files, **assembly()})
    assert [b.type for b in blocks.values()].count("AWS::Lambda::Function") == 1


def test_places_of_traces() -> None:
    known = {"lib/chat.ts": 1, "app.py": 1}
    assert place_of([("C:/ci/x/lib/chat.js", 3), ("/x/app.py", 2)], known) == ("lib/chat.ts", 3)
    assert place_of([("/x/node_modules/y/lib/chat.ts", 3), ("node:internal", 1)], known) is None


def test_the_folder_that_a_cdk_json_names() -> None:
    assert output_of(b'{"output": "build/assembly"}') == "build/assembly"
    assert [output_of(t) for t in (b"{}", b"[", b"[]", b'{"output": 3}', b"\xff")] == ["cdk.out"] * 5


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    files = {**SOURCES, "cdk.json": '{"app": "x bin/app.ts", "output": "build"}', ".gitignore": "build\n"}
    for path, text in {**files, **assembly("build")}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def test_an_assembly_is_found_although_git_ignores_it(checkout: Path) -> None:
    tree = read_tree(checkout)
    assert [f.path for f in tree.assembly] == ["build/devChat.template.json", "build/manifest.json"]
    assert not [f for f in tree.files if f.path.startswith("build/")]
    found = collect_repository(tree, {})
    alarm = next(r for r in found.resources if r.kind == "aws.cloudwatch.alarm")
    assert alarm.locations[""] == Location("lib/chat.ts", 15)


def test_one_that_is_tracked_is_read_once_and_the_configuration_may_ignore_it(checkout: Path) -> None:
    (checkout / ".gitignore").unlink()
    assert not [f for f in read_tree(checkout).files if f.path.startswith("build/")]
    tree = read_tree(checkout, ["build/"])
    assert tree.assembly == ()
    assert ("build/manifest.json", "ignored by configuration") in {(s.path, s.reason) for s in tree.skipped}


def test_no_link_is_followed_out_of_the_repository(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (checkout / "build").rename(outside / "build")
    (checkout / "build").symlink_to(outside / "build")
    assert read_tree(checkout).assembly == ()
    (checkout / "cdk.json").write_text(json.dumps({"output": f"../{outside.name}/build"}))
    assert read_tree(checkout).assembly == ()


def test_no_file_of_an_assembly_is_a_link(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.json"
    outside.write_text("{}")
    (checkout / "build" / "x.template.json").symlink_to(outside)
    assert "build/x.template.json" not in [f.path for f in read_tree(checkout).assembly]


def test_a_reference_of_an_unknown_text_follows_its_block() -> None:
    made = template()
    arn = {"Fn::Join": ["", [{"Fn::GetAtt": ["Logs1A", "Arn"]}, ":*"]]}
    made["Resources"]["Fn4D"]["Properties"]["Environment"]["Variables"]["GROUP"] = arn
    content = read({**SOURCES, **assembly(made=made)})[0]["lib/chat.ts#ChatStack/Fn"]
    unknown = content.body.at("Environment", "Variables", "GROUP").content
    assert isinstance(unknown, Unknown)
    assert unknown.blocks == ("lib/chat.ts#ChatStack/Logs",)


def test_a_stack_that_the_app_leaves_out_is_read_on_a_condition_and_not_beside_an_assembly() -> None:
    app = APP.replace("import { ChatStack }", "import { RagStack } from '../lib/rag';\nimport { ChatStack }")
    rag = STACK.replace("ChatStack", "RagStack").replace("'Fn'", "'Search'")
    files = {**SOURCES, "bin/app.ts": f"{app}if (false) new RagStack(app, 'Rag');", "lib/rag.ts": rag}
    alone = read(files)[0]
    assert [
        alone[f"lib/{n}.ts#{c}"].conditional for n, c in (("rag", "RagStack/Search"), ("chat", "ChatStack/Fn"))
    ] == [True, False]
    blocks, gaps = read({**files, **assembly()})
    assert not [address for address in blocks if "RagStack" in address]
    assert gaps == ()


def test_assemblies_are_read_within_bounds(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = len(read_tree(checkout).assembly[0].data)
    monkeypatch.setattr(listings, "LARGEST_ASSEMBLIES", size)
    tree = read_tree(checkout)
    assert [f.path for f in tree.assembly] == ["build/devChat.template.json"]
    skipped = {s.path: s.reason for s in tree.skipped}
    assert skipped["build/manifest.json"] == "the cloud assembly is larger than 60 MB"


def test_more_stacks_than_an_app_has() -> None:
    artifacts = {f"s{i}": manifest()["artifacts"]["devChat"] | {"displayName": f"S{i}"} for i in range(1001)}
    gaps = read({**SOURCES, **assembly(), "cdk.out/manifest.json": json.dumps({"artifacts": artifacts})})[1]
    assert gaps[-1].reason == "is not read: more stacks than an app has"

"""What the repository declares and what the account holds: joined by stacks and states, then by unique names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworks_cli.assemble import assemble_report
from prodworks_cli.collect import collect_repository
from prodworks_cli.deployments import logical_id
from prodworks_cli.inventory import dump, load
from prodworks_cli.joins import joins_of
from prodworks_cli.model import Gap, Inventory, Location, Plane, Unknown
from prodworks_cli.node import Node, node_of
from prodworks_cli.pairs import deployment_entries
from prodworks_cli.planes import account_inventory, with_account
from prodworks_cli.redact import redacted
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.stacks import Stack
from prodworks_cli.resources.workload import Workload
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.states import StateError, keys_of_state, with_states

ACCOUNT, HOME, EU = "111122223333", "us-east-1", "eu-west-1"
GUARDRAIL = "aws.bedrock.guardrail"


def arn(name: str, region: str = HOME) -> str:
    return f"arn:aws:bedrock:{region}:{ACCOUNT}:guardrail/{name}"


def record(kind: str, identity: str, answers: Mapping[str, Any], region: str = HOME) -> Record:
    located = {name: node_of(answer, Location(identity, None, name)) for name, answer in answers.items()}
    return Record(kind, identity, ACCOUNT, region, Node(located, Location(identity)))


def guardrail(name: str, title: str, strength: str = "HIGH", region: str = HOME) -> Record:
    filters = [{"type": "PROMPT_ATTACK", "inputStrength": strength, "outputStrength": "NONE"}]
    answer = {"name": title, "guardrailId": name, "guardrailArn": arn(name, region), "version": "1", "status": "READY"}
    answers = {
        "bedrock:GetGuardrail": {**answer, "contentPolicy": {"filters": filters}},
        "bedrock:ListGuardrails": {"guardrails": [{"id": name, "arn": arn(name, region), "name": title}]},
    }
    return record(GUARDRAIL, arn(name, region), answers, region)


def stack(name: str, members: Mapping[str, tuple[str, str]], region: str = HOME) -> Record:
    identity = f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/0a1b"
    summaries = [
        {"LogicalResourceId": logical, "ResourceType": kind, "PhysicalResourceId": physical}
        for logical, (kind, physical) in members.items()
    ]
    answers = {
        "cloudformation:ListStacks": {
            "StackSummaries": [{"StackName": name, "StackId": identity, "StackStatus": "CREATE_COMPLETE"}]
        },
        "cloudformation:ListStackResources": {"StackResourceSummaries": summaries},
    }
    return record(Stack.KIND, identity, answers, region)


def joined(files: Mapping[str, str], *records: Record, gaps: tuple[Gap, ...] = ()) -> Inventory:
    declared = collect_repository(tree_of(dict(files)), {})
    return with_account(declared, account_inventory(list(records), "2026-11-26T00:00:00Z", gaps))


def entries(inventory: Inventory) -> dict[str, dict[str, Any]]:
    return {entry["identity"]: dict(entry) for entry in deployment_entries(inventory)}


TEMPLATE = """
Resources:
  Shield:
    Type: AWS::Bedrock::Guardrail
    Properties:
      Name: !Sub "${AWS::StackName}-shield"
      BlockedInputMessaging: "no"
      BlockedOutputsMessaging: "no"
      ContentPolicyConfig:
        FiltersConfig:
          - {Type: PROMPT_ATTACK, InputStrength: HIGH, OutputStrength: NONE}
  Topic:
    Type: AWS::SNS::Topic
"""
SHIELD = ("AWS::Bedrock::Guardrail", arn("g1"))
TOPIC = ("AWS::SNS::Topic", f"arn:aws:sns:{HOME}:{ACCOUNT}:t")


def test_a_stack_tells_what_a_template_became_and_the_difference_names_both_places() -> None:
    seen = joined(
        {"t.yaml": TEMPLATE}, guardrail("g1", "prod-shield", "LOW"), stack("prod", {"Shield": SHIELD, "Topic": TOPIC})
    )
    entry = entries(seen)["t.yaml#Shield"]
    assert (entry["state"], entry["by"]) == ("deployed", f"stack prod in {HOME}")
    (difference,) = entry["differences"]
    assert difference["attribute"] == "content_filters[PROMPT_ATTACK].input_strength"
    assert (difference["declared"], difference["deployed"]) == ("HIGH", "LOW")
    assert (difference["declared_at"]["where"], difference["declared_at"]["line"]) == ("t.yaml", 11)
    assert (difference["deployed_at"]["where"], difference["deployed_at"]["call"]) == (
        arn("g1"),
        "bedrock:GetGuardrail",
    )


def test_a_join_survives_being_written_and_read() -> None:
    seen = joined({"t.yaml": TEMPLATE}, guardrail("g1", "x"), stack("prod", {"Shield": SHIELD, "Topic": TOPIC}))
    assert entries(load(dump(seen))) == entries(seen)
    assert entries(seen)["t.yaml#Shield"]["differences"] == []


def test_a_template_deployed_twice_is_not_known_and_both_are_named() -> None:
    other = {"Shield": ("AWS::Bedrock::Guardrail", arn("g2")), "Topic": TOPIC}
    stacks = [stack("dev", {"Shield": SHIELD, "Topic": TOPIC}), stack("prod", other)]
    found = entries(joined({"t.yaml": TEMPLATE}, guardrail("g1", "a"), guardrail("g2", "b"), *stacks))
    entry = found["t.yaml#Shield"]
    assert entry["state"] == "unknown"
    assert arn("g1") in entry["reason"]
    assert arn("g2") in entry["reason"]
    assert {found[arn("g1")]["state"], found[arn("g2")]["state"]} == {"unknown"}


def test_two_templates_that_are_alike_are_not_told_apart_by_a_stack() -> None:
    copy = {"a.yaml": TEMPLATE, "b.yaml": TEMPLATE}
    found = entries(joined(copy, guardrail("g1", "a"), stack("prod", {"Shield": SHIELD, "Topic": TOPIC})))
    assert found["a.yaml#Shield"]["state"] == "unknown"
    assert "b.yaml#Shield" in found["a.yaml#Shield"]["reason"]


def test_a_stack_of_something_else_with_one_logical_id_in_common_is_no_deployment() -> None:
    others = {f"Other{n}": ("AWS::SQS::Queue", f"q{n}") for n in range(3)}
    template = TEMPLATE + "".join(f"  Queue{n}:\n    Type: AWS::SQS::Queue\n" for n in range(3))
    found = entries(joined({"t.yaml": template}, guardrail("g1", "a"), stack("else", {"Shield": SHIELD, **others})))
    assert found["t.yaml#Shield"]["state"] == "unknown"
    assert "known after deployment" in found["t.yaml#Shield"]["reason"]
    assert found[arn("g1")]["state"] == "not-declared"


def test_a_stack_counts_in_its_own_region_only() -> None:
    function = "  Chat:\n    Type: AWS::Lambda::Function\n    Properties: {Role: r, Runtime: python3.12}\n"
    answers = {"lambda:GetFunctionConfiguration": {"FunctionName": "prod-chat"}}
    where = {region: f"arn:aws:lambda:{region}:{ACCOUNT}:function:prod-chat" for region in (HOME, EU)}
    units = [record("aws.compute.unit", where[region], answers, region) for region in (HOME, EU)]
    members = {"Shield": SHIELD, "Topic": TOPIC, "Chat": ("AWS::Lambda::Function", "prod-chat")}
    seen = joined({"t.yaml": TEMPLATE + function}, *units, stack("prod", members, EU))
    assert entries(seen)["t.yaml#Chat"]["deployed"]["where"] == where[EU]


def test_a_rule_that_holds_in_the_template_and_not_in_its_stack_drifts() -> None:
    from prodworks_cli.judge import judge
    from prodworks_cli.rules import load_rules

    rule = load_rules().get("guardrail-blocks-prompt-attacks")
    assert rule
    members = {"Shield": SHIELD, "Topic": TOPIC}
    seen = joined({"t.yaml": TEMPLATE}, guardrail("g1", "prod-shield", "NONE"), stack("prod", members))
    (outcome,) = judge([rule], seen)
    (finding,) = outcome.findings
    assert (finding.identity, finding.drifted) == ("t.yaml#Shield", True)


def test_without_the_stacks_a_declaration_proves_nothing_beside_what_it_may_be() -> None:
    """Else a guardrail that is weak in the account would count twice, once as the good one of the template."""
    from prodworks_cli.judge import judge
    from prodworks_cli.rules import load_rules

    rule = load_rules().get("guardrail-blocks-prompt-attacks")
    assert rule
    denied = Gap(Stack.KIND, Plane.OBSERVED, f"{ACCOUNT}/{HOME}", "cloudformation:ListStacks: AccessDenied")
    seen = joined({"t.yaml": TEMPLATE}, guardrail("g1", "prod-shield", "NONE"), gaps=(denied,))
    (outcome,) = judge([rule], seen)
    said = {f.identity: f.status.value for f in outcome.findings}
    assert said == {"t.yaml#Shield": "unknown", arn("g1"): "fail"}
    assert "ListStacks" in entries(seen)["t.yaml#Shield"]["reason"]
    alone = joined({"t.yaml": TEMPLATE}, gaps=(denied,))
    assert [f.status.value for f in judge([rule], alone)[0].findings] == ["pass"]


# Logical ids that CDK made of these paths, in a template that was synthesised.
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("ThreadAnalysis/Lambda/FunctionUrl/Resource", "ThreadAnalysisLambdaFunctionUrl1F411C0A"),
        ("CfnPreDeleteCleanup/Function/Resource", "CfnPreDeleteCleanupFunction580FB700"),
        ("Guardrail", ""),
    ],
)
def test_the_logical_id_of_a_construct_is_that_of_cdk(path: str, expected: str) -> None:
    assert logical_id(path.split("/")) == expected


CDK = """
import { App, Stack } from 'aws-cdk-lib';
import * as bedrock from 'aws-cdk-lib/aws-bedrock';
import * as s3 from 'aws-cdk-lib/aws-s3';
const app = new App();
const stack = new Stack(app, 'Chat');
new bedrock.CfnGuardrail(stack, 'Shield', {
  name: `${stack.stackName}-shield`, blockedInputMessaging: 'no', blockedOutputsMessaging: 'no',
});
new s3.Bucket(stack, 'Documents', {});
"""


def test_constructs_of_cdk_are_found_by_the_logical_ids_of_their_paths() -> None:
    bucket = record("aws.s3.bucket", "arn:aws:s3:::chat-documents-1x2y", {"s3:GetBucketVersioning": {}})
    members = {
        logical_id(["Documents", "Resource"]): ("AWS::S3::Bucket", "chat-documents-1x2y"),
        "Shield": SHIELD,
    }
    files = {"bin/app.ts": CDK, "cdk.json": '{"app": "npx ts-node bin/app.ts"}', "package.json": "{}"}
    found = entries(joined(files, bucket, guardrail("g1", "x"), stack("Chat", members)))
    assert found["bin/app.ts#Chat/Documents"]["by"] == f"stack Chat in {HOME}"
    assert found["bin/app.ts#Chat/Shield"]["by"] == f"stack Chat in {HOME}"


TERRAFORM = """
variable "name" {}
resource "aws_bedrock_guardrail" "chat" {
  name                      = "${var.name}-chat"
  blocked_input_messaging   = "no"
  blocked_outputs_messaging = "no"
}
"""
SECRET = "correct-horse-battery-staple"
STATE = {
    "version": 4,
    "terraform_version": "1.9.0",
    "resources": [
        {
            **{"mode": "managed", "type": "aws_bedrock_guardrail", "name": "chat"},
            "instances": [
                {"attributes": {"guardrail_arn": arn("g1"), "guardrail_id": "g1", "blocked_input_messaging": SECRET}}
            ],
        },
        {
            **{"mode": "managed", "type": "aws_db_instance", "name": "db", "module": "module.data"},
            "instances": [{"index_key": "a/b", "attributes": {"id": "db", "password": SECRET}}],
        },
        {"mode": "data", "type": "aws_region", "name": "here", "instances": [{"attributes": {"id": HOME}}]},
    ],
}
SHOWN = {
    "format_version": "1.0",
    "values": {
        "root_module": {
            "resources": [],
            "child_modules": [
                {
                    "address": "module.ai",
                    "resources": [
                        {
                            **{"address": "module.ai.aws_bedrock_guardrail.chat[0]", "mode": "managed"},
                            **{"type": "aws_bedrock_guardrail", "values": {"guardrail_id": "g1"}},
                        }
                    ],
                }
            ],
        }
    },
}


def declared_in(folder: Path, files: Mapping[str, str]) -> Inventory:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return collect_repository(tree_of({k: v for k, v in files.items() if k.endswith(".tf")}), {})


def test_a_state_beside_the_code_tells_identity_and_gives_away_nothing_else(tmp_path: Path) -> None:
    files = {"infra/main.tf": TERRAFORM, "infra/terraform.tfstate": json.dumps(STATE)}
    declared = with_states(declared_in(tmp_path, files), tmp_path)
    assert SECRET not in dump(declared)
    account = account_inventory([guardrail("g1", "prod-chat", "LOW"), guardrail("g2", "other")], "2026-11-26T00:00:00Z")
    entry = entries(with_account(declared, account))["infra/aws_bedrock_guardrail.chat"]
    assert (entry["state"], entry["by"]) == ("deployed", "state infra/terraform.tfstate")
    assert [d["attribute"] for d in entry["differences"]] == ["content_filters[PROMPT_ATTACK]"]


def test_the_output_of_terraform_show_is_taken_by_the_flag(tmp_path: Path) -> None:
    (tmp_path / "shown.json").write_text(json.dumps(SHOWN))
    files = {"main.tf": 'module "ai" {\n  source = "./ai"\n}\n', "ai/main.tf": TERRAFORM}
    declared = with_states(declared_in(tmp_path, files), tmp_path, [tmp_path / "shown.json"])
    account = account_inventory([guardrail("g1", "x"), guardrail("g2", "y")], "2026-11-26T00:00:00Z")
    entry = entries(with_account(declared, account))["module.ai.aws_bedrock_guardrail.chat"]
    assert entry["by"] == f"state {tmp_path / 'shown.json'}"


def test_states_of_two_workspaces_are_two_candidates(tmp_path: Path) -> None:
    other = json.loads(json.dumps(STATE).replace("g1", "g2"))
    files = {
        "main.tf": TERRAFORM,
        "terraform.tfstate.d/dev/terraform.tfstate": json.dumps(STATE),
        "terraform.tfstate.d/prod/terraform.tfstate": json.dumps(other),
    }
    declared = with_states(declared_in(tmp_path, files), tmp_path)
    account = account_inventory([guardrail("g1", "x"), guardrail("g2", "y")], "2026-11-26T00:00:00Z")
    entry = entries(with_account(declared, account))["aws_bedrock_guardrail.chat"]
    assert entry["state"] == "unknown"
    assert entry["reason"].startswith("2 candidates")


@pytest.mark.parametrize("text", ["", "[1]", '{"version": 3}', "[" * 100_000, '{"version": 4, "resources": [7, {}]}'])
def test_a_state_that_is_none_is_a_gap_and_as_a_flag_an_error(tmp_path: Path, text: str) -> None:
    files = {"main.tf": TERRAFORM, "terraform.tfstate": text}
    declared = declared_in(tmp_path, files)
    noted = [g for g in with_states(declared, tmp_path).gaps if g.scope == "terraform.tfstate"]
    if text.startswith('{"version": 4'):
        assert noted == []
        return
    assert len(noted) == 1
    with pytest.raises(StateError, match="no Terraform state"):
        with_states(declared, tmp_path, [tmp_path / "terraform.tfstate"])


WORDS = [
    *("version", "resources", "mode", "managed", "type", "aws_bedrock_guardrail", "name", "module", "instances", "id"),
    *("attributes", "index_key", "values", "root_module", "child_modules", "address", "arn", "guardrail_id"),
]
SCALARS = st.none() | st.booleans() | st.just(4) | st.integers() | st.floats(allow_nan=False) | st.sampled_from(WORDS)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6),
    max_leaves=30,
)


@given(st.dictionaries(st.sampled_from(WORDS), DATA, max_size=4), DATA, st.booleans())
def test_whatever_a_state_holds_it_is_read_or_refused(document: dict[str, Any], inner: Any, shown: bool) -> None:
    whole = {**document, "values": {"root_module": inner}} if shown else {**document, "version": 4, "resources": inner}
    if not shown:
        whole.pop("values", None)
    for data in (document, whole, {"version": 4, "resources": [{"mode": "managed", "instances": inner}]}):
        try:
            keys = keys_of_state(json.dumps(data).encode())
        except StateError:
            continue
        assert all(isinstance(key, str) for found in keys.values() for key in found)


def test_a_state_is_not_followed_out_of_the_repository(tmp_path: Path) -> None:
    inside, outside = tmp_path / "repo", tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "terraform.tfstate").write_text(json.dumps(STATE))
    declared = declared_in(inside, {"main.tf": TERRAFORM})
    (inside / "terraform.tfstate").symlink_to(outside / "terraform.tfstate")
    (inside / "terraform.tfstate.d").symlink_to(outside)
    assert not any(r.deployments for r in with_states(declared, inside).resources)


def test_names_join_where_no_record_does_and_never_where_two_have_them() -> None:
    text = TERRAFORM.replace("${var.name}-chat", "chat")
    seen = joined({"main.tf": text}, guardrail("g1", "chat"))
    assert entries(seen)["aws_bedrock_guardrail.chat"]["by"] == "name"
    twice = entries(joined({"main.tf": text}, guardrail("g1", "chat"), guardrail("g2", "chat")))
    assert twice["aws_bedrock_guardrail.chat"]["state"] == "unknown"
    assert {e["state"] for e in twice.values()} == {"unknown"}


def test_what_a_denied_listing_hides_is_not_said_to_be_missing() -> None:
    text = TERRAFORM.replace("${var.name}-chat", "chat")
    denied = Gap(GUARDRAIL, Plane.OBSERVED, f"{ACCOUNT}/{HOME}", "bedrock:ListGuardrails: AccessDeniedException")
    hidden = entries(joined({"main.tf": text}, stack("s", {}), gaps=(denied,)))["aws_bedrock_guardrail.chat"]
    assert (hidden["state"], "AccessDenied" in hidden["reason"]) == ("unknown", True)
    assert entries(joined({"main.tf": text}, stack("s", {})))["aws_bedrock_guardrail.chat"]["state"] == "not-deployed"


def test_joining_again_changes_nothing() -> None:
    seen = joined({"t.yaml": TEMPLATE}, guardrail("g1", "x"), stack("prod", {"Shield": SHIELD, "Topic": TOPIC}))
    again = with_account(collect_repository(tree_of({"t.yaml": TEMPLATE}), {}), seen)
    assert again.resources == seen.resources
    assert joins_of(again.resources).pairs[GUARDRAIL, "t.yaml#Shield"][1] == f"stack prod in {HOME}"


def test_a_report_has_the_section_only_where_an_account_was_read() -> None:
    from prodworks_cli.report import Pack

    def report(inventory: Inventory) -> Any:
        owners: Any = {}.get
        pack = Pack(id="x", sha256="y")
        return assemble_report([], inventory, generated="2026-11-26T00:00:00Z", pack=pack, owners=owners, settings={})

    assert "deployment" not in report(collect_repository(tree_of({"t.yaml": TEMPLATE}), {}))
    assert report(joined({"t.yaml": TEMPLATE}, guardrail("g1", "x")))["deployment"]


def of_workload(inventory: Inventory) -> Any:
    return next(r.value for r in inventory.resources if r.kind == "workload" and r.plane is Plane.OBSERVED)


def test_what_is_declared_nowhere_is_told_and_what_is_not_known_is_not_told_as_such() -> None:
    text = TERRAFORM.replace("${var.name}-chat", "chat")

    def undeclared(settings: Mapping[str, Any], *records: Record, gaps: tuple[Gap, ...] = ()) -> Any:
        declared = collect_repository(tree_of({"main.tf": text}), settings)
        account = account_inventory([guardrail("g1", "chat"), *records], "2026-11-26T00:00:00Z", gaps)
        return of_workload(with_account(declared, account)).undeclared_resources

    scope = {"scope": {"names": ["chat*"]}}
    console = guardrail("g2", "by-hand")
    assert undeclared(scope) == ()
    assert undeclared(scope, console) == (arn("g2"),)
    (shared,) = undeclared({}, console)
    assert isinstance(shared, Unknown)
    denied = Gap("aws.bedrock.agent", Plane.OBSERVED, f"{ACCOUNT}/{HOME}", "bedrock:ListAgents: AccessDeniedException")
    (hidden,) = undeclared(scope, gaps=(denied,))
    assert isinstance(hidden, Unknown)
    elsewhere = Gap("aws.s3.bucket", Plane.OBSERVED, f"{ACCOUNT}/{HOME}", "s3:ListBuckets: AccessDeniedException")
    assert undeclared(scope, gaps=(elsewhere,)) == ()
    declared = collect_repository(tree_of({"main.tf": text}), scope)
    workloads = [r.value for r in declared.resources if r.kind == "workload"]
    assert [w.undeclared_resources for w in workloads if isinstance(w, Workload)] == [None]


def test_ids_are_masked_without_their_arn_too_and_whole_accounts_and_models_are_not() -> None:
    model = "anthropic.claude-sonnet-4-5-20250929-v1:0"
    function = {"FunctionName": "f", "Environment": {"Variables": {"GUARDRAIL_ID": "gr1chat", "MODEL_ID": model}}}
    unit = record("aws.compute.unit", f"arn:aws:lambda:{HOME}:{ACCOUNT}:function:f", {
        "lambda:GetFunctionConfiguration": {**function, "Role": f"arn:aws:iam::{ACCOUNT}:root"}
    })  # fmt: skip
    text = dump(redacted(joined({"main.tf": TERRAFORM}, guardrail("gr1chat", "chat"), unit)))
    assert "gr1chat" not in text
    assert model in text
    assert "arn:aws:iam::000000000001:root" in text

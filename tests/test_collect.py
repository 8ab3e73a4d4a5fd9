"""Collecting, linking and judging together: what one resource cannot know about itself, and what was not seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from prodworks_cli.judge import UNSEEN, judge
from prodworks_cli.model import Gap, Inventory, Plane, Ref, Resource, Status, Unknown
from prodworks_cli.resources.s3 import Bucket
from prodworks_cli.resources.workload import Workload
from prodworks_cli.rulecheck import inventory_of
from prodworks_cli.rules import Rule, load_rules
from prodworks_cli.score import rule_status
from prodworks_cli.workload import build_workload, gaps_of, has_genai, nothing_to_audit, silence

GUARDRAIL = """
resource "aws_bedrock_guardrail" "chat" {
  name = "chat"
  content_policy_config {
    filters_config {
      type            = "PROMPT_ATTACK"
      input_strength  = "HIGH"
      output_strength = "NONE"
    }
  }
}
"""
ANSWER = {
    "name": "chat", "guardrailId": "g1", "guardrailArn": "arn:aws:bedrock:us-east-1:111122223333:guardrail/g1",
    "version": "DRAFT", "status": "READY",
    "contentPolicy": {"filters": [{"type": "PROMPT_ATTACK", "inputStrength": "NONE", "outputStrength": "NONE"}]},
}  # fmt: skip


def rule(rule_id: str) -> Rule:
    found = load_rules().get(rule_id)
    assert found is not None
    return found


def status(rule_id: str, inventory: Inventory) -> str:
    (outcome,) = judge([rule(rule_id)], inventory)
    return str(rule_status(outcome))


def observed(kind: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "answers": answers}


def test_a_guardrail_declared_well_and_deployed_badly_is_drift() -> None:
    answers = {"bedrock:GetGuardrail": ANSWER, "bedrock:ListGuardrails": {"guardrails": []}}
    inventory = inventory_of({"terraform": GUARDRAIL, "api": [observed("aws.bedrock.guardrail", answers)]})
    (outcome,) = judge([rule("guardrail-blocks-prompt-attacks")], inventory)
    (finding,) = outcome.findings
    assert finding.identity == "aws_bedrock_guardrail.chat"
    assert (finding.status, finding.drifted) == (Status.FAIL, True)
    declared = finding.verdicts[Plane.DECLARED].proofs[0].location
    assert declared is not None
    assert (declared.where, declared.line) == ("main.tf", 6)


def test_two_guardrails_of_one_name_are_not_joined() -> None:
    answers = {"bedrock:GetGuardrail": ANSWER}
    record = observed("aws.bedrock.guardrail", answers)
    inventory = inventory_of({"terraform": GUARDRAIL, "api": [record, record]})
    (outcome,) = judge([rule("guardrail-blocks-prompt-attacks")], inventory)
    assert len(outcome.findings) == 3


def test_buckets_hold_what_points_at_them() -> None:
    text = """
resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}
resource "aws_bedrockagent_data_source" "docs" {
  name              = "docs"
  knowledge_base_id = "kb"
  data_source_configuration {
    type = "S3"
    s3_configuration {
      bucket_arn = aws_s3_bucket.data.arn
    }
  }
}
"""
    inventory = inventory_of({"terraform": text})
    holds = {r.identity: r.value.holds for r in inventory.resources if isinstance(r.value, Bucket)}
    assert holds == {"aws_s3_bucket.data": ("knowledge-sources",), "aws_s3_bucket.site": ()}


def test_an_unparsed_file_makes_absence_unknown() -> None:
    inventory = inventory_of({"terraform": GUARDRAIL, "files": {"broken.tf": 'resource "aws_budgets_budget" "b" {\n'}})
    (gap,) = [g for g in inventory.gaps if g.scope == "broken.tf"]
    assert (gap.kind, gap.plane) == ("aws.*", Plane.DECLARED)
    (outcome,) = judge([rule("guardrail-blocks-prompt-attacks")], inventory)
    unseen = [f for f in outcome.findings if f.identity == UNSEEN]
    assert [f.status for f in unseen] == [Status.UNKNOWN]


def test_a_minor_gap_matters_only_where_nothing_was_seen() -> None:
    gap = Gap("aws.*", Plane.DECLARED, "module.x", "kept elsewhere", minor=True)
    inventory = inventory_of({"terraform": GUARDRAIL})
    with_gap = replace(inventory, gaps=(gap,))
    assert status("guardrail-blocks-prompt-attacks", with_gap) == "pass"
    assert isinstance(silence("aws.kms.key", Plane.DECLARED, with_gap), Unknown)
    assert isinstance(silence("aws.kms.key", Plane.DECLARED, inventory), str)


def test_gaps_match_by_kind_and_plane() -> None:
    gap = Gap("aws.*", Plane.OBSERVED, "us-east-1", "denied")
    assert gaps_of("aws.iam.role", Plane.OBSERVED, [gap], minor=False) == [gap]
    assert gaps_of("aws.iam.role", Plane.DECLARED, [gap], minor=False) == []
    assert gaps_of("repo.prompt", Plane.OBSERVED, [gap], minor=False) == []


def test_declared_alarms_end_open_and_observed_ones_do_not() -> None:
    inventory = inventory_of({"terraform": GUARDRAIL, "api": []})
    workloads = {r.plane: r.value for r in inventory.resources if isinstance(r.value, Workload)}
    declared, seen = workloads[Plane.DECLARED], workloads[Plane.OBSERVED]
    assert isinstance(declared.alarms, tuple)
    assert [type(a) for a in declared.alarms] == [Unknown]
    assert seen.alarms == ()


def test_a_denied_listing_leaves_the_observed_list_open() -> None:
    inventory = inventory_of({"terraform": GUARDRAIL, "api": []})
    denied = Gap("aws.budgets.budget", Plane.OBSERVED, "111122223333", "AccessDenied", action="budgets:ViewBudget")
    value = build_workload(replace(inventory, gaps=(denied,)), Plane.OBSERVED, None).value
    assert isinstance(value, Workload)
    assert value.budgets == (Unknown("111122223333: AccessDenied"),)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"app.py": "print(1)\n"}, False),
        ({"main.tf": GUARDRAIL}, True),
        ({"main.tf": 'resource "aws_s3_bucket" "x" {}\n'}, False),
    ],
)
def test_what_counts_as_a_genai_workload(files: dict[str, str], expected: bool) -> None:
    assert has_genai(inventory_of({"files": files}).resources) is expected


def test_a_language_that_is_not_read_is_said_and_matters_when_it_names_a_model() -> None:
    quiet = inventory_of({"files": {"web/app.go": "package main\n"}})
    loud = inventory_of({"files": {"web/app.go": 'import "github.com/aws/aws-sdk-go-v2/service/bedrockruntime"\n'}})
    assert [(g.scope, g.minor) for g in quiet.gaps] == [("Go", True)]
    assert [(g.scope, g.minor) for g in loud.gaps] == [("Go", False)]
    assert "100 % of the code" in loud.gaps[0].reason


def test_references_follow_an_alias_unless_two_share_it() -> None:
    from prodworks_cli.judge import prepare

    inventory = inventory_of({"terraform": GUARDRAIL})
    (guardrail,) = [r for r in inventory.resources if r.kind == "aws.bedrock.guardrail"]
    twin = replace(guardrail, identity="other")
    one = prepare(inventory).scopes[Plane.DECLARED]
    two = prepare(replace(inventory, resources=(*inventory.resources, twin))).scopes[Plane.DECLARED]
    assert isinstance(one.follow(Ref("aws.bedrock.guardrail", "chat")), Resource)
    assert isinstance(two.follow(Ref("aws.bedrock.guardrail", "chat")), Unknown)


UNREAD = {
    "ruby": {"app.rb": 'require "aws-sdk-bedrockruntime"\n'},
    "cdk": {"stack.cs": "using Amazon.CDK.AWS.Bedrock;\n"},
    "broken": {"main.tf": 'resource "aws_bedrock_guardrail" "x" {\n'},
}


@pytest.mark.parametrize("name", sorted(UNREAD))
def test_what_may_hold_a_workload_and_was_not_read_is_never_nothing_to_audit(name: str) -> None:
    assert not nothing_to_audit(inventory_of({"files": UNREAD[name]}))
    assert nothing_to_audit(inventory_of({"files": {"main.py": "print(1)\n", "web.ts": "export const a = 1\n"}}))


def test_the_weightiest_gap_gives_the_reason() -> None:
    files = {"a.go": "package main\n", "b.rb": 'require "aws-sdk-bedrockruntime"\n'}
    gaps = gaps_of("repo.model_call", Plane.DECLARED, inventory_of({"files": files}).gaps, minor=True)
    assert [g.scope for g in gaps] == ["Ruby", "Go"]

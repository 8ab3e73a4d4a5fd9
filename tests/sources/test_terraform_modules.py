"""Modules of registries, read by their inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import prodworks_cli
from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Location, Unknown
from prodworks_cli.node import Block, Node, Reference
from prodworks_cli.resources.awscc import as_cloudformation
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.known_modules import described, known_module
from tests.resources.provider_schema import schemas, types_read
from tests.sources.terraform_case import blocks, gaps

ENTRIES = [(entry["source"], entry) for entries in described().values() for entry in entries]


@pytest.mark.parametrize(("source", "entry"), ENTRIES, ids=[source for source, _ in ENTRIES])
def test_a_description_is_a_module_whose_arguments_exist(source: str, entry: dict[str, Any]) -> None:
    known = known_module(source, None)
    assert known is not None
    declared = {b.labels[0]: b for b in known.body.blocks if b.type == "variable"}
    assert set(declared) == set(entry["inputs"])
    for block in known.body.blocks:
        if block.type in ("resource", "data") and "aws" in block.labels[0]:
            kind = f"data.{block.labels[0]}" if block.type == "data" else block.labels[0]
            schema = schemas()[kind]
            for name, argument in block.body.arguments.items():
                if name not in ("count", "for_each"):
                    inner = set(_names(schema[name]))
                    assert "any" in inner or set(_keys(argument.value)) <= inner, f"{kind}.{name}"


def _keys(expression: Any) -> Iterator[str]:
    """The names of all objects that are written in an expression."""
    stack = [expression]
    while stack:
        part = stack.pop()
        if isinstance(part, x.Object):
            yield from (str(key.value) for key, _ in part.entries if isinstance(key, x.Literal))
        if isinstance(part, tuple):
            stack.extend(part)
        elif hasattr(part, "__slots__"):
            stack.extend(getattr(part, name) for name in part.__slots__)


def _names(schema: Any) -> Iterator[str]:
    """The names below an argument, and ``any`` where it is open."""
    if schema == "any":
        yield "any"
    if isinstance(schema, list):
        yield from _names(schema[0])
    elif isinstance(schema, dict):
        for name, inner in schema.items():
            yield name
            yield from _names(inner)


@pytest.mark.parametrize(("source", "entry"), ENTRIES, ids=[source for source, _ in ENTRIES])
def test_every_input_that_a_description_has_is_read_by_it(source: str, entry: dict[str, Any]) -> None:
    written = " ".join(str(v) for v in (entry["resources"], entry.get("locals"), entry["outputs"]))
    assert [n for n in entry["inputs"] if not re.search(rf"var\.{n}\b", written)] == []


BUCKET = """
module "docs" {
  source     = "terraform-aws-modules/s3-bucket/aws"
  bucket     = "docs"
  versioning = { enabled = true }
  server_side_encryption_configuration = {
    rule = {
      apply_server_side_encryption_by_default = { sse_algorithm = "aws:kms", kms_master_key_id = aws_kms_key.k.arn }
    }
  }
}
resource "aws_kms_key" "k" {}
resource "aws_lambda_function" "f" {
  environment { variables = { BUCKET = module.docs.s3_bucket_id } }
}
"""


def test_the_inputs_of_a_module_set_the_arguments_of_its_resources_at_the_lines_of_the_call() -> None:
    found = blocks(main=BUCKET)
    assert (found["module.docs.aws_s3_bucket.this"].body["bucket"].location) == Location("main.tf", 4)
    block = found["module.docs.aws_s3_bucket_public_access_block.this"].body
    assert (block["block_public_acls"].content, block["block_public_acls"].location) == (True, Location("main.tf", 2))
    assert block["bucket"].content == Reference("module.docs.aws_s3_bucket.this", "id")
    key = found["module.docs.aws_s3_bucket_server_side_encryption_configuration.this"].body.at(
        "rule", "apply_server_side_encryption_by_default", "kms_master_key_id"
    )
    assert key.content == Reference("aws_kms_key.k", "arn")
    versioning = found["module.docs.aws_s3_bucket_versioning.this"].body.at("versioning_configuration", "status")
    assert (versioning.content, versioning.location.line) == ("Enabled", 5)
    environment = found["aws_lambda_function.f"].body.at("environment", "variables", "BUCKET")
    assert environment.content == Reference("module.docs.aws_s3_bucket.this", "id")


def test_a_call_that_is_described_is_told_and_hides_nothing() -> None:
    (told,) = gaps(main=BUCKET)
    assert (told.kind, told.minor, told.line) == ("terraform.module", True, 2)
    assert "read by its inputs, as known on 20" in told.reason


def test_an_input_that_is_not_known_stays_so() -> None:
    text = 'variable "open" {}\n' + BUCKET.replace('"docs"\n', '"docs"\n  block_public_acls = var.open\n', 1)
    found = blocks(main=text)
    assert isinstance(
        found["module.docs.aws_s3_bucket_public_access_block.this"].body["block_public_acls"].content, Unknown
    )


def test_an_output_that_is_not_described_may_be_anything() -> None:
    call = 'module "v" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n'
    found = blocks(main=f'{call}resource "t" "t" {{\n  v = try(module.v.private_subnets, [])\n}}\n')
    assert found["t.t"].body["v"].content == Unknown(
        "output private_subnets of a module that is not in this repository"
    )


@pytest.mark.parametrize(
    ("source", "version", "described_here"),
    [
        ("terraform-aws-modules/s3-bucket/aws", None, True),
        ("terraform-aws-modules/s3-bucket/aws", "~> 4.1", True),
        ("terraform-aws-modules/s3-bucket/aws", ">= 3.0, < 6.0", True),
        ("terraform-aws-modules/s3-bucket/aws", "5.1.2", True),
        ("terraform-aws-modules/s3-bucket/aws", "3.15.1", False),
        ("terraform-aws-modules/s3-bucket/aws", "~> 3.0", False),
        ("terraform-aws-modules/s3-bucket/aws", "~> 6.0", False),
        ("terraform-aws-modules/s3-bucket/aws", "~> 4.1.0", True),
        ("terraform-aws-modules/s3-bucket/aws", "anything", False),
        ("registry.terraform.io/terraform-aws-modules/s3-bucket/aws", None, True),
        ("registry.opentofu.org/terraform-aws-modules/s3-bucket/aws", None, True),
        ("git::https://github.com/terraform-aws-modules/terraform-aws-s3-bucket.git?ref=v4.1.0", None, True),
        ("git::https://github.com/terraform-aws-modules/terraform-aws-s3-bucket.git?ref=v3.1.0", None, False),
        ("git::ssh://git@github.com/terraform-aws-modules/terraform-aws-iam.git//modules/iam-role", None, True),
        ("git@github.com:terraform-aws-modules/terraform-aws-kms.git?depth=1&ref=v2.0.0", None, True),
        ("github.com/terraform-aws-modules/terraform-aws-lambda", None, True),
        ("terraform-aws-modules/iam/aws", None, False),
        ("somebody/s3-bucket/aws", None, False),
        ("", None, False),
    ],
)
def test_which_versions_are_described(source: str, version: str | None, described_here: bool) -> None:
    assert (known_module(source, version) is not None) is described_here


def inventory(text: str) -> Inventory:
    return collect_repository(tree_of({"main.tf": text}), {})


def test_a_function_of_a_module_has_its_role_log_group_and_grants() -> None:
    found = inventory("""
module "chat" {
  source        = "terraform-aws-modules/lambda/aws"
  version       = "~> 8.0"
  function_name = "chat"
  attach_policy_statements = true
  policy_statements = {
    model = { effect = "Allow", actions = ["bedrock:InvokeModel"], resources = ["*"] }
  }
}
""")
    values = {r.kind: (r.value, r.locations) for r in found.resources}
    role, places = values["aws.iam.role"]
    assert (role.can_invoke_models, role.model_access_scoped) == (True, False)  # type: ignore[attr-defined]
    assert {p.line for n, p in places.items() if n.startswith("statements[1].resources")} == {8}
    group, _ = values["aws.logs.log_group"]
    assert (group.name, group.retention_days) == ("/aws/lambda/chat", None)  # type: ignore[attr-defined]
    assert values["aws.compute.unit"][0].role.key == "module.chat.aws_iam_role.lambda"  # type: ignore[attr-defined]


def test_the_guardrail_and_the_agent_of_the_bedrock_module() -> None:
    found = inventory("""
module "bedrock" {
  source           = "aws-ia/bedrock/aws"
  version          = "0.0.33"
  create_guardrail = true
  filters_config   = [{ type = "PROMPT_ATTACK", input_strength = "HIGH", output_strength = "NONE" }]
  foundation_model = "anthropic.claude-sonnet-4-6"
}
""")
    values = {r.kind: r.value for r in found.resources}
    (entry,) = values["aws.bedrock.guardrail"].content_filters  # type: ignore[attr-defined]
    assert (entry.type, entry.input_strength) == ("PROMPT_ATTACK", "HIGH")
    agent = values["aws.bedrock.agent"]
    assert agent.guardrail.key == "module.bedrock.awscc_bedrock_guardrail.guardrail"  # type: ignore[attr-defined]
    (told,) = found.gaps
    assert (told.kind, told.minor) == ("aws.*", True)


def test_blocks_of_awscc_are_read_as_those_of_cloudformation() -> None:
    found = inventory("""
resource "awscc_lambda_function" "f" {
  function_name = "f"
  role          = awscc_iam_role.r.arn
  environment   = { variables = { "api_token" = "hunter2hunter2", stage_name = "prod" } }
}
resource "awscc_iam_role" "r" {
  assume_role_policy_document = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
  policies = [{
    policy_document = jsonencode({ Statement = [{ Effect = "Allow", Action = "bedrock:InvokeModel", Resource = "*" }] })
  }]
}
resource "awscc_s3_bucket" "b" {
  bucket_encryption = {
    server_side_encryption_configuration = [{ server_side_encryption_by_default = { kms_master_key_id = "k" } }]
  }
}
resource "awscc_nothing_of_interest" "n" {}
""")
    values = {r.kind: r.value for r in found.resources}
    assert values["aws.compute.unit"].role.key == "awscc_iam_role.r"  # type: ignore[attr-defined]
    assert values["aws.compute.unit"].environment_secrets == ("api_token",)  # type: ignore[attr-defined]
    assert values["aws.iam.role"].can_invoke_models is True  # type: ignore[attr-defined]
    assert values["aws.s3.bucket"].kms_key == "k"  # type: ignore[attr-defined]


def test_a_type_of_awscc_that_is_named_is_read_under_that_name_or_named_as_that_of_cloudformation_too() -> None:
    package = Path(prodworks_cli.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    named = sorted(name for name in types_read() if name.startswith("awscc_"))
    read = as_cloudformation(Block(name, name, Node({}, Location("x"))) for name in named)
    assert [block.type for block in read if f'"{block.type}"' not in code] == []


def test_a_service_behind_a_load_balancer_leads_to_its_role() -> None:
    found = inventory("""
module "chat" {
  source  = "terraform-aws-modules/ecs/aws//modules/service"
  version = "~> 5.11"
  name    = "chat"
  container_definitions = {
    app = { environment = [{ name = "API_TOKEN", value = "hunter2hunter2" }] }
  }
  tasks_iam_role_statements = {
    model = { actions = ["bedrock:InvokeModel"], resources = ["*"] }
  }
  load_balancer = { app = { target_group_arn = aws_lb_target_group.chat.arn } }
}
resource "aws_lb_target_group" "chat" {}
resource "aws_lb" "front" {}
resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.front.arn
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.chat.arn
  }
}
""")
    values = {r.kind: r.value for r in found.resources}
    assert values["aws.api.entry"].leads_to_model is True  # type: ignore[attr-defined]
    assert values["aws.iam.role"].can_invoke_models is True  # type: ignore[attr-defined]
    assert values["aws.compute.unit"].environment_secrets == ("API_TOKEN",)  # type: ignore[attr-defined]
    group = values["aws.logs.log_group"]
    assert (group.name, group.retention_days) == ("/aws/ecs/chat/app", 30)  # type: ignore[attr-defined]

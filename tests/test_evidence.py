"""A finding about a derived attribute points at what decided it, not at the whole resource."""

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.conditions import Cursor, Scope, compile_condition
from prodworks_cli.model import Location, Plane, Proof, Unknown
from prodworks_cli.node import Declarations
from prodworks_cli.planes import resource_of
from prodworks_cli.resources.registry import declared_adapters, kinds
from prodworks_cli.schema import attributes_of
from tests.sources.terraform_case import blocks

ROLE = """
resource "aws_iam_role" "app" {
  name               = "app"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.name
  policy = jsonencode({
    Statement = [
      { Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*" },
      { Effect = "Allow", Action = "bedrock:InvokeModel", Resource = "*" },
    ]
  })
}
"""


def proof_of(text: str, block_type: str, path: str, expected: object) -> Proof:
    declarations = Declarations(tuple(blocks(main=text).values()))
    block = declarations.of_type(block_type)[0]
    described = declared_adapters()[block_type](block, declarations)
    assert described is not None
    resource = resource_of(described, Plane.DECLARED)
    judge = compile_condition({"path": path, "equals": expected}, kinds()[resource.kind], kinds())
    outcome = judge(Cursor(resource.value, resource), Scope(lambda ref: Unknown("nothing to follow")))
    return outcome.proofs[0]


def test_a_wide_grant_is_found_at_its_statement() -> None:
    assert proof_of(ROLE, "aws_iam_role", "model_access_scoped", True).location == Location("main.tf", 12)


def test_without_a_deciding_element_the_finding_is_at_the_resource() -> None:
    scoped = ROLE.replace('"bedrock:InvokeModel"', '"s3:GetObject"')
    assert proof_of(scoped, "aws_iam_role", "has_bedrock_full_access", False).location == Location("main.tf", 2)


def test_a_count_is_found_where_its_list_is() -> None:
    alarm = """
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name    = "errors"
  alarm_actions = []
}
"""
    assert proof_of(alarm, "aws_cloudwatch_metric_alarm", "confirmed_recipients", 1).location == Location("main.tf", 4)


@pytest.mark.parametrize("kind", [cls for cls in kinds().values() if cls.EVIDENCE], ids=lambda cls: cls.KIND)
def test_evidence_names_attributes_of_the_kind(kind: Any) -> None:
    known = attributes_of(kind)
    for name, sources in kind.EVIDENCE.items():
        assert name in known
        assert all(source in known and not known[source].derived for source in sources)

"""Adapters on what the readers make of raw Terraform and CloudFormation."""

from __future__ import annotations

from typing import Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Declarations
from prodworks_cli.resources.iam_sam import implied_roles
from prodworks_cli.resources.registry import declared_adapters
from prodworks_cli.schema import assemble
from prodworks_cli.sources.cloudformation.reader import read as read_cloudformation
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.terraform import read as read_terraform

TERRAFORM = """
variable "model" { default = "anthropic.claude-sonnet-4-20250514-v1:0" }
variable "arn" {}
data "aws_region" "r" {}
data "aws_caller_identity" "me" {}
data "aws_iam_policy_document" "p" {
  statement {
    actions = ["bedrock:InvokeModel"]
    resources = [
      "arn:aws:bedrock:${data.aws_region.r.name}::foundation-model/${var.model}",
      "arn:aws:bedrock:*:${data.aws_caller_identity.me.account_id}:inference-profile/*",
    ]
  }
}
resource "aws_iam_role" "fn" {
  name = "fn"
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_role_policy" "p" {
  role = aws_iam_role.fn.id
  policy = data.aws_iam_policy_document.p.json
}
resource "aws_iam_role_policy_attachment" "b" {
  role = aws_iam_role.fn.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}
resource "aws_lambda_function" "f" {
  function_name = "f"
  role = aws_iam_role.fn.arn
  environment {
    variables = {
      MODEL = var.model
      API_KEY = "literal-key-here"
    }
  }
}
resource "aws_bedrock_guardrail" "g" {
  name = "g"
  content_policy_config {
    filters_config {
      type = "PROMPT_ATTACK"
      input_strength = "HIGH"
      output_strength = "NONE"
    }
  }
}
resource "aws_sns_topic" "t" { name = "t" }
resource "aws_cloudwatch_metric_alarm" "a" {
  alarm_name = "a"
  namespace = "AWS/Bedrock"
  metric_name = "InvocationThrottles"
  statistic = "Sum"
  dimensions = { ModelId = var.model }
  alarm_actions = [aws_sns_topic.t.arn]
}
resource "aws_budgets_budget" "b" {
  name = "b"
  budget_type = "COST"
  limit_amount = "100"
  notification {
    notification_type = "ACTUAL"
    threshold = 80
    threshold_type = "PERCENTAGE"
    subscriber_email_addresses = ["a@example.com"]
  }
}
"""

CLOUDFORMATION = """
Resources:
  Chat:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: chat
      Policies:
        - AWSLambdaBasicExecutionRole
        - Statement:
            - Effect: Allow
              Action: bedrock:InvokeModel
              Resource: !Sub arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/*
  Full:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
      ManagedPolicyArns: [!Sub "arn:${AWS::Partition}:iam::aws:policy/AmazonBedrockFullAccess"]
"""


def resources(declarations: Declarations) -> dict[str, tuple[Any, dict[str, Location]]]:
    adapters = declared_adapters()
    drafts = [adapters[b.type](b, declarations) for b in declarations.blocks if b.type in adapters]
    return {d.identity: assemble(d) for d in drafts if d}


def test_terraform() -> None:
    blocks, gaps = read_terraform([File("infra/main.tf", TERRAFORM.encode(), Part.PRODUCTION)])
    found = resources(Declarations(blocks))
    assert gaps == ()
    role, places = found["infra/aws_iam_role.fn"]
    assert (role.can_invoke_models, role.model_access_scoped, role.is_admin) == (True, True, False)
    assert role.invokable_models == ("anthropic.claude-sonnet-4-20250514-v1:0",)
    assert role.used_by == ("infra/aws_lambda_function.f",)
    assert places["statements[0]"] == Location("infra/main.tf", 7)
    unit, _ = found["infra/aws_lambda_function.f"]
    assert unit.environment_secrets == ("API_KEY",)
    guardrail, places = found["infra/aws_bedrock_guardrail.g"]
    assert guardrail.content_filters[0].input_strength == "HIGH"
    assert places["content_filters[0].input_strength"] == Location("infra/main.tf", 44)
    alarm, _ = found["infra/aws_cloudwatch_metric_alarm.a"]
    assert alarm.watches_throttles is True
    assert isinstance(alarm.confirmed_recipients, Unknown)
    budget, _ = found["infra/aws_budgets_budget.b"]
    assert (budget.watches_all_spend, budget.notifications[0].threshold) == (True, 80)


def test_cloudformation() -> None:
    blocks, gaps = read_cloudformation([File("template.yaml", CLOUDFORMATION.encode(), Part.PRODUCTION)])
    declarations = Declarations(blocks)
    found = resources(Declarations((*blocks, *implied_roles(declarations))))
    assert gaps == ()
    implied, places = found["template.yaml#ChatRole"]
    assert (implied.can_invoke_models, implied.model_access_scoped) == (True, False)
    assert implied.managed_policies == ("AWSLambdaBasicExecutionRole",)
    assert places["statements[0]"] == Location("template.yaml", 10)
    assert found["template.yaml#Chat"][0].role.key == "template.yaml#ChatRole"
    assert found["template.yaml#Full"][0].has_bedrock_full_access is True

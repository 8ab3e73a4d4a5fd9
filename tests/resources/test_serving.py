"""State machines, SageMaker endpoints, identity pools, policies of the organization and token quotas on every form."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.resources.token_quotas import TokenQuota, is_of, weight
from prodworks_cli.rulecheck import inventory_of
from tests.resources.support import DENIED, block, declare, declared, observe, ref

UNIT = "aws.compute.unit"
DEFINITION = {
    "StartAt": "Ask",
    "TimeoutSeconds": 90,
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::bedrock:invokeModel",
            "TimeoutSeconds": 30,
            "Retry": [
                {"ErrorEquals": ["Bedrock.ThrottlingException"]},
                {"ErrorEquals": ["States.Timeout"], "BackoffRate": 1},
                {"ErrorEquals": ["States.ALL"], "MaxAttempts": 0},
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Each"}],
        },
        "Each": {
            "Type": "Map",
            "ItemProcessor": {
                "States": {
                    "Call": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                        "Parameters": {"FunctionName": "arn:aws:lambda:us-east-1:1:function:work:live"},
                        "TimeoutSecondsPath": "$.limit",
                    },
                    "Put": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem"},
                }
            },
        },
    },
}


def _machines(example: dict[str, Any]) -> list[Any]:
    found = inventory_of(example).resources
    return [r.value for r in found if r.kind == "aws.stepfunctions.state_machine"]


def _same(machine: Any) -> None:
    assert (machine.name, machine.timeout_seconds) == ("m", 90)
    by_name = {step.name: step for step in machine.model_steps}
    assert set(by_name) == {"Ask", "Call"}
    ask, call = by_name["Ask"], by_name["Call"]
    assert (ask.retry_errors, ask.retries_throttling, ask.catches, ask.timeout_seconds) == (
        ("Bedrock.ThrottlingException",),
        True,
        True,
        30,
    )
    assert (ask.function, ask.calls_model, ask.recovers_in_time) == (None, True, True)
    assert call.function == Ref(UNIT, "work")
    assert (call.retry_errors, call.retries_throttling, call.catches, call.recovers_in_time) == ((), False, False, True)
    assert isinstance(call.timeout_seconds, Unknown)
    assert isinstance(call.calls_model, Unknown)


def test_machines_in_every_form() -> None:
    text = json.dumps(DEFINITION)
    (machine,) = _machines(
        {"terraform": f'resource "aws_sfn_state_machine" "m" {{\n name = "m"\n definition = {json.dumps(text)}\n}}'}
    )
    _same(machine)
    body = {"StateMachineName": "m", "Definition": DEFINITION}
    template = {"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": body}}}
    _same(_machines({"cloudformation": json.dumps(template)})[0])
    serverless = {"Name": "m", "DefinitionUri": "machine.json"}
    template = {"Resources": {"M": {"Type": "AWS::Serverless::StateMachine", "Properties": serverless}}}
    _same(_machines({"cloudformation": json.dumps(template), "files": {"machine.json": text}})[0])


def test_a_machine_of_the_account() -> None:
    answer = {"name": "m", "definition": json.dumps(DEFINITION)}
    machine = observe("aws.stepfunctions.state_machine", {"stepfunctions:DescribeStateMachine": answer})
    assert (machine.name, machine.timeout_seconds) == ("m", 90)
    assert {s.name for s in machine.model_steps} == {"Ask", "Call"}
    denied = observe("aws.stepfunctions.state_machine", {"stepfunctions:DescribeStateMachine": DENIED})
    assert isinstance(denied.model_steps, Unknown)


VARIANT = {"initial_instance_count": 1, "managed_instance_scaling": [{"status": "ENABLED", "min_instance_count": 2}]}


def test_an_endpoint_in_terraform() -> None:
    config = block("aws_sagemaker_endpoint_configuration", "infra/c", {"production_variants": [VARIANT]})
    target = {"resource_id": "endpoint/e/variant/v", "min_capacity": 3}
    endpoint = declare(
        block("aws_sagemaker_endpoint", "infra/e", {"name": "e", "endpoint_config_name": ref("infra/c", "name")}),
        config,
        block("aws_appautoscaling_target", "infra/t", target),
    )
    assert (endpoint.name, endpoint.serverless, endpoint.instances) == ("e", False, 1)
    assert (endpoint.autoscaled, endpoint.minimum) == (True, 2)
    bare = declared("aws_sagemaker_endpoint", {"name": "e", "endpoint_config_name": "x"})
    for name in ("serverless", "instances", "autoscaled"):
        assert isinstance(getattr(bare, name), Unknown), name


def test_an_endpoint_in_cloudformation() -> None:
    config = {
        "EndpointConfigName": "c",
        "ProductionVariants": [{"InitialInstanceCount": 2}, {"InitialInstanceCount": 4}],
    }
    endpoint = declared(
        "AWS::SageMaker::Endpoint",
        {"EndpointName": "e", "EndpointConfigName": "c"},
        block("AWS::SageMaker::EndpointConfig", "t#c", config),
    )
    assert (endpoint.instances, endpoint.serverless, endpoint.autoscaled, endpoint.minimum) == (2, False, False, None)


def test_an_endpoint_of_the_account() -> None:
    answers = {
        "sagemaker:DescribeEndpoint": {
            "EndpointName": "e",
            "ProductionVariants": [{"CurrentInstanceCount": 1, "CurrentServerlessConfig": {"MaxConcurrency": 1}}],
        },
        "application-autoscaling:DescribeScalableTargets": {"ScalableTargets": [{"MinCapacity": 2}]},
    }
    endpoint = observe("aws.sagemaker.endpoint", answers)
    assert (endpoint.name, endpoint.serverless, endpoint.instances) == ("e", True, 1)
    assert (endpoint.autoscaled, endpoint.minimum) == (True, 2)
    denied = observe("aws.sagemaker.endpoint", dict.fromkeys(answers, DENIED))
    for name in ("name", "serverless", "instances", "autoscaled", "minimum"):
        assert isinstance(getattr(denied, name), Unknown), name


def test_identity_pools() -> None:
    attached = {"identity_pool_id": ref("infra/subject", "id"), "roles": {"unauthenticated": ref("infra/guest")}}
    pool = declared(
        "aws_cognito_identity_pool",
        {"identity_pool_name": "p", "allow_unauthenticated_identities": True},
        block("aws_cognito_identity_pool_roles_attachment", "infra/a", attached),
    )
    assert (pool.guests_allowed, pool.guest_role) == (True, Ref("aws.iam.role", "infra/guest"))
    assert isinstance(pool.id, Unknown)
    assert declared("aws_cognito_identity_pool", {}).guests_allowed is False
    attached = {"IdentityPoolId": ref("infra/subject", "Ref"), "Roles": {"unauthenticated": "arn:guest"}}
    pool = declared(
        "AWS::Cognito::IdentityPool",
        {"AllowUnauthenticatedIdentities": "true"},
        block("AWS::Cognito::IdentityPoolRoleAttachment", "infra/a", attached),
    )
    assert (pool.guests_allowed, pool.guest_role) == (True, Ref("aws.iam.role", "arn:guest"))


def test_an_identity_pool_of_the_account() -> None:
    answers = {
        "cognito-identity:DescribeIdentityPool": {
            "IdentityPoolId": "r:1",
            "IdentityPoolName": "p",
            "AllowUnauthenticatedIdentities": True,
        },
        "cognito-identity:GetIdentityPoolRoles": {"Roles": {"unauthenticated": "arn:guest"}},
    }
    pool = observe("aws.cognito.identity_pool", answers)
    assert (pool.id, pool.guests_allowed, pool.guest_role) == ("r:1", True, Ref("aws.iam.role", "arn:guest"))
    denied = observe("aws.cognito.identity_pool", dict.fromkeys(answers, DENIED))
    for name in ("id", "guests_allowed", "guest_role"):
        assert isinstance(getattr(denied, name), Unknown), name


MODELS = "arn:aws:bedrock:*::foundation-model/anthropic.claude-*"
CALL = {"Effect": "Deny", "Action": ["bedrock:InvokeModel"]}


@pytest.mark.parametrize(
    ("statement", "denies"),
    [
        ({**CALL, "NotResource": [MODELS]}, True),
        ({**CALL, "Resource": MODELS}, True),
        ({**CALL, "Resource": "*", "Condition": {"StringNotLike": {"bedrock:ModelId": "anthropic.*"}}}, True),
        ({**CALL, "Resource": "*"}, False),
        ({**CALL, "Resource": "arn:aws:bedrock:*::foundation-model/*"}, False),
        ({"Effect": "Deny", "Action": "bedrock:CreateAgent", "NotResource": MODELS}, False),
        ({"Effect": "Deny", "NotAction": "iam:*", "NotResource": MODELS}, False),
        ({"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": MODELS}, False),
    ],
)
def test_what_a_policy_denies(statement: dict[str, Any], denies: bool) -> None:
    assert _policies(statement).model_deny is denies


def _policies(*statements: dict[str, Any], **answers: Any) -> Any:
    content = json.dumps({"Statement": list(statements)})
    return observe(
        "aws.organizations.policies",
        {
            "organizations:DescribeOrganization": {"Organization": {"MasterAccountId": "999988887777"}},
            "organizations:ListPoliciesForTarget": [{"Policies": []}],
            "organizations:DescribePolicy": [{"Policy": {"Content": content}}],
            **answers,
        },
    )


def test_policies_that_cannot_be_read() -> None:
    refused = _policies(**{"organizations:ListPoliciesForTarget": [DENIED]})
    assert (refused.readable, type(refused.model_deny)) == (False, Unknown)
    decided = _policies({**CALL, "NotResource": [MODELS]}, **{"organizations:ListPoliciesForTarget": [DENIED]})
    assert decided.model_deny is True
    own = _policies(**{"organizations:DescribeOrganization": {"Organization": {"MasterAccountId": "123456789012"}}})
    assert (own.readable, own.model_deny) == (True, False)


SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
OLD = "anthropic.claude-3-5-sonnet-20241022-v2:0"
GLOBAL = f"global.{SONNET}"
LLAMA = "meta.llama3-3-70b-instruct-v1:0"


@pytest.mark.parametrize(
    ("quota", "model", "same"),
    [
        ("Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1", f"us.{SONNET}", True),
        ("Cross-Region InvokeModel tokens per minute for Anthropic Claude Sonnet 4.5", f"us.{SONNET}", True),
        ("Global cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5", GLOBAL, True),
        ("On-demand model inference tokens per minute for Anthropic Claude 3.5 Sonnet V2", OLD, True),
        ("On-demand model inference tokens per minute for Anthropic Claude 3.5 Sonnet", OLD, False),
        ("On-demand InvokeModel tokens per minute for Meta Llama 3.3 70B Instruct", LLAMA, True),
        ("On-demand model inference tokens per minute for Amazon Nova Pro", "amazon.nova-pro-v1:0", True),
        ("On-demand model inference requests per minute for Amazon Nova Pro", "amazon.nova-pro-v1:0", False),
        ("Cross-region model inference tokens per minute for Amazon Nova Pro", "amazon.nova-pro-v1:0", False),
        ("On-demand model inference tokens per minute for Amazon Nova Lite", "amazon.nova-pro-v1:0", False),
    ],
)  # fmt: skip
def test_the_name_of_a_quota(quota: str, model: str, same: bool) -> None:
    assert is_of(quota, model) is same


def test_output_weighs_more_with_newer_models() -> None:
    assert weight("us.anthropic.claude-sonnet-4-5-20250929-v1:0") == 5
    assert weight("anthropic.claude-3-7-sonnet-20250219-v1:0") == 5
    assert weight("anthropic.claude-3-5-sonnet-20241022-v2:0") == 1
    assert weight("amazon.nova-pro-v1:0") == 1


def test_a_quota_of_the_account() -> None:
    model = "amazon.nova-pro-v1:0"
    name = "On-demand model inference tokens per minute for Amazon Nova Pro"
    answers: dict[str, Any] = {
        "cloudwatch:ListMetrics": {"Metrics": [{"Dimensions": [{"Name": "ModelId", "Value": model}]}]},
        "service-quotas:ListServiceQuotas": {"Quotas": [{"QuotaName": name, "Value": 1000.0}]},
        "cloudwatch:GetMetricData": {
            "MetricDataResults": [{"Id": "peak", "Values": [1.0, 650.0]}, {"Id": "throttles", "Values": [1.0, 2.0]}]
        },
    }
    quota = observe("aws.servicequotas.token_quota", answers)
    assert quota == TokenQuota(name, model, Ref("aws.bedrock.foundation_model", model), "eu-west-1", 1000.0, 650, 3)
    assert quota.has_headroom is True
    silent = {"MetricDataResults": [{"Id": "peak", "Values": []}, {"Id": "throttles", "Values": []}]}
    unused = observe("aws.servicequotas.token_quota", {**answers, "cloudwatch:GetMetricData": silent})
    assert (unused.peak_14d, unused.throttles_14d) == (0, 0)
    denied = observe("aws.servicequotas.token_quota", dict.fromkeys(answers, DENIED))
    for attribute in ("name", "model_id", "applied", "peak_14d", "throttles_14d", "has_headroom"):
        assert isinstance(getattr(denied, attribute), Unknown), attribute


def test_cost_tags_and_exports() -> None:
    tag = declared("aws_ce_cost_allocation_tag", {"tag_key": "team", "status": "Active"})
    assert (tag.key, tag.status, tag.used_for_attribution) == ("team", "Active", None)
    assert isinstance(tag.type, Unknown)
    listed = {"CostAllocationTags": [{"TagKey": "team", "Type": "UserDefined", "Status": "Inactive"}]}
    tag = observe("aws.ce.cost_allocation_tag", {"ce:ListCostAllocationTags": listed})
    assert (tag.key, tag.type, tag.status) == ("team", "UserDefined", "Inactive")
    query = {
        "query_statement": "select * from COST_AND_USAGE_REPORT",
        "table_configurations": {"COST_AND_USAGE_REPORT": {"INCLUDE_IAM_PRINCIPAL_DATA": "TRUE"}},
    }
    export = declared("aws_bcmdataexports_export", {"export": [{"name": "e", "data_query": [query]}]})
    assert (export.name, export.table, export.status, export.includes_caller_identity) == (
        "e",
        "COST_AND_USAGE_REPORT",
        None,
        True,
    )
    body = {"Name": "e", "DataQuery": {"QueryStatement": "SELECT a FROM FOCUS_1_0_AWS"}}
    export = declared("AWS::BCMDataExports::Export", {"Export": body})
    assert (export.table, export.includes_caller_identity) == ("FOCUS_1_0_AWS", False)
    answer = {"Export": body, "ExportStatus": {"StatusCode": "HEALTHY"}}
    export = observe("aws.bcm.export", {"bcm-data-exports:GetExport": answer})
    assert (export.name, export.table, export.status) == ("e", "FOCUS_1_0_AWS", "HEALTHY")
    denied = observe("aws.bcm.export", {"bcm-data-exports:GetExport": DENIED})
    for name in ("name", "table", "status", "includes_caller_identity"):
        assert isinstance(getattr(denied, name), Unknown), name


@pytest.mark.parametrize(
    ("organization", "known"),
    [(None, True), ({"Organization": {"MasterAccountId": "123456789012"}}, True), (DENIED, False)],
)
def test_an_account_without_an_export(organization: Any, known: bool) -> None:
    answers = {"bcm-data-exports:ListExports": {"Exports": []}, "organizations:DescribeOrganization": organization}
    export = observe("aws.bcm.export", answers)
    assert (export.table is None) is known
    assert isinstance(export.table, Unknown) is not known

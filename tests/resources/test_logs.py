from __future__ import annotations

import json

from prodworks_cli.model import Unknown
from prodworks_cli.resources.logs import MetricFilter
from tests.resources.support import DENIED, block, declare, declared, observe, ref

MASK = {"Statement": [
    {"DataIdentifier": ["arn:email"], "Operation": {"Audit": {}}},
    {"DataIdentifier": ["arn:email", "arn:name"], "Operation": {"Deidentify": {"MaskConfig": {}}}},
]}  # fmt: skip
AUDIT = {"Statement": MASK["Statement"][:1]}


def test_terraform() -> None:
    transformation = [{"name": "Refusals", "namespace": "App"}]
    group = declare(
        block(
            "aws_cloudwatch_log_group", "infra/g", {"name": "/bedrock", "retention_in_days": 0, "kms_key_id": ref("k")}
        ),
        block(
            "aws_cloudwatch_log_data_protection_policy",
            "infra/p",
            {"log_group_name": ref("infra/g", "name"), "policy_document": json.dumps(MASK)},
        ),
        block(
            "aws_cloudwatch_log_metric_filter",
            "infra/f",
            {"log_group_name": "/bedrock", "name": "f", "pattern": "x", "metric_transformation": transformation},
        ),
    )
    assert (group.name, group.retention_days, group.masked_identifiers) == ("/bedrock", None, ("arn:email", "arn:name"))
    assert group.metric_filters == (MetricFilter("f", "x", "Refusals"),)
    assert isinstance(group.kms_key, Unknown)


def test_a_filter_on_a_group_that_is_not_resolved_may_be_one_of_any_group() -> None:
    filters = [
        block("aws_cloudwatch_log_metric_filter", f"infra/{name}", {"log_group_name": group, "name": name})
        for name, group in (("mine", "/bedrock"), ("other", "/web"), ("maybe", Unknown("var.group", present=True)))
    ]
    mine, maybe = declare(block("aws_cloudwatch_log_group", "infra/g", {"name": "/bedrock"}), *filters).metric_filters
    assert (mine.name, maybe) == ("mine", Unknown("var.group", present=True))
    filters = [
        block("AWS::Logs::MetricFilter", f"t#{name}", {"LogGroupName": group, "FilterName": name})
        for name, group in (("mine", ref("t#G", "Ref")), ("other", ref("t#H", "Ref")), ("maybe", Unknown("parameter")))
    ]
    mine, maybe = declare(block("AWS::Logs::LogGroup", "t#G", {}), *filters).metric_filters
    assert (mine.name, maybe) == ("mine", Unknown("parameter"))


def test_without_a_masking_policy_of_its_own_the_account_may_mask() -> None:
    assert isinstance(declared("aws_cloudwatch_log_group", {"name": "x"}).masked_identifiers, Unknown)
    audited = declared("AWS::Logs::LogGroup", {"DataProtectionPolicy": AUDIT, "RetentionInDays": 30})
    assert isinstance(audited.masked_identifiers, Unknown)
    assert audited.retention_days == 30
    assert declared("AWS::Logs::LogGroup", {"DataProtectionPolicy": MASK}).masked_identifiers == (
        "arn:email",
        "arn:name",
    )


def test_declared_account_policies_decide() -> None:
    policy = {"policy_type": "DATA_PROTECTION_POLICY", "policy_document": json.dumps(MASK)}
    group = {"name": "x"}
    masks = block("aws_cloudwatch_log_account_policy", "infra/p", policy)
    assert declared("aws_cloudwatch_log_group", group, masks).masked_identifiers == ("arn:email", "arn:name")
    audits = block("AWS::Logs::AccountPolicy", "t#P", {"PolicyDocument": json.dumps(AUDIT)})
    assert declared("aws_cloudwatch_log_group", group, audits).masked_identifiers == ()


ANSWERS = {
    "logs:DescribeLogGroups": {"logGroups": [{"logGroupName": "/bedrock", "retentionInDays": 90}]},
    "logs:GetDataProtectionPolicy": {"policyDocument": json.dumps(AUDIT)},
    "logs:DescribeAccountPolicies": {"accountPolicies": []},
    "logs:DescribeMetricFilters": {
        "metricFilters": [{"filterName": "f", "metricTransformations": [{"metricName": "m"}]}]
    },
}


def account(**policy: str) -> dict[str, object]:
    entry = {"policyType": "DATA_PROTECTION_POLICY", "policyDocument": json.dumps(MASK), **policy}
    return {**ANSWERS, "logs:DescribeAccountPolicies": {"accountPolicies": [entry]}}


def test_observed() -> None:
    group = observe("aws.logs.log_group", ANSWERS)
    assert (group.name, group.retention_days, group.kms_key) == ("/bedrock", 90, None)
    assert group.masked_identifiers == ()
    assert group.metric_filters == (MetricFilter("f", None, "m"),)
    assert observe("aws.logs.log_group", account()).masked_identifiers == ("arn:email", "arn:name")
    criteria = observe("aws.logs.log_group", account(selectionCriteria="LogGroupName NOT IN []"))
    assert isinstance(criteria.masked_identifiers[0], Unknown)
    assert observe("aws.logs.log_group", account(policyType="SUBSCRIPTION_FILTER_POLICY")).masked_identifiers == ()


def test_denied() -> None:
    group = observe("aws.logs.log_group", {**ANSWERS, "logs:DescribeAccountPolicies": DENIED})
    assert [type(m) for m in group.masked_identifiers] == [Unknown]
    assert isinstance(observe("aws.logs.log_group", {"logs:DescribeLogGroups": DENIED}).retention_days, Unknown)

"""Log groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    belonging,
    declared,
    each,
    observed,
    own,
    parsed,
    pointing,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Number, Text, Texts, draft


@dataclass(frozen=True)
class MetricFilter(Item):
    """An element of ``metric_filters``."""

    name: Text
    pattern: Text
    metric: Text


@dataclass(frozen=True)
class LogGroup(Kind):
    """A log group of the workload.

    ``holds_prompts`` is true for the group that invocation logging, agent spans or content-carrying application logs
    go to; it is joined later. ``retention_days`` of ``None`` means that events never expire. ``masked_identifiers``
    are the data identifiers of Deidentify statements: of the group's own policy, and observed also of the account's.
    ``kept_for_audit`` compares the retention of a group that holds prompts with the config's; it is joined later.
    """

    KIND = "aws.logs.log_group"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {"kept_for_audit": ("retention_days",)}

    name: Text
    holds_prompts: Flag
    retention_days: Number
    kms_key: Text
    masked_identifiers: Texts
    metric_filters: tuple[MetricFilter | Unknown, ...] | Unknown | None
    kept_for_audit: Flag


_ACCOUNT_POLICY = Unknown("an account policy may mask the group")


def masked(policy: Node) -> tuple[Node, ...] | Unknown:
    """The data identifiers that a data-protection policy masks (Deidentify), not those it only audits."""
    document = parsed(policy)
    if document.unknown:
        return document.unknown
    statements = document.first_of("Statement", "statement").items()
    masking = (s for s in statements if s.at("Operation", "Deidentify").present)
    return tuple(identifier for s in masking for identifier in s["DataIdentifier"].items())


def _or_account(own_policy: tuple[Node, ...] | Unknown, declarations: Declarations) -> Drafted:
    """The group's own masks, else those of the declared account policies; with neither, the account may have one."""
    if own_policy:
        return own_policy
    terraform = (b.body for b in declarations.of_type("aws_cloudwatch_log_account_policy"))
    cloudformation = (b.body for b in declarations.of_type("AWS::Logs::AccountPolicy"))
    masks = [_account_masks(b["policy_type"], b["policy_document"], b["selection_criteria"]) for b in terraform]
    masks += [_account_masks(b["PolicyType"], b["PolicyDocument"], b["SelectionCriteria"]) for b in cloudformation]
    return _joined(masks) if masks else _ACCOUNT_POLICY


def _joined(masks: Iterable[tuple[Node, ...] | Unknown]) -> Drafted:
    return tuple(m for mask in masks for m in ([mask] if isinstance(mask, Unknown) else mask))


def _zero_is_never(retention: Node) -> Node:
    """Terraform and the console write "never expire" as 0."""
    return retention.map(lambda days: None if days in (0, "0") else days)


def _filter(block: Block, name: str, pattern: str, transformation: str, metric: str) -> Draft:
    body = block.body
    return draft(MetricFilter, body, name=body[name], pattern=body[pattern], metric=body.at(transformation, metric))


def _terraform_filter(block: Block) -> Draft:
    return _filter(block, "name", "pattern", "metric_transformation", "name")


def _cloudformation_filter(block: Block) -> Draft:
    return _filter(block, "FilterName", "FilterPattern", "MetricTransformations", "MetricName")


def _terraform(block: Block, declarations: Declarations) -> Draft:
    policies = pointing(declarations, ("aws_cloudwatch_log_data_protection_policy",), "log_group_name", block, "name")
    masks = masked(policies[0].body["policy_document"]) if policies else ()
    types = {"aws_cloudwatch_log_metric_filter": "log_group_name"}
    return declared(
        LogGroup,
        block,
        (block.body["name"],),
        name=block.body["name"],
        holds_prompts=None,
        retention_days=_zero_is_never(block.body["retention_in_days"]),
        kms_key=block.body["kms_key_id"],
        masked_identifiers=_or_account(masks, declarations),
        metric_filters=belonging(declarations, block, types, _terraform_filter, "name"),
        kept_for_audit=None,
    )


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    types = {"AWS::Logs::MetricFilter": "LogGroupName"}
    return declared(
        LogGroup,
        block,
        (block.body["LogGroupName"],),
        name=block.body["LogGroupName"],
        holds_prompts=None,
        retention_days=_zero_is_never(block.body["RetentionInDays"]),
        kms_key=block.body["KmsKeyId"],
        masked_identifiers=_or_account(masked(block.body["DataProtectionPolicy"]), declarations),
        metric_filters=belonging(declarations, block, types, _cloudformation_filter, "LogGroupName"),
        kept_for_audit=None,
    )


def _observed(record: Record) -> Draft:
    group = own(record, "logs:DescribeLogGroups", "logGroups")
    return observed(
        LogGroup,
        record,
        (group["logGroupName"], group["logGroupArn"], group["arn"]),
        name=group["logGroupName"],
        holds_prompts=None,
        retention_days=group["retentionInDays"],
        kms_key=group["kmsKeyId"],
        masked_identifiers=_observed_masks(record),
        metric_filters=each(record.answer("logs:DescribeMetricFilters")["metricFilters"], _listed_filter),
        kept_for_audit=None,
    )


def _observed_masks(record: Record) -> Drafted:
    """Masks of the group's policy and of the account's; a policy that was not read leaves one unknown."""
    masks = [masked(record.answer("logs:GetDataProtectionPolicy")["policyDocument"])]
    account = record.answer("logs:DescribeAccountPolicies")["accountPolicies"]
    keys = ("policyType", "policyDocument", "selectionCriteria")
    masks += [account.unknown] if account.unknown else [_account_masks(*(p[k] for k in keys)) for p in account.items()]
    return _joined(masks)


def _account_masks(kind: Node, document: Node, criteria: Node) -> tuple[Node, ...] | Unknown:
    """Only a data-protection policy masks; one with selection criteria may leave this group out."""
    if kind.text() not in (None, "DATA_PROTECTION_POLICY"):
        return ()
    masks = masked(document)
    return Unknown("the account policy selects log groups by criteria") if masks and criteria.present else masks


def _listed_filter(entry: Node) -> Draft:
    return draft(
        MetricFilter,
        entry,
        name=entry["filterName"],
        pattern=entry["filterPattern"],
        metric=entry.at("metricTransformations", "metricName"),
    )


TERRAFORM: Mapping[str, Declared] = {"aws_cloudwatch_log_group": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::Logs::LogGroup": _cloudformation,
    # CDK's custom resource for the retention of a group that Lambda makes.
    "Custom::LogRetention": _cloudformation,
}
API: Mapping[str, Observed] = {LogGroup.KIND: _observed}

"""What an account has bought of Bedrock, and what it lets Bedrock keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import ACCOUNT_ONLY, Declared, Observed, Record, declared, later, observed, own
from prodworks_cli.resources.bedrock import total
from prodworks_cli.schema import Draft, Drafted, Number, Text


@dataclass(frozen=True)
class ProvisionedThroughput(Kind):
    """Bought model capacity. ``invocations_14d`` counts the calls of the last 14 days and is known to the account."""

    KIND = "aws.bedrock.provisioned_throughput"

    arn: Text
    status: Text
    invocations_14d: Number


@dataclass(frozen=True)
class AccountSettings(Kind):
    """Account-wide Bedrock settings of one Region.

    ``data_retention_mode`` is ``default``, ``none``, ``aws_review`` or ``provider_data_share``; a mode that is
    inherited is set above the account.
    """

    KIND = "aws.bedrock.account_settings"

    region: Text
    data_retention_mode: Text


def _throughput_terraform(block: Block, _: Declarations) -> Draft:
    return declared(
        ProvisionedThroughput,
        block,
        (block.body["provisioned_model_name"],),
        arn=later(block, "provisioned_model_arn"),
        # What a deployment ends with, or fails.
        status="InService",
        invocations_14d=ACCOUNT_ONLY,
    )


def _throughput_observed(record: Record) -> Draft:
    found = own(record, "bedrock:ListProvisionedModelThroughputs", "provisionedModelSummaries")
    return observed(
        ProvisionedThroughput,
        record,
        (found["provisionedModelName"], found["provisionedModelArn"]),
        arn=found["provisionedModelArn"],
        status=found["status"],
        invocations_14d=total(record.answer("cloudwatch:GetMetricData")["MetricDataResults"]),
    )


def _settings_observed(record: Record) -> Draft:
    mode = record.answer("bedrock:GetAccountDataRetention")["mode"]
    return observed(AccountSettings, record, region=record.region, data_retention_mode=_mode(mode))


def _mode(mode: Node) -> Drafted:
    inherited = mode.text() == "inherit"
    return Unknown("no mode is set at the account: the organization decides", present=True) if inherited else mode


TERRAFORM: Mapping[str, Declared] = {"aws_bedrock_provisioned_model_throughput": _throughput_terraform}
API: Mapping[str, Observed] = {
    ProvisionedThroughput.KIND: _throughput_observed,
    AccountSettings.KIND: _settings_observed,
}

"""Where X-Ray sends the spans of one account and Region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.node import Block, Declarations
from prodworks_cli.resources.adapter import Declared, Observed, Record, declared, observed, otherwise
from prodworks_cli.resources.model_calls import DEPLOYMENT
from prodworks_cli.schema import Draft, Text


@dataclass(frozen=True)
class TransactionSearch(Kind):
    """The trace destination of one account and Region.

    CloudFormation's resource has one destination, CloudWatch Logs; its presence is the setting. A declared setting has
    the status that its deployment waits for.
    """

    KIND = "aws.xray.transaction_search"

    region: Text
    destination: Text
    status: Text


def _terraform(block: Block, _: Declarations) -> Draft:
    body = block.body
    return declared(
        TransactionSearch,
        block,
        region=otherwise(body["region"], DEPLOYMENT),
        destination=body["destination"],
        status="ACTIVE",
    )


def _cloudformation(block: Block, _: Declarations) -> Draft:
    return declared(TransactionSearch, block, region=DEPLOYMENT, destination="CloudWatchLogs", status="ACTIVE")


def _observed(record: Record) -> Draft:
    answer = record.answer("xray:GetTraceSegmentDestination")
    return observed(
        TransactionSearch,
        record,
        region=record.region,
        destination=answer["Destination"],
        status=answer["Status"],
    )


TERRAFORM: Mapping[str, Declared] = {
    "aws_xray_trace_segment_destination": _terraform,
    "awscc_xray_transaction_search_config": _cloudformation,
}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::XRay::TransactionSearchConfig": _cloudformation}
API: Mapping[str, Observed] = {TransactionSearch.KIND: _observed}

"""Log deliveries: whether what a resource logs is sent anywhere. A delivery leads from a source to a destination."""

from __future__ import annotations

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import Record, refers, some
from prodworks_cli.schema import Drafted

_ELSEWHERE = Unknown("log deliveries may be set up elsewhere")
_SOURCES = ("aws_cloudwatch_log_delivery_source", "awscc_logs_delivery_source", "AWS::Logs::DeliverySource")
_DELIVERIES = ("aws_cloudwatch_log_delivery", "awscc_logs_delivery", "AWS::Logs::Delivery")
# Other types of sources carry traces or usage.
_LOGS = (None, "APPLICATION_LOGS")


def declared_delivery(block: Block, declarations: Declarations) -> Drafted:
    """True when a delivery of logs starts at the block; deliveries may also be set up elsewhere."""
    sources = [source for source in declarations.of_type(*_SOURCES) if _starts_at(source.body, block)]
    named = [d.body.first_of("delivery_source_name", "DeliverySourceName") for d in declarations.of_type(*_DELIVERIES)]
    delivered = some(refers(node, source, "name", "Name") for node in named for source in sources)
    return True if delivered is True else _ELSEWHERE


def _starts_at(source: Node, block: Block) -> bool:
    carries = source.first_of("log_type", "LogType").text() in _LOGS
    return carries and refers(source.first_of("resource_arn", "ResourceArn"), block) is True


def observed_delivery(record: Record, arn: Node) -> bool | Unknown:
    """Whether a delivery of logs exists whose source is the resource of that ARN."""
    sources = record.answer("logs:DescribeDeliverySources")["deliverySources"]
    deliveries = record.answer("logs:DescribeDeliveries")["deliveries"]
    unread = arn.unknown or sources.unknown or deliveries.unknown
    if unread:
        return unread
    mine = [s for s in sources.items() if arn.text() in [r.text() for r in s["resourceArns"].items()]]
    names = {source["name"].text() for source in mine if source["logType"].text() in _LOGS} - {None}
    if any(delivery["deliverySourceName"].text() in names for delivery in deliveries.items()):
        return True
    # A page that could not be read leaves an unknown element, which may be the one.
    return next((e.unknown for listed in (sources, deliveries) for e in listed.items() if e.unknown), False)

"""How queues are read from the account: those whose messages are given to a function of the workload."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Location, Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, moved, narrowed, never
from prodworks_cli.resources.queues import Queue

_MAPPINGS = Read("lambda", "ListEventSourceMappings", "lambda:ListEventSourceMappings")
_URL = Read("sqs", "GetQueueUrl", "sqs:GetQueueUrl")
_ATTRIBUTES = Read("sqs", "GetQueueAttributes", "sqs:GetQueueAttributes")
_WANTED = ["RedrivePolicy", "VisibilityTimeout"]


def _queues(reader: Reader) -> Iterable[Record]:
    mappings = reader.found(_MAPPINGS, "EventSourceMappings")
    ours = (m for m in mappings if ":sqs:" in (m["EventSourceArn"].text() or "") and _is_ours(reader, m))
    return reader.each(ours, lambda mapping: _queue(reader, mapping))


def _is_ours(reader: Reader, mapping: Node) -> bool:
    """Whether the function or the queue is of the workload; a version or an alias is the function's."""
    function = mapping["FunctionArn"].text() or ""
    return reader.wanted(mapping["EventSourceArn"].text(), function, ":".join(function.split(":")[:7]))


def _queue(reader: Reader, mapping: Node) -> Record | None:
    arn = mapping["EventSourceArn"].text() or ""
    *_, owner, name = arn.split(":")
    url = reader.get(_URL, arn, QueueName=name, QueueOwnerAWSAccountId=owner)
    address = url["QueueUrl"].text()
    missing = Node(url.unknown or Unknown(f"{_URL.name} gave no address"), Location(arn, None, _URL.name))
    attributes = reader.get(_ATTRIBUTES, arn, QueueUrl=address, AttributeNames=_WANTED) if address else missing
    known = narrowed(_MAPPINGS, "EventSourceMappings", mapping, arn)
    return reader.record(arn, {_MAPPINGS: known, _ATTRIBUTES: moved(attributes, missing.location)})


def _consumer(queue: Queue) -> Iterable[Ref]:
    return (queue.consumer,) if isinstance(queue.consumer, Ref) else ()


COLLECT = (
    Collector(
        Queue.KIND,
        (_MAPPINGS, _URL, _ATTRIBUTES),
        _queues,
        referenced=True,
        root=never,
        beside=_consumer,
        sources=("aws.compute.unit",),
    ),
)

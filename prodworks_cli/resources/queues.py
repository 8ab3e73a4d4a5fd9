"""Queues in front of model calls, and what happens to a message whose call fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Ref, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference, blocks_in
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    declared,
    observed,
    otherwise,
    parsed,
    written_in_code,
)
from prodworks_cli.resources.entries import FUNCTIONS, UNIT, function_in
from prodworks_cli.schema import Draft, Drafted, Flag, Link, Number, Text, To


@dataclass(frozen=True)
class Queue(Kind):
    """A queue of SQS. ``consumer`` is the function that is called with its messages; absent without one.

    ``leads_to_model`` and ``waits_for_consumer`` are joined later: whether the consumer may invoke models, and whether
    a message stays hidden at least as long as the consumer may take, so that no second one gets it meanwhile.
    """

    KIND = "aws.sqs.queue"

    name: Text
    dead_letter_queue: Text
    max_receives: Number
    visibility_timeout: Number
    consumer: Annotated[Link, To("aws.compute.unit")]
    leads_to_model: Flag
    waits_for_consumer: Flag


_VISIBLE_AFTER = 30
_MAPPINGS = ("aws_lambda_event_source_mapping", "AWS::Lambda::EventSourceMapping")


def _consumer(queue: Block, declarations: Declarations) -> Drafted:
    """The function that a mapping, or an event of a SAM function, gives the queue's messages to."""
    for mapping in declarations.of_type(*_MAPPINGS):
        source = mapping.body.first_of("event_source_arn", "EventSourceArn")
        if queue.address in blocks_in([source.content]):
            return function_in(mapping.body.first_of("function_name", "FunctionName"), declarations)
    for function in declarations.of_type(*FUNCTIONS):
        events = function.body["Events"]
        if any(queue.address in blocks_in([e["Properties"]["Queue"].content]) for _, e in events.members()):
            return Ref(UNIT, function.address)
    return _IN_CODE if written_in_code(queue) and not _takes_failed(queue, declarations) else None


_IN_CODE = Unknown("who reads the queue is set in code")


def _takes_failed(queue: Block, declarations: Declarations) -> bool:
    """Whether the queue is the dead-letter queue of another one: nobody reads those by themselves."""
    policies = (parsed(b.body["RedrivePolicy"]) for b in declarations.of_type("AWS::SQS::Queue"))
    return any(queue.address in blocks_in([policy["deadLetterTargetArn"].content]) for policy in policies)


def _declared(block: Block, found: Declarations, name: Node, redrive: Node, visible: Node) -> Draft:
    policy = parsed(redrive)
    return declared(
        Queue,
        block,
        (name,),
        name=name,
        dead_letter_queue=policy["deadLetterTargetArn"],
        max_receives=policy["maxReceiveCount"],
        visibility_timeout=otherwise(visible, _VISIBLE_AFTER),
        consumer=_consumer(block, found),
        leads_to_model=None,
        waits_for_consumer=None,
    )


def _terraform(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    beside = [b for b in declarations.of_type("aws_sqs_queue_redrive_policy") if _is_of(b, block)]
    redrive = beside[0].body["redrive_policy"] if beside else body["redrive_policy"]
    return _declared(block, declarations, body["name"], redrive, body["visibility_timeout_seconds"])


def _is_of(policy: Block, queue: Block) -> bool:
    named = policy.body["queue_url"].content
    return isinstance(named, Reference) and named.address == queue.address


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    return _declared(block, declarations, body["QueueName"], body["RedrivePolicy"], body["VisibilityTimeout"])


def _observed(record: Record) -> Draft:
    mapping = record.answer("lambda:ListEventSourceMappings")["EventSourceMappings"]
    mapping = mapping.items()[0] if mapping.items() else mapping
    attributes = record.answer("sqs:GetQueueAttributes")["Attributes"]
    policy = parsed(attributes["RedrivePolicy"])
    arn = mapping["EventSourceArn"]
    name = arn.map(lambda text: str(text).rpartition(":")[2])
    return observed(
        Queue,
        record,
        (name, arn),
        name=name,
        dead_letter_queue=policy["deadLetterTargetArn"],
        max_receives=policy["maxReceiveCount"],
        visibility_timeout=attributes["VisibilityTimeout"],
        consumer=_function(mapping["FunctionArn"]),
        leads_to_model=None,
        waits_for_consumer=None,
    )


def _function(arn: Node) -> Drafted:
    """The function without the alias that the mapping may name."""
    return arn.map(lambda text: ":".join(str(text).split(":")[:7]))


TERRAFORM: Mapping[str, Declared] = {"aws_sqs_queue": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::SQS::Queue": _cloudformation}
API: Mapping[str, Observed] = {Queue.KIND: _observed}

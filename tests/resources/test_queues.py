from __future__ import annotations

from typing import Any

from prodworks_cli.model import Location, Ref, Unknown
from prodworks_cli.node import Block, node_of
from prodworks_cli.rulecheck import inventory_of
from tests.resources.support import DENIED, block, declare, declared, observe, ref

REDRIVE = {"deadLetterTargetArn": "arn:dlq", "maxReceiveCount": "4"}


def test_terraform() -> None:
    queue = declare(
        block("aws_sqs_queue", "infra/q", {"name": "q", "visibility_timeout_seconds": 90, "redrive_policy": REDRIVE}),
        block("aws_lambda_function", "infra/f", {"function_name": "f"}),
        block(
            "aws_lambda_event_source_mapping",
            "infra/m",
            {"event_source_arn": ref("infra/q"), "function_name": ref("infra/f")},
        ),
    )
    assert (queue.name, queue.dead_letter_queue, queue.max_receives, queue.visibility_timeout) == (
        "q",
        "arn:dlq",
        4,
        90,
    )
    assert queue.consumer == Ref("aws.compute.unit", "infra/f")


def test_defaults_and_a_policy_beside_the_queue() -> None:
    bare = declared("aws_sqs_queue", {"name": "q"})
    assert (bare.dead_letter_queue, bare.max_receives, bare.visibility_timeout, bare.consumer) == (None, None, 30, None)
    beside = {"queue_url": ref("infra/subject", "id"), "redrive_policy": REDRIVE}
    kept = declared("aws_sqs_queue", {"name": "q"}, block("aws_sqs_queue_redrive_policy", "infra/p", beside))
    assert kept.max_receives == 4
    unknown = declared("aws_sqs_queue", {"redrive_policy": Unknown("var.policy", present=True)})
    assert isinstance(unknown.dead_letter_queue, Unknown)


def test_cloudformation() -> None:
    body = {"QueueName": "q", "VisibilityTimeout": 60, "RedrivePolicy": REDRIVE}
    mapping = {"EventSourceArn": ref("infra/subject", "Arn"), "FunctionName": "worker"}
    queue = declared("AWS::SQS::Queue", body, block("AWS::Lambda::EventSourceMapping", "t#m", mapping))
    assert (queue.name, queue.max_receives, queue.visibility_timeout) == ("q", 4, 60)
    assert queue.consumer == Ref("aws.compute.unit", "worker")
    events = {"Jobs": {"Type": "SQS", "Properties": {"Queue": ref("infra/subject", "Arn")}}}
    sam = declared("AWS::SQS::Queue", {}, block("AWS::Serverless::Function", "t#f", {"Events": events}))
    assert sam.consumer == Ref("aws.compute.unit", "t#f")


ANSWERS: dict[str, Any] = {
    "lambda:ListEventSourceMappings": {
        "EventSourceMappings": [
            {
                "EventSourceArn": "arn:aws:sqs:eu-west-1:1:q",
                "FunctionArn": "arn:aws:lambda:eu-west-1:1:function:worker:live",
            }
        ]
    },
    "sqs:GetQueueAttributes": {
        "Attributes": {"VisibilityTimeout": "30", "RedrivePolicy": '{"deadLetterTargetArn":"d","maxReceiveCount":3}'}
    },
}


def test_observed() -> None:
    queue = observe("aws.sqs.queue", ANSWERS)
    assert (queue.name, queue.dead_letter_queue, queue.max_receives, queue.visibility_timeout) == ("q", "d", 3, 30)
    assert queue.consumer == Ref("aws.compute.unit", "arn:aws:lambda:eu-west-1:1:function:worker")
    denied = observe("aws.sqs.queue", {**ANSWERS, "sqs:GetQueueAttributes": DENIED})
    assert isinstance(denied.dead_letter_queue, Unknown)
    assert denied.consumer == queue.consumer


def _joined(visible: str, timeout: str) -> Any:
    text = f"""
resource "aws_lambda_function" "f" {{
  function_name = "f"
  {timeout}
}}
resource "aws_sqs_queue" "q" {{
  name = "q"
  {visible}
}}
resource "aws_lambda_event_source_mapping" "m" {{
  event_source_arn = aws_sqs_queue.q.arn
  function_name    = aws_lambda_function.f.arn
}}
"""
    (queue,) = [r.value for r in inventory_of({"terraform": text}).resources if r.kind == "aws.sqs.queue"]
    return queue


def test_whether_the_queue_waits_for_its_consumer() -> None:
    assert _joined("", "").waits_for_consumer is True
    assert _joined("", "timeout = 31").waits_for_consumer is False
    assert isinstance(_joined("visibility_timeout_seconds = var.x", "timeout = 31").waits_for_consumer, Unknown)
    assert isinstance(_joined("", "timeout = var.x").waits_for_consumer, Unknown)
    assert isinstance(_joined("", "").leads_to_model, Unknown)


def test_who_reads_a_queue_of_the_cdk_is_not_known() -> None:
    def of_code(name: str, body: dict[str, Any]) -> Block:
        return Block("AWS::SQS::Queue", name, node_of(body, Location("lib/stack.ts", 3)))

    failed = of_code("failed", {})
    jobs = of_code("jobs", {"RedrivePolicy": {"deadLetterTargetArn": ref("failed", "Arn")}})
    assert isinstance(declare(jobs, failed).consumer, Unknown)
    assert declare(failed, jobs).consumer is None

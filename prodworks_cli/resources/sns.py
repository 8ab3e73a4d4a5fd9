"""Who is behind the actions of an alarm: topics and their subscriptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import Record, refers

_TOPICS = ("aws_sns_topic", "AWS::SNS::Topic")
_UNCONFIRMED = ("email", "email-json", "sms")
_SILENT = Unknown("the topic's subscriptions are not declared here")
_TO_CONFIRM = Unknown("an e-mail subscription counts once it is confirmed")


def declared_recipients(actions: Node, declarations: Declarations) -> int | Unknown:
    """How many recipients the declared actions certainly reach.

    Endpoints that confirm themselves (Lambda, SQS, chat integrations) and actions other than SNS count. With none of
    them a declared e-mail subscription, a topic without declared subscriptions or a topic out of sight is unknown.
    """
    if actions.unknown:
        return actions.unknown
    return _count(reach for action in actions.items() for reach in _reached(action, declarations))


def _count(reached: Iterable[int | Unknown]) -> int | Unknown:
    """The sum of what is known; unknown only if that is nothing."""
    seen = tuple(reached)
    total = sum(r for r in seen if isinstance(r, int))
    return total or next((r for r in seen if isinstance(r, Unknown)), 0)


def _reached(action: Node, declarations: Declarations) -> Iterator[int | Unknown]:
    block = declarations.named(action.content.address) if isinstance(action.content, Reference) else None
    if block is not None and block.type in _TOPICS:
        yield from _subscribers(block, declarations)
    elif action.unknown:
        yield 0 if block is None else 1
        yield action.unknown
    else:
        yield _SILENT if _is_topic(action.text() or "") else 1


def _is_topic(arn: str) -> bool:
    return ":sns:" in arn


def _subscribers(topic: Block, declarations: Declarations) -> Iterator[int | Unknown]:
    separate = declarations.of_type("aws_sns_topic_subscription", "AWS::SNS::Subscription")
    subscriptions = [s.body for s in separate if refers(s.body.first_of("topic_arn", "TopicArn"), topic) is True]
    subscriptions += topic.body["Subscription"].items()
    for subscription in subscriptions:
        protocol = subscription.first_of("protocol", "Protocol")
        unsure = protocol.unknown or (_TO_CONFIRM if protocol.text() in _UNCONFIRMED else None)
        yield unsure or 1
    if not subscriptions:
        yield _SILENT


def observed_recipients(actions: Node, record: Record) -> int | Unknown:
    """Confirmed subscriptions of the alarm's topics, and each action that is no topic."""
    if actions.unknown:
        return actions.unknown
    arns = [action.text() or "" for action in actions.items()]
    direct = sum(not _is_topic(arn) for arn in arns)
    if direct == len(arns):
        return direct
    answers = record.answer("sns:ListSubscriptionsByTopic").items()
    return _count((direct, *(count for answer in answers for count in _confirmed(answer))))


def _confirmed(answer: Node) -> Iterator[int | Unknown]:
    subscriptions = answer["Subscriptions"]
    if subscriptions.unknown:
        yield subscriptions.unknown
        return
    for subscription in subscriptions.items():
        yield int((subscription["SubscriptionArn"].text() or "").startswith("arn:"))

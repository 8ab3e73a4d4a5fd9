"""How alarms, and who gets them, are read from the account."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Location, Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record, some
from prodworks_cli.resources.cloudwatch import Alarm
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed

_ALARMS = Read("cloudwatch", "DescribeAlarms", "cloudwatch:DescribeAlarms")
_SUBSCRIPTIONS = Read("sns", "ListSubscriptionsByTopic", "sns:ListSubscriptionsByTopic")
_TYPES = ["MetricAlarm", "CompositeAlarm"]


def _alarms(reader: Reader) -> Iterable[Record]:
    for key in ("MetricAlarms", "CompositeAlarms"):
        alarms = reader.found(_ALARMS, key, AlarmTypes=_TYPES)
        yield from reader.each(alarms, lambda alarm, key=key: _alarm(reader, key, alarm))  # type: ignore[misc]


def _alarm(reader: Reader, key: str, alarm: Node) -> Record | None:
    arn = alarm["AlarmArn"].text()
    if arn is None:
        return None
    topics = [text for action in alarm["AlarmActions"].items() if ":sns:" in (text := action.text() or "")]
    answers = [reader.listing(_SUBSCRIPTIONS, "Subscriptions", arn, TopicArn=topic) for topic in topics]
    people = Node(tuple(answers), Location(arn, None, _SUBSCRIPTIONS.name))
    return reader.record(arn, {_ALARMS: narrowed(_ALARMS, key, alarm, arn), _SUBSCRIPTIONS: people})


def _about_models(alarm: Alarm) -> bool | Unknown:
    """Whether the alarm watches model calls by itself; another team's alarm on its own queue does not."""
    watched = (alarm.watches_model_errors, alarm.watches_throttles, alarm.watches_token_spikes)
    return some((*watched, alarm.watches_latency is True, alarm.watches_interventions))


# What a dimension names, by its name.
_DIMENSIONS = {"FunctionName": "aws.compute.unit", "LogGroupName": "aws.logs.log_group", "BucketName": "aws.s3.bucket"}


def _watched(alarm: Alarm) -> Iterable[Ref]:
    """The resources that the alarm's dimensions name."""
    metrics = alarm.metrics if isinstance(alarm.metrics, tuple) else ()
    for metric in metrics:
        dimensions = () if isinstance(metric, Unknown) else metric.dimensions
        for text in dimensions if isinstance(dimensions, tuple) else ():
            name, _, value = text.partition("=") if isinstance(text, str) else ("", "", "")
            if name in _DIMENSIONS:
                yield Ref(_DIMENSIONS[name], value)


COLLECT = (Collector(Alarm.KIND, (_ALARMS, _SUBSCRIPTIONS), _alarms, root=_about_models, beside=_watched),)

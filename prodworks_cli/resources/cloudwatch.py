"""Alarms."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Item, Number, Text, Texts


@dataclass(frozen=True)
class Metric(Item):
    """An element of ``metrics``."""

    namespace: Text
    name: Text
    dimensions: Texts
    statistic: Text


@dataclass(frozen=True)
class Alarm(Kind):
    """A metric alarm on something the workload does."""

    KIND = "aws.cloudwatch.alarm"

    name: Text
    metrics: tuple[Metric | Unknown, ...] | Unknown | None
    actions_enabled: Flag
    actions: Texts
    confirmed_recipients: Number

"""Log groups."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Item, Number, Text, Texts


@dataclass(frozen=True)
class MetricFilter(Item):
    """An element of ``metric_filters``."""

    name: Text
    pattern: Text
    metric: Text


@dataclass(frozen=True)
class LogGroup(Kind):
    """A log group of the workload; holds_prompts is true for the group that invocation logging, agent spans or content-carrying application logs go to."""

    KIND = "aws.logs.log_group"

    name: Text
    holds_prompts: Flag
    retention_days: Number
    kms_key: Text
    masked_identifiers: Texts
    metric_filters: tuple[MetricFilter | Unknown, ...] | Unknown | None

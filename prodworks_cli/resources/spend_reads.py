"""How Cost Anomaly Detection is read from the account: monitors, and whom they tell."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.anomaly_monitors import AnomalyMonitor
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed

_MONITORS = Read("ce", "GetAnomalyMonitors", "ce:GetAnomalyMonitors")
_SUBSCRIPTIONS = Read("ce", "GetAnomalySubscriptions", "ce:GetAnomalySubscriptions")


def _monitors(reader: Reader) -> Iterable[Record]:
    monitors = reader.found(_MONITORS, "AnomalyMonitors")
    return reader.each(monitors, lambda monitor: _monitor(reader, monitor))


def _monitor(reader: Reader, monitor: Node) -> Record | None:
    arn = monitor["MonitorArn"].text()
    if arn is None:
        return None
    told = reader.listing(_SUBSCRIPTIONS, "AnomalySubscriptions", arn, MonitorArn=arn)
    return reader.record(arn, {_MONITORS: narrowed(_MONITORS, "AnomalyMonitors", monitor, arn), _SUBSCRIPTIONS: told})


COLLECT = (Collector(AnomalyMonitor.KIND, (_MONITORS, _SUBSCRIPTIONS), _monitors, regional=False),)

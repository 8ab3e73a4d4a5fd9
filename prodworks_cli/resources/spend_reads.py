"""How the means to watch and to tell apart what is spent are read: anomaly monitors, cost allocation tags, exports."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.anomaly_monitors import AnomalyMonitor
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed
from prodworks_cli.resources.cost_tags import CUR2, CostAllocationTag, DataExport
from prodworks_cli.resources.identity_reads import ORGANIZATION

_MONITORS = Read("ce", "GetAnomalyMonitors", "ce:GetAnomalyMonitors")
_SUBSCRIPTIONS = Read("ce", "GetAnomalySubscriptions", "ce:GetAnomalySubscriptions")

_TAGS = Read("ce", "ListCostAllocationTags", "ce:ListCostAllocationTags")
_EXPORTS = Read("bcm-data-exports", "ListExports", "bcm-data-exports:ListExports")
_EXPORT = Read("bcm-data-exports", "GetExport", "bcm-data-exports:GetExport")


def _monitors(reader: Reader) -> Iterable[Record]:
    monitors = reader.found(_MONITORS, "AnomalyMonitors")
    return reader.each(monitors, lambda monitor: _monitor(reader, monitor))


def _monitor(reader: Reader, monitor: Node) -> Record | None:
    arn = monitor["MonitorArn"].text()
    if arn is None:
        return None
    told = reader.listing(_SUBSCRIPTIONS, "AnomalySubscriptions", arn, MonitorArn=arn)
    return reader.record(arn, {_MONITORS: narrowed(_MONITORS, "AnomalyMonitors", monitor, arn), _SUBSCRIPTIONS: told})


def _tags(reader: Reader) -> Iterable[Record]:
    for tag in reader.found(_TAGS, "CostAllocationTags", Type="UserDefined"):
        key = tag["TagKey"].text()
        if key is not None:
            identity = f"cost-allocation-tag/{key}"
            yield reader.record(identity, {_TAGS: narrowed(_TAGS, "CostAllocationTags", tag, identity)})


def _exports(reader: Reader) -> Iterable[Record]:
    """The exports; and where none is a CUR 2.0, that there is none, with who pays the bill."""
    listed = reader.listing(_EXPORTS, "Exports")
    records = list(reader.each(listed["Exports"].items(), lambda export: _export(reader, export)))
    yield from records
    if not any(_is_report(record) for record in records):
        identity = f"data-exports/{reader.account}"
        # An account that may not list its exports does not know of them either.
        told = Node(listed.unknown, listed.location) if listed.unknown else reader.get(ORGANIZATION, identity)
        yield reader.record(identity, {_EXPORTS: listed, ORGANIZATION: told})


def _is_report(record: Record) -> bool:
    """Whether an export is, or may be, one of CUR 2.0."""
    query = record.answer(_EXPORT.name).at("Export", "DataQuery", "QueryStatement")
    return bool(query.unknown) or CUR2 in (query.text() or "").upper()


def _export(reader: Reader, summary: Node) -> Record | None:
    arn = summary["ExportArn"].text()
    return reader.record(arn, {_EXPORT: reader.get(_EXPORT, arn, ExportArn=arn)}) if arn else None


COLLECT = (
    Collector(AnomalyMonitor.KIND, (_MONITORS, _SUBSCRIPTIONS), _monitors, regional=False),
    Collector(CostAllocationTag.KIND, (_TAGS,), _tags, regional=False),
    Collector(DataExport.KIND, (_EXPORTS, _EXPORT, ORGANIZATION), _exports, regional=False, home="us-east-1"),
)

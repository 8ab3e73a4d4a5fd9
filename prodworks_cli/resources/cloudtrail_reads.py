"""How trails and event data stores are read from the account, those of the organization among them."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed

_TRAILS = Read("cloudtrail", "DescribeTrails", "cloudtrail:DescribeTrails")
_STATUS = Read("cloudtrail", "GetTrailStatus", "cloudtrail:GetTrailStatus")
_SELECTORS = Read("cloudtrail", "GetEventSelectors", "cloudtrail:GetEventSelectors")
_STORES = Read("cloudtrail", "ListEventDataStores", "cloudtrail:ListEventDataStores")
_STORE = Read("cloudtrail", "GetEventDataStore", "cloudtrail:GetEventDataStore")


def _all(reader: Reader) -> Iterable[Record]:
    """A trail of all Regions shows in each of them, so one Region shows all that matter."""
    yield from reader.each(reader.found(_TRAILS, "trailList"), lambda trail: _trail(reader, trail))
    yield from reader.each(reader.found(_STORES, "EventDataStores"), lambda store: _store(reader, store))


def _trail(reader: Reader, trail: Node) -> Record | None:
    arn = trail["TrailARN"].text()
    if arn is None:
        return None
    answers = {
        _TRAILS: narrowed(_TRAILS, "trailList", trail, arn),
        _STATUS: reader.get(_STATUS, arn, Name=arn),
        _SELECTORS: reader.get(_SELECTORS, arn, TrailName=arn),
    }
    return reader.record(arn, answers)


def _store(reader: Reader, store: Node) -> Record | None:
    arn = store["EventDataStoreArn"].text()
    if arn is None:
        return None
    return reader.record(arn, {_STORE: reader.get(_STORE, arn, EventDataStore=arn)})


COLLECT = (Collector("aws.cloudtrail.trail", (_TRAILS, _STATUS, _SELECTORS, _STORES, _STORE), _all, regional=False),)

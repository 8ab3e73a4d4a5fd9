"""The audit trail: trails and event data stores of CloudTrail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    awscc,
    declared,
    observed,
    otherwise,
    own,
    pascal,
    snake,
    truth,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Link, Text, Texts, To


@dataclass(frozen=True)
class Trail(Kind):
    """A trail or event data store.

    ``management_events`` is ``All``, ``ReadOnly``, ``WriteOnly``, ``Some`` (only events that a selector picks by name
    or service) or ``None``. Model calls are management events that read, changes of models and guardrails are ones
    that write. ``excluded_sources`` are the services left out of them, ``data_event_types`` the resource types whose
    data events are kept.
    """

    KIND = "aws.cloudtrail.trail"

    name: Text
    logging: Flag
    multi_region: Flag
    management_events: Text
    excluded_sources: Texts
    data_event_types: Texts
    log_validation: Flag
    bucket: Annotated[Link, To("aws.s3.bucket")]


@dataclass(frozen=True)
class _Selected:
    """What the selectors of a trail keep."""

    management: Drafted
    excluded: Drafted = ()
    data_types: Drafted = ()


# A trail without selectors keeps all management events and no data events.
_DEFAULT = _Selected("All")


def _selected(basic: Node, advanced: Node, spell: Spelling) -> _Selected:
    """What basic or advanced selectors keep; a trail has one sort or neither."""
    unread = basic.unknown or advanced.unknown
    if unread:
        return _Selected(unread, unread, unread)
    if advanced.items():
        return _advanced(advanced.items(), spell)
    return _basic(basic.items(), spell) if basic.items() else _DEFAULT


def _basic(selectors: Iterable[Node], spell: Spelling) -> _Selected:
    listed = tuple(selectors)
    excluded = [n for s in listed for n in s[spell("exclude_management_event_sources")].items()]
    types = [r[spell("type")] for s in listed for r in _resources(s, spell)]
    return _Selected(_together(_management(s, spell) for s in listed), excluded, types)


def _resources(selector: Node, spell: Spelling) -> tuple[Node, ...]:
    """The data resources; Terraform repeats the block in the singular."""
    return selector["data_resource" if spell is snake else spell("data_resources")].items()


def _management(selector: Node, spell: Spelling) -> str | Unknown:
    if selector.unknown:
        return selector.unknown
    included = selector[spell("include_management_events")]
    if included.unknown:
        return included.unknown
    if included.present and truth(included) is not True:
        return "None"
    kind = selector[spell("read_write_type")]
    return kind.unknown or kind.text() or "All"


def _together(kinds: Iterable[str | Unknown]) -> str | Unknown:
    """What several selectors keep in sum."""
    seen = list(kinds)
    if "All" in seen or {"ReadOnly", "WriteOnly"} <= {k for k in seen if isinstance(k, str)}:
        return "All"
    unread = next((k for k in seen if isinstance(k, Unknown)), None)
    return unread or next((str(k) for k in seen if k != "None"), "None")


def _advanced(selectors: Iterable[Node], spell: Spelling) -> _Selected:
    listed = tuple(selectors)
    management = [_Fields(s, spell) for s in listed]
    data = [f for f in management if f.values("eventCategory", "equals") == ("Data",)]
    types = [node for f in data for node in f.nodes("resources.type", "equals")]
    excluded = [node for f in management for node in f.nodes("eventSource", "not_equals")]
    return _Selected(_together(f.kept() for f in management), excluded, types)


class _Fields:
    """The conditions of one advanced selector."""

    def __init__(self, selector: Node, spell: Spelling) -> None:
        self._spell = spell
        name = "field_selector" if spell is snake else spell("field_selectors")
        self._unread = selector.unknown or selector[name].unknown
        self._fields = () if self._unread else selector[name].items()

    def nodes(self, field: str, operator: str) -> tuple[Node, ...]:
        """The operands that a field is compared with."""
        chosen = (f for f in self._fields if f[self._spell("field")].text() == field)
        return tuple(node for f in chosen for node in f[self._spell(operator)].items())

    def values(self, field: str, operator: str) -> tuple[str | None, ...]:
        """The operands as texts."""
        return tuple(node.text() for node in self.nodes(field, operator))

    def kept(self) -> str | Unknown:
        """Which management events the selector keeps."""
        unread = self._unread or next((f.unknown for f in self._fields if f.unknown), None)
        category = next(iter(self.nodes("eventCategory", "equals")), None)
        if unread or category is None or category.unknown:
            return unread or (category.unknown if category and category.unknown else "None")
        if category.text() != "Management":
            return "None"
        return "Some" if set(self._narrowing()) else self._by_access()

    def _narrowing(self) -> Iterator[str]:
        """Fields that pick single events; leaving out a service is another matter."""
        for field in self._fields:
            name = field[self._spell("field")].text() or "unknown"
            leaves_out = name == "eventSource" and not field[self._spell("equals")].present
            if name not in ("eventCategory", "readOnly") and not leaves_out:
                yield name

    def _by_access(self) -> str | Unknown:
        nodes = self.nodes("readOnly", "equals")
        if not nodes:
            return "All"
        texts = {"true": "ReadOnly", "false": "WriteOnly"}
        return _together(n.unknown or texts.get(str(n.content).lower(), "Some") for n in nodes)


def _trail_terraform(block: Block, _: Declarations) -> Draft:
    body = block.body
    chosen = _selected(body["event_selector"], body["advanced_event_selector"], snake)
    return declared(
        Trail,
        block,
        (body["name"],),
        name=body["name"],
        logging=_if_made(block, otherwise(body["enable_logging"], True)),
        multi_region=otherwise(body["is_multi_region_trail"], False),
        management_events=chosen.management,
        excluded_sources=chosen.excluded,
        data_event_types=chosen.data_types,
        log_validation=otherwise(body["enable_log_file_validation"], False),
        bucket=body["s3_bucket_name"],
    )


def _store_terraform(block: Block, _: Declarations) -> Draft:
    body = block.body
    chosen = _selected(Node(None, body.location), body["advanced_event_selector"], snake)
    suspended = truth(body["suspend"])
    return _store(block, chosen, suspended if isinstance(suspended, Unknown) else not suspended, snake)


def _if_made(block: Block, value: Drafted) -> Drafted:
    return Unknown(f"{block.address} may not be created") if block.conditional else value


def _store(block: Block, chosen: _Selected, logging: Drafted, spell: Spelling) -> Draft:
    """An event data store keeps its events itself, where nobody can change them."""
    return declared(
        Trail,
        block,
        (block.body[spell("name")],),
        name=block.body[spell("name")],
        logging=_if_made(block, logging),
        multi_region=otherwise(block.body[spell("multi_region_enabled")], True),
        management_events=chosen.management,
        excluded_sources=chosen.excluded,
        data_event_types=chosen.data_types,
        log_validation=True,
        bucket=None,
    )


def _trail(block: Block, spell: Spelling) -> Draft:
    body = block.body
    chosen = _selected(body[spell("event_selectors")], body[spell("advanced_event_selectors")], spell)
    bucket = body["S3BucketName" if spell is pascal else "s3_bucket_name"]
    return declared(
        Trail,
        block,
        (body[spell("trail_name")],),
        name=body[spell("trail_name")],
        logging=_if_made(block, body[spell("is_logging")]),
        multi_region=otherwise(body[spell("is_multi_region_trail")], False),
        management_events=chosen.management,
        excluded_sources=chosen.excluded,
        data_event_types=chosen.data_types,
        log_validation=otherwise(body[spell("enable_log_file_validation")], False),
        bucket=bucket,
    )


def _event_data_store(block: Block, spell: Spelling) -> Draft:
    chosen = _selected(Node(None, block.body.location), block.body[spell("advanced_event_selectors")], spell)
    return _store(block, chosen, otherwise(block.body[spell("ingestion_enabled")], True), spell)


def _observed(record: Record) -> Draft:
    """A trail, or an event data store where the collector read one."""
    if record.answers["cloudtrail:GetEventDataStore"].present:
        return _observed_store(record)
    trail = own(record, "cloudtrail:DescribeTrails", "trailList")
    selectors = record.answer("cloudtrail:GetEventSelectors")
    chosen = _selected(selectors["EventSelectors"], selectors["AdvancedEventSelectors"], pascal)
    return observed(
        Trail,
        record,
        (trail["Name"], trail["TrailARN"]),
        name=trail["Name"],
        logging=record.answer("cloudtrail:GetTrailStatus")["IsLogging"],
        multi_region=trail["IsMultiRegionTrail"],
        management_events=chosen.management,
        excluded_sources=chosen.excluded,
        data_event_types=chosen.data_types,
        log_validation=trail["LogFileValidationEnabled"],
        bucket=trail["S3BucketName"],
    )


def _observed_store(record: Record) -> Draft:
    store = record.answer("cloudtrail:GetEventDataStore")
    chosen = _selected(Node(None, store.location), store["AdvancedEventSelectors"], pascal)
    return observed(
        Trail,
        record,
        (store["Name"], store["EventDataStoreArn"]),
        name=store["Name"],
        logging=store["Status"].map(lambda status: status == "ENABLED"),
        multi_region=store["MultiRegionEnabled"],
        management_events=chosen.management,
        excluded_sources=chosen.excluded,
        data_event_types=chosen.data_types,
        log_validation=True,
        bucket=None,
    )


TERRAFORM: Mapping[str, Declared] = {
    "aws_cloudtrail": _trail_terraform,
    "aws_cloudtrail_event_data_store": _store_terraform,
    "awscc_cloudtrail_trail": lambda block, _: _trail(block, awscc),
    "awscc_cloudtrail_event_data_store": lambda block, _: _event_data_store(block, awscc),
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::CloudTrail::Trail": lambda block, _: _trail(block, pascal),
    "AWS::CloudTrail::EventDataStore": lambda block, _: _event_data_store(block, pascal),
}
API: Mapping[str, Observed] = {Trail.KIND: _observed}

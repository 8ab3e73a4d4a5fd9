"""Owner tags: whom the account says that a resource belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Ref
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Observed, Record, observed, own
from prodworks_cli.resources.collecting import TAGGED, Collector, Reader, narrowed, never
from prodworks_cli.schema import Draft, Text

KEYS = ("Owner", "owner")


@dataclass(frozen=True)
class OwnerTag(Kind):
    """The owner that a resource of the workload is tagged with."""

    KIND = "aws.tags.owner"

    resource: Text
    owner: Text


def _tags(reader: Reader) -> Iterable[Record]:
    """The tagged resources of the Region; those of IAM and S3 are among them where they are listed."""
    for key in KEYS:
        for mapping in reader.found(TAGGED, "ResourceTagMappingList", TagFilters=[{"Key": key}]):
            arn = mapping["ResourceARN"].text()
            if arn is not None and reader.wanted(arn, arn.rpartition(":")[2]):
                identity = f"owner-tag/{arn}"
                yield reader.record(identity, {TAGGED: narrowed(TAGGED, "ResourceTagMappingList", mapping, identity)})


def _observed(record: Record) -> Draft:
    mapping = own(record, TAGGED.name, "ResourceTagMappingList")
    nothing = Node(mapping.unknown, mapping.location)
    owners = (tag["Value"] for tag in mapping["Tags"].items() if tag["Key"].text() in KEYS)
    return observed(OwnerTag, record, resource=mapping["ResourceARN"], owner=next(owners, nothing))


def _tagged(tag: OwnerTag) -> Iterable[Ref]:
    """A tag belongs to the workload if what carries it does."""
    return (Ref("", tag.resource),) if isinstance(tag.resource, str) else ()


API: Mapping[str, Observed] = {OwnerTag.KIND: _observed}
COLLECT = (Collector(OwnerTag.KIND, (TAGGED,), _tags, referenced=True, root=never, beside=_tagged),)

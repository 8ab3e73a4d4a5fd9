"""Which tags the spend of the workload's models is told by, and which of those Billing does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from prodworks_cli.model import Gap, Location, Plane, Resource, Unknown
from prodworks_cli.resources.bedrock import InferenceProfile
from prodworks_cli.resources.cost_tags import PRINCIPAL, CostAllocationTag
from prodworks_cli.workload import gaps_of

_AT = "ce:ListCostAllocationTags"


def with_attribution(resources: Sequence[Resource], gaps: Sequence[Gap]) -> Iterator[Resource]:
    """The resources with the use of each tag; where tags were listed, with those that the listing lacks."""
    keys = {plane: (*_keys(resources, plane), *_hidden(gaps, plane)) for plane in Plane}
    listed = {(r.plane, r.value.key) for r in resources if isinstance(r.value, CostAllocationTag)}
    for resource in resources:
        if isinstance(resource.value, CostAllocationTag):
            used = _used(resource.value.key, keys[resource.plane])
            resource = replace(resource, value=replace(resource.value, used_for_attribution=used))
        yield resource
    known = {key for plane, key in listed if plane is Plane.OBSERVED}
    if known and not gaps_of(CostAllocationTag.KIND, Plane.OBSERVED, gaps, minor=True):
        yield from _unknown_to_billing(k for k in keys[Plane.OBSERVED] if isinstance(k, str) and k not in known)


def _keys(resources: Iterable[Resource], plane: Plane) -> Iterator[str | Unknown]:
    """The keys of the tags of the workload's inference profiles; those of AWS itself cannot be activated."""
    for resource in resources:
        if isinstance(resource.value, InferenceProfile) and resource.plane is plane:
            tags = resource.value.tags
            for key in (tags,) if isinstance(tags, Unknown) else tags or ():
                if isinstance(key, Unknown) or not key.startswith("aws:"):
                    yield key


def _hidden(gaps: Sequence[Gap], plane: Plane) -> Iterator[Unknown]:
    """Profiles that were not read may carry any tag."""
    yield from (Unknown(g.reason) for g in gaps_of(InferenceProfile.KIND, plane, gaps, minor=True)[:1])


def _used(key: object, keys: Sequence[str | Unknown]) -> bool | Unknown:
    if isinstance(key, Unknown):
        return key
    if key in keys or str(key).startswith(PRINCIPAL):
        return True
    return next((k for k in keys if isinstance(k, Unknown)), False)


def _unknown_to_billing(keys: Iterable[str]) -> Iterator[Resource]:
    for key in dict.fromkeys(keys):
        value = CostAllocationTag(key, None, None, True)
        yield Resource(f"cost-allocation-tag/{key}", Plane.OBSERVED, value, {"": Location(_AT, None, _AT)}, (key,))

"""Whether logs of prompts are kept as long as an audit needs them, and no longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prodworks_cli.model import Plane, Ref, Resource, Unknown
from prodworks_cli.resources.bedrock import InvocationLogging
from prodworks_cli.resources.logs import LogGroup
from prodworks_cli.schema import Flag

SIX_MONTHS = 183
"""The least that logs of a high-risk system are kept under the EU AI Act, where the config says nothing else."""
_BUCKET = Unknown("invocation logs also go to a bucket, which may keep them longer; its lifecycle is not read")


def with_retention(resources: Iterable[Resource], settings: Mapping[str, Any]) -> Iterator[Resource]:
    """The resources, each group that holds prompts with whether it keeps them as long as the audit needs."""
    listed = list(resources)
    days = settings.get("audit_retention_days") or SIX_MONTHS
    in_buckets = _doubled(listed)
    for resource in listed:
        if isinstance(resource.value, LogGroup) and resource.value.holds_prompts is True:
            doubled = not in_buckets[resource.plane].isdisjoint((resource.identity, *resource.aliases))
            kept = _kept(resource.value, days, doubled)
            resource = replace(resource, value=replace(resource.value, kept_for_audit=kept))
        yield resource


def _doubled(resources: Sequence[Resource]) -> Mapping[Plane, set[str]]:
    """The groups of invocation logging whose records go to a bucket too."""
    found: dict[Plane, set[str]] = {plane: set() for plane in Plane}
    for resource in resources:
        value = resource.value
        if isinstance(value, InvocationLogging) and isinstance(value.log_group, Ref) and value.bucket is not None:
            found[resource.plane].add(value.log_group.key)
    return found


def _kept(group: LogGroup, days: int, doubled: bool) -> Flag:
    """A group that never expires keeps personal data for ever."""
    kept = group.retention_days
    if isinstance(kept, Unknown) or kept is None:
        return kept if isinstance(kept, Unknown) else False
    return True if kept >= days else (_BUCKET if doubled else False)

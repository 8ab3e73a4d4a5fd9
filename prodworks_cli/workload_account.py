"""What only the account says of the workload as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from prodworks_cli.model import Inventory, Plane, Resource, Unknown
from prodworks_cli.resources.ownership import OwnerTag

# What makes a workload, and carries tags: the rest may belong to a platform that several share.
_CORE = (
    *("aws.compute.unit", "aws.bedrock.guardrail", "aws.bedrock.agent", "aws.bedrock.knowledge_base"),
    *("aws.agentcore.runtime", "aws.agentcore.gateway", "aws.agentcore.memory"),
)


def owner_by_tags(inventory: Inventory) -> str | Unknown | None:
    """The owner with whose name all that makes the workload is tagged; several owners, or none, are no owner."""
    tags = [r.value for r in inventory.resources if isinstance(r.value, OwnerTag)]
    hidden = next((g for g in inventory.gaps if g.plane is Plane.OBSERVED and g.kind == OwnerTag.KIND), None)
    if hidden:
        return Unknown(f"{hidden.scope}: {hidden.reason}")
    owned = {tag.resource: tag.owner for tag in tags if isinstance(tag.resource, str) and isinstance(tag.owner, str)}
    owners = {owner.strip().casefold() for owner in owned.values()}
    if len(owners) != 1 or any(not _names(resource) & set(owned) for resource in _core(inventory)):
        return None
    return next(iter(owned.values()))


def _core(inventory: Inventory) -> Iterator[Resource]:
    yield from (r for r in inventory.resources if r.plane is Plane.OBSERVED and r.kind in _CORE)


def _names(resource: Resource) -> set[str]:
    return {resource.identity, *resource.aliases}

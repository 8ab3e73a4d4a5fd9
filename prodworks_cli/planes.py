"""Inventories: of an account, of a repository joined with one, and the workload that follows from all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from prodworks_cli.account_view import views
from prodworks_cli.attribution import with_attribution
from prodworks_cli.deployments import with_stacks
from prodworks_cli.link import link
from prodworks_cli.model import Gap, Inventory, Location, Plane, Resource, Scan, Unknown
from prodworks_cli.node import Node
from prodworks_cli.prompt_use import observed_uses
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.registry import observed_adapters
from prodworks_cli.resources.workload import Workload
from prodworks_cli.retention import with_retention
from prodworks_cli.schema import Draft, assemble
from prodworks_cli.workload import build_workload


def observed(records: Iterable[Record]) -> Iterable[Draft]:
    """A draft for each resource that the account answered for."""
    adapters = observed_adapters()
    return (adapters[r.kind](r) for r in records)


def resource_of(draft: Draft, plane: Plane) -> Resource:
    """The resource that an adapter described."""
    value, locations = assemble(draft)
    return Resource(draft.identity, plane, value, locations, tuple(dict.fromkeys(a for a in draft.aliases if a)))


def account_inventory(records: Sequence[Record], read_at: str, gaps: Iterable[Gap] = (), note: str = "") -> Inventory:
    """The observed plane from recorded answers. ``read_at`` is an ISO 8601 time."""
    resources = [resource_of(d, Plane.OBSERVED) for d in observed(replace(r, read_at=read_at) for r in records)]
    accounts = tuple(sorted({r.account for r in records}))
    regions = tuple(sorted({r.region for r in records}))
    calls = sum(1 for r in records for _ in r.answers.members())
    scan = Scan("account", accounts=accounts, regions=regions, calls_made=calls, account_read_at=read_at, note=note)
    return inventory_of_account(resources, gaps, scan)


def inventory_of_account(resources: Iterable[Resource], gaps: Iterable[Gap], scan: Scan) -> Inventory:
    """The observed plane from resources that adapters made."""
    return Inventory(ordered(link(resources)), distinct(gaps), scan)


def refused(operation: str, code: str) -> Node:
    """The answer of a call that failed with an error code: unknown, and it says which call and why."""
    return Node(Unknown(f"{operation}: {code}"), Location(operation, None, operation))


def with_account(inventory: Inventory, account: Inventory) -> Inventory:
    """A repository's inventory joined with what another inventory observed in the account."""
    seen = [r for r in account.resources if r.plane is Plane.OBSERVED and not _derived(r)]
    mine = [r for r in inventory.resources if not _derived(r)]
    scan = replace(
        inventory.scan,
        accounts=account.scan.accounts,
        regions=account.scan.regions,
        calls_made=account.scan.calls_made,
        account_read_at=account.scan.account_read_at,
        note=account.scan.note,
        left_out=account.scan.left_out,
    )
    gaps = distinct([*inventory.gaps, *(g for g in account.gaps if g.plane is Plane.OBSERVED)])
    deployed = with_stacks([*mine, *seen], inventory.scan.templates)
    joined = Inventory(ordered(link(deployed)), gaps, scan, inventory.settings)
    joined = replace(joined, resources=ordered([*observed_uses(joined.resources), *views(joined)]))
    owners_said = [r.value.owner for r in inventory.resources if isinstance(r.value, Workload)]
    return with_workload(joined, next((o for o in owners_said if isinstance(o, str)), None))


def _derived(resource: Resource) -> bool:
    """The workload, and what the account says about code, follow from the rest and are made anew."""
    return resource.kind == "workload" or (resource.kind.startswith("repo.") and resource.plane is Plane.OBSERVED)


def with_workload(inventory: Inventory, owner: str | None) -> Inventory:
    """The inventory with the workload itself, on each plane that was read."""
    planes = [Plane.DECLARED, *([Plane.OBSERVED] if inventory.scan.account_read_at else [])]
    rest = tuple(with_attribution([r for r in inventory.resources if r.kind != "workload"], inventory.gaps))
    rest = tuple(with_retention(rest, inventory.settings))
    bare = replace(inventory, resources=rest)
    return replace(bare, resources=(*(build_workload(bare, plane, owner) for plane in planes), *rest))


def ordered(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Resources in the order of an inventory."""
    return tuple(sorted(resources, key=lambda r: (r.kind, r.plane.value, r.identity)))


def distinct(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Each gap once, in the order of an inventory."""
    return tuple(sorted(set(gaps), key=lambda g: (g.plane.value, g.scope, g.line or 0, g.kind, g.reason)))

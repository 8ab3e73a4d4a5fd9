"""What is declared beside what is deployed: both, only one of them, or not known; for the report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from prodworks_cli.account_view import is_lacking
from prodworks_cli.comparison import Difference, differences
from prodworks_cli.deployments import in_doubt
from prodworks_cli.joins import ONE_PER_REGION, Joins, joins_of, shown
from prodworks_cli.lookups import Missing, missing
from prodworks_cli.model import Inventory, Location, Plane, Ref, Resource
from prodworks_cli.report import DeploymentEntry, DeploymentState, DifferenceEntry, PlaceEntry
from prodworks_cli.resources.registry import collectors, observed_adapters
from prodworks_cli.resources.stacks import Stack
from prodworks_cli.scope import OFFERED
from prodworks_cli.workload import gaps_of

_NOT_DECLARED = (*OFFERED, Stack.KIND)


def deployment_entries(inventory: Inventory) -> list[DeploymentEntry]:
    """One entry for each resource of AWS that the repository declares or the account has, differing ones first."""
    if inventory.scan.account_read_at is None:
        return []
    joins = joins_of(inventory.resources)
    entries = [*_declared(inventory, joins), *_undeclared(inventory, joins), *_missing(inventory)]
    return sorted(entries, key=lambda e: (not e["differences"], e["state"] == "deployed", e["type"], e["identity"]))


def _of(inventory: Inventory, plane: Plane) -> Iterator[Resource]:
    for resource in inventory.resources:
        if resource.plane is plane and resource.kind.startswith("aws.") and resource.kind not in _NOT_DECLARED:
            yield resource


def _declared(inventory: Inventory, joins: Joins) -> Iterator[DeploymentEntry]:
    leads = _Leads(inventory.resources)
    free = {r.kind for r in _of(inventory, Plane.OBSERVED) if joins.is_alone(r)}
    doubts = in_doubt(inventory)
    for resource in _of(inventory, Plane.DECLARED):
        pair = joins.pairs.get((resource.kind, resource.identity))
        if pair and is_lacking(pair[0]):
            yield _entry("missing", resource, None, "", _not_in(inventory))
        elif pair:
            twin, by = pair
            found = [_difference(d) for d in differences(resource, twin, leads)]
            yield _entry("deployed", resource, twin, by, "", found)
        else:
            reason = doubts.get((resource.kind, resource.identity)) or _unknown(resource, inventory, joins, free)
            gone: DeploymentState = "not-deployed" if is_address(resource.identity) else "missing"
            yield _entry("unknown" if reason else gone, resource, None, "", reason or _not_in(inventory))


def _not_in(inventory: Inventory) -> str:
    return f"not in {', '.join(inventory.scan.regions) or 'what was read'}"


def _missing(inventory: Inventory) -> Iterator[DeploymentEntry]:
    """What is only named. The place is that of the name."""
    for found in missing(inventory):
        yield DeploymentEntry(
            type=found.kind,
            identity=found.key,
            state="missing" if found.region else "unknown",
            by="",
            reason=f"named by {found.named_by}; {_looked_for(found, inventory)}",
            declared=_place(found.at),
            deployed=None,
            differences=[],
        )


def _unknown(resource: Resource, inventory: Inventory, joins: Joins, free: Iterable[str]) -> str:
    """Why it is not known whether a declared resource is deployed; "" when it is known that it is not."""
    candidates = joins.candidates.get((resource.kind, resource.identity))
    if candidates:
        return f"{len(candidates)} candidates, and no stack or state tells which: {', '.join(candidates)}"
    hidden = gaps_of(resource.kind, Plane.OBSERVED, inventory.gaps, minor=True)
    if hidden:
        return f"{hidden[0].scope}: {hidden[0].reason}"
    if resource.kind not in observed_adapters():
        return "prodworks does not read this kind of resource from the account"
    by_name_only = any(c.kind == resource.kind and c.referenced for c in collectors())
    nameless = is_address(resource.identity) and not resource.aliases and not resource.deployments
    if nameless and (by_name_only or resource.kind in free):
        return "its name is known after deployment only, and no stack or state tells it"
    return ""


_ADDRESS = re.compile(r"#|(?:^|[/.])(?:aws|awscc)_\w+\.")


def is_address(identity: str) -> bool:
    """Whether an identity is the address of a block, and not a name or ARN in the account."""
    return not identity.startswith("arn:") and bool(_ADDRESS.search(identity))


def _undeclared(inventory: Inventory, joins: Joins) -> Iterator[DeploymentEntry]:
    """What the account has besides. Settings of the account, which always are there, are not told."""
    doubtful = {name for found in joins.candidates.values() for name in found}
    for resource in _of(inventory, Plane.OBSERVED):
        if not joins.is_alone(resource) or resource.kind in ONE_PER_REGION:
            continue
        hidden = gaps_of(resource.kind, Plane.DECLARED, inventory.gaps, minor=False)
        reason = "one of several candidates for a declared resource" if shown(resource) in doubtful else ""
        reason = reason or (f"{hidden[0].scope}: {hidden[0].reason}" if hidden else "")
        yield _entry("unknown" if reason else "not-declared", None, resource, "", reason)


def _looked_for(found: Missing, inventory: Inventory) -> str:
    if found.region:
        return f"not in {found.region}"
    return f"{_not_in(inventory)}, and which Region is meant is not known"


class _Leads:
    """What references lead to, on whichever plane: the identity that joined resources share."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._identities: dict[tuple[str, str], set[str]] = {}
        for resource in resources:
            for name in (resource.identity, *resource.aliases):
                self._identities.setdefault((resource.kind, name), set()).add(resource.identity)

    def __call__(self, ref: Ref) -> str | None:
        found = self._identities.get((ref.kind, ref.key), set())
        return next(iter(found)) if len(found) == 1 else None


def _entry(
    state: DeploymentState,
    declared: Resource | None,
    deployed: Resource | None,
    by: str,
    reason: str,
    found: Iterable[DifferenceEntry] = (),
) -> DeploymentEntry:
    subject = next(r for r in (declared, deployed) if r is not None)
    return DeploymentEntry(
        type=subject.kind,
        identity=subject.identity,
        state=state,
        by=by,
        reason=reason,
        declared=_place(declared.locations.get("", Location(declared.identity))) if declared else None,
        deployed=_place(_arn(deployed)) if deployed else None,
        differences=list(found),
    )


def _arn(resource: Resource) -> Location:
    """The resource in the account, and the call that shows it."""
    place = resource.locations.get("", Location(resource.identity))
    return Location(shown(resource), None, place.call)


def _place(place: Location) -> PlaceEntry:
    return PlaceEntry(where=place.where, line=place.line, call=place.call)


def _difference(found: Difference) -> DifferenceEntry:
    return DifferenceEntry(
        attribute=found.path,
        declared=found.declared,
        deployed=found.deployed,
        declared_at=_place(found.declared_at),
        deployed_at=_place(found.deployed_at),
    )

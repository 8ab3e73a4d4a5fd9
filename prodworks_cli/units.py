"""The workloads of a collection: each is collected on its own, and scored on its own from what all have in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from prodworks_cli.assemble import evidence_age
from prodworks_cli.grade import capped, caps_of, grade_of
from prodworks_cli.model import Gap, Inventory, Plane, Resource, Scan
from prodworks_cli.report import UnitEntry
from prodworks_cli.resources.workload import Workload
from prodworks_cli.score import Outcome, scorecard
from prodworks_cli.sources.listings import Listing
from prodworks_cli.sources.units import REST, above, find_units, matching, names_model, unit_of
from prodworks_cli.verdict import judge
from prodworks_cli.workload import nothing_to_audit


class UnitError(ValueError):
    """A unit that the repository does not have; the message names those it has."""


def parts_of(
    listing: Listing, wanted: str | None, names: Callable[[str], bool] | None = None
) -> tuple[tuple[str, ...], dict[str, Listing]]:
    """The units of a repository, and what to read for each: its folder and the files above it.

    What lies in no unit is a part of its own, under the name ``REST``. A repository of one workload is one part.
    ``wanted`` picks one unit, ``names`` tells whether the file of a path names a model. Raises :class:`UnitError`.
    """
    units = find_units(listing.paths, names or (lambda path: names_model(listing.content(path))))
    if wanted is not None:
        units = _picked(wanted, units)
    if not units:
        return (), {REST: listing}
    known = frozenset(units)
    owned: dict[str | None, list[str]] = defaultdict(list)
    for path in listing.every_path:
        owned[unit_of(path, known)].append(path)
    shared = _by_folder(owned[None])
    parts = {unit: listing.of([*owned[unit], *_shared(unit, shared)]) for unit in units}
    return units, parts if wanted is not None else {**parts, REST: listing.of(owned[None])}


def _by_folder(paths: Iterable[str]) -> dict[str, list[str]]:
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folders[above(path)].append(path)
    return folders


def _shared(unit: str, folders: Mapping[str, list[str]]) -> Iterator[str]:
    """What lies above a unit."""
    names = unit.rstrip("/").split("/")
    for depth in range(len(names)):
        yield from folders.get("".join(f"{name}/" for name in names[:depth]), ())


def _picked(wanted: str, units: Sequence[str]) -> tuple[str, ...]:
    found = matching(wanted, units)
    if len(found) == 1:
        return tuple(found)
    if not units:
        raise UnitError(f"--unit {wanted}: this repository is one workload and has no units")
    what = "names several" if found else "names none"
    raise UnitError(f"--unit {wanted} {what} of the {len(units)} units: {', '.join(found or units[:8])}")


def merged(named: Mapping[str, Inventory], units: tuple[str, ...]) -> Inventory:
    """The inventories of all parts, by their names, as one; what several parts share is kept once."""
    parts = [replace(part, gaps=tuple(_at_home(gap, name) for gap in part.gaps)) for name, part in named.items()]
    first = parts[0]
    if len(parts) == 1:
        return replace(first, scan=replace(first.scan, units=units))
    resources = {(r.kind, r.plane, r.identity): r for part in reversed(parts) for r in part.resources}
    gaps = dict.fromkeys(gap for part in parts for gap in part.gaps)
    skipped = dict.fromkeys(s for part in parts for s in part.scan.skipped)
    owners = {path: owner for part in parts for path, owner in part.scan.owners.items()}
    scan = replace(
        first.scan,
        files_read=sum(part.scan.files_read for part in parts),
        skipped=tuple(sorted(skipped, key=lambda s: s.path)),
        owners=owners,
        units=units,
        templates={path: names for part in parts for path, names in part.scan.templates.items()},
    )
    ordered = tuple(resources[key] for key in sorted(resources, key=lambda k: (k[0], k[1].value, k[2])))
    return _with_workload(Inventory(ordered, tuple(gaps), scan, first.settings), _owner(parts))


def _with_workload(inventory: Inventory, owner: str | None) -> Inventory:
    """Only collections have workloads that are put together, or taken out: few audits import what makes one."""
    from prodworks_cli.planes import with_workload

    return with_workload(inventory, owner)


def _at_home(gap: Gap, unit: str) -> Gap:
    """A gap about no path (a language that is not read) belongs to the unit it was met in."""
    return replace(gap, scope=f"{unit}{gap.scope}") if "/" not in gap.scope and "." not in gap.scope else gap


def _owner(parts: Sequence[Inventory]) -> str | None:
    """All owners, when each part that calls a model has one."""
    said = [_workload_owner(p) for p in parts if any(r.kind == "repo.model_call" for r in p.resources)]
    return ", ".join(sorted({o for o in said if o})) or None if all(said) else None


def _workload_owner(inventory: Inventory) -> str | None:
    owners = [r.value.owner for r in inventory.resources if isinstance(r.value, Workload)]
    return next((o for o in owners if isinstance(o, str)), None)


def unit_entry(name: str, inventory: Inventory, outcomes: Sequence[Outcome], now: datetime) -> UnitEntry:
    """How one unit stands."""
    card = scorecard(outcomes, inventory.settings.get("pillar_weights"))
    caps = caps_of(card) if card.pillars else []
    verdict = judge(card, evidence_age(now, inventory.scan.account_read_at))
    empty = nothing_to_audit(inventory)
    return UnitEntry(
        name=name.rstrip("/"),
        model_calls=sum(r.kind == "repo.model_call" for r in inventory.resources),
        score=card.score,
        grade=capped(grade_of(card.score), caps),
        verdict="nothing-to-audit" if empty else verdict,
    )


def each_unit(inventory: Inventory, wanted: Container[str]) -> Iterator[tuple[str, Inventory]]:
    """Each wanted unit with the part of the inventory that is about it: its own, the account's, and what lies above.

    Resources and gaps of other units are left out.
    """
    units = frozenset(inventory.scan.units)
    of: dict[str | None, list[Resource]] = defaultdict(list)
    for resource in inventory.resources:
        if resource.kind != "workload":
            of[_home(resource, units)].append(resource)
    shared = of.pop(None, [])
    concerned = [(gap, unit_of(gap.scope, units)) for gap in inventory.gaps]
    for unit in (name for name in inventory.scan.units if name in wanted):
        gaps = tuple(gap for gap, home in concerned if home is None or home == unit)
        scan = _narrowed(inventory.scan, unit)
        own = [r for r in shared if r.plane is Plane.OBSERVED or unit.startswith(above(r.locations[""].where))]
        resources = tuple(sorted((*of[unit], *own), key=lambda r: (r.kind, r.plane.value, r.identity)))
        owner = _owner_of(inventory, unit, resources)
        yield unit, _with_workload(Inventory(resources, gaps, scan, inventory.settings), owner)


def _home(resource: Resource, units: frozenset[str]) -> str | None:
    return None if resource.plane is Plane.OBSERVED else unit_of(resource.locations[""].where, units)


def _narrowed(scan: Scan, unit: str) -> Scan:
    return replace(scan, target=f"{scan.target}/{unit.rstrip('/')}", units=(unit,))


def _owner_of(inventory: Inventory, unit: str, resources: Sequence[Resource]) -> str | None:
    """The owner of a unit: by config, else whoever owns all of its code that calls a model."""
    if inventory.settings.get("owner"):
        return str(inventory.settings["owner"])
    owners: Mapping[str, str] = inventory.scan.owners
    paths = {
        r.locations[""].where
        for r in resources
        if r.kind in ("repo.model_call", "repo.prompt") and r.locations[""].where.startswith(unit)
    }
    named = [owners.get(path) for path in sorted(paths)]
    return named[0] if named and all(named) else None

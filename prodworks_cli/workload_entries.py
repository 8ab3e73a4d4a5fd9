"""What the entries and the safeguards in code say of the workload as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from prodworks_cli.model import Gap, Inventory, Plane, Unknown
from prodworks_cli.resources.adapter import every, some
from prodworks_cli.resources.entries import Entry
from prodworks_cli.resources.safeguards import Safeguard


def safeguards(inventory: Inventory, purpose: str) -> list[Safeguard]:
    """The safeguards of a purpose that the source shows."""
    values = (r.value for r in inventory.resources)
    return [v for v in values if isinstance(v, Safeguard) and v.purpose == purpose]


def covered(inventory: Inventory, purpose: str) -> bool | Unknown:
    """Whether code guards all calls: known only where a safeguard says so, or where there is none."""
    seen = safeguards(inventory, purpose)
    if any(s.covers_all is True for s in seen):
        return True
    if seen:
        return Unknown(
            f"{seen[0].path} shows a safeguard ({seen[0].mechanism}); which calls it covers was not followed"
        )
    unread = next((g for g in inventory.gaps if g.plane is Plane.DECLARED and g.kind == "*"), None)
    return Unknown(f"{unread.scope}: {unread.reason}") if unread else False


def has_public_entry(inventory: Inventory, plane: Plane, hidden: Gap | None) -> bool | Unknown:
    """Whether something that the internet reaches leads to a model; ``hidden`` is what may hide an entry."""
    ways = (_exposed(e) for e in _entries(inventory, plane))
    return some((*ways, *([Unknown(f"{hidden.scope}: {hidden.reason}")] if hidden else [])))


def rate_limited(inventory: Inventory, plane: Plane, hidden: Gap | None) -> bool | Unknown:
    """Whether each public entry that leads to a model has a limiter, in front or in the application.

    Of the account an entry that could not be read (``hidden``) may be one without.
    """
    in_code = covered(inventory, "rate_limit")
    unread = [Unknown(f"{hidden.scope}: {hidden.reason}")] if hidden and plane is Plane.OBSERVED else []
    return every((*(_bounded(e, in_code) for e in _entries(inventory, plane)), *unread))


def _entries(inventory: Inventory, plane: Plane) -> Iterator[Entry]:
    yield from (r.value for r in inventory.resources if isinstance(r.value, Entry) and r.plane is plane)


def _exposed(entry: Entry) -> bool | Unknown:
    return every((entry.public, entry.leads_to_model))


def _bounded(entry: Entry, in_code: bool | Unknown) -> bool | Unknown:
    """An entry that is limited, or that does not matter; doubt about the one does not help the other."""
    exposed = _exposed(entry)
    if exposed is False:
        return True
    limited = some((entry.limited, in_code))
    return limited if exposed is True or limited is True else Unknown("whether the entry leads to a model is not known")

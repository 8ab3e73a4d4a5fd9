"""Comparison: in what a resource of the account differs from its declaration, attribute by attribute, with both places.

Only what both planes know is compared: what is unknown on one of them differs from nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from prodworks_cli.model import Kind, Location, Ref, Resource, Unknown
from prodworks_cli.schema import Attribute, attributes_of

Leads = Callable[[Ref], "str | None"]
"""The identity of what a reference leads to on either plane, ``None`` where that is not known."""

ABSENT = "none"
# What follows from seeing resources together is no setting either.
_LINKED = frozenset({"used_by", "holds", "leads_to_model", "holds_prompts"})
# Names and ids are what resources are joined by, and a status or a date is no setting.
_NO_SETTING = frozenset(
    {"id", "arn", "name", "status", "version", "versions", "region", "has_working_draft", "used", "used_version"}
)
_LONGEST = 120


@dataclass(frozen=True)
class Difference:
    """One setting with its two values and their places."""

    path: str
    declared: str
    deployed: str
    declared_at: Location
    deployed_at: Location


def differences(declared: Resource, deployed: Resource, leads: Leads) -> list[Difference]:
    """The settings in which two resources that are joined differ."""
    found = _of_kind(declared.value, deployed.value, ("", "", ""), leads)
    return [
        Difference(shown, one, other, _place(declared, mine), _place(deployed, theirs))
        for (shown, mine, theirs), one, other in found
    ]


Paths = tuple[str, str, str]
"""A path as it is shown, and as it is on the declared and the deployed plane, where elements have other numbers."""
Found = Iterator[tuple[Paths, str, str]]


def _of_kind(one: Kind, other: Kind, at: Paths, leads: Leads) -> Found:
    for name, spec in attributes_of(type(one)).items():  # type: ignore[arg-type]
        if not spec.derived and (at[0] or name not in _NO_SETTING | _LINKED):
            below = tuple(f"{path}.{name}" if path else name for path in at)
            yield from _of_value(getattr(one, name), getattr(other, name), (below[0], below[1], below[2]), spec, leads)


def _of_value(one: Any, other: Any, at: Paths, spec: Attribute, leads: Leads) -> Found:
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return
    if spec.item and spec.many:
        yield from _of_items(one or (), other or (), at, leads)
    elif spec.item and one is not None and other is not None:
        yield from _of_kind(one, other, at, leads)
    elif spec.many:
        yield from _of_many(one or (), other or (), at, spec, leads)
    else:
        mine, theirs = _text(one, spec, leads), _text(other, spec, leads)
        if mine is not None and theirs is not None and mine != theirs:
            yield at, mine, theirs


def _of_many(one: tuple[Any, ...], other: tuple[Any, ...], at: Paths, spec: Attribute, leads: Leads) -> Found:
    mine, theirs = ([_text(e, spec, leads) for e in side] for side in (one, other))
    if None in mine or None in theirs:
        return
    shown = [", ".join(sorted({str(e) for e in side})) or ABSENT for side in (mine, theirs)]
    if shown[0] != shown[1]:
        yield at, shown[0][:_LONGEST], shown[1][:_LONGEST]


def _of_items(one: tuple[Any, ...], other: tuple[Any, ...], at: Paths, leads: Leads) -> Found:
    """Elements with the same first attribute are the same element; one that only one side has is a difference."""
    mine, theirs = _keyed(one), _keyed(other)
    if mine is None or theirs is None:
        return
    for key in sorted({*mine, *theirs}):
        (n, left), (m, right) = mine.get(key, (None, None)), theirs.get(key, (None, None))
        below = (f"{at[0]}[{key}]", _numbered(at[1], n), _numbered(at[2], m))
        if left is None or right is None:
            yield below, "there" if left is not None else ABSENT, "there" if right is not None else ABSENT
        else:
            yield from _of_kind(left, right, below, leads)


def _numbered(path: str, number: int | None) -> str:
    return path if number is None else f"{path}[{number}]"


def _keyed(items: tuple[Any, ...]) -> Mapping[str, tuple[int, Kind]] | None:
    """Elements by their first attribute; ``None`` where an element or its key is unknown, or a key comes twice."""
    found: dict[str, tuple[int, Kind]] = {}
    for number, item in enumerate(items):
        key = getattr(item, fields(item)[0].name) if isinstance(item, Kind) else None  # type: ignore[arg-type]
        if not isinstance(key, str) or key in found:
            return None
        found[key] = number, item
    return found


def _text(value: Any, spec: Attribute, leads: Leads) -> str | None:
    """A value as text; ``None`` where it cannot be compared."""
    if isinstance(value, Unknown):
        return None
    if spec.target:
        return leads(value) if isinstance(value, Ref) else None
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)[:_LONGEST]


def _place(resource: Resource, path: str) -> Location:
    """The place of a path, else of what holds it."""
    while path:
        if path in resource.locations:
            return resource.locations[path]
        path = path.rpartition(".")[0] if path.rfind(".") > path.rfind("[") else path.rpartition("[")[0]
    return resource.locations.get("", Location(resource.identity))

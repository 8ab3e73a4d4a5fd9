"""Inventories as JSON: what ``prodworks collect`` writes and ``prodworks audit --from`` reads, without loss.

The same document lists what was found for people and scripts (``resources[{type, identity, plane, where, line,
attributes}]``), so it also carries properties that are derived; reading ignores those and computes them anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from prodworks_cli.model import (
    Deployment,
    Gap,
    Inventory,
    Kind,
    Location,
    Plane,
    Ref,
    Resource,
    Scan,
    Skipped,
    Unknown,
)
from prodworks_cli.resources.registry import kinds
from prodworks_cli.schema import Attribute, attributes_of

FORMAT = "prodworks-inventory/1"


class InventoryError(ValueError):
    """A document that is no inventory, or one of another version; the message says what was expected."""


def dump(inventory: Inventory) -> str:
    """The inventory as JSON text: stable order, two spaces, a final newline."""
    # In pieces: all of them in one list would take many times the memory of the text.
    text = bytearray()
    for piece in json.JSONEncoder(indent=2, ensure_ascii=True, sort_keys=False).iterencode(document_of(inventory)):
        text += piece.encode("ascii")
    return text.decode("ascii") + "\n"


def document_of(inventory: Inventory) -> dict[str, Any]:
    """The inventory as plain data."""
    return {
        "format": FORMAT,
        "scan": _plain(asdict(inventory.scan)),
        "settings": dict(inventory.settings),
        "gaps": [_plain(asdict(gap)) for gap in inventory.gaps],
        "resources": [_resource(r) for r in inventory.resources],
    }


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in data.items()}


def _resource(resource: Resource) -> dict[str, Any]:
    place = resource.locations.get("", Location(resource.identity))
    deployed = [[d.record, list(d.keys), d.region] for d in resource.deployments]
    return {
        "type": resource.kind,
        "identity": resource.identity,
        "plane": resource.plane.value,
        "where": place.where,
        "line": place.line,
        "attributes": _attributes(resource.value),
        "aliases": list(resource.aliases),
        **({"deployments": deployed} if deployed else {}),
        "locations": {path: [at.where, at.line, at.call] for path, at in resource.locations.items()},
    }


def _attributes(value: Kind) -> dict[str, Any]:
    return {name: _encode(getattr(value, name)) for name in attributes_of(type(value))}  # type: ignore[arg-type]


def _encode(value: Any) -> Any:
    if isinstance(value, Unknown):
        extra = {"present": True} if value.present else {}
        return {"unknown": value.reason, **extra, **({"shape": value.shape} if value.shape is not None else {})}
    if isinstance(value, Ref):
        return {"ref": value.key, "type": value.kind}
    if isinstance(value, tuple):
        return [_encode(element) for element in value]
    return _attributes(value) if isinstance(value, Kind) else value


def load(text: str) -> Inventory:
    """Read an inventory back. Raises :class:`InventoryError` for anything else."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InventoryError(f"the inventory is damaged: {error!r}") from error
    return inventory_of(document)


def inventory_of(document: Any) -> Inventory:
    """An inventory from plain data. Raises :class:`InventoryError` for anything else."""
    try:
        if not isinstance(document, Mapping) or document.get("format") != FORMAT:
            raise InventoryError(f"not an inventory of this version of prodworks (expected format {FORMAT})")
        return Inventory(
            resources=tuple(_read_resource(r) for r in document["resources"]),
            gaps=tuple(Gap(**{**g, "plane": Plane(g["plane"])}) for g in document["gaps"]),
            scan=_read_scan(document["scan"]),
            settings=document["settings"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, InventoryError):
            raise
        raise InventoryError(f"the inventory is damaged: {error!r}") from error


def _read_scan(data: Mapping[str, Any]) -> Scan:
    known = {f.name for f in fields(Scan)}
    read: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in known}
    read["skipped"] = tuple(Skipped(**s) for s in data["skipped"])
    read["templates"] = {path: tuple(names) for path, names in data.get("templates", {}).items()}
    return Scan(**read)


def _read_resource(data: Mapping[str, Any]) -> Resource:
    cls = kinds().get(data["type"])
    if cls is None:
        raise InventoryError(f"no kind of resource is called {data['type']}")
    return Resource(
        identity=data["identity"],
        plane=Plane(data["plane"]),
        value=_decode_kind(cls, data["attributes"]),
        locations={path: Location(*place) for path, place in data["locations"].items()},
        aliases=tuple(data["aliases"]),
        deployments=tuple(Deployment(r, tuple(keys), region) for r, keys, region in data.get("deployments", ())),
    )


def _decode_kind(cls: Any, data: Mapping[str, Any]) -> Kind:
    stored = {name: spec for name, spec in attributes_of(cls).items() if not spec.derived}
    missing = sorted(set(stored) - set(data))
    if missing:
        raise InventoryError(f"{cls.KIND or cls.__name__} lacks {', '.join(missing)}")
    value: Kind = cls(**{name: _decode(data[name], spec) for name, spec in stored.items()})
    return value


def _decode(data: Any, spec: Attribute) -> Any:
    if isinstance(data, Mapping):
        if "unknown" in data:
            return Unknown(data["unknown"], bool(data.get("present", False)), data.get("shape"))
        return Ref(data["type"], data["ref"]) if spec.type == "ref" else _decode_kind(spec.item, data)
    return tuple(_decode(element, spec) for element in data) if isinstance(data, list) else data

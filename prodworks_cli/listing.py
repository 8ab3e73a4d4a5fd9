"""The inventory as lines for people: what was found, and where."""

from __future__ import annotations

from collections.abc import Iterator

from prodworks_cli.conditions import show
from prodworks_cli.model import Inventory, Location, Resource
from prodworks_cli.render.text import clean
from prodworks_cli.schema import attributes_of

TELLING = (
    "model_id",
    "api",
    "max_tokens",
    "context_tokens",
    "output_price",
    "guardrail_id",
    "origin",
    "type",
    "engine",
    "system",
    "version",
    "name",
    "framework",
    "level",
)


def lines(inventory: Inventory) -> Iterator[str]:
    """A heading per kind, a line per resource with its most telling attributes, and the gaps at the end."""
    kind = ""
    for resource in inventory.resources:
        if resource.kind == "workload":
            continue
        if resource.kind != kind:
            kind = resource.kind
            yield f"{kind}  ({sum(r.kind == kind for r in inventory.resources)})"
        yield f"  {clean(_line(resource))}"
    for gap in inventory.gaps:
        line = f":{gap.line}" if gap.line else ""
        yield clean(f"not seen  {gap.kind}  {gap.scope}{line}  {gap.reason}")


def _line(resource: Resource) -> str:
    place = resource.locations.get("", Location(resource.identity))
    where = f"{place.where}:{place.line}" if place.line else place.where
    known = attributes_of(type(resource.value))  # type: ignore[arg-type]
    told = [f"{name}={show(getattr(resource.value, name))}" for name in TELLING if name in known]
    return f"{where}  {resource.identity}  [{resource.plane}]  {' '.join(told)}"

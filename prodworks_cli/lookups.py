"""Lookups: what code and IaC name by an id, a name or an ARN without declaring it, and the account does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prodworks_cli.account_view import Account
from prodworks_cli.call_logging import region_of
from prodworks_cli.lazy import regex
from prodworks_cli.model import Inventory, Kind, Location, Plane, Ref, Resource, Unknown
from prodworks_cli.resources.agents import Agent, Prompt
from prodworks_cli.resources.guardrails import Guardrail
from prodworks_cli.resources.knowledge_bases import KnowledgeBase
from prodworks_cli.resources.model_calls import DEPLOYMENT, ModelCall
from prodworks_cli.schema import Attribute, attributes_of

# The kinds that a program is told by name, and what an id of each looks like; any other text may be a placeholder.
IDS: Mapping[type[Kind], re.Pattern[str]] = {
    Guardrail: regex(r"[a-z0-9]{4,64}"),
    KnowledgeBase: regex(r"[0-9A-Z]{10}"),
    Prompt: regex(r"[0-9A-Z]{10}"),
    Agent: regex(r"[0-9A-Z]{10}"),
}
_KINDS = {kind.KIND: kind for kind in IDS}


@dataclass(frozen=True)
class Missing:
    """A name that leads to nothing in the account: who names it, where, and the Region, "" where that is not known."""

    kind: str
    key: str
    named_by: str
    at: Location
    region: str


def missing(inventory: Inventory) -> list[Missing]:
    """Every name that no Region that was read has; another account's are left out, and so is code that nothing
    calls."""
    account = Account(inventory)
    declared = {(r.kind, name) for r in _declared(inventory) for name in (r.identity, *r.aliases)}
    found: dict[tuple[str, str, str], Missing] = {}
    for resource in _declared(inventory):
        for name, ref in _links(resource):
            cls = _KINDS[ref.kind]
            if (ref.kind, ref.key) in declared or not (ref.key.startswith("arn:") or IDS[cls].fullmatch(ref.key)):
                continue
            region = _region(resource, account)
            if _absent(cls, ref.key, region, account):
                place = resource.locations.get(name) or resource.locations.get("", Location(resource.identity))
                where = region if isinstance(region, str) else ""
                found.setdefault(
                    (ref.kind, ref.key, place.where), Missing(ref.kind, ref.key, resource.identity, place, where)
                )
    return list(found.values())


def _declared(inventory: Inventory) -> Iterator[Resource]:
    declared = (r for r in inventory.resources if r.plane is Plane.DECLARED and r.kind != "workload")
    return (r for r in declared if r.value.idle() is None)


def _links(resource: Resource) -> Iterator[tuple[str, Ref]]:
    specs: Mapping[str, Attribute] = attributes_of(type(resource.value))  # type: ignore[arg-type]
    for name, spec in specs.items():
        if spec.target in _KINDS and not spec.derived:
            value = getattr(resource.value, name)
            for element in value if isinstance(value, tuple) else (value,):
                if isinstance(element, Ref):
                    yield name, element


def _region(resource: Resource, account: Account) -> str | Unknown | None:
    value = resource.value
    region = region_of(value, account.inventory.resources) if isinstance(value, ModelCall) else DEPLOYMENT
    return account.region(region)


def _absent(cls: type[Kind], key: str, region: str | Unknown | None, account: Account) -> bool:
    """Whether the Region, or every Region that was read where it is not known, has no such thing."""
    regions = (region,) if isinstance(region, str) else account.inventory.scan.regions
    return account.named(cls, key) is None and all(account.missing(cls, key, r) is None for r in regions)

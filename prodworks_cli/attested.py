"""What people answer for: attestations of the config, as the attested plane of the rules that admit one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from prodworks_cli.model import Inventory, Location, Plane, Proof, Resource, Status, Verdict
from prodworks_cli.resources.workload import Attestation, Workload
from prodworks_cli.rules import Rule

NOBODY = "nobody attests it"
_FIELDS = ("rule", "statement", "owner", "evidence", "expires")


def attestations(settings: Mapping[str, Any]) -> tuple[Attestation, ...]:
    """The attestations that the settings hold; those that have expired are taken out before."""
    entries = settings.get("attestations") or ()
    return tuple(Attestation(*(str(entry.get(name, "")) for name in _FIELDS)) for entry in entries)


def with_attestations(inventory: Inventory) -> Inventory:
    """The inventory whose workload knows what people attest."""
    said = attestations(inventory.settings)
    return replace(inventory, resources=tuple(_told(r, said) for r in inventory.resources)) if said else inventory


def _told(resource: Resource, said: tuple[Attestation, ...]) -> Resource:
    value = resource.value
    return replace(resource, value=replace(value, attestations=said)) if isinstance(value, Workload) else resource


def verdict_of(rule: Rule, inventory: Inventory) -> Verdict | None:
    """That somebody attests what the rule demands; ``None`` when nobody does."""
    return next((_pass(a) for a in _about(rule, inventory)), None)


def _about(rule: Rule, inventory: Inventory) -> Iterator[Attestation]:
    yield from (a for a in attestations(inventory.settings) if a.rule in (rule.id, *rule.aliases))


def _pass(said: Attestation) -> Verdict:
    shown = f"{said.owner}: {said.statement}"[:160]
    proof = Proof("attestations", "is attested:", True, shown, Location(str(said.evidence)))
    return Verdict(Status.PASS, f"attested by {said.owner} until {said.expires}", (proof,))


def add_attested(rule: Rule, inventory: Inventory, verdicts: Mapping[str, dict[Plane, Verdict]]) -> None:
    """Add the attested plane to each subject that the rule applies to. It never outweighs what another plane knows."""
    said = verdict_of(rule, inventory) if Plane.ATTESTED in rule.planes else None
    for planes in verdicts.values() if said else ():
        if said and any(v.status is not Status.NOT_APPLICABLE for v in planes.values()):
            planes[Plane.ATTESTED] = said

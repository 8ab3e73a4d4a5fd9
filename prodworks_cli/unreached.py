"""Unreached: a kind that is read, or kept, by reference only has a gap where what may name its resources was not read.

Without this, a denied role would make the functions that use it vanish, and a rule about them would not apply.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from prodworks_cli.model import Gap, Plane, Resource, Unknown
from prodworks_cli.resources.collecting import Collector
from prodworks_cli.resources.registry import kinds
from prodworks_cli.schema import Attribute, attributes_of

KEY = "aws.kms.key"
# How the reason of an Unknown begins that a failed call left: service:Operation.
_FAILED_CALL = re.compile(r"[\w-]+:[A-Z]\w+: ")


def unreached(
    collectors: Sequence[Collector], resources: Sequence[Resource], gaps: Sequence[Gap], account: str
) -> list[Gap]:
    """The gaps that follow from ``gaps`` and from what is unknown of ``resources``."""
    missing = {g.kind: g for g in reversed(gaps) if g.plane is Plane.OBSERVED and not g.minor}
    referenced = {c.kind: c for c in collectors if c.referenced or c.sources}
    derived: dict[str, Gap] = {}
    grown = True
    while grown:
        grown = False
        for kind, collector in referenced.items():
            why = None if kind in derived else _why(collector, resources, {**missing, **derived})
            if why:
                reason = f"which of them belong to the workload is not known: {why[0]}"
                derived[kind] = Gap(kind, Plane.OBSERVED, account, reason, action=why[1])
                grown = True
    return list(derived.values())


def _why(
    collector: Collector, resources: Sequence[Resource], missing: Mapping[str, Gap]
) -> tuple[str, str | None] | None:
    """The reason, and the permission that would help."""
    kind = collector.kind
    for source in (*collector.sources, *_naming(kind)):
        if source in missing and source != kind:
            return missing[source].reason, missing[source].action
    for resource in resources:
        for name, spec in attributes_of(type(resource.value)).items():  # type: ignore[arg-type]
            value = getattr(resource.value, name) if _leads(name, spec, kind) else None
            if isinstance(value, Unknown) and _FAILED_CALL.match(value.reason):
                return value.reason, None
    return None


def _naming(kind: str) -> tuple[str, ...]:
    """The kinds with an attribute that leads to ``kind``."""
    return tuple(
        name
        for name, cls in kinds().items()
        if any(_leads(attribute, spec, kind) for attribute, spec in attributes_of(cls).items())  # type: ignore[arg-type]
    )


def _leads(name: str, spec: Attribute, kind: str) -> bool:
    return not spec.derived and (spec.target == kind or (kind == KEY and name.endswith("kms_key")))

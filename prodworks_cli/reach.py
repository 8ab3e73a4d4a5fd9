"""What stands behind an entry or a queue: which compute, and whether that may invoke models."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Ref, Resource, Unknown
from prodworks_cli.resources.compute import Unit
from prodworks_cli.resources.iam import Role
from prodworks_cli.schema import Number

_NO_LIMIT = Unknown("how long the consumer may take is not known")
_UNRESOLVED = Unknown("whether what is behind it calls a model is not known")


class Reach:
    """Compute and roles by every name that they have."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._named = {
            (r.kind, name): r
            for r in resources
            if isinstance(r.value, Unit | Role)
            for name in (r.identity, *r.aliases)
        }

    def unit(self, target: object) -> Unit | None:
        """The compute that a reference leads to."""
        found = self._named.get((Unit.KIND, target.key)) if isinstance(target, Ref) else None
        return found.value if found and isinstance(found.value, Unit) else None

    def leads_to_model(self, target: object) -> bool | Unknown:
        """Whether the compute may invoke models; nothing behind it does not."""
        if target is None:
            return False
        unit = self.unit(target)
        ref = unit.role if unit else None
        role = self._named.get((Role.KIND, ref.key)) if isinstance(ref, Ref) else None
        if role is None or not isinstance(role.value, Role):
            return _UNRESOLVED
        return role.value.can_invoke_models or False

    def waits(self, target: object, seconds: Number) -> bool | Unknown | None:
        """Whether so many seconds are enough for the compute to end; ``None`` where there is nothing to wait for."""
        if target is None:
            return None
        unit = self.unit(target)
        limit = unit.timeout_seconds if unit else _UNRESOLVED
        if isinstance(limit, Unknown) or isinstance(seconds, Unknown):
            return limit if isinstance(limit, Unknown) else Unknown("how long a message stays hidden is not known")
        return seconds >= limit if limit is not None and seconds is not None else _NO_LIMIT

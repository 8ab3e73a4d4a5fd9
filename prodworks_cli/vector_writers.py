"""Who may write a vector store, told by what uses the roles: a role that answers callers should not feed the index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from prodworks_cli.model import Plane, Ref, Resource, Unknown
from prodworks_cli.resources.compute import Unit
from prodworks_cli.resources.entries import Entry
from prodworks_cli.resources.iam import Role
from prodworks_cli.resources.knowledge_bases import KnowledgeBase
from prodworks_cli.resources.vector_access import Access
from prodworks_cli.resources.vectors import Store

_SERVES = Unknown("a role that may write serves callers; whether what is behind it only ingests is not known")


def with_writers(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """The resources, each entry of a store's access with whether those who may write only ingest."""
    listed = tuple(resources)
    if not any(isinstance(r.value, Store) for r in listed):
        return listed
    serving = {plane: _serving(listed, plane) for plane in (Plane.DECLARED, Plane.OBSERVED)}
    bases = {key for r in listed if isinstance(r.value, KnowledgeBase) for key in _keys(listed, r.value.role)}
    return tuple(_joined(r, listed, serving[r.plane] - bases) if isinstance(r.value, Store) else r for r in listed)


def _joined(resource: Resource, listed: Sequence[Resource], serving: set[str]) -> Resource:
    store = resource.value
    if not isinstance(store, Store) or not isinstance(store.access, tuple):
        return resource
    access = tuple(_told(e, listed, serving) if isinstance(e, Access) else e for e in store.access)
    return replace(resource, value=replace(store, access=access))


def _told(entry: Access, listed: Sequence[Resource], serving: set[str]) -> Access:
    """True where no role of the entry serves callers; the role of a knowledge base reads and writes for it."""
    roles = entry.roles if isinstance(entry.roles, tuple) else (entry.roles,)
    hidden = next((Unknown(role.reason) for role in roles if isinstance(role, Unknown)), None)
    keys = {key for role in roles for key in _keys(listed, role)}
    return replace(entry, ingestion_only=hidden or (_SERVES if keys & serving else True))


def _serving(listed: Sequence[Resource], plane: Plane) -> set[str]:
    """All names of the roles of compute behind an entry."""
    targets = {r.value.target.key for r in listed if isinstance(r.value, Entry) and isinstance(r.value.target, Ref)}
    units = [r for r in listed if isinstance(r.value, Unit) and r.plane is plane and {r.identity, *r.aliases} & targets]
    return {key for unit in units for key in _keys(listed, unit.value.role if isinstance(unit.value, Unit) else None)}


def _keys(listed: Sequence[Resource], role: object) -> set[str]:
    """All names of a role that is referred to."""
    if not isinstance(role, Ref):
        return set()
    known = ({r.identity, *r.aliases} for r in listed if isinstance(r.value, Role))
    return {role.key}.union(*(names for names in known if role.key in names))

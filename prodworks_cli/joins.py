"""Joins: which declared resource is which observed one. What a stack or a state records comes first, a name that is
unique on both planes second. Two candidates are no join: both are told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from prodworks_cli.model import Deployment, Plane, Resource

Key = tuple[str, str]

# Settings of an account, one in each Region.
ONE_PER_REGION = frozenset({"aws.bedrock.invocation_logging"})
BY_NAME, BY_REGION = "name", "only one of its Region"


@dataclass
class Joins:
    """The pairs of one inventory, by kind and identity of the declared resource, and what stands between others."""

    pairs: dict[Key, tuple[Resource, str]] = field(default_factory=dict)
    candidates: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    taken: set[Key] = field(default_factory=set)

    def pair(self, declared: Resource, observed: Resource, by: str) -> None:
        """These two are one."""
        self.pairs[declared.kind, declared.identity] = observed, by
        self.taken.add((observed.kind, observed.identity))

    def is_alone(self, observed: Resource) -> bool:
        """Whether an observed resource was not told to be a declared one."""
        return (observed.kind, observed.identity) not in self.taken

    def doubt(self, declared: Resource, found: Iterable[str]) -> None:
        """Which of these it is is not known."""
        key = (declared.kind, declared.identity)
        self.candidates[key] = tuple(sorted({*self.candidates.get(key, ()), *found}))


def joins_of(resources: Iterable[Resource]) -> Joins:
    """The pairs among resources, joined before or not."""
    by_kind: dict[str, tuple[list[Resource], list[Resource]]] = defaultdict(lambda: ([], []))
    for resource in resources:
        if resource.plane is not Plane.ATTESTED:
            by_kind[resource.kind][resource.plane is Plane.OBSERVED].append(resource)
    joins = Joins()
    for kind, (declared, observed) in by_kind.items():
        if declared and observed:
            _by_record(declared, observed, joins)
            if kind in ONE_PER_REGION and len(declared) == len(observed) == 1:
                joins.pair(declared[0], observed[0], BY_REGION)
            _by_name(declared, observed, joins)
    return joins


def join_planes(resources: Sequence[Resource]) -> list[Resource]:
    """Give each observed resource the identity of the declared one that it is."""
    twins = {(o.kind, o.identity): identity for (_, identity), (o, _) in joins_of(resources).pairs.items()}
    return [_rekeyed(r, twins) if r.plane is Plane.OBSERVED else r for r in resources]


def _rekeyed(resource: Resource, twins: Mapping[Key, str]) -> Resource:
    identity = twins.get((resource.kind, resource.identity), resource.identity)
    if identity == resource.identity:
        return resource
    return replace(resource, identity=identity, aliases=(resource.identity, *resource.aliases))


def _by_record(declared: Sequence[Resource], observed: Sequence[Resource], joins: Joins) -> None:
    """What the records say. A resource that several claim, or that was deployed several times, stays alone."""
    named: dict[str, list[Resource]] = defaultdict(list)
    for resource in observed if any(r.deployments for r in declared) else ():
        for name in names_of(resource):
            named[name].append(resource)
    found = {r.identity: _recorded(r, named) for r in declared if r.deployments}
    claims = Counter(identity for seen in found.values() for identity in seen)
    for resource in declared:
        seen = found.get(resource.identity, {})
        if len(seen) == 1 and claims[next(iter(seen))] == 1:
            (twin, by) = next(iter(seen.values()))
            joins.pair(resource, twin, by)
        elif seen:
            joins.doubt(resource, (*map(shown, (twin for twin, _ in seen.values())), *_rivals(resource, seen, found)))


def _rivals(resource: Resource, seen: Iterable[str], found: Mapping[str, Mapping[str, object]]) -> list[str]:
    """The other declared resources that records give the same."""
    return [other for other, theirs in found.items() if other != resource.identity and set(theirs) & set(seen)]


def _recorded(declared: Resource, named: Mapping[str, Sequence[Resource]]) -> dict[str, tuple[Resource, str]]:
    return {
        twin.identity: (twin, told.record)
        for told in declared.deployments
        for key in told.keys
        for twin in named.get(key, ())
        if _there(twin, told)
    }


def _there(resource: Resource, told: Deployment) -> bool:
    region = region_of(resource)
    return not told.region or not region or region == told.region


def _by_name(declared: Sequence[Resource], observed: Sequence[Resource], joins: Joins) -> None:
    """Names and ids that are unique on both planes, of what no record decided."""
    kind = declared[0].kind
    mine, theirs = _named(declared), _named(observed)
    doubtful = {name for found in joins.candidates.values() for name in found}
    for twin in observed:
        if (kind, twin.identity) not in joins.taken and shown(twin) not in doubtful:
            resource = _namesake(twin, mine, theirs)
            if resource and not {(kind, resource.identity)} & (joins.pairs.keys() | joins.candidates.keys()):
                joins.pair(resource, twin, BY_NAME)
    for resource in declared:
        if (kind, resource.identity) not in joins.pairs:
            alike = {t.identity: shown(t) for n in _names(resource) for t in theirs.get(n, ())}
            rivals = {r.identity for n in resource.aliases for r in mine[n] if alike and r is not resource}
            if len(alike) + len(rivals) > 1:
                joins.doubt(resource, (*alike.values(), *rivals))


def _namesake(
    twin: Resource, mine: Mapping[str, Sequence[Resource]], theirs: Mapping[str, Sequence[Resource]]
) -> Resource | None:
    found = (mine[name] for name in _names(twin) if name in mine and len(theirs[name]) == 1)
    return next((match[0] for match in found if len(match) == 1), None)


def _names(resource: Resource) -> tuple[str, ...]:
    return tuple(dict.fromkeys((resource.identity, *resource.aliases)))


def _named(resources: Iterable[Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        for name in _names(resource):
            found[name].append(resource)
    return found


def names_of(resource: Resource) -> set[str]:
    """Everything that a record may call an observed resource: ARN, names, ids, and the last part of the ARN."""
    names = {resource.identity, *resource.aliases}
    last = {name.rpartition("/")[2].rpartition(":")[2] for name in names if name.startswith("arn:")}
    return (names | last) - {"", "*"}


def shown(resource: Resource) -> str:
    """The ARN of an observed resource, else whatever it goes by."""
    return next((n for n in (resource.identity, *resource.aliases) if n.startswith("arn:")), resource.identity)


def region_of(resource: Resource) -> str:
    """The Region in the ARN of a resource, or ""."""
    arn = shown(resource)
    return [*arn.split(":"), *[""] * 4][3] if arn.startswith("arn:") else ""

"""Link: what follows from resources seen together. Joins the planes by unique names and fills what one resource cannot
know about itself: what a bucket holds, who uses a role, which log groups hold prompts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from prodworks_cli.composites import with_composites
from prodworks_cli.joins import join_planes
from prodworks_cli.model import Kind, Plane, Ref, Resource, Unknown
from prodworks_cli.node import Block, Declarations, Reference
from prodworks_cli.reach import Reach
from prodworks_cli.resources.bedrock import InvocationLogging
from prodworks_cli.resources.canaries import Canary
from prodworks_cli.resources.compute import Unit
from prodworks_cli.resources.entries import Entry
from prodworks_cli.resources.iam import Role
from prodworks_cli.resources.knowledge_bases import KnowledgeBase
from prodworks_cli.resources.logs import LogGroup
from prodworks_cli.resources.queues import Queue
from prodworks_cli.resources.s3 import Bucket
from prodworks_cli.resources.state_machines import StateMachine, with_calls
from prodworks_cli.resources.vectors import Store
from prodworks_cli.vector_writers import with_writers

# What a bucket holds, by the declared types that point at it.
HOLDS: Mapping[str, str] = {
    "aws_bedrock_model_invocation_logging_configuration": "invocation-logs",
    "aws_bedrockagent_data_source": "knowledge-sources",
    "AWS::Bedrock::DataSource": "knowledge-sources",
    "aws_bedrock_custom_model": "training-data",
}

# Names by which a bucket says itself that it holds the workload's texts; matched as words.
NAMED = re.compile(
    r"(?:^|[-_./#])(?:prompts?|transcripts?|conversations?|chat|knowledge|rag|kb|documents?|docs|corpus|"
    r"evals?|evaluations?|bedrock|invocations?|completions?)(?:$|[-_.])",
    re.IGNORECASE,
)


def pointers(declarations: Declarations) -> Mapping[str, tuple[str, ...]]:
    """For each declared block, by address, the types of the blocks that refer to it."""
    found: dict[str, set[str]] = {}
    for block in declarations.blocks:
        for address in _references(block):
            found.setdefault(address, set()).add(block.type)
    return {address: tuple(sorted(types)) for address, types in found.items()}


def _references(block: Block) -> set[str]:
    return {node.content.address for node in block.body.leaves() if isinstance(node.content, Reference)}


def link(resources: Iterable[Resource], pointed: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Resource, ...]:
    """The resources with what follows from seeing them together; linking again adds and takes nothing away.

    ``pointed`` is the result of :func:`pointers`, where there are declarations.
    """
    listed = _with_named_groups(list(resources))
    joined = join_planes([*listed, *_third_parties(listed)])
    loggers = [r for r in joined if isinstance(r.value, InvocationLogging)]
    buckets = _keys(r.value.bucket for r in loggers if isinstance(r.value, InvocationLogging))
    groups = _keys(r.value.log_group for r in loggers if isinstance(r.value, InvocationLogging))
    users = _role_users(joined)
    linked = tuple(_linked(r, pointed or {}, buckets, groups, users) for r in joined)
    return with_writers(with_ways_to_models(tuple(with_composites(tuple(_own_probes(linked))))))


def _own_probes(resources: Sequence[Resource]) -> Iterator[Resource]:
    """A canary of the account that the repository declares probes this workload."""
    declared = {r.identity for r in resources if r.plane is Plane.DECLARED and isinstance(r.value, Canary)}
    for resource in resources:
        if isinstance(resource.value, Canary) and resource.identity in declared:
            resource = replace(resource, value=replace(resource.value, probes_workload=True))
        yield resource


def _with_named_groups(resources: list[Resource]) -> list[Resource]:
    """The resources, and the log group of invocation logging also where it is set up elsewhere or was not read."""
    known = {(r.plane, name) for r in resources if isinstance(r.value, LogGroup) for name in (r.identity, *r.aliases)}
    added = []
    for logger in resources:
        group = logger.value.log_group if isinstance(logger.value, InvocationLogging) else None
        if isinstance(group, Ref) and (logger.plane, group.key) not in known:
            place = logger.locations.get("log_group", logger.locations[""])
            added.append(Resource(group.key, logger.plane, _unread_group(group.key, logger.plane), {"": place}))
    return [*resources, *added]


# Storage types of a knowledge base that another company runs.
_THIRD_PARTIES = frozenset(("PINECONE", "REDIS_ENTERPRISE_CLOUD", "MONGO_DB_ATLAS"))


def _third_parties(resources: list[Resource]) -> list[Resource]:
    """The vector stores of knowledge bases that lie outside AWS: they exist, and nothing can be read of them."""
    found = {}
    for base in resources:
        engine = base.value.store if isinstance(base.value, KnowledgeBase) else None
        if isinstance(engine, str) and engine in _THIRD_PARTIES:
            hidden = Unknown(f"{engine} is run by a third party")
            place = base.locations.get("store", base.locations[""])
            found[base.plane, engine] = Resource(engine, base.plane, Store(engine, *[hidden] * 5), {"": place})
    known = {(r.plane, r.identity) for r in resources if isinstance(r.value, Store)}
    return [r for key, r in found.items() if key not in known]


def _unread_group(name: str, plane: Plane) -> LogGroup:
    reason = "the log group is declared elsewhere" if plane is Plane.DECLARED else "the log group was not read"
    hidden = Unknown(f"{name}: {reason}")
    return LogGroup(name, True, hidden, hidden, hidden, hidden, None)


def with_ways_to_models(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """The resources, each entry and queue with whether the compute behind it may invoke models."""
    reach = Reach(resources)
    return tuple(replace(r, value=_with_way(r.value, reach)) for r in resources)


def _with_way(value: Kind, reach: Reach) -> Kind:
    if isinstance(value, Entry) and value.leads_to_model is None:
        return replace(value, leads_to_model=reach.leads_to_model(value.target))
    if isinstance(value, Queue):
        waits = reach.waits(value.consumer, value.visibility_timeout)
        return replace(value, leads_to_model=reach.leads_to_model(value.consumer), waits_for_consumer=waits)
    return with_calls(value, reach.leads_to_model) if isinstance(value, StateMachine) else value


def _keys(values: Iterable[object]) -> set[str]:
    return {value.key for value in values if isinstance(value, Ref)}


def _role_users(resources: list[Resource]) -> Mapping[str, tuple[str, ...]]:
    users: dict[str, list[str]] = {}
    for resource in resources:
        role = resource.value.role if isinstance(resource.value, Unit) else None
        if isinstance(role, Ref):
            users.setdefault(role.key, []).append(resource.identity)
    return {role: tuple(sorted(set(names))) for role, names in users.items()}


def _linked(
    resource: Resource,
    pointed: Mapping[str, tuple[str, ...]],
    buckets: set[str],
    groups: set[str],
    users: Mapping[str, tuple[str, ...]],
) -> Resource:
    names = {resource.identity, *resource.aliases}
    value = resource.value
    if isinstance(value, Bucket):
        return replace(resource, value=replace(value, holds=_holds(resource, pointed, bool(names & buckets))))
    if isinstance(value, LogGroup):
        return replace(
            resource, value=replace(value, holds_prompts=value.holds_prompts is True or bool(names & groups))
        )
    if isinstance(value, Role):
        used_by = sorted({user for name in names for user in users.get(name, ())} | _texts(value.used_by))
        return replace(resource, value=replace(value, used_by=tuple(used_by)))
    return resource


def _texts(value: object) -> set[str]:
    return {e for e in value if isinstance(e, str)} if isinstance(value, tuple) else set()


def _holds(resource: Resource, pointed: Mapping[str, tuple[str, ...]], logs: bool) -> tuple[str, ...]:
    found = {HOLDS[type_] for type_ in pointed.get(resource.identity, ()) if type_ in HOLDS}
    known = resource.value.holds if isinstance(resource.value, Bucket) else None
    found |= _texts(known)
    if logs:
        found.add("invocation-logs")
    if any(NAMED.search(name) for name in (resource.identity, *resource.aliases)):
        found.add("texts, by its name")
    return tuple(sorted(found))

"""Deployments: which declared resources the records of CloudFormation tell of, and what those became.

A stack is one of a template of the repository when it has the template's logical ids; a CDK construct is found by the
logical id that its path gives. Nothing is decided here: where several stacks fit, all of them are told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from prodworks_cli.joins import joins_of
from prodworks_cli.model import Deployment, Inventory, Plane, Resource
from prodworks_cli.node import Block
from prodworks_cli.resources.stacks import Member, Stack, members_of, unread

# Of the logical ids of a template, a stack must have at least this share.
_ENOUGH = 0.5
# CloudFormation replaces these types by others under the same logical id.
_EXPANDED = "AWS::Serverless::"
_HIDDEN, _NOT_SHOWN = "Default", "Resource"
_HASH, _LONGEST = 8, 240
# A stack, or a stage with its stack, and the construct.
_BELOW_STACK = 3


def templates_of(blocks: Iterable[Block]) -> dict[str, tuple[str, ...]]:
    """The resources of each template by its path, as ``logical id type``."""
    found: dict[str, list[str]] = {}
    for block in blocks:
        path, mark, name = block.address.rpartition("#")
        if mark and "/" not in name and "::" in block.type:
            found.setdefault(path, []).append(f"{name} {block.type}")
    return {path: tuple(sorted(names)) for path, names in sorted(found.items())}


@dataclass(frozen=True)
class _Deployed:
    """One stack of the account: its members by logical id."""

    arn: str
    name: str
    region: str
    members: Mapping[str, Member]

    @property
    def record(self) -> str:
        return f"stack {self.name} in {self.region}"

    def share(self, template: Sequence[str]) -> tuple[float, float]:
        """Of all logical ids of both, and of those of the template, the share that both have."""
        mine = {key for name, m in self.members.items() for key in (f"{name} {m.type}", f"{name} {_EXPANDED}")}
        common = sum(_plain(entry) in mine for entry in template)
        return common / ((len(template) + len(self.members) - common) or 1), common / (len(template) or 1)


def _plain(entry: str) -> str:
    name, _, kind = entry.partition(" ")
    return f"{name} {_EXPANDED}" if kind.startswith(_EXPANDED) else entry


def with_stacks(resources: Sequence[Resource], templates: Mapping[str, tuple[str, ...]]) -> list[Resource]:
    """The resources, the declared ones with what the stacks among them say that they became."""
    stacks = [d for r in resources if isinstance(r.value, Stack) and (d := _deployed(r)) is not None]
    if not stacks:
        return list(resources)
    of_template = _stacks_of(templates, stacks)
    hashed = {name for r in resources for name in _hashed(r)}
    of_apps = [s for s in stacks if hashed & set(s.members)]
    return [_with(r, _told(r, of_template, of_apps, stacks)) for r in resources]


def matched(resources: Iterable[Resource]) -> set[str]:
    """The records that tell of a resource of the repository."""
    return {d.record for r in resources for d in r.deployments}


def record_of(stack: Resource) -> str:
    """The name of a stack as a record of deployments."""
    found = _deployed(stack)
    return found.record if found else ""


def _deployed(resource: Resource) -> _Deployed | None:
    value = resource.value
    if not isinstance(value, Stack) or not isinstance(value.name, str):
        return None
    return _Deployed(resource.identity, value.name, [*resource.identity.split(":"), *[""] * 4][3], members_of(value))


def _stacks_of(templates: Mapping[str, tuple[str, ...]], stacks: Sequence[_Deployed]) -> dict[str, list[_Deployed]]:
    """The stacks of each template. A stack goes with the template that is most like it, or with all that are."""
    found: dict[str, list[_Deployed]] = {}
    for stack in stacks:
        likeness = {path: stack.share(template) for path, template in templates.items()}
        fits = {path: alike for path, (alike, own) in likeness.items() if own >= _ENOUGH}
        most = max(fits.values(), default=0.0)
        for path, alike in fits.items():
            if alike == most:
                found.setdefault(path, []).append(stack)
    return found


def _told(
    resource: Resource,
    of_template: Mapping[str, Sequence[_Deployed]],
    of_apps: Sequence[_Deployed],
    stacks: Sequence[_Deployed],
) -> Iterator[Deployment]:
    path, mark, name = resource.identity.rpartition("#")
    if resource.plane is not Plane.DECLARED or not mark or not resource.kind.startswith("aws."):
        return
    if "/" not in name:
        yield from (d for stack in of_template.get(path, ()) if (d := _deployment(stack, name)))
        return
    hashed, plain = _hashed(resource), _plain_id(name, of_apps)
    for stack in stacks:
        ids = [i for i in (*hashed, *plain.get(stack.arn, ())) if i in stack.members]
        if ids and (told := _deployment(stack, ids[0])):
            yield told


def _plain_id(name: str, of_apps: Sequence[_Deployed]) -> dict[str, tuple[str, ...]]:
    """Constructs of level 1 right below a stack go by their name there: by the stack's name, if one has it."""
    parts = name.split("/")
    if len(parts) > _BELOW_STACK:
        return {}
    named = [s for s in of_apps if s.name in (parts[0], "-".join(parts[:-1]))]
    return {s.arn: (parts[-1],) for s in named or of_apps}


def _deployment(stack: _Deployed, logical_id: str) -> Deployment | None:
    member = stack.members.get(logical_id)
    key = member.physical_id if member else None
    if not isinstance(key, str) or not key:
        return None
    return Deployment(stack.record, tuple(dict.fromkeys((key, key.rpartition("|")[2]))), stack.region)


def _with(resource: Resource, told: Iterable[Deployment]) -> Resource:
    found = tuple(dict.fromkeys((*resource.deployments, *told)))
    return replace(resource, deployments=found) if found != resource.deployments else resource


def _hashed(resource: Resource) -> tuple[str, ...]:
    """The logical ids that CDK may give a construct, by its path below any stack on it; they end in a hash of it."""
    _, mark, name = resource.identity.rpartition("#")
    parts = name.split("/")
    if resource.plane is not Plane.DECLARED or not mark or len(parts) < 2:
        return ()
    below = [tuple(parts[n:]) for n in range(1, len(parts))]
    return tuple(i for path in below for i in (logical_id((*path, _NOT_SHOWN)), logical_id(path)) if i)


def logical_id(path: Sequence[str]) -> str:
    """The logical id that CDK makes of the path of a construct in its stack; "" for one that is no more than a name."""
    parts = [part for part in path if part != _HIDDEN]
    if len(parts) < 2:
        return ""
    shown: list[str] = []
    for part in parts:
        if not shown or not shown[-1].endswith(part):
            shown.append(part)
    human = "".join(c for part in shown if part != _NOT_SHOWN for c in part if c.isascii() and c.isalnum())
    digest = hashlib.md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()
    return human[:_LONGEST] + digest[:_HASH].upper()


def in_doubt(inventory: Inventory) -> dict[tuple[str, str], str]:
    """Declared resources of templates that may be one that was observed, and the stacks that would tell were not read.

    By kind and identity, with the reason. What is observed must not count as another resource beside the declaration.
    """
    hidden = _hidden(inventory)
    if not hidden:
        return {}
    joins = joins_of(inventory.resources)
    alone = {r.kind for r in inventory.resources if r.plane is Plane.OBSERVED and joins.is_alone(r)}
    return {
        (r.kind, r.identity): f"which resource of the account this became is not known: {hidden}"
        for r in inventory.resources
        if r.plane is Plane.DECLARED and "#" in r.identity and r.kind in alone
        if (r.kind, r.identity) not in joins.pairs
    }


def _hidden(inventory: Inventory) -> str:
    """Why the stacks, or the resources of one, are not all known; "" when they are."""
    if inventory.scan.account_read_at is None:
        return ""
    gaps = (g.reason for g in inventory.gaps if g.plane is Plane.OBSERVED and g.kind == Stack.KIND)
    parts = (unread(r.value) for r in inventory.resources if isinstance(r.value, Stack))
    return next((reason for reason in (*gaps, *parts) if reason), "")

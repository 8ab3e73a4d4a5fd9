"""Scope: what of an account belongs to the workload. An account holds other workloads, which are not judged.

Roots are what is GenAI by itself: Bedrock and AgentCore resources, and the principals that can invoke models (each
collector says what counts, ``Collector.root``). The workload is what they reach by reference, and what the repository
names. ``scope:`` in the config narrows the roots.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from prodworks_cli.deployments import matched, record_of
from prodworks_cli.model import Inventory, Kind, Plane, Ref, Resource
from prodworks_cli.resources.agents import Agent
from prodworks_cli.resources.collecting import VERSION, Collector
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.schema import attributes_of
from prodworks_cli.unreached import KEY

# What an account has as a whole; ``scope:`` does not narrow it.
ACCOUNT_WIDE = ("aws.budgets.budget", "aws.ce.anomaly_monitor", "aws.events.rule")


# What AWS offers to every account is not another workload's, and a tag is none of its resources.
OFFERED = ("aws.bedrock.foundation_model", "aws.bedrock.inference_profile", "aws.tags.owner")


@dataclass(frozen=True)
class Narrowing:
    """What ``scope:`` in the config names: globs of names and ARNs, and the ARNs and ids that tags and stacks gave."""

    globs: tuple[str, ...] = ()
    exact: frozenset[str] = frozenset()
    active: bool = False

    def allows(self, resource: Resource) -> bool:
        """Whether a root may be one of this workload."""
        if not self.active or resource.kind in ACCOUNT_WIDE or not resource.identity.startswith("arn:"):
            return True
        names = keys_of(resource)
        return bool(names & self.exact) or any(fnmatchcase(name, glob) for name in names for glob in self.globs)


@dataclass
class Scope:
    """What belongs to the workload, growing while the account is read: ARNs, and names within a kind."""

    collectors: Mapping[str, Sequence[Collector]]
    narrowing: Narrowing = field(default_factory=Narrowing)
    arns: set[str] = field(default_factory=set)
    names: set[tuple[str, str]] = field(default_factory=set)
    passed_over: set[tuple[str, str]] = field(default_factory=set)

    def add(self, ref: Ref) -> None:
        """From now on this is of interest."""
        if ref.key.startswith("arn:"):
            self.arns.add(ref.key)
        self.names.add((ref.kind, ref.key))

    def add_deployed(self, resources: Sequence[Resource]) -> None:
        """What stacks and states say that declared resources became is of interest, and so are those stacks."""
        told = matched(resources)
        for pinned in pins(resources):
            self.add(Ref(VERSION, pinned))
        for resource in resources:
            for deployment in resource.deployments:
                for key in deployment.keys:
                    self.add(Ref(resource.kind, key))
            if record_of(resource) in told:
                self.add(Ref(resource.kind, resource.identity))

    @property
    def size(self) -> int:
        """How much is of interest by now."""
        return len(self.names)

    def knows(self, kind: str, key: str) -> bool:
        """Whether something of the workload, or the repository, names it."""
        return key in self.arns or (kind, key) in self.names

    def wanted(self, kind: str, names: Sequence[str]) -> bool:
        """Whether one of the names belongs to the workload; remembers what does not."""
        if any(self.knows(kind, name) for name in names):
            return True
        if kind not in (*OFFERED, VERSION):
            self.passed_over.add((kind, names[0] if names else ""))
        return False

    def members(self, resources: Sequence[Resource]) -> list[Resource]:
        """The resources of the workload; what they name is of interest from now on."""
        kept: dict[int, Resource] = {}
        grown = True
        while grown:
            new = [(i, r) for i, r in enumerate(resources) if i not in kept and self._belongs(r)]
            grown = bool(new)
            kept.update(new)
            for _, resource in new:
                for ref in (*(Ref(resource.kind, key) for key in keys_of(resource)), *references(resource.value)):
                    self.add(ref)
        return [kept[i] for i in sorted(kept)]

    def _belongs(self, resource: Resource) -> bool:
        if any(self.knows(resource.kind, key) for key in keys_of(resource)):
            return True
        collectors = self.collectors.get(resource.kind, ())
        beside = (ref for c in collectors if c.beside for ref in c.beside(resource.value))
        if any(self.knows(ref.kind, ref.key) for ref in beside):
            return True
        by_itself = not collectors or any(c.root(resource.value) is not False for c in collectors)
        return by_itself and self.narrowing.allows(resource)

    def left_out(self, resources: Iterable[Resource], kept: Iterable[Resource]) -> dict[str, int]:
        """How many resources of each kind were seen and are not of the workload."""
        inside = {(r.kind, key) for r in kept for key in keys_of(r)}
        outside = {(r.kind, r.identity) for r in resources} | self.passed_over
        return dict(sorted(Counter(kind for kind, _ in outside - inside).items()))


def scope_of(declared: Inventory, collectors: Sequence[Collector], narrowing: Narrowing) -> Scope:
    """The scope before anything was read: what the repository declares on AWS."""
    by_kind: dict[str, list[Collector]] = {}
    for collector in collectors:
        by_kind.setdefault(collector.kind, []).append(collector)
    scope = Scope(by_kind, narrowing)
    for resource in declared.resources:
        if resource.plane is Plane.DECLARED and resource.kind.startswith(("aws.", "repo.model_")):
            for ref in (*(Ref(resource.kind, alias) for alias in resource.aliases), *references(resource.value)):
                scope.add(ref)
    for name in (declared.settings.get("scope") or {}).get("stacks") or ():
        scope.add(Ref("aws.cloudformation.stack", name))
    return scope


def pins(resources: Iterable[Resource]) -> Iterator[str]:
    """The versions in which declared calls and agents use guardrails, by each key that the guardrail goes by."""
    listed = [r for r in resources if r.plane is Plane.DECLARED]
    for resource in listed:
        value = resource.value
        version = value.guardrail_version if isinstance(value, ModelCall | Agent) else None
        if isinstance(value, ModelCall | Agent) and isinstance(value.guardrail, Ref) and isinstance(version, str):
            key = value.guardrail.key
            became = (k for r in listed if r.identity == key for d in r.deployments for k in d.keys)
            yield from (f"{name}:{version}" for name in (key, *became))


def keys_of(resource: Resource) -> set[str]:
    """Everything that a resource may be named by."""
    return {resource.identity, *resource.aliases}


_OBJECTS = re.compile(r"(arn:[\w-]+:s3:::[^/*?]+)/")


def references(value: Kind) -> Iterator[Ref]:
    """What a resource names: other resources by key, and every ARN and key among its attributes."""
    for name, attribute in attributes_of(type(value)).items():  # type: ignore[arg-type]
        if not attribute.derived:
            yield from _named(getattr(value, name), KEY if name.endswith("kms_key") else "")


def _named(value: Any, kind: str) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, str) and (kind or value.startswith("arn:")):
        yield Ref(kind, value.removesuffix(":*"))
        if objects := _OBJECTS.match(value):
            yield Ref("aws.s3.bucket", objects.group(1))
    elif isinstance(value, tuple):
        for element in value:
            yield from _named(element, kind)
    elif isinstance(value, Kind):
        yield from references(value)

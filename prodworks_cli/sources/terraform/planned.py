"""The blocks of a root module with what a plan knows of them.

A resource of the sources keeps its place and address. One that only the plan shows (a module that is kept elsewhere)
stands where its module is called, or in the plan. What the plan leaves out on purpose is gone; what it does not know,
since it is older than the sources, stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from prodworks_cli.model import Gap, Location, Plane, Unknown
from prodworks_cli.node import Block, Content, Node, Reference
from prodworks_cli.sources.terraform.configured import Configured
from prodworks_cli.sources.terraform.merging import members
from prodworks_cli.sources.terraform.plan import Plan, Planned, key_of, module_of, without_keys
from prodworks_cli.sources.terraform.values import bounded

_MOST_NAMED = 5


@dataclass(frozen=True)
class Sources:
    """What the sources of one root module declare. ``prefix`` starts its addresses; ``modules`` are the addresses of
    the modules that were read, without keys, ``calls`` the places of all module blocks by such an address."""

    prefix: str
    blocks: tuple[Block, ...]
    modules: frozenset[str]
    calls: Mapping[str, Location]


@dataclass
class _Merging:
    plan: Plan
    sources: Sources
    names: dict[str, str] = field(default_factory=dict)
    templates: dict[str, Block] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)


def with_plan(plan: Plan, sources: Sources) -> tuple[tuple[Block, ...], tuple[Gap, ...]]:
    """The blocks of the root module as the plan has them, and what the plan does not know."""
    merging = _Merging(plan, sources)
    kept = [b for b in _matched(merging) if not _shown_better(b, merging)]
    added = _added(merging)
    configured = Configured(plan, sources.prefix, merging.names)
    found = [_block(p, merging, configured) for p in plan.planned.values() if p.address in merging.names]
    renamed = _Renaming({b.address for b in (*kept, *found)}, merging)
    return tuple(renamed.block(b) for b in (*kept, *found)), _older(plan, kept, sources, added)


def _matched(merging: _Merging) -> list[Block]:
    """Pair the blocks of the sources with the plan; the blocks that stay as they are written are given back."""
    single = _singles(merging.plan)
    kept, waiting = [], []
    for block in merging.sources.blocks:
        planned = single.get(block.address.removeprefix(merging.sources.prefix))
        if planned and planned.address not in merging.names:
            merging.names[planned.address] = block.address
            merging.templates[planned.address] = block
        else:
            waiting.append(block)
    for block in waiting:
        written = without_keys(block.address.removeprefix(merging.sources.prefix))
        instances = [p for p in merging.plan.by_block.get(written, ()) if p.address not in merging.names]
        for planned in instances:
            merging.names[planned.address] = merging.sources.prefix + planned.address
            merging.templates[planned.address] = block
        if not instances and not (block.conditional and written in merging.plan.declared):
            kept.append(block)
    return kept


def _shown_better(block: Block, merging: _Merging) -> bool:
    """Whether a block is what a description makes of a module, and the plan shows the module itself."""
    module = without_keys(module_of(block.address.removeprefix(merging.sources.prefix)))
    return module not in merging.sources.modules and module in merging.plan.modules


def _singles(plan: Plan) -> dict[str, Planned]:
    """The planned resources by address, and by address without the ``[0]`` of a count of one."""
    short: dict[str, list[Planned]] = {}
    for planned in plan.planned.values():
        short.setdefault(planned.address.replace("[0]", ""), []).append(planned)
    alone = {address: found[0] for address, found in short.items() if len(found) == 1}
    return {**alone, **plan.planned}


def _added(merging: _Merging) -> int:
    """Name the resources of modules that the sources only call; how many others the sources do not declare."""
    gone = 0
    for planned in merging.plan.planned.values():
        if planned.address in merging.names:
            continue
        if without_keys(planned.module) in merging.sources.modules:
            gone += 1
        else:
            merging.names[planned.address] = merging.sources.prefix + planned.address
    return gone


def _block(planned: Planned, merging: _Merging, configured: Configured) -> Block:
    address = merging.names[planned.address]
    template = merging.templates.get(planned.address)
    at = _called_at(planned, merging)
    source = template.body if template else configured.body(planned, at)
    found = members(planned.values, planned.unknown, planned.sensitive, source)
    unplanned = {k: v for k, v in source.members() if k not in found and k not in planned.values}
    body = {**unplanned, **found}
    region = merging.plan.region
    if region and planned.kind.startswith("aws_") and "region" not in body:
        body["region"] = Node(region, Location(merging.plan.path))
    return Block(planned.kind, address, bounded(Node(body, source.location)))


def _called_at(planned: Planned, merging: _Merging) -> Location:
    module = without_keys(planned.module)
    while module and module not in merging.sources.calls:
        module = module.rpartition(".module.")[0]
    return merging.sources.calls.get(module) or Location(merging.plan.path)


@dataclass(frozen=True)
class _Renaming:
    """References to a block that stood for several copies, led to the copy that the plan shows."""

    present: set[str]
    merging: _Merging

    def block(self, block: Block) -> Block:
        return Block(block.type, block.address, self._node(block.body, block.address), block.conditional)

    def _node(self, node: Node, home: str) -> Node:
        content: Content = node.content
        if isinstance(content, Reference) and content.address not in self.present:
            return Node(self._target(content, home), node.location)
        if isinstance(content, Mapping):
            return Node({k: self._node(v, home) for k, v in content.items()}, node.location)
        if isinstance(content, tuple):
            return Node(tuple(self._node(v, home) for v in content), node.location)
        return node

    def _target(self, reference: Reference, home: str) -> Content:
        prefix = self.merging.sources.prefix
        copies = self.merging.plan.by_block.get(without_keys(reference.address.removeprefix(prefix)), ())
        names = [self.merging.names[p.address] for p in copies if p.address in self.merging.names]
        same = [name for name in names if key_of(name) == key_of(home)]
        chosen = names if len(names) == 1 else same
        if len(chosen) == 1:
            return Reference(chosen[0], reference.attribute)
        return Unknown(f"one of the copies of {reference.address}", True, blocks=tuple(names)) if names else reference


def _older(plan: Plan, kept: Iterable[Block], sources: Sources, gone: int) -> tuple[Gap, ...]:
    """A note where the plan and the sources do not belong together; neither hides anything."""
    new = sorted(dict.fromkeys(_new(plan, kept, sources.prefix)))
    said = []
    if new:
        more = f" and {len(new) - _MOST_NAMED} more" if len(new) > _MOST_NAMED else ""
        said.append(f"it does not have {', '.join(new[:_MOST_NAMED])}{more}")
    if gone:
        said.append(f"{gone} of its resources are no longer declared")
    reason = f"the plan is older than the sources: {'; '.join(said)}"
    return (Gap("aws.*", Plane.DECLARED, plan.path, reason, minor=True),) if said else ()


def _new(plan: Plan, kept: Iterable[Block], prefix: str) -> Iterator[str]:
    for block in kept:
        written = without_keys(block.address.removeprefix(prefix))
        if written not in plan.declared and not block.type.startswith("data."):
            yield written

"""What a cloud assembly says, in place of what static reading of the same code found.

Resources keep the addresses and places that static reading gives them, so that a finding does not change its identity
when somebody runs ``cdk synth``; what the template leaves open (an import from another stack) static reading may know.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Block, Node, Reference
from prodworks_cli.sources import cloudformation
from prodworks_cli.sources.cdk.assembly import Assembly, place_of
from prodworks_cli.sources.cdk.values import Construct

MOST_OF_A_PATH = 20
"""Constructs at one path below their stacks: as many as there are stacks of one class."""


@dataclass
class Static:
    """What static reading found of one app, by the path of the construct below its stack.

    The names of stacks often depend on the environment; a path that two stacks have counts only in full.
    """

    constructs: Sequence[Construct]
    blocks: Mapping[str, Block]
    by_path: dict[str, list[Construct]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for construct in self.constructs:
            for path in dict.fromkeys((construct.below, *construct.resources)):
                if len(self.by_path[path]) < MOST_OF_A_PATH:
                    self.by_path[path].append(construct)

    def at(self, path: str, below: str) -> list[Construct]:
        """The constructs at a path of the assembly."""
        found = self.by_path.get(below, [])
        exact = [c for c in found if path == f"{c.stack}/{below}"]
        return exact or (found if len({c.stack for c in found}) == 1 else [])

    def block(self, kind: str, path: str, below: str) -> Block | None:
        """The block of this type at a path of the assembly."""
        return next((self.blocks[c.address] for c in self.at(path, below) if c.type == kind), None)


def blocks_of(assembly: Assembly, static: Static, known: Mapping[str, object]) -> dict[str, Block]:
    """The blocks of an assembly's templates, by their addresses there, with the addresses and places of the sources."""
    blocks, _ = cloudformation.read(tuple(assembly.templates.values()))
    counterparts = {b.address: _counterpart(b, assembly, static) for b in blocks}
    named = {b.address: _named(b, counterparts[b.address], assembly, static, known) for b in blocks}
    addresses = dict(_distinct((old, address) for old, (address, _) in named.items()))
    statements = _statements(static)
    there = frozenset(addresses.values())
    moves = {b.address: Move(addresses, named[b.address][1], statements, there) for b in blocks}
    return {b.address: _settled(b, counterparts[b.address], moves[b.address]) for b in blocks}


def _counterpart(block: Block, assembly: Assembly, static: Static) -> Block | None:
    path = assembly.paths.get(block.address)
    return static.block(block.type, path, assembly.below(path)) if path else None


def _named(
    block: Block, counterpart: Block | None, assembly: Assembly, static: Static, known: Mapping[str, object]
) -> tuple[str, Location | None]:
    """The address and place of a block; its own address and no place when its source is not known."""
    if counterpart is not None:
        return counterpart.address, counterpart.body.location
    path = assembly.paths.get(block.address, "")
    place = _place(path, assembly, static, known)
    return (f"{place.where}#{path}", place) if place else (block.address, None)


def _place(path: str, assembly: Assembly, static: Static, known: Mapping[str, object]) -> Location | None:
    """Where a construct, else the nearest one above it, is made."""
    while path:
        made = static.at(path, assembly.below(path))
        if made:
            return made[0].at
        frame = place_of(assembly.frames.get(path, ()), known)
        if frame is not None:
            return Location(*frame)
        path = path.rpartition("/")[0]
    return None


def _distinct(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    count: Counter[str] = Counter()
    for old, address in pairs:
        count[address] += 1
        yield old, address if count[address] == 1 else f"{address}:{count[address]}"


def _settled(block: Block, counterpart: Block | None, move: Move) -> Block:
    body = move.node(block.body, counterpart.body if counterpart else None)
    body = Node(body.content, move.place or block.body.location)
    return Block(block.type, move.addresses[block.address], body, block.conditional)


@dataclass(frozen=True)
class Move:
    """Gives the nodes of a template the addresses and places of the source code."""

    addresses: Mapping[str, str]
    place: Location | None
    statements: Mapping[tuple[str, ...], Location]
    there: frozenset[str]

    def node(self, node: Node, static: Node | None, at: Location | None = None) -> Node:
        """A node; ``static`` is what static reading found for it, ``at`` where what holds it is written."""
        at = self._place(node, static, at)
        content = node.content
        if isinstance(content, Mapping):
            return Node({k: self.node(v, _below(static, k), at) for k, v in content.items()}, at)
        if isinstance(content, tuple):
            return Node(tuple(self.node(e, _element(static, i), at) for i, e in enumerate(content)), at)
        if isinstance(content, Reference):
            return Node(Reference(self.addresses.get(content.address, content.address), content.attribute), at)
        if isinstance(content, Unknown):
            return static if static is not None and self._helps(static.content) else Node(self._unknown(content), at)
        return Node(content, at)

    def _helps(self, content: Any) -> bool:
        """Whether static reading knows more: a value, or a reference to something that the template has."""
        return _known(content) and (not isinstance(content, Reference) or content.address in self.there)

    def _place(self, node: Node, static: Node | None, at: Location | None) -> Location:
        if static is not None and static.present:
            return static.location
        written = self.statements.get(_actions(node)) if isinstance(node.content, Mapping) else None
        return written or at or self.place or node.location

    def _unknown(self, content: Unknown) -> Unknown:
        blocks = tuple(self.addresses.get(b, b) for b in content.blocks)
        return Unknown(content.reason, content.present, content.shape, blocks)


def _known(content: Any) -> bool:
    return content is not None and not isinstance(content, Unknown)


def _below(static: Node | None, key: str) -> Node | None:
    found = static.content.get(key) if static is not None and isinstance(static.content, Mapping) else None
    return found if isinstance(found, Node) else None


def _element(static: Node | None, i: int) -> Node | None:
    content = static.content if static is not None else None
    return content[i] if isinstance(content, tuple) and i < len(content) else None


def _statements(static: Static) -> dict[tuple[str, ...], Location]:
    """Where the policy statements that allow a set of actions are written, when one place allows just these."""
    found: dict[tuple[str, ...], set[Location]] = {}
    for block in (static.blocks[c.address] for c in static.constructs if c.type):
        for policy in (*block.body["Policies"].items(), block.body):
            for statement in policy["PolicyDocument"]["Statement"].items():
                actions = _actions(statement)
                if actions:
                    found.setdefault(actions, set()).add(statement.location)
    return {actions: next(iter(places)) for actions, places in found.items() if len(places) == 1}


def _actions(statement: Node) -> tuple[str, ...]:
    actions = statement["Action"].items()
    return tuple(sorted(a.text() or "" for a in actions)) if actions and all(a.text() for a in actions) else ()

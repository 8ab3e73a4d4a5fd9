"""Bodies of blocks as nodes, and the instances that ``count`` and ``for_each`` make of a block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.evaluation import Scope, evaluate, pairs
from prodworks_cli.sources.terraform.values import Unresolved, bounded, number, settled, text

MAX_INSTANCES = 100
_META = frozenset(("count", "for_each", "provider", "providers"))
_META_BLOCKS = frozenset(("provisioner", "connection", "precondition", "postcondition"))


@dataclass(frozen=True)
class Instance:
    """One copy of a block: the suffix of its address and what ``each`` and ``count`` mean in it."""

    suffix: str
    bound: Mapping[str, Node]


@dataclass(frozen=True)
class Instances:
    """All copies of a block. ``by`` is ``count``, ``for_each`` or empty for a block without either. ``open`` says
    that keys or number are not known: one copy stands for all; ``conditional`` that there may be none."""

    copies: tuple[Instance, ...]
    by: str = ""
    open: bool = False
    conditional: bool = False

    def value(self, of: Callable[[Instance], Content], at: Location) -> Content:
        """What the block's name means: one value, a list of them by count, or a mapping by key."""
        if not self.by or self.open:
            return of(self.copies[0])
        if self.by == "count":
            return tuple(Node(of(copy), at) for copy in self.copies)
        return {str(c.bound["each"]["key"].content): Node(of(c), at) for c in self.copies}


def instances(body: x.Body, scope: Scope) -> Instances:
    """The copies of a block, from its ``count`` or ``for_each``."""
    for name, read in (("count", _counted), ("for_each", _keyed)):
        argument = body.arguments.get(name)
        if argument is None:
            continue
        value = bounded(evaluate(argument.value, scope))
        try:
            return read(value)
        except Unresolved as problem:
            return _open(name, problem.unknown, argument.at)
    return Instances((Instance("", {}),))


def _counted(value: Node) -> Instances:
    total = int(number(value))
    if total > MAX_INSTANCES:
        unknown = Unknown(f"one of {total} copies", present=True)
        return _open("count", unknown, value.location, conditional=False)
    copies = (
        Instance(f"[{i}]" if total > 1 else "", {"count": Node({"index": Node(i, value.location)}, value.location)})
        for i in range(total)
    )
    return Instances(tuple(copies), "count")


def _keyed(value: Node) -> Instances:
    keyed = list(pairs(value))
    if len(keyed) > MAX_INSTANCES:
        unknown = Unknown(f"one of {len(keyed)} copies", present=True)
        return _open("for_each", unknown, value.location, conditional=False)
    if not isinstance(value.content, Mapping):
        keyed = [(item, item) for _, item in keyed]
    lost = next((key.unknown for key, _ in keyed if key.unknown), None)
    if lost:
        return _open("for_each", lost, value.location, conditional=not lost.present)
    copies = []
    for key, item in keyed:
        name = text(key)
        each = Node({"key": Node(name, key.location), "value": item}, item.location)
        copies.append(Instance(f'["{name}"]', {"each": each}))
    return Instances(tuple(copies), "for_each")


def _open(by: str, why: Unknown, at: Location, conditional: bool = True) -> Instances:
    names = ("index",) if by == "count" else ("key", "value")
    reason = f"{by} is not known: {why.reason}"
    bound = Node({name: Node(Unknown(reason, present=True), at) for name in names}, at)
    return Instances((Instance("", {"count" if by == "count" else "each": bound}),), by, True, conditional)


def body_node(body: x.Body, scope: Scope, at: Location, argument: Callable[[str], Node] | None = None) -> Node:
    """Arguments and nested blocks as one mapping; the blocks of one type are a list. ``argument`` gives the value of
    a top-level argument where the module already knows it."""
    members: dict[str, Node] = {}
    for name, written in body.arguments.items():
        if name not in _META:
            value = argument(name) if argument else settled(evaluate(written.value, scope))
            members[name] = Node(value.content, written.at)
    nested: dict[str, list[Node]] = {}
    for block in body.blocks:
        if block.type not in _META_BLOCKS:
            name, found = _nested(block, scope)
            nested.setdefault(name, []).extend(found)
    members.update({name: Node(tuple(found), found[0].location) for name, found in nested.items() if found})
    return Node(members, at)


def _nested(block: x.BlockSyntax, scope: Scope) -> tuple[str, list[Node]]:
    if block.type == "dynamic" and block.labels:
        return block.labels[0], list(_dynamic(block, scope))
    return block.type, [body_node(block.body, scope, block.at)]


def _dynamic(block: x.BlockSyntax, scope: Scope) -> Iterator[Node]:
    """One block for each element; a single unknown one when the elements are not known."""
    content = next((b for b in block.body.blocks if b.type == "content"), None)
    source = block.body.arguments.get("for_each")
    if content is None or source is None:
        return
    iterator = block.body.arguments.get("iterator")
    name = block.labels[0]
    if iterator is not None and isinstance(iterator.value, x.Variable):
        name = iterator.value.name
    try:
        elements = list(pairs(evaluate(source.value, scope)))
    except Unresolved as problem:
        yield Node(Unknown(problem.unknown.reason), block.at)
        return
    for key, value in elements[:MAX_INSTANCES]:
        if isinstance(value.content, Unknown) and not value.content.present:
            yield Node(Unknown(value.content.reason), block.at)
            continue
        bound = {name: Node({"key": key, "value": value}, block.at)}
        yield body_node(content.body, scope.bind(bound), content.at)
    if len(elements) > MAX_INSTANCES:
        yield Node(Unknown(f"more than {MAX_INSTANCES} blocks", present=True), block.at)

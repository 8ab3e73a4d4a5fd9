"""Tags that CDK code gives to everything below a construct."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworks_cli.model import Location
from prodworks_cli.node import Block, Node
from prodworks_cli.sources.cdk.settle import construct_of
from prodworks_cli.sources.cdk.values import Construct, Open, members_of, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

ADD = "core.Tags.of.add"
MOST_TAGS = 500
_STACKS = ("core.Stack", "core.NestedStack", "core.Stage")


@dataclass(frozen=True)
class Tag:
    """A tag for what lies at or below ``path``; the empty path is the whole app."""

    path: str
    key: Node
    value: Node


def add_tag(library: Library, evaluator: Evaluator, of: Node, arguments: tuple[Node, ...], at: Location) -> Node:
    """``Tags.of(scope).add(key, value)``"""
    scope = construct_of(of)
    if scope is not None and arguments:
        key = arguments[0] if not evaluator.optional else unknown("a tag that is given on a condition", at)
        value = arguments[1] if len(arguments) > 1 else Node(None, at)
        library.tags.append(Tag(scope.path, key, value))
    return Node(None, at)


def _of_stacks(constructs: Iterable[Construct]) -> Iterable[Tag]:
    for construct in constructs:
        if construct.symbol in _STACKS:
            given = construct.given["tags"]
            yield from (Tag(construct.path, Node(k, v.location), v) for k, v in members_of(given).items())
            if given.unknown or isinstance(given.content, Open):
                yield Tag(construct.path, unknown("tags that the stack is given", given.location), given)


def tagged(
    pairs: Iterable[tuple[Construct, Block]], tags: Sequence[Tag], constructs: Iterable[Construct]
) -> tuple[Block, ...]:
    """The blocks with the tags that their stacks and the code around them give."""
    every = (*_of_stacks(constructs), *tags)[:MOST_TAGS]
    return tuple(with_tags(block, [t for t in every if _covers(t, construct)]) for construct, block in pairs)


def _covers(tag: Tag, construct: Construct) -> bool:
    return not tag.path or construct.path == tag.path or construct.path.startswith(f"{tag.path}/")


def with_tags(block: Block, tags: Sequence[Tag]) -> Block:
    """A block with more tags; one that it has stays as it is."""
    own = block.body["Tags"]
    if not tags or own.unknown or not isinstance(block.body.content, Mapping):
        return block
    members = dict(block.body.content)
    members["Tags"] = _joined(own, tags)
    content = block.body.content
    made = Open(members, content.reason, content.at) if isinstance(content, Open) else members
    return Block(block.type, block.address, node(made, block.body.location), block.conditional)


def _joined(own: Node, tags: Sequence[Tag]) -> Node:
    before = [node({"Key": Node(k, v.location), "Value": v}, v.location) for k, v in own.members()]
    listed = own.content if isinstance(own.content, tuple) else tuple(before)
    known = {pair["Key"].text() for pair in listed} - {None}
    # The last of several tags with one key counts.
    new = {t.key.text() or t: t for t in tags if t.key.text() not in known}.values()
    pairs = [node({"Key": t.key, "Value": t.value}, t.key.location) for t in new]
    return node((*listed, *pairs), tags[0].key.location)

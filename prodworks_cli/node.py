"""Nodes: one located, read-only view of parsed Terraform, CloudFormation, source literals and API answers.

Readers in ``sources`` build nodes, adapters in ``resources`` read them. A node never raises on hostile input:
a missing key is an absent node, a key of something unresolved is unresolved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Location, Unknown


@dataclass(frozen=True)
class Reference:
    """A value that is an attribute of another declared block, known by name only until deployment.

    ``address`` is the block's identity (``infra/aws_s3_bucket.logs``, ``template.yaml#LogBucket``), ``attribute``
    the attribute asked for (``arn``, ``id``, ``Ref``).
    """

    address: str
    attribute: str

    def unresolved(self) -> Unknown:
        """The value as an attribute that is no reference sees it: present, not known before deployment."""
        return Unknown(f"known after deployment: {self.address} {self.attribute}", present=True)


Scalar = str | int | float | bool | None
Content = Scalar | Unknown | Reference | Mapping[str, "Node"] | tuple["Node", ...]


def blocks_in(contents: Iterable[Content]) -> tuple[str, ...]:
    """The addresses of the declared blocks that values name, or hold an attribute of, each once."""
    found: dict[str, None] = {}
    for content in contents:
        if isinstance(content, Reference):
            found[content.address] = None
        elif isinstance(content, Unknown):
            found.update(dict.fromkeys(content.blocks))
    return tuple(found)


@dataclass(frozen=True)
class Node:
    """A value with its place. ``content`` of ``None`` means known to be absent (or null)."""

    content: Content
    location: Location

    def __getitem__(self, key: str) -> Node:
        """The member ``key`` of a mapping; absent in anything else that is known, unknown in what is unknown."""
        if isinstance(self.content, Mapping):
            return self.content.get(key) or Node(None, self.location)
        if isinstance(self.content, Unknown):
            return Node(Unknown(self.content.reason), self.location)
        if isinstance(self.content, Reference):
            return Node(self.content.unresolved(), self.location)
        return Node(None, self.location)

    def at(self, *path: str) -> Node:
        """The member at the end of ``path``; a list on the way (an HCL block) counts as its first element."""
        node = self
        for key in path:
            items = node.content
            node = (items[0] if isinstance(items, tuple) and items else node)[key]
        return node

    def first_of(self, *keys: str) -> Node:
        """The first of several spellings of one key that is present."""
        found = (self[key] for key in keys)
        return next((n for n in found if n.content is not None), Node(None, self.location))

    def items(self) -> tuple[Node, ...]:
        """The elements of a list; one element for any other known value; an unknown node stays one unknown element."""
        if isinstance(self.content, tuple):
            return self.content
        return () if self.content is None else (self,)

    def members(self) -> Iterator[tuple[str, Node]]:
        """Keys and values of a mapping; nothing for anything else."""
        if isinstance(self.content, Mapping):
            yield from self.content.items()

    def leaves(self) -> Iterator[Node]:
        """All values below the node that are neither mapping nor list."""
        stack = [self]
        while stack:
            node = stack.pop()
            if isinstance(node.content, Mapping):
                stack.extend(node.content.values())
            elif isinstance(node.content, tuple):
                stack.extend(node.content)
            else:
                yield node

    def text(self) -> str | None:
        """The text when it is a known text, else ``None``: for adapters that branch on a literal."""
        return self.content if isinstance(self.content, str) else None

    @property
    def unknown(self) -> Unknown | None:
        """Why the value is not known, or ``None`` when it is known (present or absent)."""
        if isinstance(self.content, Reference):
            return self.content.unresolved()
        return self.content if isinstance(self.content, Unknown) else None

    @property
    def present(self) -> bool:
        """Whether there is a value at all, known or not."""
        return self.content is not None

    def map(self, convert: Callable[[Scalar], Content]) -> Node:
        """The node with a known scalar converted; absent, unknown and structured content stay as they are."""
        if isinstance(self.content, str | int | float | bool):
            return Node(convert(self.content), self.location)
        return self

    def plain(self) -> object:
        """The content as plain data (for hashing, JSON text and tests); unresolved parts become ``Unknown``."""
        if isinstance(self.content, Mapping):
            return {key: node.plain() for key, node in self.content.items()}
        if isinstance(self.content, tuple):
            return [node.plain() for node in self.content]
        return self.unknown or self.content


def node_of(data: object, location: Location) -> Node:
    """Plain data (parsed JSON, an API answer) as nodes that all carry one location. Other types become text."""
    if isinstance(data, Mapping):
        return Node({str(key): node_of(value, location) for key, value in data.items()}, location)
    if isinstance(data, list | tuple):
        return Node(tuple(node_of(value, location) for value in data), location)
    if data is None or isinstance(data, str | int | float | bool | Unknown | Reference):
        return Node(data, location)
    return Node(data.isoformat() if hasattr(data, "isoformat") else str(data), location)


@dataclass(frozen=True)
class Block:
    """One declared resource, before any service is known.

    ``type`` is ``aws_bedrock_guardrail`` or ``AWS::Bedrock::Guardrail``; ``address`` its identity; ``body`` the
    arguments (Terraform) or Properties (CloudFormation). ``conditional`` says that it may not be created
    (``count = var.x ? 1 : 0``, a CloudFormation condition that is not decided).
    """

    type: str
    address: str
    body: Node
    conditional: bool = False


@dataclass(frozen=True)
class Declarations:
    """All blocks of a repository, with the look-ups adapters need."""

    blocks: tuple[Block, ...]

    def of_type(self, *types: str) -> tuple[Block, ...]:
        """The blocks of these types, in the order read."""
        return tuple(b for b in self.blocks if b.type in types)

    def named(self, address: str) -> Block | None:
        """The block of an address, as a :class:`Reference` gives it."""
        return next((b for b in self.blocks if b.address == address), None)

    def pointing_at(self, target: Block, key: str, *types: str) -> tuple[Block, ...]:
        """Blocks of ``types`` whose argument ``key`` refers to ``target`` (or names it by its literal name)."""
        names = {target.body.first_of("bucket", "name", "Name", "BucketName", "RoleName").text()} - {None}
        return tuple(b for b in self.of_type(*types) if _points(b.body[key], target.address, names))


def _points(node: Node, address: str, names: set[str | None]) -> bool:
    if isinstance(node.content, Reference):
        return node.content.address == address
    return node.text() in names

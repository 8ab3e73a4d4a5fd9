"""Bodies, records and assembled kinds from plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Block, Declarations, Reference, node_of
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.registry import declared_adapters, observed_adapters, part_adapters
from prodworks_cli.schema import Draft, assemble

DENIED = Unknown("AccessDenied", present=True)


def block(kind: str, address: str, body: Mapping[str, object], line: int = 1, conditional: bool = False) -> Block:
    return Block(kind, address, node_of(body, Location("main.tf", line)), conditional)


def ref(address: str, attribute: str = "arn") -> Reference:
    return Reference(address, attribute)


def drafted(*blocks: Block) -> Draft:
    """What the first block declares, among all of them."""
    found = declares(*blocks)
    assert found is not None
    return found


def declares(*blocks: Block) -> Draft | None:
    """The same, ``None`` where the first block is none of the kind."""
    return declared_adapters()[blocks[0].type](blocks[0], Declarations(blocks))


def declare(*blocks: Block) -> Any:
    return assemble(drafted(*blocks))[0]


def declared(kind: str, body: Mapping[str, object], *others: Block) -> Any:
    return declare(block(kind, "infra/subject", body), *others)


def parts(*blocks: Block) -> list[Any]:
    """What the first block declares besides the resource of its type."""
    return [assemble(d)[0] for d in part_adapters()[blocks[0].type](blocks[0], Declarations(blocks))]


def part(kind: str, body: Mapping[str, object], *others: Block) -> Any:
    (found,) = parts(block(kind, "infra/subject", body), *others)
    return found


def record(kind: str, answers: Mapping[str, object], identity: str = "subject") -> Record:
    at = Location("123456789012/eu-west-1", call="test:Read")
    return Record(kind, identity, "123456789012", "eu-west-1", node_of(answers, at))


def observe(kind: str, answers: Mapping[str, object], identity: str = "subject") -> Any:
    return assemble(observed_adapters()[kind](record(kind, answers, identity)))[0]

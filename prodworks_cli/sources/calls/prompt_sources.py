"""What the texts of a request are made of, as the attributes of a model call say it, for the flows of all languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.flows import (
    IDENTITY,
    INPUT,
    OUTPUT,
    PARAMETER,
    RETRIEVED,
    STORED,
    UNKNOWN,
    Leaf,
    Trace,
)

_WORDS = {INPUT: "request", OUTPUT: "output", RETRIEVED: "retrieved", IDENTITY: "identity", STORED: "stored"}
ASSEMBLED = "a function that is not in the repository may put a request into the system prompt"


def system_sources(trace: Trace[Any]) -> tuple[Drafted, ...]:
    """The kinds of what a system prompt is made of; what is not known stays unknown.

    A request that carries the whole list of messages, as one to a gateway does, may hold a system prompt of its own.
    """
    found: list[Drafted] = []
    for leaf in trace.leaves:
        if leaf.kind == INPUT and "messages" in leaf.path:
            found.append(Unknown("the caller sends whole messages, system prompt included"))
        elif leaf.kind in _WORDS and leaf.certain:
            found.append(Node(_WORDS[leaf.kind], leaf.site.module.at(leaf.site.node)))
        elif leaf.kind in (PARAMETER, UNKNOWN):
            found.append(_outside(leaf))
    return tuple(_distinct(found)) or ("constant",)


def untrusted_sources(trace: Trace[Any]) -> tuple[Drafted, ...]:
    """Who else than the developer wrote what is asked: people, documents, other models."""
    found: list[Drafted] = [_WORDS[x.kind] for x in trace.kinds(INPUT, RETRIEVED, OUTPUT) if x.certain]
    opened = trace.kinds(PARAMETER, UNKNOWN)
    return tuple(_distinct([*found, *map(_outside, opened[:1])]))


def _outside(leaf: Leaf[Any]) -> Unknown:
    if leaf.kind == UNKNOWN:
        return Unknown(leaf.name)
    return Unknown(f"parameter {leaf.name} comes from outside the repository")


def _distinct(found: Iterable[Drafted]) -> Iterator[Drafted]:
    seen: set[object] = set()
    for item in found:
        key = item.content if isinstance(item, Node) else item
        if key not in seen:
            seen.add(key)
            yield item

"""The part of a request that is the same in each call: how long it is, and whether it is marked to be cached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.content import OPEN

# Keys that mark the end of what is cached: of the Converse API, of Anthropic's bodies, of the AI SDK.
MARKS = frozenset({"cachePoint", "cache_point", "cache_control", "cacheControl"})
CHARACTERS_PER_TOKEN = 4
MAX_NODES = 2_000


def cached(parts: Sequence[Content]) -> bool | Unknown:
    """Whether something in the parts of a request is marked; unknown where a part is not written out."""
    nodes = [n for part in parts for n in _below(part)]
    if any(key in MARKS for key, _ in nodes):
        return True
    unread = next((c for key, c in nodes if isinstance(c, Unknown) and (key == OPEN or c in parts)), None)
    return Unknown(unread.reason) if unread is not None else False


def tokens(parts: Sequence[Content]) -> int | Unknown:
    """About how many tokens the fixed parts of a request have, up to the first that is filled in with each call."""
    length = 0
    for part in parts:
        for key, content in _below(part):
            if isinstance(content, Unknown):
                filled = content.shape.find("${") if content.shape is not None else -1
                return (length + filled) // CHARACTERS_PER_TOKEN if filled >= 0 else Unknown(content.reason)
            length += len(content) if isinstance(content, str) else 0
            length += len(key)
    return length // CHARACTERS_PER_TOKEN


def _below(content: Content, key: str = "") -> Iterator[tuple[str, Content]]:
    """What is in a value at any depth, with the key under which it stands."""
    stack: list[tuple[str, Content]] = [(key, content)]
    for _ in range(MAX_NODES):
        if not stack:
            return
        name, current = stack.pop()
        yield name, current
        if isinstance(current, Mapping):
            stack.extend((k, n.content) for k, n in reversed(list(current.items())))
        elif isinstance(current, tuple):
            stack.extend(("", n.content) for n in reversed(current) if isinstance(n, Node))

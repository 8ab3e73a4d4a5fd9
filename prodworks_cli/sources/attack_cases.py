"""Cases of evaluation suites that try to break the application, as their labels say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from prodworks_cli.lazy import regex
from prodworks_cli.node import Node

# So many cases are an attempt; one or two are an afterthought.
MANY = 10
_ATTACK = regex(
    r"inject|jailbreak|\bleak|adversar|red[- _]?team|\battacks?\b|exfiltrat|\bdan\b|prompt[- _](?:extraction|theft)",
    re.IGNORECASE,
)
_CODE = regex(r"prompt[- _]?injection|jailbreak|adversarial|red[- _]?team", re.IGNORECASE)
# Where a case says what it is for; what it asks is not read.
_LABELS = frozenset(
    (
        *("category", "categories", "type", "kind", "label", "labels", "tag", "tags", "description", "name", "id"),
        *("attack", "attack_type", "risk", "metadata", "group", "topic", "scenario", "intent"),
    )
)
_DEPTH = 3


def is_attack(case: object, depth: int = _DEPTH) -> bool:
    """Whether a label of a case names an attack."""
    return any(_ATTACK.search(text) for text in _labels(case, depth))


def _labels(case: object, depth: int) -> Iterator[str]:
    if not isinstance(case, Mapping) or not depth:
        return
    for key, value in case.items():
        if str(key).lower() not in _LABELS:
            continue
        yield from (v for v in (value if isinstance(value, list | tuple) else [value]) if isinstance(v, str))
        yield from _said(value, depth)


def _said(value: object, depth: int) -> Iterator[str]:
    """The texts below a label that has members of its own, whatever these are called."""
    if isinstance(value, Mapping):
        yield from (v for v in value.values() if isinstance(v, str))
        yield from _labels(value, depth - 1)


def plain(node: Node) -> object:
    """A node of a settings file as plain data; what is not known is left out."""
    content = node.content
    if isinstance(content, Mapping):
        return {key: plain(value) for key, value in content.items()}
    return [plain(e) for e in content] if isinstance(content, tuple) else content if isinstance(content, str) else None


def speaks_of_attacks(text: str) -> bool:
    """Whether code names an attack."""
    return _CODE.search(text) is not None


def line_of(text: str, match: re.Match[str]) -> int:
    """The line of a match."""
    return text.count("\n", 0, match.start()) + 1

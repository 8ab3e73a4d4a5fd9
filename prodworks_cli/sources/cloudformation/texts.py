"""Texts that are put together from resolved and unresolved parts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Reference, blocks_in

MAX_TEXT = 100_000
PLACEHOLDER = "${...}"

# The body may hold the placeholder of an unresolved part, and no other brace, so that matching stays linear.
_DYNAMIC = re.compile(r"\{\{resolve:([a-z-]{1,32})(?:[^{}]|\$\{\.\.\.\})*\}\}")
_SERVICES = frozenset({"ssm", "ssm-secure", "secretsmanager"})


def as_text(content: Content) -> str | None:
    """A known scalar as CloudFormation writes it into a text; ``None`` for anything else."""
    if isinstance(content, bool):
        return "true" if content else "false"
    return str(content) if isinstance(content, str | int | float) else None


def concatenate(parts: Iterable[Content]) -> Content:
    """The text of ``parts`` in order. A sole unresolved part is itself; among others it becomes a placeholder."""
    contents = [part for part in parts if part is not None and part != ""]
    if len(contents) == 1 and isinstance(contents[0], Unknown | Reference):
        return contents[0]
    unresolved = [_unresolved(content) for content in contents]
    pieces = [as_text(c) if u is None else u.shape or PLACEHOLDER for c, u in zip(contents, unresolved, strict=True)]
    if sum(len(piece or "") for piece in pieces) > MAX_TEXT:
        return Unknown(f"a text of more than {MAX_TEXT} characters", present=True)
    text = "".join(piece or "" for piece in pieces)
    first = next((u for u in unresolved if u is not None), None)
    if first is None:
        return text
    present = any(u is None or u.present or u.shape for u in unresolved)
    return Unknown(first.reason, present=present, shape=text, blocks=blocks_in(contents))


def withhold(content: Content) -> Content:
    """``content``, or an unknown in place of a text with a dynamic reference, whose value is known at deployment."""
    text = content.shape if isinstance(content, Unknown) else content
    if not isinstance(text, str) or (match := _DYNAMIC.search(text)) is None:
        return content
    service = f" to {match[1]}" if match[1] in _SERVICES else ""
    shape = _DYNAMIC.sub(PLACEHOLDER, text)
    return Unknown(f"dynamic reference{service}", present=True, shape=None if shape == PLACEHOLDER else shape)


def _unresolved(content: Content) -> Unknown | None:
    if isinstance(content, Reference):
        return content.unresolved()
    if isinstance(content, Unknown):
        return content
    return None if as_text(content) is not None else Unknown("a part that is not a text")

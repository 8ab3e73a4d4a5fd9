"""Globs of kinds: what a gap may hide, and which kinds are GenAI."""

from __future__ import annotations

from fnmatch import fnmatchcase

_SPECIAL = frozenset("*?[")


def covers(kinds: str, kind: str) -> bool:
    """Whether a kind, or a glob of kinds such as ``aws.bedrock.*``, holds ``kind``.

    Asked thousands of times, mostly with a star at the end: that needs no regular expression.
    """
    start = kinds.removesuffix("*")
    if not _SPECIAL.isdisjoint(start):
        return fnmatchcase(kind, kinds)
    return kind == kinds if start == kinds else kind.startswith(start)

"""Globs of kinds, and of actions in policies."""

from __future__ import annotations

from fnmatch import fnmatchcase

_SPECIAL = frozenset("*?[")


def covers(glob: str, name: str) -> bool:
    """Whether a name, or a glob of names such as ``aws.bedrock.*``, holds ``name``.

    Asked thousands of times, mostly with a star at the end: that needs no regular expression.
    """
    start = glob.removesuffix("*")
    if not _SPECIAL.isdisjoint(start):
        return fnmatchcase(name, glob)
    return name == glob if start == glob else name.startswith(start)

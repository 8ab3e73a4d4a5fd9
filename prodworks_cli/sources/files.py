"""Files of a repository as the other sources see them: path, bytes, and the part they play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from prodworks_cli.model import Gap, Skipped


class Part(StrEnum):
    """What a file is for; only production files are judged (examples count when there is nothing else)."""

    PRODUCTION = "production"
    TEST = "test"
    EXAMPLE = "example"
    NOTEBOOK = "notebook"
    DOCS = "docs"
    AGENT_INSTRUCTIONS = "agent-instructions"
    VENDORED = "vendored"


@dataclass(frozen=True)
class File:
    """One tracked file, read once. ``path`` is relative to the audited folder, with forward slashes."""

    path: str
    data: bytes
    part: Part

    @cached_property
    def text(self) -> str | None:
        """The content as UTF-8 text, or ``None`` when it is not."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None


@dataclass(frozen=True)
class Tree:
    """The files of one repository, and those that were left out with the reason."""

    name: str
    files: tuple[File, ...]
    skipped: tuple[Skipped, ...] = ()
    gaps: tuple[Gap, ...] = ()
    commit: str | None = None
    dirty: bool | None = None


def tree_of(contents: Mapping[str, str], name: str = "example") -> Tree:
    """A tree from texts in memory: rule examples and tests."""
    return Tree(name, tuple(File(p, t.encode(), part_of(p)) for p, t in sorted(contents.items())))


def part_of(path: str) -> Part:
    raise NotImplementedError

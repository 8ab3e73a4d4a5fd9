"""Files of a repository as the other sources see them: path, bytes, and the part they play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from prodworks_cli.model import Gap, Skipped
from prodworks_cli.sources.parts import CODE, Part, part_of, suffix_of
from prodworks_cli.sources.vocabulary import Vocabulary

__all__ = ["JUDGED", "File", "Part", "Result", "Tree", "judged", "part_of", "tree_of"]

JUDGED = (Part.PRODUCTION, Part.EXAMPLE)
"""The parts that may be judged as production."""


@dataclass(frozen=True)
class File:
    """One tracked file, read once. ``path`` is relative to the audited folder, with forward slashes."""

    path: str
    data: bytes
    part: Part
    vocabulary: Vocabulary | None = field(default=None, compare=False, repr=False)
    """The words of all files that this one is read with."""

    def holds(self, words: tuple[bytes, ...], *, folded: bool = False) -> bool:
        """Whether the content holds one of some words; where ``folded``, one in lower case in any case."""
        if self.vocabulary is not None:
            return self.path in self.vocabulary.having(words, folded=folded)
        data = self.data.lower() if folded else self.data
        return any(word in data for word in words)

    @property
    def text(self) -> str | None:
        """The content as UTF-8 text, ``None`` when it is not; decoded on each use, since kept texts double memory."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None


@dataclass(frozen=True)
class Tree:
    """The files of one repository, and those that were left out with the reason. ``plans`` are given beside them.

    ``locks`` are the lock files, which nobody reads but for versions of packages.
    ``assembly`` holds what ``cdk synth`` made of CDK code, whether git tracks it or not; the assemblies in the folders
    ``given`` count as newer than the code. ``snapshots`` are those of tests that hold templates.
    """

    name: str
    files: tuple[File, ...]
    skipped: tuple[Skipped, ...] = ()
    gaps: tuple[Gap, ...] = ()
    commit: str | None = None
    dirty: bool | None = None
    plans: tuple[File, ...] = ()
    assembly: tuple[File, ...] = ()
    given: tuple[str, ...] = ()
    locks: tuple[File, ...] = ()
    snapshots: tuple[File, ...] = ()


def tree_of(contents: Mapping[str, str], name: str = "example") -> Tree:
    """A tree from texts in memory: rule examples and tests."""
    files = [File(p, t.encode(), part_of(p)) for p, t in sorted(contents.items())]
    made = tuple(replace(f, part=Part.ASSEMBLY) for f in files if "cdk.out" in f.path.split("/"))
    rest = [f for f in files if "cdk.out" not in f.path.split("/")]
    locks, shown = (tuple(f for f in rest if f.part is part) for part in (Part.LOCK, Part.SNAPSHOT))
    read = tuple(f for f in rest if f.part not in (Part.LOCK, Part.SNAPSHOT))
    return Tree(name, read, assembly=made, locks=locks, snapshots=shown)


def judged(tree: Tree) -> tuple[File, ...]:
    """The files to judge as production: those of that part, or examples too when no production code exists."""
    produced = any(f.part is Part.PRODUCTION and suffix_of(f.path) in CODE for f in tree.files)
    parts = (Part.PRODUCTION,) if produced else JUDGED
    chosen = [f for f in tree.files if f.part in parts]
    vocabulary = Vocabulary({f.path: f.data for f in chosen})
    return tuple(replace(f, part=Part.PRODUCTION, vocabulary=vocabulary) for f in chosen)


Result = File | Skipped | Gap | None

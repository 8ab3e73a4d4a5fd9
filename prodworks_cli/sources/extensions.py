"""Marks of code that keeps vectors in a database or a search domain, as blocks beside the declared ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from prodworks_cli.lazy import regex
from prodworks_cli.model import Location
from prodworks_cli.node import Block, Node
from prodworks_cli.resources.vectors import EXTENSIONS
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.parts import CODE, suffix_of

_MARKS = {
    "pgvector": regex(
        r"\bpg_?vector\b|create\s{1,9}extension\s{1,9}(?:if\s{1,9}not\s{1,9}exists\s{1,9})?vector\b", re.I
    ),
    "knn": regex(r"\bknn_vector\b|\bOpenSearchVector(?:Search|Store|Client)\b"),
}
# In every match of each.
_WORDS = (b"vector",)
_READ = CODE | {".sql", ".toml", ".txt", ".json", ".yaml", ".yml"}


def read(files: Iterable[File]) -> tuple[Block, ...]:
    """One block for each extension that a production file uses."""
    found: dict[str, Block] = {}
    for file in files:
        if file.part is Part.PRODUCTION and suffix_of(file.path) in _READ and len(found) < len(_MARKS):
            found |= {b.type: b for b in _marks(file) if b.type not in found}
    return tuple(found.values())


def _marks(file: File) -> Iterator[Block]:
    text = (file.text or "") if file.holds(_WORDS, folded=True) else ""
    for name, pattern in _MARKS.items():
        match = pattern.search(text)
        if match:
            line = text.count("\n", 0, match.start()) + 1
            yield Block(EXTENSIONS[name], file.path, Node({}, Location(file.path, line)))

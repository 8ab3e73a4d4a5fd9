"""CODEOWNERS: who owns a path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworks_cli.sources.files import File
from prodworks_cli.sources.patterns import spec_of

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

# GitHub takes the first of the first three; GitLab has a place of its own.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_SECTION = re.compile(r"^\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>.*)$")


@dataclass(frozen=True)
class Rule:
    """One line: a pattern, its owners (none means that nobody owns it) and the GitLab section it stands in."""

    pattern: str
    owners: tuple[str, ...]
    section: str = ""

    def matches(self, path: str, spec: GitIgnoreSpec) -> bool:
        """Whether the line covers ``path``; ``spec`` is its compiled pattern."""
        if not spec.match_file(path):
            return False
        # Unlike in .gitignore, ``docs/*`` stops at the files of that folder.
        direct = self.pattern.endswith("/*") and "**" not in self.pattern
        return not direct or path.count("/") == self.pattern.strip("/").count("/")


@dataclass(frozen=True)
class Owners:
    """The rules of one CODEOWNERS file, in order; empty without a file."""

    rules: tuple[tuple[Rule, GitIgnoreSpec], ...] = ()

    def of(self, path: str) -> tuple[str, ...]:
        """Owners of ``path`` (teams, users, mail addresses): the last match wins, in each section of its own."""
        last = {rule.section: rule.owners for rule, spec in self.rules if rule.matches(path, spec)}
        return tuple(dict.fromkeys(owner for owners in last.values() for owner in owners))


def read(files: Iterable[File]) -> Owners:
    """The owners that the repository's CODEOWNERS file names."""
    texts = {f.path: f.text for f in files if f.path in PLACES}
    text = next((texts[place] for place in PLACES if place in texts), None)
    return Owners(tuple(_rules(text or "")))


def _rules(text: str) -> Iterable[tuple[Rule, GitIgnoreSpec]]:
    section, defaults = "", _owners([])
    for line in map(str.strip, text.splitlines()):
        header = _SECTION.match(line)
        if header:
            section, defaults = header["name"].lower(), _owners(header["owners"].split())
            continue
        words = re.split(r"(?<!\\)\s+", line)
        if words[0] and words[0][0] not in "#!":
            # GitHub and GitLab know no character ranges: brackets stand for themselves.
            pattern = re.sub(r"(?<!\\)([\[\]])", r"\\\1", words[0])
            yield Rule(words[0], _owners(words[1:]) or defaults, section), spec_of([pattern])


def _owners(words: list[str]) -> tuple[str, ...]:
    comment = next((i for i, word in enumerate(words) if word.startswith("#")), len(words))
    return tuple(word for word in words[:comment] if "@" in word)

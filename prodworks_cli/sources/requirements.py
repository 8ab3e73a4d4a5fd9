"""Files of requirements as pip reads them: which lines leave the version open."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prodworks_cli.lazy import regex

_EDITABLE = regex(r"(?:-e|--editable)[ =]\s*")
_OPTION = regex(r"-[\w-]|--\w")
_PATH = regex(r"(?:\.{1,2}(?:/|$)|file:|/)|.*@\s*(?:file:|\.)")
_PINNED = regex(r"[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]{0,200}\])?\s*={2,3}\s*[^\s*;,]+\s*(?:;|--|\s|$)")
_COMMIT = regex(r"git\+[^\s#]{1,500}@[0-9a-f]{40}\b")
_ARCHIVE = regex(r"https?://[^\s#]{1,500}#(?:[^\s]{0,200}&)?sha(?:256|384|512)=")


# What checks, documents or deploys a program, and is no part of it.
_TOOL = regex(
    r"(?:mkdocs|sphinx|pytest|types-|flake8|pylint|mypy|ruff|black|isort|bandit|coverage|tox|nox|pre-commit|twine|build"
    r"|wheel|setuptools|pip|pymdown-extensions|checkov|cfn-lint|commitizen|detect-secrets|pip-audit|pip-tools|moto)"
    r"(?:[-_][\w-]*)?(?=[\s\[=<>~!;@]|$)",
    re.I,
)


def has_requirements(text: str) -> bool:
    """Whether a file names a package that a program needs to run, and not only tools that check or document it."""
    return any(not _TOOL.match(line) for _, line in _requirements(text))


def first_loose(text: str) -> int | None:
    """The line of the first requirement that is no exact version with a hash; ``None`` when there is none."""
    return next((number for number, line in _requirements(text) if not _is_fixed(line)), None)


def _is_fixed(line: str) -> bool:
    if _COMMIT.search(line) or _ARCHIVE.search(line):
        return True
    return bool(_PINNED.match(line)) and "--hash=" in line


def _requirements(text: str) -> Iterator[tuple[int, str]]:
    """The requirements with the numbers of their first lines: no comments, options or folders of the repository."""
    for number, line in _logical(text):
        bare = _EDITABLE.sub("", re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip(), count=1)
        if bare and not _OPTION.match(bare) and not _PATH.match(bare):
            yield number, bare


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that continue them."""
    held: list[str] = []
    first = 1
    for number, line in enumerate(text.splitlines(), 1):
        first = first if held else number
        if line.endswith("\\"):
            held.append(line[:-1])
            continue
        yield first, " ".join([*held, line])
        held = []
    if held:
        yield first, " ".join(held)

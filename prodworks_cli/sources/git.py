"""The few questions asked of git, in a way that runs nothing a hostile repository configures."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Set for hooks and by some CI systems: they would point git at another repository than the audited one.
_REDIRECTS: tuple[str, ...] = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
)
_REDIRECTS += ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")
# fsmonitor and hooks are programs; a partial clone would fetch, with a transport that can be a program too.
_SAFE = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "protocol.allow=never")
_TIMEOUT_SECONDS = 60


def listed_files(root: Path) -> tuple[bytes, ...] | None:
    """Paths below ``root`` that git tracks or would track, relative to it; ``None`` when git cannot say.

    A folder that an outer repository ignores lists nothing and counts as "cannot say".
    """
    output = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = {p for p in (output or b"").split(b"\0") if p}
    return tuple(sorted(paths)) or None


def commit_of(root: Path) -> str | None:
    """The full hash of HEAD; ``None`` without git or before the first commit."""
    output = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    return output.decode("ascii", "replace").strip() or None if output else None


def is_dirty(root: Path) -> bool | None:
    """Whether files below ``root`` differ from HEAD or are untracked; ``None`` when git cannot say safely.

    ``git status`` runs the content filters of the repository's own configuration: it is not asked when there are any.
    """
    settings = _git(root, "config", "--list", "--name-only", "--show-scope", "-z")
    if settings is None or _has_own_filter(settings):
        return None
    output = _git(root, "status", "--porcelain", "-z", "--ignore-submodules=all", "--", ".")
    return None if output is None else bool(output)


def commit_named(root: Path, revision: str) -> str | None:
    """The full hash of the commit that ``revision`` names; ``None`` when git knows none by that name."""
    if revision.startswith("-") or not revision.isprintable():
        return None  # git would take it for an option
    output = _git(root, "rev-parse", "--verify", "--quiet", revision + "^{commit}")
    return output.decode("ascii", "replace").strip() or None if output else None


@dataclass(frozen=True)
class Entry:
    """A file as a commit lists it: its mode (``100644``, ``120000`` for a link), object, size and path."""

    mode: str
    blob: str
    size: int
    path: bytes


def files_of(root: Path, commit: str) -> tuple[Entry, ...] | None:
    """The files that a commit holds below ``root``, with paths relative to it; ``None`` when git cannot say."""
    output = _git(root, "ls-tree", "-r", "-z", "--long", commit)
    return None if output is None else tuple(_entry(line) for line in output.split(b"\0") if line)


def _entry(line: bytes) -> Entry:
    facts, _, path = line.partition(b"\t")
    mode, _, blob, size = facts.decode("ascii").split()
    return Entry(mode, blob, int(size) if size.isdigit() else 0, path)


def contents_of(root: Path, blobs: Iterable[str]) -> dict[str, bytes] | None:
    """The contents of objects that are in the repository, by their hash; ``None`` when git cannot say.

    They are read as they are stored: no filter runs and nothing is written.
    """
    asked = "".join(f"{blob}\n" for blob in dict.fromkeys(blobs))
    output = _git(root, "cat-file", "--batch", given=asked.encode()) if asked else b""
    return None if output is None else dict(_contents(output))


def _contents(output: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(output):
        end = output.index(b"\n", at)
        blob, kind, *size = output[at:end].decode("ascii", "replace").split(" ")
        at = end + 1
        if kind != "missing":
            length = int(size[0])
            yield blob, output[at : at + length]
            at += length + 1


def _has_own_filter(settings: bytes) -> bool:
    fields = settings.split(b"\0")
    return any(
        scope in (b"local", b"worktree") and name.startswith(b"filter.")
        for scope, name in zip(fields[::2], fields[1::2], strict=False)
    )


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    environment = {k: v for k, v in os.environ.items() if k not in _REDIRECTS}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    environment["GIT_NO_REPLACE_OBJECTS"] = "1"
    try:
        done = subprocess.run(
            ["git", "--no-pager", *_SAFE, "-C", str(root), *arguments],
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            env=environment,
            input=given,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None

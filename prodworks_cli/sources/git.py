"""The few questions asked of git, in a way that runs nothing a hostile repository configures."""

from __future__ import annotations

import os
import subprocess
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


def _has_own_filter(settings: bytes) -> bool:
    fields = settings.split(b"\0")
    return any(
        scope in (b"local", b"worktree") and name.startswith(b"filter.")
        for scope, name in zip(fields[::2], fields[1::2], strict=False)
    )


def _git(root: Path, *arguments: str) -> bytes | None:
    environment = {k: v for k, v in os.environ.items() if k not in _REDIRECTS}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "--no-pager", *_SAFE, "-C", str(root), *arguments],
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            env=environment,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None

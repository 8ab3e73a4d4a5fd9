"""Files that prodworks writes into the audited folder: never through a link that leads out of it, never in part."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(".prodworks")


class LocalError(ValueError):
    """A file cannot be written where it belongs."""


def replace_text(path: Path, text: str) -> None:
    """Write a file in one step: a reader sees the old one or the new one. A link is replaced, not followed.

    Raises :class:`LocalError` where the folder is a link, and ``OSError``.
    """
    import tempfile

    _make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def create_text(path: Path, text: str) -> bool:
    """Write a file that does not exist yet; ``False``, and nothing is touched, when there is anything of that name."""
    _make_folder(path.parent)
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        return False
    return True


def _make_folder(folder: Path) -> None:
    if folder.is_symlink():
        raise LocalError(f"{folder} is a symbolic link; nothing is written through it")
    folder.mkdir(parents=True, exist_ok=True)

"""The cache: documents that a run left for the next one, by key, in a folder of the user's.

A key is the digest of everything that decides the document, so an entry is never out of date, only unused. An entry
that is damaged, too large, not ours or of another form counts as none: the cache may save time and never changes an
answer. It is JSON, and nothing in it is executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER_VARIABLE, OFF_VARIABLE = "PRODWORKS_CACHE_DIR", "PRODWORKS_NO_CACHE"
LARGEST_CACHE = 256_000_000
"""Bytes of all entries together; those that were not used for the longest time are removed first."""
LARGEST_ENTRY = 64_000_000
_FORMAT = b"prodworks-cache/1 "
_SUFFIX = ".entry"


@dataclass(frozen=True)
class Cache:
    """Documents by key. All of its errors are misses: a full disk or a folder that is not ours stops no audit."""

    folder: Path

    def load(self, key: str) -> Any | None:
        """The document of a key; ``None`` when there is none that is whole."""
        path = self._path(key)
        try:
            if not is_private(self.folder):
                return None
            body = _checked(key, _read(path))
            document = None if body is None else json.loads(body)
        except (OSError, ValueError, RecursionError):
            document = None
        with suppress(OSError):
            os.utime(path) if document is not None else path.unlink(missing_ok=True)
        return document

    def save(self, key: str, document: Any) -> None:
        """Keep a document, in one step: another run sees all of it or nothing."""
        body = json.dumps(document, separators=(",", ":"), ensure_ascii=True).encode()
        if len(body) > LARGEST_ENTRY:
            return
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if is_private(self.folder):
                _replace(self._path(key), _head(key, body) + b"\n" + body)

    def entries(self) -> list[tuple[Path, os.stat_result]]:
        """The files of the cache, the one that was used last first."""
        return sorted(_stats(self.folder), key=lambda entry: (-entry[1].st_mtime_ns, entry[0].name))

    def prune(self, largest: int = LARGEST_CACHE) -> None:
        """Remove what was not used for the longest time, down to ``largest`` bytes."""
        total = 0
        for path, info in self.entries():
            total += info.st_size
            if total > largest:
                with suppress(OSError):
                    path.unlink()

    def clear(self) -> int:
        """Remove all entries, and nothing else that may lie in the folder; how many they were."""
        entries = self.entries()
        for path, _ in entries:
            path.unlink(missing_ok=True)
        return len(entries)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"


def user_cache(environment: Mapping[str, str] = os.environ) -> Cache | None:
    """The cache of the user; ``None`` when it is switched off, or where no folder for it is known."""
    folder = cache_folder(environment)
    return None if environment.get(OFF_VARIABLE) or folder is None else Cache(folder)


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path | None:
    """``PRODWORKS_CACHE_DIR``, else ``prodworks`` in the folder that the system has for caches."""
    if environment.get(FOLDER_VARIABLE):
        return Path(environment[FOLDER_VARIABLE]).absolute()
    base = _system_folder(environment)
    return base / "prodworks" if base is not None and base.is_absolute() else None


def _system_folder(environment: Mapping[str, str]) -> Path | None:
    if environment.get("XDG_CACHE_HOME"):
        return Path(environment["XDG_CACHE_HOME"])
    if os.name == "nt":
        return Path(environment["LOCALAPPDATA"]) if environment.get("LOCALAPPDATA") else None
    if not environment.get("HOME"):
        return None
    return Path(environment["HOME"]) / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def digest_of(parts: Iterable[str]) -> str:
    """The key of a list of texts; no two different lists have the same."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


def is_private(folder: Path) -> bool:
    """The folder is a real one that only its owner, who runs this, can write to: nobody else puts answers there."""
    info = folder.lstat()
    if not folder.is_dir() or folder.is_symlink():
        return False
    return os.name == "nt" or (info.st_uid == os.geteuid() and not info.st_mode & 0o022)


def _read(path: Path) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as stream:
        return stream.read(LARGEST_ENTRY + 200)


def _checked(key: str, data: bytes) -> bytes | None:
    head, _, body = data.partition(b"\n")
    return body if head == _head(key, body) else None


def _head(key: str, body: bytes) -> bytes:
    return _FORMAT + hashlib.sha256(key.encode() + b"\n" + body).hexdigest().encode()


def _replace(path: Path, data: bytes) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-", suffix=_SUFFIX)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _stats(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    with suppress(OSError), os.scandir(folder) as scan:
        for entry in scan:
            if entry.name.endswith(_SUFFIX) and entry.is_file(follow_symlinks=False):
                yield Path(entry.path), entry.stat(follow_symlinks=False)

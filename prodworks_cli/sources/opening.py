"""Opening files: regular ones alone, of a bounded size, and why another is not read."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from prodworks_cli.model import Gap, Plane, Skipped
from prodworks_cli.sources.files import JUDGED, File, Result
from prodworks_cli.sources.parts import MEDIA, SOURCE, Part, is_lock_file, part_of, suffix_of

LARGEST_FILE = 2_000_000
"""Bytes; larger files are data or generated, and are not read."""
LARGEST_LOCK = 10_000_000
"""Bytes of one lock file; of all together, three times as many."""


def read_file(path: str, place: str) -> Result:
    """One file; ``None`` for a listed file that is gone or is a folder (a submodule)."""
    try:
        info = os.lstat(place)
        reason = _unread_reason(path, info)
        if reason or stat.S_ISDIR(info.st_mode):
            return Skipped(path, reason) if reason else None
        return classified(path, read_regular(place, largest=largest_of(path)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        return unreadable(path, f"cannot be read: {getattr(error, 'strerror', None) or 'invalid name'}")


def _unread_reason(path: str, info: os.stat_result) -> str | None:
    if stat.S_ISDIR(info.st_mode):
        return None
    if not stat.S_ISREG(info.st_mode):
        return "symbolic link" if stat.S_ISLNK(info.st_mode) else "not a regular file"
    return reason_to_skip(path, info.st_size)


def reason_to_skip(path: str, size: int) -> str | None:
    """Why a regular file is not read, by its name and size; ``None`` when it is."""
    if "/.prodworks/" in f"/{path}":
        return "written by prodworks"
    part = part_of(path)
    if part is Part.LOCK:
        return "lock file larger than 10 MB" if size > LARGEST_LOCK else None
    if is_lock_file(path):
        return "lock file"
    if part is Part.VENDORED:
        return "vendored"
    if suffix_of(path) in MEDIA:
        return "media"
    return "larger than 2 MB" if size > LARGEST_FILE else None


def largest_of(path: str) -> int:
    """How many bytes a file may have to be read."""
    return LARGEST_LOCK if part_of(path) is Part.LOCK else LARGEST_FILE


def read_regular(place: str | Path, *, follow: bool = False, largest: int = LARGEST_FILE) -> bytes:
    """The bytes of a regular file of at most 2 MB or ``largest``; no link is followed unless ``follow``.

    Raises ``OSError``.

    The file may have been swapped since it was listed: nothing waits for a writer on a pipe, and the read is bounded.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    flags |= 0 if follow else getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(place, flags), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        data = stream.read(largest + 1)
    if len(data) > largest:
        raise OSError(errno.EFBIG, f"larger than {largest // 1_000_000} MB")
    return data


def classified(path: str, data: bytes) -> Result:
    """The file with its part; skipped or a gap where its bytes are no text that can be judged."""
    binary = b"\0" in data[:8192]
    file = File(path, data, part_of(path))
    if suffix_of(path) in SOURCE and (binary or file.text is None):
        return unreadable(path, "cannot be read: not UTF-8")
    if binary:
        return Skipped(path, "binary")
    if file.part is Part.SNAPSHOT and b'"AWS::' not in data and b"'AWS::" not in data:
        return Skipped(path, "vendored")
    return Skipped(path, "minified") if _is_minified(path, data) else file


def _is_minified(path: str, data: bytes) -> bool:
    long_lines = len(data) > 500 * (1 + data.count(b"\n"))
    return suffix_of(path) in (".js", ".mjs", ".cjs", ".css") and len(data) > 20_000 and long_lines


def unreadable(path: str, reason: str) -> Result:
    """A gap where production facts may be missing; a test or document that cannot be read hides nothing judged."""
    if part_of(path) in JUDGED:
        return Gap("*", Plane.DECLARED, path, reason)
    return Skipped(path, reason)

"""What the files of a repository hold, as digests, without reading again what has not changed since an earlier run.

A file is taken for unchanged when its whole ``stat`` is that of the earlier run, and was older then than a clock can
be coarse; change times cannot be set back. Whatever is in doubt is read.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prodworks_cli.sources.files import File, Result, Tree
from prodworks_cli.sources.listings import Listing, path_of
from prodworks_cli.sources.units import names_model

COARSEST_CLOCK_NS = 2_000_000_000
FORM = 1

Seen = tuple[list[int], str, bool | None]
"""The stat of a file, the digest of what it holds, and whether that names a model service, where it was asked."""


@dataclass
class Fingerprints:
    """Digests of files by path. ``changed`` says that a later run would gain from what was learnt."""

    seen: dict[str, Seen] = field(default_factory=dict)
    changed: bool = False

    @staticmethod
    def of(document: Any) -> Fingerprints:
        """From what an earlier run left; of anything else nothing is known."""
        if not isinstance(document, Mapping) or document.get("form") != [FORM, *_reader()]:
            return Fingerprints()
        files = document.get("files")
        known = files.items() if isinstance(files, Mapping) else ()
        return Fingerprints({path: tuple(seen) for path, seen in known if _is_seen(seen)})

    def document(self, listing: Listing) -> Any:
        """What to leave for the next run: the files that are still there."""
        listed = set(listing.paths)
        files = {path: seen for path, seen in self.seen.items() if path in listed}
        return {"form": [FORM, *_reader()], "files": files}

    def of_part(self, part: Listing) -> Fingerprints:
        """What is known of the files of one part."""
        return Fingerprints({path: self.seen[path] for path in part.paths if path in self.seen})

    def learn(self, seen: Mapping[str, Any]) -> None:
        """Take over what another process learnt."""
        fresh = {path: known for path, known in seen.items() if self.seen.get(path) != known}
        self.seen.update(fresh)
        self.changed |= bool(fresh)

    def digests(self, listing: Listing) -> list[str] | None:
        """The path and digest of each file; ``None`` when one of them has to be read."""
        found: list[str] = []
        for item in listing.pending:
            known = self._known(listing, *item) if isinstance(item, tuple) else digest(item)
            if known is None:
                return None
            found += (path_of(item), known)
        return found

    def read(self, listing: Listing) -> tuple[Tree, list[str]]:
        """The files, with the path and digest of each as it was read."""
        results: list[Result] = []
        digests: list[str] = []
        for item in listing.pending:
            result = self._read(listing, *item) if isinstance(item, tuple) else item
            results.append(result)
            digests += (path_of(item), digest(result))
        return listing.tree(results), digests

    def names_model(self, listing: Listing, path: str) -> bool:
        """Whether a file names a model service."""
        item = listing.item(path)
        if not isinstance(item, tuple):
            return _names(item)
        seen = self.seen.get(path)
        if seen is not None and seen[2] is not None and seen[0] == _stat(item[1]):
            return seen[2]
        names = _names(self._read(listing, *item))
        if path in self.seen:
            self.seen[path] = (*self.seen[path][:2], names)
            self.changed = True
        return names

    def _known(self, listing: Listing, path: str, place: str) -> str | None:
        now = _stat(place)
        if now is None:
            return digest(listing.result(path))  # no regular file: nothing is opened
        seen = self.seen.get(path)
        return seen[1] if seen is not None and seen[0] == now else None

    def _read(self, listing: Listing, path: str, place: str) -> Result:
        before, at = _stat(place), time.time_ns()
        result = listing.result(path)
        seen = self.seen.get(path)
        if before is None or max(before[1:3]) >= at - COARSEST_CLOCK_NS:
            self.changed |= self.seen.pop(path, None) is not None
        elif seen is None or seen[0] != before:
            self.seen[path] = before, digest(result), None
            self.changed = True
        return result


def digest(result: Result) -> str:
    """What the readers see of a file: its content and part, or why it is not read."""
    if isinstance(result, File):
        return f"{result.part.value} {hashlib.sha256(result.data).hexdigest()}"
    return repr(result)


def digests_of(files: Iterable[File]) -> list[str]:
    """The paths and digests of files that were read already."""
    return [text for file in files for text in (file.path, digest(file))]


def _names(result: Result) -> bool:
    return isinstance(result, File) and names_model(result.data)


def _stat(place: str) -> list[int] | None:
    """All that changes with a regular file; ``None`` for anything else."""
    try:
        info = os.lstat(place)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(info.st_mode):
        return None
    facts = (info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino, info.st_dev, info.st_mode)
    return [*facts, info.st_uid, info.st_gid]


def _reader() -> list[int]:
    """Who reads: what one user may read, another may not."""
    return [os.geteuid(), os.getegid(), *sorted(os.getgroups())] if os.name != "nt" else []


def _is_seen(seen: Any) -> bool:
    return (
        isinstance(seen, list)
        and len(seen) == 3
        and isinstance(seen[0], list)
        and isinstance(seen[1], str)
        and isinstance(seen[2], bool | None)
    )

"""Which files a repository has, before they are read: those that git tracks or would track."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from prodworks_cli.model import Gap, Plane, Skipped
from prodworks_cli.sources import git
from prodworks_cli.sources.assemblies import assembly_files, output_of
from prodworks_cli.sources.files import File, Part, Result, Tree
from prodworks_cli.sources.folders import Folders
from prodworks_cli.sources.installed import installed, is_record
from prodworks_cli.sources.opening import LARGEST_LOCK, read_file, read_regular
from prodworks_cli.sources.patterns import spec_of

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

LARGEST_MANIFEST = 20_000_000
"""Bytes; the manifest of a cloud assembly may hold a stack trace for each construct."""
LARGEST_ASSEMBLIES = 60_000_000
"""Bytes of all files of cloud assemblies together."""
_PRUNED = frozenset((".git", ".hg", ".svn", "node_modules", ".venv", "venv", "site-packages", "cdk.out", ".terraform"))
_APART = (Part.ASSEMBLY, Part.LOCK, Part.SNAPSHOT)
"""What is no file of the repository's own making, and read by those alone who ask for it."""
Pending = tuple[str, str] | File | Skipped | Gap
"""A path with its place on disk, or what is known of it without reading."""


@dataclass(frozen=True)
class Listing:
    """The files of a repository before they are read: paths with their places, and what is left out already.

    The files of a revision are read from git at once, so they stand here themselves. ``root`` is the folder on disk,
    ``given`` are the folders of cloud assemblies that somebody named.
    """

    name: str
    pending: tuple[Pending, ...]
    commit: str | None = None
    dirty: bool | None = None
    plans: tuple[File, ...] = ()
    root: str | None = None
    given: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all files that may be read."""
        return tuple(path_of(item) for item in self.pending if isinstance(item, tuple | File))

    @property
    def every_path(self) -> tuple[str, ...]:
        """All paths, those that are left out included."""
        return tuple(path_of(item) for item in self.pending)

    def item(self, path: str) -> Pending:
        """The listed item of a path."""
        return self._items[path]

    def result(self, path: str) -> Result:
        """What reading one listed path gives."""
        item = self._items[path]
        return read_file(*item) if isinstance(item, tuple) else item

    def content(self, path: str) -> bytes:
        """The content of one listed path; empty when it is no file that is read."""
        found = self.result(path)
        return found.data if isinstance(found, File) else b""

    @cached_property
    def _items(self) -> Mapping[str, Pending]:
        return {path_of(item): item for item in self.pending}

    def of(self, paths: Iterable[str]) -> Listing:
        """The part of the listing with these paths, in order."""
        return replace(self, pending=tuple(self._items[path] for path in sorted(paths)))

    def without_assemblies(self) -> Listing:
        """The listing without cloud assemblies; itself where it has none."""
        code = tuple(i for i in self.pending if not (isinstance(i, File) and i.part is Part.ASSEMBLY))
        return self if len(code) == len(self.pending) else replace(self, pending=code, given=())

    def read(self) -> Tree:
        """Read the files. Only regular files are opened, no link is followed.

        A production file that cannot be read becomes a gap; large, binary, media, lock and vendored files are listed
        as skipped.
        """
        return self.tree([read_file(*item) if isinstance(item, tuple) else item for item in self.pending])

    def tree(self, found: Sequence[Result]) -> Tree:
        """The tree of what reading gave for each listed path."""
        locks = tuple(_fitting([r for r in found if isinstance(r, File) and r.part is Part.LOCK]))
        return Tree(
            self.name,
            tuple(r for r in found if isinstance(r, File) and r.part not in _APART),
            tuple(r for r in (*found, *locks) if isinstance(r, Skipped)),
            tuple(r for r in found if isinstance(r, Gap)),
            self.commit,
            self.dirty,
            self.plans,
            tuple(r for r in found if isinstance(r, File) and r.part is Part.ASSEMBLY),
            self.given,
            tuple(r for r in locks if isinstance(r, File)),
            tuple(r for r in found if isinstance(r, File) and r.part is Part.SNAPSHOT),
        )


def list_tree(root: Path, ignore: Sequence[str] = ()) -> Listing:
    """The files below ``root`` that git tracks or would track, or all that ``.gitignore`` leaves without git.

    ``ignore`` holds patterns as in ``.gitignore``.

    Raises ``FileNotFoundError`` or ``NotADirectoryError`` when ``root`` is no folder.
    """
    if not root.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(root))
    if not root.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(root))
    # git compares each file with what it has stored, which takes as long as listing them here.
    with ThreadPoolExecutor(2) as beside:
        commit, dirty = beside.submit(git.commit_of, root), beside.submit(git.is_dirty, root)
        listed = git.listed_files(root)
        found = tuple(_walked(root) if listed is None else _listed(root, listed))
        pending = _with_assemblies(root, _without_installed(found))
        return Listing(
            root.resolve().name,
            tuple(_without(pending, spec_of(ignore)) if ignore else pending),
            None if listed is None else commit.result(),
            None if listed is None else dirty.result(),
            root=str(root.resolve()),
        )


def read_tree(root: Path, ignore: Sequence[str] = ()) -> Tree:
    """List and read all files; see :func:`list_tree` and :meth:`Listing.read`."""
    return list_tree(root, ignore).read()


def path_of(item: Pending) -> str:
    """The path of a listed item."""
    return item[0] if isinstance(item, tuple) else item.scope if isinstance(item, Gap) else item.path


def _without_installed(pending: Sequence[Pending]) -> Sequence[Pending]:
    """The listed files without those of packages that were installed into the repository."""
    records = [item for item in pending if isinstance(item, tuple) and is_record(item[0])]
    theirs = installed((path, _content(place)) for path, place in records)
    return [Skipped(path_of(item), "vendored") if path_of(item) in theirs else item for item in pending]


def _content(place: str) -> bytes:
    try:
        return read_regular(place)
    except OSError:
        return b""


def _with_assemblies(root: Path, pending: Sequence[Pending]) -> Sequence[Pending]:
    """The listed files, and the cloud assemblies beside them on disk; one that git tracks is not listed twice."""
    apps = [item for item in pending if isinstance(item, tuple) and item[0].rpartition("/")[2] == "cdk.json"]
    made = {path: place for app in apps for path, place in _assembly(root, *app)}
    if not made:
        return pending
    return (*(item for item in pending if path_of(item) not in made), *read_assembly(made))


def _assembly(root: Path, path: str, place: str) -> Iterator[tuple[str, Path]]:
    found = read_file(path, place)
    folder = path.rpartition("/")[0]
    if isinstance(found, File):
        yield from assembly_files(root, f"{folder}/{output_of(found.data)}".lstrip("/"))


def read_assembly(made: Mapping[str, Path]) -> Iterator[Pending]:
    """The files of assemblies as long as they fit together in memory."""
    total = 0
    for item in (_made(*item) for item in made.items()):
        total += len(item.data) if isinstance(item, File) else 0
        fits = total <= LARGEST_ASSEMBLIES or not isinstance(item, File)
        yield item if fits else Skipped(path_of(item), "the cloud assembly is larger than 60 MB")


def _made(path: str, place: Path) -> Pending:
    try:
        return File(path, read_regular(place, largest=LARGEST_MANIFEST), Part.ASSEMBLY)
    except OSError as error:
        return Skipped(path, f"cannot be read: {error.strerror}")


def _fitting(locks: Sequence[File]) -> Iterator[File | Skipped]:
    """The lock files as long as they fit together in memory."""
    total = 0
    for lock in sorted(locks, key=lambda lock: lock.path):
        total += len(lock.data)
        yield lock if total <= 3 * LARGEST_LOCK else Skipped(lock.path, "lock files larger than 30 MB together")


def _without(pending: Iterable[Pending], ignored: GitIgnoreSpec) -> Iterator[Pending]:
    for item in pending:
        is_ignored = isinstance(item, tuple | File) and ignored.match_file(path_of(item))
        yield Skipped(path_of(item), "ignored by configuration") if is_ignored else item


def _listed(root: Path, paths: Iterable[bytes]) -> Iterator[Pending]:
    """Listed paths with their place on disk. A folder replaced by a link since it was tracked leads out of the root."""
    base = str(root)
    folders = Folders(base)
    for raw in paths:
        path, place = display(raw), os.fsdecode(raw)
        inside = folders.is_inside(place.rpartition("/")[0])
        yield (path, f"{base}/{place}") if inside else Skipped(path, "outside the audited folder")


def _walked(root: Path) -> Iterator[Pending]:
    """Files of a folder without git, in order; a stack instead of recursion, since nesting may be hostile."""
    stack: list[tuple[Path, str, tuple[tuple[str, GitIgnoreSpec], ...]]] = [(root, "", ())]
    while stack:
        folder, prefix, specs = stack.pop()
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda e: e.name)
        except OSError as error:
            yield Gap("*", Plane.DECLARED, prefix or ".", f"cannot be read: {error.strerror}")
            continue
        specs = (*specs, *_ignore_file(folder, prefix))
        for entry in entries:
            path = prefix + display(os.fsencode(entry.name))
            is_folder = entry.is_dir(follow_symlinks=False)
            if any(spec.match_file(path[len(at) :] + "/" * is_folder) for at, spec in specs):
                continue
            if not is_folder:
                yield path, entry.path
            elif entry.name in _PRUNED:
                yield Skipped(path + "/", "vendored")
            else:
                stack.append((Path(entry.path), path + "/", specs))


def _ignore_file(folder: Path, prefix: str) -> Iterator[tuple[str, GitIgnoreSpec]]:
    found = read_file(".gitignore", str(folder / ".gitignore"))
    if isinstance(found, File):
        yield prefix, spec_of(found.data.decode("utf-8", "replace").splitlines())


def display(raw: bytes) -> str:
    """A path that can be printed: git allows names that are not UTF-8."""
    return raw.decode("utf-8", "backslashreplace").replace(os.sep, "/")

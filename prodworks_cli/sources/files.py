"""Files of a repository as the other sources see them: path, bytes, and the part they play."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from prodworks_cli.model import Gap, Plane, Skipped
from prodworks_cli.sources import git
from prodworks_cli.sources.assemblies import assembly_files, output_of
from prodworks_cli.sources.folders import Folders
from prodworks_cli.sources.installed import installed, is_record
from prodworks_cli.sources.parts import CODE, MEDIA, SOURCE, Part, is_lock_file, part_of, suffix_of
from prodworks_cli.sources.vocabulary import Vocabulary

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

__all__ = [
    "LARGEST_FILE",
    "LARGEST_LOCK",
    "File",
    "Listing",
    "Part",
    "Pending",
    "Result",
    "Tree",
    "judged",
    "part_of",
    "path_of",
    "read_regular",
    "read_tree",
    "spec_of",
    "tree_of",
]

LARGEST_FILE = 2_000_000
"""Bytes; larger files are data or generated, and are not read."""
LARGEST_LOCK = 10_000_000
"""Bytes of one lock file; of all together, three times as many."""
LARGEST_MANIFEST = 20_000_000
"""Bytes; the manifest of a cloud assembly may hold a stack trace for each construct."""
LARGEST_ASSEMBLIES = 60_000_000
"""Bytes of all files of cloud assemblies together."""
_JUDGED = (Part.PRODUCTION, Part.EXAMPLE)
_PRUNED = frozenset((".git", ".hg", ".svn", "node_modules", ".venv", "venv", "site-packages", "cdk.out", ".terraform"))


@dataclass(frozen=True)
class File:
    """One tracked file, read once. ``path`` is relative to the audited folder, with forward slashes."""

    path: str
    data: bytes
    part: Part
    vocabulary: Vocabulary | None = field(default=None, compare=False, repr=False)
    """The words of all files that this one is read with."""

    def holds(self, words: tuple[bytes, ...], *, folded: bool = False) -> bool:
        """Whether the content holds one of some words; where ``folded``, one in lower case in any case."""
        if self.vocabulary is not None:
            return self.path in self.vocabulary.having(words, folded=folded)
        data = self.data.lower() if folded else self.data
        return any(word in data for word in words)

    @property
    def text(self) -> str | None:
        """The content as UTF-8 text, ``None`` when it is not; decoded on each use, since kept texts double memory."""
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return None


@dataclass(frozen=True)
class Tree:
    """The files of one repository, and those that were left out with the reason. ``plans`` are given beside them.

    ``locks`` are the lock files, which nobody reads but for versions of packages.
    ``assembly`` holds what ``cdk synth`` made of CDK code, whether git tracks it or not; the assemblies in the folders
    ``given`` count as newer than the code. ``snapshots`` are those of tests that hold templates.
    """

    name: str
    files: tuple[File, ...]
    skipped: tuple[Skipped, ...] = ()
    gaps: tuple[Gap, ...] = ()
    commit: str | None = None
    dirty: bool | None = None
    plans: tuple[File, ...] = ()
    assembly: tuple[File, ...] = ()
    given: tuple[str, ...] = ()
    locks: tuple[File, ...] = ()
    snapshots: tuple[File, ...] = ()


def tree_of(contents: Mapping[str, str], name: str = "example") -> Tree:
    """A tree from texts in memory: rule examples and tests."""
    files = [File(p, t.encode(), part_of(p)) for p, t in sorted(contents.items())]
    made = tuple(replace(f, part=Part.ASSEMBLY) for f in files if "cdk.out" in f.path.split("/"))
    rest = [f for f in files if "cdk.out" not in f.path.split("/")]
    locks, shown = (tuple(f for f in rest if f.part is part) for part in (Part.LOCK, Part.SNAPSHOT))
    read = tuple(f for f in rest if f.part not in (Part.LOCK, Part.SNAPSHOT))
    return Tree(name, read, assembly=made, locks=locks, snapshots=shown)


def judged(tree: Tree) -> tuple[File, ...]:
    """The files to judge as production: those of that part, or examples too when no production code exists."""
    produced = any(f.part is Part.PRODUCTION and suffix_of(f.path) in CODE for f in tree.files)
    parts = (Part.PRODUCTION,) if produced else _JUDGED
    chosen = [f for f in tree.files if f.part in parts]
    vocabulary = Vocabulary({f.path: f.data for f in chosen})
    return tuple(replace(f, part=Part.PRODUCTION, vocabulary=vocabulary) for f in chosen)


_APART = (Part.ASSEMBLY, Part.LOCK, Part.SNAPSHOT)
"""What is no file of the repository's own making, and read by those alone who ask for it."""


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
        return _read(*item) if isinstance(item, tuple) else item

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
        return self.tree([_read(*item) if isinstance(item, tuple) else item for item in self.pending])

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


Result = File | Skipped | Gap | None
Pending = tuple[str, str] | File | Skipped | Gap
"""A path with its place on disk, or what is known of it without reading."""


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
    found = _read(path, place)
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
    found = _read(".gitignore", str(folder / ".gitignore"))
    if isinstance(found, File):
        yield prefix, spec_of(found.data.decode("utf-8", "replace").splitlines())


def spec_of(lines: Iterable[str]) -> GitIgnoreSpec:
    """Patterns as in ``.gitignore``; like git, a line that is no pattern matches nothing."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line, GitIgnoreSpec))


def _is_pattern(line: str, spec: type[GitIgnoreSpec]) -> bool:
    try:
        spec.from_lines([line])
    except ValueError:
        return False
    return True


def display(raw: bytes) -> str:
    """A path that can be printed: git allows names that are not UTF-8."""
    return raw.decode("utf-8", "backslashreplace").replace(os.sep, "/")


def _read(path: str, place: str) -> Result:
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
    if file.part is Part.SNAPSHOT and b'"AWS::' not in data:
        return Skipped(path, "vendored")
    return Skipped(path, "minified") if _is_minified(path, data) else file


def _is_minified(path: str, data: bytes) -> bool:
    long_lines = len(data) > 500 * (1 + data.count(b"\n"))
    return suffix_of(path) in (".js", ".mjs", ".cjs", ".css") and len(data) > 20_000 and long_lines


def unreadable(path: str, reason: str) -> Result:
    """A gap where production facts may be missing; a test or document that cannot be read hides nothing judged."""
    if part_of(path) in _JUDGED:
        return Gap("*", Plane.DECLARED, path, reason)
    return Skipped(path, reason)

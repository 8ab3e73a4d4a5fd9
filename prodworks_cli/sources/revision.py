"""A revision of the repository as a listing of files, read from git's objects.

Nothing is checked out: no file is written, no filter or hook runs, and nobody looks at the work tree or the index.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from prodworks_cli.model import Skipped
from prodworks_cli.sources import git
from prodworks_cli.sources.files import Result
from prodworks_cli.sources.installed import installed, is_record
from prodworks_cli.sources.listings import Listing, display
from prodworks_cli.sources.opening import classified, reason_to_skip, unreadable
from prodworks_cli.sources.patterns import spec_of

_LINK, _SUBMODULE = "120000", "160000"


class RevisionError(ValueError):
    """A revision that git does not know, or cannot read."""


def list_revision(root: Path, revision: str, ignore: Sequence[str] = ()) -> Listing:
    """The files that ``revision`` holds below ``root``. Raises :class:`RevisionError`."""
    commit = git.commit_named(root, revision)
    if commit is None:
        raise RevisionError(
            f"git:{revision}: no such commit here; fetch it first (a shallow clone holds the last only)"
        )
    entries = git.files_of(root, commit)
    if entries is None:
        raise RevisionError(f"git:{revision}: git cannot list its files")
    records = [e for e in entries if is_record(display(e.path)) and e.mode not in (_LINK, _SUBMODULE)]
    wanted = [*records, *(e for e in entries if _unread_reason(e) is None and e.mode != _SUBMODULE)]
    contents = git.contents_of(root, (e.blob for e in wanted))
    if contents is None:
        raise RevisionError(f"git:{revision}: git cannot read its files")
    theirs = installed((display(e.path), contents.get(e.blob, b"")) for e in records)
    found = tuple(r for r in _results(entries, contents, ignore, theirs) if r is not None)
    return Listing(root.resolve().name, found, commit, dirty=False)


def _unread_reason(entry: git.Entry) -> str | None:
    return "symbolic link" if entry.mode == _LINK else reason_to_skip(display(entry.path), entry.size)


def _results(
    entries: Sequence[git.Entry], contents: dict[str, bytes], ignore: Sequence[str], theirs: frozenset[str]
) -> Iterator[Result]:
    ignored = spec_of(ignore)
    for entry in sorted(entries, key=lambda e: e.path):
        path = display(entry.path)
        reason = "vendored" if path in theirs else _unread_reason(entry)
        if entry.mode == _SUBMODULE:
            continue
        if ignored.match_file(path):
            yield Skipped(path, "ignored by configuration")
        elif reason:
            yield Skipped(path, reason)
        elif entry.blob in contents:
            yield classified(path, contents[entry.blob])
        else:
            yield unreadable(path, "cannot be read: git does not have its content")

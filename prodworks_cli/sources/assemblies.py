"""Where ``cdk synth`` writes its cloud assembly: git normally ignores that folder, so no listing of files names it."""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

MANIFEST = "manifest.json"
MOST_FILES = 400
_FOLDER = "cdk.out"
_NESTED = "assembly-"
_ENDINGS = (".template.json", ".metadata.json")


def output_of(data: bytes) -> str:
    """The folder that a ``cdk.json`` names for the assembly, relative to its own."""
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return _FOLDER
    named = found.get("output") if isinstance(found, dict) else None
    return named if isinstance(named, str) and named else _FOLDER


def assembly_files(root: Path, folder: str) -> Iterator[tuple[str, Path]]:
    """The manifests, templates and metadata of the assembly in ``folder`` (a path below ``root``), if it holds one.

    No link is followed, and nothing outside of ``root`` is read.
    """
    folder = posixpath.normpath(folder)
    if folder.startswith((".", "/")) or not _inside(root, root / folder):
        return
    yield from files_below(root, folder)


def files_below(root: Path, folder: str) -> Iterator[tuple[str, Path]]:
    """The files of the assembly in a folder below ``root``, wherever that is. No link is followed."""
    for path in islice(_of_folder(root, folder), MOST_FILES):
        yield path, root / path


def _inside(root: Path, place: Path) -> bool:
    """Whether a folder is where its path says: no part of it is a link."""
    return place.is_dir() and Path(os.path.realpath(place)) == Path(os.path.realpath(root)) / place.relative_to(root)


def _of_folder(root: Path, folder: str, depth: int = 0) -> Iterator[str]:
    try:
        with os.scandir(root / folder) as scan:
            entries = sorted(scan, key=lambda e: e.name)
    except OSError:
        return
    if not any(e.name == MANIFEST for e in entries):
        return
    for entry in entries:
        path = f"{folder}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if entry.name.startswith(_NESTED) and depth < 3:
                yield from _of_folder(root, path, depth + 1)
        elif entry.is_file(follow_symlinks=False) and (entry.name == MANIFEST or entry.name.endswith(_ENDINGS)):
            yield path

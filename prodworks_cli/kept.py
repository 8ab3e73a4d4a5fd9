"""Inventories of the parts of a repository, kept from one run to the next.

What is kept is what the readers found, never a verdict: rules judge anew in each run. An entry is looked up by all that
decides what the readers find: the paths and contents of the part, the settings, the day, and the code that reads.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from prodworks_cli import __version__
from prodworks_cli.cache import Cache, digest_of
from prodworks_cli.inventory import InventoryError, document_of, inventory_of
from prodworks_cli.model import Inventory
from prodworks_cli.sources.files import Tree
from prodworks_cli.sources.fingerprints import Fingerprints, digests_of
from prodworks_cli.sources.listings import Listing

_PACKAGE = Path(__file__).resolve().parent
_CODE = (".py", ".yaml", ".json")
# What reads files on our behalf: another version may read otherwise.
_LIBRARIES = ("detect_secrets-", "pathspec-", "pyyaml-", "tree_sitter")


@dataclass(frozen=True)
class Keeper:
    """Looks up and keeps the inventories of parts. ``context`` is what decides them besides the files."""

    cache: Cache
    context: tuple[str, ...]
    prints: Fingerprints

    def recall(self, part: Listing) -> Inventory | None:
        """The inventory of a part whose files are known without being read; ``None`` when some must be read."""
        digests = self.prints.digests(part)
        return None if digests is None else self._load(part, digests)

    def made(self, part: Listing, make: Callable[[Tree], tuple[Inventory, bool]]) -> Inventory:
        """Read a part, and make its inventory where none is kept. ``make`` says as well whether it is worth keeping."""
        tree, digests = self.prints.read(part)
        known = self._load(part, digests)
        if known is not None:
            return known
        inventory, sound = make(tree)
        if sound:
            self.cache.save(self._key(digests), document_of(inventory))
        return inventory

    def narrowed(self, part: Listing) -> Keeper:
        """The keeper with the digests of one part: what another process needs."""
        return replace(self, prints=self.prints.of_part(part))

    def _key(self, digests: Sequence[str]) -> str:
        return digest_of([*self.context, *digests])

    def _load(self, part: Listing, digests: Sequence[str]) -> Inventory | None:
        document = self.cache.load(self._key(digests))
        with suppress(InventoryError):
            if document is not None:
                kept = inventory_of(document)
                return replace(kept, scan=replace(kept.scan, commit=part.commit, dirty=part.dirty))
        return None


def keeper(cache: Cache, listing: Listing, settings: Mapping[str, Any], today: date) -> Keeper:
    """The keeper for one run, with the digests of files that an earlier run left."""
    index = _index(listing)
    prints = Fingerprints.of(cache.load(index) if index else None)
    given = (*listing.given, *digests_of(listing.plans))
    decided = [listing.name, json.dumps(settings, sort_keys=True), today.isoformat(), *given]
    return Keeper(cache, (*code(), *decided), prints)


def leave(kept: Keeper, listing: Listing) -> None:
    """Leave for the next run what this one learnt of the files, and keep the cache within its bounds."""
    index = _index(listing)
    if index and kept.prints.changed:
        kept.cache.save(index, kept.prints.document(listing))
    kept.cache.prune()


def _index(listing: Listing) -> str | None:
    """Of each version a list of its own: what part a file plays is told by the code."""
    return digest_of(["files", listing.root, *code()]) if listing.root else None


@cache
def code() -> tuple[str, ...]:
    """The version and content of the code that reads, of the libraries that it reads with, and of Python."""
    digest = hashlib.sha256()
    root = str(_PACKAGE)
    for path in sorted(_code(root)):
        with open(path, "rb") as stream:  # noqa: PTH123 (hundreds of files: paths as objects take as long as reading)
            digest.update(os.fsencode(path[len(root) :]) + b"\0" + stream.read() + b"\0")
    python = (platform.python_implementation(), *map(str, sys.version_info[:3]))
    return (__version__, digest.hexdigest(), *python, *sorted(set(_libraries())))


def _code(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _code(entry.path)
            elif entry.name.endswith(_CODE):
                yield entry.path


def _libraries() -> Iterator[str]:
    """The names of the folders that installers write: they have the versions, and are read at once."""
    for module in ("pathspec", "tree_sitter", "yaml"):
        spec = find_spec(module)
        with suppress(OSError):
            names = [path.name for path in Path(str(spec and spec.origin)).parent.parent.iterdir()]
            yield from (n for n in names if n.endswith(".dist-info") and n.lower().startswith(_LIBRARIES))

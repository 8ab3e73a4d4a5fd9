"""Packages that pip installed into the repository, as bundles for Lambda are made.

Their records list the files that an installation wrote, relative to the folder that holds it (PyPA specification
"Recording installed projects").
"""

from __future__ import annotations

import csv
import posixpath
from collections.abc import Iterable, Iterator

_RECORD = ".dist-info/RECORD"
_MOST_ROWS = 100_000


def is_record(path: str) -> bool:
    """Whether a file lists what an installed package consists of."""
    return path.endswith(_RECORD)


def installed(records: Iterable[tuple[str, bytes]]) -> frozenset[str]:
    """The paths of all files that the records, given with their paths, call theirs."""
    return frozenset(path for record, data in records for path in _files(record, data))


def _files(record: str, data: bytes) -> Iterator[str]:
    """Rows are ``path,hash,size``. Only files below the folder of the package count, whatever a row says."""
    folder = posixpath.dirname(posixpath.dirname(record))
    try:
        rows = list(csv.reader(data.decode("utf-8", "replace").splitlines()[:_MOST_ROWS]))
    except csv.Error:
        return
    for row in rows:
        path = posixpath.normpath(posixpath.join(folder, row[0])) if row and row[0] else ""
        if path and not row[0].startswith("/") and (not folder or path.startswith(folder + "/")) and path[:2] != "..":
            yield path

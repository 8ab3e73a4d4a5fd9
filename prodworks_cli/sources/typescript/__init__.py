"""TypeScript and JavaScript: model calls and the clients they go through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prodworks_cli.model import Gap
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")


def read(
    files: Sequence[File], environment: Mapping[str, tuple[Node, ...]]
) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """Read TypeScript and JavaScript files. ``environment`` maps a variable's name to the values that IaC gives it.

    Returns drafts of ``repo.model_call`` and ``repo.model_client``, and a gap for each region with syntax errors that
    may hold a call. The reader is imported where there are such files.
    """
    if not any(file.path.endswith(SUFFIXES) for file in files):
        return (), ()
    from prodworks_cli.sources.typescript.reader import read_typescript

    return read_typescript(files, environment)

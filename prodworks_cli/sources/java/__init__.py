"""Java: model calls, the clients they go through, and the models they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prodworks_cli.model import Gap
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File


def read(
    files: Sequence[File], environment: Mapping[str, tuple[Node, ...]]
) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """Read Java files. ``environment`` maps a variable's name to the values that IaC gives it.

    Returns drafts of ``repo.model_call`` and ``repo.model_client``, and a gap for each file
    that may hold a call in a region with syntax errors. The reader is imported where there are such files.
    """
    if not any(file.path.endswith(".java") for file in files):
        return (), ()
    from prodworks_cli.sources.java.reader import read_java

    return read_java(files, environment)

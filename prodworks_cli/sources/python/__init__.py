"""Python: model calls and the clients they go through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prodworks_cli.model import Gap
from prodworks_cli.node import Node
from prodworks_cli.processes import Beside, here
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File
from prodworks_cli.sources.owners import Owners
from prodworks_cli.sources.telemetry.launchers import launched
from prodworks_cli.sources.telemetry.variables import Variables


def read(
    files: Sequence[File],
    environment: Mapping[str, tuple[Node, ...]],
    owners: Owners,
    locks: Sequence[File] = (),
    beside: Beside = here,
) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """Read Python files. ``environment`` maps a variable's name to the values that IaC gives it.

    Returns drafts of ``repo.model_call`` and ``repo.model_client``, and a gap for each file
    that names a model service and has syntax errors over much of it. ``beside`` runs a part of the work in another
    process. The reader is imported where there are such files, or something launches programs with instrumentation.
    """
    if not any(file.path.endswith(".py") for file in files) and not _launches(files, environment):
        return (), ()
    from prodworks_cli.sources.python.reader import read_python

    return read_python(files, environment, owners, locks, beside)


def _launches(files: Sequence[File], environment: Mapping[str, tuple[Node, ...]]) -> bool:
    return any(True for _ in launched(files, Variables(files, environment), False))

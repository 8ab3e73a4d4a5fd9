"""The Terraform reader: files of the Terraform language as blocks with values, references and places.

No Terraform runs and no provider is asked. What only a deployment knows is a ``Reference`` or an ``Unknown``.
"""

from __future__ import annotations

from collections.abc import Sequence

from prodworks_cli.model import Gap
from prodworks_cli.node import Block
from prodworks_cli.sources.files import File

SUFFIXES = (".tf", ".tf.json")


def read(files: Sequence[File], plans: Sequence[File] = ()) -> tuple[tuple[Block, ...], tuple[Gap, ...]]:
    """All resource and data blocks of a repository, and what could not be read.

    Each folder that no other calls is a root module, evaluated with its defaults and values files; a called folder is
    evaluated once for each call. Roots outside production code count only when there is no other. Addresses are
    ``<folder>/<type>.<name>`` and ``<folder>/module.<call>.<type>.<name>``; copies made by ``for_each`` or a count
    above one carry their key as Terraform writes it (``aws_x.y["key"]``, ``aws_x.y[1]``). ``plans`` are the files
    whose content is a plan; each counts for the root module that it was made of. The reader is imported where there
    are files or plans of Terraform.
    """
    if not plans and not any(file.path.endswith(SUFFIXES) for file in files):
        return (), ()
    from prodworks_cli.sources.terraform.reader import read_modules

    return read_modules(files, plans)


def without_plans(files: Sequence[File]) -> tuple[tuple[File, ...], tuple[File, ...]]:
    """The files of a repository, and those among them that are plans."""
    plans = tuple(file for file in files if is_plan(file))
    return (tuple(file for file in files if file not in plans) if plans else tuple(files)), plans


def is_plan(file: File) -> bool:
    """Whether a file of the repository is a plan: by its content, since its name may be any."""
    named = file.path.endswith(".json") and b'"format_version"' in file.data
    return named and (b'"planned_values"' in file.data or b'"resource_changes"' in file.data)

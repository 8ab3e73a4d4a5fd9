"""What a program is installed from."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Text


@dataclass(frozen=True)
class Manifest(Kind):
    """A list of the packages that a program of the repository is installed from.

    ``ecosystem`` is python, npm or jvm. ``lock`` is the file that fixes the versions. ``locked`` says that each
    installation gets the same: by a lock, by exact versions with hashes, by checksums of all that is taken (Gradle), or
    by a rule that fails a build with open versions (Maven). Where exact versions are all that Maven and Gradle have, it
    is unknown: what the packages need may name ranges.
    """

    KIND = "repo.manifest"

    path: Text
    ecosystem: Text
    lock: Text
    locked: Flag

"""Placeholder until the Python reader lands here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prodworks_cli.model import Gap
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File


def read(
    files: Sequence[File], environment: Mapping[str, tuple[Node, ...]]
) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    return (), ()

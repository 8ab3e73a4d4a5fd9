"""Credentials in the work tree."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Text


@dataclass(frozen=True)
class Secret(Kind):
    """A credential in the work tree (value never kept)."""

    KIND = "repo.secret"

    type: Text
    path: Text
    placeholder: Flag

"""Safeguards that code shows by the libraries and calls it uses."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Text


@dataclass(frozen=True)
class Safeguard(Kind):
    """A place in the source that guards the workload: which calls it covers is known only where ``covers_all`` is.

    ``purpose`` is ``authentication``, ``rate_limit``, ``kill_switch``, ``feedback``, or ``front_end`` for a place where
    people read answers; ``mechanism`` is how it is done (``jwt``, ``signature``, a library).
    """

    KIND = "repo.safeguard"

    purpose: Text
    mechanism: Text
    path: Text
    covers_all: Flag

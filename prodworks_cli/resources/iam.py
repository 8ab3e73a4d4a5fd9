"""Roles and their policies."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Item, Text, Texts


@dataclass(frozen=True)
class Statement(Item):
    """An element of ``statements``."""

    effect: Text
    actions: Texts
    resources: Texts
    conditions: Texts


@dataclass(frozen=True)
class Role(Kind):
    """A role of the workload, with the statements of all its policies."""

    KIND = "aws.iam.role"

    name: Text
    used_by: Texts
    statements: tuple[Statement | Unknown, ...] | Unknown | None
    managed_policies: Texts

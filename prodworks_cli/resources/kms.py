"""KMS keys."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Text


@dataclass(frozen=True)
class Key(Kind):
    """A customer-managed KMS key."""

    KIND = "aws.kms.key"

    id: Text
    description: Text
    rotation_enabled: Flag
    multi_region: Flag

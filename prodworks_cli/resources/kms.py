"""KMS keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.node import Block, Declarations
from prodworks_cli.resources.adapter import Declared, Observed, Record, declared, later, observed, otherwise
from prodworks_cli.schema import Draft, Flag, Text


@dataclass(frozen=True)
class Key(Kind):
    """A customer-managed KMS key. Rotation and multi-Region are off unless a declaration turns them on."""

    KIND = "aws.kms.key"

    id: Text
    description: Text
    rotation_enabled: Flag
    multi_region: Flag


def _terraform(block: Block, _: Declarations) -> Draft:
    return declared(
        Key,
        block,
        id=later(block, "key_id"),
        description=block.body["description"],
        rotation_enabled=otherwise(block.body["enable_key_rotation"], False),
        multi_region=otherwise(block.body["multi_region"], False),
    )


def _cloudformation(block: Block, _: Declarations) -> Draft:
    return declared(
        Key,
        block,
        id=later(block, "KeyId"),
        description=block.body["Description"],
        rotation_enabled=otherwise(block.body["EnableKeyRotation"], False),
        multi_region=otherwise(block.body["MultiRegion"], False),
    )


def _observed(record: Record) -> Draft:
    key = record.answer("kms:DescribeKey")["KeyMetadata"]
    return observed(
        Key,
        record,
        (key["KeyId"], key["Arn"]),
        id=key["KeyId"],
        description=key["Description"],
        rotation_enabled=record.answer("kms:GetKeyRotationStatus")["KeyRotationEnabled"],
        multi_region=key["MultiRegion"],
    )


TERRAFORM: Mapping[str, Declared] = {"aws_kms_key": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::KMS::Key": _cloudformation}
API: Mapping[str, Observed] = {Key.KIND: _observed}

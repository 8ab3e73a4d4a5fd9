"""Buckets."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Text, Texts


@dataclass(frozen=True)
class Bucket(Kind):
    """A bucket that holds prompts, completions, knowledge sources, evaluation data or batch results."""

    KIND = "aws.s3.bucket"

    name: Text
    holds: Texts
    public_access_blocked: Flag
    is_public: Flag
    kms_key: Text
    versioning: Flag
    object_lock: Flag
    tags: Texts

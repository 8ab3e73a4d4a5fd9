"""Bedrock settings and inference profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Link, Number, Text, Texts, To


@dataclass(frozen=True)
class InvocationLogging(Kind):
    """The model-invocation logging setting of one account and Region."""

    KIND = "aws.bedrock.invocation_logging"

    region: Text
    enabled: Flag
    log_group: Annotated[Link, To("aws.logs.log_group")]
    bucket: Annotated[Link, To("aws.s3.bucket")]
    text_enabled: Flag
    image_enabled: Flag
    embedding_enabled: Flag
    audio_enabled: Flag
    video_enabled: Flag
    delivery_failures: Number


@dataclass(frozen=True)
class InferenceProfile(Kind):
    """A system-defined or application inference profile."""

    KIND = "aws.bedrock.inference_profile"

    id: Text
    arn: Text
    name: Text
    type: Text
    status: Text
    models: Texts
    destination_regions: Texts
    tags: Texts

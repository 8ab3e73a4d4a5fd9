"""Compute that can call a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Link, Number, Text, Texts, To


@dataclass(frozen=True)
class Unit(Kind):
    """A Lambda function, ECS task definition or AgentCore runtime version that can call a model."""

    KIND = "aws.compute.unit"

    engine: Text
    name: Text
    role: Annotated[Link, To("aws.iam.role")]
    timeout_seconds: Number
    reserved_concurrency: Number
    environment_secrets: Texts
    in_vpc: Flag
    vpc: Text
    log_group: Annotated[Link, To("aws.logs.log_group")]

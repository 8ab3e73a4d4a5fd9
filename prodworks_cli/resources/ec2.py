"""VPC endpoints."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Text


@dataclass(frozen=True)
class VpcEndpoint(Kind):
    """An interface endpoint to a Bedrock or AgentCore service."""

    KIND = "aws.ec2.vpc_endpoint"

    service: Text
    vpc: Text
    state: Text
    private_dns: Flag

"""VPC endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import Declared, Observed, Record, declared, later, observed, otherwise, own
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed
from prodworks_cli.schema import Draft, Flag, Text


@dataclass(frozen=True)
class VpcEndpoint(Kind):
    """An interface endpoint, to a Bedrock or AgentCore service where ``service`` says so.

    ``service`` is the full name, such as ``com.amazonaws.eu-west-1.bedrock-runtime``; the ``shape`` of an unknown one
    may still tell the service.
    """

    KIND = "aws.ec2.vpc_endpoint"

    service: Text
    vpc: Text
    state: Text
    private_dns: Flag


def _terraform(block: Block, _: Declarations) -> Draft:
    return declared(
        VpcEndpoint,
        block,
        service=block.body["service_name"],
        vpc=block.body["vpc_id"],
        state=later(block, "state"),
        private_dns=otherwise(block.body["private_dns_enabled"], False),
    )


def _cloudformation(block: Block, _: Declarations) -> Draft:
    return declared(
        VpcEndpoint,
        block,
        service=block.body["ServiceName"],
        vpc=block.body["VpcId"],
        state=later(block, "state"),
        private_dns=otherwise(block.body["PrivateDnsEnabled"], False),
    )


def _observed(record: Record) -> Draft:
    endpoint = own(record, "ec2:DescribeVpcEndpoints", "VpcEndpoints")
    return observed(
        VpcEndpoint,
        record,
        (endpoint["VpcEndpointId"],),
        service=endpoint["ServiceName"],
        vpc=endpoint["VpcId"],
        state=endpoint["State"],
        private_dns=endpoint["PrivateDnsEnabled"],
    )


TERRAFORM: Mapping[str, Declared] = {"aws_vpc_endpoint": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::EC2::VPCEndpoint": _cloudformation}
API: Mapping[str, Observed] = {VpcEndpoint.KIND: _observed}

_LIST = Read("ec2", "DescribeVpcEndpoints", "ec2:DescribeVpcEndpoints")
_MODEL_SERVICES = ("bedrock", "sagemaker.runtime", "aoss")


def _endpoints(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_LIST, "VpcEndpoints"), lambda endpoint: _endpoint(reader, endpoint))


def _endpoint(reader: Reader, endpoint: Node) -> Record | None:
    name = endpoint["VpcEndpointId"].text()
    return reader.record(name, {_LIST: narrowed(_LIST, "VpcEndpoints", endpoint, name)}) if name else None


def _to_models(endpoint: VpcEndpoint) -> bool | Unknown:
    """Whether the endpoint leads to a service that runs models or keeps what they know."""
    service = endpoint.service
    return service if isinstance(service, Unknown) else any(name in (service or "") for name in _MODEL_SERVICES)


COLLECT = (Collector(VpcEndpoint.KIND, (_LIST,), _endpoints, root=_to_models),)

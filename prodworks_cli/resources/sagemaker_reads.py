"""How endpoints of SageMaker are read from the account: those that the workload may call."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, never
from prodworks_cli.resources.sagemaker import Endpoint

_ENDPOINTS = Read("sagemaker", "ListEndpoints", "sagemaker:ListEndpoints")
_ENDPOINT = Read("sagemaker", "DescribeEndpoint", "sagemaker:DescribeEndpoint")
_TARGETS = Read("application-autoscaling", "DescribeScalableTargets", "application-autoscaling:DescribeScalableTargets")


def _endpoints(reader: Reader) -> Iterable[Record]:
    found = reader.found(_ENDPOINTS, "Endpoints")
    ours = (e for e in found if reader.wanted(e["EndpointArn"].text(), e["EndpointName"].text()))
    return reader.each(ours, lambda summary: _endpoint(reader, summary))


def _endpoint(reader: Reader, summary: Node) -> Record | None:
    arn, name = summary["EndpointArn"].text(), summary["EndpointName"].text()
    if arn is None or name is None:
        return None
    answer = reader.get(_ENDPOINT, arn, EndpointName=name)
    ids = [f"endpoint/{name}/variant/{v['VariantName'].text()}" for v in answer["ProductionVariants"].items()]
    asked = {"ServiceNamespace": "sagemaker", "ResourceIds": ids}
    nothing = Node({"ScalableTargets": Node((), answer.location)}, answer.location)
    targets = reader.listing(_TARGETS, "ScalableTargets", arn, **asked) if ids else nothing
    return reader.record(arn, {_ENDPOINT: answer, _TARGETS: targets})


COLLECT = (
    Collector(
        Endpoint.KIND,
        (_ENDPOINTS, _ENDPOINT, _TARGETS),
        _endpoints,
        referenced=True,
        root=never,
        sources=("aws.iam.role",),
    ),
)

"""Endpoints of SageMaker that serve a model of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node, blocks_in
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    declared,
    observed,
    pascal,
    snake,
    some,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Number, Text


@dataclass(frozen=True)
class Endpoint(Kind):
    """A self-hosted model endpoint that the workload calls.

    ``instances`` and ``minimum`` are those of its smallest variant: how many there are, and below how many no scaling
    goes. ``autoscaled`` says that instances come and go with the load.
    """

    KIND = "aws.sagemaker.endpoint"

    name: Text
    serverless: Flag
    instances: Number
    autoscaled: Flag
    minimum: Number


_CONFIGS = ("aws_sagemaker_endpoint_configuration", "AWS::SageMaker::EndpointConfig")
_TARGETS = ("aws_appautoscaling_target", "AWS::ApplicationAutoScaling::ScalableTarget")
_ELSEWHERE = Unknown("the configuration of the endpoint is declared elsewhere", present=True)


def _described(block: Block, found: Declarations, spell: Spelling) -> Draft:
    body = block.body
    name = body["name"] if spell is snake else body["EndpointName"]
    variants = _variants(body[spell("endpoint_config_name")], found, spell)
    least = [*_scaled(block, name, found), *_managed(variants, spell)]
    return declared(
        Endpoint,
        block,
        (name,),
        name=name,
        serverless=_serverless(variants, spell),
        instances=_why(variants) or _smallest(v[spell("initial_instance_count")] for v in _known(variants)),
        autoscaled=bool(least) or _why(variants) or False,
        minimum=_smallest(least) if least else None,
    )


def _variants(named: Node, found: Declarations, spell: Spelling) -> tuple[Node, ...] | Unknown:
    """The production variants of the configuration that is named, by reference or by its literal name."""
    addresses, text = blocks_in([named.content]), named.text()
    for config in found.of_type(*_CONFIGS):
        own = config.body.first_of("name", "EndpointConfigName").text()
        if config.address in addresses or (text is not None and text == own):
            listed = config.body[spell("production_variants")]
            return listed.unknown or listed.items()
    return _ELSEWHERE


def _known(variants: tuple[Node, ...] | Unknown) -> tuple[Node, ...]:
    return () if isinstance(variants, Unknown) else variants


def _why(variants: tuple[Node, ...] | Unknown) -> Unknown | None:
    return variants if isinstance(variants, Unknown) else None


def _serverless(variants: tuple[Node, ...] | Unknown, spell: Spelling) -> bool | Unknown:
    if isinstance(variants, Unknown):
        return variants
    return some(v.unknown or v[spell("serverless_config")].present for v in variants)


def _managed(variants: tuple[Node, ...] | Unknown, spell: Spelling) -> Iterator[Node]:
    for variant in _known(variants):
        scaling = variant.at(spell("managed_instance_scaling"))
        scaling = scaling.items()[0] if scaling.items() else scaling
        if scaling[spell("status")].text() == "ENABLED":
            yield scaling[spell("min_instance_count")]


def _scaled(block: Block, name: Node, found: Declarations) -> Iterator[Node]:
    """The least capacity of the scalable targets that name the endpoint in their resource id."""
    for target in found.of_type(*_TARGETS):
        resource = target.body.first_of("resource_id", "ResourceId")
        text = resource.text() or ""
        by_name = bool(name.text()) and text.startswith(f"endpoint/{name.text()}/")
        if block.address in blocks_in([resource.content]) or by_name:
            yield target.body.first_of("min_capacity", "MinCapacity")


def _smallest(counts: Iterable[Node]) -> Drafted:
    listed = [node for node in counts if node.present]
    unread = next((node.unknown for node in listed if node.unknown), None)
    numbers = [int(str(node.content)) for node in listed if not node.unknown and str(node.content).isdigit()]
    if not numbers or unread:
        return unread
    return min(numbers)


def _terraform(block: Block, declarations: Declarations) -> Draft:
    return _described(block, declarations, snake)


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    return _described(block, declarations, pascal)


def _observed(record: Record) -> Draft:
    endpoint = record.answer("sagemaker:DescribeEndpoint")
    variants = endpoint["ProductionVariants"]
    targets = record.answer("application-autoscaling:DescribeScalableTargets")["ScalableTargets"]
    listed: tuple[Node, ...] | Unknown = endpoint.unknown or variants.unknown or variants.items()
    least = [*(t["MinCapacity"] for t in targets.items() if not t.unknown), *_managed(listed, pascal)]
    return observed(
        Endpoint,
        record,
        (endpoint["EndpointName"], endpoint["EndpointArn"]),
        name=endpoint["EndpointName"],
        serverless=_why(listed) or some(v["CurrentServerlessConfig"].present for v in _known(listed)),
        instances=_why(listed) or _smallest(v["CurrentInstanceCount"] for v in _known(listed)),
        autoscaled=bool(least) or targets.unknown or False,
        minimum=_smallest(least) if least else targets.unknown,
    )


TERRAFORM: Mapping[str, Declared] = {"aws_sagemaker_endpoint": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::SageMaker::Endpoint": _cloudformation}
API: Mapping[str, Observed] = {Endpoint.KIND: _observed}

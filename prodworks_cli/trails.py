"""Which data events the services in use leave in CloudTrail, and which of those no trail keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prodworks_cli.model import Inventory, Plane, Resource, Unknown
from prodworks_cli.resources.adapter import every, some
from prodworks_cli.resources.cloudtrail import Trail
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.resources.retrieval import RetrievalCall

# By the call, or by the resource that is called; calls of a model alone are management events.
_OF_CALLS: Mapping[str, str] = {
    "invoke_agent": "AWS::Bedrock::AgentAlias",
    "invoke_inline_agent": "AWS::Bedrock::InlineAgent",
    "invoke_flow": "AWS::Bedrock::FlowAlias",
    "retrieve_and_generate": "AWS::Bedrock::KnowledgeBase",
    "retrieve_and_generate_stream": "AWS::Bedrock::KnowledgeBase",
    "invoke_model_with_bidirectional_stream": "AWS::Bedrock::Model",
}
_OF_KINDS: Mapping[str, str] = {
    "aws.bedrock.agent": "AWS::Bedrock::AgentAlias",
    "aws.bedrock.flow": "AWS::Bedrock::FlowAlias",
    "aws.bedrock.knowledge_base": "AWS::Bedrock::KnowledgeBase",
}
_MANTLE, _GUARDRAIL = "AWS::BedrockMantle::Project", "AWS::Bedrock::Guardrail"


def in_use(inventory: Inventory) -> tuple[str, ...]:
    """The types of the data events that what was seen of the workload leaves."""
    return tuple(sorted({type_ for r in inventory.resources for type_ in _types(r)}))


def _types(resource: Resource) -> Iterator[str]:
    value = resource.value
    if resource.kind in _OF_KINDS:
        yield _OF_KINDS[resource.kind]
    elif isinstance(value, RetrievalCall) and value.reachable is not False:
        if value.knowledge_base is not None:
            yield "AWS::Bedrock::KnowledgeBase"
    elif isinstance(value, ModelCall) and value.reachable is not False:
        if str(value.api) in _OF_CALLS:
            yield _OF_CALLS[str(value.api)]
        if value.endpoint == "bedrock-mantle":
            yield _MANTLE
        if value.guardrail_mode == "applied_separately":
            yield _GUARDRAIL


def unrecorded(
    inventory: Inventory, plane: Plane, types: tuple[str, ...], unseen: Unknown | None
) -> tuple[str | Unknown, ...]:
    """Those of ``types`` that no logging trail keeps; ``unseen`` says why there may be trails that were not read."""
    trails = [r.value for r in inventory.resources if r.plane is plane and isinstance(r.value, Trail)]
    kept = ((type_, some(_keeps(trail, type_) for trail in trails)) for type_ in types)
    return tuple(_open(type_, told, unseen) for type_, told in kept if told is not True)


def _open(type_: str, told: bool | Unknown, unseen: Unknown | None) -> str | Unknown:
    return told if isinstance(told, Unknown) else unseen or type_


def _keeps(trail: Trail, type_: str) -> bool | Unknown:
    types = trail.data_event_types
    listed = (types,) if isinstance(types, Unknown) else types or ()
    return every((trail.logging, some(t if isinstance(t, Unknown) else t == type_ for t in listed)))

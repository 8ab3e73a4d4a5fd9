"""How the models and profiles that a workload names are read from the account, and what the account does not have."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, moved

_MODELS = Read("bedrock", "ListFoundationModels", "bedrock:ListFoundationModels")
_AVAILABLE = Read("bedrock", "GetFoundationModelAvailability", "bedrock:GetFoundationModelAvailability")
_PROFILES = Read("bedrock", "ListInferenceProfiles", "bedrock:ListInferenceProfiles")


def _catalog(reader: Reader) -> Iterable[Record]:
    """All ids of the Region, so that a name which is not among them certainly does not exist."""
    identity = f"model-catalog/{reader.region}"
    yield reader.record(
        identity,
        {
            _MODELS: reader.get(_MODELS, identity),
            _PROFILES: reader.listing(_PROFILES, "inferenceProfileSummaries", identity, typeEquals="SYSTEM_DEFINED"),
        },
    )


def _models(reader: Reader) -> Iterable[Record]:
    summaries = reader.found(_MODELS, "modelSummaries")
    return reader.each(summaries, lambda summary: _model(reader, summary))


def _model(reader: Reader, summary: Node) -> Record | None:
    """The listing holds all of a model but its availability to the account."""
    arn, name = summary["modelArn"].text(), summary["modelId"].text()
    if arn is None or name is None or not reader.wanted(name):
        return None
    place = Location(arn, None, _MODELS.name)
    details = Node({"modelDetails": moved(summary, place)}, place)
    available = reader.get(_AVAILABLE, arn, modelId=name)
    return reader.record(arn, {"bedrock:GetFoundationModel": details, _AVAILABLE: available})


def _system_profiles(reader: Reader) -> Iterable[Record]:
    """AWS's own profiles are the same in every account; those that the workload names are read."""
    summaries = reader.found(_PROFILES, "inferenceProfileSummaries", typeEquals="SYSTEM_DEFINED")
    for summary in summaries:
        arn, name = summary["inferenceProfileArn"].text(), summary["inferenceProfileId"].text()
        if arn is not None and reader.wanted(name, arn):
            place = Location(arn, None, _PROFILES.name)
            tags = Node({"tags": Node((), place)}, place)
            answers = {"bedrock:GetInferenceProfile": moved(summary, place), "bedrock:ListTagsForResource": tags}
            yield reader.record(arn, answers)


COLLECT = (
    Collector("aws.bedrock.model_catalog", (_MODELS, _PROFILES), _catalog),
    Collector("aws.bedrock.foundation_model", (_MODELS, _AVAILABLE), _models, referenced=True),
    Collector("aws.bedrock.inference_profile", (_PROFILES,), _system_profiles, referenced=True),
)

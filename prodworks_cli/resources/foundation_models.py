"""Foundation models as the account sees them in one Region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Observed, Record, days_until, every, observed
from prodworks_cli.schema import Draft, Drafted, Flag, Number, Text, Texts


@dataclass(frozen=True)
class FoundationModel(Kind):
    """A base model that the workload names, as the account sees it in the Region called.

    ``available`` says that the Region offers it, that its agreement is accepted and that the account is entitled and
    authorized. ``days_left`` counts from the reading of the account to ``end_of_life_time``; without one it is absent.
    """

    KIND = "aws.bedrock.foundation_model"

    model_id: Text
    region: Text
    lifecycle_status: Text
    end_of_life_time: Text
    days_left: Number
    available: Flag
    inference_types: Texts


@dataclass(frozen=True)
class ModelCatalog(Kind):
    """The ids of all models and of AWS's own profiles in one Region: what is not among them does not exist."""

    KIND = "aws.bedrock.model_catalog"

    region: Text
    models: Texts
    profiles: Texts


_AVAILABLE = {
    "agreementAvailability": "AVAILABLE",
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}


def _observed(record: Record) -> Draft:
    details = record.answer("bedrock:GetFoundationModel")["modelDetails"]
    lifecycle = details["modelLifecycle"]
    end = lifecycle["endOfLifeTime"]
    return observed(
        FoundationModel,
        record,
        (details["modelId"], details["modelArn"]),
        model_id=details["modelId"],
        region=record.region,
        lifecycle_status=lifecycle["status"],
        end_of_life_time=end,
        days_left=days_until(end, record.read_at),
        available=_available(record),
        inference_types=details["inferenceTypesSupported"],
    )


def _available(record: Record) -> Drafted:
    answer = record.answer("bedrock:GetFoundationModelAvailability")
    nodes = {**dict.fromkeys(_AVAILABLE), "agreementAvailability": answer.at("agreementAvailability", "status")}
    return every(_is(node or answer[key], _AVAILABLE[key]) for key, node in nodes.items())


def _is(node: Node, wanted: str) -> bool | Unknown:
    return node.unknown or node.text() == wanted


def _catalog(record: Record) -> Draft:
    models = record.answer("bedrock:ListFoundationModels")["modelSummaries"]
    profiles = record.answer("bedrock:ListInferenceProfiles")["inferenceProfileSummaries"]
    return observed(
        ModelCatalog,
        record,
        region=record.region,
        models=_ids(models, "modelId"),
        profiles=_ids(profiles, "inferenceProfileId"),
    )


def _ids(summaries: Node, key: str) -> Drafted:
    return summaries.unknown or tuple(s.unknown or s[key] for s in summaries.items())


API: Mapping[str, Observed] = {FoundationModel.KIND: _observed, ModelCatalog.KIND: _catalog}

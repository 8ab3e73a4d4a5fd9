"""The models that code, configuration and IaC name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Link, Number, Text, Texts, To


@dataclass(frozen=True)
class ModelReference(Kind):
    """A model id, profile id or ARN that code, configuration or IaC names; an IAM wildcard is a grant instead.

    ``reference_type`` is the type of the ARN or id (``foundation_model``, ``inference_profile``,
    ``application_profile`` ...), or ``external`` for a model of another provider. ``source`` is code, iac or config.
    ``offered`` is one that code only lists for choosing: in a menu, or among those that are supported or allowed.
    ``destination_regions`` are the Regions that may process a call, ``outside_regions`` those among them, or the
    geography as a whole, that the config does not allow; ``approved`` compares with the config's list. On the declared
    plane ``lifecycle_status`` (ACTIVE, LEGACY or RETIRED), ``end_of_life`` and ``days_left`` come from the dated list
    that is shipped with prodworks, on the observed plane from the account. ``context_tokens`` and ``answer_tokens`` are
    what a request and an answer can hold, ``input_price`` and ``output_price`` list prices in USD of a million tokens,
    all from that list. ``foundation_model`` and ``inference_profile`` are absent where the account listed them and had
    none of that name.
    """

    KIND = "repo.model_reference"

    model_id: Text
    base_model_id: Text
    reference_type: Text
    geography: Text
    region: Text
    purpose: Text
    pinned: Flag
    source: Text
    offered: Flag
    approved: Flag
    destination_regions: Texts
    outside_regions: Texts
    lifecycle_status: Text
    end_of_life: Text
    days_left: Number
    context_tokens: Number
    answer_tokens: Number
    input_price: Number
    output_price: Number
    foundation_model: Annotated[Link, To("aws.bedrock.foundation_model")]
    inference_profile: Annotated[Link, To("aws.bedrock.inference_profile")]

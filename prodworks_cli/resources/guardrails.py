"""Guardrails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Item, Link, Number, Text, Texts, To


@dataclass(frozen=True)
class ContentFilter(Item):
    """An element of ``content_filters``."""

    type: Text
    input_strength: Text
    output_strength: Text
    input_action: Text
    output_action: Text
    input_enabled: Flag
    output_enabled: Flag
    modalities: Texts


@dataclass(frozen=True)
class PiiEntity(Item):
    """An element of ``pii_entities``."""

    type: Text
    action: Text
    input_action: Text
    output_action: Text
    input_enabled: Flag
    output_enabled: Flag


@dataclass(frozen=True)
class Regex(Item):
    """An element of ``regexes``."""

    name: Text
    action: Text
    input_action: Text
    output_action: Text
    input_enabled: Flag
    output_enabled: Flag


@dataclass(frozen=True)
class Topic(Item):
    """An element of ``topics``."""

    name: Text
    action: Text
    input_enabled: Flag
    output_enabled: Flag


@dataclass(frozen=True)
class GroundingFilter(Item):
    """An element of ``grounding_filters``."""

    type: Text
    threshold: Number
    action: Text
    enabled: Flag


@dataclass(frozen=True)
class Guardrail(Kind):
    """A guardrail with one of its versions."""

    KIND = "aws.bedrock.guardrail"

    id: Text
    arn: Text
    name: Text
    status: Text
    version: Text
    versions: Texts
    content_filters: tuple[ContentFilter | Unknown, ...] | Unknown | None
    tier: Text
    cross_region: Flag
    topics: tuple[Topic | Unknown, ...] | Unknown | None
    pii_entities: tuple[PiiEntity | Unknown, ...] | Unknown | None
    regexes: tuple[Regex | Unknown, ...] | Unknown | None
    grounding_filters: tuple[GroundingFilter | Unknown, ...] | Unknown | None
    kms_key: Text


@dataclass(frozen=True)
class EnforcedGuardrail(Kind):
    """A guardrail that the account (per Region) or the organization applies to every runtime call."""

    KIND = "aws.bedrock.enforced_guardrail"

    region: Text
    guardrail: Annotated[Link, To("aws.bedrock.guardrail")]
    guardrail_version: Text
    owner: Text
    input_tags: Text
    included_models: Texts
    excluded_models: Texts
    messages_guarding: Text
    system_guarding: Text

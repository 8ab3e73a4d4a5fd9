"""Guardrails.

Terraform and CloudFormation share one shape (``content_policy_config.filters_config``), responses another
(``contentPolicy.filters``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    camel,
    declared,
    each,
    has,
    later,
    observed,
    pascal,
    refers,
    snake,
)
from prodworks_cli.resources.guardrail_entries import (
    ContentFilter,
    GroundingFilter,
    PiiEntity,
    Regex,
    Topic,
    blocked_type,
)
from prodworks_cli.resources.model_calls import NUMBERED
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Text, Texts, draft


@dataclass(frozen=True)
class Guardrail(Kind):
    """A guardrail with one of its versions."""

    KIND = "aws.bedrock.guardrail"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {"blocked_categories": ("content_filters",)}

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

    @property
    def blocked_categories(self) -> Texts:
        """The types of content filters that block in questions and in answers at medium or high strength."""
        if isinstance(self.content_filters, Unknown):
            return self.content_filters
        blocked = (blocked_type(f) for f in self.content_filters or ())
        return tuple(type_ for type_ in blocked if type_ is not None)


_ENABLED = ("input_enabled", "output_enabled")
_ACTIONS = ("action", "input_action", "output_action")


def _entries(cls: type[Item], node: Node, spell: Spelling, *names: str) -> Drafted:
    return each(node, lambda entry: draft(cls, entry, **{name: entry[spell(name)] for name in names}))


def _content_filter(entry: Node, spell: Spelling) -> Draft:
    names = ("type", "input_strength", "output_strength", "input_action", "output_action", *_ENABLED)
    values = {name: entry[spell(name)] for name in names}
    return draft(ContentFilter, entry, modalities=entry[spell("input_modalities")], **values)


def _topic(entry: Node, spell: Spelling) -> Draft:
    """A denied topic has an action per direction; the one that acts counts."""
    asked, answered = entry[spell("input_action")], entry[spell("output_action")]
    action = next((node for node in (asked, answered) if node.present and node.text() != "NONE"), asked)
    values = {name: entry[spell(name)] for name in ("name", *_ENABLED)}
    return draft(Topic, entry, action=action, input_action=asked, output_action=answered, **values)


def _policies(
    content: Node, topics: Node, pii: Node, regexes: Node, grounding: Node, spell: Spelling
) -> dict[str, Drafted]:
    return {
        "content_filters": each(content, lambda entry: _content_filter(entry, spell)),
        "topics": each(topics, lambda entry: _topic(entry, spell)),
        "pii_entities": _entries(PiiEntity, pii, spell, "type", *_ACTIONS, *_ENABLED),
        "regexes": _entries(Regex, regexes, spell, "name", *_ACTIONS, *_ENABLED),
        "grounding_filters": _entries(GroundingFilter, grounding, spell, "type", "threshold", "action", "enabled"),
    }


def _declared(block: Block, declarations: Declarations, spell: Spelling) -> Draft:
    def at(*path: str) -> Node:
        return block.body.at(*map(spell, path))

    content = at("content_policy_config")
    tier = spell is snake and content.at("tier_config").present
    return declared(
        Guardrail,
        block,
        (at("name"),),
        id=later(block, "id"),
        arn=later(block, "arn"),
        name=at("name"),
        status=later(block, "status"),
        version="DRAFT",
        versions=_versions(block, declarations),
        tier=content.at("tier_config" if tier else spell("content_filters_tier_config"), spell("tier_name")),
        cross_region=has(at("cross_region_config")),
        kms_key=at("kms_key_arn"),
        **_policies(
            at("content_policy_config", "filters_config"),
            at("topic_policy_config", "topics_config"),
            at("sensitive_information_policy_config", "pii_entities_config"),
            at("sensitive_information_policy_config", "regexes_config"),
            at("contextual_grounding_policy_config", "filters_config"),
            spell,
        ),
    )


_VERSIONS = ("aws_bedrock_guardrail_version", "awscc_bedrock_guardrail_version", "AWS::Bedrock::GuardrailVersion")


def version_named(value: Node, declarations: Declarations) -> Node:
    """A version as written; a guardrail's own version is its draft, that of a version resource a number."""
    reference = value.content
    if not isinstance(reference, Reference) or (reference.attribute or "").lower() != "version":
        return value
    block = declarations.named(reference.address)
    if block and block.type in (*TERRAFORM, *CLOUDFORMATION):
        return Node("DRAFT", value.location)
    if block and block.type in _VERSIONS:
        return Node(Unknown(reference.unresolved().reason, present=True, shape=NUMBERED), value.location)
    return value


def _versions(guardrail: Block, declarations: Declarations) -> Drafted:
    """One unknown number for each declared version: the numbers are given at deployment."""
    keys = ("guardrail_arn", "guardrail_identifier", "GuardrailIdentifier")
    blocks = [b for b in declarations.of_type(*_VERSIONS) if refers(b.body.first_of(*keys), guardrail) is not False]
    return tuple(later(b, "version") for b in blocks)


def _terraform(block: Block, declarations: Declarations) -> Draft:
    return _declared(block, declarations, snake)


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    return _declared(block, declarations, pascal)


def _observed(record: Record) -> Draft:
    answer = record.answer("bedrock:GetGuardrail")
    sensitive = answer["sensitiveInformationPolicy"]
    return observed(
        Guardrail,
        record,
        (answer["guardrailId"], answer["guardrailArn"], answer["name"]),
        id=answer["guardrailId"],
        arn=answer["guardrailArn"],
        name=answer["name"],
        status=answer["status"],
        version=answer["version"],
        versions=_listed_versions(record),
        tier=answer.at("contentPolicy", "tier", "tierName"),
        cross_region=has(answer["crossRegionDetails"]),
        kms_key=answer["kmsKeyArn"],
        **_policies(
            answer.at("contentPolicy", "filters"),
            answer.at("topicPolicy", "topics"),
            sensitive["piiEntities"],
            sensitive["regexes"],
            answer.at("contextualGroundingPolicy", "filters"),
            camel,
        ),
    )


def _listed_versions(record: Record) -> Drafted:
    """The versions as ListGuardrails gives them for one guardrail, ``DRAFT`` included."""
    listing = record.answer("bedrock:ListGuardrails")["guardrails"]
    return listing.unknown or tuple(summary["version"] for summary in listing.items())


TERRAFORM: Mapping[str, Declared] = {
    "aws_bedrock_guardrail": _terraform,
    "awscc_bedrock_guardrail": _terraform,
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::Bedrock::Guardrail": _cloudformation,
}
API: Mapping[str, Observed] = {
    Guardrail.KIND: _observed,
}

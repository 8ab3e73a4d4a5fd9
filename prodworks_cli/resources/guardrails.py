"""Guardrails.

Terraform and CloudFormation share one shape (``content_policy_config.filters_config``), responses another
(``contentPolicy.filters``). An ``input_action`` or ``output_action`` of ``None`` means "not set", and Bedrock then
blocks; an ``enabled`` of ``None`` means "not set", and the entry is then active.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    Spelling,
    camel,
    declared,
    each,
    every,
    has,
    later,
    observed,
    pascal,
    refers,
    snake,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Item, Number, Text, Texts, draft


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

    @property
    def acts_on_output(self) -> Flag:
        """Whether the entry blocks or masks what it finds in answers, rather than only report it."""
        return _acts_on_output(self)


@dataclass(frozen=True)
class Regex(Item):
    """An element of ``regexes``."""

    name: Text
    action: Text
    input_action: Text
    output_action: Text
    input_enabled: Flag
    output_enabled: Flag

    @property
    def acts_on_output(self) -> Flag:
        """Whether the entry blocks or masks what it finds in answers, rather than only report it."""
        return _acts_on_output(self)


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
        blocked = (_blocked_type(f) for f in self.content_filters or ())
        return tuple(type_ for type_ in blocked if type_ is not None)


def _acts_on_output(entry: PiiEntity | Regex) -> bool | Unknown:
    """An action for answers goes before the common one."""
    action = entry.action if entry.output_action is None else entry.output_action
    acts = action if isinstance(action, Unknown) else action in ("BLOCK", "ANONYMIZE")
    return every((acts, _on(entry.output_enabled)))


def _blocked_type(entry: ContentFilter | Unknown) -> Text:
    """The type of a filter that blocks both ways; unknown when that cannot be told, ``None`` when it does not."""
    if isinstance(entry, Unknown):
        return entry
    strong = (_strong(entry.input_strength), _strong(entry.output_strength))
    blocks = (_blocks(entry.input_action), _blocks(entry.output_action))
    both_ways = every((*strong, *blocks, _on(entry.input_enabled), _on(entry.output_enabled)))
    return both_ways if isinstance(both_ways, Unknown) else entry.type if both_ways else None


def _strong(strength: Text) -> bool | Unknown:
    return strength if isinstance(strength, Unknown) else strength in ("MEDIUM", "HIGH")


def _blocks(action: Text) -> bool | Unknown:
    return action if isinstance(action, Unknown) else action != "NONE"


def _on(enabled: Flag) -> bool | Unknown:
    return enabled if isinstance(enabled, Unknown) else enabled is not False


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
    actions = [entry[spell("input_action")], entry[spell("output_action")]]
    action = next((node for node in actions if node.present and node.text() != "NONE"), actions[0])
    enabled = {name: entry[spell(name)] for name in _ENABLED}
    return draft(Topic, entry, name=entry[spell("name")], action=action, **enabled)


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


def _versions(guardrail: Block, declarations: Declarations) -> Drafted:
    """One unknown number for each declared version: the numbers are given at deployment."""
    types = ("aws_bedrock_guardrail_version", "awscc_bedrock_guardrail_version", "AWS::Bedrock::GuardrailVersion")
    keys = ("guardrail_arn", "guardrail_identifier", "GuardrailIdentifier")
    blocks = [b for b in declarations.of_type(*types) if refers(b.body.first_of(*keys), guardrail) is not False]
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

"""Guardrails that an account (per Region) or its organization enforces on every runtime call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import Declared, Observed, Record, Spelling, declared, observed, own, pascal, snake
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed
from prodworks_cli.schema import Draft, Flag, Link, Text, Texts, To


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

    @property
    def on_all_models(self) -> Flag:
        """Whether no model is left out. The service writes ``ALL``; without a setting it means all models too."""
        if isinstance(self.included_models, Unknown) or isinstance(self.excluded_models, Unknown):
            return Unknown("which models the enforced guardrail covers is not known")
        if set(self.included_models or ()) <= {"ALL"} and not self.excluded_models:
            return True
        return Unknown("the enforced guardrail covers only some models")


def _enforced_declared(block: Block, spell: Spelling) -> Draft:
    def at(*path: str) -> Node:
        return block.body.at(*map(spell, path))

    return declared(
        EnforcedGuardrail,
        block,
        region=Unknown("the Region of the deployment", present=True),
        guardrail=at("guardrail_identifier"),
        guardrail_version=at("guardrail_version"),
        owner="ACCOUNT",
        input_tags=None,
        included_models=at("model_enforcement", "included_models"),
        excluded_models=at("model_enforcement", "excluded_models"),
        messages_guarding=at("selective_content_guarding", "messages"),
        system_guarding=at("selective_content_guarding", "system"),
    )


def _enforced_terraform(block: Block, _: Declarations) -> Draft:
    return _enforced_declared(block, snake)


def _enforced_cloudformation(block: Block, _: Declarations) -> Draft:
    return _enforced_declared(block, pascal)


def _enforced_observed(record: Record) -> Draft:
    entry = own(record, "bedrock:ListEnforcedGuardrailsConfiguration", "guardrailsConfig")
    return observed(
        EnforcedGuardrail,
        record,
        (entry["configId"],),
        region=record.region,
        guardrail=entry["guardrailArn"],
        guardrail_version=entry["guardrailVersion"],
        owner=entry["owner"],
        input_tags=entry["inputTags"],
        included_models=entry.at("modelEnforcement", "includedModels"),
        excluded_models=entry.at("modelEnforcement", "excludedModels"),
        messages_guarding=entry.at("selectiveContentGuarding", "messages"),
        system_guarding=entry.at("selectiveContentGuarding", "system"),
    )


TERRAFORM: Mapping[str, Declared] = {
    "awscc_bedrock_enforced_guardrail_configuration": _enforced_terraform,
}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::Bedrock::EnforcedGuardrailConfiguration": _enforced_cloudformation}
API: Mapping[str, Observed] = {EnforcedGuardrail.KIND: _enforced_observed}

_LIST = Read("bedrock", "ListEnforcedGuardrailsConfiguration", "bedrock:ListEnforcedGuardrailsConfiguration")


def _enforced(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_LIST, "guardrailsConfig"), lambda entry: _enforced_record(reader, entry))


def _enforced_record(reader: Reader, entry: Node) -> Record:
    """The listing tells all. A policy of the organization may be the same in each Region."""
    identity = entry["configId"].text() or f"enforced-guardrail/{reader.region}"
    return reader.record(identity, {_LIST: narrowed(_LIST, "guardrailsConfig", entry, identity)})


COLLECT = (Collector(EnforcedGuardrail.KIND, (_LIST,), _enforced),)

"""Which version of a managed prompt is used: by code that names its ARN, and by IaC that hands it on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from prodworks_cli.model import Plane, Resource, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.references import uses_of
from prodworks_cli.resources.adapter import ACCOUNT_ONLY
from prodworks_cli.resources.agents import Prompt
from prodworks_cli.resources.model_calls import NUMBERED, ModelCall
from prodworks_cli.schema import Draft, Drafted, draft

_PROMPTS = frozenset({"aws_bedrockagent_prompt", "AWS::Bedrock::Prompt", "awscc_bedrock_prompt"})
_VERSIONS: Mapping[str, str] = {
    "AWS::Bedrock::PromptVersion": "PromptArn",
    "awscc_bedrock_prompt_version": "prompt_arn",
}
_ARN = re.compile(
    r"(?P<arn>arn:[a-z-]*:bedrock:[a-z0-9-]*:\d*:prompt/(?P<id>[A-Za-z0-9]+))(?::(?P<version>[A-Za-z0-9]+))?"
)
_NUMBER = Unknown("the number of a version that is made at deployment", present=True, shape=NUMBERED)

Version = str | Unknown


@dataclass(frozen=True)
class Use:
    """One use of a prompt, by the address of its block or by its ARN."""

    key: str
    version: Version
    node: Node


def with_prompt_uses(drafts: Sequence[Draft], declared: Declarations) -> list[Draft]:
    """The drafts, with the version used of declared prompts filled in, and one for each prompt that only code names."""
    in_iac, in_code = list(_in_iac(declared)), list(_in_code(drafts))
    named = {use.key for use in in_code}
    return [
        *(_used(d, in_iac) if d.cls is Prompt else d for d in drafts),
        *(_named(key, in_code) for key in sorted(named)),
    ]


def _in_iac(declared: Declarations) -> Iterator[Use]:
    """References from a block to a prompt; one that is also given a version of it uses that version."""
    versions = {b.address: b.body[key] for kind, key in _VERSIONS.items() for b in declared.of_type(kind)}
    prompts = {b.address for b in declared.of_type(*_PROMPTS)}
    for block in declared.blocks:
        if block.type not in _VERSIONS:
            yield from _of_block(block, versions, prompts)


def _of_block(block: Block, versions: Mapping[str, Node], prompts: set[str]) -> Iterator[Use]:
    found = [(n, n.content) for n in uses_of(block) if isinstance(n.content, Reference)]
    pinned = {_prompt_of(versions[r.address]) for _, r in found if r.address in versions}
    for node, reference in found:
        if reference.address in versions and (prompt := _prompt_of(versions[reference.address])):
            yield Use(prompt, _NUMBER, node)
        elif reference.address in prompts and reference.address not in pinned:
            yield Use(reference.address, "DRAFT", node)


def _prompt_of(node: Node) -> str | None:
    return node.content.address if isinstance(node.content, Reference) else None


def _in_code(drafts: Iterable[Draft]) -> Iterator[Use]:
    for call in drafts:
        node = call.attributes.get("model_id") if call.cls is ModelCall else None
        match = _ARN.fullmatch(node.text() or "") if isinstance(node, Node) else None
        if match and isinstance(node, Node):
            yield Use(match["arn"], match["version"] or "DRAFT", node)


def _used(described: Draft, uses: Iterable[Use]) -> Draft:
    mine = [use for use in uses if use.key == described.identity]
    return replace(described, attributes={**described.attributes, **_version(mine)}) if mine else described


def _version(uses: Sequence[Use]) -> dict[str, Drafted]:
    """The draft wins: one user of it is enough."""
    worst = next((use for use in uses if use.version == "DRAFT"), uses[0])
    return {"used": True, "used_version": Node(worst.version, worst.node.location)}


def _named(arn: str, uses: Iterable[Use]) -> Draft:
    """A prompt that code names by its ARN; what else there is to know, the account knows."""
    mine = [use for use in uses if use.key == arn]
    match = _ARN.fullmatch(arn)
    name = match["id"] if match else arn
    described = draft(
        Prompt,
        mine[0].node,
        id=name,
        arn=arn,
        name=ACCOUNT_ONLY,
        versions=ACCOUNT_ONLY,
        kms_key=ACCOUNT_ONLY,
        **_version(mine),
    )
    return replace(described, identity=arn, aliases=(name,))


def observed_uses(resources: Sequence[Resource]) -> list[Resource]:
    """Observed prompts with the use that the repository makes of them; those that it does not name are not used."""
    declared = {r.identity: r.value for r in resources if r.plane is Plane.DECLARED and isinstance(r.value, Prompt)}
    return [_observed(r, declared) for r in resources]


def _observed(resource: Resource, declared: Mapping[str, Prompt]) -> Resource:
    if resource.plane is not Plane.OBSERVED or not isinstance(resource.value, Prompt):
        return resource
    twin = declared.get(resource.identity)
    used, version = (twin.used, twin.used_version) if twin else (False, None)
    return replace(resource, value=replace(resource.value, used=used, used_version=version))

"""The models that a workload names, derived in one place from what the readers found: model calls of every language,
the arguments of declared resources, and ids that stand in code and configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from prodworks_cli.knowledge import SIZE_AND_PRICE, lifecycle, outside, size_and_price
from prodworks_cli.model import Location, Ref, Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import parsed
from prodworks_cli.resources.bedrock import InferenceProfile
from prodworks_cli.resources.model_calls import DEPLOYMENT, ModelCall, ModelClient
from prodworks_cli.resources.model_references import ModelReference
from prodworks_cli.schema import Draft, Drafted, attributes_of
from prodworks_cli.sources import literals
from prodworks_cli.sources.calls.facts import DEFINED_ELSEWHERE
from prodworks_cli.sources.calls.model_ids import ModelId, purpose_of, read_model_id
from prodworks_cli.sources.files import File

# Permissions name models too; they grant and do not use.
_GRANTS = re.compile(r"^aws_iam_|^AWS::IAM::|^awscc_iam_|^AWS::SSO::|^aws_organizations_|^AWS::Organizations::")
_POLICIES = re.compile(
    r"^(?:inline_|assume_role_|access_)?polic(?:y|ies)(?:_document)?$|^\w*Polic(?:y|ies)(?:Document)?$|^[Ss]tatement$"
)
_PROSE = frozenset({"description", "Description", "tags", "Tags", "comment", "Comment", "metadata", "Metadata"})
# What may be chosen is not what is used.
_CHOICES = frozenset({"enum", "Enum", "allowed_values", "AllowedValues", "examples"})
PROFILES = frozenset({"aws_bedrock_inference_profile", "AWS::Bedrock::ApplicationInferenceProfile"})
_ASIDE = _PROSE | _CHOICES
_UNRESOLVED = re.compile(r"\$\{[^}]*\}")
_LITELLM = re.compile(r"^(?:litellm/)?(?:amazon_)?(?:bedrock|bedrock_converse|converse)[/:](?:converse/|invoke/)?")
# An id of a provider that is not among the known families; trusted only where a call is given it.
_OTHER_ID = re.compile(r"(?:(us|eu|apac|jp|au|ca|global|us-gov)\.)?([a-z][a-z0-9-]*\.[a-z][A-Za-z0-9.:_-]*)")
_MOST_TEXT = 65_536


@dataclass(frozen=True)
class Named:
    """A place that names a model. ``called`` says that a model call is given the name, ``offered`` that it is only one
    of a list to choose from."""

    node: Node
    identity: str
    source: str
    region: str | Unknown
    called: bool = False
    provider: str = "bedrock"
    offered: bool = False


@dataclass(frozen=True)
class Wanted:
    """What the config says about models, and the day on which it is asked."""

    approved: Sequence[str]
    regions: Sequence[str]
    today: date

    @staticmethod
    def of(settings: Mapping[str, Any], today: date) -> Wanted:
        """From the settings of an inventory."""
        return Wanted(settings.get("approved_models") or (), settings.get("allowed_regions") or (), today)

    def approves(self, base: str | Unknown | None) -> bool | Unknown:
        """Whether the list holds the model; an entry may be a pattern, and its geography does not matter."""
        if not self.approved or base is None:
            return False
        if isinstance(base, Unknown):
            return base
        return any(fnmatchcase(base, without_geography(entry)) for entry in self.approved)


def references(
    drafts: Iterable[Draft],
    files: Sequence[File],
    declared: Declarations,
    wanted: Wanted,
    literal: Sequence[Named],
) -> list[Draft]:
    """A draft for each model that is named, once for each file; a name that does not resolve, once for each call.

    ``literal`` are the names that are written in files; see :func:`written`.
    """
    called = list(_called(list(drafts)))
    others = [*_declared(declared, called), *literal]
    seen: dict[str, Named] = {}
    for named in _once(called, others, {f.path: f.data for f in files}):
        first = seen.setdefault(named.identity, named)
        if first.offered and not named.offered:
            seen[named.identity] = named
    return [_draft(named, declared, wanted) for named in seen.values()]


def _once(called: Sequence[Named], others: Sequence[Named], files: Mapping[str, bytes]) -> Iterator[Named]:
    """A name that a call is given from elsewhere (a variable that IaC sets) counts where it is written, not twice."""
    written = {named.node.text() for named in others}
    given: dict[str | None, Named] = {}
    for named in called:
        text = named.node.text()
        if text in written and text is not None and text.encode() not in files.get(named.node.location.where, b""):
            given[text] = named
        else:
            yield named
    for named in others:
        call = given.get(named.node.text())
        yield replace(named, region=call.region, called=True, offered=False) if call else named


def _called(drafts: Sequence[Draft]) -> Iterator[Named]:
    regions = {d.identity: d.attributes["region"] for d in drafts if d.cls is ModelClient}
    for call in drafts:
        node = call.attributes.get("model_id")
        if call.cls is not ModelCall or not isinstance(node, Node) or _defined_elsewhere(call, node):
            continue
        client = call.attributes.get("client")
        region = _region(regions.get(client.key) if isinstance(client, Ref) else None)
        text = node.text()
        where = node.location.where or call.location.where
        identity = f"{where}:{text}" if text else f"{call.identity} model"
        provider = call.attributes.get("provider")
        yield Named(node, identity, "code", region, True, provider if isinstance(provider, str) else "bedrock")


def _defined_elsewhere(call: Draft, node: Node) -> bool:
    """The agent, flow, prompt or endpoint that is called names its model itself."""
    api, text = call.attributes.get("api"), _shape(node) or ""
    endpoint = isinstance(api, str) and api.startswith((*DEFINED_ELSEWHERE, "invoke_endpoint"))
    return endpoint or ":prompt/" in text or node.content is None


def _region(drafted: Drafted) -> str | Unknown:
    if isinstance(drafted, Node):
        return drafted.text() or drafted.unknown or DEPLOYMENT
    return drafted if isinstance(drafted, str | Unknown) else DEPLOYMENT


def _declared(declared: Declarations, called: Iterable[Named]) -> Iterator[Named]:
    """Model ids among the arguments of resources; permissions, descriptions and what a call leads to are left out."""
    known = {named.node.content.address for named in called if isinstance(named.node.content, Reference)}
    for block in declared.blocks:
        if block.address not in known:
            yield from (_in_iac(node, block) for node in uses_of(block) if _model_id(node, called=False))


def _in_iac(node: Node, block: Block) -> Named:
    region = block.body["region"].text() if block.type.startswith("aws_") else None
    return Named(node, f"{node.location.where or block.address}:{_shape(node)}", "iac", region or DEPLOYMENT)


def uses_of(block: Block) -> Iterator[Node]:
    """The values in a block that use something: permissions name things too, and use none."""
    if not _GRANTS.match(block.type):
        yield from _texts(block.body)


def _texts(body: Node) -> Iterator[Node]:
    stack = [body]
    while stack:
        node = stack.pop()
        if isinstance(node.content, Mapping):
            stack.extend(v for k, v in node.members() if not _POLICIES.match(k) and k not in _ASIDE)
        elif isinstance(node.content, tuple):
            stack.extend(node.content)
        elif (text := node.text()) and text[:1] in "[{" and len(text) <= _MOST_TEXT:
            stack.append(_no_text(parsed(node)))
        else:
            yield node


def _no_text(node: Node) -> Node:
    """Parsed JSON; text that is none, or that holds text again, is not looked into any further."""
    return node if isinstance(node.content, Mapping | tuple) else Node(None, node.location)


def written(files: Sequence[File]) -> tuple[Named, ...]:
    """The places in files that name a model, whoever reads them."""
    return tuple(
        Named(
            found.node,
            f"{found.node.location.where}:{found.node.text()}",
            found.source,
            DEPLOYMENT,
            offered=found.offered,
        )
        for found in literals.read(files)
    )


def _shape(node: Node) -> str | None:
    """The text, or the known part of one that is not resolved."""
    return node.content.shape if isinstance(node.content, Unknown) else node.text()


def without_geography(text: str) -> str:
    """A model id without the prefix of a cross-Region profile."""
    read = read_model_id(text)
    other = _OTHER_ID.fullmatch(text)
    return (read.base if read else None) or (other.group(2) if other and other.group(1) else text)


def _model_id(node: Node, called: bool) -> ModelId | None:
    shape = _shape(node)
    if not shape or len(shape) > 400:
        return None
    text = _LITELLM.sub("", shape)
    read = read_model_id(_UNRESOLVED.sub("", text))
    unresolved = "${" in text
    if read and unresolved and not text.startswith("arn:"):
        return None
    if read is None and called and not unresolved and (other := _OTHER_ID.fullmatch(text)):
        type_ = "inference_profile" if other.group(1) else "foundation_model"
        return ModelId(text, other.group(2), type_, other.group(1), None)
    return read


def _draft(named: Named, declared: Declarations, wanted: Wanted) -> Draft:
    content = named.node.content
    read = _model_id(named.node, named.called)
    profile = declared.named(content.address) if isinstance(content, Reference) else None
    if profile and profile.type in PROFILES:
        return _of_profile(named, profile, wanted)
    if read:
        return _described(named, read, wanted)
    if named.provider not in ("bedrock", "sagemaker") and (text := named.node.text()):
        return _described(named, ModelId(text, text, "external", None, None), wanted)
    reason = named.node.unknown or Unknown("the text is no id of a model that is known", present=True)
    return _unread(named, Unknown(reason.reason, present=True))


def _of_profile(named: Named, profile: Block, wanted: Wanted) -> Draft:
    """An application profile that the repository declares: the model is that of the profile it copies."""
    source = profile.body.at("model_source", "copy_from")
    source = source if source.present else profile.body.at("ModelSource", "CopyFrom")
    copied = _model_id(source, called=True)
    base = copied.base if copied else None
    read = ModelId(
        copied.text if copied else "",
        base,
        "application_profile",
        copied.geography if copied else None,
        copied.region if copied else None,
    )
    return _described(named, read, wanted, Ref(InferenceProfile.KIND, profile.address))


def _described(named: Named, read: ModelId, wanted: Wanted, profile: Ref | None = None) -> Draft:
    base = read.base or Unknown("only the account knows which model this is", present=True)
    region = read.region or named.region
    regions = _destinations(read, region)
    attributes: dict[str, Drafted] = {
        "base_model_id": base,
        "reference_type": read.type,
        "geography": read.geography,
        "region": region,
        "purpose": purpose_of(base) if isinstance(base, str) else base,
        "pinned": read.pinned if read.base else base,
        "approved": wanted.approves(base),
        "destination_regions": regions,
        "outside_regions": outside(regions, wanted.regions) if wanted.regions else None,
        **_lifecycle(base, wanted.today),
        **(size_and_price(base) if isinstance(base, str) else dict.fromkeys(SIZE_AND_PRICE, base)),
        "foundation_model": Ref("aws.bedrock.foundation_model", base) if isinstance(base, str) else base,
        "inference_profile": profile or _profile(read, named),
    }
    return Draft(
        ModelReference,
        _place(named),
        {"model_id": named.node, "source": named.source, "offered": named.offered, **attributes},
        named.identity,
    )


def _profile(read: ModelId, named: Named) -> Drafted:
    """A profile of AWS has the id that its model and geography give; an application profile is named as written."""
    if read.type == "inference_profile" and read.base:
        return Ref(InferenceProfile.KIND, f"{read.geography}.{read.base}" if read.geography else read.base)
    if read.type == "application_profile":
        text = named.node.text()
        return Ref(InferenceProfile.KIND, text) if text else named.node.unknown
    return None


def _place(named: Named) -> Location:
    return named.node.location


def _destinations(read: ModelId, region: str | Unknown) -> tuple[str | Unknown, ...] | Unknown:
    """The Region of the call, or the geography, which stands for all its Regions."""
    if read.geography:
        return (read.geography,)
    if read.type in (
        "foundation_model",
        "provisioned_model",
        "custom_model",
        "imported_model",
        "custom_model_deployment",
    ):
        return (region,)
    return Unknown("where this is processed is known to the account only", present=True)


def _lifecycle(base: str | Unknown, today: date) -> dict[str, Drafted]:
    known = lifecycle(base) if isinstance(base, str) else base
    if isinstance(known, Unknown):
        return dict.fromkeys(("lifecycle_status", "end_of_life", "days_left"), known)
    end = known.end_of_life.isoformat() if known.end_of_life else None
    return {"lifecycle_status": known.status(today), "end_of_life": end, "days_left": known.days_left(today)}


def _unread(named: Named, reason: Unknown) -> Draft:
    attributes: dict[str, Drafted] = dict.fromkeys(attributes_of(ModelReference), reason)
    return Draft(
        ModelReference, _place(named), {**attributes, "source": named.source, "offered": named.offered}, named.identity
    )

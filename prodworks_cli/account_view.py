"""What the account says about what the code names: model references and model calls once more, on the observed plane.

A reference resolves to what the account has, to ``None`` where the account listed everything and has no such thing, and
to an unknown in every other case: another account, a Region that was not read, a listing that failed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from prodworks_cli.call_logging import logging_of, region_of
from prodworks_cli.knowledge import outside
from prodworks_cli.model import Inventory, Kind, Plane, Ref, Resource, Unknown
from prodworks_cli.resources.agents import Agent, AgentAlias, Prompt
from prodworks_cli.resources.bedrock import InferenceProfile, InvocationLogging
from prodworks_cli.resources.foundation_models import FoundationModel, ModelCatalog
from prodworks_cli.resources.guardrails import Guardrail
from prodworks_cli.resources.model_calls import DEPLOYMENT, NUMBERED, ModelCall
from prodworks_cli.resources.model_references import ModelReference
from prodworks_cli.schema import Flag, Link, Text, Texts
from prodworks_cli.sources.calls.model_ids import read_model_id
from prodworks_cli.workload import gaps_of

_ARN = re.compile(r"arn:[a-z-]*:bedrock:(?P<region>[a-z0-9-]*):(?P<account>\d*):")
_GUARDRAIL_ID = re.compile(r"[a-z0-9]{4,64}")


def views(inventory: Inventory) -> list[Resource]:
    """The observed twins of the declared references and calls of a joined inventory."""
    account = Account(inventory)
    declared = [r for r in inventory.resources if r.plane is Plane.DECLARED]
    return [twin for r in declared if (twin := _view(r, account) or _lacking(r, account)) is not None]


def _view(resource: Resource, account: Account) -> Resource | None:
    if isinstance(resource.value, ModelReference):
        return replace(resource, plane=Plane.OBSERVED, value=_reference(resource.value, account))
    if isinstance(resource.value, ModelCall):
        return replace(resource, plane=Plane.OBSERVED, value=_call(resource.value, account))
    return None


def _lacking(resource: Resource, account: Account) -> Resource | None:
    """A prompt that only code names, as an account shows it that lists its prompts and has no such one."""
    value = resource.value
    if not isinstance(value, Prompt) or not resource.identity.startswith("arn:"):
        return None
    if account.named(Prompt, resource.identity) or account.missing(Prompt, resource.identity, None) is not None:
        return None
    return replace(resource, plane=Plane.OBSERVED, value=replace(value, name=None, versions=(), kms_key=None))


def is_lacking(resource: Resource) -> bool:
    """Whether an observed resource stands for one that the account does not have: its place is that of its name."""
    place = resource.locations.get("")
    return resource.kind == Prompt.KIND and place is not None and place.call is None and place.line is not None


@dataclass(frozen=True)
class Account:
    """What was observed, with the look-ups that references need."""

    inventory: Inventory

    def of(self, kind: type[Kind]) -> list[Resource]:
        """All observed resources of a kind."""
        return [r for r in self.inventory.resources if r.plane is Plane.OBSERVED and isinstance(r.value, kind)]

    def region(self, region: str | Unknown | None) -> str | Unknown | None:
        """A Region, where that of the deployment is the one that was read, if it is only one."""
        regions = self.inventory.scan.regions
        return regions[0] if region == DEPLOYMENT and len(regions) == 1 else region

    def named(self, kind: type[Kind], key: str, region: str | Unknown | None = None) -> Resource | None:
        """The one resource with an identity, name, id or ARN; with a Region, the one there."""
        found = [r for r in self.of(kind) if key in (r.identity, r.identity.rpartition("/")[2]) or key in r.aliases]
        if len(found) > 1 and isinstance(region, str):
            found = [r for r in found if _region(r) == region]
        return found[0] if len(found) == 1 else None

    def declares(self, kind: type[Kind], key: str) -> bool:
        """Whether a key is that of a declared resource, and no id that the account would know."""
        declared = (r for r in self.inventory.resources if r.plane is Plane.DECLARED and isinstance(r.value, kind))
        return any(r.identity == key for r in declared)

    def uncatalogued(self, listing: str, name: str, region: str | Unknown | None) -> Unknown | None:
        """Why a model or profile of AWS that was not found may exist all the same; ``None`` when it does not."""
        if not isinstance(region, str):
            return Unknown(region.reason if isinstance(region, Unknown) else "the Region of the call is not known")
        catalogs = (r.value for r in self.of(ModelCatalog))
        ids = next((getattr(c, listing) for c in catalogs if isinstance(c, ModelCatalog) and c.region == region), None)
        if not isinstance(ids, tuple):
            return ids if isinstance(ids, Unknown) else Unknown(f"the {listing} of {region} were not read")
        unread = next((i for i in ids if isinstance(i, Unknown)), None)
        return Unknown(f"{name}: not among what was read", present=True) if name in ids else unread

    def missing(self, kind: type[Kind], key: str, region: str | Unknown | None) -> Unknown | None:
        """Why something of the account that was not found may exist all the same; ``None`` when it does not."""
        arn = _ARN.match(key)
        if arn and arn["account"] and arn["account"] not in self.inventory.scan.accounts:
            return Unknown(f"{key} belongs to another account", present=True)
        where = arn["region"] if arn and arn["region"] else region
        if not isinstance(where, str):
            return Unknown(where.reason if isinstance(where, Unknown) else "the Region of the call is not known")
        hidden = gaps_of(kind.KIND, Plane.OBSERVED, self.inventory.gaps, minor=True)
        if hidden:
            return Unknown(f"{hidden[0].scope}: {hidden[0].reason}")
        return None if where in self.inventory.scan.regions else Unknown(f"{where} was not read")


def _region(resource: Resource) -> str | None:
    value = resource.value
    if isinstance(value, FoundationModel | InvocationLogging):
        return value.region if isinstance(value.region, str) else None
    arn = value.arn if isinstance(value, InferenceProfile | Guardrail) else None
    match = _ARN.match(arn) if isinstance(arn, str) else None
    return match["region"] if match else None


def _reference(named: ModelReference, account: Account) -> ModelReference:
    value = replace(named, region=account.region(named.region))
    profile = _profile(value, account)
    base = _base(value, profile, account)
    model = _model(base, value, account)
    regions = _regions(value, profile, account)
    allowed = account.inventory.settings.get("allowed_regions")
    return replace(
        _with_lifecycle(value, model, account),
        base_model_id=base,
        destination_regions=regions,
        outside_regions=outside(regions, allowed) if allowed else None,
        foundation_model=model,
        inference_profile=profile,
    )


def _profile(value: ModelReference, account: Account) -> Link:
    """The profile that is named, by reference to its declaration or by its id or ARN."""
    link = value.inference_profile
    if not isinstance(link, Ref):
        return link
    found = account.named(InferenceProfile, link.key, value.region)
    if found:
        return Ref(InferenceProfile.KIND, found.identity)
    if account.declares(InferenceProfile, link.key):
        return Unknown(f"{link.key}: not among what was read", present=True)
    if value.reference_type == "inference_profile":
        return account.uncatalogued("profiles", link.key, value.region)
    return account.missing(InferenceProfile, link.key, value.region)


def _base(value: ModelReference, profile: Link, account: Account) -> Text:
    """The model: known from the id, or from the profile that the account shows."""
    models = _value_of(profile, account)
    if isinstance(value.base_model_id, str) or not isinstance(models, InferenceProfile):
        return value.base_model_id
    first = next((m for m in models.models if isinstance(m, str)), None) if isinstance(models.models, tuple) else None
    read = read_model_id(first) if first else None
    return (read.base if read else None) or value.base_model_id


def _model(base: Text, value: ModelReference, account: Account) -> Link:
    if not isinstance(base, str):
        return base
    if value.reference_type == "external":
        return None
    found = account.named(FoundationModel, base, value.region)
    if found:
        return Ref(FoundationModel.KIND, found.identity)
    return account.uncatalogued("models", base, value.region)


def _regions(value: ModelReference, profile: Link, account: Account) -> Texts:
    shown = _value_of(profile, account)
    if isinstance(shown, InferenceProfile):
        return shown.destination_regions
    if value.reference_type == "foundation_model":
        return (value.region,) if isinstance(value.region, str) else value.region
    if value.reference_type in ("inference_profile", "application_profile"):
        return profile if isinstance(profile, Unknown) else Unknown("the account has no such profile")
    return value.destination_regions


def _value_of(link: Link, account: Account) -> Kind | None:
    found = (
        account.named(FoundationModel if link.kind == FoundationModel.KIND else InferenceProfile, link.key)
        if isinstance(link, Ref)
        else None
    )
    return found.value if found else None


def _with_lifecycle(value: ModelReference, model: Link, account: Account) -> ModelReference:
    seen = _value_of(model, account)
    if isinstance(seen, FoundationModel):
        return replace(
            value, lifecycle_status=seen.lifecycle_status, end_of_life=seen.end_of_life_time, days_left=seen.days_left
        )
    silent = model if isinstance(model, Unknown) else Unknown("the account does not have this model")
    return replace(value, lifecycle_status=silent, end_of_life=silent, days_left=silent)


def _call(value: ModelCall, account: Account) -> ModelCall:
    region = account.region(region_of(value, account.inventory.resources)) or DEPLOYMENT
    guardrail = _guardrail(value, region, account)
    return replace(
        value,
        region=region,
        guardrail=guardrail,
        guardrail_version_exists=_version_exists(value, guardrail, account),
        invocation_logging=logging_of(region, account.of(InvocationLogging)),
        agent_version=_behind(value, region, account) if value.agent_alias is not None else None,
    )


def _behind(value: ModelCall, region: str | Unknown, account: Account) -> Text:
    """The version behind the alias that a call names, as the account shows it."""
    link, alias = value.agent, value.agent_alias
    if value.api != "invoke_agent" or not isinstance(link, Ref):
        return link if isinstance(link, Unknown) else Unknown("what is behind its alias is not read from the account")
    found = account.named(Agent, link.key, region)
    agent = found.value if found else None
    if not isinstance(agent, Agent):
        return account.missing(Agent, link.key, region) or "missing"
    if not isinstance(alias, str) or not isinstance(agent.aliases, tuple):
        return next((v for v in (alias, agent.aliases) if isinstance(v, Unknown)), Unknown("the aliases were not read"))
    match = next((a for a in agent.aliases if isinstance(a, AgentAlias) and a.id == alias), None)
    unread = next((a for a in agent.aliases if isinstance(a, Unknown)), None)
    return match.agent_version if match else unread or "missing"


def _guardrail(value: ModelCall, region: str | Unknown, account: Account) -> Link:
    link = value.guardrail
    if not isinstance(link, Ref):
        return link
    found = account.named(Guardrail, link.key, region)
    if found:
        return Ref(Guardrail.KIND, found.identity)
    if _GUARDRAIL_ID.fullmatch(link.key) or _ARN.match(link.key):
        return account.missing(Guardrail, link.key, region)
    return Unknown(f"{link.key}: not among what was read", present=True)


def _version_exists(value: ModelCall, guardrail: Link, account: Account) -> Flag:
    """Whether the account has the version that the call names; a number that deployment tells is one of those there."""
    found = account.named(Guardrail, guardrail.key) if isinstance(guardrail, Ref) else None
    if found is None or not isinstance(found.value, Guardrail):
        return guardrail if isinstance(guardrail, Unknown) else None
    versions, wanted = found.value.versions, value.guardrail_version
    if isinstance(versions, Unknown) or versions is None:
        return versions
    if isinstance(wanted, Unknown) and wanted.shape == NUMBERED:
        return any(isinstance(v, str) and v.isdigit() for v in versions)
    if not isinstance(wanted, str):
        return wanted if isinstance(wanted, Unknown) else Unknown("the call names no version")
    return wanted == "DRAFT" or wanted in versions

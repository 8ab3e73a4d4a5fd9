"""What of a workload is deployed and declared nowhere in the repository: made in the console, or somewhere else."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.deployments import in_doubt
from prodworks_cli.globs import covers
from prodworks_cli.joins import joins_of, shown
from prodworks_cli.model import Gap, Inventory, Plane, Resource, Unknown

_GENAI = ("aws.bedrock.*", "aws.agentcore.*")
# What AWS offers, what is one setting of the account and often a platform team's, and what is started and not made.
_NO_PART = frozenset(
    {
        *("aws.bedrock.foundation_model", "aws.bedrock.inference_profile", "aws.bedrock.model_catalog"),
        *("aws.bedrock.invocation_logging", "aws.bedrock.enforced_guardrail", "aws.bedrock.account_settings"),
        *("aws.bedrock.api_key", "aws.bedrock.evaluation_job", "aws.bedrock.batch_job"),
    }
)
SHARED = "the account may hold other workloads; name this one's in scope"


def undeclared(inventory: Inventory, plane: Plane) -> tuple[str | Unknown, ...] | Unknown | None:
    """The ARNs of GenAI resources of the workload that no declaration joins to; absent where no account was read.

    Unknown stands for each one of which it is not known: the account is shared and nothing narrows it, names or stacks
    were not read, or a file that may declare it was not.
    """
    if plane is not Plane.OBSERVED:
        return None
    joins = joins_of(inventory.resources)
    doubts = {kind for kind, _ in (*in_doubt(inventory), *joins.candidates)}
    hidden = [_reason(g) for g in inventory.gaps if g.plane is Plane.OBSERVED and _counts(g.kind)]
    alone = [r for r in inventory.resources if r.plane is plane and _counts(r.kind) and joins.is_alone(r)]
    narrowed = bool(inventory.settings.get("scope"))
    return (*(_one(r, inventory, doubts, narrowed) for r in alone), *map(Unknown, dict.fromkeys(hidden)))


def _one(resource: Resource, inventory: Inventory, doubts: Iterable[str], narrowed: bool) -> str | Unknown:
    name = shown(resource)
    unread = [g for g in inventory.gaps if g.plane is Plane.DECLARED and not g.minor and covers(g.kind, resource.kind)]
    if unread:
        return Unknown(f"{name}: {_reason(unread[0])}")
    if resource.kind in doubts or isinstance(getattr(resource.value, "name", None), Unknown):
        return Unknown(f"{name}: which declaration it is of is not known")
    return name if narrowed else Unknown(f"{name}: {SHARED}")


def _counts(kind: str) -> bool:
    """Whether a kind, or a glob of kinds, holds what a repository should declare."""
    if "*" in kind:
        return any(covers(kind, genai.rstrip("*") + "x") for genai in _GENAI)
    return kind not in _NO_PART and any(covers(genai, kind) for genai in _GENAI)


def _reason(gap: Gap) -> str:
    return f"{gap.scope}: {gap.reason}"

"""One inventory of all that the sources of a repository gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from prodworks_cli import knowledge
from prodworks_cli.call_logging import with_logging
from prodworks_cli.deployments import templates_of
from prodworks_cli.link import link, pointers
from prodworks_cli.model import Gap, Inventory, Plane, Resource, Scan, Skipped
from prodworks_cli.node import Declarations
from prodworks_cli.planes import distinct, ordered, resource_of, with_workload
from prodworks_cli.prompt_use import with_prompt_uses
from prodworks_cli.references import Named, Wanted, references, written
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.schema import Draft
from prodworks_cli.sources import operator_scripts, owners, unrecognised
from prodworks_cli.tasks import Attempt, Given

__all__ = ["MODELS", "Read", "whole", "written"]

MODELS = "the references to models"


@dataclass(frozen=True)
class Read:
    """What the sources gave: declarations, drafts, gaps, and the names of models that are written in files."""

    given: Given
    declarations: Declarations
    drafts: Sequence[Draft]
    gaps: Sequence[Gap]
    literal: Sequence[Named]


def whole(read: Read, settings: Mapping[str, Any], attempt: Attempt, today: date | None) -> Inventory:
    """The inventory, with what follows from all that was read together."""
    given, declarations, tree, gaps = read.given, read.declarations, read.given.tree, [*read.gaps]
    drafts = with_prompt_uses(read.drafts, declarations)
    told = {gap.scope for gap in gaps}
    if not any(draft.cls.KIND.startswith(("aws.bedrock.", "aws.agentcore.")) for draft in drafts):
        gaps += unrecognised.switched_off(f for f in given.files if f.path not in told)
    if not any(draft.cls is ModelCall for draft in drafts):
        gaps += unrecognised.read(f for f in given.workload if f.path not in told)
    wanted = Wanted.of(settings, today or knowledge.checked())
    named, crashes = attempt(
        MODELS, lambda: (references(drafts, given.workload, declarations, wanted, read.literal), ())
    )
    gaps += crashes
    resources = with_logging(link((resource_of(d, Plane.DECLARED) for d in (*drafts, *named)), pointers(declarations)))
    skipped = (*tree.skipped, *(Skipped(path, operator_scripts.REASON) for path in sorted(given.by_hand)))
    scan = Scan(tree.name, tree.commit, tree.dirty, len(tree.files), skipped, owners=_owners(resources, given.owned))
    scan = replace(scan, templates=templates_of(declarations.blocks))
    inventory = Inventory(ordered(resources), distinct(gaps), scan, settings)
    return with_workload(inventory, _owner(settings, given.owned, resources))


def _owners(resources: Iterable[Resource], owned: owners.Owners) -> dict[str, str]:
    paths = sorted({place.where for r in resources for place in r.locations.values()})
    return {path: ", ".join(owned.of(path)) for path in paths if owned.of(path)}


def _owner(settings: Mapping[str, Any], owned: owners.Owners, resources: Sequence[Resource]) -> str | None:
    """The owner by config, else the one whom CODEOWNERS gives all the code that calls a model."""
    if settings.get("owner"):
        return str(settings["owner"])
    paths = {r.locations[""].where for r in resources if r.kind in ("repo.model_call", "repo.prompt")}
    # A repository of infrastructure alone has no such code: then what it declares must be owned.
    paths = paths or {r.locations[""].where for r in resources}
    named = [owned.of(path) for path in sorted(paths)]
    return ", ".join(named[0]) if named and all(named) else None

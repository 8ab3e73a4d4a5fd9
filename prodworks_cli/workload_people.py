"""What the repository says of people around the workload: who reads, rates, stops and replaces its answers."""

from __future__ import annotations

import re

from prodworks_cli.model import Inventory, Plane, Unknown
from prodworks_cli.resources.adapter import every
from prodworks_cli.resources.documents import Document
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.workload_entries import covered, safeguards

_NO_TEXT = re.compile(r"embed|rerank|retrieve$", re.I)
_NO_CALLS = Unknown("no model call was seen in the source")


def _calls(inventory: Inventory) -> list[ModelCall]:
    """The calls whose answer somebody waits for: embeddings and ranking are steps on the way to one."""
    calls = [r.value for r in inventory.resources if isinstance(r.value, ModelCall)]
    live = [c for c in calls if c.reachable is not False]
    return [c for c in live if not any(isinstance(t, str) and _NO_TEXT.search(t) for t in (c.api, c.model_id))]


def fallback(inventory: Inventory) -> bool | Unknown:
    """Whether each model call has something else to turn to."""
    calls = _calls(inventory)
    return every(c.fallback for c in calls) if calls else _NO_CALLS


def migration_planned(inventory: Inventory, plane: Plane) -> bool | Unknown:
    """Whether a document plans to leave Agents Classic; without one a declared agent may be one that is gone."""
    if any(isinstance(r.value, Document) and r.value.type == "migration-plan" for r in inventory.resources):
        return True
    return False if plane is Plane.OBSERVED else Unknown("whether the account still has such agents is not known")


def kill_switch(inventory: Inventory) -> bool | Unknown:
    """Whether the model can be switched off without a deployment: by a tried command of a runbook, or by a flag."""
    documents = [r.value for r in inventory.resources if isinstance(r.value, Document)]
    if any("switch-off" in (d.sections or ()) for d in documents if isinstance(d.sections, tuple)):
        return True
    if not _calls(inventory):
        return _NO_CALLS
    return covered(inventory, "kill_switch")


def shows_answers(inventory: Inventory) -> bool | Unknown:
    """Whether people read the answers: a page or a chat is in the repository, or it stores what they say."""
    if safeguards(inventory, "front_end") or _stored(inventory):
        return True
    return Unknown("no page or chat is in this repository; callers elsewhere may show the answers")


def feedback_captured(inventory: Inventory) -> bool | Unknown:
    """Whether a rating is stored with the id of what it is about."""
    if _stored(inventory):
        return True
    seen = safeguards(inventory, "feedback")
    if seen:
        return Unknown(f"{seen[0].path} speaks of feedback; where it is stored, and with which id, was not found")
    unread = next((g for g in inventory.gaps if g.plane is Plane.DECLARED and g.kind == "*"), None)
    return Unknown(f"{unread.scope}: {unread.reason}") if unread else False


def _stored(inventory: Inventory) -> bool:
    return any(s.mechanism == "stored" for s in safeguards(inventory, "feedback"))

"""Guardrails that the code applies itself, before and after a model call, with the ApplyGuardrail operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.content import member

SIDES = frozenset({"INPUT", "OUTPUT"})


def applied_separately(requests: Sequence[Mapping[str, Node]]) -> dict[str, Drafted]:
    """The guardrail attributes of a call beside which these requests of ApplyGuardrail are made; empty without one.

    Both sides must be checked. A side that only callers tell may be either.
    """
    if not requests:
        return {}
    sources = [member(r, "source") for r in requests]
    sides = {s.text() for s in sources if s.text()}
    missing = SIDES - {side for side in sides if side}
    if missing and not any(s.unknown for s in sources):
        side = "output" if "OUTPUT" in missing else "input"
        return {"guardrail_mode": Unknown(f"a guardrail is applied separately, but not to the {side}")}
    return {
        "guardrail_mode": "applied_separately",
        "guardrail_id": member(requests[0], "guardrailIdentifier"),
        "guardrail_version": member(requests[0], "guardrailVersion"),
    }

"""What the model calls of the repository say of the workload as a whole."""

from __future__ import annotations

from prodworks_cli.model import Resource, Unknown
from prodworks_cli.resources.model_calls import ModelCall

_RUNTIMES = ("bedrock-runtime", "bedrock-agent-runtime")


def uses(calls: list[Resource], *apis: str) -> bool:
    """Whether a call is one of the operations that begin so."""
    return any(str(r.value.api).startswith(apis) for r in calls if isinstance(r.value, ModelCall))


def asked_by_people(calls: list[Resource]) -> bool | Unknown:
    """Whether a request of a person reaches a model; unknown where what reaches one is not known."""
    asked = [r.value.untrusted_sources for r in calls if isinstance(r.value, ModelCall)]
    if any(isinstance(sources, tuple) and "request" in sources for sources in asked):
        return True
    opened = (s for sources in asked for s in (sources if isinstance(sources, tuple) else (sources,)))
    return next((Unknown(s.reason) for s in opened if isinstance(s, Unknown)), False)


def on_runtime(calls: list[Resource]) -> bool:
    """Whether a call goes to the runtime of Bedrock, or of its agents."""
    return any(r.value.endpoint in _RUNTIMES for r in calls if isinstance(r.value, ModelCall))


def answers_from_what_was_found(calls: list[Resource]) -> bool:
    """Whether a call retrieves by itself, or is asked with what was retrieved (by an advisor of a framework)."""
    asked = [r.value.untrusted_sources for r in calls if isinstance(r.value, ModelCall)]
    found = any(isinstance(sources, tuple) and "retrieved" in sources for sources in asked)
    return found or uses(calls, "retrieve_and_generate")


def modalities(calls: list[Resource]) -> tuple[str | Unknown, ...]:
    """What the calls on the runtime endpoint that something reaches put out; where that is not known, one unknown."""
    reached = [r.value for r in calls if isinstance(r.value, ModelCall) and r.value.reachable is not False]
    said = [c.modalities for c in reached if c.endpoint in _RUNTIMES]
    known = {m for listed in said if isinstance(listed, tuple) for m in listed if isinstance(m, str)}
    opened = [m for m in said if isinstance(m, Unknown)]
    return (*sorted(known), *opened[:1])

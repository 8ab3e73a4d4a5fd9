"""What the measurements in a repository say of the workload: whether requests are priced and answers are scored."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Resource, Unknown
from prodworks_cli.resources.adapter import every, some
from prodworks_cli.resources.compute import Unit
from prodworks_cli.resources.measurements import Measurement
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.schema import Flag, Text, Texts

# What one request is told apart by in the records of an application.
_KEYS = ("request", "tenant", "user", "session", "conversation", "feature", "customer", "trace", "correlation")


def quality_metric(resources: Iterable[Resource]) -> Text:
    """The name under which the code scores answers, or ``None``."""
    scored = sorted(m.name for m in _measurements(resources) if m.purpose == "quality" and isinstance(m.name, str))
    return scored[0] if scored else None


def uses_agentcore(resources: Iterable[Resource]) -> bool:
    """Whether agents run on AgentCore, are called there, or send their spans with ADOT."""
    return any(
        r.kind.startswith("aws.agentcore.runtime")
        or (isinstance(r.value, Unit) and r.value.engine == "agentcore")
        or (isinstance(r.value, ModelCall) and r.value.endpoint == "bedrock-agentcore")
        or (isinstance(r.value, Measurement) and r.value.purpose == "spans")
        for r in resources
    )


def cost_per_request(resources: Iterable[Resource]) -> Flag:
    """Usage with a key and a price, or metadata on requests and a saved query that prices what the log says of them."""
    listed = list(resources)
    found = _measurements(listed)
    calls = {id(r.value): r.value for r in listed if isinstance(r.value, ModelCall) and r.value.reachable is not False}
    if not calls:
        return Unknown("no model call was seen in this repository")
    priced = _priced(found)
    queried = any(m.purpose == "price" and m.form == "query" for m in found)
    recorded = some(every((call.usage_recorded, _keyed(call))) for call in calls.values())
    logged = some(_filled(call.request_metadata) for call in calls.values())
    return some((every((priced, recorded)), every((queried, logged))))


def _measurements(resources: Iterable[Resource]) -> list[Measurement]:
    return [r.value for r in resources if isinstance(r.value, Measurement)]


def _priced(found: list[Measurement]) -> bool | Unknown:
    own = [m for m in found if m.purpose == "price"]
    if any(m.form != "platform" for m in own):
        return True
    return Unknown(f"{own[0].name} may price requests, outside the repository") if own else False


def _keyed(call: ModelCall) -> bool | Unknown:
    """Whether what is recorded of a call says whose request it was."""
    fields = call.recorded_fields
    named = isinstance(fields, tuple) and any(isinstance(f, str) and any(k in f.lower() for k in _KEYS) for f in fields)
    return some((_filled(call.request_metadata), _filled(call.correlation), named))


def _filled(texts: Texts) -> bool | Unknown:
    return texts if isinstance(texts, Unknown) else bool(texts)

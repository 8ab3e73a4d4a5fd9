"""Drafts of model calls and of the models that they name. A reader passes the attributes that it knows; all others
are not analysed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.model_calls import ModelCall, ModelReference
from prodworks_cli.schema import Draft, Drafted, attributes_of
from prodworks_cli.sources.calls.facts import Facts
from prodworks_cli.sources.calls.model_ids import APPLICATION_PROFILE, read_model_id

NOT_ANALYSED = Unknown("not analysed by this version")


class Names:
    """Identities of what one reader finds: a name is counted, so that two calls in one function differ."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, name: str) -> str:
        """The name, with a number from its second use on."""
        self._seen[name] += 1
        return name if self._seen[name] == 1 else f"{name} #{self._seen[name]}"


def call_draft(identity: str, at: Location, known: Mapping[str, Drafted]) -> Draft:
    """A model call with its known attributes. What nothing speaks against is reachable."""
    stored = {name: NOT_ANALYSED for name, a in attributes_of(ModelCall).items() if not a.derived}
    return Draft(ModelCall, at, {**stored, "reachable": True, **known}, identity)


def request_attributes(facts: Facts) -> dict[str, Drafted]:
    """The attributes of a call that the arguments of an AWS SDK decide."""
    guardrail_id, version, stream = facts.guardrail()
    return {
        "model_id": facts.model,
        "max_tokens": facts.limit,
        "modalities": facts.modalities(),
        "guardrail_id": guardrail_id,
        "guardrail_version": version,
        "guardrail_mode": guardrail_mode(guardrail_id),
        "guardrail_stream_mode": stream,
        "request_metadata": facts.metadata(),
        "attribution": facts.attribution(),
    }


def guardrail_mode(guardrail: Node) -> str | Unknown:
    """``attached`` for a guardrail that is there, ``none`` for none, unknown for what may be either."""
    unresolved = guardrail.unknown
    if unresolved is not None and not unresolved.present:
        return Unknown(unresolved.reason)
    return "attached" if guardrail.present else "none"


def attribution_by(model: Node) -> Drafted:
    """How the cost of a call can be told apart when only its model can say."""
    if model.unknown is not None:
        return model.unknown
    return "application_profile" if APPLICATION_PROFILE in (model.text() or "") else "none"


def references(calls: Iterable[Draft]) -> Iterator[Draft]:
    """The models that calls name, once for each file."""
    seen: set[str] = set()
    for call in calls:
        node = call.attributes["model_id"]
        text = node.text() if isinstance(node, Node) else None
        read = read_model_id(text.removeprefix("bedrock/")) if text else None
        identity = f"{call.location.where}:{text}"
        if read is None or identity in seen or not isinstance(node, Node):
            continue
        seen.add(identity)
        attributes: dict[str, Drafted] = {
            "model_id": node,
            "base_model_id": read.base,
            "reference_type": read.type,
            "geography": read.geography,
            "region": read.region,
            "purpose": read.purpose,
            "pinned": read.pinned,
            "source": "code",
            "foundation_model": None,
            "inference_profile": None,
        }
        yield Draft(ModelReference, call.location, attributes, identity)

"""Drafts of model calls. A reader passes the attributes that it knows; all others
are not analysed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.schema import Draft, Drafted, attributes_of
from prodworks_cli.sources.calls.facts import Facts
from prodworks_cli.sources.calls.model_ids import APPLICATION_PROFILE
from prodworks_cli.sources.calls.prefixes import cached, tokens

NOT_ANALYSED = Unknown("not analysed by this version")
FRAMEWORK = Unknown("left to the framework; not analysed by this version")


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
    named = {"reachable": True, "guardrail": known.get("guardrail_id", NOT_ANALYSED)}
    return Draft(ModelCall, at, {**stored, **named, **known}, identity)


def request_attributes(facts: Facts) -> dict[str, Drafted]:
    """The attributes of a call that the arguments of an AWS SDK decide."""
    guardrail_id, version, stream = facts.guardrail()
    agent, alias = facts.agent()
    return {
        "agent": agent,
        "agent_alias": alias,
        "agent_version": None,
        "model_id": facts.model,
        "max_tokens": facts.limit,
        "modalities": facts.modalities(),
        "guardrail_id": guardrail_id,
        "guardrail_version": version,
        "guardrail_mode": guardrail_mode(guardrail_id),
        "guardrail_stream_mode": stream,
        "request_metadata": facts.metadata(),
        "attribution": facts.attribution(),
        **prefix(facts.prefix(), facts.said()),
    }


def prefix(parts: Sequence[Content], messages: Content) -> dict[str, Drafted]:
    """The fixed part of a request; the messages hold a mark as well, and what is not written out in them no prefix."""
    if not parts:
        return {"cached_prefix": None, "prefix_tokens": None}
    marked = cached((messages,)) is True
    return {"cached_prefix": marked or cached(parts), "prefix_tokens": tokens(parts)}


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

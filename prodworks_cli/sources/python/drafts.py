"""Model calls, clients and model references as drafts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.answers import NO_TEXT, without_text
from prodworks_cli.sources.calls.drafts import (
    FRAMEWORK,
    Names,
    attribution_by,
    call_draft,
    guardrail_mode,
    request_attributes,
)
from prodworks_cli.sources.calls.facts import LIMITS, Facts
from prodworks_cli.sources.calls.records import recorded_by_framework
from prodworks_cli.sources.content import member
from prodworks_cli.sources.python import smithy
from prodworks_cli.sources.python.answers import Answers
from prodworks_cli.sources.python.clients import client_identity, outer_retries
from prodworks_cli.sources.python.conversations import asked_by
from prodworks_cli.sources.python.correlation import Correlations
from prodworks_cli.sources.python.dead import is_dead
from prodworks_cli.sources.python.fallbacks import Fallbacks
from prodworks_cli.sources.python.framework_clients import FrameworkClients
from prodworks_cli.sources.python.frameworks import ModelObject, first_of
from prodworks_cli.sources.python.handlers import Handlers
from prodworks_cli.sources.python.http_calls import HttpCall
from prodworks_cli.sources.python.http_drafts import http_client, request_facts
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.records import Records
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.requests import Requests, asked_directly, asked_in
from prodworks_cli.sources.python.response import Reach, Responses, compares
from prodworks_cli.sources.python.sites import CallSite
from prodworks_cli.sources.python.values import Values

# What exports the spans of a program; Strands makes them by itself.
WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
EXPORTERS = (b"opentelemetry-instrument", b"StrandsTelemetry", b"aws-opentelemetry-distro")
GUARDRAIL_KEYS = (
    *("guardrails", "guardrail_config", "guardrail_id", "guardrailConfig", "guardrail_identifier"),
    *("guardrailIdentifier", "bedrock_guardrail_config"),
)
# Arguments that hold further settings of the model.
HOLDERS = (
    *("model_kwargs", "generation_kwargs", "params", "settings", "model_settings", "inferenceConfig"),
    *("inference_config", "additional_kwargs", "config", "generation_config", "request_params", "options"),
)
_STATUS = frozenset({"status_code", "status", "ok", "is_success", "is_error"})
_EMBEDS = re.compile(r"embed", re.I)
_RANKS = re.compile(r"rerank|ranker", re.I)
_SPEAKS = re.compile(r"nova-(?:\d-)?sonic|NovaSonic|realtime|GeminiLive", re.I)

OWN_CHECKS = Unknown("what functions of the program check before and after the call is not known")


@dataclass(frozen=True)
class Around:
    """Who tells what the code around a call does with its request and its answer."""

    requests: Requests
    correlations: Correlations
    answers: Answers


DEAD = Unknown("nothing in the repository calls this code")


class Describer:
    """Makes drafts of call sites. Identities are counted, so that two calls in one function differ."""

    def __init__(self, repository: Repository, values: Values, environment: Mapping[str, tuple[Node, ...]]) -> None:
        self._repository = repository
        self._values = values
        self._responses = Responses(repository, values.tracer, WRAPPER in environment)
        self._handlers = Handlers(values.tracer)
        self._fallbacks = Fallbacks(values.tracer)
        self._records = Records(values.tracer)
        self._names = Names()
        self.framework_clients = FrameworkClients(values)
        self._identities: dict[tuple[str, int], str] = {}

    def key(self, call: CallSite) -> tuple[str, int]:
        """The place of the node that holds the response."""
        return (call.site.module.path, call.result.id)

    def identity(self, call: CallSite) -> str:
        """A name for a call that does not change with line numbers."""
        return self._identity(self.key(call), call.site, call.api)

    def named(self, site: Site, api: str) -> tuple[tuple[str, int], str]:
        """The place of a call that gives its response to the code, and its name."""
        key = (site.module.path, site.node.id)
        return key, self._identity(key, site, api)

    def _identity(self, key: tuple[str, int], site: Site, api: str) -> str:
        if key not in self._identities:
            self._identities[key] = self._names.of(f"{site.module.path}:{site.module.qualified(site.node)} {api}")
        return self._identities[key]

    def reach(self, call: CallSite) -> Reach:
        """Where the response of a call can be seen."""
        return self._responses.reach(call.site)

    def is_dead(self, site: Site) -> bool:
        """Whether nothing in the repository calls the code at a place."""
        return is_dead(self._repository, site.module, site.node)

    def sdk_call(self, call: CallSite, around: Around) -> Draft:
        """A call through an SDK client."""
        module, at = call.site.module, call.site.module.at(call.site.node)
        facts = Facts(call.api, self._arguments(call), at)
        reach, request = self.reach(call), request_attributes(facts)
        known: dict[str, Drafted] = {
            "reachable": not self.is_dead(call.site),
            **request,
            "api": call.api,
            "provider": call.provider,
            "endpoint": call.endpoint,
            "client": Ref("repo.model_client", client_identity(call.clients[0])) if call.clients else _lost(call),
            "instrumented": self._responses.instrumented(call.site, reach, aws=True),
            "usage_recorded": self._responses.usage_recorded(call.api, reach, aws=True),
            "correlation": around.correlations.of(reach, facts.metadata()),
            **around.requests.of_call(call, facts),
            "stop_reasons_handled": self._responses.stop_reasons(reach),
            "handled_errors": self._handlers.of(module, call.site.node),
            "fallback": self._fallbacks.of(module, call.site.node),
            **around.answers.of(call.site.to(call.result), call.api, call.arguments, reach, asked_by(call)),
            **self._recorded(call.site, reach, aws=True),
            **(NO_TEXT if without_text(request.get("modalities")) else {}),
        }
        return call_draft(self.identity(call), at, known)

    def _arguments(self, call: CallSite) -> Mapping[str, Node]:
        site, given = call.site, call.arguments
        if call.asyncio:
            return smithy.members(site, given, self._values)
        arguments = {name: self._values.of(site.to(node)) for name, node in given.keywords.items()}
        for splat in given.splats:
            arguments = {**self._values.splat(site.to(splat)), **arguments}
        return arguments

    def model_object(self, found: ModelObject, around: Around) -> Draft:
        """The calls that go through a framework's model object, as one."""
        at = found.site.module.at(found.site.node)
        model, guardrail = found.model, self._guardrail(found)
        reach = self._responses.reach(found.site) if found.direct else Reach((), (), None)
        traced = found.traced or self._responses.instrumented(found.site, reach) is True or self._exported(found)
        known: dict[str, Drafted] = {
            "reachable": not (dead := self.is_dead(found.site)),
            "api": found.name,
            "provider": found.provider,
            "endpoint": found.endpoint,
            "client": DEAD if dead else self.framework_clients.of(found),
            "model_id": model,
            "max_tokens": self._limit(found),
            "modalities": _modalities(found),
            "guardrail_id": guardrail,
            "guardrail_version": self._guardrail_version(found),
            "guardrail_mode": _mode(found, guardrail),
            "instrumented": traced or FRAMEWORK,
            **recorded_by_framework(traced),
            "usage_recorded": traced or self._responses.usage_read(found.site) or FRAMEWORK,
            "request_metadata": None,
            "correlation": FRAMEWORK,
            **around.requests.of_object(found),
            "attribution": attribution_by(model),
            "stop_reasons_handled": FRAMEWORK,
            "handled_errors": FRAMEWORK,
            **({"fallback": True} if self._falls_back(found) else {}),
            **(self._direct(found, reach, traced, around) if found.direct else {}),
            **(NO_TEXT if without_text(_modalities(found)) else {}),
        }
        return call_draft(self.named(found.site, found.name)[1], at, known)

    def _direct(self, found: ModelObject, reach: Reach, traced: bool, around: Around) -> dict[str, Drafted]:
        """What becomes of the response of a call that gives it to the code."""
        given = found.site.module.arguments(found.site.node)
        return {
            "instrumented": traced,
            "usage_recorded": traced or self._responses.usage_recorded(found.name, reach),
            **around.requests.of_direct(found.site),
            **around.answers.of(found.site, found.name, given, reach, asked_directly(found.site)),
            "stop_reasons_handled": self._responses.stop_reasons(reach),
            "handled_errors": self._handlers.of(found.site.module, found.site.node),
            **(self._recorded(found.site, reach) if not traced else {}),
        }

    def _recorded(self, site: Site, reach: Reach, aws: bool = False) -> dict[str, Drafted]:
        """What the records of a call say."""
        traced = self._responses.instrumented(site, reach, aws)
        return self._records.of(site, reach, traced, self._responses.automatic(site, aws))

    def http_call(self, found: HttpCall, around: Around) -> tuple[Draft, Draft]:
        """A call over plain HTTP, and its client."""
        site, at = found.site, found.site.module.at(found.site.node)
        reach = self._responses.reach(site)
        request, asked = request_facts(found), asked_in(found.sent)
        client = http_client(found, outer_retries([s for s in reach.chain if s.node != s.module.root], self._values))
        known: dict[str, Drafted] = {
            "reachable": not self.is_dead(site),
            **request,
            "api": found.api,
            "provider": found.provider,
            "endpoint": found.endpoint,
            "client": Ref("repo.model_client", client.identity),
            "instrumented": self._responses.instrumented(site, reach),
            "usage_recorded": self._responses.usage_recorded(found.api, reach),
            "correlation": around.correlations.of(reach, Node(None, at)),
            **around.requests.of_body(found.sent),
            "stop_reasons_handled": self._responses.stop_reasons(reach),
            "handled_errors": _with_status(self._handlers.of(site.module, site.node), reach),
            "fallback": self._fallbacks.of(site.module, site.node),
            **around.answers.of(site, found.api, site.module.arguments(site.node), reach, asked),
            **self._recorded(site, reach),
            **(NO_TEXT if without_text(request.get("modalities")) else {}),
        }
        return call_draft(self.named(site, found.api)[1], at, known), client

    def _exported(self, found: ModelObject) -> bool:
        """Strands makes spans with token usage by itself; they count where something exports them."""
        return found.library == "strands" and self._repository.holds_near(found.site.module.path, *EXPORTERS)

    def _falls_back(self, found: ModelObject) -> bool:
        """Another model is tried when this one fails: ``with_fallbacks`` of LangChain, ``fallbacks`` of LiteLLM."""
        if member(found.arguments, "fallbacks").present:
            return True
        module = found.site.module
        for call in module.of_type("call") if b"with_fallbacks" in module.data else ():
            callee = call.child_by_field_name("function")
            target = callee.child_by_field_name("object") if callee is not None else None
            if last_name(module, callee) != "with_fallbacks" or target is None:
                continue
            origins = self._values.tracer.origins(found.site.to(target))
            if any(isinstance(o, Site) and o.node.id == found.site.node.id for o in origins):
                return True
        return False

    def _limit(self, found: ModelObject) -> Node:
        direct = [member(found.arguments, name) for name in LIMITS]
        held = [holder for name in HOLDERS if (holder := member(found.arguments, name)).present]
        nested = [h[name] for h in held if isinstance(h.content, Mapping) for name in LIMITS]
        # The limit may be in settings that are built elsewhere.
        opened = [Node(Unknown(h.unknown.reason), h.location) for h in held if h.unknown is not None]
        limit = next((n for n in [*direct, *nested, *opened] if n.present), direct[0])
        return limit if limit.location.where else Node(limit.content, found.site.module.at(found.site.node))

    def _guardrail(self, found: ModelObject) -> Node:
        node = self._guardrail_config(found)
        for key in ("guardrailIdentifier", "guardrail_identifier"):
            if isinstance(node.content, Mapping) and key in node.content:
                return node.content[key]
        return node if not isinstance(node.content, Mapping) else Node(Unknown("a guardrail", True), node.location)

    def _guardrail_config(self, found: ModelObject) -> Node:
        """The guardrail as it is given: among the arguments, or in settings of the model."""
        node = first_of(found.arguments, found.site, *GUARDRAIL_KEYS)
        held = [member(found.arguments, holder).first_of(*GUARDRAIL_KEYS) for holder in ("settings", "model_settings")]
        return node if node.present else next((h for h in held if h.present), node)

    def _guardrail_version(self, found: ModelObject) -> Node:
        node = self._guardrail_config(found)
        direct = member(found.arguments, "guardrail_version")
        nested = node.first_of("guardrailVersion", "guardrail_version")
        return direct if direct.present else nested


def _mode(found: ModelObject, guardrail: Node) -> str | Unknown:
    """Functions of the program may stand before or after a call, as the OpenAI Agents SDK lets them."""
    nodes = [member(found.arguments, key) for key in ("input_guardrails", "output_guardrails")]
    own = any(node.present and node.content != () for node in nodes)
    mode = guardrail_mode(guardrail)
    return OWN_CHECKS if own and mode == "none" else mode


def _lost(call: CallSite) -> Unknown:
    return Unknown(call.unresolved or "the client is made elsewhere")


def _with_status(handled: tuple[str, ...] | Unknown, reach: Reach) -> tuple[str, ...] | Unknown:
    """A refusal of a model arrives as a status: code that compares it handles the error."""
    if isinstance(handled, tuple) and any(compares(site, _STATUS) for site in reach.bodies):
        return tuple(sorted({*handled, "HTTPError"}))
    return handled


def _modalities(found: ModelObject) -> tuple[str, ...]:
    """What the calls put out: the model says it, else the name of the class or of the method."""
    model = found.model.text() or ""
    if _EMBEDS.search(found.name) or _EMBEDS.search(model):
        return ("embedding",)
    if _RANKS.search(found.name) or _RANKS.search(model):
        return ("rerank",)
    if _SPEAKS.search(found.name) or _SPEAKS.search(model):
        return ("speech",)
    return ("image",) if found.name.startswith("images.") else ("text",)

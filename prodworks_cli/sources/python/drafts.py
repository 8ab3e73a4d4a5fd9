"""Model calls, clients and model references as drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.answers import NO_TEXT, without_text
from prodworks_cli.sources.calls.drafts import (
    FRAMEWORK,
    Names,
    attribution_by,
    call_draft,
    request_attributes,
)
from prodworks_cli.sources.calls.facts import Facts
from prodworks_cli.sources.calls.histories import MEMORIES, history_in_framework
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
from prodworks_cli.sources.python.framework_facts import guardrail_of, limit_of, modalities_of, mode_of, version_of
from prodworks_cli.sources.python.frameworks import ModelObject
from prodworks_cli.sources.python.handlers import Handlers
from prodworks_cli.sources.python.http_calls import HttpCall
from prodworks_cli.sources.python.http_drafts import http_client, request_facts
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.records import Records
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.requests import Requests, asked_directly, asked_in
from prodworks_cli.sources.python.response import Reach, Responses, compares
from prodworks_cli.sources.python.sites import CallSite
from prodworks_cli.sources.python.structured import Structured
from prodworks_cli.sources.python.values import Values

# What exports the spans of a program; Strands makes them by itself.
WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
EXPORTERS = (b"opentelemetry-instrument", b"StrandsTelemetry", b"aws-opentelemetry-distro")
_STATUS = frozenset({"status_code", "status", "ok", "is_success", "is_error"})


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
        self._structured = Structured(repository, values.tracer)
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
        model, guardrail = found.model, guardrail_of(found)
        reach = self._responses.reach(found.site) if found.direct else Reach((), (), None)
        traced = found.traced or self._responses.instrumented(found.site, reach) is True or self._exported(found)
        known: dict[str, Drafted] = {
            "reachable": not (dead := self.is_dead(found.site)),
            "api": found.name,
            "provider": found.provider,
            "endpoint": found.endpoint,
            "client": DEAD if dead else self.framework_clients.of(found),
            "model_id": model,
            "max_tokens": limit_of(found),
            "modalities": modalities_of(found),
            "guardrail_id": guardrail,
            "guardrail_version": version_of(found),
            "guardrail_mode": mode_of(found, guardrail),
            "instrumented": traced or FRAMEWORK,
            **recorded_by_framework(traced),
            "usage_recorded": traced or self._responses.usage_read(found.site) or FRAMEWORK,
            "request_metadata": None,
            "correlation": FRAMEWORK,
            "history_bounded": self._memory(found),
            **around.requests.of_object(found),
            "attribution": attribution_by(model),
            "stop_reasons_handled": FRAMEWORK,
            "handled_errors": FRAMEWORK,
            **({"fallback": True} if self._falls_back(found) else {}),
            **self._structured.of(found.site),
            **(self._direct(found, reach, traced, around) if found.direct else {}),
            **(NO_TEXT if without_text(modalities_of(found)) else {}),
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

    def _memory(self, found: ModelObject) -> bool | Unknown:
        """Whether what the framework keeps of what was said has a bound."""
        module = found.site.module
        around = module.function(found.site.node) or module.root
        here = map(module.text, module.below(around, "identifier"))
        return history_in_framework(self._memories, found.library, here)

    @cached_property
    def _memories(self) -> frozenset[str]:
        modules = list(self._repository.containing(*MEMORIES))
        return frozenset(name.decode() for name in MEMORIES if any(m.has_name(name) for m in modules))

    def _exported(self, found: ModelObject) -> bool:
        """Strands makes spans with token usage by itself; they count where something exports them."""
        return found.library == "strands" and self._repository.holds_near(found.site.module.path, *EXPORTERS)

    def _falls_back(self, found: ModelObject) -> bool:
        """Another model is tried when this one fails: ``with_fallbacks`` of LangChain, ``fallbacks`` of LiteLLM."""
        if member(found.arguments, "fallbacks").present:
            return True
        module = found.site.module
        for call in module.calls_to(("with_fallbacks",)) if module.holds(b"with_fallbacks") else ():
            callee = call.child_by_field_name("function")
            target = callee.child_by_field_name("object") if callee is not None else None
            if target is None:
                continue
            origins = self._values.tracer.origins(found.site.to(target))
            if any(isinstance(o, Site) and o.node.id == found.site.node.id for o in origins):
                return True
        return False


def _lost(call: CallSite) -> Unknown:
    return Unknown(call.unresolved or "the client is made elsewhere")


def _with_status(handled: tuple[str, ...] | Unknown, reach: Reach) -> tuple[str, ...] | Unknown:
    """A refusal of a model arrives as a status: code that compares it handles the error."""
    if isinstance(handled, tuple) and any(compares(site, _STATUS) for site in reach.bodies):
        return tuple(sorted({*handled, "HTTPError"}))
    return handled

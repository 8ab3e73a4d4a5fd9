"""Model calls, clients and model references as drafts."""

from __future__ import annotations

from collections.abc import Mapping

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names, attribution_by, call_draft, guardrail_mode, request_attributes
from prodworks_cli.sources.calls.facts import LIMITS, Facts
from prodworks_cli.sources.content import member
from prodworks_cli.sources.python.clients import client_identity
from prodworks_cli.sources.python.correlation import Correlations
from prodworks_cli.sources.python.dead import is_dead
from prodworks_cli.sources.python.fallbacks import Fallbacks
from prodworks_cli.sources.python.framework_clients import FrameworkClients
from prodworks_cli.sources.python.frameworks import DIRECT, ModelObject
from prodworks_cli.sources.python.handlers import Handlers
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.requests import Requests
from prodworks_cli.sources.python.response import Reach, Responses
from prodworks_cli.sources.python.sites import CallSite
from prodworks_cli.sources.python.values import Values

FRAMEWORK = Unknown("left to the framework; not analysed by this version")
# What exports the spans of a program; Strands makes them by itself.
EXPORTERS = (b"opentelemetry-instrument", b"StrandsTelemetry", b"aws-opentelemetry-distro")
GUARDRAIL_KEYS = ("guardrails", "guardrail_config", "guardrail_id", "guardrailConfig")

DEAD = Unknown("nothing in the repository calls this code")


class Describer:
    """Makes drafts of call sites. Identities are counted, so that two calls in one function differ."""

    def __init__(self, repository: Repository, values: Values, environment: Mapping[str, tuple[Node, ...]]) -> None:
        self._repository = repository
        self._values = values
        self._responses = Responses(repository, values.tracer)
        self._handlers = Handlers(values.tracer)
        self._fallbacks = Fallbacks(values.tracer)
        self._names = Names()
        self.framework_clients = FrameworkClients(values)
        self._identities: dict[tuple[str, int], str] = {}

    def key(self, call: CallSite) -> tuple[str, int]:
        """The place of the node that holds the response."""
        return (call.site.module.path, call.result.id)

    def identity(self, call: CallSite) -> str:
        """A name for a call that does not change with line numbers."""
        key = self.key(call)
        if key not in self._identities:
            place = f"{call.site.module.path}:{call.site.module.qualified(call.site.node)}"
            self._identities[key] = self._names.of(f"{place} {call.api}")
        return self._identities[key]

    def reach(self, call: CallSite) -> Reach:
        """Where the response of a call can be seen."""
        return self._responses.reach(call.site)

    def is_dead(self, site: Site) -> bool:
        """Whether nothing in the repository calls the code at a place."""
        return is_dead(self._repository, site.module, site.node)

    def sdk_call(self, call: CallSite, requests: Requests, correlations: Correlations) -> Draft:
        """A call through an SDK client."""
        module, at = call.site.module, call.site.module.at(call.site.node)
        facts = Facts(call.api, self._arguments(call), at)
        reach = self.reach(call)
        known: dict[str, Drafted] = {
            "reachable": not self.is_dead(call.site),
            **request_attributes(facts),
            "api": call.api,
            "provider": call.provider,
            "endpoint": call.endpoint,
            "client": Ref("repo.model_client", client_identity(call.clients[0])) if call.clients else _lost(call),
            "instrumented": self._responses.instrumented(call.site, reach),
            "usage_recorded": self._responses.usage_recorded(call.api, reach),
            "correlation": correlations.of(reach, facts.metadata()),
            **requests.of_call(call, facts),
            "stop_reasons_handled": self._responses.stop_reasons(reach),
            "handled_errors": self._handlers.of(module, call.site.node),
            "fallback": self._fallbacks.of(module, call.site.node),
        }
        return call_draft(self.identity(call), at, known)

    def _arguments(self, call: CallSite) -> Mapping[str, Node]:
        site, given = call.site, call.arguments
        arguments = {name: self._values.of(site.to(node)) for name, node in given.keywords.items()}
        for splat in given.splats:
            arguments = {**self._values.splat(site.to(splat)), **arguments}
        return arguments

    def model_object(self, found: ModelObject, requests: Requests) -> Draft:
        """The calls that go through a framework's model object, as one."""
        module, at = found.site.module, found.site.module.at(found.site.node)
        model = self._first(found.arguments, at, "model_id", "model", "inference_profile_id")
        limit = self._limit(found, at)
        guardrail = self._guardrail(found, at)
        reach = self._responses.reach(found.site) if found.library in DIRECT else Reach((), (), None)
        traced = self._responses.instrumented(found.site, reach) or self._exported(found)
        known: dict[str, Drafted] = {
            "reachable": not (dead := self.is_dead(found.site)),
            "api": found.name,
            "provider": "bedrock",
            "endpoint": found.endpoint,
            "client": DEAD if dead else self.framework_clients.of(found),
            "model_id": model,
            "max_tokens": limit,
            "modalities": ("text",),
            "guardrail_id": guardrail,
            "guardrail_version": self._guardrail_version(found, at),
            "guardrail_mode": guardrail_mode(guardrail),
            "instrumented": traced or FRAMEWORK,
            "usage_recorded": traced or self._responses.usage_read(found.site) or FRAMEWORK,
            "request_metadata": None,
            "correlation": FRAMEWORK,
            **requests.of_object(found),
            "attribution": attribution_by(model),
            "stop_reasons_handled": FRAMEWORK,
            "handled_errors": FRAMEWORK,
            **({"fallback": True} if self._falls_back(found) else {}),
            **(self._direct(found, reach, traced) if found.library in DIRECT else {}),
        }
        return self._draft(f"{module.path}:{module.qualified(found.site.node)} {found.name}", Node(None, at), known)

    def _direct(self, found: ModelObject, reach: Reach, traced: bool) -> dict[str, Drafted]:
        """What becomes of the response of a call that gives it to the code."""
        return {
            "instrumented": traced,
            "usage_recorded": traced or self._responses.usage_recorded(found.name, reach),
            "stop_reasons_handled": self._responses.stop_reasons(reach),
            "handled_errors": self._handlers.of(found.site.module, found.site.node),
        }

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

    def _first(self, arguments: Mapping[str, Node], at: object, *names: str) -> Node:
        nodes = [member(arguments, name) for name in names]
        return next((n for n in nodes if n.present), nodes[0])

    def _limit(self, found: ModelObject, at: object) -> Node:
        nested = [member(found.arguments, holder)[name] for holder in ("model_kwargs",) for name in LIMITS]
        direct = [member(found.arguments, name) for name in LIMITS]
        return next((n for n in [*direct, *nested] if n.present), direct[0])

    def _guardrail(self, found: ModelObject, at: object) -> Node:
        node = self._first(found.arguments, at, *GUARDRAIL_KEYS)
        for key in ("guardrailIdentifier", "guardrail_identifier"):
            if isinstance(node.content, Mapping) and key in node.content:
                return node.content[key]
        return node if not isinstance(node.content, Mapping) else Node(Unknown("a guardrail", True), node.location)

    def _guardrail_version(self, found: ModelObject, at: object) -> Node:
        node = self._first(found.arguments, at, *GUARDRAIL_KEYS)
        direct = member(found.arguments, "guardrail_version")
        nested = node.first_of("guardrailVersion", "guardrail_version")
        return direct if direct.present else nested

    def _draft(self, name: str, at: Node, known: Mapping[str, Drafted]) -> Draft:
        return call_draft(self._names.of(name), at.location, known)


def _lost(call: CallSite) -> Unknown:
    return Unknown(call.unresolved or "the client is made elsewhere")

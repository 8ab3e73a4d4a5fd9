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
from prodworks_cli.sources.python.dead import is_dead
from prodworks_cli.sources.python.frameworks import ModelObject
from prodworks_cli.sources.python.handlers import Handlers
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.response import Reach, Responses
from prodworks_cli.sources.python.sites import CallSite
from prodworks_cli.sources.python.values import Values

FRAMEWORK = Unknown("left to the framework; not analysed by this version")
GUARDRAIL_KEYS = ("guardrails", "guardrail_config", "guardrail_id", "guardrailConfig")


class Describer:
    """Makes drafts of call sites. Identities are counted, so that two calls in one function differ."""

    def __init__(self, repository: Repository, values: Values, environment: Mapping[str, tuple[Node, ...]]) -> None:
        self._repository = repository
        self._values = values
        self._responses = Responses(repository, values.tracer)
        self._handlers = Handlers(values.tracer)
        self._names = Names()

    def reach(self, call: CallSite) -> Reach:
        """Where the response of a call can be seen."""
        return self._responses.reach(call.site)

    def sdk_call(self, call: CallSite) -> Draft:
        """A call through an SDK client."""
        module, at = call.site.module, call.site.module.at(call.site.node)
        facts = Facts(call.api, self._arguments(call), at)
        reach = self.reach(call)
        known: dict[str, Drafted] = {
            "reachable": not is_dead(self._repository, module, call.site.node),
            **request_attributes(facts),
            "api": call.api,
            "provider": call.provider,
            "endpoint": call.endpoint,
            "client": Ref("repo.model_client", client_identity(call.clients[0])) if call.clients else _lost(call),
            "instrumented": self._responses.instrumented(call.site, reach),
            "usage_recorded": self._responses.usage_recorded(call.api, reach),
            "stop_reasons_handled": self._responses.stop_reasons(reach),
            "handled_errors": self._handlers.of(module, call.site.node),
        }
        name = f"{module.path}:{module.qualified(call.site.node)} {call.api}"
        return self._draft(name, Node(None, at), known)

    def _arguments(self, call: CallSite) -> Mapping[str, Node]:
        site, given = call.site, call.arguments
        arguments = {name: self._values.of(site.to(node)) for name, node in given.keywords.items()}
        for splat in given.splats:
            arguments = {**self._values.splat(site.to(splat)), **arguments}
        return arguments

    def model_object(self, found: ModelObject) -> Draft:
        """The calls that go through a framework's model object, as one."""
        module, at = found.site.module, found.site.module.at(found.site.node)
        model = self._first(found.arguments, at, "model_id", "model", "inference_profile_id")
        limit = self._limit(found, at)
        guardrail = self._guardrail(found, at)
        traced = self._responses.instrumented(found.site, Reach((), (), None))
        known: dict[str, Drafted] = {
            "reachable": not is_dead(self._repository, module, found.site.node),
            "api": found.name,
            "provider": "bedrock",
            "endpoint": "bedrock-runtime",
            "client": FRAMEWORK,
            "model_id": model,
            "max_tokens": limit,
            "modalities": ("text",),
            "guardrail_id": guardrail,
            "guardrail_version": self._guardrail_version(found, at),
            "guardrail_mode": guardrail_mode(guardrail),
            "instrumented": traced or FRAMEWORK,
            "usage_recorded": traced or FRAMEWORK,
            "request_metadata": None,
            "attribution": attribution_by(model),
            "stop_reasons_handled": FRAMEWORK,
            "handled_errors": FRAMEWORK,
        }
        return self._draft(f"{module.path}:{module.qualified(found.site.node)} {found.name}", Node(None, at), known)

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

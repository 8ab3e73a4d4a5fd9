"""Reads the Java files of a repository: model calls, their clients, and what becomes of the texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from prodworks_cli.model import Gap, Plane, Ref, Unknown
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
from prodworks_cli.sources.calls.facts import Facts
from prodworks_cli.sources.calls.guardrails import applied_separately
from prodworks_cli.sources.calls.records import recorded_by_framework
from prodworks_cli.sources.content import OPEN, member
from prodworks_cli.sources.files import File
from prodworks_cli.sources.java.clients import Clients
from prodworks_cli.sources.java.dead import Liveness
from prodworks_cli.sources.java.log_setups import LogSetUps
from prodworks_cli.sources.java.records import Records
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.response import Body, Responses
from prodworks_cli.sources.java.sites import LITERALS, NEEDLES, CallSite, calls
from prodworks_cli.sources.java.spring import Spring
from prodworks_cli.sources.java.syntax import Module
from prodworks_cli.sources.java.texts import Texts
from prodworks_cli.sources.java.values import Values
from prodworks_cli.sources.log_setups.levels import LevelVariables
from prodworks_cli.sources.trees import inside

UNUSED = Unknown("nothing in the repository calls this code")
# Without a model call tools and searches are looked for where one of these is used.
AGENTIC = re.compile(rb"org\.springframework\.ai\.|dev\.langchain4j\.|BedrockAgentRuntime(?:Async)?Client")
_TAG = re.compile(rb"amazon-bedrock-guardrails-guardContent")
_LIMITS = ("maxTokens", "maxOutputTokens", "maxCompletionTokens")


def read_java(
    files: Sequence[File], environment: Mapping[str, tuple[Node, ...]]
) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """What Java files declare, and what could not be read; see :func:`prodworks_cli.sources.java.read`."""
    repository = Repository(files)
    levels = LevelVariables(files, environment)
    reader = _Reader(repository, environment, LogSetUps(repository, files, levels))
    described = reader.drafts()
    gaps = tuple(gap for module in repository.matching(NEEDLES, literals=LITERALS) for gap in _gaps(module))
    return tuple(described), (*gaps, *reader.gaps)


class _Reader:
    """Describes all calls of a repository."""

    def __init__(self, repository: Repository, environment: Mapping[str, tuple[Node, ...]], setups: LogSetUps) -> None:
        self._repository = repository
        self._setups = setups
        self._values = Values(repository, environment)
        self._responses = Responses(repository)
        self._spring = Spring(self._values)
        self._records = Records(self._responses)
        self._names = Names()
        self._liveness = Liveness(repository)
        self.clients = Clients(self._values)
        self.gaps: tuple[Gap, ...] = ()

    def drafts(self) -> list[Draft]:
        """The calls with their clients, and what becomes of the texts."""
        named = {self._identity(call): call for call in calls(self._repository)}
        identities = {(c.module.path, c.node.id): name for name, c in named.items()}
        texts = Texts(self._values, self._responses, self._liveness, list(named.values()), identities)
        described = [self._described(name, call, texts) for name, call in named.items()]
        bodies = [b for call in named.values() for b in self._responses.reach(call)]
        agentic = named or any(True for _ in self._repository.matching(AGENTIC))
        followed = list(texts.drafts(bodies, self._setups)) if agentic else []
        self.gaps = texts.gaps
        return [*described, *self.clients.drafts, *followed]

    def _identity(self, call: CallSite) -> str:
        return self._names.of(f"{call.module.path}:{call.module.qualified(call.node)} {call.api}")

    def _described(self, name: str, call: CallSite, texts: Texts) -> Draft:
        """A call as a draft."""
        dead = self._liveness.is_dead(call.module, call.node)
        client, request = UNUSED if dead else self.clients.of(call), self._request(call)
        bodies = self._responses.reach(call)
        known: dict[str, Drafted] = {
            "reachable": not dead,
            "input_tagged": None,
            "api": call.api,
            "provider": call.provider,
            "endpoint": call.endpoint,
            "client": Ref("repo.model_client", client) if isinstance(client, str) else client,
            **request,
            **(self._applied(call) if request.get("guardrail_mode") == "none" else {}),
            **texts.of_call(call),
            "correlation": texts.correlation(bodies, request.get("request_metadata")),
            "fallback": texts.fallback(call),
            **self._after(call, bodies, texts),
            **(NO_TEXT if without_text(request.get("modalities")) else {}),
        }
        return call_draft(name, call.module.at(call.node), known)

    def _request(self, call: CallSite) -> dict[str, Drafted]:
        if call.library == "spring":
            return self._spring.known(call)
        if call.library == "langchain4j":
            return self._object(call, self._values.of(call.module, call.node))
        if call.library == "client":
            return self._object(call, self._values.of_arguments(call.module, call.module.arguments(call.node)))
        if call.library == "http":
            at = call.module.at(call.node)
            return self._object(call, Node({OPEN: Node(Unknown("the request is not written out"), at)}, at))
        given = call.module.arguments(call.node)
        value = self._values.of_arguments(call.module, given)
        if isinstance(value.content, Mapping):
            arguments = value.content
        else:
            reason = value.unknown.reason if value.unknown else "the request is not written out"
            arguments = {OPEN: Node(Unknown(reason), value.location)}
        facts = Facts(call.api, arguments, call.module.at(call.node))
        request = request_attributes(facts)
        guarded = request.get("guardrail_mode") == "attached" and call.api.startswith("invoke_model")
        return {**request, "input_tagged": self._tagged(facts) if guarded else None}

    def _applied(self, call: CallSite) -> dict[str, Drafted]:
        """A guardrail that the code around an SDK call applies itself."""
        if call.library != "aws":
            return {}
        requests = [
            value.content
            for body in self._responses.reach(call)
            for node in inside(body.node)
            if node.type == "method_invocation" and body.module.name(node) == "applyGuardrail"
            for value in (self._values.of_arguments(body.module, body.module.arguments(node)),)
            if isinstance(value.content, Mapping)
        ]
        return applied_separately(requests)

    def _object(self, call: CallSite, value: Node) -> dict[str, Drafted]:
        """The settings of a model object or a request; request parameters may be held by a builder of their own."""
        unread = {OPEN: Node(value.unknown, value.location)} if value.unknown is not None else {}
        given = value.content if isinstance(value.content, Mapping) else unread
        parameters = member(given, "defaultRequestParameters").content
        held = {**given, **(parameters if isinstance(parameters, Mapping) else {})}
        model = next(
            (n for k in ("modelId", "modelName", "model") if (n := member(held, k)).present), member(held, "modelId")
        )
        limit = next((n for k in _LIMITS if (n := member(held, k)).present), Node(None, value.location))
        embeds = "mbedding" in call.api
        guardrail = member(held, "guardrailConfiguration")
        id_ = guardrail["guardrailIdentifier"] if isinstance(guardrail.content, Mapping) else guardrail
        return {
            "model_id": model,
            "max_tokens": limit,
            "modalities": ("embedding" if embeds else "text",),
            "guardrail_id": id_,
            "guardrail_version": guardrail["guardrailVersion"],
            "guardrail_mode": guardrail_mode(id_),
            "request_metadata": None,
            "attribution": attribution_by(model),
        }

    def _after(self, call: CallSite, bodies: Sequence[Body], texts: Texts) -> dict[str, Drafted]:
        """What becomes of the response."""
        folder = self._repository.folder(call.module.path)
        agent = self._repository.agents(folder)
        traced = agent or self._responses.instrumented(bodies)
        if call.library == "langchain4j":
            names = ("usage_recorded", "stop_reasons_handled", "handled_errors")
            others = {**dict.fromkeys(names, FRAMEWORK), **recorded_by_framework(traced)}
            return {"instrumented": traced or FRAMEWORK, **others}
        usage = self._responses.usage_recorded(call, bodies, texts.belongs)
        answer = texts.answers.of(call, bodies, list(texts.asked(call)))
        if call.library == "spring":
            metered = self._spring.metered(folder)
            traced, usage = traced or self._spring.traced(folder), usage or metered
            agent = agent or self._spring.traced(folder) or metered
        return {
            "instrumented": traced,
            "usage_recorded": usage,
            "stop_reasons_handled": self._responses.stop_reasons(call, bodies, texts.belongs),
            "handled_errors": self._responses.handled(call),
            **answer,
            **self._records.of(call, bodies, traced, agent),
        }

    def _tagged(self, facts: Facts) -> bool | Unknown:
        """Whether the text of the user carries the tags that the guardrail reads in a body of InvokeModel."""
        if any(True for _ in self._repository.matching(_TAG)):
            return True
        body = facts.node("body").unknown
        return Unknown(body.reason) if body is not None else False


def _gaps(module: Module) -> list[Gap]:
    broken = module.of_type("ERROR")
    if not broken:
        return []
    line = broken[0].start_point[0] + 1
    return [Gap("repo.model_*", Plane.DECLARED, module.path, "syntax errors in a file that may call a model", line)]

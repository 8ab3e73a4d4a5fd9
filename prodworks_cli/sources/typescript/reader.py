"""Reads the TypeScript and JavaScript files of a repository: model calls, their clients, what becomes of the texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from prodworks_cli.model import Gap, Plane, Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.answers import NO_TEXT, without_text
from prodworks_cli.sources.calls.drafts import Names, call_draft
from prodworks_cli.sources.calls.guardrails import applied_separately
from prodworks_cli.sources.calls.histories import MEMORIES, history_in_framework
from prodworks_cli.sources.content import member
from prodworks_cli.sources.files import File
from prodworks_cli.sources.log_setups.levels import LevelVariables
from prodworks_cli.sources.telemetry.setups import SetUp, drafts
from prodworks_cli.sources.telemetry.variables import Variables
from prodworks_cli.sources.typescript.agents import AgentObject, agent_attributes, agent_objects
from prodworks_cli.sources.typescript.clients import Clients
from prodworks_cli.sources.typescript.correlation import Correlations
from prodworks_cli.sources.typescript.dead import Liveness
from prodworks_cli.sources.typescript.fallbacks import Fallbacks
from prodworks_cli.sources.typescript.frameworks import ModelObject, model_objects, object_attributes
from prodworks_cli.sources.typescript.handlers import ANY, Handlers
from prodworks_cli.sources.typescript.libraries import LITERALS, NEEDLES
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.records import Records
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.requests import Requests
from prodworks_cli.sources.typescript.response import Reach, Responses
from prodworks_cli.sources.typescript.sites import CallSite, Finder
from prodworks_cli.sources.typescript.structured import structured
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.telemetry import telemetry
from prodworks_cli.sources.typescript.texts import AGENTIC, LANGUAGE, Texts
from prodworks_cli.sources.typescript.trace import Tracer
from prodworks_cli.sources.typescript.values import Values

# Libraries that call models and are not read by this version.
UNREAD = re.compile(
    rb"(?:from|require\()\s*['\"](?P<name>genkit|@genkit-ai/[\w-]+|@google/genai|@google/generative-ai"
    rb"|ollama|cohere-ai|replicate|@huggingface/inference|@openai/agents|llamaindex|@llamaindex/[\w-]+|together-ai"
    rb"|@azure/openai|@azure-rest/ai-inference|@google-cloud/vertexai|@browserbasehq/stagehand)['\"/]"
)
# Every match of UNREAD holds one of these.
_UNREAD_WORDS = (
    *(b"genkit", b"@google/", b"ollama", b"cohere-ai", b"replicate", b"@huggingface/", b"@openai/", b"llamaindex"),
    *(b"together-ai", b"@azure", b"@google-cloud/", b"stagehand"),
)


def read_typescript(
    files: Sequence[File], environment: Mapping[str, tuple[Node, ...]]
) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """What the files say, and what could not be read; see :func:`prodworks_cli.sources.typescript.read`."""
    repository = Repository(files)
    reader = _Reader(repository, environment, LevelVariables(files, environment))
    described = reader.drafts()
    broken = (gap for module in repository.matching(NEEDLES, *LITERALS) for gap in _gaps(module))
    known = {draft.location.where for draft in described if draft.cls is ModelCall}
    unread = (m for m in repository.matching(UNREAD, *_UNREAD_WORDS) if m.path not in known)
    setups = list(reader.telemetry())
    told = drafts(setups, Variables(files, environment), " in TypeScript") if setups else ()
    return (*described, *told), (*broken, *reader.gaps, *(gap for module in unread for gap in _unread(module)))


@dataclass(frozen=True)
class _Around:
    """What is known of the code around the calls; ``seeing`` gathers the functions that can see a response."""

    texts: Texts
    responses: Responses
    correlations: Correlations
    seeing: list[Site]


class _Reader:
    """Describes all calls of a repository."""

    def __init__(
        self, repository: Repository, environment: Mapping[str, tuple[Node, ...]], levels: LevelVariables
    ) -> None:
        self._levels = levels
        self._repository = repository
        self._environment = environment
        self._tracer = Tracer(repository)
        self._values = Values(self._tracer, environment)
        self._requests = Requests(self._values)
        self._handlers = Handlers(self._tracer)
        self._fallbacks = Fallbacks(self._tracer)
        self._records = Records(self._tracer)
        self._clients = Clients(self._values)
        self._liveness = Liveness(repository)
        self._names = Names()
        self._gaps: tuple[Gap, ...] = ()

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What says that there was too much to follow."""
        if not self._tracer.exhausted:
            return self._gaps
        return (*self._gaps, Gap("repo.*", Plane.DECLARED, LANGUAGE, "there are too many values to follow"))

    def telemetry(self) -> Iterator[SetUp]:
        """The set-ups of tracing and metrics."""
        yield from telemetry(self._repository, self._values)

    def drafts(self) -> list[Draft]:
        found = [(call, self._requests.known(call)) for call in Finder(self._tracer).calls()]
        calls = {self._identity(call.site, call.api): (call, known) for call, known in found if known is not None}
        made_by = (*model_objects(self._repository), *agent_objects(self._repository, self._requests))
        objects = {self._identity(model.site, model.name): model for model in made_by}
        made = [call for call, _ in calls.values()]
        identities = {c.site.key: n for n, (c, known) in calls.items() if not _embeds(c, known)}
        vectors = frozenset(c.site.key for c in made) - set(identities)
        texts = Texts(self._values, self._requests, self._liveness, made, list(objects.values()), identities, vectors)
        if not calls and not objects:
            return list(texts.agentic()) if self._repository.holds(*AGENTIC) else []
        responses = Responses(self._repository, self._tracer, texts.belongs)
        correlations = Correlations(self._repository, texts.entries)
        around = _Around(texts, responses, correlations, [])
        described = [self._described(name, call, known, around) for name, (call, known) in calls.items()]
        described += [self._object(name, model, around) for name, model in objects.items()]
        live = [call for call in made if not self._liveness.is_dead(call.site)]
        followed = list(texts.drafts(self._environment, around.seeing, self._levels))
        self._gaps = texts.gaps
        return [*described, *self._clients.drafts(live), *followed]

    @cached_property
    def _memories(self) -> frozenset[str]:
        """The names in files that name a memory of a framework."""
        modules = self._repository.holding(*MEMORIES)
        return frozenset(m.text(n) for m in modules for n in m.of_type("identifier"))

    def _identity(self, site: Site, api: str) -> str:
        """A name for a call that does not change with line numbers."""
        return self._names.of(f"{site.module.path}:{site.module.qualified(site.node)} {api}")

    def _object(self, name: str, model: ModelObject, around: _Around) -> Draft:
        traced = around.responses.instrumented(model.site, model.site, "framework", Reach((), (), None))
        known = {
            **(
                agent_attributes(model, traced)
                if isinstance(model, AgentObject)
                else object_attributes(model, self._requests, traced)
            ),
            **around.texts.conversations.of_object(model),
            "history_bounded": history_in_framework(self._memories, _family(model), _named_around(model.site)),
            **structured(self._repository, self._tracer, model.site),
            "reachable": not self._liveness.is_dead(model.site),
        }
        return call_draft(name, model.site.module.at(model.site.node), known)

    def _described(self, name: str, call: CallSite, request: Mapping[str, Drafted], around: _Around) -> Draft:
        module, responses = call.site.module, around.responses
        reach = responses.reach(call.site)
        around.seeing.extend(reach.bodies)
        traced = responses.instrumented(call.site, call.client, call.library, reach) or self._telemetry(call)
        usage = responses.usage_recorded(call, reach)
        separate = self._applied(reach) if request.get("guardrail_mode") == "none" else {}
        metadata = request.get("request_metadata")
        known: dict[str, Drafted] = {
            **request,
            **separate,
            **around.texts.conversations.of_call(call, request.get("guardrail_mode") == "attached"),
            "reachable": not self._liveness.is_dead(call.site),
            "api": call.api,
            "client": Ref("repo.model_client", self._clients.identity(call.client))
            if isinstance(call.client, Site)
            else call.client,
            "instrumented": traced,
            "usage_recorded": usage or (call.library == "ai" and traced is True),
            "correlation": around.correlations.of(reach, metadata if isinstance(metadata, Node) else None),
            "stop_reasons_handled": responses.stop_reasons(call, reach),
            "handled_errors": self._stream_errors(reach) if self._streams(call) else self._handlers.of(call.site),
            "fallback": self._fallbacks.of(call.site),
            **around.texts.answers.of(call, reach),
            **self._records.of(call.site, reach, traced, self._automatic(call, traced, responses)),
            **(NO_TEXT if _embeds(call, request) or without_text(request.get("modalities")) else {}),
        }
        return call_draft(name, module.at(call.site.node), known)

    def _automatic(self, call: CallSite, traced: Drafted, responses: Responses) -> bool:
        """Whether the span of a call is made by its library: the AI SDK makes its own where that is switched on."""
        return responses.automatic(call.library) or (call.library == "ai" and traced is True)

    def _streams(self, call: CallSite) -> bool:
        """The AI SDK's streaming functions never throw: an error becomes a part of the stream."""
        return call.library == "ai" and call.api.startswith("stream")

    def _stream_errors(self, reach: Reach) -> Drafted:
        """What answers an error in a stream: an ``onError`` of the call or of the response that is made of it."""
        for body in reach.bodies:
            keys = body.module.below(body.node, "property_identifier")
            if any(body.module.text(n) == "onError" for n in keys):
                return (ANY,)
        return Unknown("the SDK passes an error of the stream on to the page; what is shown there is not analysed")

    def _applied(self, reach: Reach) -> dict[str, Drafted]:
        """A guardrail that the code around the call applies itself."""
        made = [
            body.to(node)
            for body in reach.bodies
            for node in body.module.below(body.node, "new_expression", "call_expression")
            if last_name(body.module, callee_of(node)) in ("ApplyGuardrailCommand", "applyGuardrail")
        ]
        given = [(site, site.module.arguments(site.node)) for site in made]
        mappings = [self._requests.mapping(site.to(arguments[0])) for site, arguments in given if arguments]
        return applied_separately([m for m in mappings if "guardrailIdentifier" in m])

    def _telemetry(self, call: CallSite) -> Drafted:
        """Whether the AI SDK's own telemetry is on for the call."""
        if call.library != "ai":
            return False
        given = self._requests.mapping(call.request)
        for name in ("experimental_telemetry", "telemetry"):
            option = member(given, name)
            if option.unknown is not None:
                return option.unknown
            if option.present:
                enabled = option["isEnabled"]
                return enabled if enabled.present else Node(name == "telemetry", option.location)
        return False


def _named_around(site: Site) -> Iterator[str]:
    """The names in the function around a place, or in the file where there is none."""
    around = site.module.function(site.node) or site.module.root
    yield from map(site.module.text, site.module.below(around, "identifier"))


def _family(model: ModelObject) -> str:
    """The framework that an object is of, as far as it keeps what was said."""
    packages = {i.module for i in model.site.module.imports.values()}
    if any(name.startswith("@strands-agents/") for name in packages):
        return "strands"
    return "" if isinstance(model, AgentObject) else "langchain"


def _embeds(call: CallSite, known: Mapping[str, Drafted]) -> bool:
    """The call turns text into vectors, by its model or by the name of the function that makes it."""
    by_name = "embed" in call.site.module.qualified(call.site.node).lower()
    return known.get("modalities") == ("embedding",) or (by_name and call.api.startswith("invoke"))


def _unread(module: Module) -> list[Gap]:
    """A gap for the first library in a file that calls models and is not read."""
    found = UNREAD.search(module.data)
    name = found["name"].decode() if found else ""
    if found is None or not any(f"{i.module}/".startswith(f"{name}/") for i in module.imports.values()):
        return []
    line = module.data[: found.start()].count(b"\n") + 1
    return [
        Gap("repo.model_*", Plane.DECLARED, module.path, f"calls through {name} are not analysed by this version", line)
    ]


def _gaps(module: Module) -> list[Gap]:
    """Regions that were not understood and hold a word by which calls are found."""
    broken = [n for n in module.of_type("ERROR") if NEEDLES.search(module.data[n.start_byte : n.end_byte])]
    if not broken:
        return []
    first = broken[0].start_point[0] + 1
    return [Gap("repo.model_*", Plane.DECLARED, module.path, "syntax errors around what may be a model call", first)]

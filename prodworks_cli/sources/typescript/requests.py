"""What the request of a model call says, by the library that makes it."""

from __future__ import annotations

from collections.abc import Mapping

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.drafts import attribution_by, guardrail_mode, prefix, request_attributes
from prodworks_cli.sources.calls.facts import LIMITS, Facts
from prodworks_cli.sources.calls.model_ids import read_model_id
from prodworks_cli.sources.calls.providers import behind, by_url, endpoint_of
from prodworks_cli.sources.content import OPEN, dig, member, merged
from prodworks_cli.sources.typescript.libraries import RUNS_MODEL
from prodworks_cli.sources.typescript.places import NOTHING, Origin, Site
from prodworks_cli.sources.typescript.sites import CallSite, client_class
from prodworks_cli.sources.typescript.syntax import callee_of, last_name
from prodworks_cli.sources.typescript.values import Values

AI_LIMITS = ("maxOutputTokens", "maxTokens", *LIMITS)
# The endpoint that speaks as OpenAI and Anthropic do.
MANTLE = "bedrock-mantle"
PACKAGES: Mapping[str, str] = {
    "amazon-bedrock": "bedrock",
    "amazon-bedrock/mantle": MANTLE,
    "amazon-bedrock/anthropic": "bedrock",
    "google-vertex": "google",
    "openai-compatible": "openai",
}
_WRAPPERS = frozenset({"wrapLanguageModel", "withTracing", "traceAISDKModel", "wrapAISDKModel"})
_HEADERS = ("X-Amzn-Bedrock-GuardrailIdentifier", "X-Amzn-Bedrock-GuardrailVersion")


class Requests:
    """Reads requests into the attributes of a call."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def known(self, call: CallSite) -> dict[str, Drafted] | None:
        """The attributes that the request decides; ``None`` for plain HTTP that calls no model."""
        read = {"aws": self._aws, "ai": self._ai, "client": self._client, "http": self._http}[call.library]
        return read(call)

    def mapping(self, site: Site | None) -> Mapping[str, Node]:
        """An object as its members; an open one when it is not written out."""
        if site is None:
            return {}
        value = self._values.of(site)
        if isinstance(value.content, Mapping):
            return value.content
        reason = value.unknown.reason if value.unknown else "the request is not written out"
        return {OPEN: Node(Unknown(reason), value.location)}

    def _aws(self, call: CallSite) -> dict[str, Drafted]:
        facts = Facts(call.api, self.mapping(call.request), call.site.module.at(call.site.node))
        known = {**request_attributes(facts), "provider": call.provider, "endpoint": call.endpoint}
        return known | ({"modalities": ("video",)} if call.api == "start_async_invoke" else {})

    def _ai(self, call: CallSite) -> dict[str, Drafted]:
        here = call.site.module.at(call.site.node)
        provider, model = self.ai_model(call.request, here)
        modality = "embedding" if call.api.startswith("embed") else None
        return self.ai_attributes(self.mapping(call.request), provider, model, modality, here)

    def ai_attributes(
        self, given: Mapping[str, Node], provider: str | Unknown, model: Node, modality: str | None, here: Location
    ) -> dict[str, Drafted]:
        """What the options of a call, or of an agent, of the AI SDK say."""
        options = dig(given, "providerOptions", "bedrock", "guardrailConfig")
        holder = options if isinstance(options, Mapping) else {OPEN: Node(options, here)}
        guarded = (member(holder, "guardrailIdentifier"), member(holder, "guardrailVersion"))
        fixed = prefix((dig(given, "system"),), dig(given, "messages"))
        return {**_described(model, _first(given, *AI_LIMITS), guarded, modality), **served(provider), **fixed}

    def ai_model(self, request: Site | None, here: Location) -> tuple[str | Unknown, Node]:
        """The provider and the id of the ``model`` of a request or of the options of an agent."""
        tracer = self._values.tracer
        requests = tracer.sites(request) if request is not None else ()
        models = [m for r in requests for m in tracer.members.of(r, "model")]
        found = [p for m in models for p in self._provided(m)]
        named = [f for f in found if f is not None]
        reason = next((m.reason for m in models if isinstance(m, Unknown)), "the model is chosen when the program runs")
        certain = len(named) == len(found) > 0
        providers = {provider for provider, _ in named}
        ids = [node.content for _, node in named]
        model = Node(merged(ids) if certain else Unknown(reason, present=True), named[0][1].location if named else here)
        return providers.pop() if certain and len(providers) == 1 else Unknown(reason), model

    def _provided(self, origin: Origin, depth: int = 4) -> list[tuple[str, Node] | None]:
        """``bedrock("id")`` of a package ``@ai-sdk/...``, also through ``createAmazonBedrock()`` and wrappers."""
        if isinstance(origin, Unknown) or not depth:
            return [None]
        ends = [o for o in self._values.tracer.origins(origin) if isinstance(o, Unknown) or o.text not in NOTHING]
        return [p for end in ends for p in ([None] if isinstance(end, Unknown) else self._made(end, depth))]

    def _made(self, end: Site, depth: int) -> list[tuple[str, Node] | None]:
        """The provider and model id of one expression that makes a model."""
        if end.node.type == "string":
            text = self._values.of(end)
            return [((text.text() or "").partition("/")[0], text)]
        given = end.module.arguments(end.node) if end.node.type == "call_expression" else ()
        if not given:
            return [None]
        if last_name(end.module, callee_of(end.node)) in _WRAPPERS:
            inner = self._values.tracer.members.of(end.to(given[0]), "model") if given[0].type == "object" else ()
            return [p for wrapped in inner or (end.to(given[0]),) for p in self._provided(wrapped, depth - 1)]
        provider = self._package(end)
        return [(provider, self._values.of(end.to(given[0])))] if provider else [None]

    def _package(self, call: Site, depth: int = 3) -> str | None:
        """The provider of the package from which the called function comes."""
        callee = callee_of(call.node)
        while callee is not None and callee.type == "member_expression":
            callee = callee.child_by_field_name("object")
        if callee is None or not depth:
            return None
        if callee.type == "call_expression":
            return self._package(call.to(callee), depth - 1)
        item = call.module.imports.get(call.module.text(callee))
        if item is not None and item.module.startswith("@ai-sdk/"):
            package = item.module.removeprefix("@ai-sdk/")
            bare = package.partition("/")[0]
            return PACKAGES.get(package) or PACKAGES.get(bare, bare)
        made = [s for s in self._values.tracer.sites(call.to(callee), 8) if s.node.type == "call_expression"]
        return next((p for m in made if m.node != call.node and (p := self._package(m, depth - 1))), None)

    def _client(self, call: CallSite) -> dict[str, Drafted]:
        given = self.mapping(call.request)
        provider, endpoint = self._served_by(call)
        headers = dig(self.mapping(call.site.to(call.options)), "headers") if call.options is not None else None
        held = headers if isinstance(headers, Mapping) else {}
        guarded = (member(held, _HEADERS[0]), member(held, _HEADERS[1]))
        embedding = "embedding" if call.api.startswith("embeddings") else None
        image = "image" if call.api.startswith("images") else None
        return {
            **_described(member(given, "model"), _first(given, *LIMITS), guarded, embedding or image),
            "provider": provider,
            "endpoint": endpoint,
            **prefix((dig(given, "tools"), dig(given, "system")), dig(given, "messages")),
        }

    def _served_by(self, call: CallSite) -> tuple[str | Unknown, str | Unknown]:
        """The provider and endpoint that a client's ``baseURL`` names, or the client's own."""
        if not isinstance(call.client, Site):
            return call.provider, endpoint_of(call.provider)
        if client_class(call.client) == "AnthropicBedrockMantle":
            return "bedrock", MANTLE
        options = call.client.module.arguments(call.client.node)
        given = self.mapping(call.client.to(options[0])) if options else {}
        return behind(member(given, "baseURL"), call.provider)

    def _http(self, call: CallSite) -> dict[str, Drafted] | None:
        if call.request is None:
            return None
        given = call.site.module.arguments(call.site.node)
        options = self.mapping(call.site.to(given[1])) if given[1:] else {}
        address = self._values.of(call.request)
        if isinstance(address.content, Mapping):
            options, address = address.content, member(address.content, "url")
        text = address.text() or (address.unknown.shape if address.unknown else "") or ""
        host = by_url(text)
        if host is None or not RUNS_MODEL.search(text):
            return None
        axios = last_name(call.site.module, callee_of(call.site.node)) == "post"
        body = Node(options, call.site.module.at(call.site.node)) if axios else member(options, "body")
        data = body.content if isinstance(body.content, Mapping) else {OPEN: Node(_unread(body), body.location)}
        guarded = (Node(None, body.location), Node(None, body.location))
        embedding = "embedding" if "embed" in text.rpartition("/")[2] else None
        return {
            **_described(member(data, "model"), _first(data, *LIMITS), guarded, embedding),
            "provider": host[0],
            "endpoint": host[1],
        }


def served(provider: str | Unknown) -> dict[str, Drafted]:
    """The provider and the endpoint of a model of the AI SDK."""
    if provider in ("bedrock", MANTLE):
        return {"provider": "bedrock", "endpoint": MANTLE if provider == MANTLE else "bedrock-runtime"}
    return {"provider": provider, "endpoint": provider}


def _unread(node: Node) -> Unknown:
    return Unknown(node.unknown.reason if node.unknown else "the request is not written out")


def _first(given: Mapping[str, Node], *names: str) -> Node:
    nodes = [member(given, n) for n in names]
    known = next((n for n in nodes if n.present and n.unknown is None), None)
    return known or next((n for n in nodes if n.present), nodes[0])


def _described(model: Node, limit: Node, guarded: tuple[Node, Node], modality: str | None) -> dict[str, Drafted]:
    read = read_model_id(model.text() or "")
    return {
        "model_id": model,
        "max_tokens": limit,
        "modalities": (modality or (read.purpose if read and read.base else None) or "text",),
        "guardrail_id": guarded[0],
        "guardrail_version": guarded[1],
        "guardrail_mode": guardrail_mode(guarded[0]),
        "request_metadata": None,
        "attribution": attribution_by(model),
    }

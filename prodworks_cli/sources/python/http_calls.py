"""Model calls over plain HTTP: requests, httpx, aiohttp, urllib3 and urllib.

They go to the address of a known provider, or to a path that only servers of models have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import tree_sitter

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.calls.providers import HOST_WORDS, by_url
from prodworks_cli.sources.content import OPEN, joined, member
from prodworks_cli.sources.python.places import Origin, Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Arguments
from prodworks_cli.sources.python.values import Values

_METHODS = frozenset({"post", "request", "stream", "urlopen", "apost"})
_USES = re.compile(rb"\.(?:post|request|stream|urlopen)\(")
_OPENS = re.compile(rb"urlopen(?<!\wurlopen)\(")
_LIBRARIES = re.compile(rb"\b(?:requests|httpx|aiohttp|urllib3|urllib)\b")
_CLIENTS = frozenset({"Client", "AsyncClient", "Session", "ClientSession", "session", "PoolManager", "AsyncHTTPClient"})
# The end of the path of a request that runs a model, with the operation; other paths list, upload or count.
_PATHS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"/converse-stream$"), "converse_stream"),
    (re.compile(r"/converse$"), "converse"),
    (re.compile(r"/invoke-with-response-stream$"), "invoke_model_with_response_stream"),
    (re.compile(r"/model/[^/]+/invoke$"), "invoke_model"),
    (re.compile(r"/agents/[^/]+/agentAliases/.*/text$"), "invoke_agent"),
    (re.compile(r"/retrieveAndGenerate$"), "retrieve_and_generate"),
    (re.compile(r"/runtimes/[^/]+/invocations$"), "invoke_agent_runtime"),
    (re.compile(r"/endpoints/[^/]+/invocations$"), "invoke_endpoint"),
    (re.compile(r"/chat/completions$"), "chat.completions"),
    (re.compile(r"/(?:v1/)?completions$"), "completions"),
    (re.compile(r"/responses$"), "responses"),
    (re.compile(r"/v1/messages$"), "messages"),
    (re.compile(r"/embeddings?$|:(?:batch)?[eE]mbedContents?$"), "embeddings"),
    (re.compile(r"/rerank$"), "rerank"),
    (re.compile(r"/v[12]/chat$"), "chat"),
    (re.compile(r"/images/generations$"), "images"),
    (re.compile(r":(?:streamG|g)enerateContent$|:(?:rawP|streamRawP|p)redict$"), "generateContent"),
    (re.compile(r"/models/[\w.-]+/[\w.:-]+$|/predictions$"), "inference"),
)
# Paths by which gateways and servers of models are asked, wherever they run.
_OF_ANY_HOST = re.compile(r"/chat/completions$|/v1/(?:embeddings|completions)$")
_PATH_WORDS = (b"/chat/completions", b"v1/embeddings", b"v1/completions")
_NO_PROVIDER = Unknown("the address of the request names no provider", present=True)
_MODEL_IN_PATH = re.compile(r"/model/([^/]+)|/(?:models|deployments|endpoints)/([^/]+?)(?::\w+)?(?:/|$)")
# Seconds that a library waits when it is told nothing.
DEFAULT_SECONDS: Mapping[str, int] = {"httpx": 5, "aiohttp": 300}


@dataclass(frozen=True)
class HttpCall:
    """One request that runs a model. ``timeout`` is what the request or its client is told."""

    site: Site
    api: str
    provider: str | Unknown
    endpoint: str | Unknown
    arguments: Mapping[str, Node]
    model: Node
    timeout: Node
    sent: Site | None

    @property
    def body(self) -> Node:
        """What is sent."""
        return member(self.arguments, "body")


def http_calls(repository: Repository, values: Values) -> Iterator[HttpCall]:
    """All requests that run a model, by file and line. Nothing is looked at where no file names a host or a path."""
    if not any(True for _ in repository.paths_with(*HOST_WORDS, *_PATH_WORDS)):
        return
    for path in sorted({*repository.matching(_USES), *repository.matching(_OPENS)}):
        if not repository.imports(path, _LIBRARIES):
            continue
        module = repository.module(path)
        for call in module.calls_to(_METHODS):
            found = _call(Site(module, call), values)
            if found is not None:
                yield found


def _call(site: Site, values: Values) -> HttpCall | None:
    given = site.module.arguments(site.node)
    name = site.module.called(site.node)
    made = _client(site, values)
    url = _url(site, given, name, made, values)
    text = url.text() or (url.content.shape if isinstance(url.content, Unknown) else None) or ""
    path = re.split(r"[?#]", text)[0].rstrip("/")
    told: tuple[str | Unknown, str | Unknown] | None = by_url(text) if text else None
    # A path alone is a route of this program as often as one of a server.
    if told is None and _OF_ANY_HOST.search(path) and ("://" in text or text.startswith("${")):
        told = (_NO_PROVIDER, _NO_PROVIDER)
    if told is None:
        return None
    api = next((operation for pattern, operation in _PATHS if pattern.search(path)), None)
    if api is None and not path.endswith("${...}"):
        return None
    sent = _sent(given)
    arguments = _arguments(site, given, values)
    model, timeout = _model(arguments, path, url.location), _timeout(site, given, made, values)
    body = site.to(sent) if sent is not None else None
    return HttpCall(site, f"http {api or 'request'}", *told, arguments, model, timeout, body)


def _url(site: Site, given: Arguments, name: str, made: Site | None, values: Values) -> Node:
    """The address of a request, below the address that its client is made with."""
    node = given.get("url", 1 if name in ("request", "stream") and len(given.positional) > 1 else 0)
    here = site.module.at(site.node)
    if node is None:
        return Node(None, here)
    url = values.of(site.to(node))
    if name == "urlopen" and url.text() is None:
        url = _of_request(site.to(node), values)
    base = made.module.arguments(made.node).get("base_url") if made is not None else None
    text = url.text() or (url.content.shape if isinstance(url.content, Unknown) else None) or "${...}"
    if made is None or base is None or "://" in text:
        return url
    above = values.of(made.to(base)).content
    return Node(joined([above.rstrip("/") if isinstance(above, str) else above, "/", text.lstrip("/")]), here)


def _of_request(site: Site, values: Values) -> Node:
    """The address of ``urllib.request.Request(url, ...)``."""
    for origin in values.tracer.origins(site):
        if isinstance(origin, Site) and _called(origin) == "Request":
            node = origin.module.arguments(origin.node).get("url", 0)
            if node is not None:
                return values.of(origin.to(node))
    return Node(None, site.module.at(site.node))


def _client(site: Site, values: Values) -> Site | None:
    """The call that makes the client or session that sends the request."""
    callee = site.node.child_by_field_name("function")
    target = callee.child_by_field_name("object") if callee is not None and callee.type == "attribute" else None
    origins: tuple[Origin, ...] = values.tracer.origins(site.to(target)) if target is not None else ()
    return next((o for o in origins if isinstance(o, Site) and _called(o) in _CLIENTS), None)


def _called(origin: Site) -> str:
    node = origin.node.child_by_field_name("function") if origin.node.type == "call" else None
    return last_name(origin.module, node)


def _library(site: Site, made: Site | None) -> str:
    """The package of the client, or of the function that sends the request."""
    place = made or site
    root = place.module.text(place.node.child_by_field_name("function")).split(".")[0]
    item = place.module.imports.get(root)
    return item.module.split(".")[0] if item is not None else ""


def _sent(given: Arguments) -> tree_sitter.Node | None:
    return next((n for k in ("json", "data", "content", "body") if (n := given.get(k)) is not None), None)


def _arguments(site: Site, given: Arguments, values: Values) -> Mapping[str, Node]:
    """Body and headers; a request that is built elsewhere leaves them open."""
    body = _sent(given)
    arguments: dict[str, Node] = {}
    if body is not None:
        arguments["body"] = values.of(site.to(body))
    elif given.splats or not given.keywords:
        arguments["body"] = Node(Unknown("the body of the request is built elsewhere"), site.module.at(site.node))
    headers = given.get("headers")
    if headers is not None:
        arguments["headers"] = values.of(site.to(headers))
    return arguments


def _model(arguments: Mapping[str, Node], path: str, at: Location) -> Node:
    """The model that the path names, else the one that the body names."""
    named = _MODEL_IN_PATH.search(path)
    if named is not None:
        text = (named[1] or named[2]).replace("%3A", ":").replace("%3a", ":")
        unresolved = Unknown("part of the address is known when the program runs", present=True, shape=text)
        return Node(unresolved if "${" in text else text, at)
    body = member(arguments, "body")
    held = body["model"] if isinstance(body.content, Mapping) and OPEN not in body.content else Node(None, at)
    if held.present:
        return held
    return Node(Unknown("the model is in a body that is built elsewhere", present=True), at)


def _timeout(site: Site, given: Arguments, made: Site | None, values: Values) -> Node:
    """Seconds until a silent peer is given up; what httpx and aiohttp do by themselves."""
    own = given.get("timeout")
    if own is not None:
        return _seconds(site.to(own), values)
    above = made.module.arguments(made.node).get("timeout") if made is not None else None
    if above is not None and made is not None:
        return _seconds(made.to(above), values)
    if given.splats:
        return Node(Unknown("the arguments of the request are built elsewhere"), site.module.at(site.node))
    return Node(DEFAULT_SECONDS.get(_library(site, made)), site.module.at(site.node))


def _seconds(site: Site, values: Values) -> Node:
    """A number, the reading part of a pair, or the argument of a ``Timeout`` object."""
    value = values.of(site)
    if isinstance(value.content, tuple) and value.content:
        return value.content[-1]
    for origin in values.tracer.origins(site):
        if isinstance(origin, Site) and _called(origin) in ("Timeout", "ClientTimeout"):
            given = origin.module.arguments(origin.node)
            node = given.get("read") or given.get("total") or given.get("sock_read") or given.get("timeout", 0)
            if node is not None:
                return values.of(origin.to(node))
    return value

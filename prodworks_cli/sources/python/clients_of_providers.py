"""Calls through the clients of providers' own SDKs: OpenAI, Anthropic, Google, Mistral, Cohere and others.

Some of these clients speak to Bedrock: those made for it, and those that are pointed at one of its addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.calls.providers import behind, endpoint_of
from prodworks_cli.sources.content import OPEN, merged
from prodworks_cli.sources.python.frameworks import ADDRESSES, ModelObject, evaluated, first_of, importing
from prodworks_cli.sources.python.libraries import MAKERS, METHODS, TRACED, VIEWS, WRAPPERS
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.values import Values

_LAST = frozenset(m.rpartition(".")[2] for methods in METHODS.values() for m in methods)
# Where the variable that points a client elsewhere is set, by the SDK that reads it.
_VARIABLES = {"openai": "OPENAI_BASE_URL", "anthropic": "ANTHROPIC_BASE_URL"}
_MODULES = frozenset({"openai", "ollama"})
# Calls that only these SDKs have, whoever made the client, with the provider where there is only one.
_ANYBODY = ("openai", Unknown("the client is made elsewhere, for any provider", present=True))
_CERTAIN: Mapping[str, tuple[str, str | Unknown]] = {
    "chat.completions.create": _ANYBODY,
    "chat.completions.parse": _ANYBODY,
    "responses.create": _ANYBODY,
    "responses.parse": _ANYBODY,
    "embeddings.create": _ANYBODY,
    "models.generate_content": ("google", "google"),
    "models.generate_content_stream": ("google", "google"),
}


def client_calls(
    repository: Repository, values: Values, environment: Mapping[str, tuple[Node, ...]]
) -> Iterator[ModelObject]:
    """All calls of a model through such a client, by file and line."""
    for module in importing_or_using(repository):
        for call in module.calls_to(_LAST):
            found = _call(Site(module, call), values, environment)
            if found is not None:
                yield found


_USES = re.compile(
    rb"\.(?:messages|completions|responses|embeddings|images|chat|models|ChatCompletion)\s*\.\s*\w+\s*\("
    rb"|\.(?:generate_content|generate_content_async|chat_completion|text_generation|rerank)\("
)


def importing_or_using(repository: Repository) -> Iterator[Module]:
    """The files that import an SDK, and those that may call a client which another file makes."""
    seen = {module.path: module for module in importing(repository)}
    if seen:
        seen |= {p: repository.module(p) for p in repository.matching(_USES) if p not in seen}
    yield from (seen[path] for path in sorted(seen))


def _call(site: Site, values: Values, environment: Mapping[str, tuple[Node, ...]]) -> ModelObject | None:
    written = site.module.text(site.node.child_by_field_name("function"))
    for method in _methods(written):
        receiver = _receiver(site.node, method.count(".") + 1)
        if receiver is None:
            continue
        packages = {package for package, methods in METHODS.items() if method in methods}
        if _is_module(site.module, receiver, packages):
            return _of_module(site, method, site.module.text(receiver), values)
        for made in _makers(site.to(receiver), values):
            package, name = _maker(made)
            if package in packages:
                return _through(site, method, package, name, made, values, environment)
        if method in _CERTAIN and _is_open(site.to(receiver), values):
            return _unmade(site, method, values)
    return None


def _is_open(receiver: Site, values: Values) -> bool:
    """Nothing in the repository makes the client."""
    origins = values.tracer.origins(receiver)
    return all(isinstance(origin, Unknown) or origin.node.type == "none" for origin in origins)


def _unmade(site: Site, method: str, values: Values) -> ModelObject:
    package, provider = _CERTAIN[method]
    here = site.module.at(site.node)
    settings = {OPEN: Node(Unknown("the client is made elsewhere"), here)}
    return ModelObject(
        site, package, method, evaluated(site, values), site, settings, provider, endpoint_of(provider), direct=True
    )


def _methods(written: str) -> list[str]:
    """The methods that the end of a call may be, the longest first."""
    flat = "".join(written.split())
    fitting = {m for methods in METHODS.values() for m in methods if flat.endswith(f".{m}")}
    return sorted(fitting, key=lambda m: (-m.count("."), m))


def _receiver(call: tree_sitter.Node, steps: int) -> tree_sitter.Node | None:
    node = call.child_by_field_name("function")
    for _ in range(steps):
        node = node.child_by_field_name("object") if node is not None else None
    return node


def _is_module(module: Module, receiver: tree_sitter.Node, packages: set[str]) -> bool:
    """``openai.chat.completions.create(...)``: the package itself is the client."""
    name = module.text(receiver)
    item = module.imports.get(name)
    return name in _MODULES & packages and item is not None and item.name is None and item.module == name


def _of_module(site: Site, method: str, package: str, values: Values) -> ModelObject:
    return ModelObject(
        site, package, method, evaluated(site, values), site, {}, package, endpoint_of(package), direct=True
    )


def _makers(receiver: Site, values: Values, depth: int = 4) -> Iterator[Site]:
    """The calls that make the client, behind views of it and wrappers around it."""
    for origin in values.tracer.origins(receiver):
        if not isinstance(origin, Site):
            continue
        inner = _behind(origin) if depth else None
        if inner is not None:
            yield from _makers(inner, values, depth - 1)
        elif origin.node.type == "call":
            yield origin


def _behind(origin: Site) -> Site | None:
    """The client in ``client.beta``, ``client.with_options(...)`` and ``instructor.from_openai(client)``."""
    node = origin.node
    callee = node.child_by_field_name("function") if node.type == "call" else node
    if callee is None:
        return None
    name = last_name(origin.module, callee)
    if name in VIEWS and callee.type == "attribute":
        target = callee.child_by_field_name("object")
        return origin.to(target) if target is not None else None
    if node.type == "call" and WRAPPERS.match(name):
        given = origin.module.arguments(node).get("client", 0)
        return origin.to(given) if given is not None and given.type in ("identifier", "attribute", "call") else None
    return None


def _maker(made: Site) -> tuple[str, str]:
    """The package and the class of a client."""
    callee = made.node.child_by_field_name("function")
    name = last_name(made.module, callee)
    root = made.module.text(callee).split(".")[0]
    item = made.module.imports.get(root)
    if item is None:
        return "", name
    package = TRACED.get(item.module) or item.module.split(".")[0]
    return (package if name in MAKERS.get(package, {}) else ""), name


def _through(
    site: Site,
    method: str,
    package: str,
    name: str,
    made: Site,
    values: Values,
    environment: Mapping[str, tuple[Node, ...]],
) -> ModelObject:
    settings = evaluated(made, values)
    url = first_of(settings, made, *ADDRESSES)
    if not url.present and package in _VARIABLES and environment.get(_VARIABLES[package]):
        url = Node(merged([n.content for n in environment[_VARIABLES[package]]]), url.location)
    provider, endpoint = behind(url, MAKERS[package][name])
    item = made.module.imports.get(made.module.text(made.node.child_by_field_name("function")).split(".")[0])
    traced = item is not None and item.module in TRACED
    endpoint = "bedrock-mantle" if "Mantle" in name or name.endswith("BedrockOpenAI") else endpoint
    arguments = _arguments(site, made, package, values)
    return ModelObject(site, package, method, arguments, made, settings, provider, endpoint, direct=True, traced=traced)


def _arguments(site: Site, made: Site, package: str, values: Values) -> Mapping[str, Node]:
    """The arguments of the call; those of the object where that holds the model (``GenerativeModel("...")``)."""
    arguments = evaluated(site, values)
    own = made.module.arguments(made.node).get("model_name", 0)
    if package in ("google", "vertexai") and "model" not in arguments and own is not None:
        return {"model": values.of(made.to(own)), **evaluated(made, values), **arguments}
    return arguments

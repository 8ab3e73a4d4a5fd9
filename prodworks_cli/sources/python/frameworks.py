"""Model objects of frameworks (LangChain, LlamaIndex, Strands), and calls of LiteLLM, Anthropic and OpenAI clients.

The constructor stands for the calls made through the object: it holds the model, the limits and the guardrail. What
becomes of the responses is the framework's and the chains' business and is left open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.content import member
from prodworks_cli.sources.python.places import Origin, Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.values import Values

LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "langchain": ("ChatBedrock", "ChatBedrockConverse", "BedrockLLM", "Bedrock", "BedrockChat"),
    "strands": ("BedrockModel", "Agent"),
    "llama_index": ("BedrockConverse", "Bedrock"),
    "litellm": ("completion", "acompletion"),
}
PREFIXES: Mapping[str, tuple[str, ...]] = {
    "langchain": ("langchain_aws", "langchain_community", "langchain.", "langchain_bedrock"),
    "strands": ("strands",),
    "llama_index": ("llama_index",),
    "litellm": ("litellm",),
}
# Clients of other providers' SDKs that speak to Bedrock, and the methods that call a model.
_MAKERS = {
    "AnthropicBedrock": "anthropic",
    "AsyncAnthropicBedrock": "anthropic",
    "OpenAI": "openai",
    "AsyncOpenAI": "openai",
}
_METHODS = {
    "messages.create": "anthropic",
    "messages.stream": "anthropic",
    "chat.completions.create": "openai",
    "responses.create": "openai",
}
# Libraries whose call gives the response itself, as the AWS SDK does.
DIRECT = ("litellm", "anthropic", "openai")
DEFAULT_MODEL = Unknown("the model is the default of the installed Strands", present=True)
_WORDS = (
    *(b"ChatBedrock", b"BedrockLLM", b"BedrockModel", b"BedrockChat", b"litellm", b"import Bedrock"),
    *(b"BedrockConverse", b"from strands", b"AnthropicBedrock", b"OpenAI"),
)


@dataclass(frozen=True)
class ModelObject:
    """A constructor with its evaluated arguments, or a call for libraries that are ``DIRECT``.

    ``maker`` makes the client and ``settings`` are its arguments, where that is another call.
    """

    site: Site
    library: str
    name: str
    arguments: Mapping[str, Node]
    maker: Site
    settings: Mapping[str, Node]
    endpoint: str = "bedrock-runtime"


def model_objects(repository: Repository, values: Values) -> Iterator[ModelObject]:
    """All model objects for Bedrock, by file and line."""
    for module in repository.containing(*_WORDS):
        for call in module.of_type("call"):
            found = _object(module, call, values)
            if found is not None:
                yield found


def _object(module: Module, call: tree_sitter.Node, values: Values) -> ModelObject | None:
    name = last_name(module, call.child_by_field_name("function"))
    if name in ("create", "stream"):
        return _request(module, call, values)
    names = (lib for lib, names in LIBRARIES.items() if name in names)
    library = next((lib for lib in names if _imported(module, call, name, lib)), None)
    if library is None:
        return None
    site = Site(module, call)
    arguments = _evaluated(site, values)
    if name == "Agent":
        return _agent(site, arguments)
    found = ModelObject(site, library, name, arguments, site, arguments)
    return found if library != "litellm" or _names_bedrock(found) else None


def _evaluated(site: Site, values: Values) -> Mapping[str, Node]:
    given = site.module.arguments(site.node)
    arguments = {key: values.of(site.to(node)) for key, node in given.keywords.items()}
    for splat in given.splats:
        arguments = {**values.splat(site.to(splat)), **arguments}
    return arguments


def _agent(site: Site, arguments: Mapping[str, Node]) -> ModelObject | None:
    """An agent of Strands without a model object calls Bedrock by itself, with the model that it is told."""
    model = member(arguments, "model")
    if model.present and model.text() is None:
        return None
    named = {**arguments, "model": model if model.present else Node(DEFAULT_MODEL, site.module.at(site.node))}
    return ModelObject(site, "strands", "Agent", named, site, {})


def _request(module: Module, call: tree_sitter.Node, values: Values) -> ModelObject | None:
    """``client.messages.create(...)`` of a client that is made for Bedrock."""
    callee = module.text(call.child_by_field_name("function"))
    method = next((m for m in _METHODS if callee.endswith(f".{m}")), None)
    receiver = _receiver(call, method.count(".") + 1) if method else None
    for origin in values.tracer.origins(Site(module, receiver)) if receiver is not None else ():
        endpoint = _bedrock_endpoint(origin, _METHODS[method or ""], values)
        if endpoint is not None and isinstance(origin, Site):
            site, settings = Site(module, call), _evaluated(origin, values)
            name = str(method)
            return ModelObject(site, _METHODS[name], name, _evaluated(site, values), origin, settings, endpoint)
    return None


def _bedrock_endpoint(origin: Origin, library: str, values: Values) -> str | None:
    """The endpoint of a client that an expression makes; ``None`` when it is none, or not for Bedrock."""
    if not isinstance(origin, Site) or origin.node.type != "call":
        return None
    if _MAKERS.get(last_name(origin.module, origin.node.child_by_field_name("function"))) != library:
        return None
    url = _evaluated(origin, values).get("base_url")
    text = "" if url is None else url.text() or (url.unknown.shape if url.unknown else None) or ""
    if library == "openai" and "bedrock" not in text:
        return None
    return "bedrock-mantle" if "bedrock-mantle" in text else "bedrock-runtime"


def _receiver(call: tree_sitter.Node, steps: int) -> tree_sitter.Node | None:
    node = call.child_by_field_name("function")
    for _ in range(steps):
        node = node.child_by_field_name("object") if node is not None else None
    return node


def _imported(module: Module, call: tree_sitter.Node, name: str, library: str) -> bool:
    root = module.text(call.child_by_field_name("function")).split(".")[0]
    item = module.imports.get(root) or module.imports.get(name)
    return item is not None and item.module.startswith(PREFIXES[library])


def _names_bedrock(found: ModelObject) -> bool:
    model = found.arguments.get("model")
    return model is not None and (model.text() or "").startswith("bedrock/")

"""Model objects of frameworks: LangChain.js chat models and the Strands SDK's ``BedrockModel``.

The constructor stands for the calls made through the object: it holds the model, the limits and the guardrail. What
becomes of the responses is the framework's and the chains' business and is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prodworks_cli.node import Node
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.drafts import FRAMEWORK, attribution_by, guardrail_mode
from prodworks_cli.sources.calls.facts import LIMITS
from prodworks_cli.sources.calls.records import recorded_by_framework
from prodworks_cli.sources.content import dig, member
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.kinds import CLASSES as CLASS_TYPES
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.requests import Requests
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

# Classes by provider; the package that they come from starts with one of PREFIXES.
CLASSES: Mapping[str, str] = {
    "ChatBedrockConverse": "bedrock",
    "ChatBedrock": "bedrock",
    "BedrockChat": "bedrock",
    "Bedrock": "bedrock",
    "BedrockEmbeddings": "bedrock",
    "BedrockModel": "bedrock",
    "ChatOpenAI": "openai",
    "OpenAIEmbeddings": "openai",
    "ChatCohere": "cohere",
    "AzureChatOpenAI": "azure",
    "ChatAnthropic": "anthropic",
    "ChatGoogleGenerativeAI": "google",
    "ChatVertexAI": "google",
    "ChatMistralAI": "mistral",
    "ChatGroq": "groq",
}
# Classes of LlamaIndex that other packages use for something else.
_LLAMAINDEX: Mapping[str, str] = {
    "OpenAI": "openai",
    "Anthropic": "anthropic",
    "Gemini": "google",
    "OpenAIEmbedding": "openai",
}
PREFIXES = ("@langchain/", "langchain", "@strands-agents/", "@llamaindex/", "llamaindex")
_WORDS = re.compile(rb"new\s+(?:" + b"|".join(c.encode() for c in (*CLASSES, *_LLAMAINDEX)) + rb")\b")
_EXTENDS = re.compile(rb"extends\s+(?:" + b"|".join(c.encode() for c in CLASSES) + rb")\b")
_MODELS = ("model", "modelId", "modelName", "model_id", "azureOpenAIApiDeploymentName")


@dataclass(frozen=True)
class ModelObject:
    """A constructor of a model object."""

    site: Site
    name: str
    provider: str


def model_objects(repository: Repository) -> Iterator[ModelObject]:
    """All model objects, by file and line."""
    for module in repository.matching(_WORDS, *(c.encode() for c in (*CLASSES, *_LLAMAINDEX))):
        for node in module.of_type("new_expression"):
            name = last_name(module, callee_of(node))
            item = module.imports.get(name)
            if name in _LLAMAINDEX and item is not None and "llamaindex" in item.module:
                yield ModelObject(Site(module, node), name, _LLAMAINDEX[name])
            if name in CLASSES and _from_framework(module, module.text(callee_of(node)).partition(".")[0]):
                yield ModelObject(Site(module, node), name, CLASSES[name])
    yield from _derived(repository)


def _derived(repository: Repository) -> Iterator[ModelObject]:
    """Objects of the repository's own classes that extend a framework's model."""
    for module in repository.matching(_EXTENDS, b"extends"):
        for cls in module.of_type(*CLASS_TYPES):
            above = next((c for c in cls.named_children if c.type == "class_heritage"), None)
            names = {module.text(n) for n in inside(above) if n.type == "identifier"} if above is not None else set()
            base = next((n for n in names if n in CLASSES and _from_framework(module, n)), None)
            for other, call in repository.calls_named(module.name(cls)) or () if base else ():
                if base and call.type == "new_expression" and last_name(other, callee_of(call)) == module.name(cls):
                    yield ModelObject(Site(other, call), base, CLASSES[base])


def _from_framework(module: Module, name: str) -> bool:
    item = module.imports.get(name)
    return item is not None and item.module.startswith(PREFIXES)


def object_attributes(found: ModelObject, requests: Requests, traced: bool) -> dict[str, Drafted]:
    """The attributes of the calls through a model object."""
    given = found.site.module.arguments(found.site.node)
    options = requests.mapping(found.site.to(given[0]) if given else None)
    model = next((n for k in _MODELS if (n := member(options, k)).present), member(options, _MODELS[0]))
    limit = next((n for k in LIMITS if (n := member(options, k)).present), member(options, LIMITS[0]))
    held = dig(options, "guardrailConfig")
    guardrail = held if isinstance(held, Mapping) else options
    prefix = "guardrailIdentifier" if isinstance(held, Mapping) else "guardrailConfig"
    id_ = member(guardrail, prefix)
    return {
        "api": found.name,
        "provider": found.provider,
        "endpoint": "bedrock-runtime" if found.provider == "bedrock" else found.provider,
        "client": FRAMEWORK,
        "model_id": _located(model, found),
        "max_tokens": _located(limit, found),
        "modalities": ("embedding" if "Embed" in found.name else "text",),
        "guardrail_id": id_,
        "guardrail_version": member(guardrail, "guardrailVersion"),
        "guardrail_mode": guardrail_mode(id_),
        "instrumented": traced or FRAMEWORK,
        "usage_recorded": traced or FRAMEWORK,
        **recorded_by_framework(traced),
        "request_metadata": None,
        "attribution": attribution_by(model),
        "stop_reasons_handled": FRAMEWORK,
        "handled_errors": FRAMEWORK,
    }


def _located(node: Node, found: ModelObject) -> Node:
    return node if node.location.where else Node(node.content, found.site.module.at(found.site.node))

"""Model objects of frameworks: LangChain's Bedrock classes, Strands' BedrockModel, LiteLLM's completion.

The constructor stands for the calls made through the object: it holds the model, the limits and the guardrail. What
becomes of the responses is the framework's and the chains' business and is left open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import tree_sitter

from prodworks_cli.node import Node
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.values import Values

LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "langchain": ("ChatBedrock", "ChatBedrockConverse", "BedrockLLM", "Bedrock", "BedrockChat"),
    "strands": ("BedrockModel",),
    "litellm": ("completion", "acompletion"),
}
PREFIXES: Mapping[str, tuple[str, ...]] = {
    "langchain": ("langchain_aws", "langchain_community", "langchain.", "langchain_bedrock"),
    "strands": ("strands",),
    "litellm": ("litellm",),
}
_WORDS = (b"ChatBedrock", b"BedrockLLM", b"BedrockModel", b"BedrockChat", b"litellm", b"import Bedrock")


@dataclass(frozen=True)
class ModelObject:
    """A constructor (or, for LiteLLM, a call) with its evaluated arguments."""

    site: Site
    library: str
    name: str
    arguments: Mapping[str, Node]


def model_objects(repository: Repository, values: Values) -> Iterator[ModelObject]:
    """All model objects for Bedrock, by file and line."""
    for module in repository.containing(*_WORDS):
        for call in module.of_type("call"):
            found = _object(module, call, values)
            if found is not None:
                yield found


def _object(module: Module, call: tree_sitter.Node, values: Values) -> ModelObject | None:
    name = last_name(module, call.child_by_field_name("function"))
    library = next((lib for lib, names in LIBRARIES.items() if name in names), None)
    if library is None or not _imported(module, call, name, library):
        return None
    site = Site(module, call)
    given = module.arguments(call)
    arguments = {key: values.of(site.to(node)) for key, node in given.keywords.items()}
    for splat in given.splats:
        arguments = {**values.splat(site.to(splat)), **arguments}
    found = ModelObject(site, library, name, arguments)
    return found if library != "litellm" or _names_bedrock(found) else None


def _imported(module: Module, call: tree_sitter.Node, name: str, library: str) -> bool:
    root = module.text(call.child_by_field_name("function")).split(".")[0]
    item = module.imports.get(root) or module.imports.get(name)
    return item is not None and item.module.startswith(PREFIXES[library])


def _names_bedrock(found: ModelObject) -> bool:
    model = found.arguments.get("model")
    return model is not None and (model.text() or "").startswith("bedrock/")

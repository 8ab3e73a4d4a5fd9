"""At which expressions a flow begins: answers of models, requests of people, retrieved documents, stored texts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tree_sitter import Node

from prodworks_cli.sources.calls.flows import IDENTITY, INPUT, MODEL, OUTPUT, RETRIEVED, STORED, Path
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.python.entries import Entries, requested
from prodworks_cli.sources.python.flow_types import Leaf, Place, Trace, Tracing
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.syntax import Arguments, Module

# Members of a response that are no answer.
NO_TEXT = words(
    """
    usage usage_metadata stopReason stop_reason finish_reason ResponseMetadata metrics inputTokens outputTokens
    totalTokens latencyMs id model role type toolUseId index input_tokens output_tokens statusCode contentType
    response_metadata guardrailAction sessionId name requestId amazon-bedrock-invocationMetrics status model_id
    prompt_tokens completion_tokens total_tokens inputTextTokenCount traceId timestamp score location metadata
    accumulated_usage created completionReason stop_sequence embedding embeddings
    """
)
INVOKES = words(
    """
    invoke ainvoke stream astream batch abatch predict apredict run arun generate agenerate complete acomplete chat
    achat query aquery stream_chat stream_complete invoke_async stream_async structured_output astream_events call
    structured_output_async __call__ create kickoff apply
    """
)
SEARCHES = re.compile(
    r"^(?:similarity_search|asimilarity_search|max_marginal_relevance_search|get_relevant_documents"
    r"|aget_relevant_documents|hybrid_search|knn_search|vector_search|retrieve_and_rerank)"
)
READS = re.compile(
    r"^(?:read_text|read_bytes|get_parameters?|get_secret_value|get_object|get_item|get_prompt|open|download)"
)
MAKES_MODELS = words(
    """
    create_agent LLMChain Agent ConversationChain BedrockConverse init_chat_model
    """
)
_OBJECTS = ("identifier", "attribute", "binary_operator", "parenthesized_expression", "call")
_MODEL_ARGUMENTS = words("llm model agent chat_model language_model agents runnable tools retriever chain")
_WIDGETS = frozenset({"text_input", "text_area", "chat_input"})


class Origins:
    """Classifies expressions. ``calls`` names the model calls by the place of the node that holds the response."""

    def __init__(
        self, entries: Entries, calls: Mapping[tuple[str, int], str], models: frozenset[tuple[str, int]]
    ) -> None:
        self.entries = entries
        self._calls = calls
        self._models = models

    def of_name(self, place: Place) -> Leaf | None:
        """``request`` of Flask is the request."""
        module = place.site.module
        item = module.imports.get("request")
        if item is None or not item.module.startswith("flask") or place.site.text != "request":
            return None
        kind = requested(place.path)
        return Leaf(kind or "none", place.site.to(module.root), place.path, "request", place.certain)

    def of_attribute(self, place: Place) -> Leaf | None:
        """An attribute is no leaf by itself."""
        return None

    def of_call(self, place: Place, flow: Tracing) -> tuple[Leaf, ...] | None:
        """Model calls, searches, questions to a person, and what is read from files and services."""
        site = place.site
        name = site.module.called(site.node)
        key = (site.module.path, site.node.id)
        if key in self._calls:
            return self._answer(place, self._calls[key])
        if key in self._models:
            return (Leaf(MODEL, site, place.path, name, place.certain),)
        if SEARCHES.match(name) or (name == "retrieve" and "retrievalQuery" in site.text):
            return () if NO_TEXT & set(place.path) else (Leaf(RETRIEVED, site, place.path, name, place.certain),)
        if self._asks_person(site, name):
            return (Leaf(INPUT, site, place.path, name, place.certain),)
        if READS.match(name):
            return (Leaf(STORED, site, place.path, name, place.certain),)
        return self._framework(place, name, flow)

    def _answer(self, place: Place, identity: str) -> tuple[Leaf, ...]:
        if NO_TEXT & set(place.path):
            return ()
        kind = RETRIEVED if identity == RETRIEVED else OUTPUT
        return (Leaf(kind, place.site, place.path, identity, place.certain),)

    def _asks_person(self, site: Site, name: str) -> bool:
        callee = site.node.child_by_field_name("function")
        if name == "input" and callee is not None and callee.type == "identifier":
            return True
        return name in _WIDGETS and callee is not None and callee.type == "attribute"

    def _framework(self, place: Place, name: str, flow: Tracing) -> tuple[Leaf, ...] | None:
        """Calls of an object that holds a model: its answer when it is invoked, else again such an object."""
        site = place.site
        callee = site.node.child_by_field_name("function")
        if callee is None:
            return None
        called = callee
        if callee.type == "attribute":
            target = callee.child_by_field_name("object")
            if target is None or name not in INVOKES or target.type not in _OBJECTS:
                return self._holder(place, name, flow)
            called = target
        elif not _is_local(site.module, callee):
            return self._holder(place, name, flow)
        if _holds_model(flow.of(site.to(called))):
            return () if NO_TEXT & set(place.path) else (Leaf(OUTPUT, site, place.path, name, place.certain),)
        return None

    def _holder(self, place: Place, name: str, flow: Tracing) -> tuple[Leaf, ...] | None:
        """``Agent(model=llm)``, ``create_react_agent(llm, tools)``, ``llm.bind_tools(tools)``."""
        module = place.site.module
        if not (name[:1].isupper() or name.startswith(("create_", "from_", "bind", "with_", "initialize_", "as_"))):
            return None
        callee = place.site.node.child_by_field_name("function")
        item = module.imports.get(module.text(callee).split(".")[0])
        if name in MAKES_MODELS and item is not None:
            return (Leaf(MODEL, place.site, place.path, name, place.certain),)
        given = module.arguments(place.site.node)
        target = callee.child_by_field_name("object") if callee is not None and callee.type == "attribute" else None
        nodes = [*_candidates(given), *([target] if target is not None and not name[:1].isupper() else [])]
        if any(_holds_model(flow.of(place.site.to(n))) for n in nodes):
            return (Leaf(MODEL, place.site, place.path, name, place.certain),)
        return None

    def of_parameter(self, site: Site, function: Node, name: str, path: Path) -> Leaf | bool | None:
        """What the parameter of an entry holds; false for a function that is no entry."""
        module = site.module
        if self.entries.of(module, function) is None:
            return False
        kind = self.entries.parameter(module, function, name, path)
        if kind is None:
            return None
        return Leaf(kind, site.to(function), (name, *path), name)


def _candidates(given: Arguments) -> list[Node]:
    return [*given.positional[:2], *(v for k, v in given.keywords.items() if k in _MODEL_ARGUMENTS)]


def _holds_model(trace: Trace) -> bool:
    return bool(trace.kinds(MODEL))


def _is_local(module: Module, callee: Node) -> bool:
    """The name is a variable of the file, not a function, class or import."""
    text = module.text(callee)
    return any(
        b.value is not None and b.value.type not in ("function_definition", "class_definition")
        for names in module.bindings.values()
        for b in names.get(text, ())
    )


__all__ = ["IDENTITY", "INPUT", "OUTPUT", "Origins"]

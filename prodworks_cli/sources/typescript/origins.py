"""At which expressions a flow begins: answers of models, requests of people, retrieved documents, stored texts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tree_sitter import Node

from prodworks_cli.sources.calls.flows import FACT, INPUT, MODEL, OUTPUT, RETRIEVED, STORED, Path
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.typescript.entries import Entries
from prodworks_cli.sources.typescript.flow_types import Leaf, Place, Trace, Tracing
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

# Members of a response that are no answer.
NO_TEXT = words(
    """
    usage totalUsage usage_metadata usageMetadata stopReason stop_reason finishReason finish_reason $metadata metrics
    inputTokens outputTokens totalTokens latencyMs id model role type toolUseId index input_tokens output_tokens
    statusCode contentType response_metadata guardrailAction sessionId name requestId status trace traceId timestamp
    score metadata warnings created completionReason embedding embeddings isLoading error toolCallId stop ts
    handleSubmit setMessages setInput handleInputChange
    """
)
INVOKES = words(
    """
    invoke stream batch predict run generate complete chat query call streamEvents streamLog create kickoff
    """
)
SEARCHES = re.compile(
    r"^(?:similaritySearch\w*|maxMarginalRelevanceSearch|getRelevantDocuments|hybridSearch|knnSearch|vectorSearch)$"
)
READS = re.compile(r"^(?:readFile(?:Sync)?|getPrompt|download|findUnique|findFirst|findMany|findOne|getItem)$")
# Hooks of pages that hold what a model answered.
_HOOKS = frozenset({"useChat", "useCompletion", "useObject", "experimental_useObject", "useAssistant"})
_MAKES_MODELS = re.compile(
    r"^(?:create\w*Agent\w*|bindTools|withStructuredOutput|pipe|withConfig|withFallbacks|withRetry|from|asTool|compile)$"
)
_MODEL_KEYS = ("llm", "model", "agent", "chatModel", "agents", "chain")
_RETRIEVES = re.compile(r"\bRetrieveCommand\b")


class Origins:
    """Classifies expressions. ``calls`` names the model calls by the place of the node that holds the response."""

    def __init__(
        self,
        entries: Entries,
        calls: Mapping[tuple[str, int], str],
        models: frozenset[tuple[str, int]],
        vectors: frozenset[tuple[str, int]],
    ) -> None:
        self._vectors = vectors
        self.entries = entries
        self._calls = calls
        self._models = models

    def of_call(self, place: Place, flow: Tracing) -> tuple[Leaf, ...] | None:
        """Model calls, searches, questions to a person, and what is read from files and services."""
        site = place.site
        name = last_name(site.module, callee_of(site.node))
        if site.key in self._calls:
            return _unless_told(place, OUTPUT, self._calls[site.key])
        if site.key in self._vectors:
            return (Leaf(FACT, site, place.path, name),)
        if site.key in self._models:
            return (Leaf(MODEL, site, place.path, name),)
        if SEARCHES.match(name) or (name in ("send", "retrieve") and _retrieves(site)):
            return _unless_told(place, RETRIEVED, name)
        if name in _HOOKS and name in site.module.imports:
            return _unless_told(place, OUTPUT, name)
        if name in ("prompt", "question") and re.search(r"(?:rl|readline|inquirer|window)\.\w+\s*$", _callee(site)):
            return (Leaf(INPUT, site, place.path, name),)
        if READS.match(name):
            return (Leaf(STORED, site, place.path, name),)
        return self._framework(place, name, flow)

    def _framework(self, place: Place, name: str, flow: Tracing) -> tuple[Leaf, ...] | None:
        """Calls of an object that holds a model: its answer when it is invoked, else again such an object."""
        site = place.site
        callee = callee_of(site.node)
        target = (
            callee.child_by_field_name("object") if callee is not None and callee.type == "member_expression" else None
        )
        given = site.module.arguments(site.node)
        makes = name[:1].isupper() or _MAKES_MODELS.match(name) is not None
        if (
            target is not None
            and name in INVOKES
            and target.type in ("identifier", "member_expression", "call_expression")
        ) and _holds_model(flow.of(site.to(target))):
            return _unless_told(place, OUTPUT, name)
        if not makes:
            return None
        held = [*([target] if target is not None else []), *_candidates(site.module, given)]
        if any(_holds_model(flow.of(site.to(n))) for n in held):
            return (Leaf(MODEL, site, place.path, name),)
        return None

    def of_parameter(self, site: Site, function: Node, name: str, path: Path) -> Leaf | bool | None:
        """What the parameter of an entry holds; false for a function that is no entry."""
        if self.entries.of(site.module, function) is None:
            return False
        kind = self.entries.parameter(site.module, function, name, path)
        return None if kind is None else Leaf(kind, site.to(function), path, name or (path[0] if path else ""))


def _unless_told(place: Place, kind: str, name: str) -> tuple[Leaf, ...]:
    """The leaf; a fact for a member that is no text."""
    told = bool(NO_TEXT & set(place.path))
    return (Leaf(FACT if told else kind, place.site, place.path, name),)


def _retrieves(site: Site) -> bool:
    return bool(_RETRIEVES.search(site.text[:400])) or "retrievalQuery" in site.text[:2_000]


def _callee(site: Site) -> str:
    return site.module.text(callee_of(site.node))


def _candidates(module: Module, given: tuple[Node, ...]) -> list[Node]:
    """The arguments that may be a model: the first ones, and members of an object that are called so."""
    found: list[Node] = []
    for node in given[:2]:
        if node.type == "object":
            pairs = (c for c in node.named_children if c.type == "pair")
            found += [
                v
                for p in pairs
                if module.text(p.child_by_field_name("key")) in _MODEL_KEYS and (v := p.child_by_field_name("value"))
            ]
            found += [c for c in node.named_children if module.text(c) in _MODEL_KEYS]
        elif node.type == "array":
            found += node.named_children
        elif node.type in ("identifier", "member_expression", "call_expression"):
            found.append(node)
    return found


def _holds_model(trace: Trace) -> bool:
    return bool(trace.kinds(MODEL))

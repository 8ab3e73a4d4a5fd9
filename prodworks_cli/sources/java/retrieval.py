"""Queries against knowledge bases and vector stores in Java, and whose rights filter them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from tree_sitter import Node as Syntax

from prodworks_cli.model import Location, Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.retrieval import RetrievalCall
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import NOT_ANALYSED, Names
from prodworks_cli.sources.calls.flows import IDENTITY, INPUT, OUTPUT, PARAMETER, STORED, UNKNOWN
from prodworks_cli.sources.content import dig, member
from prodworks_cli.sources.java.chains import links, root_of
from prodworks_cli.sources.java.dead import Liveness
from prodworks_cli.sources.java.flow import Flow, Trace
from prodworks_cli.sources.java.sites import type_of
from prodworks_cli.sources.java.syntax import Module
from prodworks_cli.sources.java.values import Values

NEEDLES = re.compile(
    rb"BedrockAgentRuntime(?:Async)?Client|VectorStore|QuestionAnswerAdvisor|RetrievalAugmentationAdvisor|ContentRetriever"
)
# What Spring AI and LangChain4j ask for when nothing is set.
_SPRING_RESULTS, _LANGCHAIN4J_RESULTS = 4, 3
_RIGHTS = re.compile(
    rb"cognito:groups|tenant_?[iI]d|hasRole|hasAuthority|getAuthorities|hasPermission|custom:tenant|accessLevel"
)
_VECTORS = ("retrievalConfiguration", "vectorSearchConfiguration")


class Retrievals:
    """Finds retrieval calls."""

    def __init__(self, values: Values, flow: Flow, liveness: Liveness) -> None:
        self._values = values
        self._repository = values.repository
        self._flow = flow
        self._liveness = liveness
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        for module in self._repository.matching(NEEDLES):
            for call in module.of_type("method_invocation"):
                name, made = module.name(call), module.text(root_of(call))
                if name == "retrieve" and type_of(module, call.child_by_field_name("object")).startswith(
                    "BedrockAgentRuntime"
                ):
                    yield self._knowledge_base(module, call)
                elif name == "similaritySearch" and any("vectorstore" in i for i in module.imports):
                    yield self._search(module, call, "similaritySearch", module.arguments(call)[:1])
                elif name == "build" and made in (
                    "QuestionAnswerAdvisor",
                    "VectorStoreDocumentRetriever",
                    "EmbeddingStoreContentRetriever",
                ):
                    yield self._advisor(module, call, made)

    def _knowledge_base(self, module: Module, call: Syntax) -> Draft:
        value = self._values.of_arguments(module, module.arguments(call))
        held = value.content if isinstance(value.content, Mapping) else {}
        at = module.at(call)
        store = _at(member(held, "knowledgeBaseId"), at)
        filter_ = dig(held, *_VECTORS, "filter")
        base: Drafted = Ref("aws.bedrock.knowledge_base", store.content) if isinstance(store.content, str) else store
        given = module.arguments(call)
        chosen = [c for g in given for c in module.below(g, "method_invocation") if module.name(c) == "filter"]
        source = (
            self._source(module, [a for c in chosen for a in module.arguments(c)]) if filter_ is not None else "none"
        )
        return self._draft(module, call, "retrieve", base, Node(dig(held, *_VECTORS, "numberOfResults"), at), source)

    def _search(self, module: Module, call: Syntax, api: str, given: tuple[Syntax, ...]) -> Draft:
        """``vectorStore.similaritySearch(SearchRequest.builder().topK(4).filterExpression(x).build())``."""
        value = self._values.of_arguments(module, given)
        held = value.content if isinstance(value.content, Mapping) else {}
        top = _at(member(held, "topK"), module.at(call))
        count = top if top.present else Node(_SPRING_RESULTS, module.at(call))
        chosen = [
            c for g in given for c in module.below(g, "method_invocation") if module.name(c) == "filterExpression"
        ]
        source = self._source(module, [a for c in chosen for a in module.arguments(c)]) if chosen else "none"
        return self._draft(module, call, api, None, count, source)

    def _advisor(self, module: Module, call: Syntax, made: str) -> Draft:
        chain = dict(links(module, call))
        asked = chain.get("searchRequest")
        if asked is not None:
            return self._search(module, call, made, module.arguments(asked)[:1])
        counted = next((chain[n] for n in ("topK", "maxResults") if n in chain), None)
        given = module.arguments(counted) if counted is not None else ()
        default = _LANGCHAIN4J_RESULTS if made == "EmbeddingStoreContentRetriever" else _SPRING_RESULTS
        count = self._values.of(module, given[0]) if given else Node(default, module.at(call))
        chosen = [
            a for n in ("filterExpression", "filter", "dynamicFilter") if n in chain for a in module.arguments(chain[n])
        ]
        # A filter may also be a parameter of each request.
        later = b"FILTER_EXPRESSION" in module.data
        unset: Drafted = Unknown("a filter is given with the request") if later else "none"
        return self._draft(module, call, made, None, count, self._source(module, chosen) if chosen else unset)

    def _source(self, module: Module, nodes: list[Syntax]) -> Drafted:
        return _kind(Trace.join(self._flow.of(module, n) for n in nodes))

    def _draft(self, module: Module, node: Syntax, api: str, base: Drafted, count: Node, source: Drafted) -> Draft:
        attributes: dict[str, Drafted] = {
            "api": api,
            "reachable": not self._liveness.is_dead(module, node),
            "knowledge_base": base,
            "top_k": count,
            "filter_source": source,
            "results_recorded": NOT_ANALYSED,
            "embedding_model": NOT_ANALYSED,
            "store": NOT_ANALYSED,
            "knows_users": self._knows_users,
        }
        name = f"{module.path}:{module.qualified(node)} {api}"
        return Draft(RetrievalCall, module.at(node), attributes, self._names.of(name))

    @cached_property
    def _knows_users(self) -> bool | Unknown:
        """The code tells groups or tenants apart, so that some may not see what others may."""
        for module in self._repository.matching(_RIGHTS):
            if any(_RIGHTS.search(n.text or b"") for n in module.of_type("string_literal", "identifier")):
                return True
        return Unknown("whether the users of this workload have different rights is not known")


def _at(node: Node, place: Location) -> Node:
    return node if node.location.where else Node(node.content, place)


def _kind(trace: Trace) -> str | Unknown:
    kinds = {leaf.kind for leaf in trace.leaves}
    if IDENTITY in kinds:
        return "identity"
    if {INPUT, OUTPUT} & kinds:
        return "client"
    opened = trace.kinds(PARAMETER, STORED, UNKNOWN)
    return Unknown("the filter is built outside the repository") if opened else "constant"

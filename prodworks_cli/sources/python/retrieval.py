"""Queries against knowledge bases and vector stores, and whose rights filter them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node as Syntax

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.retrieval import RetrievalCall
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import NOT_ANALYSED, Names
from prodworks_cli.sources.calls.flows import IDENTITY, INPUT, OUTPUT, OUTSIDE, PARAMETER, STORED, Path
from prodworks_cli.sources.calls.vector_queries import FILTER
from prodworks_cli.sources.content import dig, member
from prodworks_cli.sources.python.dead import is_dead
from prodworks_cli.sources.python.flow import Flow
from prodworks_cli.sources.python.flow_types import Trace
from prodworks_cli.sources.python.origins import SEARCHES
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.requests import unresolved
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.values import Values
from prodworks_cli.sources.python.vector_queries import written_queries

Paths = tuple[Path, Path, Path]
_VECTORS = ("vectorSearchConfiguration",)
# Where each call holds the id of the store, its filter, and how many results it asks for.
_RETRIEVE: Paths = (
    ("knowledgeBaseId",),
    ("retrievalConfiguration", *_VECTORS, "filter"),
    ("retrievalConfiguration", *_VECTORS, "numberOfResults"),
)
_HOLDER = ("retrieveAndGenerateConfiguration", "knowledgeBaseConfiguration")
_GENERATE: Paths = (
    (*_HOLDER, "knowledgeBaseId"),
    (*_HOLDER, "retrievalConfiguration", *_VECTORS, "filter"),
    (*_HOLDER, "retrievalConfiguration", *_VECTORS, "numberOfResults"),
)
_RETRIEVER: Paths = (
    ("knowledge_base_id",),
    ("retrieval_config", *_VECTORS, "filter"),
    ("retrieval_config", *_VECTORS, "numberOfResults"),
)
_SEARCH: Paths = (("index_name",), ("filter",), ("k",))
_KENDRA: Paths = (("IndexId",), ("AttributeFilter",), ("PageSize",))
_S3_VECTORS: Paths = (("indexName",), ("filter",), ("topK",))
# Stores that are made into what a chain or an agent asks: of LangChain, and the indexes of LlamaIndex.
_AS_RETRIEVER: Paths = (("index_name",), ("search_kwargs", "filter"), ("search_kwargs", "k"))
_INDEX: Paths = (("index_name",), ("filters",), ("similarity_top_k",))
_MADE = frozenset({"as_retriever", "as_query_engine", "as_chat_engine"})
_OF_KNOWLEDGE_BASES = "KnowledgeBasesRetriever"
_ASKED = re.compile(r"^a?get_relevant_documents$")
# What names a store that is no knowledge base.
_STORES = frozenset({"index_name", "IndexId", "indexName"})
_LLAMA = frozenset({"similarity_top_k", "filters"})
_WORDS = (
    *(b"retrieve(", b"retrieve_and_generate", b"_search", b"KnowledgeBasesRetriever", b"get_relevant", b"as_retriever"),
    *(b"as_query_engine", b"as_chat_engine", b"IndexId", b"query_vectors"),
)
# Other names of the filter of a vector store's search.
_FILTERS = ("filter", "filters", "where", "pre_filter", "metadata_filter", "expr")
# That users sign in says nothing about their rights; groups, roles and tenants do.
_RIGHTS = re.compile(
    rb"cognito:groups|user_groups|allowed_groups|tenant_?id|user_roles|has_permission|custom:tenant|access_level"
    rb"|clearance|is_member_of"
)


class Retrievals:
    """Finds retrieval calls."""

    def __init__(self, repository: Repository, flow: Flow, values: Values) -> None:
        self._repository = repository
        self._flow = flow
        self._values = values
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        for module in self._repository.containing(*_WORDS):
            for node in module.of_type("call"):
                paths = _paths(module, node)
                if paths is not None and not self._is_counted(module, node):
                    yield self._draft(module, node, paths)
        for module, node, kind in written_queries(self._repository):
            yield self._described(module, node, kind, None, FILTER, Unknown("part of a query that is not read"))

    def _is_counted(self, module: Module, node: Syntax) -> bool:
        """A retriever that was made of a store here is asked: the making counts already."""
        callee = node.child_by_field_name("function")
        target = callee.child_by_field_name("object") if callee is not None else None
        if target is None or not _ASKED.match(last_name(module, callee)):
            return False
        origins = (o for o in self._values.tracer.origins(Site(module, target)) if isinstance(o, Site))
        names = (o.module.called(o.node) for o in origins)
        return any(name in _MADE or name.endswith(_OF_KNOWLEDGE_BASES) for name in names)

    def _draft(self, module: Module, node: Syntax, paths: Paths) -> Draft:
        store, filter_, count = (self._given(module, node, path) for path in paths)
        api = module.called(node)
        is_search = paths[0][0] in _STORES
        base: Drafted = None if is_search else store
        if not is_search and isinstance(store.content, str):
            base = Ref("aws.bedrock.knowledge_base", store.content)
        return self._described(module, node, api, base, self._source(module, node, paths, filter_, store), count)

    def _described(
        self, module: Module, node: Syntax, api: str, base: Drafted, source: Drafted, count: Drafted
    ) -> Draft:
        attributes: dict[str, Drafted] = {
            "api": api,
            "reachable": not is_dead(self._repository, module, node),
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

    def _given(self, module: Module, node: Syntax, path: Path) -> Node:
        site, given = Site(module, node), module.arguments(node)
        members = {k: self._values.of(site.to(v)) for k, v in given.keywords.items()}
        for splat in given.splats:
            members = {**self._values.splat(site.to(splat)), **members}
        held = member(members, path[0])
        return Node(dig(members, *path), held.location if held.location.where else module.at(node))

    def _source(self, module: Module, node: Syntax, paths: Paths, filter_: Node, store: Node) -> Drafted:
        """Whose choice the filter is; a store that is looked up for the asking user counts as well."""
        if not filter_.present:
            owner = _kind(self._trace(module, node, paths[0]))
            if owner == "identity":
                return "identity"
            if store.unknown is not None and owner != "constant":
                return Unknown("which store is asked is decided when the program runs")
            return "none"
        kind = _kind(self._trace(module, node, paths[1]))
        unread = next(unresolved(filter_), None)
        return Unknown(unread.reason) if kind == "constant" and unread is not None else kind

    def _trace(self, module: Module, node: Syntax, path: Path) -> Trace:
        given, site = module.arguments(node), Site(module, node)
        held = given.keywords.get(path[0])
        if held is not None:
            return self._flow.of(site.to(held), path[1:])
        return Trace.join(self._flow.of(site.to(splat), path) for splat in given.splats)

    @property
    def _knows_users(self) -> bool | Unknown:
        """The code tells groups or tenants apart, so that some may not see what others may."""
        for _ in self._repository.matching(_RIGHTS):
            return True
        return Unknown("whether the users of this workload have different rights is not known")


def _kind(trace: Trace) -> str | Unknown:
    certain = {leaf.kind for leaf in trace.leaves if leaf.certain}
    if IDENTITY in certain:
        return "identity"
    if {INPUT, OUTPUT} & certain:
        return "client"
    opened = trace.kinds(PARAMETER, STORED, OUTSIDE, "unknown")
    return Unknown("the filter is built outside the repository") if opened else "constant"


def _paths(module: Module, node: Syntax) -> Paths | None:
    callee = node.child_by_field_name("function")
    name, given = last_name(module, callee), module.arguments(node)
    is_method = callee is not None and callee.type == "attribute"
    if name == "retrieve" and ("retrievalQuery" in given.keywords or given.splats):
        return _RETRIEVE
    if name in ("retrieve_and_generate", "retrieve_and_generate_stream") and is_method:
        return _GENERATE
    if name.endswith(_OF_KNOWLEDGE_BASES):
        return _RETRIEVER
    if name in ("retrieve", "query") and "IndexId" in given.keywords:
        return _KENDRA
    if name == "query_vectors" and is_method:
        return _S3_VECTORS
    if name in _MADE and is_method:
        return _INDEX if _LLAMA & given.keywords.keys() or name != "as_retriever" else _AS_RETRIEVER
    if not SEARCHES.match(name) or not is_method:
        return None
    called = next((f for f in _FILTERS if f in given.keywords), "filter")
    return (("index_name",), (called,), ("k",))

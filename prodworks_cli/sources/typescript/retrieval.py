"""Queries against knowledge bases and vector stores, and whose rights filter them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from tree_sitter import Node as Syntax

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.retrieval import RetrievalCall
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import NOT_ANALYSED, Names
from prodworks_cli.sources.calls.flows import IDENTITY, INPUT, OUTPUT, OUTSIDE, PARAMETER, STORED, UNKNOWN, Path
from prodworks_cli.sources.calls.vector_queries import FILTER
from prodworks_cli.sources.content import dig, member
from prodworks_cli.sources.typescript.dead import Liveness
from prodworks_cli.sources.typescript.flow import Flow
from prodworks_cli.sources.typescript.flow_types import Trace
from prodworks_cli.sources.typescript.origins import SEARCHES
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.requests import Requests
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.trace import Tracer
from prodworks_cli.sources.typescript.values import Values
from prodworks_cli.sources.typescript.vector_queries import written_queries

Paths = tuple[Path, Path, Path]
_VECTORS = ("vectorSearchConfiguration",)
_HOLDER = ("retrieveAndGenerateConfiguration", "knowledgeBaseConfiguration")
# Where each call holds the id of the store, its filter, and how many results it asks for.
_CALLS: dict[str, tuple[str, Paths]] = {
    "RetrieveCommand": (
        "retrieve",
        (
            ("knowledgeBaseId",),
            ("retrievalConfiguration", *_VECTORS, "filter"),
            ("retrievalConfiguration", *_VECTORS, "numberOfResults"),
        ),
    ),
    "AmazonKnowledgeBaseRetriever": ("AmazonKnowledgeBaseRetriever", (("knowledgeBaseId",), ("filter",), ("topK",))),
    **{
        f"RetrieveAndGenerate{stream}Command": (
            f"retrieve_and_generate{'_stream' if stream else ''}",
            (
                (*_HOLDER, "knowledgeBaseId"),
                (*_HOLDER, "retrievalConfiguration", *_VECTORS, "filter"),
                (*_HOLDER, "retrievalConfiguration", *_VECTORS, "numberOfResults"),
            ),
        )
        for stream in ("", "Stream")
    },
}
_KENDRA: Paths = (("IndexId",), ("AttributeFilter",), ("PageSize",))
WORDS = (
    b"RetrieveCommand",
    b"RetrieveAndGenerate",
    b"KnowledgeBaseRetriever",
    b"similaritySearch",
    b"vectorSearch",
    b"asRetriever",
)
# That users sign in says nothing about their rights; groups, roles and tenants do.
_RIGHTS = re.compile(
    rb"cognito:groups|userGroups|allowedGroups|tenant_?[iI]d|userRoles|hasPermission|custom:tenant|accessLevel|clearance"
)
# Every match of _RIGHTS holds one of these.
_RIGHT_WORDS = (
    *(b"cognito:groups", b"userGroups", b"allowedGroups", b"tenantId", b"tenantid", b"tenant_id", b"tenant_Id"),
    *(b"userRoles", b"hasPermission", b"custom:tenant", b"accessLevel", b"clearance"),
)


class Retrievals:
    """Finds retrieval calls."""

    def __init__(self, tracer: Tracer, flow: Flow, requests: Requests, values: Values, liveness: Liveness) -> None:
        self._tracer = tracer
        self._repository = tracer.repository
        self._flow = flow
        self._requests = requests
        self._values = values
        self._liveness = liveness
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        for module in self._repository.holding(*WORDS):
            for node in module.of_type("new_expression", "call_expression"):
                name = last_name(module, callee_of(node))
                if name in _CALLS and node.type == "new_expression" and name in module.imports:
                    kendra = module.imports[name].module.endswith("client-kendra")
                    yield self._asked(module, node, *(("kendra.retrieve", _KENDRA) if kendra else _CALLS[name]))
                elif name == "asRetriever" and (callee_of(node) or node).type == "member_expression":
                    yield self._retriever(module, node)
                elif SEARCHES.match(name) and (callee_of(node) or node).type == "member_expression":
                    yield self._searched(module, node, name)

        for module, node, kind in written_queries(self._repository):
            unread = Node(Unknown("part of a query that is not read"), module.at(node))
            yield self._draft(module, node, kind, None, unread, FILTER)

    def _retriever(self, module: Module, node: Syntax) -> Draft:
        """``store.asRetriever({ k, filter })`` and ``index.asRetriever({ similarityTopK })``, or both in order."""
        given = module.arguments(node)
        options = self._requests.mapping(Site(module, given[0]) if given and given[0].type == "object" else None)
        counted = [member(options, key) for key in ("k", "similarityTopK", "topK")]
        count = next((n for n in counted if n.present), Node(None, module.at(node)))
        source: Drafted = "none"
        if member(options, "filter").present:
            source = _kind(self._flow.of(Site(module, given[0]), ("filter",)))
        elif given and given[0].type != "object" and given[1:]:
            source = _kind(self._flow.of(Site(module, given[1])))
        return self._draft(module, node, "as_retriever", None, count, source)

    def _asked(self, module: Module, node: Syntax, api: str, paths: Paths) -> Draft:
        given = module.arguments(node)
        request = Site(module, given[0]) if given else None
        held = self._requests.mapping(request)
        at = module.at(node)
        store, filter_, count = (_dug(held, path, at) for path in paths)
        base: Drafted = Ref("aws.bedrock.knowledge_base", store.content) if isinstance(store.content, str) else store
        base = None if paths is _KENDRA else base
        traces = [self._flow.of(request, path) for path in paths[:2]] if request is not None else [Trace(), Trace()]
        return self._draft(module, node, api, base, count, _source(store, filter_, traces[0], traces[1]))

    def _searched(self, module: Module, node: Syntax, api: str) -> Draft:
        """``store.similaritySearch(query, k, filter)``."""
        given = module.arguments(node)
        count = self._values.of(Site(module, given[1])) if given[1:] else Node(None, module.at(node))
        source: Drafted = _kind(self._flow.of(Site(module, given[2]))) if given[2:] else "none"
        return self._draft(module, node, api, None, count, source)

    def _draft(self, module: Module, node: Syntax, api: str, base: Drafted, count: Node, source: Drafted) -> Draft:
        attributes: dict[str, Drafted] = {
            "api": api,
            "reachable": not self._liveness.is_dead(Site(module, node)),
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
        for module in self._repository.matching(_RIGHTS, *_RIGHT_WORDS):
            if any(
                _RIGHTS.search(n.text or b"") for n in module.of_type("string", "identifier", "property_identifier")
            ):
                return True
        return Unknown("whether the users of this workload have different rights is not known")


def _dug(held: object, path: Path, at: object) -> Node:
    first = member(held, path[0])  # type: ignore[arg-type]
    return Node(dig(held, *path), first.location if first.location.where else at)  # type: ignore[arg-type]


def _source(store: Node, filter_: Node, asked: Trace, filtered: Trace) -> Drafted:
    """Whose choice the filter is; a store that is looked up for the asking user counts as well."""
    if filter_.present:
        kind = _kind(filtered)
        return Unknown(filter_.unknown.reason) if kind == "constant" and filter_.unknown is not None else kind
    owner = _kind(asked)
    if owner == "identity":
        return "identity"
    if store.unknown is not None and owner != "constant":
        return Unknown("which store is asked is decided when the program runs")
    return "none"


def _kind(trace: Trace) -> str | Unknown:
    kinds = {leaf.kind for leaf in trace.leaves}
    if IDENTITY in kinds:
        return "identity"
    if {INPUT, OUTPUT} & kinds:
        return "client"
    opened = trace.kinds(PARAMETER, STORED, OUTSIDE, UNKNOWN)
    return Unknown("the filter is built outside the repository") if opened else "constant"

"""Which ids the record of a model call carries: request, session, user, tenant."""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.python.entries import LAMBDA, Entries
from prodworks_cli.sources.python.logs import level_of
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.requests import ids_in
from prodworks_cli.sources.python.response import Reach
from prodworks_cli.sources.python.syntax import Module, inside

# Calls that put fields on every record of a request, or on its span.
_BINDERS = frozenset(
    ("append_keys", "bind", "bind_contextvars", "contextualize", "put_annotation", "set_attribute", "set_attributes",
     "set_correlation_id", "update_current_trace", "update_trace", "add_dimension", "set_property", "structure_logs")
)  # fmt: skip
_INJECTORS = {"inject_lambda_context": "request", "CorrelationIdMiddleware": "request"}
_CONFIGURED = (
    b"dictConfig",
    b"fileConfig",
    b"structlog.configure",
    b"contextvars",
    b"LoggerAdapter",
    b"logging.Filter",
)


class Correlations:
    """Reads the ids from the code around a call."""

    def __init__(self, repository: Repository, entries: Entries) -> None:
        self._entries = entries
        self._known: dict[int, tuple[frozenset[str], bool]] = {}
        self._bound = frozenset(_everywhere(repository))
        self._configured = next(iter(repository.paths_with(*_CONFIGURED)), None)

    def of(self, reach: Reach, metadata: Node) -> tuple[str | Unknown, ...]:
        """The ids in the log records and spans of the functions that see a response, and in the request metadata."""
        found: set[str] = set(self._bound)
        found |= ids_in(text for key in metadata.items() if (text := key.text()))
        for site in reach.bodies:
            found |= self._told(site)[0]
        if self._in_lambda(reach) and any(self._told(site)[1] for site in reach.bodies):
            found.add("request")
        if self._configured and not {"request"} & found:
            return (*sorted(found), Unknown(f"what {self._configured} adds to each record is not analysed"))
        return tuple(sorted(found))

    def _told(self, body: Site) -> tuple[frozenset[str], bool]:
        """The ids that one function records, and whether it logs; calls share the functions around them."""
        if body.node.id not in self._known:
            logs = frozenset(n.id for n in body.module.below(body.node, "call") if _logs(body.module, n))
            self._known[body.node.id] = frozenset(_recorded(body, logs)), bool(logs)
        return self._known[body.node.id]

    def _in_lambda(self, reach: Reach) -> bool:
        """The call runs in a Lambda function, whose runtime writes the request id into each record of ``logging``."""
        functions = [s for s in reach.chain if s.node.type == "function_definition"]
        return any(self._entries.of(s.module, s.node) == LAMBDA for s in functions)


def _logs(module: Module, call: tree_sitter.Node) -> bool:
    return (level_of(module, call) or "print") != "print"


def _recorded(site: Site, logs: frozenset[int]) -> Iterator[str]:
    """Ids in the log calls and span attributes of one function."""
    module = site.module
    for node in module.below(site.node, "call"):
        name = module.called(node)
        if name in _BINDERS or node.id in logs:
            yield from ids_in(_names(module, node))
    if site.node.type == "function_definition":
        for decorator in module.decorators(site.node):
            callee = decorator.child_by_field_name("function") if decorator.type == "call" else decorator
            if last_name(module, callee) in _INJECTORS:
                yield _INJECTORS[last_name(module, callee)]


def _names(module: Module, call: tree_sitter.Node) -> Iterator[str]:
    """Names of variables, members, keywords and keys in the arguments of a call."""
    given = module.arguments(call)
    yield from given.keywords
    for value in (*given.positional, *given.keywords.values()):
        for node in inside(value):
            if node.type == "identifier":
                yield module.text(node)
            elif node.type == "string_content" and len(node.text or b"") < 40:
                yield from (word.strip(" :={}") for word in module.text(node).split("=")[:6])


def _everywhere(repository: Repository) -> Iterator[str]:
    """Ids that a middleware or a decorator puts on every record."""
    for module in repository.containing(
        b"append_keys", b"bind_contextvars", b"CorrelationIdMiddleware", b"contextualize"
    ):
        for node in module.calls_to(_BINDERS):
            yield from ids_in(_names(module, node))
        if b"CorrelationIdMiddleware" in module.data:
            yield "request"

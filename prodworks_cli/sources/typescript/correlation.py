"""Which ids the record of a model call carries: request, session, user, tenant."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.calls.ids import ids_in
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.entries import LAMBDA, Entries
from prodworks_cli.sources.typescript.kinds import FUNCTIONS
from prodworks_cli.sources.typescript.logs import level_of
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.response import Reach
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

# Calls that put fields on every record of a request, or on its span.
_BINDERS = words(
    """
    appendKeys appendPersistentKeys child setAttribute setAttributes putAnnotation addContext setTag setTags updateTrace
    updateActiveTrace updateActiveObservation trace withContext addDimension addDimensions setProperty addMetadata
    putMetadata
    """
)
_CONFIGURED = (
    b"AsyncLocalStorage",
    b"pino-http",
    b"pinoHttp",
    b"nestjs-pino",
    b"nestjs-cls",
    b"mixin:",
    b"winston.format(",
)
_KEYS = ("experimental_telemetry", "telemetry")


class Correlations:
    """Reads the ids from the code around a call."""

    def __init__(self, repository: Repository, entries: Entries) -> None:
        self._repository = repository
        self._entries = entries

    def of(self, reach: Reach, metadata: Node | None) -> tuple[str | Unknown, ...]:
        """The ids in the log records and spans of the functions that see a response, and in the request metadata."""
        found: set[str] = set(self._bound)
        found |= ids_in(text for key in (metadata.items() if metadata else ()) if (text := key.text()))
        for site in reach.bodies:
            found |= ids_in(_recorded(site.module, site.node))
        if any(_logs(s.module, s.node) for s in reach.bodies) and any(
            self._entries.of(s.module, s.node) == LAMBDA for s in reach.chain if s.node.type in FUNCTIONS
        ):
            # The runtime of Lambda writes the id of the request into each line of the console.
            found.add("request")
        configured = self._repository.holds(*_CONFIGURED)
        if configured and "request" not in found:
            return (*sorted(found), Unknown(f"what {configured} adds to each record is not analysed"))
        return tuple(sorted(found))

    @cached_property
    def _bound(self) -> frozenset[str]:
        """Ids that a middleware puts on every record."""
        names = (
            n
            for module in self._repository.holding(b"appendKeys", b"appendPersistentKeys", b"addContext", b"setUser(")
            for call in module.of_type("call_expression")
            if last_name(module, callee_of(call)) in ("appendKeys", "appendPersistentKeys", "addContext")
            or module.text(callee_of(call)) == "Sentry.setUser"
            for n in _names(module, call)
        )
        return frozenset(ids_in(names))


def _logs(module: Module, scope: tree_sitter.Node) -> bool:
    return any(level_of(module, n) is not None for n in module.below(scope, "call_expression"))


def _recorded(module: Module, scope: tree_sitter.Node) -> Iterator[str]:
    """The names in the log calls and span attributes of one function, and in the telemetry options of a call."""
    for node in module.below(scope, "call_expression", "pair"):
        if node.type == "pair":
            if module.text(node.child_by_field_name("key")) in _KEYS:
                yield from _names(module, node)
        elif last_name(module, callee_of(node)) in _BINDERS or level_of(module, node) is not None:
            yield from _names(module, node)


def _names(module: Module, node: tree_sitter.Node) -> Iterator[str]:
    """Names of variables, members and keys within a node, and short texts before a colon or an equals sign."""
    for part in inside(node):
        if part.type in ("identifier", "property_identifier", "shorthand_property_identifier"):
            yield module.text(part)
        elif part.type == "string_fragment" and part.end_byte - part.start_byte < 40:
            yield from (w.strip(" :={}[]()") for w in module.text(part).replace(":", "=").split("=")[:6])

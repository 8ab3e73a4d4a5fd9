"""Places in Java where the answer of a model, or what it asks a tool for, is run or shown as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node as Syntax

from prodworks_cli.model import Ref
from prodworks_cli.resources.text_flows import OutputSink
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.calls.flows import OUTPUT
from prodworks_cli.sources.java.entries import TOOL, entry_of
from prodworks_cli.sources.java.flow import Flow
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.syntax import Module

_SQL = frozenset(
    {"executeQuery", "executeUpdate", "prepareStatement", "createNativeQuery", "createQuery", "queryForList", "query"}
    | {"queryForObject", "queryForMap", "update", "execute", "sql", "batchUpdate"}
)
_DATABASES = re.compile(
    r"(?:statement|stmt|conn|connection|jdbc\w*|entityManager|em|\w*[Tt]emplate|jdbcClient)(?:\(\))?$", re.IGNORECASE
)
_NEEDLES = re.compile(
    rb"getRuntime\s*\(\)|ProcessBuilder|[sS]criptEngine|[gG]roovyShell|SpelExpressionParser|executeQuery|executeUpdate|jdbc|JdbcTemplate"
    rb"|createNativeQuery|prepareStatement|ObjectInputStream"
)
# Every match of _NEEDLES holds one of these.
_LITERALS = (
    *(b"getRuntime", b"ProcessBuilder", b"criptEngine", b"roovyShell", b"SpelExpressionParser", b"executeQuery"),
    *(b"executeUpdate", b"jdbc", b"JdbcTemplate", b"createNativeQuery", b"prepareStatement", b"ObjectInputStream"),
)
_GUARD = re.compile(r"valid|safe|allow|saniti|check|readOnly|isSelect|permitted", re.IGNORECASE)


class Sinks:
    """Finds the sinks that output of a model reaches."""

    def __init__(self, repository: Repository, flow: Flow) -> None:
        self._repository = repository
        self._flow = flow
        self._names = Names()
        self._fed: set[tuple[str, int]] = set()

    @property
    def fed_by_tools(self) -> frozenset[tuple[str, int]]:
        """The tools whose arguments reach a sink unchecked; complete once the drafts were made."""
        return frozenset(self._fed)

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        for module in self._repository.matching(_NEEDLES, literals=_LITERALS):
            for node in module.of_type("method_invocation", "object_creation_expression"):
                found = sink_of(module, node)
                for text in found[1] if found is not None else ():
                    leaf = next(iter(self._flow.of(module, text).kinds(OUTPUT)), None)
                    if leaf is not None and found is not None:
                        safe = _guarded(module, node, text)
                        tool = (
                            leaf.site.node.type == "method_declaration"
                            and entry_of(leaf.site.module, leaf.site.node) == TOOL
                        )
                        self._fed |= {leaf.root} if tool and not safe else set()
                        attributes: dict[str, Drafted] = {
                            "sink": found[0],
                            "sanitised": safe,
                            "source": None if tool else Ref("repo.model_call", leaf.name),
                        }
                        name = self._names.of(f"{module.path}:{module.qualified(node)} {found[0]}")
                        yield Draft(OutputSink, module.at(node), attributes, name)
                        break


def sink_of(module: Module, node: Syntax) -> tuple[str, list[Syntax]] | None:
    """The interpreter that a call is, and the arguments that it runs."""
    given = list(module.arguments(node))
    if node.type == "object_creation_expression":
        return ("shell", given) if module.text(node.child_by_field_name("type")) == "ProcessBuilder" else None
    name, target = module.name(node), module.text(node.child_by_field_name("object"))
    if name == "exec" and target.endswith("getRuntime()"):
        return "shell", given[:1]
    if name in ("eval", "evaluate") and re.search(r"[Ee]ngine|[Ss]hell|script", target):
        return "eval", given[:1]
    if name == "parseExpression":
        return "eval", given[:1]
    return ("sql", given[:1]) if name in _SQL and _DATABASES.search(target[-60:]) else None


def _guarded(module: Module, sink: Syntax, text: Syntax) -> bool:
    """The text is checked before it is run, by a method that is called so."""
    method, wanted = module.method(sink), module.text(text)
    if method is None or text.type != "identifier":
        return False
    before = (c for c in module.below(method, "method_invocation") if c.start_byte < sink.start_byte)
    checks = (c for c in before if _GUARD.search(module.name(c)))
    return any(wanted in {module.text(a) for a in module.arguments(c)} for c in checks)

"""Queries for a store of vectors that Python code writes itself, as a mapping or as SQL."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node as Syntax

from prodworks_cli.sources.calls.vector_queries import COMPARES, KEYS, SQL, WORDS
from prodworks_cli.sources.python.repository import Repository
from prodworks_cli.sources.python.syntax import Module


def written_queries(repository: Repository) -> Iterator[tuple[Module, Syntax, str]]:
    """One for each function and kind of query, by file and line."""
    for module in repository.containing(*WORDS):
        seen: set[tuple[int, str]] = set()
        for node in module.of_type("pair", "string"):
            kind = _kind(module, node)
            key = (module.scope(node).id, kind)
            if kind and key not in seen:
                seen.add(key)
                yield module, node, kind


def _kind(module: Module, node: Syntax) -> str:
    if node.type == "string":
        return SQL if COMPARES.search(module.text(node)) else ""
    name = module.text(node.child_by_field_name("key")).strip("\"'")
    value = node.child_by_field_name("value")
    if name not in KEYS or value is None or value.type != "dictionary":
        return ""
    keys = {module.text(p.child_by_field_name("key")).strip("\"'") for p in module.below(value, "pair")}
    return name if keys.intersection(KEYS[name]) else ""

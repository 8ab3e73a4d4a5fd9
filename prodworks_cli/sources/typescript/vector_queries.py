"""Queries for a store of vectors that TypeScript and JavaScript write themselves, as an object or as SQL."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node as Syntax

from prodworks_cli.sources.calls.vector_queries import COMPARES, KEYS, SQL, WORDS
from prodworks_cli.sources.typescript.members import key_of
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

# Functions of Drizzle that write a distance of pgvector.
_DISTANCES = frozenset({"cosineDistance", "l2Distance", "l1Distance", "innerProduct"})
_WORDS = (*WORDS, b"cosineDistance", b"l2Distance", b"l1Distance", b"innerProduct")
_TEXTS = ("string", "template_string")
_KEYED = ("pair", "shorthand_property_identifier")


def written_queries(repository: Repository) -> Iterator[tuple[Module, Syntax, str]]:
    """One for each function and kind of query, by file and line."""
    for module in repository.holding(*_WORDS):
        seen: set[tuple[str, str]] = set()
        for node in module.of_type("pair", "call_expression", *_TEXTS):
            kind = _kind(module, node)
            key = (module.qualified(node), kind)
            if kind and key not in seen:
                seen.add(key)
                yield module, node, kind


def _kind(module: Module, node: Syntax) -> str:
    if node.type == "call_expression":
        name = last_name(module, callee_of(node))
        item = module.imports.get(name)
        return SQL if name in _DISTANCES and item is not None and item.module == "drizzle-orm" else ""
    if node.type in _TEXTS:
        return SQL if COMPARES.search(module.text(node)) else ""
    name, value = key_of(module, node), node.child_by_field_name("value")
    if name not in KEYS or value is None or value.type != "object":
        return ""
    keys = {
        key_of(module, n) if n.type == "pair" else module.text(n) for kind in _KEYED for n in module.below(value, kind)
    }
    return name if keys.intersection(KEYS[name]) else ""

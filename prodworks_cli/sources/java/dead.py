"""Dead code in Java: methods to which no way leads from an entry of the program.

A way starts at what a runtime or a framework calls: ``main``, an annotated method, a method that a base class or an
interface may declare. It leads from each method to all that it mentions. What may be reached is reachable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node as Syntax

from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.syntax import METHODS, Module

ENTRIES = frozenset({"main", "handleRequest", "run", "call", "apply", "accept", "get", "execute", "handle"})
MAX_METHODS = 60
MAX_MENTIONS = 100
# Annotations that say nothing about who calls a method.
_SILENT = frozenset({"Override", "SuppressWarnings", "Deprecated", "Nullable", "NonNull", "NotNull", "SafeVarargs"})
_BASES = ("superclass", "super_interfaces", "extends_interfaces")
Place = tuple[Module, Syntax]


class Liveness:
    """Tells which code may run."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def is_dead(self, module: Module, node: Syntax) -> bool:
        """Whether no way leads to the code at a place."""
        method = module.method(node)
        if method is None:
            return False
        seen = {(module.path, method.id)}
        pending: list[Place] = [(module, method)]
        while pending:
            current = pending.pop()
            if len(seen) > MAX_METHODS or _is_entry(*current):
                return False
            mentioned = 0
            for other, found in self._mentions(*current):
                mentioned += 1
                above = other.method(found)
                if above is None or mentioned > MAX_MENTIONS:
                    return False
                if (other.path, above.id) not in seen:
                    seen.add((other.path, above.id))
                    pending.append((other, above))
            if not mentioned and self._may_be_asked_for(*current):
                return False
        return True

    def _mentions(self, module: Module, method: Syntax) -> Iterator[Place]:
        """The places outside a method that name it, or its class for a constructor."""
        name = module.name(method)
        if self._repository.named_elsewhere(name):
            yield module, module.root
            return
        for other, found in self._repository.words(name):
            inner = other is module and method.start_byte <= found.start_byte < method.end_byte
            if not inner and found.type not in ("line_comment", "block_comment", "package_declaration"):
                yield other, found

    def _may_be_asked_for(self, module: Module, method: Syntax) -> bool:
        """A method that is not private and that nothing names may be called by those who use the class as a library."""
        if "private" in _modifiers(module, method):
            return False
        others = (n for n in module.of_type(*METHODS) if n.id != method.id)
        names = {module.name(n) for n in others if n.type == "method_declaration"}
        return not any(self._repository.named_in_others(name, module) for name in sorted(names))


def _is_entry(module: Module, method: Syntax) -> bool:
    name, marks = module.name(method), {n for n, _ in module.annotations(method)}
    if name in ENTRIES or marks - _SILENT:
        return True
    if "private" in _modifiers(module, method):
        return False
    owner = module.owner(method)
    return owner is None or owner.type == "interface_declaration" or any(c.type in _BASES for c in owner.children)


def _modifiers(module: Module, method: Syntax) -> frozenset[str]:
    found = (c for c in method.children if c.type == "modifiers")
    return frozenset(w for m in found for w in re.findall(r"\w+", module.text(m)))

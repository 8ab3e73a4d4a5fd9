"""Where a text is cut to a length."""

from __future__ import annotations

from tree_sitter import Node

from prodworks_cli.sources.calls.answers import BOUNDS
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

_CUTS = frozenset({"slice", "substring", "substr"})


def cuts(module: Module, node: Node) -> bool:
    """``text.slice(0, 4000)``, ``truncate(text)``."""
    if node.type != "call_expression":
        return False
    name, given = last_name(module, callee_of(node)), module.arguments(node)
    if name in _CUTS:
        return len(given) > 1 and module.text(given[0]) == "0" and not module.text(given[1]).startswith("-")
    return bool(BOUNDS.search(name))

"""Where a text is cut to a length."""

from __future__ import annotations

from tree_sitter import Node as Syntax

from prodworks_cli.sources.calls.answers import BOUNDS
from prodworks_cli.sources.java.syntax import Module


def cuts(module: Module, node: Syntax) -> bool:
    """``text.substring(0, 4000)``, ``StringUtils.left(text, 4000)``, ``StringUtils.truncate(text, 4000)``."""
    if node.type != "method_invocation":
        return False
    name, given = module.name(node), module.arguments(node)
    if name == "substring":
        return len(given) == 2 and module.text(given[0]) == "0"
    left = name == "left" and module.text(node.child_by_field_name("object")).endswith("StringUtils")
    return left or bool(BOUNDS.search(name))

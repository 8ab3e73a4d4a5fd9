"""What an expression does with a text on its way to a model: cuts it, keeps the last of it, or holds what was said."""

from __future__ import annotations

from tree_sitter import Node as Syntax

from prodworks_cli.sources.calls.answers import BOUNDS
from prodworks_cli.sources.calls.flows import CUT, HISTORY, WINDOW
from prodworks_cli.sources.calls.histories import WINDOWS, names_history
from prodworks_cli.sources.java.syntax import Module


def marks_of(module: Module, node: Syntax) -> tuple[str, ...]:
    """The kinds of leaves that an expression is beside what it is made of."""
    if node.type in ("identifier", "field_access"):
        return (HISTORY,) if names_history(module.text(node)) else ()
    if node.type != "method_invocation":
        return ()
    name = module.name(node)
    tests = ((HISTORY, names_history(name)), (WINDOW, WINDOWS.search(name)), (CUT, _cuts(module, node)))
    return tuple(mark for mark, holds in tests if holds)


def _cuts(module: Module, node: Syntax) -> bool:
    """``text.substring(0, 4000)``, ``StringUtils.left(text, 4000)``, ``StringUtils.truncate(text, 4000)``."""
    name, given = module.name(node), module.arguments(node)
    if name == "substring":
        return len(given) == 2 and module.text(given[0]) == "0"
    left = name == "left" and module.text(node.child_by_field_name("object")).endswith("StringUtils")
    return left or bool(BOUNDS.search(name))

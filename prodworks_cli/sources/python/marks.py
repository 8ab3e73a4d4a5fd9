"""What an expression does with a text on its way to a model: cuts it, keeps the last of it, or holds what was said."""

from __future__ import annotations

import re

from tree_sitter import Node

from prodworks_cli.sources.calls.answers import BOUNDS
from prodworks_cli.sources.calls.flows import CUT, HISTORY, WINDOW
from prodworks_cli.sources.calls.histories import LIMITS, WINDOWS, names_history
from prodworks_cli.sources.python.syntax import Module

# ``[:4000]`` and ``[:MAX_CHARACTERS]``, and no ``[-5:]`` or ``[:-1]``.
_CUT = re.compile(r"0?\s*:\s*(?:[1-9][\d_]*|[A-Za-z_][\w.]*)")
# ``[-10:]``, ``[-MAX_TURNS * 2:]``.
_LAST = re.compile(r"-\s*[\w.()][\w.\s*()]*:")
_NAMES = frozenset({"identifier", "attribute"})


def marks_of(module: Module, node: Node) -> tuple[str, ...]:
    """The kinds of leaves that an expression is beside what it is made of."""
    if node.type in _NAMES:
        return (HISTORY,) if names_history(module.text(node)) else ()
    if node.type == "subscript":
        return _of_subscript(module, node)
    if node.type != "call":
        return ()
    name, given = module.called(node), module.arguments(node)
    window = WINDOWS.search(name) or not LIMITS.isdisjoint(given.keywords)
    tests = ((HISTORY, names_history(name)), (WINDOW, window), (CUT, BOUNDS.search(name)))
    return tuple(mark for mark, holds in tests if holds)


def _of_subscript(module: Module, node: Node) -> tuple[str, ...]:
    key = node.child_by_field_name("subscript")
    if key is None or key.type != "slice":
        return (HISTORY,) if names_history(module.text(node)) else ()
    text = module.text(key)
    if _CUT.fullmatch(text):
        return (CUT,)
    return (WINDOW,) if _LAST.fullmatch(text) else ()

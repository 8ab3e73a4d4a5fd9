"""What an expression does with a text on its way to a model: cuts it, keeps the last of it, or holds what was said."""

from __future__ import annotations

from tree_sitter import Node

from prodworks_cli.sources.calls.answers import BOUNDS
from prodworks_cli.sources.calls.flows import CUT, HISTORY, WINDOW
from prodworks_cli.sources.calls.histories import LIMITS, WINDOWS, names_history
from prodworks_cli.sources.typescript.members import key_of
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

_CUTS = frozenset({"slice", "substring", "substr"})
_NAMES = frozenset({"identifier", "shorthand_property_identifier", "member_expression", "subscript_expression"})


def marks_of(module: Module, node: Node) -> tuple[str, ...]:
    """The kinds of leaves that an expression is beside what it is made of."""
    if node.type in _NAMES:
        return (HISTORY,) if names_history(module.text(node)) else ()
    if node.type not in ("call_expression", "new_expression"):
        return ()
    name, given = last_name(module, callee_of(node)), module.arguments(node)
    if name in _CUTS:
        return _of_cut(module, given)
    keys = {key_of(module, c) for a in given if a.type == "object" for c in a.named_children}
    window = WINDOWS.search(name) or not LIMITS.isdisjoint(keys)
    tests = ((HISTORY, names_history(name)), (WINDOW, window), (CUT, BOUNDS.search(name)))
    return tuple(mark for mark, holds in tests if holds)


def _of_cut(module: Module, given: tuple[Node, ...]) -> tuple[str, ...]:
    """``slice(0, 4000)`` cuts a text, ``slice(-10)`` keeps the last of a list."""
    texts = [module.text(n) for n in given]
    if texts and texts[0].startswith("-"):
        return (WINDOW,)
    return (CUT,) if len(texts) > 1 and texts[0] == "0" and not texts[1].startswith("-") else ()

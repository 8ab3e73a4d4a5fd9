"""Where a text is cut to a length."""

from __future__ import annotations

import re

from tree_sitter import Node

from prodworks_cli.sources.calls.answers import BOUNDS
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.syntax import Module

# ``[:4000]`` and ``[:MAX_CHARACTERS]``, and no ``[-5:]`` or ``[:-1]``.
_CUT = re.compile(r"0?\s*:\s*(?:[1-9][\d_]*|[A-Za-z_][\w.]*)")


def cuts(module: Module, node: Node) -> bool:
    """The expression is a text cut to a length."""
    if node.type == "call":
        return bool(BOUNDS.search(last_name(module, node.child_by_field_name("function"))))
    key = node.child_by_field_name("subscript") if node.type == "subscript" else None
    return key is not None and key.type == "slice" and _CUT.fullmatch(module.text(key)) is not None

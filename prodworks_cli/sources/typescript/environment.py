"""Environment variables in the code: which one an expression reads, and what IaC sets it to."""

from __future__ import annotations

from collections.abc import Mapping

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.content import merged
from prodworks_cli.sources.typescript.kinds import TRANSPARENT
from prodworks_cli.sources.typescript.places import Site, Tracing
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name, string_of

MAX_WRAPPERS = 8
TRANSPARENT_METHODS = frozenset({"trim", "toString", "encode"})
ENVIRONMENTS = ("process.env", "import.meta.env", "Bun.env", "Deno.env")


class Environment:
    """Reads environment variables. ``declared`` maps a variable to the nodes that IaC sets it to."""

    def __init__(self, tracer: Tracing, declared: Mapping[str, tuple[Node, ...]]) -> None:
        self._tracer = tracer
        self._declared = declared

    def name(self, site: Site) -> str | None:
        """The environment variable that an expression reads, also behind ``.trim()`` and the like."""
        node, module = site.node, site.module
        for _ in range(MAX_WRAPPERS):
            inner = _unwrapped(module, node)
            if inner is None:
                break
            node = inner
        if node.type == "call_expression":
            given = module.arguments(node)
            return (
                string_of(module, given[0]) or None
                if given and module.text(callee_of(node)) == "Deno.env.get"
                else None
            )
        if module.text(node.child_by_field_name("object"))[:32] not in ENVIRONMENTS:
            return None
        index = node.child_by_field_name("index")
        return string_of(module, index) or None if index is not None else last_name(module, node) or None

    def reads(self, site: Site) -> bool:
        """The expression is an environment variable, directly or through names."""
        return self.name(site) is not None or all(
            isinstance(o, Site) and self.name(o) is not None for o in self._tracer.origins(site, 6)
        )

    def value(self, site: Site) -> Content:
        """What IaC sets the variable to."""
        name = self.name(site) or ""
        declared = self._declared.get(name, ())
        if declared:
            return merged([d.content for d in declared])
        return Unknown(f"environment variable {name} is set outside the repository")


def _unwrapped(module: Module, node: tree_sitter.Node) -> tree_sitter.Node | None:
    """What parentheses, casts and calls such as ``.trim()`` hand on; ``None`` when the node is none of them."""
    if node.type in TRANSPARENT and node.named_children:
        return node.named_children[0]
    callee = callee_of(node) if node.type == "call_expression" else None
    if callee is None or last_name(module, callee) not in TRANSPARENT_METHODS:
        return None
    return callee.child_by_field_name("object")

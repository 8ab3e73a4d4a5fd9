"""Whether a statement runs, as far as the values that its conditions ask for are known."""

from __future__ import annotations

from collections.abc import Callable

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.content import truthy
from prodworks_cli.sources.python.places import Site, encloses


class Conditions:
    """Decides conditions. ``value`` evaluates an expression."""

    def __init__(self, value: Callable[[Site], Node]) -> None:
        self._value = value

    def happens(self, site: Site, statement: tree_sitter.Node) -> bool | None:
        """Whether a statement before ``site`` runs: yes, no (its condition is known), or not known."""
        if encloses(site.module, statement, site.node):
            return True
        return self.condition_of(site, statement)

    def condition_of(self, site: Site, statement: tree_sitter.Node) -> bool | None:
        """The conditions of the ``if`` statements around ``statement`` that are not around ``site``."""
        around = {a.id for a in site.module.ancestors(site.node)}
        verdicts: list[bool | None] = []
        child = statement
        for above in site.module.ancestors(statement):
            if above.id in around:
                break
            if above.type == "if_statement":
                test = above.child_by_field_name("condition")
                body = above.child_by_field_name("consequence")
                inside_body = body is not None and child.id == body.id
                verdicts.append(self.truth(site.to(test)) if test is not None and inside_body else None)
            elif above.type not in ("block", "expression_statement"):
                verdicts.append(None)
            child = above
        return False if False in verdicts else None if None in verdicts else True

    def truth(self, site: Site) -> bool | None:
        """Whether a condition holds, when it only asks for the presence of known values."""
        node, parts = site.node, site.node.named_children
        if node.type == "not_operator":
            inner = self.truth(site.to(parts[0]))
            return None if inner is None else not inner
        if node.type == "boolean_operator":
            sides = [self.truth(site.to(p)) for p in parts[:2]]
            both = site.module.text(node.child_by_field_name("operator")) == "and"
            return (not both) if (not both) in sides else None if None in sides else both
        if node.type == "comparison_operator":
            return self._compared(site)
        return truthy(self._value(site).content)

    def _compared(self, site: Site) -> bool | None:
        parts = site.node.named_children
        operators = [site.module.text(o) for o in site.node.children_by_field_name("operators")]
        left, right = (self._value(site.to(p)).content for p in parts[:2])
        if len(parts) != 2 or right is not None or isinstance(left, Unknown):
            return None
        return {"is": left is None, "is not": left is not None}.get(operators[0])

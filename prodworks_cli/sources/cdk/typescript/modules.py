"""Imports and exports of TypeScript."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.syntax import Converter, child, children, text


def export(c: Converter, node: Any) -> Iterable[p.Statement]:
    """``export`` of a declaration, of a value, or of what another module exports."""
    source = node.child_by_field_name("source")
    if source is not None:
        yield from _re_exports(c, node, text(source)[1:-1])
        return
    declaration = node.child_by_field_name("declaration")
    if declaration is not None:
        made = c.statement(declaration)
        yield from made
        if child(node, "default") is not None and made and isinstance(made[0], p.Class | p.Define):
            yield p.Assign(c.at(node), p.Name(c.at(node), "default"), p.Name(c.at(node), made[0].name), declares=True)
    elif (value := node.child_by_field_name("value")) is not None:
        yield p.Assign(c.at(node), p.Name(c.at(node), "default"), c.expression(value), declares=True)


def _re_exports(c: Converter, node: Any, source: str) -> Iterable[p.Statement]:
    clause = child(node, "export_clause")
    if clause is None:
        yield p.Import(c.at(node), "*", source, "*")
        return
    for one in children(clause):
        name, alias = text(one.child_by_field_name("name")), text(one.child_by_field_name("alias"))
        yield p.Import(c.at(one), alias or name, source, name)


def import_(c: Converter, node: Any) -> Iterable[p.Statement]:
    """``import``, a statement for each name that it brings."""
    source, clause = text(node.child_by_field_name("source"))[1:-1], child(node, "import_clause")
    required = child(node, "import_require_clause")
    if required is not None:
        name = text(child(required, "identifier"))
        yield p.Import(c.at(node), name, text(required.child_by_field_name("source"))[1:-1])
    for part in children(clause):
        if part.type == "identifier":
            yield p.Import(c.at(node), text(part), source, "default")
        elif part.type == "namespace_import":
            yield p.Import(c.at(node), text(children(part)[0]), source)
        elif part.type == "named_imports":
            for one in children(part):
                name, alias = text(one.child_by_field_name("name")), text(one.child_by_field_name("alias"))
                yield p.Import(c.at(one), alias or name, source, name)

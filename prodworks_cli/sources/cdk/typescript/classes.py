"""Classes of TypeScript."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.syntax import Converter, child, children, text
from prodworks_cli.sources.cdk.typescript.expressions import function

_PROPERTY = ("accessibility_modifier", "readonly")


def class_statement(c: Converter, node: Any) -> Iterable[p.Statement]:
    """A class with its fields and methods."""
    parts = children(node.child_by_field_name("body"))
    declared = [part for part in parts if part.type == "public_field_definition"]
    name = text(node.child_by_field_name("name"))
    accessors = [part for part in parts if part.type == "method_definition" and child(part, "get") is not None]
    members = tuple(text(part.child_by_field_name("name")) for part in (*declared, *accessors))
    fields, statics = (_values(c, declared, static) for static in (False, True))
    yield p.Class(c.at(node), name, _bases(c, node), fields, _methods(c, parts), statics, members)


def _bases(c: Converter, node: Any) -> tuple[p.Expression, ...]:
    heritage = child(node, "class_heritage")
    extends = child(heritage, "extends_clause") if heritage is not None else None
    return (c.expression(extends.child_by_field_name("value")),) if extends is not None else ()


def _values(c: Converter, declared: Iterable[Any], static: bool) -> tuple[tuple[str, p.Expression], ...]:
    """The fields, or the static members, that get a value where they are declared."""
    valued = ((part, part.child_by_field_name("value")) for part in declared)
    return tuple(
        (text(part.child_by_field_name("name")), c.expression(value))
        for part, value in valued
        if value is not None and (child(part, "static") is not None) == static
    )


def _methods(c: Converter, parts: Iterable[Any]) -> dict[str, p.Function]:
    methods: dict[str, p.Function] = {}
    for part in parts:
        if part.type == "method_definition":
            made = function(c, part)
            methods[made.name] = _with_parameter_properties(c, part, made)
    return methods


def _with_parameter_properties(c: Converter, node: Any, made: p.Function) -> p.Function:
    """``constructor(private readonly x: T)`` sets ``this.x``."""
    sets: list[p.Statement] = []
    for parameter in children(node.child_by_field_name("parameters")):
        pattern = parameter.child_by_field_name("pattern")
        if pattern is not None and any(n.type in _PROPERTY for n in parameter.children):
            at = c.at(parameter)
            sets.append(p.Assign(at, p.Member(at, p.Name(at, "this"), text(pattern)), p.Name(at, text(pattern))))
    return p.Function(made.at, made.parameters, (*sets, *made.body), made.name) if sets else made

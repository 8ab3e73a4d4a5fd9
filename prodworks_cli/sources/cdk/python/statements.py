"""Statements of Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.python.expressions import function, named
from prodworks_cli.sources.cdk.syntax import Converter, Execute, children, text


def _expression_statement(c: Converter, node: Any) -> Iterable[p.Statement]:
    for inner in children(node)[:1]:
        if inner.type == "assignment":
            value = inner.child_by_field_name("right")
            if value is not None:
                yield p.Assign(c.at(inner), named(c, inner, "left"), c.expression(value))
        elif inner.type == "augmented_assignment":
            left = named(c, inner, "left")
            operator = text(inner.child_by_field_name("operator")).rstrip("=")
            yield p.Assign(c.at(inner), left, p.Operation(c.at(inner), operator, left, named(c, inner, "right")))
        else:
            yield p.Do(c.at(inner), c.expression(inner))


def _if(c: Converter, node: Any) -> Iterable[p.Statement]:
    made: tuple[p.Statement, ...] = ()
    for alternative in reversed(node.children_by_field_name("alternative")):
        if alternative.type == "else_clause":
            made = c.statements(children(alternative.child_by_field_name("body")))
        else:
            body = c.statements(children(alternative.child_by_field_name("consequence")))
            made = (p.If(c.at(alternative), named(c, alternative, "condition"), body, made),)
    yes = c.statements(children(node.child_by_field_name("consequence")))
    yield p.If(c.at(node), named(c, node, "condition"), yes, made)


def _for(c: Converter, node: Any) -> Iterable[p.Statement]:
    body = c.statements(children(node.child_by_field_name("body")))
    yield p.Each(c.at(node), named(c, node, "left"), named(c, node, "right"), body)


def _while(c: Converter, node: Any) -> Iterable[p.Statement]:
    yield p.Each(c.at(node), None, None, c.statements(children(node.child_by_field_name("body"))))


def _with(c: Converter, node: Any) -> Iterable[p.Statement]:
    for clause in children(node):
        for item in children(clause) if clause.type == "with_clause" else ():
            alias = item.child_by_field_name("value")
            if alias is not None and alias.type == "as_pattern":
                value, target = (*children(alias), None, None)[:2]
                name = p.Name(c.at(item), text(target))
                yield p.Assign(c.at(item), name, c.expression(value))
    yield from c.statements(children(node.child_by_field_name("body")))


def _try(c: Converter, node: Any) -> Iterable[p.Statement]:
    return c.statements(children(node.child_by_field_name("body")))


def _return(c: Converter, node: Any) -> Iterable[p.Statement]:
    inner = children(node)
    yield p.Return(c.at(node), c.expression(inner[0]) if inner else None, node.type == "raise_statement")


def _define(c: Converter, node: Any) -> Iterable[p.Statement]:
    made = function(c, node)
    yield p.Define(c.at(node), made.name, made)


def _decorated(c: Converter, node: Any) -> Iterable[p.Statement]:
    return c.statement(node.child_by_field_name("definition"))


def _class(c: Converter, node: Any) -> Iterable[p.Statement]:
    bases = [
        c.expression(n) for n in children(node.child_by_field_name("superclasses")) if n.type != "keyword_argument"
    ]
    methods: dict[str, p.Function] = {}
    statics: list[tuple[str, p.Expression]] = []
    members: list[str] = []
    for part in children(node.child_by_field_name("body")):
        names = [text(d).lstrip("@") for d in children(part) if d.type == "decorator"]
        inner = part.child_by_field_name("definition") if part.type == "decorated_definition" else part
        if inner.type == "function_definition":
            made = function(c, inner, method="staticmethod" not in names)
            methods[made.name] = made
            members += [made.name] if "property" in names else []
        elif inner.type == "expression_statement":
            assigned = (s for s in c.statement(inner) if isinstance(s, p.Assign))
            statics.extend((s.target.id, s.value) for s in assigned if isinstance(s.target, p.Name))
    name = text(node.child_by_field_name("name"))
    yield p.Class(c.at(node), name, tuple(bases), (), methods, tuple(statics), tuple(members))


def _import(c: Converter, node: Any) -> Iterable[p.Statement]:
    for one in node.children_by_field_name("name"):
        if one.type == "aliased_import":
            yield p.Import(c.at(node), text(one.child_by_field_name("alias")), text(one.child_by_field_name("name")))
        else:
            top = text(one).partition(".")[0]
            yield p.Import(c.at(node), top, top)


def _import_from(c: Converter, node: Any) -> Iterable[p.Statement]:
    source = text(node.child_by_field_name("module_name"))
    if any(n.type == "wildcard_import" for n in node.children):
        yield p.Import(c.at(node), "*", source, "*")
    for one in node.children_by_field_name("name"):
        if one.type == "aliased_import":
            yield p.Import(
                c.at(one), text(one.child_by_field_name("alias")), source, text(one.child_by_field_name("name"))
            )
        else:
            yield p.Import(c.at(one), text(one), source, text(one))


STATEMENTS: Mapping[str, Execute] = {
    "import_statement": _import,
    "import_from_statement": _import_from,
    "expression_statement": _expression_statement,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "with_statement": _with,
    "try_statement": _try,
    "return_statement": _return,
    "raise_statement": _return,
    "function_definition": _define,
    "decorated_definition": _decorated,
    "class_definition": _class,
}

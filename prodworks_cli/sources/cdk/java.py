"""Java as programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.syntax import (
    Convert,
    Converter,
    Execute,
    child,
    children,
    converted,
    number,
    text,
    unescape,
)


def module(path: str, data: bytes) -> p.Module:
    """One file."""
    return converted(path, "java", data, Converter(path, EXPRESSIONS, STATEMENTS))


def _named(c: Converter, node: Any, name: str) -> p.Expression:
    return c.expression(node.child_by_field_name(name))


def _inner(c: Converter, node: Any) -> p.Expression:
    inner = children(node)
    return c.expression(inner[-1] if inner else None)


def _string(c: Converter, node: Any) -> p.Expression:
    source = text(node)
    if source.startswith('"""'):
        return p.Literal(c.at(node), source[3:-3].strip("\n"))
    return p.Literal(c.at(node), unescape(source[1:-1]))


def _field(c: Converter, node: Any) -> p.Expression:
    return p.Member(c.at(node), _named(c, node, "object"), text(node.child_by_field_name("field")))


def _type(c: Converter, node: Any) -> p.Expression:
    """A type's name as a value, without its arguments."""
    source = text(node).partition("<")[0]
    first, *rest = source.split(".")
    made: p.Expression = p.Name(c.at(node), first)
    for name in rest:
        made = p.Member(c.at(node), made, name)
    return made


def _arguments(c: Converter, node: Any) -> tuple[p.Expression, ...]:
    return tuple(c.expression(n) for n in children(node.child_by_field_name("arguments")))


def _invocation(c: Converter, node: Any) -> p.Expression:
    name, of = text(node.child_by_field_name("name")), node.child_by_field_name("object")
    # A chain of calls on several lines has its name where the reader looks for it.
    at = c.at(node.child_by_field_name("name"))
    function: p.Expression = p.Name(at, name) if of is None else p.Member(at, c.expression(of), name)
    return p.Call(at, function, _arguments(c, node))


def _new(c: Converter, node: Any) -> p.Expression:
    return p.Call(c.at(node), _type(c, node.child_by_field_name("type")), _arguments(c, node), new=True)


def _binary(c: Converter, node: Any) -> p.Expression:
    operator = text(node.child_by_field_name("operator"))
    return p.Operation(c.at(node), operator, _named(c, node, "left"), _named(c, node, "right"))


def _unary(c: Converter, node: Any) -> p.Expression:
    return p.Operation(c.at(node), text(node.child_by_field_name("operator")), None, _named(c, node, "operand"))


def _choice(c: Converter, node: Any) -> p.Expression:
    parts = (_named(c, node, n) for n in ("condition", "consequence", "alternative"))
    return p.Choice(c.at(node), *parts)


def _lambda(c: Converter, node: Any) -> p.Expression:
    body, given = node.child_by_field_name("body"), node.child_by_field_name("parameters")
    names = [given] if given.type == "identifier" else children(given)
    parameters = tuple(p.Parameter(p.Name(c.at(n), text(n.child_by_field_name("name") or n))) for n in names)
    if body.type == "block":
        return p.Function(c.at(node), parameters, c.statements(children(body)))
    return p.Function(c.at(node), parameters, (p.Return(c.at(node), c.expression(body)),))


def _array(c: Converter, node: Any) -> p.Expression:
    return p.Items(c.at(node), tuple(c.expression(n) for n in children(node)))


def _assigned(c: Converter, node: Any) -> Iterable[p.Statement]:
    for inner in children(node)[:1]:
        if inner.type == "assignment_expression":
            yield p.Assign(c.at(inner), _named(c, inner, "left"), _named(c, inner, "right"))
        else:
            yield p.Do(c.at(inner), c.expression(inner))


def _declaration(c: Converter, node: Any) -> Iterable[p.Statement]:
    for one in node.children_by_field_name("declarator"):
        name = p.Name(c.at(one), text(one.child_by_field_name("name")))
        yield p.Assign(c.at(one), name, _named(c, one, "value"), declares=True)


def _if(c: Converter, node: Any) -> Iterable[p.Statement]:
    yes = c.statement(node.child_by_field_name("consequence"))
    alternative = node.child_by_field_name("alternative")
    no = c.statement(alternative) if alternative is not None else ()
    yield p.If(c.at(node), _named(c, node, "condition"), yes, no)


def _block(c: Converter, node: Any) -> Iterable[p.Statement]:
    return c.statements(children(node))


def _for_each(c: Converter, node: Any) -> Iterable[p.Statement]:
    name = p.Name(c.at(node), text(node.child_by_field_name("name")))
    yield p.Each(c.at(node), name, _named(c, node, "value"), c.statement(node.child_by_field_name("body")))


def _loop(c: Converter, node: Any) -> Iterable[p.Statement]:
    yield p.Each(c.at(node), None, None, c.statement(node.child_by_field_name("body")))


def _try(c: Converter, node: Any) -> Iterable[p.Statement]:
    return c.statement(node.child_by_field_name("body"))


def _return(c: Converter, node: Any) -> Iterable[p.Statement]:
    inner = children(node)
    yield p.Return(c.at(node), c.expression(inner[0]) if inner else None, node.type == "throw_statement")


def _constructor_call(c: Converter, node: Any) -> Iterable[p.Statement]:
    called = text(node.child_by_field_name("constructor"))
    function = p.Name(c.at(node), "super") if called == "super" else p.Name(c.at(node), "this")
    yield p.Do(c.at(node), p.Call(c.at(node), function, _arguments(c, node)))


def _function(c: Converter, node: Any) -> p.Function:
    given = children(node.child_by_field_name("parameters"))
    parameters = []
    for one in given:
        declared = child(one, "variable_declarator") if one.type == "spread_parameter" else one
        name = text(declared.child_by_field_name("name")) if declared is not None else ""
        parameters.append(p.Parameter(p.Name(c.at(one), name), None, one.type == "spread_parameter"))
    body = c.statements(children(node.child_by_field_name("body")))
    return p.Function(c.at(node), tuple(parameters), body, text(node.child_by_field_name("name")))


def _class(c: Converter, node: Any) -> Iterable[p.Statement]:
    extends = node.child_by_field_name("superclass")
    bases = tuple(_type(c, n) for n in children(extends)[:1])
    fields: list[tuple[str, p.Expression]] = []
    statics: list[tuple[str, p.Expression]] = []
    methods: dict[str, p.Function] = {}
    members: list[str] = []
    name = text(node.child_by_field_name("name"))
    for part in children(node.child_by_field_name("body")):
        if part.type == "field_declaration":
            modifiers = text(child(part, "modifiers"))
            for one in part.children_by_field_name("declarator"):
                label, value = text(one.child_by_field_name("name")), one.child_by_field_name("value")
                members.append(label)
                if value is not None:
                    (statics if "static" in modifiers else fields).append((label, c.expression(value)))
        elif part.type in ("method_declaration", "constructor_declaration"):
            made = _function(c, part)
            longer = made.name not in methods or len(made.parameters) > len(methods[made.name].parameters)
            if longer:  # the shorter of two overloads calls the longer one
                methods[made.name] = made
    yield p.Class(c.at(node), name, bases, tuple(fields), methods, tuple(statics), tuple(members))


def _import(c: Converter, node: Any) -> Iterable[p.Statement]:
    source = text(next(iter(children(node)), None))
    if child(node, "asterisk") is not None:
        yield p.Import(c.at(node), "*", source, "*")
        return
    package, _, name = source.rpartition(".")
    yield p.Import(c.at(node), name, package, name)


EXPRESSIONS: Mapping[str, Convert] = {
    "identifier": lambda c, n: p.Name(c.at(n), text(n)),
    "this": lambda c, n: p.Name(c.at(n), "this"),
    "null_literal": lambda c, n: p.Literal(c.at(n), None),
    "true": lambda c, n: p.Literal(c.at(n), True),
    "false": lambda c, n: p.Literal(c.at(n), False),
    "decimal_integer_literal": lambda c, n: p.Literal(c.at(n), number(text(n))),
    "decimal_floating_point_literal": lambda c, n: p.Literal(c.at(n), number(text(n))),
    "string_literal": _string,
    "field_access": _field,
    "method_invocation": _invocation,
    "object_creation_expression": _new,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "ternary_expression": _choice,
    "lambda_expression": _lambda,
    "array_initializer": _array,
    "parenthesized_expression": _inner,
    "cast_expression": _inner,
}
STATEMENTS: Mapping[str, Execute] = {
    "import_declaration": _import,
    "class_declaration": _class,
    "local_variable_declaration": _declaration,
    "expression_statement": _assigned,
    "if_statement": _if,
    "block": _block,
    "enhanced_for_statement": _for_each,
    "for_statement": _loop,
    "while_statement": _loop,
    "try_statement": _try,
    "try_with_resources_statement": _try,
    "return_statement": _return,
    "throw_statement": _return,
    "explicit_constructor_invocation": _constructor_call,
}

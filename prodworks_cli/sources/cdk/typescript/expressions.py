"""Expressions of TypeScript."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.syntax import Convert, Converter, children, number, text, unescape


def _inner(c: Converter, node: Any) -> p.Expression:
    inner = children(node)
    return c.expression(inner[0] if inner else None)


def _name(c: Converter, node: Any) -> p.Expression:
    name = text(node)
    return p.Literal(c.at(node), None) if name == "undefined" else p.Name(c.at(node), name)


def _string(c: Converter, node: Any) -> p.Expression:
    return p.Literal(c.at(node), unescape(text(node)[1:-1]))


def _template(c: Converter, node: Any) -> p.Expression:
    parts: list[str | p.Expression] = []
    start = node.start_byte + 1
    source = node.text
    for hole in (n for n in node.children if n.type == "template_substitution"):
        parts.append(
            unescape(source[start - node.start_byte : hole.start_byte - node.start_byte].decode("utf-8", "replace"))
        )
        parts.append(_inner(c, hole))
        start = hole.end_byte
    parts.append(unescape(source[start - node.start_byte : -1].decode("utf-8", "replace")))
    return p.Template(c.at(node), tuple(part for part in parts if part != ""))


def _member(c: Converter, node: Any) -> p.Expression:
    return p.Member(
        c.at(node), c.expression(node.child_by_field_name("object")), text(node.child_by_field_name("property"))
    )


def _index(c: Converter, node: Any) -> p.Expression:
    of, key = (c.expression(node.child_by_field_name(n)) for n in ("object", "index"))
    return p.Index(c.at(node), of, key)


def _arguments(c: Converter, node: Any) -> tuple[p.Expression, ...]:
    return tuple(c.expression(n) for n in children(node.child_by_field_name("arguments")))


def _call(c: Converter, node: Any) -> p.Expression:
    return p.Call(c.at(node), c.expression(node.child_by_field_name("function")), _arguments(c, node))


def _new(c: Converter, node: Any) -> p.Expression:
    made = c.expression(node.child_by_field_name("constructor"))
    arguments = _arguments(c, node) if node.child_by_field_name("arguments") else ()
    return p.Call(c.at(node), made, arguments, new=True)


def _object(c: Converter, node: Any) -> p.Expression:
    return p.Entries(c.at(node), tuple(e for n in children(node) if (e := _entry(c, n))))


def _entry(c: Converter, node: Any) -> tuple[p.Expression | None, p.Expression] | None:
    if node.type == "pair":
        return _key(c, node.child_by_field_name("key")), c.expression(node.child_by_field_name("value"))
    if node.type in ("shorthand_property_identifier", "shorthand_property_identifier_pattern"):
        return p.Literal(c.at(node), text(node)), p.Name(c.at(node), text(node))
    if node.type in ("spread_element", "rest_pattern"):
        return None, _inner(c, node)
    if node.type == "pair_pattern":
        return _key(c, node.child_by_field_name("key")), c.expression(node.child_by_field_name("value"))
    if node.type == "object_assignment_pattern":
        left = node.child_by_field_name("left")
        default = c.expression(node.child_by_field_name("right"))
        return p.Literal(c.at(node), text(left)), p.Operation(c.at(node), "=", p.Name(c.at(node), text(left)), default)
    if node.type == "method_definition":
        return p.Literal(c.at(node), text(node.child_by_field_name("name"))), function(c, node)
    return None


def _key(c: Converter, node: Any) -> p.Expression:
    if node.type in ("property_identifier", "number"):
        return p.Literal(c.at(node), text(node))
    return _inner(c, node) if node.type == "computed_property_name" else c.expression(node)


def _binary(c: Converter, node: Any) -> p.Expression:
    left, right = (c.expression(node.child_by_field_name(n)) for n in ("left", "right"))
    return p.Operation(c.at(node), text(node.child_by_field_name("operator")), left, right)


def _unary(c: Converter, node: Any) -> p.Expression:
    operator = text(node.child_by_field_name("operator"))
    return p.Operation(c.at(node), operator, None, c.expression(node.child_by_field_name("argument")))


def _choice(c: Converter, node: Any) -> p.Expression:
    parts = (c.expression(node.child_by_field_name(n)) for n in ("condition", "consequence", "alternative"))
    return p.Choice(c.at(node), *parts)


def _default_pattern(c: Converter, node: Any) -> p.Expression:
    left, right = (c.expression(node.child_by_field_name(n)) for n in ("left", "right"))
    return p.Operation(c.at(node), "=", left, right)


def function(c: Converter, node: Any) -> p.Function:
    """A function of any form."""
    body = node.child_by_field_name("body")
    if body is not None and body.type != "statement_block":
        made: tuple[p.Statement, ...] = (p.Return(c.at(body), c.expression(body)),)
    else:
        made = c.statements(children(body))
    single = node.child_by_field_name("parameter")
    if single is not None:
        return p.Function(c.at(node), (p.Parameter(c.expression(single)),), made)
    return p.Function(c.at(node), tuple(_parameters(c, node)), made, text(node.child_by_field_name("name")))


def _parameters(c: Converter, node: Any) -> Iterator[p.Parameter]:
    for parameter in children(node.child_by_field_name("parameters")):
        pattern = parameter.child_by_field_name("pattern")
        if pattern is None or text(pattern) == "this":
            continue
        value = parameter.child_by_field_name("value")
        rest = pattern.type == "rest_pattern"
        target = _inner(c, pattern) if rest else c.expression(pattern)
        yield p.Parameter(target, c.expression(value) if value is not None else None, rest)


def _assignment(c: Converter, node: Any) -> p.Expression:
    return c.expression(node.child_by_field_name("right"))


EXPRESSIONS: Mapping[str, Convert] = {
    "identifier": _name,
    "undefined": lambda c, n: p.Literal(c.at(n), None),
    "null": lambda c, n: p.Literal(c.at(n), None),
    "true": lambda c, n: p.Literal(c.at(n), True),
    "false": lambda c, n: p.Literal(c.at(n), False),
    "this": lambda c, n: p.Name(c.at(n), "this"),
    "super": lambda c, n: p.Name(c.at(n), "super"),
    "number": lambda c, n: p.Literal(c.at(n), number(text(n))),
    "string": _string,
    "template_string": _template,
    "member_expression": _member,
    "subscript_expression": _index,
    "call_expression": _call,
    "new_expression": _new,
    "object": _object,
    "object_pattern": _object,
    "array": lambda c, n: p.Items(c.at(n), tuple(c.expression(x) for x in children(n))),
    "array_pattern": lambda c, n: p.Items(c.at(n), tuple(c.expression(x) for x in children(n))),
    "spread_element": lambda c, n: p.Spread(c.at(n), _inner(c, n)),
    "binary_expression": _binary,
    "unary_expression": _unary,
    "ternary_expression": _choice,
    "assignment_pattern": _default_pattern,
    "assignment_expression": _assignment,
    "arrow_function": function,
    "function_expression": function,
    "as_expression": _inner,
    "satisfies_expression": _inner,
    "non_null_expression": _inner,
    "parenthesized_expression": _inner,
    "await_expression": _inner,
    "instantiation_expression": _inner,
}

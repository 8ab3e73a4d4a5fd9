"""Expressions of Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.syntax import Convert, Converter, children, number, text, unescape


def named(c: Converter, node: Any, name: str) -> p.Expression:
    """The expression in a field of a syntax node."""
    return c.expression(node.child_by_field_name(name))


def _inner(c: Converter, node: Any) -> p.Expression:
    inner = children(node)
    return c.expression(inner[0] if inner else None)


def _string(c: Converter, node: Any) -> p.Expression:
    parts: list[str | p.Expression] = []
    for part in node.children:
        if part.type == "string_content":
            parts.append(unescape(text(part)))
        elif part.type == "interpolation":
            parts.append(c.expression(part.child_by_field_name("expression")))
    return _text(c, node, parts)


def _text(c: Converter, node: Any, parts: list[str | p.Expression]) -> p.Expression:
    literal = [part for part in parts if isinstance(part, str)]
    if len(literal) == len(parts):
        return p.Literal(c.at(node), "".join(literal))
    return p.Template(c.at(node), tuple(parts))


def _concatenated(c: Converter, node: Any) -> p.Expression:
    return p.Template(c.at(node), tuple(c.expression(n) for n in children(node)))


def _attribute(c: Converter, node: Any) -> p.Expression:
    return p.Member(c.at(node), named(c, node, "object"), text(node.child_by_field_name("attribute")))


def _subscript(c: Converter, node: Any) -> p.Expression:
    keys = node.children_by_field_name("subscript")
    return p.Index(c.at(node), named(c, node, "value"), c.expression(keys[0] if keys else None))


def _call(c: Converter, node: Any) -> p.Expression:
    positional: list[p.Expression] = []
    keywords: list[tuple[str | None, p.Expression]] = []
    arguments = node.child_by_field_name("arguments")
    for one in children(arguments) if arguments is not None and arguments.type == "argument_list" else ():
        if one.type == "keyword_argument":
            keywords.append((text(one.child_by_field_name("name")), named(c, one, "value")))
        elif one.type == "dictionary_splat":
            keywords.append((None, _inner(c, one)))
        else:
            positional.append(c.expression(one))
    return p.Call(c.at(node), named(c, node, "function"), tuple(positional), tuple(keywords))


def _dictionary(c: Converter, node: Any) -> p.Expression:
    entries: list[tuple[p.Expression | None, p.Expression]] = []
    for one in children(node):
        if one.type == "pair":
            entries.append((named(c, one, "key"), named(c, one, "value")))
        elif one.type == "dictionary_splat":
            entries.append((None, _inner(c, one)))
    return p.Entries(c.at(node), tuple(entries))


def _items(c: Converter, node: Any) -> p.Expression:
    return p.Items(c.at(node), tuple(c.expression(n) for n in children(node)))


def _choice(c: Converter, node: Any) -> p.Expression:
    yes, test, no = (*children(node), None, None, None)[:3]
    return p.Choice(c.at(node), c.expression(test), c.expression(yes), c.expression(no))


def _binary(c: Converter, node: Any) -> p.Expression:
    operator = text(node.child_by_field_name("operator"))
    return p.Operation(c.at(node), operator, named(c, node, "left"), named(c, node, "right"))


def _comparison(c: Converter, node: Any) -> p.Expression:
    operands = children(node)
    operator = " ".join(text(n) for n in node.children_by_field_name("operators"))
    if len(operands) != 2:
        return c.opaque(node)
    return p.Operation(c.at(node), operator, c.expression(operands[0]), c.expression(operands[1]))


def _not(c: Converter, node: Any) -> p.Expression:
    return p.Operation(c.at(node), "not", None, named(c, node, "argument"))


def _minus(c: Converter, node: Any) -> p.Expression:
    return p.Operation(c.at(node), text(node.child_by_field_name("operator")), None, named(c, node, "argument"))


def _comprehension(c: Converter, node: Any) -> p.Expression:
    body = node.child_by_field_name("body")
    clauses = [n for n in children(node) if n.type == "for_in_clause"]
    filtered = any(n.type == "if_clause" for n in children(node)) or len(clauses) != 1
    if not clauses or body is None:
        return c.opaque(node)
    key = named(c, body, "key") if body.type == "pair" else None
    result = named(c, body, "value") if body.type == "pair" else c.expression(body)
    source = named(c, clauses[0], "right")
    return p.Comprehension(c.at(node), named(c, clauses[0], "left"), source, result, key, filtered)


def _lambda(c: Converter, node: Any) -> p.Expression:
    body = node.child_by_field_name("body")
    parameters = tuple(_parameters(c, node.child_by_field_name("parameters")))
    return p.Function(c.at(node), parameters, (p.Return(c.at(node), c.expression(body)),))


def function(c: Converter, node: Any, method: bool = False) -> p.Function:
    """A function, without its ``self`` when it is a method."""
    parameters = tuple(_parameters(c, node.child_by_field_name("parameters")))
    body = c.statements(children(node.child_by_field_name("body")))
    return p.Function(
        c.at(node), parameters[1:] if method else parameters, body, text(node.child_by_field_name("name"))
    )


def _parameters(c: Converter, node: Any) -> Iterator[p.Parameter]:
    for one in children(node):
        at = c.at(one)
        if one.type == "identifier":
            yield p.Parameter(p.Name(at, text(one)))
        elif one.type in ("default_parameter", "typed_default_parameter"):
            yield p.Parameter(p.Name(at, text(one.child_by_field_name("name"))), named(c, one, "value"))
        elif one.type in ("typed_parameter", "list_splat_pattern", "dictionary_splat_pattern"):
            name = next(iter(children(one)), None)
            rest = one.type != "typed_parameter" or (name is not None and name.type != "identifier")
            yield p.Parameter(p.Name(at, text(name).lstrip("*")), None, rest)


EXPRESSIONS: Mapping[str, Convert] = {
    "identifier": lambda c, n: p.Name(c.at(n), text(n)),
    "none": lambda c, n: p.Literal(c.at(n), None),
    "true": lambda c, n: p.Literal(c.at(n), True),
    "false": lambda c, n: p.Literal(c.at(n), False),
    "integer": lambda c, n: p.Literal(c.at(n), number(text(n))),
    "float": lambda c, n: p.Literal(c.at(n), number(text(n))),
    "string": _string,
    "concatenated_string": _concatenated,
    "attribute": _attribute,
    "subscript": _subscript,
    "call": _call,
    "dictionary": _dictionary,
    "list": _items,
    "tuple": _items,
    "set": _items,
    "expression_list": _items,
    "pattern_list": _items,
    "tuple_pattern": _items,
    "list_splat": lambda c, n: p.Spread(c.at(n), _inner(c, n)),
    "conditional_expression": _choice,
    "binary_operator": _binary,
    "boolean_operator": _binary,
    "comparison_operator": _comparison,
    "not_operator": _not,
    "unary_operator": _minus,
    "list_comprehension": _comprehension,
    "generator_expression": _comprehension,
    "dictionary_comprehension": _comprehension,
    "lambda": _lambda,
    "parenthesized_expression": _inner,
    "await": _inner,
}

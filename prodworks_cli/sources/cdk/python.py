"""Python as programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.syntax import Convert, Converter, Execute, children, converted, number, text, unescape


def module(path: str, data: bytes) -> p.Module:
    """One file."""
    return converted(path, "python", data, Converter(path, EXPRESSIONS, STATEMENTS))


def _named(c: Converter, node: Any, name: str) -> p.Expression:
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
    return p.Member(c.at(node), _named(c, node, "object"), text(node.child_by_field_name("attribute")))


def _subscript(c: Converter, node: Any) -> p.Expression:
    keys = node.children_by_field_name("subscript")
    return p.Index(c.at(node), _named(c, node, "value"), c.expression(keys[0] if keys else None))


def _call(c: Converter, node: Any) -> p.Expression:
    positional: list[p.Expression] = []
    keywords: list[tuple[str | None, p.Expression]] = []
    arguments = node.child_by_field_name("arguments")
    for one in children(arguments) if arguments is not None and arguments.type == "argument_list" else ():
        if one.type == "keyword_argument":
            keywords.append((text(one.child_by_field_name("name")), _named(c, one, "value")))
        elif one.type == "dictionary_splat":
            keywords.append((None, _inner(c, one)))
        else:
            positional.append(c.expression(one))
    return p.Call(c.at(node), _named(c, node, "function"), tuple(positional), tuple(keywords))


def _dictionary(c: Converter, node: Any) -> p.Expression:
    entries: list[tuple[p.Expression | None, p.Expression]] = []
    for one in children(node):
        if one.type == "pair":
            entries.append((_named(c, one, "key"), _named(c, one, "value")))
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
    return p.Operation(c.at(node), operator, _named(c, node, "left"), _named(c, node, "right"))


def _comparison(c: Converter, node: Any) -> p.Expression:
    operands = children(node)
    operator = " ".join(text(n) for n in node.children_by_field_name("operators"))
    if len(operands) != 2:
        return c.opaque(node)
    return p.Operation(c.at(node), operator, c.expression(operands[0]), c.expression(operands[1]))


def _not(c: Converter, node: Any) -> p.Expression:
    return p.Operation(c.at(node), "not", None, _named(c, node, "argument"))


def _minus(c: Converter, node: Any) -> p.Expression:
    return p.Operation(c.at(node), text(node.child_by_field_name("operator")), None, _named(c, node, "argument"))


def _comprehension(c: Converter, node: Any) -> p.Expression:
    body = node.child_by_field_name("body")
    clauses = [n for n in children(node) if n.type == "for_in_clause"]
    filtered = any(n.type == "if_clause" for n in children(node)) or len(clauses) != 1
    if not clauses or body is None:
        return c.opaque(node)
    key = _named(c, body, "key") if body.type == "pair" else None
    result = _named(c, body, "value") if body.type == "pair" else c.expression(body)
    source = _named(c, clauses[0], "right")
    return p.Comprehension(c.at(node), _named(c, clauses[0], "left"), source, result, key, filtered)


def _lambda(c: Converter, node: Any) -> p.Expression:
    body = node.child_by_field_name("body")
    parameters = tuple(_parameters(c, node.child_by_field_name("parameters")))
    return p.Function(c.at(node), parameters, (p.Return(c.at(node), c.expression(body)),))


def _function(c: Converter, node: Any, method: bool = False) -> p.Function:
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
            yield p.Parameter(p.Name(at, text(one.child_by_field_name("name"))), _named(c, one, "value"))
        elif one.type in ("typed_parameter", "list_splat_pattern", "dictionary_splat_pattern"):
            name = next(iter(children(one)), None)
            rest = one.type != "typed_parameter" or (name is not None and name.type != "identifier")
            yield p.Parameter(p.Name(at, text(name).lstrip("*")), None, rest)


def _expression_statement(c: Converter, node: Any) -> Iterable[p.Statement]:
    for inner in children(node)[:1]:
        if inner.type == "assignment":
            value = inner.child_by_field_name("right")
            if value is not None:
                yield p.Assign(c.at(inner), _named(c, inner, "left"), c.expression(value))
        elif inner.type == "augmented_assignment":
            left = _named(c, inner, "left")
            operator = text(inner.child_by_field_name("operator")).rstrip("=")
            yield p.Assign(c.at(inner), left, p.Operation(c.at(inner), operator, left, _named(c, inner, "right")))
        else:
            yield p.Do(c.at(inner), c.expression(inner))


def _if(c: Converter, node: Any) -> Iterable[p.Statement]:
    made: tuple[p.Statement, ...] = ()
    for alternative in reversed(node.children_by_field_name("alternative")):
        if alternative.type == "else_clause":
            made = c.statements(children(alternative.child_by_field_name("body")))
        else:
            body = c.statements(children(alternative.child_by_field_name("consequence")))
            made = (p.If(c.at(alternative), _named(c, alternative, "condition"), body, made),)
    yes = c.statements(children(node.child_by_field_name("consequence")))
    yield p.If(c.at(node), _named(c, node, "condition"), yes, made)


def _for(c: Converter, node: Any) -> Iterable[p.Statement]:
    body = c.statements(children(node.child_by_field_name("body")))
    yield p.Each(c.at(node), _named(c, node, "left"), _named(c, node, "right"), body)


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
    made = _function(c, node)
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
            made = _function(c, inner, method="staticmethod" not in names)
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

"""TypeScript and JavaScript as programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    return converted(path, "typescript", data, Converter(path, EXPRESSIONS, STATEMENTS))


def _field(name: str) -> Convert:
    return lambda c, node: c.expression(node.child_by_field_name(name))


def _inner(c: Converter, node: Any) -> p.Expression:
    inner = children(node)
    return c.expression(inner[0] if inner else None)


def _name(c: Converter, node: Any) -> p.Expression:
    return p.Literal(c.at(node), None) if text(node) == "undefined" else p.Name(c.at(node), text(node))


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
        return p.Literal(c.at(node), text(node.child_by_field_name("name"))), _function(c, node)
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


def _function(c: Converter, node: Any) -> p.Function:
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


def _declaration(c: Converter, node: Any) -> Iterable[p.Statement]:
    for one in children(node):
        if one.type == "variable_declarator":
            value = c.expression(one.child_by_field_name("value"))
            yield p.Assign(c.at(one), c.expression(one.child_by_field_name("name")), value, declares=True)


def _expression_statement(c: Converter, node: Any) -> Iterable[p.Statement]:
    for inner in children(node)[:1]:
        if inner.type == "assignment_expression":
            left, right = (c.expression(inner.child_by_field_name(n)) for n in ("left", "right"))
            yield p.Assign(c.at(inner), left, right)
        elif inner.type == "augmented_assignment_expression":
            left, right = (c.expression(inner.child_by_field_name(n)) for n in ("left", "right"))
            operator = text(inner.child_by_field_name("operator"))[:-1]
            yield p.Assign(c.at(inner), left, p.Operation(c.at(inner), operator, left, right))
        else:
            yield p.Do(c.at(inner), c.expression(inner))


def _assignment(c: Converter, node: Any) -> p.Expression:
    return c.expression(node.child_by_field_name("right"))


def _if(c: Converter, node: Any) -> Iterable[p.Statement]:
    alternative = node.child_by_field_name("alternative")
    yes = c.statement(node.child_by_field_name("consequence"))
    yield p.If(
        c.at(node), c.expression(node.child_by_field_name("condition")), yes, c.statements(children(alternative))
    )


def _block(c: Converter, node: Any) -> Iterable[p.Statement]:
    return c.statements(children(node))


def _for_in(c: Converter, node: Any) -> Iterable[p.Statement]:
    left = c.expression(node.child_by_field_name("left"))
    source = c.expression(node.child_by_field_name("right"))
    keys = text(node.child_by_field_name("operator")) == "in"
    yield p.Each(c.at(node), left, source, c.statement(node.child_by_field_name("body")), keys)


def _loop(c: Converter, node: Any) -> Iterable[p.Statement]:
    first = node.child_by_field_name("initializer")
    if first is not None:
        yield from c.statement(first)
    yield p.Each(c.at(node), None, None, c.statement(node.child_by_field_name("body")))


def _switch(c: Converter, node: Any) -> Iterable[p.Statement]:
    value = c.expression(node.child_by_field_name("value"))
    made: tuple[p.Statement, ...] = ()
    pending: list[p.Expression] = []
    cases = []
    for case in children(node.child_by_field_name("body")):
        label = case.child_by_field_name("value")
        body = c.statements([n for n in children(case) if n != label])
        test = None if label is None else p.Operation(c.at(case), "===", value, c.expression(label))
        if test is not None:
            pending.append(test)
        if body or test is None:
            cases.append((None if test is None else _any_of(pending), body, c.at(case)))
            pending = []
    for condition, body, at in reversed(cases):
        made = body if condition is None else (p.If(at, condition, body, made),)
    return made


def _any_of(tests: list[p.Expression]) -> p.Expression:
    joined = tests[0]
    for test in tests[1:]:
        joined = p.Operation(test.at, "||", joined, test)
    return joined


def _try(c: Converter, node: Any) -> Iterable[p.Statement]:
    yield from c.statement(node.child_by_field_name("body"))
    final = node.child_by_field_name("finalizer")
    if final is not None:
        yield from c.statements(children(final))


def _return(c: Converter, node: Any) -> Iterable[p.Statement]:
    inner = children(node)
    yield p.Return(c.at(node), c.expression(inner[0]) if inner else None, node.type == "throw_statement")


def _function_statement(c: Converter, node: Any) -> Iterable[p.Statement]:
    made = _function(c, node)
    yield p.Define(c.at(node), made.name, made)


def _class(c: Converter, node: Any) -> Iterable[p.Statement]:
    heritage = child(node, "class_heritage")
    extends = child(heritage, "extends_clause") if heritage is not None else None
    bases = [c.expression(extends.child_by_field_name("value"))] if extends is not None else []
    fields: list[tuple[str, p.Expression]] = []
    statics: list[tuple[str, p.Expression]] = []
    methods: dict[str, p.Function] = {}
    members: list[str] = []
    for part in children(node.child_by_field_name("body")):
        if part.type == "public_field_definition":
            name, value = text(part.child_by_field_name("name")), part.child_by_field_name("value")
            members.append(name)
            if value is not None:
                (statics if child(part, "static") else fields).append((name, c.expression(value)))
        elif part.type == "method_definition":
            made = _function(c, part)
            methods[made.name] = _with_parameter_properties(c, part, made)
    name = text(node.child_by_field_name("name"))
    yield p.Class(c.at(node), name, tuple(bases), tuple(fields), methods, tuple(statics), tuple(members))


def _with_parameter_properties(c: Converter, node: Any, made: p.Function) -> p.Function:
    """``constructor(private readonly x: T)`` sets ``this.x``."""
    sets: list[p.Statement] = []
    for parameter in children(node.child_by_field_name("parameters")):
        pattern = parameter.child_by_field_name("pattern")
        if pattern is not None and any(n.type in ("accessibility_modifier", "readonly") for n in parameter.children):
            at = c.at(parameter)
            sets.append(p.Assign(at, p.Member(at, p.Name(at, "this"), text(pattern)), p.Name(at, text(pattern))))
    return p.Function(made.at, made.parameters, (*sets, *made.body), made.name) if sets else made


def _export(c: Converter, node: Any) -> Iterable[p.Statement]:
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


def _import(c: Converter, node: Any) -> Iterable[p.Statement]:
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
    "arrow_function": _function,
    "function_expression": _function,
    "as_expression": _inner,
    "satisfies_expression": _inner,
    "non_null_expression": _inner,
    "parenthesized_expression": _inner,
    "await_expression": _inner,
    "instantiation_expression": _inner,
}
STATEMENTS: Mapping[str, Execute] = {
    "import_statement": _import,
    "export_statement": _export,
    "lexical_declaration": _declaration,
    "variable_declaration": _declaration,
    "expression_statement": _expression_statement,
    "if_statement": _if,
    "statement_block": _block,
    "else_clause": _block,
    "for_in_statement": _for_in,
    "for_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
    "switch_statement": _switch,
    "try_statement": _try,
    "return_statement": _return,
    "throw_statement": _return,
    "function_declaration": _function_statement,
    "class_declaration": _class,
    "abstract_class_declaration": _class,
}

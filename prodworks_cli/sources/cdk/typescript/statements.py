"""Statements of TypeScript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.syntax import Converter, Execute, children, text
from prodworks_cli.sources.cdk.typescript.classes import class_statement
from prodworks_cli.sources.cdk.typescript.expressions import function
from prodworks_cli.sources.cdk.typescript.modules import export, import_


def _declaration(c: Converter, node: Any) -> Iterable[p.Statement]:
    for one in children(node):
        if one.type == "variable_declarator":
            value = c.expression(one.child_by_field_name("value"))
            yield p.Assign(c.at(one), c.expression(one.child_by_field_name("name")), value, declares=True)


def _expression_statement(c: Converter, node: Any) -> Iterable[p.Statement]:
    for inner in children(node)[:1]:
        yield from _effects(c, inner)


def _effects(c: Converter, inner: Any) -> Iterable[p.Statement]:
    """An expression for what it does."""
    at = c.at(inner)
    if inner.type == "assignment_expression":
        left, right = (c.expression(inner.child_by_field_name(n)) for n in ("left", "right"))
        yield p.Assign(at, left, right)
    elif inner.type == "augmented_assignment_expression":
        left, right = (c.expression(inner.child_by_field_name(n)) for n in ("left", "right"))
        operator = text(inner.child_by_field_name("operator"))[:-1]
        yield p.Assign(at, left, p.Operation(at, operator, left, right))
    elif inner.type == "update_expression":
        counted = c.expression(inner.child_by_field_name("argument"))
        operator = text(inner.child_by_field_name("operator"))[:1]
        yield p.Assign(at, counted, p.Operation(at, operator, counted, p.Literal(at, 1)))
    else:
        yield p.Do(at, c.expression(inner))


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
    first, last = node.child_by_field_name("initializer"), node.child_by_field_name("increment")
    if first is not None:
        yield from c.statement(first)
    body, test = node.child_by_field_name("body"), node.child_by_field_name("condition")
    if test is None or node.type == "do_statement" or _leaves(body):
        yield p.Each(c.at(node), None, None, c.statement(body))
        return
    inner = children(test)[0] if test.type in ("expression_statement", "parenthesized_expression") else test
    step = tuple(_effects(c, last)) if last is not None else ()
    # A loop without an end of its own ends in a way that is not read.
    known = None if inner.type == "true" else c.expression(inner)
    yield p.Each(c.at(node), None, None, c.statement(body), test=known, step=step)


def _leaves(body: Any) -> bool:
    """Whether a loop is left, or a turn of it, in its middle."""
    waiting = [body]
    while waiting:
        node = waiting.pop()
        if node.type in ("break_statement", "continue_statement"):
            return True
        waiting.extend(node.children)
    return False


def _enumeration(c: Converter, node: Any) -> Iterable[p.Statement]:
    """``enum Stage { Dev = 'dev' }``; members without a value are numbered."""
    entries: list[tuple[p.Expression | None, p.Expression]] = []
    for number, member in enumerate(children(node.child_by_field_name("body"))):
        value = member.child_by_field_name("value")
        name = text(member.child_by_field_name("name") or member).strip("\"'")
        made = c.expression(value) if value is not None else p.Literal(c.at(member), number)
        entries.append((p.Literal(c.at(member), name), made))
    named = p.Name(c.at(node), text(node.child_by_field_name("name")))
    yield p.Assign(c.at(node), named, p.Entries(c.at(node), tuple(entries)), declares=True)


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
    made = function(c, node)
    yield p.Define(c.at(node), made.name, made)


STATEMENTS: Mapping[str, Execute] = {
    "import_statement": import_,
    "export_statement": export,
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
    "enum_declaration": _enumeration,
    "class_declaration": class_statement,
    "abstract_class_declaration": class_statement,
}

"""Steps of a walk back through Java that need nothing but the expression itself."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node as Syntax

from prodworks_cli.sources.java.chains import configuring
from prodworks_cli.sources.java.response import Body
from prodworks_cli.sources.java.syntax import TYPES, Module
from prodworks_cli.sources.trees import inside


def composes(node: Syntax) -> bool:
    """The expression puts a text together from parts of which one is written out."""
    return node.type == "binary_expression" and any(c.type == "string_literal" for c in node.named_children)


def inner(place: Body) -> Iterator[Body]:
    """What is in parentheses, in a cast, or indexed."""
    types = ("type_identifier", "generic_type", "scoped_type_identifier")
    yield from (Body(place.module, c) for c in place.node.named_children if c.type not in types)


def parts(place: Body) -> Iterator[Body]:
    """What an object or an array is made with."""
    given = place.module.arguments(place.node) or tuple(c for c in place.node.named_children if "type" not in c.type)
    yield from (Body(place.module, n) for n in given)


def added(place: Body) -> Iterator[Body]:
    """The parts of a text that is put together with ``+``."""
    if place.module.text(place.node.child_by_field_name("operator")) == "+":
        yield from fields(place, "left", "right")


def function(place: Body) -> Iterator[Body]:
    """What a lambda returns, or gives to the builder that it configures."""
    body = place.node.child_by_field_name("body")
    if body is not None and body.type != "block":
        yield Body(place.module, body)
    elif body is not None:
        yield from returned(place)
        # A block may configure the builder that it is given: ``user(u -> { u.text(question); })``.
        set_ = (c for _, c in configuring(place.module, place.node))
        yield from (Body(place.module, a) for c in set_ for a in place.module.arguments(c))


def returned(method: Body) -> Iterator[Body]:
    """What a method returns."""
    body = method.node.child_by_field_name("body")
    for node in inside(body, "lambda_expression", *TYPES) if body is not None else ():
        if node.type == "return_statement" and node.named_children:
            yield Body(method.module, node.named_children[0])


def fields(place: Body, *names: str) -> Iterator[Body]:
    """The expressions in some fields of the node."""
    nodes = (place.node.child_by_field_name(n) for n in names)
    yield from (Body(place.module, n) for n in nodes if n is not None)


def is_statement(module: Module, call: Syntax) -> bool:
    """Whether the value of a call is not used."""
    above = module.parent(call)
    return above is not None and above.type == "expression_statement"


def within(outer: Syntax, node: Syntax) -> bool:
    """Whether a node lies in another."""
    return outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte

"""Fluent chains of invocations: builders and what configures them."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node as Syntax

from prodworks_cli.sources.java.syntax import Module
from prodworks_cli.sources.trees import inside


def links(module: Module, call: Syntax) -> Iterator[tuple[str, Syntax]]:
    """The invocations of a fluent chain, first to last."""
    found: list[tuple[str, Syntax]] = []
    current: Syntax | None = call
    while current is not None and current.type == "method_invocation":
        found.append((module.name(current), current))
        current = current.child_by_field_name("object")
    yield from reversed(found)


def root_of(call: Syntax) -> Syntax | None:
    """The object at the start of a fluent chain."""
    current: Syntax | None = call
    while current is not None and current.type == "method_invocation":
        current = current.child_by_field_name("object")
    return current


def configuring(module: Module, lambda_: Syntax) -> Iterator[tuple[str, Syntax]]:
    """The invocations on the builder that a lambda is given."""
    parameter = module.text(lambda_.child_by_field_name("parameters")).strip("()").rpartition(" ")[2]
    body = lambda_.child_by_field_name("body")
    for node in inside(body, "lambda_expression") if body is not None else ():
        root = root_of(node) if node.type == "method_invocation" else None
        if root is not None and module.text(root) == parameter:
            yield module.name(node), node


def starts_object(module: Module, call: Syntax) -> bool:
    """The chain starts at a JSON object that is made there."""
    root = root_of(call)
    made = module.text(root.child_by_field_name("type")) if root and root.type == "object_creation_expression" else ""
    return made.rpartition(".")[2] in ("JSONObject", "JsonObject", "ObjectNode")

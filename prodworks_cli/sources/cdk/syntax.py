"""What the three converters share: parsing within bounds, places and texts of syntax nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from prodworks_cli.model import Location
from prodworks_cli.sources.cdk.program import Expression, Literal, Module, Opaque, Statement

MAX_DEPTH = 120

Convert = Callable[["Converter", Any], Expression]
Execute = Callable[["Converter", Any], Iterable[Statement]]


class TooDeep(Exception):
    """The source nests deeper than any that people write."""


class Converter:
    """Turns the syntax nodes of one file into a :class:`Module`, by tables from node types to functions."""

    def __init__(self, path: str, expressions: Mapping[str, Convert], statements: Mapping[str, Execute]) -> None:
        self.path = path
        self._places: dict[int, Location] = {}
        self._expressions = expressions
        self._statements = statements
        self._depth = 0

    def at(self, node: Any) -> Location:
        """The place of a syntax node."""
        row = node.start_point[0]
        place = self._places.get(row)
        if place is None:
            place = self._places[row] = Location(self.path, row + 1)
        return place

    def expression(self, node: Any) -> Expression:
        """A syntax node as an expression; of an unknown form only the parts are kept."""
        if node is None:
            return Literal(Location(self.path), None)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooDeep
        convert = self._expressions.get(node.type)
        made = convert(self, node) if convert else self.opaque(node)
        self._depth -= 1
        return made

    def opaque(self, node: Any) -> Expression:
        """An expression that is not understood."""
        known = (c for c in node.named_children if c.type in self._expressions)
        return Opaque(self.at(node), "an expression that is not evaluated", tuple(self.expression(c) for c in known))

    def statements(self, nodes: Iterable[Any]) -> tuple[Statement, ...]:
        """Syntax nodes as statements; those that declare and do nothing (types, comments) vanish."""
        return tuple(s for node in nodes for s in self.statement(node))

    def statement(self, node: Any) -> tuple[Statement, ...]:
        """One syntax node as statements."""
        execute = self._statements.get(node.type)
        if execute is None:
            return ()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooDeep
        made = tuple(execute(self, node))
        self._depth -= 1
        return made


def text(node: Any) -> str:
    """The source text of a syntax node."""
    return node.text.decode("utf-8", "replace") if node is not None else ""


def child(node: Any, kind: str) -> Any:
    """The first child of a type."""
    return next((c for c in node.children if c.type == kind), None)


def children(node: Any) -> list[Any]:
    """The named children without comments."""
    return [c for c in node.named_children if "comment" not in c.type] if node is not None else []


def number(source: str) -> int | float | None:
    """A number as source code writes it."""
    cleaned = re.sub(r"[_lLfFdD]", "", source) if not source.lower().startswith("0x") else source
    try:
        return int(cleaned, 0) if re.fullmatch(r"[0-9a-fA-FxX]+", cleaned) else float(cleaned)
    except ValueError:
        return None


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\n": ""}


def unescape(source: str) -> str:
    """The common escapes of a text literal replaced."""
    if "\\" not in source:
        return source
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), source, flags=re.DOTALL)


@cache
def parser(language: str) -> Any:
    """The parser of a language; importing it costs, so it waits for the first file."""
    from tree_sitter import Language, Parser

    if language == "python":
        import tree_sitter_python

        return Parser(Language(tree_sitter_python.language()))
    if language == "java":
        import tree_sitter_java

        return Parser(Language(tree_sitter_java.language()))
    import tree_sitter_typescript

    return Parser(Language(tree_sitter_typescript.language_typescript()))


def converted(path: str, language: str, data: bytes, converter: Converter) -> Module:
    """A file as a module."""
    tree = parser(language).parse(data)
    try:
        body = converter.statements(tree.root_node.children)
    except TooDeep:
        return Module(path, language, (), broken=True)
    return Module(path, language, body, broken=tree.root_node.has_error)

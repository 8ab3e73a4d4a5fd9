"""Files of the Terraform language, native and JSON, as blocks; what is broken is given back as a line and a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter
import tree_sitter_hcl

from prodworks_cli.model import Location
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.grammar import Grammar

MAX_BYTES = 2_000_000
_TOP = re.compile(rb"(?:resource|data|module|variable|locals|output|provider|terraform)\b[^\n]*\{")
_HEREDOC = re.compile(rb"<<-?([A-Za-z_][\w-]*)\s*$")
_OLD_INDEX = re.compile(rb"(\b[a-z]\w*\.\w+)\.(\d+)(?=\.[a-z])")
_NESTED = ("resource", "data")
_NAMED = ("variable", "module", "output", "provider")


@dataclass(frozen=True)
class Parsed:
    """The blocks (or, of a values file, the arguments) of one file, and the first problem in it."""

    body: x.Body
    problem: str | None = None
    line: int | None = None


def parse(path: str, data: bytes) -> Parsed:
    """Read one ``.tf``, ``.tfvars`` or JSON file. Intact blocks of a broken file are kept."""
    empty = x.Body({})
    if len(data) > MAX_BYTES:
        return Parsed(empty, f"Terraform file is larger than {MAX_BYTES // 1_000_000} MB")
    if b"\0" in data:
        return Parsed(empty, "Terraform syntax error: not a text file", 1)
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return _parse_json(path, data) if path.endswith(".json") else _parse_native(path, data)


def template(path: str, text: str) -> x.Expression | None:
    """The template in a text file, or ``None`` when it is not one."""
    wrapped = f"t = <<END_OF_TEMPLATE\n{text}\nEND_OF_TEMPLATE\n".encode()
    tree = _tree(wrapped)
    body = _body_of(tree)
    if body is None or tree.has_error or len(wrapped) > MAX_BYTES:
        return None
    argument = Grammar(path, wrapped, 0).body(body).arguments.get("t")
    return _without_last_break(argument.value) if argument else None


def _without_last_break(value: x.Expression) -> x.Expression:
    """The template without the line break that a heredoc needs at its end."""
    if isinstance(value, x.Literal) and isinstance(value.value, str):
        return x.Literal(value.value.removesuffix("\n"), value.at)
    if isinstance(value, x.Template) and isinstance(value.parts[-1], str):
        return x.Template((*value.parts[:-1], value.parts[-1].removesuffix("\n")), value.at)
    return value


def _tree(data: bytes) -> tree_sitter.Node:
    language = tree_sitter.Language(tree_sitter_hcl.language())
    return tree_sitter.Parser(language).parse(data).root_node


def _body_of(tree: tree_sitter.Node) -> tree_sitter.Node | None:
    return next((c for c in tree.children if c.type == "body"), None)


def _parse_native(path: str, data: bytes) -> Parsed:
    tree = _tree(data)
    if tree.has_error:
        return _recover(path, data)
    body = _body_of(tree)
    grammar = Grammar(path, data)
    read = grammar.body(body) if body is not None else x.Body({})
    return Parsed(read, _depth_problem(grammar), grammar.too_deep)


def _depth_problem(grammar: Grammar) -> str | None:
    return "Terraform expression is nested too deeply" if grammar.too_deep else None


def _recover(path: str, data: bytes) -> Parsed:
    """Parse each top-level block for itself: the parser would lose everything after the first error."""
    arguments: dict[str, x.Argument] = {}
    blocks: list[x.BlockSyntax] = []
    first: int | None = None
    for line, chunk in _chunks(data):
        chunk = _OLD_INDEX.sub(rb"\1[\2]", chunk)
        tree = _tree(chunk)
        body = _body_of(tree)
        if tree.has_error or body is None:
            first = first or (line + _error_line(tree) if tree.has_error else None)
            continue
        read = Grammar(path, chunk, line).body(body)
        arguments.update(read.arguments)
        blocks += read.blocks
    return Parsed(x.Body(arguments, tuple(blocks)), "Terraform syntax error" if first else None, first)


def _chunks(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Pieces that each start with a top-level block, with their first line; a heredoc is never cut."""
    lines = data.split(b"\n")
    start, until = 0, None
    for number, line in enumerate(lines):
        if until:
            until = None if line.strip() == until else until
            continue
        if _TOP.match(line) and number > start:
            yield start + 1, b"\n".join(lines[start:number]) + b"\n"
            start = number
        opened = _HEREDOC.search(line)
        until = opened.group(1) if opened else None
    yield start + 1, b"\n".join(lines[start:])


def _error_line(tree: tree_sitter.Node) -> int:
    """Rows from the start to the first error."""
    node = tree
    while True:
        if node.is_error or node.is_missing:
            return node.start_point[0]
        broken = next((c for c in node.children if c.has_error or c.is_missing), None)
        if broken is None:
            return node.start_point[0]
        node = broken


def _parse_json(path: str, data: bytes) -> Parsed:
    """JSON is an HCL object expression, so the same parser reads it and keeps the lines."""
    source = b"j=" + data
    tree = _tree(source)
    body = _body_of(tree)
    if tree.has_error or body is None:
        return Parsed(x.Body({}), "Terraform syntax error", _error_line(tree) + 1)
    grammar = Grammar(path, source)
    root = grammar.body(body).arguments.get("j")
    members = dict(_members(root.value)) if root else {}
    blocks = tuple(b for name, value in members.items() for b in _json_blocks(name, value))
    return Parsed(
        x.Body({n: x.Argument(v, v.at) for n, v in members.items()}, blocks), _depth_problem(grammar), grammar.too_deep
    )


def _members(value: x.Expression) -> Iterator[tuple[str, x.Expression]]:
    """Members of a JSON object, or of each object in a list of them."""
    if isinstance(value, x.Sequence):
        for element in value.elements:
            if isinstance(element, x.Object):
                yield from _members(element)
    elif isinstance(value, x.Object):
        for key, member in value.entries:
            if isinstance(key, x.Literal) and isinstance(key.value, str):
                yield key.value, member


def _json_blocks(kind: str, value: x.Expression) -> Iterator[x.BlockSyntax]:
    if kind in _NESTED:
        for type_, named in _members(value):
            for name, body in _members(named):
                yield _json_block(kind, (type_, name), body)
    elif kind in _NAMED:
        for name, body in _members(value):
            # Several providers of one name are a list.
            for each in body.elements if isinstance(body, x.Sequence) else (body,):
                yield _json_block(kind, (name,), each)
    elif kind == "locals":
        yield _json_block(kind, (), value)


def _json_block(kind: str, labels: tuple[str, ...], value: x.Expression) -> x.BlockSyntax:
    at = Location(value.at.where, value.at.line)
    return x.BlockSyntax(kind, labels, x.Body({n: x.Argument(v, v.at) for n, v in _members(value)}), at)

"""Reading Terraform from texts in memory."""

from __future__ import annotations

from textwrap import dedent

from prodworks_cli.model import Gap
from prodworks_cli.node import Block, Content, Node
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.terraform import read


def file(path: str, text: str | bytes, part: Part = Part.PRODUCTION) -> File:
    return File(path, text if isinstance(text, bytes) else dedent(text).encode(), part)


def blocks(**texts: str) -> dict[str, Block]:
    """Blocks by address; keyword ``a__b`` is the file ``a/b.tf``."""
    found, _ = read([file(name.replace("__", "/") + ".tf", text) for name, text in texts.items()])
    return {block.address: block for block in found}


def gaps(**texts: str) -> tuple[Gap, ...]:
    return read([file(name.replace("__", "/") + ".tf", text) for name, text in texts.items()])[1]


def node(expression: str, more: str = "") -> Node:
    """The value of an expression in a module that also declares ``more``."""
    return blocks(main=f'resource "t" "t" {{\n  v = {expression}\n}}\n{dedent(more)}')["t.t"].body["v"]


def value(expression: str, more: str = "") -> Content:
    return node(expression, more).content


def plain(expression: str, more: str = "") -> object:
    return node(expression, more).plain()

"""The names that a pattern binds: ``{ a, b: [c] }`` of a declaration or a parameter."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.sources.trees import Source

MAX_PATTERN = 12
Way = tuple[str | int, ...]


def patterns(module: Source, node: Node, path: Way = ()) -> Iterator[tuple[str, Way, Node | None]]:
    """The names that a pattern binds, with the way to each and its default."""
    if node.type == "identifier":
        yield module.text(node), path, None
    elif node.type == "shorthand_property_identifier_pattern":
        yield module.text(node), (*path, module.text(node)), None
    elif node.type in ("assignment_pattern", "object_assignment_pattern"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        for name, inner, default in patterns(module, left, path) if left is not None else ():
            yield name, inner, default or right
    elif len(path) < MAX_PATTERN:
        for child, step in _parts(module, node):
            yield from patterns(module, child, (*path, *step))


def _parts(module: Source, node: Node) -> Iterator[tuple[Node, Way]]:
    """The patterns inside a pattern, each with its step."""
    if node.type == "pair_pattern":
        key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
        if key is not None and value is not None:
            yield value, (module.text(key).strip("'\""),)
    elif node.type == "object_pattern":
        yield from ((child, ()) for child in node.named_children)
    elif node.type == "array_pattern":
        yield from ((child, (index,)) for index, child in enumerate(node.named_children))
    elif node.type == "rest_pattern" and node.named_children:
        yield node.named_children[0], ("...",)

"""Functions of the languages' own libraries that CDK code computes its values with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.evaluator import Evaluator
from prodworks_cli.sources.cdk.filesystem import FILESYSTEM
from prodworks_cli.sources.cdk.functions import KEYS, MAX_ELEMENTS, PAIRS, VALUES, apply
from prodworks_cli.sources.cdk.operators import instance_of
from prodworks_cli.sources.cdk.values import Bound, Open, join, known, members_of, node, truth, unknown

Standard = Callable[[Evaluator, tuple[Node, ...], Location], Node]


def _of_mapping(method: Any) -> Standard:
    def run(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
        content: Any = arguments[0].content if arguments else None
        if not isinstance(content, Mapping):
            return unknown("members of what is not known", at)
        found: Node = method(evaluator, content, (), at)
        return found

    return run


def _from_entries(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    pairs = arguments[0].items() if arguments else ()
    found = {}
    for pair in pairs:
        key, value = (*pair.items(), None, None)[:2]
        if key is None or value is None or key.text() is None:
            return unknown("entries that are not known", at, present=True)
        found[key.text() or ""] = value
    return node(found, at)


def _assign(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    members: dict[str, Node] = {}
    opened = None
    for argument in arguments:
        members.update(members_of(argument))
        if argument.unknown or isinstance(argument.content, Open):
            opened = "members that are not known"
    return node(Open(members, opened, at) if opened else members, at)


def _variable(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    name = arguments[0].text() if arguments else None
    return arguments[1] if len(arguments) > 1 else unknown(f"environment variable {name or ''}".rstrip(), at)


def _list(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    return node(arguments, at)


def _copy(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    return arguments[0] if arguments else node((), at)


def _from(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    """``Array.from(source, function)``; ``{length: 3}`` is a source without values."""
    if not arguments:
        return node((), at)
    length: Any = arguments[0]["length"].content if isinstance(arguments[0].content, Mapping) else None
    source = arguments[0]
    if isinstance(length, int):
        source = node(tuple(Node(None, at) for _ in range(min(length, MAX_ELEMENTS))), at)
    if len(arguments) < 2 or not isinstance(source.content, tuple):
        return source
    return apply(evaluator, Bound(source, "map"), arguments[1:], at)


def _pairs(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    keys = [a.text() for a in arguments[::2]]
    if None in keys:
        return unknown("a mapping with keys that are not known", at, present=True)
    return node({str(k): v for k, v in zip(keys, arguments[1::2], strict=False)}, at)


def _text(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    try:
        value = known(arguments[0])
    except (LookupError, IndexError):
        return arguments[0] if arguments else Node("", at)
    return Node({True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value), at)


def _flag(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    decided = truth(arguments[0]) if arguments else False
    return unknown("a condition", at) if decided is None else Node(decided, at)


def _number(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    try:
        return Node(int(str(arguments[0].text() or arguments[0].content)), at)
    except (ValueError, IndexError):
        return unknown("a number", at, present=True)


def _either(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    return join(arguments[0], arguments[1], "one of two values") if len(arguments) > 1 else unknown("a value", at)


def _is_instance(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    return instance_of(arguments[0], arguments[1], at) if len(arguments) > 1 else unknown("a condition", at)


STANDARD: Mapping[str, Standard] = {
    "isinstance": _is_instance,
    **FILESYSTEM,
    "Object.keys": _of_mapping(KEYS),
    "Object.values": _of_mapping(VALUES),
    "Object.entries": _of_mapping(PAIRS),
    "Object.fromEntries": _from_entries,
    "Object.assign": _assign,
    "Object.freeze": _copy,
    "Array.from": _from,
    "Set": _copy,
    "set": _copy,
    "list": _copy,
    "dict": _copy,
    "tuple": _copy,
    "String": _text,
    "str": _text,
    "Number": _number,
    "parseInt": _number,
    "int": _number,
    "Boolean": _flag,
    "bool": _flag,
    "List.of": _list,
    "Arrays.asList": _list,
    "java.util.List.of": _list,
    "java.util.Arrays.asList": _list,
    "Map.of": _pairs,
    "java.util.Map.of": _pairs,
    "os.getenv": _variable,
    "os.environ.get": _variable,
    "System.getenv": _variable,
    "JSON.stringify": _copy,
    "json.dumps": _copy,
}

"""Methods of texts, lists and mappings, as the three languages name them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.values import MAX_TEXT, Bound, Closure, Open, concatenated, node, truth, unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator

    Method = Callable[[Evaluator, Any, tuple[Node, ...], Location], Node]

MAX_ELEMENTS = 64
MAPPING_METHODS = ("get", "items", "keys", "values", "update", "put", "containsKey", "set", "has", "entries")


def apply(evaluator: Evaluator, bound: Bound, arguments: tuple[Node, ...], at: Location) -> Node:
    """Call a method of a plain value."""
    content: Any = bound.of.content
    table = _TEXT if isinstance(content, str) else _LIST if isinstance(content, tuple) else _MAPPING
    method = table.get(bound.name)
    if method is None or not isinstance(content, str | tuple | dict):
        return unknown(f"the result of {bound.name}", at)
    try:
        return method(evaluator, content, arguments, at)
    except (LookupError, ValueError, TypeError):
        return unknown(f"the result of {bound.name}", at)


def _texts(run: Callable[..., Any]) -> Method:
    def method(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
        values = [a.content for a in arguments]
        if not all(isinstance(v, str | int) for v in values):
            return unknown("a text made of what is not known", at, present=True)
        made = run(content, *values)
        return node(tuple(Node(x, at) for x in made) if isinstance(made, list) else made, at)

    return method


def _join(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    separator = arguments[0].text() if arguments else ","
    parts: list[str | Node] = []
    for element in content:
        parts += [separator or "", element]
    return concatenated(parts[1:], at)


def _join_python(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    return _join(evaluator, arguments[0].items(), (Node(content, at),), at)


def _map(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    found = [_called(evaluator, arguments[0], e, i, at) for i, e in enumerate(content[:MAX_ELEMENTS])]
    return node(tuple(found), at)


def _flat_map(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    return node(tuple(x for e in _map(evaluator, content, arguments, at).items() for x in e.items()), at)


def _filter(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    kept: list[Node] = []
    for i, element in enumerate(content[:MAX_ELEMENTS]):
        decided = truth(_called(evaluator, arguments[0], element, i, at))
        if decided is None:
            kept.append(unknown("an element that is perhaps filtered out", at))
        elif decided:
            kept.append(element)
    return node(tuple(kept), at)


def _some(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    found = _filter(evaluator, content, arguments, at).items()
    if any(f.unknown is None for f in found):
        return Node(True, at)
    return unknown("an element that is not known", at) if found else Node(False, at)


def _find(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    found = _filter(evaluator, content, arguments, at).items()
    return found[0] if found else Node(None, at)


def _called(evaluator: Evaluator, function: Node, element: Node, i: int, at: Location) -> Node:
    content: Any = function.content
    given = (element, Node(i, at)) if isinstance(content, Closure) else (element,)
    return evaluator.call(content, given, at)


def _concat(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    return node((*content, *(x for a in arguments for x in a.items())), at)


def _includes(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    wanted = arguments[0].content
    if any(e.content == wanted for e in content):
        return Node(True, at)
    if arguments[0].unknown or any(e.unknown for e in content):
        return unknown("membership in what is not known", at)
    return Node(False, at)


def _slice(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    start, end = (*(a.content for a in arguments), None, None)[:2]
    if not all(x is None or isinstance(x, int) for x in (start, end)):
        return unknown("a part of a list", at, present=True)
    return node(content[start:end], at)


def _get(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    key = arguments[0].text()
    found = content.get(key) if key is not None else unknown("a key that is not known", at)
    if found is None or found.content is None:
        return arguments[1] if len(arguments) > 1 else Node(None, at)
    absent = found.unknown is not None and not found.unknown.present
    return arguments[1] if absent and len(arguments) > 1 else found


def _has(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    key = arguments[0].text()
    if key is not None and key in content:
        return Node(True, at)
    return unknown("a key that is not known", at) if key is None or isinstance(content, Open) else Node(False, at)


def _entries(pick: Callable[[str, Node], Any]) -> Method:
    def method(evaluator: Evaluator, content: Any, arguments: tuple[Node, ...], at: Location) -> Node:
        if isinstance(content, Open):
            return unknown(content.reason, at, present=True)
        return node(tuple(node(pick(k, v), v.location) for k, v in content.items()), at)

    return method


PAIRS = _entries(lambda k, v: (Node(k, v.location), v))
KEYS = _entries(lambda k, v: k)
VALUES = _entries(lambda k, v: v.content)

_TEXT: Mapping[str, Method] = {
    "toLowerCase": _texts(str.lower),
    "lower": _texts(str.lower),
    "toUpperCase": _texts(str.upper),
    "upper": _texts(str.upper),
    "trim": _texts(str.strip),
    "strip": _texts(str.strip),
    "toString": _texts(lambda s, *encoding: s),
    "read": _texts(str),
    "replace": _texts(lambda s, a, b: s.replace(a, b, 1)),
    "replaceAll": _texts(str.replace),
    "split": _texts(lambda s, by=" ": s.split(by) if by else list(s)),
    "startsWith": _texts(str.startswith),
    "startswith": _texts(str.startswith),
    "endsWith": _texts(str.endswith),
    "endswith": _texts(str.endswith),
    "includes": _texts(lambda s, part: part in s),
    "contains": _texts(lambda s, part: part in s),
    "concat": lambda e, s, a, at: concatenated([s, *a], at),
    "equals": _texts(lambda s, other: s == other),
    "join": _join_python,
    "charAt": _texts(lambda s, i=0: s[i : i + 1]),
    "slice": _texts(lambda s, a=0, b=None: s[a:b]),
    "substring": _texts(lambda s, a=0, b=None: s[a:b]),
    "repeat": _texts(lambda s, n: s * n if n * len(s) <= MAX_TEXT else s),
    "padStart": _texts(lambda s, n, by=" ": s.rjust(min(n, MAX_TEXT), by) if len(by) == 1 else s),
    "capitalize": _texts(str.capitalize),
    "title": _texts(str.title),
}
_LIST: Mapping[str, Method] = {
    "map": _map,
    "forEach": _map,
    "flatMap": _flat_map,
    "filter": _filter,
    "some": _some,
    "find": _find,
    "join": _join,
    "concat": _concat,
    "includes": _includes,
    "contains": _includes,
    "slice": _slice,
}
_MAPPING: Mapping[str, Method] = {
    "get": _get,
    "has": _has,
    "containsKey": _has,
    "items": PAIRS,
    "entries": PAIRS,
    "keys": KEYS,
    "values": VALUES,
}

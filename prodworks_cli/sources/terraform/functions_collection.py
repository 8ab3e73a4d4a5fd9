"""Functions on lists, sets and mappings. An element that is not known stays in its place as an unknown element."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node, Reference
from prodworks_cli.sources.terraform.operators import truth
from prodworks_cli.sources.terraform.values import (
    MAX_ELEMENTS,
    Unresolved,
    any_of,
    certain,
    counted,
    elements,
    fail,
    mapping,
    needs,
    number,
    same,
    settled,
    text,
)

Function = Callable[[Sequence[Node]], Content]


def _merge(arguments: Sequence[Node]) -> Content:
    members: dict[str, Node] = {}
    for argument in arguments:
        if argument.content is not None:
            members.update(mapping(argument))
    return members


def _concat(arguments: Sequence[Node]) -> Content:
    """Known elements stay visible beside a list that is not known, which becomes one unknown element."""
    return counted(e for a in arguments for e in ((settled(a),) if a.unknown else elements(a)))


def _flatten(arguments: Sequence[Node]) -> Content:
    return counted(_leaves(arguments[0], 0))


def _leaves(node: Node, depth: int) -> Iterator[Node]:
    for element in elements(node):
        if isinstance(element.content, tuple) and depth < 20:
            yield from _leaves(element, depth + 1)
        else:
            yield element


def _lookup(arguments: Sequence[Node]) -> Content:
    members = mapping(arguments[0])
    open_ended = any_of((*members.values(), *arguments[2:3]), arguments[1])
    if open_ended:
        return open_ended.content
    key = text(arguments[1])
    if key in members:
        return members[key].content
    if len(arguments) < 3:
        raise fail(f"there is no key {key}")
    return arguments[2].content


def _coalesce(arguments: Sequence[Node]) -> Content:
    """The first that is neither null nor empty; one that may be null leaves it open which."""
    for argument in arguments:
        unknown = argument.unknown
        if isinstance(argument.content, Reference) or (unknown and unknown.shape):
            return argument.content
        if unknown:
            raise Unresolved(unknown)
        if argument.content not in (None, ""):
            return argument.content
    raise fail("no argument of coalesce has a value")


def _coalescelist(arguments: Sequence[Node]) -> Content:
    for argument in arguments:
        if argument.content is not None and elements(argument):
            return argument.content
    raise fail("no argument of coalescelist has a value")


def _element(arguments: Sequence[Node]) -> Content:
    listed, position = elements(arguments[0]), int(number(arguments[1]))
    if not listed:
        raise fail("there is no such element")
    return listed[position % len(listed)].content


def _length(arguments: Sequence[Node]) -> Content:
    content = needs(arguments[0])
    if isinstance(content, str):
        return len(content)
    if not certain(arguments[0]) and isinstance(content, tuple):
        raise Unresolved(Unknown("number of elements is not known", present=True))
    return len(content) if isinstance(content, Mapping) else len(elements(arguments[0]))


def _contains(arguments: Sequence[Node]) -> Content:
    answers = [same(e, arguments[1]) for e in elements(arguments[0])]
    if True in answers:
        return True
    return Unknown("an element is not known", present=True) if None in answers else False


def _keys(arguments: Sequence[Node]) -> Content:
    members = mapping(arguments[0])
    return tuple(Node(key, members[key].location) for key in sorted(members))


def _values(arguments: Sequence[Node]) -> Content:
    members = mapping(arguments[0])
    return tuple(members[key] for key in sorted(members))


def _compact(arguments: Sequence[Node]) -> Content:
    return tuple(e for e in elements(arguments[0]) if e.content not in (None, ""))


def _distinct(arguments: Sequence[Node]) -> Content:
    """Without repetitions; elements that cannot be compared all stay."""
    kept: list[Node] = []
    seen: set[object] = set()
    for element in elements(arguments[0]):
        if isinstance(element.content, Mapping | tuple | Unknown):
            kept.append(element)
        elif (type(element.content), element.content) not in seen:
            seen.add((type(element.content), element.content))
            kept.append(element)
    return tuple(kept)


def _toset(arguments: Sequence[Node]) -> Content:
    listed = Node(_distinct(arguments), arguments[0].location).items()
    if all(isinstance(e.content, str) for e in listed):
        return tuple(sorted(listed, key=lambda e: str(e.content)))
    return listed


def _tolist(arguments: Sequence[Node]) -> Content:
    return None if arguments[0].content is None else elements(arguments[0])


def _one(arguments: Sequence[Node]) -> Content:
    listed = elements(arguments[0])
    if len(listed) > 1:
        raise fail("more than one element")
    return listed[0].content if listed else None


def _sort(arguments: Sequence[Node]) -> Content:
    return tuple(sorted(elements(arguments[0]), key=text))


def _reverse(arguments: Sequence[Node]) -> Content:
    return elements(arguments[0])[::-1]


def _slice(arguments: Sequence[Node]) -> Content:
    start, end = int(number(arguments[1])), int(number(arguments[2]))
    listed = elements(arguments[0])
    if not 0 <= start <= end <= len(listed):
        raise fail("slice is out of range")
    return listed[start:end]


def _range(arguments: Sequence[Node]) -> Content:
    numbers = [int(number(a)) for a in arguments[:3]]
    if len(numbers) == 3 and not numbers[2]:
        raise fail("step of a range is zero")
    steps = range(*numbers)
    if max(map(abs, numbers)) > 10**9 or len(steps) > MAX_ELEMENTS:
        raise Unresolved(Unknown(f"list of more than {MAX_ELEMENTS} elements", present=True))
    return tuple(Node(step, arguments[0].location) for step in steps)


def _zipmap(arguments: Sequence[Node]) -> Content:
    keys, values = elements(arguments[0]), elements(arguments[1])
    return {text(key): value for key, value in zip(keys, values, strict=False)}


def _setunion(arguments: Sequence[Node]) -> Content:
    return _toset([Node(_concat(arguments), arguments[0].location)])


def _decided(decisive: bool) -> Function:
    """``anytrue`` (one true decides) and ``alltrue`` (one false decides)."""

    def decide(arguments: Sequence[Node]) -> Content:
        answers = [truth(e) for e in elements(arguments[0])]
        if any(a is decisive for a in answers):
            return decisive
        return next((a for a in answers if isinstance(a, Unknown)), not decisive)

    return decide


FUNCTIONS: Mapping[str, tuple[int, Function]] = {
    "alltrue": (1, _decided(decisive=False)),
    "anytrue": (1, _decided(decisive=True)),
    "coalesce": (1, _coalesce),
    "coalescelist": (1, _coalescelist),
    "compact": (1, _compact),
    "concat": (1, _concat),
    "contains": (2, _contains),
    "distinct": (1, _distinct),
    "element": (2, _element),
    "flatten": (1, _flatten),
    "keys": (1, _keys),
    "length": (1, _length),
    "lookup": (2, _lookup),
    "merge": (0, _merge),
    "one": (1, _one),
    "range": (1, _range),
    "reverse": (1, _reverse),
    "setunion": (1, _setunion),
    "slice": (3, _slice),
    "sort": (1, _sort),
    "tolist": (1, _tolist),
    "toset": (1, _toset),
    "values": (1, _values),
    "zipmap": (2, _zipmap),
}

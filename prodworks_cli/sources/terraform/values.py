"""Values of the Terraform language as nodes: what is known, conversions, equality and bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Content, Node, Reference, blocks_in
from prodworks_cli.sources.terraform.expressions import MAX_LEVELS

MAX_NUMBER = 1e100
_NUMERIC = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][-+]?[0-9]{1,2})?")
MAX_ELEMENTS = 10_000
MAX_TEXT = 1_000_000
MAX_NODES = 20_000
HOLE = "${...}"


class Failure(Unknown):
    """A value that Terraform would refuse to compute (a missing key, an index out of range): what ``try`` skips."""


class Unresolved(Exception):
    """Raised by a conversion when the value is not known; carries why."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown


def fail(reason: str) -> Unresolved:
    """The exception that makes an expression a :class:`Failure`."""
    return Unresolved(Failure(reason))


def settled(node: Node) -> Node:
    """The node as adapters see it: a failure is an ordinary unknown."""
    return Node(Unknown(node.content.reason), node.location) if isinstance(node.content, Failure) else node


def needs(node: Node) -> Content:
    """The content of a value that must be known; raises ``Unresolved`` otherwise."""
    if node.unknown:
        raise Unresolved(node.unknown)
    return node.content


def text(node: Node) -> str:
    """A scalar as Terraform converts it to text."""
    content = needs(node)
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, float) and content.is_integer() and abs(content) < 1e15:
        return str(int(content))
    if isinstance(content, str | int | float):
        return str(content)
    raise fail("expected a text, found " + _kind(content))


def number(node: Node) -> int | float:
    """A number, or a text that is one; raises ``Unresolved`` otherwise."""
    content = needs(node)
    if isinstance(content, int | float) and not isinstance(content, bool) and abs(content) < MAX_NUMBER:
        return content
    if isinstance(content, str) and _NUMERIC.fullmatch(content):
        return float(content) if set(content) & set(".eE") else int(content)
    raise fail("expected a number, found " + _kind(content))


def flag(node: Node) -> bool:
    """A boolean, or a text that is one; raises ``Unresolved`` otherwise."""
    content = needs(node)
    known = {"true": True, "false": False}.get(content) if isinstance(content, str) else content
    if isinstance(known, bool):
        return known
    raise fail("expected true or false, found " + _kind(content))


def elements(node: Node) -> tuple[Node, ...]:
    """The elements of a list or set, or the values of a mapping."""
    content = needs(node)
    if isinstance(content, tuple):
        return content
    if isinstance(content, Mapping):
        return tuple(content[key] for key in sorted(content))
    raise fail("expected a list, found " + _kind(content))


def mapping(node: Node) -> Mapping[str, Node]:
    """The members of a mapping; raises ``Unresolved`` otherwise."""
    content = needs(node)
    if isinstance(content, Mapping):
        return content
    raise fail("expected a mapping, found " + _kind(content))


def counted(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """The elements as a tuple of bounded length."""
    kept: list[Node] = []
    for node in nodes:
        if len(kept) == MAX_ELEMENTS:
            raise Unresolved(Unknown(f"list of more than {MAX_ELEMENTS} elements"))
        kept.append(node)
    return tuple(kept)


def joined(parts: Iterable[str], separator: str = "") -> str:
    """The parts as one text of bounded length."""
    listed = list(parts)
    if sum(map(len, listed)) + len(listed) * len(separator) > MAX_TEXT:
        raise Unresolved(Unknown(f"text of more than {MAX_TEXT} characters", present=True))
    return separator.join(listed)


def certain(node: Node) -> bool:
    """Whether a list has a known length: an element that may be absent can stand for none or several."""
    return all(not isinstance(e.content, Unknown) or e.content.present for e in elements(node))


def shape_of(node: Node) -> str:
    """The part of a template that a value contributes, as far as it is known."""
    if isinstance(node.content, Unknown):
        return node.content.shape or HOLE
    try:
        return text(node)
    except Unresolved:
        return HOLE


def written(nodes: Iterable[Node], separator: str = "") -> Content:
    """Texts in a row: one text when all are known, else an unknown with the shape of what is."""
    listed = list(nodes)
    bad = next((n.content for n in listed if isinstance(n.content, Failure) or n.content is None), False)
    if bad is not False:
        return bad if isinstance(bad, Failure) else Failure("null in a template")
    shape = joined(map(shape_of, listed), separator)
    unknown = next((n.unknown for n in listed if n.unknown), None)
    composite = any(isinstance(n.content, Mapping | tuple) for n in listed)
    if unknown or composite:
        reason = unknown.reason if unknown else "text of a structure"
        return Unknown(reason, present=True, shape=shape, blocks=blocks_in(n.content for n in listed))
    return shape


def same(left: Node, right: Node) -> bool | None:
    """Whether two values are equal wherever they are written; ``None`` when that is not known."""
    a, b = left.content, right.content
    if isinstance(a, Reference) and a == b:
        return True
    if isinstance(a, Unknown | Reference) or isinstance(b, Unknown | Reference):
        return _unlike(left, right)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return _all_same(zip(a, b, strict=True)) if len(a) == len(b) else False
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return _all_same((a[k], b[k]) for k in a) if a.keys() == b.keys() else False
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def any_of(values: Iterable[Node], key: Node) -> Node | None:
    """What a key that is not known leads to: what all values agree on, else something; ``None`` for a known key."""
    listed = list(values)
    if key.unknown is None or isinstance(key.content, Failure) or not listed:
        return None
    if all(same(value, listed[0]) for value in listed):
        return listed[0]
    present = all(v.present and (v.unknown is None or v.unknown.present) for v in listed)
    return Node(Unknown(key.unknown.reason, present=present), key.location)


def _all_same(pairs: Iterable[tuple[Node, Node]]) -> bool | None:
    answers = {same(a, b) for a, b in pairs}
    if False in answers:
        return False
    return None if None in answers else True


def _unlike(left: Node, right: Node) -> bool | None:
    """What is known to exist is not null; an ARN, an id and a text with a known part are not empty."""
    known, other = (right, left) if left.unknown else (left, right)
    unknown = other.unknown
    if known.content is None and unknown and unknown.present:
        return False
    if known.content == "" and (_never_empty(other.content) or _never_empty(unknown)):
        return False
    return None


def _never_empty(content: Content) -> bool:
    if isinstance(content, Reference):
        return content.attribute in ("arn", "id")
    return isinstance(content, Unknown) and bool((content.shape or "").replace(HOLE, ""))


# Most values: they hold no others.
_PLAIN = frozenset((str, int, float, bool, type(None), Unknown, Failure, Reference))


def bounded(node: Node) -> Node:
    """The node, or an unknown when writing it out in full would be too much (values that contain others twice)."""
    pending, seen = [(node, 0)], 1
    while pending:
        current, depth = pending.pop()
        content = current.content
        children = content.values() if isinstance(content, Mapping) else content if isinstance(content, tuple) else ()
        seen += len(children)
        if seen > MAX_NODES or (children and depth >= MAX_LEVELS):
            return Node(Unknown("value is too large", present=True), node.location)
        pending += [(child, depth + 1) for child in children if type(child.content) not in _PLAIN]
    return node


def relocated(node: Node, place: Location, beginning: str) -> Node:
    """The value with another place wherever its own begins so; what comes from elsewhere stays."""
    content = node.content
    if isinstance(content, Mapping):
        content = {key: relocated(value, place, beginning) for key, value in content.items()}
    elif isinstance(content, tuple):
        content = tuple(relocated(value, place, beginning) for value in content)
    return Node(content, place if node.location.where.startswith(beginning) else node.location)


def _kind(content: Content) -> str:
    if content is None:
        return "null"
    if isinstance(content, Mapping):
        return "a mapping"
    return "a list" if isinstance(content, tuple) else type(content).__name__

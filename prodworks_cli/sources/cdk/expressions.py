"""What expressions evaluate to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.calls import call_expression
from prodworks_cli.sources.cdk.members import variable
from prodworks_cli.sources.cdk.operators import operate
from prodworks_cli.sources.cdk.statements import MAX_LOOP, elements
from prodworks_cli.sources.cdk.values import (
    BRANCH,
    Closure,
    Frame,
    Open,
    absent,
    concatenated,
    join,
    node,
    truth,
    unknown,
)

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator

    Evaluate = Callable[[Evaluator, Any, Frame], Node]

_LOGICAL = ("??", "||", "&&", "or", "and")
_TO_BOOLEAN = ("===", "==", "!==", "!=", ">", "<", ">=", "<=", "!", "&&")


def _template(ev: Evaluator, e: p.Template, frame: Frame) -> Node:
    parts = [part if isinstance(part, str) else ev.evaluate(part, frame) for part in e.parts]
    return concatenated(parts, e.at)


def _member(ev: Evaluator, e: p.Member, frame: Frame) -> Node:
    return ev.member(ev.evaluate(e.of, frame), e.name, e.at)


def _index(ev: Evaluator, e: p.Index, frame: Frame) -> Node:
    return ev.index(ev.evaluate(e.of, frame), ev.evaluate(e.key, frame), e.at)


def _entries(ev: Evaluator, e: p.Entries, frame: Frame) -> Node:
    members: dict[str, Node] = {}
    opened: str | None = None
    for key, value in e.entries:
        made = ev.evaluate(value, frame)
        if key is None:
            members, opened = _spread(members, opened, made, e)
            continue
        name = ev.evaluate(key, frame).content
        if isinstance(name, str | int | float):
            members[str(name)] = Node(made.content, made.location if _multiline(made, e) else key.at)
        else:
            opened = "a key that is not known"
    return node(Open(members, opened, e.at) if opened is not None else members, e.at)


def _spread(
    members: dict[str, Node], opened: str | None, made: Node, e: p.Entries
) -> tuple[dict[str, Node], str | None]:
    """The members after ``...made``, and why there may be others."""
    if isinstance(made.content, dict):
        reason = made.content.reason if isinstance(made.content, Open) else opened
        return {**members, **made.content}, reason
    if made.content is None or made.content is False:
        return members, opened
    reason = made.unknown.reason if made.unknown else "members that are not known"
    return {k: join(v, unknown(reason, e.at), reason) for k, v in members.items()}, reason


def _multiline(made: Node, e: p.Entries) -> bool:
    return made.location.where == e.at.where and isinstance(made.content, dict | tuple)


def _items(ev: Evaluator, e: p.Items, frame: Frame) -> Node:
    found: list[Node] = []
    for item in e.items:
        if isinstance(item, p.Spread):
            found.extend(ev.evaluate(item.value, frame).items())
        else:
            found.append(ev.evaluate(item, frame))
    return node(tuple(found), e.at)


def _choice(ev: Evaluator, e: p.Choice, frame: Frame) -> Node:
    decided = truth(ev.evaluate(e.test, frame))
    if decided is not None:
        return ev.evaluate(e.yes if decided else e.no, frame)
    with ev.undecided():
        yes, no = ev.evaluate(e.yes, frame), ev.evaluate(e.no, frame)
    return join(yes, no, BRANCH)


def _operation(ev: Evaluator, e: p.Operation, frame: Frame) -> Node:
    """The right side of a logical operator is evaluated only where it may count."""
    left = ev.evaluate(e.left, frame) if e.left is not None else None
    if left is None or e.operator not in _LOGICAL:
        return operate(e.operator, left, ev.evaluate(e.right, frame), e.at)
    if e.operator == "??":
        use_right = left.content is None or absent(left)
        return ev.evaluate(e.right, frame) if use_right else left
    return (_or if e.operator in ("||", "or") else _and)(ev, e, left, frame)


def _or(ev: Evaluator, e: p.Operation, left: Node, frame: Frame) -> Node:
    decided = truth(left)
    if decided is None and absent(left) and not _boolean(e.right):
        return ev.evaluate(e.right, frame)
    if decided is not None:
        return left if decided else ev.evaluate(e.right, frame)
    right = ev.evaluate(e.right, frame)
    if right.content is True:
        return right
    return join(left, right, left.unknown.reason if left.unknown else BRANCH)


def _and(ev: Evaluator, e: p.Operation, left: Node, frame: Frame) -> Node:
    decided = truth(left)
    if decided is not None:
        return ev.evaluate(e.right, frame) if decided else left
    with ev.undecided():
        right = ev.evaluate(e.right, frame)
    if truth(right) is False:
        return right
    reason = left.unknown.reason if left.unknown else BRANCH
    return join(right, node({}, e.at), reason) if isinstance(right.content, dict) else unknown(reason, e.at)


def _boolean(e: p.Expression) -> bool:
    if not isinstance(e, p.Operation):
        return False
    return e.operator in _TO_BOOLEAN or (e.operator == "||" and _boolean(e.right))


def _comprehension(ev: Evaluator, e: p.Comprehension, frame: Frame) -> Node:
    source = ev.evaluate(e.source, frame)
    found = elements(source.content, True, source.location)
    inner = Frame(frame.module, frame.language, {}, frame)
    if found is None or len(found) > MAX_LOOP or e.filtered:
        ev.assign(e.pattern, unknown("an element that is not known", e.at, True), inner, declares=True)
        ev.evaluate(e.result, inner)
        return unknown("a list that is made of what is not known", e.at, present=True)
    made: list[tuple[Any, Node]] = []
    for element in found:
        ev.assign(e.pattern, element, inner, declares=True)
        made.append((ev.evaluate(e.key, inner).content if e.key else None, ev.evaluate(e.result, inner)))
    if e.key is None:
        return node(tuple(value for _, value in made), e.at)
    return node({str(key): value for key, value in made if isinstance(key, str)}, e.at)


def _opaque(ev: Evaluator, e: p.Opaque, frame: Frame) -> Node:
    """What is not read; its parts are, for what they declare."""
    for part in e.parts:
        ev.evaluate(part, frame)
    return unknown(e.reason, e.at)


EVALUATE: Mapping[type[p.Expression], Evaluate] = {
    p.Literal: lambda ev, e, frame: Node(e.value, e.at),
    p.Template: _template,
    p.Name: variable,
    p.Member: _member,
    p.Index: _index,
    p.Call: call_expression,
    p.Entries: _entries,
    p.Items: _items,
    p.Choice: _choice,
    p.Operation: _operation,
    p.Comprehension: _comprehension,
    p.Function: lambda ev, e, frame: node(Closure(e, frame), e.at),
    p.Spread: lambda ev, e, frame: ev.evaluate(e.value, frame),
    p.Opaque: _opaque,
}

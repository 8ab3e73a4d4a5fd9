"""Calls: arguments, parameters, and methods that change a value in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.classes import call_super, instantiate, this_of
from prodworks_cli.sources.cdk.functions import apply
from prodworks_cli.sources.cdk.patterns import names_of
from prodworks_cli.sources.cdk.statements import run
from prodworks_cli.sources.cdk.values import (
    BRANCH,
    Bound,
    ClassValue,
    Closure,
    Construct,
    External,
    Frame,
    Keywords,
    Made,
    Open,
    absent,
    join,
    members_of,
    node,
    unknown,
    updated,
)

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator

_APPENDING = ("push", "append", "add", "extend", "unshift")
_UPDATING = ("update", "put", "set")


def call_expression(ev: Evaluator, e: p.Call, frame: Frame) -> Node:
    """A call as it is written."""
    arguments = _arguments(ev, e, frame)
    if isinstance(e.function, p.Name) and e.function.id == "super":
        # Python's super() is the object itself, seen as its base.
        return this_of(frame) if frame.language == "python" else call_super(ev, arguments, frame, e.at)
    if isinstance(e.function, p.Member) and e.function.name == "__init__":
        return call_super(ev, arguments, frame, e.at)
    content: Any = ev.evaluate(e.function, frame).content
    changed = _changed(ev, e, content, arguments, frame) if isinstance(content, Bound) else None
    return changed if changed is not None else call(ev, content, arguments, e.at)


def _changed(ev: Evaluator, e: p.Call, bound: Bound, arguments: tuple[Node, ...], frame: Frame) -> Node | None:
    """Methods that change a list or a mapping in place."""
    content: Any = bound.of.content
    if not isinstance(e.function, p.Member):
        return None
    if isinstance(content, tuple) and bound.name in _APPENDING:
        added = tuple(x for a in arguments for x in (a.items() if bound.name == "extend" else (a,)))
        ev.assign(e.function.of, node((*content, *added), bound.of.location), frame)
        return Node(None, e.at)
    if isinstance(content, dict) and bound.name in _UPDATING:
        pair = {str(arguments[0].content): arguments[1]} if len(arguments) == 2 else {}
        new = members_of(arguments[0]) if len(arguments) == 1 else pair
        ev.assign(e.function.of, node(updated(content, new), bound.of.location), frame)
        return Node(None, e.at)
    return None


def _arguments(ev: Evaluator, e: p.Call, frame: Frame) -> tuple[Node, ...]:
    found: list[Node] = []
    for argument in e.arguments:
        if isinstance(argument, p.Spread):
            found.extend(ev.evaluate(argument.value, frame).items())
        else:
            found.append(ev.evaluate(argument, frame))
    return (*found, _keywords(ev, e, frame)) if e.keywords else tuple(found)


def _keywords(ev: Evaluator, e: p.Call, frame: Frame) -> Keywords:
    members: dict[str, Node] = {}
    opened = None
    for key, value in e.keywords:
        made = ev.evaluate(value, frame)
        if key is not None:
            members[key] = made
        elif isinstance(made.content, dict):
            members.update(made.content)
        else:
            opened = made
    reason = opened.unknown.reason if opened is not None and opened.unknown else "arguments that are not known"
    return Keywords(Open(members, reason, e.at) if opened is not None else members, e.at)


def call(ev: Evaluator, called: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    """Call any value."""
    if isinstance(called, Closure):
        return enter(ev, called, arguments, at)
    if isinstance(called, ClassValue):
        return instantiate(ev, called, arguments, at)
    of_library = isinstance(called, Bound) and isinstance(called.of.content, External | Made | Construct)
    if isinstance(called, External | Made) or of_library:
        return ev.host.call(ev, called, arguments, at)
    if isinstance(called, Bound):
        return apply(ev, called, arguments, at)
    return _call_unknown(ev, called, arguments, at)


def _call_unknown(ev: Evaluator, called: Any, arguments: tuple[Node, ...], at: Location) -> Node:
    """What is not known may call the functions that it is given."""
    for argument in arguments:
        content: Any = argument.content
        if isinstance(content, Closure):
            lost = tuple(unknown("an argument that is not known", at) for _ in content.function.parameters)
            ev.maybe(lambda c=content, a=lost: bool(enter(ev, c, a, at)) and False)  # type: ignore[misc]
    return unknown(called.reason if isinstance(called, Unknown) else "the result of a call", at)


def enter(ev: Evaluator, closure: Closure, arguments: tuple[Node, ...], at: Location) -> Node:
    """Run a function of the repository."""
    if not ev.may_enter(closure.function):
        return unknown("calls that nest too deeply", at)
    frame = Frame(closure.frame.module, closure.frame.language, {}, closure.frame, closure.this)
    _bind(ev, closure.function, arguments, frame, at)
    with ev.inside(closure.function):
        ended = run(ev, closure.function.body, frame)
    return _result(frame, ended, at)


def _result(frame: Frame, ended: bool, at: Location) -> Node:
    results = frame.returns if ended or not frame.returns else [*frame.returns, Node(None, at)]
    if not results:
        return Node(None, at)
    value = results[0]
    for other in results[1:]:
        value = join(value, other, BRANCH)
    return value


def _bind(ev: Evaluator, function: p.Function, arguments: tuple[Node, ...], frame: Frame, at: Location) -> None:
    keywords = arguments[-1] if arguments and isinstance(arguments[-1], Keywords) else None
    positional = arguments[:-1] if keywords is not None else arguments
    for i, parameter in enumerate(function.parameters):
        value = _parameter(parameter, i, positional, keywords, at)
        if parameter.default is not None and (value.content is None or absent(value)):
            value = ev.evaluate(parameter.default, frame)
        ev.assign(parameter.target, value, frame, declares=True)


def _parameter(
    parameter: p.Parameter, i: int, positional: tuple[Node, ...], keywords: Keywords | None, at: Location
) -> Node:
    if parameter.rest:
        rest = keywords if keywords is not None and i >= len(positional) else node(positional[i:], at)
        return Node(rest.content, at)
    named = names_of(parameter.target)
    if keywords is not None and named and named[0] in members_of(keywords):
        return members_of(keywords)[named[0]]
    return positional[i] if i < len(positional) else Node(None, at)

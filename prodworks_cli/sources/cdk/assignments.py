"""Giving variables, members, elements and patterns their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.classes import declared_members, this_of
from prodworks_cli.sources.cdk.values import Construct, Frame, Instance, Open, absent, like, members_of, node, updated

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator


def assignment(ev: Evaluator, statement: p.Assign, frame: Frame) -> None:
    """``target = value`` as a statement."""
    value = ev.evaluate(statement.value, frame)
    if statement.declares and isinstance(statement.target, p.Name):
        ev.journal.write(frame.variables, statement.target.id, value)
    else:
        assign(ev, statement.target, value, frame, statement.declares)


def assign(ev: Evaluator, target: p.Expression, value: Node, frame: Frame, declares: bool = False) -> None:
    """Give a variable, member or pattern its value."""
    if isinstance(target, p.Operation) and target.operator == "=" and target.left:
        given = value if value.content is not None and not absent(value) else ev.evaluate(target.right, frame)
        assign(ev, target.left, given, frame, declares)
    elif isinstance(target, p.Name):
        _name(ev, target, value, frame, declares)
    elif isinstance(target, p.Member):
        _member(ev, target, value, frame)
    elif isinstance(target, p.Entries):
        _destructure(ev, target, value, frame)
    elif isinstance(target, p.Items):
        for i, element in enumerate(target.items):
            assign(ev, element, ev.index(value, Node(i, value.location), target.at), frame, declares=True)
    elif isinstance(target, p.Index):
        _index(ev, target, value, frame)


def _name(ev: Evaluator, target: p.Name, value: Node, frame: Frame, declares: bool) -> None:
    held = None if declares or frame.language == "python" else frame.holder(target.id)
    this = _implicit_this(target.id, frame) if held is None and not declares else None
    ev.journal.write(this if this is not None else (held or frame).variables, target.id, value)


def _implicit_this(name: str, frame: Frame) -> dict[str, Node] | None:
    this: Any = this_of(frame).content if frame.language == "java" else None
    inside = isinstance(this, Instance) and name in declared_members(this.cls)
    return this.members if inside else None


def _member(ev: Evaluator, target: p.Member, value: Node, frame: Frame) -> None:
    of: Any = ev.evaluate(target.of, frame).content
    if isinstance(of, Instance | Construct):
        ev.journal.write(of.members, target.name, value)
    elif isinstance(of, dict):
        assign(ev, target.of, node(updated(of, {target.name: value}), target.at), frame)


def _index(ev: Evaluator, target: p.Index, value: Node, frame: Frame) -> None:
    of = ev.evaluate(target.of, frame)
    text = ev.evaluate(target.key, frame).text()
    if not isinstance(of.content, dict):
        return
    lost = Open(of.content, "a key that is not known", of.location)
    changed = updated(of.content, {text: value}) if text else lost
    assign(ev, target.of, node(changed, of.location), frame)


def _destructure(ev: Evaluator, target: p.Entries, value: Node, frame: Frame) -> None:
    named: list[str] = []
    for key, inner in target.entries:
        if isinstance(key, p.Literal) and isinstance(key.value, str):
            named.append(key.value)
            assign(ev, inner, ev.member(value, key.value, target.at), frame, declares=True)
        elif key is None:
            rest = {k: v for k, v in members_of(value).items() if k not in named}
            kept = node(like(value.content, rest), value.location) if isinstance(value.content, dict) else value
            assign(ev, inner, kept, frame, declares=True)

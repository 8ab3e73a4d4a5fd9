"""Variables, members and elements: what a name, ``of.name`` and ``of[key]`` are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.classes import lineage, method_of, this_of
from prodworks_cli.sources.cdk.functions import MAPPING_METHODS
from prodworks_cli.sources.cdk.values import (
    Bound,
    ClassValue,
    Closure,
    Construct,
    External,
    Frame,
    Instance,
    Made,
    Namespace,
    node,
    unknown,
)

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator

_SELF = ("this", "self", "cls")
_PACKAGES = ("java", "software", "com", "org")


def variable(ev: Evaluator, e: p.Name, frame: Frame) -> Node:
    """A variable, ``this``, a member of it where Java leaves that out, or what a library brings."""
    held = frame.holder(e.id)
    if held is not None:
        return Node(held.variables[e.id].content, e.at)
    if e.id in _SELF:
        return this_of(frame)
    this: Any = this_of(frame).content
    qualified = e.id[:1].isupper() or e.id in _PACKAGES
    if frame.language == "java" and isinstance(this, Instance) and not qualified:
        return member(ev, node(this, e.at), e.id, e.at)
    return node(External(e.id), e.at)


def member(ev: Evaluator, of: Node, name: str, at: Location) -> Node:
    """``of.name``"""
    content: Any = of.content
    if isinstance(content, Unknown):
        return unknown(content.reason, at)
    if isinstance(content, dict) and (name in content or name not in MAPPING_METHODS):
        found = content.get(name)
        return Node(found.content, at) if found is not None else Node(None, at)
    if isinstance(content, Instance):
        return _of_instance(ev, content, of, name, at)
    if isinstance(content, ClassValue):
        return _of_class(ev, content, name, at)
    if isinstance(content, Namespace):
        return ev.host.exports(content.path).variables.get(name) or unknown(f"{name} is not exported", at)
    if isinstance(content, External | Construct | Made):
        return ev.host.member(ev, of, name, at)
    if name == "length" and isinstance(content, str | tuple):
        return Node(len(content), at)
    return node(Bound(of, name), at)


def _of_instance(ev: Evaluator, instance: Instance, of: Node, name: str, at: Location) -> Node:
    if name in instance.members:
        return Node(instance.members[name].content, at)
    method = method_of(ev, instance.cls, name)
    if method is not None:
        closure = Closure(method[0], method[1].frame, of)
        accessor = name in method[1].definition.members and not method[0].parameters
        return ev.call(closure, (), at) if accessor else node(closure, at)
    found = _inherited_static(ev, instance.cls, name)
    if found is not None:
        return found
    if instance.construct is not None:
        return ev.host.member(ev, node(instance.construct, at), name, at)
    return unknown(f"{name} of {instance.cls.definition.name}", at)


def _inherited_static(ev: Evaluator, cls: ClassValue, name: str) -> Node | None:
    for one in lineage(ev, cls):
        found = _static(ev, one, name) if isinstance(one, ClassValue) else None
        if found is not None:
            return found
    return None


def _static(ev: Evaluator, cls: ClassValue, name: str) -> Node | None:
    return ev.statics.get(id(cls.definition), {}).get(name)


def _of_class(ev: Evaluator, cls: ClassValue, name: str, at: Location) -> Node:
    found = _static(ev, cls, name)
    if found is not None:
        return Node(found.content, at)
    method = method_of(ev, cls, name)
    if method is not None:
        return node(Closure(method[0], method[1].frame, node(cls, at)), at)
    base = next((c for c in lineage(ev, cls) if isinstance(c, External)), None)
    return ev.host.member(ev, node(base, at), name, at) if base else unknown(f"{name} of a class", at)


def index(ev: Evaluator, of: Node, key: Node, at: Location) -> Node:
    """``of[key]``"""
    content: Any = of.content
    if isinstance(key.content, str):
        return member(ev, of, key.content, at)
    if isinstance(content, tuple) and isinstance(key.content, int):
        return content[key.content] if -len(content) <= key.content < len(content) else Node(None, at)
    return unknown("an element that is not known", at, present=False)

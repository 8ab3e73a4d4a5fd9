"""Classes of the repository: what they inherit, and how their objects are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk import program as p
from prodworks_cli.sources.cdk.values import ClassValue, Closure, External, Frame, Instance, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator

CONSTRUCTORS = ("constructor", "__init__")
MAX_LINEAGE = 10


def define_class(ev: Evaluator, statement: p.Class, frame: Frame) -> None:
    """A class becomes a variable; its static members are evaluated at once."""
    made = ClassValue(statement, frame)
    frame.variables[statement.name] = node(made, statement.at)
    inner = Frame(frame.module, frame.language, {}, frame)
    for name, value in statement.statics:
        inner.variables[name] = ev.evaluate(value, inner)
    ev.statics[id(statement)] = inner.variables


def lineage(ev: Evaluator, cls: ClassValue) -> list[ClassValue | External]:
    """A class and those that it extends, the last perhaps of a library."""
    found: list[ClassValue | External] = [cls]
    while isinstance(found[-1], ClassValue) and len(found) < MAX_LINEAGE:
        at = found[-1]
        bases: list[Any] = [ev.evaluate(b, at.frame).content for b in at.definition.bases]
        following = next((b for b in bases if isinstance(b, ClassValue | External)), None)
        if following is None:
            break
        found.append(following)
    return found


def method_of(ev: Evaluator, cls: ClassValue, name: str) -> tuple[p.Function, ClassValue] | None:
    """A method with the class that defines it."""
    for one in lineage(ev, cls):
        if isinstance(one, ClassValue) and name in one.definition.methods:
            return one.definition.methods[name], one
    return None


def constructor_of(cls: ClassValue) -> p.Function | None:
    """The constructor that a class itself defines."""
    names = (*CONSTRUCTORS, cls.definition.name)
    return next((made for n in names if (made := cls.definition.methods.get(n)) is not None), None)


def declared_members(cls: ClassValue) -> tuple[str, ...]:
    """The members that a class declares."""
    return (*cls.definition.members, *(name for name, _ in cls.definition.fields))


def this_of(frame: Frame) -> Node:
    """The object whose method runs in ``frame``."""
    at: Frame | None = frame
    while at is not None and at.this is None:
        at = at.parent
    return at.this if at is not None and at.this is not None else unknown("this", Location(frame.module))


def instantiate(ev: Evaluator, cls: ClassValue, arguments: tuple[Node, ...], at: Location) -> Node:
    """Make an object of a class of the repository."""
    ev.instantiated.add(id(cls.definition))
    this = node(Instance(cls, ""), at)
    _construct(ev, cls, this, arguments, at)
    return this


def _construct(ev: Evaluator, cls: ClassValue, this: Node, arguments: tuple[Node, ...], at: Location) -> None:
    """Run the constructor of a class for an object, after that of its base when it has none of its own."""
    made = constructor_of(cls)
    if made is None:
        _base(ev, cls, this, arguments, at)
        _fields(ev, cls, this)
        return
    _fields(ev, cls, this)
    outer = Frame(cls.frame.module, cls.frame.language, {}, cls.frame, this, owner=cls)
    ev.enter(Closure(made, outer, this), arguments, at)
    content: Any = this.content
    if content.construct is None:
        _base(ev, cls, this, arguments, at)


def _fields(ev: Evaluator, cls: ClassValue, this: Node) -> None:
    instance: Any = this.content
    frame = Frame(cls.frame.module, cls.frame.language, {}, cls.frame, this)
    for name, value in cls.definition.fields:
        instance.members[name] = ev.evaluate(value, frame)


def call_super(ev: Evaluator, arguments: tuple[Node, ...], frame: Frame, at: Location) -> Node:
    """The call of the base's constructor."""
    owner = _owner(frame)
    if owner is not None:
        _base(ev, owner, this_of(frame), arguments, at)
    return Node(None, at)


def _owner(frame: Frame) -> ClassValue | None:
    """The class whose constructor runs in ``frame``."""
    at: Frame | None = frame
    while at is not None and at.owner is None:
        at = at.parent
    return at.owner if at is not None else None


def _base(ev: Evaluator, cls: ClassValue, this: Node, arguments: tuple[Node, ...], at: Location) -> None:
    line = lineage(ev, cls)
    instance: Any = this.content
    if len(line) < 2 or instance.construct is not None:
        return
    base = line[1]
    if isinstance(base, ClassValue):
        _construct(ev, base, this, arguments, at)
    else:
        ev.host.begin(ev, instance, arguments, at)

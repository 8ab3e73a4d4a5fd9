"""Attribute types of the kinds, read from their dataclasses: what a path may name and what a value may be.

A kind writes its attributes with the aliases below. The same declarations type-check rule paths at load, coerce what
adapters read, and encode and decode inventories.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from prodworks_cli.model import Kind, Location, Ref, Unknown
from prodworks_cli.node import Node, Reference


@dataclass(frozen=True)
class To:
    """The kind that a reference leads to."""

    kind: str


class Item(Kind):
    """Base of the elements of a list attribute (a content filter, an IAM statement); not a resource of its own."""

    KIND = ""


Text = str | None | Unknown
Number = int | float | None | Unknown
Flag = bool | None | Unknown
Texts = tuple[str | Unknown, ...] | None | Unknown
Link = Ref | None | Unknown
Links = tuple[Ref | Unknown, ...] | None | Unknown


@dataclass(frozen=True)
class Attribute:
    """One attribute: ``type`` is text, number, flag, item or ref; ``item`` is the class of a list's elements."""

    name: str
    type: str
    many: bool = False
    item: Any = None
    target: str | None = None
    derived: bool = False


_SCALARS: Mapping[type, str] = {str: "text", int: "number", float: "number", bool: "flag", Ref: "ref"}


@cache
def attributes_of(cls: Any) -> Mapping[str, Attribute]:
    """The attributes of a kind or item class by name, derived properties included."""
    known = vars(sys.modules[cls.__module__])
    stored = {f.name: _attribute(f.name, _hint(f.type, known)) for f in fields(cls)}
    derived = {
        name: _attribute(name, _hint(member.fget.__annotations__["return"], member.fget.__globals__), derived=True)
        for base in reversed(cls.__mro__)
        for name, member in vars(base).items()
        if isinstance(member, property) and member.fget
    }
    return {**stored, **derived}


def _hint(written: Any, known: dict[str, Any]) -> Any:
    """The type that an annotation names. Most are an alias: looked up, it need not be compiled and run."""
    if not isinstance(written, str):
        return written
    return known[written] if written in known else eval(written, known)  # noqa: S307 (our own annotations)


def _attribute(name: str, hint: Any, derived: bool = False) -> Attribute:
    target = None
    if get_origin(hint) is Annotated:
        hint, marker = get_args(hint)[:2]
        target = marker.kind
    many = False
    parts = _members(hint)
    for part in parts:
        if get_origin(part) is tuple:
            many = True
            parts = _members(get_args(part)[0])
    known = [p for p in parts if p not in (Unknown, type(None))]
    first = known[0]
    item = first if isinstance(first, type) and issubclass(first, Kind) else None
    return Attribute(name, "item" if item else _SCALARS[first], many, item, target, derived)


def _members(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


@dataclass(frozen=True)
class Draft:
    """A kind or item as an adapter describes it: the class, where it is, and a node, draft or list for each attribute.

    ``identity`` and ``aliases`` are needed for resources, not for items.
    """

    cls: type[Kind]
    location: Location
    attributes: Mapping[str, Drafted]
    identity: str = ""
    aliases: tuple[str, ...] = ()


Drafted = Node | Draft | Ref | Unknown | str | int | float | bool | None | Iterable["Drafted"]


def draft(cls: type[Kind], at: Node | Location, /, **attributes: Drafted) -> Draft:
    """Describe an item (or, with :func:`dataclasses.replace`, a resource) located at a node or a place."""
    return Draft(cls, at.location if isinstance(at, Node) else at, attributes)


def assemble(described: Draft) -> tuple[Kind, dict[str, Location]]:
    """Build the dataclass and the map from attribute paths to locations.

    A value of another type than declared becomes ``Unknown``: hostile or odd input never reaches a rule as text.
    Raises ``TypeError`` when the adapter leaves out an attribute or invents one.
    """
    locations: dict[str, Location] = {}
    return _build(described, "", locations), locations


def _build(described: Draft, path: str, locations: dict[str, Location]) -> Kind:
    cls: Any = described.cls
    specs = attributes_of(cls)
    locations[path] = described.location
    stored = {n for n, s in specs.items() if not s.derived}
    if stored != set(described.attributes):
        raise TypeError(f"{described.cls.__name__}: {sorted(stored ^ set(described.attributes))} missing or unexpected")
    values = {
        name: _field(value, specs[name], f"{path}.{name}" if path else name, locations)
        for name, value in described.attributes.items()
    }
    return cls(**values)  # type: ignore[no-any-return]


def _field(value: Drafted, spec: Attribute, path: str, locations: dict[str, Location]) -> Any:
    if not spec.many:
        return _single(value, spec, path, locations)
    if isinstance(value, Node):
        locations[path] = value.location
        if value.content is None or (isinstance(value.content, Unknown) and not spec.item):
            return value.content
        value = value.items()
    if value is None or isinstance(value, Unknown):
        return value
    elements = value if isinstance(value, Iterable) and not isinstance(value, str) else (value,)
    listed = [e for e in elements if e is not None and not (isinstance(e, Node) and e.content is None)]
    return tuple(_single(e, spec, f"{path}[{i}]", locations) for i, e in enumerate(listed))


def _single(value: Drafted, spec: Attribute, path: str, locations: dict[str, Location]) -> Any:
    if isinstance(value, Draft):
        return _build(value, path, locations)
    if isinstance(value, Node):
        locations[path] = value.location
        value = _content(value, spec)
    if value is None or isinstance(value, Unknown | Ref):
        return value
    return coerce(value, spec)


def _content(node: Node, spec: Attribute) -> Drafted:
    content = node.content
    if isinstance(content, Reference):
        return Ref(spec.target, content.address) if spec.target else content.unresolved()
    if isinstance(content, Mapping | tuple):
        return Unknown(f"expected a {spec.type}, found a {'list' if isinstance(content, tuple) else 'mapping'}", True)
    if isinstance(content, str) and spec.target:
        return Ref(spec.target, content) if content else None
    return content


def coerce(value: object, spec: Attribute) -> Any:
    """A scalar as the declared type; ``"30"`` is a number and ``"true"`` a flag, as IaC and APIs write both."""
    if spec.type == "text" and isinstance(value, str | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if spec.type == "flag":
        known = {"true": True, "false": False}.get(str(value).lower())
        return known if known is not None else Unknown(f"expected true or false, found {type(value).__name__}", True)
    if spec.type == "number" and not isinstance(value, bool):
        return _number(value)
    return Unknown(f"expected a {spec.type}, found {type(value).__name__}", True)


def _number(value: object) -> int | float | Unknown:
    if isinstance(value, int | float):
        return value
    try:
        number = float(str(value))
        return int(number) if number.is_integer() else number
    except (ValueError, OverflowError):
        return Unknown("expected a number, found text", True)

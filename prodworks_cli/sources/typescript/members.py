"""Members of objects, classes, enumerations and modules: what ``x.name`` and ``x[name]`` hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.typescript.kinds import CLASSES, FUNCTIONS
from prodworks_cli.sources.typescript.places import Origin, Site, returned
from prodworks_cli.sources.typescript.syntax import Module, callee_of, string_of

if TYPE_CHECKING:
    from prodworks_cli.sources.typescript.trace import Tracer

MAX_DEPTH = 12
MAX_CHOICES = 200
# Members that one question leads to; the most that were seen are 170.
MAX_ASKED = 2_000


class Members:
    """Finds members of what tracing ends at."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._depth = 0
        self._asked = 0

    def of(self, origin: Origin, name: str) -> tuple[Origin, ...]:
        """A member of a traced expression; unknown where the expression or the member is not written out."""
        if isinstance(origin, Unknown):
            return (origin,)
        self._asked = self._asked + 1 if self._depth else 0
        if self._depth >= MAX_DEPTH or self._asked > MAX_ASKED:
            self._tracer.cut()
            return (Unknown("is defined by itself or through too many steps"),)
        self._depth += 1
        try:
            return self._of(origin, name)
        finally:
            self._depth -= 1

    def _of(self, origin: Site, name: str) -> tuple[Origin, ...]:
        node = origin.node
        if node.type == "program":
            return self._tracer.exported(origin.module, name)
        if node.type == "object":
            return self._of_object(origin, name)
        if node.type == "enum_declaration":
            found = next((v for k, v in enum_members(origin.module, node) if k == name), None)
            return (origin.to(found),) if found is not None else (Unknown(f"{name} is not written out"),)
        if node.type == "array" and name.isdigit():
            items = node.named_children
            return (
                (origin.to(items[int(name)]),) if int(name) < len(items) else (Unknown("an element that is not there"),)
            )
        cls = self.class_of(origin)
        return (
            self.declared(cls, name)
            if cls is not None
            else (Unknown(f"{name} of a value that is computed when the program runs"),)
        )

    def _of_object(self, origin: Site, name: str) -> tuple[Origin, ...]:
        module = origin.module
        spreads: list[Node] = []
        for child in reversed(origin.node.named_children):
            if child.type == "spread_element":
                spreads.append(child.named_children[0])
            elif key_of(module, child) == name:
                value = child.child_by_field_name("value") if child.type == "pair" else child
                if child.type == "shorthand_property_identifier":
                    return self._tracer.named(origin.to(child), name)
                return (origin.to(value),) if value is not None else ()
        found = [m for s in spreads for o in self._tracer.origins(origin.to(s), 8) for m in self.of(o, name)]
        return tuple(found)

    def class_of(self, origin: Site) -> Site | None:
        """The class of the repository that ``new`` instantiates, or that the node itself defines."""
        if origin.node.type in CLASSES:
            return origin
        callee = callee_of(origin.node) if origin.node.type == "new_expression" else None
        found = self._tracer.sites(origin.to(callee), 12) if callee is not None else ()
        return next((c for c in found if c.node.type in CLASSES), None)

    def declared(self, cls: Site, name: str, depth: int = 4) -> tuple[Origin, ...]:
        """What ``this.name`` holds: fields, methods, assignments, parameter properties, then the base class."""
        found = list(self._own(cls, name))
        if not found and depth:
            for base in self._bases(cls):
                found.extend(self.declared(base, name, depth - 1))
        kept = tuple(o for o in found if isinstance(o, Unknown) or o.text not in ("null", "undefined"))
        return kept or tuple(found) or (Unknown(f"member {name} comes from outside the repository"),)

    def _own(self, cls: Site, name: str) -> Iterator[Origin]:
        module, body = cls.module, cls.node.child_by_field_name("body")
        for child in body.named_children if body is not None else ():
            named = child.child_by_field_name("name") or child.child_by_field_name("property")
            value = child.child_by_field_name("value")
            if child.type == "method_definition":
                if module.text(named) == name:
                    getter = any(c.type == "get" for c in child.children)
                    yield from returned(cls.to(child)) if getter else (cls.to(child),)
                elif module.text(named) == "constructor":
                    yield from self._property(cls.to(child), name)
            elif module.text(named) == name and value is not None:
                yield cls.to(value)
        for target in (f"this.{name}", f"this.{name}[]"):
            for statement, right in module.assigned.get(target, ()):
                if module.owner(statement) == cls.node:
                    yield cls.to(right)

    def _property(self, constructor: Site, name: str) -> tuple[Origin, ...]:
        """A constructor's parameter that is also a field: ``constructor(private client: X)``."""
        module = constructor.module
        listed = constructor.node.child_by_field_name("parameters")
        nodes = [n for n in (listed.named_children if listed else ()) if n.type != "comment"]
        for parameter in module.parameters(constructor.node):
            marks = {c.type for c in nodes[parameter.position].children} if parameter.position < len(nodes) else set()
            if parameter.name == name and marks & {"accessibility_modifier", "readonly"}:
                return self._tracer.parameter(constructor, constructor.node, parameter)
        return ()

    def _bases(self, cls: Site) -> Iterator[Site]:
        for child in cls.node.named_children:
            if child.type == "class_heritage":
                clause = next((c for c in child.named_children if c.type == "extends_clause"), child)
                value = clause.child_by_field_name("value") or next(iter(clause.named_children), None)
                if value is not None and value.type in ("identifier", "member_expression"):
                    yield from (o for o in self._tracer.sites(cls.to(value), 8) if o.node.type in CLASSES)

    def computed(self, site: Site) -> tuple[Origin, ...] | None:
        """``x[key]``: the member of a literal key; else what is assigned to ``x[...]``, or any of the members."""
        target, index = site.node.child_by_field_name("object"), site.node.child_by_field_name("index")
        if target is None or index is None or site.text.startswith("process.env"):
            return None
        literal = string_of(site.module, index) or (site.module.text(index) if index.type == "number" else "")
        origins = self._tracer.origins(site.to(target), 12)
        if literal:
            return tuple(m for o in origins for m in self.of(o, literal)) or None
        assigned = site.module.assigned.get(f"{site.module.text(target)}[]", ())
        if assigned:
            return tuple(site.to(right) for _, right in assigned)
        found = [m for o in origins if not isinstance(o, Unknown) for m in self._any(o)]
        return tuple(found) if 0 < len(found) <= MAX_CHOICES else None

    def _any(self, origin: Site) -> Iterator[Origin]:
        if origin.node.type == "object":
            for child in origin.node.named_children:
                value = child.child_by_field_name("value") if child.type == "pair" else None
                if value is not None:
                    yield origin.to(value)


def key_of(module: Module, member: Node) -> str:
    """The key of a member of an object literal; empty for a computed one."""
    if member.type in FUNCTIONS:
        return module.text(member.child_by_field_name("name")).strip("'\"")
    if member.type == "shorthand_property_identifier":
        return module.text(member)
    key = member.child_by_field_name("key")
    return "" if key is None or key.type == "computed_property_name" else module.text(key).strip("'\"")


def enum_members(module: Module, node: Node) -> Iterator[tuple[str, Node]]:
    """Names and values of an enumeration."""
    body = node.child_by_field_name("body")
    for child in body.named_children if body is not None else ():
        name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
        if name is not None and value is not None:
            yield module.text(name).strip("'\""), value

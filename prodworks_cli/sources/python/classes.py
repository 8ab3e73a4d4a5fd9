"""Classes of the repository: what ``self.name`` holds, which class a call instantiates, which method a name means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.python.places import EXTERNAL, MAX_DEPTH, Origin, Site, Tracing
from prodworks_cli.sources.python.syntax import Binding, Module


class Classes:
    """Looks things up in classes; ``tracer`` follows what is found there."""

    def __init__(self, tracer: Tracing) -> None:
        self._tracer = tracer
        self._assignments: dict[int, Mapping[str, Sequence[Binding]]] = {}

    def self_class(self, site: Site, target: Node) -> Site | None:
        """The class when ``target`` is ``self`` or ``cls`` of a method."""
        if site.module.text(target) not in ("self", "cls"):
            return None
        owner = site.module.owner(site.node)
        return site.to(owner) if owner else None

    def class_of(self, origin: Site) -> Site | None:
        """The class of the repository that a call instantiates, or that the node itself defines."""
        if origin.node.type == "class_definition":
            return origin
        if origin.node.type != "call":
            return None
        callee = origin.node.child_by_field_name("function")
        classes = self._tracer.origins(origin.to(callee), MAX_DEPTH // 2) if callee else ()
        return next((c for c in classes if isinstance(c, Site) and c.node.type == "class_definition"), None)

    def member(self, cls: Site, name: str) -> tuple[Origin, ...]:
        """What ``self.name`` holds: assignments in any method, class attributes, properties, then base classes."""
        found: list[Origin] = []
        for current in self.bases(cls):
            found.extend(self._tracer.bound(current, self._assigned(current).get(f"self.{name}", ())))
            found.extend(self._class_attribute(current, name))
            if found:
                break
        kept = tuple(f for f in found if not (isinstance(f, Site) and f.node.type == "none"))
        return kept or tuple(found) or (Unknown(f"attribute {name} {EXTERNAL}"),)

    def _assigned(self, cls: Site) -> Mapping[str, Sequence[Binding]]:
        """What the methods of a class assign to members of their object, by name."""
        if cls.node.id not in self._assignments:
            found: dict[str, list[Binding]] = {}
            for method in _methods(cls.module, cls.node):
                for name, bindings in cls.module.bindings.get(method.id, {}).items():
                    if name.startswith("self."):
                        found.setdefault(name, []).extend(bindings)
            self._assignments[cls.node.id] = found
        return self._assignments[cls.node.id]

    def _class_attribute(self, cls: Site, name: str) -> tuple[Origin, ...]:
        bindings = cls.module.bindings.get(cls.node.id, {}).get(name, ())
        definition = next((b.value for b in bindings if b.value and b.value.type == "function_definition"), None)
        if definition is None:
            return self._tracer.bound(cls, bindings)
        decorated = {cls.module.text(d).split(".")[-1] for d in cls.module.decorators(definition)}
        if decorated & {"property", "cached_property"}:
            return self._tracer.returned(cls.to(definition))
        return (cls.to(definition),)

    def bases(self, cls: Site, depth: int = 4) -> Iterator[Site]:
        """The class and its base classes in the repository."""
        yield cls
        above = cls.node.child_by_field_name("superclasses")
        for base in above.named_children if above and depth else ():
            for origin in self._tracer.origins(cls.to(base), 4) if base.type in ("identifier", "attribute") else ():
                if isinstance(origin, Site) and origin.node.type == "class_definition" and origin.node != cls.node:
                    yield from self.bases(origin, depth - 1)

    def method(self, cls: Site, name: str) -> Site | None:
        """The method that ``name`` means in a class."""
        for current in self.bases(cls):
            for method in _methods(current.module, current.node):
                if current.module.name(method) == name:
                    return current.to(method)
        return None


def _methods(module: Module, cls: Node) -> Iterator[Node]:
    body = cls.child_by_field_name("body")
    for child in body.named_children if body else ():
        definition = child.child_by_field_name("definition") if child.type == "decorated_definition" else child
        if definition is not None and definition.type == "function_definition":
            yield definition

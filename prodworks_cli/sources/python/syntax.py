"""Python files as concrete syntax: the tree, who encloses whom, and which names each scope binds.

tree-sitter reads syntax newer than the interpreter that runs the audit and survives errors; ``ast`` does neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tree_sitter import Node, Parser

from prodworks_cli.model import Location
from prodworks_cli.sources.python.call_syntax import Arguments as Arguments
from prodworks_cli.sources.python.call_syntax import Calls
from prodworks_cli.sources.python.indexed import inside as inside
from prodworks_cli.sources.python.indexed import language

SCOPES = frozenset({"function_definition", "class_definition", "lambda", "module"})
MAX_BYTES = 2_000_000
MODULE_SCOPE = "<module>"
_COLLECTS = ("list_splat_pattern", "dictionary_splat_pattern")
_FUNCTION, _CLASS = frozenset({"function_definition"}), frozenset({"class_definition"})


class Binding(NamedTuple):
    """One place that gives a name a value. ``value`` is ``None`` where the value is no expression (a loop variable).

    ``place`` is the position in an unpacked tuple, ``scope`` the id of the scope that the statement stands in.
    """

    name: str
    statement: Node
    value: Node | None
    scope: int
    place: int | None = None


@dataclass(frozen=True)
class Import:
    """A local name that stands for a module (``name`` is ``None``) or for a name in one."""

    module: str
    name: str | None


class Module(Calls):
    """One parsed file, with what its definitions, imports and bindings mean."""

    def at(self, node: Node) -> Location:
        """The file and line of a node."""
        return Location(self.path, node.start_point[0] + 1)

    def scope(self, node: Node) -> Node:
        """The innermost function, class, lambda or module around a node."""
        return self.around(node, SCOPES) or self.root

    def function(self, node: Node) -> Node | None:
        """The innermost named function around a node."""
        scope = self.around(node, SCOPES)
        while scope is not None and scope.type not in _FUNCTION:
            scope = self.around(scope, SCOPES)
        return scope

    def owner(self, node: Node) -> Node | None:
        """The innermost class around a node."""
        return self.around(node, _CLASS)

    def results(self, function: Node) -> tuple[Node, ...]:
        """The ``return`` and ``yield`` of a function that hand on a value, without those of definitions in it."""
        if function.id not in self._results:
            body = function.child_by_field_name("body")
            nodes = self.outside(body, SCOPES, "return_statement", "yield") if body else ()
            self._results[function.id] = tuple(n for n in nodes if n.named_child_count)
        return self._results[function.id]

    @cached_property
    def _results(self) -> dict[int, tuple[Node, ...]]:
        return {}

    def method_owner(self, function: Node) -> Node | None:
        """The class that a function is a method of."""
        scope = self.scope(function)
        return scope if scope.type == "class_definition" else None

    def name(self, definition: Node) -> str:
        """The name of a function or class."""
        return self.text(definition.child_by_field_name("name"))

    def qualified(self, node: Node, itself: bool = False) -> str:
        """``Class.method`` of the place, ``<module>`` outside any definition."""
        above = [a for a in self.ancestors(node) if a.type in ("function_definition", "class_definition")]
        names = [self.name(a) for a in reversed(above)] + ([self.name(node)] if itself else [])
        return ".".join(names) or MODULE_SCOPE

    def decorators(self, definition: Node) -> tuple[Node, ...]:
        """The decorator expressions of a function or class."""
        above = self.parent(definition)
        if above is None or above.type != "decorated_definition":
            return ()
        return tuple(d.named_children[0] for d in above.children if d.type == "decorator" and d.named_children)

    @cached_property
    def imports(self) -> Mapping[str, Import]:
        """Imported names, wherever in the file they are imported."""
        found: dict[str, Import] = {}
        for node in self.of_type("import_statement"):
            found.update(self._plain_import(node))
        for node in self.of_type("import_from_statement"):
            source = node.child_by_field_name("module_name")
            for name in node.children_by_field_name("name"):
                original, local = self._alias(name)
                found[local] = Import(self.text(source), original)
        return found

    @cached_property
    def dotted(self) -> frozenset[str]:
        """The modules that are imported by their dotted names (``import a.b``)."""
        names = (n for node in self.of_type("import_statement") for n in node.children_by_field_name("name"))
        return frozenset(t for n in names if "." in (t := self.text(n)) and n.type == "dotted_name")

    def _plain_import(self, node: Node) -> Iterator[tuple[str, Import]]:
        for name in node.children_by_field_name("name"):
            original, local = self._alias(name)
            yield (local, Import(original, None)) if original != local else (local.split(".")[0], Import(local, None))

    def _alias(self, node: Node) -> tuple[str, str]:
        if node.type == "aliased_import":
            return self.text(node.child_by_field_name("name")), self.text(node.child_by_field_name("alias"))
        return self.text(node), self.text(node)

    @cached_property
    def wildcards(self) -> tuple[str, ...]:
        """Modules whose names are all imported (``from x import *``)."""
        stars = (self.parent(n) for n in self.of_type("wildcard_import"))
        return tuple(self.text(s.child_by_field_name("module_name")) for s in stars if s)

    @cached_property
    def bindings(self) -> Mapping[int, Mapping[str, Sequence[Binding]]]:
        """Bindings by scope (node id) and name, in source order; ``global`` names count for the module."""
        found: dict[int, dict[str, list[Binding]]] = {}
        outer = {(self.scope(g).id, self.text(n)) for g in self.of_type("global_statement") for n in g.named_children}
        for binding in sorted(self._all_bindings(), key=lambda b: b.statement.start_byte):
            home = self.root.id if (binding.scope, binding.name) in outer else binding.scope
            found.setdefault(home, {}).setdefault(binding.name, []).append(binding)
        return found

    def _all_bindings(self) -> Iterator[Binding]:
        for node in self.of_type("assignment"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None:
                yield from self._targets(left, right, node)
        for node in self.of_type("named_expression"):
            yield self._binding(node.child_by_field_name("name"), node, node.child_by_field_name("value"))
        for node in self.of_type("as_pattern"):
            alias = node.child_by_field_name("alias")
            if alias is not None and node.named_children:
                yield self._binding(alias, node, node.named_children[0])
        for node in self.of_type("for_statement", "for_in_clause", "augmented_assignment"):
            left = node.child_by_field_name("left")
            yield from (self._binding(name, node, None) for name in self._names_in(left))
        for node in self.of_type("function_definition", "class_definition"):
            yield self._binding(node.child_by_field_name("name"), node, node)

    def _targets(self, left: Node, right: Node, statement: Node) -> Iterator[Binding]:
        if left.type in ("pattern_list", "tuple_pattern", "list_pattern"):
            for place, target in enumerate(left.named_children):
                if target.type in ("identifier", "attribute"):
                    yield self._binding(target, statement, right, place)
        elif left.type in ("identifier", "attribute"):
            yield self._binding(left, statement, right)

    def _binding(self, name: Node | None, statement: Node, value: Node | None, place: int | None = None) -> Binding:
        return Binding(self.text(name), statement, value, self.scope(statement).id, place)

    def identifiers(self, node: Node | None) -> tuple[str, ...]:
        """The plain names inside a node."""
        return tuple(map(self.text, self._names_in(node)))

    def _names_in(self, node: Node | None) -> Sequence[Node]:
        if node is None or node.type == "identifier":
            return () if node is None else (node,)
        return self.below(node, "identifier")

    def parameters(self, function: Node) -> tuple[tuple[str, Node | None], ...]:
        """Names and defaults of the parameters, without ``*args`` and ``**kwargs``."""
        if function.id not in self._parameters:
            node = function.child_by_field_name("parameters")
            found = (self._parameter(child) for child in (node.named_children if node else ()))
            self._parameters[function.id] = tuple(p for p in found if p)
        return self._parameters[function.id]

    def defaults(self, function: Node) -> Mapping[str, Node | None]:
        """The parameters of a function by name."""
        if function.id not in self._defaults:
            self._defaults[function.id] = dict(self.parameters(function))
        return self._defaults[function.id]

    @cached_property
    def _defaults(self) -> dict[int, dict[str, Node | None]]:
        return {}

    @cached_property
    def _parameters(self) -> dict[int, tuple[tuple[str, Node | None], ...]]:
        return {}

    def parameter_names(self, function: Node) -> frozenset[str]:
        """The names of all parameters, those of ``*args`` and ``**kwargs`` included."""
        if function.id not in self._parameter_names:
            node = function.child_by_field_name("parameters")
            splats = [_plain(child) for child in (node.named_children if node else ())]
            collected = [s.named_children[0] for s in splats if s.type in _COLLECTS and s.named_children]
            names = (name for name, _ in self.parameters(function))
            self._parameter_names[function.id] = frozenset((*names, *map(self.text, collected)))
        return self._parameter_names[function.id]

    @cached_property
    def _parameter_names(self) -> dict[int, frozenset[str]]:
        return {}

    def _parameter(self, node: Node) -> tuple[str, Node | None] | None:
        if node.type == "identifier":
            return self.text(node), None
        if node.type in ("default_parameter", "typed_default_parameter"):
            return self.text(node.child_by_field_name("name")), node.child_by_field_name("value")
        if node.type == "typed_parameter" and node.named_children and node.named_children[0].type == "identifier":
            return self.text(node.named_children[0]), None
        return None


def _plain(parameter: Node) -> Node:
    """A parameter without its type."""
    typed = parameter.type == "typed_parameter" and parameter.named_children
    return parameter.named_children[0] if typed else parameter


def parse(path: str, data: bytes) -> Module:
    """The syntax tree of one file; never fails, errors are ``ERROR`` nodes in the tree."""
    return Module(path, data, Parser(language()).parse(data))

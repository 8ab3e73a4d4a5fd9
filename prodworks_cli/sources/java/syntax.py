"""Java files as concrete syntax: types, methods, fields and what names hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import tree_sitter_java
from tree_sitter import Language, Node, Parser

from prodworks_cli.sources.trees import Source

METHODS = frozenset({"method_declaration", "constructor_declaration", "compact_constructor_declaration"})
TYPES = frozenset({"class_declaration", "record_declaration", "interface_declaration", "enum_declaration"})
SCOPES = METHODS | {"lambda_expression", "block", "class_body", "program"}


@dataclass(frozen=True)
class Variable:
    """A field, local variable or parameter: its declared type, the node that declares it, and its first value."""

    name: str
    type: str
    node: Node
    value: Node | None


@dataclass(frozen=True, eq=False)
class Module(Source):
    """One parsed Java file."""

    def name(self, definition: Node) -> str:
        """The name of a type, method or variable."""
        return self.text(definition.child_by_field_name("name"))

    def method(self, node: Node) -> Node | None:
        """The innermost method around a node."""
        if node.id not in self._around:
            self._around[node.id] = next((a for a in self.ancestors(node) if a.type in METHODS), None)
        return self._around[node.id]

    @cached_property
    def _around(self) -> dict[int, Node | None]:
        return {}

    @cached_property
    def methods(self) -> Mapping[str, Sequence[Node]]:
        """Declared methods by name."""
        found: dict[str, list[Node]] = {}
        for method in self.of_type("method_declaration"):
            found.setdefault(self.name(method), []).append(method)
        return found

    @cached_property
    def invocations(self) -> Mapping[str, Sequence[Node]]:
        """Invocations by the name of the method."""
        found: dict[str, list[Node]] = {}
        for call in self.of_type("method_invocation"):
            found.setdefault(self.name(call), []).append(call)
        return found

    def owner(self, node: Node) -> Node | None:
        """The innermost type around a node."""
        return next((a for a in self.ancestors(node) if a.type in TYPES), None)

    def qualified(self, node: Node) -> str:
        """``Class.method`` of the place."""
        names = [self.name(a) for a in self.ancestors(node) if a.type in METHODS | TYPES]
        return ".".join(reversed(names)) or "<file>"

    def arguments(self, call: Node) -> tuple[Node, ...]:
        """The arguments of an invocation."""
        given = call.child_by_field_name("arguments")
        return tuple(c for c in given.named_children if "comment" not in c.type) if given is not None else ()

    @cached_property
    def imports(self) -> frozenset[str]:
        """Imported names with their packages; ``package.*`` for all of one."""
        texts = (self.text(n).removeprefix("import").strip(" ;\n\t") for n in self.of_type("import_declaration"))
        return frozenset(t.removeprefix("static ").strip() for t in texts)

    @cached_property
    def variables(self) -> Mapping[str, tuple[Variable, ...]]:
        """All fields, local variables and parameters by name."""
        found: dict[str, list[Variable]] = {}
        for node in self.of_type("field_declaration", "local_variable_declaration", "constant_declaration"):
            type_ = self._type(node)
            for declarator in (c for c in node.named_children if c.type == "variable_declarator"):
                value = declarator.child_by_field_name("value")
                found.setdefault(self.name(declarator), []).append(Variable(self.name(declarator), type_, node, value))
        for node in self.of_type("formal_parameter"):
            found.setdefault(self.name(node), []).append(Variable(self.name(node), self._type(node), node, None))
        return {name: tuple(variables) for name, variables in found.items()}

    def _type(self, node: Node) -> str:
        return self.text(node.child_by_field_name("type")).partition("<")[0]

    @cached_property
    def assigned(self) -> Mapping[str, tuple[Node, ...]]:
        """Values that are assigned to ``name`` or ``this.name``."""
        found: dict[str, list[Node]] = {}
        for node in self.of_type("assignment_expression"):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None:
                found.setdefault(self.text(left).removeprefix("this."), []).append(right)
        return {name: tuple(values) for name, values in found.items()}

    def lookup(self, node: Node, name: str) -> Variable | None:
        """The variable that a name means at a place: the one declared in the innermost enclosing scope."""
        around = [a.id for a in self.ancestors(node)]
        best: tuple[int, Variable] | None = None
        for variable in self.variables.get(name, ()):
            scope = next((a for a in self.ancestors(variable.node) if a.type in SCOPES), self.root)
            if scope.id in around and (best is None or around.index(scope.id) < best[0]):
                best = (around.index(scope.id), variable)
        return best[1] if best else None

    def annotations(self, definition: Node) -> Iterator[tuple[str, Node]]:
        """The annotations of a declaration, by name."""
        for child in definition.children:
            if child.type == "modifiers":
                for mark in child.named_children:
                    if mark.type in ("annotation", "marker_annotation"):
                        yield self.name(mark), mark

    def string(self, node: Node | None) -> str | None:
        """The content of a string literal or text block."""
        if node is None or node.type != "string_literal":
            return None
        text = self.text(node)
        if not text.startswith('"""'):
            return text[1:-1].replace('\\"', '"').replace("\\n", "\n")
        return text[3:-3].lstrip(" \t").removeprefix("\n")


def parse(path: str, data: bytes) -> Module:
    """The syntax tree of one file; never fails, errors are ``ERROR`` nodes in the tree."""
    return Module(path, data, Parser(Language(tree_sitter_java.language())).parse(data))

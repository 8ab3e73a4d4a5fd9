"""TypeScript and JavaScript files as concrete syntax: the tree, who encloses whom, and which names each block binds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from tree_sitter import Language, Node, Parser

from prodworks_cli.sources.trees import Source
from prodworks_cli.sources.typescript.kinds import (
    ASSIGNING,
    BLOCKS,
    CLASSES,
    DECLARING,
    DEFINING,
    FUNCTIONS,
    LEAVES,
    NESTED,
    TOGETHER,
    TRANSPARENT,
)
from prodworks_cli.sources.typescript.nesting import Nesting
from prodworks_cli.sources.typescript.patterns import patterns

MODULE_SCOPE = "<module>"


@dataclass(frozen=True)
class Binding:
    """One place that gives a name a value. ``value`` is ``None`` where it is no expression (a loop variable).

    ``path`` says how a destructuring takes the name out of the value, ``default`` what stands in for an absent one.
    """

    name: str
    value: Node | None
    path: tuple[str | int, ...] = ()
    default: Node | None = None


@dataclass(frozen=True)
class Import:
    """A local name that stands for a module (``name`` is ``*``) or for an export of one."""

    module: str
    name: str


@dataclass(frozen=True)
class Parameter:
    """A name that a parameter binds: the parameter's position and how the name is taken out of it."""

    name: str
    position: int
    path: tuple[str | int, ...]
    default: Node | None
    rest: bool = False


@dataclass(frozen=True, eq=False)
class Module(Source):
    """One parsed file of TypeScript or JavaScript."""

    TOGETHER: ClassVar = TOGETHER

    def block(self, node: Node) -> Node:
        """The innermost block around a node, in which a declaration there is seen."""
        return next((a for a in self.ancestors(node) if a.type in BLOCKS), self.root)

    def function(self, node: Node) -> Node | None:
        """The innermost function around a node that has a name; a callback belongs to the function that passes it."""
        return next((f for f in self._nesting.around(node) if self._function_name(f)), None)

    @cached_property
    def _nesting(self) -> Nesting:
        return Nesting(self.of_type(*FUNCTIONS))

    def _function_name(self, function: Node) -> str:
        if function.id not in self._names:
            self._names[function.id] = self.name(function)
        return self._names[function.id]

    @cached_property
    def _names(self) -> dict[int, str]:
        return {}

    def owner(self, node: Node) -> Node | None:
        """The innermost class around a node."""
        return next((a for a in self.ancestors(node) if a.type in CLASSES), None)

    def name(self, definition: Node) -> str:
        """The name of a function or class: its own, or that of the variable, field or key that holds it."""
        own = definition.child_by_field_name("name")
        if own is not None:
            return self.text(own)
        holder = self.parent(definition)
        while holder is not None and (holder.type in TRANSPARENT or self._wraps(holder, definition)):
            holder = self.parent(holder)
        if holder is None:
            return ""
        if holder.type == "export_statement":
            return "default"
        fields = {"variable_declarator": "name", "pair": "key", "assignment_expression": "left"}
        fields |= {"public_field_definition": "name", "field_definition": "property"}
        named = holder.child_by_field_name(fields.get(holder.type, ""))
        return self.text(named).rpartition(".")[2].strip("'\"") if named is not None else ""

    def _wraps(self, holder: Node, definition: Node) -> bool:
        """``const handler = middy(async () => ...)``: the variable names the function that is passed first."""
        if holder.type == "arguments":
            return bool(holder.named_children) and holder.named_children[0].end_byte >= definition.end_byte
        above = self.parent(holder)
        held = above is not None and above.type in ("variable_declarator", "pair", "export_statement")
        return holder.type == "call_expression" and held

    def qualified(self, node: Node) -> str:
        """``Class.method`` of the place, ``<module>`` outside any definition."""
        names = [self.name(a) for a in self.ancestors(node) if a.type in FUNCTIONS | CLASSES]
        return ".".join(reversed([n for n in names if n])) or MODULE_SCOPE

    @cached_property
    def imports(self) -> Mapping[str, Import]:
        """Imported names, wherever in the file they are imported or required."""
        found: dict[str, Import] = {}
        for node in self.of_type("import_statement"):
            source = string_of(self, node.child_by_field_name("source"))
            for clause in (c for c in node.named_children if c.type == "import_clause"):
                found.update((local, Import(source, name)) for local, name in self._clause(clause))
        for node in self.of_type("variable_declarator"):
            source = self._required(node.child_by_field_name("value"))
            target = node.child_by_field_name("name")
            if source and target is not None:
                names = patterns(self, target)
                found.update((n, Import(source, str(path[0]) if path else "*")) for n, path, _ in names)
        return found

    def _clause(self, clause: Node) -> Iterator[tuple[str, str]]:
        for child in clause.named_children:
            if child.type == "identifier":
                yield self.text(child), "default"
            elif child.type == "namespace_import":
                yield self.text(child.named_children[-1]), "*"
            elif child.type == "named_imports":
                for item in (c for c in child.named_children if c.type == "import_specifier"):
                    name = self.text(item.child_by_field_name("name"))
                    yield self.text(item.child_by_field_name("alias")) or name, name

    def _required(self, value: Node | None) -> str:
        """The module of ``require("m")`` and ``await import("m")``."""
        while value is not None and value.type in TRANSPARENT and value.named_children:
            value = value.named_children[0]
        if value is None or value.type != "call_expression":
            return ""
        callee = self.text(value.child_by_field_name("function"))
        given = self.arguments(value)
        return string_of(self, given[0]) if callee in ("require", "import") and given else ""

    @cached_property
    def bindings(self) -> Mapping[int, Mapping[str, Sequence[Binding]]]:
        """Declarations by block (node id) and name, in source order."""
        found: dict[int, dict[str, list[Binding]]] = {}
        for node in self.of_type(*DECLARING):
            block = node if node.type in BLOCKS else self.block(node)
            for binding in self._declared(node):
                found.setdefault(block.id, {}).setdefault(binding.name, []).append(binding)
        for node in self.of_type(*DEFINING):
            name = self.text(node.child_by_field_name("name"))
            if name:
                found.setdefault(self.block(node).id, {}).setdefault(name, []).append(Binding(name, node))
        return found

    def _declared(self, node: Node) -> Iterator[Binding]:
        if node.type == "variable_declarator":
            target, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        else:
            target = node.child_by_field_name("left" if node.type == "for_in_statement" else "parameter")
            value = None
        for name, path, default in patterns(self, target) if target is not None else ():
            yield Binding(name, value, path, default)

    @cached_property
    def assigned(self) -> Mapping[str, Sequence[tuple[Node, Node]]]:
        """Assignments by the text of their target: ``x``, ``this.x``, and ``x[]`` for a computed member of ``x``."""
        found: dict[str, list[tuple[Node, Node]]] = {}
        for node in self.of_type(*ASSIGNING):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None:
                key = self.text(left)
                if left.type == "subscript_expression":
                    key = f"{self.text(left.child_by_field_name('object'))}[]"
                found.setdefault(key, []).append((node, right))
        return found

    @cached_property
    def _assigned_in(self) -> dict[tuple[int, str], Sequence[tuple[Node, Node]]]:
        return {}

    def assigned_in(self, block: Node, target: str) -> Sequence[tuple[Node, Node]]:
        """The assignments to a target that stand in a block; looked up once for each block."""
        key = (block.id, target)
        if key not in self._assigned_in:
            start, end = block.start_byte, block.end_byte
            found = self.assigned.get(target, ())
            self._assigned_in[key] = [(n, r) for n, r in found if start <= n.start_byte and n.end_byte <= end]
        return self._assigned_in[key]

    @cached_property
    def _left(self) -> dict[int, tuple[Node, ...]]:
        return {}

    def left(self, body: Node) -> tuple[Node, ...]:
        """Where the body of a function returns or yields a value, without the functions and classes in it."""
        if body.id not in self._left:
            self._left[body.id] = tuple(n for n in self._leaving(body) if n.named_children)
        return self._left[body.id]

    def _leaving(self, body: Node) -> Iterator[Node]:
        passed = body.start_byte
        for node in self.below(body, *LEAVES, *NESTED):
            if node.start_byte >= passed and node.id != body.id:
                if node.type in LEAVES:
                    yield node
                else:
                    passed = node.end_byte

    @cached_property
    def calls(self) -> Mapping[str, Sequence[Node]]:
        """Calls and ``new`` expressions by the name of the function, and by those that the first arguments are."""
        found: dict[str, list[Node]] = {}
        for call in self.of_type("call_expression", "new_expression"):
            for name in {last_name(self, n) for n in (callee_of(call), *self.arguments(call)[:2])}:
                found.setdefault(name, []).append(call)
        return found

    def parameters(self, function: Node) -> tuple[Parameter, ...]:
        """The names that the parameters of a function bind."""
        if function.id not in self._parameters:
            self._parameters[function.id] = self._bound_by(function)
        return self._parameters[function.id]

    @cached_property
    def _parameters(self) -> dict[int, tuple[Parameter, ...]]:
        return {}

    def _bound_by(self, function: Node) -> tuple[Parameter, ...]:
        single = function.child_by_field_name("parameter")
        if single is not None:
            return (Parameter(self.text(single), 0, (), None),)
        listed = function.child_by_field_name("parameters")
        nodes = [n for n in (listed.named_children if listed else ()) if n.type != "comment"]
        return tuple(p for position, node in enumerate(nodes) for p in self._parameter(node, position))

    def _parameter(self, node: Node, position: int) -> Iterator[Parameter]:
        target = node.child_by_field_name("pattern") or node
        value = node.child_by_field_name("value")
        rest = target.type == "rest_pattern"
        for name, path, default in patterns(self, target.named_children[0] if rest else target):
            yield Parameter(name, position, path, default if path else default or value, rest)

    def arguments(self, call: Node) -> tuple[Node, ...]:
        """The arguments of a call or ``new`` expression."""
        given = call.child_by_field_name("arguments")
        return tuple(c for c in given.named_children if c.type != "comment") if given is not None else ()


def string_of(module: Module, node: Node | None) -> str:
    """The content of a string literal; empty for anything else."""
    if node is None or node.type != "string":
        return ""
    return "".join(module.text(c) for c in node.named_children)


def last_name(module: Module, node: Node | None) -> str:
    """``c`` of ``a.b.c``, ``a.b?.c`` or ``c``; empty for anything else."""
    if node is not None and node.type == "member_expression":
        return module.text(node.child_by_field_name("property"))
    return module.text(node) if node is not None and node.type == "identifier" else ""


def callee_of(call: Node) -> Node | None:
    """The function of a call, the constructor of a ``new`` expression."""
    return call.child_by_field_name("constructor" if call.type == "new_expression" else "function")


def parse(path: str, data: bytes) -> Module:
    """The syntax tree of one file; never fails, errors are ``ERROR`` nodes in the tree."""
    if path.endswith((".ts", ".mts", ".cts", ".tsx")):
        import tree_sitter_typescript as grammar

        language = grammar.language_tsx() if path.endswith(".tsx") else grammar.language_typescript()
    else:
        import tree_sitter_javascript

        language = tree_sitter_javascript.language()
    return Module(path, data, Parser(Language(language)).parse(data))

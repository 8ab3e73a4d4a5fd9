"""What a Java expression evaluates to, as far as the repository says: builders become mappings of their settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.content import joined, merged, parsed
from prodworks_cli.sources.java.chains import configuring, links, starts_object
from prodworks_cli.sources.java.properties import Properties
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.syntax import Module, Variable
from prodworks_cli.sources.trees import inside

MAX_DEPTH = 24
MAX_STEPS = 400
MAX_CALLERS = 8
# Calls that hand on their first argument, or the object they are called on.
_TRANSPARENT = frozenset(
    {"fromUtf8String", "fromString", "create", "toString", "toJson", "trim", "build", "strip", "stripIndent", "of"}
    | {"fromText"}
    | {"requireNonNull", "writeValueAsString", "fromByteArray", "getBytes", "valueOf", "parseInt", "toJSONString"}
)
_DURATIONS: Mapping[str, float] = {"ofSeconds": 1, "ofMillis": 0.001, "ofMinutes": 60}


class Values:
    """Evaluates expressions. ``environment`` maps a variable to the nodes that IaC sets it to."""

    def __init__(self, repository: Repository, environment: Mapping[str, tuple[Node, ...]]) -> None:
        self.repository = repository
        self._environment = environment
        self.properties = Properties(repository, environment)
        self._depth = 0
        self._steps = 0

    def of(self, module: Module, syntax: Syntax | None) -> Node:
        """The value of an expression, located at the expression."""
        if syntax is None:
            return Node(None, module.at(module.root))
        here = module.at(syntax)
        self._steps = self._steps + 1 if self._depth else 0
        if self._depth >= MAX_DEPTH or self._steps > MAX_STEPS:
            return Node(Unknown("defined through too many steps"), here)
        self._depth += 1
        try:
            return Node(self._evaluate(module, syntax), here)
        finally:
            self._depth -= 1

    def _evaluate(self, module: Module, syntax: Syntax) -> Content:
        kinds: dict[str, Callable[[Module, Syntax], Content]] = {
            "string_literal": lambda m, s: m.string(s),
            "decimal_integer_literal": _number,
            "decimal_floating_point_literal": _number,
            "true": lambda m, s: True,
            "false": lambda m, s: False,
            "null_literal": lambda m, s: None,
            "parenthesized_expression": self._inner,
            "cast_expression": lambda m, s: self.of(m, s.child_by_field_name("value")).content,
            "binary_expression": self._binary,
            "ternary_expression": self._choice,
            "identifier": self._identifier,
            "field_access": self._field,
            "method_invocation": self._invocation,
            "object_creation_expression": lambda m, s: Unknown("an object that is made here", present=True),
        }
        evaluate = kinds.get(syntax.type)
        return evaluate(module, syntax) if evaluate else Unknown("computed when the program runs")

    def _inner(self, module: Module, syntax: Syntax) -> Content:
        return self.of(module, syntax.named_children[0]).content if syntax.named_children else None

    def _binary(self, module: Module, syntax: Syntax) -> Content:
        sides = [self.of(module, syntax.child_by_field_name(f)).content for f in ("left", "right")]
        operator = module.text(syntax.child_by_field_name("operator"))
        if operator == "+" and any(isinstance(s, str) for s in sides):
            return joined(sides)
        if operator == "*" and all(isinstance(s, int) and abs(s) < 1 << 31 for s in sides):
            return int(str(sides[0])) * int(str(sides[1]))
        return Unknown("computed when the program runs", present=True)

    def _choice(self, module: Module, syntax: Syntax) -> Content:
        return merged([self.of(module, syntax.child_by_field_name(f)).content for f in ("consequence", "alternative")])

    def _identifier(self, module: Module, syntax: Syntax) -> Content:
        variable = module.lookup(syntax, module.text(syntax))
        if variable is None:
            return self._inherited(module, module.text(syntax))
        return self.variable(module, variable, syntax)

    def variable(self, module: Module, variable: Variable, use: Syntax) -> Content:
        """The value of a variable: injected, assigned, or passed by callers."""
        injected = self._injected(module, variable.node)
        if injected is not None:
            return injected
        if variable.node.type == "formal_parameter":
            return self._parameter(module, variable)
        values = [v for v in (variable.value, *module.assigned.get(variable.name, ())) if v is not None]
        others = [v for v in values if v.id != use.id and v.start_byte != use.start_byte]
        if not others:
            return Unknown(f"{variable.name} is set when the program runs")
        content = merged([self.of(module, v).content for v in others])
        return self._configured(module, variable, use, content) if isinstance(content, Mapping) else content

    def _configured(self, module: Module, variable: Variable, use: Syntax, content: Mapping[str, Node]) -> Content:
        """A builder in a variable after the statements that configure it: ``builder.maxTokens(5);``."""
        for call in module.of_type("method_invocation"):
            target = call.child_by_field_name("object")
            before = variable.node.end_byte <= call.start_byte and call.end_byte <= use.start_byte
            if before and target is not None and module.text(target) == variable.name:
                given = module.arguments(call)
                if given and module.name(call) not in ("build", "toString", "equals"):
                    value = self._setting(module, given)
                    statement = module.parent(call)
                    certain = statement is not None and _same_block(module, statement, use)
                    sure = value if certain else Node(Unknown("set under a condition"), value.location)
                    content = {**content, module.name(call): sure}
        return content

    def _injected(self, module: Module, declaration: Syntax) -> Content:
        """The value that Spring injects by ``@Value("${key:default}")``; ``None`` without such a mark."""
        mark = next((m for name, m in module.annotations(declaration) if name == "Value"), None)
        literals = (n for n in inside(mark) if n.type == "string_literal") if mark is not None else ()
        text = next((module.string(n) for n in literals), None)
        return self.properties.resolved(text, self.repository.folder(module.path)) if text is not None else None

    def _parameter(self, module: Module, variable: Variable) -> Content:
        """What the callers of the method pass."""
        method = module.parent(module.parent(variable.node) or variable.node)
        if method is None or method.type != "method_declaration":
            return Unknown(f"parameter {variable.name} is passed when the program runs")
        names = [module.name(p) for p in _parameters(method)]
        name, folder = module.name(method), self.repository.folder(module.path)
        every = self.repository.calls_named(name, folder)
        owner = module.owner(method)
        mine = [(m, c) for m, c in every if owner is not None and _called_on(m, c) == module.name(owner)]
        callers = mine or every
        told = bool(mine) or self.repository.definitions_named(name, folder) == 1
        if not told or not 0 < len(callers) <= MAX_CALLERS:
            return Unknown(f"parameter {variable.name} comes from callers that are not followed")
        given = [(m, m.arguments(c)) for m, c in callers]
        position = names.index(variable.name)
        return merged([self.of(m, a[position]).content for m, a in given if position < len(a)])

    def _field(self, module: Module, syntax: Syntax) -> Content:
        holder, name = (
            module.text(syntax.child_by_field_name("object")),
            module.text(syntax.child_by_field_name("field")),
        )
        if holder == "this":
            variable = next((v for v in module.variables.get(name, ()) if v.node.type == "field_declaration"), None)
            return self.variable(module, variable, syntax) if variable else Unknown(f"{name} is not written out")
        if holder == "Region":
            return name.lower().replace("_", "-")
        return self._constant(holder.rpartition(".")[2], name)

    def _constant(self, class_name: str, name: str) -> Content:
        for module in self.repository.classes(class_name):
            for variable in module.variables.get(name, ()):
                if variable.value is not None:
                    return self.of(module, variable.value).content
        return Unknown(f"{name} comes from outside the repository", present=True)

    def _inherited(self, module: Module, name: str) -> Content:
        """A constant that is imported by ``import static``."""
        for item in module.imports:
            holder, _, last = item.rpartition(".")
            if last == name:
                return self._constant(holder.rpartition(".")[2], name)
        return Unknown(f"{name} is not defined in the file")

    def _invocation(self, module: Module, syntax: Syntax) -> Content:
        name, given = module.name(syntax), module.arguments(syntax)
        target = syntax.child_by_field_name("object")
        text = module.text(target)
        environment = self._variable_of(module, syntax, name, text, given)
        if environment is not None:
            return environment
        if text == "Duration" and name in _DURATIONS and given:
            content = self.of(module, given[0]).content
            return content * _DURATIONS[name] if isinstance(content, int | float) else content
        if text in ("Map", "Map.Entry") and name == "of":
            return self._pairs(module, given)
        if name in ("formatted", "format", "replace"):
            return Unknown("a text that is filled in when the program runs", present=True)
        chain = list(links(module, syntax))
        if any(n in ("builder", "toBuilder") for n, _ in chain) or starts_object(module, syntax):
            return self._chain(module, chain)
        if name in _TRANSPARENT:
            return parsed(self.of(module, given[0] if given else target).content)
        if name == "orElse" and given and target is not None:
            first = self.of(module, target).content
            return self.of(module, given[0]).content if first is None else first
        return self._returned(module, syntax, name, text)

    def _variable_of(
        self, module: Module, syntax: Syntax, name: str, target: str, given: tuple[Syntax, ...]
    ) -> Content:
        """An environment variable or system property; ``None`` when the call reads none."""
        reads = (target, name) in (
            ("System", "getenv"),
            ("System.getenv()", "get"),
            ("System.getenv()", "getOrDefault"),
        )
        if not (reads or (target, name) == ("System", "getProperty")) or not given:
            return None
        key = module.string(given[0]) or ""
        declared = self._environment.get(key, ())
        if declared:
            return merged([d.content for d in declared])
        if len(given) > 1:
            return self.of(module, given[1]).content
        return Unknown(f"environment variable {key} is set outside the repository")

    def _returned(self, module: Module, syntax: Syntax, name: str, target: str) -> Content:
        """What the only method of that name in the class returns."""
        methods = module.methods.get(name, ())
        if target not in ("", "this") or len(methods) != 1:
            return Unknown(f"{name} is computed when the program runs")
        returns = (
            n for n in inside(methods[0], "lambda_expression") if n.type == "return_statement" and n.named_children
        )
        return merged([self.of(module, r.named_children[0]).content for r in returns])

    def _pairs(self, module: Module, given: tuple[Syntax, ...]) -> Content:
        keys = [self.of(module, k).content for k in given[::2]]
        values = [self.of(module, v) for v in given[1::2]]
        return {str(k): v for k, v in zip(keys, values, strict=False) if isinstance(k, str)}

    def _chain(self, module: Module, chain: list[tuple[str, Syntax]]) -> Content:
        """The settings of a builder, by the names of the methods that set them; ``put`` adds a key of a JSON object."""
        members: dict[str, Node] = {}
        for name, call in chain:
            given = module.arguments(call)
            if name in ("put", "addProperty", "set") and len(given) == 2:
                key = module.string(given[0])
                members.update({key: self.of(module, given[1])} if key else {})
            elif given and name not in ("builder", "build", "toBuilder"):
                members[name] = self._setting(module, given)
        return members

    def _setting(self, module: Module, given: tuple[Syntax, ...]) -> Node:
        """The value of a setting; a lambda configures a builder of its own."""
        if given[0].type == "lambda_expression":
            return Node(self._chain(module, list(configuring(module, given[0]))), module.at(given[0]))
        return self.of(module, given[0])

    def of_arguments(self, module: Module, given: tuple[Syntax, ...]) -> Node:
        """The request of a call: a builder, a variable that holds one, or a lambda that configures one."""
        return self._setting(module, given) if given else Node(None, module.at(module.root))


def _called_on(module: Module, call: Syntax) -> str:
    """The class whose method is called: by its name, or by the declared type of the object."""
    target = call.child_by_field_name("object")
    name = module.text(target).removeprefix("this.")
    variable = module.lookup(call, name) if target is not None else None
    return variable.type.rpartition(".")[2] if variable is not None else name


def _parameters(method: Syntax) -> list[Syntax]:
    listed = method.child_by_field_name("parameters")
    return [c for c in listed.named_children if c.type == "formal_parameter"] if listed is not None else []


def _same_block(module: Module, statement: Syntax, use: Syntax) -> bool:
    block = next((a for a in module.ancestors(statement) if a.type == "block"), None)
    return block is not None and any(a.id == block.id for a in module.ancestors(use))


def _number(module: Module, syntax: Syntax) -> Content:
    text = module.text(syntax).replace("_", "").rstrip("lLfFdD")
    try:
        return json.loads(text)  # type: ignore[no-any-return]
    except ValueError:
        return Unknown("not a plain number")

"""One evaluated module: its variables, locals, resources, outputs and the modules it calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prodworks_cli.model import Gap, Location, Unknown
from prodworks_cli.node import Block, Content, Node, Reference, node_of
from prodworks_cli.sources.terraform import expressions as x
from prodworks_cli.sources.terraform.bodies import Instance, Instances, body_node, instances
from prodworks_cli.sources.terraform.calls import Call, Caller
from prodworks_cli.sources.terraform.constraints import conform
from prodworks_cli.sources.terraform.evaluation import Scope, evaluate
from prodworks_cli.sources.terraform.known_modules import PREFIX, known_module
from prodworks_cli.sources.terraform.plan import without_keys
from prodworks_cli.sources.terraform.project import Folder, Project, local_folder
from prodworks_cli.sources.terraform.providers import (
    DEFAULT,
    Provider,
    named_provider,
    provider_of,
    with_provider,
)
from prodworks_cli.sources.terraform.values import Failure, bounded, settled

MAX_MODULE_DEPTH = 10
MAX_MODULES = 2000
_ENVIRONMENT = ("aws_caller_identity", "aws_region", "aws_partition")

Resolved = tuple[Content, tuple[x.Step, ...]]


class Module:
    """A folder evaluated with one set of arguments. ``prefix`` starts the address of everything in it."""

    def __init__(self, project: Project, directory: str, prefix: str, caller: Caller | None = None) -> None:
        self.project = project
        self.directory = directory
        self.prefix = prefix
        self.root: str = caller.module.root if caller else directory
        self._caller = caller
        self._folder: Folder = project.folders[directory]
        self._scope = Scope(self, project.budget, {})
        self._may_be_absent = bool(caller and caller.conditional)
        self._calls: dict[str, Call] = {}
        self._copies: dict[str, Instances] = {}
        self._providers: dict[str, Provider] = {}
        project.reached.add(directory)
        project.modules += 1

    # Names in expressions

    def resolve(self, name: str, steps: tuple[x.Step, ...], scope: Scope) -> Resolved | None:
        """The value a traversal starts with; see ``evaluation.Names``."""
        first, second = (*(s.name if isinstance(s, x.Attribute) else "" for s in steps[:2]), "", "")[:2]
        if name == "terraform" and first == "workspace":
            return self.project.workspace or Unknown("the workspace is not known", present=True), ()
        if name in ("path", "terraform", "self", "each", "count"):
            return Unknown(f"{name} is known after deployment", present=True), ()
        if name in ("var", "local") and first:
            read = self._variable if name == "var" else self._local
            return read(first).content, steps[1:]
        if name == "module" and first:
            return self._output_of(first, steps[1:])
        if name == "data" and first in _ENVIRONMENT:
            return Unknown(f"data.{first}.{second} is known after deployment", present=True), ()
        if name == "data":
            return self._declared(f"data.{first}.{second}"), steps[2:]
        return (self._declared(f"{name}.{first}"), steps[1:]) if first else None

    def argument(self, address: str, name: str) -> Content:
        """A known argument of a declared block, or a reference to its attribute; see ``evaluation.Names``."""
        module, syntax, scope, _ = self.project.declared[address]
        if name not in syntax.body.arguments:
            return Reference(address, name)
        content = module.known_argument(address, syntax, scope, name).content
        return Reference(address, name) if content is None or isinstance(content, Unknown) else content

    def conditional(self, address: str) -> bool:
        """Whether the block may not be created."""
        return self.project.declared[address][3]

    def file(self, path: str) -> str | None:
        """The text of a tracked file, or ``None``."""
        found = self.project.texts.get(path)
        return found.text if found else None

    def known_argument(self, address: str, syntax: x.BlockSyntax, scope: Scope, name: str) -> Node:
        """The value of an argument of a block, computed once."""
        written = syntax.body.arguments[name]
        return self.project.once((address, name), written.at, lambda: settled(evaluate(written.value, scope)))

    def _once(self, kind: str, name: str, at: Location, compute: Callable[[], Node]) -> Node:
        return self.project.once((self.prefix, f"{kind}.{name}"), at, compute)

    def _local(self, name: str) -> Node:
        written = self._folder.locals.get(name)
        if written is None:
            return Node(Unknown(f"local {name} is not declared"), Location(self.directory))
        return self._once("local", name, written.at, lambda: evaluate(written.value, self._scope))

    def _variable(self, name: str) -> Node:
        declared = self._folder.variables.get(name)
        if declared is None:
            return Node(Unknown(f"variable {name} is not declared"), Location(self.directory))
        return self._once("var", name, Location(self.directory), lambda: self._given(name, declared))

    def _given(self, name: str, declared: x.Body) -> Node:
        """What the caller or a values file gives, else the default, as the declared type holds it."""
        node = self._caller.argument(name) if self._caller else self._value_file(name)
        default = declared.arguments.get("default")
        nullable = declared.arguments.get("nullable")
        refused = nullable is not None and evaluate(nullable.value, self._scope).content is False
        if default and (node is None or (node.content is None and refused)):
            node = evaluate(default.value, self._scope)
        if node is None:
            return Node(Unknown(f"variable {name} has no value in the repository"), Location(self.directory))
        constraint = declared.arguments.get("type")
        return conform(node, constraint.value, self._evaluate) if constraint else node

    def _value_file(self, name: str) -> Node | None:
        plan = self.project.plans.get(self.directory)
        if plan and name in plan.variables:
            return node_of(plan.variables[name], Location(plan.path))
        written = self._folder.values.get(name)
        return evaluate(written.value, self._scope) if written else None

    def _evaluate(self, expression: x.Expression) -> Node:
        return evaluate(expression, self._scope)

    # Resources

    def _declared(self, key: str) -> Content:
        syntax = self._folder.blocks.get(key)
        if syntax is None:
            return Unknown(f"{key} is not declared in this module")
        copies = self._instances(key, syntax)
        return copies.value(lambda copy: Reference(f"{self.prefix}{key}{copy.suffix}", ""), syntax.at)

    def _instances(self, key: str, syntax: x.BlockSyntax) -> Instances:
        """The copies of a block; while they are being found it stands for one, so that a cycle ends."""
        if key not in self._copies:
            self._copies[key] = Instances((Instance("", {}),))
            self._register(key, syntax, self._copies[key])
            self._copies[key] = instances(syntax.body, self._scope)
            self._register(key, syntax, self._copies[key])
        return self._copies[key]

    def _register(self, key: str, syntax: x.BlockSyntax, copies: Instances) -> None:
        absent = copies.conditional or self._may_be_absent
        for copy in copies.copies:
            scope = self._scope.bind(copy.bound)
            self.project.declared[f"{self.prefix}{key}{copy.suffix}"] = (self, syntax, scope, absent)

    # Modules that this one calls

    def _output_of(self, name: str, steps: tuple[x.Step, ...]) -> Resolved:
        syntax = self._folder.calls.get(name)
        if syntax is None:
            return Unknown(f"module {name} is not declared"), ()
        call = self._call(name, syntax)
        if call.missing:
            return Unknown(call.missing), ()
        if not call.copies.by or call.copies.open:
            steps = steps[1:] if steps and isinstance(steps[0], x.Index) else steps
            if steps and isinstance(steps[0], x.Splat):
                return Unknown(f"module {name} may not be created"), ()
            if steps and isinstance(steps[0], x.Attribute):
                return next(iter(call.modules.values())).output(steps[0].name), steps[1:]
        return call.copies.value(lambda copy: call.modules[copy.suffix].outputs(), syntax.at), steps

    def output(self, name: str) -> Content:
        """The value of one output, as seen by the caller."""
        written = self._folder.outputs.get(name)
        if written is None and self.directory.startswith(PREFIX):
            return Unknown(f"output {name} of a module that is not in this repository")
        if written is None:
            return Failure(f"there is no output {name}")
        return self._once("output", name, written.at, lambda: evaluate(written.value, self._scope)).content

    def outputs(self) -> Content:
        """All outputs as one mapping."""
        return {name: Node(self.output(name), written.at) for name, written in self._folder.outputs.items()}

    def _call(self, name: str, syntax: x.BlockSyntax) -> Call:
        if name not in self._calls:
            self._calls[name] = Call(Instances(()), {}, f"module {name} refers to itself")
            self._calls[name] = self._called(name, syntax)
        return self._calls[name]

    def _called(self, name: str, syntax: x.BlockSyntax) -> Call:
        given = self._literal(syntax, "source")
        directory, problem = self._find(name, given)
        hidden = None
        if problem:
            hidden = self.project.module_gap(syntax.at, problem, (problem, *syntax.body.arguments))
            known = known_module(given or "", self._literal(syntax, "version"))
            if known is None or len(self.callers()) > MAX_MODULE_DEPTH or self.project.modules >= MAX_MODULES:
                return Call(Instances(()), {}, problem, hidden)
            directory, hidden = self.project.describe(known, hidden)
        self.project.reached.add(directory)
        copies = instances(syntax.body, self._scope)
        absent = copies.conditional or self._may_be_absent
        modules = {}
        for copy in copies.copies:
            caller = Caller(self, syntax, self._scope.bind(copy.bound), absent)
            prefix = f"{self.prefix}module.{name}{copy.suffix}."
            modules[copy.suffix] = Module(self.project, directory, prefix, caller)
        return Call(copies, modules, gap=hidden)

    def _literal(self, syntax: x.BlockSyntax, name: str) -> str | None:
        written = syntax.body.arguments.get(name)
        return evaluate(written.value, self._scope).text() if written else None

    def _find(self, name: str, source: str | None) -> tuple[str, str | None]:
        """The folder of a called module, or why there is none."""
        directory = local_folder(self.directory, source or "")
        if directory is None or directory not in self.project.folders:
            return "", f"module {name} is not in this repository ({source or 'source is not a literal'})"
        above = self.callers()
        if directory in above:
            return "", f"module {name} calls itself ({source})"
        if len(above) > MAX_MODULE_DEPTH or self.project.modules >= MAX_MODULES:
            return "", f"module {name} is one of too many modules"
        return directory, None

    def callers(self) -> list[str]:
        """This folder and those of the modules above it."""
        return [self.directory, *(self._caller.module.callers() if self._caller else [])]

    # Result

    def collect(self) -> None:
        """Add the blocks of this module, then of those it calls, to the project."""
        for key, syntax in self._folder.blocks.items():
            for copy in self._instances(key, syntax).copies:
                self.project.blocks.append(self._block(key, syntax, copy))
        for name, syntax in self._folder.calls.items():
            for module in self._call(name, syntax).modules.values():
                module.collect()

    def _block(self, key: str, syntax: x.BlockSyntax, copy: Instance) -> Block:
        address = f"{self.prefix}{key}{copy.suffix}"
        scope = self._scope.bind(copy.bound)
        body = body_node(syntax.body, scope, syntax.at, lambda name: self.known_argument(address, syntax, scope, name))
        kind = f"data.{syntax.labels[0]}" if syntax.type == "data" else syntax.labels[0]
        absent = self._copies[key].conditional or self._may_be_absent
        if self._caller and self.directory.startswith(PREFIX):
            body = self._caller.placed(body, syntax, self._folder.locals)
        named = named_provider(syntax.body.arguments.get("provider"))
        body = with_provider(kind, body, self.provider(named or DEFAULT))
        return Block(kind, address, bounded(body), absent)

    def provider(self, key: str) -> Provider | None:
        """The settings of a provider as this module names it, its own or its caller's; ``None`` when not declared."""
        written = self._folder.providers.get(key)
        if written is None:
            return self._caller.provider(key) if self._caller else None
        if key not in self._providers:
            self._providers[key] = provider_of(written, self._scope)
        return self._providers[key]

    def hidden(self) -> Iterator[tuple[str, Location, Gap | None]]:
        """Each module block below, by its address without keys: where it is, and what hides the module."""
        for name, syntax in self._folder.calls.items():
            call = self._call(name, syntax)
            yield without_keys(f"{self.prefix}module.{name}"), syntax.at, call.gap
            for module in call.modules.values():
                yield from module.hidden()

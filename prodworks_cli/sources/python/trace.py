"""Where a value comes from: through names, imports, parameters, attributes and functions of the repository."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.python.callers import Callers
from prodworks_cli.sources.python.classes import Classes
from prodworks_cli.sources.python.places import (
    EXTERNAL,
    MAX_ACTIVE,
    MAX_CALLERS,
    MAX_DEPTH,
    MAX_FRAMES,
    MAX_ORIGINS,
    RUNNERS,
    Frame,
    Held,
    Origin,
    Site,
    held_in,
    is_entry,
    looked_up,
    reaching_bindings,
)
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Arguments, Binding, Module


class Tracer:
    """Steps from an expression to the expressions that give it its value."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.classes = Classes(self)
        self.callers = Callers(repository, self).of
        self._steps: dict[object, tuple[Origin, ...] | None] = {}
        self._names: dict[int, Held | None] = {}
        self._origins: dict[object, tuple[Origin, ...]] = {}
        # The steps that are being taken, by how many are around each; and the outermost of them that was met again.
        self._active: dict[object, int] = {}
        self._met = MAX_ACTIVE
        self._budget = repository.budget
        self._start = 0
        self._by_type: dict[str, Callable[[Site], tuple[Origin, ...] | None]] = {
            "identifier": self._identifier,
            "attribute": self._attribute,
            "call": self._call,
            "await": _inner,
            "parenthesized_expression": _inner,
            "conditional_expression": _branches,
            "boolean_operator": _operands,
            "named_expression": lambda s: _field(s, "value"),
            "as_pattern": _inner,
        }

    def origins(self, site: Site, depth: int = MAX_DEPTH) -> tuple[Origin, ...]:
        """The expressions at which tracing ends: literals, calls out of the repository, definitions."""
        key = (site.key, depth)
        if key in self._origins:
            return self._origins[key]
        around = len(self._active)
        met, self._met = self._met, MAX_ACTIVE
        result = self._traced(site, depth)
        if self._met >= around:
            self._origins[key] = result
        self._met = min(met, self._met)
        return result

    def _traced(self, site: Site, depth: int) -> tuple[Origin, ...]:
        found: dict[object, Origin] = {}
        level: list[Origin] = [site]
        while level:
            deeper: list[Origin] = []
            for origin in level:
                if len(found) > MAX_ORIGINS:
                    return tuple(found.values())
                following = self.step(origin) if depth and isinstance(origin, Site) else None
                if following is None:
                    found.setdefault(_key(origin), origin)
                else:
                    deeper += following
            level, depth = deeper, depth - 1
        return tuple(found.values())

    def sites(self, site: Site) -> tuple[Site, ...]:
        """The origins that are expressions, without ``None``."""
        return tuple(o for o in self.origins(site) if isinstance(o, Site) and o.node.type != "none")

    def step(self, site: Site) -> tuple[Origin, ...] | None:
        """The expressions that one expression takes its value from; ``None`` when it stands for itself."""
        take = self._by_type.get(site.node.type)
        if take is None:
            return None
        key = site.key
        if key in self._steps:
            return self._steps[key]
        around = len(self._active)
        if not around:
            self._start = self._budget.steps
        self._budget.spend()
        if key in self._active or around > MAX_ACTIVE or self._budget.too_many_since(self._start):
            self.cut(self._active.get(key, 0))
            return (Unknown("is defined by itself or through too many steps"),)
        self._active[key] = around
        met, self._met = self._met, MAX_ACTIVE
        result = take(site)
        del self._active[key]
        if self._met >= around:  # what had to do without a step around it holds only there
            self._steps[key] = result
        self._met = min(met, self._met)
        return result

    @property
    def depth(self) -> int:
        """How many steps are being taken, each for the sake of the one before."""
        return len(self._active)

    def cut(self, depth: int) -> None:
        """Tells that the answer to what began at a depth was needed to answer itself, and was left out."""
        self._met = min(self._met, depth)

    def _identifier(self, site: Site) -> tuple[Origin, ...]:
        key = site.node.id
        if key not in self._names:
            self._names[key] = looked_up(site)
        held = self._names[key]
        return self._imported(site, site.text) if held is None else self._held(site, held)

    def _held(self, site: Site, held: Held) -> tuple[Origin, ...]:
        reaching, function = held
        found = self.bound(site, reaching)
        return (*found, *self.parameter(site, function, site.text)) if function is not None else found

    def bound(self, site: Site, bindings: Sequence[Binding]) -> tuple[Origin, ...]:
        """The values that bindings give."""
        return tuple(o for b in bindings for o in self._binding(site, b))

    def _binding(self, site: Site, binding: Binding) -> tuple[Origin, ...]:
        if binding.value is None:
            return (Unknown(f"{binding.name} changes while the program runs"),)
        value = site.to(binding.value)
        if binding.place is None:
            return (value,)
        return tuple(self._element(o, binding.place) for o in self.origins(value))

    def _element(self, origin: Origin, index: int) -> Origin:
        if isinstance(origin, Site) and origin.node.type in ("tuple", "list", "expression_list"):
            items = origin.node.named_children
            return origin.to(items[index]) if index < len(items) else Unknown("unpacked from a shorter tuple")
        return Unknown("unpacked from a value that is not written out")

    def _imported(self, site: Site, name: str) -> tuple[Origin, ...]:
        item = site.module.imports.get(name)
        target = self.repository.imported(item, site.module) if item else None
        if target is not None:
            module, member = target
            return (Site(module, module.root),) if member is None else self.exported(module, member)
        if item is None:
            for dotted in site.module.wildcards:
                module_found = self.repository.find(dotted, site.module)
                if module_found and name in module_found.bindings.get(module_found.root.id, {}):
                    return self.exported(module_found, name)
        return (Unknown(f"{name} {EXTERNAL}" if item else f"{name} is not defined in the file"),)

    def exported(self, module: Module, name: str) -> tuple[Origin, ...]:
        """A module's global by name, through re-exports."""
        bindings = module.bindings.get(module.root.id, {}).get(name)
        if bindings:
            return self.bound(Site(module, module.root), reaching_bindings(Site(module, module.root), bindings))
        item = module.imports.get(name)
        target = self.repository.imported(item, module) if item else None
        if target and target[1] and target[0] is not module:
            return self.exported(target[0], target[1])
        return (Unknown(f"{name} {EXTERNAL}"),)

    def parameter(self, site: Site, function: Node, name: str) -> tuple[Origin, ...]:
        """What a parameter holds: the argument of the call that was entered, else those of all callers."""
        for frame in site.frames:
            if frame.function == function.id:
                return (self._argument(site, function, name, frame.arguments, frame.site),)
        callers = self.callers(site.module, function)
        if not callers:
            default = site.module.defaults(function).get(name)
            if default is not None and not is_entry(site.module, function):
                return (site.to(default),)
            return (Unknown(f"parameter {name} {EXTERNAL}"),)
        if len(callers) > MAX_CALLERS or len(site.frames) >= MAX_FRAMES:
            return (Unknown(f"parameter {name} has too many callers to follow"),)
        return tuple(self._argument(site, function, name, given, caller) for caller, given in callers)

    def _argument(self, site: Site, function: Node, name: str, given: Arguments, caller: Site) -> Origin:
        parameters = site.module.parameters(function)
        names = [n for n, _ in parameters]
        bound_method = bool(names) and names[0] in ("self", "cls")
        value = given.get(name, names.index(name) - bound_method if name in names else None)
        if value is not None and value.type not in ("list_splat",):
            return caller.to(value)
        default = dict(parameters).get(name)
        if given.splats or any(p.type == "list_splat" for p in given.positional):
            return Unknown(f"parameter {name} is passed in a splat")
        return site.to(default) if default is not None else Unknown(f"parameter {name} {EXTERNAL}")

    def _attribute(self, site: Site) -> tuple[Origin, ...] | None:
        target, name = site.node.child_by_field_name("object"), last_name(site.module, site.node)
        if target is None:
            return None
        imported = self.repository.find(site.text, site.module) if site.text in site.module.dotted else None
        if imported is not None:
            return (Site(imported, imported.root),)
        owner = self.classes.self_class(site, target)
        if owner is not None:
            return self.classes.member(owner, name)
        held = held_in(site, site.module.scope(site.node), site.text)
        local = self._held(site, held) if held is not None else ()
        if local:
            return local
        found: list[Origin] = []
        for origin in self.origins(site.to(target), MAX_DEPTH // 2):
            found.extend(self._attribute_of(origin, name) or ())
        return tuple(found) or None

    def _attribute_of(self, origin: Origin, name: str) -> tuple[Origin, ...] | None:
        if not isinstance(origin, Site):
            return None
        if origin.node.type == "module":
            return self.exported(origin.module, name)
        instance = self.classes.class_of(origin)
        if instance is None:
            return None
        given = origin.module.arguments(origin.node) if origin.node.type == "call" else Arguments()
        if name in given.keywords and not self.classes.method(instance, "__init__"):
            return (origin.to(given.keywords[name]),)
        return self.classes.member(instance, name)

    def _call(self, site: Site) -> tuple[Origin, ...] | None:
        if len(site.frames) >= MAX_FRAMES:
            return None
        arguments = site.module.arguments(site.node)
        callee = site.node.child_by_field_name("function")
        if last_name(site.module, callee) in RUNNERS and arguments.positional:
            callee, arguments = arguments.positional[0], arguments.after(1)
        function = self.callee(site, callee)
        if function is None or any(f.function == function.node.id for f in site.frames):
            return None
        frames = (Frame(site, arguments, function.node.id), *site.frames)
        return self.returned(Site(function.module, function.node, frames)) or None

    def callee(self, site: Site, callee: Node | None) -> Site | None:
        """The function of the repository that a call's function expression means, if it is a single one."""
        if callee is None or callee.type not in ("identifier", "attribute"):
            return None
        found = [o for o in self.origins(site.to(callee), MAX_DEPTH // 2) if isinstance(o, Site)]
        functions = [o for o in found if o.node.type == "function_definition"]
        return functions[0] if len(functions) == 1 == len(found) else None

    def returned(self, function: Site) -> tuple[Origin, ...]:
        """The expressions that a function returns."""
        results = function.module.results(function.node)
        return tuple(function.to(n.named_children[0]) for n in results if n.type == "return_statement")


def _key(origin: Origin) -> object:
    return origin.node.id if isinstance(origin, Site) else origin


def _inner(site: Site) -> tuple[Origin, ...] | None:
    return (site.to(site.node.named_children[0]),) if site.node.named_children else None


def _branches(site: Site) -> tuple[Origin, ...] | None:
    parts = site.node.named_children
    return (site.to(parts[0]), site.to(parts[2])) if len(parts) == 3 else None


def _operands(site: Site) -> tuple[Origin, ...] | None:
    return _field(site, "left", "right")


def _field(site: Site, *names: str) -> tuple[Origin, ...] | None:
    nodes = [site.node.child_by_field_name(n) for n in names]
    return tuple(site.to(n) for n in nodes if n is not None) or None

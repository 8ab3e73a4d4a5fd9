"""Where a value comes from: through names, imports, parameters, members and functions of the repository."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.typescript.callers import Callers
from prodworks_cli.sources.typescript.kinds import BLOCKS, FUNCTIONS, TRANSPARENT
from prodworks_cli.sources.typescript.members import Members
from prodworks_cli.sources.typescript.places import MAX_DEPTH, MAX_FRAMES, NOTHING, Frame, Origin, Site, returned
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.syntax import Binding, Import, Module, Parameter, callee_of, last_name

MAX_CALLERS = 12
MAX_ORIGINS = 80
# Steps from one expression, and of all in one repository; the largest that were seen take 200 and 60,000.
MAX_STEPS = 2_000
MAX_TOTAL = 1_000_000
MAX_ACTIVE = 40
MAX_EXPORTS = 6
EXTERNAL = "comes from outside the repository"
# Functions of tracing libraries that give back the client that they are given.
WRAPPERS = frozenset({"captureAWSv3Client", "captureAWSClient", "observeOpenAI", "wrapOpenAI", "wrapSDK", "instrument"})


class Tracer:
    """Steps from an expression to the expressions that give it its value."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.members = Members(self)
        self._calling = Callers(repository, self)
        self.callers = self._calling.of
        self.possible_callers = self._calling.possible
        self._exported: dict[tuple[str, str, int], tuple[Origin, ...]] = {}
        self._steps: dict[object, tuple[Origin, ...] | None] = {}
        self._kept: dict[object, tuple[Origin, ...]] = {}
        self._active: dict[object, int] = {}
        self._depends = MAX_ACTIVE
        self._total = 0

    @property
    def exhausted(self) -> bool:
        """Whether there was too much to follow, so that some was left out."""
        return self._total > MAX_TOTAL

    def origins(self, site: Site, depth: int = MAX_DEPTH) -> tuple[Origin, ...]:
        """The expressions at which tracing ends: literals, calls out of the repository, definitions; looked up once."""
        return self._once((step_key(site), depth), lambda: self._origins(site, depth))

    def _once(self, key: object, look: Callable[[], tuple[Origin, ...]]) -> tuple[Origin, ...]:
        """What a look-up gives, kept unless it was cut short because of what still goes on."""
        if key in self._kept:
            return self._kept[key]
        around, self._depends = self._depends, MAX_ACTIVE
        result = look()
        if self._depends >= len(self._active):
            self._kept[key] = result
        self._depends = min(self._depends, around)
        return result

    def _origins(self, site: Site, depth: int) -> tuple[Origin, ...]:
        found: dict[object, Origin] = {}
        waiting: deque[tuple[Sequence[Origin], int]] = deque([((site,), depth)])
        # Uses of one name lead to the same origins, which are looked at once in each round.
        entered: dict[tuple[int, int], tuple[Origin, ...]] = {}
        steps = 0
        while waiting:
            origins, left = waiting.popleft()
            for origin in origins:
                steps += 1
                if len(found) >= MAX_ORIGINS or steps > MAX_STEPS:
                    return (*found.values(), Unknown("may be one of many values"))
                following = self.step(origin) if isinstance(origin, Site) and left else None
                if following is None:
                    found.setdefault(origin.key if isinstance(origin, Site) else origin, origin)
                elif (left, id(following)) not in entered:
                    entered[left, id(following)] = following
                    waiting.append((following, left - 1))
        return tuple(found.values())

    def sites(self, site: Site, depth: int = MAX_DEPTH) -> tuple[Site, ...]:
        """The origins that are expressions, without ``null`` and ``undefined``."""
        found = (o for o in self.origins(site, depth) if isinstance(o, Site))
        return tuple(o for o in found if o.text not in NOTHING)

    def step(self, site: Site) -> tuple[Origin, ...] | None:
        """The expressions that one expression takes its value from; ``None`` when it stands for itself."""
        self._total += 1
        key = step_key(site)
        if key in self._steps:
            return self._steps[key]
        if self.exhausted:
            return (Unknown("there is too much to follow"),)
        if key in self._active or len(self._active) > MAX_ACTIVE:
            self.cut(self._active.get(key, 0))
            return (Unknown("is defined by itself or through too many steps"),)
        place, around = len(self._active), self._depends
        self._active[key], self._depends = place, MAX_ACTIVE
        result = self._step(site)
        del self._active[key]
        # What was cut short because of a step that still goes on holds for that step only.
        if self._depends >= place:
            self._steps[key], self._depends = result, around
        else:
            self._depends = min(self._depends, around)
        return result

    def cut(self, place: int = 0) -> None:
        """Say that something was cut short because of the step at a place among those that go on."""
        self._depends = min(self._depends, place)

    def _step(self, site: Site) -> tuple[Origin, ...] | None:
        node = site.node
        if node.type in TRANSPARENT:
            return (site.to(node.named_children[0]),) if node.named_children else None
        step = self._kinds.get(node.type)
        return step(self, site) if step else None

    def _identifier(self, site: Site) -> tuple[Origin, ...] | None:
        return None if site.text in NOTHING else self.named(site, site.text)

    def named(self, site: Site, name: str) -> tuple[Origin, ...]:
        """What a name means at a place."""
        module = site.module
        for above in (site.node, *module.ancestors(site.node)):
            if above.type not in BLOCKS:
                continue
            bindings = module.bindings.get(above.id, {}).get(name)
            if bindings:
                return self._bound(site, above, name, bindings)
            if above.type in FUNCTIONS:
                parameter = next((p for p in module.parameters(above) if p.name == name), None)
                if parameter is not None:
                    return self.parameter(site, above, parameter)
        return self._imported(module, name)

    def _bound(self, site: Site, block: Node, name: str, bindings: Sequence[Binding]) -> tuple[Origin, ...]:
        """What a name holds that a block declares: the same at each use."""
        key = (site.module.path, block.id, name, tuple(f.site.node.id for f in site.frames))
        return self._once(key, lambda: self._given(site, block, name, bindings))

    def _given(self, site: Site, block: Node, name: str, bindings: Sequence[Binding]) -> tuple[Origin, ...]:
        found = [o for b in bindings for o in self._binding(site, b)]
        found += [site.to(right) for _, right in site.module.assigned_in(block, name)]
        kept = tuple(o for o in found if not (isinstance(o, Site) and o.text in NOTHING))
        return kept or tuple(found) or (Unknown(f"{name} is not given a value"),)

    def _binding(self, site: Site, binding: Binding) -> Iterator[Origin]:
        if binding.value is None:
            declared_only = not binding.path and binding.default is None
            if not (declared_only and site.module.assigned.get(binding.name)):
                yield Unknown(f"{binding.name} changes while the program runs")
            return
        yield from self.taken((site.to(binding.value),), binding.path)
        if binding.default is not None:
            yield site.to(binding.default)

    def taken(self, origins: Sequence[Origin], path: Sequence[str | int]) -> tuple[Origin, ...]:
        """The members at the end of a destructuring path."""
        for part in path:
            found: list[Origin] = []
            for origin in origins:
                for end in self.origins(origin, MAX_DEPTH // 2) if isinstance(origin, Site) else (origin,):
                    found.extend(self.members.of(end, str(part)))
            origins = found
        return tuple(origins)

    def _imported(self, module: Module, name: str) -> tuple[Origin, ...]:
        item = module.imports.get(name)
        if item is None:
            return (Unknown(f"{name} is not defined in the file"),)
        path = self.repository.locate(item.module, module.path)
        if path is None:
            return (Unknown(f"{name} {EXTERNAL}"),)
        if item.name != "*":
            return self._offered(path, item.name)
        target = self.repository.module(path)
        return (Site(target, target.root),)

    def _offered(self, path: str, name: str, depth: int = MAX_EXPORTS) -> tuple[Origin, ...]:
        """An export of the file of a path, which is parsed if it can have one of that name."""
        if not self.repository.may_export(path, name):
            return (Unknown(f"{name} {EXTERNAL}"),)
        return self.exported(self.repository.module(path), name, depth)

    def exported(self, module: Module, name: str, depth: int = MAX_EXPORTS) -> tuple[Origin, ...]:
        """An export of a module by name, through re-exports; looked up once."""
        key = (module.path, name, depth)
        if key not in self._exported:
            self._exported[key] = self._export(module, name, depth)
        return self._exported[key]

    def _export(self, module: Module, name: str, depth: int) -> tuple[Origin, ...]:
        exports = self.repository.exports(module)
        item = exports.get(name)
        if isinstance(item, Node):
            return (
                (Site(module, item),)
                if item.type != "identifier"
                else self.named(Site(module, item), module.text(item))
            )
        starred = [i for k, i in exports.items() if k.startswith("* ") and isinstance(i, Import)]
        for source, wanted in [(item.module, item.name)] if item else [(s.module, name) for s in starred]:
            path = self.repository.locate(source, module.path) if depth else None
            found = self._offered(path, wanted, depth - 1) if path is not None else ()
            if any(isinstance(o, Site) for o in found):
                return found
        bindings = module.bindings.get(module.root.id, {}).get(name)
        if bindings and not item:
            return self._bound(Site(module, module.root), module.root, name, bindings)
        return (Unknown(f"{name} {EXTERNAL}"),)

    def parameter(self, site: Site, function: Node, parameter: Parameter) -> tuple[Origin, ...]:
        """What a parameter holds: the argument of the call that was entered, else those of all callers."""
        for index, frame in enumerate(site.frames):
            if frame.function == function.id:
                outer = Site(frame.site.module, frame.site.node, site.frames[index + 1 :])
                return self._argument(site, parameter, frame.arguments, outer)
        callers = self.callers(site.module, function)
        if callers is None or len(callers) > MAX_CALLERS or len(site.frames) >= MAX_FRAMES:
            return (Unknown(f"parameter {parameter.name} has too many callers to follow"),)
        if not callers:
            return (Unknown(f"parameter {parameter.name} {EXTERNAL}"),)
        return tuple(o for caller, given in callers for o in self._argument(site, parameter, given, caller))

    def _argument(self, site: Site, parameter: Parameter, given: tuple[Node, ...], caller: Site) -> tuple[Origin, ...]:
        if parameter.rest or any(a.type == "spread_element" for a in given[: parameter.position + 1]):
            return (Unknown(f"parameter {parameter.name} is one of a list"),)
        if parameter.position >= len(given):
            return (site.to(parameter.default),) if parameter.default is not None else ()
        found = self.taken((caller.to(given[parameter.position]),), parameter.path)
        return found or ((site.to(parameter.default),) if parameter.default is not None else ())

    def _member(self, site: Site) -> tuple[Origin, ...] | None:
        target, name = site.node.child_by_field_name("object"), last_name(site.module, site.node)
        if target is None:
            return None
        if target.type == "this":
            owner = site.module.owner(site.node)
            return self.members.declared(site.to(owner), name) if owner else None
        if site.text.startswith("process.env"):
            return None
        found: list[Origin] = []
        for origin in self.origins(site.to(target), MAX_DEPTH // 2):
            found.extend(self.members.of(origin, name))
        return tuple(found) or None

    def _call(self, site: Site) -> tuple[Origin, ...] | None:
        if last_name(site.module, callee_of(site.node)) in WRAPPERS:
            return tuple(site.to(a) for a in site.module.arguments(site.node)[:1]) or None
        if len(site.frames) >= MAX_FRAMES:
            return None
        functions = self.callees(site)
        if not functions or any(f.function == fn.node.id for f in site.frames for fn in functions):
            return None
        found: list[Origin] = []
        for function in functions:
            frames = (Frame(site, site.module.arguments(site.node), function.node.id), *site.frames)
            found.extend(returned(Site(function.module, function.node, frames)))
        return tuple(found) or None

    def callees(self, call: Site) -> tuple[Site, ...]:
        """The functions of the repository that a call may enter; none when some of them are not known."""
        callee = callee_of(call.node)
        if callee is None or callee.type not in ("identifier", "member_expression"):
            return ()
        found = self.origins(call.to(callee), MAX_DEPTH // 2)
        functions = tuple(o for o in found if isinstance(o, Site) and o.node.type in FUNCTIONS)
        return functions if len(functions) == len(found) and len(functions) <= MAX_CALLERS else ()

    _kinds: ClassVar[Mapping[str, Callable[[Tracer, Site], tuple[Origin, ...] | None]]] = {
        "identifier": _identifier,
        "member_expression": _member,
        "subscript_expression": lambda t, s: t.members.computed(s),
        "call_expression": _call,
        "ternary_expression": lambda _, s: _fields(s, "consequence", "alternative"),
        "binary_expression": lambda _, s: _operands(s),
        "assignment_expression": lambda _, s: _fields(s, "right"),
        "augmented_assignment_expression": lambda _, s: _fields(s, "left", "right"),
    }


def step_key(site: Site) -> tuple[object, ...]:
    """What makes two sites the same expression, reached through the same calls."""
    frames = site.frames
    return site.module.path, site.node.id, tuple([f.site.node.id for f in frames]) if frames else ()


def _operands(site: Site) -> tuple[Origin, ...] | None:
    operator = site.node.child_by_field_name("operator")
    return _fields(site, "left", "right") if operator is not None and operator.type in ("??", "||") else None


def _fields(site: Site, *names: str) -> tuple[Origin, ...] | None:
    nodes = [site.node.child_by_field_name(n) for n in names]
    return tuple(site.to(n) for n in nodes if n is not None) or None

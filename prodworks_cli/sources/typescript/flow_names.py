"""What a name holds on the way of a flow: declarations, loops, additions, parameters and imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from tree_sitter import Node

from prodworks_cli.sources.calls.flows import PARAMETER, ask
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.queues import Shared
from prodworks_cli.sources.typescript.flow_types import Classifier, Leaf, Place, element
from prodworks_cli.sources.typescript.kinds import BLOCKS, CLASSES, FUNCTIONS
from prodworks_cli.sources.typescript.places import MAX_FRAMES, Site
from prodworks_cli.sources.typescript.syntax import Binding, Module, Parameter, callee_of, last_name
from prodworks_cli.sources.typescript.trace import Tracer

MAX_CALLERS = 16
# Places of declared names that are remembered.
MAX_KEPT = 100_000
Members = dict[str, dict[str, list[tuple[Node, Node]]]]
ADDERS = frozenset({"push", "unshift", "append", "add", "write", "enqueue", "set"})
# Methods that call their argument with what the object holds.
EACH = words("map forEach filter find some every flatMap findLast sort then on subscribe")
_DEFINED = FUNCTIONS | CLASSES | {"enum_declaration"}
_CLOSED = re.compile(r"(?:\w+\.)*[A-Z][A-Z0-9_]+$|\[")


class Names:
    """Steps from a name to the expressions that give it its value."""

    def __init__(self, tracer: Tracer, classifier: Classifier) -> None:
        self._tracer = tracer
        self._classifier = classifier
        self._additions: dict[str, dict[str, list[tuple[Node, Node]]]] = {}
        self._members: dict[str, Members] = {}
        self._checks: dict[tuple[str, int], frozenset[str]] = {}
        self._elements: dict[str, list[tuple[Module, Node]]] = {}
        self._declarations: dict[object, Shared[Place]] = {}
        self._kept = 0

    def sources(self, place: Place) -> Iterable[Place | Leaf] | Shared[Place]:
        """The expressions and leaves that a name takes its value from."""
        module, name = place.site.module, place.site.text
        for above in (place.site.node, *module.ancestors(place.site.node)):
            if above.type not in BLOCKS:
                continue
            bindings = module.bindings.get(above.id, {}).get(name)
            if bindings:
                return self._shared(place, above, bindings)
            parameters = module.parameters(above) if above.type in FUNCTIONS else ()
            parameter = next((p for p in parameters if p.name == name), None)
            if parameter is not None:
                return chain(self.changes(place, name), self._parameter(place, above, parameter))
        origins = self._tracer.step(place.site) or ()
        return (p for o in origins if isinstance(o, Site) for p in self._imported(place, o))

    def _shared(self, place: Place, block: Node, bindings: Sequence[Binding]) -> Shared[Place]:
        """What a declared name is made of: the same at each use within a function."""
        site = place.site
        home = site.module.function(site.node)
        frames = tuple(f.site.node.id for f in site.frames)
        key = (site.module.path, block.id, bindings[0].name, home.id if home else 0, place.path, frames)
        if key not in self._declarations:
            shared = Shared(tuple(self._declared(place, block, bindings)))
            if self._kept > MAX_KEPT:
                self._declarations.clear()
                self._kept = 0
            self._declarations[key] = shared
            self._kept += len(shared.places)
        return self._declarations[key]

    def _imported(self, place: Place, origin: Site) -> Iterator[Place | Leaf]:
        if origin.node.type == "program" and place.path:
            found = (o for o in self._tracer.exported(origin.module, place.path[0]) if isinstance(o, Site))
            yield from (Place(o, place.path[1:]) for o in found if o.node.type not in _DEFINED)
        elif origin.node.type not in _DEFINED | {"program"}:
            yield Place(origin, place.path)

    def _declared(self, place: Place, block: Node, bindings: Sequence[Binding]) -> Iterator[Place]:
        module = place.site.module
        for binding in bindings:
            if binding.value is None and block.type == "for_in_statement":
                right = block.child_by_field_name("right")
                if right is not None:
                    yield place.to(right, _into(("*", *binding.path), place))
            elif binding.value is not None and binding.value.type not in _DEFINED:
                yield place.to(binding.value, _into(binding.path, place))
            if binding.default is not None:
                yield place.to(binding.default)
        for _, right in module.assigned_in(block, bindings[0].name):
            yield place.to(right)
        yield from self.changes(place, bindings[0].name)

    def changes(self, place: Place, name: str) -> Iterator[Place]:
        """What ``name.push(x)`` adds, and what ``name.key = x`` sets of the members that are asked for."""
        module = place.site.module
        scope = None if name.startswith("this.") else module.function(place.site.node)
        home = module.root if scope is None else scope
        for node, value in self._added(module).get(name, ()):
            if _within(home, node):
                yield place.to(value, element(place.path))
        wanted = place.path[0] if place.path else "*"
        members = self._members_set(module).get(name, {})
        any_key = wanted.startswith(("*", "#"))
        for node, right in (a for found in members.values() for a in found) if any_key else members.get(wanted, ()):
            if _within(home, node):
                yield place.to(right, place.path[1:])
        for node, right in module.assigned.get(f"{name}[]", ()):
            if _within(home, node):
                yield place.to(right, place.path[1:])

    def _added(self, module: Module) -> dict[str, list[tuple[Node, Node]]]:
        if module.path not in self._additions:
            found: dict[str, list[tuple[Node, Node]]] = {}
            for call in module.of_type("call_expression"):
                callee = callee_of(call)
                if callee is not None and callee.type == "member_expression" and last_name(module, callee) in ADDERS:
                    target = module.text(callee.child_by_field_name("object"))
                    found.setdefault(target, []).extend((call, a) for a in module.arguments(call)[-2:])
            self._additions[module.path] = found
        return self._additions[module.path]

    def _members_set(self, module: Module) -> Members:
        """What ``name.key = x`` sets in a file, by the name and the key."""
        if module.path not in self._members:
            found: Members = {}
            for target, assignments in module.assigned.items():
                holder, dot, key = target.rpartition(".")
                if dot and key.isidentifier():
                    found.setdefault(holder, {}).setdefault(key, []).extend(assignments)
            self._members[module.path] = found
        return self._members[module.path]

    def _parameter(self, place: Place, function: Node, parameter: Parameter) -> Iterator[Place | Leaf]:
        """What a parameter holds: the argument of the call that was entered, else what callers and entries give."""
        site = place.site
        for index, frame in enumerate(site.frames):
            if frame.function == function.id:
                outer = Site(frame.site.module, frame.site.node, site.frames[index + 1 :])
                yield from _argument(place, parameter, frame.arguments, outer)
                return
        asked = _into(parameter.path, place)
        told = self._classifier.of_parameter(site, function, _root_name(site.module, function, parameter), asked)
        if told is not False:
            yield from [told] if isinstance(told, Leaf) else []
            return
        given = list(self._given(place, function, parameter))
        yield from given
        if not given:
            yield Leaf(PARAMETER, site.to(function), (parameter.name, *asked), parameter.name)

    def _given(self, place: Place, function: Node, parameter: Parameter) -> Iterator[Place]:
        site, module = place.site, place.site.module
        each = _each(module, function)
        if each is not None:
            position = 1 if last_name(module, callee_of(each[0])) == "reduce" else 0
            if parameter.position == position:
                way = ("*", *parameter.path) if each[1] else parameter.path
                yield place.to(each[2], _into(way, place))
            return
        if parameter.default is not None and not parameter.path:
            yield place.to(parameter.default)
        callers = self._tracer.callers(module, function) or ()
        for caller, arguments in callers[:MAX_CALLERS] if len(site.frames) < MAX_FRAMES else ():
            yield from _argument(place, parameter, arguments, caller)
        if parameter.position == 0 and module.name(function)[:1].isupper():
            yield from self._attributes(place, function, parameter)

    def _attributes(self, place: Place, function: Node, parameter: Parameter) -> Iterator[Place]:
        """What the pages that show a component give it: ``<Message text={x} />``."""
        asked = _into(parameter.path, place)
        if not asked:
            return
        for module, node in self._shown(place.site.module.name(function)):
            for child in node.named_children:
                if child.type == "jsx_attribute" and module.text(child.named_children[0]) == asked[0]:
                    yield from (Place(Site(module, v), asked[1:]) for v in child.named_children[1:])

    def _shown(self, name: str) -> list[tuple[Module, Node]]:
        if name not in self._elements:
            pattern = re.compile(rb"<" + re.escape(name.encode()) + rb"(?![\w$])")
            self._elements[name] = [
                (module, node)
                for module, _ in zip(
                    self._tracer.repository.matching(pattern, b"<" + name.encode()), range(20), strict=False
                )
                for node in module.of_type("jsx_self_closing_element", "jsx_opening_element")
                if module.text(node.child_by_field_name("name")) == name
            ]
        return self._elements[name]

    def is_checked(self, site: Site) -> bool:
        """The value is compared with a closed list in the function (``if (!TONES.includes(tone))``)."""
        function = site.module.function(site.node)
        if function is None:
            return False
        key = (site.module.path, function.id)
        if key not in self._checks:
            self._checks[key] = frozenset(_checked(site.module, function))
        return site.text in self._checks[key]


def _checked(module: Module, function: Node) -> Iterator[str]:
    """The expressions that a function looks for in a closed list."""
    for call in module.below(function, "call_expression"):
        callee, given = callee_of(call), module.arguments(call)
        asks = callee is not None and given and last_name(module, callee) in ("includes", "has")
        if asks and callee is not None and _CLOSED.match(module.text(callee.child_by_field_name("object"))):
            yield module.text(given[0])


def _argument(place: Place, parameter: Parameter, given: tuple[Node, ...], caller: Site) -> Iterator[Place]:
    if parameter.rest:
        yield from (Place(caller.to(n), element(place.path)) for n in given[parameter.position :])
    elif parameter.position < len(given):
        yield Place(caller.to(given[parameter.position]), _into(parameter.path, place))
    elif parameter.default is not None:
        yield place.to(parameter.default)


def _into(way: Sequence[str | int], place: Place) -> tuple[str, ...]:
    """The path at the value that a pattern takes a name out of."""
    path = place.path
    for part in reversed(way):
        if part != "...":
            path = ask(f"#{part}" if isinstance(part, int) else part, path)
    return path


def _root_name(module: Module, function: Node, parameter: Parameter) -> str:
    """The name of a parameter that is no pattern; what is taken out of one has none."""
    return parameter.name if not parameter.path else ""


def _each(module: Module, function: Node) -> tuple[Node, bool, Node] | None:
    """The call that runs a callback for the elements, or the result, of an object; whether for elements; the object."""
    above = module.parent(function)
    call = module.parent(above) if above is not None and above.type == "arguments" else None
    callee = callee_of(call) if call is not None and call.type == "call_expression" else None
    target = callee.child_by_field_name("object") if callee is not None else None
    name = last_name(module, callee)
    if call is None or target is None or (name not in EACH and name != "reduce"):
        return None
    if name in ("on", "subscribe"):
        return (
            None
            if any(a.type == "string" for a in module.arguments(call)[:1]) and name == "on"
            else (call, False, target)
        )
    return call, name != "then", target


def _within(outer: Node, node: Node) -> bool:
    return outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte

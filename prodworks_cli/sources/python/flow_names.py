"""What a name holds on the way of a flow: assignments, loops, additions, parameters and imports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tree_sitter import Node

from prodworks_cli.sources.calls.flows import PARAMETER, ask
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.python.flow_types import Classifier, Leaf, Place
from prodworks_cli.sources.python.places import MAX_FRAMES, Site, encloses, reaching_bindings
from prodworks_cli.sources.python.syntax import Arguments, Binding, Module, inside
from prodworks_cli.sources.python.trace import Tracer

MAX_CALLERS = 24
ADDERS = words(
    """
    insert add_message add appendleft append writelines update extend write
    """
)
_LOOPS = ("for_statement", "for_in_clause")
_REPEATS = frozenset({"for_statement", "while_statement"})
_COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)
_COMPREHENSIONS_OR_BLOCK = _COMPREHENSIONS | {"block", "module"}


class _Held(NamedTuple):
    """What gives a name its value at one use: expressions with the position that is taken of them, members that are
    set, the function that has it as a parameter, or something outside all functions."""

    values: tuple[tuple[Node, str], ...]
    members: Sequence[tuple[str, Node]] = ()
    function: Node | None = None
    elsewhere: bool = False


class Names:
    """Steps from a name to the expressions that give it its value."""

    def __init__(self, tracer: Tracer, classifier: Classifier) -> None:
        self._tracer = tracer
        self._classifier = classifier
        self._additions: dict[int, dict[str, list[Node]]] = {}
        self._members: dict[int, dict[str, list[tuple[str, Node]]]] = {}
        self._checks: dict[int, frozenset[str]] = {}
        self._held: dict[int, _Held] = {}
        self._checked: dict[int, bool] = {}

    def sources(self, place: Place) -> Iterator[Place | Leaf]:
        """The expressions and leaves that a name takes its value from."""
        site = place.site
        held = self._held.get(site.node.id)
        if held is None:
            held = self._held[site.node.id] = self._holding(site.module, site.node)
        path = place.path
        for node, key in held.values:
            yield place.to(node, ask(key, path) if key else path)
        yield from self._asked(place, held.members)
        if held.function is not None:
            yield from self.parameter(place, held.function, site.text)
        if held.elsewhere:
            following = self._tracer.step(site) or ()
            yield from (Place(o, path, place.certain) for o in following if isinstance(o, Site))

    def _holding(self, module: Module, use: Node) -> _Held:
        """What gives a name its value at one use, whatever call leads there."""
        name = module.text(use)
        clause = _comprehension(module, use, name)
        if clause is not None:
            right = None if _counts(module, clause, name) else clause.child_by_field_name("right")
            return _Held(((right, ""),) if right is not None else ())
        scope = innermost = module.scope(use)
        while True:
            kind = scope.type
            bindings = module.bindings.get(scope.id, {}).get(name, ())
            is_parameter = kind == "function_definition" and name in module.parameter_names(scope)
            visible = kind != "class_definition" or scope.id == innermost.id
            if visible and (bindings or is_parameter):
                return self._in_scope(Site(module, use), scope, bindings, is_parameter)
            if kind == "module":
                return _Held((), elsewhere=True)
            scope = module.scope(scope)

    def _in_scope(self, site: Site, scope: Node, bindings: Sequence[Binding], is_parameter: bool) -> _Held:
        module, use, name = site.module, site.node, site.text
        reaching = self._reaching(site, bindings)
        hidden = any(self._hides(module, b, use) for b in reaching)
        added = ((n.node, "") for n in self.added(site, name))
        values = (*(v for b in reaching for v in _bound(module, b)), *added)
        members = self._members_in(module, scope).get(name, ())
        return _Held(values, members, scope if is_parameter and not hidden else None)

    def _reaching(self, site: Site, bindings: Sequence[Binding]) -> tuple[Binding, ...]:
        """The bindings that may hold at a use: those before it, the loops around it, the later ones of a loop."""
        module, use = site.module, site.node
        if not bindings or bindings[0].scope != module.scope(use).id:
            return reaching_bindings(site, bindings)
        start = use.start_byte
        later = bindings[-1].statement.end_byte > start or any(b.statement.end_byte > start for b in bindings)
        loops = set(_loops_around(module, use)) if later else set[int]()
        reaching: list[Binding] = []
        for binding in bindings:
            statement = binding.statement
            if statement.end_byte <= start or statement.id in loops:
                if self._hides(module, binding, use):
                    reaching = []
                reaching.append(binding)
            elif loops and not loops.isdisjoint(_loops_around(module, statement)):
                reaching.append(binding)
        return tuple(reaching)

    def _hides(self, module: Module, binding: Binding, use: Node) -> bool:
        """The binding surely ran before the use, so that earlier values are gone."""
        return binding.statement.type not in ("augmented_assignment", *_LOOPS) and encloses(
            module, binding.statement, use
        )

    def added(self, site: Site, name: str) -> Iterator[Site]:
        """What ``name.append(x)`` and its like put into the value of a name or attribute."""
        module = site.module
        scope = module.owner(site.node) if name.startswith("self.") else module.function(site.node)
        # What a page of Streamlit keeps is shared by all functions of the file.
        home = module.root if scope is None or name.startswith("st.session_state") else scope
        for node in self._additions_in(module, home).get(name, ()):
            yield site.to(node)

    def _additions_in(self, module: Module, scope: Node) -> dict[str, list[Node]]:
        key = scope.id
        if key not in self._additions:
            found: dict[str, list[Node]] = {}
            for node in module.calls_to(ADDERS, scope):
                callee = node.child_by_field_name("function")
                if callee is not None and callee.type == "attribute":
                    given = module.arguments(node)
                    target = module.text(callee.child_by_field_name("object"))
                    found.setdefault(target, []).extend((*given.positional[-1:], *given.keywords.values()))
            self._additions[key] = found
        return self._additions[key]

    def _set_members(self, place: Place, scope: Node, name: str) -> Iterator[Place]:
        """What ``name["key"] = x`` sets, for the member that is asked for."""
        yield from self._asked(place, self._members_in(place.site.module, scope).get(name, ()))

    def _asked(self, place: Place, members: Sequence[tuple[str, Node]]) -> Iterator[Place]:
        """Of the members that are set, those that are asked for."""
        wanted = place.path[0] if place.path else "*"
        for key, right in members:
            if wanted in (key, "*") or wanted.startswith("#"):
                yield place.to(right, place.path[1:])

    def _members_in(self, module: Module, scope: Node) -> dict[str, list[tuple[str, Node]]]:
        """The members that a function sets, by the name of the mapping."""
        place = scope.id
        if place not in self._members:
            found: dict[str, list[tuple[str, Node]]] = {}
            for node in module.below(scope, "assignment") if scope.type != "module" else ():
                left = node.child_by_field_name("left")
                right = node.child_by_field_name("right") if left is not None else None
                if left is not None and left.type == "subscript" and right is not None:
                    key = module.text(left.child_by_field_name("subscript")).strip("\"'")
                    found.setdefault(module.text(left.child_by_field_name("value")), []).append((key, right))
            self._members[place] = found
        return self._members[place]

    def parameter(self, place: Place, function: Node, name: str) -> Iterator[Place | Leaf]:
        """What a parameter holds: the argument of the call that was entered, else what callers and entries give."""
        site = place.site
        for frame in site.frames:
            if frame.function == function.id:
                yield from self._argument(place, function, name, frame.site, frame.arguments)
                return
        known = self._classifier.of_parameter(site, function, name, place.path)
        if isinstance(known, Leaf):
            yield known
        callers = self._tracer.callers(site.module, function)
        for caller, arguments in callers[:MAX_CALLERS] if len(site.frames) < MAX_FRAMES else ():
            yield from self._argument(place, function, name, caller, arguments)
        if known is False and not callers and name == "state" and place.path:
            yield from self._graph_state(place, function)
        if known is False and not callers:
            yield Leaf(PARAMETER, site.to(function), ask(name, place.path), name, place.certain)

    def _graph_state(self, place: Place, function: Node) -> Iterator[Place]:
        """What the other nodes of a LangGraph graph return for the member of its state that is asked for."""
        module = place.site.module
        for other in module.of_type("function_definition"):
            if "state" not in module.parameter_names(other) or other.id == function.id:
                continue
            for node in inside(other, "lambda"):
                if node.type == "return_statement" and node.named_children:
                    yield Place(Site(module, node.named_children[0]), place.path, place.certain)
            yield from self._set_members(Place(Site(module, other), place.path, place.certain), other, "state")

    def _argument(self, place: Place, function: Node, name: str, caller: Site, arguments: Arguments) -> Iterator[Place]:
        module = place.site.module
        names = [n for n, _ in module.parameters(function)]
        bound = bool(names) and names[0] in ("self", "cls")
        position = names.index(name) - bound if name in names else None
        value = arguments.get(name, position)
        if value is not None and value.type != "list_splat":
            yield Place(caller.to(value), place.path, place.certain)
            return
        if name in names:
            yield from (Place(caller.to(s), ask(name, place.path), place.certain) for s in arguments.splats)
        else:
            yield from self._collected(place, name, names, caller, arguments)

    def _collected(
        self, place: Place, name: str, names: list[str], caller: Site, arguments: Arguments
    ) -> Iterator[Place]:
        """``**kwargs`` and ``*args``: the member that is asked for, else all that no parameter takes."""
        wanted = place.path[0] if place.path else "*"
        given = {k: v for k, v in arguments.keywords.items() if k not in names}
        if wanted in given:
            yield Place(caller.to(given[wanted]), place.path[1:], place.certain)
            return
        yield from (Place(caller.to(s), place.path, place.certain) for s in arguments.splats)
        if wanted == "*" or wanted.startswith("#"):
            rest = (*given.values(), *arguments.positional[len(names) :])
            yield from (Place(caller.to(v), place.path[1:], place.certain) for v in rest)

    def is_checked(self, site: Site) -> bool:
        """The value is compared with a closed list in the function (``if tone not in TONES``)."""
        key = site.node.id
        if key not in self._checked:
            function = site.module.function(site.node)
            self._checked[key] = function is not None and site.text in self._checks_in(site.module, function)
        return self._checked[key]

    def _checks_in(self, module: Module, function: Node) -> frozenset[str]:
        if function.id not in self._checks:
            self._checks[function.id] = frozenset(_checked(module, function))
        return self._checks[function.id]


def _bound(module: Module, binding: Binding) -> Iterator[tuple[Node, str]]:
    """The expressions that a binding gives, with the position that is taken of them."""
    statement, value = binding.statement, binding.value
    if value is None:
        fields = [] if _counts(module, statement, binding.name) else ["right"]
        fields += ["left"] if statement.type == "augmented_assignment" else []
        yield from ((n, "") for f in fields if (n := statement.child_by_field_name(f)) is not None)
    elif value.type not in ("function_definition", "class_definition"):
        yield value, "" if binding.place is None else f"#{binding.place}"


def _checked(module: Module, function: Node) -> Iterator[str]:
    for node in module.below(function, "comparison_operator"):
        if not any(c.type in ("in", "not in") for c in node.children):
            continue
        left, right = node.named_children[0], node.named_children[-1]
        closed = right.type in ("list", "tuple", "set") or re.fullmatch(
            r"(?:\w+\.)*[A-Z][A-Z0-9_]+", module.text(right)
        )
        if left.type in ("identifier", "attribute", "subscript") and closed:
            yield module.text(left)


def _counts(module: Module, loop: Node, name: str) -> bool:
    """The name is the number of ``enumerate`` or the key of ``items``: no part of the values."""
    left, right = loop.child_by_field_name("left"), loop.child_by_field_name("right")
    if left is None or right is None or left.type not in ("pattern_list", "tuple_pattern"):
        return False
    callee = module.called(right) if right.type == "call" else ""
    return callee in ("enumerate", "items") and module.text(left.named_children[0]) == name


def _comprehension(module: Module, node: Node, name: str) -> Node | None:
    """The ``for`` of a comprehension around a use that binds its name."""
    above = module.around(node, _COMPREHENSIONS_OR_BLOCK)
    while above is not None and above.type in _COMPREHENSIONS:
        for clause in above.named_children:
            if clause.type == "for_in_clause" and name in module.identifiers(clause.child_by_field_name("left")):
                return clause if not _within(clause.child_by_field_name("right"), node) else None
        above = module.around(above, _COMPREHENSIONS_OR_BLOCK)
    return None


def _loops_around(module: Module, node: Node) -> Iterator[int]:
    """The ids of the loops around a node."""
    above = module.around(node, _REPEATS)
    while above is not None:
        yield above.id
        above = module.around(above, _REPEATS)


def _within(outer: Node | None, node: Node) -> bool:
    return outer is not None and outer.start_byte <= node.start_byte and node.end_byte <= outer.end_byte

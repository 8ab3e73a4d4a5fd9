"""Where the text in an expression comes from: a model's answer, a request, retrieved documents, a constant.

One walk, from a use back to what it is made of: through names, members, containers, loops, texts that are put together,
functions of the repository and the calls of outside functions that hand a value on. ``path`` holds the members that are
asked for, so that ``response["usage"]`` is not taken for the answer. The walk is bounded; what it cannot follow is a
leaf of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.flows import CUT, INPUT, MARKS, OUTPUT, OUTSIDE, Path, ask
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.python.flow_calls import Carriers
from prodworks_cli.sources.python.flow_names import Names
from prodworks_cli.sources.python.flow_types import Classifier, Leaf, Place, Trace, named
from prodworks_cli.sources.python.marks import marks_of
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.trace import Tracer

MAX_STEPS = 1200
MAX_NESTED = 12
__all__ = ["INPUT", "OUTPUT", "Flow"]

_INNER = words(
    """
    await parenthesized_expression as_pattern list_splat dictionary_splat yield format_expression
    """
)


class Step(NamedTuple):
    """One step of a walk: where it goes on and what it ends at; ``composes`` where a text is put together."""

    places: tuple[Place, ...]
    leaves: tuple[Leaf, ...]
    composes: bool


_NOWHERE = Step((), (), False)
_Follow = Callable[[Place], Iterable[Place | Leaf]]
# How an expression is followed, the marks that it leaves, and whether it puts a text together.
_OfNode = tuple[_Follow | None, tuple[str, ...], bool]


class Flow:
    """Walks back from expressions. ``classifier`` says which expressions are leaves."""

    def __init__(self, tracer: Tracer, classifier: Classifier) -> None:
        self._classifier = classifier
        self._names = Names(tracer, classifier)
        self._carriers = Carriers(tracer)
        self._known: dict[object, Trace] = {}
        self._steps: dict[object, Step] = {}
        self._nodes: dict[int, _OfNode] = {}
        # The expressions that are being followed, by how many are around each; and the outermost that was met again.
        self._open: dict[object, int] = {}
        self._met = MAX_NESTED
        self._stops = False
        self._tracer = tracer
        self._budget = tracer.repository.budget
        # Steps of the types of expressions that hold texts; others (numbers, comparisons, functions) lead nowhere.
        self._by_type: dict[str, _Follow] = {
            "identifier": self._identifier,
            "attribute": self._attribute,
            "call": self._call,
            "subscript": _subscript,
            "string": _string,
            "concatenated_string": _children,
            "binary_operator": _children,
            "boolean_operator": _children,
            "conditional_expression": _branches,
            "named_expression": lambda p: p.fields("value"),
            "dictionary": _dictionary,
            "list": _sequence,
            "tuple": _sequence,
            "set": _sequence,
            "expression_list": _sequence,
            "list_comprehension": lambda p: p.fields("body"),
            "generator_expression": lambda p: p.fields("body"),
            "dictionary_comprehension": lambda p: p.fields("body"),
            "pair": lambda p: p.fields("value"),
            **dict.fromkeys(_INNER, _children),
        }

    def of(self, site: Site, path: Path = ()) -> Trace:
        """What the value of an expression (or a member of it) is made of."""
        place = Place(site, path)
        key, around = place.key, len(self._open)
        if key in self._known:
            return self._known[key]
        if key in self._open or around >= MAX_NESTED:
            self._met = min(self._met, self._open.get(key, 0))
            return Trace()
        self._open[key] = around
        met, self._met = self._met, MAX_NESTED
        stops, self._stops = self._stops, False
        trace = self._walk(place)
        self._stops = stops
        del self._open[key]
        if self._met >= around or not site.frames:  # what had to do without an expression around it holds only there
            self._known[key] = trace
            self._budget.partial += self._met < around
        self._met = min(met, self._met)
        return trace

    def uncut(self, site: Site, path: Path = ()) -> Trace:
        """What of the value of an expression is not cut to a length on its way."""
        self._stops = True
        try:
            return self._walk(Place(site, path))
        finally:
            self._stops = False

    def of_all(self, sites: Iterable[Site]) -> Trace:
        """What several expressions are made of."""
        return Trace.join(self.of(site) for site in sites)

    def beyond(self, trace: Trace) -> Trace:
        """What the functions outside the repository that a value goes through are given."""
        calls = (leaf.site for leaf in trace.kinds(OUTSIDE))
        given = ((site, site.module.arguments(site.node)) for site in calls)
        return self.of_all(site.to(n) for site, a in given for n in (*a.positional, *a.keywords.values()))

    def _walk(self, start: Place) -> Trace:
        leaves: dict[object, Leaf] = {}
        composed: set[tuple[str, int]] = set()
        seen: set[object] = set()
        queue, budget = [start], self._budget
        while queue:
            place = queue.pop()
            key = place.key
            if key in seen:
                continue
            seen.add(key)
            budget.spend()
            if len(seen) > MAX_STEPS or budget.exhausted:
                leaf = Leaf("unknown", place.site, (), "is made in too many steps", False)
                leaves[leaf.key] = leaf
                break
            step = self._steps.get(key) or self._taken(key, place)
            if step is _NOWHERE:
                continue
            cut = self._stops and any(leaf.kind == CUT for leaf in step.leaves)
            if not cut:
                queue.extend(step.places)
            for leaf in step.leaves:
                if not cut or leaf.kind in MARKS:
                    leaves.setdefault(leaf.key, leaf)
            if step.composes:
                composed.add((place.site.module.path, place.site.node.id))
        return Trace(tuple(leaves.values()), frozenset(composed))

    def _taken(self, key: object, place: Place) -> Step:
        site = place.site
        step_of, marks, composes = self._nodes.get(site.node.id) or self._told(site)
        if step_of is None:
            return _NOWHERE
        met, self._met = self._met, MAX_NESTED
        places: list[Place] = []
        leaves = [Leaf(mark, site) for mark in marks]
        for found in step_of(place):
            if isinstance(found, Leaf):
                leaves.append(found)
            elif found.site.node.type in self._by_type:  # numbers and functions lead nowhere
                places.append(found)
        composes = composes and not named(place.path)
        step = Step(tuple(places), tuple(leaves), composes) if places or leaves or composes else _NOWHERE
        if self._met >= len(self._open):
            self._steps[key] = step
        self._met = min(met, self._met)
        return step

    def _told(self, site: Site) -> _OfNode:
        """What an expression says by itself, whatever call leads to it."""
        step = self._by_type.get(site.node.type)
        known = (step, marks_of(site.module, site.node) if step is not None else (), _composes(site))
        self._nodes[site.node.id] = known
        return known

    def _identifier(self, place: Place) -> Iterator[Place | Leaf]:
        known = self._classifier.of_name(place)
        if known is not None:
            yield known
            return
        if self._names.is_checked(place.site):
            return
        yield from self._names.sources(place)

    def _attribute(self, place: Place) -> Iterator[Place | Leaf]:
        known = self._classifier.of_attribute(place)
        if known is not None:
            yield known
            return
        site = place.site
        target, name = site.node.child_by_field_name("object"), last_name(site.module, site.node)
        if target is None or self._names.is_checked(site):
            return
        yield from (Place(s, place.path, place.certain) for s in self._names.added(site, site.text))
        following = self._tracer.step(site)
        sites = [o for o in following or () if isinstance(o, Site)]
        if sites:
            yield from (Place(s, place.path, place.certain) for s in sites if s.node.type not in _DEFINITIONS)
        elif following is None or any(isinstance(o, Unknown) for o in following):
            yield Place(site.to(target), ask(name, place.path), place.certain)

    def _call(self, place: Place) -> Iterator[Place | Leaf]:
        known = self._classifier.of_call(place, self)
        if known is not None:
            yield from known
            return
        yield from self._carriers.of(place)


_DEFINITIONS = ("class_definition", "function_definition", "module")


def _children(place: Place) -> Iterator[Place]:
    yield from (place.to(c) for c in place.site.node.named_children if c.type != "comment")


def _branches(place: Place) -> Iterator[Place]:
    parts = place.site.node.named_children
    yield from (place.to(parts[i]) for i in (0, 2) if len(parts) == 3)


def _string(place: Place) -> Iterator[Place]:
    if named(place.path):  # a text has no members
        return
    for child in place.site.node.named_children:
        inner = child.child_by_field_name("expression") if child.type == "interpolation" else None
        if inner is not None:
            yield place.to(inner, ())


def _composes(site: Site) -> bool:
    """The expression puts a text together from parts that are not all constants."""
    node = site.node
    kind = node.type
    if kind == "string":
        return any(c.type == "interpolation" for c in node.named_children)
    if kind == "binary_operator":
        return any(c.type == "string" for c in node.named_children)
    return kind == "call" and site.module.called(node) == "format"


def _subscript(place: Place) -> Iterator[Place]:
    module, node = place.site.module, place.site.node
    value, key = node.child_by_field_name("value"), node.child_by_field_name("subscript")
    if value is None or key is None:
        return
    if key.type == "slice":
        yield place.to(value)
    elif key.type == "string":
        yield place.to(value, ask(_plain(module.text(key)), place.path))
    elif key.type == "integer":
        yield place.to(value, ask(f"#{module.text(key)}", place.path))
    else:
        yield place.to(value, ask("*", place.path))


def _plain(text: str) -> str:
    return text.strip("\"'")


def _dictionary(place: Place) -> Iterator[Place]:
    pairs = [c for c in place.site.node.named_children if c.type == "pair"]
    splats = [c for c in place.site.node.named_children if c.type == "dictionary_splat"]
    wanted = place.path[0] if place.path else "*"
    rest = place.path[1:]
    if wanted != "*" and not wanted.startswith("#"):
        named = [p for p in pairs if _plain(place.site.module.text(p.child_by_field_name("key"))) == wanted]
        if named:
            yield from (place.to(v, rest) for p in named if (v := p.child_by_field_name("value")) is not None)
        else:
            yield from (place.to(s.named_children[0]) for s in splats if s.named_children)
        return
    yield from (place.to(v, rest) for p in pairs if (v := p.child_by_field_name("value")) is not None)
    yield from (place.to(s.named_children[0]) for s in splats if s.named_children)


def _sequence(place: Place) -> Iterator[Place]:
    items: list[Node] = [c for c in place.site.node.named_children if c.type != "comment"]
    wanted = place.path[0] if place.path else ""
    if not wanted.startswith(("#", "*")):
        yield from (place.to(item) for item in items)
        return
    index = wanted[1:]
    if index.isdigit() and int(index) < len(items) and all(i.type != "list_splat" for i in items):
        yield place.to(items[int(index)], place.path[1:])
    else:
        yield from (place.to(item, place.path[1:]) for item in items)

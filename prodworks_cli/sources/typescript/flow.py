"""Where the text in an expression comes from: a model's answer, a request, retrieved documents, a constant.

One walk, from a use back to what it is made of: through names, members, objects, loops, texts that are put together,
functions of the repository and the calls of outside functions that hand a value on. ``path`` holds the members that are
asked for, so that ``response.usage`` is not taken for the answer. The walk is bounded; what it cannot follow is a leaf
of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import ClassVar

from tree_sitter import Node

from prodworks_cli.sources.calls.flows import CUT, OUTSIDE, UNKNOWN, Path, ask
from prodworks_cli.sources.queues import Queue, Shared
from prodworks_cli.sources.typescript.flow_calls import Carriers
from prodworks_cli.sources.typescript.flow_names import Names
from prodworks_cli.sources.typescript.flow_types import Classifier, Leaf, Place, Trace, admits, element, named
from prodworks_cli.sources.typescript.kinds import CLASSES, FUNCTIONS, TRANSPARENT
from prodworks_cli.sources.typescript.marks import marks_of
from prodworks_cli.sources.typescript.members import key_of
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.syntax import last_name, string_of
from prodworks_cli.sources.typescript.trace import Tracer

# Steps of all walks in one repository; the largest that were seen take some ten thousand.
MAX_TOTAL = 200_000
# Places that walks were led to, those included that they had been at.
MAX_ASKED = 1_000_000
MAX_STEPS = 900
MAX_NESTED = 10
_INNER = TRANSPARENT | {"spread_element", "yield_expression", "template_substitution", "jsx_expression"}
_DEFINED = FUNCTIONS | CLASSES | {"program", "enum_declaration"}


class Flow:
    """Walks back from expressions. ``classifier`` says which expressions are leaves."""

    def __init__(self, tracer: Tracer, classifier: Classifier) -> None:
        self._tracer = tracer
        self._classifier = classifier
        self._names = Names(tracer, classifier)
        self._carriers = Carriers(tracer)
        self._known: dict[tuple[str, int, Path], Trace] = {}
        self._total = 0
        self._asked = 0
        self._nested = 0
        self._stops = False

    @property
    def exhausted(self) -> bool:
        """Whether there was too much to follow, so that some was left out."""
        return self._total > MAX_TOTAL or self._asked > MAX_ASKED

    def of(self, site: Site, path: Path = ()) -> Trace:
        """What the value of an expression (or a member of it) is made of."""
        key = (*site.key, path)
        if key not in self._known or site.frames:
            if self._nested >= MAX_NESTED:
                return Trace()
            self._known[key] = Trace()
            self._nested += 1
            stops, self._stops = self._stops, False
            try:
                self._known[key] = self._walk(Place(site, path))
            finally:
                self._nested -= 1
                self._stops = stops
        return self._known[key]

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
        return self.of_all(site.to(n) for site in calls for n in site.module.arguments(site.node))

    def _walk(self, start: Place) -> Trace:
        leaves: dict[object, Leaf] = {}
        composed: set[tuple[str, int]] = set()
        seen: set[object] = set()
        queue = Queue(start)
        while (place := queue.pop()) is not None:
            self._asked += 1
            if place.key in seen and not self.exhausted:
                continue
            seen.add(place.key)
            self._total += 1
            if len(seen) > MAX_STEPS or self.exhausted:
                leaf = Leaf(UNKNOWN, place.site, (), "is made in too many steps", False)
                leaves[leaf.key] = leaf
                break
            marks = marks_of(place.site.module, place.site.node)
            for mark in marks:
                leaves.setdefault((mark, *place.site.key), Leaf(mark, place.site))
            if self._stops and CUT in marks:
                continue
            following = self._step(place)
            if isinstance(following, Shared):
                queue.add_all(following)
            else:
                for found in following:
                    if isinstance(found, Leaf):
                        leaves.setdefault(found.key, found)
                    else:
                        queue.add(found)
            if not named(place.path) and _composes(place.site):
                composed.add(place.site.key)
        return Trace(tuple(leaves.values()), frozenset(composed))

    def _step(self, place: Place) -> Iterable[Place | Leaf] | Shared[Place]:
        kind = place.site.node.type
        if kind in _INNER:
            return [place.to(c) for c in place.site.node.named_children[:1]]
        step = self._kinds.get(kind)
        return step(self, place) if step else ()

    def _identifier(self, place: Place) -> Iterable[Place | Leaf] | Shared[Place]:
        return () if self._names.is_checked(place.site) else self._names.sources(place)

    def _member(self, place: Place) -> Iterator[Place | Leaf]:
        site = place.site
        target, name = site.node.child_by_field_name("object"), last_name(site.module, site.node)
        if target is None or site.text.startswith("process.env") or self._names.is_checked(site):
            return
        yield from self._names.changes(place, site.text)
        if target.type == "this":
            found = [o for o in self._tracer.step(site) or () if isinstance(o, Site)]
            yield from (Place(o, place.path) for o in found if o.node.type not in _DEFINED)
        else:
            yield place.to(target, ask(name, place.path))

    def _subscript(self, place: Place) -> Iterator[Place | Leaf]:
        node, module = place.site.node, place.site.module
        target, index = node.child_by_field_name("object"), node.child_by_field_name("index")
        if target is None or index is None or place.site.text.startswith("process.env"):
            return
        key = string_of(module, index)
        number = module.text(index) if index.type == "number" else ""
        yield place.to(target, ask(key or (f"#{number}" if number else "*"), place.path))

    def _call(self, place: Place) -> Iterable[Place | Leaf]:
        known = self._classifier.of_call(place, self)
        return known if known is not None else self._carriers.of(place)

    _kinds: ClassVar[Mapping[str, Callable[[Flow, Place], Iterable[Place | Leaf] | Shared[Place]]]] = {
        "identifier": _identifier,
        "shorthand_property_identifier": _identifier,
        "member_expression": _member,
        "subscript_expression": _subscript,
        "call_expression": _call,
        "new_expression": _call,
        "template_string": lambda _, p: _template(p),
        "binary_expression": lambda _, p: _binary(p),
        "ternary_expression": lambda _, p: p.fields("consequence", "alternative"),
        "assignment_expression": lambda _, p: p.fields("right"),
        "sequence_expression": lambda _, p: [p.to(p.site.node.named_children[-1])],
        "object": lambda _, p: _object(p),
        "array": lambda _, p: _array(p),
    }


def _composes(site: Site) -> bool:
    """The expression puts a text together from parts that are not all constants."""
    node = site.node
    if node.type == "template_string":
        return any(c.type == "template_substitution" for c in node.named_children)
    return node.type == "binary_expression" and any(
        c.type in ("string", "template_string") for c in node.named_children
    )


def _template(place: Place) -> Iterator[Place]:
    if not named(place.path):  # a text has no members
        parts = (c for c in place.site.node.named_children if c.type == "template_substitution")
        yield from (place.to(p, ()) for p in parts)


def _binary(place: Place) -> Iterator[Place]:
    operator = place.site.module.text(place.site.node.child_by_field_name("operator"))
    if operator in ("+", "??", "||"):
        yield from place.fields("left", "right")
    elif operator == "&&":
        yield from place.fields("right")


def _object(place: Place) -> Iterator[Place]:
    module = place.site.module
    wanted = place.path[0] if place.path else "*"
    spreads = [c for c in place.site.node.named_children if c.type == "spread_element"]
    members = [(key_of(module, c), _value(c)) for c in place.site.node.named_children if c.type != "spread_element"]
    if wanted.startswith("~"):
        told = {k: string_of(module, v) for k, v in members if k and v is not None and v.type == "string"}
        if all(admits(wanted, key, value) for key, value in told.items()):
            yield place.to(place.site.node, place.path[1:])
        return
    if not wanted.startswith(("*", "#")) and any(k == wanted for k, _ in members):
        yield from (place.to(v, place.path[1:]) for k, v in members if k == wanted and v is not None)
        return
    if wanted.startswith(("*", "#")):
        yield from (place.to(v, place.path[1:]) for _, v in members if v is not None)
    yield from (place.to(s) for s in spreads)


def _value(member: Node) -> Node | None:
    if member.type == "shorthand_property_identifier":
        return member
    return member.child_by_field_name("value") if member.type == "pair" else None


def _array(place: Place) -> Iterator[Place]:
    items = [c for c in place.site.node.named_children if c.type != "comment"]
    index = place.path[0][1:] if place.path and place.path[0].startswith("#") else ""
    if index.isdigit() and int(index) < len(items) and all(i.type != "spread_element" for i in items):
        yield place.to(items[int(index)], place.path[1:])
        return
    for item in items:
        yield place.to(item, place.path if item.type == "spread_element" else element(place.path))

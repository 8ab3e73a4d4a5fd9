"""Fixing a gap in an inventory: changes of single attributes, of which some make a condition hold that did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from prodworks_cli.conditions import Scope
from prodworks_cli.model import Kind, Ref, Resource
from prodworks_cli.resources.registry import kinds
from prodworks_cli.schema import Attribute, attributes_of

ANYTHING: Mapping[str, Sequence[Any]] = {"text": ("something", "1"), "number": (1,), "flag": (True, False)}
QUANTIFIERS = ("some", "every", "none")

Facts = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Change:
    """A resource as it was, and with one attribute set anew."""

    before: Resource
    after: Resource

    def on(self, resource: Resource) -> Resource:
        """The same attribute set on the resource as it is now; any other resource as it is."""
        before, after = self.before, self.after
        if (resource.kind, resource.plane, resource.identity) != (before.kind, before.plane, before.identity):
            return resource
        stored = [name for name, spec in known(type(before.value)).items() if not spec.derived]
        new = {n: getattr(after.value, n) for n in stored if getattr(after.value, n) != getattr(before.value, n)}
        return replace(resource, value=replace(cast(Any, resource.value), **new))

    def facts(self) -> Facts:
        """Kind and name of every attribute, derived ones included, that says something else now."""
        old, new = self.before.value, self.after.value
        names = known(type(old))
        return frozenset((old.KIND, name) for name in names if getattr(old, name) != getattr(new, name))


@dataclass(frozen=True)
class Focus:
    """A resource or an item within one, and how the resource looks with another in its place."""

    value: Kind
    put: Callable[[Kind], Change]

    def with_attribute(self, name: str, value: Any) -> Change:
        return self.put(replace(cast(Any, self.value), **{name: value}))

    def into(self, name: str, index: int) -> Focus:
        elements = getattr(self.value, name)

        def put(item: Kind) -> Change:
            return self.with_attribute(name, (*elements[:index], item, *elements[index + 1 :]))

        return Focus(elements[index], put)


def known(kind: Any) -> Mapping[str, Attribute]:
    return attributes_of(kind)


def on(resource: Resource) -> Focus:
    return Focus(resource.value, lambda value: Change(resource, replace(resource, value=value)))


def changes(condition: Mapping[str, Any], focus: Focus, scope: Scope, wanted: bool = True) -> Iterator[Change]:
    """Changes of one attribute each, of which some make the condition ``wanted`` of what is in focus."""
    for part in (*condition.get("all", ()), *condition.get("any", ())):
        yield from changes(part, focus, scope, wanted)
    if "not" in condition:
        yield from changes(condition["not"], focus, scope, not wanted)
    if "path" in condition:
        *heads, name = str(condition["path"]).split(".")
        for head in heads:
            focus = next(_followed(focus, head, scope), focus)
        if name in known(type(focus.value)):
            yield from _of_attribute(condition, name, focus, scope, wanted)


def _followed(focus: Focus, name: str, scope: Scope) -> Iterator[Focus]:
    """What an attribute leads to: the workload, an item, or the resources behind references."""
    if name == "workload" and scope.workload:
        yield on(scope.workload)
        return
    found = getattr(focus.value, name, None)
    for index, element in enumerate(found if isinstance(found, tuple) else (found,)):
        target = scope.follow(element) if isinstance(element, Ref) else None
        if isinstance(target, Resource):
            yield on(target)
        elif isinstance(element, Kind):
            yield focus.into(name, index)


def _of_attribute(leaf: Mapping[str, Any], name: str, focus: Focus, scope: Scope, wanted: bool) -> Iterator[Change]:
    verb = next(key for key in leaf if key != "path")
    spec = known(type(focus.value))[name]
    if verb in QUANTIFIERS:
        for element in _followed(focus, name, scope):
            yield from changes(leaf[verb], element, scope, wanted is not (verb == "none"))
    for attribute in _stored(type(focus.value), name) if spec.derived else (name,):
        for value in _candidates(leaf[verb], known(type(focus.value))[attribute]):
            if value != getattr(focus.value, attribute):
                yield focus.with_attribute(attribute, value)


def _stored(kind: Any, name: str) -> set[str]:
    """The stored attributes that a derived one reads."""
    found = getattr(kind, name, None)
    if not isinstance(found, property) or found.fget is None:
        return {name}
    names = [n for n in found.fget.__code__.co_names if n in known(kind)]
    return {s for read in names for s in _stored(kind, read)}


def _candidates(operand: Any, spec: Attribute) -> list[Any]:
    """Values of which one satisfies most operators: nothing, anything, and what the operand names."""
    named = operand if isinstance(operand, list) else [] if isinstance(operand, Mapping) else [operand]
    anything = ANYTHING.get(spec.type, ())
    singles = [*(value for value in named if type(value) in map(type, anything)), *anything]
    if spec.many:
        return [(), *((single,) for single in singles), tuple(singles)]
    return [None, *singles]


def facts_read(condition: Mapping[str, Any] | None, kind: Any) -> Facts:
    """Kind and name of every attribute on the paths of a condition."""
    if condition is None:
        return frozenset()
    parts = [*condition.get("all", ()), *condition.get("any", ()), *([condition["not"]] if "not" in condition else [])]
    if parts:
        return frozenset().union(*(facts_read(part, kind) for part in parts))
    read = set()
    for step in str(condition["path"]).split("."):
        if step == "workload":
            kind = kinds()["workload"]
            continue
        read.add((str(kind.KIND), step))
        spec = attributes_of(kind)[step]
        kind = spec.item or kinds().get(spec.target or "")
    return frozenset(read).union(*(facts_read(condition[word], kind) for word in QUANTIFIERS if word in condition))

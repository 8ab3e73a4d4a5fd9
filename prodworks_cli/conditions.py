"""Conditions: YAML data compiled to three-valued predicates over resources, with a proof for each comparison.

A condition is ``{path, <operator>: operand}``, ``{path, some|every|none: condition}``, ``{all|any: [...]}`` or
``{not: condition}``. Logic is Kleene's: an unknown decides nothing that known values have not decided already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from prodworks_cli.evidence import sources
from prodworks_cli.model import Location, Proof, Ref, Resource, Unknown
from prodworks_cli.operators import OPERATORS, Truth, opposite
from prodworks_cli.schema import Attribute, attributes_of

QUANTIFIERS = ("some", "every", "none")
PROOFS_SHOWN = 8
TEXT_SHOWN = 160
NOT_SET = "not set"

Follow = Callable[[Ref], "Resource | Unknown"]


class ConditionError(ValueError):
    """A condition that cannot be compiled; the message says where and what was probably meant."""


@dataclass(frozen=True)
class Outcome:
    """What a condition says: the truth, the comparisons that decided it, and why it is unknown."""

    truth: Truth
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True)
class Cursor:
    """A value on the way along a path, with the resource it belongs to and its path there."""

    value: Any
    resource: Resource
    path: str = ""

    def location(self) -> Location | None:
        """The place of the value, or of what it follows from, or of the nearest thing around it that has one."""
        path, places = self.path, self.resource.locations
        if path not in places and path in self.resource.value.EVIDENCE:
            path = next((p for p in sources(self.resource.value, path) if p in places), path)
        while path and path not in places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return places.get(path) or places.get("")


@dataclass(frozen=True)
class Scope:
    """What conditions may reach besides the subject: references, and the workload under ``workload.``."""

    follow: Follow
    workload: Resource | None = None


Predicate = Callable[[Cursor, Scope], Outcome]


def compile_condition(data: Any, kind: Any, kinds: Mapping[str, Any]) -> Predicate:
    """Compile a condition for subjects of the dataclass ``kind``. Raises :class:`ConditionError`."""
    if not isinstance(data, Mapping):
        raise ConditionError(f"a condition is a mapping, not {data!r}")
    if "always" in data:  # only the mutation gate writes this; the rule schema refuses it
        return lambda cursor, scope: Outcome(data["always"])
    for name, combine in (("all", _all), ("any", _any)):
        if name in data:
            return combine([compile_condition(part, kind, kinds) for part in data[name]])
    if "not" in data:
        return _negate(compile_condition(data["not"], kind, kinds))
    return _compile_path(data, kind, kinds)


def _compile_path(data: Mapping[str, Any], kind: Any, kinds: Mapping[str, Any]) -> Predicate:
    path = str(data.get("path", ""))
    verbs = [key for key in data if key != "path"]
    if not path or len(verbs) != 1:
        raise ConditionError(f"expected a path and one operator, found {sorted(data)}")
    verb = verbs[0]
    spec = resolve_type(path, kind, kinds)
    if verb in QUANTIFIERS:
        return _quantified(path, verb, data[verb], spec, kinds)
    return _leaf(path, verb, data[verb], spec)


def resolve_type(path: str, kind: Any, kinds: Mapping[str, Any]) -> Attribute:
    """The attribute that ``path`` ends at. Raises :class:`ConditionError` with "did you mean" for a misspelling."""
    current, spec = kind, None
    steps = path.split(".")
    if steps[0] == "workload" and len(steps) > 1:
        current, steps = kinds["workload"], steps[1:]
    for step in steps:
        if current is None:
            raise ConditionError(f"{path}: {spec.name if spec else path} has no attributes")
        if spec and spec.many:
            raise ConditionError(f"{path}: {spec.name} is a list; write some, every or none")
        known = attributes_of(current)
        if step not in known:
            raise ConditionError(f"{path}: {_name(current)} has no attribute {step}{_did_you_mean(step, known)}")
        spec = known[step]
        current = spec.item or kinds.get(spec.target or "")
    if spec is None:
        raise ConditionError("an empty path")
    return spec


def _name(kind: Any) -> str:
    return str(kind.KIND or kind.__name__)


def _did_you_mean(word: str, known: Mapping[str, Any]) -> str:
    close = get_close_matches(word, known, 1)
    return f"; did you mean {close[0]}?" if close else f" (it has {', '.join(sorted(known))})"


def _leaf(path: str, verb: str, operand: Any, spec: Attribute) -> Predicate:
    operator = OPERATORS.get(verb)
    if operator is None:
        raise ConditionError(f"{path}: no operator {verb}{_did_you_mean(verb, OPERATORS)}")
    if spec.type not in operator.judges or operator.on_list not in (None, spec.many):
        shape = f"a list of {spec.type}s" if spec.many else f"a {spec.type}"
        raise ConditionError(f"{path}: {verb} cannot judge {shape}")

    def judge(cursor: Cursor, scope: Scope) -> Outcome:
        found = walk(cursor, path, scope)
        truth = operator.test(found.value, operand)
        return Outcome(truth, (Proof(path, operator.meaning, operand, show(found.value), found.location()),))

    return judge


def _quantified(path: str, verb: str, inner: Any, spec: Attribute, kinds: Mapping[str, Any]) -> Predicate:
    element = spec.item or kinds.get(spec.target or "")
    if not spec.many or element is None:
        raise ConditionError(f"{path}: {verb} needs a list of items or references")
    test = compile_condition(inner, element, kinds)

    def judge(cursor: Cursor, scope: Scope) -> Outcome:
        found = walk(cursor, path, scope)
        if isinstance(found.value, Unknown):
            return Outcome(None, (_count_proof(path, verb, found),))
        outcomes = [_element(e, test, scope) for e in _elements(found, scope)]
        if not outcomes:
            return Outcome(verb != "some", (_count_proof(path, verb, found),))
        return _quantify(verb, outcomes)

    return judge


def _quantify(verb: str, outcomes: list[Outcome]) -> Outcome:
    if verb == "none":
        found = _disjoin(outcomes)
        return replace(found, truth=None if found.truth is None else not found.truth)
    return _disjoin(outcomes) if verb == "some" else _conjoin(outcomes)


def _elements(found: Cursor, scope: Scope) -> list[Cursor]:
    values = found.value or ()
    cursors = [Cursor(v, found.resource, f"{found.path}[{i}]") for i, v in enumerate(values)]
    return [_dereference(c, scope) for c in cursors]


def _element(cursor: Cursor, test: Predicate, scope: Scope) -> Outcome:
    if isinstance(cursor.value, Unknown):
        return Outcome(None, (Proof(cursor.path, "is known", True, show(cursor.value), cursor.location()),))
    return test(cursor, scope)


def _count_proof(path: str, verb: str, found: Cursor) -> Proof:
    actual = show(found.value) if isinstance(found.value, Unknown) else "none"
    return Proof(path, verb, "matching", actual, found.location())


def walk(cursor: Cursor, path: str, scope: Scope) -> Cursor:
    """Follow a dotted path, through references where needed. Absent and unknown values end the walk as themselves."""
    steps = path.split(".")
    if steps[0] == "workload" and len(steps) > 1 and scope.workload:
        cursor, steps = Cursor(scope.workload.value, scope.workload), steps[1:]
    elif steps[0] == "workload" and len(steps) > 1:
        return Cursor(Unknown("the workload is not known on this plane"), cursor.resource)
    for step in steps:
        cursor = _dereference(cursor, scope)
        if cursor.value is None or isinstance(cursor.value, Unknown):
            return Cursor(_beyond(cursor.value), cursor.resource, cursor.path)
        path_here = f"{cursor.path}.{step}" if cursor.path else step
        cursor = Cursor(getattr(cursor.value, step), cursor.resource, path_here)
    return cursor


def _beyond(value: Unknown | None) -> Unknown | None:
    """An attribute of something unknown is unknown, and may be absent even where the thing itself is present."""
    return Unknown(value.reason) if isinstance(value, Unknown) else None


def _dereference(cursor: Cursor, scope: Scope) -> Cursor:
    if not isinstance(cursor.value, Ref):
        return cursor
    target = scope.follow(cursor.value)
    if isinstance(target, Unknown):
        return Cursor(target, cursor.resource, cursor.path)
    return Cursor(target.value, target)


def _all(parts: Sequence[Predicate]) -> Predicate:
    return lambda cursor, scope: _conjoin([part(cursor, scope) for part in parts])


def _any(parts: Sequence[Predicate]) -> Predicate:
    return lambda cursor, scope: _disjoin([part(cursor, scope) for part in parts])


def _negate(part: Predicate) -> Predicate:
    def judge(cursor: Cursor, scope: Scope) -> Outcome:
        outcome = part(cursor, scope)
        proofs = tuple(replace(p, operator=opposite(p.operator)) for p in outcome.proofs)
        return Outcome(None if outcome.truth is None else not outcome.truth, proofs)

    return judge


def _conjoin(outcomes: list[Outcome]) -> Outcome:
    truths = [o.truth for o in outcomes]
    truth: Truth = False if False in truths else (None if None in truths else True)
    return Outcome(truth, _deciding(outcomes, truth))


def _disjoin(outcomes: list[Outcome]) -> Outcome:
    truths = [o.truth for o in outcomes]
    truth: Truth = True if True in truths else (None if None in truths else False)
    # Of several ways that all fail, one about what the subject does not have tells least.
    return Outcome(truth, _deciding(sorted(outcomes, key=_is_about_nothing) if truth is False else outcomes, truth))


def _is_about_nothing(outcome: Outcome) -> bool:
    return all(proof.actual == NOT_SET for proof in outcome.proofs)


def _deciding(outcomes: list[Outcome], truth: Truth) -> tuple[Proof, ...]:
    """The proofs of the parts that agree with the whole: what made it true, false or unknown."""
    return tuple(p for o in outcomes if o.truth is truth for p in o.proofs)[:PROOFS_SHOWN]


def show(value: Any) -> str:
    """A value as a short plain text for a proof."""
    if isinstance(value, Unknown):
        return f"unknown ({value.reason})"
    if value is None:
        return NOT_SET
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Ref):
        return value.key
    if isinstance(value, tuple):
        shown = ", ".join(show(v) for v in value[:6])
        return (f"[{shown}]" if len(value) <= 6 else f"[{shown}, ... {len(value)} in all]")[:TEXT_SHOWN]
    return str(value)[:TEXT_SHOWN] if isinstance(value, str | int | float) else type(value).__name__.lower()

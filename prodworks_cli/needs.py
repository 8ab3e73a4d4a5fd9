"""Which rules need what of the account: from rules to kinds, and through collectors to permissions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prodworks_cli.resources.collecting import BASE_READS, Collector
from prodworks_cli.rules import Rule
from prodworks_cli.schema import attributes_of


def kinds_of(rule: Rule, kinds: Mapping[str, Any]) -> set[str]:
    """The kinds that a rule looks at: its subject's, and those that its paths lead to."""
    found = {rule.resource}
    for condition in (rule.when, rule.condition):
        if condition:
            found.update(_reached(condition, rule.resource, kinds))
    return found


def _reached(condition: Mapping[str, Any], kind: str, kinds: Mapping[str, Any]) -> Iterator[str]:
    for word in ("all", "any"):
        for part in condition.get(word, ()):
            yield from _reached(part, kind, kinds)
    if "not" in condition:
        yield from _reached(condition["not"], kind, kinds)
    if "path" not in condition:
        return
    at, targets = _along(str(condition["path"]), kinds.get(kind), kinds)
    yield from targets
    for word in ("some", "every", "none"):
        if word in condition and at is not None and at.KIND:
            yield from _reached(condition[word], at.KIND, kinds)


def _along(path: str, at: Any, kinds: Mapping[str, Any]) -> tuple[Any, list[str]]:
    """Where a path ends, and the kinds that references on it lead to."""
    first, _, rest = path.partition(".")
    if first == "workload" and rest:
        at, path = kinds["workload"], rest
    targets = []
    for name in path.split("."):
        spec = attributes_of(at).get(name) if at is not None else None
        if spec is not None and spec.target:
            targets.append(spec.target)
        at = spec and (spec.item or (kinds.get(spec.target) if spec.target else None))
    return at, targets


def rules_by_action(
    rules: Iterable[Rule], collectors: Iterable[Collector], kinds: Mapping[str, Any]
) -> dict[str, list[str]]:
    """For each IAM action, the ids of the rules that cannot be decided without it."""
    needing: dict[str, list[str]] = {}
    listed = list(rules)
    for rule in listed:
        for kind in kinds_of(rule, kinds):
            needing.setdefault(kind, []).append(rule.id)
    found: dict[str, set[str]] = {}
    for collector in collectors:
        for read in collector.reads:
            found.setdefault(read.action, set()).update(needing.get(collector.kind, ()))
    everything = {rule for rules_ in found.values() for rule in rules_}
    for read in BASE_READS[:1]:
        found.setdefault(read.action, set()).update(everything)
    return {action: sorted(ids) for action, ids in found.items()}

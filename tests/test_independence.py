"""A control never changes its status because another gap was fixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworks_cli.collect import collect_repository
from prodworks_cli.config import load_config
from prodworks_cli.inventory import load
from prodworks_cli.judge import judge_rule, prepare
from prodworks_cli.model import Inventory, Plane, Status
from prodworks_cli.planes import with_account, with_workload
from prodworks_cli.resources.registry import kinds
from prodworks_cli.resources.workload import Workload
from prodworks_cli.rulecheck import inventory_of
from prodworks_cli.rules import Rule, load_rules
from prodworks_cli.sources.listings import read_tree
from tests.fixes import Change, Facts, changes, facts_read, on

RULES = load_rules().rules
ASSERTED = {rule.id: facts_read(rule.condition, kinds()[rule.resource]) for rule in RULES}

APPLIED = frozenset[tuple[str, str]]().union(*(facts_read(rule.when, kinds()[rule.resource]) for rule in RULES))
"""What decides which controls apply: it says what the workload is."""

GUARDRAIL_RULES = frozenset(rule.id for rule in RULES if rule.resource == "aws.bedrock.guardrail")
REVEALED: Mapping[str, frozenset[str]] = {
    "audit-trail-records-model-activity": frozenset({"audit-trail-is-tamper-evident"}),
    "budget-watches-model-spend": frozenset({"budget-stops-runaway-spend"}),
    "code-model-is-available": frozenset({"code-inference-profile-exists"}),
    "guests-cannot-invoke-models": frozenset({"model-access-is-scoped", "secrets-kept-out-of-environment"}),
    "invocation-logging-covers-called-regions": frozenset({"invocation-log-delivery-succeeds"}),
    "invocation-logging-enabled": frozenset({"invocation-log-delivery-succeeds"}),
    "model-calls-apply-guardrail": GUARDRAIL_RULES
    | {"code-guardrail-exists", "guardrail-reads-tagged-input", "guardrail-version-pinned"}
    | {"streamed-answers-wait-for-guardrail"},
}
"""For a gap the controls about what its fix brings or takes away: only a guardrail that is attached has a version, only
a log with a destination can lose records, only a trail that records models and a budget that sees their spend are
judged for more, and a guest role that lost its rights needs no narrow ones. They begin or
cease to apply; what they said stays."""

MANY_CHANGES = {
    "alarm-on-guardrail-interventions",
    "alarm-on-model-errors",
    "alarm-on-model-latency",
    "alarm-on-model-throttles",
    "alarm-on-token-spikes",
    "budget-watches-model-spend",
    "code-inference-profile-exists",
    "dashboard-shows-model-behaviour",
    "guardrail-filters-harmful-content",
    "guardrail-protects-personal-data",
    "impact-assessment-is-signed",
    "inference-profiles-are-tagged",
    "model-access-is-scoped",
    "model-calls-carry-correlation-ids",
    "prompt-log-retention-is-set",
    "quality-drift-raises-alarm",
    "release-is-approved",
    "roles-avoid-administrator-rights",
    "roles-avoid-bedrock-full-access",
    "stop-reasons-are-handled",
    "telemetry-names-prompt-and-guardrail-version",
}
"""Controls whose gap no single attribute closes: a whole alarm, a person's word, a name that means something, or
what also decides which controls apply."""

Said = Mapping[tuple[str, str, Plane], Status]


def asserted(rule: Rule) -> Facts:
    return ASSERTED[rule.id]


def test_what_a_control_applies_to_is_not_what_another_asks_for() -> None:
    found = {
        (gap.id, other.id)
        for gap in RULES
        for other in RULES
        if gap is not other and asserted(gap) & facts_read(other.when, kinds()[other.resource])
    }
    assert found <= {(gap, other) for gap, others in REVEALED.items() for other in others}


def said(rules: Iterable[Rule], inventory: Inventory) -> Said:
    bench = prepare(inventory)
    return {
        (rule.id, finding.identity, plane): verdict.status
        for rule in rules
        for finding in judge_rule(rule, bench).findings
        for plane, verdict in finding.verdicts.items()
    }


def with_changes(inventory: Inventory, made: Sequence[Change]) -> Inventory:
    """The inventory after changes, with the workload as it follows from the rest."""
    resources = inventory.resources
    for change in made:
        resources = tuple(change.on(resource) for resource in resources)
    after = replace(inventory, resources=resources)
    if any(change.before.kind == "workload" for change in made):
        return after
    owner = next(r.value.owner for r in resources if isinstance(r.value, Workload))
    return with_workload(after, owner if isinstance(owner, str) else None)


def is_fix(rule: Rule, change: Change) -> bool:
    """Not another workload: taking the guardrail away also ends the need to handle its interventions."""
    return not (change.facts() - asserted(rule)) & APPLIED


def fixes(rule: Rule, inventory: Inventory) -> Iterator[tuple[str, Change]]:
    """For each subject that fails, a change after which it passes on that plane; the one that fewest rules ask for."""
    bench = prepare(inventory)
    subjects = {(r.identity, r.plane): r for r in bench.inventory.resources if r.kind == rule.resource}
    for (_, name, plane), status in said([rule], inventory).items():
        if status is not Status.FAIL or (name, plane) not in subjects:
            continue
        changed = changes(rule.condition, on(subjects[name, plane]), bench.scopes[plane])
        possible = [change for change in changed if is_fix(rule, change)]
        for change in sorted(possible, key=lambda change: -len(others([rule], [change]))):
            if said([rule], with_changes(inventory, [change])).get((rule.id, name, plane)) is Status.PASS:
                yield f"{name} on {plane.value}", change
                break


def others(rules: Iterable[Rule], made: Iterable[Change]) -> list[Rule]:
    """All other rules, without those about the same facts: to fix what several controls ask for changes them all."""
    facts = frozenset[tuple[str, str]]().union(*(change.facts() for change in made))
    fixed = {rule.id for rule in rules}
    return [rule for rule in RULES if rule.id not in fixed and not asserted(rule) & facts]


def moved(rules: Sequence[Rule], made: Sequence[Change], inventory: Inventory) -> dict[object, object]:
    """What other rules say differently after the changes that fix these, but for what a fix reveals."""
    rest = others(rules, made)
    before, after = said(rest, inventory), said(rest, with_changes(inventory, made))
    revealed = frozenset[str]().union(*(REVEALED.get(rule.id, ()) for rule in rules))
    return {
        key: (before.get(key), after.get(key))
        for key in {*before, *after}
        if before.get(key) != after.get(key)
        and not (key[0] in revealed and before.get(key) in (None, Status.NOT_APPLICABLE))
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_fix_moves_no_other_control(rule: Rule) -> None:
    fixed = 0
    for inventory in (inventory_of(e) for e in rule.examples if e["expect"] in ("fail", "partly")):
        for where, change in fixes(rule, inventory):
            assert not moved([rule], [change], inventory), where
            fixed += 1
    assert (fixed == 0) is (rule.id in MANY_CHANGES)


POC = Path(__file__).resolve().parent.parent / "examples" / "poc"


@pytest.fixture(scope="module")
def poc() -> Inventory:
    declared = collect_repository(read_tree(POC), load_config(POC).settings())
    return with_account(declared, load((POC / "evidence.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def gaps(poc: Inventory) -> list[tuple[Rule, Change]]:
    return [(rule, change) for rule in RULES for _, change in fixes(rule, poc)]


@given(data=st.data())
def test_fixing_any_gaps_of_the_poc_moves_no_other_control(
    poc: Inventory, gaps: list[tuple[Rule, Change]], data: st.DataObject
) -> None:
    assert len({rule.id for rule, _ in gaps}) > 20
    chosen = data.draw(st.lists(st.sampled_from(range(len(gaps))), min_size=1, max_size=6, unique=True))
    rules, made = [gaps[n][0] for n in chosen], [gaps[n][1] for n in chosen]
    assert not moved(rules, made, poc)

"""Judge: every rule over every subject of an inventory, on every plane. Sees no file and no socket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from prodworks_cli.attested import NOBODY, add_attested, verdict_of, with_attestations
from prodworks_cli.conditions import Cursor, Outcome, Scope, show
from prodworks_cli.deployments import in_doubt
from prodworks_cli.model import Finding, Inventory, Location, Plane, Proof, Ref, Resource, Status, Unknown, Verdict
from prodworks_cli.rules import Rule
from prodworks_cli.score import Outcome as RuleOutcome
from prodworks_cli.workload import IDENTITY, gaps_of, silence

UNSEEN = "(not seen)"

Index = Mapping[tuple[str, Plane, str], "Resource | None"]


@dataclass(frozen=True)
class Bench:
    """An inventory made ready to judge: what references and ``workload.`` lead to, on each plane."""

    inventory: Inventory
    scopes: Mapping[Plane, Scope]
    doubts: Mapping[tuple[str, str], str]
    of_kind: Mapping[str, Sequence[Resource]]


def prepare(inventory: Inventory) -> Bench:
    """Index an inventory once for all rules."""
    inventory = with_attestations(inventory)
    index = _index(inventory.resources)
    scopes = {plane: _scope(plane, index, inventory) for plane in Plane}
    of_kind: dict[str, list[Resource]] = {}
    for resource in inventory.resources:
        of_kind.setdefault(resource.kind, []).append(resource)
    return Bench(inventory, scopes, in_doubt(inventory), of_kind)


def judge(rules: Iterable[Rule], inventory: Inventory) -> list[RuleOutcome]:
    """Judge rules over an inventory."""
    bench = prepare(inventory)
    return [judge_rule(rule, bench) for rule in rules]


def _index(resources: Iterable[Resource]) -> Index:
    """Resources by identity and by alias; an alias that several resources share leads to none of them."""
    index: dict[tuple[str, Plane, str], Resource | None] = {}
    for resource in resources:
        index[resource.kind, resource.plane, resource.identity] = resource
    for resource in resources:
        for alias in resource.aliases:
            key = (resource.kind, resource.plane, alias)
            index[key] = resource if index.get(key, resource) is resource else None
    return index


def _scope(plane: Plane, index: Index, inventory: Inventory) -> Scope:
    def follow(ref: Ref) -> Resource | Unknown:
        planes = (plane, Plane.OBSERVED, Plane.DECLARED) if ref.kind.startswith("aws.") else (Plane.DECLARED,)
        for candidate in planes:
            found = index.get((ref.kind, candidate, ref.key))
            if found:
                return found
        hidden = gaps_of(ref.kind, plane, inventory.gaps, minor=True)
        reason = hidden[0].reason if hidden else "not among what was read"
        return Unknown(f"{ref.key}: {reason}", present=True)

    workload = index.get(("workload", plane, IDENTITY)) or index.get(("workload", Plane.DECLARED, IDENTITY))
    return Scope(follow, workload)


def judge_rule(rule: Rule, bench: Bench) -> RuleOutcome:
    """Judge one rule for every subject, and say what could not be seen."""
    inventory = bench.inventory
    verdicts: dict[str, dict[Plane, Verdict]] = {}
    for plane in _planes_read(rule, inventory):
        for resource in bench.of_kind.get(rule.resource, ()):
            if resource.plane is plane:
                verdict = _judge(rule, resource, bench.scopes[plane])
                verdicts.setdefault(resource.identity, {})[plane] = _unless_in_doubt(verdict, resource, bench, plane)
    if not _planes_read(rule, inventory) and Plane.OBSERVED in rule.planes:
        verdicts = _unasked(rule, bench)
    verdicts = {name: _unless_refused(rule, planes) for name, planes in verdicts.items()}
    add_attested(rule, inventory, verdicts)
    if rule.planes == (Plane.ATTESTED,):
        verdicts[IDENTITY] = {Plane.ATTESTED: _judge_attested(rule, bench)}
    findings = [Finding(rule.id, name, rule.resource, planes) for name, planes in verdicts.items()]
    return RuleOutcome(rule, *_with_unseen(rule, findings, inventory))


def _unless_in_doubt(verdict: Verdict, resource: Resource, bench: Bench, plane: Plane) -> Verdict:
    """A declaration that may be what the account has otherwise proves nothing beside that."""
    doubt = bench.doubts.get((resource.kind, resource.identity)) if plane is Plane.DECLARED else None
    return replace(verdict, status=Status.UNKNOWN, reason=doubt) if doubt and verdict.status is Status.PASS else verdict


# How the reason tells of a call that failed: service:Operation: code.
_REFUSED = re.compile(r"(?:^|: )[\w-]+:[A-Z]\w+: \w")


def _unless_refused(rule: Rule, verdicts: dict[Plane, Verdict]) -> dict[Plane, Verdict]:
    """What code names is proven by the account: that it looks well in the repository says nothing while the account
    refuses to tell what is behind the name, or it would look better without access than with it."""
    declared, observed = verdicts.get(Plane.DECLARED), verdicts.get(Plane.OBSERVED)
    if not rule.resource.startswith("repo.") or not declared or not observed:
        return verdicts
    if declared.status is Status.PASS and observed.status is Status.UNKNOWN and _REFUSED.search(observed.reason):
        return {**verdicts, Plane.DECLARED: replace(declared, status=Status.UNKNOWN, reason=observed.reason)}
    return verdicts


def _judge_attested(rule: Rule, bench: Bench) -> Verdict:
    """A rule that only people can answer: what they attest of the workload; silence is no refusal."""
    scope = bench.scopes[Plane.DECLARED]
    judged = _judge(rule, scope.workload, scope) if scope.workload else Verdict(Status.UNKNOWN, NOBODY)
    said = verdict_of(rule, bench.inventory)
    if judged.status is Status.PASS and said:
        return said
    return Verdict(Status.UNKNOWN, NOBODY, judged.proofs) if judged.status is Status.FAIL else judged


def _unasked(rule: Rule, bench: Bench) -> dict[str, dict[Plane, Verdict]]:
    """The declared subjects of a rule that only the account can answer, where no account was read: all unknown."""
    found = [r for r in bench.of_kind.get(rule.resource, ()) if r.plane is Plane.DECLARED]
    verdicts = {r.identity: _judge(rule, r, bench.scopes[Plane.DECLARED]) for r in found}
    unknown = Verdict(Status.UNKNOWN, "the account was not read")
    return {
        name: {Plane.DECLARED: v if v.status is Status.NOT_APPLICABLE else replace(unknown, proofs=v.proofs)}
        for name, v in verdicts.items()
    }


def _planes_read(rule: Rule, inventory: Inventory) -> list[Plane]:
    """The planes that were looked at; a rule about code is judged on the declared plane whatever it names."""
    read = {Plane.DECLARED, *([Plane.OBSERVED] if inventory.scan.account_read_at else [])}
    return [plane for plane in rule.planes if plane in read]


def _planes_shown(rule: Rule, inventory: Inventory) -> list[Plane]:
    """The planes on which subjects would have been seen: code is in the repository, whatever plane it is judged on."""
    return [Plane.DECLARED] if rule.resource.startswith("repo.") else _planes_read(rule, inventory)


def _with_unseen(rule: Rule, findings: list[Finding], inventory: Inventory) -> tuple[tuple[Finding, ...], str]:
    """The findings, with one more for what could not be seen, and the reason why a rule has none."""
    if findings:
        planes = _planes_shown(rule, inventory)
        hidden = [g for p in planes for g in gaps_of(rule.resource, p, inventory.gaps, minor=False)]
        if hidden and rule.resource != "workload":
            places = "; ".join(f"{g.scope}: {g.reason}" for g in hidden[:3])
            findings = [*findings, _unknown_finding(rule, hidden[0].plane, Unknown(places))]
        return tuple(findings), ""
    reasons = {plane: silence(rule.resource, plane, inventory) for plane in _planes_shown(rule, inventory)}
    observed = reasons.get(Plane.OBSERVED)
    deciding = {Plane.OBSERVED: observed} if isinstance(observed, str) else reasons
    for plane, reason in deciding.items():
        if isinstance(reason, Unknown):
            return (_unknown_finding(rule, plane, reason),), reason.reason
    return (), next((str(r) for r in deciding.values()), "no plane of this rule was read")


def crashed(rule: Rule, error: Exception) -> RuleOutcome:
    """The outcome of a rule that prodworks failed to judge: unknown, with the error as the reason."""
    reason = f"internal error: {type(error).__name__}: {error}"
    return RuleOutcome(rule, (_unknown_finding(rule, Plane.DECLARED, Unknown(reason)),), reason)


def _unknown_finding(rule: Rule, plane: Plane, reason: Unknown) -> Finding:
    return Finding(rule.id, UNSEEN, rule.resource, {plane: Verdict(Status.UNKNOWN, reason.reason)})


def _judge(rule: Rule, subject: Resource, scope: Scope) -> Verdict:
    cursor = Cursor(subject.value, subject)
    idle = subject.value.idle()
    if idle:
        return Verdict(Status.NOT_APPLICABLE, idle, _located(Outcome(False), cursor))
    if rule.applies:
        applies = rule.applies(cursor, scope)
        if applies.truth is False:
            return Verdict(Status.NOT_APPLICABLE, _reason(applies, "does not apply"), applies.proofs)
        if applies.truth is None:
            return Verdict(Status.UNKNOWN, _reason(applies, "whether this applies is unknown"), applies.proofs)
    outcome = rule.holds(cursor, scope)
    status = {True: Status.PASS, False: Status.FAIL, None: Status.UNKNOWN}[outcome.truth]
    return Verdict(status, _reason(outcome, rule.title if outcome.truth else rule.gap), _located(outcome, cursor))


def _located(outcome: Outcome, cursor: Cursor) -> tuple[Proof, ...]:
    """A verdict always says where to look, even when no comparison was needed."""
    if outcome.proofs:
        return outcome.proofs
    return (Proof("", "is", "judged", show(cursor.value), cursor.location() or Location(cursor.resource.identity)),)


def _reason(outcome: Outcome, otherwise: str) -> str:
    if outcome.truth is None:
        unknown = next((p.actual for p in outcome.proofs if p.actual.startswith(("unknown (", "[unknown ("))), None)
        if unknown:  # alone, or each of a list that nobody could read
            return "; ".join(unknown.strip("[]").removeprefix("unknown (").removesuffix(")").split("), unknown ("))
    first = next(iter(outcome.proofs), None)
    return f"{first.path} {first.operator} {_operand(first.expected)}: {first.actual}" if first else otherwise


def _operand(expected: object) -> str:
    if isinstance(expected, bool):
        return "yes" if expected else "no"
    return ", ".join(map(str, expected)) if isinstance(expected, list) else str(expected)

"""The entries of a report that show single things: subjects with their proofs, rules, resources and the scan."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from prodworks_cli.fingerprint import fingerprint
from prodworks_cli.globs import covers
from prodworks_cli.model import Finding, Gap, Inventory, Location, Plane, Proof, Resource, Scan, Status, Verdict
from prodworks_cli.report import (
    Calls,
    Denied,
    Files,
    Fix,
    GapEntry,
    InventoryEntry,
    PlaneEntry,
    ProofEntry,
    RuleEntry,
    ScanEntry,
    SkippedFile,
    SubjectEntry,
    SubjectStatus,
    Target,
)
from prodworks_cli.roadmap import hours_left
from prodworks_cli.rules import Rule
from prodworks_cli.score import MOST_DIRECT, Assessment, deciding_plane, subject_status

TEXT_SHOWN = 120
WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.WAIVED, Status.PASS, Status.NOT_APPLICABLE)
# Attributes that say what a resource is; none of them carries the text of a prompt, a log or a secret.
SUMMARY = (
    *("api", "provider", "service", "model_id", "name", "type", "reference_type", "purpose", "origin"),
    *("region", "status", "version", "enabled", "pinned", "placeholder"),
)
STATUS_TEXT: Mapping[Status, SubjectStatus] = {
    Status.FAIL: "fail",
    Status.UNKNOWN: "unknown",
    Status.WAIVED: "waived",
    Status.PASS: "pass",
    Status.NOT_APPLICABLE: "not-applicable",
}
SAYS = {"fail": "fail", "partly": "fail", "unknown": "cannot be decided", "waived": "are accepted", "pass": "hold"}

OwnerOf = Callable[[Assessment, "str | None"], "str | None"]


def is_file(where: str) -> bool:
    """Whether a location names a file of the repository and not an ARN."""
    return not where.startswith("arn:")


class Places:
    """Where the resources of an inventory are, by kind and identity; built once for all rules."""

    def __init__(self, inventory: Inventory) -> None:
        self._places: dict[tuple[str, str, Plane], Location] = {}
        for r in inventory.resources:
            if "" in r.locations:
                self._places.setdefault((r.kind, r.identity, r.plane), r.locations[""])

    def of(self, finding: Finding, plane: Plane) -> Location | None:
        """The place of a finding's subject on one plane."""
        return self._places.get((finding.kind, finding.identity, plane))

    def declared_path(self, finding: Finding) -> str:
        """The file that declares a subject, or "". The workload has none: its place is the name of the folder."""
        place = None if finding.kind == "workload" else self.of(finding, Plane.DECLARED)
        return place.where if place else ""


def subject_entries(assessment: Assessment, places: Places, owner_of: OwnerOf) -> list[SubjectEntry]:
    """One entry for each subject, worst first and then by identity."""
    outcome = assessment.outcome
    rank = {id(f): WORST_FIRST.index(subject_status(outcome, f)) for f in outcome.findings}
    ordered = sorted(outcome.findings, key=lambda f: (rank[id(f)], f.identity, f.kind, places.declared_path(f)))
    seen: dict[tuple[str, str], int] = {}
    entries = []
    for finding in ordered:
        if not finding.identity:
            continue
        key = (finding.identity, places.declared_path(finding))
        seen[key] = seen.get(key, -1) + 1
        place = place_of(finding, places)
        entry = SubjectEntry(
            identity=finding.identity,
            type=finding.kind,
            status=STATUS_TEXT[subject_status(outcome, finding)],
            drifted=finding.drifted,
            fingerprint=fingerprint(assessment.rule.id, *key, seen[key]),
            owner=owner_of(assessment, place.where if place else None),
            where=place.where if place else None,
            line=place.line if place else None,
            planes={p.value: _plane(finding.verdicts[p]) for p in MOST_DIRECT if p in finding.verdicts},
        )
        if entry["status"] == "waived":
            entry["waiver"] = outcome.waivers[finding.identity]
        entries.append(entry)
    return entries


def place_of(finding: Finding, places: Places) -> Location | None:
    """Where to look first: the first proof in a file on the deciding plane, then any proof there, then the subject."""
    plane = deciding_plane(finding)
    if plane is None:
        return None
    located = [p.location for p in finding.verdicts[plane].proofs if p.location]
    in_files = [place for place in located if place.call is None and is_file(place.where)]
    declared, own = places.of(finding, Plane.DECLARED), places.of(finding, plane)
    return next((place for place in (*in_files, *located, own, declared) if place), None)


def _plane(verdict: Verdict) -> PlaneEntry:
    proofs = [_proof(proof) for proof in verdict.proofs]
    return PlaneEntry(status=STATUS_TEXT[verdict.status], reason=verdict.reason, proofs=proofs)


def _proof(proof: Proof) -> ProofEntry:
    place = proof.location
    return ProofEntry(
        path=proof.path,
        operator=proof.operator,
        expected=expected_text(proof.expected),
        actual=proof.actual,
        where=place.where if place else None,
        line=place.line if place else None,
        call=place.call if place else None,
    )


def expected_text(value: Any) -> str:
    """The operand of a condition as a short text; it comes from a rule, so it is safe to print."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, list | tuple):
        return _short(", ".join(expected_text(v) for v in value))
    return _short(json.dumps(value, sort_keys=True, default=str) if isinstance(value, Mapping) else str(value))


def _short(text: str) -> str:
    return text if len(text) <= TEXT_SHOWN else text[: TEXT_SHOWN - 3] + "..."


def rule_entry(
    assessment: Assessment, subjects: list[SubjectEntry], points: float, gain: float, owner: str | None
) -> RuleEntry:
    """A rule with its outcome. ``hours`` is what is left to do, so 0 where the rule holds."""
    rule = assessment.rule
    return RuleEntry(
        id=rule.id,
        title=rule.title,
        gap=rule.gap,
        pillar=rule.pillar,
        severity=rule.severity,
        gate=rule.gate,
        proof=rule.proof.value,
        questions=list(rule.questions),
        status=assessment.status,
        reason=reason_of(assessment),
        points=points,
        gain=gain,
        hours=hours_left(assessment),
        drifted=any(f.drifted for f in assessment.outcome.findings),
        owner=owner,
        why=rule.why,
        fix=Fix(steps=list(rule.steps), snippets=dict(rule.snippets), side_effects=list(rule.side_effects)),
        references=list(rule.references),
        standards={name: list(ids) for name, ids in sorted(rule.standards.items())},
        subjects=subjects,
    )


def reason_of(assessment: Assessment) -> str:
    """Why a rule has its status: the reason of its worst subject, with counts where there are several."""
    outcome = assessment.outcome
    findings = sorted(outcome.findings, key=lambda f: (WORST_FIRST.index(subject_status(outcome, f)), f.identity))
    reasons = [_finding_reason(f) for f in findings]
    first = next((reason for reason in reasons if reason), "")
    if not assessment.applicable:
        return outcome.reason or first
    total = assessment.passing + assessment.failing + assessment.waived + assessment.unknown
    if total == 1:
        return first or outcome.reason
    worst = assessment.failing or assessment.unknown or assessment.waived or assessment.passing
    return f"{worst} of {total} {SAYS[assessment.status]}" + (f": {first}" if first else "")


def _finding_reason(finding: Finding) -> str:
    plane = deciding_plane(finding)
    return finding.verdicts[plane].reason if plane else ""


def target(scan: Scan) -> Target:
    """What was audited."""
    return Target(
        name=scan.target,
        commit=scan.commit,
        dirty=scan.dirty,
        units=[],
        accounts=list(scan.accounts),
        regions=list(scan.regions),
    )


def scan_entry(inventory: Inventory, rules: Iterable[Rule]) -> ScanEntry:
    """What was looked at, and what could not be, with the ``rules`` that refused reads concern.

    Files that failed are the paths that declared gaps name.
    """
    scan = inventory.scan
    ordered = sorted(inventory.gaps, key=lambda g: (g.plane.value, g.scope, g.line or 0, g.kind, g.reason))
    failed = dict.fromkeys((g.scope, g.reason) for g in ordered if g.plane is Plane.DECLARED and _names_file(g))
    return ScanEntry(
        files=Files(
            read=scan.files_read, skipped=_files((s.path, s.reason) for s in scan.skipped), failed=_files(failed)
        ),
        calls=Calls(made=scan.calls_made, denied=_denied(ordered, tuple(rules))),
        account_read_at=scan.account_read_at,
        note=scan.note,
        left_out=dict(scan.left_out),
        gaps=[
            GapEntry(type=g.kind, plane=g.plane.value, scope=g.scope, line=g.line, reason=g.reason, action=g.action)
            for g in ordered
        ],
    )


def _denied(gaps: Iterable[Gap], rules: Sequence[Rule]) -> list[Denied]:
    """The actions to grant, each once for a place, with the rules about what they would show."""
    refused: dict[tuple[str, str], set[str]] = {}
    for gap in gaps:
        if gap.action and gap.plane is Plane.OBSERVED:
            needing = {r.id for r in rules if covers(gap.kind, r.resource)}
            refused.setdefault((gap.action, gap.scope), set()).update(needing)
    return [Denied(action=a, region=scope, rules=sorted(ids)) for (a, scope), ids in sorted(refused.items())]


def _names_file(gap: Gap) -> bool:
    """Whether the scope of a gap is a path. Scopes may also be a language or "the adapter of ..."."""
    scope = gap.scope
    return gap.line is not None or (("/" in scope or "." in scope.strip(".")) and not scope.startswith("the "))


def _files(pairs: Iterable[tuple[str, str]]) -> list[SkippedFile]:
    return [SkippedFile(path=path, reason=reason) for path, reason in pairs]


def inventory_entries(inventory: Inventory) -> list[InventoryEntry]:
    """Every resource that was found, except the workload, which stands for all of them."""
    found = [_resource(r) for r in inventory.resources if r.kind != "workload"]
    return sorted(found, key=itemgetter("type", "identity", "plane", "where"))


def _resource(resource: Resource) -> InventoryEntry:
    place = resource.locations.get("", Location(resource.identity))
    return InventoryEntry(
        type=resource.kind,
        identity=resource.identity,
        plane=resource.plane.value,
        where=place.where,
        line=place.line,
        summary=_short(", ".join(_facts(resource, SUMMARY))),
    )


def _facts(resource: Resource, names: Sequence[str]) -> list[str]:
    values = [(name.replace("_", " "), getattr(resource.value, name, None)) for name in names]
    return [
        f"{name} {expected_text(value)}"
        for name, value in values
        if isinstance(value, str | int | float) and value != ""
    ]

"""Rules, findings and strategies that the tests of scoring share."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from hypothesis import strategies as st

from prodworks_cli.assemble import assemble_report
from prodworks_cli.model import Finding, Inventory, Location, Plane, Resource, Scan, Status, Verdict
from prodworks_cli.report import PILLARS, QUESTIONS, SEVERITIES, Pack, Report, WaiverEntry
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.rules import Rule
from prodworks_cli.score import Outcome

DECLARED_PASS = {Plane.DECLARED: Status.PASS}
OBSERVED_PASS = {Plane.OBSERVED: Status.PASS}
ATTESTED_PASS = {Plane.ATTESTED: Status.PASS}
FAIL = {Plane.DECLARED: Status.FAIL}
UNKNOWN = {Plane.DECLARED: Status.UNKNOWN}
ABSENT = {Plane.DECLARED: Status.NOT_APPLICABLE}
WAIVED = WaiverEntry(kind="accept-risk", reason="Small.", owner="ann", approved_by="bob", expires="2027-01-31")
KINDS = (OBSERVED_PASS, DECLARED_PASS, ATTESTED_PASS, FAIL, UNKNOWN, ABSENT)


def rule(rule_id: str = "rule-a", **more: Any) -> Rule:
    values: dict[str, Any] = {
        "title": f"{rule_id} holds",
        "gap": f"{rule_id} is open",
        "pillar": "security",
        "severity": "high",
        "gate": None,
        "proof": Plane.DECLARED,
        "planes": (Plane.DECLARED, Plane.OBSERVED),
        "questions": (),
        "resource": "repo.model_call",
        "hours": 2.0,
        "why": "Because.",
        "steps": ("Do it.",),
        "snippets": {"cli": "aws"},
        "side_effects": (),
        "references": ("https://example.com",),
        "standards": {"owasp-llm": ("LLM01",)},
    }
    return Rule(id=rule_id, **(values | more))


def finding(rule_id: str, identity: str, planes: dict[Plane, Status]) -> Finding:
    verdicts = {plane: Verdict(status, f"{identity} {status}") for plane, status in planes.items()}
    return Finding(rule_id, identity, "repo.model_call", verdicts)


def outcome(judged: Rule, *subjects: dict[Plane, Status], waive: tuple[int, ...] = ()) -> Outcome:
    findings = tuple(finding(judged.id, f"s{i}", planes) for i, planes in enumerate(subjects))
    return Outcome(judged, findings, "" if findings else "none found", {f"s{i}": WAIVED for i in waive})


def model_call(identity: str = "app.py:call", where: str = "app.py", line: int = 7, **known: Any) -> Resource:
    """A model call of which only ``known`` is set."""
    values = dict.fromkeys(f.name for f in fields(ModelCall)) | known
    return Resource(identity, Plane.DECLARED, ModelCall(**values), {"": Location(where, line)})


NOW = "2026-11-24T09:30:00+00:00"
INVENTORY = Inventory((model_call(),), (), Scan("app", account_read_at="2026-11-24T09:29:00+00:00"))


def report(*judged: Outcome, inventory: Inventory = INVENTORY, **settings: Any) -> Report:
    pack = Pack(id="1", sha256="0" * 64)
    owners = {"app.py": "@team"}.get
    return assemble_report(judged, inventory, generated=NOW, pack=pack, owners=owners, settings=settings)


@st.composite
def outcomes(draw: st.DrawFn, least: int = 1) -> list[Outcome]:
    """Random rules with random subjects, some of them waived."""
    found = []
    for number in range(draw(st.integers(least, 8))):
        judged = rule(
            f"r{number}",
            pillar=draw(st.sampled_from(PILLARS)),
            severity=draw(st.sampled_from(SEVERITIES)),
            gate=draw(st.sampled_from([None, "pilot", "production"])),
            proof=draw(st.sampled_from(list(Plane))),
            hours=draw(st.sampled_from([0.0, 0.5, 2.0, 8.0])),
            questions=tuple(draw(st.sets(st.sampled_from(sorted(QUESTIONS)), max_size=2))),
            blocked_by=tuple(draw(st.sets(st.sampled_from(["r0", "r1", "r2", "gone"]), max_size=2))),
        )
        subjects = draw(st.lists(st.sampled_from(KINDS), max_size=5))
        waive = tuple(draw(st.sets(st.integers(0, 4), max_size=2)))
        found.append(outcome(judged, *subjects, waive=waive))
    return found

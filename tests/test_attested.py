"""The attested plane: what people answer for counts where nothing else is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from prodworks_cli.attested import attestations
from prodworks_cli.collect import collect_repository
from prodworks_cli.judge import judge
from prodworks_cli.model import Plane, Status
from prodworks_cli.rules import Rule, load_rules
from prodworks_cli.sources.files import tree_of

CALL = 'import boto3\nbedrock = boto3.client("bedrock-runtime")\nbedrock.converse(modelId="amazon.nova-lite-v1:0")\n'
FLAG = CALL + "if settings.ai_enabled:\n    pass\n"


def said(rule: str = "kill-switch-exists") -> dict[str, str]:
    statement = {"statement": "It was tried", "owner": "on-call", "evidence": "https://wiki.example.com/1"}
    return {"rule": rule, "expires": "2027-01-01", **statement}


def rule(name: str) -> Rule:
    found = load_rules().get(name)
    assert found is not None
    return found


def judged(code: str, found: Rule, *entries: dict[str, str]) -> Any:
    inventory = collect_repository(tree_of({"app.py": code}), {"attestations": list(entries)})
    (outcome,) = judge([found], inventory)
    return outcome.findings[0]


@pytest.mark.parametrize(
    ("code", "entries", "status"),
    [
        (FLAG, [], Status.UNKNOWN),
        (FLAG, [said()], Status.PASS),
        (FLAG, [said("another-rule")], Status.UNKNOWN),
        (CALL, [said()], Status.FAIL),
    ],
)
def test_an_attestation_decides_only_what_is_not_known(
    code: str, entries: list[dict[str, str]], status: Status
) -> None:
    assert judged(code, rule("kill-switch-exists"), *entries).status is status


def test_the_verdict_says_who_and_until_when() -> None:
    verdict = judged(FLAG, rule("kill-switch-exists"), said()).verdicts[Plane.ATTESTED]
    assert verdict.reason == "attested by on-call until 2027-01-01"
    assert verdict.proofs[0].actual == "on-call: It was tried"
    assert verdict.proofs[0].location.where == "https://wiki.example.com/1"


def test_a_rule_that_does_not_admit_it_is_not_attested() -> None:
    declared = replace(rule("kill-switch-exists"), planes=(Plane.DECLARED,))
    assert judged(FLAG, declared, said()).status is Status.UNKNOWN


def test_former_names_of_a_rule_count() -> None:
    renamed = replace(rule("kill-switch-exists"), aliases=("old-name",))
    assert judged(FLAG, renamed, said("old-name")).status is Status.PASS


def test_only_people_can_approve_a_release() -> None:
    approved = rule("release-is-approved")
    assert judged(CALL, approved, said("release-is-approved")).status is Status.PASS
    silent = judged(CALL, approved)
    assert (silent.status, list(silent.verdicts)) == (Status.UNKNOWN, [Plane.ATTESTED])
    assert silent.verdicts[Plane.ATTESTED].reason == "nobody attests it"


def test_settings_without_attestations() -> None:
    assert attestations({}) == ()
    assert attestations({"attestations": [{"rule": "x"}]})[0].owner == ""

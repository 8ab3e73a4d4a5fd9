"""A scenario account through the installed command: known facts, and the finding that each must give."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.aws.conftest import SERVICES, WHO
from tests.aws.endpoint import Endpoint, FakeAccount
from tests.aws.scenario import EU, FILES, HOME, REGIONS, arn, role_arn
from tests.aws.scenario_rest import ANSWERS, SECRET
from tests.e2e.conftest import Run

Report = dict[str, Any]


def audited(prodworks: Run, server: Endpoint, folder: Path, answers: Mapping[str, Any], *flags: str) -> Report:
    """The report of the scenario's repository with this account."""
    for name, text in FILES.items():
        (folder / name).write_text(text)
    server.account = FakeAccount({**WHO, **answers})
    regions = [part for region in REGIONS for part in ("--region", region)]
    done = prodworks("audit", folder, "--aws", *regions, *flags, "-o", "json=-", **server.environment(SERVICES))
    assert done.returncode == 0, done.stderr
    assert server.account.unexpected == []
    report: Report = json.loads(done.stdout)
    return report


@pytest.fixture(scope="module")
def kept() -> dict[str, Report]:
    return {}


@pytest.fixture
def report(prodworks: Run, server: Endpoint, tmp_path: Path, kept: dict[str, Report]) -> Report:
    """The scenario's report, made once."""
    if not kept:
        folder = tmp_path / "repo"
        folder.mkdir()
        kept["report"] = audited(prodworks, server, folder, ANSWERS)
    return kept["report"]


def guardrail(name: str, region: str = HOME) -> str:
    return arn("bedrock", f"guardrail/{name}", region)


ATTACKS, HARM, PII = (
    "guardrail-blocks-prompt-attacks",
    "guardrail-filters-harmful-content",
    "guardrail-protects-personal-data",
)
SCOPED, ADMIN, FULL = "model-access-is-scoped", "roles-avoid-administrator-rights", "roles-avoid-bedrock-full-access"
SECRETS, LOGGING, MASKED = "secrets-kept-out-of-environment", "invocation-logging-enabled", "prompt-logs-are-masked"
PRIVATE, HEARD, TOLD = "workload-buckets-are-private", "alarms-reach-people", "budget-alerts-reach-people"
ERRORS, THROTTLES, TOKENS = "alarm-on-model-errors", "alarm-on-model-throttles", "alarm-on-token-spikes"
BUDGET = "budget-watches-model-spend"
DECLARED_GUARDRAIL, DECLARED_ROLE = "aws_bedrock_guardrail.chat", "aws_iam_role.chat"
DECLARED_FUNCTION = "aws_lambda_function.chat"


def alarm(name: str) -> str:
    return arn("cloudwatch", f"alarm:{name}")


# What is known of the account: rule, subject, and what the observed plane must say. "drift" is a pass in the
# repository and a fail in the account; "absent" says that the subject is not of the workload and is not judged.
FACTS: list[tuple[str, str, str]] = [
    (ATTACKS, DECLARED_GUARDRAIL, "drift"),
    (ATTACKS, guardrail("gr2search"), "pass"),
    (ATTACKS, guardrail("gr3old"), "unknown"),
    (ATTACKS, guardrail("gr4eu", EU), "pass"),
    (HARM, DECLARED_GUARDRAIL, "fail"),
    (HARM, guardrail("gr2search"), "pass"),
    (HARM, guardrail("gr3old"), "unknown"),
    (HARM, guardrail("gr4eu", EU), "fail"),
    (PII, DECLARED_GUARDRAIL, "fail"),
    (PII, guardrail("gr2search"), "pass"),
    (PII, guardrail("gr3old"), "unknown"),
    (PII, guardrail("gr4eu", EU), "fail"),
    (LOGGING, "invocation-logging/us-east-1", "pass"),
    (LOGGING, "invocation-logging/eu-west-1", "pass"),
    (LOGGING, "invocation-logging/ap-southeast-2", "fail"),
    (SCOPED, DECLARED_ROLE, "drift"),
    (SCOPED, role_arn("search"), "pass"),
    (SCOPED, role_arn("wide"), "fail"),
    (SCOPED, role_arn("full"), "fail"),
    (SCOPED, role_arn("own"), "pass"),
    (SCOPED, role_arn("lost"), "unknown"),
    (SCOPED, role_arn("billing"), "absent"),
    (SCOPED, role_arn("AWSServiceRoleForLambda"), "absent"),
    (ADMIN, DECLARED_ROLE, "drift"),
    (ADMIN, role_arn("search"), "pass"),
    (ADMIN, role_arn("wide"), "pass"),
    (ADMIN, role_arn("own"), "pass"),
    (ADMIN, role_arn("lost"), "unknown"),
    (ADMIN, role_arn("helper-agent"), "pass"),
    (FULL, DECLARED_ROLE, "pass"),
    (FULL, role_arn("full"), "fail"),
    (FULL, role_arn("own"), "pass"),
    (SECRETS, DECLARED_FUNCTION, "drift"),
    (SECRETS, arn("lambda", "function:search"), "pass"),
    (SECRETS, arn("lambda", "function:billing"), "absent"),
    (SECRETS, arn("ecs", "task-definition/worker:7"), "fail"),
    (SECRETS, arn("ecs", "task-definition/batch:7"), "absent"),
    (MASKED, arn("logs", "log-group:/bedrock/calls"), "fail"),
    (MASKED, arn("logs", "log-group:/aws/lambda/billing"), "absent"),
    (PRIVATE, "arn:aws:s3:::acme-calls", "pass"),
    (PRIVATE, "arn:aws:s3:::acme-calls-eu", "fail"),
    (PRIVATE, "arn:aws:s3:::acme-bills", "absent"),
    (HEARD, alarm("model-errors"), "pass"),
    (HEARD, alarm("model-throttles"), "fail"),
    (HEARD, alarm("tokens"), "unknown"),
    (HEARD, alarm("chat-errors"), "pass"),
    (HEARD, alarm("billing-errors"), "absent"),
    (HEARD, alarm("queue-age"), "absent"),
    (TOLD, arn("budgets", "budget/everything", ""), "pass"),
    (TOLD, arn("budgets", "budget/silent", ""), "fail"),
    (TOLD, arn("budgets", "budget/machines", ""), "absent"),
    (ERRORS, "workload", "pass"),
    (THROTTLES, "workload", "pass"),
    (TOKENS, "workload", "pass"),
    (BUDGET, "workload", "pass"),
    ("bedrock-api-keys-are-short-lived", "workload", "unknown"),
]


@pytest.mark.parametrize(("rule", "subject", "expected"), FACTS, ids=lambda text: text.rpartition("/")[2])
def test_each_known_fact_gives_its_finding(report: Report, rule: str, subject: str, expected: str) -> None:
    (entry,) = [r for r in report["rules"] if r["id"] == rule]
    found = [s for s in entry["subjects"] if s["identity"].endswith(subject)]
    if expected == "absent":
        assert found == []
        return
    (one,) = found
    assert one["planes"]["observed"]["status"] == ("fail" if expected == "drift" else expected)
    assert one["drifted"] is (expected == "drift")


def test_there_are_at_least_forty_facts_of_each_sort() -> None:
    assert len(set(FACTS)) >= 40
    assert {outcome for _, _, outcome in FACTS} == {"pass", "fail", "unknown", "drift", "absent"}


def test_what_could_not_be_read_is_named_with_the_permission(report: Report) -> None:
    (attacks,) = [r for r in report["rules"] if r["id"] == ATTACKS]
    (old,) = [s for s in attacks["subjects"] if s["identity"] == guardrail("gr3old")]
    assert "grant bedrock:GetGuardrail" in old["planes"]["observed"]["reason"]
    assert "AuthorizationError" in json.dumps([r for r in report["rules"] if r["id"] == HEARD])


def test_what_was_left_out_is_counted(report: Report) -> None:
    assert report["scan"]["left_out"] == {
        "aws.budgets.budget": 1,
        "aws.cloudwatch.alarm": 2,
        "aws.compute.unit": 2,
        "aws.ec2.vpc_endpoint": 1,
        "aws.iam.role": 1,
        "aws.kms.key": 1,
        "aws.logs.log_group": 1,
        "aws.s3.bucket": 1,
    }
    assert report["target"]["accounts"] == ["111122223333"]
    assert report["target"]["regions"] == sorted(REGIONS)


def test_no_secret_prompt_or_address_leaves_the_account(report: Report) -> None:
    text = json.dumps(report)
    for hidden in (SECRET, "hunter2", "swordfish", "night-shift@acme.example", "money@acme.example"):
        assert hidden not in text

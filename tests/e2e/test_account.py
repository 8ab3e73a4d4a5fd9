"""A scenario account through the installed command: known facts, and the finding that each must give."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.aws.conftest import SERVICES, WHO
from tests.aws.endpoint import Endpoint, FakeAccount, Hang
from tests.aws.scenario import DENIED, EU, FILES, HOME, RECORDS, REGIONS, STACKS, arn, role_arn
from tests.aws.scenario_models import NAME
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


FIXED = "agents-serve-a-fixed-version"
ATTACKS, HARM, PII = (
    "guardrail-blocks-prompt-attacks",
    "guardrail-filters-harmful-content",
    "guardrail-protects-personal-data",
)
SCOPED, ADMIN, FULL = "model-access-is-scoped", "roles-avoid-administrator-rights", "roles-avoid-bedrock-full-access"
SECRETS, LOGGING, MASKED = "secrets-kept-out-of-environment", "invocation-logging-enabled", "prompt-logs-are-masked"
PRIVATE, HEARD, TOLD = "workload-buckets-are-private", "alarms-reach-people", "budget-alerts-reach-people"
ERRORS, THROTTLES, TOKENS = "alarm-on-model-errors", "alarm-on-model-throttles", "alarm-on-token-spikes"
BUDGET, KEPT = "budget-watches-model-spend", "failed-jobs-are-kept"
ACCESS, GUESTS, RECOVER = "entry-access-is-logged", "guests-cannot-invoke-models", "workflow-steps-recover"
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
    (SCOPED, role_arn("helper-agent"), "pass"),
    ("code-guardrail-exists", "app.py:ask converse", "pass"),
    ("code-guardrail-exists", "lookups.py:gone converse", "fail"),
    ("code-guardrail-exists", "lookups.py:never_made converse", "fail"),
    ("managed-prompts-are-pinned", "prompt/PROMPT0009", "fail"),
    ("workload-is-declared-as-code", "workload", "unknown"),
    (FIXED, "lookups.py:help_me invoke_agent", "pass"),
    (FIXED, "lookups.py:help_me invoke_agent #2", "drift"),
    (FIXED, "lookups.py:help_me invoke_agent #3", "drift"),
    ("code-model-is-available", f"app.py:{NAME}", "fail"),
    ("models-in-use-are-active", f"app.py:{NAME}", "pass"),
    ("invocation-logging-covers-called-regions", "app.py:ask converse", "pass"),
    ("knowledge-is-fresh", "DS00000001", "fail"),
    ("production-answers-are-scored", "workload", "fail"),
    ("dashboard-shows-model-behaviour", "workload", "pass"),
    ("spend-anomalies-are-reported", "workload", "pass"),
    ("control-changes-raise-alert", "workload", "fail"),
    ("synthetic-probe-runs", "workload", "unknown"),
    (KEPT, arn("sqs", "questions"), "pass"),
    (KEPT, arn("sqs", "lost-questions"), "fail"),
    (KEPT, arn("sqs", "bills"), "absent"),
    (RECOVER, arn("states", "stateMachine:hasty"), "fail"),
    (RECOVER, arn("states", "stateMachine:careful"), "pass"),
    (RECOVER, arn("states", "stateMachine:bills"), "absent"),
    (ACCESS, f"apigateway:{HOME}::/apis/a1/routes/r1", "fail"),
    (ACCESS, arn("elasticloadbalancing", "listener/app/web/1/4"), "fail"),
    (ACCESS, arn("elasticloadbalancing", "listener/app/shop/2/4"), "absent"),
    (ACCESS, arn("appsync", "apis/g1/datasources/search"), "pass"),
    ("workload-has-owner", "workload", "fail"),
    (GUESTS, arn("cognito-identity", "identitypool/us-east-1:11111111-2222-3333-4444-555555555555"), "fail"),
    (GUESTS, arn("cognito-identity", "identitypool/us-east-1:66666666-2222-3333-4444-555555555555"), "absent"),
    ("self-hosted-models-are-redundant", arn("sagemaker", "endpoint/rerank"), "fail"),
    ("self-hosted-models-are-redundant", arn("sagemaker", "endpoint/forecast"), "absent"),
    ("unapproved-models-are-denied", "service-control-policies/111122223333", "unknown"),
    ("cost-tags-are-activated", "cost-allocation-tag/Owner", "fail"),
    ("cost-export-names-the-caller", "data-exports/111122223333", "unknown"),
    ("quota-has-headroom", "token-quota/us-east-1/anthropic.claude-sonnet-4-5-20250929-v1:0", "pass"),
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


# What the repository declares beside what the account has: the resource, how it stands, and what differs.
DEPLOYED: list[tuple[str, str, str]] = [
    (DECLARED_GUARDRAIL, "deployed", "content_filters[PROMPT_ATTACK].input_strength HIGH LOW"),
    (DECLARED_ROLE, "deployed", "managed_policies none AdministratorAccess"),
    (DECLARED_FUNCTION, "deployed", "environment_secrets none OPENAI_API_KEY"),
    (DECLARED_FUNCTION, "deployed", f"settings[MODEL_ID].value {NAME} amazon.nova-lite-v1:0"),
    ("records.yaml#Records", "deployed", "retention_days 365 30"),
    ("gr9gone", "missing", ""),
    ("KBASE00009", "unknown", ""),
    ("AGENT00009", "missing", ""),
    (arn("bedrock", "prompt/PROMPT0009"), "missing", ""),
    (guardrail("gr2search"), "not-declared", ""),
    (arn("lambda", "function:search"), "not-declared", ""),
]


@pytest.mark.parametrize(("subject", "state", "differing"), DEPLOYED, ids=[name for name, _, _ in DEPLOYED])
def test_what_is_declared_is_told_beside_what_is_deployed(
    report: Report, subject: str, state: str, differing: str
) -> None:
    (entry,) = [e for e in report["deployment"] if e["identity"] == subject]
    assert entry["state"] == state
    found = {" ".join((d["attribute"], d["declared"], d["deployed"])): d for d in entry["differences"]}
    assert differing in (found or {"": {}})
    for difference in found.values():
        assert difference["declared_at"]["where"] in FILES
        assert difference["deployed_at"]["where"].startswith("arn:aws:")


def test_a_resource_with_a_generated_name_is_read_because_its_stack_tells_it(report: Report) -> None:
    (entry,) = [e for e in report["deployment"] if e["identity"] == "records.yaml#Records"]
    assert entry["by"] == f"stack chat-records in {HOME}"
    assert entry["deployed"]["where"] == arn("logs", f"log-group:{RECORDS}")
    assert [e["identity"] for e in report["inventory"] if e["type"] == "aws.cloudformation.stack"] == [
        STACKS["chat-records"]
    ]


def test_there_are_at_least_forty_facts_of_each_sort() -> None:
    assert len(set(FACTS)) >= 40
    assert {outcome for _, _, outcome in FACTS} == {"pass", "fail", "unknown", "drift", "absent"}


def test_what_could_not_be_read_is_named_with_the_permission(report: Report) -> None:
    (attacks,) = [r for r in report["rules"] if r["id"] == ATTACKS]
    (old,) = [s for s in attacks["subjects"] if s["identity"] == guardrail("gr3old")]
    assert "grant bedrock:GetGuardrail" in old["planes"]["observed"]["reason"]
    assert "AuthorizationError" in json.dumps([r for r in report["rules"] if r["id"] == HEARD])


def test_what_was_left_out_is_counted(report: Report) -> None:
    counted = {
        "aws.budgets.budget": 1,
        "aws.cloudwatch.alarm": 2,
        "aws.compute.unit": 2,
        "aws.ec2.vpc_endpoint": 1,
        "aws.iam.role": 1,
        "aws.kms.key": 1,
        "aws.logs.log_group": 1,
        "aws.s3.bucket": 1,
    }
    assert {kind: n for kind, n in report["scan"]["left_out"].items() if kind in counted} == counted
    assert report["target"]["accounts"] == ["111122223333"]
    assert report["target"]["regions"] == sorted(REGIONS)


def test_no_secret_prompt_or_address_leaves_the_account(report: Report) -> None:
    text = json.dumps(report)
    for hidden in (SECRET, "hunter2", "swordfish", "night-shift@acme.example", "money@acme.example"):
        assert hidden not in text


def test_a_redacted_report_has_the_same_verdicts_and_no_ids(
    report: Report, prodworks: Run, server: Endpoint, tmp_path: Path
) -> None:
    masked = audited(prodworks, server, tmp_path, ANSWERS, "--redact")
    assert [(r["id"], r["status"]) for r in masked["rules"]] == [(r["id"], r["status"]) for r in report["rules"]]
    assert masked["score"]["score"] == report["score"]["score"]
    shown = json.dumps(
        [masked["target"], masked["scan"], masked["inventory"], [r["subjects"] for r in masked["rules"]]]
    )
    for hidden in ("111122223333", "gr2search", "role/search", "application-inference-profile/ap1"):
        assert hidden not in shown
    assert masked["target"]["accounts"] == ["000000000001"]


def test_the_doctor_names_what_is_missing_and_which_rules_need_it(
    prodworks: Run, server: Endpoint, tmp_path: Path
) -> None:
    server.account = FakeAccount({**WHO, **ANSWERS, "bedrock:ListGuardrails": DENIED})
    flags = ("--region", HOME, "--format", "json")
    done = prodworks("doctor", tmp_path, *flags, **server.environment(SERVICES))
    assert done.returncode == 1, done.stderr
    said = json.loads(done.stdout)
    assert said["account"] == "111122223333"
    assert ATTACKS in said["missing"]["bedrock:ListGuardrails"]
    text = prodworks("doctor", tmp_path, "--region", HOME, **server.environment(SERVICES)).stdout
    assert "bedrock:ListGuardrails" in text
    assert ATTACKS in text


def test_without_credentials_the_command_says_what_to_do(prodworks: Run, tmp_path: Path) -> None:
    nowhere = {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    done = prodworks("audit", tmp_path, "--aws", "--region", HOME, AWS_EC2_METADATA_DISABLED="true", **nowhere)
    assert done.returncode == 2
    assert "no AWS credentials were found" in done.stderr
    assert "Traceback" not in done.stderr
    done = prodworks("audit", tmp_path, "--aws", "--profile", "nobody", **nowhere)
    assert done.returncode == 2
    assert "nobody" in done.stderr


@pytest.mark.parametrize(
    "flags", [("--region", "eu-west-1"), ("--profile", "x"), ("--aws", "--region", "nowhere at all")]
)
def test_flags_that_make_no_sense_are_refused(
    prodworks: Run, server: Endpoint, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    done = prodworks("audit", tmp_path, *flags, **server.environment(SERVICES))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_regions_are_those_that_the_code_names_else_those_in_use(
    prodworks: Run, server: Endpoint, tmp_path: Path
) -> None:
    """The code names us-east-1. Without code the enabled Regions are tried, and eu-west-1 shows model calls."""
    (tmp_path / "repo").mkdir()
    for name, text in FILES.items():
        (tmp_path / "repo" / name).write_text(text)
    server.account = FakeAccount({**WHO, **ANSWERS})
    prodworks("audit", tmp_path / "repo", "--aws", **server.environment(SERVICES))
    assert {region for _, _, region in server.account.calls} == {HOME}
    (tmp_path / "empty").mkdir()
    enabled = [{"RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for name in REGIONS]
    metric = {"Namespace": "AWS/Bedrock", "MetricName": "Invocations", "Dimensions": []}
    signs: dict[str, Any] = {
        "account:ListRegions": {"Regions": enabled},
        "cloudwatch:ListMetrics": lambda params, region: {"Metrics": [metric] if region == EU else []},
        "bedrock:ListGuardrails": {"guardrails": []},
        "bedrock-agentcore-control:ListAgentRuntimes": {"agentRuntimes": []},
    }
    server.account = FakeAccount({**WHO, **ANSWERS, **signs})
    done = prodworks("collect", tmp_path / "empty", "--aws", **server.environment(SERVICES))
    assert json.loads(done.stdout)["scan"]["regions"] == [EU]


def test_a_scope_of_names_leaves_the_other_workloads_out(prodworks: Run, server: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "prodworks.yaml").write_text('regions: [us-east-1]\nscope: {names: ["search*", "*/search"]}\n')
    server.account = FakeAccount({**WHO, **ANSWERS})
    done = prodworks("collect", tmp_path, "--aws", **server.environment(SERVICES))
    found = json.loads(done.stdout)
    named = {r["identity"] for r in found["resources"] if r["type"] in ("aws.bedrock.guardrail", "aws.iam.role")}
    assert named == {guardrail("gr2search"), role_arn("search")}
    assert found["scan"]["left_out"]["aws.bedrock.guardrail"] == 2


def test_ctrl_c_keeps_what_was_read(installed: Path, server: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    waiting = threading.Event()

    def hang(params: Mapping[str, Any], region: str) -> Hang:
        waiting.set()
        return Hang(30)

    server.account = FakeAccount({**WHO, **ANSWERS, "bedrock:GetGuardrail": hang})
    command = [str(installed), "collect", str(tmp_path / "repo"), "--aws", "--region", HOME, "-o", "i.json"]
    environment = {**os.environ, **server.environment(SERVICES)}
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        # A run in the background of a shell ignores the signal, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    # The roles are read, and the guardrails are waited for.
    for line in process.stderr:
        if "aws.iam.role" in line:
            break
    assert waiting.wait(20)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    found = json.loads((tmp_path / "i.json").read_text())
    assert [r for r in found["resources"] if r["type"] == "aws.iam.role"]
    stopped = [g for g in found["gaps"] if g["kind"] == "aws.bedrock.guardrail"]
    assert stopped
    assert "interrupted" in stopped[0]["reason"]

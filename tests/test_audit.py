"""The spine: a crash of ours is said, costs one answer and no other, and makes the exit code 70."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from prodworks_cli import cli as command_line
from prodworks_cli import judge
from prodworks_cli.audit import Errors, now
from prodworks_cli.conditions import Scope
from prodworks_cli.model import Gap, Plane, Resource, Verdict
from prodworks_cli.output import check_report
from prodworks_cli.rules import Rule, load_rules
from prodworks_cli.sources import terraform

ROOT = Path(__file__).resolve().parents[1]
READY = ROOT / "examples" / "ready"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["prodworks", *arguments])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795514400")
    return command_line.run()


def test_a_source_that_crashes_is_a_gap_over_everything() -> None:
    errors = Errors()

    def crash() -> tuple[tuple[str, ...], tuple[Gap, ...]]:
        raise ZeroDivisionError("oops")

    found, gaps = errors.attempt("the reader", crash)
    assert found == ()
    assert list(gaps) == [Gap("*", Plane.DECLARED, "the reader", "internal error: ZeroDivisionError: oops")]
    assert len(errors.seen) == 1


def test_a_crashing_source_ends_in_70_with_the_report_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(files: object, plans: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(terraform, "read", crash)
    assert run(monkeypatch, "audit", str(READY), "-o", f"json={tmp_path / 'out.json'}") == 70
    assert "the Terraform reader" in (tmp_path / "out.json").read_text()
    assert "internal error: ZeroDivisionError: oops" in capsys.readouterr().err


def test_a_crashing_rule_is_unknown_and_the_others_still_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = judge._judge

    def crash(rule: Rule, subject: Resource, scope: Scope) -> Verdict:
        if rule.id == "budget-watches-model-spend":
            raise ZeroDivisionError("oops")
        return whole(rule, subject, scope)

    monkeypatch.setattr(judge, "_judge", crash)
    assert run(monkeypatch, "audit", str(READY), "-o", f"json={tmp_path / 'out.json'}") == 70
    inventory = check_report((tmp_path / "out.json").read_text(), "out.json")
    statuses = {r["id"]: r["status"] for r in inventory["rules"]}
    assert statuses["budget-watches-model-spend"] == "unknown"
    assert statuses["guardrail-blocks-prompt-attacks"] == "pass"
    assert len(statuses) == len(load_rules().rules)
    assert "Traceback" not in capsys.readouterr().err


def test_the_clock_can_be_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert now() == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_clock_that_is_no_number_is_a_usage_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["prodworks", "audit", str(READY)])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert command_line.run() == 2
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err

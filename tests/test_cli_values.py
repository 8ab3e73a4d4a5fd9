"""Values of the command line: the short way gives what Typer gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer.main

from prodworks_cli import cli

HERE = str(Path(__file__))
AUDITS = (
    (),
    (".",),
    (HERE, "--only", "a", "--only", "b", "-vv"),
    ("--fail-under", "70", "--min-coverage", "007", "--fail-on", "high"),
    ("--fail-under", "-5", "--max-drop", "0"),
    ("--evidence", HERE, "--config", "no/such/file", "--rules", HERE, "--rules", "no-such-folder"),
    ("--aws", "--aws-timeout", "17", "--region", "eu-west-1", "--color", ""),
    ("--no-cache", "--quiet", "-o", "html=x", "-o", "json=-"),
)
WRONG = (
    ("--fail-under", "many"),
    ("--fail-under", "\u0661"),
    ("--fail-under", "1.5"),
    ("--aws-timeout", "0"),
    ("--aws-timeout", "soon"),
)


def parsed(*arguments: str, short: bool) -> dict[str, Any]:
    group: Any = typer.main.get_command(cli.app)
    around = group.make_context("prodworks", [], resilient_parsing=True)
    command = group.get_command(around, "audit") if short else group.commands["audit"]
    values: dict[str, Any] = command.make_context("audit", list(arguments), parent=around).params
    return values


@pytest.mark.parametrize("arguments", AUDITS)
def test_the_short_way_gives_the_same_values(arguments: tuple[str, ...]) -> None:
    values = parsed(*arguments, short=True)
    assert values == parsed(*arguments, short=False)
    assert {name: type(value) for name, value in values.items()} == {
        name: type(value) for name, value in parsed(*arguments, short=False).items()
    }


@pytest.mark.parametrize("arguments", WRONG)
def test_what_is_wrong_gets_the_usual_message(arguments: tuple[str, ...]) -> None:
    said = []
    for short in (True, False):
        try:
            said.append(str(parsed(*arguments, short=short)))
        except typer.BadParameter as error:
            said.append(error.format_message())
    assert said[0] == said[1]


def test_a_missing_argument_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["prodworks", "report"])
    assert cli.run() == 2
    assert "Missing argument" in capsys.readouterr().err

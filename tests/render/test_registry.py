import re
import subprocess
import sys

import pytest

from prodworks_cli.render import RENDERERS
from prodworks_cli.report import Report
from tests.render import samples
from tests.render.hostile import HOSTILE

# Lines that GitHub's and Azure's runners obey when a step prints them.
COMMAND = re.compile(r"^\s*::[A-Za-z]|##vso\[|##\[", re.MULTILINE)


def test_formats() -> None:
    assert list(RENDERERS) == [
        "terminal",
        "html",
        "markdown",
        "json",
        "sarif",
        "junit",
        "codequality",
        "csv",
        "annotations",
    ]


def test_formats_are_imported_when_used() -> None:
    program = (
        "import sys, prodworks_cli.render; print(sorted({'jinja2', 'rich', 'markupsafe', 'json'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("sample", [samples.not_ready, samples.ready, samples.nothing, samples.large])
def test_every_format_is_deterministic_and_leaves_the_report_alone(name: str, sample: object) -> None:
    assert callable(sample)
    report = sample()
    first = RENDERERS[name](report)
    assert first == RENDERERS[name](report)
    assert report == sample()
    assert first.endswith("\n")
    first.encode()


@pytest.mark.parametrize("name", [name for name in RENDERERS if name not in ("codequality", "csv")])
def test_a_report_without_account_says_so(name: str) -> None:
    report = samples.not_ready()
    report["scan"]["account_read_at"] = None
    text = RENDERERS[name](report)
    assert ('"account_read_at": null' if name == "json" else "what only the account can show is unverified") in text


def rendered(name: str, report: Report) -> str:
    """What a format gives; without the starts of its lines where being commands is its purpose."""
    text = RENDERERS[name](report)
    return re.sub(r"(?m)^::(error|warning|notice) ", "", text) if name == "annotations" else text


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_format_prints_what_a_runner_obeys_or_a_terminal_acts_on(name: str, text: str) -> None:
    shown = rendered(name, samples.hostile(text))
    assert not COMMAND.search(shown)
    assert all(char.isprintable() or char in "\r\n" for char in shown)
    shown.encode("utf-8")


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("text", ["::error::x", "##vso[task.complete]y", "a ::warning file=x::z"])
def test_commands_are_defused_wherever_a_line_may_break(name: str, text: str) -> None:
    report = samples.hostile(f"{'word ' * 30}{text}")
    assert not COMMAND.search(rendered(name, report))


@pytest.mark.parametrize("name", [name for name in RENDERERS if name not in ("terminal", "json")])
def test_a_hostile_name_does_not_vanish(name: str) -> None:
    report = samples.not_ready()
    for rule in report["rules"]:
        rule["gap"] = rule["title"] = "\u202eodd\x1b[2J"
    shown = RENDERERS[name](report)
    plain = shown.replace("&#92;", "\\").replace("&#91;", "[").replace("\\\\", "\\")
    assert "\\u202eodd\\x1b[2J" in plain


def test_names_of_ci_commands_stay_readable() -> None:
    report = samples.hostile("AWS::Bedrock::Guardrail cidr ::/0 # [x] ")
    assert "AWS::Bedrock::Guardrail cidr ::/0 # [x] support-chat" in RENDERERS["terminal"](report)

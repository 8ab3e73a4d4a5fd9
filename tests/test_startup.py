"""What a command imports: only what it uses, so that it starts quickly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from prodworks_cli import cli
from prodworks_cli.cli import _asked

POC = Path(__file__).resolve().parent.parent / "examples" / "poc"
PROGRAM = """
import contextlib, io, sys
from prodworks_cli.cli import run
sys.argv = ["prodworks", *sys.argv[1:]]
with contextlib.redirect_stdout(io.StringIO()):
    code = run()
print(code, *sorted(name for name in sys.modules if "." not in name))
"""


def imported(*arguments: object) -> set[str]:
    command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    code, *names = done.stdout.split()
    assert code == "0", done.stderr
    return set(names)


def test_an_audit_of_a_repository_loads_no_template_engine_no_aws_and_no_schema() -> None:
    names = imported("audit", POC, "-q")
    assert "tree_sitter" in names
    assert not names & {"jinja2", "markupsafe", "boto3", "botocore", "jsonschema"}
    assert "pydantic" not in names


@pytest.mark.parametrize(
    ("form", "uses"), [("json", set()), ("sarif", set()), ("csv", set()), ("markdown", set()), ("html", {"jinja2"})]
)
def test_a_format_loads_what_it_uses(tmp_path: Path, form: str, uses: set[str]) -> None:
    names = imported("audit", POC, "-q", "-o", f"{form}={tmp_path / 'out'}")
    assert names & {"jinja2", "boto3", "botocore", "jsonschema"} == uses


def test_the_version_loads_next_to_nothing() -> None:
    program = "import sys; sys.argv = ['prodworks', '--version']; from prodworks_cli.__main__ import main; main()"
    command = [sys.executable, "-X", "importtime", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not any(name in done.stderr for name in ("typer", "rich", "yaml", "boto3", "jinja2"))


READERS = ("python", "java", "typescript", "cdk", "terraform")
LOADED = """
import contextlib, io, sys
from prodworks_cli.cli import run
sys.argv = ["prodworks", *sys.argv[1:]]
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    run()
print(*sorted(name for name in sys.modules if name.startswith("prodworks_cli") or name == "yaml"))
"""


def loaded(*arguments: object) -> set[str]:
    """The modules of the package, and of YAML, that a command line loads, whatever it comes to."""
    command = [sys.executable, "-c", LOADED, *map(str, arguments)]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def readers(modules: set[str]) -> set[str]:
    return {name for name in READERS if f"prodworks_cli.sources.{name}.reader" in modules}


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("audit", "--help"), ("audit", "--no-such-option"), ("rules", "--help"), ("doctor", "--help")],
)
def test_help_and_a_wrong_option_load_the_command_line_only(arguments: tuple[str, ...]) -> None:
    modules = loaded(*arguments)
    assert "prodworks_cli.options" in modules
    assert not any(name.startswith(("prodworks_cli.sources", "prodworks_cli.resources")) for name in modules)
    assert not modules & {"prodworks_cli.commands", "prodworks_cli.audit", "prodworks_cli.rules"}


CODE = {
    "app.py": "import boto3\nboto3.client('bedrock-runtime').converse(modelId='amazon.nova-lite-v1:0')\n",
    "App.java": "class App {}\n",
    "app.mts": "export const x = 1;\n",
    "main.tf": 'resource "aws_s3_bucket" "b" {}\n',
    "stack.py": "from aws_cdk import App, Stack\nApp()\n",
    "Dockerfile": 'CMD ["opentelemetry-instrument", "app"]\n',
    "plan.json": '{"format_version": "1.2", "planned_values": {}}\n',
}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("app.py",), {"python"}),
        (("App.java",), {"java"}),
        (("app.py", "app.mts"), {"python", "typescript"}),
        (("main.tf",), {"terraform"}),
        (("main.tf", "Dockerfile"), {"terraform", "python"}),
        (("app.py", "plan.json"), {"python", "terraform"}),
        (("app.py", "stack.py"), {"python", "cdk"}),
    ],
)
def test_a_repository_loads_the_readers_of_what_it_has(
    tmp_path: Path, names: tuple[str, ...], expected: set[str]
) -> None:
    for name in names:
        (tmp_path / name).write_text(CODE[name])
    modules = loaded("audit", tmp_path, "-q", "--no-cache")
    assert readers(modules) == expected
    assert ("prodworks_cli.sources.python.repository" in modules) is ("python" in expected)
    assert "prodworks_cli.account" not in modules


def test_what_is_kept_is_judged_without_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODWORKS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("PRODWORKS_NO_CACHE", raising=False)
    first, second = (loaded("audit", POC, "-q") for _ in range(2))
    assert "prodworks_cli.collect" in first
    assert "prodworks_cli.assemble" in second
    assert "prodworks_cli.collect" not in second
    assert not any(name.startswith("prodworks_cli.sources.python") for name in second)
    # What joins an account, what makes a workload of the parts of a collection, and what reads YAML.
    assert not second & {"prodworks_cli.planes", "prodworks_cli.pairs", "prodworks_cli.account_view", "yaml"}


@pytest.mark.parametrize("command", [None, "audit", "collect", "explain", "doctor", "init", "rules", "cache", "no"])
def test_a_command_that_is_made_alone_speaks_as_among_the_others(command: str | None) -> None:
    arguments = [] if command is None else [command]
    alone, among = (
        CliRunner().invoke(app, [*arguments, *rest]) for app in (_asked(arguments), cli.app) for rest in [["--help"]]
    )
    assert (alone.output, alone.exit_code) == (among.output, among.exit_code)
    wrong, wrong_among = (CliRunner().invoke(app, [*arguments, "--wrong"]) for app in (_asked(arguments), cli.app))
    assert (wrong.output, wrong.exit_code) == (wrong_among.output, 2)


def test_a_command_is_made_alone() -> None:
    assert len(_asked(["audit", "."]).registered_commands) == 1
    assert _asked(["rules", "list"]) is _asked([]) is cli.app
    assert len(cli.app.registered_commands) > 5

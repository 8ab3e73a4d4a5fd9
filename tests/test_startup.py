"""What a command imports: only what it uses, so that it starts quickly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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

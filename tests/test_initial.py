"""``prodworks init``: what it finds, that what it writes is valid and green, and that it never overwrites."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from prodworks_cli.config import load_config, parse_config
from prodworks_cli.data import data_dir
from prodworks_cli.detect import Detected, detect
from prodworks_cli.initial import WORKFLOWS, config_text, init, schema, workflow_text
from prodworks_cli.render import RENDERERS
from prodworks_cli.sources.files import tree_of

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    "infra/main.tf": 'provider "aws" {\n  region = "eu-west-1"\n}\n',
    "src/app.py": 'import boto3\nboto3.client("bedrock-runtime", region_name="us-east-1")\n',
    "CODEOWNERS": "* @acme/chat\n/infra @acme/platform\n",
    ".github/workflows/ci.yml": "on: push\n",
}


def test_what_a_repository_shows(tmp_path: Path) -> None:
    found = detect(tree_of(FILES, "chat"), tmp_path)
    assert found.stack == ("Terraform", "Python", "boto3", "GitHub Actions")
    assert found.owner == "@acme/chat"
    assert found.regions == {"eu-west-1": "infra/main.tf"}
    assert (found.baseline, found.branch) == (None, "main")


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("us-east-1 us-gov-west-1 eu-central-2", {"us-east-1", "us-gov-west-1", "eu-central-2"}),
        ("bus-east-1 us-east-1a us-east-10 xx-east-1 us-up-1", set()),
    ],
)
def test_regions(text: str, regions: set[str], tmp_path: Path) -> None:
    assert set(detect(tree_of({"a.py": text}), tmp_path).regions) == regions


def test_without_settings_the_code_names_the_regions(tmp_path: Path) -> None:
    assert detect(tree_of({"src/app.py": FILES["src/app.py"]}), tmp_path).regions == {"us-east-1": "src/app.py"}


HOSTILE = Detected(
    'x: y\n"# \x1b[31m', ("a\nb: c",), '"@x: {"', {"us-east-1": "a\nb: [\x1b"}, "git:main\ngate: x", 'ma"in\n  x'
)


@pytest.mark.parametrize(
    "found",
    [
        Detected("chat", (), None, {}, None, "main"),
        Detected("no", ("Python",), "@acme/chat", {"us-east-1": "a.tf"}, "git:origin/main", "main"),
        HOSTILE,
    ],
)
def test_the_config_is_valid_whatever_was_found(found: Detected, tmp_path: Path) -> None:
    text = config_text(found)
    (tmp_path / "prodworks.yaml").write_text(text)
    config = load_config(tmp_path)
    assert (config.name, config.owner, config.regions) == (found.name, found.owner, tuple(found.regions))
    assert config.gate.get("baseline") == found.baseline
    assert "\x1b" not in text
    assert text.startswith("# yaml-language-server: $schema=.prodworks/config.schema.json\n")


def test_every_commented_key_is_a_valid_one() -> None:
    text = config_text(Detected("chat", (), None, {}, None, "main"))
    lines = [re.sub(r"^# ?", "", line) for line in text.splitlines()[3:]]
    lines = [line for line in lines if not line.startswith("Without")]
    config = parse_config(yaml.safe_load("\n".join(lines)), "x")
    assert config.history
    assert config.gate == {"fail_on_new": "high"}
    later = config_text(Detected("chat", (), None, {}, "git:main", "main")).split("gate:")[1]
    kept = [re.sub(r"^  # ", "  ", line) for line in later.splitlines() if "Later" not in line]
    assert set(parse_config(yaml.safe_load("gate:\n" + "\n".join(kept)), "x").gate) == {
        *("fail_on_new", "baseline", "max_drop", "fail_on", "fail_under", "require"),
    }


def git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.email=a@example.com", "-c", "user.name=a", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def test_files_are_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "x")
    for ci in WORKFLOWS:
        assert init(tmp_path, ci) == 0
    out = capsys.readouterr().out
    assert "wrote prodworks.yaml" in out
    assert "kept prodworks.yaml: it exists" in out
    places = ("prodworks.yaml", ".prodworks/config.schema.json", ".github/workflows/prodworks.yml", ".gitlab-ci.yml")
    before = {p: (tmp_path / p).read_bytes() for p in (*places, ".pre-commit-config.yaml")}
    assert 'baseline: "git:main"' in (tmp_path / "prodworks.yaml").read_text()
    for ci in WORKFLOWS:
        (tmp_path / "prodworks.yaml").write_text("mine: 1\n")
        assert init(tmp_path, ci) == 0
    assert (tmp_path / "prodworks.yaml").read_text() == "mine: 1\n"
    assert {p: (tmp_path / p).read_bytes() for p in before if p != "prodworks.yaml"} == {
        p: data for p, data in before.items() if p != "prodworks.yaml"
    }
    assert (tmp_path / ".gitlab" / "prodworks.yml").exists()
    assert "entry: prodworks audit" in capsys.readouterr().out


def test_nothing_is_written_through_a_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "prodworks.yaml").symlink_to(tmp_path / "away")
    (tmp_path / "repo" / ".prodworks").symlink_to(tmp_path)
    assert init(tmp_path / "repo", None) == 2
    assert "symbolic link" in capsys.readouterr().err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["repo"]


@pytest.mark.parametrize("name", ["config", "report", "rule"])
def test_schemas_are_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert schema(name) == 0
    Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))
    assert schema("nope") == 2


CI = [*(data_dir("templates") / "ci").glob("*.yml"), ROOT / "action.yml", ROOT / ".pre-commit-hooks.yaml"]


@pytest.mark.parametrize("path", CI, ids=lambda p: p.name)
def test_the_formats_and_flags_that_workflows_use_exist(path: Path) -> None:
    text = path.read_text()
    assert set(re.findall(r"-o [\"']?(\w+)=", text)) <= set(RENDERERS)
    from prodworks_cli import cli

    known = {name for command in ("audit", "report") for name in _options(cli.app, command)}
    lines = [line for line in text.splitlines() if re.search(r"prodworks\"? |arguments\+=|--baseline", line)]
    used = {flag for line in lines for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line.split("prodworks==")[0])}
    assert used - known - {"--disable-pip-version-check", "--quiet"} == set()


def _options(app: Any, name: str) -> list[str]:
    import typer

    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    return [option for parameter in command.params for option in parameter.opts]


@pytest.mark.parametrize("path", CI, ids=lambda p: p.name)
def test_workflows_are_safe_on_forks(path: Path) -> None:
    text = path.read_text()
    assert "pull_request_target" not in text
    assert "secrets." not in text
    for run in _scripts(yaml.safe_load(text)):
        assert "${{" not in run
    for used in re.findall(r"uses: (\S+)", text):
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used), used


def _scripts(data: Any) -> list[str]:
    if isinstance(data, dict):
        own = [data["run"]] if isinstance(data.get("run"), str) else []
        return own + [s for value in data.values() for s in _scripts(value)]
    return [s for value in data for s in _scripts(value)] if isinstance(data, list) else []


@pytest.mark.parametrize("path", CI, ids=lambda p: p.name)
def test_scripts_parse(path: Path) -> None:
    bash = shutil.which("bash")
    assert bash
    for run in _scripts(yaml.safe_load(path.read_text())):
        done = subprocess.run([bash, "-n"], input=run, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


def test_a_hostile_branch_stays_one_value() -> None:
    data = yaml.safe_load(workflow_text("github.yml", 'x]\n  evil: "${{ 1 }}'))
    assert data[True]["push"]["branches"] == ['x]\n  evil: "${{ 1 }}']

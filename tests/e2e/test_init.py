"""``prodworks init`` with the installed command: what it writes works at once, and the gate is green today."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from tests.e2e.conftest import ROOT, Run
from tests.e2e.test_gate import NEW, administrator, git

POC = ROOT / "examples" / "poc"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "support-chat"
    shutil.copytree(POC, root)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "main")
    return root


def test_the_suggested_gate_is_green_today_and_red_on_a_new_gap(prodworks: Run, repo: Path) -> None:
    done = prodworks("init", repo, "--ci", "github")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        *("wrote prodworks.yaml", "wrote .prodworks/config.schema.json", "wrote .github/workflows/prodworks.yml"),
    ]
    passed = prodworks("audit", repo)
    assert passed.returncode == 0, passed.stdout
    assert "fail-on-new" in passed.stdout
    administrator(repo)
    failed = prodworks("audit", repo)
    assert failed.returncode == 1
    assert NEW in failed.stdout


def test_the_hooks_that_are_offered_run(prodworks: Run, repo: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    arguments = hook["entry"].split()[1:]
    assert prodworks(*arguments, cwd=repo).returncode == 0
    administrator(repo)
    assert prodworks(*arguments, cwd=repo).returncode == 1
    assert prodworks("init", repo, "--ci", "pre-commit").returncode == 0
    (written,) = yaml.safe_load((repo / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert written["entry"] == hook["entry"]
    assert written["files"] == hook["files"]


def test_schemas_and_mistakes(prodworks: Run, tmp_path: Path) -> None:
    assert '"title": "prodworks configuration"' in prodworks("schema", "config").stdout
    assert '"title": "A prodworks rule"' in prodworks("schema", "rule").stdout
    for wrong in (("schema", "nope"), ("init", tmp_path, "--ci", "jenkins"), ("init", tmp_path / "nowhere")):
        done = prodworks(*wrong)
        assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1)
    assert list(tmp_path.glob("*.yaml")) == []


def test_annotations_of_a_stored_report(prodworks: Run, repo: Path) -> None:
    prodworks("audit", repo, "-o", "json=audit.json")
    done = prodworks("report", "audit.json", "-o", "annotations=-")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("::error file=")
    assert all(line.startswith("::") for line in done.stdout.splitlines())

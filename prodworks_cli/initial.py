"""``prodworks init``: a first config from what the repository shows, and a workflow. Nothing is ever overwritten."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from prodworks_cli import __version__
from prodworks_cli.complaints import EXPECTED_ERRORS, UsageError, complain
from prodworks_cli.config import FILE_NAMES
from prodworks_cli.config_check import SCHEMA_FILE
from prodworks_cli.data import data_dir
from prodworks_cli.detect import Detected, detect
from prodworks_cli.local import FOLDER, create_text
from prodworks_cli.render.text import clean_line
from prodworks_cli.sources.listings import read_tree
from prodworks_cli.sources.yaml_nodes import read_yaml

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
SCHEMA_PLACE = FOLDER / "config.schema.json"
SCHEMAS: Mapping[str, Path] = MappingProxyType(
    {"config": SCHEMA_FILE, "report": SCHEMA_FILE.parent / "report.schema.json"}
)
WORKFLOWS: Mapping[str, tuple[str, Path, str]] = MappingProxyType(
    {
        "github": ("github.yml", Path(".github/workflows/prodworks.yml"), ""),
        "gitlab": (
            "gitlab.yml",
            Path(".gitlab/prodworks.yml"),
            "add to .gitlab-ci.yml: include: {local: .gitlab/prodworks.yml}",
        ),
        "pre-commit": (
            "pre-commit.yml",
            Path(".pre-commit-config.yaml"),
            "add the hook that prodworks init --ci pre-commit prints to .pre-commit-config.yaml",
        ),
    }
)


def init(root: Path, ci: str | None) -> int:
    """Write the config, its schema and the workflow, each unless there is one. Returns the exit code."""
    try:
        if ci is not None and ci not in WORKFLOWS:
            raise UsageError(f"--ci {ci}: expected {', '.join(WORKFLOWS)}")
        found = detect(read_tree(root), root)
        _config(root, found)
        if ci:
            _workflow(root, ci, found)
    except EXPECTED_ERRORS as error:
        return complain(error)
    return 0


def _config(root: Path, found: Detected) -> None:
    existing = next((name for name in FILE_NAMES if (root / name).exists()), None)
    if existing:
        print(f"kept {existing}: it exists")
        return
    _create(root, Path(FILE_NAMES[0]), config_text(found))
    _create(root, SCHEMA_PLACE, SCHEMA_FILE.read_text(encoding="utf-8"))


def _create(root: Path, place: Path, text: str) -> bool:
    written = create_text(root / place, text)
    print(f"wrote {place}" if written else f"kept {place}: it exists")
    return written


def _workflow(root: Path, ci: str, found: Detected) -> None:
    template, place, otherwise = WORKFLOWS[ci]
    text = workflow_text(template, found.branch)
    if ci == "gitlab" and not (root / ".gitlab-ci.yml").exists():
        _create(root, Path(".gitlab-ci.yml"), text)
        return
    written = _create(root, place, text)
    if ci == "gitlab":
        print(otherwise)
    elif otherwise and not written:
        print(f"{otherwise}:\n\n{text}")


def workflow_text(template: str, branch: str) -> str:
    """A workflow for this version of prodworks."""
    text = (data_dir("templates") / "ci" / template).read_text(encoding="utf-8")
    return text.replace("@version@", __version__).replace('"@branch@"', json.dumps(branch))


def config_text(found: Detected) -> str:
    """A commented config that says what was found and suggests a gate that is green today."""
    stack = ", ".join(found.stack) or "nothing that is known"
    blocks = [
        f"# yaml-language-server: $schema={SCHEMA_PLACE}",
        "# What prodworks should know about this workload. Every key is optional; editors complete them.",
        f"# Found here: {clean_line(stack)}.",
        "",
        f"name: {_quoted(found.name)}",
        "# environment: production",
        "",
        *_owner(found),
        "# owners:                  # who owns the gaps of a pillar, or of a rule",
        "#   security: platform",
        "#   cost: finance",
        "# capacity:                # hours a week for the path to production; due dates follow from it",
        "#   platform: 8",
        "",
        *_regions(found),
        "# allowed_regions: [us-east-1]",
        "# approved_models: [anthropic.claude-sonnet-4-5-20250929-v1:0]",
        "",
        "# ignore:                  # paths that are not judged, as in .gitignore",
        "#   - prototypes/",
        "# history: true            # keep the trend in .prodworks/history.jsonl",
        "",
        *_gate(found),
    ]
    return "\n".join(blocks) + "\n"


def _owner(found: Detected) -> list[str]:
    if found.owner:
        return [f"owner: {_quoted(found.owner)}   # from CODEOWNERS"]
    return ["# owner: team-support      # nobody owns the workload yet: name a team"]


def _regions(found: Detected) -> list[str]:
    if not found.regions:
        return ["# regions: [us-east-1]     # regions of the account to read"]
    first = next(iter(found.regions.values()))
    return [f"regions: [{', '.join(found.regions)}]   # named in {clean_line(first, limit=100)}"]


def _gate(found: Detected) -> list[str]:
    """Conditions that hold today and catch what gets worse; stricter ones to switch on later."""
    later = [
        "  # Later, as the path to production goes on:",
        "  # fail_on: critical",
        "  # fail_under: 50",
        "  # require: pilot",
    ]
    if found.baseline:
        return [
            "gate:",
            "  fail_on_new: high        # what is there today passes, what a change adds does not",
            f"  baseline: {_quoted(found.baseline)}",
            "  max_drop: 2",
            *later,
        ]
    return [
        "# Without a git branch to compare with, write a baseline first: prodworks baseline write",
        "# gate:",
        "#   fail_on_new: high      # what is there today passes, what a change adds does not",
    ]


def _quoted(text: str) -> str:
    """A text as YAML, whatever it holds: JSON with its escapes, unless it is a plain word."""
    return text if _WORD.fullmatch(text) and read_yaml(text, "").plain() == text else json.dumps(text)


def schema(name: str) -> int:
    """Print a published JSON Schema."""
    try:
        place = data_dir("rules") / "_schema.json" if name == "rule" else SCHEMAS.get(name)
        if place is None:
            raise UsageError(f"schema {name}: expected {', '.join((*SCHEMAS, 'rule'))}")
        sys.stdout.write(place.read_text(encoding="utf-8"))
    except EXPECTED_ERRORS as error:
        return complain(error)
    return 0

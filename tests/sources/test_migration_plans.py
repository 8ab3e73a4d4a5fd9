"""Plans to leave Agents Classic."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from prodworks_cli.schema import assemble
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.migration_plans import read

STEPS = "1. Expose the action group in an AgentCore gateway.\n2. Switch the alias over.\n"


def plan(text: str, path: str = "docs/migration.md") -> Any:
    drafts = read(tree_of({path: text}).files, date(2026, 11, 23))
    return assemble(drafts[0])[0] if drafts else None


def test_a_plan() -> None:
    text = f"# Agents\n\nOwner: @team\nReviewed: 2026-11-13\n\n## Migration from Bedrock Agents Classic\n\n{STEPS}"
    found = plan(text)
    assert (found.type, found.sections, found.owner, found.reviewed_days_ago) == (
        "migration-plan",
        ("agents-classic",),
        "@team",
        10,
    )
    (draft,) = read(tree_of({"docs/migration.md": text}).files, date(2026, 11, 23))
    assert assemble(draft)[1][""].line == 6


@pytest.mark.parametrize(
    ("text", "is_plan"),
    [
        (f"# Migrating to AgentCore\n\nBedrock agents are left by summer.\n\n{STEPS}", True),
        (f"# Replacing Agents Classic\n\n{STEPS}", True),
        (f"# Migration of the database\n\n{STEPS}", False),
        ("# Migration from Bedrock Agents\n\nWe will go to AgentCore some day.\n", False),
        ("# Migration from Bedrock Agents\n\n1. Think about it.\n", False),
        (f"# Bedrock Agents\n\n{STEPS}", False),
    ],
)
def test_a_plan_says_from_where_to_what_and_how(text: str, is_plan: bool) -> None:
    assert (plan(text) is not None) is is_plan


@pytest.mark.parametrize("path", ["tests/agents.md", "src/agents.py", "AGENTS.md"])
def test_other_files_are_no_documents(path: str) -> None:
    assert plan(f"# Replacing Agents Classic\n\n{STEPS}", path) is None

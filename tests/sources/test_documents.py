from __future__ import annotations

from datetime import date

import pytest

from prodworks_cli.schema import assemble
from prodworks_cli.sources.documents import read
from prodworks_cli.sources.files import tree_of

TODAY = date(2026, 11, 23)
RUNBOOK = """# Runbook of the assistant

Owner: @example/team-support
Last reviewed: 2026-11-03

## Roll back the model or the prompt

1. Set PROMPT_VERSION to the previous version.

## Escalation

Escalate to the on-call engineer, then to @example/platform.

## Switch the assistant off

```
aws lambda put-function-concurrency --function-name chat --reserved-concurrent-executions 0
```

Tested in the drill of November.
"""


def sections(text: str, path: str = "docs/runbook.md") -> object:
    drafts = read(tree_of({path: text}).files, TODAY)
    return assemble(drafts[0])[0].sections if drafts else None  # type: ignore[attr-defined]


def test_a_runbook() -> None:
    (draft,) = read(tree_of({"docs/runbook.md": RUNBOOK}).files, TODAY)
    value, places = assemble(draft)
    assert vars(value) == {
        "type": "runbook",
        "path": "docs/runbook.md",
        "sections": ("rollback", "escalation", "switch-off"),
        "owner": "@example/team-support",
        "reviewed_at": "2026-11-03",
        "reviewed_days_ago": 20,
    }
    assert [places[f"sections[{n}]"].line for n in range(3)] == [6, 10, 14]
    assert places["owner"].line == 3


@pytest.mark.parametrize(
    ("without", "left"),
    [
        ("1. Set", ("escalation", "switch-off")),
        ("Escalate to the", ("rollback", "switch-off")),
        ("Tested in the drill", ("rollback", "escalation")),
    ],
)
def test_a_heading_without_what_it_promises_does_not_count(without: str, left: tuple[str, ...]) -> None:
    lines = [line for line in RUNBOOK.splitlines() if not line.startswith(without)]
    assert sections("\n".join(lines)) == left


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("docs/guide.md", "# Guide\n\n## Runbook\n\nThe model answers.\n", True),
        ("docs/guide.rst", "Incident response\n=================\n\nThe model answers.\n", True),
        ("docs/guide.md", "# Guide\n\nThe model answers.\n", False),
        ("docs/runbook.md", "# Database\n\nRestart it.\n", False),
        ("CLAUDE.md", "# Runbook\n\nThe model answers.\n", False),
        ("runbook.py", "# Runbook of the model\n", False),
        ("docs/runbook.md", "", False),
    ],
)
def test_which_documents_are_runbooks(path: str, text: str, found: bool) -> None:
    assert (sections(text, path) is not None) is found

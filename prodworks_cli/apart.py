"""The sources that need nothing but files: they can be read while declarations are evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from prodworks_cli.schema import Draft
from prodworks_cli.sources import (
    bearer_tokens,
    documents,
    evaluations,
    feedback,
    manifests,
    mcp,
    migration_plans,
    prompts,
    safeguards,
    secrets,
    system_cards,
    workflows,
)
from prodworks_cli.tasks import Found, Given, Task


def tasks(given: Given) -> Sequence[Task]:
    """What there is to read of them."""
    tree, files = given.tree, given.files
    runs: Mapping[str, Callable[[], Found[Draft]]] = {
        "the prompt reader": lambda: prompts.read(given.workload, given.owned),
        "the secret scanner": lambda: secrets.read(given.production),
        "the workflow reader": lambda: workflows.read(files),
        "the reader of manifests": lambda: manifests.read(files, tree.locks, tree.skipped),
        "the evaluation reader": lambda: evaluations.read(tree.files),
        "the reader of MCP settings": lambda: mcp.read(files),
        "the reader of safeguards": lambda: (safeguards.read(files), ()),
        "the reader of feedback": lambda: (feedback.read(files), ()),
        "the reader of documents": lambda: (documents.read(tree.files, given.today), ()),
        "the reader of migration plans": lambda: (migration_plans.read(tree.files, given.today), ()),
        "the reader of system cards": lambda: (system_cards.read(tree.files, given.today), ()),
        "the reader of bearer tokens": lambda: (bearer_tokens.read(files), ()),
    }
    return [Task(what, run, given.glance) for what, run in runs.items()]

"""Documents about the workload."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Text, Texts


@dataclass(frozen=True)
class Document(Kind):
    """A document that is recognised by path and headings, and checked for content.

    ``type`` is ``runbook``. ``sections`` are the topics that it treats with steps: ``rollback`` (of model, prompt or
    guardrail), ``escalation``, ``switch-off`` (of the model, by a command that was tried). ``owner`` is who keeps it.
    """

    KIND = "repo.document"

    type: Text
    path: Text
    sections: Texts
    owner: Text
    reviewed_at: Text

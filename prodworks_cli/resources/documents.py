"""Documents about the workload."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Number, Text, Texts


@dataclass(frozen=True)
class Document(Kind):
    """A document that is recognised by path and headings, and checked for content.

    ``type`` is ``runbook``, ``system-card`` or ``migration-plan`` (away from what is in ``sections``).
    ``sections`` are the topics that a runbook treats with steps:
    ``rollback`` (of model, prompt or guardrail), ``escalation``, ``switch-off`` (of the model, by a command that was
    tried); and those that a system card treats: ``intended-use``, ``users``, ``data``, ``models``, ``limitations``,
    ``risk-class``.
    ``owner`` is who keeps it, ``reviewed_days_ago`` counts from the day that it tells of its last review.
    """

    KIND = "repo.document"

    type: Text
    path: Text
    sections: Texts
    owner: Text
    reviewed_at: Text
    reviewed_days_ago: Number

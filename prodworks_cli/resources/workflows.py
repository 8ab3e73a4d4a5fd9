"""Pipelines."""

from __future__ import annotations

from dataclasses import dataclass

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Text, Texts


@dataclass(frozen=True)
class CiWorkflow(Kind):
    """A pipeline definition."""

    KIND = "repo.ci_workflow"

    path: Text
    system: Text
    runs_evaluations: Flag
    evaluation_blocks: Flag
    evaluation_paths: Texts
    scheduled: Flag
    deploys_to: Text
    approval: Text
    scans: Texts

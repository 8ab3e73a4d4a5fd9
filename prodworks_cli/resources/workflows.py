"""Pipelines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.resources.adapter import some
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

    @property
    def scans_dependencies(self) -> Flag:
        """Whether it looks for known flaws of the packages that the workload is built from, or asks to update them."""
        if isinstance(self.scans, Unknown):
            return self.scans
        return some(s if isinstance(s, Unknown) else s in _OF_PACKAGES for s in self.scans or ())

    @property
    def evaluates_prompt_changes(self) -> Flag:
        """Whether a change of a prompt or of the model's configuration starts the evaluations.

        A filter of other paths may still cover where the prompts lie, unless it names only documents or tests.
        """
        paths = self.evaluation_paths
        if isinstance(paths, Unknown):
            return paths
        known = [p for p in paths or () if isinstance(p, str)]
        if any(p in ("**", "**/*") or (_PROMPTS.search(p) and not _BESIDE.search(p)) for p in known):
            return True
        if all(_BESIDE.search(p) for p in known) and len(known) == len(paths or ()):
            return False
        return Unknown(f"whether {', '.join(known) or 'the path filter'} covers the prompts is not known")


_OF_PACKAGES = frozenset(
    ("pip-audit", "npm audit", "yarn audit", "pnpm audit", "trivy", "snyk", "dependency-review", "grype", "osv-scanner",
     "inspector", "safety check", "safety scan", "renovate", "dependabot", "dependency-check")
)  # fmt: skip
# Paths that hold prompts or model settings, and paths that hold neither, by their names.
_PROMPTS = re.compile(r"prompt|model|config", re.IGNORECASE)
_BESIDE = re.compile(r"^(\*\*/)?(docs?|tests?|\.github)/|(^|/)(README|CHANGELOG)", re.IGNORECASE)

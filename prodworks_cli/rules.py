"""Rules: the checklist as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prodworks_cli.model import Plane


@dataclass(frozen=True)
class Rule:
    """One control of the checklist. ``hours`` is the effort of the fix in working hours."""

    id: str
    title: str
    gap: str
    pillar: str
    severity: str
    gate: str | None
    proof: Plane
    planes: tuple[Plane, ...]
    questions: tuple[str, ...]
    resource: str
    hours: float
    why: str
    steps: tuple[str, ...]
    snippets: Mapping[str, str]
    side_effects: tuple[str, ...]
    references: tuple[str, ...]
    standards: Mapping[str, tuple[str, ...]]
    blocked_by: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    when: Any = None
    condition: Any = None
    examples: tuple[Mapping[str, Any], ...] = field(default=())

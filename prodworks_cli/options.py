"""What the command line asks for, as plain values: they are made before anything is imported that can do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodworks_cli.account import AccountOptions


@dataclass(frozen=True)
class AuditOptions:
    """What to audit and by which rules."""

    path: Path
    inventory: Path | None
    evidence: Path | None
    config: Path | None
    rules: Sequence[Path]
    only: Sequence[str]
    skip: Sequence[str]
    account: AccountOptions | None = None
    redact: bool = False
    unit: str | None = None
    states: Sequence[Path] = ()
    plans: Sequence[Path] = ()
    assemblies: Sequence[str] = ()
    cache: bool = True

    @property
    def beside_code(self) -> str | None:
        """A flag among those given that is read together with the code of a repository."""
        return "--plan" if self.plans else "--cdk-out" if self.assemblies else None


@dataclass(frozen=True)
class GateOptions:
    """The gate's flags; they win over the config."""

    fail_on: str | None = None
    fail_on_new: str | None = None
    fail_under: int | None = None
    min_pillar: Sequence[str] = ()
    require: str | None = None
    max_drop: int | None = None
    min_coverage: int | None = None
    baseline: str | None = None
    on_incomplete: str | None = None
    allow_empty: bool = False


@dataclass(frozen=True)
class Output:
    """Where reports go and how the terminal shows them; ``history`` adds the run to the history."""

    targets: Sequence[str]
    verbose: int
    quiet: bool
    color: str
    debug: bool
    history: bool = False

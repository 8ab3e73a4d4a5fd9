"""What is known of one set-up of logging, and the drafts that all of them make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from prodworks_cli.model import Location, Unknown
from prodworks_cli.resources.log_setups import Logging
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.log_setups.levels import Level, one_level


@dataclass(frozen=True)
class LogSetUp:
    """One set-up as a reader finds it. ``levels`` are the least that is written, of each program that differs."""

    framework: str
    at: Location
    levels: tuple[Level, ...] = ()
    structured: bool | Unknown = False
    masks: tuple[str, ...] = ()
    logs_event: bool | Unknown = False


def drafts(found: Iterable[LogSetUp]) -> Iterator[Draft]:
    """One draft for all set-ups that are alike, located at the first."""
    names = Names()
    first: dict[LogSetUp, Location] = {}
    for setup in sorted(found, key=lambda s: (s.at.where, s.at.line or 0)):
        first.setdefault(replace(setup, at=Location("")), setup.at)
    for setup, at in first.items():
        described = draft(
            Logging,
            at,
            framework=setup.framework,
            level=one_level(setup.levels),
            structured=setup.structured,
            masks=setup.masks,
            logs_event=setup.logs_event,
        )
        yield replace(described, identity=names.of(f"{at.where} {setup.framework}"))

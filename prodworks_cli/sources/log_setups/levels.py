"""Levels of log records: their names and order, and the variables by which a program is told the least it writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import some
from prodworks_cli.resources.environment import LEVEL
from prodworks_cli.sources.files import File
from prodworks_cli.sources.telemetry.variables import Variables

Level = str | Unknown
ELSEWHERE = Unknown("the log level of production is set outside the repository")
POWERTOOLS = ("POWERTOOLS_LOG_LEVEL", "LOG_LEVEL")
_RANKS: Mapping[str, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50, "off": 60}
_NAMES: Mapping[str, str] = {
    **{name: name for name in _RANKS},
    **dict.fromkeys(("trace", "verbose", "silly", "all", "notset"), "debug"),
    **{"warn": "warning", "fatal": "critical", "silent": "off", "none": "off", "http": "info", "notice": "info"},
    **{"exception": "error", "log": "info", "success": "info"},
}
_CONTAINER = re.compile(
    r"(?:^|/)(?:[\w.-]*Dockerfile[\w.-]*|Procfile|\.env(?:\.prod(?:uction)?)?|(?:docker-)?compose[\w.-]*\.ya?ml)$"
)


def level_named(value: object) -> str | None:
    """The level of a name in any case, or of a number of Python's ``logging``; ``None`` for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return next((name for name, rank in reversed(tuple(_RANKS.items())) if rank <= max(value, 10)), None)
    return _NAMES.get(value.strip().lower()) if isinstance(value, str) else None


def is_written(level: str, least: Iterable[Level]) -> bool | Unknown:
    """Whether some of the programs, by the least that each writes, writes records of a level."""
    return some(x if isinstance(x, Unknown) else _RANKS[level] >= _RANKS[x] for x in least)


def lowest(levels: Sequence[Level]) -> tuple[Level, ...]:
    """What a logger writes that has several sinks: all that one of them writes."""
    known = [x for x in levels if not isinstance(x, Unknown)]
    return tuple(dict.fromkeys(levels)) if len(known) < len(levels) else (min(known, key=lambda x: _RANKS[x]),)


def one_level(levels: Sequence[Level]) -> Level | None:
    """What several places say of the level of one logger: the common one, else unknown."""
    found = tuple(dict.fromkeys(levels))
    if len(found) > 1:
        return Unknown("the level differs between the places that set it", present=True)
    return found[0] if found else None


class LevelVariables:
    """The levels that variables hold in production: by IaC, and by the files of containers."""

    def __init__(self, files: Sequence[File], environment: Mapping[str, tuple[Node, ...]]) -> None:
        self.files = files
        self._environment = environment

    @cached_property
    def _variables(self) -> Variables:
        containers = [f for f in self.files if _CONTAINER.search(f.path)]
        names = tuple(n for n in self._environment if "LOG" in n)
        return Variables(containers, {n: self._environment[n] for n in names}, ("POWERTOOLS_LOG", "LOG", *names))

    def texts(self, name: str) -> tuple[str | Unknown, ...]:
        """All values that the repository gives a variable."""
        known = self._variables.values(name)
        if known or name not in self._environment:
            return known
        return tuple(n.text() or Unknown(f"{name} is not resolved") for n in self._environment[name])

    def of(self, names: Sequence[str], default: Sequence[Level] | None = None) -> tuple[Level, ...]:
        """The levels that the first of some variables that is set holds.

        What sets none of them but sets others leaves the ``default`` to the code; where nothing is said of the
        environment of the program, anything may be set.
        """
        declared = next((found for name in names if (found := self.texts(name))), ())
        if declared:
            read = (x if isinstance(x, Unknown) else level_named(x) or ELSEWHERE for x in declared)
            return tuple(dict.fromkeys(read))
        return tuple(default) if default and self._environment else (ELSEWHERE,)

    def told(self, names: Sequence[str]) -> bool:
        """Whether the repository sets one of some variables."""
        return any(self.texts(name) for name in names)

    def is_on(self, name: str) -> bool | Unknown:
        """Whether a variable says yes in some program; one that nothing sets says no."""
        texts = self.texts(name)
        return some(t if isinstance(t, Unknown) else t.strip().lower() in ("true", "1", "yes", "on") for t in texts)

    @cached_property
    def of_lambda(self) -> tuple[Level, ...]:
        """The least that Lambda lets through for its functions; empty where it lets through all."""
        return self.of((LEVEL,)) if self._environment.get(LEVEL) else ()

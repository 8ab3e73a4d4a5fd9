"""Whether production writes a log record, and what is taken out of it first: by the logger that it goes through."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.resources.adapter import every
from prodworks_cli.sources.log_setups.levels import Level, LevelVariables, is_written
from prodworks_cli.sources.log_setups.setups import LogSetUp
from prodworks_cli.sources.log_setups.standard import ROOT
from prodworks_cli.sources.python.log_setups import LOGURU, STRUCTLOG, LogSetUps
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.syntax import Module

# Variables that hold the level of a program, whatever reads them.
_VARIABLES = ("LOG_LEVEL", "POWERTOOLS_LOG_LEVEL", "LOGLEVEL", "LOGGING_LEVEL", "AWS_LAMBDA_LOG_LEVEL")


class Emission:
    """Joins log statements with the set-ups of their loggers."""

    def __init__(self, setups: LogSetUps, variables: LevelVariables) -> None:
        self._setups = setups
        self._variables = variables

    def of(self, module: Module, logger: Syntax, level: str) -> bool | Unknown:
        """Whether a record of a level is written. Without a set-up Python writes no debug records; what writes records
        above that without one is not known, so that they count as written."""
        named = self._setups.named(Site(module, logger))
        # What an unknown logger lets through is not known; that Python writes no debug records is.
        least = self._least(self._of(named, module), module) if named is not None or level == "debug" else ()
        let_through = self._variables.of_lambda
        if least:
            written = is_written(level, least)
        elif level == "debug" and self._variables.told(_VARIABLES):
            written = is_written(level, self._variables.of(_VARIABLES))
        else:
            written = level != "debug"
        return every((written, is_written(level, let_through))) if let_through else written

    def masks(self, module: Module, logger: Syntax) -> frozenset[str]:
        """The keys that are taken out of every record of a logger."""
        if not self._setups.masks:
            return frozenset()
        named = self._setups.named(Site(module, logger))
        setups = self._of(named, module) if named is not None else ()
        kept = [frozenset(s.masks) for s in setups]
        return frozenset.intersection(*kept) if kept else frozenset()

    def _least(self, setups: Sequence[LogSetUp], module: Module) -> tuple[Level, ...]:
        """The levels of the set-ups; structlog may leave the level to the standard library."""
        levels = tuple(dict.fromkeys(chain.from_iterable(s.levels for s in setups)))
        if levels or not setups or setups[0].framework != "structlog":
            return levels
        return self._least(self._near(ROOT, module), module)

    def _of(self, name: str | tuple[str, int] | None, module: Module) -> Sequence[LogSetUp]:
        """The set-ups of the logger that a record goes through."""
        if isinstance(name, tuple):
            return self._objects.get(name, ())
        if name is None or name in (STRUCTLOG, LOGURU):
            return self._near(name or ROOT, module)
        above = [p.logger for p in self._setups.found if isinstance(p.logger, str) and _covers(p.logger, name)]
        return self._near(max(above, key=len, default=ROOT), module)

    @cached_property
    def _objects(self) -> dict[tuple[str, int], list[LogSetUp]]:
        """What objects are set up with; a level that is set later counts instead of the one they were made with."""
        made: dict[tuple[str, int], list[LogSetUp]] = {}
        for place in self._setups.found:
            if isinstance(place.logger, tuple):
                made.setdefault(place.logger, []).append(place.setup)
        return {key: setups[1:] or setups for key, setups in made.items()}

    def _near(self, logger: str, module: Module) -> Sequence[LogSetUp]:
        """The set-ups of a logger by its name: those in folders around a file, else beside it, else all."""
        found = [p.setup for p in self._setups.found if p.logger == logger]
        for is_near in (_is_around, _is_beside):
            near = [setup for setup in found if is_near(setup, module.path)]
            if near:
                return near
        return found


def _covers(parent: str, name: str) -> bool:
    """A logger takes its level from the one above it that has one. How a path becomes a name depends on the start."""
    return bool(parent) and f".{parent}." in f".{name}."


def _is_around(setup: LogSetUp, path: str) -> bool:
    folder = setup.at.where.rpartition("/")[0]
    return not folder or path.startswith(f"{folder}/")


def _is_beside(setup: LogSetUp, path: str) -> bool:
    """In the same part of the repository, or near its root."""
    around = setup.at.where.split("/")[:-1]
    return len(around) <= 1 or path.split("/")[:2] == around[:2]

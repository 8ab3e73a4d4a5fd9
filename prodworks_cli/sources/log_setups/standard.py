"""Python's ``logging`` set up by data: mappings as ``dictConfig`` takes them, in code or files, and INI files."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prodworks_cli.model import Gap, Location, Plane
from prodworks_cli.node import Node, node_of
from prodworks_cli.resources.log_setups import Logging
from prodworks_cli.sources.files import File
from prodworks_cli.sources.log_setups.levels import ELSEWHERE, Level, level_named
from prodworks_cli.sources.log_setups.setups import LogSetUp
from prodworks_cli.sources.parts import suffix_of
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml

ROOT = ""
"""The name of the logger above all others."""
JSON_FORMATTERS = re.compile(r"Json(?:Log)?Formatter$|JSONFormatter$|ECSFormatter$|StdlibFormatter$")
_DATA = frozenset((".yaml", ".yml", ".json"))
_INI = frozenset((".ini", ".conf", ".cfg"))
_DATA_WORDS = (b"formatters", b"handlers", b"version")
_INI_WORDS = (b"[loggers]", b"[handlers]")


@dataclass(frozen=True)
class Place:
    """One set-up with what it is about: a logger by its name ("" is the root), or an object by the place that makes it.

    ``listed`` leaves out what only keeps a library quiet.
    """

    setup: LogSetUp
    logger: str | tuple[str, int]
    listed: bool = True


def configured(config: Node, masks: tuple[str, ...] = ()) -> Iterator[Place]:
    """The loggers of a mapping as ``dictConfig`` takes it."""
    json = any(JSON_FORMATTERS.search(_class(f)) for _, f in config["formatters"].members())
    loggers = [(ROOT, config["root"]), *((n or ROOT, node) for n, node in config["loggers"].members())]
    for name, logger in loggers:
        level = logger["level"]
        if level.present:
            setup = LogSetUp("logging", level.location, (_level(level),), json, masks)
            yield Place(setup, ROOT if name == "root" else name, name in (ROOT, "root"))


def _level(node: Node) -> Level:
    content = node.content
    return (level_named(content) if isinstance(content, str | int) else None) or ELSEWHERE


def _class(formatter: Node) -> str:
    return formatter["()"].text() or formatter["class"].text() or ""


def read_files(files: Sequence[File]) -> tuple[tuple[Place, ...], tuple[Gap, ...]]:
    """The loggers that files set up, and a gap for each such file that does not parse."""
    found: list[Place] = []
    gaps: list[Gap] = []
    for file in files:
        suffix = suffix_of(file.path)
        try:
            if suffix in _DATA and all(word in file.data for word in _DATA_WORDS):
                config = read_yaml(file.text or "", file.path)
                found += configured(config if config["formatters"].present else config["logging"])
            elif suffix in _INI and all(word in file.data for word in _INI_WORDS):
                found += configured(_ini(file))
        except MalformedYaml as error:
            gaps.append(Gap(Logging.KIND, Plane.DECLARED, file.path, error.reason, error.line))
        except configparser.Error:
            gaps.append(Gap(Logging.KIND, Plane.DECLARED, file.path, "not a file of Python's logging"))
    return tuple(found), tuple(gaps)


def _ini(file: File) -> Node:
    """The sections of an INI file as the mapping that says the same."""
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(file.text or "", file.path)
    loggers = {
        parser.get(section, "qualname", fallback=section.partition("_")[2]): dict(parser.items(section))
        for section in parser.sections()
        if section.startswith("logger_")
    }
    formatters = {s: dict(parser.items(s)) for s in parser.sections() if s.startswith("formatter_")}
    return node_of({"loggers": loggers, "formatters": formatters}, Location(file.path, 1))

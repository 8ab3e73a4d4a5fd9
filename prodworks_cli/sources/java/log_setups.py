"""Logging of Java programs: files of Logback and Log4j, properties of Spring Boot, ``@Logging`` of Powertools."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node as Syntax

from prodworks_cli.model import Location, Unknown
from prodworks_cli.resources.adapter import every
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File
from prodworks_cli.sources.java.repository import UNREAD, Repository, canonical
from prodworks_cli.sources.java.syntax import Module
from prodworks_cli.sources.log_setups.levels import ELSEWHERE, Level, LevelVariables, is_written, level_named
from prodworks_cli.sources.log_setups.setups import LogSetUp, drafts

_FILE = re.compile(r"(?:^|/)(logback|log4j2)(?:-spring|-prod(?:uction)?)?\.xml$")
_ELEMENT = re.compile(r"<(root|Root|AsyncRoot|logger|Logger|AsyncLogger)\b([^<>]{0,2000})>")
_ATTRIBUTE = re.compile(r"""\b(name|level)\s*=\s*["']([^"'<>]{0,200})["']""")
_JSON = re.compile(r"LogstashEncoder|Json(?:Encoder|Layout|TemplateLayout)|Ecs(?:Encoder|Layout)|LambdaJson|LambdaEcs")
_MASKING = re.compile(r"MaskingJsonGeneratorDecorator(.{0,4000}?)</(?:decorator|jsonGeneratorDecorator)>", re.DOTALL)
_PATH = re.compile(r"<path>\s*([\w.*~/-]{1,200})\s*</path>")
_FILLED = re.compile(r"\$\{(?:env:)?([A-Z][A-Z0-9_]*)(?::-?([^${}]*))?\}")
_PACKAGE = re.compile(rb"(?m)^\s*package\s+([\w.]+)\s*;")
_EVENT = re.compile(r"\blogEvent\s*=\s*(true|false)\b")
# The least that each writes where its file names no level.
_DEFAULTS: Mapping[str, str] = {"logback": "debug", "log4j2": "error", "spring-boot": "info"}
EVENT_VARIABLE = "POWERTOOLS_LOGGER_LOG_EVENT"
LEVELS = "logging.level."


@dataclass(frozen=True)
class _Configuration:
    """What one file says: the levels of loggers by their names, "" for the root."""

    framework: str
    folder: str
    at: Location
    levels: Mapping[str, tuple[Level, ...]]
    structured: bool
    masks: tuple[str, ...] = ()


class LogSetUps:
    """Finds set-ups of logging."""

    def __init__(self, repository: Repository, files: Sequence[File], variables: LevelVariables) -> None:
        self._repository = repository
        self._files = [f for f in files if _FILE.search(f.path) and b"onfiguration" in f.data]
        self._variables = variables

    def drafts(self) -> Iterator[Draft]:
        """All set-ups."""
        yield from drafts((*map(self._setup, self._configurations), *self._powertools()))

    def _setup(self, found: _Configuration) -> LogSetUp:
        levels = found.levels.get("", (_DEFAULTS[found.framework],))
        return LogSetUp(found.framework, found.at, levels, found.structured, found.masks)

    @cached_property
    def _configurations(self) -> Sequence[_Configuration]:
        by_file = [self._of_xml(f) for f in self._files]
        folders = dict.fromkeys(self._repository.folder(p) for p in self._repository.all_property_files())
        return [*(c for f in folders if (c := self._of_spring(f)) is not None), *by_file]

    def _of_xml(self, file: File) -> _Configuration:
        """Read by its elements, without a parser of XML: entities and nesting of what others wrote stay text."""
        named = _FILE.search(file.path)
        framework = named[1] if named is not None else "logback"
        text = _without_comments(file.text or "")
        levels: dict[str, tuple[Level, ...]] = {}
        for element in _ELEMENT.finditer(text):
            told = dict(_ATTRIBUTE.findall(element[2]))
            if "level" in told:
                levels["" if element[1].lower().endswith("root") else told.get("name", "")] = self._levels(
                    told["level"]
                )
        masks = {path for block in _MASKING.finditer(text) for path in _PATH.findall(block[1])}
        folder = self._repository.folder(file.path)
        line = 1 + (file.text or "").count("\n", 0, max((file.text or "").find("onfiguration"), 0))
        return _Configuration(
            framework, folder, Location(file.path, line), levels, bool(_JSON.search(text)), tuple(sorted(masks))
        )

    def _of_spring(self, folder: str) -> _Configuration | None:
        keys = self._repository.keys_with(folder, LEVELS)
        structured = self._repository.property(folder, "logging.structured.format.console")
        nodes = {k: n for k in keys if (n := self._repository.property(folder, k)) is not None and k != UNREAD}
        if structured is not None and structured.unknown is None:
            nodes["structured"] = structured
        if not nodes:
            return None
        levels = {_logger(k): self._levels(n.text() or "") for k, n in nodes.items() if k in keys}
        if self._variables.texts("LOGGING_LEVEL_ROOT"):
            levels[""] = self._variables.of(("LOGGING_LEVEL_ROOT",))
        at = next(iter(nodes.values())).location
        return _Configuration("spring-boot", folder, at, levels, "structured" in nodes)

    def _levels(self, text: str) -> tuple[Level, ...]:
        filled = _FILLED.fullmatch(text.strip())
        if filled is not None:
            default = level_named(filled[2]) if filled[2] else None
            return self._variables.of((filled[1],), (default,) if default else None)
        return (level_named(text) or ELSEWHERE,)

    def is_written(self, module: Module, level: str) -> bool | Unknown | None:
        """Whether the program of a file writes records of a level; ``None`` where nothing sets up its logger.

        Properties of Spring win over files; the longest name that is the class's or a package's around it decides.
        """
        package = _PACKAGE.search(module.data)
        stem = module.path.rpartition("/")[2].removesuffix(".java")
        name = f"{package[1].decode()}.{stem}" if package is not None else stem
        folder = self._repository.folder(module.path)
        found = [c for c in self._configurations if c.folder == folder]
        for spring in (True, False):
            told = [c for c in found if (c.framework == "spring-boot") is spring]
            least = [levels for c in told if (levels := _nearest(c.levels, name, spring))]
            if least:
                return is_written(level, [x for levels in least for x in levels])
        return None

    def _powertools(self) -> Iterator[LogSetUp]:
        for module in self._repository.matching(re.compile(rb"software\.amazon\.lambda\.powertools\.logging")):
            for method in module.of_type("method_declaration"):
                told = self.logs_event(module, method)
                mark = next((m for n, m in module.annotations(method) if n == "Logging"), None)
                if mark is not None:
                    levels = self._variables.of(("POWERTOOLS_LOG_LEVEL",), ("info",))
                    yield LogSetUp("powertools", module.at(mark), levels, True, (), told)

    def logs_event(self, module: Module, method: Syntax) -> bool | Unknown:
        """Whether ``@Logging`` writes the whole event: by its argument, else by the variable."""
        mark = next((m for n, m in module.annotations(method) if n == "Logging"), None)
        if mark is None or not any("powertools.logging" in i for i in module.imports):
            return False
        told = _EVENT.search(module.text(mark))
        if told is not None and told[1] == "true":
            return True
        return every((self._variables.is_on(EVENT_VARIABLE),))


def _without_comments(text: str) -> str:
    """A text of XML without its comments; one that does not end hides the rest."""
    first, *rest = text.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)


def _logger(key: str) -> str:
    name = key.removeprefix(LEVELS)
    return "" if name == "root" else name


def _nearest(levels: Mapping[str, tuple[Level, ...]], name: str, spring: bool) -> tuple[Level, ...]:
    """The levels of the longest name around a class. Spring's keys are compared in their canonical form."""
    wanted = canonical(name) if spring else name
    around = [k for k in levels if not k or f"{wanted}.".startswith(f"{k}.")]
    return levels[max(around, key=len)] if around else ()

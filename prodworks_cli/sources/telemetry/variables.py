"""Variables that steer telemetry: as IaC, containers, compose files, scripts and code set them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from prodworks_cli.lazy import regex
from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.files import File
from prodworks_cli.sources.lines import lines_with
from prodworks_cli.sources.parts import suffix_of

_PREFIXES = (
    *("OTEL_", "TRACELOOP_", "LANGFUSE_", "LANGSMITH_", "LANGCHAIN_", "POWERTOOLS_", "OPENINFERENCE_", "PHOENIX_"),
    *("AWS_LAMBDA_EXEC_WRAPPER", "AWS_XRAY_"),
)
_COMMENT = regex(r"^\s*(?:#|//|/?\*|--|;)")
_SUFFIXES = frozenset((".yaml", ".yml", ".json", ".toml", ".sh", ".env", ".tf", ".py", ".ts", ".js", ".ini", ".cfg"))
_READS = regex(r"getenv|environ\.get|process\.env\.\w+\s*(?:\?\?|\|\|)|environ\[[^\]]+\]\s*(?:$|[^=\s])")
_FILE = regex(r"(?:^|/)(?:[\w-]*Dockerfile[\w.-]*|Procfile|\.env(?:\.(?:prod|production|local))?)$")
_UNRESOLVED = regex(r"^\$|\$\{|^<|^!")


@cache
def _set(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    """NAME=value, NAME: value, ENV NAME value, os.environ["NAME"] = "value", "NAME": "value"."""
    name = rf"(?:{'|'.join(map(re.escape, prefixes))})[A-Z0-9_]*"
    return re.compile(rf"""\b({name})["']?\]?\s*(?:[:=,]\s*|\s)["']?([^"'\s,}})#]*)""")


class Variables:
    """The values of variables whose names begin with one of ``prefixes``; what several places set differently is not
    known."""

    def __init__(
        self,
        files: Sequence[File],
        environment: Mapping[str, tuple[Node, ...]],
        prefixes: tuple[str, ...] = _PREFIXES,
    ) -> None:
        self._values: dict[str, set[str | Unknown]] = {}
        self._places: dict[str, Location] = {}
        self.launches = bool(environment) or any(_FILE.search(f.path) for f in files)
        """Whether the repository says how the program is launched: a container file, functions or tasks."""
        for name, value, place in (*_of_iac(environment, prefixes), *_of_files(files, prefixes)):
            self._values.setdefault(name, set()).add(value)
            self._places.setdefault(name, place)

    def value(self, name: str) -> str | Unknown | None:
        """What a variable is set to; ``None`` where nothing in the repository sets it."""
        found = self._values.get(name, set())
        if len(found) > 1:
            return Unknown(f"{name} is set to several values")
        return next(iter(found), None)

    def values(self, name: str) -> tuple[str | Unknown, ...]:
        """All values that a variable is set to, each once; none where nothing in the repository sets it."""
        return tuple(sorted(self._values.get(name, ()), key=str))

    def place(self, *names: str) -> Location:
        """Where the first of some variables that are set is set."""
        return next(self._places[name] for name in names if name in self._places)

    def is_true(self, name: str) -> bool | Unknown | None:
        """Whether a variable says yes; ``None`` where it is not set."""
        value = self.value(name)
        return value.strip().lower() in ("true", "1", "yes", "on") if isinstance(value, str) else value


_Found = Iterator[tuple[str, str | Unknown, Location]]


def _of_iac(environment: Mapping[str, tuple[Node, ...]], prefixes: tuple[str, ...]) -> _Found:
    for name, nodes in environment.items():
        if name.startswith(prefixes):
            for node in nodes:
                text = str(node.content).lower() if isinstance(node.content, bool) else node.text()
                unread = Unknown(f"{name} is set by IaC to what is not resolved")
                yield name, text if text is not None else unread, node.location


def _of_files(files: Sequence[File], prefixes: tuple[str, ...]) -> _Found:
    words, setting = tuple(p.lower() for p in prefixes), _set(prefixes)
    needed = tuple(p.encode() for p in prefixes)
    for file in files:
        if suffix_of(file.path) not in _SUFFIXES and not _FILE.search(file.path):
            continue
        if not file.holds(needed):
            continue
        for number, line in lines_with(file.text or "", words):
            if _COMMENT.match(line) or _READS.search(line):
                continue
            for match in setting.finditer(line):
                if match[2]:
                    unresolved = _UNRESOLVED.search(match[2]) or not re.match(r"[\w./:=*;-]+$", match[2])
                    value = Unknown(f"{match[1]} is set elsewhere") if unresolved else match[2]
                    yield match[1], value, Location(file.path, number)

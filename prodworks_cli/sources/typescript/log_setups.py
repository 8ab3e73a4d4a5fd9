"""Logging that TypeScript code sets up: pino, winston, Powertools."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.resources.adapter import some
from prodworks_cli.schema import Draft
from prodworks_cli.sources.log_setups.levels import ELSEWHERE, POWERTOOLS, Level, LevelVariables, level_named, lowest
from prodworks_cli.sources.log_setups.setups import LogSetUp, drafts
from prodworks_cli.sources.typescript.environment import Environment
from prodworks_cli.sources.typescript.kinds import TRANSPARENT
from prodworks_cli.sources.typescript.log_masks import Masks
from prodworks_cli.sources.typescript.members import key_of
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.values import Values

WORDS = (b"@aws-lambda-powertools/logger", b"pino", b"winston")
EVENT_VARIABLE = "POWERTOOLS_LOGGER_LOG_EVENT"
_NAMES = re.compile(r"^(?:pino|createLogger|Logger)$")
# How a program asks whether it runs in production.
_IN_PRODUCTION = re.compile(r"""NODE_ENV\s*(?P<operator>[=!])==?\s*["'`]production["'`]""")
MAX_STEPS = 6
MAX_NAMES = 100


class LogSetUps:
    """Finds set-ups by the place that makes a logger."""

    def __init__(self, values: Values, variables: LevelVariables) -> None:
        self._values = values
        self._tracer = values.tracer
        self._repository = values.tracer.repository
        self._environment = Environment(values.tracer, {})
        self._variables = variables
        self._masks = Masks(values)
        self.found: Mapping[tuple[str, int], LogSetUp] = dict(self._all())

    def drafts(self) -> Iterator[Draft]:
        """All set-ups."""
        yield from drafts(self.found.values())

    def _all(self) -> Iterator[tuple[tuple[str, int], LogSetUp]]:
        for module in self._repository.holding(*WORDS):
            if not any(_package(item.module) for item in module.imports.values()):
                continue
            for node in module.of_type("call_expression", "new_expression"):
                callee = callee_of(node)
                package = _source(module, callee) if _NAMES.match(last_name(module, callee)) else None
                read = self._readers.get(package or "")
                if read is not None:
                    site = Site(module, node)
                    yield site.key, read(self, site)

    def of_logger(self, site: Site) -> Sequence[LogSetUp]:
        """The set-ups of the loggers that an expression may be; a child has that of its parent."""
        found: list[LogSetUp] = []
        for origin in (site, *self._tracer.sites(site)):
            for _ in range(MAX_STEPS):
                callee = callee_of(origin.node) if origin.node.type == "call_expression" else None
                if origin.key in self.found or last_name(origin.module, callee) != "child" or callee is None:
                    break
                parent = callee.child_by_field_name("object")
                above = self._tracer.sites(origin.to(parent)) if parent is not None else ()
                origin = above[0] if above else origin.to(callee)
            if origin.key in self.found:
                found.append(self.found[origin.key])
        return found

    def of_file(self, module: Module) -> Sequence[LogSetUp]:
        """The loggers that a file makes, or imports."""
        named = [Site(module, n) for n in module.of_type("identifier") if module.text(n) in module.imports]
        own = [setup for (path, _), setup in self.found.items() if path == module.path]
        return own or [setup for site in named[:MAX_NAMES] for setup in self.of_logger(site)]

    def levels(self, site: Site, steps: int = MAX_STEPS) -> tuple[Level, ...]:
        """The levels that an expression may be in production."""
        module, node = site.module, site.node
        if steps == 0:
            return (ELSEWHERE,)
        if node.type in TRANSPARENT and node.named_children:
            return self.levels(site.to(node.named_children[0]), steps - 1)
        variable = self._environment.name(site)
        if variable is not None:
            return self._variables.of((variable,))
        callee = callee_of(node) if node.type == "call_expression" else None
        if last_name(module, callee) in ("toLowerCase", "toUpperCase", "trim") and callee is not None:
            target = callee.child_by_field_name("object")
            return self.levels(site.to(target), steps - 1) if target is not None else (ELSEWHERE,)
        if node.type == "binary_expression":
            return self._either(site, steps)
        if node.type == "ternary_expression":
            return self._chosen(site, steps)
        text = self._values.of(site).text() or (last_name(module, node) if node.type == "member_expression" else "")
        if level_named(text) is not None:
            return (level_named(text) or ELSEWHERE,)
        followed = [o for o in self._tracer.sites(site) if o.key != site.key]
        found = [level for o in followed for level in self.levels(o, steps - 1)]
        return tuple(dict.fromkeys(found)) or (ELSEWHERE,)

    def _either(self, site: Site, steps: int) -> tuple[Level, ...]:
        """``process.env.LOG_LEVEL ?? "info"``."""
        left, right = (site.node.child_by_field_name(n) for n in ("left", "right"))
        if left is None or right is None:
            return (ELSEWHERE,)
        variable, default = self._environment.name(site.to(left)), self.levels(site.to(right), steps - 1)
        if variable is not None:
            return self._variables.of((variable,), default)
        return tuple(dict.fromkeys((*self.levels(site.to(left), steps - 1), *default)))

    def _chosen(self, site: Site, steps: int) -> tuple[Level, ...]:
        """Of a choice by the environment what production gets; else what either way gives."""
        parts = (site.node.child_by_field_name(n) for n in ("condition", "consequence", "alternative"))
        test, *ways = [site.to(p) for p in parts if p is not None]
        asked = _IN_PRODUCTION.search(test.text)
        if asked is not None and len(ways) == 2:
            ways = [ways[0 if asked["operator"] == "=" else 1]]
        return tuple(dict.fromkeys(level for way in ways for level in self.levels(way, steps - 1)))

    def _pino(self, site: Site) -> LogSetUp:
        module = site.module
        options = self._options(site)
        pretty = Unknown("a transport for people may be used") if b"pino-pretty" in module.data else True
        redact = options.get("redact")
        masks = self._masks.of_pino(redact) if redact is not None else ()
        return LogSetUp("pino", module.at(site.node), self._level(options.get("level"), ("info",)), pretty, masks)

    def _winston(self, site: Site) -> LogSetUp:
        """Each transport may have a level of its own. Without a format records are JSON."""
        module, options = site.module, self._options(site)
        own = self._level(options.get("level"), ("info",))
        transports = options.get("transports")
        made = module.below(transports.node, "new_expression") if transports is not None else ()
        each = [self._level(self._options(site.to(t)).get("level"), own) for t in made] or [own]
        format_ = options.get("format")
        json = self._masks.writes_json(format_) if format_ is not None else True
        masks = self._masks.of_winston(format_) if format_ is not None else ()
        return LogSetUp("winston", module.at(site.node), lowest([x for y in each for x in y]), json, masks)

    def _powertools(self, site: Site) -> LogSetUp:
        options = self._options(site)
        levels = self._level(options.get("logLevel"), ())
        if not levels:
            levels = self._variables.of(POWERTOOLS, ("info",)) if self._variables.told(POWERTOOLS) else ("info",)
        if "sampleRateValue" in options or self._variables.texts("POWERTOOLS_LOGGER_SAMPLE_RATE"):
            levels = (*levels, "debug")  # the rest of the records of some requests
        at = site.module.at(site.node)
        return LogSetUp("powertools", at, levels, True, (), some(e for _, e in self.events(site.module)))

    def _level(self, value: Site | None, default: tuple[Level, ...]) -> tuple[Level, ...]:
        return self.levels(value) if value is not None else default

    def _options(self, site: Site) -> Mapping[str, Site]:
        """The members of the object that a call is given."""
        for given in site.module.arguments(site.node)[:1]:
            for origin in (site.to(given), *self._tracer.sites(site.to(given))):
                if origin.node.type == "object":
                    return members(origin)
        return {}

    def events(self, module: Module) -> Iterator[tuple[Syntax, bool | Unknown]]:
        """The calls by which handlers of a file write their whole event, and whether they do."""
        if b"injectLambdaContext" not in module.data and b"logEventIfEnabled" not in module.data:
            return
        for call in module.of_type("call_expression"):
            name, given = last_name(module, callee_of(call)), module.arguments(call)
            if name == "injectLambdaContext":
                options = [members(Site(module, a)) for a in given if a.type == "object"]
                flag = next((o["logEvent"] for o in options if "logEvent" in o), None)
                yield call, self._flag(flag)
            elif name == "logEventIfEnabled":
                yield call, self._flag(Site(module, given[1]) if len(given) > 1 else None)

    def _flag(self, flag: Site | None) -> bool | Unknown:
        if flag is None:
            return self._variables.is_on(EVENT_VARIABLE)
        content = self._values.of(flag).content
        return content if isinstance(content, bool) else Unknown("whether the event is written is set elsewhere")

    _readers: ClassVar[Mapping[str, Callable[[LogSetUps, Site], LogSetUp]]] = {
        "pino": _pino,
        "winston": _winston,
        "powertools": _powertools,
    }


def members(site: Site) -> Mapping[str, Site]:
    """The members of an object that is written out, by their keys."""
    found: dict[str, Site] = {}
    for child in site.node.named_children:
        value = child.child_by_field_name("value") if child.type == "pair" else child
        key = key_of(site.module, child) if child.type in ("pair", "shorthand_property_identifier") else ""
        if key and value is not None:
            found[key] = site.to(value)
    return found


def _package(source: str) -> str | None:
    if source.startswith("@aws-lambda-powertools/logger"):
        return "powertools"
    return source if source in ("pino", "winston") else None


def _source(module: Module, callee: Syntax | None) -> str | None:
    item = module.imports.get(module.text(callee).partition(".")[0])
    return _package(item.module) if item is not None else None

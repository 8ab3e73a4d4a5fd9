"""Logging that Python code sets up: the standard library, structlog, loguru, Powertools, python-json-logger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft
from prodworks_cli.sources.log_setups.levels import POWERTOOLS, Level, LevelVariables, lowest
from prodworks_cli.sources.log_setups.setups import LogSetUp, drafts
from prodworks_cli.sources.log_setups.standard import JSON_FORMATTERS, ROOT, Place, configured, read_files
from prodworks_cli.sources.python.log_levels import LevelValues
from prodworks_cli.sources.python.log_masks import Masks
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.trace import Tracer
from prodworks_cli.sources.python.values import Values

WORDS = (
    *(b"basicConfig(", b"dictConfig(", b".setLevel(", b"structlog.configure", b"loguru", b"aws_lambda_powertools"),
    b"logging.Logger(",
    *(b"JsonFormatter", b"import structlog", b"from structlog", b"LOGGING = {", b"LOGGING: "),
)
STRUCTLOG, LOGURU = "<structlog>", "<loguru>"
_SAMPLES = ("POWERTOOLS_LOGGER_SAMPLE_RATE",)
EVENT_VARIABLE = "POWERTOOLS_LOGGER_LOG_EVENT"


class LogSetUps:
    """Finds set-ups. ``variables`` holds the levels that production is told."""

    def __init__(self, repository: Repository, tracer: Tracer, values: Values, variables: LevelVariables) -> None:
        self._tracer = tracer
        self._values = values
        self._variables = variables
        self._levels = LevelValues(tracer, values, variables)
        self._masks = Masks(repository, tracer, values)
        configurations, self.gaps = read_files(variables.files)
        self._roots = frozenset(p for m in repository.containing(*WORDS) for p in m.path.removesuffix(".py").split("/"))
        self.found: tuple[Place, ...] = (
            *configurations,
            *(p for m in repository.containing(*WORDS) for p in self._in(m)),
        )

    @property
    def masks(self) -> bool:
        """Whether some set-up masks anything."""
        return any(place.setup.masks for place in self.found)

    def debugs_botocore(self, call: Site) -> bool:
        """Whether a call makes botocore write at debug, where each request and each answer stands as a whole."""
        module, callee = call.module, call.node.child_by_field_name("function")
        name, given = last_name(module, callee), module.arguments(call.node)
        if name == "set_stream_logger" and _source(module, callee).startswith(("boto3", "botocore")):
            named, level = given.get("name", 0), given.get("level", 1)
            logger: object = self._values.of(call.to(named)).text() if named is not None else "boto3"
        elif name == "setLevel" and callee is not None and (target := callee.child_by_field_name("object")) is not None:
            logger, level = self.named(call.to(target)), given.get("level", 0)
            logger = logger if logger != ROOT else None
        else:
            return False
        debug = level is None or self._levels.of(call.to(level)) == ("debug",)
        return debug and logger in (ROOT, "botocore", "botocore.endpoint", "botocore.parsers")

    def _in(self, module: Module) -> Iterator[Place]:
        for call in module.calls_to(self._readers):
            name = module.called(call)
            yield from self._readers[name](self, Site(module, call))
        for binding in module.bindings.get(module.root.id, {}).get("LOGGING", ()):  # of Django
            if binding.value is not None and binding.value.type == "dictionary":
                config = self._values.of(Site(module, binding.value))
                yield from configured(config, self._masks.of_standard())

    def drafts(self) -> Iterator[Draft]:
        """The set-ups that are worth to be listed."""
        yield from drafts(place.setup for place in self.found if place.listed)

    def named(self, site: Site) -> str | tuple[str, int] | None:
        """What logger an expression is: its name, a framework, or the place where an object is made."""
        if site.text in ("logging", "logging.root"):
            return ROOT
        item = site.module.imports.get(site.text.partition(".")[0])
        if item is not None and item.module == "loguru":
            return LOGURU
        for origin in (site, *self._tracer.sites(site)):
            found = self._made(origin) if origin.node.type == "call" else None
            if found is not None:
                return found
        return None

    def _made(self, site: Site) -> str | tuple[str, int] | None:
        module, callee = site.module, site.node.child_by_field_name("function")
        name, source = last_name(module, callee), _source(module, callee)
        given = module.arguments(site.node).get("name", 0)
        if name == "Logger" and (source == "logging" or source.startswith("aws_lambda_powertools")):
            return module.path, site.node.id
        if name in ("get_logger", "getLogger", "wrap_logger") and source.startswith("structlog"):
            return STRUCTLOG
        if name == "bind" and callee is not None and (inner := callee.child_by_field_name("object")) is not None:
            return self.named(site.to(inner)) if inner.id != site.node.id else None
        if name != "getLogger":
            return None
        if given is None:
            return ROOT
        if module.text(given) == "__name__":
            return dotted(module.path)
        return self._values.of(site.to(given)).text()

    def _basic(self, site: Site) -> Iterator[Place]:
        given = site.module.arguments(site.node).get("level")
        levels = self._levels.of(site.to(given)) if given is not None else ("warning",)
        yield Place(self._standard(site, levels), ROOT)

    def _standard(self, site: Site, levels: tuple[Level, ...]) -> LogSetUp:
        module = site.module
        json = _formats_json(module)
        framework = "python-json-logger" if json and b"pythonjsonlogger" in module.data else "logging"
        return LogSetUp(framework, module.at(site.node), levels, json, self._masks.of_standard())

    def _set_level(self, site: Site) -> Iterator[Place]:
        module, callee = site.module, site.node.child_by_field_name("function")
        target = callee.child_by_field_name("object") if callee is not None else None
        given = module.arguments(site.node).get("level", 0)
        logger = self.named(site.to(target)) if target is not None else None
        if given is None or logger is None:
            return
        setup = self._standard(site, self._levels.of(site.to(given)))
        if isinstance(logger, tuple):
            powertools = b"aws_lambda_powertools" in module.data
            yield Place(replace(setup, framework="powertools", structured=True) if powertools else setup, logger)
        elif logger not in (STRUCTLOG, LOGURU):
            yield Place(setup, logger, not logger or logger.partition(".")[0] in self._roots)

    def _logger(self, site: Site) -> Iterator[Place]:
        """``Logger()`` of Powertools, and of the standard library."""
        module = site.module
        if self._made(site) != (module.path, site.node.id):
            return
        if _source(module, site.node.child_by_field_name("function")) != "logging":
            yield self._powertools(site)
            return
        level = module.arguments(site.node).get("level", 1)
        least = self._levels.of(site.to(level)) if level is not None else ("debug",)
        yield Place(self._standard(site, least), (module.path, site.node.id))

    def _powertools(self, site: Site) -> Place:
        module = site.module
        given = module.arguments(site.node)
        level = given.get("level", 1)
        if level is not None and level.type != "none":
            levels = self._levels.of(site.to(level))
        else:
            levels = self._variables.of(POWERTOOLS, ("info",)) if self._variables.told(POWERTOOLS) else ("info",)
        if given.get("sampling_rate") is not None or any(self._variables.texts(n) for n in _SAMPLES):
            levels = (*levels, "debug")  # the rest of the records of some requests
        structured = True if given.get("logger_formatter") is None else Unknown("a formatter of its own")
        events = tuple(e for e in self._events(module) if e is not False)
        at = module.at(site.node)
        setup = LogSetUp("powertools", at, levels, structured, (), events[0] if events else False)
        return Place(setup, (module.path, site.node.id))

    def _events(self, module: Module) -> Iterator[bool | Unknown]:
        """Whether the handlers of a file write their whole event."""
        for function in module.of_type("function_definition"):
            for decorator in module.decorators(function):
                yield self.logs_event(module, decorator)

    def logs_event(self, module: Module, decorator: Syntax) -> bool | Unknown:
        """Whether a decorator of a handler writes the whole event: by its argument, else by the variable."""
        callee = decorator.child_by_field_name("function") if decorator.type == "call" else decorator
        if last_name(module, callee) != "inject_lambda_context":
            return False
        flag = module.arguments(decorator).get("log_event") if decorator.type == "call" else None
        if flag is None or flag.type == "none":
            return self._variables.is_on(EVENT_VARIABLE)
        content = self._values.of(Site(module, flag)).content
        return content if isinstance(content, bool) else Unknown("whether the event is written is set elsewhere")

    def _structlog(self, site: Site) -> Iterator[Place]:
        module, callee = site.module, site.node.child_by_field_name("function")
        if not (_source(module, callee).startswith("structlog")):
            return
        given = module.arguments(site.node)
        filtering = [
            module.arguments(n).get("min_level", 0)
            for n in module.below(site.node, "call")
            if module.called(n) == "make_filtering_bound_logger"
        ]
        level = next((f for f in filtering if f is not None), None)
        processors = given.get("processors", 0)
        levels: tuple[Level, ...] = self._levels.of(site.to(level)) if level is not None else ()
        by_standard = given.get("wrapper_class") is not None and level is None
        names = {module.text(n) for n in inside(site.node) if n.type == "identifier"}
        if processors is not None and processors.type == "identifier":
            lists = [o for o in self._tracer.sites(site.to(processors)) if o.node.type == "list"]
            names |= {o.module.text(n) for o in lists for n in inside(o.node) if n.type == "identifier"}
        masks = self._masks.of_processors(site.to(processors)) if processors is not None else ()
        least = levels or (() if by_standard else ("debug",))
        setup = LogSetUp("structlog", module.at(site.node), least, _renders(names), masks)
        yield Place(setup, STRUCTLOG)

    def _loguru(self, site: Site) -> Iterator[Place]:
        module, callee = site.module, site.node.child_by_field_name("function")
        target = callee.child_by_field_name("object") if callee is not None else None
        if target is None or _source(module, target) != "loguru":
            return
        given = module.arguments(site.node)
        level, serialize = given.get("level"), given.get("serialize")
        levels = (
            self._levels.of(site.to(level)) if level is not None else self._variables.of(("LOGURU_LEVEL",), ("debug",))
        )
        removed = b"logger.remove(" in module.data
        json = serialize is not None and self._values.of(site.to(serialize)).content is True
        least = lowest(levels if removed else (*levels, "debug"))
        yield Place(LogSetUp("loguru", module.at(site.node), least, json), LOGURU)

    def _configured(self, site: Site) -> Iterator[Place]:
        """``dictConfig`` of a mapping that is written out; one that is read from a file is found there."""
        given = site.module.arguments(site.node).get("config", 0)
        config = self._values.of(site.to(given)) if given is not None else Node(None, site.module.at(site.node))
        if isinstance(config.content, Mapping):
            yield from configured(config, self._masks.of_standard())

    _readers: ClassVar[Mapping[str, Callable[[LogSetUps, Site], Iterator[Place]]]] = {
        "basicConfig": _basic,
        "setLevel": _set_level,
        "Logger": _logger,
        "configure": _structlog,
        "add": _loguru,
        "dictConfig": _configured,
    }


def _renders(names: set[str]) -> bool | Unknown:
    if "JSONRenderer" not in names:
        return False
    return Unknown("the renderer is chosen when the program starts") if "ConsoleRenderer" in names else True


def _formats_json(module: Module) -> bool:
    """A file makes a formatter that writes JSON: one of a library, or a class of its own."""
    return any(JSON_FORMATTERS.search(name) for name in module.calls)


def dotted(path: str) -> str:
    """The longest name that a module may have: ``a.b.c`` of ``a/b/c.py``."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _source(module: Module, callee: Syntax | None) -> str:
    item = module.imports.get(module.text(callee).partition(".")[0]) if callee is not None else None
    return item.module if item is not None else ""

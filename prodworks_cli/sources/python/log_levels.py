"""The levels that expressions of Python name: constants, texts, variables of the environment with their defaults."""

from __future__ import annotations

from tree_sitter import Node as Syntax

from prodworks_cli.sources.log_setups.levels import ELSEWHERE, Level, LevelVariables, level_named
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.trace import Tracer
from prodworks_cli.sources.python.values import ENVIRONMENT_CALLS, Values

_CONSTANTS = frozenset({"DEBUG", "INFO", "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL", "NOTSET"})
MAX_STEPS = 5


class LevelValues:
    """Evaluates levels. ``variables`` holds those that production is told."""

    def __init__(self, tracer: Tracer, values: Values, variables: LevelVariables) -> None:
        self._tracer = tracer
        self._values = values
        self._variables = variables

    def of(self, site: Site, steps: int = MAX_STEPS) -> tuple[Level, ...]:
        """The levels that an expression may be in production."""
        site = _unwrapped(site)
        if last_name(site.module, site.node) in _CONSTANTS:
            return (level_named(last_name(site.module, site.node)) or ELSEWHERE,)
        variable = _variable(site)
        if variable is not None:
            name, default = variable
            given = self.of(site.to(default), steps - 1) if default is not None and steps else None
            return self._variables.of((name,), given)
        content = self._values.of(site).content
        if isinstance(content, str | int):
            return (level_named(content) or ELSEWHERE,)
        followed = [o for o in self._tracer.origins(site) if isinstance(o, Site) and o.node.id != site.node.id]
        found = [level for o in followed for level in self.of(o, steps - 1)] if steps else []
        return tuple(dict.fromkeys(found)) or (ELSEWHERE,)


def _unwrapped(site: Site) -> Site:
    """``x`` of ``getattr(logging, x)``, ``getLevelName(x)`` and ``x.upper()``."""
    for _ in range(MAX_STEPS):
        if site.node.type != "call":
            return site
        callee = site.node.child_by_field_name("function")
        name, given = last_name(site.module, callee), site.module.arguments(site.node)
        inner = given.get("", 1) if name == "getattr" else given.get("", 0) if name == "getLevelName" else None
        if name in ("upper", "lower", "strip") and callee is not None:
            inner = callee.child_by_field_name("object")
        if inner is None:
            return site
        site = site.to(inner)
    return site


def _variable(site: Site) -> tuple[str, Syntax | None] | None:
    """The environment variable that an expression reads, and its default."""
    module, node = site.module, site.node
    if node.type == "call" and module.text(node.child_by_field_name("function")) in ENVIRONMENT_CALLS:
        given = module.arguments(node)
        key, default = given.get("key", 0), given.get("default", 1)
    elif node.type == "subscript" and module.text(node.child_by_field_name("value")) in ("os.environ", "environ"):
        key, default = node.child_by_field_name("subscript"), None
    else:
        return None
    return (module.text(key).strip("\"'"), default) if key is not None and key.type == "string" else None

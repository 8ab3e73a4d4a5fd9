"""What loggers of TypeScript take out of records: paths that pino redacts, keys that formats of winston replace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.kinds import FUNCTIONS
from prodworks_cli.sources.typescript.members import key_of
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.values import Values

_STEP = re.compile(r"""\[\s*["']?(?P<key>[^\]"']+)["']?\s*\]|(?P<name>[^.\[\]]+)""")
_READABLE = re.compile(r"^(?:printf|simple|cli|prettyPrint)$")
MAX_STEPS = 200


class Masks:
    """Reads what a set-up says of masks."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._tracer = values.tracer

    def of_pino(self, redact: Site) -> tuple[str, ...]:
        """The paths of ``redact: [...]`` and ``redact: {paths: [...]}``."""
        told = self._values.of(redact)
        paths = told if isinstance(told.content, tuple) else told["paths"]
        return tuple(sorted({text for node in paths.items() if (text := node.text())}))

    def writes_json(self, format_: Site) -> bool | Unknown:
        """Whether a format of winston writes JSON."""
        names = {last_name(s.module, callee_of(s.node)) for s in self._calls(format_)}
        if "json" in names or "logstash" in names:
            return Unknown("the format is chosen when the program starts") if any(map(_READABLE.match, names)) else True
        return False if any(map(_READABLE.match, names)) else Unknown("the format is made elsewhere")

    def of_winston(self, format_: Site) -> tuple[str, ...]:
        """The keys that the formats of a set-up replace or remove: those that all its records go through."""
        found: set[str] = set()
        for call in self._calls(format_):
            for origin in self._tracer.sites(call.to(callee)) if (callee := callee_of(call.node)) is not None else ():
                made = last_name(origin.module, callee_of(origin.node)) if origin.node.type == "call_expression" else ""
                given = origin.module.arguments(origin.node) if made == "format" else ()
                found.update(k for f in given if f.type in FUNCTIONS for k in self._of_function(origin.to(f)))
        return tuple(sorted(found))

    def _calls(self, format_: Site) -> Iterator[Site]:
        """The formats that are put together, each as the call that makes it."""
        stack, seen = [format_], 0
        while stack and seen < MAX_STEPS:
            site = stack.pop()
            seen += 1
            if site.node.type != "call_expression":
                stack += [o for o in self._tracer.sites(site) if o.key != site.key]
                continue
            yield site
            if last_name(site.module, callee_of(site.node)) == "combine":
                stack += map(site.to, site.module.arguments(site.node))

    def _of_function(self, function: Site) -> Iterator[str]:
        module = function.module
        names = [p.name for p in module.parameters(function.node) if not p.path][:1]
        for node in inside(function.node):
            key = _masked(module, node, names)
            if key is not None and _always(module, node, function.node, names):
                yield from (key,)


def _masked(module: Module, node: Syntax, names: Sequence[str]) -> str | None:
    """The key of ``info.key = "***"`` and ``delete info.key``."""
    target = node.child_by_field_name("left") if node.type == "assignment_expression" else None
    if node.type == "unary_expression" and module.text(node.child_by_field_name("operator")) == "delete":
        target = node.child_by_field_name("argument")
    right = node.child_by_field_name("right")
    if target is None or (right is not None and right.type not in ("string", "null", "undefined")):
        return None
    if module.text(target.child_by_field_name("object")) not in names:
        return None
    index = target.child_by_field_name("index")
    if index is not None:
        return module.text(index).strip("\"'") if index.type == "string" else None
    return last_name(module, target) or None


def _always(module: Module, node: Syntax, function: Syntax, names: Sequence[str]) -> bool:
    """Nothing decides whether a key is masked, but whether it is there."""
    body = function.child_by_field_name("body")
    ends = module.below(body, "return_statement") if body is not None else ()
    if any(r.start_byte < node.start_byte for r in ends):
        return False
    for above in module.ancestors(node):
        if above.id == function.id:
            return True
        if above.type in FUNCTIONS or above.type in ("while_statement", "try_statement", "ternary_expression"):
            return False
        if above.type == "if_statement":
            test = module.text(above.child_by_field_name("condition")).strip("() ")
            asked = re.fullmatch(r"""(\w+)\??\.\w+|["']\w+["'] in (\w+)|(\w+)\[["']\w+["']\]""", test)
            first = above.child_by_field_name("consequence")
            inner = first is not None and first.start_byte <= node.start_byte < first.end_byte
            if asked is None or not inner or not any(g in names for g in asked.groups()):
                return False
    return False


def way_to(module: Module, part: Syntax, argument: Syntax) -> tuple[str, ...]:
    """The keys under which an argument holds a value, or a text with it; none where it is the argument itself."""
    way: list[str] = []
    node: Syntax | None = part
    while node is not None and node.id != argument.id:
        if node.type in ("pair", "shorthand_property_identifier"):
            way.append(key_of(module, node))
        node = module.parent(node)
    return tuple(reversed(way))


def covers(mask: str, way: Sequence[str]) -> bool:
    """Whether a path that is redacted holds the value at the end of a way; ``*`` is any key."""
    steps = [m["key"] or m["name"] for m in _STEP.finditer(mask)]
    return 0 < len(steps) <= len(way) and all(s in ("*", w) for s, w in zip(steps, way, strict=False))

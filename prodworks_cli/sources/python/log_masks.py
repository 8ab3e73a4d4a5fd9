"""What filters, formatters and processors take out of log records: the keys that they replace or remove."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from tree_sitter import Node as Syntax

from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.trace import Tracer
from prodworks_cli.sources.python.values import Values

_FILTERS = re.compile(rb"class\s+\w+\([^)]*(?:Filter|Formatter)\b[^)]*\)")
_METHODS = frozenset({"filter", "format", "add_fields", "process_log_record"})
LIKE = "text like "
"""How a mask begins that takes out no key, but what looks like something in any text."""
# The text of a record is replaced, or what is made of it.
_WRITES = re.compile(r"\.(?:msg|message|__dict__)(?:\[[^\]]{0,80}\])?\s*\|?=|def format\(|\[[\"']event[\"']\]\s*=")
_ATTACHES = frozenset({"addFilter", "setFormatter"})
# Asking whether a key is there is no condition on what it holds; nor is asking whether it is one of those to mask.
_ASKS = re.compile(
    r"""\(?(?:["']?\w+["']? in (?P<record>\w+)(?:\.__dict__)?|hasattr\((?P<owner>\w+), ?["']?\w+["']?\)"""
    r"""|(?P<held>\w+)\.get\(["']?\w+["']?\))\)?"""
)
_AMONG = re.compile(r"\(?(?P<key>\w+)(?:\.lower\(\))? in (?P<names>\w+)\)?")


class Masks:
    """Reads the functions through which records go before they are written."""

    def __init__(self, repository: Repository, tracer: Tracer, values: Values) -> None:
        self._repository = repository
        self._tracer = tracer
        self._values = values

    def of_standard(self) -> tuple[str, ...]:
        """The attributes of records that filters and formatters mask, which handlers of the repository use."""
        return self._standard

    @cached_property
    def _standard(self) -> tuple[str, ...]:
        keys: dict[str, None] = {}
        for path in self._repository.matching(_FILTERS):
            module = self._repository.module(path)
            for cls in module.of_type("class_definition"):
                bases = module.text(cls.child_by_field_name("superclasses"))
                if re.search(r"(?:Filter|Formatter)\b", bases) and self._is_attached(module.name(cls)):
                    keys.update(dict.fromkeys((*self._of_class(module, cls), *_patterns(module, cls))))
        for function in self._functions():
            keys.update(dict.fromkeys((*self._of_function(function), *_patterns(function.module, function.node))))
        return tuple(sorted(keys))

    def _functions(self) -> Iterator[Site]:
        """Functions that handlers use as filters."""
        for module, call in self._repository.calls_named("addFilter"):
            callee, given = call.child_by_field_name("function"), module.arguments(call).get("filter", 0)
            if given is not None and "handler" in module.text(callee).lower():
                function = self._tracer.callee(Site(module, call), given)
                yield from (function,) if function is not None else ()

    def _is_attached(self, name: str) -> bool:
        """A handler is given an object of the class: all records of its logger go through it."""
        for module, call in self._repository.calls_named(name):
            for above in module.ancestors(call):
                callee = above.child_by_field_name("function") if above.type == "call" else None
                if last_name(module, callee) in _ATTACHES and "handler" in module.text(callee).lower():
                    return True
        return any(_configures(module, name) for module in self._repository.containing(b'"()"', b"'()'"))

    def _of_class(self, module: Module, cls: Syntax) -> Iterator[str]:
        body = cls.child_by_field_name("body")
        for function in body.named_children if body is not None else ():
            method = function.named_children[-1] if function.type == "decorated_definition" else function
            if method.type == "function_definition" and module.name(method) in _METHODS:
                yield from self._of_function(Site(module, method))

    def of_processors(self, site: Site) -> tuple[str, ...]:
        """The keys that the processors of structlog mask."""
        lists = [site] if site.node.type == "list" else [o for o in self._tracer.sites(site) if o.node.type == "list"]
        keys: dict[str, None] = {}
        for items in lists:
            for item in items.node.named_children:
                if item.type in ("identifier", "attribute"):
                    function = self._tracer.callee(items, item)
                    told = (
                        (*self._of_function(function), *_patterns(function.module, function.node)) if function else ()
                    )
                    keys.update(dict.fromkeys(told))
        return tuple(sorted(keys))

    def _of_function(self, function: Site) -> Iterator[str]:
        """Keys of the record that a function always replaces by a constant, or removes."""
        module = function.module
        names = [name for name, _ in module.parameters(function.node) if name != "self"]
        for node in inside(function.node):
            key = self._masked_key(module, node, names)
            if key is not None and self._always(Site(module, node), key, function.node, names):
                yield from self._texts(Site(module, key))

    def _masked_key(self, module: Module, node: Syntax, names: list[str]) -> Syntax | None:
        """The key in ``d["key"] = "*"``, ``record.key = "*"``, ``d.pop("key")``, ``setattr(record, key, "*")``."""
        if node.type == "assignment":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None or not _is_constant(right):
                return None
            if left.type == "subscript" and module.text(left.child_by_field_name("value")) in names:
                return left.child_by_field_name("subscript")
            owned = left.type == "attribute" and module.text(left.child_by_field_name("object")) in names
            return left.child_by_field_name("attribute") if owned else None
        if node.type != "call":
            return None
        callee, given = node.child_by_field_name("function"), module.arguments(node)
        name = last_name(module, callee)
        if name == "pop" and callee is not None and module.text(callee.child_by_field_name("object")) in names:
            return given.get("", 0)
        replaces = name == "setattr" and len(given.positional) == 3 and _is_constant(given.positional[2])
        return given.positional[1] if replaces and module.text(given.positional[0]) in names else None

    def _always(self, site: Site, key: Syntax, function: Syntax, names: list[str]) -> bool:
        """Nothing decides whether a key is masked, but whether it is there."""
        module, node = site.module, site.node
        if any(r.start_byte < node.start_byte for r in module.results(function)):
            return False
        for above in module.ancestors(node):
            if above.id == function.id:
                return True
            if above.type == "if_statement" and not self._only_asks(site.to(above), node, module.text(key), names):
                return False
            if above.type in ("while_statement", "try_statement", "except_clause", "function_definition", "lambda"):
                return False
        return False

    def _only_asks(self, choice: Site, node: Syntax, key: str, names: list[str]) -> bool:
        module, first = choice.module, choice.node.child_by_field_name("consequence")
        if first is None or not first.start_byte <= node.start_byte < first.end_byte:
            return False
        test = module.text(choice.node.child_by_field_name("condition"))
        asked, among = _ASKS.fullmatch(test), _AMONG.fullmatch(test)
        if asked is not None and any(name in names for name in asked.groupdict().values()):
            return True
        return among is not None and among["key"] == key

    def _texts(self, key: Site) -> Iterator[str]:
        """The key that is written out; all that a loop goes through, or is compared with, for the name of one."""
        above = key.module.parent(key.node)
        if key.node.type == "identifier" and above is not None and above.type == "attribute":
            yield key.text
        elif key.node.type != "identifier":
            yield from self._listed(key)
        else:
            for listed in _lists(key):
                yield from self._listed(listed)

    def _listed(self, site: Site) -> Iterator[str]:
        sets = [o for o in self._tracer.sites(site) if o.node.type == "set"]
        nodes = [self._values.of(o.to(c)) for o in sets for c in o.node.named_children]
        yield from (t for n in nodes or self._values.of(site).items() if (t := n.text()))


def _patterns(module: Module, scope: Syntax) -> Iterator[str]:
    """What is replaced in the texts of records by what it looks like: ``PATTERN.sub("***", record.msg)``."""
    if not _WRITES.search(module.text(scope)):
        return
    for call in (c for part in _with_helpers(module, scope) for c in module.below(part, "call")):
        callee = call.child_by_field_name("function")
        if callee is None or last_name(module, callee) not in ("sub", "subn"):
            continue
        target, given = callee.child_by_field_name("object"), module.arguments(call)
        named = given.get("pattern", 0) if module.text(target) in ("re", "regex") else target
        plain = named is not None and named.type in ("identifier", "attribute")
        yield f"{LIKE}{last_name(module, named)}" if plain else f"{LIKE}a pattern"


def _with_helpers(module: Module, scope: Syntax) -> list[Syntax]:
    """A function or class with the functions of its file that it uses, and those that they use."""
    functions = {module.name(f): f for f in module.of_type("function_definition")}
    found = {scope.id: scope}
    waiting = [scope]
    while waiting:
        part = waiting.pop()
        named = {module.text(n) for n in inside(part) if n.type == "identifier"}
        new = [f for name, f in functions.items() if name in named and f.id not in found]
        found.update({f.id: f for f in new})
        waiting += new
    return list(found.values())


def _configures(module: Module, name: str) -> bool:
    """Whether a configuration makes an object of a class, by ``"()": Redact``, and names filters or a formatter."""
    made = re.search(rf"""["']\(\)["']\s*:\s*["']?[\w.]{{0,200}}?\b{re.escape(name)}\b""", module.text(module.root))
    return (
        made is not None
        and re.search(r"""["'](?:filters|formatter)["']\s*:\s*[\["']""", module.text(module.root)) is not None
    )


def _is_constant(node: Syntax) -> bool:
    return node.type == "none" or (node.type == "string" and not any(c.type == "interpolation" for c in node.children))


def _lists(key: Site) -> Iterator[Site]:
    """What the loop goes through whose variable a name is, and what the name is looked for in."""
    module = key.module
    for above in module.ancestors(key.node):
        if above.type == "for_statement" and module.text(above.child_by_field_name("left")) == key.text:
            right = above.child_by_field_name("right")
            yield from (key.to(right),) if right is not None else ()
            return
        test = above.child_by_field_name("condition") if above.type == "if_statement" else None
        among = _AMONG.fullmatch(module.text(test))
        if test is not None and among is not None and among["key"] == key.text:
            named = [n for n in inside(test) if n.type == "identifier" and module.text(n) == among["names"]]
            yield from map(key.to, named[:1])

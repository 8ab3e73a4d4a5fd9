"""Dead code: functions to which no way leads from an entry of the program.

A way starts at code that runs when a file is loaded, at a function with a name that runtimes and frameworks call, or
at an exported function that may be what its file is for. It leads from each function to all that it mentions: a call is
not asked for, so that what is handed on as a value counts. What may be reached is reachable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.sources.parts import words
from prodworks_cli.sources.typescript.kinds import CLASSES, FUNCTIONS, TRANSPARENT
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.syntax import Module, callee_of

# Names by which a runtime, a framework or a library calls a function of a file or a method of an object.
ENTRIES = words(
    """
    default handler lambdaHandler GET POST PUT PATCH DELETE HEAD OPTIONS action loader main run start bootstrap execute
    getServerSideProps getStaticProps getStaticPaths getInitialProps generateStaticParams generateMetadata middleware
    proxy register fetch scheduled queue onRequest onRequestGet onRequestPost load actions resolve setup render invoke
    plugin data headers links meta
    """
)
_HOOK = re.compile(r"^(?:use|on)[A-Z]")
MAX_FUNCTIONS = 60
MAX_MENTIONS = 100
_SAID = ("import_specifier", "import_clause", "comment", "export_specifier", "namespace_import")
_HELD = ("pair", "arguments", "array", "jsx_expression", "property_signature")


class Liveness:
    """Tells which code may run."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._known: dict[tuple[str, int], bool] = {}

    def is_dead(self, place: Site) -> bool:
        """Whether no way leads to the code at a place."""
        function = place.module.function(place.node)
        if function is None:
            return False
        key = (place.module.path, function.id)
        if key not in self._known:
            self._known[key] = not self._reached(Site(place.module, function))
        return self._known[key]

    def _reached(self, function: Site) -> bool:
        """Backwards through all functions that mention one another, until one of them is an entry."""
        seen = {function.key}
        pending = [function]
        while pending:
            current = pending.pop()
            if len(seen) > MAX_FUNCTIONS or self._is_entry(current):
                return True
            mentioned = 0
            for module, node in self._mentions(current):
                mentioned += 1
                above = module.function(node)
                if above is None or mentioned > MAX_MENTIONS:
                    return True
                if (module.path, above.id) not in seen:
                    seen.add((module.path, above.id))
                    pending.append(Site(module, above))
            if not mentioned and self._may_be_asked_for(current):
                return True
        return False

    def _is_entry(self, function: Site) -> bool:
        """Something outside the repository may call it: by its name, a decorator, a base class or what holds it."""
        module, node = function.module, function.node
        name, method = module.name(node), node.type == "method_definition"
        if (name in ENTRIES or _HOOK.search(name)) and (method or self._is_exported(function)):
            return True
        holder = module.parent(node)
        while holder is not None and holder.type in TRANSPARENT:
            holder = module.parent(holder)
        if holder is not None and (
            holder.type == "object" or (holder.type in _HELD and not _is_wrapped(module, holder))
        ):
            return True
        return method and self._is_called_by_framework(module, node)

    def _is_called_by_framework(self, module: Module, method: Node) -> bool:
        """A decorated method, and one that is not private in a class with a base, an interface or a decorator."""
        if _decorated(module, method):
            return True
        text = module.text(method)[:80]
        if text.startswith("#") or re.match(r"(?:async\s+)?private\b", text):
            return False
        owner = module.owner(method)
        if owner is None:
            return True
        inherits = any(c.type == "class_heritage" for c in owner.named_children)
        marks = [m for m in _decorators(module, owner) if m not in ("Injectable", "injectable", "singleton", "Service")]
        return inherits or bool(marks)

    def _mentions(self, function: Site) -> Iterator[tuple[Module, Node]]:
        """The places outside a function that name it; those in files of other kinds count as places that run."""
        module, node = function.module, function.node
        name = module.name(node)
        owner = module.owner(node) if node.type == "method_definition" else None
        wanted = module.name(owner) if name == "constructor" and owner is not None else name
        if self._repository.named_elsewhere(wanted):
            yield module, module.root
            return
        for other, found in self._repository.words(wanted):
            inner = other is module and node.start_byte <= found.start_byte < node.end_byte
            if not inner and not _is_said_only(other, found, module, node):
                yield other, found

    def _may_be_asked_for(self, function: Site) -> bool:
        """An exported function that nothing names may be what its file is for, unless that is known to be another."""
        module, home = function.module, _home(function)
        if not self._is_exported(function):
            return False
        return self._repository.is_published(module.path) or not self._runs_otherwise(module, module.name(home))

    def _is_exported(self, function: Site) -> bool:
        module, home = function.module, _home(function)
        exports = self._repository.exports(module).values()
        return any(a.type == "export_statement" for a in module.ancestors(home)) or any(
            isinstance(e, Node) and (e.id == home.id or module.text(e) == module.name(home)) for e in exports
        )

    def _runs_otherwise(self, module: Module, but: str) -> bool:
        """Another export of the file is named in another file, or the file calls its own functions when loaded."""
        names = [n for n in self._repository.exports(module) if n not in (but, "default") and not n.startswith("* ")]
        if any(other is not module for name in names for other, _ in self._repository.words(name)):
            return True
        own = {module.name(f) for f in module.of_type(*FUNCTIONS)} - {but, ""}
        loaded = (c for c in module.of_type("call_expression") if module.function(c) is None)
        return any(module.text(callee_of(c)) in own for c in loaded)


def _home(function: Site) -> Node:
    """What the file exports to make a function known: the class of a method, else the function itself."""
    owner = function.module.owner(function.node) if function.node.type == "method_definition" else None
    return owner if owner is not None else function.node


def _is_wrapped(module: Module, holder: Node) -> bool:
    """``const ask = cache(async () => ...)``: the variable names the function."""
    call = module.parent(holder)
    above = module.parent(call) if call is not None else None
    return holder.type == "arguments" and above is not None and above.type == "variable_declarator"


def _is_said_only(module: Module, found: Node, home: Module, function: Node) -> bool:
    """The name stands in an import, an export of its own file, a comment, or is the definition's own."""
    above = module.parent(found)
    if found.type == "comment" or above is None:
        return True
    if above.type in _SAID:
        aliased = above.child_by_field_name("alias") is not None
        return not aliased and (above.type != "export_specifier" or module is home)
    own = above.child_by_field_name("name") == found or above.child_by_field_name("property") == found
    defines = above.type in ("variable_declarator", *FUNCTIONS, *CLASSES, "public_field_definition", "field_definition")
    return module is home and own and defines and above.end_byte >= function.start_byte


def _decorators(module: Module, definition: Node) -> list[str]:
    above = module.parent(definition)
    around = [above] if above is not None and above.type == "export_statement" else []
    nodes = [c for n in (definition, *around) for c in n.named_children if c.type == "decorator"]
    return [re.split(r"[(\s]", module.text(n).lstrip("@"), maxsplit=1)[0] for n in nodes]


def _decorated(module: Module, method: Node) -> bool:
    """A decorator stands before the method."""
    before = method.prev_named_sibling
    while before is not None and before.type == "comment":
        before = before.prev_named_sibling
    return (before is not None and before.type == "decorator") or any(
        c.type == "decorator" for c in method.named_children
    )

"""The literals that a text is put together from: through names, concatenation, formatting, templates and functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeGuard

import tree_sitter

from prodworks_cli.sources.parts import words
from prodworks_cli.sources.prompt_texts import FILE_SUFFIXES
from prodworks_cli.sources.python.places import Origin, Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import inside
from prodworks_cli.sources.python.trace import Tracer

MAX_PIECES = 60
MAX_STEPS = 300
# Methods whose result is the object's text, filled in or trimmed.
_SAME = words(
    """
    format strip lstrip rstrip replace format_map substitute safe_substitute partial format_messages format_prompt
    invoke encode lower expandtabs
    """
)
# Functions and constructors whose text is an argument: the first one, or one of these.
_TAKES = words(
    """
    dedent cleandoc Template PromptTemplate from_template SystemMessage HumanMessage Field field str Prompt
    SystemMessagePromptTemplate HumanMessagePromptTemplate ChatMessage from_messages AIMessage RichPromptTemplate
    from_string TextField CharField
    """
)
_ARGUMENTS = ("template", "content", "text", "prompt", "default", "default_factory", "messages", "prompt_template")
_DEFAULTS = frozenset({"get", "getattr", "getenv", "setdefault", "pop", "text_area", "text_input"})
_READS = frozenset(("read_text", "read", "open", "get_template", "from_file", "load_prompt", "read_file", "load"))
_TEXTS = ("string", "concatenated_string", "parenthesized_expression")
_FILE = re.compile(r"^[\w./ -]{1,120}$")


@dataclass(frozen=True)
class Piece:
    """One literal of a text as it is written, or (``file``) a file of the repository that holds it."""

    site: Site
    text: str
    file: str | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What makes two pieces the same."""
        return (self.file, 0) if self.file else (self.site.module.path, self.site.node.id)


class Pieces:
    """Collects the pieces of expressions."""

    def __init__(self, repository: Repository, tracer: Tracer) -> None:
        self._repository = repository
        self._tracer = tracer
        self._known: dict[tuple[str, int], tuple[Piece, ...]] = {}
        self._kinds: dict[str, Callable[[Site], Iterator[Site]]] = {
            "concatenated_string": _children,
            "parenthesized_expression": _children,
            "list": _children,
            "tuple": _children,
            "expression_list": _children,
            "set": _children,
            "await": _children,
            "binary_operator": _operands,
            "boolean_operator": _operands,
            "conditional_expression": _branches,
            "lambda": _body,
            "call": self._call,
        }

    def of(self, site: Site) -> tuple[Piece, ...]:
        """The pieces of a text, in the order in which they are met."""
        key = (site.module.path, site.node.id)
        if key not in self._known or site.frames:
            self._known[key] = tuple(self._collected(site))
        return self._known[key]

    def _collected(self, site: Site) -> Iterator[Piece]:
        stack, seen, found = [site], {(site.module.path, site.node.id)}, 0
        while stack and len(seen) < MAX_STEPS and found < MAX_PIECES:
            current = stack.pop()
            pieces, following = self._step(current)
            found += len(pieces)
            yield from pieces
            for after in reversed(list(following)):
                key = (after.module.path, after.node.id)
                if key not in seen:
                    seen.add(key)
                    stack.append(after)

    def _step(self, site: Site) -> tuple[list[Piece], Iterator[Site]]:
        if site.node.type == "string":
            return [Piece(site, _written(site))], self._interpolated(site)
        if site.node.type in ("identifier", "attribute"):
            return [], (o for o in self._tracer.step(site) or () if isinstance(o, Site) and o.node.type != "module")
        expand = self._kinds.get(site.node.type)
        read = self._read(site) if site.node.type == "call" else None
        if read is not None:
            return [read], iter(())
        return [], expand(site) if expand else iter(())

    def _interpolated(self, site: Site) -> Iterator[Site]:
        """Names of constants between the braces of an f-string."""
        for child in site.node.named_children:
            inner = child.child_by_field_name("expression") if child.type == "interpolation" else None
            if inner is not None and inner.type in ("identifier", "attribute"):
                yield from (o for o in self._tracer.origins(site.to(inner)) if _is_text(o))

    def _call(self, site: Site) -> Iterator[Site]:
        callee = site.node.child_by_field_name("function")
        given, name = site.module.arguments(site.node), last_name(site.module, callee)
        target = callee.child_by_field_name("object") if callee is not None and callee.type == "attribute" else None
        if name == "join" or (name == "format" and site.module.text(target).endswith("JsonPath")):
            yield from (site.to(n) for n in given.positional[:1])
        elif name in _SAME and target is not None:
            yield site.to(target)
        elif name in _TAKES:
            named = [n for k in _ARGUMENTS if (n := given.keywords.get(k)) is not None]
            yield from (site.to(n) for n in named or given.positional[:1])
        elif name in _DEFAULTS:
            default = given.get("default", 1) or given.get("value")
            yield from (site.to(default),) if default is not None else ()
        else:
            yield from (o for o in self._tracer.step(site) or () if isinstance(o, Site))

    def _read(self, site: Site) -> Piece | None:
        """A file of the repository that is read, by the name that stands in the call."""
        if site.module.called(site.node) not in _READS:
            return None
        for node in inside(site.node):
            name = site.module.text(node) if node.type == "string_content" else ""
            if name.endswith(FILE_SUFFIXES) and _FILE.match(name):
                path = self._repository.beside(name, site.module.path)
                if path is not None:
                    return Piece(site, self._repository.content(path), path)
        return None


def keeps_text(name: str) -> bool:
    """Whether a call of this name gives the text that it is given, or called on."""
    return name in _SAME or name in _TAKES or name == "join"


def _written(site: Site) -> str:
    """The text of a literal without quotes, with its line breaks; a placeholder of an f-string counts as written."""
    parts = (c for c in site.node.named_children if c.type in ("string_content", "interpolation"))
    return "".join(site.module.text(part) for part in parts).replace("\\n", "\n").replace("\\t", "\t")


def _is_text(origin: Origin) -> TypeGuard[Site]:
    return isinstance(origin, Site) and origin.node.type in (
        "string",
        "concatenated_string",
        "parenthesized_expression",
    )


def _children(site: Site) -> Iterator[Site]:
    yield from (site.to(n) for n in site.node.named_children if n.type != "comment")


def _operands(site: Site) -> Iterator[Site]:
    nodes: list[tree_sitter.Node | None] = [site.node.child_by_field_name(f) for f in ("left", "right")]
    if site.module.text(site.node.child_by_field_name("operator")) == "%":
        nodes = nodes[:1]
    yield from (site.to(n) for n in nodes if n is not None)


def _branches(site: Site) -> Iterator[Site]:
    parts = site.node.named_children
    yield from (site.to(parts[0]), site.to(parts[2])) if len(parts) == 3 else ()


def _body(site: Site) -> Iterator[Site]:
    body = site.node.child_by_field_name("body")
    yield from (site.to(body),) if body is not None else ()

"""Whether texts that were retrieved are told from the instructions around them, in the prompts of all languages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from tree_sitter import Node

from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.flows import PARAMETER, RETRIEVED, UNKNOWN, Trace

_MARKS = r"```\w*|\"\"\"|'''|#{3,}|-{3,}|={3,}|\*{3,}|~{3,}|\[/?[A-Z][A-Z_ ]+\]"
_OPENS = regex(rf"(?:<[A-Za-z][\w:\-]*(?:\s[^<>]*)?>|<<<+|{_MARKS})\s*$")
_CLOSES = regex(rf"\s*(?:</[A-Za-z][\w:\-]*>|>>>+|{_MARKS})")
ELSEWHERE = "comes from outside the repository"
NOT_READ = Unknown("the template into which retrieved texts are put was not read")
MAX_AROUND = 300
# A text of more parts is not read: nobody writes one, and each of them would be followed.
MAX_PARTS = 100


class Part(NamedTuple):
    """A value that is put into a text, with what it is made of and what is written around it."""

    before: str
    trace: Trace[Any]
    after: str


class Composition(NamedTuple):
    """An expression that puts a text together; without parts where its template was not found, or it has too many."""

    key: tuple[str, int]
    parts: Sequence[Part] | None


class Nesting(Protocol):
    """A parsed file."""

    def parent(self, node: Node) -> Node | None:
        """The node around a node."""


def whole_of(module: Nesting, node: Node, sums: Collection[str]) -> Node:
    """The sum of which a text or a sum is a part; ``sums`` are the types of nodes that put texts together."""
    above = module.parent(node)
    while above is not None and above.type in sums:
        node, above = above, module.parent(above)
    return node


def parts_of(pieces: Iterable[str | Node], made_of: Callable[[Node], Trace[Any]]) -> list[Part] | None:
    """The values among the pieces of a text, with the written texts around each; nothing where there are too many."""
    values: list[Node] = []
    texts = [""]
    for piece in pieces:
        if isinstance(piece, str):
            texts[-1] += piece
            continue
        values.append(piece)
        texts.append("")
        if len(values) > MAX_PARTS:
            return None
    return [Part(texts[i], made_of(value), texts[i + 1]) for i, value in enumerate(values)]


def is_delimited(before: str, after: str) -> bool:
    """Whether the texts around a value mark where it begins and ends: tags, fences, lines."""
    return bool(_OPENS.search(before[-MAX_AROUND:]) and _CLOSES.match(after[:MAX_AROUND]))


def delimited_of(said: Trace[Any], system: Trace[Any], compositions: Iterable[Composition]) -> bool | Unknown | None:
    """Whether each retrieved text is marked in the prompt, or a block of its own; never in the system prompt.

    Absent where nothing that was retrieved is asked; open where what is asked comes from code that is not followed.
    """
    if system.kinds(RETRIEVED):
        return False
    if not said.kinds(RETRIEVED):
        opened = next(iter(said.kinds(PARAMETER, UNKNOWN)), None)
        if opened is None:
            return None
        return Unknown(opened.name if opened.kind == UNKNOWN else f"parameter {opened.name} {ELSEWHERE}")
    found = list(compositions)
    if any(c.parts is None for c in found):
        return NOT_READ
    held = {c.key: [p for p in c.parts or () if p.trace.kinds(RETRIEVED)] for c in found}
    held = {key: parts for key, parts in held.items() if parts}
    marked = {key for key, parts in held.items() if all(is_delimited(p.before, p.after) for p in parts)}
    # A text is marked as well where the whole of which it is a part is, or each part of it.
    within = frozenset[tuple[str, int]]().union(*(p.trace.composed for key in marked for p in held[key]))
    return all(key in marked | within or all(p.trace.composed & marked for p in held[key]) for key in held)

"""Prompts in Python: texts with a prompt's name or place, and texts that reach a request of a model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tree_sitter import Node

from prodworks_cli.schema import Draft
from prodworks_cli.sources.owners import Owners
from prodworks_cli.sources.prompt_texts import (
    ASKS,
    PROMPT_FOLDERS,
    SHORTEST,
    SPEAKS_TO_MODEL,
    is_invented,
    is_prompt_file,
    prompt_draft,
    shortest,
)
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.prompt_places import (
    KEYWORDS,
    Candidate,
    assigned,
    is_answer,
    is_example,
    passed,
    returned,
    said,
)
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import inside
from prodworks_cli.sources.python.text_pieces import Piece, Pieces, keeps_text
from prodworks_cli.sources.python.trace import Tracer

_PROMPT_MODULE = re.compile(r"(^|_)prompts?(_templates?|_library|_builder)?\.py$")
_MODEL_WORDS = (
    *(b"bedrock", b"anthropic", b"openai", b"langchain", b"llama_index", b"strands", b"litellm", b"crewai"),
    *(b"invoke_model", b"converse", b"prompt", b"Prompt", b"PROMPT", b"Bedrock", b"genai"),
)
# Members of a request that hold no text for the model to follow.
_NO_TEXT = re.compile(r"tool|schema|stop|version|config|description|metadata|model|format", re.I)
_GENERIC = frozenset({"text", "content", "role", "default", "template", "messages", "value", "body", "prompt_template"})
MAX_REQUEST_STEPS = 400


class Prompts:
    """Finds prompts: the surest places first, each literal in one prompt only."""

    def __init__(self, repository: Repository, tracer: Tracer, owners: Owners) -> None:
        self._repository = repository
        self._tracer = tracer
        self._owners = owners
        self._pieces = Pieces(repository, tracer)
        self._taken: set[tuple[str, int]] = set()
        self._used: dict[tuple[str, str], int] = {}

    def drafts(self, requests: Iterable[Site]) -> Iterator[Draft]:
        """A draft for each prompt. ``requests`` are the expressions that requests of models are made of."""
        modules = [m for m in self._repository.containing(*_MODEL_WORDS) if not is_invented(m.path)]
        found = [c for find in (assigned, passed, returned, said) for module in modules for c in find(module)]
        for whole in (True, False):
            yield from self._accepted(found, whole)
        yield from self._accepted(c for request in requests for c in self._in_request(request))

    def _accepted(self, candidates: Iterable[Candidate], whole: bool = False) -> Iterator[Draft]:
        """The prompts among candidates; ``whole`` takes only those whose text stands in the expression itself."""
        for candidate in candidates:
            if is_example(candidate.site):
                continue
            pieces = [p for site in candidate.sites for p in self._pieces.of(site)]
            own = [p for p in pieces if p.key not in self._taken]
            here = [p for p in own if any(_inside(p, site) for site in candidate.sites)]
            text = "".join(p.text for p in pieces)
            least = shortest(candidate.certain, "".join(p.text for p in (here if whole else own) if not p.file))
            if whole and _length(here) <= least:
                continue
            # What other names hold is left to them, unless the prompt has no text of its own.
            own = [*here, *(p for p in own if p not in here and len(p.text) <= SHORTEST)] if whole else own
            # A prompt that is put together from others is none of its own.
            if not any(p.file for p in own) and _length(own) <= least:
                continue
            # Short texts that come from several callers are no text together.
            if not whole and not any(p.file or len(p.text) > SHORTEST for p in own) and _length(here) <= least:
                continue
            if candidate.certain or SPEAKS_TO_MODEL.search(text) or (candidate.asks and ASKS.search(text)):
                self._taken.update(p.key for p in own)
                yield from self._described(candidate, own, here or own, text)

    def _described(
        self, candidate: Candidate, own: Sequence[Piece], here: Sequence[Piece], text: str
    ) -> Iterator[Draft]:
        files = [p for p in own if p.file]
        for piece in files:
            if piece.file and not is_prompt_file(piece.file) and piece.text.strip():
                yield prompt_draft(piece.file, piece.file, 1, "file", piece.text, self._owners)
        if _length(own) <= shortest(candidate.certain, "".join(p.text for p in own if not p.file)):
            return
        texts = [p for p in (*here, *own) if not p.file]
        first = next((p for p in texts if p.text.strip()), texts[0])
        module = first.site.module
        label, kind = _holder(first.site, candidate.label)
        origin = "file" if kind != "keyword_argument" and _is_prompt_module(module.path) else "inline"
        number = self._used[module.path, label] = self._used.get((module.path, label), 0) + 1
        identity = f"{module.path}:{label}{f'#{number}' if number > 1 else ''}"
        line = first.site.node.start_point[0] + 1
        yield prompt_draft(identity, module.path, line, origin, text, self._owners)

    def _in_request(self, request: Site) -> Iterator[Candidate]:
        """The texts in the messages of a request, through the names and functions that put it together."""
        stack, seen = [request], set[tuple[str, int]]()
        while stack and len(seen) < MAX_REQUEST_STEPS:
            site = stack.pop()
            key = (site.module.path, site.node.id)
            if key in seen:
                continue
            seen.add(key)
            if site.node.type in ("string", "concatenated_string", "binary_operator"):
                yield Candidate(site, "prompt", False, asks=True)
                stack.extend(site.to(n) for n in _names(site.node))
            else:
                stack.extend(reversed(list(self._parts(site))))

    def _parts(self, site: Site) -> Iterator[Site]:
        node = site.node
        if node.type == "pair":
            name = site.module.text(node.child_by_field_name("key")).strip("\"'")
            value = node.child_by_field_name("value")
            if value is not None and not _NO_TEXT.search(name):
                yield site.to(value)
        elif node.type == "call":
            following = self._tracer.step(site)
            given = site.module.arguments(node)
            yield from (o for o in following or () if isinstance(o, Site))
            if following is None:
                callee = node.child_by_field_name("function")
                target = callee.child_by_field_name("object") if callee is not None else None
                named = (n for k, n in given.keywords.items() if not _NO_TEXT.search(k))
                yield from (site.to(n) for n in (target, *given.positional, *named) if n is not None)
        elif node.type in ("identifier", "attribute"):
            yield from (o for o in self._tracer.step(site) or () if isinstance(o, Site))
        elif node.type == "dictionary" and is_answer(site.module, node):
            return
        elif node.type not in ("function_definition", "class_definition", "module", "subscript"):
            yield from (site.to(n) for n in node.named_children if n.type != "comment")


def _inside(piece: Piece, expression: Site) -> bool:
    """The literal stands in the expression itself."""
    node, around = piece.site.node, expression.node
    same = piece.site.module is expression.module
    return same and around.start_byte <= node.start_byte and node.end_byte <= around.end_byte


def _length(pieces: Iterable[Piece]) -> int:
    """Characters of the literals among the pieces."""
    return sum(len(p.text) for p in pieces if not p.file)


def _names(node: Node) -> Iterator[Node]:
    """Names and calls that a text is put together from."""
    for below in inside(node, "call"):
        if below.type in ("identifier", "call"):
            yield below


def _is_prompt_module(path: str) -> bool:
    *folders, name = path.lower().split("/")
    return bool(_PROMPT_MODULE.search(name)) or not PROMPT_FOLDERS.isdisjoint(folders)


def _holder(literal: Site, otherwise: str) -> tuple[str, str]:
    """The name that holds a literal, and the kind of what names it: a variable, an argument, a member, a function."""
    module, holders = literal.module, ("assignment", "augmented_assignment", "keyword_argument", "pair")
    fields = {"keyword_argument": "name", "pair": "key"}
    for above in module.ancestors(literal.node):
        if above.type in holders:
            named = module.text(above.child_by_field_name(fields.get(above.type, "left"))).strip("\"'")
            if named.rpartition(".")[2] not in _GENERIC and _identifier(named):
                return named.rpartition(".")[2], above.type
        if above.type == "return_statement":
            function = module.function(above)
            return (module.name(function) if function is not None else otherwise), above.type
        callee = above.child_by_field_name("function") if above.type == "call" else None
        if above.type in ("block", "module") or (callee is not None and not keeps_text(last_name(module, callee))):
            break
    return otherwise, "keyword_argument" if otherwise in KEYWORDS else "expression"


def _identifier(name: str) -> bool:
    return bool(re.fullmatch(r"[\w.]+", name))

"""Prompts in Python: texts with a prompt's name or place, and texts that reach a request of a model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

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
from prodworks_cli.sources.prompts_in_code import in_capitals
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.text_pieces import Piece, Pieces, keeps_text
from prodworks_cli.sources.python.trace import Tracer

_PROMPT_MODULE = re.compile(r"(^|_)prompts?(_templates?|_library|_builder)?\.py$")
_NAMED = re.compile(r"(?:^|_)(?:SYSTEM|PROMPTS?|INSTRUCTIONS?|SYSTEM_?MESSAGE)(?:_|$|\d)")
_CERTAIN = re.compile(r"(?:^|_)(?:SYSTEM|PROMPTS?)(?:_|$|\d)")
_TEMPLATE = re.compile(r"(?:^|_)TEMPLATE(?:_|$)")
_NOT_NAMED = re.compile(
    r"SUBSYSTEM|FILE_SYSTEM|OPERATING_SYSTEM|SYSTEM_(?:ID|NAME|PATH|URL|INFO)|DESCRIPTION|_(?:SQL|HTML|QUERY)$"
)
_KEYWORDS = frozenset(
    ("system", "system_prompt", "system_message", "instruction", "instructions", "system_instruction")
)
_MODEL_WORDS = (
    *(b"bedrock", b"anthropic", b"openai", b"langchain", b"llama_index", b"strands", b"litellm", b"crewai"),
    *(b"invoke_model", b"converse", b"prompt", b"Prompt", b"PROMPT", b"Bedrock", b"genai"),
)
_MESSAGES = frozenset({"SystemMessage", "HumanMessage", "SystemMessagePromptTemplate", "HumanMessagePromptTemplate"})
_SYSTEM_MESSAGES = frozenset({"SystemMessage", "SystemMessagePromptTemplate"})
_ROLES = frozenset({"system", "human", "user", "ai", "assistant"})
_DECORATORS = frozenset({"system_prompt", "instructions"})
_CREW = frozenset({"goal", "backstory", "description"})
# Members of a request that hold no text for the model to follow.
_NO_TEXT = re.compile(r"tool|schema|stop|version|config|description|metadata|model|format", re.I)
_GENERIC = frozenset({"text", "content", "role", "default", "template", "messages", "value", "body", "prompt_template"})
_WRITTEN = ("string", "concatenated_string", "parenthesized_expression", "call", "binary_operator")
MAX_REQUEST_STEPS = 400


@dataclass(frozen=True)
class Candidate:
    """An expression that may be a prompt. ``certain`` says that its place alone makes it one.

    ``asks`` accepts a text that asks for something, ``more`` are texts that are added to it afterwards.
    """

    site: Site
    label: str
    certain: bool
    asks: bool = False
    more: tuple[Site, ...] = ()

    @property
    def sites(self) -> tuple[Site, ...]:
        """The expression and what is added to it."""
        return (self.site, *self.more)


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
        for whole in (True, False):
            for find in (_assigned, _passed, _returned, _said):
                for module in modules:
                    yield from self._accepted(find(module), whole)
        yield from self._accepted(c for request in requests for c in self._in_request(request))

    def _accepted(self, candidates: Iterable[Candidate], whole: bool = False) -> Iterator[Draft]:
        """The prompts among candidates; ``whole`` takes only those whose text stands in the expression itself."""
        for candidate in candidates:
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
        elif node.type == "dictionary" and _is_answer(site.module, node):
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


def _is_answer(module: Module, message: Node) -> bool:
    """A message in the words of the model."""
    pairs = (p for p in message.named_children if p.type == "pair")
    texts = {module.text(p.child_by_field_name("value")).strip("\"'") for p in pairs if _key(module, p) == "role"}
    return bool(texts & {"assistant", "ai", "model"})


def _key(module: Module, pair: Node) -> str:
    return module.text(pair.child_by_field_name("key")).strip("\"'")


def _names(node: Node) -> Iterator[Node]:
    """Names and calls that a text is put together from."""
    for below in inside(node, "call"):
        if below.type in ("identifier", "call"):
            yield below


def _assigned(module: Module) -> Iterator[Candidate]:
    """Names that say prompt: variables and attributes, with the texts that are added to them."""
    added: dict[tuple[int, str], list[Site]] = {}
    found: list[Candidate] = []
    for node in reversed(module.of_type("assignment", "augmented_assignment")):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type not in ("identifier", "attribute"):
            continue
        name = last_name(module, left)
        key = (module.scope(node).id, module.text(left))
        if node.type == "augmented_assignment":
            if is_named(name):
                added.setdefault(key, []).insert(0, Site(module, right))
            continue
        more = tuple(added.pop(key, ()))
        if is_named(name) and right.type == "dictionary":
            found.extend(reversed(list(_in_table(module, right, name))))
        elif is_named(name) and right.type not in ("identifier", "attribute"):
            certain = bool(_CERTAIN.search(in_capitals(name))) and not _TEMPLATE.search(in_capitals(name))
            found.append(Candidate(Site(module, right), name, certain, asks=True, more=more))
    yield from reversed(found)


def _in_table(module: Module, table: Node, name: str) -> Iterator[Candidate]:
    """The texts of a mapping that is called prompts, whatever their keys; those of a message are found by its role."""
    pairs = [p for p in table.named_children if p.type == "pair"]
    if any(_key(module, p) in ("role", "content", "text") for p in pairs):
        return
    for pair in pairs:
        value = pair.child_by_field_name("value")
        if value is not None and value.type in _WRITTEN:
            yield Candidate(Site(module, value), name, False, asks=True)


def _passed(module: Module) -> Iterator[Candidate]:
    """Arguments, members and defaults with a prompt's name, and messages of frameworks."""
    for node in module.of_type("keyword_argument", "pair", "call", "tuple"):
        if node.type in ("call", "tuple"):
            yield from _message(module, node) if node.type == "call" else _role(module, node)
            continue
        holder = "name" if node.type == "keyword_argument" else "key"
        name = module.text(node.child_by_field_name(holder)).strip("\"'")
        value = node.child_by_field_name("value")
        if value is None or not (name in _KEYWORDS or is_named(name) or _of_crew(module, node, name)):
            continue
        if node.type == "pair" and name.lower().startswith("instruction"):
            continue  # a form and its help have instructions too
        asks = node.type == "keyword_argument" and bool(_CERTAIN.search(in_capitals(name)))
        yield Candidate(Site(module, _text_in(module, value)), name, name in _KEYWORDS, asks=asks)


def _of_crew(module: Module, node: Node, name: str) -> bool:
    """What an agent or a task of CrewAI is told."""
    if name not in _CREW or b"crewai" not in module.data or node.type != "keyword_argument":
        return False
    above = module.parent(node)
    call = module.parent(above) if above is not None else None
    return call is not None and last_name(module, call.child_by_field_name("function")) in ("Agent", "Task")


def _text_in(module: Module, value: Node) -> Node:
    """The text in ``[{"text": "..."}]``; any other value as it is."""
    first = next((n for n in value.named_children if n.type == "dictionary"), None) if value.type == "list" else None
    pairs = [p for p in first.named_children if p.type == "pair"] if first is not None else []
    texts = [p.child_by_field_name("value") for p in pairs if module.text(p).startswith(('"text"', "'text'"))]
    return texts[0] if texts and texts[0] is not None else value


def _message(module: Module, call: Node) -> Iterator[Candidate]:
    """``SystemMessage("...")``, and the default of ``settings.get("system_prompt", "...")``."""
    name = last_name(module, call.child_by_field_name("function"))
    given = module.arguments(call)
    if name in _MESSAGES:
        node = given.get("content", 0) or given.get("prompt")
        if node is not None:
            yield Candidate(Site(module, node), "message", name in _SYSTEM_MESSAGES, asks=True)
    elif name in ("get", "getenv", "getattr", "setdefault") and len(given.positional) > 1:
        key = module.text(given.positional[-2]).strip("\"'")
        if is_named(key):
            yield Candidate(Site(module, given.positional[-1]), key, False, asks=True)


def _role(module: Module, node: Node) -> Iterator[Candidate]:
    """``("system", "...")`` of a list of messages."""
    items = node.named_children
    role = module.text(items[0]).strip("\"'") if len(items) == 2 else ""
    if role in _ROLES and items[0].type == "string":
        yield Candidate(Site(module, items[1]), f"{role}_message", role == "system", asks=True)


def _returned(module: Module) -> Iterator[Candidate]:
    """What functions with a prompt's name, or registered as one, return."""
    for function in module.of_type("function_definition"):
        name = module.name(function)
        registered = any(last_name(module, _callee(d)) in _DECORATORS for d in module.decorators(function))
        body = function.child_by_field_name("body")
        if body is None or not (registered or is_named(name)):
            continue
        for node in inside(body, "function_definition", "lambda", "class_definition"):
            if node.type == "return_statement" and node.named_children:
                yield Candidate(Site(module, node.named_children[0]), name, registered, asks=True)


def _callee(decorator: Node) -> Node | None:
    return decorator.child_by_field_name("function") if decorator.type == "call" else decorator


def _said(module: Module) -> Iterator[Candidate]:
    """The content of a message that stands beside its role."""
    for node in module.of_type("dictionary"):
        if _is_answer(module, node):
            continue
        pairs = {
            module.text(p.child_by_field_name("key")).strip("\"'"): p for p in node.named_children if p.type == "pair"
        }
        content = pairs["content"].child_by_field_name("value") if {"role", "content"} <= pairs.keys() else None
        for text in _texts(module, content) if content is not None else ():
            role = module.text(pairs["role"].child_by_field_name("value")).strip("\"'")
            yield Candidate(
                Site(module, text), f"{role}_message" if role in _ROLES else "message", role == "system", True
            )


def _texts(module: Module, content: Node) -> Iterator[Node]:
    """The content itself, or the ``text`` of each of its blocks."""
    if content.type != "list":
        yield content
        return
    for block in (n for n in content.named_children if n.type == "dictionary"):
        for pair in (n for n in block.named_children if n.type == "pair"):
            value = pair.child_by_field_name("value")
            if value is not None and module.text(pair.child_by_field_name("key")).strip("\"'") == "text":
                yield value


def is_named(name: str) -> bool:
    """The name says that it holds a prompt, or a template."""
    upper = in_capitals(name)
    return bool(_NAMED.search(upper) or _TEMPLATE.search(upper)) and not _NOT_NAMED.search(upper)


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
    return otherwise, "keyword_argument" if otherwise in _KEYWORDS else "expression"


def _identifier(name: str) -> bool:
    return bool(re.fullmatch(r"[\w.]+", name))

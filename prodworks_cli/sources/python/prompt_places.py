"""Places in Python that hold prompts: names that say so, arguments and members that take one, messages with a role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node

from prodworks_cli.sources.prompts_in_code import in_capitals
from prodworks_cli.sources.python.indexed import START
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.syntax import SCOPES, Module

_NAMED = re.compile(r"(?:^|_)(?:SYSTEM|PROMPTS?|INSTRUCTIONS?|SYSTEM_?MESSAGE)(?:_|$|\d)")
_CERTAIN = re.compile(r"(?:^|_)(?:SYSTEM|PROMPTS?)(?:_|$|\d)")
_TEMPLATE = re.compile(r"(?:^|_)TEMPLATE(?:_|$)")
_NOT_NAMED = re.compile(
    r"SUBSYSTEM|FILE_SYSTEM|OPERATING_SYSTEM|SYSTEM_(?:ID|NAME|PATH|URL|INFO)|DESCRIPTION|_(?:SQL|HTML|QUERY)$"
)
# What all of these names hold, in whatever case.
_SAYS = re.compile(r"system|prompt|instruction|template", re.IGNORECASE)
KEYWORDS = frozenset(("system", "system_prompt", "system_message", "instruction", "instructions", "system_instruction"))
_MESSAGES = frozenset({"SystemMessage", "HumanMessage", "SystemMessagePromptTemplate", "HumanMessagePromptTemplate"})
_SYSTEM_MESSAGES = frozenset({"SystemMessage", "SystemMessagePromptTemplate"})
_DEFAULTS = frozenset({"get", "getenv", "getattr", "setdefault"})
_TOLD = _MESSAGES | _DEFAULTS
_ROLES = frozenset({"system", "human", "user", "ai", "assistant"})
_DECORATORS = frozenset({"system_prompt", "instructions"})
_CREW = frozenset({"goal", "backstory", "description"})
_EXAMPLES = frozenset({"example", "examples", "openapi_examples", "json_schema_extra", "openapi_extra"})
_ADDS = frozenset({"append", "extend", "insert"})
_WRITTEN = ("string", "concatenated_string", "parenthesized_expression", "call", "binary_operator")


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


def assigned(module: Module) -> Iterator[Candidate]:
    """Names that say prompt: variables and attributes, with the texts that are added to them."""
    added: dict[tuple[int, str], list[Site]] = {}
    found: list[Candidate] = []
    nodes = (*module.of_type("assignment", "augmented_assignment"), *module.calls_to(_ADDS))
    for node in sorted(nodes, key=START)[::-1]:
        if node.type == "call":
            _appended(module, node, added)
            continue
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type not in ("identifier", "attribute"):
            continue
        name = last_name(module, left)
        says = is_named(name)
        if not says and not added:
            continue
        key = (module.scope(node).id, module.text(left))
        if node.type == "augmented_assignment":
            if says:
                added.setdefault(key, []).insert(0, Site(module, right))
            continue
        more = tuple(added.pop(key, ()))
        if says and right.type == "dictionary":
            found.extend(reversed(list(_in_table(module, right, name))))
        elif says and right.type not in ("identifier", "attribute"):
            certain = bool(_CERTAIN.search(in_capitals(name))) and not _TEMPLATE.search(in_capitals(name))
            found.append(Candidate(Site(module, right), name, certain, asks=True, more=more))
    yield from reversed(found)


def _appended(module: Module, call: Node, added: dict[tuple[int, str], list[Site]]) -> None:
    """``prompt_parts.append("...")``: a text that is added to a list of such a name."""
    callee = call.child_by_field_name("function")
    held = callee.child_by_field_name("object") if callee is not None and callee.type == "attribute" else None
    if held is None or last_name(module, callee) not in _ADDS or not is_named(last_name(module, held)):
        return
    key = (module.scope(call).id, module.text(held))
    added.setdefault(key, [])[:0] = [Site(module, n) for n in module.arguments(call).positional]


def _in_table(module: Module, table: Node, name: str) -> Iterator[Candidate]:
    """The texts of a mapping that is called prompts, whatever their keys; those of a message are found by its role."""
    pairs = [p for p in table.named_children if p.type == "pair"]
    if any(key_of(module, p) in ("role", "content", "text") for p in pairs):
        return
    for pair in pairs:
        value = pair.child_by_field_name("value")
        if value is not None and value.type in _WRITTEN:
            yield Candidate(Site(module, value), name, False, asks=True)


def passed(module: Module) -> Iterator[Candidate]:
    """Arguments, members and defaults with a prompt's name, and messages of frameworks."""
    nodes = (*module.of_type("keyword_argument", "pair"), *module.calls_to(_TOLD), *module.of_type("tuple"))
    for node in sorted(nodes, key=START):
        if node.type in ("call", "tuple"):
            yield from _message(module, node) if node.type == "call" else _role(module, node)
            continue
        holder = "name" if node.type == "keyword_argument" else "key"
        name = module.text(node.child_by_field_name(holder)).strip("\"'")
        value = node.child_by_field_name("value")
        if value is None or not (name in KEYWORDS or is_named(name) or _of_crew(module, node, name)):
            continue
        if node.type == "pair" and name.lower().startswith("instruction"):
            continue  # a form and its help have instructions too
        asks = node.type == "keyword_argument" and bool(_CERTAIN.search(in_capitals(name)))
        yield Candidate(Site(module, _text_in(module, value)), name, name in KEYWORDS, asks=asks)


def _of_crew(module: Module, node: Node, name: str) -> bool:
    """What an agent or a task of CrewAI is told."""
    if name not in _CREW or b"crewai" not in module.data or node.type != "keyword_argument":
        return False
    above = module.parent(node)
    call = module.parent(above) if above is not None else None
    return call is not None and module.called(call) in ("Agent", "Task")


def _text_in(module: Module, value: Node) -> Node:
    """The text in ``[{"text": "..."}]``; any other value as it is."""
    first = next((n for n in value.named_children if n.type == "dictionary"), None) if value.type == "list" else None
    pairs = [p for p in first.named_children if p.type == "pair"] if first is not None else []
    texts = [p.child_by_field_name("value") for p in pairs if module.text(p).startswith(('"text"', "'text'"))]
    return texts[0] if texts and texts[0] is not None else value


def _message(module: Module, call: Node) -> Iterator[Candidate]:
    """``SystemMessage("...")``, and the default of ``settings.get("system_prompt", "...")``."""
    name = module.called(call)
    given = module.arguments(call)
    if name in _MESSAGES:
        node = given.get("content", 0) or given.get("prompt")
        if node is not None:
            yield Candidate(Site(module, node), "message", name in _SYSTEM_MESSAGES, asks=True)
    elif name in _DEFAULTS and len(given.positional) > 1:
        key = module.text(given.positional[-2]).strip("\"'")
        if is_named(key):
            yield Candidate(Site(module, given.positional[-1]), key, False, asks=True)


def _role(module: Module, node: Node) -> Iterator[Candidate]:
    """``("system", "...")`` of a list of messages."""
    items = node.named_children
    role = module.text(items[0]).strip("\"'") if len(items) == 2 else ""
    if role in _ROLES and items[0].type == "string":
        yield Candidate(Site(module, items[1]), f"{role}_message", role == "system", asks=True)


def returned(module: Module) -> Iterator[Candidate]:
    """What functions with a prompt's name, or registered as one, return."""
    for function in module.of_type("function_definition"):
        name = module.name(function)
        registered = any(last_name(module, _callee(d)) in _DECORATORS for d in module.decorators(function))
        body = function.child_by_field_name("body")
        if body is None or not (registered or is_named(name)):
            continue
        for node in module.outside(body, SCOPES, "return_statement"):
            if node.named_children:
                yield Candidate(Site(module, node.named_children[0]), name, registered, asks=True)


def _callee(decorator: Node) -> Node | None:
    return decorator.child_by_field_name("function") if decorator.type == "call" else decorator


def said(module: Module) -> Iterator[Candidate]:
    """The content of a message that stands beside its role."""
    for node in module.of_type("dictionary"):
        pairs = {key_of(module, p): p for p in node.named_children if p.type == "pair"}
        if not {"role", "content"} <= pairs.keys() or is_answer(module, node):
            continue
        content = pairs["content"].child_by_field_name("value")
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


@lru_cache(maxsize=8192)
def is_named(name: str) -> bool:
    """The name says that it holds a prompt, or a template."""
    if not _SAYS.search(name):
        return False
    upper = in_capitals(name)
    return bool(_NAMED.search(upper) or _TEMPLATE.search(upper)) and not _NOT_NAMED.search(upper)


def is_answer(module: Module, message: Node) -> bool:
    """A message in the words of the model."""
    pairs = (p for p in message.named_children if p.type == "pair")
    texts = {module.text(p.child_by_field_name("value")).strip("\"'") for p in pairs if key_of(module, p) == "role"}
    return bool(texts & {"assistant", "ai", "model"})


def is_example(site: Site) -> bool:
    """Part of what an interface shows as an example of a request."""
    module = site.module
    if not module.holds(b"example", b"schema_extra"):
        return False
    named = (a for a in module.ancestors(site.node) if a.type == "keyword_argument")
    return any(module.text(a.child_by_field_name("name")) in _EXAMPLES for a in named)


def key_of(module: Module, pair: Node) -> str:
    """The key of a pair, without quotes."""
    return module.text(pair.child_by_field_name("key")).strip("\"'")

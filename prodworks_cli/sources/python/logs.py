"""Log statements that carry what people asked, what models answered, or what was retrieved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import every
from prodworks_cli.resources.text_flows import LogStatement
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.calls.flows import INPUT, OUTPUT, PARAMETER, RETRIEVED
from prodworks_cli.sources.log_setups.levels import level_named
from prodworks_cli.sources.python.conversations import NO_TEXT_NAME, Conversations
from prodworks_cli.sources.python.entries import LAMBDA, Entries
from prodworks_cli.sources.python.flow import Flow
from prodworks_cli.sources.python.flow_types import Leaf
from prodworks_cli.sources.python.log_emission import Emission
from prodworks_cli.sources.python.log_masks import LIKE
from prodworks_cli.sources.python.log_setups import LogSetUps
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module

# What makes botocore write each request and answer as a whole.
_OF_BOTOCORE = (b"set_stream_logger", b'"botocore', b"'botocore")
LEVELS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log", "fatal"})
_DEBUGS = frozenset({"set_stream_logger", "setLevel"})
_STATEMENTS = LEVELS | {"print", "pprint"}
_LOGGER = re.compile(r"(?:^|[._])(?:log|logger|logging|LOG|LOGGER|loguru|_log|structlog)$|[Ll]ogger(?:\(\))?$")
_TEXT = re.compile(r"query|question|prompt|message|text|content|input|body|document|expression|answer")
_NO_TEXT = frozenset({"exc_info", "stack_info", "file", "sep", "end", "flush", "stacklevel"})
_CONSOLE = (b"input(", b"argparse", b"import click", b"import typer", b"from rich", b"sys.argv")


class Logs:
    """Finds log statements that carry texts."""

    def __init__(
        self,
        repository: Repository,
        flow: Flow,
        entries: Entries,
        conversations: Conversations,
        environment: Mapping[str, tuple[Node, ...]],
        setups: LogSetUps,
        emission: Emission,
    ) -> None:
        self._repository = repository
        self._flow = flow
        self._entries = entries
        self._conversations = conversations
        self._environment = environment
        self._setups = setups
        self._emission = emission
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All such statements, by file and line."""
        for module in self._repository.containing(b"print(", b"log"):
            for node in module.calls_to(_STATEMENTS):
                found = self._statement(module, node)
                if found is not None:
                    yield found
            yield from self._decorated(module)
        for module in self._repository.containing(*_OF_BOTOCORE) if self._repository.holds(b"bedrock") else ():
            for node in module.calls_to(_DEBUGS):
                if self._setups.debugs_botocore(Site(module, node)):
                    draft = self._draft(module, node, "prompt", "debug")
                    yield replace(draft, attributes={**draft.attributes, "emitted": self._switched_on(module, node)})

    def _statement(self, module: Module, node: tree_sitter.Node) -> Draft | None:
        level = level_of(module, node)
        if level is None or (level == "print" and _is_console(module, node)):
            return None
        covered: str | None = None
        for key, value in _recorded(module, node):
            for part in (p for p in _parts(module, value) if _is_dynamic(module, p)):
                content = self._content(Site(module, part))
                if content is not None and not self._masks(module, node, level, key):
                    return self._draft(module, node, content, level)
                covered = covered or content
        return self._draft(module, node, covered, level, masked=True) if covered is not None else None

    def _masks(self, module: Module, node: tree_sitter.Node, level: str, key: str) -> bool:
        """Whether the set-up of the logger takes what stands under a key out of the record."""
        logger = _logger(node) if level != "print" and key else None
        return logger is not None and key in self._emission.masks(module, logger)

    def _content(self, site: Site) -> str | None:
        trace = self._flow.of(site)
        for leaf in trace.kinds(OUTPUT, RETRIEVED):
            if leaf.certain and _is_text(leaf):
                return "completion" if leaf.kind == OUTPUT else "retrieved"
        if self._conversations.shares_text(trace):
            return "prompt"
        told = [x for x in trace.kinds(INPUT, PARAMETER) if x.certain and self._conversations.holds_prompt(x)]
        return _request_content(told[0]) if told else None

    def _decorated(self, module: Module) -> Iterator[Draft]:
        """``@logger.inject_lambda_context(log_event=True)`` on a handler whose event holds what a model is asked."""
        for function in module.of_type("function_definition"):
            for decorator in module.decorators(function):
                told = self._setups.logs_event(module, decorator)
                asked = told is not False and self._conversations.is_asked((module.path, function.id))
                if asked and self._entries.of(module, function) == LAMBDA:
                    draft = self._draft(module, decorator, "event", "info")
                    written = every((told, draft.attributes["emitted"]))  # type: ignore[arg-type]
                    yield replace(draft, attributes={**draft.attributes, "emitted": written})

    def _draft(
        self, module: Module, node: tree_sitter.Node, content: str, level: str, masked: bool | None = None
    ) -> Draft:
        sink = "print" if level == "print" else "log"
        level = {"print": "info", "exception": "error", "warn": "warning", "fatal": "critical"}.get(level, level)
        attributes: dict[str, Drafted] = {
            "content": content,
            "level": level,
            "masked": masked or self._masked,
            "sink": sink,
            "emitted": self._emitted(module, node, level, sink),
        }
        name = f"{module.path}:{module.qualified(node)} {sink}"
        return Draft(LogStatement, module.at(node), attributes, self._names.of(name))

    def _emitted(self, module: Module, node: tree_sitter.Node, level: str, sink: str) -> bool | Unknown:
        """Whether production writes it: by what is around it, and by the level of its logger."""
        logger = _logger(node) if sink == "log" else None
        by_level = self._emission.of(module, logger, level_named(level) or "info") if logger is not None else True
        return every((self._switched_on(module, node), by_level)) if level != "debug" else by_level

    def _switched_on(self, module: Module, node: tree_sitter.Node) -> bool | Unknown:
        """False or unknown below ``if DEBUG:``, by the value that IaC gives the variable; true anywhere else."""
        names = [m[1] for test in _tests_around(module, node) if (m := _SWITCH.fullmatch(module.text(test)))]
        if not names:
            return True
        texts = [n.text() for n in self._environment.get(names[0].upper(), ())]
        if not texts or any(text is None for text in texts):
            return Unknown(f"written only where {names[0]} is set")
        return any((text or "").lower() in ("true", "1", "yes", "on", "debug") for text in texts)

    @cached_property
    def _masked(self) -> bool | Unknown:
        like = sorted({m for p in self._setups.found for m in p.setup.masks if m.startswith(LIKE)})
        if like:
            return Unknown(f"{', '.join(like[:3])} is masked; what else people write is not")
        for _ in self._repository.paths_with(b".addFilter(", b"DataMasking", b"RedactingFormatter", b"scrub_processor"):
            return Unknown("a filter of the logger may mask it")
        return False


_SWITCH = re.compile(r"(?:\w+\.)*(\w*(?:debug|verbose)\w*)", re.I)
"""A condition that asks for nothing but a switch for more output."""


def _tests_around(module: Module, node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """The conditions under which a statement runs, innermost first; those of ``else`` branches are left out."""
    child = node
    for above in module.ancestors(node):
        body, test = above.child_by_field_name("consequence"), above.child_by_field_name("condition")
        if above.type == "if_statement" and test is not None and body is not None and body.id == child.id:
            yield test
        child = above


def _logger(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """The logger of a log call, or of a decorator that logs."""
    callee = node.child_by_field_name("function") if node.type == "call" else node
    return callee.child_by_field_name("object") if callee is not None else None


def _recorded(module: Module, node: tree_sitter.Node) -> Iterator[tuple[str, tree_sitter.Node]]:
    """What a record is made of, with the keys under which it is kept; "" for the message and its arguments."""
    given = module.arguments(node)
    yield from (("", value) for value in given.positional)
    for name, value in given.keywords.items():
        if name == "extra" and value.type == "dictionary":
            yield from _pairs(module, value)
        elif name not in _NO_TEXT:
            yield name, value
    yield from (("", value) for value in given.splats)


def _pairs(module: Module, value: tree_sitter.Node) -> Iterator[tuple[str, tree_sitter.Node]]:
    for child in value.named_children:
        key, inner = child.child_by_field_name("key"), child.child_by_field_name("value")
        if child.type == "pair" and inner is not None:
            yield module.text(key).strip("\"'"), inner
        elif child.type == "dictionary_splat":
            yield "", child.named_children[0]


def level_of(module: Module, node: tree_sitter.Node) -> str | None:
    """The level of a log call; ``print`` for one that prints, ``None`` for any other call."""
    callee = node.child_by_field_name("function")
    if callee is None:
        return None
    name = last_name(module, callee)
    if name not in _STATEMENTS:
        return None
    if callee.type == "identifier":
        return "print" if name in ("print", "pprint") else None
    if name not in LEVELS or callee.type != "attribute":
        return None
    target = module.text(callee.child_by_field_name("object"))
    return name if _LOGGER.search(target[-60:]) else None


def _is_text(leaf: Leaf) -> bool:
    """An answer is; of what a model asks a tool for, only what is named like a text."""
    return leaf.site.node.type != "function_definition" or bool(_TEXT.search(leaf.name))


def _parts(module: Module, value: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """What a log record is put together from, without what is named like an id, a path or a number."""
    if value.type == "string":
        inner = (c.child_by_field_name("expression") for c in value.named_children if c.type == "interpolation")
        parts = [i for i in inner if i is not None]
    elif value.type in ("concatenated_string", "binary_operator", "parenthesized_expression"):
        parts = [p for c in value.named_children for p in _parts(module, c)]
    else:
        parts = [value]
    yield from (p for p in parts if not NO_TEXT_NAME.search(_last_word(module, p)))


def _last_word(module: Module, node: tree_sitter.Node) -> str:
    """``key`` of ``item["key"]``, ``item.get("key")``, ``item.key`` and ``key``."""
    if node.type == "subscript":
        return module.text(node.child_by_field_name("subscript")).strip("\"'")
    if node.type == "call" and module.called(node) == "get":
        given = module.arguments(node).positional
        return module.text(given[0]).strip("\"'") if given else ""
    return last_name(module, node)


def _request_content(leaf: Leaf) -> str:
    whole = not [key for key in leaf.path if key not in ("*", leaf.name)]
    return "event" if whole and leaf.name == "event" else "prompt"


def _is_dynamic(module: Module, node: tree_sitter.Node) -> bool:
    if node.type in ("identifier", "attribute"):
        return True
    return bool(module.below(node, "identifier") or module.below(node, "interpolation"))


def _is_console(module: Module, node: tree_sitter.Node) -> bool:
    """The program talks to a person on a terminal: what it prints is its answer."""
    given = module.arguments(node).keywords
    if {"end", "flush", "file"} & set(given) or module.holds(*_CONSOLE):
        return True
    if module.function(node) is None:
        return not module.holds(b"streamlit", b"def lambda_handler", b"def handler")
    return module.qualified(node).split(".")[0] in ("main", "cli", "demo")

"""Log statements that carry what people asked, what models answered, or what was retrieved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import every
from prodworks_cli.resources.environment import LEVEL
from prodworks_cli.resources.text_flows import LogStatement
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.calls.flows import INPUT, OUTPUT, PARAMETER, RETRIEVED
from prodworks_cli.sources.log_setups.levels import LevelVariables, is_written
from prodworks_cli.sources.log_setups.setups import LogSetUp
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.conversations import NO_TEXT_NAME, Conversations
from prodworks_cli.sources.typescript.entries import LAMBDA, Entries, is_tool
from prodworks_cli.sources.typescript.flow import Flow
from prodworks_cli.sources.typescript.flow_types import Leaf, named
from prodworks_cli.sources.typescript.kinds import FUNCTIONS
from prodworks_cli.sources.typescript.log_masks import covers, way_to
from prodworks_cli.sources.typescript.log_setups import LogSetUps
from prodworks_cli.sources.typescript.members import key_of
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name

LEVELS: Mapping[str, str] = {
    **{n: n for n in ("debug", "info", "warning", "error", "critical")},
    **{"warn": "warning", "log": "info", "fatal": "critical", "trace": "debug", "verbose": "debug", "silly": "debug"},
    **{"http": "info", "notice": "info"},
}
_LOGGER = re.compile(r"(?:^|[._])(?:console|log|logger|winston|pino|LOG|LOGGER|_log)$|[Ll]ogger(?:\(\))?$")
_TEXT = re.compile(r"query|question|prompt|message|text|content|input|body|document|expression|answer", re.IGNORECASE)
# Files whose console is that of a browser or of a person at a terminal.
_TERMINAL = (b"commander", b"yargs", b"inquirer", b"readline", b"@clack/prompts", b"process.argv", b"#!/usr/bin/env")
_MASKERS = (b"redact:", b"redact(", b"fast-redact", b"maskJson", b"redactionPaths", b"format.mask")
_VARIABLES = ("LOG_LEVEL", "POWERTOOLS_LOG_LEVEL", "LOGLEVEL", "LOGGING_LEVEL", "AWS_LAMBDA_LOG_LEVEL")
_SWITCH = re.compile(
    r"!*(?:process\.env\.)?(?:\w+\.)*(\w*(?:debug|verbose|isDev|DEV)\w*)(?:\s*[=!]==?.*)?", re.IGNORECASE
)
MAX_PARTS = 200


class Logs:
    """Finds log statements that carry texts, in the code that can see them: ``bodies``."""

    def __init__(
        self,
        repository: Repository,
        flow: Flow,
        entries: Entries,
        conversations: Conversations,
        environment: Mapping[str, tuple[Node, ...]],
        bodies: Iterable[Site],
        setups: LogSetUps,
        variables: LevelVariables,
    ) -> None:
        self._bodies = sorted({b.key: b for b in bodies}.values(), key=lambda b: (b.module.path, b.node.start_byte))
        self._repository = repository
        self._flow = flow
        self._entries = entries
        self._conversations = conversations
        self._environment = environment
        self._setups = setups
        self._variables = variables
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All such statements, by file and line."""
        seen: set[tuple[str, int]] = set()
        for body in self._bodies:
            module = body.module
            if runs_in_browser(module) or not any(w in module.data for w in (b"console.", b"log", b"Log")):
                continue
            terminal = any(word in module.data for word in _TERMINAL)
            for node in module.below(body.node, "call_expression"):
                level = level_of(module, node) if (module.path, node.id) not in seen else None
                seen.add((module.path, node.id))
                found = self._statement(module, node, level, terminal) if level is not None else None
                if found is not None:
                    yield found
        for module in self._repository.holding(b"injectLambdaContext", b"logEventIfEnabled"):
            yield from self._events(module)

    def _events(self, module: Module) -> Iterator[Draft]:
        """Whole events that Powertools writes, of a handler whose event holds what a model is asked."""
        for call, told in self._setups.events(module):
            if told is not False and self._handles(module):
                draft = self._draft(module, call, "event", "info", "log")
                levels = [x for s in self._setups.of_file(module) for x in s.levels]
                written = every((told, is_written("info", levels) if levels else True))
                yield replace(draft, attributes={**draft.attributes, "emitted": written})

    def _handles(self, module: Module) -> bool:
        handlers = (f for f in module.of_type(*FUNCTIONS) if self._entries.of(module, f) == LAMBDA)
        return any(self._conversations.is_asked((module.path, f.id)) for f in handlers)

    def _statement(self, module: Module, node: tree_sitter.Node, level: str, terminal: bool) -> Draft | None:
        console = module.text(callee_of(node)).startswith("console.")
        # What a program prints that talks to a person at a terminal is its answer.
        started = module.qualified(node).partition(".")[0] in ("main", "run", "cli", "demo")
        if console and (terminal or started):
            return None
        covered: str | None = None
        for argument in module.arguments(node):
            for part in _parts(module, argument):
                content = self._content(Site(module, part))
                way = way_to(module, part, argument) if content is not None and not console else ()
                if content is not None and not (way and any(covers(mask, way) for mask in self._masks(module, node))):
                    return self._draft(module, node, content, level, "print" if console else "log")
                covered = covered or content
        return self._draft(module, node, covered, level, "log", masked=True) if covered is not None else None

    def _masks(self, module: Module, node: tree_sitter.Node) -> frozenset[str]:
        """What the set-up of a logger takes out of every record."""
        kept = [frozenset(s.masks) for s in self._of_logger(module, node)]
        return frozenset.intersection(*kept) if kept else frozenset()

    def _of_logger(self, module: Module, node: tree_sitter.Node) -> Sequence[LogSetUp]:
        callee = callee_of(node)
        target = callee.child_by_field_name("object") if callee is not None else None
        return self._setups.of_logger(Site(module, target)) if target is not None and self._setups.found else ()

    def _content(self, site: Site) -> str | None:
        trace = self._flow.of(site)
        for leaf in trace.kinds(OUTPUT, RETRIEVED):
            if _is_text(leaf) and not NO_TEXT_NAME.search((named(leaf.path) or ("",))[-1]):
                return "completion" if leaf.kind == OUTPUT else "retrieved"
        if self._conversations.shares_text(trace):
            return "prompt"
        told = [x for x in trace.kinds(INPUT, PARAMETER) if self._conversations.holds_prompt(x)]
        return self._request_content(told[0]) if told else None

    def _request_content(self, leaf: Leaf) -> str:
        whole = not [key for key in leaf.path if not key.startswith(("*", "#"))]
        return "event" if whole and self._entries.of(leaf.site.module, leaf.site.node) == LAMBDA else "prompt"

    def _draft(
        self, module: Module, node: tree_sitter.Node, content: str, level: str, sink: str, masked: bool | None = None
    ) -> Draft:
        attributes: dict[str, Drafted] = {
            "content": content,
            "level": level,
            "masked": masked or self._masked,
            "sink": sink,
            "emitted": every((self._by_level(module, node, level, sink), self._switched_on(module, node))),
        }
        name = f"{module.path}:{module.qualified(node)} {sink}"
        return Draft(LogStatement, module.at(node), attributes, self._names.of(name))

    def _switched_on(self, module: Module, node: tree_sitter.Node) -> bool | Unknown:
        """Unknown below ``if (DEBUG)``, unless IaC says what the variable is; true anywhere else."""
        child = node
        for above in module.ancestors(node):
            body, test = above.child_by_field_name("consequence"), above.child_by_field_name("condition")
            if above.type == "if_statement" and test is not None and body is not None and body.id == child.id:
                found = _SWITCH.fullmatch(module.text(test).strip("()"))
                if found is not None:
                    return self._declared(found[1])
            child = above
        return True

    def _declared(self, name: str) -> bool | Unknown:
        texts = [n.text() for n in self._environment.get(name.upper(), ())]
        if not texts or any(text is None for text in texts):
            return Unknown(f"written only where {name} is set")
        return any((text or "").lower() in ("true", "1", "yes", "on", "debug") for text in texts)

    @cached_property
    def _masked(self) -> bool | Unknown:
        path = self._repository.holds(*_MASKERS)
        return Unknown("the logger may mask it") if path else False

    def _by_level(self, module: Module, node: tree_sitter.Node, level: str, sink: str) -> bool | Unknown:
        """Whether the logger writes records of a level in production, and Lambda lets them through."""
        let_through = self._variables.of_lambda
        through = is_written(level, let_through) if let_through else True
        setups = self._of_logger(module, node) if sink == "log" else ()
        if setups:
            return every((is_written(level, [x for s in setups for x in s.levels]), through))
        if level != "debug" or (sink == "print" and self._environment):
            return through  # the console itself keeps nothing back
        told = _VARIABLES if sink == "log" else (LEVEL,)
        return is_written(level, self._variables.of(told))


def runs_in_browser(module: Module) -> bool:
    """A page or a component: what it logs stays with the person who looks at it."""
    if module.path.endswith((".tsx", ".jsx")):
        return True
    return any(i.module.startswith(("react", "vue", "svelte", "@angular", "solid-js")) for i in module.imports.values())


def level_of(module: Module, node: tree_sitter.Node) -> str | None:
    """The level of a log call; ``None`` for any other call."""
    callee = callee_of(node)
    if callee is None or callee.type != "member_expression":
        return None
    target = module.text(callee.child_by_field_name("object"))
    level = LEVELS.get(last_name(module, callee))
    return level if level and _LOGGER.search(target[-60:]) else None


def _is_text(leaf: Leaf) -> bool:
    """An answer is; of what a model asks a tool for, only what is named like a text."""
    return not is_tool(leaf.site.module, leaf.site.node) or bool(_TEXT.search(".".join((leaf.name, *leaf.path))))


def _parts(module: Module, value: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """What a log record is put together from, without what is named like an id, a path or a number."""
    stack = [value]
    for _ in range(MAX_PARTS):
        if not stack:
            return
        current = stack.pop()
        inner = _inner(module, current)
        if inner is not None:
            stack.extend(reversed(inner))
        elif _is_dynamic(current) and not NO_TEXT_NAME.search(_last_word(module, current)):
            yield current


def _inner(module: Module, value: tree_sitter.Node) -> list[tree_sitter.Node] | None:
    """The parts of a text or an object that is put together; ``None`` for anything else."""
    if value.type == "template_string":
        filled = (c for c in value.named_children if c.type == "template_substitution")
        return [c.named_children[0] for c in filled if c.named_children]
    if value.type in ("binary_expression", "parenthesized_expression"):
        return list(value.named_children)
    if value.type != "object":
        return None
    named = [(c, key_of(module, c) if c.type != "spread_element" else "") for c in value.named_children]
    kept = [c for c, key in named if not NO_TEXT_NAME.search(key) and c.type != "method_definition"]
    return [v for c in kept if (v := c.child_by_field_name("value") if c.type == "pair" else c) is not None]


def _last_word(module: Module, node: tree_sitter.Node) -> str:
    """``key`` of ``item["key"]``, ``item.key`` and ``key``."""
    if node.type == "subscript_expression":
        return module.text(node.child_by_field_name("index")).strip("\"'")
    return module.text(node) if node.type == "shorthand_property_identifier" else last_name(module, node)


def _is_dynamic(node: tree_sitter.Node) -> bool:
    return any(n.type in ("identifier", "template_substitution", "shorthand_property_identifier") for n in inside(node))

"""Log statements in Java that carry what people asked, what models answered, or what was retrieved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.resources.adapter import every
from prodworks_cli.resources.text_flows import LogStatement
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.calls.flows import INPUT, OUTPUT, RETRIEVED
from prodworks_cli.sources.java.entries import LAMBDA, TOOL, entry_of
from prodworks_cli.sources.java.flow import Flow, Leaf, Trace
from prodworks_cli.sources.java.log_setups import LogSetUps
from prodworks_cli.sources.java.response import Body
from prodworks_cli.sources.java.syntax import Module

LEVELS: Mapping[str, str] = {
    **{n: n for n in ("debug", "info", "error")},
    **{"warn": "warning", "trace": "debug", "fatal": "critical", "println": "info", "printf": "info", "log": "info"},
}
_LOGGER = re.compile(r"(?:^|\.)(?:log|logger|LOG|LOGGER|System\.out|System\.err)(?:\(\))?$|[Ll]og(?:ger)?(?:\(\))?$")
_TEXT = re.compile(r"query|question|prompt|message|text|content|input|body|document|answer|description", re.IGNORECASE)
_NO_TEXT = re.compile(
    r"(?:[iI]ds?|[nN]ames?|[kK]eys?|[mM]odel|[tT]ype|[cC]ount|[sS]ize|[nN]um|[uU]r[li]|[aA]rn|[pP]ath|[fF]ile|[rR]egion|[sS]tatus"
    r"|[sS]ession|[uU]ser|[dD]uration|[tT]ime|[lL]ength|[eE]rror|[eE]xception|[aA]ction|[sS]ervice|[rR]epo|[dD]ate|[cC]ity|[sS]amples|[aA]ttempts?|[rR]etries|[tT]otal|[lL]imit|[vV]ersion|[cC]lass|[hH]ost)$|^total[A-Z]|^ex?$"
)


class Logs:
    """Finds log statements that carry texts, in the code that can see them."""

    def __init__(self, flow: Flow, asked: Trace, bodies: Iterable[Body], setups: LogSetUps) -> None:
        self._flow = flow
        self._setups = setups
        self._roots = {(x.root, x.path) for x in asked.kinds(INPUT, RETRIEVED)}
        self._composed = asked.composed
        self._bodies = sorted({(b.module.path, b.node.start_byte): b for b in bodies}.items())
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All such statements, by file and line."""
        seen: set[tuple[str, int]] = set()
        for _, body in self._bodies:
            for call in body.module.below(body.node, "method_invocation"):
                level = level_of(body.module, call) if (body.module.path, call.id) not in seen else None
                seen.add((body.module.path, call.id))
                content = self._content(body.module, call) if level is not None else None
                if level is not None and content is not None:
                    yield self._draft(body.module, call, content, level)
        for module in {b.module.path: b.module for _, b in self._bodies}.values():
            yield from self._events(module)

    def _events(self, module: Module) -> Iterator[Draft]:
        """``@Logging(logEvent = true)`` on a handler whose event holds what a model is asked."""
        asked = {root for root, _ in self._roots}
        for method in module.of_type("method_declaration"):
            told = self._setups.logs_event(module, method)
            if told is not False and entry_of(module, method) == LAMBDA and (module.path, method.id) in asked:
                draft = self._draft(module, method, "event", "info")
                written = every((told, draft.attributes["emitted"]))  # type: ignore[arg-type]
                yield replace(draft, attributes={**draft.attributes, "emitted": written})

    def _content(self, module: Module, call: Syntax) -> str | None:
        for value in module.arguments(call):
            if value.type == "string_literal" or _NO_TEXT.search(_last_word(module, value)):
                continue
            trace = self._flow.of(module, value)
            for leaf in trace.kinds(OUTPUT, RETRIEVED):
                if _is_text(leaf):
                    return "completion" if leaf.kind == OUTPUT else "retrieved"
            told = any((x.root, x.path) in self._roots for x in trace.kinds(INPUT))
            if told or trace.composed & self._composed:
                return "prompt"
        return None

    def _draft(self, module: Module, call: Syntax, content: str, level: str) -> Draft:
        printed = module.text(call.child_by_field_name("object")).startswith("System.")
        sink = "print" if printed else "log"
        attributes: dict[str, Drafted] = {
            "content": content,
            "level": level,
            "masked": False,
            "sink": sink,
            "emitted": True if printed else self._emitted(module, level),
        }
        name = f"{module.path}:{module.qualified(call)} {sink}"
        return Draft(LogStatement, module.at(call), attributes, self._names.of(name))

    def _emitted(self, module: Module, level: str) -> bool | Unknown:
        """By the set-up of the class's logger; without one only records at debug leave it open."""
        written = self._setups.is_written(module, level)
        if written is None and level == "debug":
            return Unknown("the log level of production is set outside the code")
        return True if written is None else written


def level_of(module: Module, call: Syntax) -> str | None:
    """The level of a log call; ``None`` for any other call."""
    level = LEVELS.get(module.name(call))
    target = module.text(call.child_by_field_name("object"))
    return level if level and _LOGGER.search(target[-60:]) else None


def _is_text(leaf: Leaf) -> bool:
    """An answer is; of what a model asks a tool for, only what is named like a text."""
    tool = leaf.site.node.type == "method_declaration" and entry_of(leaf.site.module, leaf.site.node) == TOOL
    return not tool or bool(_TEXT.search(leaf.name))


def _last_word(module: Module, value: Syntax) -> str:
    """``key`` of ``item.key()``, ``item.getKey()``, ``item.key`` and ``key``."""
    if value.type == "method_invocation":
        return module.name(value).removeprefix("get")
    return module.text(value) if value.type == "identifier" else module.text(value.child_by_field_name("field"))

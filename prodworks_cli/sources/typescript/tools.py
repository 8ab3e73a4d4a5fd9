"""Tools that a model may ask for: functions that frameworks are given, and those that are described as data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node as Located
from prodworks_cli.resources.agent_code import Tool
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.calls.effects import said
from prodworks_cli.sources.typescript.entries import TOOL_MAKERS, is_tool, tool_call
from prodworks_cli.sources.typescript.kinds import FUNCTIONS
from prodworks_cli.sources.typescript.logs import level_of
from prodworks_cli.sources.typescript.members import key_of
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name, string_of
from prodworks_cli.sources.typescript.tool_effects import Effects
from prodworks_cli.sources.typescript.trace import Tracer

_SCHEMAS = ("inputSchema", "parameters", "schema", "input_schema", "argsSchema", "input")
# Keys under which a description of a tool stands in the requests of the SDKs: Converse, Anthropic, OpenAI.
_REQUESTS = (b"toolUse", b"tool_calls", b"tool_use", b"toolUseId", b"toolCalls")
_APPROVALS = re.compile(
    r"^(?:interrupt|askUser\w*|askHuman\w*|request(?:Human|User)?Approval\w*|confirmWithUser\w*|waitForApproval\w*"
    r"|require(?:Human|User)?(?:Approval|Confirmation)\w*|elicit\w*|confirm|suspend)$"
)
_APPROVED = re.compile(r"\b(?:needsApproval|requireApproval|requiresApproval|requireConfirmation)\s*:(?!\s*false\b)")
_GRAPHS = (b"interruptBefore", b"humanInTheLoopMiddleware", b"interruptOn", b"interrupt_before")
_TELEMETRY = re.compile(r"(?:experimental_)?telemetry\s*:\s*\{[^}]*isEnabled\s*:\s*true")
_TRACED = (b"StrandsTelemetry", b"setupTracer", b"getNodeAutoInstrumentations", b"traceloop.initialize")
_HOOKS = (b"callbacks:", b"hooks:", b"onStepFinish", b"CallbackHandler", b"wrapToolCall", b"AfterToolCallEvent")
_BRANCHES = ("if_statement", "switch_case")
_EVERYTHING = ("this", "globalThis", "global", "window")
_ASKED = re.compile(r"tool|func|action|method|operation", re.IGNORECASE)
_VALIDATES = (b".parse(", b".safeParse(", b"ajv", b"jsonschema", b"Value.Check", b"validateSync")
_NEEDLES = re.compile(
    rb"\b(?:tool|dynamicTool|createTool|defineTool|betaZodTool|registerTool|addTool)\s*(?:<[^>\n]{0,80}>)?\("
    rb"|\b(?:Dynamic|DynamicStructured|Function)Tool\b|toolSpec|input_schema|extends\s+(?:Structured)?Tool\b"
    rb"|type['\"]?\s*:\s*['\"]function['\"]"
)
# Every match of _NEEDLES holds one of these.
_LITERALS = (b"tool", b"Tool", b"input_schema", b"'function'", b'"function"')
OUTSIDE = Unknown("the dispatcher is outside the repository")
SERVED = Unknown("the client of this MCP server asks, or does not ask, before it runs the tool")
CLIENT = Unknown("the page runs the tool; whether it asks first is not analysed")


class Tools:
    """Finds tools. ``unsafe`` names the functions in which an argument of a tool reaches an interpreter."""

    def __init__(self, tracer: Tracer, unsafe: frozenset[tuple[str, int]]) -> None:
        self._tracer = tracer
        self._repository = tracer.repository
        self._unsafe = unsafe
        self._effects = Effects(tracer)
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        for module in self._repository.matching(_NEEDLES, *_LITERALS):
            for function in module.of_type(*FUNCTIONS):
                if is_tool(module, function):
                    yield self._function(module, function)
            for call in module.of_type("call_expression"):
                if last_name(module, callee_of(call)) in TOOL_MAKERS:
                    yield from self._named_handler(module, call)
                elif last_name(module, callee_of(call)) in ("tool", "registerTool", "addTool"):
                    yield from self._served(module, call)
            yield from self._described_in(module)

    def _function(self, module: Module, function: Node) -> Draft:
        call = tool_call(module, function)
        asks = self._own_maker(module, call) if call is not None else None
        return self._made(module, call if call is not None else function, Site(module, function), asks)

    def _own_maker(self, module: Module, call: Node) -> Unknown | None:
        """A function of the repository makes the tool: what runs it, such as an MCP server, is not followed."""
        item = module.imports.get(last_name(module, callee_of(call)))
        if item is None or self._repository.locate(item.module, module.path) is None:
            return None
        return SERVED if "mcp" in f"{module.path}{item.module}".lower() else OUTSIDE

    def _named_handler(self, module: Module, call: Node) -> Iterator[Draft]:
        """``tool({ execute: getOrder })`` and tools without a function, which the page runs."""
        name = last_name(module, callee_of(call))
        given = module.arguments(call)
        if name not in module.imports or not given:
            return
        options = given[-1] if given[-1].type == "object" else None
        keys = (
            {key_of(module, c): c for c in options.named_children if c.type != "spread_element"}
            if options is not None
            else {}
        )
        held = next((keys[k] for k in TOOL_MAKERS[name] if k in keys), None) or (
            given[0] if given[0].type == "identifier" else None
        )
        value = held.child_by_field_name("value") if held is not None and held.type == "pair" else held
        if value is not None and value.type in ("identifier", "member_expression", "shorthand_property_identifier"):
            site = Site(module, value)
            origins = (
                self._tracer.named(site, site.text) if value.type != "member_expression" else self._tracer.origins(site)
            )
            ends = [e for o in origins if isinstance(o, Site) for e in self._tracer.sites(o)]
            handler = next((e for e in ends if e.node.type in FUNCTIONS), None)
            yield self._made(module, call, handler, self._own_maker(module, call))
        elif held is None and options is not None and {"description"} & set(keys) and set(_SCHEMAS) & set(keys):
            yield self._made(module, call, None, CLIENT)

    def _served(self, module: Module, call: Node) -> Iterator[Draft]:
        """``server.registerTool("name", {...}, handler)`` of an MCP server."""
        callee, given = callee_of(call), module.arguments(call)
        target = module.text(callee.child_by_field_name("object")) if callee is not None else ""
        if len(given) < 2 or given[0].type != "string" or not re.search(r"server|mcp", target, re.IGNORECASE):
            return
        handler = (
            Site(module, given[-1])
            if given[-1].type in FUNCTIONS
            else next(iter(self._tracer.sites(Site(module, given[-1]))), None)
        )
        yield self._made(module, call, handler if handler and handler.node.type in FUNCTIONS else None, SERVED)

    def _made(self, module: Module, place: Node, handler: Site | None, asks: Unknown | None = None) -> Draft:
        """A tool that a framework is given; ``asks`` where something outside decides whether a person is asked."""
        name = self._name(module, place)
        text = module.text(place)
        schema = place.type == "method_definition" or any(re.search(rf"\b{k}\b", text) for k in _SCHEMAS)
        unsafe = handler is not None and handler.key in self._unsafe
        known: dict[str, Drafted] = {
            "effect": self._effects.of(handler, name) if handler is not None else said(name),
            "dispatch": "registry",
            "arguments_validated": not unsafe and (schema or len(module.arguments(place)) > 2),
            "confirmation": self._confirmation(handler, text, asks),
            "recorded": self._recorded(module, handler),
        }
        return self._draft(module, place, name, known)

    def _name(self, module: Module, place: Node) -> str:
        """What the tool is called: by its options, by the variable or key that holds it, or by its class."""
        if place.type == "method_definition":
            owner = module.owner(place)
            return module.name(owner) if owner is not None else ""
        given = module.arguments(place)
        if given and given[0].type == "string":
            return string_of(module, given[0])
        for options in (g for g in given if g.type == "object"):
            for child in options.named_children:
                if child.type == "pair" and key_of(module, child) in ("name", "id"):
                    return string_of(module, child.child_by_field_name("value")) or module.name(place)
        return module.name(place)

    def _confirmation(self, handler: Site | None, text: str, asks: Unknown | None) -> str | Unknown:
        if _APPROVED.search(text):
            return "user_confirmation"
        for site in self._effects.reached(handler) if handler is not None else ():
            for call in site.module.below(site.node, "call_expression"):
                if _APPROVALS.match(last_name(site.module, callee_of(call))):
                    return "user_confirmation"
        return asks or ("approval_step" if self._graph_asks else "none")

    @cached_property
    def _graph_asks(self) -> bool:
        return self._repository.holds(*_GRAPHS) is not None

    def _recorded(self, module: Module, handler: Site | None) -> bool | Unknown:
        if self._telemetry or self._repository.holds(*_TRACED):
            return True
        for site in self._effects.reached(handler) if handler is not None else ():
            if any(_records(site.module, call) for call in site.module.below(site.node, "call_expression")):
                return True
        hook = self._repository.holds(*_HOOKS)
        if hook is not None:
            return Unknown(f"a hook or callback in {hook} may record it")
        return OUTSIDE if handler is None else False

    @cached_property
    def _telemetry(self) -> bool:
        """The AI SDK makes a span of each tool call where its telemetry is on."""
        return any(_TELEMETRY.search(m.data.decode(errors="replace")) for m in self._repository.holding(b"isEnabled"))

    def _described_in(self, module: Module) -> Iterator[Draft]:
        """Tools that are described to the model as data, with the code that turns a request into a call."""
        for pair in module.of_type("pair"):
            key, value = key_of(module, pair), pair.child_by_field_name("value")
            if value is None or value.type != "object":
                continue
            if key == "toolSpec" or (key == "function" and _member(module, value, "parameters") is not None):
                yield self._described(module, value)
            elif (
                key == "input_schema" and (table := module.parent(pair)) is not None and _member(module, table, "name")
            ):
                yield self._described(module, table)

    def _described(self, module: Module, table: Node) -> Draft:
        named = _member(module, table, "name")
        name = string_of(module, named) if named is not None else ""
        if not name and named is not None:
            found = self._tracer.sites(Site(module, named))
            name = string_of(found[0].module, found[0].node) if found else ""
        handler = self._handler(name) if name else None
        dispatch = self._dispatch(handler)
        recorded: Drafted = (
            OUTSIDE if handler is None else self._recorded(handler.module, handler) or self._requests_recorded
        )
        known: dict[str, Drafted] = {
            "effect": self._effects.of(handler, name) if handler is not None else said(name),
            "dispatch": dispatch,
            "arguments_validated": self._checks_input(handler),
            "confirmation": self._confirmation(handler, "", None if handler is not None else OUTSIDE),
            "recorded": recorded,
        }
        return self._draft(module, table, name, known)

    @cached_property
    def _requests_recorded(self) -> bool:
        """A log call in code that reads requests for tools names the tool."""
        return any(
            _records(m, n) and _ASKED.search(m.text(n)) is not None
            for m in self._repository.holding(*_REQUESTS)
            for n in m.of_type("call_expression")
        )

    def _handler(self, name: str) -> Site | None:
        """The code that runs for a name: in a table, after a comparison, in a case, or a function of that name."""
        for module in self._repository.holding(
            f'"{name}"'.encode(), f"'{name}'".encode(), f"{name}:".encode(), f"{name}(".encode()
        ):
            for text in module.of_type("string"):
                if string_of(module, text) == name and (found := self._beside(module, text)) is not None:
                    return found
            for function in module.of_type(*FUNCTIONS):
                if module.name(function) == name:
                    return Site(module, function)
        return None

    def _beside(self, module: Module, text: Node) -> Site | None:
        above = module.parent(text)
        if above is not None and above.type == "switch_case" and above.child_by_field_name("value") == text:
            return Site(module, above)
        if (
            above is None
            or above.type != "binary_expression"
            or not any(c.type in ("===", "==") for c in above.children)
        ):
            return None
        branch = next((a for a in module.ancestors(text) if a.type in _BRANCHES), None)
        body = branch.child_by_field_name("consequence") if branch is not None else None
        return Site(module, body) if body is not None else None

    def _dispatch(self, handler: Site | None) -> str | Unknown:
        """``dynamic`` where the requested name picks any function, ``registry`` where the code names the tool."""
        for module in self._repository.holding(*_REQUESTS):
            for look in module.of_type("subscript_expression"):
                holder = module.text(look.child_by_field_name("object"))
                index = look.child_by_field_name("index")
                called = module.parent(look)
                calls = called is not None and called.type == "call_expression" and callee_of(called) == look
                text = module.text(index)
                if holder in _EVERYTHING and calls and (_ASKED.search(text) or text.endswith("name")):
                    return "dynamic"
        return "registry" if handler is not None else OUTSIDE

    def _checks_input(self, handler: Site | None) -> bool | Unknown:
        if handler is None:
            return OUTSIDE
        if handler.key in self._unsafe:
            return False
        if any(word in site.module.data for site in self._effects.reached(handler) for word in _VALIDATES):
            return True
        return Unknown("how the arguments are checked is not analysed for this form")

    def _draft(self, module: Module, node: Node, name: str, known: dict[str, Drafted]) -> Draft:
        shown = Located(name or Unknown("the name is given when the program runs"), module.at(node))
        everything: dict[str, Drafted] = {"name": shown, "host_execution": False, **known}
        return Draft(Tool, module.at(node), everything, self._names.of(f"{module.path}:{name or 'unnamed tool'}"))


def _member(module: Module, table: Node, key: str) -> Node | None:
    pairs = (c for c in table.named_children if c.type == "pair" and key_of(module, c) == key)
    return next((p.child_by_field_name("value") for p in pairs), None)


def _records(module: Module, call: Node) -> bool:
    """A log record, a metric or a span; debugging is none. The console of Node.js is the log of its host."""
    if level_of(module, call) not in (None, "debug"):
        return True
    return last_name(module, callee_of(call)) in ("addMetric", "putMetric", "startActiveSpan", "startSpan", "addEvent")

"""Tools that a model may ask for: functions, handlers of tool requests, and what frameworks bring along."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node as Located
from prodworks_cli.resources.agent_code import Tool
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.log_setups.levels import level_named
from prodworks_cli.sources.python.entries import TOOL, Entries
from prodworks_cli.sources.python.log_emission import Emission
from prodworks_cli.sources.python.logs import level_of
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module, inside
from prodworks_cli.sources.python.tool_effects import Effects
from prodworks_cli.sources.python.trace import Tracer

# Tools of strands_tools by effect; it asks on the terminal before the consequential ones run, unless told not to.
BUILT_IN = {
    "shell": "execute", "python_repl": "execute", "use_aws": "execute", "code_interpreter": "execute",
    "file_write": "write", "editor": "write", "http_request": "write", "slack": "message", "file_read": "read",
    "calculator": "read", "current_time": "read", "retrieve": "read", "image_reader": "read", "think": "read",
}  # fmt: skip
_HOST = ("shell", "python_repl", "editor", "file_write", "file_read")
_REQUESTS = (b"toolUse", b"tool_calls", b"tool_use", b"toolUseId")
_BRANCHES = ("if_statement", "elif_clause", "case_clause")
_DYNAMIC = frozenset({"getattr", "import_module", "eval", "__import__"})
_ASKED = re.compile(r"tool|func|action|method|operation", re.IGNORECASE)
_APPROVALS = re.compile(
    r"^(?:interrupt|get_?user_?input|ask_?(?:human|user)\w*|request_?(?:human_?)?approval\w*|confirm_?(?:with_?)?user\w*"
    r"|wait_?for_?approval\w*|require_?(?:human_?)?(?:approval|confirmation)\w*|handoff_to_user|elicit)$"
)
_BYPASS = (b'BYPASS_TOOL_CONSENT"] = "true', b"BYPASS_TOOL_CONSENT'] = 'true", b"BYPASS_TOOL_CONSENT=true")
_GRAPH_APPROVALS = (b"interrupt_before", b"HumanInTheLoopMiddleware", b"HumanApprovalCallbackHandler", b"interrupt_on")
_TRACED = (b"opentelemetry-instrument", b"StrandsTelemetry", b"aws-opentelemetry-distro", b"Traceloop.init")
_SPANS = frozenset({"capture_method", "observe", "traceable", "capture", "traced", "trace", "instrument", "log_tool"})
_INJECTED = re.compile(r"ToolContext|RunContext|Context|RunnableConfig|InjectedState|ToolRuntime|^(?:self|cls)$")
OUTSIDE = Unknown("the dispatcher is outside the repository")
SERVED = Unknown("the client of this MCP server asks, or does not ask, before it runs the tool")


class Tools:
    """Finds tools. ``unsafe`` names the functions in which an argument of a tool reaches an interpreter."""

    def __init__(
        self,
        repository: Repository,
        tracer: Tracer,
        entries: Entries,
        unsafe: frozenset[tuple[str, int]],
        emission: Emission | None = None,
    ) -> None:
        self._emission = emission
        self._repository = repository
        self._tracer = tracer
        self._entries = entries
        self._unsafe = unsafe
        self._effects = Effects(tracer)
        self._asking: dict[int, bool] = {}
        self._keeping: dict[int, bool] = {}
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        for module in self._repository.containing(b"tool", b"Tool"):
            for function in module.of_type("function_definition"):
                if self._entries.of(module, function) == TOOL:
                    yield self._function(module, function)
            yield from self._requested(module)
            yield from self._brought(module)

    def _function(self, module: Module, function: Node) -> Draft:
        name = module.name(function)
        owner = module.method_owner(function)
        shown = module.name(owner) if owner is not None and name in ("_run", "_arun") else name
        effect = self._effects.of(Site(module, function), shown)
        known: dict[str, Drafted] = {
            "effect": effect,
            "dispatch": "registry",
            "arguments_validated": self._validated(module, function),
            "confirmation": self._confirmation(module, function),
            "recorded": self._recorded(module, function),
        }
        return self._draft(module, function, shown, known)

    def _validated(self, module: Module, function: Node) -> bool | Unknown:
        """The handler has types that the framework checks, and no argument runs unchecked into an interpreter."""
        if (module.path, function.id) in self._unsafe:
            return False
        node = function.child_by_field_name("parameters")
        for parameter in node.named_children if node is not None else ():
            type_ = parameter.child_by_field_name("type")
            name = module.text(parameter).split(":")[0].split("=")[0].strip()
            if type_ is None and not _INJECTED.search(name) and parameter.type in ("identifier", "default_parameter"):
                schema = any(d.type == "call" and "schema" in module.text(d) for d in module.decorators(function))
                return schema or module.method_owner(function) is not None
        return True

    def _confirmation(self, module: Module, function: Node) -> str | Unknown:
        if any(self._asks(site) for site in self._effects.reached(Site(module, function))):
            return "user_confirmation"
        if any(module.text(d).startswith(("mcp.", "server.")) for d in module.decorators(function)):
            return SERVED
        return self._everywhere

    def _asks(self, site: Site) -> bool:
        """Whether a call in a site asks a person; told once, since tools share what they call."""
        key = site.node.id
        if key not in self._asking:
            calls = (n.child_by_field_name("function") for n in site.module.below(site.node, "call"))
            self._asking[key] = any(_approves(site.module, callee) for callee in calls)
        return self._asking[key]

    @cached_property
    def _everywhere(self) -> str | Unknown:
        """What a graph or an agent asks before any of its tools runs."""
        for _ in self._repository.paths_with(*_GRAPH_APPROVALS):
            return "approval_step"
        for _ in self._repository.paths_with(b"BeforeToolCallEvent", b"BeforeToolInvocationEvent"):
            return Unknown("a hook that runs before each tool may ask")
        return "none"

    def _recorded(self, module: Module, function: Node) -> bool | Unknown:
        decorated = {last_name(module, d.child_by_field_name("function") or d) for d in module.decorators(function)}
        if decorated & _SPANS or self._repository.holds_near(module.path, *_TRACED):
            return True
        if any(self._keeps(site) for site in self._effects.reached(Site(module, function))):
            return True
        return self._hooked

    def _keeps(self, site: Site) -> bool:
        """Whether a call in a site makes a record; told once."""
        key = site.node.id
        if key not in self._keeping:
            self._keeping[key] = any(self._records(site.module, n) for n in site.module.below(site.node, "call"))
        return self._keeping[key]

    def _records(self, module: Module, call: Node) -> bool:
        """A log record that is written, a metric, a span or an audit entry; printing and debugging are none."""
        level, callee = level_of(module, call), call.child_by_field_name("function")
        if level in (None, "print", "debug"):
            return last_name(module, callee) in ("add_metric", "put_metric_data", "start_span")
        logger = callee.child_by_field_name("object") if callee is not None else None
        if self._emission is None or logger is None:
            return True
        return self._emission.of(module, logger, level_named(level) or "info") is not False

    @cached_property
    def _hooked(self) -> bool | Unknown:
        for path in self._repository.paths_with(b"hooks=", b"callbacks=", b"callback_handler=", b"AfterToolCallEvent"):
            return Unknown(f"a hook or callback in {path} may record it")
        return False

    def _requested(self, module: Module) -> Iterator[Draft]:
        """Tools that are described to the model as data, with the code that turns a request into a call."""
        for pair in module.of_type("pair"):
            key = module.text(pair.child_by_field_name("key")).strip("\"'")
            value = pair.child_by_field_name("value")
            if key != "toolSpec" or value is None or value.type != "dictionary":
                continue
            name = _member(module, value, "name")
            if name is None:
                continue
            text = module.text(name).strip("\"'") if name.type == "string" else ""
            yield self._described(module, pair, text)

    def _described(self, module: Module, pair: Node, name: str) -> Draft:
        handler = self._handler(name) if name else None
        effect = self._effects.of(handler, name) if handler is not None else self._effects.named(name)
        dispatch = self._dispatch(name)
        recorded = self._repository.holds_near(module.path, *_TRACED) or any(
            self._records(m, n) and _ASKED.search(m.text(n))
            for m in self._repository.containing(*_REQUESTS)
            for n in m.of_type("call")
        )
        known: dict[str, Drafted] = {
            "effect": effect,
            "dispatch": dispatch,
            "arguments_validated": self._checks_input(handler, dispatch),
            "confirmation": self._confirmation(handler.module, handler.node) if handler else OUTSIDE,
            "recorded": OUTSIDE if dispatch is OUTSIDE else recorded,
        }
        return self._draft(module, pair, name or "unnamed", known)

    def _handler(self, name: str) -> Site | None:
        """The function that runs for a name: in a table, after a comparison, or of the same name."""
        if self._repository.budget.exhausted:
            return None
        for module in self._repository.containing(name.encode()):
            for text in module.of_type("string"):
                if module.text(text).strip("\"'") != name:
                    continue
                found = self._beside(module, text)
                if found is not None:
                    return found
        for module in self._repository.containing(f"def {name}(".encode()):
            functions = [f for f in module.of_type("function_definition") if module.name(f) == name]
            if functions:
                return Site(module, functions[0])
        return None

    def _beside(self, module: Module, text: Node) -> Site | None:
        above = module.parent(text)
        if above is None:
            return None
        if above.type == "pair":
            value = above.child_by_field_name("value")
            return (
                self._tracer.callee(Site(module, above), value) if value is not None and value.id != text.id else None
            )
        branch = next((a for a in module.ancestors(text) if a.type in _BRANCHES), None)
        body = branch.child_by_field_name("consequence") if branch is not None else None
        if above.type not in ("comparison_operator", "case_pattern") or body is None:
            return None
        return Site(module, body)

    def _dispatch(self, name: str) -> str | Unknown:
        """``dynamic`` where the requested name picks any function, ``registry`` where the code names the tool."""
        named = False
        for module in self._repository.containing(*_REQUESTS):
            for call in module.of_type("call"):
                callee = module.called(call)
                given = module.arguments(call).positional
                picked = given[1] if callee == "getattr" and len(given) > 1 else given[0] if given else None
                if callee in _DYNAMIC and picked is not None and _is_asked(module, picked):
                    return "dynamic"
            for look in module.of_type("subscript"):
                holder = module.text(look.child_by_field_name("value"))
                key = look.child_by_field_name("subscript")
                if holder in ("globals()", "locals()") and key is not None and _is_asked(module, key):
                    return "dynamic"
        if name:
            named = self._handler(name) is not None
        return "registry" if named else OUTSIDE

    def _checks_input(self, handler: Site | None, dispatch: str | Unknown) -> bool | Unknown:
        if handler is None or dispatch is OUTSIDE:
            return OUTSIDE
        if self._repository.holds(b"model_validate(", b"jsonschema", b"parse_obj(", b"TypeAdapter"):
            return True
        if handler.node.type == "function_definition":
            return self._validated(handler.module, handler.node)
        return Unknown("how the arguments are checked is not analysed for this form")

    def _brought(self, module: Module) -> Iterator[Draft]:
        """Tools of strands_tools in the list of an agent's tools."""
        offered = {k: i.name or k for k, i in module.imports.items() if i.module.startswith("strands_tools")}
        if not offered:
            return
        bypass = self._repository.holds_near(module.path, *_BYPASS)
        for call in module.of_type("call"):
            given = module.arguments(call).get("tools")
            for node in inside(given) if given is not None else ():
                name = offered.get(module.text(node)) if node.type == "identifier" else None
                if name is not None:
                    known: dict[str, Drafted] = {
                        "effect": BUILT_IN.get(name) or self._effects.named(name),
                        "dispatch": "registry",
                        "arguments_validated": True,
                        "confirmation": "none" if bypass or name == "slack" else "user_confirmation",
                        "recorded": self._repository.holds_near(module.path, *_TRACED) or self._hooked,
                        "host_execution": name in _HOST,
                    }
                    yield self._draft(module, node, name, known)

    def _draft(self, module: Module, node: Node, name: str, known: dict[str, Drafted]) -> Draft:
        everything: dict[str, Drafted] = {"name": Located(name, module.at(node)), "host_execution": False, **known}
        return Draft(Tool, module.at(node), everything, self._names.of(f"{module.path}:{name}"))


def _approves(module: Module, callee: Node | None) -> bool:
    name = last_name(module, callee)
    return bool(_APPROVALS.match(name)) or (name == "input" and callee is not None and callee.type == "identifier")


def _member(module: Module, dictionary: Node, key: str) -> Node | None:
    pairs: Sequence[Node] = [c for c in dictionary.named_children if c.type == "pair"]
    found = (p for p in pairs if module.text(p.child_by_field_name("key")).strip("\"'") == key)
    return next((p.child_by_field_name("value") for p in found), None)


def _is_asked(module: Module, node: Node) -> bool:
    text = module.text(node)
    named = node.type in ("subscript", "attribute") and text.endswith(('name"]', "name']", ".name"))
    return node.type != "string" and (named or bool(_ASKED.search(text)))

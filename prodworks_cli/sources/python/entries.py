"""Who calls a function from outside, and what its parameters hold: a request, a model's choice, an identity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from tree_sitter import Node

from prodworks_cli.sources.parts import words
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.trace import Tracer

LAMBDA, ROUTE, TOOL, VIEW = "lambda", "route", "tool", "view"
ROUTES = words(
    """
    get post put patch delete route api_route websocket websocket_route entrypoint on_message message action
    """
)
TOOLS = frozenset({"tool", "function_tool", "kernel_function", "ai_function", "beta_tool", "tool_plain"})
TOOL_MAKERS = frozenset({"Tool", "StructuredTool", "FunctionTool", "from_function", "from_defaults", "PythonTool"})
_TOOL_BASES = re.compile(r"\b(?:BaseTool|StructuredTool|BaseToolNode|ToolBase)\b")
_SIGNED = re.compile(r"user|auth|token|claims|identity|principal|tenant|session", re.IGNORECASE)
_CLOSED_TYPE = re.compile(r"^(?:Optional\[)?(?:int|float|bool|UUID|date|datetime|Decimal|Literal\b)")
_INJECTED = re.compile(
    r"Depends\(|BackgroundTasks|Response\b|ToolContext|RunContext|Context\b|RunnableConfig|InjectedState|Session\b"
    r"|ToolRuntime|CallbackManager|UploadFile"
)
_CONNECTION = re.compile(r"\b(?:Request|WebSocket)\b")
_IDENTITY = re.compile(
    r"authorizer|claims|principal|identity|cognito|^user$|current_user|auth|tenant|^sub$|^groups?$|^roles?$"
    r"|^scopes?$|^state$|session",
    re.IGNORECASE,
)
_ENVELOPE = words(
    """
    scope resource multiValueHeaders META httpMethod headers cookies url stageVariables path isBase64Encoded method
    requestContext rawPath client
    """
)  # fmt: skip


class Entries:
    """Classifies functions and the values that reach them from outside."""

    def __init__(self, repository: Repository, tracer: Tracer) -> None:
        self._repository = repository
        self._tracer = tracer
        self._known: dict[int, str | None] = {}

    def of(self, module: Module, function: Node) -> str | None:
        """What calls the function: a Lambda event, a route, a view, a model that asks for a tool; or nothing known."""
        key = function.id
        if key not in self._known:
            self._known[key] = self._of(module, function)
        return self._known[key]

    def _of(self, module: Module, function: Node) -> str | None:
        names = [name for name, _ in module.parameters(function)]
        decorators = [_decorator_name(module, d) for d in module.decorators(function)]
        if TOOLS & set(decorators) or self._is_tool(module, function):
            return TOOL
        if ROUTES & {d for d in decorators if d} and module.decorators(function):
            return ROUTE
        if names[:1] == ["event"] and len(names) == 2 and re.search(r"context|ctx|^_", names[1]):
            return LAMBDA
        if "request" in names[:2]:
            return VIEW
        return ROUTE if (module.path, function.id) in self._given_to_pages else None

    def _is_tool(self, module: Module, function: Node) -> bool:
        if (module.path, function.id) in self._given_as_tools:
            return True
        owner = module.method_owner(function)
        if owner is None or module.name(function) not in ("_run", "_arun"):
            return False
        return bool(_TOOL_BASES.search(module.text(owner.child_by_field_name("superclasses"))))

    @cached_property
    def _given_as_tools(self) -> frozenset[tuple[str, int]]:
        """Functions that are handed to a constructor of tools."""
        return frozenset(self._handed(TOOL_MAKERS, ("func", "fn", "coroutine", "async_fn"), b"Tool"))

    @cached_property
    def _given_to_pages(self) -> frozenset[tuple[str, int]]:
        """Functions that a page built with Gradio calls with what a person typed."""
        made = {"ChatInterface", "Interface", "click", "submit", "change"}
        return frozenset(self._handed(made, ("fn",), b"gradio"))

    def _handed(
        self, makers: frozenset[str] | set[str], keywords: tuple[str, ...], literal: bytes
    ) -> Iterator[tuple[str, int]]:
        for module in self._repository.containing(literal):
            for call in module.calls_to(makers):
                given = module.arguments(call)
                nodes = [n for k in keywords if (n := given.get(k)) is not None] or given.positional[:2]
                for node in nodes:
                    found = self._tracer.callee(Site(module, call), node)
                    if found is not None and found.node.type == "function_definition":
                        yield found.module.path, found.node.id

    def parameter(self, module: Module, function: Node, name: str, path: tuple[str, ...]) -> str | None:
        """What a parameter (or a member of it) of an entry holds: input, identity, output; ``None`` for what is no
        text of a person (a number, a closed list, a service that the framework hands in)."""
        kind = self.of(module, function)
        type_, default = _declared(module, function, name)
        if kind is None or name in ("self", "cls", "context", "ctx", "_"):
            return None
        if "Depends(" in type_ + default:
            return "identity" if _SIGNED.search(name + default + type_) else None
        if _INJECTED.search(type_ + default) or _CLOSED_TYPE.match(type_):
            return None
        if _CONNECTION.search(type_) and not path:
            return None
        if kind == TOOL:
            return None if self._is_closed(module, type_, path) else "output"
        if kind == LAMBDA and name != "event":
            return None
        if self._is_closed(module, type_, path):
            return None
        return requested(path)

    def _is_closed(self, module: Module, type_: str, path: tuple[str, ...]) -> bool:
        """The type is an enumeration, or a model of the repository whose member has a closed type."""
        cls = self._class(module, type_)
        if cls is None:
            return False
        if "Enum" in cls.module.text(cls.node.child_by_field_name("superclasses")):
            return True
        member = self._members(cls).get(path[0], "") if path else ""
        return bool(_CLOSED_TYPE.match(member)) or (bool(member) and self._is_closed(cls.module, member, path[1:]))

    def _class(self, module: Module, type_: str) -> Site | None:
        name = re.match(r"[A-Za-z_]\w*", type_.removeprefix("Optional["))
        if name is None:
            return None
        bound = module.bindings.get(module.root.id, {}).get(name[0], ())
        local = next((b.value for b in bound if b.value is not None and b.value.type == "class_definition"), None)
        if local is not None:
            return Site(module, local)
        item = module.imports.get(name[0])
        target = self._repository.imported(item, module) if item else None
        found = self._tracer.exported(target[0], target[1]) if target and target[1] else ()
        return next((o for o in found if isinstance(o, Site) and o.node.type == "class_definition"), None)

    def _members(self, cls: Site) -> Mapping[str, str]:
        body = cls.node.child_by_field_name("body")
        statements = [c.named_children[0] for c in (body.named_children if body else ()) if c.named_children]
        return {
            cls.module.text(s.child_by_field_name("left")): cls.module.text(s.child_by_field_name("type"))
            for s in statements
            if s.type == "assignment" and s.child_by_field_name("type") is not None
        }


def requested(path: tuple[str, ...]) -> str | None:
    """What a member of a request holds; its envelope (headers, method, ids) is neither text nor identity."""
    if any(_IDENTITY.search(key) for key in path):
        return "identity"
    return None if _ENVELOPE & set(path) else "input"


def _decorator_name(module: Module, decorator: Node) -> str:
    callee = decorator.child_by_field_name("function") if decorator.type == "call" else decorator
    return last_name(module, callee)


def _declared(module: Module, function: Node, name: str) -> tuple[str, str]:
    """The type and the default of a parameter, as written."""
    node = function.child_by_field_name("parameters")
    for child in node.named_children if node else ():
        first = child.child_by_field_name("name") or (child.named_children[0] if child.named_children else child)
        if module.text(first) == name:
            return module.text(child.child_by_field_name("type")), module.text(child.child_by_field_name("value"))
    return "", ""

"""Who calls a function from outside, and what its parameters hold: a request, a model's choice, an identity."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tree_sitter import Node

from prodworks_cli.sources.calls.flows import IDENTITY, INPUT, OUTPUT, Path
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.typescript.repository import Repository
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name, string_of

LAMBDA, ROUTE, TOOL, ACTION, PROCEDURE, NEST = ("lambda", "route", "tool", "action", "procedure", "nest")
_HTTP = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
# Methods of servers and sockets that are given a function that answers requests.
_REGISTERS = words("get post put patch delete all use route ws message command event action shortcut view onRequest")
_SERVERS = re.compile(
    r"(?:app|router|server|api|route|routes|fastify|hono|bot|io|socket|ws|wss|slack\w*|\w*Router)$", re.I
)
_SOCKETS = frozenset({"message", "data", "chat", "prompt", "question", "chat message"})
_PROCEDURES = frozenset({"query", "mutation", "subscription"})
_NEST_METHODS = frozenset({"Get", "Post", "Put", "Patch", "Delete", "All", "SubscribeMessage", "MessagePattern"})
_NEST_INPUTS = frozenset({"Body", "Query", "Param", "MessageBody", "Payload", "UploadedFile"})
# What makes a tool of a function, by the constructor, and the keys or positions under which the function stands.
TOOL_MAKERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("tool", "dynamicTool", "createTool", "defineTool"), ("execute", "callback", "func", "handler", "run")
    ),
    **dict.fromkeys(("DynamicTool", "DynamicStructuredTool", "FunctionTool"), ("func", "execute", "callback")),
    "betaZodTool": ("run",),
}
_TOOL_BASES = re.compile(r"\b(?:Tool|StructuredTool)\b")
_CLOSED_TYPE = re.compile(r"^:?\s*(?:number|boolean|Date|bigint|AbortSignal|null|undefined|['\"])")
_IDENTITY = re.compile(
    r"authorizer|claims|principal|identity|cognito|^user$|currentUser|^auth|tenant|^sub$|^groups?$|^roles?$|^session$"
    r"|^scopes?$|userId$",
    re.IGNORECASE,
)
_ENVELOPE = words(
    """
    headers cookies url nextUrl method ip httpMethod isBase64Encoded requestContext rawPath multiValueHeaders signal
    stageVariables path resource hostname protocol log env res geo cf socket
    """
)
_OTHERS = words("res response reply next context ctx _ _req callback done respond client logger say ack")


class Entries:
    """Classifies functions and the values that reach them from outside."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._known: dict[tuple[str, int], str | None] = {}

    def of(self, module: Module, function: Node) -> str | None:
        """What calls the function: a Lambda event, a route, a model that asks for a tool; or nothing known."""
        key = (module.path, function.id)
        if key not in self._known:
            self._known[key] = self._kind(module, function)
        return self._known[key]

    def _kind(self, module: Module, function: Node) -> str | None:
        if is_tool(module, function):
            return TOOL
        given = self._given_to(module, function)
        if given is not None:
            return given
        name = module.name(function)
        if function.type == "method_definition":
            return NEST if _NEST_METHODS & set(_marks_before(module, function)) else None
        exported = any(
            isinstance(e, Node) and (e.id == function.id or module.text(e) == name)
            for e in self._repository.exports(module).values()
        ) or any(a.type == "export_statement" for a in module.ancestors(function))
        if not exported:
            return None
        parameters = module.parameters(function)
        if name in ("handler", "lambdaHandler") or (
            parameters and parameters[0].name == "event" and len(parameters) < 4
        ):
            return LAMBDA
        if name in (*_HTTP, "loader", "action") or re.search(r"(?:^|/)pages/api/", module.path):
            return ROUTE
        return ACTION if _is_action(module, function) else None

    def _given_to(self, module: Module, function: Node) -> str | None:
        """What the call makes of a function that it is given."""
        above = module.parent(function)
        call = module.parent(above) if above is not None and above.type == "arguments" else None
        callee = callee_of(call) if call is not None and call.type == "call_expression" else None
        if call is None or callee is None or callee.type != "member_expression":
            return None
        name, given = last_name(module, callee), module.arguments(call)
        target = module.text(callee.child_by_field_name("object"))
        if name in _PROCEDURES and re.search(r"rocedure|\.input\(", target):
            return PROCEDURE
        if name == "on" and given and string_of(module, given[0]) in _SOCKETS and len(given) > 1:
            return ACTION
        served = _SERVERS.search(re.sub(r"\(.*", "", target, flags=re.S)) is not None
        return ROUTE if name in _REGISTERS and served else None

    def parameter(self, module: Module, function: Node, name: str, path: Path) -> str | None:
        """What a parameter (or a member of it) of an entry holds: input, identity, output; ``None`` for what is no
        text of a person (a number, a connection, a service that the framework hands in)."""
        kind = self.of(module, function)
        position, type_, marks = _declared(module, function, name)
        if kind is None or _CLOSED_TYPE.match(type_):
            return None
        if kind == TOOL:
            return OUTPUT if position == 0 else None
        if kind == NEST:
            return INPUT if _NEST_INPUTS & marks else requested(path) if "Req" in marks else None
        if kind == ACTION:
            return INPUT if name not in _OTHERS else None
        if name in _OTHERS - {"ctx", "context"} or position > 0:
            return None
        if kind == PROCEDURE:
            return INPUT if path[:1] == ("input",) else IDENTITY if any(_IDENTITY.search(k) for k in path) else None
        return requested(path)


def requested(path: Path) -> str | None:
    """What a member of a request holds; its envelope (headers, method, ids) is neither text nor identity."""
    if any(_IDENTITY.search(key) for key in path):
        return IDENTITY
    return None if _ENVELOPE & set(path) else INPUT


def is_tool(module: Module, function: Node) -> bool:
    """The function runs when a model asks for it."""
    return tool_call(module, function) is not None or _is_tool_method(module, function)


def tool_call(module: Module, function: Node) -> Node | None:
    """The call that makes a tool of a function: by a key of its options, or by its place."""
    above = module.parent(function)
    if above is not None and above.type == "arguments":
        call = module.parent(above)
        first = call is not None and module.arguments(call)[:1] == (function,)
        return call if first and call is not None and _makes_tools(module, call) else None
    holder = above if above is not None and above.type == "pair" else function
    key = holder.child_by_field_name("key") if holder.type == "pair" else function.child_by_field_name("name")
    table = module.parent(holder)
    given = module.parent(table) if table is not None and table.type == "object" else None
    call = module.parent(given) if given is not None and given.type == "arguments" else None
    if call is None or not _makes_tools(module, call):
        return None
    return call if module.text(key) in TOOL_MAKERS[last_name(module, callee_of(call))] else None


def _makes_tools(module: Module, call: Node) -> bool:
    name = last_name(module, callee_of(call))
    return call.type in ("call_expression", "new_expression") and name in TOOL_MAKERS and name in module.imports


def _is_tool_method(module: Module, function: Node) -> bool:
    owner = module.owner(function) if function.type == "method_definition" else None
    if owner is None or module.name(function) not in ("_call", "_run"):
        return False
    heritage = next((c for c in owner.named_children if c.type == "class_heritage"), None)
    return bool(_TOOL_BASES.search(module.text(heritage)))


def _is_action(module: Module, function: Node) -> bool:
    """A server action of Next.js: the file or the function says ``"use server"``."""
    body = function.child_by_field_name("body")
    for place in (module.root, body):
        first = place.named_children[0] if place is not None and place.named_children else None
        if first is not None and first.type == "expression_statement" and "use server" in module.text(first):
            return True
    return False


def _marks_before(module: Module, method: Node) -> list[str]:
    """The decorators of a method, which stand before it in the class."""
    found: list[str] = []
    before = method.prev_named_sibling
    while before is not None and before.type in ("decorator", "comment"):
        found += re.findall(r"^@(\w+)", module.text(before))
        before = before.prev_named_sibling
    return found


def _declared(module: Module, function: Node, name: str) -> tuple[int, str, frozenset[str]]:
    """The position, the type as written, and the decorators of a parameter; for a pattern those of the first."""
    listed = function.child_by_field_name("parameters")
    nodes = [n for n in (listed.named_children if listed is not None else ()) if n.type != "comment"]
    for position, node in enumerate(nodes):
        target = node.child_by_field_name("pattern") or node
        if module.text(target) == name or (not name and target.type == "object_pattern"):
            marks = (c for c in node.named_children if c.type == "decorator")
            return (
                position,
                module.text(node.child_by_field_name("type")),
                frozenset(w for m in marks for w in re.findall(r"^@(\w+)", module.text(m))),
            )
    return 0, "", frozenset()

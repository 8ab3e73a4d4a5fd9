"""Tools that a model may ask for in Java: annotated methods, callbacks of Spring AI, specifications of the AWS SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node as Syntax

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.agent_code import Tool
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.calls.effects import SQL, said, strongest
from prodworks_cli.sources.java.chains import links, root_of
from prodworks_cli.sources.java.entries import TOOL_MARKS
from prodworks_cli.sources.java.logs import level_of
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.response import Body, Responses
from prodworks_cli.sources.java.sinks import sink_of
from prodworks_cli.sources.java.spring import TRACING
from prodworks_cli.sources.java.syntax import Module

MAX_HELPERS = 3
MAX_METHODS = 40
_HOMES = ("org.springframework.ai", "dev.langchain4j", "org.springaicommunity.mcp", "io.quarkiverse.mcp")
_NEEDLES = re.compile(rb"@(?:Tool|McpTool)\b|FunctionToolCallback|MethodToolCallback|ToolSpecification\s*\.\s*builder")
# What a call does by the name of its method, strongest first.
_CALLS = tuple(
    (effect, re.compile(rf"^(?:{names})$"))
    for effect, names in (
        ("money", r"refund|charge|transferFunds|createPayment\w*|pay|payout|placeOrder"),
        ("delete", r"(?:delete|drop|purge|terminate|destroy|truncate|remove)(?:By|All|Item|Object|One|Many)\w*|delete"),
        ("execute", r"sendCommand|startExecution|runCommand"),
        ("message", r"sendEmail|sendRawEmail|sendSms|postMessage|publish|sendMessage|convertAndSend"),
        (
            "write",
            r"save|saveAll|saveAndFlush|persist|merge|insert\w*|updateItem|putItem|putObject|batchWriteItem|update",
        ),
        ("write", r"createIssue|createTicket|writeString|transactWriteItems"),
    )
)
_STORES = re.compile(
    r"[Rr]epository|[Cc]lient|[Tt]emplate|[Ss]ervice|[Mm]apper|[Dd]ao|[Ss]tore|entityManager|Files|dynamo|s3|sns|sqs|ses"
)
_APPROVALS = re.compile(
    r"^(?:request|await|require)(?:Human|User)?(?:Approval|Confirmation)\w*$|^askUser\w*$|^elicit\w*$"
)
_SERVERS = re.compile(r"mcp-server|spring-ai-starter-mcp-server")
SERVED = Unknown("the client of this MCP server asks, or does not ask, before it runs the tool")
OUTSIDE = Unknown("the dispatcher is outside the repository")


class Tools:
    """Finds tools. ``unsafe`` names the methods in which an argument of a tool reaches an interpreter."""

    def __init__(self, repository: Repository, responses: Responses, unsafe: frozenset[tuple[str, int]]) -> None:
        self._repository = repository
        self._responses = responses
        self._unsafe = unsafe
        self._names = Names()

    def drafts(self) -> Iterator[Draft]:
        """All of them, by file and line."""
        for module in self._repository.matching(_NEEDLES):
            for method in module.of_type("method_declaration"):
                mark = next((m for n, m in module.annotations(method) if n in TOOL_MARKS), None)
                if mark is not None and _is_framework(module, module.name(mark)):
                    yield self._method(module, method, mark)
            for call in module.of_type("method_invocation"):
                if module.name(call) == "build":
                    yield from self._built(module, call)

    def _method(self, module: Module, method: Syntax, mark: Syntax) -> Draft:
        given = re.search(r"\bname\s*=\s*\"([^\"]+)\"", module.text(mark))
        name = given[1] if given else module.name(method)
        body = Body(module, method)
        served = module.name(mark) == "McpTool" or _SERVERS.search(self._manifest(module))
        known: dict[str, Drafted] = {
            "effect": self._effect(body, name),
            "dispatch": "registry",
            "arguments_validated": (module.path, method.id) not in self._unsafe,
            "confirmation": self._confirmation(body) or (SERVED if served else "none"),
            "recorded": self._recorded(body),
        }
        return self._draft(module, method, name, known)

    def _built(self, module: Module, call: Syntax) -> Iterator[Draft]:
        """``FunctionToolCallback.builder("name", function)`` and ``ToolSpecification.builder().name("name")``."""
        made = module.text(root_of(call))
        chain = dict(links(module, call))
        if made in ("FunctionToolCallback", "MethodToolCallback"):
            given = module.arguments(chain["builder"]) if "builder" in chain else ()
            name = module.string(given[0]) if given else None
            known: dict[str, Drafted] = {
                "effect": said(name or ""),
                "dispatch": "registry",
                "arguments_validated": True,
                "confirmation": "none",
                "recorded": self._traced(module) or OUTSIDE,
            }
            yield self._draft(module, call, name or "", known)
        elif made == "ToolSpecification" and "name" in chain and "inputSchema" in chain:
            given = module.arguments(chain["name"])
            name = module.string(given[0]) if given else None
            handler = self._handler(name) if name else None
            described: dict[str, Drafted] = {
                "effect": self._effect(handler, name or "") if handler else said(name or ""),
                "dispatch": "registry" if handler else OUTSIDE,
                "arguments_validated": Unknown("how the arguments are checked is not analysed for this form"),
                "confirmation": (self._confirmation(handler) or "none") if handler else OUTSIDE,
                "recorded": self._recorded(handler) if handler else OUTSIDE,
            }
            yield self._draft(module, call, name or "", described)

    def _handler(self, name: str) -> Body | None:
        """The code that runs for a name: a case, a comparison, or a method of that name."""
        for module, word in self._repository.words(name):
            above = next(
                (a for a in module.ancestors(word) if a.type in ("switch_rule", "switch_block_statement_group")), None
            )
            label = next((c for c in above.children if c.type == "switch_label"), None) if above is not None else None
            if above is not None and label is not None and label.start_byte <= word.start_byte < label.end_byte:
                return Body(module, above)
            branch = next((a for a in module.ancestors(word) if a.type == "if_statement"), None)
            test = branch.child_by_field_name("condition") if branch is not None else None
            body = branch.child_by_field_name("consequence") if branch is not None else None
            if test is not None and body is not None and test.start_byte <= word.start_byte < test.end_byte:
                return Body(module, body)
            method = module.parent(word)
            if (
                method is not None
                and method.type == "method_declaration"
                and method.child_by_field_name("name") == word
            ):
                return Body(module, method)
        return None

    def _reached(self, tool: Body) -> list[Body]:
        """The code of the tool and the methods of the repository that it calls, a few steps deep."""
        found = {(tool.module.path, tool.node.id): tool}
        fresh = [tool]
        for _ in range(MAX_HELPERS):
            called = [
                b
                for f in fresh
                for call in f.module.below(f.node, "method_invocation")
                for b in self._responses.entered(f.module, call)
            ]
            fresh = [b for b in called if (b.module.path, b.node.id) not in found][:MAX_METHODS]
            found.update(((b.module.path, b.node.id), b) for b in fresh)
        return list(found.values())

    def _effect(self, tool: Body, name: str) -> str | Unknown:
        return strongest({e for body in self._reached(tool) for e in _effects(body)}, name)

    def _confirmation(self, tool: Body) -> str | None:
        calls = ((b.module, c) for b in self._reached(tool) for c in b.module.below(b.node, "method_invocation"))
        return "user_confirmation" if any(_APPROVALS.match(m.name(c)) for m, c in calls) else None

    def _recorded(self, tool: Body) -> bool:
        bodies = self._reached(tool)
        logged = (level_of(b.module, c) for b in bodies for c in b.module.below(b.node, "method_invocation"))
        return (
            self._traced(tool.module)
            or any(level not in (None, "debug") for level in logged)
            or self._responses.instrumented(bodies)
        )

    def _traced(self, module: Module) -> bool:
        """Spring AI observes each tool call; a tracing bridge exports what it sees."""
        return any(i.startswith("org.springframework.ai.") for i in module.imports) and bool(
            TRACING.search(self._manifest(module))
        )

    def _manifest(self, module: Module) -> str:
        return self._repository.manifest(self._repository.folder(module.path))

    def _draft(self, module: Module, node: Syntax, name: str, known: dict[str, Drafted]) -> Draft:
        shown = Node(name or Unknown("the name is given when the program runs"), module.at(node))
        everything: dict[str, Drafted] = {"name": shown, "host_execution": False, **known}
        return Draft(Tool, module.at(node), everything, self._names.of(f"{module.path}:{name or 'unnamed tool'}"))


def _is_framework(module: Module, mark: str) -> bool:
    return any(i.startswith(_HOMES) and (i.endswith(f".{mark}") or i.endswith(".*")) for i in module.imports)


def _effects(body: Body) -> Iterator[str]:
    module = body.module
    for call in module.below(body.node, "method_invocation"):
        target = module.text(call.child_by_field_name("object"))
        name = module.name(call)
        yield from (effect for effect, pattern in _CALLS if pattern.match(name) and _STORES.search(target[-60:]))
        if (
            name in ("post", "put", "patch", "delete")
            and re.search(r"[Rr]est[Cc]lient|[Ww]eb[Cc]lient|http", target)
            and not _is_query(module, call)
        ):
            yield "delete" if name == "delete" else "write"
        if name.startswith(("postFor", "exchange")) and "estTemplate" in target and not _is_query(module, call):
            yield "write" if name.startswith("postFor") else "read"
        sink = sink_of(module, call)
        if sink is not None and sink[0] in ("shell", "exec"):
            yield "execute"
        if sink is not None and sink[0] == "sql":
            texts = [module.string(n) or "" for n in sink[1]]
            yield from (effect for effect, pattern in SQL for text in texts if pattern.match(text))
    for made in module.below(body.node, "object_creation_expression"):
        if sink_of(module, made) is not None:
            yield "execute"


def _is_query(module: Module, call: Syntax) -> bool:
    """A POST that asks: GraphQL, search and token endpoints."""
    return bool(
        re.search(r"graphql|search|query|token|oauth", module.text(module.parent(call) or call)[:600], re.IGNORECASE)
    )

"""What the code of a tool does to the world: it reads, writes, deletes, pays, sends or executes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.calls.effects import SQL, strongest
from prodworks_cli.sources.typescript.kinds import FUNCTIONS
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.sinks import sink_of
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name, string_of
from prodworks_cli.sources.typescript.trace import Tracer

MAX_HELPERS = 3
MAX_FUNCTIONS = 40
# What a call, or a command of the AWS SDK, does by its name, strongest first.
_CALLS = tuple(
    (effect, re.compile(rf"^(?:{names})$"))
    for effect, names in (
        ("money", r"refunds?|charge|transferFunds|createPayment\w*|pay|payout|capturePayment|placeOrder"),
        (
            "delete",
            r"(?:delete|drop|purge|terminate|destroy|rm|unlink|truncate)(?:[A-Z]\w*|Sync)?|(?:Delete|Terminate|BatchDelete|Purge)\w+Command",
        ),
        ("execute", r"(?:SendCommand|StartExecution|Invoke)Command|runCommand|startExecution"),
        (
            "message",
            r"sendEmail|sendMail|sendSms|postMessage|sendMessage|publish|(?:Send(?:Raw|Templated|Bulk)?Email|Publish)Command|SendMessageCommand",
        ),
        ("write", r"(?:Put|Update|Create|BatchWrite|TransactWrite|Copy|Upload|Start|Stop|Modify)(?!.*Query)\w*Command"),
        (
            "write",
            r"insertOne|insertMany|updateOne|updateMany|create|createMany|update|upsert|save|insert|putObject|putItem|updateItem",
        ),
        ("write", r"writeFile(?:Sync)?|appendFile(?:Sync)?|mkdir(?:Sync)?|copyFile|createIssue|createTicket"),
    )
)
_DATABASE = re.compile(
    r"prisma|\bdb\b|database|repository|Repo$|collection|model|table|client|store|dynamo|ddb|s3|ses|sns|fs$|stripe",
    re.I,
)
_HTTP = {"post": "write", "put": "write", "patch": "write", "delete": "delete"}
_HTTP_HOMES = re.compile(r"(?:^|\.)(?:axios|got|ky|http|https|\w*[cC]lient|api)$")


class Effects:
    """Tells effects from the code of a tool and of the functions that it calls, else from its name."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._reached: dict[tuple[str, int], tuple[Site, ...]] = {}

    def of(self, tool: Site, name: str) -> str | Unknown:
        """The effect of a function (or a block) that runs for a tool."""
        return strongest({e for site in self.reached(tool) for e in _effects(site)}, name)

    def reached(self, tool: Site) -> tuple[Site, ...]:
        """The code of the tool and the functions of the repository that it calls, a few steps deep."""
        if tool.key not in self._reached:
            self._reached[tool.key] = self._reach(tool)
        return self._reached[tool.key]

    def _reach(self, tool: Site) -> tuple[Site, ...]:
        found = {tool.key: tool}
        fresh = [tool]
        for _ in range(MAX_HELPERS):
            called = {h.key: Site(h.module, h.node) for s in fresh for h in self._called(s) if h.key not in found}
            fresh = list(called.values())[: max(MAX_FUNCTIONS - len(found), 0)]
            found.update((s.key, s) for s in fresh)
        return tuple(found.values())

    def _called(self, site: Site) -> Iterator[Site]:
        for call in site.module.below(site.node, "call_expression"):
            if not _is_handed_in(site.module, site.node, call):
                yield from self._tracer.callees(Site(site.module, call))


def _is_handed_in(module: Module, scope: Node, call: Node) -> bool:
    """The function, or the object that has it, is a parameter of the code that calls it."""
    root = re.split(r"[.?(\[]", module.text(callee_of(call)), maxsplit=1)[0]
    return scope.type in FUNCTIONS and any(p.name == root for p in module.parameters(scope))


def _effects(site: Site) -> Iterator[str]:
    for node in site.module.below(site.node, "call_expression", "new_expression"):
        yield from _effects_of_call(site.module, node)


def _effects_of_call(module: Module, node: Node) -> Iterator[str]:
    callee = callee_of(node)
    name = last_name(module, callee)
    if callee is None or not name:
        return
    home = module.text(callee.child_by_field_name("object")) if callee.type == "member_expression" else ""
    command = node.type == "new_expression" and name.endswith("Command")
    for effect, pattern in _CALLS:
        if pattern.match(name) and (
            command or _DATABASE.search(home[-60:]) or (home and effect in ("money", "message"))
        ):
            yield effect
    if name in _HTTP and _HTTP_HOMES.search(home) and not _is_query(module, node):
        yield _HTTP[name]
    if name == "fetch" and not home and not _is_query(module, node):
        method = re.search(r"method\s*:\s*['\"](\w+)['\"]", module.text(node)[:1_000])
        yield from [_HTTP[method[1].lower()]] if method and method[1].lower() in _HTTP else []
    sink = sink_of(module, node)
    if sink is not None and sink[0] in ("exec", "shell", "eval"):
        yield "execute"
    if sink is not None and sink[0] == "sql":
        texts = [string_of(module, n) or module.text(n).strip("`") for n in sink[1]]
        yield from (effect for effect, pattern in SQL for text in texts if pattern.match(text))


def _is_query(module: Module, node: Node) -> bool:
    """A POST that asks: GraphQL, search and token endpoints."""
    return bool(re.search(r"graphql|search|query|token|oauth|_msearch", module.text(node)[:400], re.IGNORECASE))

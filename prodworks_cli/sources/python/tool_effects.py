"""What a tool does to the world: it reads, writes, deletes, pays, sends or executes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.resources.effects import named_effect
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import last_name
from prodworks_cli.sources.python.sinks import sink_of
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.trace import Tracer

MAX_HELPERS = 3
NOT_TOLD = Unknown("the effect of the tool cannot be told from its source")
# What a call does by the name of its method, strongest first.
_CALLS = tuple(
    (effect, re.compile(rf"^(?:{names})$"))
    for effect, names in (
        ("money", r"refund|charge|transfer_funds|create_payment\w*|pay|payout|capture_payment|place_order"),
        ("delete", r"(?:delete|drop|purge|terminate|destroy|rmtree|batch_delete|revoke)(?:_\w+)?|unlink"),
        ("execute", r"run_command|send_command|start_execution|execute_command|invoke_function"),
        ("message", r"send_(?:raw_|templated_|bulk_)?email|sendmail|publish|send_sms|chat_postMessage|send_message"),
        ("message", r"send_text_message|send_notification"),
        ("write", r"put_item|put_object|update_item|batch_write_item|upload_file(?:obj)?|copy_object|write_text"),
        ("write", r"write_bytes|insert_one|insert_many|update_one|add_documents|put_record\w*|create_ticket"),
        ("write", r"create_issue|start_instances|stop_instances|modify_\w+|transact_write_items|put_events"),
    )
)
_HTTP = {"post": "write", "put": "write", "patch": "write", "delete": "delete"}
_HTTP_HOMES = re.compile(r"(?:^|\.)(?:requests|httpx|session|http|http_client|client)$")
_SQL = (
    ("delete", re.compile(r"^\s*(?:DELETE|DROP|TRUNCATE)\b", re.IGNORECASE)),
    ("write", re.compile(r"^\s*(?:INSERT|UPDATE|MERGE|ALTER|CREATE)\b", re.IGNORECASE)),
)
_SANDBOX = (b"CodeInterpreter", b"code_interpreter_client", b"code_session(")
_ORDER = ("money", "delete", "execute", "message", "write")


class Effects:
    """Tells effects from the code of a tool and of the functions that it calls, else from its name."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._known: dict[object, Sequence[Site]] = {}
        self._of_code: dict[int, frozenset[str]] = {}

    def of(self, tool: Site, name: str) -> str | Unknown:
        """The effect of a function (or a block) that runs for a tool."""
        reached = self.reached(tool)
        found = frozenset().union(*map(self._effects, reached))
        if any(site.module.holds(*_SANDBOX) for site in reached):
            # What runs in the sandbox of AgentCore touches nothing outside it.
            return next((e for e in ("money", "delete", "message") if e in found), "read")
        strongest = next((effect for effect in _ORDER if effect in found), None)
        said = self.named(name)
        if strongest == "write" and said == "read":
            return Unknown("it is named like a tool that reads, and writes something")
        if strongest is not None:
            return strongest
        return said

    def _effects(self, site: Site) -> frozenset[str]:
        """The effects of the calls in a site; sought once, since tools share what they call."""
        key = site.node.id
        if key not in self._of_code:
            calls = site.module.below(site.node, "call")
            self._of_code[key] = frozenset(e for call in calls for e in _effects_of_call(site.module, call))
        return self._of_code[key]

    def named(self, name: str) -> str | Unknown:
        """The effect that a name says."""
        return named_effect(name) or NOT_TOLD

    def reached(self, tool: Site) -> tuple[Site, ...]:
        """The code of the tool and the functions of the repository that it calls, a few steps deep."""
        found, fresh = [tool], [tool]
        for _ in range(MAX_HELPERS):
            called = [h for site in fresh for h in self._helpers(site)]
            known = {(s.module.path, s.node.id) for s in found}
            fresh = list({(h.module.path, h.node.id): h for h in called}.values())
            fresh = [h for h in fresh if (h.module.path, h.node.id) not in known]
            found += fresh
        return tuple(found)

    def _helpers(self, site: Site) -> Sequence[Site]:
        """The functions that a site calls; sought once, since tools share them."""
        if site.key not in self._known:
            self._known[site.key] = tuple(self._called(site))
        return self._known[site.key]

    def _called(self, site: Site) -> Iterator[Site]:
        for node in site.module.below(site.node, "call"):
            function = node.child_by_field_name("function")
            callee = self._tracer.callee(site.to(node), function) or self._only_one(site.module, function)
            if callee is not None and callee.node.type == "function_definition":
                yield Site(callee.module, callee.node)

    def _only_one(self, module: Module, function: Node | None) -> Site | None:
        """The method of an object that is not followed, where the repository defines one of that name only."""
        name = last_name(module, function)
        repository = self._tracer.repository
        if function is None or function.type != "attribute" or repository.definitions_named(name) != 1:
            return None
        for other in repository.containing(f"def {name}(".encode()):
            for found in other.of_type("function_definition"):
                if other.name(found) == name:
                    return Site(other, found)
        return None


def _effects_of_call(module: Module, node: Node) -> Iterator[str]:
    callee = node.child_by_field_name("function")
    if callee is None:
        return
    name = last_name(module, callee)
    home = module.text(callee.child_by_field_name("object")) if callee.type == "attribute" else ""
    given = module.arguments(node)
    yield from (effect for effect, pattern in _CALLS if home and pattern.match(name))
    if name in _HTTP and _HTTP_HOMES.search(home) and not _is_query(module, node):
        yield _HTTP[name]
    sink = sink_of(module, node)
    if sink is not None and sink[0] in ("exec", "shell"):
        yield "execute"
    if sink is not None and sink[0] == "sql":
        texts = [module.text(n).lstrip("frbFRB").strip("\"'") for n in sink[1]]
        yield from (effect for effect, pattern in _SQL for text in texts if pattern.match(text))
    mode = given.get("mode", 1) if name == "open" and not home else None
    if mode is not None and mode.type == "string" and module.text(mode).strip("\"'")[:1] in ("w", "a", "x"):
        yield "write"


def _is_query(module: Module, node: Node) -> bool:
    """A POST that asks: GraphQL, search and token endpoints."""
    return bool(re.search(r"graphql|search|query|token|oauth|_msearch", module.text(node)[:400], re.IGNORECASE))

"""The settings of the clients that calls go through: region, endpoint, timeouts and retries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import tree_sitter

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.model_calls import ModelClient
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import NOT_ANALYSED, Names
from prodworks_cli.sources.content import OPEN, member, merged
from prodworks_cli.sources.trees import inside
from prodworks_cli.sources.typescript.libraries import AGENTCORE, AGENTS
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.sites import CallSite, service_of
from prodworks_cli.sources.typescript.syntax import Module, callee_of, last_name
from prodworks_cli.sources.typescript.values import Values

# Functions and packages that try a function again, by the name of what is called.
RETRIERS = frozenset({"pRetry", "retry", "withRetry", "backOff", "retryAsync", "asyncRetry", "retryWithBackoff"})
# Attempts in all when the code sets none: the AWS SDK's standard mode, and two retries in the others.
ATTEMPTS = 3


def _name(client: Site) -> str:
    """A name for a client that does not change with line numbers."""
    module, node = client.module, client.node
    above = module.parent(node)
    while above is not None and above.type in ("await_expression", "parenthesized_expression", "as_expression"):
        above = module.parent(above)
    named = above.child_by_field_name("name") or above.child_by_field_name("left") if above is not None else None
    holds = above is not None and above.type in ("variable_declarator", "assignment_expression")
    known = named is not None and holds and node.type == "new_expression"
    name = module.text(named) if known else module.text(callee_of(node))
    return f"{module.path}:{module.qualified(node)} {name[:80]}"


class Clients:
    """Describes each client that calls go through, once."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._names = Names()
        self._identities: dict[tuple[str, int], str] = {}

    def identity(self, client: Site) -> str:
        """The client's name, which differs from that of any other client."""
        if client.key not in self._identities:
            self._identities[client.key] = self._names.of(_name(client))
        return self._identities[client.key]

    def drafts(self, calls: Sequence[CallSite]) -> list[Draft]:
        """The clients of calls with the settings that the calls themselves override."""
        grouped: dict[str, list[CallSite]] = {}
        for call in calls:
            if isinstance(call.client, Site):
                grouped.setdefault(self.identity(call.client), []).append(call)
        return [self._draft(identity, found) for identity, found in grouped.items()]

    def _draft(self, identity: str, calls: list[CallSite]) -> Draft:
        first = calls[0]
        client = first.client
        if not isinstance(client, Site):
            raise TypeError("a client that is not known has no draft")
        here = client.module.at(client.node)
        made = [self._settings(call, call.client) for call in calls if isinstance(call.client, Site)]
        settings = {name: Node(merged([m[name].content for m in made]), made[0][name].location) for name in made[0]}
        bounded = [self._bound(call) for call in calls]
        if not settings["read_timeout"].present and all(b.present for b in bounded):
            settings["read_timeout"] = bounded[0]
        attributes: dict[str, Drafted] = {
            "service": service_of(client) or _service(first),
            **settings,
            "outer_retries": _outer_retries(calls),
            "host": NOT_ANALYSED,
        }
        return Draft(ModelClient, here, attributes, identity)

    def _settings(self, call: CallSite, client: Site) -> dict[str, Node]:
        here = client.module.at(client.node)
        given = self._options(call, client)
        if call.library == "aws":
            return _aws(given, _Handler(self._values, client).of(given), self._version_two(client), here)
        base = member(given, "baseURL")
        retries = member(given, "maxRetries")
        counted = retries.map(lambda n: n + 1 if isinstance(n, int) else n)
        silent = not retries.present and call.library != "http"
        return {
            "region": member(given, "awsRegion") if call.library == "client" else member(given, "region"),
            "endpoint": base if base.location.where else Node(base.content, here),
            "connect_timeout": Node(None, here),
            "read_timeout": _seconds(member(given, "timeout")),
            "max_attempts": Node(ATTEMPTS, here) if silent else counted,
            "retry_mode": Node("standard" if call.library != "http" else None, here),
        }

    def _options(self, call: CallSite, client: Site) -> Mapping[str, Node]:
        """The options of a constructor; for the AI SDK and plain HTTP those of the call itself."""
        arguments = client.module.arguments(client.node)
        position = 1 if call.library == "http" else 0
        if position >= len(arguments):
            return {}
        value = self._values.of(client.to(arguments[position]))
        if isinstance(value.content, Mapping):
            return value.content
        reason = value.unknown.reason if value.unknown else "the client's options are not written out"
        return {OPEN: Node(Unknown(reason), value.location)}

    def _version_two(self, client: Site) -> bool:
        """The SDK's second version, whose retries are set in another way."""
        root = client.module.text(callee_of(client.node)).partition(".")[0]
        item = client.module.imports.get(root)
        return item is not None and item.module.startswith("aws-sdk")

    def _bound(self, call: CallSite) -> Node:
        """A time limit that the call itself sets: an abort signal or a request timeout."""
        module, here = call.site.module, call.site.module.at(call.site.node)
        own = module.arguments(call.site.node)[:2] if call.library != "aws" else ()
        parts = [p for n in (call.options, *own) if n for p in inside(n, "function_expression", "arrow_function")]
        for part in parts:
            given = module.arguments(part) if part.type == "call_expression" else ()
            if given and module.text(callee_of(part)) == "AbortSignal.timeout":
                limit = _seconds(self._values.of(call.site.to(given[0])))
                return limit if limit.unknown is None else Node(Unknown(limit.unknown.reason, True), here)
        signal = next((p for p in parts if _sets(module, p, "abortSignal", "signal", "requestTimeout")), None)
        said = Unknown("the time limit is set by the caller", present=True)
        return Node(said, module.at(signal)) if signal is not None else Node(None, here)


class _Handler:
    """The request handler of an AWS client: an options object or a ``NodeHttpHandler``."""

    def __init__(self, values: Values, client: Site) -> None:
        self._values = values
        self._client = client

    def of(self, given: Mapping[str, Node]) -> Node:
        """The handler's options; absent without one."""
        node = member(given, "requestHandler")
        if node.unknown is None:
            return node
        arguments = self._client.module.arguments(self._client.node)
        found = self._values.tracer.members.of(self._object(arguments[0]), "requestHandler") if arguments else ()
        for origin in found:
            for end in self._values.tracer.sites(origin) if isinstance(origin, Site) else ():
                if end.node.type == "new_expression":
                    options = end.module.arguments(end.node)
                    return self._values.of(end.to(options[0])) if options else Node({}, node.location)
        return node

    def _object(self, argument: tree_sitter.Node) -> Site:
        found = self._values.tracer.sites(self._client.to(argument))
        return found[0] if found else self._client.to(argument)


def _aws(given: Mapping[str, Node], handler: Node, old: bool, here: object) -> dict[str, Node]:
    absent = Node(None, member(given, "region").location)
    options = handler.content
    if handler.unknown is not None:
        connect = read = Node(Unknown(handler.unknown.reason), handler.location)
    elif old:
        http = member(given, "httpOptions")
        connect, read = http["connectTimeout"], http["timeout"]
    else:
        held = options if isinstance(options, Mapping) else {}
        read = next((n for k in ("requestTimeout", "socketTimeout") if (n := member(held, k)).present), absent)
        connect = member(held, "connectionTimeout")
    retries = member(given, "maxRetries").map(lambda n: n + 1 if isinstance(n, int) else n)
    attempts = retries if old else member(given, "maxAttempts")
    mode = member(given, "retryMode")
    strategy = member(given, "retryStrategy")
    if strategy.present:
        attempts = mode = Node(Unknown("the retry strategy is not analysed"), strategy.location)
    elif not mode.present and not old:
        mode = Node("standard", mode.location)
    return {
        "region": member(given, "region"),
        "endpoint": member(given, "endpoint"),
        "connect_timeout": _seconds(connect),
        "read_timeout": _seconds(read),
        "max_attempts": attempts,
        "retry_mode": mode,
    }


def _seconds(node: Node) -> Node:
    """Milliseconds as seconds. Zero is no limit."""
    if isinstance(node.content, int | float) and not isinstance(node.content, bool):
        return Node(node.content / 1000 if node.content else None, node.location)
    return node


def _sets(module: Module, node: tree_sitter.Node, *names: str) -> bool:
    if node.type == "shorthand_property_identifier":
        return module.text(node) in names
    return node.type == "pair" and module.text(node.child_by_field_name("key")) in names


def _service(call: CallSite) -> str:
    return (
        call.endpoint
        if call.endpoint in (AGENTS, AGENTCORE)
        else {"ai": "ai-sdk", "http": "http"}.get(call.library, call.provider)
    )


def _outer_retries(calls: Sequence[CallSite]) -> Drafted:
    """Attempts of a function around the calls that tries again; absent where there is none."""
    for call in calls:
        module = call.site.module
        for above in module.ancestors(call.site.node):
            if above.type == "call_expression" and last_name(module, callee_of(above)) in RETRIERS:
                return Unknown("the attempts of the retrying function are not analysed", present=True)
    return None

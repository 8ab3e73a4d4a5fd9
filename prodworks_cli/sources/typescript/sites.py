"""Where the code calls a model: AWS SDKs, the Vercel AI SDK, OpenAI and Anthropic clients, plain HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from prodworks_cli.model import Unknown
from prodworks_cli.sources.typescript.kinds import FUNCTIONS, TRANSPARENT
from prodworks_cli.sources.typescript.libraries import (
    AI_SDK,
    CLIENT_METHODS,
    CLIENTS,
    DEFAULTS,
    HTTP_CALLS,
    LITERALS,
    METHODS,
    NEEDLES,
    OPERATIONS,
    SAGEMAKER,
    SERVICES,
)
from prodworks_cli.sources.typescript.places import Site
from prodworks_cli.sources.typescript.syntax import callee_of, last_name
from prodworks_cli.sources.typescript.trace import Tracer


@dataclass(frozen=True)
class CallSite:
    """One model call. ``site`` is the expression whose value is the response, ``request`` the argument that holds the
    request; ``client`` is the expression that makes the client, or says why it is not known."""

    site: Site
    library: str
    api: str
    endpoint: str
    request: Site | None
    client: Site | Unknown
    provider: str = "bedrock"
    options: Node | None = None


class Finder:
    """Finds the model calls of a repository."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def calls(self) -> Iterator[CallSite]:
        """All model calls, by file and line."""
        for module in self._tracer.repository.matching(NEEDLES, *LITERALS):
            for node in module.of_type("new_expression", "call_expression"):
                site = Site(module, node)
                found = self._command(site) if node.type == "new_expression" else self._call(site)
                if found is not None:
                    yield found

    def _command(self, site: Site) -> CallSite | None:
        """``new ConverseCommand(...)``, where it is sent."""
        name = last_name(site.module, callee_of(site.node)).removesuffix("Command")
        written = last_name(site.module, callee_of(site.node))
        if name not in OPERATIONS or written == name or not self._from(site, "@aws-sdk/", written):
            return None
        given = site.module.arguments(site.node)
        sent = self._sent(site)
        send, client = sent if sent is not None else (site, None)
        options = send.module.arguments(send.node)[1:2] if send is not site else ()
        return CallSite(
            Site(send.module, send.node),
            "aws",
            snake(name),
            OPERATIONS[name],
            site.to(given[0]) if given else None,
            self._client(client, OPERATIONS[name]) if client else Unknown("where the command is sent is not followed"),
            "sagemaker" if OPERATIONS[name] == SAGEMAKER else "bedrock",
            options[0] if options else None,
        )

    def _from(self, site: Site, prefix: str, name: str) -> bool:
        """The name is imported from a package of the prefix, or its origin is not told."""
        callee = callee_of(site.node)
        root = site.module.text(callee).partition(".")[0]
        item = site.module.imports.get(root)
        return (
            item.module.startswith(prefix)
            if item is not None
            else root not in site.module.bindings.get(site.module.root.id, {})
        )

    def _sent(self, command: Site) -> tuple[Site, Site] | None:
        """The call that sends a command, and its client: directly, through a variable or through a helper."""
        module = command.module
        holder, node = module.parent(command.node), command.node
        while holder is not None and holder.type in TRANSPARENT:
            node, holder = holder, module.parent(holder)
        if holder is not None and holder.type == "arguments":
            return self._passed(command.to(node), module.parent(holder))
        if holder is None or holder.type not in ("variable_declarator", "assignment_expression"):
            return None
        name = module.text(holder.child_by_field_name("name") or holder.child_by_field_name("left"))
        scope = next((a for a in module.ancestors(holder) if a.type in FUNCTIONS), module.root)
        for call in module.below(scope, "call_expression"):
            given = module.arguments(call)[:2]
            argument = next((g for g in given if module.text(g) == name), None)
            found = self._passed(command.to(argument), call) if argument is not None else None
            if found is not None:
                return found
        return None

    def _passed(self, argument: Site, call: Node | None) -> tuple[Site, Site] | None:
        """The sending call when ``call`` sends the argument itself or hands it to a helper that does."""
        module = argument.module
        callee = callee_of(call) if call is not None and call.type == "call_expression" else None
        if call is None or callee is None:
            return None
        target = callee.child_by_field_name("object")
        if last_name(module, callee) == "send" and target is not None:
            return argument.to(call), argument.to(target)
        position = next((i for i, a in enumerate(module.arguments(call)) if a.id == argument.node.id), 0)
        for function in self._tracer.callees(argument.to(call)):
            sender = self._sender(function, position)
            if sender is not None:
                return argument.to(call), sender
        return None

    def _sender(self, function: Site, position: int) -> Site | None:
        """The client with which a helper sends the command that it is given."""
        module = function.module
        names = {p.name for p in module.parameters(function.node) if p.position == position and not p.path}
        for call in module.of_type("call_expression"):
            inner = function.node.start_byte <= call.start_byte and call.end_byte <= function.node.end_byte
            callee = callee_of(call)
            if inner and last_name(module, callee) == "send" and callee is not None:
                given = module.arguments(call)
                target = callee.child_by_field_name("object")
                if given and module.text(given[0]) in names and target is not None:
                    return function.to(target)
        return None

    def _client(self, target: Site, service: str) -> Site | Unknown:
        found = self._tracer.origins(target)
        made = [o for o in found if isinstance(o, Site) and service_of(o) == service]
        if made:
            return made[0]
        reason = next((o.reason for o in found if isinstance(o, Unknown)), None)
        return Unknown(reason or "the client is made elsewhere")

    def _call(self, site: Site) -> CallSite | None:
        callee = callee_of(site.node)
        name = last_name(site.module, callee)
        if callee is None:
            return None
        if callee.type == "identifier" or name in AI_SDK:
            found = self._ai_sdk(site)
            if found is not None:
                return found
        if name in METHODS and callee.type == "member_expression":
            return self._method(site, callee, METHODS[name])
        written = re.sub(r"\s|\?(?=\.)|!(?=\.)", "", site.module.text(callee))
        if written.endswith(CLIENT_METHODS):
            return self._model_client(site, callee, written)
        return self._http(site) if HTTP_CALLS.match(written) else None

    def _ai_sdk(self, site: Site) -> CallSite | None:
        module, callee = site.module, module_text(site)
        item = module.imports.get(callee.partition(".")[0])
        if item is None or item.module not in ("ai", "ai/rsc"):
            return None
        name = callee.rpartition(".")[2] if item.name == "*" else item.name
        given = module.arguments(site.node)
        if name not in AI_SDK or not given:
            return None
        return CallSite(site, "ai", name, "", site.to(given[0]), site, "")

    def _method(self, site: Site, callee: Node, operation: str) -> CallSite | None:
        """``client.converse({...})`` of the aggregated client, or of the SDK's second version."""
        target = callee.child_by_field_name("object")
        service = OPERATIONS[operation]
        if target is None:
            return None
        client = next((o for o in self._tracer.sites(site.to(target)) if service_of(o) == service), None)
        if client is None:
            return None
        given = site.module.arguments(site.node)
        provider = "sagemaker" if service == SAGEMAKER else "bedrock"
        request = site.to(given[0]) if given else None
        return CallSite(site, "aws", snake(operation), service, request, client, provider)

    def _model_client(self, site: Site, callee: Node, written: str) -> CallSite | None:
        """``client.chat.completions.create({...})`` of an OpenAI or Anthropic client."""
        method = next(m for m in sorted(CLIENT_METHODS, key=len, reverse=True) if written.endswith(m))
        target: Node | None = callee
        for _ in range(method.count(".") + 1):
            target = target.child_by_field_name("object") if target is not None else None
        if target is None:
            return None
        client = next((o for o in self._tracer.sites(site.to(target)) if client_provider(o)), None)
        if client is None:
            return None
        given = site.module.arguments(site.node)
        request = site.to(given[0]) if given else None
        return CallSite(
            site, "client", method, "", request, client, client_provider(client), given[1] if given[1:] else None
        )

    def _http(self, site: Site) -> CallSite | None:
        given = site.module.arguments(site.node)
        return CallSite(site, "http", "http", "", site.to(given[0]), site, "") if given else None


def service_of(origin: Site) -> str | None:
    """The service whose client a ``new`` expression makes."""
    if origin.node.type != "new_expression":
        return None
    return SERVICES.get(last_name(origin.module, callee_of(origin.node)))


def client_class(origin: Site) -> str:
    """The class of a client of OpenAI, Anthropic and the like that a ``new`` expression makes; empty for others."""
    name = last_name(origin.module, callee_of(origin.node)) if origin.node.type == "new_expression" else ""
    item = origin.module.imports.get(name)
    known = DEFAULTS.get(item.module, "") if item is not None and item.name == "default" else ""
    exported = item.name if item is not None and item.name in CLIENTS else name
    return known or (exported if exported in CLIENTS else "")


def client_provider(origin: Site) -> str:
    """The provider whose client a ``new`` expression makes; empty for anything else."""
    return CLIENTS.get(client_class(origin), "")


def module_text(site: Site) -> str:
    """The function of a call as written."""
    return site.module.text(callee_of(site.node))


def snake(name: str) -> str:
    """``ConverseStream`` as the API is called elsewhere: ``converse_stream``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

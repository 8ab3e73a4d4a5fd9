"""MCP servers in Python: those that clients of every framework connect to, and those that the program serves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Draft
from prodworks_cli.sources import mcp
from prodworks_cli.sources.calls.drafts import Names
from prodworks_cli.sources.content import OPEN, member
from prodworks_cli.sources.parts import words
from prodworks_cli.sources.python.frameworks import evaluated
from prodworks_cli.sources.python.places import Site
from prodworks_cli.sources.python.repository import Repository, last_name
from prodworks_cli.sources.python.syntax import Module
from prodworks_cli.sources.python.values import Values

_WORDS = (b"mcp", b"MCP")
_IMPORT = re.compile(rb"(?:from|import)[ \t]+[\w.]{0,60}mcp|import[ \t(][^\n]{0,200}\b\w{0,40}(?:mcp|MCP)|mcp_servers")
# Processes by the class or function that starts them: mcp, pydantic-ai, openai-agents, autogen, google-adk.
_STDIO = words(
    "StdioServerParameters StdioServerParams StdioParameters MCPServerStdio StdioTransport StdioConnectionParams"
)
# Addresses by the class or function that connects to them; the first argument is the address.
_REMOTE: Mapping[str, str] = {
    **dict.fromkeys(("streamablehttp_client", "streamable_http_client", "sse_client", "websocket_client"), ""),
    **dict.fromkeys(("MCPServerStreamableHTTP", "MCPServerStreamableHttp", "MCPServerSSE", "MCPServerHTTP"), ""),
    **dict.fromkeys(("StreamableHttpTransport", "SSETransport", "StreamableHttpServerParams", "SseServerParams"), ""),
    **dict.fromkeys(("StreamableHTTPConnectionParams", "SseConnectionParams"), ""),
    **dict.fromkeys(("aws_iam_streamablehttp_client", "streamablehttp_client_with_sigv4"), "sigv4"),
}
# Clients that are given a mapping from names to settings.
_MAPPINGS = frozenset({"MultiServerMCPClient", "MCPClient", "ClaudeAgentOptions", "ClaudeCodeOptions", "MCPConfig"})
_SERVERS = frozenset({"FastMCP", "MCPServer"})
_NAMES = _STDIO | _REMOTE.keys() | _MAPPINGS | _SERVERS
_HTTP_APPS = (".streamable_http_app", ".http_app", ".sse_app", ".run_streamable_http_async", ".run_http_async")
_AUTH = ("auth", "token_verifier", "auth_server_provider")
STANDARD = "stdio"


def mcp_servers(repository: Repository, values: Values, lookup: mcp.Lookup) -> Iterator[Draft]:
    """All servers, by file and line."""
    names = Names()
    for path in repository.paths_with(*_WORDS):
        if repository.imports(path, _IMPORT):
            module = repository.module(path)
            for call in module.of_type("call"):
                yield from _of_call(Site(module, call), values, names, lookup)


def _of_call(site: Site, values: Values, names: Names, lookup: mcp.Lookup) -> Iterator[Draft]:
    module = site.module
    name = module.called(site.node)
    if name not in _NAMES and "mcp_servers" not in module.arguments(site.node).keywords:
        return
    place = f"{module.path}:{module.qualified(site.node)}"
    if name in _STDIO:
        settings = _settings(site, values)
        if member(settings, "command").present:
            yield mcp.server(
                names.of(f"{place} {name}"), _named(site, name), Node(settings, module.at(site.node)), lookup
            )
    elif name in _REMOTE and _from_library(module, site, name):
        yield _remote(site, names.of(f"{place} {name}"), name, values)
    elif name in _SERVERS and _from_library(module, site, name):
        yield _served(site, names.of(f"{place} {name}"), values)
    else:
        yield from _mapped(site, name, place, values, names, lookup)


def _from_library(module: Module, site: Site, name: str) -> bool:
    """The name comes from a package, not from the repository's own code."""
    root = module.text(site.node.child_by_field_name("function")).split(".")[0]
    item = module.imports.get(root) or module.imports.get(name)
    return item is not None and not item.module.startswith(".")


def _settings(site: Site, values: Values) -> Mapping[str, Node]:
    """The arguments, those inside ``params`` or ``server_params`` included, and the command that stands first."""
    given = evaluated(site, values)
    first = site.module.arguments(site.node).positional
    if first and "command" not in given:
        given = {"command": values.of(site.to(first[0])), **given}
    for holder in ("params", "command"):
        held = member(given, holder)
        if isinstance(held.content, Mapping):
            return held.content
    return given


def _named(site: Site, otherwise: str) -> str:
    """The variable that holds the server, else the class."""
    module = site.module
    for above in module.ancestors(site.node):
        if above.type == "assignment":
            return last_name(module, above.child_by_field_name("left")) or otherwise
        if above.type in ("block", "module"):
            break
    return otherwise


def _remote(site: Site, identity: str, name: str, values: Values) -> Draft:
    given = evaluated(site, values)
    first = site.module.arguments(site.node).positional
    here = site.module.at(site.node)
    url = next((n for k in ("url", "endpoint", "server_url") if (n := member(given, k)).present), None)
    if url is None:
        url = values.of(site.to(first[0])) if first else Node(Unknown("the address is built elsewhere"), here)
    if isinstance(url.content, Mapping):
        given, url = url.content, member(url.content, "url")
    return mcp.remote(identity, here, _named(site, name), url, given, _REMOTE[name] or None)


def _served(site: Site, identity: str, values: Values) -> Draft:
    """A server of the program: its own code, reached over its standard input unless it is run over HTTP."""
    module, given, here = site.module, evaluated(site, values), site.module.at(site.node)
    first = module.arguments(site.node).positional
    name = values.of(site.to(first[0])).text() if first else member(given, "name").text()
    transport = _transport(module, values, given)
    if transport is None or transport == STANDARD:
        return mcp.mcp_draft(identity, here, name or "server", "server", Node(None, here), None, True)
    told: str | Unknown = "oauth" if any(k in given for k in _AUTH) else Unknown("what stands in front of the server")
    url = Node(Unknown("the address is known after deployment", present=True), here)
    return mcp.mcp_draft(identity, here, name or "server", "server", url, told, None)


def _transport(module: Module, values: Values, given: Mapping[str, Node]) -> str | Unknown | None:
    """How the server of a file is run: the transport, ``None`` where nothing in the file runs it."""
    for call in module.of_type("call"):
        callee = module.text(call.child_by_field_name("function"))
        if callee.endswith(_HTTP_APPS):
            return "streamable-http"
        if callee.endswith((".run", ".run_async")) and b"transport" in module.data:
            node = module.arguments(call).get("transport", 0)
            if node is not None:
                told = values.of(Site(module, node))
                return told.text() or told.unknown
    return member(given, "transport").text()


def _mapped(site: Site, name: str, place: str, values: Values, names: Names, lookup: mcp.Lookup) -> Iterator[Draft]:
    """Settings by name, as LangChain, smolagents and the Claude Agent SDK take them; lists of remote servers."""
    given = site.module.arguments(site.node)
    if name in _MAPPINGS:
        node = given.get("mcp_servers") or given.get("connections", 0)
        if node is not None and node.type != "lambda":
            config = values.of(site.to(node))
            named = config["mcpServers"] if config["mcpServers"].present else config
            yield from mcp.servers_of(named, names.of(f"{place} {name}"), lookup)
    servers = given.keywords.get("mcp_servers") if name not in _MAPPINGS else None
    for item in values.of(site.to(servers)).items() if servers is not None and servers.type == "list" else ():
        if isinstance(item.content, Mapping) and OPEN not in item.content and item["url"].present:
            label = item["name"].text() or "server"
            yield mcp.server(names.of(f"{place} {label}"), label, item, lookup)


def pins(repository: Repository) -> mcp.Lookup:
    """Whether the requirements or lock files of the repository pin an installed package."""

    def lookup(package: str) -> mcp.Pinned:
        return True if repository.versions.all(package.split("[")[0]) else mcp.not_looked_up(package)

    return lookup

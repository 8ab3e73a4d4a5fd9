"""What the settings of an MCP server say, wherever they stand: the command that starts it, or its address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from prodworks_cli.lazy import regex
from prodworks_cli.model import Gap, Location, Plane, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.mcp_servers import McpServer
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.content import OPEN, member
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml

# Files of settings that name MCP servers.
_FILE = regex(r"(?:^|/)[^/]*mcp[^/]*\.json$", re.I)
_RUNNERS = frozenset({"npx", "bunx", "pnpx", "uvx", "pipx", "docker", "podman", "finch"})
_INTERPRETERS = regex(r"^(?:python[\d.]*|node|deno|bun|uv|poetry|java|tsx|ts-node)$")
_SCRIPT = regex(r"\.(?:py|m?js|ts|jar)$|^\.{0,2}/")
_NPM_VERSION = regex(r"^@?[^@]+@\d[\w.+-]*$")
_PIP_VERSION = regex(r"^[^=@]+(?:==|@)\d[\w.+-]*$")
_IMAGE_VERSION = regex(r"@sha256:[0-9a-f]{64}$|:v?\d[\w.-]*$")
# Flags of package runners and containers that take a value.
_VALUED = frozenset({"-p", "--package", "--from", "--with", "--python", "-e", "--env", "-v", "--volume", "--mount"})
_VALUED_MORE = frozenset({"--name", "--network", "-w", "--env-file", "--index-url", "--directory", "--project"})
_LOOPBACK = regex(r"^\w+://(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|host\.docker\.internal)(?::|/|$)")
_SECRET_HEADERS = regex(r"authorization|api[-_]?key|token|cookie|secret", re.I)
_SECRET_QUERY = regex(r"(?:^|&)[^=&]*(?:key|token|secret|sig)[^=&]*=", re.I)

Pinned = bool | Unknown
Lookup = Callable[[str], Pinned]


def not_looked_up(package: str) -> Pinned:
    """The version of an installed package, where nothing is known of what is installed."""
    return Unknown(f"the version of {package[:80]} is that of the installed package")


def read(files: Sequence[File]) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """The servers that files of settings name, such as ``.mcp.json``."""
    drafts: list[Draft] = []
    gaps: list[Gap] = []
    for file in files:
        if file.part is not Part.PRODUCTION or not _FILE.search(file.path) or b"ervers" not in file.data:
            continue
        try:
            root = read_yaml(file.text or "", file.path)
        except MalformedYaml as error:
            gaps.append(Gap(McpServer.KIND, Plane.DECLARED, file.path, error.reason, error.line))
            continue
        drafts += servers_of(root.first_of("mcpServers", "servers"), file.path)
    return tuple(drafts), tuple(gaps)


def servers_of(named: Node, place: str, pinned: Lookup = not_looked_up) -> Iterator[Draft]:
    """The servers of a mapping from names to settings; what is no such mapping holds none."""
    for name, settings in named.members():
        if isinstance(settings.content, Mapping) and _is_server(settings.content):
            yield server(f"{place}:{name}", name, settings, pinned)


def _is_server(settings: Mapping[str, Node]) -> bool:
    if OPEN in settings or member(settings, "disabled").content is True:
        return False
    return any(key in settings for key in ("command", "url", "server_url", "serverUrl", "httpUrl"))


def server(identity: str, name: str, settings: Node, pinned: Lookup = not_looked_up) -> Draft:
    """A server that the workload connects to, by its settings."""
    content = settings.content if isinstance(settings.content, Mapping) else {}
    url = next((n for k in ("url", "server_url", "serverUrl", "httpUrl") if (n := member(content, k)).present), None)
    if url is not None and not member(content, "command").present:
        return remote(identity, settings.location, name, url, content)
    version = version_of(member(content, "command"), member(content, "args"), pinned)
    return mcp_draft(identity, settings.location, name, "client", Node(None, settings.location), None, version)


def remote(
    identity: str, at: Location, name: str, url: Node, settings: Mapping[str, Node], told: str | None = None
) -> Draft:
    """A server at an address. What is secret in the address is left out; one on the machine itself is started there."""
    text = url.text() or (url.content.shape if isinstance(url.content, Unknown) else None) or ""
    beside = not text.startswith("http") or bool(_LOOPBACK.match(text))
    pinned = Unknown("the server may run beside the program, started by something else") if beside else None
    bare = url.map(lambda address: _bare(str(address)))
    return mcp_draft(identity, at, name, "client", bare, told or authentication(url, settings), pinned)


def mcp_draft(
    identity: str,
    at: Location,
    name: str,
    role: str,
    url: Node,
    authentication: str | Unknown | None,
    pinned: Pinned | None = None,
) -> Draft:
    """One server as the adapters hand it over."""
    described = draft(McpServer, at, name=name, role=role, url=url, authentication=authentication, pinned=pinned)
    return replace(described, identity=identity)


def _bare(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return "invalid"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.scheme else parts.path


def authentication(url: Node, settings: Mapping[str, Node]) -> str | Unknown:
    """By an argument for it, else by a header, else by the query of the address."""
    for key in ("auth", "oauth", "auth_provider", "authorization_token", "authorization", "bearer_token"):
        if (given := member(settings, key)).present and key in settings:
            return "oauth" if given.content is not False else "none"
    headers = member(settings, "headers")
    if isinstance(headers.content, Mapping):
        if any(_SECRET_HEADERS.search(key) for key in headers.content):
            return "header"
        if OPEN in headers.content:
            return Unknown("headers are added elsewhere")
    elif headers.present:
        return Unknown("the headers are built elsewhere")
    text = url.text() or (url.content.shape if isinstance(url.content, Unknown) else None) or ""
    if _SECRET_QUERY.search(text.partition("?")[2]):
        return "query"
    own = any(k in settings for k in ("http_client", "httpx_client", "client_factory", "httpx_client_factory", OPEN))
    return Unknown("the client that is used may authenticate") if own else "none"


def version_of(command: Node, arguments: Node, pinned: Lookup = not_looked_up) -> Pinned:
    """Whether a command starts a version of a server that cannot change by itself."""
    name = re.split(r"[\\/]", command.text() or "")[-1]
    words = [a.text() for a in arguments.items()] if isinstance(arguments.content, tuple) else None
    if command.text() is not None and " " in name and words is None:
        name, *rest = name.split()
        words = list(rest)
    if not name or (words is None and arguments.present):
        return Unknown("the command is built elsewhere")
    if name in _RUNNERS:
        return _of_runner(name, words or [])
    return _of_interpreter(name, words or [], pinned) if _INTERPRETERS.match(name) else pinned(name)


def _of_runner(name: str, words: list[str | None]) -> Pinned:
    """A runner fetches what it is told each time: only a version or digest pins it."""
    package = _package(words)
    if package is None:
        return Unknown("what is started is named elsewhere")
    if name in ("docker", "podman", "finch"):
        return bool(_IMAGE_VERSION.search(package))
    pattern = _NPM_VERSION if name in ("npx", "bunx", "pnpx") else _PIP_VERSION
    return bool(pattern.match(package))


def _package(words: list[str | None]) -> str | None:
    """The package or image among the arguments: that of ``--from`` or ``--package``, else the first plain word."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word is None:
            return None
        key, equals, value = word.partition("=")
        if key in ("--from", "--package", "-p"):
            return value if equals else (rest.pop(0) if rest else None)
        if key in _VALUED | _VALUED_MORE:
            _ = None if equals or not rest else rest.pop(0)
        elif not word.startswith("-") and word not in ("run", "exec", "tool"):
            return word
    return None


def _of_interpreter(name: str, words: list[str | None], pinned: Lookup) -> Pinned:
    """A script of the repository is pinned by the repository; an installed module has the version that is installed."""
    if name == "uv" and "tool" in words[:1]:
        return _of_runner("uvx", words[1:])
    plain = [w for w in words if w is not None]
    if name == "uv" and "--with" in plain:
        given = plain[plain.index("--with") + 1 : plain.index("--with") + 2]
        if not (given and _SCRIPT.search(plain[-1])):
            return bool(given and _PIP_VERSION.match(given[0]))
    if "-m" in plain:
        module = plain[plain.index("-m") + 1 : plain.index("-m") + 2]
        return pinned(module[0]) if module else Unknown("what is started is named elsewhere")
    if any(_SCRIPT.search(w) for w in plain):
        return True
    last = next((w for w in reversed(words) if w is None or not w.startswith("-")), None)
    return pinned(last) if last else Unknown("what is started is named elsewhere")

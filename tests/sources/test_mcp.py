"""MCP servers, from files of settings and from Python."""

from __future__ import annotations

import json

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.mcp_servers import McpServer
from prodworks_cli.sources.files import tree_of


def servers(files: dict[str, str]) -> list[McpServer]:
    resources = collect_repository(tree_of(files), {}).resources
    return [r.value for r in resources if isinstance(r.value, McpServer)]


def configured(settings: dict[str, object], path: str = ".mcp.json", **files: str) -> McpServer:
    (found,) = servers({path: json.dumps({"mcpServers": {"one": settings}}), **files})
    return found


def coded(line: str, imports: str, **files: str) -> McpServer:
    (found,) = servers({"app.py": f"import os\n{imports}\n\nclient = {line}\n", **files})
    return found


@pytest.mark.parametrize(
    ("command", "arguments", "pinned"),
    [
        ("npx", ["-y", "@scope/server@1.2.3", "/data"], True),
        ("npx", ["-y", "@scope/server", "/data"], False),
        ("npx", ["-y", "@scope/server@latest"], False),
        ("/usr/bin/npx", ["--package=server@2", "run-it"], True),
        ("uvx", ["server@1.0"], True),
        ("uvx", ["server==1.0"], True),
        ("uvx", ["--from", "server==1.0", "serve"], True),
        ("uvx", ["--python", "3.12", "server@latest"], False),
        ("uv", ["tool", "run", "server@1.0"], True),
        ("docker", ["run", "-i", "--rm", "-e", "TOKEN", "ghcr.io/x/server:1.4"], True),
        ("docker", ["run", "-i", "ghcr.io/x/server@sha256:" + "a" * 64], True),
        ("docker", ["run", "-i", "ghcr.io/x/server:latest"], False),
        ("docker", ["run", "-i", "localhost:5000/server"], False),
        ("python", ["server.py"], True),
        ("uv", ["--directory", "./weather", "run", "server.py"], True),
        ("uv", ["run", "--with", "server==1.0", "serve"], True),
        ("node", ["dist/index.js"], True),
        ("python", ["-m", "some_server"], Unknown),
        ("some-server", [], Unknown),
        ("npx", [], Unknown),
    ],
)
def test_whether_a_command_is_pinned(command: str, arguments: list[str], pinned: bool | type) -> None:
    found = configured({"command": command, "args": arguments, "env": {"TOKEN": "x"}})
    assert isinstance(found.pinned, Unknown) if pinned is Unknown else found.pinned is pinned
    assert (found.name, found.role, found.url, found.authentication) == ("one", "client", None, None)


def test_requirements_pin_an_installed_server() -> None:
    code = "StdioServerParameters(command='python', args=['-m', 'some_server'])"
    head = "from mcp import StdioServerParameters"
    assert coded(code, head, **{"requirements.txt": "some-server==1.2\n"}).pinned is True
    assert isinstance(coded(code, head, **{"requirements.txt": "some-server>=1.2\n"}).pinned, Unknown)


@pytest.mark.parametrize(
    ("settings", "url", "authentication", "encrypted"),
    [
        ({"url": "https://x.example/mcp"}, "https://x.example/mcp", "none", True),
        ({"url": "http://x.example/mcp"}, "http://x.example/mcp", "none", False),
        ({"url": "https://u:p@x.example/mcp?api_key=1"}, "https://x.example/mcp", "query", True),
        ({"url": "https://x.example/mcp", "headers": {"X-API-Key": "$K"}}, "https://x.example/mcp", "header", True),
        ({"url": "https://x.example/mcp", "headers": {"Accept": "json"}}, "https://x.example/mcp", "none", True),
        ({"serverUrl": "https://x.example/mcp", "oauth": {"scopes": []}}, "https://x.example/mcp", "oauth", True),
    ],
)
def test_remote_servers(settings: dict[str, object], url: str, authentication: str, encrypted: bool) -> None:
    found = configured(settings)
    assert (found.url, found.authentication, found.encrypted, found.pinned) == (url, authentication, encrypted, None)


def test_a_server_on_the_machine_itself_is_started_by_something_else() -> None:
    assert isinstance(configured({"url": "http://localhost:8000/mcp"}).pinned, Unknown)


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        (".mcp.json", {"command": "npx", "disabled": True}),
        (".mcp.json", {"name": "x"}),
        ("settings.json", {"command": "npx", "args": []}),
        (".cursor/mcp.json", {"command": "npx", "args": []}),
    ],
)
def test_settings_that_name_no_server_of_the_workload(path: str, settings: dict[str, object]) -> None:
    assert servers({path: json.dumps({"mcpServers": {"one": settings}}), "app.py": "x = 1\n"}) == []


def test_settings_that_cannot_be_read_are_a_gap() -> None:
    found = collect_repository(tree_of({".mcp.json": '{"mcpServers": [', "app.py": "x = 1\n"}), {})
    assert [(g.kind, g.scope) for g in found.gaps] == [("repo.mcp_server", ".mcp.json")]


STDIO = "command='uvx', args=['server@1.0']"


@pytest.mark.parametrize(
    ("line", "imports", "name", "pinned"),
    [
        (f"StdioServerParameters({STDIO})", "from mcp import StdioServerParameters", "client", True),
        (
            f"MCPClient(lambda: stdio_client(StdioServerParameters({STDIO})))",
            "from mcp import StdioServerParameters, stdio_client\nfrom strands.tools.mcp import MCPClient",
            "client",
            True,
        ),
        ("MCPServerStdio('npx', args=['server'])", "from pydantic_ai.mcp import MCPServerStdio", "client", False),
        (
            "MCPServerStdio(params={'command': 'npx', 'args': ['server@1.0']})",
            "from agents.mcp import MCPServerStdio",
            "client",
            True,
        ),
        (
            "MultiServerMCPClient({'docs': {'command': 'npx', 'args': ['server'], 'transport': 'stdio'}})",
            "from langchain_mcp_adapters.client import MultiServerMCPClient",
            "docs",
            False,
        ),
    ],
)
def test_processes_that_python_starts(line: str, imports: str, name: str, pinned: bool) -> None:
    found = coded(line, imports)
    assert (found.name, found.role, found.pinned, found.url) == (name, "client", pinned, None)


URL = "https://x.example/mcp"


@pytest.mark.parametrize(
    ("line", "imports", "authentication"),
    [
        (f"streamablehttp_client('{URL}')", "from mcp.client.streamable_http import streamablehttp_client", "none"),
        (
            f"sse_client(url='{URL}', headers={{'Authorization': token}})",
            "from mcp.client.sse import sse_client",
            "header",
        ),
        (f"sse_client('{URL}', headers=build())", "from mcp.client.sse import sse_client", Unknown),
        (
            f"streamable_http_client('{URL}', http_client=own)",
            "from mcp.client.streamable_http import streamable_http_client",
            Unknown,
        ),
        (
            f"streamablehttp_client('{URL}', auth=provider)",
            "from mcp.client.streamable_http import streamablehttp_client",
            "oauth",
        ),
        (
            f"aws_iam_streamablehttp_client(endpoint='{URL}')",
            "from mcp_proxy_for_aws.client import aws_iam_streamablehttp_client",
            "sigv4",
        ),
        (f"MCPServerStreamableHTTP('{URL}')", "from pydantic_ai.mcp import MCPServerStreamableHTTP", "none"),
        (
            f"MultiServerMCPClient({{'one': {{'url': '{URL}', 'headers': {{'x-api-key': key}}}}}})",
            "from langchain_mcp_adapters.client import MultiServerMCPClient",
            "header",
        ),
        (
            f"ask(mcp_servers=[{{'type': 'url', 'url': '{URL}', 'name': 'one', 'authorization_token': t}}])",
            "",
            "oauth",
        ),
    ],
)
def test_servers_that_python_connects_to(line: str, imports: str, authentication: str | type) -> None:
    found = coded(line, imports)
    assert (found.role, found.url, found.encrypted, found.pinned) == ("client", URL, True, None)
    unknown = authentication is Unknown
    assert isinstance(found.authentication, Unknown) if unknown else found.authentication == authentication


def test_an_address_that_the_environment_holds() -> None:
    found = coded("sse_client(os.environ['U'])", "from mcp.client.sse import sse_client")
    assert all(isinstance(v, Unknown) for v in (found.url, found.encrypted, found.pinned))
    beginning = coded("sse_client('https://' + os.environ['H'])", "from mcp.client.sse import sse_client")
    assert (beginning.encrypted, beginning.pinned) == (True, None)


SERVER = "from mcp.server.fastmcp import FastMCP\n\nserver = FastMCP('orders'{})\n{}\n"


@pytest.mark.parametrize(
    ("given", "runs", "remote", "authentication"),
    [
        ("", "server.run()", False, None),
        ("", "server.run(transport='stdio')", False, None),
        ("", "server.run(transport='streamable-http')", True, Unknown),
        (", auth=settings", "app = server.streamable_http_app()", True, "oauth"),
    ],
)
def test_servers_that_the_program_serves(
    given: str, runs: str, remote: bool, authentication: str | type | None
) -> None:
    (found,) = servers({"app.py": SERVER.format(given, runs)})
    assert (found.name, found.role, found.url is not None) == ("orders", "server", remote)
    assert found.pinned is (None if remote else True)
    unknown = authentication is Unknown
    assert isinstance(found.authentication, Unknown) if unknown else found.authentication == authentication


@pytest.mark.parametrize(
    "text",
    [
        "# from mcp import StdioServerParameters\nX = 'StdioServerParameters(command=\"npx\")'\n",
        "from .own import FastMCP\n\nFastMCP('x')  # mcp\n",
        "import mcp\n\nsettings = {'command': 'npx', 'args': []}\n",
    ],
)
def test_what_is_no_server(text: str) -> None:
    assert servers({"app.py": text}) == []

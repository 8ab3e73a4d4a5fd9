"""MCP servers that a workload connects to or serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Text


@dataclass(frozen=True)
class McpServer(Kind):
    """An MCP server: one that the workload connects to (``role`` is client), or one that it serves.

    ``url`` is that of a remote server, without its query; a local one is started as a process. ``authentication`` is
    how a remote server knows its callers: oauth, sigv4, header, query or none. ``pinned`` says that the code of a local
    server cannot change by itself: a version or digest is named, or it is part of the repository.
    """

    KIND = "repo.mcp_server"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {"encrypted": ("url",)}

    name: Text
    role: Text
    url: Text
    authentication: Text
    pinned: Flag

    @property
    def encrypted(self) -> Flag:
        """Whether the way to a remote server is TLS; the known beginning of an address is enough to tell."""
        address = self.url
        if isinstance(address, Unknown):
            known = address.shape or ""
            if "://" not in known or known.startswith("$"):
                return Unknown(address.reason)
            address = known
        return address is not None and address.startswith("https://")

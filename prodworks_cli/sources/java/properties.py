"""Spring properties: the environment, the property files of a folder, and the placeholders between them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.sources.content import merged
from prodworks_cli.sources.java.repository import Repository

_PLACEHOLDER = re.compile(r"^\$\{([^:}]+)(?::(.*))?\}$", re.DOTALL)


class Properties:
    """Reads properties. ``environment`` maps a variable to the nodes that IaC sets it to."""

    def __init__(self, repository: Repository, environment: Mapping[str, tuple[Node, ...]]) -> None:
        self._repository = repository
        self._environment = environment

    def resolved(self, text: str, folder: str, depth: int = 4) -> Content:
        """A property value with its ``${key:default}`` resolved."""
        found = _PLACEHOLDER.match(text)
        if found is None:
            return text
        declared = self._environment.get(re.sub(r"[.\-]", lambda m: "_" if m[0] == "." else "", found[1]).upper(), ())
        direct = declared or self._environment.get(found[1], ())
        if direct:
            return merged([d.content for d in direct])
        value = self._repository.property(folder, found[1]) if depth else None
        if value is not None:
            content = value.content
            return self.resolved(content, folder, depth - 1) if isinstance(content, str) else content
        if found[2] is not None:
            return self.resolved(found[2], folder, depth - 1) if depth else found[2]
        return Unknown(f"property {found[1]} is set outside the repository")

    def first(self, folder: str, *keys: str) -> Node | None:
        """The first of several Spring properties that the environment or the files of a folder set."""
        for key in keys:
            name = re.sub(r"[.\-]", lambda m: "_" if m[0] == "." else "", key).upper()
            declared = self._environment.get(name, ())
            if declared:
                return Node(merged([d.content for d in declared]), declared[0].location)
            value = self._repository.property(folder, key)
            if value is not None:
                content = value.content
                return Node(self.resolved(content, folder) if isinstance(content, str) else content, value.location)
        return None

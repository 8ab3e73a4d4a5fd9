"""``Fn::Transform`` with ``AWS::Include`` of a file of the repository: the snippet stands where it is included.

A location in a bucket stays what it is; ``aws cloudformation package`` uploads local ones and rewrites them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace

from prodworks_cli.node import Node
from prodworks_cli.sources.cloudformation.intrinsics import TRANSFORM
from prodworks_cli.sources.cloudformation.templates import Template
from prodworks_cli.sources.files import File
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml

INCLUDE = "AWS::Include"
MAX_INCLUDES = 50
MAX_NESTING = 5


def with_includes(template: Template, files: Mapping[str, File]) -> Template:
    """The template with the snippets in their places; it is given back as it is when it includes none."""
    if b"AWS::Include" not in files[template.path].data:
        return template
    return replace(template, root=_Including(files).expanded(template.root, template.path, 0))


@dataclass
class _Including:
    files: Mapping[str, File]
    left: int = MAX_INCLUDES

    def expanded(self, node: Node, path: str, nesting: int) -> Node:
        content = node.content
        if isinstance(content, tuple):
            return Node(tuple(self.expanded(item, path, nesting) for item in content), node.location)
        if not isinstance(content, Mapping):
            return node
        inner = {key: self.expanded(value, path, nesting) for key, value in content.items()}
        for key in (TRANSFORM, "Transform"):
            if key not in content or (key == "Transform" and "Resources" not in content):
                continue
            snippet = self._snippet(content[key], path, nesting)
            if snippet is not None and len(content) == 1:
                return snippet
            if snippet is not None and isinstance(snippet.content, Mapping):
                del inner[key]
                inner = {**snippet.content, **inner}
        return Node(inner, node.location)

    def _snippet(self, transform: Node, path: str, nesting: int) -> Node | None:
        """The content of the file that a transform includes; ``None`` when it is another or the file is elsewhere."""
        location = transform.at("Parameters", "Location").text()
        if transform["Name"].text() != INCLUDE or not location or "://" in location or location.startswith("/"):
            return None
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), location))
        file = self.files.get(target)
        if file is None or file.text is None or self.left <= 0 or nesting >= MAX_NESTING:
            return None
        self.left -= 1
        try:
            return self.expanded(read_yaml(file.text, target), target, nesting + 1)
        except MalformedYaml:
            return None

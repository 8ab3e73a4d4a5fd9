"""The variables of a Serverless Framework file: ``${self:custom.stage}``, ``${opt:stage, 'dev'}``, ``${file(x.yml)}``.

How they are written: https://www.serverless.com/framework/docs/providers/aws/guide/variables
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Content, Node

MAX_VALUES = 100_000
MAX_DEPTH = 20
_HOLE = "${...}"
# The innermost variable. CloudFormation's own (AWS::Region, a logical id) have no source before a colon.
_VARIABLE = re.compile(r"\$\{((?:self|opt|env|file|sls|param|ssm|cf|s3|aws|git|output)\s*[:(][^${}]{0,500})\}")
_FILE = re.compile(r"file\(([^)]{1,300})\)(?::(.*))?$")
_STAGE = ("opt:stage", "sls:stage")

Files = Callable[[str], "Node | None"]


class Variables:
    """Resolves the variables of one file. ``read_file`` gives the content of a file beside it."""

    def __init__(self, root: Node, read_file: Files) -> None:
        self._root = root
        self._read_file = read_file
        self._left = MAX_VALUES

    def resolve(self, node: Node, depth: int = 0) -> Node:
        """The node with its variables replaced; what is known only at deployment becomes unknown."""
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            return Node(Unknown("too many variables, or variables that name each other"), node.location)
        content = node.content
        if isinstance(content, Mapping):
            return Node({key: self.resolve(value, depth) for key, value in content.items()}, node.location)
        if isinstance(content, tuple):
            return Node(tuple(self.resolve(item, depth) for item in content), node.location)
        return Node(self._text(content, node.location, depth), node.location) if isinstance(content, str) else node

    def _text(self, text: str, at: Location, depth: int) -> Content:
        unresolved: Unknown | None = None
        for _ in range(MAX_DEPTH):
            match = _VARIABLE.search(text)
            if match is None:
                break
            value = self._value(match[1], at, depth)
            if match.span() == (0, len(text)):
                return value
            known = value if isinstance(value, str | int | float) else None
            if known is None:
                unresolved = value if isinstance(value, Unknown) else Unknown(f"{match[0]} is no text")
            text = f"{text[: match.start()]}{_HOLE if known is None else known}{text[match.end() :]}"
        return Unknown(unresolved.reason, present=True, shape=text) if unresolved else text

    def _value(self, expression: str, at: Location, depth: int) -> Content:
        """The first source of ``a, b, 'literal'`` that has a value."""
        reasons: list[str] = []
        for source in (part.strip() for part in expression.split(",")):
            found = self._source(source, at, depth)
            if not isinstance(found, Unknown):
                return found
            reasons.append(found.reason)
        return Unknown(reasons[0], present=True)

    def _source(self, source: str, at: Location, depth: int) -> Content:
        literal = re.fullmatch(r"'([^']*)'|\"([^\"]*)\"", source)
        if literal:
            return literal[1] if literal[1] is not None else literal[2]
        if source.startswith("self:"):
            return self._found(self._root, source.removeprefix("self:"), source, depth)
        if source in _STAGE:
            return self._found(self._root, "provider.stage", source, depth)
        named = _FILE.match(source)
        if named:
            other = self._read_file(posixpath.normpath(named[1].strip()))
            if other is None:
                return Unknown(f"{named[1]} is not in the repository", present=True)
            return self._found(other, named[2] or "", source, depth)
        return Unknown(f"{source.partition(':')[0]} is known at deployment", present=True)

    def _found(self, root: Node, path: str, source: str, depth: int) -> Content:
        node = root.at(*(step for step in path.split(".") if step))
        if not node.present:
            return Unknown(f"{source} is not set in the repository")
        return self.resolve(node, depth + 1).content

"""Values of template parameters: what is given, or the default, in the declared type."""

from __future__ import annotations

import re

from prodworks_cli.model import Unknown
from prodworks_cli.node import Content, Node, Reference
from prodworks_cli.sources.cloudformation.texts import as_text, withhold

MAX_LIST = 1_000

_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")


def parameter_value(name: str, declared: Node, given: Node | None = None) -> Content:
    """The value of one parameter. ``given`` is what a parent stack passes.

    A ``NoEcho`` value and one read from Systems Manager Parameter Store is never known.
    """
    kind = declared["Type"].text() or "String"
    node = given if given is not None and given.present else declared["Default"]
    if as_text(declared["NoEcho"].content) == "true":
        # An empty default says "none is set", so only another one shows that there is a value.
        return Unknown(f"parameter {name} is NoEcho", present=node.content not in (None, ""))
    if kind.startswith("AWS::SSM::Parameter::"):
        return Unknown(f"parameter {name} is read from Systems Manager Parameter Store", present=True)
    if not node.present:
        return Unknown(f"parameter {name} has no default")
    if isinstance(node.content, Unknown | Reference):
        return node.content
    return _typed(name, kind, node)


def _typed(name: str, kind: str, node: Node) -> Content:
    if isinstance(node.content, tuple):
        return node.content
    text = as_text(node.content)
    if text is None:
        return Unknown(f"parameter {name} has a malformed default")
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        parts = text.split(",", MAX_LIST)
        if len(parts) > MAX_LIST:
            return Unknown(f"parameter {name} has more than {MAX_LIST} elements", present=True)
        number = kind == "List<Number>"
        return tuple(Node(_number(p.strip()) if number else withhold(p.strip()), node.location) for p in parts)
    return _number(text) if kind == "Number" else withhold(text)


def _number(text: str) -> Content:
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)

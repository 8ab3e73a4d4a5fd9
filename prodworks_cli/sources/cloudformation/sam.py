"""The ``Globals`` of a SAM template.

How they merge: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

from collections.abc import Mapping

from prodworks_cli.node import Node

_PREFIX = "AWS::Serverless::"


def with_globals(kind: str, resource: Node, globals_: Node) -> Node:
    """The properties of ``resource`` over those that ``Globals`` sets for its type, before functions are evaluated."""
    properties = resource["Properties"]
    if not kind.startswith(_PREFIX):
        return properties
    shared = globals_[kind.removeprefix(_PREFIX)]
    ignored = {item.text() for item in resource["IgnoreGlobals"].items()}
    if not shared.present or "*" in ignored:
        return properties
    kept = {key: node for key, node in shared.members() if key not in ignored}
    own = properties if properties.present else Node({}, resource.location)
    return _merge(Node(kept, shared.location), own)


def _merge(shared: Node, own: Node) -> Node:
    """Mappings merge, lists are concatenated (shared first), and of anything else the resource's own wins."""
    left, right = shared.content, own.content
    if isinstance(left, tuple) and isinstance(right, tuple):
        return Node(left + right, own.location)
    if not isinstance(left, Mapping) or not isinstance(right, Mapping) or _function(left) or _function(right):
        return own
    both = {key: _merge(left[key], right[key]) if key in left else node for key, node in right.items()}
    return Node({**left, **both}, own.location)


def _function(content: Mapping[str, Node]) -> bool:
    key = next(iter(content), "")
    return len(content) == 1 and (key == "Ref" or key.startswith("Fn::"))

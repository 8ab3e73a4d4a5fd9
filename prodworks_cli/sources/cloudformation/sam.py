"""The ``Globals`` of a SAM template.

How they merge: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from prodworks_cli.node import Block, Node

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


# The APIs that SAM makes for events that name none: the type of the event, how it names one, the logical id.
_IMPLICIT = (("Api", "RestApiId", "ServerlessRestApi"), ("HttpApi", "ApiId", "ServerlessHttpApi"))


def implicit_apis(blocks: Iterable[Block]) -> tuple[tuple[str, str, Node], ...]:
    """Logical id, type and resource of each API that functions are called through and the template does not name."""
    functions = [b.body for b in blocks if b.type == f"{_PREFIX}Function"]
    events = [event for body in functions for _, event in body["Events"].members()]
    found = {}
    for kind, key, name in _IMPLICIT:
        users = [e for e in events if e["Type"].text() == kind and not e["Properties"][key].present]
        if users:
            found[name] = (name, f"{_PREFIX}{kind}", Node({}, users[0].location))
    return tuple(found.values())

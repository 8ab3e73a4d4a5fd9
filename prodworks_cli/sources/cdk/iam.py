"""Policy statements, principals and policies of construct libraries as CloudFormation writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.settle import settled
from prodworks_cli.sources.cdk.values import Construct, External, Made, node, unknown

_AWS_POLICY = "arn:aws:iam::aws:policy/"
_KEYS = {
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
    "conditions": "Condition",
    "principals": "Principal",
}


def statement(value: Node, table: Table) -> Node:
    """A ``PolicyStatement``, or one in JSON."""
    content: Any = value.content
    if not isinstance(content, Made):
        return settled(value, table)
    given = content.properties
    if content.symbol.endswith(".fromJson"):
        return settled(given, table)
    effect: Any = given["effect"].content
    denied = isinstance(effect, External) and effect.symbol.endswith(".DENY")
    members = {"Effect": Node("Deny" if denied else "Allow", value.location)}
    for name, target in _KEYS.items():
        if given[name].content is not None:
            members[target] = settled(given[name], table)
    if given.unknown or (not isinstance(given.content, Mapping) and given.content is not None):
        return unknown("a statement that is not known", value.location, present=True)
    return node(members, value.location)


def managed(value: Node, table: Table) -> Node:
    """The ARN of a managed policy."""
    content: Any = value.content
    if isinstance(content, Made) and "ManagedPolicy.from" in content.symbol:
        last = content.arguments[-1] if content.arguments else Node(None, value.location)
        text = last.text()
        if text and content.symbol.endswith("fromAwsManagedPolicyName"):
            return Node(_AWS_POLICY + text, value.location)
        return Node(text, value.location) if text else unknown("a managed policy", value.location, present=True)
    return settled(value, table)


def policies_of(value: Node, table: Table) -> tuple[Node, ...]:
    """The inline policies of a role."""
    if value.unknown:
        return (value,)
    found = []
    for name, document in (value.content if isinstance(value.content, Mapping) else {}).items():
        made: Any = document.content
        source = made.properties if isinstance(made, Made) else document
        statements = source["statements"] if source["statements"].present else source["Statement"]
        listed = node(tuple(statement(s, table) for s in statements.items()), document.location)
        inner = statements if statements.unknown else listed
        body = {
            "PolicyName": Node(name, document.location),
            "PolicyDocument": node({"Statement": inner}, document.location),
        }
        found.append(node(body, document.location))
    return tuple(found)


def trust(value: Node, construct: Construct, table: Table) -> Node:
    """The trust policy for the principals that may assume a role."""
    services = _principals(value)
    service = construct.parts.get("service")
    principal = Node(service, construct.at) if service else services
    allowed = {
        "Effect": Node("Allow", value.location),
        "Principal": principal if principal.unknown else node({"Service": principal}, value.location),
        "Action": Node("sts:AssumeRole", value.location),
    }
    return node({"Statement": node((node(allowed, value.location),), value.location)}, value.location)


def _principals(value: Node) -> Node:
    content: Any = value.content
    if not isinstance(content, Made):
        return unknown("a principal", value.location, present=True)
    if content.symbol.endswith("ServicePrincipal") and content.arguments:
        return content.arguments[0]
    if content.symbol.endswith("CompositePrincipal"):
        found = [_principals(a) for a in content.arguments]
        if all(f.text() for f in found):
            return node(tuple(found), value.location)
    if content.symbol.endswith(".withConditions") and content.of is not None:
        return _principals(content.of)
    return unknown(f"principal {content.symbol.rpartition('.')[2]}", value.location, present=True)


def granted(target: Construct, method: str, table: Table) -> dict[str, Any]:
    """The statement that a ``grant`` method makes: known actions, or those of the service."""
    actions = table.grants.get(f"{target.symbol}.{method}")
    service = target.symbol.partition(".")[0].removeprefix("aws-")
    if actions is None:
        prefix = {"lambda-nodejs": "lambda", "lambda-python-alpha": "lambda"}.get(service, service)
        return {"actions": (Unknown(f"what {method} grants", present=True, shape=f"{prefix}:${{...}}"),)}
    return {"actions": tuple(actions)}

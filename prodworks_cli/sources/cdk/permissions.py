"""What roles are allowed: policies, statements and grants that CDK code adds to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.bedrock_agents import invoking
from prodworks_cli.sources.cdk.iam import granted
from prodworks_cli.sources.cdk.perhaps import add
from prodworks_cli.sources.cdk.settle import construct_of, reference
from prodworks_cli.sources.cdk.values import Bound, Construct, Made, members_of, node

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

    Method = Callable[[Library, Evaluator, Construct, tuple[Node, ...], Location], Node]


def role_of(value: Node | None) -> Construct | None:
    """The role behind a grantee."""
    found = construct_of(value)
    if found is None:
        content: Any = value.content if value is not None else None
        return role_of(content.of) if isinstance(content, Bound) else None
    if found.type in ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        return found
    inner = found.parts.get("role")
    return inner if isinstance(inner, Construct) else role_of(found.members.get("role"))


def _statements(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    role = role_of(node(of, at))
    if role is not None:
        add(evaluator, role, "statements", arguments)
    return Node(None, at)


def _attach(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    policy, role = construct_of(arguments[0]) if arguments else None, role_of(node(of, at))
    if policy is not None and role is not None:
        add(evaluator, policy, "roles", (node(role, at),))
    return Node(None, at)


def _attach_to(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    add(evaluator, of, "roles", arguments)
    return Node(None, at)


def _managed(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    role = role_of(node(of, at))
    if role is not None:
        # What most managed policies allow is harmless, so that one which may be attached counts.
        role.parts.setdefault("managed", []).extend(arguments)
    return Node(None, at)


def grant(
    library: Library, evaluator: Evaluator, of: Construct, name: str, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``bucket.grantRead(grantee)`` and its likes."""
    grantee = arguments[0] if arguments else None
    if isinstance(grantee, Node) and isinstance(grantee.content, Mapping):
        grantee = members_of(grantee).get("grantee") or next(iter(members_of(grantee).values()), None)
    role = role_of(grantee)
    if role is None:
        return Node(None, at)
    if name == "grant" and len(arguments) > 1:
        own = [(node(tuple(arguments[1:]), at), node((node(reference(of, "Arn"), at),), at))]
    else:
        own = list(granted(of, name, library.table))
    add(evaluator, role, "statements", (_statement(actions, resources, at) for actions, resources in own))
    return Node(None, at)


def _statement(actions: Node, resources: Node, at: Location) -> Node:
    properties = node({"actions": actions, "resources": resources}, at)
    return node(Made("aws-iam.PolicyStatement", (properties,)), at)


def grant_given(evaluator: Evaluator, arguments: tuple[Node, ...], at: Location) -> Node:
    """``Grant.addToPrincipal({grantee, actions, resourceArns})``"""
    given = arguments[0] if arguments else Node(None, at)
    role = role_of(given["grantee"])
    if role is not None:
        add(evaluator, role, "statements", (_statement(given["actions"], given["resourceArns"], at),))
    return Node(None, at)


def grant_model(library: Library, evaluator: Evaluator, model: Node, arguments: tuple[Node, ...], at: Location) -> Node:
    """``model.grantInvoke(grantee)``"""
    role = role_of(arguments[0]) if arguments else None
    if role is not None:
        add(evaluator, role, "statements", invoking(model, library.table))
    return Node(None, at)


PERMISSIONS: Mapping[str, Method] = {
    "addToRolePolicy": _statements,
    "addToPolicy": _statements,
    "addToPrincipalPolicy": _statements,
    "addToTaskRolePolicy": _statements,
    "addStatements": _statements,
    "attachInlinePolicy": _attach,
    "attachToRole": _attach_to,
    "addManagedPolicy": _managed,
}

"""The roles that an identity pool makes for those whom it knows and for guests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.containers import child
from prodworks_cli.sources.cdk.settle import construct_of, reference
from prodworks_cli.sources.cdk.values import Construct, External, Made, node

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

_SIDES = {"authenticated": "AuthenticatedRole", "unauthenticated": "UnauthenticatedRole"}


def pool_roles(library: Library, evaluator: Evaluator, pool: Construct) -> None:
    """Two roles, unless they are given, and their attachment."""
    at = pool.at
    trusted = node(Made("aws-iam.FederatedPrincipal", (Node("cognito-identity.amazonaws.com", at),)), at)
    roles: dict[str, Node] = {}
    for side, name in _SIDES.items():
        given = pool.given[f"{side}Role"]
        role = construct_of(given)
        if not given.present:
            role = child(library, evaluator, pool, "aws-iam.Role", name, {"assumedBy": trusted}, at)
        pool.members[f"{side}Role"] = node(role, at) if role is not None else given
        roles[side] = node(reference(role, "Arn"), at) if role is not None else given
    attached = {"identityPoolId": node(reference(pool, "Ref"), at), "roles": node(roles, at)}
    symbol = "aws-cognito.CfnIdentityPoolRoleAttachment"
    child(library, evaluator, pool, symbol, "DefaultRoleAttachment", attached, at)


def text_messages(library: Library, evaluator: Evaluator, pool: Construct) -> None:
    """The role with which a user pool sends text messages, where sign-in or its second factor may need one."""
    given, at = pool.given, pool.at
    wanted = given["enableSmsRole"].content
    factor: Any = given["mfa"].content
    second = isinstance(factor, External) and not factor.symbol.endswith(".OFF") and _by_text(given["mfaSecondFactor"])
    phone = given["signInAliases"]["phone"].content is True or given["autoVerify"]["phone"].content is True
    if wanted is False or given["smsRole"].present or not (wanted is True or second or phone):
        return
    service = Made("aws-iam.ServicePrincipal", (Node("cognito-idp.amazonaws.com", at),))
    role = child(library, evaluator, pool, "aws-iam.Role", "smsRole", {"assumedBy": node(service, at)}, at)
    listed = {"actions": node((Node("sns:Publish", at),), at), "resources": node((Node("*", at),), at)}
    role.parts.setdefault("statements", []).append(node(Made("aws-iam.PolicyStatement", (node(listed, at),)), at))


def _by_text(factor: Node) -> bool:
    return not factor.present or factor["sms"].content is True

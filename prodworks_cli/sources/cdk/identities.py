"""The roles that an identity pool makes for those whom it knows and for guests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.containers import child
from prodworks_cli.sources.cdk.settle import construct_of, reference
from prodworks_cli.sources.cdk.values import Construct, Made, node

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

"""Identity pools of Cognito, which hand AWS credentials to browsers, also to guests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    Declared,
    Observed,
    Record,
    declared,
    later,
    observed,
    pointing,
    truth,
    written_in_code,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Link, Text, To


@dataclass(frozen=True)
class IdentityPool(Kind):
    """An identity pool. ``guest_role`` is the role of callers who did not log in; absent where they get none."""

    KIND = "aws.cognito.identity_pool"

    id: Text
    guests_allowed: Flag
    guest_role: Annotated[Link, To("aws.iam.role")]


_MADE = Unknown("the construct makes the role of guests", present=True)


def _role(block: Block, attached: tuple[Block, ...], roles: str) -> Drafted:
    for attachment in attached:
        given = attachment.body[roles]
        if given.unknown or given["unauthenticated"].present:
            return given.unknown or given["unauthenticated"]
    return _MADE if written_in_code(block) else None


def _terraform(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    attached = pointing(declarations, ("aws_cognito_identity_pool_roles_attachment",), "identity_pool_id", block)
    return declared(
        IdentityPool,
        block,
        (body["identity_pool_name"],),
        id=later(block, "id"),
        guests_allowed=truth(body["allow_unauthenticated_identities"]),
        guest_role=_role(block, attached, "roles"),
    )


def _cloudformation(block: Block, declarations: Declarations) -> Draft:
    body = block.body
    attached = pointing(declarations, ("AWS::Cognito::IdentityPoolRoleAttachment",), "IdentityPoolId", block)
    return declared(
        IdentityPool,
        block,
        (body["IdentityPoolName"],),
        id=later(block, "id"),
        guests_allowed=truth(body["AllowUnauthenticatedIdentities"]),
        guest_role=_role(block, attached, "Roles"),
    )


def _observed(record: Record) -> Draft:
    pool = record.answer("cognito-identity:DescribeIdentityPool")
    roles = record.answer("cognito-identity:GetIdentityPoolRoles")["Roles"]
    return observed(
        IdentityPool,
        record,
        (pool["IdentityPoolName"], pool["IdentityPoolId"]),
        id=pool["IdentityPoolId"],
        guests_allowed=pool["AllowUnauthenticatedIdentities"],
        guest_role=_first(roles),
    )


def _first(roles: Node) -> Drafted:
    return roles.unknown or roles["unauthenticated"]


TERRAFORM: Mapping[str, Declared] = {"aws_cognito_identity_pool": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::Cognito::IdentityPool": _cloudformation}
API: Mapping[str, Observed] = {IdentityPool.KIND: _observed}

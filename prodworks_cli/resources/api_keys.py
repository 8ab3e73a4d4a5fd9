"""Long-term Bedrock API keys: service-specific credentials of IAM users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import Declared, Observed, Record, declared, later, observed, otherwise, own
from prodworks_cli.schema import Draft, Drafted, Flag, Number, Text

BEDROCK = "bedrock.amazonaws.com"
SHORT_DAYS = 30


@dataclass(frozen=True)
class ApiKey(Kind):
    """A Bedrock API key of an IAM user, or a place that reads one (then all but its being there is unknown).

    Keys that are made for a session appear in no list. ``lifetime_days`` is the time from creation to expiry, ``None``
    for a key that never expires.
    """

    KIND = "aws.bedrock.api_key"

    user: Text
    status: Text
    created_at: Text
    expires_at: Text
    lifetime_days: Number

    @property
    def long_term(self) -> Flag:
        """Whether the key can be used now and lives for more than thirty days."""
        if isinstance(self.status, str) and self.status.lower() != "active":
            return False
        if isinstance(self.lifetime_days, int | float) and self.lifetime_days <= SHORT_DAYS:
            return False
        for value in (self.status, self.lifetime_days):
            if isinstance(value, Unknown):
                return Unknown(value.reason)
        return True


def _terraform(block: Block, _: Declarations) -> Draft | None:
    """Other services have credentials of this sort too."""
    body = block.body
    if body["service_name"].text() not in (BEDROCK, None):
        return None
    days = body["credential_age_days"]
    return declared(
        ApiKey,
        block,
        user=body["user_name"],
        status=otherwise(body["status"], "Active"),
        created_at=later(block, "creation time"),
        expires_at=later(block, "expiration time") if days.present else None,
        lifetime_days=body["service_name"].unknown or days,
    )


def _observed(record: Record) -> Draft:
    key = own(record, "iam:ListServiceSpecificCredentials", "ServiceSpecificCredentials")
    return observed(
        ApiKey,
        record,
        (key["ServiceSpecificCredentialId"],),
        user=key["UserName"],
        status=key["Status"],
        created_at=key["CreateDate"],
        expires_at=key["ExpirationDate"],
        lifetime_days=_lifetime(key["CreateDate"], key["ExpirationDate"]),
    )


def _lifetime(created: Node, expires: Node) -> Drafted:
    unread = created.unknown or expires.unknown
    if unread or not expires.present:
        return unread
    try:
        times = [datetime.fromisoformat(str(node.content)) for node in (created, expires)]
        return (times[1] - times[0]).total_seconds() / 86_400
    except (ValueError, TypeError):
        return Unknown("the times of the key cannot be read", present=True)


TERRAFORM: Mapping[str, Declared] = {"aws_iam_service_specific_credential": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {}
API: Mapping[str, Observed] = {ApiKey.KIND: _observed}

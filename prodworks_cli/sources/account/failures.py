"""Why a call failed, judged by the error code that the service's model defines and never by the HTTP status."""

from __future__ import annotations

import re
from dataclasses import dataclass

DENIED = frozenset(
    {
        *("AccessDenied", "AccessDeniedException", "AccessDeniedFault", "UnauthorizedOperation", "AuthorizationError"),
        *("AuthorizationErrorException", "NotAuthorized", "NotAuthorizedException", "ForbiddenException"),
        *("UnauthorizedException", "AllAccessDisabled", "KMSAccessDeniedException", "UnauthorizedAccess"),
    }
)
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
NOT_ENABLED = frozenset({"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired"})
SUBSCRIPTION = frozenset({"SubscriptionRequiredException", "SubscriptionRequired"})
THROTTLED = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "SlowDown"),
        *("RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "BandwidthLimitExceeded"),
        *("ProvisionedThroughputExceededException", "PriorRequestNotComplete", "TransactionInProgressException"),
    }
)


_NOT_AUTHORIZED = re.compile(r"not authorized to perform:? ([\w-]+:\w+)")
# Nothing that can be granted helps against these.
_FORBIDDEN = ("service control policy", "resource control policy", "permissions boundary")
_LONGEST = 2000


@dataclass(frozen=True)
class Failure:
    """A call without a usable answer. ``code`` is the service's error code, or a word of ours for what came before
    any answer (``Timeout``, ``NoConnection``, ``Malformed``, ``TimeLimit``, ``Interrupted``). ``grant`` is the action
    that the service itself says is missing: the key of an encrypted guardrail needs one of its own."""

    code: str
    detail: str = ""
    grant: str = ""

    @property
    def denied(self) -> bool:
        """Whether a permission would help."""
        return self.code in DENIED

    def reason(self, name: str, action: str) -> str:
        """What a report says: the operation, the code, and what helps."""
        return f"{name}: {self.code}{self._advice(action)}"

    def _advice(self, action: str) -> str:
        if self.code in DENIED:
            return f"; {self.detail or 'grant'} {self.grant or action}"
        if self.code in EXPIRED:
            return "; the credentials expired, renew them and read again"
        if self.code in NOT_ENABLED:
            return "; the Region is not enabled for this account, or the credentials are not valid there"
        if self.code in SUBSCRIPTION:
            return "; the account is not subscribed to the service"
        if self.code in THROTTLED:
            return "; throttled until the retries were used up, read again later"
        if self.code.isdigit():
            return "; the answer did not come from AWS, or was no answer of this operation"
        return f"; {self.detail}" if self.detail else ""


def failure_of(code: str, message: str) -> Failure:
    """A failure from the service's code and message; a message may be anything, and nothing else of it is kept."""
    if code not in DENIED:
        return Failure(code)
    text = message[:_LONGEST]
    named = _NOT_AUTHORIZED.search(text)
    by = next((word for word in _FORBIDDEN if f"explicit deny in a {word}" in text), None)
    return Failure(code, f"a {by} denies" if by else "", named.group(1) if named else "")

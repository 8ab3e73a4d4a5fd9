"""What helps against a failure, told from the error code and the service's own words."""

from __future__ import annotations

import pytest

from prodworks_cli.sources.account.failures import failure_of

WHO = "User: arn:aws:iam::111122223333:user/auditor is not authorized to perform"


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("AccessDeniedException", "", "b:GetIt: AccessDeniedException; grant b:GetIt"),
        (
            "AccessDeniedException",
            f"{WHO}: kms:Decrypt on resource: x",
            "b:GetIt: AccessDeniedException; grant kms:Decrypt",
        ),
        (
            "AccessDenied",
            f"{WHO}: b:GetIt with an explicit deny in a service control policy",
            "b:GetIt: AccessDenied; a service control policy denies b:GetIt",
        ),
        (
            "SubscriptionRequiredException",
            "x",
            "b:GetIt: SubscriptionRequiredException; the account is not subscribed to the service",
        ),
        ("ValidationException", f"{WHO}: x:Y", "b:GetIt: ValidationException"),
        ("403", "<html>", "b:GetIt: 403; the answer did not come from AWS, or was no answer of this operation"),
    ],
)
def test_the_reason_says_what_helps(code: str, message: str, expected: str) -> None:
    assert failure_of(code, message).reason("b:GetIt", "b:GetIt").startswith(expected)

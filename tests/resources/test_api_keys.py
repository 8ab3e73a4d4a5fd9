from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.resources.api_keys import ApiKey
from prodworks_cli.sources.bearer_tokens import read
from prodworks_cli.sources.files import tree_of
from tests.resources.support import DENIED, block, declared, declares, observe

KIND = "aws_iam_service_specific_credential"
KEY = {"service_name": "bedrock.amazonaws.com", "user_name": "bot"}


def test_terraform() -> None:
    made = declared(KIND, KEY)
    assert (made.user, made.status, made.expires_at, made.lifetime_days) == ("bot", "Active", None, None)
    assert isinstance(made.created_at, Unknown)
    limited = declared(KIND, {**KEY, "credential_age_days": "7", "status": "Inactive"})
    assert (limited.status, limited.lifetime_days) == ("Inactive", 7)
    assert isinstance(limited.expires_at, Unknown)
    assert limited.expires_at.present


def test_other_services_have_credentials_of_this_sort() -> None:
    assert declares(block(KIND, "x", {**KEY, "service_name": "codecommit.amazonaws.com"})) is None
    hidden = declared(KIND, {**KEY, "service_name": Unknown("var.service")})
    assert isinstance(hidden.long_term, Unknown)


@pytest.mark.parametrize(
    ("status", "days", "long"),
    [
        ("Active", None, True),
        ("Active", 365, True),
        ("Active", 30, False),
        ("Inactive", None, False),
        ("Expired", None, False),
        (Unknown("x"), 10, False),
        (Unknown("x"), None, None),
        ("Active", Unknown("x"), None),
        (None, None, True),
    ],
)
def test_long_term(status: Any, days: Any, long: bool | None) -> None:
    value = ApiKey("bot", status, None, None, days).long_term
    assert (None if isinstance(value, Unknown) else value) is long


def listed(**times: object) -> Any:
    credential = {"ServiceSpecificCredentialId": "ACCA1", "UserName": "bot", "Status": "Active", **times}
    other = {"ServiceSpecificCredentialId": "ACCA2", "UserName": "other", "Status": "Inactive"}
    answer = {"ServiceSpecificCredentials": [other, credential]}
    return observe("aws.bedrock.api_key", {"iam:ListServiceSpecificCredentials": answer}, "ACCA1")


def test_observed() -> None:
    made = listed(CreateDate="2026-01-01T00:00:00+00:00", ExpirationDate="2026-01-31T00:00:00+00:00")
    assert (made.user, made.status, made.lifetime_days, made.long_term) == ("bot", "Active", 30, False)
    assert (made.created_at, made.expires_at) == ("2026-01-01T00:00:00+00:00", "2026-01-31T00:00:00+00:00")
    assert listed(CreateDate="2026-01-01T00:00:00+00:00").lifetime_days is None
    odd = listed(CreateDate="2026-01-01T00:00:00", ExpirationDate="soon")
    assert isinstance(odd.lifetime_days, Unknown)
    mixed = listed(CreateDate="2026-01-01T00:00:00", ExpirationDate="2026-01-01T00:00:00+00:00")
    assert isinstance(mixed.lifetime_days, Unknown)
    denied = observe("aws.bedrock.api_key", {"iam:ListServiceSpecificCredentials": DENIED})
    assert isinstance(denied.long_term, Unknown)


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("app.py", 'key = os.environ["AWS_BEARER_TOKEN_BEDROCK"]\n', True),
        (".env.example", "AWS_BEARER_TOKEN_BEDROCK=\n", True),
        ("src/client.ts", "// AWS_BEARER_TOKEN_BEDROCK is read by the SDK\n", False),
        ("notes.md", "Set AWS_BEARER_TOKEN_BEDROCK.\n", False),
        ("tests/test_app.py", 'key = os.environ["AWS_BEARER_TOKEN_BEDROCK"]\n', False),
        (
            "app.py",
            'from aws_bedrock_token_generator import provide_token\nos.environ["AWS_BEARER_TOKEN_BEDROCK"] = token\n',
            False,
        ),
    ],
)
def test_places_that_take_a_bearer_token(path: str, text: str, found: bool) -> None:
    drafts = read(tree_of({path: text}).files)
    assert [d.location.where for d in drafts] == ([path] if found else [])
    assert all(isinstance(d.attributes["status"], Unknown) for d in drafts)

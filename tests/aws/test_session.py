"""Nothing but declared reads leaves the process, and what comes in has the form that the model says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from prodworks_cli.resources.environment import MASKED_SECRET
from prodworks_cli.resources.registry import collectors, reads
from prodworks_cli.sources.account.mask import masked
from prodworks_cli.sources.account.session import (
    CREDENTIAL_CALLS,
    Access,
    AccountError,
    RefusedOperation,
    open_session,
)
from tests.aws.conftest import SERVICES, WHO
from tests.aws.endpoint import Endpoint, FakeAccount
from tests.aws.shapes import SESSION

READING = ("Get", "List", "Describe", "BatchGet", "Lookup", "Search")


def _writes(service: str) -> list[str]:
    names = SESSION.get_service_model(service).operation_names
    return [name for name in names if not name.startswith(READING)]


@pytest.mark.parametrize("service", sorted(s for s in SERVICES if _writes(s)))
def test_every_write_is_refused_before_anything_is_sent(endpoint: Endpoint, service: str) -> None:
    session = open_session(Access(), (read.name for read in reads()))
    client = session.create_client(service, region_name="us-east-1")
    for name in _writes(service):
        if f"{service}:{name}" not in CREDENTIAL_CALLS:
            with pytest.raises(RefusedOperation, match="nothing was sent"):
                client._make_api_call(name, {})
    assert endpoint.account.calls == []


def test_a_read_that_is_not_declared_is_refused_too(endpoint: Endpoint) -> None:
    session = open_session(Access(), ["bedrock:ListGuardrails"])
    with pytest.raises(RefusedOperation):
        session.create_client("bedrock", region_name="us-east-1").get_guardrail(guardrailIdentifier="g")
    assert endpoint.account.calls == []


@pytest.mark.parametrize("read", reads(), ids=lambda read: read.name)
def test_each_read_exists_and_reads(read) -> None:  # type: ignore[no-untyped-def]
    model = SESSION.get_service_model(read.service).operation_model(read.operation)
    assert model.name.startswith(READING)
    assert read.action.partition(":")[2].startswith((*READING, "View", "GET"))


def test_each_collector_declares_what_it_reads_once() -> None:
    for collector in collectors():
        assert collector.reads
        assert len(set(collector.reads)) == len(collector.reads)


def test_a_role_is_assumed_with_its_external_id(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    role = "arn:aws:iam::222233334444:role/audit"
    credentials = {"AccessKeyId": "ASIAEXAMPLE000000000", "SecretAccessKey": "s", "SessionToken": "t"}
    expires = datetime.now(UTC) + timedelta(hours=1)
    answer = {"Credentials": {**credentials, "Expiration": expires}}
    endpoint.account = FakeAccount({**WHO, "sts:AssumeRole": answer})
    session = open_session(Access(role_arn=role, external_id="shared-secret"), ["sts:GetCallerIdentity"])
    session.create_client("sts", region_name="us-east-1").get_caller_identity()
    (asked,) = [params for name, params, _ in endpoint.account.calls if name == "sts:AssumeRole"]
    assert (asked["RoleArn"], asked["ExternalId"], asked["RoleSessionName"]) == (role, "shared-secret", "prodworks")
    assert session.get_credentials().access_key == credentials["AccessKeyId"]
    with pytest.raises(RefusedOperation):
        session.create_client("sts", region_name="us-east-1").get_session_token()


def test_a_profile_that_does_not_exist_is_one_clear_line(endpoint: Endpoint) -> None:
    with pytest.raises(AccountError, match="nobody"):
        open_session(Access(profile="nobody"), [])


VARIABLES = ({"OPENAI_API_KEY": "sk-live-0123456789abcdefghijklmnop"}, {"TABLE": "customers-of-acme"})


@pytest.mark.parametrize("variables", VARIABLES, ids=["credential", "table"])
def test_values_of_variables_are_masked_and_still_judged(variables: dict[str, str]) -> None:
    read = next(r for r in reads() if r.name == "lambda:ListFunctions")
    shape = SESSION.get_service_model("lambda").operation_model("ListFunctions").output_shape
    kept = masked({"Functions": [{"FunctionName": "f", "Environment": {"Variables": variables}}]}, shape, read)
    ((variable, value),) = kept["Functions"][0]["Environment"]["Variables"].items()
    assert variables[variable] not in str(kept)
    assert value == (MASKED_SECRET if "KEY" in variable else "")
    assert kept["Functions"][0]["FunctionName"] == "f"


def test_what_the_model_calls_sensitive_is_masked_and_arns_names_and_enums_are_not() -> None:
    read = next(r for r in reads() if r.name == "bedrock:GetGuardrail")
    shape = SESSION.get_service_model("bedrock").operation_model("GetGuardrail").output_shape
    topic = {"name": "money", "definition": "never speak of the merger", "examples": ["the merger?"], "type": "DENY"}
    answer = {
        "name": "chat",
        "description": "for the merger",
        "topicPolicy": {"topics": [{**topic, "inputAction": "NONE"}]},
    }
    kept = masked(answer, shape, read)
    assert "merger" not in str(kept)
    (shown,) = kept["topicPolicy"]["topics"]
    assert (kept["name"], shown["name"], shown["type"], shown["inputAction"]) == ("chat", "money", "DENY", "NONE")

"""Nothing but declared reads leaves the process, and what comes in has the form that the model says."""

from __future__ import annotations

import pytest

from prodworks_cli.resources.registry import collectors, reads
from prodworks_cli.sources.account.session import CREDENTIAL_CALLS, Access, RefusedOperation, open_session
from tests.aws.conftest import SERVICES
from tests.aws.endpoint import Endpoint
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
    assert read.action.partition(":")[2].startswith((*READING, "View"))


def test_each_collector_declares_what_it_reads_once() -> None:
    for collector in collectors():
        assert collector.reads
        assert len(set(collector.reads)) == len(collector.reads)

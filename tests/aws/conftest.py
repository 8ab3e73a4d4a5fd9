"""The fake endpoint, and ways to scan it in this process and through the installed command."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import pytest

from prodworks_cli.account import AccountOptions, Limits, read_account
from prodworks_cli.audit import Errors
from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory
from prodworks_cli.resources.registry import collectors, reads
from prodworks_cli.sources.files import tree_of
from tests.aws.endpoint import ACCOUNT, Answering, Endpoint, FakeAccount

SERVICES = {read.service for read in reads()}
QUICK = Limits(total=60, connect=10, read=20, attempts=2, calls=16)
WHO: dict[str, Answering] = {
    "sts:GetCallerIdentity": {
        "UserId": "AIDAEXAMPLE",
        "Account": ACCOUNT,
        "Arn": f"arn:aws:iam::{ACCOUNT}:user/auditor",
    },
    "account:ListRegions": {"Regions": [{"RegionName": "us-east-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"}]},
}

Scanning = Callable[..., Inventory]


@pytest.fixture
def endpoint(server: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """The endpoint with this process led to it; whatever was asked for without an answer fails the test."""
    for name, value in server.environment(SERVICES).items():
        monkeypatch.setenv(name, value)
    server.account = FakeAccount(dict(WHO))
    yield server
    assert server.account.unexpected == []


@pytest.fixture
def scan(endpoint: Endpoint) -> Scanning:
    """Scan an account with these answers, as ``--aws`` does, in this process, with the collectors of some kinds."""

    def run(
        kinds: Collection[str],
        answers: Mapping[str, Answering],
        files: Mapping[str, str] | None = None,
        regions: tuple[str, ...] = ("us-east-1",),
    ) -> Inventory:
        endpoint.account = FakeAccount({**WHO, **answers})
        declared = collect_repository(tree_of(dict(files or {})), {})
        errors = Errors()
        chosen = [collector for collector in collectors() if collector.kind in kinds]
        options = AccountOptions(regions=regions, limits=QUICK)
        found = read_account(options, declared, errors, lambda line: None, chosen).inventory
        assert errors.seen == []
        return found

    return run

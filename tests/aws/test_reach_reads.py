"""What stands around the workload, as the collectors read it from the scenario account."""

from __future__ import annotations

from typing import Any

from prodworks_cli.account import AccountOptions, read_account
from prodworks_cli.audit import Errors
from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Ref
from prodworks_cli.resources.api_keys import ApiKey
from prodworks_cli.resources.cloudtrail import Trail
from prodworks_cli.resources.entries import Entry
from prodworks_cli.resources.vectors import Store
from prodworks_cli.sources.files import tree_of
from tests.aws.conftest import QUICK, WHO
from tests.aws.endpoint import Endpoint, FakeAccount
from tests.aws.scenario import FILES, HOME
from tests.aws.scenario_rest import ANSWERS


def test_entries_stores_trails_and_keys(endpoint: Endpoint) -> None:
    endpoint.account = FakeAccount({**WHO, **ANSWERS})
    errors = Errors()
    declared = collect_repository(tree_of(dict(FILES)), {})
    options = AccountOptions(regions=(HOME,), limits=QUICK)
    seen = read_account(options, declared, errors, lambda line: None).inventory
    assert errors.seen == []

    def values(cls: Any) -> list[Any]:
        return [r.value for r in seen.resources if isinstance(r.value, cls)]

    (store,), (key,) = values(Store), values(ApiKey)
    (balancer,), (source,) = ([e for e in values(Entry) if e.engine == engine] for engine in ("alb", "appsync"))
    assert (balancer.public, balancer.target, balancer.access_logs) == (True, Ref("aws.compute.unit", "worker"), False)
    assert (source.authentication, source.name, source.access_logs) == ("api_key", "search", True)
    (entry,) = [e for e in values(Entry) if e.engine == "http"]
    assert (entry.engine, entry.name, entry.authentication, entry.throttled) == ("http", "POST /ask", "jwt", True)
    assert (store.engine, store.public) == ("aoss", False)
    assert (key.user, key.long_term) == ("demo", False)
    trails = {t.name: (t.logging, t.multi_region, t.management_events) for t in values(Trail)}
    assert trails == {"audit": (True, True, "All"), "lake": (False, True, "All")}

"""What entries and safeguards say of the workload as a whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from prodworks_cli.link import with_ways_to_models
from prodworks_cli.model import Gap, Inventory, Kind, Location, Plane, Ref, Resource, Scan, Unknown
from prodworks_cli.resources.entries import Entry
from prodworks_cli.resources.safeguards import Safeguard
from prodworks_cli.workload_entries import covered, has_public_entry, rate_limited

U = Unknown("not known")
ENTRY = Entry("http", "POST /ask", True, "jwt", False, None, False, False, 30, None, True)
LIMITER = Safeguard("rate_limit", "library", "app.py", U)


def inventory(*values: Kind, gaps: tuple[Gap, ...] = ()) -> Inventory:
    resources = [Resource(f"r{n}", Plane.DECLARED, v, {"": Location("x")}) for n, v in enumerate(values)]
    return Inventory(tuple(resources), gaps, Scan("x"))


def shown(value: object) -> object:
    return "unknown" if isinstance(value, Unknown) else value


@pytest.mark.parametrize(
    ("changes", "public", "limited"),
    [
        ({}, True, False),
        ({"throttled": True}, True, True),
        ({"waf_rate_rule": True}, True, True),
        ({"throttled": U}, True, "unknown"),
        ({"public": False}, False, True),
        ({"leads_to_model": False}, False, True),
        ({"leads_to_model": U}, "unknown", "unknown"),
        ({"leads_to_model": U, "throttled": True}, "unknown", True),
    ],
)
def test_entries(changes: dict[str, Any], public: object, limited: object) -> None:
    seen = inventory(replace(ENTRY, **changes))
    assert shown(has_public_entry(seen, Plane.DECLARED, None)) == public
    assert shown(rate_limited(seen, Plane.DECLARED, None)) == limited
    assert has_public_entry(seen, Plane.OBSERVED, None) is False


def test_a_listing_that_failed_may_hide_an_entry() -> None:
    gap = Gap("aws.*", Plane.DECLARED, "main.tf", "does not parse")
    assert shown(has_public_entry(inventory(), Plane.DECLARED, gap)) == "unknown"
    assert has_public_entry(inventory(ENTRY), Plane.DECLARED, gap) is True
    denied = Gap("aws.api.entry", Plane.OBSERVED, "111122223333/us-east-1", "denied")
    assert shown(rate_limited(inventory(), Plane.OBSERVED, denied)) == "unknown"
    assert rate_limited(inventory(), Plane.OBSERVED, None) is True


def test_a_limiter_in_the_application() -> None:
    assert shown(rate_limited(inventory(ENTRY, LIMITER), Plane.DECLARED, None)) == "unknown"
    assert rate_limited(inventory(ENTRY, replace(LIMITER, covers_all=True)), Plane.DECLARED, None) is True
    assert covered(inventory(LIMITER), "authentication") is False
    unread = inventory(gaps=(Gap("*", Plane.DECLARED, "app.py", "not UTF-8"),))
    assert shown(covered(unread, "authentication")) == "unknown"


def test_an_entry_leads_to_a_model_through_the_role_of_its_target() -> None:
    open_end = replace(ENTRY, leads_to_model=None)
    resources = inventory(open_end, replace(open_end, target=Ref("aws.compute.unit", "f"))).resources
    none, lost = (r.value for r in with_ways_to_models(resources))
    assert isinstance(none, Entry)
    assert isinstance(lost, Entry)
    assert none.leads_to_model is False
    assert shown(lost.leads_to_model) == "unknown"

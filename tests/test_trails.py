"""Data events: which the services in use leave, and which no trail keeps."""

from __future__ import annotations

import pytest

from prodworks_cli.model import Inventory, Location, Plane, Resource, Scan, Unknown
from prodworks_cli.resources.cloudtrail import Trail
from prodworks_cli.resources.knowledge_bases import KnowledgeBase
from prodworks_cli.schema import Flag, Texts, attributes_of
from prodworks_cli.trails import in_use, unrecorded

BASE, AGENT = "AWS::Bedrock::KnowledgeBase", "AWS::Bedrock::AgentAlias"
UNREAD = Unknown("denied")


def inventory(*trails: Trail) -> Inventory:
    listed = [Resource(f"t{i}", Plane.OBSERVED, t, {"": Location("x")}) for i, t in enumerate(trails)]
    return Inventory(tuple(listed), (), Scan("x"))


def trail(logging: Flag, types: Texts) -> Trail:
    return Trail("t", logging, True, "All", (), types, True, None)


@pytest.mark.parametrize(
    ("trails", "missing"),
    [
        ([], (BASE,)),
        ([trail(True, (BASE,))], ()),
        ([trail(True, (AGENT,))], (BASE,)),
        ([trail(False, (BASE,))], (BASE,)),
        ([trail(False, (BASE,)), trail(True, (AGENT, BASE))], ()),
        ([trail(True, UNREAD)], (UNREAD,)),
        ([trail(True, (AGENT, UNREAD))], (UNREAD,)),
        ([trail(UNREAD, (BASE,))], (UNREAD,)),
        ([trail(UNREAD, (AGENT,))], (BASE,)),
    ],
)
def test_types_that_no_logging_trail_keeps(trails: list[Trail], missing: tuple[str | Unknown, ...]) -> None:
    assert unrecorded(inventory(*trails), Plane.OBSERVED, (BASE,), None) == missing


def test_a_trail_that_was_not_seen_may_keep_a_type() -> None:
    found = inventory(trail(True, (AGENT,)))
    assert unrecorded(found, Plane.OBSERVED, (AGENT, BASE), UNREAD) == (UNREAD,)
    assert unrecorded(found, Plane.DECLARED, (AGENT,), None) == (AGENT,)


def test_a_knowledge_base_is_in_use_wherever_it_is_seen() -> None:
    values = dict.fromkeys((n for n, a in attributes_of(KnowledgeBase).items() if not a.derived))
    base = Resource("kb", Plane.DECLARED, KnowledgeBase(**values), {"": Location("x")})
    assert in_use(Inventory((base, base), (), Scan("x"))) == (BASE,)

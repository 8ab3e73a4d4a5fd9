"""Whether logs of prompts are kept as long as an audit needs them."""

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Location, Plane, Ref, Resource, Unknown
from prodworks_cli.resources.bedrock import InvocationLogging
from prodworks_cli.resources.logs import LogGroup
from prodworks_cli.retention import with_retention
from prodworks_cli.schema import Number, attributes_of

UNREAD = Unknown("var.days")


def made(cls: Any, plane: Plane = Plane.DECLARED, **given: object) -> Resource:
    values: dict[str, Any] = dict.fromkeys(n for n, a in attributes_of(cls).items() if not a.derived)
    return Resource("infra/g", plane, cls(**{**values, **given}), {"": Location("x")}, ("/models",))


def kept(*resources: Resource, **settings: object) -> object:
    values = [r.value for r in with_retention(resources, settings)]
    return next(v.kept_for_audit for v in values if isinstance(v, LogGroup))


@pytest.mark.parametrize(
    ("days", "needed", "expected"),
    [
        (None, None, False),
        (183, None, True),
        (182, None, False),
        (182, 180, True),
        (365, 400, False),
        (UNREAD, None, UNREAD),
    ],
)
def test_the_group_keeps_events_for_the_days_that_are_needed(
    days: Number, needed: int | None, expected: object
) -> None:
    group = made(LogGroup, holds_prompts=True, retention_days=days)
    assert kept(group, **({"audit_retention_days": needed} if needed else {})) == expected


def test_other_groups_are_not_judged() -> None:
    assert kept(made(LogGroup, holds_prompts=False, retention_days=365)) is None


def test_a_bucket_may_keep_what_the_group_loses() -> None:
    group = made(LogGroup, holds_prompts=True, retention_days=14)
    key = Ref("aws.logs.log_group", "/models")
    doubled = made(InvocationLogging, log_group=key, bucket=Ref("aws.s3.bucket", "b"))
    assert isinstance(kept(group, doubled), Unknown)
    assert kept(group, made(InvocationLogging, log_group=key)) is False
    assert (
        kept(group, made(InvocationLogging, Plane.OBSERVED, log_group=key, bucket=Ref("aws.s3.bucket", "b"))) is False
    )
    forever = made(LogGroup, holds_prompts=True, retention_days=None)
    assert kept(forever, doubled) is False

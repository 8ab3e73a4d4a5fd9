"""How long ago an evaluation job judged something in use."""

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.evaluated import evaluated_days_ago
from prodworks_cli.model import Kind, Location, Plane, Resource, Unknown
from prodworks_cli.resources.model_references import ModelReference
from prodworks_cli.resources.quality import EvaluationJob
from prodworks_cli.schema import Number, Texts, attributes_of

NOVA = "amazon.nova-lite-v1:0"
UNREAD, DENIED = Unknown("unread"), Unknown("denied")


def resource(value: Kind) -> Resource:
    return Resource("x", Plane.OBSERVED, value, {"": Location("x")})


def reference(model_id: object, base: object) -> Resource:
    values: dict[str, Any] = dict.fromkeys(attributes_of(ModelReference))
    return resource(ModelReference(**{**values, "model_id": model_id, "base_model_id": base}))


def job(age: Number, targets: Texts, status: str = "Completed") -> Resource:
    return resource(EvaluationJob("arn", status, age, targets))


@pytest.mark.parametrize(
    ("jobs", "days"),
    [
        ([], None),
        ([job(12, (NOVA,)), job(3, (NOVA,)), job(40, (NOVA,))], 3),
        ([job(3, (f"arn:aws:bedrock:us-east-1::foundation-model/{NOVA}",))], 3),
        ([job(3, (f"us.{NOVA}",))], 3),
        ([job(3, ("mistral.mistral-large-2407-v1:0",))], None),
        ([job(3, (NOVA,), "Failed")], None),
        ([job(3, UNREAD)], UNREAD),
        ([job(3, UNREAD), job(40, (NOVA,))], UNREAD),
        ([job(3, UNREAD), job(30, (NOVA,))], 30),
        ([job(3, ("other", UNREAD))], UNREAD),
        ([job(UNREAD, (NOVA,))], UNREAD),
    ],
)
def test_only_completed_jobs_on_what_is_in_use_count(jobs: list[Resource], days: object) -> None:
    assert evaluated_days_ago([reference(f"us.{NOVA}", NOVA), *jobs], None) == days


def test_a_model_that_is_not_known_may_be_the_one_that_was_judged() -> None:
    other = job(3, ("mistral.mistral-large-2407-v1:0",))
    assert evaluated_days_ago([reference(UNREAD, UNREAD), other], None) == UNREAD
    assert evaluated_days_ago([reference(UNREAD, UNREAD)], None) is None


def test_jobs_that_were_not_listed_may_be_some() -> None:
    assert evaluated_days_ago([reference(NOVA, NOVA)], DENIED) == DENIED
    assert evaluated_days_ago([reference(NOVA, NOVA), job(3, (NOVA,))], DENIED) == 3

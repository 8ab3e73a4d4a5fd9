"""What only the account says of the workload."""

from __future__ import annotations

from dataclasses import replace

from prodworks_cli.model import Gap, Inventory, Location, Plane, Resource, Scan, Unknown
from prodworks_cli.planes import with_workload
from prodworks_cli.resources.ownership import OwnerTag
from prodworks_cli.workload_account import owner_by_tags
from tests.resources.support import DENIED, observe

AT = {"": Location("here")}
LAMBDA = {"lambda:GetFunctionConfiguration": {"FunctionName": "chat"}, "lambda:GetFunctionConcurrency": {}}
UNIT = observe("aws.compute.unit", LAMBDA)


def _function(name: str) -> Resource:
    return Resource(name, Plane.OBSERVED, UNIT, AT, (f"arn:{name}",))


def _tag(resource: str, owner: str) -> Resource:
    return Resource(f"owner-tag/{resource}", Plane.OBSERVED, OwnerTag(resource, owner), AT)


def _inventory(*resources: Resource, gaps: tuple[Gap, ...] = ()) -> Inventory:
    return Inventory(resources, gaps, Scan("x", account_read_at="2026-01-01T00:00:00+00:00"))


def test_one_owner_of_all() -> None:
    both = (_function("a"), _function("b"), _tag("arn:a", "Team"), _tag("arn:b", "team "))
    assert owner_by_tags(_inventory(*both)) == "Team"
    assert owner_by_tags(_inventory(_function("a"), _tag("a", "team"))) == "team"


def test_several_owners_and_untagged_parts_are_none() -> None:
    assert owner_by_tags(_inventory(_function("a"), _tag("arn:a", "x"), _tag("arn:bucket", "y"))) is None
    assert owner_by_tags(_inventory(_function("a"), _function("b"), _tag("arn:a", "x"))) is None
    assert owner_by_tags(_inventory(_function("a"))) is None


def test_tags_that_could_not_be_read_are_unknown() -> None:
    gap = Gap("aws.tags.owner", Plane.OBSERVED, "here", "denied")
    assert isinstance(owner_by_tags(_inventory(_function("a"), gaps=(gap,))), Unknown)


def test_tags_count_on_the_observed_plane_where_the_repository_names_nobody() -> None:
    inventory = _inventory(_function("a"), _tag("arn:a", "team"))

    def owners(named: str | None) -> dict[Plane, object]:
        made = with_workload(replace(inventory), named)
        return {r.plane: r.value.owner for r in made.resources if r.kind == "workload"}  # type: ignore[attr-defined]

    assert owners(None) == {Plane.DECLARED: None, Plane.OBSERVED: "team"}
    assert owners("us") == {Plane.DECLARED: "us", Plane.OBSERVED: "us"}


def test_a_tag_of_the_account() -> None:
    tags = [{"Key": "Name", "Value": "x"}, {"Key": "owner", "Value": "team"}]
    listed = {"ResourceTagMappingList": [{"ResourceARN": "arn:a", "Tags": tags}]}
    tag = observe("aws.tags.owner", {"resourcegroupstaggingapi:GetResources": listed})
    assert tag == OwnerTag("arn:a", "team")
    denied = observe("aws.tags.owner", {"resourcegroupstaggingapi:GetResources": DENIED})
    assert isinstance(denied.owner, Unknown)

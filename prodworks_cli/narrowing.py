"""``scope:`` in the config: which roots are this workload's, by name, tag or CloudFormation stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prodworks_cli.model import Gap, Plane
from prodworks_cli.resources.collecting import STACK_RESOURCES, TAGGED, Read
from prodworks_cli.scope import Narrowing
from prodworks_cli.sources.account.failures import Failure
from prodworks_cli.sources.account.scan import Caller, Scan


def narrowing_of(
    scope: Mapping[str, Any], scan: Scan, caller: Caller, regions: Sequence[str]
) -> tuple[Narrowing, list[Gap]]:
    """What ``scope:`` says, with tags and stacks looked up in each Region. A failed look-up is a gap over all kinds."""
    if not scope:
        return Narrowing(), []
    exact: set[str] = set()
    gaps: list[Gap] = []
    for region in regions:
        for read, params, key, member in _look_ups(scope):
            answer = scan.calls.once(read, region, params, pages=True)
            exact |= {str(e[member]) for e in (answer.response or {}).get(key, ()) if e.get(member)}
            if answer.failure:
                gaps.append(_gap(read, answer.failure, f"{caller.account}/{region}"))
    return Narrowing(tuple(scope.get("names", ())), frozenset(exact), active=True), gaps


def _look_ups(scope: Mapping[str, Any]) -> list[tuple[Read, Mapping[str, Any], str, str]]:
    """Tags that all must match, and the resources of each stack."""
    tags = scope.get("tags") or {}
    filters = [{"Key": key, "Values": [value]} for key, value in sorted(tags.items())]
    found: list[tuple[Read, Mapping[str, Any], str, str]] = []
    if filters:
        found.append((TAGGED, {"TagFilters": filters}, "ResourceTagMappingList", "ResourceARN"))
    stacks = scope.get("stacks") or ()
    found += [(STACK_RESOURCES, {"StackName": name}, "StackResourceSummaries", "PhysicalResourceId") for name in stacks]
    return found


def _gap(read: Read, failure: Failure, where: str) -> Gap:
    reason = f"what the scope of the config means could not be looked up: {failure.reason(read.name, read.action)}"
    return Gap("aws.*", Plane.OBSERVED, where, reason, action=read.action if failure.denied else None)

"""CloudFormation stacks: what became of each resource of a template, by logical id. Values of stacks are never read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prodworks_cli.model import Inventory, Kind, Plane, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Observed, Record, each, observed, own
from prodworks_cli.resources.collecting import STACK_RESOURCES, STACKS, Collector, Reader, narrowed, never
from prodworks_cli.schema import Draft, Item, Text, draft

# Of a Region with more stacks the newest are read; ``scope: {stacks: [...]}`` in the config names others.
MOST = 80
_GONE = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_COMPLETE")


@dataclass(frozen=True)
class Member(Item):
    """A resource of a stack: its name in the template, its type, and its name, id or ARN in the account."""

    logical_id: Text
    type: Text
    physical_id: Text


@dataclass(frozen=True)
class Stack(Kind):
    """A stack that was deployed from a template or a CDK application."""

    KIND = "aws.cloudformation.stack"

    name: Text
    status: Text
    members: tuple[Member | Unknown, ...] | Unknown | None


def members_of(stack: Stack) -> dict[str, Member]:
    """The members that could be read, by logical id."""
    listed = stack.members if isinstance(stack.members, tuple) else ()
    return {m.logical_id: m for m in listed if isinstance(m, Member) and isinstance(m.logical_id, str)}


def unread(stack: Stack) -> str:
    """Why not all members are known; "" when they are."""
    listed = stack.members if isinstance(stack.members, tuple) else (stack.members,)
    return next((m.reason for m in listed if isinstance(m, Unknown)), "")


def _member(entry: Node) -> Draft:
    return draft(
        Member,
        entry,
        logical_id=entry["LogicalResourceId"],
        type=entry["ResourceType"],
        physical_id=entry["PhysicalResourceId"],
    )


def _observed(record: Record) -> Draft:
    summary = own(record, STACKS.name, "StackSummaries")
    listed = record.answer(STACK_RESOURCES.name)["StackResourceSummaries"]
    return observed(
        Stack,
        record,
        (summary["StackName"],),
        name=summary["StackName"],
        status=summary["StackStatus"],
        members=each(listed, _member),
    )


API: Mapping[str, Observed] = {Stack.KIND: _observed}


def _stacks(reader: Reader) -> Iterable[Record]:
    """The live stacks that the config's scope names, else the newest."""
    listed = [s for s in reader.found(STACKS, "StackSummaries") if s["StackStatus"].text() not in _GONE]
    newest = sorted(listed, key=_changed, reverse=True)
    named = [s for s in newest if reader.wanted(s["StackName"].text(), s["StackId"].text())]
    return reader.each(named or newest[:MOST], lambda stack: _stack(reader, stack))


def _changed(stack: Node) -> str:
    return stack["LastUpdatedTime"].text() or stack["CreationTime"].text() or ""


def _stack(reader: Reader, stack: Node) -> Record | None:
    arn = stack["StackId"].text()
    if arn is None:
        return None
    members = reader.listing(STACK_RESOURCES, "StackResourceSummaries", arn, StackName=arn)
    return reader.record(arn, {STACKS: narrowed(STACKS, "StackSummaries", stack, arn), STACK_RESOURCES: members})


def _of_templates(inventory: Inventory) -> bool:
    """Whether the repository declares anything in a template or a CDK application."""
    return any(
        r.plane is Plane.DECLARED and r.kind.startswith("aws.") and "#" in r.identity for r in inventory.resources
    )


COLLECT = (Collector(Stack.KIND, (STACKS, STACK_RESOURCES), _stacks, root=never, first=True, needed=_of_templates),)

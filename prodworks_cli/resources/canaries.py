"""Canaries of CloudWatch Synthetics: scheduled probes of the application."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import (
    ACCOUNT_ONLY,
    Declared,
    Observed,
    Record,
    declared,
    observed,
    own,
    truth,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Text


@dataclass(frozen=True)
class Canary(Kind):
    """A scheduled probe of the application.

    ``schedule`` is absent for a canary that runs once. ``probes_workload`` says that it is this workload that is
    probed: one that the repository declares is, of another one the account does not tell.
    """

    KIND = "aws.synthetics.canary"

    name: Text
    state: Text
    schedule: Text
    last_status: Text
    probes_workload: Flag


# A rate of 0 runs the canary once, when it is started.
_ONCE = re.compile(r"rate\(\s*0\s+\w+\s*\)")


def _schedule(node: Node) -> Drafted:
    return Node(None, node.location) if _ONCE.fullmatch((node.text() or "").strip()) else node


def _declared(block: Block, name: Node, started: Node, schedule: Node) -> Draft:
    on = truth(started)
    return declared(
        Canary,
        block,
        (name,),
        name=name,
        state=on if isinstance(on, Unknown) else ("RUNNING" if on else "READY"),
        schedule=_schedule(schedule),
        last_status=ACCOUNT_ONLY,
        probes_workload=True,
    )


def _terraform(block: Block, _: Declarations) -> Draft:
    body = block.body
    return _declared(block, body["name"], body["start_canary"], body.at("schedule", "expression"))


def _cloudformation(block: Block, _: Declarations) -> Draft:
    body = block.body
    return _declared(block, body["Name"], body["StartCanaryAfterCreation"], body.at("Schedule", "Expression"))


def _observed(record: Record) -> Draft:
    canary = own(record, "synthetics:DescribeCanaries", "Canaries")
    last = own(record, "synthetics:DescribeCanariesLastRun", "CanariesLastRun")
    return observed(
        Canary,
        record,
        (canary["Name"],),
        name=canary["Name"],
        state=canary.at("Status", "State"),
        schedule=_schedule(canary.at("Schedule", "Expression")),
        last_status=last.at("LastRun", "Status", "State"),
        probes_workload=canary.unknown or Unknown("what the canary asks is in its code, which is not read"),
    )


TERRAFORM: Mapping[str, Declared] = {"aws_synthetics_canary": _terraform}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::Synthetics::Canary": _cloudformation}
API: Mapping[str, Observed] = {Canary.KIND: _observed}

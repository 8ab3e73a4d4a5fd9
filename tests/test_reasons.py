"""The reason of a finding: what nobody could read is told in its own words, also where it is a member of a list."""

from __future__ import annotations

from prodworks_cli.collect import collect_repository
from prodworks_cli.judge import judge
from prodworks_cli.model import Plane, Status
from prodworks_cli.rules import load_rules
from prodworks_cli.sources.files import tree_of

RETRIEVES = """
import boto3

agents = boto3.client("bedrock-agent-runtime")


def handler(event, context):
    return agents.retrieve_and_generate(input={"text": event["question"]})["output"]["text"]
"""


def test_what_is_unknown_in_a_list_is_told_without_brackets() -> None:
    rule = load_rules().get("audit-trail-records-data-events")
    assert rule is not None
    ((finding,),) = [o.findings for o in judge([rule], collect_repository(tree_of({"app.py": RETRIEVES}), {}))]
    verdict = finding.verdicts[Plane.DECLARED]
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == "the audit trail is often set up once for the account or the organization"
    assert verdict.proofs[-1].actual == f"[unknown ({verdict.reason})]"

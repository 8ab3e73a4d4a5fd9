"""The workload as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind
from prodworks_cli.schema import Flag, Links, Text, Texts, To


@dataclass(frozen=True)
class Workload(Kind):
    """The audited application as a whole: what its rules of existence ("at least one budget ...") are about.

    ``authenticates_callers`` says that code asks every caller who they are, before any model is called.

    ``enforces_guardrail`` says that the account, as declared or as read, applies a guardrail to every call of every
    model; that nobody said so counts as no.
    """

    KIND = "workload"

    name: Text
    owner: Text
    has_retrieval: Flag
    has_agents: Flag
    has_public_entry: Flag
    authenticates_callers: Flag
    rate_limited: Flag
    uses_runtime_endpoint: Flag
    allowed_regions: Texts
    approved_models: Texts
    model_calls: Annotated[Links, To("repo.model_call")]
    model_references: Annotated[Links, To("repo.model_reference")]
    alarms: Annotated[Links, To("aws.cloudwatch.alarm")]
    budgets: Annotated[Links, To("aws.budgets.budget")]
    enforced_guardrails: Annotated[Links, To("aws.bedrock.enforced_guardrail")]
    enforces_guardrail: Flag
    evaluations: Annotated[Links, To("repo.evaluation")]
    trails: Annotated[Links, To("aws.cloudtrail.trail")]
    api_keys: Annotated[Links, To("aws.bedrock.api_key")]
    secrets: Annotated[Links, To("repo.secret")]
    ci_workflows: Annotated[Links, To("repo.ci_workflow")]
    vpc_endpoints: Annotated[Links, To("aws.ec2.vpc_endpoint")]
    principals: Annotated[Links, To("aws.iam.role")]

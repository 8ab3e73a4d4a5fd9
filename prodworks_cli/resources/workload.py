"""The workload as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.schema import Flag, Item, Links, Number, Text, Texts, To


@dataclass(frozen=True)
class Attestation(Item):
    """What no machine can see and ``owner`` answers for until the end of the day ``expires``."""

    rule: Text
    statement: Text
    owner: Text
    evidence: Text
    expires: Text


@dataclass(frozen=True)
class Workload(Kind):
    """The audited application as a whole: what its rules of existence ("at least one budget ...") are about.

    ``authenticates_callers`` says that code asks every caller who they are, before any model is called.

    ``enforces_guardrail`` says that the account, as declared or as read, applies a guardrail to every call of every
    model; that nobody said so counts as no. ``is_multi_user`` and ``faces_people`` follow from requests of people that
    reach a model; ``public_corpus`` is what the team says of its documents.
    ``modalities`` are what models put out on the runtime endpoint: text, image, embedding, speech or video.
    ``uses_agentcore`` says that agents run on AgentCore or send spans with ADOT. ``quality_metric`` names what
    scores real answers in code; ``cost_per_request`` says that tokens are recorded for each request with a key of
    its own, and made into money. ``dependencies_locked`` says that each list of packages fixes what is installed,
    ``dependencies_scanned`` that a pipeline looks for known flaws in them. ``undeclared_resources`` are the GenAI
    resources of the account that the repository does not declare. ``data_events_in_use`` are the types of data events
    of CloudTrail that the services in use leave, ``unrecorded_data_events`` those of them that no trail keeps.
    ``agents_migration_planned`` says that a document plans the way out of Agents Classic; without one only the account
    can tell whether there still are such agents.
    ``evaluated_days_ago`` counts from the latest evaluation job of the account on something in use.
    """

    KIND = "workload"

    name: Text
    owner: Text
    has_retrieval: Flag
    has_agents: Flag
    has_public_entry: Flag
    authenticates_callers: Flag
    rate_limited: Flag
    has_tools: Flag
    is_multi_user: Flag
    faces_people: Flag
    public_corpus: Flag
    kill_switch: Flag
    shows_answers: Flag
    feedback_captured: Flag
    fallback: Flag
    uses_runtime_endpoint: Flag
    modalities: Texts
    uses_agentcore: Flag
    allowed_regions: Texts
    approved_models: Texts
    model_calls: Annotated[Links, To("repo.model_call")]
    output_sinks: Annotated[Links, To("repo.output_sink")]
    log_statements: Annotated[Links, To("repo.log_statement")]
    model_references: Annotated[Links, To("repo.model_reference")]
    alarms: Annotated[Links, To("aws.cloudwatch.alarm")]
    dashboards: Annotated[Links, To("aws.cloudwatch.dashboard")]
    anomaly_monitors: Annotated[Links, To("aws.ce.anomaly_monitor")]
    event_rules: Annotated[Links, To("aws.events.rule")]
    canaries: Annotated[Links, To("aws.synthetics.canary")]
    budgets: Annotated[Links, To("aws.budgets.budget")]
    enforced_guardrails: Annotated[Links, To("aws.bedrock.enforced_guardrail")]
    enforces_guardrail: Flag
    evaluations: Annotated[Links, To("repo.evaluation")]
    trails: Annotated[Links, To("aws.cloudtrail.trail")]
    agents_migration_planned: Flag
    data_events_in_use: Texts
    unrecorded_data_events: Texts
    api_keys: Annotated[Links, To("aws.bedrock.api_key")]
    evaluation_jobs: Annotated[Links, To("aws.bedrock.evaluation_job")]
    evaluated_days_ago: Number
    online_evaluations: Annotated[Links, To("aws.agentcore.online_evaluation")]
    quality_metric: Text
    cost_per_request: Flag
    secrets: Annotated[Links, To("repo.secret")]
    documents: Annotated[Links, To("repo.document")]
    dependencies_locked: Flag
    dependencies_scanned: Flag
    ci_workflows: Annotated[Links, To("repo.ci_workflow")]
    vpc_endpoints: Annotated[Links, To("aws.ec2.vpc_endpoint")]
    principals: Annotated[Links, To("aws.iam.role")]
    undeclared_resources: Texts
    attestations: tuple[Attestation | Unknown, ...] | Unknown | None

"""The registry of all kinds and adapters: a new service adds its module to ``MODULES``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import ModuleType

from prodworks_cli.model import Kind
from prodworks_cli.resources import (
    action_groups,
    agent_code,
    agent_reads,
    agentcore_gateways,
    agentcore_memories,
    agentcore_reads,
    agentcore_runtimes,
    agentcore_sandboxes,
    agents,
    anomaly_monitors,
    api_key_reads,
    api_keys,
    bedrock,
    bedrock_account,
    bedrock_reads,
    budget_reads,
    budgets,
    canaries,
    cloudtrail,
    cloudtrail_reads,
    cloudwatch,
    cloudwatch_reads,
    compute,
    compute_reads,
    cost_tags,
    dashboards,
    data_sources,
    documents,
    ec2,
    enforced_guardrails,
    entries,
    entries_api,
    entries_balancer,
    entries_graph,
    entries_http,
    entries_rest,
    entry_front_reads,
    entry_reads,
    evaluations,
    event_rules,
    flows,
    foundation_models,
    guardrail_reads,
    guardrails,
    iam,
    iam_reads,
    identity_pools,
    identity_reads,
    kms,
    kms_reads,
    knowledge_base_reads,
    knowledge_bases,
    log_reads,
    log_setups,
    logs,
    manifests,
    mcp_servers,
    measurements,
    model_calls,
    model_reads,
    model_references,
    organization_policies,
    ownership,
    prompts,
    quality,
    quality_reads,
    queue_reads,
    queues,
    quota_reads,
    retrieval,
    s3,
    s3_reads,
    safeguards,
    sagemaker,
    sagemaker_reads,
    secrets,
    spend_reads,
    stacks,
    state_machine_reads,
    state_machines,
    telemetry,
    text_flows,
    token_quotas,
    tracing,
    vector_databases,
    vector_reads,
    vectors,
    watch_reads,
    workflows,
    workload,
)
from prodworks_cli.resources.adapter import Declared, Observed, Parts, Record
from prodworks_cli.resources.collecting import BASE_READS, Collector, Read

__all__ = [
    "MODULES",
    "Declared",
    "Observed",
    "Record",
    "collectors",
    "declared_adapters",
    "kinds",
    "observed_adapters",
    "part_adapters",
    "reads",
]

MODULES: tuple[ModuleType, ...] = (
    workload,
    model_calls,
    model_references,
    agent_code,
    text_flows,
    retrieval,
    prompts,
    secrets,
    evaluations,
    measurements,
    mcp_servers,
    telemetry,
    log_setups,
    manifests,
    workflows,
    bedrock,
    bedrock_account,
    foundation_models,
    guardrails,
    enforced_guardrails,
    agents,
    action_groups,
    flows,
    agentcore_runtimes,
    agentcore_gateways,
    agentcore_memories,
    agentcore_sandboxes,
    api_keys,
    knowledge_bases,
    vectors,
    vector_databases,
    entries,
    entries_rest,
    entries_http,
    entries_balancer,
    entries_api,
    safeguards,
    documents,
    data_sources,
    quality,
    tracing,
    iam,
    compute,
    s3,
    kms,
    logs,
    cloudtrail,
    cloudwatch,
    budgets,
    ec2,
    stacks,
    agent_reads,
    agentcore_reads,
    bedrock_reads,
    budget_reads,
    cloudwatch_reads,
    compute_reads,
    guardrail_reads,
    iam_reads,
    kms_reads,
    knowledge_base_reads,
    log_reads,
    model_reads,
    quality_reads,
    s3_reads,
    api_key_reads,
    cloudtrail_reads,
    entry_reads,
    vector_reads,
    anomaly_monitors,
    canaries,
    dashboards,
    event_rules,
    queues,
    queue_reads,
    spend_reads,
    watch_reads,
    cost_tags,
    identity_pools,
    identity_reads,
    organization_policies,
    quota_reads,
    sagemaker,
    sagemaker_reads,
    state_machines,
    state_machine_reads,
    token_quotas,
    entries_graph,
    ownership,
    entry_front_reads,
)


@cache
def kinds() -> Mapping[str, type[Kind]]:
    """All kinds by name, as the modules define them."""
    return {
        cls.KIND: cls
        for module in MODULES
        for cls in vars(module).values()
        if isinstance(cls, type)
        and issubclass(cls, Kind)
        and cls is not Kind
        and cls.KIND
        and cls.__module__ == module.__name__
    }


@cache
def declared_adapters() -> Mapping[str, Declared]:
    """Adapters by Terraform or CloudFormation type, from each module's ``TERRAFORM`` and ``CLOUDFORMATION``."""
    return {
        k: f for m in MODULES for table in ("TERRAFORM", "CLOUDFORMATION") for k, f in getattr(m, table, {}).items()
    }


@cache
def part_adapters() -> Mapping[str, Parts]:
    """Adapters of what blocks declare besides the resource of their type, from each module's ``PARTS``."""
    return {k: f for m in MODULES for k, f in vars(m).get("PARTS", {}).items()}


@cache
def observed_adapters() -> Mapping[str, Observed]:
    """Adapters of account answers by kind, from each module's ``API``."""
    return {kind: f for m in MODULES for kind, f in vars(m).get("API", {}).items()}


@cache
def collectors() -> tuple[Collector, ...]:
    """All collectors of the live account, from each module's ``COLLECT``."""
    return tuple(collector for m in MODULES for collector in vars(m).get("COLLECT", ()))


@cache
def reads() -> tuple[Read, ...]:
    """Every operation that a scan may call: the whole of what leaves the process."""
    declared = (*BASE_READS, *(read for collector in collectors() for read in collector.reads))
    return tuple(sorted(dict.fromkeys(declared), key=lambda read: read.name))

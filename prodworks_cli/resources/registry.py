"""The registry of all kinds and adapters: a new service adds its module, with its kinds, to ``MODULES``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType

from prodworks_cli.model import Kind
from prodworks_cli.resources.adapter import Declared, Observed, Parts, Record
from prodworks_cli.resources.collecting import BASE_READS, Collector, Read

__all__ = [
    "MODULES",
    "Declared",
    "Observed",
    "Record",
    "adapting",
    "collectors",
    "declared_adapters",
    "kinds",
    "kinds_in",
    "modules",
    "observed_adapters",
    "part_adapters",
    "reads",
]

MODULES: Mapping[str, tuple[str, ...]] = {
    "workload": ("workload",),
    "model_calls": ("repo.model_client", "repo.model_call"),
    "model_references": ("repo.model_reference",),
    "agent_code": ("repo.tool", "repo.agent_loop"),
    "text_flows": ("repo.output_sink", "repo.log_statement"),
    "retrieval": ("repo.retrieval_call",),
    "prompts": ("repo.prompt",),
    "secrets": ("repo.secret",),
    "evaluations": ("repo.evaluation",),
    "measurements": ("repo.measurement",),
    "mcp_servers": ("repo.mcp_server",),
    "telemetry": ("repo.telemetry",),
    "log_setups": ("repo.logging",),
    "manifests": ("repo.manifest",),
    "workflows": ("repo.ci_workflow",),
    "bedrock": ("aws.bedrock.invocation_logging", "aws.bedrock.inference_profile"),
    "bedrock_account": ("aws.bedrock.provisioned_throughput", "aws.bedrock.account_settings"),
    "foundation_models": ("aws.bedrock.foundation_model", "aws.bedrock.model_catalog"),
    "guardrails": ("aws.bedrock.guardrail",),
    "enforced_guardrails": ("aws.bedrock.enforced_guardrail",),
    "agents": ("aws.bedrock.agent", "aws.bedrock.prompt"),
    "action_groups": ("aws.bedrock.action_group",),
    "flows": ("aws.bedrock.flow",),
    "agentcore_runtimes": ("aws.agentcore.runtime",),
    "agentcore_gateways": ("aws.agentcore.gateway",),
    "agentcore_memories": ("aws.agentcore.memory",),
    "agentcore_sandboxes": ("aws.agentcore.sandbox",),
    "api_keys": ("aws.bedrock.api_key",),
    "knowledge_bases": ("aws.bedrock.knowledge_base",),
    "vectors": ("aws.vectors.store",),
    "vector_databases": (),
    "entries": ("aws.api.entry",),
    "entries_rest": (),
    "entries_http": (),
    "entries_balancer": (),
    "entries_api": (),
    "safeguards": ("repo.safeguard",),
    "documents": ("repo.document",),
    "data_sources": ("aws.bedrock.data_source",),
    "quality": ("aws.bedrock.evaluation_job", "aws.agentcore.online_evaluation"),
    "tracing": ("aws.xray.transaction_search",),
    "iam": ("aws.iam.role",),
    "compute": ("aws.compute.unit",),
    "s3": ("aws.s3.bucket",),
    "kms": ("aws.kms.key",),
    "logs": ("aws.logs.log_group",),
    "cloudtrail": ("aws.cloudtrail.trail",),
    "cloudwatch": ("aws.cloudwatch.alarm",),
    "budgets": ("aws.budgets.budget",),
    "ec2": ("aws.ec2.vpc_endpoint",),
    "stacks": ("aws.cloudformation.stack",),
    "agent_reads": (),
    "agentcore_reads": (),
    "bedrock_reads": (),
    "budget_reads": (),
    "cloudwatch_reads": (),
    "compute_reads": (),
    "guardrail_reads": (),
    "iam_reads": (),
    "kms_reads": (),
    "knowledge_base_reads": (),
    "log_reads": (),
    "model_reads": (),
    "quality_reads": (),
    "s3_reads": (),
    "api_key_reads": (),
    "cloudtrail_reads": (),
    "entry_reads": (),
    "vector_reads": (),
    "anomaly_monitors": ("aws.ce.anomaly_monitor",),
    "canaries": ("aws.synthetics.canary",),
    "dashboards": ("aws.cloudwatch.dashboard",),
    "event_rules": ("aws.events.rule",),
    "queues": ("aws.sqs.queue",),
    "queue_reads": (),
    "spend_reads": (),
    "watch_reads": (),
    "cost_tags": ("aws.ce.cost_allocation_tag", "aws.bcm.export"),
    "identity_pools": ("aws.cognito.identity_pool",),
    "identity_reads": (),
    "organization_policies": ("aws.organizations.policies",),
    "quota_reads": (),
    "sagemaker": ("aws.sagemaker.endpoint",),
    "sagemaker_reads": (),
    "state_machines": ("aws.stepfunctions.state_machine",),
    "state_machine_reads": (),
    "token_quotas": ("aws.servicequotas.token_quota",),
    "entries_graph": (),
    "ownership": ("aws.tags.owner",),
    "entry_front_reads": (),
}
"""The modules by name, with the kinds that each defines. Most audits need few kinds, and import what defines those."""


@cache
def modules() -> tuple[ModuleType, ...]:
    """All modules: to know every collector."""
    return tuple(map(_module, MODULES))


@cache
def adapting() -> tuple[ModuleType, ...]:
    """The modules that may hold adapters: those called ``*_reads`` only say how the account is read."""
    return tuple(_module(name) for name in MODULES if not name.endswith("_reads"))


def _module(name: str) -> ModuleType:
    return import_module(f"prodworks_cli.resources.{name}")


class _Kinds(Mapping[str, type[Kind]]):
    """Kinds by name; a module is imported when one of its kinds is asked for."""

    def __init__(self) -> None:
        self._homes = {kind: name for name, kinds in MODULES.items() for kind in kinds}
        self._known: dict[str, type[Kind]] = {}

    def __getitem__(self, kind: str) -> type[Kind]:
        if kind not in self._known:
            self._known |= kinds_in(_module(self._homes[kind]))
        return self._known[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


def kinds_in(module: ModuleType) -> dict[str, type[Kind]]:
    """The kinds that a module defines."""
    return {
        cls.KIND: cls
        for cls in vars(module).values()
        if isinstance(cls, type)
        and issubclass(cls, Kind)
        and cls is not Kind
        and cls.KIND
        and cls.__module__ == module.__name__
    }


@cache
def kinds() -> Mapping[str, type[Kind]]:
    """All kinds by name."""
    return _Kinds()


@cache
def declared_adapters() -> Mapping[str, Declared]:
    """Adapters by Terraform or CloudFormation type, from each module's ``TERRAFORM`` and ``CLOUDFORMATION``."""
    return {
        k: f for m in adapting() for table in ("TERRAFORM", "CLOUDFORMATION") for k, f in getattr(m, table, {}).items()
    }


@cache
def part_adapters() -> Mapping[str, Parts]:
    """Adapters of what blocks declare besides the resource of their type, from each module's ``PARTS``."""
    return {k: f for m in adapting() for k, f in vars(m).get("PARTS", {}).items()}


@cache
def observed_adapters() -> Mapping[str, Observed]:
    """Adapters of account answers by kind, from each module's ``API``."""
    return {kind: f for m in adapting() for kind, f in vars(m).get("API", {}).items()}


@cache
def collectors() -> tuple[Collector, ...]:
    """All collectors of the live account, from each module's ``COLLECT``."""
    return tuple(collector for m in modules() for collector in vars(m).get("COLLECT", ()))


@cache
def reads() -> tuple[Read, ...]:
    """Every operation that a scan may call: the whole of what leaves the process."""
    declared = (*BASE_READS, *(read for collector in collectors() for read in collector.reads))
    return tuple(sorted(dict.fromkeys(declared), key=lambda read: read.name))

"""The workload: the subject of rules about existence, and what may be expected of every GenAI workload."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prodworks_cli import trails
from prodworks_cli.attested import attestations
from prodworks_cli.evaluated import evaluated_days_ago
from prodworks_cli.globs import covers
from prodworks_cli.measured import cost_per_request, quality_metric, uses_agentcore
from prodworks_cli.model import Gap, Inventory, Location, Plane, Ref, Resource, Unknown
from prodworks_cli.resources.adapter import some
from prodworks_cli.resources.agentcore_runtimes import Runtime
from prodworks_cli.resources.cloudtrail import Trail
from prodworks_cli.resources.enforced_guardrails import EnforcedGuardrail
from prodworks_cli.resources.entries import Entry
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.resources.quality import EvaluationJob
from prodworks_cli.resources.workload import Workload
from prodworks_cli.undeclared import undeclared
from prodworks_cli.workload_account import owner_by_tags
from prodworks_cli.workload_calls import answers_from_what_was_found, asked_by_people, modalities, on_runtime, uses
from prodworks_cli.workload_entries import covered, has_public_entry, rate_limited
from prodworks_cli.workload_people import fallback, feedback_captured, kill_switch, migration_planned, shows_answers
from prodworks_cli.workload_supply import dependencies_locked, dependencies_scanned

IDENTITY = "workload"

# What a repository may leave to the account or to another repository: silence there is unknown, never "none".
SET_ELSEWHERE: Mapping[str, str] = {
    "aws.cloudwatch.alarm": "alarms may be set outside this repository",
    "aws.cloudwatch.dashboard": "dashboards are often made in the account or on another platform",
    "aws.ce.anomaly_monitor": "anomaly monitors are often set up once for the account or in the payer account",
    "aws.events.rule": "control-plane calls may be watched for the whole account or organization",
    "aws.synthetics.canary": "the application may be probed from outside this repository",
    "aws.budgets.budget": "budgets are often set in another repository or in the payer account",
    "aws.bedrock.enforced_guardrail": "the account or organization may enforce a guardrail",
    "aws.iam.role": "the roles of this workload may be defined outside this repository",
    "aws.ec2.vpc_endpoint": "the network may be defined outside this repository",
    "aws.cloudtrail.trail": "the audit trail is often set up once for the account or the organization",
    "aws.bedrock.api_key": "API keys are made in the account, not in a repository",
    "aws.agentcore.online_evaluation": "answers may be scored outside this repository",
    "aws.bedrock.evaluation_job": "evaluation jobs are started in the account",
    "aws.xray.transaction_search": "transaction search is one setting for the account and Region",
    "aws.bedrock.invocation_logging": "invocation logging is an account-wide setting that is often set elsewhere",
}

# Kinds that a workload like this always has somewhere; without a declared subject the answer is "cannot tell".
EXPECTED = frozenset({"aws.cloudwatch.alarm", "aws.budgets.budget", "aws.iam.role", "aws.bedrock.invocation_logging"})

# What code calls and may be defined elsewhere: the call, the kind that defines it, and what it is.
CALLED: Mapping[str, tuple[str, str, str]] = {
    "aws.agentcore.runtime": ("invoke_agent_runtime", "aws.agentcore.runtime", "an agent runtime"),
    "aws.bedrock.flow": ("invoke_flow", "aws.bedrock.flow", "a flow"),
    "aws.bedrock.agent": ("invoke_agent", "aws.bedrock.agent", "an agent"),
    "aws.bedrock.action_group": ("invoke_agent", "aws.bedrock.agent", "an agent"),
}

# Kinds that show that the workload answers from documents.
RETRIEVAL = frozenset({"aws.bedrock.knowledge_base", "aws.vectors.store", "repo.retrieval_call"})

# Kinds that only the readers of these languages find: calls in others leave it open whether there are more.
IN_CODE = frozenset({"repo.tool", "repo.agent_loop", "repo.retrieval_call", "repo.log_statement", "repo.output_sink"})
FLOWS = (".py", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".java")
OTHER_LANGUAGE = "models are called in a form in which the flow of texts is not analysed"

GENAI_KINDS = ("repo.model_call", "repo.model_reference", "aws.bedrock.*", "aws.agentcore.*")


def has_genai(resources: Iterable[Resource]) -> bool:
    """Whether there is anything to audit: a model call, a model reference or a Bedrock or AgentCore resource.

    Account-wide settings exist in every account and are no evidence of a workload.
    """
    account_wide = (
        *("aws.bedrock.invocation_logging", "aws.bedrock.enforced_guardrail"),
        *("aws.bedrock.model_catalog", "aws.bedrock.account_settings"),
    )
    return any(
        covers(pattern, r.kind)
        for r in resources
        if not (r.plane is Plane.OBSERVED and r.kind in account_wide)
        for pattern in GENAI_KINDS
    )


def nothing_to_audit(inventory: Inventory) -> bool:
    """Whether there is surely no workload: none was seen, and nothing that could hold one went unread."""
    hidden = (("repo.model_call", Plane.DECLARED), ("aws.bedrock.guardrail", Plane.DECLARED))
    related = [g for g in inventory.gaps if not g.unrelated]
    unread = any(gaps_of(kind, plane, related, minor=False) for kind, plane in hidden)
    return not unread and not has_genai(inventory.resources)


def gaps_of(kind: str, plane: Plane, gaps: Iterable[Gap], *, minor: bool) -> list[Gap]:
    """The gaps that may hide a resource of ``kind`` on ``plane``, the weightiest first; minor ones only when asked."""
    found = [g for g in gaps if g.plane is plane and covers(g.kind, kind) and (minor or not g.minor)]
    return sorted(found, key=lambda g: g.minor)


def build_workload(inventory: Inventory, plane: Plane, owner: str | None) -> Resource:
    """The workload as one plane shows it. ``owner`` comes from the settings, CODEOWNERS or tags."""
    links = _linker(inventory, plane)
    calls = [r for r in inventory.resources if isinstance(r.value, ModelCall)]
    seen = {r.kind for r in inventory.resources}
    events = trails.in_use(inventory)
    hidden = next(iter(gaps_of(Entry.KIND, plane, inventory.gaps, minor=True)), None)
    approved = inventory.settings.get("approved_models")
    regions = inventory.settings.get("allowed_regions")
    value = Workload(
        name=inventory.scan.target,
        owner=owner or (owner_by_tags(inventory) if plane is Plane.OBSERVED else None),
        has_retrieval=_any_of(bool(RETRIEVAL & seen), answers_from_what_was_found(calls), inventory),
        has_agents=_any_of("aws.bedrock.agent" in seen, uses(calls, "invoke_agent", "agent"), inventory),
        has_tools=_any_of("repo.tool" in seen, False, inventory),
        has_public_entry=has_public_entry(inventory, plane, hidden),
        authenticates_callers=covered(inventory, "authentication"),
        rate_limited=rate_limited(inventory, plane, hidden),
        is_multi_user=asked_by_people(calls),
        faces_people=asked_by_people(calls),
        public_corpus=inventory.settings.get("corpus") == "public",
        kill_switch=kill_switch(inventory),
        shows_answers=shows_answers(inventory),
        feedback_captured=feedback_captured(inventory),
        fallback=fallback(inventory),
        uses_runtime_endpoint=_any_of(False, on_runtime(calls), inventory),
        modalities=modalities(calls),
        uses_agentcore=_any_of(uses_agentcore(inventory.resources), False, inventory, Runtime.KIND),
        allowed_regions=tuple(regions) if regions else None,
        approved_models=tuple(approved) if approved else None,
        model_calls=links("repo.model_call"),
        output_sinks=links("repo.output_sink"),
        log_statements=links("repo.log_statement"),
        model_references=links("repo.model_reference"),
        alarms=links("aws.cloudwatch.alarm"),
        dashboards=links("aws.cloudwatch.dashboard"),
        anomaly_monitors=links("aws.ce.anomaly_monitor"),
        event_rules=links("aws.events.rule"),
        canaries=links("aws.synthetics.canary"),
        budgets=links("aws.budgets.budget"),
        enforced_guardrails=links("aws.bedrock.enforced_guardrail"),
        enforces_guardrail=_enforces_guardrail(inventory),
        evaluations=links("repo.evaluation"),
        trails=links("aws.cloudtrail.trail"),
        agents_migration_planned=migration_planned(inventory, plane),
        data_events_in_use=events,
        unrecorded_data_events=trails.unrecorded(inventory, plane, events, _hiding(Trail.KIND, plane, inventory)),
        api_keys=links("aws.bedrock.api_key"),
        evaluation_jobs=links("aws.bedrock.evaluation_job"),
        evaluated_days_ago=evaluated_days_ago(inventory.resources, _hiding(EvaluationJob.KIND, plane, inventory)),
        online_evaluations=links("aws.agentcore.online_evaluation"),
        quality_metric=quality_metric(inventory.resources),
        cost_per_request=_cost(inventory, plane),
        secrets=links("repo.secret"),
        documents=links("repo.document"),
        dependencies_locked=dependencies_locked(inventory),
        dependencies_scanned=dependencies_scanned(inventory),
        ci_workflows=links("repo.ci_workflow"),
        vpc_endpoints=links("aws.ec2.vpc_endpoint"),
        principals=links("aws.iam.role"),
        undeclared_resources=undeclared(inventory, plane),
        attestations=attestations(inventory.settings),
    )
    return Resource(IDENTITY, plane, value, {"": Location(inventory.scan.target)})


def _linker(inventory: Inventory, plane: Plane) -> Callable[[str], tuple[Ref | Unknown, ...]]:
    """References to all resources of a kind, with an Unknown at the end where there may be others."""

    def links(kind: str) -> tuple[Ref | Unknown, ...]:
        source = Plane.DECLARED if kind.startswith("repo.") else plane
        found = [Ref(kind, r.identity) for r in inventory.resources if r.kind == kind and r.plane is source]
        return (*found, *_unseen(kind, source, inventory, bool(found)))

    return links


def _unseen(kind: str, plane: Plane, inventory: Inventory, found: bool) -> list[Unknown]:
    hidden = gaps_of(kind, plane, inventory.gaps, minor=not found)
    if hidden:
        return [Unknown(f"{hidden[0].scope}: {hidden[0].reason}")]
    if plane is Plane.DECLARED and kind in SET_ELSEWHERE:
        return [Unknown(SET_ELSEWHERE[kind])]
    unread = _unread_code(inventory) if kind in IN_CODE else None
    return [unread] if unread else []


def _hiding(kind: str, plane: Plane, inventory: Inventory) -> Unknown | None:
    """Why there may be a ``kind`` besides those that were seen on a plane."""
    return next(iter(_unseen(kind, plane, inventory, found=False)), None)


def _unread_code(inventory: Inventory) -> Unknown | None:
    """Code around model calls that was not read, or is written in a language of which texts are not followed."""
    hidden = gaps_of("repo.model_call", Plane.DECLARED, inventory.gaps, minor=False)
    if hidden:
        return Unknown(f"{hidden[0].scope}: {hidden[0].reason}")
    calls = [r for r in inventory.resources if isinstance(r.value, ModelCall)]
    return Unknown(OTHER_LANGUAGE) if any(not r.locations[""].where.endswith(FLOWS) for r in calls) else None


def _enforces_guardrail(inventory: Inventory) -> bool | Unknown:
    """Whether some plane shows a guardrail that is enforced on all models; unknown where the listing failed."""
    enforced = [r.value.on_all_models for r in inventory.resources if isinstance(r.value, EnforcedGuardrail)]
    hidden = gaps_of(EnforcedGuardrail.KIND, Plane.OBSERVED, inventory.gaps, minor=True)
    return some((*enforced, *(Unknown(f"{g.scope}: {g.reason}") for g in hidden[:1])))


def _cost(inventory: Inventory, plane: Plane) -> bool | Unknown | None:
    """Code and saved queries of the repository say it; those of the account are not read."""
    if plane is Plane.OBSERVED:
        return Unknown("the saved queries of the account are not read")
    return _unless_hidden(cost_per_request(inventory.resources), inventory)


def _unless_hidden(found: bool | Unknown | None, inventory: Inventory) -> bool | Unknown | None:
    """What was not found may be in code that was not read."""
    hidden = gaps_of("repo.model_call", Plane.DECLARED, inventory.gaps, minor=True) if found is False else []
    return Unknown(f"{hidden[0].scope}: {hidden[0].reason}") if hidden else found


def _any_of(declared: bool, called: bool, inventory: Inventory, kind: str | None = None) -> bool | Unknown:
    """Whether something was seen; unknown where code, or what the account has of a kind, went unread."""
    if declared or called:
        return True
    hidden = gaps_of("repo.model_call", Plane.DECLARED, inventory.gaps, minor=True)
    hidden += gaps_of(kind, Plane.OBSERVED, inventory.gaps, minor=True) if kind else []
    return Unknown(f"{hidden[0].scope}: {hidden[0].reason}") if hidden else False


def silence(kind: str, plane: Plane, inventory: Inventory) -> Unknown | str:
    """What it means that no ``kind`` was seen on ``plane``: why that is unknown, or why the rule does not apply."""
    hidden = gaps_of(kind, plane, inventory.gaps, minor=plane is Plane.OBSERVED or _hinted(kind, inventory))
    if hidden:
        return Unknown(f"{hidden[0].scope}: {hidden[0].reason}")
    unread = _unread_code(inventory) if kind in IN_CODE else None
    if unread:
        return unread
    if plane is Plane.DECLARED and kind in EXPECTED and has_genai(inventory.resources):
        return Unknown(f"not in the repository; {SET_ELSEWHERE[kind]}")
    if plane is Plane.DECLARED and kind == "aws.vectors.store" and _answers_from_documents(inventory):
        return Unknown("the vector store is not defined in this repository")
    if plane is Plane.DECLARED and kind == "aws.xray.transaction_search" and uses_agentcore(inventory.resources):
        return Unknown(f"not in the repository; {SET_ELSEWHERE[kind]}")
    if plane is Plane.DECLARED and kind == "aws.bedrock.guardrail" and _names_guardrail(inventory):
        return Unknown("the code names a guardrail that is not defined in this repository")
    if plane is Plane.DECLARED and kind in CALLED and _called_elsewhere(kind, inventory):
        return Unknown(f"the code calls {CALLED[kind][2]} that is not defined in this repository")
    return f"no {kind.rsplit('.', 1)[-1].replace('_', ' ')} found"


def _hinted(kind: str, inventory: Inventory) -> bool:
    """Whether a part that went unread may hold a ``kind``: of what only some workloads have, something must speak."""
    if kind.startswith("aws.agentcore."):
        return uses_agentcore(inventory.resources)
    if kind in ("aws.vectors.store", "aws.bedrock.knowledge_base", "aws.bedrock.data_source"):
        workloads = [r.value for r in inventory.resources if isinstance(r.value, Workload)]
        return any(w.has_retrieval is not False for w in workloads)
    if kind in ("aws.bedrock.flow", "aws.bedrock.agent", "aws.bedrock.action_group"):
        api, owner, _ = CALLED[kind]
        called = any(isinstance(r.value, ModelCall) and r.value.api == api for r in inventory.resources)
        return called or any(r.kind == owner for r in inventory.resources)
    return True


def _answers_from_documents(inventory: Inventory) -> bool:
    workloads = [r.value for r in inventory.resources if isinstance(r.value, Workload)]
    return any(w.has_retrieval is True for w in workloads)


def _called_elsewhere(kind: str, inventory: Inventory) -> bool:
    """Whether code calls an agent, a flow or a runtime, and none is declared that may be the one."""
    api, owner, _ = CALLED[kind]
    calls = [r.value for r in inventory.resources if isinstance(r.value, ModelCall)]
    declared = any(r.kind == owner and r.plane is Plane.DECLARED for r in inventory.resources)
    return not declared and any(call.api == api for call in calls)


def _names_guardrail(inventory: Inventory) -> bool:
    calls = [r.value for r in inventory.resources if isinstance(r.value, ModelCall)]
    return any(c.guardrail_mode in ("attached", "applied_separately") for c in calls)

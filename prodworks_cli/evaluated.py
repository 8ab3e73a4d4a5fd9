"""How long ago an evaluation job of the account judged a model or a knowledge base of the workload."""

from __future__ import annotations

from collections.abc import Iterable

from prodworks_cli.model import Resource, Unknown
from prodworks_cli.resources.model_references import ModelReference
from prodworks_cli.resources.quality import EvaluationJob
from prodworks_cli.schema import Number
from prodworks_cli.sources.calls.model_ids import read_model_id

# A job of the last month leaves no doubt: one that was not read could only be later.
_LATELY = 30
_BASES = ("aws.bedrock.knowledge_base", "aws.bedrock.inference_profile")


def evaluated_days_ago(resources: Iterable[Resource], unseen: Unknown | None) -> Number:
    """Days since the latest completed job on something in use, or ``None``; ``unseen`` says why there may be others."""
    listed = list(resources)
    jobs = [r.value for r in listed if isinstance(r.value, EvaluationJob) and r.value.status == "Completed"]
    names, unread = _in_use(listed)
    ages = [job.age_days for job in jobs if _judged(job, names)]
    known = [age for age in ages if isinstance(age, int | float)]
    doubts = [*(age for age in ages if isinstance(age, Unknown)), *(_doubt(job, unread) for job in jobs), unseen]
    doubt = next((doubt for doubt in doubts if doubt is not None), None)
    latest = min(known, default=None)
    return latest if doubt is None or (latest is not None and latest <= _LATELY) else doubt


def _in_use(resources: Iterable[Resource]) -> tuple[set[str], Unknown | None]:
    """Every name of a model, profile or knowledge base in use, and why there may be others."""
    names: set[str] = set()
    unread = None
    for resource in resources:
        value = resource.value
        if resource.kind in _BASES:
            names |= _short((resource.identity, *resource.aliases))
        elif isinstance(value, ModelReference):
            if isinstance(value.base_model_id, Unknown):
                unread = value.base_model_id
            names |= _short(v for v in (value.model_id, value.base_model_id) if isinstance(v, str))
    return names, unread


def _short(names: Iterable[str]) -> set[str]:
    """Names without the ARN around them, and the model that an id means."""
    ends = {name.rpartition("/")[2] for name in names} - {""}
    return ends | {read.base for end in ends if (read := read_model_id(end)) and read.base}


def _judged(job: EvaluationJob, names: set[str]) -> bool:
    targets = job.targets if isinstance(job.targets, tuple) else ()
    return not names.isdisjoint(_short(t for t in targets if isinstance(t, str)))


def _doubt(job: EvaluationJob, unread: Unknown | None) -> Unknown | None:
    """Why a job may have judged something in use all the same."""
    if isinstance(job.targets, Unknown):
        return job.targets
    return next((t for t in job.targets or () if isinstance(t, Unknown)), unread)

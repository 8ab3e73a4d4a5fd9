"""Quotas of tokens per minute, beside what was used of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Observed, Record, observed
from prodworks_cli.schema import Draft, Drafted, Flag, Link, Number, Text, To
from prodworks_cli.sources.calls.model_ids import read_model_id


@dataclass(frozen=True)
class TokenQuota(Kind):
    """The tokens-per-minute quota of a model that was called, with the peak and the throttled calls of 14 days.

    Use counts as the quota does: input, tokens written to a cache, and output, which weighs five times with Claude 3.7
    and later. ``model`` is the base model of ``model_id``.
    """

    KIND = "aws.servicequotas.token_quota"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {"has_headroom": ("peak_14d", "applied")}

    name: Text
    model_id: Text
    model: Annotated[Link, To("aws.bedrock.foundation_model")]
    region: Text
    applied: Number
    peak_14d: Number
    throttles_14d: Number

    @property
    def has_headroom(self) -> Flag:
        """Whether the peak stays below 70 percent of the quota."""
        applied, peak = self.applied, self.peak_14d
        if isinstance(applied, Unknown) or isinstance(peak, Unknown):
            return applied if isinstance(applied, Unknown) else Unknown("how many tokens were used is not known")
        return peak < 0.7 * applied if applied is not None and peak is not None else Unknown("the quota is not known")


_NAME = re.compile(r"^(global cross-region|cross-region|on-demand)\b.*\btokens per minute for (.+)$", re.I)
_WAYS = {"": "on-demand", "global": "global cross-region"}
_VERSION = re.compile(r"\bv1\b|\b\d{8}\b|:\d+")


def is_of(quota: str, model_id: str) -> bool:
    """Whether a quota's name is that of the model, called in the way that the id says.

    Names are words (``Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1``), ids are
    not; both hold the same ones.
    """
    match, read = _NAME.match(quota), read_model_id(model_id)
    if not match or read is None or not read.base:
        return False
    way = _WAYS.get(read.geography or "", "cross-region")
    return match[1].lower() == way and _words(match[2]) == _words(read.base)


def _words(name: str) -> list[str]:
    """Letters and numbers in any order, without the first version and the date of a model."""
    return sorted(re.findall(r"[a-z]+|\d+", _VERSION.sub(" ", name.lower())))


WEIGHED = re.compile(r"claude-(?:3-7|[a-z]+-[4-9])")


def weight(model_id: str) -> int:
    """How many tokens of the quota one token of output takes."""
    return 5 if WEIGHED.search(model_id) else 1


def _observed(record: Record) -> Draft:
    metric = record.answer("cloudwatch:ListMetrics")["Metrics"]
    model_id = metric.at("Dimensions", "Value") if not metric.unknown else metric
    quotas = record.answer("service-quotas:ListServiceQuotas")["Quotas"]
    text = model_id.text() or ""
    quota = next((q for q in quotas.items() if is_of(q["QuotaName"].text() or "", text)), None)
    missing = quotas.unknown or Unknown(f"no quota has the name of {text}")
    read = read_model_id(text)
    return observed(
        TokenQuota,
        record,
        name=quota["QuotaName"] if quota else missing,
        model_id=model_id,
        model=Node(read.base, model_id.location) if read and read.base else Unknown("the base model is not known"),
        region=record.region,
        applied=quota["Value"] if quota else missing,
        peak_14d=_of_values(record, "peak", max),
        throttles_14d=_of_values(record, "throttles", sum),
    )


def _of_values(record: Record, query: str, combine: Callable[[list[float]], float]) -> Drafted:
    results = record.answer("cloudwatch:GetMetricData")["MetricDataResults"]
    if results.unknown:
        return results.unknown
    own = [r for r in results.items() if r["Id"].text() == query]
    unread = next((r.unknown for r in results.items() if r.unknown), None)
    values = [float(str(v.content)) for r in own for v in r["Values"].items() if not v.unknown]
    if unread or not own:
        return unread or Unknown("the metric was not read")
    return round(combine(values)) if values else 0


API: Mapping[str, Observed] = {TokenQuota.KIND: _observed}

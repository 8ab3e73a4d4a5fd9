"""How the token quotas of the models that were called are read, with what was used of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from prodworks_cli.model import Ref
from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed, never
from prodworks_cli.resources.token_quotas import TokenQuota, weight

_QUOTAS = Read("service-quotas", "ListServiceQuotas", "servicequotas:ListServiceQuotas")
_CALLED = Read("cloudwatch", "ListMetrics", "cloudwatch:ListMetrics")
_USED = Read("cloudwatch", "GetMetricData", "cloudwatch:GetMetricData")
_DAYS, _MINUTE, _DAY = 14, 60, 86_400


def _quotas(reader: Reader) -> Iterable[Record]:
    """One for each model that was called in the last two weeks, which is as far back as metrics are listed."""
    called = reader.found(_CALLED, "Metrics", Namespace="AWS/Bedrock", MetricName="Invocations")
    by_model = [m for m in called if [d["Name"].text() for d in m["Dimensions"].items()] == ["ModelId"]]
    return reader.each(by_model, lambda metric: _quota(reader, metric))


def _quota(reader: Reader, metric: Node) -> Record | None:
    model = metric.at("Dimensions", "Value").text()
    if model is None:
        return None
    identity = f"token-quota/{reader.region}/{model}"
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    span = {"StartTime": until - timedelta(days=_DAYS), "EndTime": until}
    used = reader.listing(_USED, "MetricDataResults", identity, MetricDataQueries=_queries(model), **span)
    answers = {
        _CALLED: narrowed(_CALLED, "Metrics", metric, identity),
        _QUOTAS: reader.listing(_QUOTAS, "Quotas", identity, ServiceCode="bedrock"),
        _USED: used,
    }
    return reader.record(identity, answers)


def _queries(model: str) -> list[dict[str, Any]]:
    counted = {"input": "InputTokenCount", "written": "CacheWriteInputTokens", "output": "OutputTokenCount"}
    parts = [_query(name, metric, model, _MINUTE, shown=False) for name, metric in counted.items()]
    peak = f"FILL(input, 0) + FILL(written, 0) + {weight(model)} * FILL(output, 0)"
    return [
        *parts,
        {"Id": "peak", "Expression": peak, "Period": _MINUTE},
        _query("throttles", "InvocationThrottles", model, _DAY, shown=True),
    ]


def _query(name: str, metric: str, model: str, period: int, *, shown: bool) -> dict[str, Any]:
    watched = {
        "Namespace": "AWS/Bedrock",
        "MetricName": metric,
        "Dimensions": [{"Name": "ModelId", "Value": model}],
    }
    return {"Id": name, "MetricStat": {"Metric": watched, "Period": period, "Stat": "Sum"}, "ReturnData": shown}


def _model(quota: TokenQuota) -> Iterable[Ref]:
    """A quota belongs to the workload if its model does."""
    if isinstance(quota.model, Ref):
        yield quota.model
    if isinstance(quota.model_id, str):
        yield Ref("aws.bedrock.inference_profile", quota.model_id)


COLLECT = (Collector(TokenQuota.KIND, (_CALLED, _QUOTAS, _USED), _quotas, root=never, beside=_model),)

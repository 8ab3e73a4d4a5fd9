"""How the Bedrock settings of an account, its inference profiles and its bought capacity are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.bedrock_account import AccountSettings, ProvisionedThroughput
from prodworks_cli.resources.collecting import Collector, Read, Reader, narrowed

_LOGGING = Read("bedrock", "GetModelInvocationLoggingConfiguration", "bedrock:GetModelInvocationLoggingConfiguration")
_METRICS = Read("cloudwatch", "GetMetricData", "cloudwatch:GetMetricData")
_PROFILES = Read("bedrock", "ListInferenceProfiles", "bedrock:ListInferenceProfiles")
_PROFILE = Read("bedrock", "GetInferenceProfile", "bedrock:GetInferenceProfile")
_TAGS = Read("bedrock", "ListTagsForResource", "bedrock:ListTagsForResource")
_THROUGHPUTS = Read("bedrock", "ListProvisionedModelThroughputs", "bedrock:ListProvisionedModelThroughputs")
_RETENTION = Read("bedrock", "GetAccountDataRetention", "bedrock:GetAccountDataRetention")
_DAYS = 14
# Bedrock counts deliveries of invocation logs under one name for each destination and end, without a dimension.
_DESTINATIONS = ("LogsCloudWatch", "LogsS3", "LargeDataS3")
_DELIVERIES: Mapping[str, Mapping[str, Any]] = {
    f"{id_}{number}": {"MetricName": f"ModelInvocation{name}Delivery{end}"}
    for id_, end in (("failed", "Failure"), ("delivered", "Success"))
    for number, name in enumerate(_DESTINATIONS)
}


def _logging(reader: Reader) -> Iterable[Record]:
    """The one setting of the Region."""
    identity = f"invocation-logging/{reader.region}"
    config = reader.get(_LOGGING, identity)
    nothing = Node({"MetricDataResults": Node((), config.location)}, config.location)
    counted = _counted(reader, identity, _DELIVERIES) if config["loggingConfig"].present else nothing
    yield reader.record(identity, {_LOGGING: config, _METRICS: counted})


def _counted(reader: Reader, identity: str, metrics: Mapping[str, Mapping[str, Any]]) -> Node:
    """The daily sums of metrics of Bedrock over the last 14 days, by the ids that tell the series apart."""
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    queries = [
        {
            "Id": id_,
            "MetricStat": {"Metric": {"Namespace": "AWS/Bedrock", **metric}, "Period": 86_400, "Stat": "Sum"},
        }
        for id_, metric in metrics.items()
    ]
    span = {"StartTime": until - timedelta(days=_DAYS), "EndTime": until}
    return reader.listing(_METRICS, "MetricDataResults", identity, MetricDataQueries=queries, **span)


def _throughputs(reader: Reader) -> Iterable[Record]:
    """The listing tells all but the calls: those are counted by the ARN that callers give as the model."""
    found = reader.found(_THROUGHPUTS, "provisionedModelSummaries")
    return reader.each(found, lambda summary: _throughput(reader, summary))


def _throughput(reader: Reader, summary: Node) -> Record | None:
    arn = summary["provisionedModelArn"].text()
    if arn is None:
        return None
    called = {"MetricName": "Invocations", "Dimensions": [{"Name": "ModelId", "Value": arn}]}
    listed = narrowed(_THROUGHPUTS, "provisionedModelSummaries", summary, arn)
    return reader.record(arn, {_THROUGHPUTS: listed, _METRICS: _counted(reader, arn, {"called": called})})


def _settings(reader: Reader) -> Iterable[Record]:
    """The one setting of the Region."""
    identity = f"account-settings/{reader.region}"
    yield reader.record(identity, {_RETENTION: reader.get(_RETENTION, identity)})


def _profiles(reader: Reader) -> Iterable[Record]:
    """Application profiles: the system-defined ones are AWS's own and the same in every account."""
    summaries = reader.found(_PROFILES, "inferenceProfileSummaries", typeEquals="APPLICATION")
    return reader.each(summaries, lambda summary: _profile(reader, summary))


def _profile(reader: Reader, summary: Node) -> Record | None:
    arn = summary["inferenceProfileArn"].text()
    if arn is None:
        return None
    detail = reader.get(_PROFILE, arn, inferenceProfileIdentifier=arn)
    return reader.record(arn, {_PROFILE: detail, _TAGS: reader.get(_TAGS, arn, resourceARN=arn)})


COLLECT = (
    Collector(ProvisionedThroughput.KIND, (_THROUGHPUTS, _METRICS), _throughputs),
    Collector(AccountSettings.KIND, (_RETENTION,), _settings),
    Collector("aws.bedrock.invocation_logging", (_LOGGING, _METRICS), _logging),
    Collector("aws.bedrock.inference_profile", (_PROFILES, _PROFILE, _TAGS), _profiles),
)

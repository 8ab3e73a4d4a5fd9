"""How the Bedrock settings of an account and its inference profiles are read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader

_LOGGING = Read("bedrock", "GetModelInvocationLoggingConfiguration", "bedrock:GetModelInvocationLoggingConfiguration")
_METRICS = Read("cloudwatch", "GetMetricData", "cloudwatch:GetMetricData")
_PROFILES = Read("bedrock", "ListInferenceProfiles", "bedrock:ListInferenceProfiles")
_PROFILE = Read("bedrock", "GetInferenceProfile", "bedrock:GetInferenceProfile")
_TAGS = Read("bedrock", "ListTagsForResource", "bedrock:ListTagsForResource")
_DAYS = 14
# Bedrock counts failed deliveries of invocation logs under one name for each destination, without a dimension.
_FAILURES = (
    "ModelInvocationLogsCloudWatchDeliveryFailure",
    "ModelInvocationLogsS3DeliveryFailure",
    "ModelInvocationLargeDataS3DeliveryFailure",
)


def _logging(reader: Reader) -> Iterable[Record]:
    """The one setting of the Region."""
    identity = f"invocation-logging/{reader.region}"
    config = reader.get(_LOGGING, identity)
    nothing = Node({"MetricDataResults": Node((), config.location)}, config.location)
    failures = _delivery_failures(reader, identity) if config["loggingConfig"].present else nothing
    yield reader.record(identity, {_LOGGING: config, _METRICS: failures})


def _delivery_failures(reader: Reader, identity: str) -> Node:
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    queries = [
        {
            "Id": f"failures{number}",
            "MetricStat": {
                "Metric": {"Namespace": "AWS/Bedrock", "MetricName": name},
                "Period": 86_400,
                "Stat": "Sum",
            },
        }
        for number, name in enumerate(_FAILURES)
    ]
    span = {"StartTime": until - timedelta(days=_DAYS), "EndTime": until}
    return reader.listing(_METRICS, "MetricDataResults", identity, MetricDataQueries=queries, **span)


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
    Collector("aws.bedrock.invocation_logging", (_LOGGING, _METRICS), _logging),
    Collector("aws.bedrock.inference_profile", (_PROFILES, _PROFILE, _TAGS), _profiles),
)

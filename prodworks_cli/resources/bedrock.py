"""Bedrock settings and inference profiles."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from prodworks_cli.model import Kind, Unknown
from prodworks_cli.node import Block, Declarations, Node, node_of
from prodworks_cli.resources.adapter import (
    ACCOUNT_ONLY,
    Declared,
    Observed,
    Record,
    camel,
    declared,
    has,
    later,
    observed,
    otherwise,
    some,
    tag_keys,
    terraform_tags,
)
from prodworks_cli.schema import Draft, Drafted, Flag, Link, Number, Text, Texts, To


@dataclass(frozen=True)
class InvocationLogging(Kind):
    """The model-invocation logging setting of one account and Region.

    ``enabled`` is true when there is a destination. ``deliveries`` and ``delivery_failures`` count the last 14 days and
    are known to the account only. CloudFormation has no type for this setting; CDK code calls the API in a custom
    resource.
    """

    KIND = "aws.bedrock.invocation_logging"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {"delivers": ("delivery_failures", "deliveries")}

    region: Text
    enabled: Flag
    log_group: Annotated[Link, To("aws.logs.log_group")]
    bucket: Annotated[Link, To("aws.s3.bucket")]
    text_enabled: Flag
    image_enabled: Flag
    embedding_enabled: Flag
    audio_enabled: Flag
    video_enabled: Flag
    deliveries: Number
    delivery_failures: Number

    @property
    def delivers(self) -> Flag:
        """Whether records arrive: some did in the last 14 days, and none was lost."""
        if isinstance(self.delivery_failures, Unknown) or self.delivery_failures:
            return self.delivery_failures if isinstance(self.delivery_failures, Unknown) else False
        if isinstance(self.deliveries, Unknown):
            return self.deliveries
        return True if self.deliveries else Unknown("nothing was delivered in 14 days, perhaps for want of calls")


@dataclass(frozen=True)
class InferenceProfile(Kind):
    """A system-defined or application inference profile. ``tags`` are the keys of its tags."""

    KIND = "aws.bedrock.inference_profile"
    EVIDENCE: ClassVar[Mapping[str, tuple[str, ...]]] = {"cost_tagged": ("tags",)}

    id: Text
    arn: Text
    name: Text
    type: Text
    status: Text
    models: Texts
    destination_regions: Texts
    tags: Texts

    @property
    def cost_tagged(self) -> Flag:
        """Whether one of the tags says whose spend it is, by its key: ``Team``, ``acme:cost-center``."""
        if isinstance(self.tags, Unknown):
            return self.tags
        return some(k if isinstance(k, Unknown) else bool(_OF_COST.search(_plain(k))) for k in self.tags or ())


def _plain(key: str) -> str:
    return re.sub(r"[^a-z]", "", key.rpartition(":")[2].lower()[-100:])


# What spend is asked by: who uses it, who pays for it, and what it is for.
_OF_COST = re.compile(
    r"^(?:tenant|customer|client|team|owner|feature|usecase|costcent(?:er|re)|project|product|application|app|workload"
    r"|service|businessunit|department)(?:id|name)?$"
)
_MODALITIES = ("text", "image", "embedding", "audio", "video")
_NO_ARGUMENT = Unknown("Terraform's provider has no argument for audio", present=True)


def _logging_terraform(block: Block, _: Declarations) -> Draft:
    """The provider turns each modality on unless told otherwise."""
    config = block.body.at("logging_config")
    region = block.body["region"]
    group = config.at("cloudwatch_config", "log_group_name")
    bucket = config.at("s3_config", "bucket_name")
    switches = {m: config.at(f"{m}_data_delivery_enabled") for m in _MODALITIES if m != "audio"}
    flags = {f"{m}_enabled": otherwise(switch, True) for m, switch in switches.items()}
    return declared(
        InvocationLogging,
        block,
        region=otherwise(region, Unknown("the Region of the provider", present=True)),
        enabled=some((has(group), has(bucket))),
        log_group=group,
        bucket=bucket,
        deliveries=ACCOUNT_ONLY,
        delivery_failures=ACCOUNT_ONLY,
        audio_enabled=_NO_ARGUMENT,
        **flags,
    )


_MAKES = "putmodelinvocationloggingconfiguration"


def _logging_custom(block: Block, _: Declarations) -> Draft | None:
    """A custom resource of CDK that makes the API call, since CloudFormation has no type for the setting."""
    call = _sdk_call(block.body["Create"] if block.body["Create"].present else block.body["Update"])
    if (call["action"].text() or "").lower().removesuffix("command") != _MAKES:
        return None
    config = call.at("parameters", "loggingConfig")
    group, bucket = config.at("cloudWatchConfig", "logGroupName"), config.at("s3Config", "bucketName")
    switches = {m: config[camel(f"{m}_data_delivery_enabled")] for m in _MODALITIES}
    left = Unknown("the service decides what the call leaves open", present=True)
    return declared(
        InvocationLogging,
        block,
        region=Unknown("the Region of the stack", present=True),
        enabled=some((has(group), has(bucket))),
        log_group=group,
        bucket=bucket,
        deliveries=ACCOUNT_ONLY,
        delivery_failures=ACCOUNT_ONLY,
        **{f"{m}_enabled": otherwise(switch, left) for m, switch in switches.items()},
    )


def _sdk_call(written: Node) -> Node:
    """The call as CDK writes it: JSON in a text, in which what is known after deployment leaves holes."""
    shape = written.unknown.shape if written.unknown else written.text()
    if shape is None:
        return written
    try:
        return _with_holes(node_of(json.loads(shape), written.location))
    except (ValueError, RecursionError):
        return Node(Unknown("a call that is not JSON", present=True), written.location)


def _with_holes(node: Node) -> Node:
    if isinstance(node.content, Mapping):
        return Node({key: _with_holes(value) for key, value in node.content.items()}, node.location)
    hole = "${" in (node.text() or "")
    return Node(Unknown("known after deployment", present=True), node.location) if hole else node


def _logging_observed(record: Record) -> Draft:
    config = record.answer("bedrock:GetModelInvocationLoggingConfiguration")["loggingConfig"]
    group = config.at("cloudWatchConfig", "logGroupName")
    bucket = config.at("s3Config", "bucketName")
    flags = {f"{m}_enabled": config[camel(f"{m}_data_delivery_enabled")] for m in _MODALITIES}
    counted = record.answer("cloudwatch:GetMetricData")["MetricDataResults"]
    return observed(
        InvocationLogging,
        record,
        region=record.region,
        enabled=some((has(group), has(bucket))),
        log_group=group,
        bucket=bucket,
        deliveries=total(_series(counted, delivered=True)),
        delivery_failures=total(_series(counted, delivered=False)),
        **flags,
    )


def _series(results: Node, delivered: bool) -> Node:
    """The series of what was delivered, which the reader names so, or all others."""
    if not isinstance(results.content, tuple):
        return results
    mine = [r for r in results.content if r.unknown or (r["Id"].text() or "").startswith("delivered") is delivered]
    return Node(tuple(mine), results.location)


def total(results: Node) -> Drafted:
    """The total of all values of all series; no data point means that nothing happened."""
    if results.unknown:
        return results.unknown
    values = [value for result in results.items() for value in result["Values"].items()]
    unread = next((v.unknown for v in values if v.unknown), None)
    return unread or sum(v.content for v in values if isinstance(v.content, int | float))


_REGION = re.compile(r"arn:[^:]*:bedrock:([a-z0-9-]+):[^:]*:foundation-model/")


def _regions(models: Node) -> Drafted:
    """The Regions that the models' ARNs name; a profile that copies another profile runs where that one does."""
    if models.unknown:
        return models.unknown
    found = [_REGION.match(model.text() or "") for model in models.items()]
    if not found or None in found:
        return Unknown("the models' ARNs do not name a Region", present=True)
    return tuple(dict.fromkeys(match.group(1) for match in found if match))


def _profile_terraform(block: Block, _: Declarations) -> Draft:
    return _profile(block, block.body["name"], block.body.at("model_source", "copy_from"), terraform=True)


def _profile_cloudformation(block: Block, _: Declarations) -> Draft:
    source = block.body.at("ModelSource", "CopyFrom")
    return _profile(block, block.body["InferenceProfileName"], source, terraform=False)


def _profile(block: Block, name: Node, source: Node, terraform: bool) -> Draft:
    return declared(
        InferenceProfile,
        block,
        (name,),
        id=later(block, "id"),
        arn=later(block, "arn"),
        name=name,
        type="APPLICATION",
        status=later(block, "status"),
        models=source,
        destination_regions=_regions(source),
        tags=terraform_tags(block.body) if terraform else tag_keys(block.body["Tags"]),
    )


def _profile_observed(record: Record) -> Draft:
    answer = record.answer("bedrock:GetInferenceProfile")
    listed = answer["models"]
    arns = Node(tuple(model["modelArn"] for model in listed.items()), listed.location)
    models = listed if listed.unknown else arns
    return observed(
        InferenceProfile,
        record,
        (answer["inferenceProfileId"], answer["inferenceProfileArn"], answer["inferenceProfileName"]),
        id=answer["inferenceProfileId"],
        arn=answer["inferenceProfileArn"],
        name=answer["inferenceProfileName"],
        type=answer["type"],
        status=answer["status"],
        models=models,
        destination_regions=_regions(models),
        tags=tag_keys(record.answer("bedrock:ListTagsForResource")["tags"]),
    )


TERRAFORM: Mapping[str, Declared] = {
    "aws_bedrock_model_invocation_logging_configuration": _logging_terraform,
    "aws_bedrock_inference_profile": _profile_terraform,
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::Bedrock::ApplicationInferenceProfile": _profile_cloudformation,
    "Custom::AWS": _logging_custom,
}
API: Mapping[str, Observed] = {
    InvocationLogging.KIND: _logging_observed,
    InferenceProfile.KIND: _profile_observed,
}

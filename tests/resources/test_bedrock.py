from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.resources.agents import AgentAlias
from tests.resources.support import DENIED, block, declare, declared, observe, ref

LOGGING = "aws_bedrock_model_invocation_logging_configuration"
KIND = "aws.bedrock.invocation_logging"
READ = "bedrock:GetModelInvocationLoggingConfiguration"


def test_logging_in_terraform() -> None:
    config = {"cloudwatch_config": [{"log_group_name": ref("infra/g", "name")}], "image_data_delivery_enabled": False}
    setting = declared(LOGGING, {"logging_config": [config]})
    assert (setting.enabled, setting.text_enabled, setting.image_enabled) == (True, True, False)
    assert setting.log_group == Ref("aws.logs.log_group", "infra/g")
    assert setting.bucket is None
    assert isinstance(setting.region, Unknown)
    assert declared(LOGGING, {"logging_config": {"s3_config": {"bucket_name": "b"}}}).enabled is True
    assert declared(LOGGING, {"logging_config": [{}]}).enabled is False
    maybe = declared(LOGGING, {"logging_config": [{"s3_config": Unknown("dynamic")}]})
    assert isinstance(maybe.enabled, Unknown)


def test_logging_in_the_account() -> None:
    off = observe(KIND, {READ: {}, "cloudwatch:GetMetricData": {"MetricDataResults": [{"Values": [1.0, 2.0]}]}})
    assert (off.enabled, off.region, off.delivery_failures) == (False, "eu-west-1", 3)
    config = {"loggingConfig": {"s3Config": {"bucketName": "b"}, "textDataDeliveryEnabled": True}}
    on = observe(KIND, {READ: config, "cloudwatch:GetMetricData": {"MetricDataResults": []}})
    assert (on.enabled, on.text_enabled, on.bucket, on.delivery_failures) == (True, True, Ref("aws.s3.bucket", "b"), 0)
    denied = observe(KIND, {READ: DENIED})
    assert denied.enabled is True or isinstance(denied.enabled, Unknown)
    for name in ("enabled", "log_group", "bucket", "text_enabled", "delivery_failures"):
        assert isinstance(getattr(denied, name), Unknown), name


@pytest.mark.parametrize(
    ("delivered", "failed", "delivers"),
    [
        ([3.0, 4.0], [], True),
        ([3.0], [1.0], False),
        ([], [1.0], False),
        ([], [], Unknown("nothing was delivered in 14 days, perhaps for want of calls")),
    ],
)
def test_whether_invocation_logs_arrive(delivered: list[float], failed: list[float], delivers: object) -> None:
    results = [{"Id": "delivered0", "Values": delivered}, {"Id": "failed1", "Values": failed}]
    setting = observe(KIND, {READ: {}, "cloudwatch:GetMetricData": {"MetricDataResults": results}})
    assert (setting.deliveries, setting.delivery_failures) == (sum(delivered), sum(failed))
    assert setting.delivers == delivers


def test_deliveries_that_were_not_read_are_unknown() -> None:
    denied = observe(KIND, {READ: {}, "cloudwatch:GetMetricData": DENIED})
    assert isinstance(denied.deliveries, Unknown)
    assert isinstance(denied.delivers, Unknown)
    page = {"MetricDataResults": [DENIED, {"Id": "failed0", "Values": []}]}
    assert isinstance(observe(KIND, {READ: {}, "cloudwatch:GetMetricData": page}).delivers, Unknown)
    assert isinstance(declared(LOGGING, {"logging_config": [{}]}).delivers, Unknown)


def test_inference_profiles() -> None:
    arn = "arn:aws:bedrock:eu-west-1::foundation-model/m"
    body = {"name": "p", "model_source": [{"copy_from": arn}], "tags": {"team": "x"}}
    profile = declared("aws_bedrock_inference_profile", body)
    assert (profile.models, profile.destination_regions, profile.tags[0]) == ((arn,), ("eu-west-1",), "team")
    assert isinstance(profile.tags[1], Unknown)
    properties = {
        "InferenceProfileName": "p",
        "ModelSource": {"CopyFrom": "arn:aws:bedrock:eu-west-1:1:inference-profile/x"},
    }
    assert isinstance(declared("AWS::Bedrock::ApplicationInferenceProfile", properties).destination_regions, Unknown)
    answer = {
        "models": [{"modelArn": arn}, {"modelArn": arn.replace("eu-west-1", "eu-north-1")}],
        "type": "SYSTEM_DEFINED",
    }
    seen = observe("aws.bedrock.inference_profile", {"bedrock:GetInferenceProfile": answer})
    assert seen.destination_regions == ("eu-west-1", "eu-north-1")
    assert isinstance(seen.tags, Unknown)
    denied = observe("aws.bedrock.inference_profile", {"bedrock:GetInferenceProfile": DENIED})
    assert isinstance(denied.models, Unknown)


def test_agents_with_their_aliases() -> None:
    guardrail = [{"guardrail_identifier": ref("infra/g", "guardrail_id"), "guardrail_version": "1"}]
    body = {"agent_name": "helper", "guardrail_configuration": guardrail, "agent_resource_role_arn": ref("infra/r")}
    live = {"agent_id": ref("infra/a", "agent_id"), "agent_alias_name": "live"}
    agent = declare(
        block("aws_bedrockagent_agent", "infra/a", body),
        block("aws_bedrockagent_agent_alias", "infra/l", {**live, "routing_configuration": [{"agent_version": "3"}]}),
        block("aws_bedrockagent_agent_alias", "infra/n", live),
        block("aws_bedrockagent_agent_alias", "infra/o", {"agent_id": ref("infra/other")}),
    )
    assert (agent.guardrail, agent.guardrail_version) == (Ref("aws.bedrock.guardrail", "infra/g"), "1")
    assert agent.role == Ref("aws.iam.role", "infra/r")
    assert [a.agent_version if isinstance(a.agent_version, str) else None for a in agent.aliases] == ["3", None]


@pytest.mark.parametrize(
    ("version", "pinned"),
    [
        ("3", True),
        ("DRAFT", False),
        (None, False),
        (ref("infra/v", "version"), True),
        (ref("infra/g", "version"), False),
        (ref("t#V", "Version"), True),
        (ref("t#G", "Version"), False),
        (Unknown("var.version", present=True), Unknown("var.version")),
    ],
)
def test_the_guardrail_of_an_agent_is_pinned_to_a_number(version: Any, pinned: object) -> None:
    agent = declare(
        block("AWS::Bedrock::Agent", "t#A", {"GuardrailConfiguration": {"GuardrailVersion": version}}),
        block("aws_bedrock_guardrail", "infra/g", {}),
        block("aws_bedrock_guardrail_version", "infra/v", {}),
        block("AWS::Bedrock::Guardrail", "t#G", {}),
        block("AWS::Bedrock::GuardrailVersion", "t#V", {}),
    )
    assert agent.guardrail_pinned == pinned


def test_agent_in_the_account_is_the_version_behind_the_alias() -> None:
    draft = {"agent": {"agentId": "a", "guardrailConfiguration": {"guardrailVersion": "DRAFT"}}}
    version = {"agentVersion": {"guardrailConfiguration": {"guardrailIdentifier": "g", "guardrailVersion": "2"}}}
    aliases = {"agentAliasSummaries": [{"agentAliasId": "i", "routingConfiguration": [{"agentVersion": "2"}]}]}
    answers = {"bedrock-agent:GetAgent": draft, "bedrock-agent:ListAgentAliases": aliases}
    assert observe("aws.bedrock.agent", answers).guardrail_version == "DRAFT"
    served = observe("aws.bedrock.agent", {**answers, "bedrock-agent:GetAgentVersion": version})
    assert (served.guardrail_version, served.aliases) == ("2", (AgentAlias("i", None, "2"),))
    denied = observe("aws.bedrock.agent", {**answers, "bedrock-agent:GetAgentVersion": DENIED})
    assert isinstance(denied.guardrail, Unknown)
    unlisted = observe("aws.bedrock.agent", {**answers, "bedrock-agent:ListAgentAliases": DENIED})
    assert isinstance(unlisted.guardrail_version, Unknown)


@pytest.mark.parametrize(
    ("keys", "tagged"),
    [
        (["Team"], True),
        (["acme:cost-center"], True),
        (["TenantId"], True),
        (["Environment", "Teamwork"], False),
        ([], False),
        (["Environment", Unknown("var.key")], Unknown("var.key")),
        (Unknown("var.tags"), Unknown("var.tags")),
    ],
)
def test_a_tag_says_whose_spend_a_profile_is(keys: Any, tagged: object) -> None:
    tags = keys if isinstance(keys, Unknown) else [{"Key": key, "Value": "x"} for key in keys]
    profile = declared("AWS::Bedrock::ApplicationInferenceProfile", {"InferenceProfileName": "p", "Tags": tags})
    assert profile.cost_tagged == tagged


def test_knowledge_bases() -> None:
    body = {
        "Name": "kb",
        "StorageConfiguration": {"Type": "S3_VECTORS"},
        "KnowledgeBaseConfiguration": {"VectorKnowledgeBaseConfiguration": {"EmbeddingModelArn": "arn:m"}},
    }
    source = block("AWS::Logs::DeliverySource", "t#S", {"Name": "s", "ResourceArn": ref("infra/subject")})
    delivery = block("AWS::Logs::Delivery", "t#D", {"DeliverySourceName": ref("t#S", "Ref")})
    base = declared("AWS::Bedrock::KnowledgeBase", body, source, delivery)
    assert (base.store, base.embedding_model, base.log_delivery) == ("S3_VECTORS", "arn:m", True)
    assert isinstance(declared("AWS::Bedrock::KnowledgeBase", body, source).log_delivery, Unknown)
    answers = {
        "bedrock-agent:GetKnowledgeBase": {"knowledgeBase": {"knowledgeBaseArn": "arn:kb"}},
        "logs:DescribeDeliverySources": {"deliverySources": [{"name": "s", "resourceArns": ["arn:kb"]}]},
        "logs:DescribeDeliveries": {"deliveries": [{"deliverySourceName": "s"}]},
    }
    kind = "aws.bedrock.knowledge_base"
    assert observe(kind, answers).log_delivery is True
    assert observe(kind, {**answers, "logs:DescribeDeliveries": {"deliveries": []}}).log_delivery is False
    assert isinstance(observe(kind, {**answers, "logs:DescribeDeliveries": DENIED}).log_delivery, Unknown)


def test_prompts() -> None:
    version = block("AWS::Bedrock::PromptVersion", "t#V", {"PromptArn": ref("infra/subject", "Arn")})
    assert len(declared("AWS::Bedrock::Prompt", {"Name": "p"}, version).versions) == 1
    answers = {
        "bedrock-agent:GetPrompt": {"id": "x"},
        "bedrock-agent:ListPrompts": {"promptSummaries": [{"version": "1"}]},
    }
    prompt = observe("aws.bedrock.prompt", answers)
    assert (prompt.id, prompt.versions) == ("x", ("1",))
    assert isinstance(prompt.used_version, Unknown)


def test_keys_and_endpoints() -> None:
    key = declared("aws_kms_key", {"enable_key_rotation": True})
    assert (key.rotation_enabled, key.multi_region) == (True, False)
    assert declared("AWS::KMS::Key", {}).rotation_enabled is False
    answers = {
        "kms:DescribeKey": {"KeyMetadata": {"KeyId": "k", "MultiRegion": True}},
        "kms:GetKeyRotationStatus": DENIED,
    }
    seen = observe("aws.kms.key", answers)
    assert (seen.id, seen.multi_region) == ("k", True)
    assert isinstance(seen.rotation_enabled, Unknown)
    service = Unknown("data", present=True, shape="com.amazonaws.${...}.bedrock-runtime")
    endpoint = declared("aws_vpc_endpoint", {"service_name": service, "private_dns_enabled": True})
    assert (endpoint.service, endpoint.private_dns) == (service, True)
    listing = {"VpcEndpoints": [{"VpcEndpointId": "v", "ServiceName": "s", "State": "available"}]}
    assert observe("aws.ec2.vpc_endpoint", {"ec2:DescribeVpcEndpoints": listing}, "v").state == "available"

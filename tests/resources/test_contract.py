"""Every name that an adapter reads exists: in botocore's response shapes and in the CloudFormation schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import botocore.session
import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

from prodworks_cli.model import Location
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.registry import adapting, declared_adapters, observed_adapters, part_adapters
from prodworks_cli.schema import assemble

AT = Location("contract")
SESSION = botocore.session.get_session()
SERVICES = [
    "bedrock",
    "bedrock-agent",
    "bedrock-agentcore-control",
    "iam",
    "lambda",
    "ecs",
    "s3",
    "s3control",
    "kms",
    "logs",
    "cloudwatch",
    "sns",
    "budgets",
    "ec2",
    "xray",
    "cloudtrail",
    "cloudformation",
    "apigateway",
    "apigatewayv2",
    "elbv2",
    "appsync",
    "wafv2",
    "opensearchserverless",
    "opensearch",
    "s3vectors",
    "rds",
    "neptune-graph",
    *("ce", "bcm-data-exports", "organizations", "service-quotas", "events", "guardduty", "synthetics"),
    *("sqs", "stepfunctions", "sagemaker", "application-autoscaling", "cognito-identity", "resourcegroupstaggingapi"),
]
SIDE_TYPES = (
    "AWS::Bedrock::GuardrailVersion",
    "AWS::Bedrock::AgentAlias",
    "AWS::Bedrock::PromptVersion",
    "AWS::Logs::DeliverySource",
    "AWS::Logs::Delivery",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::AccountPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::Lambda::Function",
    "AWS::ECS::TaskDefinition",
    "AWS::Bedrock::Agent",
    "AWS::BedrockAgentCore::Runtime",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::Budgets::BudgetsAction",
    "AWS::OpenSearchServerless::SecurityPolicy",
    "AWS::S3Vectors::VectorBucketPolicy",
    "AWS::RDS::DBInstance",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ECS::Service",
    "AWS::WAFv2::WebACLAssociation",
    "AWS::CE::AnomalySubscription",
    "AWS::Lambda::EventSourceMapping",
    "AWS::OpenSearchServerless::AccessPolicy",
    "AWS::OpenSearchServerless::Index",
    "AWS::S3Vectors::Index",
    "AWS::BedrockAgentCore::RuntimeEndpoint",
    "AWS::BedrockAgentCore::GatewayTarget",
    "AWS::BedrockAgentCore::PolicyEngine",
    "AWS::BedrockAgentCore::Policy",
)


class Shaped(Mapping[str, Node]):
    """A mapping that has each member of a botocore structure, filled in, and notes names that do not exist."""

    def __init__(self, shape: Any, misses: set[str]) -> None:
        self.shape, self.misses = shape, misses

    def __getitem__(self, key: str) -> Node:
        if key not in self.shape.members:
            self.misses.add(f"{self.shape.name}.{key}")
            raise KeyError(key)
        return _of_shape(self.shape.members[key], self.misses)

    def __iter__(self) -> Iterator[str]:
        return iter(self.shape.members)

    def __len__(self) -> int:
        return len(self.shape.members)


def _of_shape(shape: Any, misses: set[str]) -> Node:
    if shape.type_name == "structure":
        return Node(Shaped(shape, misses), AT)
    if shape.type_name == "list":
        return Node((_of_shape(shape.member, misses),), AT)
    if shape.type_name == "map":
        return Node({"KEY": _of_shape(shape.value, misses)}, AT)
    samples = {"boolean": True, "integer": 1, "long": 1, "double": 1.0, "float": 1.0}
    return Node(samples.get(shape.type_name, "{}"), AT)


class Answers(Mapping[str, Node]):
    """All operations of some services, each answered with a full response."""

    def __init__(self, services: set[str], misses: set[str]) -> None:
        self.services, self.misses = services, misses

    def __getitem__(self, operation: str) -> Node:
        service, _, name = operation.partition(":")
        if service not in self.services:
            assert service in SERVICES, f"no such client: {service}"
            raise KeyError(operation)
        return _of_shape(SESSION.get_service_model(service).operation_model(name).output_shape, self.misses)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 1


# Services of kinds that have several engines: with all but one of them silent each engine's adapter is reached.
ENGINES = (
    *("lambda", "ecs", "bedrock-agentcore-control"),
    *("opensearchserverless", "opensearch", "s3vectors", "neptune-graph", "rds"),
    *("apigateway", "apigatewayv2", "elbv2", "appsync"),
)


# Members that one reader looks for in Terraform and in answers, which spell them otherwise.
TERRAFORM_TOO = {
    *("Rule.statement", "Action.type", "Action.forward", "Action.target_group_arn", "TargetGroupTuple.arn"),
}


@pytest.mark.parametrize("kind", sorted(observed_adapters()))
@pytest.mark.parametrize("without", [set(ENGINES) - {name} for name in ENGINES], ids=ENGINES)
def test_every_response_member_that_is_read_exists(kind: str, without: set[str]) -> None:
    misses: set[str] = set()
    answers = Node(Answers(set(SERVICES) - without, misses), AT)
    assemble(observed_adapters()[kind](Record(kind, "subject", "1", "eu-west-1", answers)))
    # Tags are written Key or key; both are tried.
    assert {m for m in misses if not m.endswith((".Key", ".key"))} - TERRAFORM_TOO == set()


def test_a_misspelt_member_is_noticed() -> None:
    misses: set[str] = set()
    guardrail = Answers({"bedrock"}, misses)["bedrock:GetGuardrail"]
    assert not guardrail.at("sensitiveInformationPolicy", "piiEntitiesConfig").present
    assert misses == {"GuardrailSensitiveInformationPolicy.piiEntitiesConfig"}


class Property(Mapping[str, Node]):
    """A mapping that has each property of a CloudFormation schema, filled in, and notes names that do not exist."""

    def __init__(self, root: Any, schema: Any, text: Node, misses: set[str]) -> None:
        self.root, self.text, self.misses = root, text, misses
        self.properties = dict(_properties(root, schema))

    def __getitem__(self, key: str) -> Node:
        if key not in self.properties:
            if key[:1].isupper():
                self.misses.add(key)
            raise KeyError(key)
        return _of_schema(self.root, self.properties[key], self.text, self.misses)

    def __iter__(self) -> Iterator[str]:
        return iter(self.properties)

    def __len__(self) -> int:
        return len(self.properties)


def _resolved(root: Any, schema: Any) -> Any:
    while "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def _properties(root: Any, schema: Any) -> Iterator[tuple[str, Any]]:
    schema = _resolved(root, schema)
    yield from schema.get("properties", {}).items()
    for key in ("oneOf", "anyOf", "allOf"):
        for option in schema.get(key, ()):
            yield from _properties(root, option)


def _of_schema(root: Any, schema: Any, text: Node, misses: set[str]) -> Node:
    schema = _resolved(root, schema)
    if "items" in schema:
        return Node((_of_schema(root, schema["items"], text, misses),), AT)
    if next(_properties(root, schema), None):
        return Node(Property(root, schema, text, misses), AT)
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "object" in kinds:
        return Node({"Statement": Node({}, AT), "KEY": text}, AT)
    samples = {"boolean": True, "integer": 1, "number": 1.0}
    return Node(samples[kinds[0]], AT) if kinds[0] in samples else text


def _block(kind: str, text: Node, address: str, misses: set[str]) -> Block:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    return Block(kind, address, Node(Property(schema, schema, text, misses), AT))


TYPES = {k for m in adapting() for table in ("CLOUDFORMATION", "PARTS") for k in getattr(m, table, {})}


@pytest.mark.parametrize("kind", sorted(kind for kind in TYPES if kind.startswith("AWS::")))
def test_every_cloudformation_property_that_is_read_exists(kind: str) -> None:
    misses: set[str] = set()
    subject = _block(kind, Node("TEXT", AT), "template.yaml#Subject", misses)
    pointer = Node(Reference(subject.address, "Arn"), AT)
    sides = [_block(t, pointer, f"template.yaml#{t}", misses) for t in SIDE_TYPES if t != kind]
    declarations = Declarations((subject, *sides))
    whole = declared_adapters().get(kind)
    described = whole(subject, declarations) if whole else None
    inner = part_adapters()[kind](subject, declarations) if kind in part_adapters() else ()
    for draft in (*([described] if described is not None else []), *inner):
        assemble(draft)
    assert misses - CONTENT_OF_JSON == set()


# Members of policies and container definitions, which schemas leave open.
CONTENT_OF_JSON = {"Statement", "Principal", "Action", "NotAction", "Resource", "NotResource", "Effect", "Condition"}


def test_a_misspelt_property_is_noticed() -> None:
    misses: set[str] = set()
    body = _block("AWS::Bedrock::Guardrail", Node("TEXT", AT), "t#G", misses).body
    assert body.at("ContentPolicyConfig", "FiltersConfig", "InputStrength").text() == "TEXT"
    assert not body.at("ContentPolicyConfig", "Filters").present
    assert misses == {"Filters"}

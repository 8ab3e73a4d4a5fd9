"""Runtimes, gateways, memories and sandboxes of AgentCore in each form."""

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Block
from prodworks_cli.resources.agentcore_memories import Strategy
from tests.resources.support import DENIED, block, declared, observe, part, ref

CONTROL = "bedrock-agentcore-control"
HIDDEN = Unknown("var.x")


def shown(value: object) -> object:
    return "unknown" if isinstance(value, Unknown) else value


# Runtimes -------------------------------------------------------------------------------------------------------------

RUNTIME = {
    "agent_runtime_name": "chat", "role_arn": ref("infra/role"),
    "network_configuration": [{"network_mode": "VPC"}],
    "lifecycle_configuration": [{"idle_runtime_session_timeout": 600, "max_lifetime": 3600}],
    "agent_runtime_artifact": [{"code_configuration": [{"entry_point": ["opentelemetry-instrument", "main.py"]}]}],
}  # fmt: skip
RUNTIME_IN_CLOUDFORMATION = {
    "AgentRuntimeName": "chat", "RoleArn": ref("infra/role", "Arn"), "NetworkConfiguration": {"NetworkMode": "VPC"},
    "LifecycleConfiguration": {"IdleRuntimeSessionTimeout": 600, "MaxLifetime": 3600},
    "AgentRuntimeArtifact": {"CodeConfiguration": {"EntryPoint": ["opentelemetry-instrument", "main.py"]}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "body", "endpoint", "keys"),
    [
        (
            "aws_bedrockagentcore_agent_runtime",
            RUNTIME,
            "aws_bedrockagentcore_agent_runtime_endpoint",
            ("agent_runtime_id", "name", "agent_runtime_version"),
        ),
        (
            "awscc_bedrockagentcore_runtime",
            RUNTIME,
            "awscc_bedrockagentcore_runtime_endpoint",
            ("agent_runtime_id", "name", "agent_runtime_version"),
        ),
        (
            "AWS::BedrockAgentCore::Runtime",
            RUNTIME_IN_CLOUDFORMATION,
            "AWS::BedrockAgentCore::RuntimeEndpoint",
            ("AgentRuntimeId", "Name", "AgentRuntimeVersion"),
        ),
    ],
)
def test_a_runtime_in_each_form(kind: str, body: dict[str, Any], endpoint: str, keys: tuple[str, str, str]) -> None:
    owner, name, version = keys
    mine = block(endpoint, "infra/live", {owner: ref("infra/subject", "id"), name: "live", version: "3"})
    latest = block(endpoint, "infra/latest", {owner: ref("infra/subject", "id"), name: "latest"})
    other = block(endpoint, "infra/other", {owner: ref("infra/another", "id"), name: "other"})
    found = part(kind, body, mine, latest, other)
    assert (found.network_mode, found.idle_timeout, found.max_lifetime) == ("VPC", 600, 3600)
    assert (found.role, found.telemetry_enabled, found.status) == (Ref("aws.iam.role", "infra/role"), True, "READY")
    assert [shown(getattr(found, key)) for key in ("id", "arn", "version")] == ["unknown"] * 3
    assert [(e.name, shown(e.live_version)) for e in found.endpoints] == [("live", "3"), ("latest", "unknown")]


def runtime(body: dict[str, Any], *others: Block) -> Any:
    return part("aws_bedrockagentcore_agent_runtime", body, *others)


def test_what_a_runtime_does_not_set_is_the_default_of_the_service() -> None:
    found = runtime({"agent_runtime_name": "chat"})
    assert (found.idle_timeout, found.max_lifetime, found.endpoints) == (900, 28_800, ())
    assert isinstance(found.network_mode, Unknown)
    hidden = runtime({"lifecycle_configuration": HIDDEN, "network_configuration": HIDDEN})
    assert [shown(v) for v in (hidden.idle_timeout, hidden.max_lifetime, hidden.network_mode)] == ["unknown"] * 3


def image(instrumented: object, at: str = "Dockerfile") -> Block:
    return block("repo.agent_image", at, {"instrumented": instrumented})


EXPORTER = block("repo.span_exporter", "agent.py", {})
CONTAINER = {"agent_runtime_artifact": [{"container_configuration": [{"container_uri": "x"}]}]}


@pytest.mark.parametrize(
    ("entry", "others", "enabled"),
    [
        (["opentelemetry-instrument", "main.py"], (), True),
        (["main.py"], (), False),
        (["main.py"], (image(True),), False),
        (["main.py", HIDDEN], (), "unknown"),
        (["main.py"], (EXPORTER,), True),
        (None, (), "unknown"),
        (None, (image(True),), True),
        (None, (image(False),), False),
        (None, (image(True), image(True, "b/Dockerfile")), True),
        (None, (image(True), image(False, "b/Dockerfile")), "unknown"),
        (None, (image(HIDDEN),), "unknown"),
        (None, (image(False), EXPORTER), True),
        (None, (image(False), EXPORTER, block("aws_bedrockagentcore_agent_runtime", "infra/b", {})), "unknown"),
    ],
)
def test_how_an_agent_starts(entry: Any, others: tuple[Block, ...], enabled: object) -> None:
    artifact = {"agent_runtime_artifact": [{"code_configuration": [{"entry_point": entry}]}]} if entry else CONTAINER
    assert shown(runtime(artifact, *others).telemetry_enabled) == enabled


RUNTIME_ANSWER = {
    "agentRuntimeId": "chat-1", "agentRuntimeArn": "arn:runtime", "agentRuntimeName": "chat", "status": "READY",
    "agentRuntimeVersion": "4", "roleArn": "arn:role", "networkConfiguration": {"networkMode": "PUBLIC"},
    "lifecycleConfiguration": {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800},
}  # fmt: skip


def test_a_runtime_in_the_account() -> None:
    endpoints = {"runtimeEndpoints": [{"name": "DEFAULT", "liveVersion": "4"}]}
    answers = {f"{CONTROL}:GetAgentRuntime": RUNTIME_ANSWER, f"{CONTROL}:ListAgentRuntimeEndpoints": endpoints}
    found = observe("aws.agentcore.runtime", answers)
    assert (found.id, found.arn, found.status, found.version) == ("chat-1", "arn:runtime", "READY", "4")
    assert (found.network_mode, found.idle_timeout, found.max_lifetime) == ("PUBLIC", 900, 28800)
    assert found.role == Ref("aws.iam.role", "arn:role")
    assert [(e.name, e.live_version) for e in found.endpoints] == [("DEFAULT", "4")]
    assert isinstance(found.telemetry_enabled, Unknown)
    code = {"codeConfiguration": {"entryPoint": ["opentelemetry-instrument", "main.py"]}}
    started = {f"{CONTROL}:GetAgentRuntime": {**RUNTIME_ANSWER, "agentRuntimeArtifact": code}}
    assert observe("aws.agentcore.runtime", started).telemetry_enabled is True
    denied = observe("aws.agentcore.runtime", {f"{CONTROL}:GetAgentRuntime": DENIED})
    names = ("network_mode", "idle_timeout", "telemetry_enabled", "endpoints")
    assert [shown(getattr(denied, name)) for name in names] == ["unknown"] * 4


# Gateways -------------------------------------------------------------------------------------------------------------

FORMS = {
    "aws_bedrockagentcore_": ("gateway", "gateway_target", "policy_engine", "policy"),
    # The provider awscc has no resource for targets.
    "awscc_bedrockagentcore_": ("gateway", "", "policy_engine", "policy"),
    "AWS::BedrockAgentCore::": ("Gateway", "GatewayTarget", "PolicyEngine", "Policy"),
}


def spelled(prefix: str, names: dict[str, object]) -> dict[str, object]:
    if not prefix.startswith("AWS::"):
        return names
    return {"".join(p.capitalize() for p in key.split("_")): value for key, value in names.items()}


def gateway(prefix: str, config: dict[str, object] | None, *others: Block, **more: object) -> Any:
    engine = spelled(prefix, config) if config is not None else None
    names = {"name": "tools", "authorizer_type": "AWS_IAM", "kms_key_arn": "arn:key", **more}
    body = spelled(prefix, {**names, "policy_engine_configuration": engine})
    return declared(prefix + FORMS[prefix][0], body, *others)


@pytest.mark.parametrize("prefix", FORMS)
def test_a_gateway_in_each_form(prefix: str) -> None:
    _, target, engine, policy = (prefix + name for name in FORMS[prefix])
    engine_id = ref("infra/engine", "id")
    others = (
        block(target, "infra/t", spelled(prefix, {"gateway_identifier": ref("infra/subject", "id"), "name": "orders"})),
        block(target, "infra/u", spelled(prefix, {"gateway_identifier": ref("infra/other", "id"), "name": "other"})),
        block(engine, "infra/engine", spelled(prefix, {"name": "engine"})),
        block(policy, "infra/p", spelled(prefix, {"policy_engine_id": engine_id, "name": "permit"})),
        block(
            policy,
            "infra/q",
            spelled(prefix, {"policy_engine_id": engine_id, "name": "try", "enforcement_mode": "LOG_ONLY"}),
        ),
        block(policy, "infra/r", spelled(prefix, {"policy_engine_id": ref("infra/z"), "name": "of another engine"})),
    )
    found = gateway(prefix, {"arn": ref("infra/engine", "arn"), "mode": "ENFORCE"}, *others)
    targets = ("orders",) if FORMS[prefix][1] else (Unknown("targets may be added outside this repository"),)
    assert (found.authorizer_type, found.kms_key, found.targets[:1]) == ("AWS_IAM", "arn:key", targets)
    assert (found.policy_mode, found.policy_engine_status) == ("ENFORCE", "ACTIVE")
    policies = [(p.name, p.status, p.enforcement_mode) for p in found.policies]
    assert policies == [("permit", "ACTIVE", "ACTIVE"), ("try", "ACTIVE", "LOG_ONLY")]
    assert isinstance(found.id, Unknown)
    assert isinstance(found.log_delivery, Unknown)


def test_a_gateway_without_an_engine_and_one_whose_engine_is_elsewhere() -> None:
    prefix = "aws_bedrockagentcore_"
    bare = gateway(prefix, None)
    assert (bare.policy_mode, bare.policy_engine_status, bare.policies) == (None, None, ())
    assert [shown(t) for t in bare.targets] == ["unknown"]
    assert isinstance(declared("aws_bedrockagentcore_gateway", {}).authorizer_type, Unknown)
    elsewhere = gateway(prefix, {"arn": "arn:engine", "mode": "ENFORCE"})
    assert elsewhere.policy_mode == "ENFORCE"
    assert [shown(v) for v in (elsewhere.policy_engine_status, elsewhere.policies)] == ["unknown", "unknown"]


LONG = "aws bedrock-agentcore-control create-gateway-target --gateway-identifier $GATEWAY --name orders " * 2


@pytest.mark.parametrize(
    ("other", "known"),
    [
        (block("aws_bedrockagentcore_policy_engine", "infra/e", {}), False),
        (block("AWS::BedrockAgentCore::PolicyEngine", "t#E", {}), True),
        (block("null_resource", "infra/n", {"triggers": {"gateway": ref("infra/subject", "id")}}), False),
        (block("null_resource", "infra/n", {"triggers": {"gateway": ref("infra/other", "id")}}), True),
        (block("null_resource", "infra/n", {"g": ref("infra/subject"), "provisioner": {"command": LONG}}), True),
        (
            block("null_resource", "infra/n", {"g": ref("infra/subject"), "command": f"{LONG}; x update-gateway"}),
            False,
        ),
        (block("aws_iam_policy", "infra/i", {"policy": {"Action": ["bedrock-agentcore:UpdateGateway"]}}), False),
        (block("aws_iam_policy", "infra/i", {"policy": {"Action": ["bedrock-agentcore:GetGateway"]}}), True),
    ],
)
def test_an_engine_may_be_attached_by_what_runs_at_deployment(other: Block, known: bool) -> None:
    found = gateway("aws_bedrockagentcore_", None, other)
    values = (found.policy_mode, found.policy_engine_status, found.policies)
    assert values == (None, None, ()) if known else [shown(v) for v in values] == ["unknown"] * 3


def delivery(kind: str | None = "APPLICATION_LOGS") -> tuple[Block, Block]:
    body = {"resource_arn": ref("infra/subject", "gateway_arn"), "log_type": kind, "name": "tools"}
    source = block("aws_cloudwatch_log_delivery_source", "infra/s", body)
    return source, block("aws_cloudwatch_log_delivery", "infra/d", {"delivery_source_name": ref("infra/s", "name")})


def test_logs_of_a_gateway_are_delivered() -> None:
    prefix = "aws_bedrockagentcore_"
    assert gateway(prefix, None, *delivery()).log_delivery is True
    assert isinstance(gateway(prefix, None, *delivery("TRACES")).log_delivery, Unknown)
    assert isinstance(gateway(prefix, None, delivery()[0]).log_delivery, Unknown)


GATEWAY_ANSWER = {
    "gatewayId": "g1", "gatewayArn": "arn:g1", "name": "tools", "authorizerType": "NONE", "kmsKeyArn": "arn:key",
    "policyEngineConfiguration": {"arn": "arn:e1", "mode": "LOG_ONLY"},
}  # fmt: skip
POLICY = {"name": "permit", "status": "ACTIVE", "enforcementMode": "LOG_ONLY"}
SOURCE = {"name": "s", "resourceArns": ["arn:g1"], "logType": "APPLICATION_LOGS"}


def in_account(**changed: object) -> Any:
    answers = {
        "GetGateway": GATEWAY_ANSWER,
        "ListGatewayTargets": {"items": [{"name": "orders"}]},
        "GetPolicyEngine": {"status": "ACTIVE"},
        "ListPolicies": {"policies": [POLICY, {"name": "old", "status": "ACTIVE"}]},
        "DescribeDeliverySources": {"deliverySources": [SOURCE]},
        "DescribeDeliveries": {"deliveries": [{"deliverySourceName": "s"}]},
        **changed,
    }
    clients = {name: "logs" if name.startswith("Describe") else CONTROL for name in answers}
    return observe("aws.agentcore.gateway", {f"{clients[n]}:{n}": a for n, a in answers.items()})


def test_a_gateway_in_the_account() -> None:
    found = in_account()
    assert (found.id, found.authorizer_type, found.kms_key, found.targets) == ("g1", "NONE", "arn:key", ("orders",))
    assert (found.policy_mode, found.policy_engine_status, found.log_delivery) == ("LOG_ONLY", "ACTIVE", True)
    policies = [(p.name, p.status, p.enforcement_mode) for p in found.policies]
    assert policies == [("permit", "ACTIVE", "LOG_ONLY"), ("old", "ACTIVE", "ACTIVE")]
    bare = in_account(GetGateway={k: v for k, v in GATEWAY_ANSWER.items() if k != "policyEngineConfiguration"})
    assert (bare.policy_mode, bare.policy_engine_status, bare.policies) == (None, None, ())
    assert in_account(DescribeDeliveries={"deliveries": []}).log_delivery is False
    assert (
        in_account(DescribeDeliverySources={"deliverySources": [{**SOURCE, "logType": "TRACES"}]}).log_delivery is False
    )


@pytest.mark.parametrize(
    ("operation", "answer", "hidden"),
    [
        ("GetGateway", DENIED, ("authorizer_type", "policy_mode", "policies", "log_delivery")),
        ("ListPolicies", DENIED, ("policies",)),
        ("GetPolicyEngine", DENIED, ("policy_engine_status",)),
        ("ListGatewayTargets", DENIED, ("targets",)),
        ("DescribeDeliveries", DENIED, ("log_delivery",)),
        ("DescribeDeliveries", {"deliveries": [DENIED]}, ("log_delivery",)),
        ("DescribeDeliverySources", {"deliverySources": [DENIED]}, ("log_delivery",)),
    ],
)
def test_what_was_not_read_of_a_gateway_is_unknown(operation: str, answer: object, hidden: tuple[str, ...]) -> None:
    found = in_account(**{operation: answer})
    assert [shown(getattr(found, name)) for name in hidden] == ["unknown"] * len(hidden)


# Memories -------------------------------------------------------------------------------------------------------------

ACTOR = "/facts/{actorId}"


def memory_in(kind: str, strategies: object) -> Any:
    cloudformation = kind.startswith("AWS::")
    names = {"Name": "m", "EncryptionKeyArn": "arn:key", "MemoryStrategies": strategies}
    snake = {"name": "m", "encryption_key_arn": "arn:key", "memory_strategies": strategies}
    return declared(kind, names if cloudformation else snake)


def told(found: Any) -> list[tuple[object, object, object]]:
    return [(s.type, shown(s.namespaces), shown(s.separates)) for s in found.strategies]


def test_a_memory_in_cloudformation() -> None:
    reflection = {"Reflection": {"Namespaces": ["/all"]}}
    found = memory_in(
        "AWS::BedrockAgentCore::Memory",
        [
            {"SemanticMemoryStrategy": {"Name": "a", "Namespaces": [ACTOR]}},
            {"SummaryMemoryStrategy": {"Name": "b", "NamespaceTemplates": ["/s/{actorId}/{sessionId}"]}},
            {"UserPreferenceMemoryStrategy": {"Name": "c", "Namespaces": ["/all"]}},
            {"EpisodicMemoryStrategy": {"Namespaces": [ACTOR], "ReflectionConfiguration": {"Namespaces": ["/all"]}}},
            {"CustomMemoryStrategy": {"Namespaces": [ACTOR], "Configuration": {"EpisodicOverride": reflection}}},
            {"CustomMemoryStrategy": {"Name": "f", "Configuration": {"SelfManagedConfiguration": {"x": 1}}}},
            {"SemanticMemoryStrategy": {"Name": "g"}},
        ],
    )
    assert found.kms_key == "arn:key"
    assert told(found) == [
        ("SEMANTIC", (ACTOR,), True),
        ("SUMMARIZATION", ("/s/{actorId}/{sessionId}",), True),
        ("USER_PREFERENCE", ("/all",), False),
        ("EPISODIC", (ACTOR, "/all"), False),
        ("CUSTOM", (ACTOR, "/all"), False),
        ("CUSTOM", "unknown", "unknown"),
        ("SEMANTIC", "unknown", "unknown"),
    ]


def test_a_memory_in_terraform() -> None:
    def strategy(at: str, memory: str, namespaces: object) -> Block:
        names = {"memory_id": ref(memory, "id"), "type": "SEMANTIC", "namespaces": namespaces}
        return block("aws_bedrockagentcore_memory_strategy", at, names)

    mine, other = strategy("infra/a", "infra/subject", [ACTOR]), strategy("infra/b", "infra/other", ["/all"])
    found = declared("aws_bedrockagentcore_memory", {"name": "m", "encryption_key_arn": "arn:key"}, mine, other)
    assert (found.kms_key, told(found)) == ("arn:key", [("SEMANTIC", (ACTOR,), True)])
    assert declared("aws_bedrockagentcore_memory", {"name": "m"}).strategies == ()
    awscc = memory_in("awscc_bedrockagentcore_memory", [{"semantic_memory_strategy": {"namespaces": [ACTOR]}}])
    assert (awscc.kms_key, told(awscc)) == ("arn:key", [("SEMANTIC", (ACTOR,), True)])
    assert isinstance(memory_in("awscc_bedrockagentcore_memory", HIDDEN).strategies, Unknown)


def test_a_memory_in_the_account() -> None:
    names = ("type", "namespaces", "namespaceTemplates")
    reflection = {"reflection": {"episodicReflectionConfiguration": {"namespaces": ["/all"]}}}
    strategies = [
        dict(zip(names, ("SEMANTIC", [ACTOR], [ACTOR]), strict=True)),
        {**dict(zip(names, ("EPISODIC", [ACTOR], []), strict=True)), "configuration": reflection},
        {**dict(zip(names, ("CUSTOM", [], []), strict=True)), "configuration": {"selfManagedConfiguration": {"a": 1}}},
    ]
    memory = {"id": "m-1", "arn": "arn:m", "name": "m", "encryptionKeyArn": "arn:key", "strategies": strategies}
    found = observe("aws.agentcore.memory", {f"{CONTROL}:GetMemory": {"memory": memory}})
    assert (found.id, found.kms_key) == ("m-1", "arn:key")
    assert [(s.type, shown(s.separates)) for s in found.strategies] == [
        ("SEMANTIC", True),
        ("EPISODIC", False),
        ("CUSTOM", "unknown"),
    ]
    assert isinstance(observe("aws.agentcore.memory", {f"{CONTROL}:GetMemory": DENIED}).strategies, Unknown)


@pytest.mark.parametrize(
    ("namespaces", "separates"),
    [
        (("/a/{actorId}",), True),
        (("/a/{sessionId}",), True),
        (("/a/{tenant}",), True),
        (("/a/{memoryStrategyId}",), False),
        (("/a/{strategyId}",), False),
        (("default",), False),
        (("/a/{actorId}", "default"), False),
        ((Unknown("x", True, "/${...}/{actorId}"),), True),
        ((Unknown("x", True, "/${...}/"),), "unknown"),
        ((Unknown("x"), "default"), False),
        (None, "unknown"),
        (Unknown("x"), "unknown"),
    ],
)
def test_what_keeps_users_apart(namespaces: Any, separates: object) -> None:
    assert shown(Strategy("SEMANTIC", namespaces).separates) == separates


# Sandboxes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "tool", "recorded"),
    [
        ("aws_bedrockagentcore_browser", {"recording": [{"enabled": True}]}, "browser", True),
        ("awscc_bedrockagentcore_browser_custom", {"recording_config": {"enabled": True}}, "browser", True),
        ("AWS::BedrockAgentCore::BrowserCustom", {"RecordingConfig": {"Enabled": True}}, "browser", True),
        ("aws_bedrockagentcore_browser", {}, "browser", False),
        ("AWS::BedrockAgentCore::BrowserCustom", {"RecordingConfig": HIDDEN}, "browser", "unknown"),
        ("aws_bedrockagentcore_code_interpreter", {}, "code_interpreter", None),
        ("awscc_bedrockagentcore_code_interpreter_custom", {}, "code_interpreter", None),
        ("AWS::BedrockAgentCore::CodeInterpreterCustom", {}, "code_interpreter", None),
    ],
)
def test_a_sandbox_in_each_form(kind: str, body: dict[str, object], tool: str, recorded: object) -> None:
    network: dict[str, object] = (
        {"NetworkConfiguration": {"NetworkMode": "VPC"}}
        if kind.startswith("AWS::")
        else {"network_configuration": [{"network_mode": "VPC"}]}
    )
    found = declared(kind, {**body, **network})
    assert (found.tool, found.network_mode, shown(found.recording_enabled)) == (tool, "VPC", recorded)
    assert isinstance(found.id, Unknown)


def test_sandboxes_in_the_account() -> None:
    network = {"networkConfiguration": {"networkMode": "PUBLIC"}}
    browser = {"browserId": "b1", "browserArn": "arn:b", "name": "b", **network, "recording": {"enabled": True}}
    interpreter = {"codeInterpreterId": "c1", "codeInterpreterArn": "arn:c", "name": "c", **network}
    kind = "aws.agentcore.sandbox"
    found = observe(kind, {f"{CONTROL}:GetBrowser": browser})
    assert (found.id, found.tool, found.network_mode, found.recording_enabled) == ("b1", "browser", "PUBLIC", True)
    silent = {key: value for key, value in browser.items() if key != "recording"}
    assert observe(kind, {f"{CONTROL}:GetBrowser": silent}).recording_enabled is False
    denied = observe(kind, {f"{CONTROL}:GetBrowser": DENIED})
    assert [shown(v) for v in (denied.network_mode, denied.recording_enabled)] == ["unknown", "unknown"]
    other = observe(kind, {f"{CONTROL}:GetCodeInterpreter": interpreter})
    assert (other.id, other.tool, other.network_mode, other.recording_enabled) == (
        "c1",
        "code_interpreter",
        "PUBLIC",
        None,
    )

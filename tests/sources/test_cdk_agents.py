"""AgentCore constructs of the stable and of the alpha library."""
# ruff: noqa: E501 - code of other languages

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Reference
from tests.sources.test_cdk import stack, value

STABLE = "import * as agentcore from 'aws-cdk-lib/aws-bedrockagentcore';\n"
ALPHA = "import * as agentcore from '@aws-cdk/aws-bedrock-agentcore-alpha';\n"
ACTOR = "/strategies/{memoryStrategyId}/actors/{actorId}"
CODE = """
const engine = new agentcore.PolicyEngine(this, 'Engine', { policyEngineName: 'tools' });
new agentcore.Policy(this, 'Permit', { policyName: 'permit', policyEngine: engine, statement: x });
const gateway = new agentcore.Gateway(this, 'Tools', { gatewayName: 'tools', policyEngineConfiguration: { policyEngine: engine } });
gateway.addLambdaTarget('Orders', { gatewayTargetName: 'orders', lambdaFunction: fn });
new agentcore.Gateway(this, 'Open', { authorizerConfiguration: agentcore.GatewayAuthorizer.withNoAuth(),
  policyEngineConfiguration: { policyEngine: engine, mode: agentcore.PolicyEngineMode.LOG_ONLY } });
const memory = new agentcore.Memory(this, 'Memory', { memoryStrategies: [
  agentcore.MemoryStrategy.usingSemantic({ strategyName: 'facts', namespaces: ['/facts/{actorId}'] }),
  agentcore.MemoryStrategy.usingEpisodic({ namespaces: ['/e/{actorId}'], reflectionConfiguration: { namespaces: ['/e'] } }),
  agentcore.MemoryStrategy.usingBuiltInSummarization(), agentcore.MemoryStrategy.usingBuiltInEpisodic(),
  agentcore.MemoryStrategy.usingSelfManaged({ strategyName: 'own' }), props.another ] });
memory.addMemoryStrategy(agentcore.MemoryStrategy.usingBuiltInSemantic());
new agentcore.Runtime(this, 'Runtime', { runtimeName: 'chat',
  networkConfiguration: agentcore.RuntimeNetworkConfiguration.usingVpc(this, { vpc }),
  lifecycleConfiguration: { idleRuntimeSessionTimeout: cdk.Duration.minutes(10), maxLifetime: cdk.Duration.hours(4) } });
new agentcore.BrowserCustom(this, 'Browser', { recordingConfig: { enabled: true } });
new agentcore.CodeInterpreterCustom(this, 'Code', { networkConfiguration: agentcore.CodeInterpreterNetworkConfiguration.usingSandboxNetwork() });
"""


@pytest.fixture(params=[STABLE, ALPHA], ids=["stable", "alpha"])
def made(request: pytest.FixtureRequest) -> dict[str, Block]:
    return stack(CODE, head=request.param)


def test_gateways_with_their_engine_and_targets(made: dict[str, Block]) -> None:
    tools, opened, target = made["Tools"], made["Open"], made["Tools/Orders"]
    assert (value(tools, "AuthorizerType"), value(opened, "AuthorizerType")) == ("CUSTOM_JWT", "NONE")
    config = tools.body["PolicyEngineConfiguration"]
    assert config["Arn"].content == Reference(made["Engine"].address, "Arn")
    assert config["Mode"].text() == "ENFORCE"
    assert value(opened, "PolicyEngineConfiguration", "Mode") == "LOG_ONLY"
    assert (target.type, value(target, "Name")) == ("AWS::BedrockAgentCore::GatewayTarget", "orders")
    assert target.body["GatewayIdentifier"].content == Reference(tools.address, "Ref")
    assert made["Permit"].body["PolicyEngineId"].content == Reference(made["Engine"].address, "Ref")


def test_strategies_of_a_memory(made: dict[str, Block]) -> None:
    strategies: Any = value(made["Memory"], "MemoryStrategies")
    assert strategies[0] == {"SemanticMemoryStrategy": {"Name": "facts", "Namespaces": ["/facts/{actorId}"]}}
    assert strategies[1]["EpisodicMemoryStrategy"]["ReflectionConfiguration"] == {"Namespaces": ["/e"]}
    assert strategies[2] == {"SummaryMemoryStrategy": {"Namespaces": [f"{ACTOR}/sessions/{{sessionId}}"]}}
    assert isinstance(strategies[3]["EpisodicMemoryStrategy"]["Namespaces"], Unknown)
    assert strategies[4] == {"CustomMemoryStrategy": {"Configuration": {"SelfManagedConfiguration": {}}}}
    assert isinstance(strategies[5], Unknown)
    assert strategies[6] == {"SemanticMemoryStrategy": {"Namespaces": [ACTOR]}}


def test_sessions_and_networks(made: dict[str, Block]) -> None:
    runtime, browser, code = made["Runtime"], made["Browser"], made["Code"]
    assert value(runtime, "LifecycleConfiguration") == {"IdleRuntimeSessionTimeout": 600, "MaxLifetime": 14400}
    modes = [value(b, "NetworkConfiguration", "NetworkMode") for b in (runtime, browser, code)]
    assert modes == ["VPC", "PUBLIC", "SANDBOX"]
    assert value(browser, "RecordingConfig", "Enabled") is True

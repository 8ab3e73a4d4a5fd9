"""AgentCore in the scenario account: of each kind one that is as it should be and one that is not. Made by hand."""

from __future__ import annotations

from typing import Any

from tests.aws.endpoint import Params
from tests.aws.scenario import DENIED, HOME, STAMP, arn, role_arn

CONTROL = "bedrock-agentcore-control"
TIMES = {"createdAt": STAMP, "updatedAt": STAMP}
CHANGED = {"createdAt": STAMP, "lastUpdatedAt": STAMP}
NETWORK = {"networkModeConfig": {"securityGroups": ["sg-1"], "subnets": ["subnet-1"]}}


def _agentcore(rest: str) -> str:
    return arn("bedrock-agentcore", rest)


RUNTIMES = {"assistant-0000000001": ("VPC", 900), "demo-0000000002": ("PUBLIC", 7200)}


def _runtime(name: str) -> dict[str, Any]:
    return {
        **{"agentRuntimeArn": _agentcore(f"runtime/{name}"), "agentRuntimeId": name, "agentRuntimeVersion": "3"},
        **{"agentRuntimeName": name.partition("-")[0], "lastUpdatedAt": STAMP, "status": "READY"},
    }


def runtimes(_: Params, region: str) -> Any:
    found = [{**_runtime(name), "description": "swordfish"} for name in RUNTIMES]
    return {"agentRuntimes": found if region == HOME else []}


def runtime(params: Params, _: str) -> Any:
    mode, idle = RUNTIMES[params["agentRuntimeId"]]
    return {
        **_runtime(params["agentRuntimeId"]),
        **{"roleArn": role_arn("helper-agent"), "createdAt": STAMP, "networkConfiguration": {"networkMode": mode}},
        "lifecycleConfiguration": {"idleRuntimeSessionTimeout": idle, "maxLifetime": 28_800},
        "environmentVariables": {"MODE": "swordfish"},
    }


def endpoints(params: Params, _: str) -> Any:
    name = params["agentRuntimeId"]
    endpoint = {
        **{"name": "DEFAULT", "id": "DEFAULT", "liveVersion": "3", "status": "READY", **CHANGED},
        **{"agentRuntimeEndpointArn": _agentcore(f"runtime/{name}/runtime-endpoint/DEFAULT")},
        "agentRuntimeArn": _agentcore(f"runtime/{name}"),
    }
    return {"runtimeEndpoints": [endpoint]}


ENGINE = _agentcore("policy-engine/tools-0000000001")
GATEWAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "tools-0000000001": ("CUSTOM_JWT", {"policyEngineConfiguration": {"arn": ENGINE, "mode": "ENFORCE"}}),
    "open-0000000002": ("NONE", {}),
}


def _gateway(name: str) -> dict[str, Any]:
    title = {"gatewayId": name, "name": name.partition("-")[0], "status": "READY", "protocolType": "MCP"}
    return {**title, **TIMES, "authorizerType": GATEWAYS[name][0]}


def gateways(_: Params, region: str) -> Any:
    return {"items": [_gateway(name) for name in GATEWAYS] if region == HOME else []}


def gateway(params: Params, _: str) -> Any:
    name = params["gatewayIdentifier"]
    return {**_gateway(name), "gatewayArn": _agentcore(f"gateway/{name}"), **GATEWAYS[name][1]}


TARGETS = {"items": [{"targetId": "T1", "name": "orders", "status": "READY", "targetType": "LAMBDA", **TIMES}]}
NAMED = {"policyEngineId": "tools-0000000001", "name": "tools", "statusReasons": [], "status": "ACTIVE", **TIMES}
POLICY = {
    **{**NAMED, "name": "permit", "policyId": "permit-0000000001", "policyArn": f"{ENGINE}/policy/permit-0000000001"},
    **{"enforcementMode": "ACTIVE", "definition": {"cedar": {"statement": "permit(principal, action, resource);"}}},
}
MEMORIES = {"kept-0000000001": "/facts/{actorId}/", "mixed-0000000002": "/facts/"}


def memories(_: Params, region: str) -> Any:
    found = [{"arn": _agentcore(f"memory/{n}"), "id": n, "status": "ACTIVE", **TIMES} for n in MEMORIES]
    return {"memories": found if region == HOME else []}


def memory(params: Params, _: str) -> Any:
    assert params["view"] == "without_decryption"
    name = params["memoryId"]
    namespaces = [MEMORIES[name]]
    strategy = {
        **{"strategyId": "facts-0000000001", "name": "facts", "type": "SEMANTIC", "status": "ACTIVE"},
        **{"namespaces": namespaces, "namespaceTemplates": namespaces, "description": "swordfish"},
    }
    return {
        "memory": {
            **{"arn": _agentcore(f"memory/{name}"), "id": name, "name": name.partition("-")[0], "status": "ACTIVE"},
            **{"eventExpiryDuration": 30, "strategies": [strategy], **TIMES},
        }
    }


def _browser(name: str) -> dict[str, Any]:
    return {"browserId": name, "browserArn": _agentcore(f"browser-custom/{name}"), "name": name, "status": "READY"}


def browsers(params: Params, region: str) -> Any:
    assert params["type"] == "CUSTOM"
    return {"browserSummaries": [{**_browser("research-0000000001"), **CHANGED}] if region == HOME else []}


def browser(params: Params, _: str) -> Any:
    network = {"networkMode": "VPC", "vpcConfig": NETWORK["networkModeConfig"]}
    return {**_browser(params["browserId"]), **CHANGED, "networkConfiguration": network}


def _interpreter(name: str) -> dict[str, Any]:
    place = _agentcore(f"code-interpreter-custom/{name}")
    return {"codeInterpreterId": name, "codeInterpreterArn": place, "name": name, "status": "READY", **CHANGED}


def interpreters(params: Params, region: str) -> Any:
    assert params["type"] == "CUSTOM"
    names = ("analysis-0000000001", "hidden-0000000002") if region == HOME else ()
    return {"codeInterpreterSummaries": [_interpreter(name) for name in names]}


def interpreter(params: Params, _: str) -> Any:
    name = params["codeInterpreterId"]
    network = {"networkConfiguration": {"networkMode": "SANDBOX"}}
    return DENIED if name.startswith("hidden") else {**_interpreter(name), **network}


def sources(_: Params, region: str) -> Any:
    place = _agentcore("gateway/tools-0000000001")
    source = {"name": "tools", "resourceArns": [place], "logType": "APPLICATION_LOGS", "service": "bedrock-agentcore"}
    return {"deliverySources": [source] if region == HOME else []}


def deliveries(_: Params, region: str) -> Any:
    return {"deliveries": [{"id": "d1", "deliverySourceName": "tools"}] if region == HOME else []}


AGENTS: dict[str, Any] = {
    f"{CONTROL}:ListAgentRuntimes": runtimes,
    f"{CONTROL}:GetAgentRuntime": runtime,
    f"{CONTROL}:ListAgentRuntimeEndpoints": endpoints,
    f"{CONTROL}:ListGateways": gateways,
    f"{CONTROL}:GetGateway": gateway,
    f"{CONTROL}:ListGatewayTargets": TARGETS,
    f"{CONTROL}:GetPolicyEngine": {**NAMED, "policyEngineArn": ENGINE},
    f"{CONTROL}:ListPolicies": {"policies": [POLICY]},
    f"{CONTROL}:ListMemories": memories,
    f"{CONTROL}:GetMemory": memory,
    f"{CONTROL}:ListBrowsers": browsers,
    f"{CONTROL}:GetBrowser": browser,
    f"{CONTROL}:ListCodeInterpreters": interpreters,
    f"{CONTROL}:GetCodeInterpreter": interpreter,
    "logs:DescribeDeliverySources": sources,
    "logs:DescribeDeliveries": deliveries,
}

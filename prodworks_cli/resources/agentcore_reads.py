"""How AgentCore is read from the account: runtimes, gateways, memories, and sandboxes that somebody made."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.agentcore_gateways import Gateway
from prodworks_cli.resources.agentcore_memories import Memory
from prodworks_cli.resources.agentcore_runtimes import Runtime
from prodworks_cli.resources.agentcore_sandboxes import Sandbox
from prodworks_cli.resources.collecting import Collector, Read, Reader


def _read(operation: str) -> Read:
    return Read("bedrock-agentcore-control", operation, f"bedrock-agentcore:{operation}")


_RUNTIMES, _RUNTIME, _ENDPOINTS = map(_read, ("ListAgentRuntimes", "GetAgentRuntime", "ListAgentRuntimeEndpoints"))
_GATEWAYS, _GATEWAY, _TARGETS = map(_read, ("ListGateways", "GetGateway", "ListGatewayTargets"))
_ENGINE, _POLICIES = map(_read, ("GetPolicyEngine", "ListPolicies"))
_MEMORIES, _MEMORY = map(_read, ("ListMemories", "GetMemory"))
_BROWSERS, _BROWSER = map(_read, ("ListBrowsers", "GetBrowser"))
_INTERPRETERS, _INTERPRETER = map(_read, ("ListCodeInterpreters", "GetCodeInterpreter"))
_SOURCES = Read("logs", "DescribeDeliverySources", "logs:DescribeDeliverySources")
_DELIVERIES = Read("logs", "DescribeDeliveries", "logs:DescribeDeliveries")


def _runtimes(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_RUNTIMES, "agentRuntimes"), lambda summary: _runtime(reader, summary))


def _runtime(reader: Reader, summary: Node) -> Record | None:
    arn, name = summary["agentRuntimeArn"].text(), summary["agentRuntimeId"].text()
    if arn is None or name is None:
        return None
    endpoints = reader.listing(_ENDPOINTS, "runtimeEndpoints", arn, agentRuntimeId=name)
    return reader.record(arn, {_RUNTIME: reader.get(_RUNTIME, arn, agentRuntimeId=name), _ENDPOINTS: endpoints})


def _gateways(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_GATEWAYS, "items"), lambda summary: _gateway(reader, summary))


def _gateway(reader: Reader, summary: Node) -> Record | None:
    """The gateway with its targets, its policy engine, and the Region's log deliveries."""
    name = summary["gatewayId"].text()
    if name is None:
        return None
    arn = f"arn:{reader.partition}:bedrock-agentcore:{reader.region}:{reader.account}:gateway/{name}"
    detail = reader.get(_GATEWAY, arn, gatewayIdentifier=name)
    answers = {
        _GATEWAY: detail,
        _TARGETS: reader.listing(_TARGETS, "items", arn, gatewayIdentifier=name),
        _SOURCES: reader.listing(_SOURCES, "deliverySources", arn),
        _DELIVERIES: reader.listing(_DELIVERIES, "deliveries", arn),
    }
    engine = (detail.at("policyEngineConfiguration", "arn").text() or "").rpartition("/")[2]
    if engine:
        answers[_ENGINE] = reader.get(_ENGINE, arn, policyEngineId=engine)
        answers[_POLICIES] = reader.listing(_POLICIES, "policies", arn, policyEngineId=engine)
    return reader.record(arn, answers)


def _memories(reader: Reader) -> Iterable[Record]:
    return reader.each(reader.found(_MEMORIES, "memories"), lambda summary: _memory(reader, summary))


def _memory(reader: Reader, summary: Node) -> Record | None:
    """The memory without what only a key may open: prompts of strategies are not read."""
    arn, name = summary["arn"].text(), summary["id"].text()
    if arn is None or name is None:
        return None
    return reader.record(arn, {_MEMORY: reader.get(_MEMORY, arn, memoryId=name, view="without_decryption")})


def _sandboxes(reader: Reader) -> Iterable[Record]:
    """Those that the account made; the ones that AWS offers are the same for everybody."""
    browsers = reader.found(_BROWSERS, "browserSummaries", type="CUSTOM")
    yield from reader.each(browsers, _described(reader, _BROWSER, "browser"))
    interpreters = reader.found(_INTERPRETERS, "codeInterpreterSummaries", type="CUSTOM")
    yield from reader.each(interpreters, _described(reader, _INTERPRETER, "codeInterpreter"))


def _described(reader: Reader, read: Read, prefix: str) -> Callable[[Node], Record | None]:
    def describe(summary: Node) -> Record | None:
        arn, name = summary[f"{prefix}Arn"].text(), summary[f"{prefix}Id"].text()
        if arn is None or name is None:
            return None
        return reader.record(arn, {read: reader.get(read, arn, **{f"{prefix}Id": name})})

    return describe


COLLECT = (
    Collector(Runtime.KIND, (_RUNTIMES, _RUNTIME, _ENDPOINTS), _runtimes),
    Collector(Gateway.KIND, (_GATEWAYS, _GATEWAY, _TARGETS, _ENGINE, _POLICIES, _SOURCES, _DELIVERIES), _gateways),
    Collector(Memory.KIND, (_MEMORIES, _MEMORY), _memories),
    Collector(Sandbox.KIND, (_BROWSERS, _BROWSER, _INTERPRETERS, _INTERPRETER), _sandboxes),
)

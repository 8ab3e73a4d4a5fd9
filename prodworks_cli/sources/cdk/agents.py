"""What CDK code adds to AgentCore constructs: targets of a gateway and strategies of a memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node, node_of
from prodworks_cli.sources.cdk.data import Table
from prodworks_cli.sources.cdk.settle import settled
from prodworks_cli.sources.cdk.values import Construct, Made, members_of, node

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

_STRATEGIES = {
    "Semantic": "SemanticMemoryStrategy",
    "Summarization": "SummaryMemoryStrategy",
    "UserPreference": "UserPreferenceMemoryStrategy",
    "Episodic": "EpisodicMemoryStrategy",
}
_OF_AN_ACTOR = "/strategies/{memoryStrategyId}/actors/{actorId}"
# The namespaces that the library sets where the caller gives none.
_BUILT_IN = {
    "Semantic": [_OF_AN_ACTOR],
    "Summarization": [f"{_OF_AN_ACTOR}/sessions/{{sessionId}}"],
    "UserPreference": [_OF_AN_ACTOR],
}


def add_target(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``gateway.addLambdaTarget(id, options)`` and its likes."""
    options = members_of(arguments[1]) if len(arguments) > 1 else {}
    given = node({**options, "gateway": node(of, at)}, at)
    symbol = "agentcore.GatewayTarget"
    return node(library.declare(evaluator, symbol, node(of, at), arguments[0] if arguments else None, given, at), at)


def add_endpoint(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``runtime.addEndpoint(name, options)``"""
    options = arguments[1] if len(arguments) > 1 else Node(None, at)
    name = arguments[0] if arguments else Node(None, at)
    given = {"agentRuntimeId": node(of, at), "endpointName": name}
    if options["version"].present:
        given["agentRuntimeVersion"] = options["version"]
    symbol, id_ = "agentcore.RuntimeEndpoint", Node(f"Endpoint{name.text() or ''}", at)
    return node(library.declare(evaluator, symbol, node(of, at), id_, node(given, at), at), at)


def memory_strategy(value: Node, table: Table) -> Node:
    """``MemoryStrategy.usingSemantic({...})`` as the structure of CloudFormation."""
    content: Any = value.content
    at = value.location
    method = content.symbol.rpartition(".")[2] if isinstance(content, Made) else ""
    if method == "usingSelfManaged":
        return node_of({"CustomMemoryStrategy": {"Configuration": {"SelfManagedConfiguration": {}}}}, at)
    kind = method.removeprefix("using").removeprefix("BuiltIn")
    if kind not in _STRATEGIES:
        return node(Unknown("a memory strategy that is not evaluated", present=True), at)
    if "BuiltIn" in method:
        namespaces = node_of(_BUILT_IN.get(kind) or Unknown("the namespaces that the library chooses", True), at)
        return node({_STRATEGIES[kind]: node({"Namespaces": namespaces}, at)}, at)
    given = content.properties
    members = {"Name": given["strategyName"], "Namespaces": settled(given["namespaces"], table)}
    if given["reflectionConfiguration"].present:
        reflected = settled(given["reflectionConfiguration"], table)
        members["ReflectionConfiguration"] = node({"Namespaces": reflected["namespaces"]}, reflected.location)
    return node({_STRATEGIES[kind]: node(members, at)}, at)

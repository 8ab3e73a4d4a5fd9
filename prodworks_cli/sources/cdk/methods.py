"""Methods of constructs that change what is deployed: alarm actions, subscriptions, targets, versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.agents import add_endpoint, add_target
from prodworks_cli.sources.cdk.apis import (
    add_method,
    add_proxy,
    add_resource,
    add_route,
    add_routes,
    add_stage,
    add_usage_plan,
)
from prodworks_cli.sources.cdk.bedrock_agents import add_action_groups
from prodworks_cli.sources.cdk.bringing import FUNCTIONS
from prodworks_cli.sources.cdk.buckets import add_to_bucket_policy, notify, open_bucket
from prodworks_cli.sources.cdk.constructs import converted
from prodworks_cli.sources.cdk.containers import add_action, add_container, add_listener, add_targets, log_accesses
from prodworks_cli.sources.cdk.dashboards import add_widgets
from prodworks_cli.sources.cdk.graphs import ADD_SOURCES
from prodworks_cli.sources.cdk.hatches import override
from prodworks_cli.sources.cdk.log_groups import add_flow_log, add_metric_filter
from prodworks_cli.sources.cdk.perhaps import add_property, added
from prodworks_cli.sources.cdk.permissions import PERMISSIONS, grant
from prodworks_cli.sources.cdk.security_groups import ALLOWING
from prodworks_cli.sources.cdk.settle import reference, target_arn
from prodworks_cli.sources.cdk.state_machines import link, links
from prodworks_cli.sources.cdk.values import Construct, Made, members_of, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

    Method = Callable[[Library, Evaluator, Construct, tuple[Node, ...], Location], Node]


def call_method(
    library: Library, evaluator: Evaluator, of: Construct, name: str, arguments: tuple[Node, ...], at: Location
) -> Node:
    """Call a method of a construct; of one that is not known the result stays below the construct."""
    adds = library.table.constructs.get(of.symbol, {}).get("adds", {}).get(name)
    if adds is not None and arguments:
        rule = {k: v for k, v in adds.items() if k != "to"}
        add_property(evaluator, of, adds["to"], converted(arguments[0], rule, library.table))
        return Node(None, at)
    if override(evaluator, of, name, arguments):
        return Node(None, at)
    if links(of, name):
        return link(of, name, arguments, at)
    method = _METHODS.get(name)
    if method is not None:
        return method(library, evaluator, of, arguments, at)
    if name.startswith("grant"):
        return grant(library, evaluator, of, name, arguments, at)
    if name.startswith("metric"):
        return _metric(library, of, name, arguments, at)
    return node(Construct(f"{of.symbol}.{name}", f"{of.path}/{name}", at, "", Node(None, at)), at)


def _metric(library: Library, of: Construct, name: str, arguments: tuple[Node, ...], at: Location) -> Node:
    made = of.symbol.partition(".from")[0]
    symbol = "aws-lambda.Function" if made in FUNCTIONS else made
    if symbol == "aws-logs.MetricFilter":
        own = {"namespace": of.given["metricNamespace"], "metricName": of.given["metricName"]}
        own["statistic"] = Node("Average", at)
        given = {**own, **(members_of(arguments[0]) if arguments else {})}
        return node(Made("aws-cloudwatch.Metric", (node(given, at),)), at)
    return node(Made(f"{symbol}.{name}", arguments or (node({}, at),), of), at)


def _alarm_action(kind: str) -> Method:
    def add(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
        for action in arguments:
            content: Any = action.content
            target = content.arguments[0] if isinstance(content, Made) and content.arguments else action
            add_property(evaluator, of, kind, target)
        return Node(None, at)

    return add


_PROTOCOLS = {"Email": "email", "Lambda": "lambda", "Sqs": "sqs", "Sms": "sms", "Url": "https"}


def _subscribe(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    content: Any = arguments[0].content if arguments else None
    symbol = content.symbol if isinstance(content, Made) else ""
    kind = symbol.rpartition(".")[2].removesuffix("Subscription")
    endpoint = (
        content.arguments[0] if isinstance(content, Made) and content.arguments else unknown("an endpoint", at, True)
    )
    protocol = Node(_PROTOCOLS[kind], at) if kind in _PROTOCOLS else unknown("a subscription", at, present=True)
    given = node({"topic": node(of, at), "protocol": protocol, "endpoint": endpoint}, at)
    made = library.declare(evaluator, "aws-sns.Subscription", node(of, at), Node(kind or "Subscription", at), given, at)
    made.certain = False  # it lies below the one who subscribes
    return Node(None, at)


def _event_source(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``function.addEventSource(new SqsEventSource(queue))``"""
    for source in arguments:
        given = node({"eventSourceArn": target_arn(source), "functionName": node(of, at)}, at)
        made = library.declare(
            evaluator, "aws-lambda.CfnEventSourceMapping", node(of, at), Node("EventSource", at), given, at
        )
        made.certain = False  # its name is made of its source
    return Node(None, at)


def _environment(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    if len(arguments) >= 2 and arguments[0].text():
        (value,) = added(evaluator, of, arguments[1:2])
        pair = node({"$key": arguments[0], "$value": value}, at)
        of.parts.setdefault("added", {}).setdefault("Environment.Variables", []).append(pair)
    return Node(None, at)


def _version(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    of.version = True
    if of.symbol == "bedrock.Guardrail":
        made = Construct("aws-bedrock.CfnGuardrailVersion", f"{of.path}/Version", at, "", Node({}, at))
        given = node({"guardrailIdentifier": node(reference(of, "GuardrailId"), at)}, at)
        made = library.declare(evaluator, made.symbol, node(of, at), Node("Version", at), given, at)
        made.certain = False  # its name has a hash of the guardrail
        return node(reference(made, "Version"), at)
    if of.symbol == "bedrock.Prompt":
        given = node({"prompt": node(of, at)}, at)
        made = library.declare(evaluator, "bedrock.PromptVersion", node(of, at), Node("PromptVersion", at), given, at)
        made.certain = False
    return unknown("a version", at, present=True)


def _function_url(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    given = {**(members_of(arguments[0]) if arguments else {}), "function": node(of, at)}
    made = library.declare(
        evaluator, "aws-lambda.FunctionUrl", node(of, at), Node("FunctionUrl", at), node(given, at), at
    )
    return node(made, at)


def _endpoint(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    given = {**(members_of(arguments[1]) if len(arguments) > 1 else {}), "vpc": node(of, at)}
    name = arguments[0] if arguments else None
    made = library.declare(evaluator, "aws-ec2.InterfaceVpcEndpoint", node(of, at), name, node(given, at), at)
    return node(made, at)


def _gateway(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    given = {**(members_of(arguments[1]) if len(arguments) > 1 else {}), "vpc": node(of, at)}
    name = arguments[0] if arguments else None
    made = library.declare(evaluator, "aws-ec2.GatewayVpcEndpoint", node(of, at), name, node(given, at), at)
    return node(made, at)


def _target(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    """``rule.addTarget(target)``"""
    for target in arguments:
        add_property(evaluator, of, "Targets", node({"Arn": target_arn(target)}, at))
    return Node(None, at)


def _data_source(kind: str) -> Method:
    def add(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
        given = {**(members_of(arguments[0]) if arguments else {}), "knowledgeBase": node(of, at)}
        name = given.get("dataSourceName", Node(kind, at))
        made = library.declare(evaluator, f"bedrock.{kind}", node(of, at), name, node(given, at), at)
        made.certain = False  # its name is made of its source
        return node(made, at)

    return add


def _guardrail(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``agent.addGuardrail(guardrail)``"""
    if arguments:
        (guardrail,) = added(evaluator, of, arguments[:1])
        of.given = node({**members_of(of.given), "guardrail": guardrail}, of.given.location)
    return Node(None, at)


_METHODS: Mapping[str, Method] = {
    **ADD_SOURCES,
    **PERMISSIONS,
    **ALLOWING,
    "addTarget": _target,
    "addTargets": add_targets,
    "addAction": add_action,
    "addS3DataSource": _data_source("S3DataSource"),
    "addWebCrawlerDataSource": _data_source("WebCrawlerDataSource"),
    "addGuardrail": _guardrail,
    "addListener": add_listener,
    "addGatewayEndpoint": _gateway,
    "addUsagePlan": add_usage_plan,
    "addMethod": add_method,
    "addResource": add_resource,
    "resourceForPath": add_resource,
    "addStage": add_stage,
    "addActionGroup": add_action_groups,
    "addActionGroups": add_action_groups,
    "addEndpoint": add_endpoint,
    "logAccessLogs": log_accesses,
    "addMetricFilter": add_metric_filter,
    "addToResourcePolicy": add_to_bucket_policy,
    "grantPublicAccess": open_bucket,
    "addEventNotification": notify,
    "addObjectCreatedNotification": notify,
    "addObjectRemovedNotification": notify,
    "addFlowLog": add_flow_log,
    "addWidgets": add_widgets,
    "addProxy": add_proxy,
    "addRoutes": add_routes,
    "addRoute": add_route,
    "addAlarmAction": _alarm_action("AlarmActions"),
    "addOkAction": _alarm_action("OKActions"),
    "addSubscription": _subscribe,
    "addEnvironment": _environment,
    "addEventSource": _event_source,
    "createVersion": _version,
    "addContainer": add_container,
    "addFunctionUrl": _function_url,
    "addInterfaceEndpoint": _endpoint,
    "addLambdaTarget": add_target,
    "addOpenApiTarget": add_target,
    "addSmithyTarget": add_target,
    "addMcpServerTarget": add_target,
    "addApiGatewayTarget": add_target,
}

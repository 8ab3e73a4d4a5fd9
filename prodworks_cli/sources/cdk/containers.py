"""Containers on ECS: definitions with their log groups, load balancers in front of services, and their patterns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.perhaps import add_property
from prodworks_cli.sources.cdk.settle import construct_of, reference
from prodworks_cli.sources.cdk.values import Construct, Made, members_of, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.model import Location
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

_AUTHENTICATES = {"authenticateOidc": "authenticate-oidc", "AuthenticateCognitoAction": "authenticate-cognito"}


def child(
    library: Library, evaluator: Evaluator, of: Construct, symbol: str, name: str, given: dict[str, Node], at: Location
) -> Construct:
    """A construct that another one makes below itself."""
    return library.declare(evaluator, symbol, node(of, at), Node(name, at), node(given, at), at)


def own_key(library: Library, evaluator: Evaluator, of: Construct) -> Construct:
    """The key that a construct makes for itself; newer releases of its library let the key rotate."""
    rotated = unknown("whether the key rotates, which the release of aws-cdk-lib decides", of.at, present=True)
    return child(
        library,
        evaluator,
        of,
        "aws-kms.Key",
        "Key",
        {"enableKeyRotation": rotated, "description": Node(f"Created by {of.path}", of.at)},
        of.at,
    )


def add_container(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``taskDefinition.addContainer(id, options)``"""
    given = arguments[1] if len(arguments) > 1 else Node(None, at)
    body = {"Name": given["containerName"] if given["containerName"].present else arguments[0]} if arguments else {}
    variables = given["environment"]
    if variables.unknown:
        body["Environment"] = variables
    elif variables.present:
        pairs = (node({"Name": Node(k, v.location), "Value": v}, v.location) for k, v in members_of(variables).items())
        body["Environment"] = node(tuple(pairs), variables.location)
    secrets = members_of(given["secrets"])
    if secrets:
        named = (node({"Name": Node(k, v.location), "ValueFrom": v}, v.location) for k, v in secrets.items())
        body["Secrets"] = node(tuple(named), given["secrets"].location)
    group = _log_group(library, evaluator, of, given["logging"], arguments[0].text() if arguments else None)
    if group is not None:
        options = node({"awslogs-group": group}, group.location)
        body["LogConfiguration"] = node({"LogDriver": Node("awslogs", at), "Options": options}, at)
    if group is not None or secrets or _is_pulled(given["image"]):
        _execution_role(library, evaluator, of, at)
    add_property(evaluator, of, "ContainerDefinitions", node(body, at))
    return node(Construct(f"{of.symbol}.addContainer", f"{of.path}/container", at, "", Node(None, at)), at)


def _is_pulled(image: Node) -> bool:
    """Whether an image comes from a repository of the account."""
    content: Any = image.content
    return isinstance(content, Made) and content.symbol.endswith(
        (".fromEcrRepository", ".fromAsset", ".fromDockerImageAsset")
    )


def _execution_role(library: Library, evaluator: Evaluator, task: Construct, at: Location) -> None:
    """The role that ECS itself needs to start a container, made once it needs one."""
    if task.given["executionRole"].present or "execution" in task.parts:
        return
    service = Made("aws-iam.ServicePrincipal", (Node("ecs-tasks.amazonaws.com", at),))
    role = child(library, evaluator, task, "aws-iam.Role", "ExecutionRole", {"assumedBy": node(service, at)}, task.at)
    role.conditional = task.conditional
    task.parts["execution"] = role
    task.parts.setdefault("set", {})["ExecutionRoleArn"] = node(reference(role, "Arn"), at)


def _log_group(library: Library, evaluator: Evaluator, task: Construct, logging: Node, name: str | None) -> Node | None:
    """The group that a driver writes to; one that it is not given it makes, and keeps for ever."""
    driver: Any = logging.content
    if not isinstance(driver, Made) or not driver.symbol.lower().endswith(("awslogs", "awslogdriver")):
        return None
    given = driver.properties
    if given["logGroup"].present:
        return given["logGroup"]
    at = logging.location
    kept = {"retention": given["logRetention"]} if given["logRetention"].present else {}
    group = child(library, evaluator, task, "aws-ecs.AwsLogDriver", f"{name or 'container'}/LogGroup", kept, at)
    return node(reference(group, "Ref"), at)


def balanced(library: Library, evaluator: Evaluator, service: Construct) -> None:
    """A load balanced service: task definition with one container, load balancer and listener."""
    at, given = service.at, service.given
    task = construct_of(given["taskDefinition"]) or _task(library, evaluator, service)
    balancer = construct_of(given["loadBalancer"])
    if balancer is None:
        public = given["publicLoadBalancer"] if given["publicLoadBalancer"].present else Node(True, at)
        made = {"internetFacing": public, "loadBalancerName": given["loadBalancerName"]}
        symbol = "aws-elasticloadbalancingv2.ApplicationLoadBalancer"
        balancer = child(library, evaluator, service, symbol, "LB", made, at)
    options = {n: given[n] for n in ("protocol", "certificate", "sslPolicy") if given[n].present}
    options["port"], options["open"] = given["listenerPort"], given["openListener"]
    options["loadBalancer"] = node(balancer, at)
    listener = "aws-elasticloadbalancingv2.ApplicationListener"
    made_listener = child(library, evaluator, balancer, listener, "PublicListener", options, at)
    own = {"taskDefinition": node(task, at), "serviceName": given["serviceName"]}
    inner = child(library, evaluator, service, "aws-ecs.FargateService", "Service", own, at)
    group = forward(library, evaluator, made_listener, "ECS", inner)
    members = {"targetGroup": group, "taskDefinition": task, "loadBalancer": balancer, "listener": made_listener}
    service.members.update({name: node(value, at) for name, value in {**members, "service": inner}.items()})


def forward(library: Library, evaluator: Evaluator, listener: Construct, name: str, service: Construct) -> Construct:
    """A target group that a listener forwards to, with a service behind it."""
    at = service.at
    group = child(library, evaluator, listener, "aws-elasticloadbalancingv2.CfnTargetGroup", f"{name}Group", {}, at)
    arn = node(reference(group, "TargetGroupArn"), at)
    action = node({"Type": Node("forward", at), "TargetGroupArn": arn}, at)
    add_property(evaluator, listener, "DefaultActions", action)
    add_property(evaluator, service, "LoadBalancers", node({"TargetGroupArn": arn}, at))
    return group


def _task(
    library: Library, evaluator: Evaluator, service: Construct, task_name: str = "TaskDef", container_name: str = "web"
) -> Construct:
    at, given = service.at, service.given
    options = given["taskImageOptions"] if given["taskImageOptions"].present else given
    own = {n: options[n] for n in ("taskRole", "executionRole", "family") if options[n].present}
    task = child(library, evaluator, service, "aws-ecs.FargateTaskDefinition", task_name, own, at)
    name = options["containerName"].text() or container_name
    container = {n: options[n] for n in ("environment", "secrets", "image") if options[n].present}
    if options["logDriver"].present:
        container["logging"] = options["logDriver"]
    elif options["enableLogging"].content is not False:
        container["logging"] = node(Made("aws-ecs.LogDrivers.awsLogs", (node({}, at),)), at)
    add_container(library, evaluator, task, (Node(name, at), node(container, at)), at)
    return task


def worker(library: Library, evaluator: Evaluator, service: Construct) -> None:
    """A service that works through a queue."""
    at, given = service.at, service.given
    names = ("QueueProcessingTaskDef", "QueueProcessingContainer")
    task = construct_of(given["taskDefinition"]) or _task(library, evaluator, service, *names)
    service.members["taskDefinition"] = node(task, at)
    if not given["queue"].present:
        dead = child(library, evaluator, service, "aws-sqs.Queue", "EcsProcessingDeadLetterQueue", {}, at)
        most = given["maxReceiveCount"] if given["maxReceiveCount"].present else Node(3, at)
        redrive = node({"queue": node(dead, at), "maxReceiveCount": most}, at)
        queue = {"deadLetterQueue": redrive, "visibilityTimeout": given["visibilityTimeout"]}
        made = child(library, evaluator, service, "aws-sqs.Queue", "EcsProcessingQueue", queue, at)
        service.members["sqsQueue"] = node(made, at)


def log_accesses(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``loadBalancer.logAccessLogs(bucket)``"""
    attribute = {"Key": Node("access_logs.s3.enabled", at), "Value": Node("true", at)}
    add_property(evaluator, of, "LoadBalancerAttributes", node(attribute, at))
    return Node(None, at)


def add_listener(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``loadBalancer.addListener(id, options)``"""
    given = {**(members_of(arguments[1]) if len(arguments) > 1 else {}), "loadBalancer": node(of, at)}
    name, symbol = arguments[0] if arguments else None, "aws-elasticloadbalancingv2.ApplicationListener"
    return node(library.declare(evaluator, symbol, node(of, at), name, node(given, at), at), at)


def add_targets(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``listener.addTargets(id, {targets})``; what a condition forwards is not the listener's default."""
    options = arguments[1] if len(arguments) > 1 else Node(None, at)
    for target in options["targets"].items():
        service = construct_of(target)
        if service is not None and service.type == "AWS::ECS::Service" and not options["conditions"].present:
            forward(library, evaluator, of, arguments[0].text() or "", service)
    return Node(None, at)


def add_action(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``listener.addAction(id, {action, conditions})``: a rule, or what the listener does by default."""
    options = arguments[1] if len(arguments) > 1 else Node(None, at)
    actions = tuple(_actions(options["action"]))
    if not options["conditions"].present:
        for action in actions:
            add_property(evaluator, of, "DefaultActions", action)
        return Node(None, at)
    given = {"listenerArn": node(reference(of, "ListenerArn"), at), "actions": node(actions, at)}
    name = f"{arguments[0].text() or ''}Rule"
    return node(child(library, evaluator, of, "aws-elasticloadbalancingv2.CfnListenerRule", name, given, at), at)


def _actions(action: Node, depth: int = 0) -> Iterator[Node]:
    """An action, and those that follow it once a caller is authenticated."""
    content: Any = action.content
    at = action.location
    kind = content.symbol.rpartition(".")[2] if isinstance(content, Made) and depth < 5 else ""
    if kind == "forward":
        # Python names the argument.
        named = [a["targetGroups"] if members_of(a) else a for a in content.arguments]
        for group in filter(None, map(construct_of, (g for listed in named for g in listed.items()))):
            arn = node(reference(group, "TargetGroupArn"), at)
            yield node({"Type": Node("forward", at), "TargetGroupArn": arn}, at)
    elif kind in _AUTHENTICATES:
        yield node({"Type": Node(_AUTHENTICATES[kind], at)}, at)
        yield from _actions(content.properties["next"], depth + 1)
    else:
        yield node({"Type": unknown("an action that is not resolved", at, present=True)}, at)

"""Methods and routes that CDK code adds to an API, as the level 1 constructs that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.sources.cdk.settle import construct_of, reference, settled, target_arn
from prodworks_cli.sources.cdk.values import Construct, Made, absent, members_of, node, unknown

if TYPE_CHECKING:
    from prodworks_cli.sources.cdk.data import Table
    from prodworks_cli.sources.cdk.evaluator import Evaluator
    from prodworks_cli.sources.cdk.library import Library

REST = tuple(f"aws-apigateway.{kind}RestApi" for kind in ("", "Lambda", "StepFunctions", "Spec"))
_NONE = Node(None, Location(""))
# How an authorizer's class shows in CloudFormation.
_KINDS = {
    "CognitoUserPoolsAuthorizer": "COGNITO_USER_POOLS",
    "TokenAuthorizer": "CUSTOM",
    "RequestAuthorizer": "CUSTOM",
    "HttpJwtAuthorizer": "JWT",
    "HttpUserPoolAuthorizer": "JWT",
    "HttpIamAuthorizer": "AWS_IAM",
    "HttpLambdaAuthorizer": "CUSTOM",
    "HttpNoneAuthorizer": "NONE",
    "WebSocketIamAuthorizer": "AWS_IAM",
    "WebSocketLambdaAuthorizer": "CUSTOM",
}


def resource(
    api: Construct, path: str, at: Location, options: Node = _NONE, above: Construct | None = None
) -> Construct:
    """A path of a REST API, with what its methods have by default: its own options, else those above it."""
    parts: dict[str, Any] = {"api": api}
    for name in ("defaultIntegration", "defaultMethodOptions"):
        own = options[name]
        parts[name] = own if own.present else (above.parts[name] if above is not None else api.given[name])
    if not parts["defaultIntegration"].present and api.given["handler"].present:
        parts["defaultIntegration"] = api.given["handler"]
    return Construct("aws-apigateway.Resource", path, at, "", Node(None, at), parts=parts)


def _function(integration: Node, at: Location) -> Node:
    """The ARN of the function behind an integration."""
    content: Any = integration.content
    given = content.arguments if isinstance(content, Made) else (integration,)
    found = next((c for c in map(construct_of, given) if c is not None and c.type == "AWS::Lambda::Function"), None)
    if found is not None:
        return node(reference(found, "Arn"), at)
    return unknown("the integration is not resolved", at, present=True) if integration.present else Node(None, at)


def _integration(value: Node, table: Table, at: Location) -> Node:
    """An integration of a REST API; one that is not given answers by itself."""
    content: Any = value.content
    symbol = content.symbol.rpartition(".")[2] if isinstance(content, Made) else ""
    if symbol == "MockIntegration" or not value.present:
        return node({"type": Node("MOCK", at)}, at)
    url = content.arguments[0] if symbol == "HttpIntegration" and content.arguments else Node(None, at)
    return node({"uri": url if url.text() else _function(value, at), **_timeout(value, table, at)}, at)


def _timeout(integration: Node, table: Table, at: Location) -> dict[str, Node]:
    """How long an integration may take, where that is set."""
    content: Any = integration.content
    options = [a for a in (content.arguments if isinstance(content, Made) else ()) if members_of(a)]
    given = next((t for o in options for t in (o["timeout"], o["options"]["timeout"]) if t.present), None)
    if given is None:
        return {}
    seconds: Any = settled(given, table).content
    known = isinstance(seconds, int | float)
    return {"timeoutInMillis": Node(int(seconds * 1000), at) if known else unknown("a timeout", at, present=True)}


def _authorization(given: Node, shared: Node, library: Library, at: Location) -> Node:
    """The authorization type of a method or route; ``shared`` is what holds for all of the API."""
    for options in (given, shared):
        if options["authorizationType"].present:
            return settled(options["authorizationType"], library.table)
        authorizer = options["authorizer"]
        if authorizer.present:
            content: Any = authorizer.content
            found = construct_of(authorizer)
            symbol = found.symbol if found else content.symbol if isinstance(content, Made) else ""
            kind = _KINDS.get(symbol.rpartition(".")[2])
            return Node(kind, at) if kind else unknown("the authorizer is not resolved", at, present=True)
    lost = given.unknown or shared.unknown
    return unknown(lost.reason, at) if lost else Node("NONE", at)


def add_method(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``resource.addMethod(verb, integration, options)``"""
    api = of.parts.get("api")
    if not isinstance(api, Construct):
        return Node(None, at)
    verb, integration, options = (*arguments, _NONE, _NONE, _NONE)[:3]
    shared = of.parts["defaultMethodOptions"]
    given = {
        "restApiId": node(reference(api, "Ref"), at),
        "httpMethod": verb,
        "authorizationType": _authorization(options, shared, library, at),
        "apiKeyRequired": options["apiKeyRequired"],
    }
    chosen = integration if integration.present else of.parts["defaultIntegration"]
    given["integration"] = _integration(chosen, library.table, at)
    # CDK calls the root of an API "Default".
    name = Node("/".join(p for p in ("Default", of.path.strip("/"), verb.text() or "method") if p), at)
    made = library.declare(evaluator, "aws-apigateway.CfnMethod", node(api, at), name, node(given, at), at)
    return node(made, at)


def add_resource(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``resource.addResource(part)``"""
    api = of.parts.get("api")
    if not isinstance(api, Construct):
        return Node(None, at)
    part = (arguments[0].text() if arguments else None) or "{part}"
    options = arguments[1] if len(arguments) > 1 else _NONE
    return node(resource(api, f"{of.path}/{part.strip('/')}", at, options, of), at)


def add_proxy(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    """``resource.addProxy(options)``: all verbs of all paths below."""
    api = of.parts.get("api")
    if not isinstance(api, Construct):
        return Node(None, at)
    options = arguments[0] if arguments else _NONE
    below = resource(api, f"{of.path}/{{proxy+}}", at, options, of)
    if options["anyMethod"].content is not False:
        add_method(library, evaluator, below, (Node("ANY", at),), at)
    return node(below, at)


def deployed(library: Library, evaluator: Evaluator, api: Construct) -> None:
    """The stage that an API makes unless it is told not to, with the limits that it is given."""
    at, above = api.at, node(api, api.at)
    if api.symbol in REST and api.given["deploy"].content is not False:
        options = api.given["deployOptions"]
        stage = {"restApiId": node(reference(api, "Ref"), at), "methodSettings": _settings(options, at)}
        if options["accessLogDestination"].present:
            group = node(target_arn(options["accessLogDestination"]).content, at)
            stage["accessLogSetting"] = node({"destinationArn": group}, at)
        name = Node(f"DeploymentStage.{options['stageName'].text() or 'prod'}", at)
        made = library.declare(evaluator, "aws-apigateway.CfnStage", above, name, node(stage, at), at)
        api.parts["stage"] = made
        _writing_role(library, evaluator, api)
    if api.symbol == "aws-apigatewayv2.HttpApi" and api.given["createDefaultStage"].content is not False:
        stage = {"apiId": node(reference(api, "Ref"), at), "stageName": Node("$default", at)}
        library.declare(evaluator, "aws-apigatewayv2.CfnStage", above, Node("DefaultStage", at), node(stage, at), at)


def _settings(options: Node, at: Location) -> Node:
    """The settings of all methods, and those of single ones."""
    every = {name: options[name] for name in ("throttlingRateLimit", "throttlingBurstLimit")}
    each = (
        [options["methodOptions"]]
        if options["methodOptions"].unknown
        else members_of(options["methodOptions"]).values()
    )
    return node((node(every, at), *each), at)


_NO_WRITING_ROLE = "@aws-cdk/aws-apigateway:disableCloudWatchRole"


def _writing_role(library: Library, evaluator: Evaluator, api: Construct) -> None:
    """The role with which API Gateway writes to CloudWatch, in apps that did not switch it off."""
    given, at = api.given["cloudWatchRole"], api.at
    if given.content is False or (not given.present and library.context(_NO_WRITING_ROLE, at).content is True):
        return
    service = Made("aws-iam.ServicePrincipal", (Node("apigateway.amazonaws.com", at),))
    named = Node("service-role/AmazonAPIGatewayPushToCloudWatchLogs", at)
    policy = node(Made("aws-iam.ManagedPolicy.fromAwsManagedPolicyName", (named,)), at)
    role = {"assumedBy": node(service, at), "managedPolicies": node((policy,), at)}
    made = library.declare(evaluator, "aws-iam.Role", node(api, at), Node("CloudWatchRole", at), node(role, at), at)
    made.conditional = made.conditional or absent(given)


def add_stage(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    """``httpApi.addStage(id, options)``"""
    name, options = (*arguments, _NONE, _NONE)[:2]
    given = {**members_of(options), "httpApi": node(of, at)}
    return node(library.declare(evaluator, "aws-apigatewayv2.HttpStage", node(of, at), name, node(given, at), at), at)


def add_usage_plan(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``api.addUsagePlan(name, options)``"""
    name, options = (*arguments, _NONE, _NONE)[:2]
    given = {
        "throttle": options["throttle"],
        "quota": options["quota"],
        "apiStages": node((node({"apiId": node(reference(of, "Ref"), at)}, at),), at),
    }
    made = library.declare(evaluator, "aws-apigateway.CfnUsagePlan", node(of, at), name, node(given, at), at)
    return node(made, at)


def proxied(library: Library, evaluator: Evaluator, api: Construct) -> None:
    """A ``LambdaRestApi`` hands everything to its handler unless ``proxy`` is false."""
    if api.symbol == "aws-apigateway.LambdaRestApi" and api.given["proxy"].content is not False:
        for path in ("", "/{proxy+}"):
            add_method(library, evaluator, resource(api, path, api.at), (Node("ANY", api.at),), api.at)


def add_routes(
    library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location
) -> Node:
    """``httpApi.addRoutes(options)``"""
    options = arguments[0] if arguments else _NONE
    shared = node({"authorizer": of.given["defaultAuthorizer"]}, at)
    verbs = [_verb(m) for m in options["methods"].items()] or ["ANY"]
    for verb in verbs:
        path = options["path"].text() or "/{path}"
        _route(library, evaluator, of, f"{verb} {path}", options, shared, at, f"{verb}-{path.replace('/', '-')}")
    return Node(None, at)


def _verb(method: Node) -> str:
    content: Any = method.content
    return str(getattr(content, "symbol", content)).rpartition(".")[2]


def add_route(library: Library, evaluator: Evaluator, of: Construct, arguments: tuple[Node, ...], at: Location) -> Node:
    """``webSocketApi.addRoute(key, options)``"""
    key, options = (*arguments, _NONE, _NONE)[:2]
    _route(library, evaluator, of, key.text() or "${key}", options, _NONE, at)
    return Node(None, at)


def own_routes(library: Library, evaluator: Evaluator, api: Construct) -> None:
    """The routes that a WebSocket API's own properties make."""
    for name, key in (("connectRouteOptions", "$connect"), ("defaultRouteOptions", "$default")):
        if api.symbol == "aws-apigatewayv2.WebSocketApi" and api.given[name].present:
            _route(library, evaluator, api, key, api.given[name], _NONE, api.given[name].location)


def _route(
    library: Library,
    evaluator: Evaluator,
    api: Construct,
    key: str,
    options: Node,
    shared: Node,
    at: Location,
    name: str | None = None,
) -> None:
    name = name or f"{key}-Route"
    above = node(api, at)
    integration = _integration_of_routes(library, evaluator, api, f"{name}/Integration", options["integration"], at)
    given = {
        "apiId": node(reference(api, "Ref"), at),
        "routeKey": Node(key, at),
        "authorizationType": _authorization(options, shared, library, at),
        "target": node(reference(integration, "Ref"), at),
    }
    library.declare(evaluator, "aws-apigatewayv2.CfnRoute", above, Node(name, at), node(given, at), at)


def _integration_of_routes(
    library: Library, evaluator: Evaluator, api: Construct, name: str, given: Node, at: Location
) -> Construct:
    """The integration of a route; routes that are given the same object share one."""
    content: Any = given.content
    shared: dict[int, tuple[Made, Construct]] = api.parts.setdefault("integrations", {})
    if isinstance(content, Made) and id(content) in shared:
        return shared[id(content)][1]
    uri = _function(given, at)
    if isinstance(content, Made):
        uri = next((_function(a, at) for a in content.arguments if construct_of(a) is not None), uri)
    waits = _timeout(given, library.table, at)
    target = {"apiId": node(reference(api, "Ref"), at), "integrationUri": uri, **waits}
    symbol = "aws-apigatewayv2.CfnIntegration"
    made = library.declare(evaluator, symbol, node(api, at), Node(name, at), node(target, at), at)
    # Its name is that of the object in source.
    made.certain = False
    shared[id(content)] = content, made
    return made

"""Routes of HTTP and WebSocket APIs of API Gateway, and function URLs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Block, Declarations, Node, blocks_in
from prodworks_cli.resources.adapter import Declared, Record, Spelling, declared, observed, pascal, snake
from prodworks_cli.resources.entries import Entry, below_default, declared_acl, function_in, join_name, named_block
from prodworks_cli.resources.entries_limits import HTTP, REST, observed_logged, seconds, stages_logged
from prodworks_cli.schema import Draft, Drafted

_KINDS = {"AWS_IAM": "iam", "JWT": "jwt", "CUSTOM": "lambda", "NONE": "none"}
_STAGES = ("aws_apigatewayv2_stage", "AWS::ApiGatewayV2::Stage", "AWS::Serverless::HttpApi")
_ROUTES = ("aws_apigatewayv2_route", "AWS::ApiGatewayV2::Route")
_URL = Node("function URL", Location("function URL"))
_ELSEWHERE = Unknown("the API is declared elsewhere", present=True)


def _asks(kind: Node) -> Drafted:
    return kind.unknown or _KINDS.get(kind.text() or "NONE", "none")


def _route(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    """A route; OPTIONS answers the preflight of browsers, which carries no credentials."""
    body = block.body
    key = body[spell("route_key")]
    if (key.text() or "").startswith("OPTIONS "):
        return None
    api = named_block(body[spell("api_id")], declarations)
    socket = api is not None and api.body[spell("protocol_type")].text() == "WEBSOCKET"
    connect = _connect(api, declarations, spell) if socket and api is not None else None
    return _entry(
        block,
        declarations,
        api,
        engine="websocket" if socket else "http",
        name=key,
        access_logs=stages_logged(_stages(api, declarations) if api else ()),
        timeout_seconds=_waits(body[spell("target")], declarations, REST if socket else HTTP),
        authentication=_asks((connect or block).body[spell("authorization_type")]),
        target=_target(body[spell("target")], declarations),
    )


def _connect(api: Block, declarations: Declarations, spell: Spelling) -> Block | None:
    """The route that opens a socket: what it asks for holds for all messages of the socket."""
    routes = (b for b in declarations.of_type(*_ROUTES) if b.body[spell("route_key")].text() == "$connect")
    return next((r for r in routes if api.address in blocks_in([r.body[spell("api_id")].content])), None)


def _entry(block: Block, declarations: Declarations, api: Block | None, name: Node, **known: Drafted) -> Draft:
    acl, rate_rule = declared_acl([api.address] if api else [], declarations)
    names = join_name(block.body, api.body.first_of("name", "Name"), name) if api else ()
    return declared(
        Entry,
        block,
        names,
        name=name,
        public=True,
        throttled=_throttled(api, declarations),
        web_acl=acl,
        waf_rate_rule=rate_rule,
        leads_to_model=None,
        **known,
    )


def _target(node: Node, declarations: Declarations) -> Drafted:
    """The function of the integration that a route's target names, or which SAM puts there itself."""
    integration = named_block(node, declarations)
    if integration is None:
        return function_in(node, declarations)
    uri = integration.body.first_of("integration_uri", "IntegrationUri")
    return function_in(uri if uri.present else node, declarations)


def _waits(target: Node, declarations: Declarations, default: int) -> Drafted:
    """The time limit of the integration that a route's target names."""
    integration = named_block(target, declarations)
    if integration is None:
        return default
    return seconds(integration.body.first_of("timeout_milliseconds", "TimeoutInMillis"), default)


def _quick_logged(api: Block, declarations: Declarations) -> bool | Unknown:
    """An API with a target of its own has a stage that is made with it, and that writes no access logs."""
    stages = list(_stages(api, declarations))
    return stages_logged(stages) if stages else False


def _throttled(api: Block | None, declarations: Declarations) -> bool | Unknown:
    if api is None:
        return _ELSEWHERE
    return below_default(rate for s in _stages(api, declarations) for rate in _rates(s.body))


def _stages(api: Block, declarations: Declarations) -> Iterator[Block]:
    for stage in declarations.of_type(*_STAGES):
        named = stage.body.first_of("api_id", "ApiId")
        if stage.address == api.address or api.address in blocks_in([named.content]):
            yield stage


def _rates(stage: Node) -> Iterable[Node]:
    yield stage.at("default_route_settings", "throttling_rate_limit")
    yield stage.at("DefaultRouteSettings", "ThrottlingRateLimit")
    yield from (s["throttling_rate_limit"] for s in stage["route_settings"].items())
    yield from (s["ThrottlingRateLimit"] for _, s in stage["RouteSettings"].members())


def _quick(block: Block, declarations: Declarations, spell: Spelling) -> Draft | None:
    """An API with a target of its own: one route for everything, which asks for nothing."""
    target = block.body[spell("target")]
    if not target.present:
        return None
    return _entry(
        block,
        declarations,
        block,
        engine="http",
        name=Node("$default", block.body.location),
        authentication="none",
        access_logs=_quick_logged(block, declarations),
        timeout_seconds=HTTP,
        target=function_in(target, declarations),
    )


def _url(block: Block, declarations: Declarations, spell: Spelling) -> Draft:
    """A function URL; a distribution in front of it leaves its own address open."""
    kind = block.body["authorization_type" if spell is snake else "AuthType"]
    function = block.body["function_name" if spell is snake else "TargetFunctionArn"]
    acl, rate_rule = declared_acl([], declarations)
    behind = named_block(function, declarations)
    name = behind.body.first_of("function_name", "FunctionName") if behind else function
    return declared(
        Entry,
        block,
        join_name(block.body, _URL, name),
        engine="function-url",
        name=_URL,
        public=True,
        authentication=_asks(kind),
        throttled=False,
        web_acl=acl,
        waf_rate_rule=rate_rule,
        access_logs=None,
        timeout_seconds=None,
        target=function_in(function, declarations),
        leads_to_model=None,
    )


def observed_route(record: Record) -> Draft:
    """A route with its API, integration and stages."""
    api, route = record.answer("apigatewayv2:GetApi"), record.answer("apigatewayv2:GetRoute")
    stages = record.answer("apigatewayv2:GetStages")["Items"]
    rates = [rate for s in stages.items() for rate in _observed_rates(s)]
    integration = record.answer("apigatewayv2:GetIntegration")["IntegrationUri"]
    target = integration.unknown or function_in(integration, Declarations(()))
    return observed(
        Entry,
        record,
        join_name(route, api["Name"], route["RouteKey"]),
        engine=api["ProtocolType"].map(lambda kind: str(kind).lower()),
        name=route["RouteKey"],
        public=api.unknown or True,
        authentication=_asks(route["AuthorizationType"]),
        throttled=stages.unknown or below_default(rates),
        web_acl=None,
        waf_rate_rule=False,
        access_logs=observed_logged(stages, "AccessLogSettings", "DestinationArn"),
        timeout_seconds=_observed_wait(record, api["ProtocolType"]),
        target=target,
        leads_to_model=None,
    )


def _observed_wait(record: Record, protocol: Node) -> Drafted:
    integration = record.answer("apigatewayv2:GetIntegration")
    default = REST if protocol.text() == "WEBSOCKET" else HTTP
    return integration.unknown or seconds(integration["TimeoutInMillis"], default)


def _observed_rates(stage: Node) -> Iterable[Node]:
    yield stage.at("DefaultRouteSettings", "ThrottlingRateLimit")
    yield from (s["ThrottlingRateLimit"] for _, s in stage["RouteSettings"].members())


def observed_url(record: Record) -> Draft:
    """A function URL."""
    url = record.answer("lambda:GetFunctionUrlConfig")
    return observed(
        Entry,
        record,
        join_name(url, _URL, url["FunctionArn"].map(lambda arn: str(arn).rpartition(":function:")[2])),
        engine="function-url",
        name=_URL,
        public=url.unknown or True,
        authentication=_asks(url["AuthType"]),
        throttled=False,
        web_acl=None,
        waf_rate_rule=False,
        access_logs=None,
        timeout_seconds=None,
        target=function_in(url["FunctionArn"], Declarations(())),
        leads_to_model=None,
    )


TERRAFORM: Mapping[str, Declared] = {
    "aws_apigatewayv2_route": lambda block, found: _route(block, found, snake),
    "aws_apigatewayv2_api": lambda block, found: _quick(block, found, snake),
    "aws_lambda_function_url": lambda block, found: _url(block, found, snake),
}
CLOUDFORMATION: Mapping[str, Declared] = {
    "AWS::ApiGatewayV2::Route": lambda block, found: _route(block, found, pascal),
    "AWS::ApiGatewayV2::Api": lambda block, found: _quick(block, found, pascal),
    "AWS::Lambda::Url": lambda block, found: _url(block, found, pascal),
}

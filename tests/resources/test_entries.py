from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Location, Ref, Unknown
from prodworks_cli.node import Block, Declarations
from prodworks_cli.resources.entries import Entry
from prodworks_cli.resources.entries_openapi import methods_in_bodies
from prodworks_cli.resources.entries_sam import implied_entries
from prodworks_cli.resources.registry import declared_adapters
from prodworks_cli.schema import assemble
from prodworks_cli.sources.cloudformation import read
from prodworks_cli.sources.files import tree_of
from tests.resources.support import DENIED, block, declare, declared, declares, observe, ref

FUNCTION = block("aws_lambda_function", "infra/aws_lambda_function.f", {"function_name": "chat"})
ARN = "arn:aws:lambda:eu-west-1:1:function:chat"
TARGET = Ref("aws.compute.unit", "infra/aws_lambda_function.f")


def shown(value: object) -> object:
    return "unknown" if isinstance(value, Unknown) else value


def rest(**body: object) -> Block:
    return block("aws_api_gateway_rest_api", "infra/api", {"name": "chat", **body})


def method(*others: Block, **body: object) -> Any:
    own = {"rest_api_id": ref("infra/api", "id"), "resource_id": ref("infra/r", "id"), "http_method": "POST", **body}
    return declare(block("aws_api_gateway_method", "infra/m", own), *others)


INTEGRATION = block(
    "aws_api_gateway_integration",
    "infra/i",
    {"resource_id": ref("infra/r", "id"), "http_method": "POST", "uri": ref(TARGET.key, "invoke_arn")},
)


@pytest.mark.parametrize(
    ("body", "asks"),
    [
        ({"authorization": "NONE"}, "none"),
        ({"authorization": "AWS_IAM"}, "iam"),
        ({"authorization": "COGNITO_USER_POOLS"}, "cognito"),
        ({"authorization": "CUSTOM"}, "lambda"),
        ({"authorization": "NONE", "api_key_required": True}, "api_key"),
        ({"authorization": Unknown("var.auth")}, "unknown"),
        ({"authorization": "NONE", "api_key_required": Unknown("var.key")}, "unknown"),
    ],
)
def test_what_a_rest_method_asks_for(body: dict[str, object], asks: str) -> None:
    assert shown(method(rest(), **body).authentication) == asks


def test_rest_target_and_name() -> None:
    made = method(rest(), INTEGRATION, FUNCTION)
    assert (made.engine, made.name, made.target) == ("rest", "POST of chat", TARGET)
    assert shown(method(rest()).target) == "unknown"
    mock = {**INTEGRATION.body.plain(), "resource_id": ref("infra/r", "id"), "type": "MOCK"}  # type: ignore[dict-item]
    assert method(rest(), block("aws_api_gateway_integration", "infra/i", mock)).target is None
    assert declares(block("aws_api_gateway_method", "infra/m", {"http_method": "OPTIONS"})) is None


@pytest.mark.parametrize(
    ("api", "public"),
    [
        (rest(), True),
        (rest(endpoint_configuration=[{"types": ["PRIVATE"]}]), False),
        (rest(endpoint_configuration=[{"types": ["REGIONAL"]}]), True),
        (rest(endpoint_configuration=Unknown("dynamic")), "unknown"),
        (rest(policy="{}"), "unknown"),
    ],
)
def test_rest_reach(api: Block, public: object) -> None:
    assert shown(method(api).public) == public


def test_an_api_of_another_repository() -> None:
    made = method()
    assert (shown(made.public), shown(made.throttled)) == ("unknown", "unknown")


def settings(rate: object) -> Block:
    body = {"rest_api_id": ref("infra/api", "id"), "settings": [{"throttling_rate_limit": rate}]}
    return block("aws_api_gateway_method_settings", "infra/s", body)


PLAN = block(
    "aws_api_gateway_usage_plan",
    "infra/p",
    {"api_stages": [{"api_id": ref("infra/api", "id")}], "throttle_settings": [{"rate_limit": 5}]},
)


@pytest.mark.parametrize(
    ("others", "body", "throttled"),
    [
        ([], {}, False),
        ([settings(20)], {}, True),
        ([settings(10000)], {}, False),
        ([settings(-1)], {}, False),
        ([settings(Unknown("var.rate"))], {}, "unknown"),
        ([settings("many")], {}, "unknown"),
        ([PLAN], {}, False),
        ([PLAN], {"api_key_required": True}, True),
    ],
)
def test_rest_throttles(others: list[Block], body: dict[str, object], throttled: object) -> None:
    assert shown(method(rest(), *others, **body).throttled) == throttled


STAGE = block("aws_api_gateway_stage", "infra/stage", {"rest_api_id": ref("infra/api", "id")})
ASSOCIATION = block(
    "aws_wafv2_web_acl_association", "infra/a", {"resource_arn": ref("infra/stage"), "web_acl_arn": ref("infra/acl")}
)


def acl(**statement: object) -> Block:
    return block("aws_wafv2_web_acl", "infra/acl", {"rule": [{"name": "r", "statement": [statement]}]})


@pytest.mark.parametrize(
    ("others", "limited"),
    [
        ([], False),
        ([STAGE, ASSOCIATION, acl(rate_based_statement=[{"limit": 100}])], True),
        ([STAGE, ASSOCIATION, acl(managed_rule_group_statement=[{}])], False),
        ([STAGE, ASSOCIATION], "unknown"),
        ([ASSOCIATION, acl(rate_based_statement=[{"limit": 100}])], False),
        ([block("aws_cloudfront_distribution", "infra/d", {})], "unknown"),
    ],
)
def test_web_acls(others: list[Block], limited: object) -> None:
    made = method(rest(), *others)
    assert (shown(made.waf_rate_rule), shown(made.limited)) == (limited, limited)


def test_a_web_acl_for_those_on_a_list_may_need_no_limit() -> None:
    body: dict[str, object] = {
        "rule": [{"statement": [{"ip_set_reference_statement": [{}]}]}],
        "default_action": [{"block": [{}]}],
    }
    listed = method(rest(), STAGE, ASSOCIATION, block("aws_wafv2_web_acl", "infra/acl", body))
    assert isinstance(listed.waf_rate_rule, Unknown)
    body["rule"] = [{"statement": [{"rate_based_statement": [{"limit": 100}]}]}]
    limited = method(rest(), STAGE, ASSOCIATION, block("aws_wafv2_web_acl", "infra/acl", body))
    assert limited.waf_rate_rule is True


def route(*others: Block, **body: object) -> Any:
    own = {"api_id": ref("infra/api", "id"), "route_key": "POST /ask", **body}
    return declare(block("aws_apigatewayv2_route", "infra/r", own), *others)


def http(**body: object) -> Block:
    return block("aws_apigatewayv2_api", "infra/api", {"name": "chat", "protocol_type": "HTTP", **body})


@pytest.mark.parametrize(
    ("kind", "asks"), [(None, "none"), ("NONE", "none"), ("JWT", "jwt"), ("AWS_IAM", "iam"), ("CUSTOM", "lambda")]
)
def test_what_a_route_asks_for(kind: str | None, asks: str) -> None:
    assert route(http(), authorization_type=kind).authentication == asks


def test_route_target_and_throttle() -> None:
    integration = block("aws_apigatewayv2_integration", "infra/i", {"integration_uri": ref(TARGET.key, "invoke_arn")})
    stage = {"api_id": ref("infra/api", "id"), "default_route_settings": [{"throttling_rate_limit": 9}]}
    target = Unknown("a part", shape="integrations/${...}", blocks=("infra/i",))
    made = route(http(), integration, FUNCTION, block("aws_apigatewayv2_stage", "infra/s", stage), target=target)
    assert (made.engine, made.name, made.public) == ("http", "POST /ask", True)
    assert (made.target, made.throttled) == (TARGET, True)
    assert route(http()).throttled is False
    assert shown(route().throttled) == "unknown"
    assert declares(block("aws_apigatewayv2_route", "infra/r", {"route_key": "OPTIONS /ask"})) is None


def test_a_socket_asks_when_it_is_opened() -> None:
    connect = {"api_id": ref("infra/api", "id"), "route_key": "$connect", "authorization_type": "CUSTOM"}
    opened = block("aws_apigatewayv2_route", "infra/c", connect)
    socket = http(protocol_type="WEBSOCKET")
    made = route(socket, opened, route_key="ask")
    assert (made.engine, made.authentication) == ("websocket", "lambda")
    assert route(socket, route_key="ask").authentication == "none"


def test_an_api_with_a_target_of_its_own() -> None:
    made = declare(http(target=ref(TARGET.key, "arn")), FUNCTION)
    assert (made.engine, made.authentication, made.target, made.throttled) == ("http", "none", TARGET, False)
    assert declares(http()) is None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("aws_lambda_function_url", {"authorization_type": "NONE", "function_name": ref(TARGET.key, "arn")}),
        ("AWS::Lambda::Url", {"AuthType": "NONE", "TargetFunctionArn": ref(TARGET.key, "Arn")}),
    ],
)
def test_function_urls(kind: str, body: dict[str, object]) -> None:
    made = declared(kind, body, FUNCTION)
    assert (made.engine, made.public, made.authentication) == ("function-url", True, "none")
    assert (made.target, made.throttled, made.limited) == (TARGET, False, False)


def test_a_function_is_named_by_reference_alias_arn_or_name() -> None:
    def target(value: object, *others: Block) -> object:
        return declared("aws_lambda_function_url", {"function_name": value}, FUNCTION, *others).target

    alias = block("aws_lambda_alias", "infra/live", {"function_name": ref(TARGET.key, "function_name")})
    assert target(ref("infra/live", "arn"), alias) == TARGET
    assert target(f"{ARN}:live") == target("chat") == Ref("aws.compute.unit", "chat")
    assert shown(target("https://example.com")) == shown(target(Unknown("var.f"))) == "unknown"


GROUP = block("aws_lb_target_group", "infra/tg", {})
SERVICE = block(
    "aws_ecs_service",
    "infra/s",
    {"task_definition": ref("infra/task"), "load_balancer": [{"target_group_arn": ref("infra/tg")}]},
)
FORWARD = {"type": "forward", "target_group_arn": ref("infra/tg")}


def balancer(**body: object) -> Block:
    return block("aws_lb", "infra/lb", body)


def listener(*others: Block, actions: object = (FORWARD,)) -> Any:
    body = {"load_balancer_arn": ref("infra/lb"), "port": 443, "default_action": actions}
    return declare(block("aws_lb_listener", "infra/l", body), *others)


def test_listeners() -> None:
    made = listener(balancer(), SERVICE)
    assert (made.engine, made.public, shown(made.authentication)) == ("alb", True, "unknown")
    assert (made.target, made.throttled) == (Ref("aws.compute.unit", "infra/task"), False)
    assert listener(balancer(), actions=[{"type": "redirect"}]).target is None
    assert listener(balancer(), actions=[{"type": "authenticate-oidc"}, FORWARD]).authentication == "oidc"
    assert shown(listener(balancer()).target) == "unknown"
    attached = {"target_group_arn": ref("infra/tg"), "target_id": ref(TARGET.key, "arn")}
    assert listener(balancer(), block("aws_lb_target_group_attachment", "infra/x", attached), FUNCTION).target == TARGET
    rule = block("aws_lb_listener_rule", "infra/x", {"listener_arn": ref("infra/l"), "action": [FORWARD]})
    assert listener(balancer(), rule, SERVICE, actions=[{"type": "fixed-response"}]).target == made.target


def group(*rules: dict[str, object]) -> Block:
    return block("aws_security_group", "infra/sg", {"ingress": list(rules)})


@pytest.mark.parametrize(
    ("others", "public"),
    [
        ([], "unknown"),
        ([balancer(internal=True)], False),
        ([balancer(internal=Unknown("var.internal"))], "unknown"),
        ([balancer(security_groups=[ref("infra/sg")]), group({"cidr_blocks": ["0.0.0.0/0"]})], True),
        ([balancer(security_groups=[ref("infra/sg")]), group({"cidr_blocks": ["10.0.0.0/8"]})], "unknown"),
        (
            [
                balancer(security_groups=[ref("infra/sg")]),
                group(),
                block(
                    "aws_vpc_security_group_ingress_rule",
                    "infra/in",
                    {"security_group_id": ref("infra/sg"), "cidr_ipv4": "0.0.0.0/0"},
                ),
            ],
            True,
        ),
        ([balancer(security_groups=["sg-1"])], True),
    ],
)
def test_reach_of_a_load_balancer(others: list[Block], public: object) -> None:
    assert shown(listener(*others).public) == public


def test_graphql() -> None:
    api = {"name": "api", "authentication_type": "AMAZON_COGNITO_USER_POOLS"}
    source = {"name": "s", "api_id": ref("infra/g", "id"), "lambda_config": [{"function_arn": ref(TARGET.key)}]}
    subject = block("aws_appsync_datasource", "infra/d", source)
    made = declare(subject, block("aws_appsync_graphql_api", "infra/g", api), FUNCTION)
    assert (made.engine, made.public, made.authentication, made.target) == ("appsync", True, "cognito", TARGET)
    keyed = {**api, "additional_authentication_provider": [{"authentication_type": "API_KEY"}], "visibility": "PRIVATE"}
    weak = declare(subject, block("aws_appsync_graphql_api", "infra/g", keyed))
    assert (weak.authentication, weak.public) == ("api_key", False)
    assert (shown(declare(subject).authentication), shown(declare(subject).public)) == ("unknown", "unknown")
    assert declares(block("aws_appsync_datasource", "infra/d", {"name": "t", "dynamodb_config": [{}]})) is None
    body = {"HttpConfig": {"Endpoint": "https://bedrock-runtime.eu-west-1.amazonaws.com"}}
    assert declared("AWS::AppSync::DataSource", body).leads_to_model is True


SAM = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Api: {Auth: {ApiKeyRequired: true}}
Resources:
  Web:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth: {DefaultAuthorizer: Login, Authorizers: {Login: {JwtConfiguration: {issuer: x}}}}
      DefaultRouteSettings: {ThrottlingRateLimit: 7}
  Chat:
    Type: AWS::Serverless::Function
    Properties:
      FunctionUrlConfig: {AuthType: AWS_IAM}
      Events:
        Ask: {Type: Api, Properties: {Path: /ask, Method: post}}
        Open: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: /ask, Method: get, Auth: {Authorizer: NONE}}}
        Closed: {Type: HttpApi, Properties: {ApiId: !Ref Web, Path: /chat, Method: get}}
        Timer: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
"""


def entries_of(template: str) -> dict[str, Any]:
    blocks, gaps = read(tree_of({"t.yaml": template}).files)
    assert gaps == ()
    written = Declarations(blocks)
    every = Declarations((*blocks, *implied_entries(written)))
    adapters = declared_adapters()
    made = [adapters[b.type](b, every) for b in every.blocks if b.type in adapters]
    return {d.identity: assemble(d)[0] for d in made if d is not None and d.cls is Entry}


def test_sam_events() -> None:
    found = entries_of(SAM)
    assert {key: (e.engine, e.authentication, e.throttled) for key, e in found.items()} == {
        "t.yaml#ChatAsk": ("rest", "api_key", False),
        "t.yaml#ChatOpen": ("http", "none", True),
        "t.yaml#ChatClosed": ("http", "jwt", True),
        "t.yaml#ChatUrl": ("function-url", "iam", False),
    }
    assert {e.target.key for e in found.values()} == {"t.yaml#Chat"}
    assert found["t.yaml#ChatAsk"].name == "POST /ask"


OPENAPI = """
Resources:
  Fn: {Type: AWS::Lambda::Function}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        security: [{Login: []}]
        components:
          securitySchemes:
            Login: {x-amazon-apigateway-authtype: cognito_user_pools}
            Key: {type: apiKey}
        paths:
          /a:
            post:
              x-amazon-apigateway-integration: &call {type: aws_proxy, uri: !Sub "arn:aws:x/${Fn.Arn}/invocations"}
            get: {security: [], x-amazon-apigateway-integration: *call}
            options:
              x-amazon-apigateway-integration: {type: mock}
          /b:
            x-amazon-apigateway-any-method: {security: [{Key: []}], x-amazon-apigateway-integration: *call}
"""


def test_methods_of_an_openapi_document() -> None:
    found = entries_of(OPENAPI)
    assert {key.partition(" ")[2]: e.authentication for key, e in found.items()} == {
        "/a post": "cognito",
        "/a get": "none",
        "/b x-amazon-apigateway-any-method": "api_key",
    }
    assert {e.target.key for e in found.values()} == {"t.yaml#Fn"}
    assert methods_in_bodies(Declarations(())) == ()


METHOD = {
    "httpMethod": "POST",
    "authorizationType": "NONE",
    "methodIntegration": {"uri": f"arn:aws:x/{ARN}/invocations"},
}


def observed_method(**answers: object) -> Any:
    base = {
        "apigateway:GetRestApi": {"id": "a1", "name": "chat", "endpointConfiguration": {"types": ["REGIONAL"]}},
        "apigateway:GetMethod": METHOD,
        "apigateway:GetStages": {"item": [{"methodSettings": {"*/*": {"throttlingRateLimit": 10000.0}}}]},
    }
    return observe("aws.api.entry", {**base, **{k.replace("_", ":"): v for k, v in answers.items()}})


def test_observed_rest_method() -> None:
    made = observed_method()
    assert (made.engine, made.public, made.authentication, made.throttled) == ("rest", True, "none", False)
    assert (made.target, made.waf_rate_rule) == (Ref("aws.compute.unit", "chat"), False)
    plan = {"items": [{"apiStages": [{"apiId": "a1"}], "throttle": {"rateLimit": 5.0}}]}
    keyed = observed_method(apigateway_GetMethod={**METHOD, "apiKeyRequired": True}, apigateway_GetUsagePlans=plan)
    assert (keyed.authentication, keyed.throttled) == ("api_key", True)
    private = {"endpointConfiguration": {"types": ["PRIVATE"]}}
    assert observed_method(apigateway_GetRestApi=private).public is False
    assert shown(observed_method(apigateway_GetRestApi={"policy": "{}"}).public) == "unknown"
    walled = observed_method(
        apigateway_GetStages={"item": [{"webAclArn": "arn:acl"}]},
        wafv2_GetWebACLForResource={"WebACL": {"Rules": [{"Statement": {"RateBasedStatement": {"Limit": 100}}}]}},
    )
    assert (walled.web_acl, walled.waf_rate_rule) == ("arn:acl", True)
    denied = observed_method(apigateway_GetMethod=DENIED, apigateway_GetStages=DENIED)
    assert (shown(denied.authentication), shown(denied.throttled)) == ("unknown", "unknown")


def test_other_observed_entries() -> None:
    route_answers = {
        "apigatewayv2:GetApi": {"Name": "chat", "ProtocolType": "HTTP"},
        "apigatewayv2:GetRoute": {"RouteKey": "POST /ask", "AuthorizationType": "JWT"},
        "apigatewayv2:GetIntegration": {"IntegrationUri": ARN},
        "apigatewayv2:GetStages": {"Items": [{"DefaultRouteSettings": {"ThrottlingRateLimit": 5.0}}]},
    }
    made = observe("aws.api.entry", route_answers)
    assert (made.engine, made.authentication, made.throttled) == ("http", "jwt", True)
    assert made.target == Ref("aws.compute.unit", "chat")
    url = observe("aws.api.entry", {"lambda:GetFunctionUrlConfig": {"AuthType": "AWS_IAM", "FunctionArn": ARN}})
    assert (url.engine, url.authentication, url.public) == ("function-url", "iam", True)
    denied = observe("aws.api.entry", {"lambda:GetFunctionUrlConfig": DENIED})
    assert (shown(denied.authentication), shown(denied.public)) == ("unknown", "unknown")


def test_observed_listener_and_graph() -> None:
    answers = {
        "elbv2:DescribeListeners": {"Listeners": [{"Port": 443, "DefaultActions": [{"Type": "authenticate-cognito"}]}]},
        "elbv2:DescribeLoadBalancers": {"LoadBalancers": [{"LoadBalancerName": "lb", "Scheme": "internet-facing"}]},
        "elbv2:DescribeRules": DENIED,
        "wafv2:GetWebACLForResource": None,
    }
    made = observe("aws.api.entry", answers)
    assert (made.engine, made.name, made.public, made.authentication) == ("alb", "lb", True, "cognito")
    assert (made.target, made.waf_rate_rule) == (None, False)
    graph = {
        "appsync:GetGraphqlApi": {"graphqlApi": {"name": "g", "authenticationType": "API_KEY"}},
        "appsync:GetDataSource": {"dataSource": {"name": "s", "lambdaConfig": {"lambdaFunctionArn": ARN}}},
    }
    api = observe("aws.api.entry", graph)
    assert (api.engine, api.authentication, api.public, api.waf_rate_rule) == ("appsync", "api_key", True, False)
    assert api.target == Ref("aws.compute.unit", "chat")


def test_places() -> None:
    draft = declares(block("aws_lambda_function_url", "infra/u", {"function_name": "chat"}, line=7))
    assert draft is not None
    assert draft.location == Location("main.tf", 7)
    assert draft.aliases == ("function URL chat",)

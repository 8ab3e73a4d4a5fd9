"""Access logs and time limits of entries on every form, and what stands behind a load balancer of the account."""

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.model import Ref, Unknown
from prodworks_cli.node import Block
from tests.resources.support import DENIED, block, declare, observe, ref

LOGGED = {"access_log_settings": [{"destination_arn": "arn:log", "format": "x"}]}


def _method(*others: Block) -> Any:
    body = {"rest_api_id": ref("infra/api", "id"), "resource_id": ref("infra/r", "id"), "http_method": "POST"}
    api = block("aws_api_gateway_rest_api", "infra/api", {"name": "chat"})
    return declare(block("aws_api_gateway_method", "infra/m", body), api, *others)


def _integration(**body: object) -> Block:
    own = {"resource_id": ref("infra/r", "id"), "http_method": "POST", **body}
    return block("aws_api_gateway_integration", "infra/i", own)


def _stage(kind: str, key: str, **body: object) -> Block:
    return block(kind, f"infra/s{len(body)}", {key: ref("infra/api", "id"), **body})


def test_a_rest_method_in_terraform() -> None:
    stage = "aws_api_gateway_stage"
    assert _method(_stage(stage, "rest_api_id", **LOGGED)).access_logs is True
    assert _method(_stage(stage, "rest_api_id")).access_logs is False
    assert _method(_stage(stage, "rest_api_id"), _stage(stage, "rest_api_id", **LOGGED)).access_logs is False
    assert isinstance(_method().access_logs, Unknown)
    assert isinstance(_method().timeout_seconds, Unknown)
    assert _method(_integration()).timeout_seconds == 29
    assert _method(_integration(timeout_milliseconds=60000)).timeout_seconds == 60
    assert isinstance(_method(_integration(timeout_milliseconds=Unknown("var.t"))).timeout_seconds, Unknown)


def test_a_rest_method_in_cloudformation() -> None:
    api = block("AWS::ApiGateway::RestApi", "t#Api", {"Name": "chat"})
    body = {"RestApiId": ref("t#Api", "Ref"), "HttpMethod": "POST", "Integration": {"TimeoutInMillis": 5000}}
    stage = {"RestApiId": ref("t#Api", "Ref"), "AccessLogSetting": {"DestinationArn": "arn:log"}}
    made = declare(block("AWS::ApiGateway::Method", "t#M", body), api, block("AWS::ApiGateway::Stage", "t#S", stage))
    assert (made.access_logs, made.timeout_seconds) == (True, 5)
    serverless = block("AWS::Serverless::Api", "t#Api", {"Name": "chat", "StageName": "live"})
    made = declare(block("AWS::ApiGateway::Method", "t#M", {**body, "Integration": {}}), serverless)
    assert (made.access_logs, made.timeout_seconds) == (False, 29)


def test_a_rest_method_of_the_account() -> None:
    answers: dict[str, Any] = {
        "apigateway:GetRestApi": {"id": "a", "name": "chat"},
        "apigateway:GetMethod": {"httpMethod": "POST", "methodIntegration": {"timeoutInMillis": 12000}},
        "apigateway:GetStages": {"item": [{"stageName": "live", "accessLogSettings": {"destinationArn": "arn:log"}}]},
    }
    made = observe("aws.api.entry", answers)
    assert (made.access_logs, made.timeout_seconds) == (True, 12)
    assert isinstance(observe("aws.api.entry", {**answers, "apigateway:GetStages": DENIED}).access_logs, Unknown)
    silent = {**answers, "apigateway:GetStages": {"item": [{"stageName": "live"}]}}
    assert observe("aws.api.entry", silent).access_logs is False


@pytest.mark.parametrize(("protocol", "limit"), [("HTTP", 30), ("WEBSOCKET", 29)])
def test_a_route_in_terraform(protocol: str, limit: int) -> None:
    api = block("aws_apigatewayv2_api", "infra/api", {"name": "chat", "protocol_type": protocol})
    bare = block("aws_apigatewayv2_integration", "infra/i", {"integration_uri": "arn:f"})
    route = {"api_id": ref("infra/api", "id"), "route_key": "POST /ask", "target": ref("infra/i", "id")}
    made = declare(block("aws_apigatewayv2_route", "infra/m", route), api, bare)
    assert (made.timeout_seconds, type(made.access_logs)) == (limit, Unknown)
    short = block("aws_apigatewayv2_integration", "infra/i", {"timeout_milliseconds": 3000})
    stage = _stage("aws_apigatewayv2_stage", "api_id", **LOGGED)
    made = declare(block("aws_apigatewayv2_route", "infra/m", route), api, short, stage)
    assert (made.timeout_seconds, made.access_logs) == (3, True)


def test_an_api_with_a_target_of_its_own() -> None:
    made = declare(block("aws_apigatewayv2_api", "infra/api", {"name": "chat", "target": "arn:f"}))
    assert (made.access_logs, made.timeout_seconds) == (False, 30)
    made = declare(block("AWS::ApiGatewayV2::Api", "t#Api", {"Name": "chat", "Target": "arn:f"}))
    assert (made.access_logs, made.timeout_seconds) == (False, 30)


def test_a_route_in_cloudformation() -> None:
    route = {"ApiId": ref("t#Api", "Ref"), "RouteKey": "POST /ask", "Target": ref("t#I", "Ref")}
    made = declare(
        block("AWS::ApiGatewayV2::Route", "t#R", route),
        block("AWS::ApiGatewayV2::Api", "t#Api", {"Name": "chat"}),
        block("AWS::ApiGatewayV2::Integration", "t#I", {"TimeoutInMillis": 4000}),
        block("AWS::Serverless::HttpApi", "t#Other", {}),
        block("AWS::ApiGatewayV2::Stage", "t#S", {"ApiId": ref("t#Api", "Ref")}),
    )
    assert (made.access_logs, made.timeout_seconds) == (False, 4)


def test_a_route_of_the_account() -> None:
    answers = {
        "apigatewayv2:GetApi": {"Name": "chat", "ProtocolType": "HTTP"},
        "apigatewayv2:GetRoute": {"RouteKey": "POST /ask"},
        "apigatewayv2:GetStages": {"Items": [{"AccessLogSettings": {"DestinationArn": "arn:log"}}]},
        "apigatewayv2:GetIntegration": {"TimeoutInMillis": 9000},
    }
    made = observe("aws.api.entry", answers)
    assert (made.access_logs, made.timeout_seconds) == (True, 9)


def test_a_function_url_has_neither() -> None:
    made = declare(block("aws_lambda_function_url", "infra/u", {"function_name": "chat"}))
    assert (made.access_logs, made.timeout_seconds) == (None, None)
    made = declare(block("AWS::Lambda::Url", "t#U", {"TargetFunctionArn": "chat"}))
    assert (made.access_logs, made.timeout_seconds) == (None, None)
    made = observe("aws.api.entry", {"lambda:GetFunctionUrlConfig": {"FunctionArn": "arn", "AuthType": "NONE"}})
    assert (made.access_logs, made.timeout_seconds) == (None, None)


def _listener(**balancer: object) -> Any:
    own = {"load_balancer_arn": ref("infra/lb"), "port": 443}
    return declare(block("aws_lb_listener", "infra/l", own), block("aws_lb", "infra/lb", {"name": "chat", **balancer}))


def test_a_load_balancer_in_terraform() -> None:
    assert (_listener().access_logs, _listener().timeout_seconds) == (False, 60)
    logged = _listener(access_logs=[{"bucket": "b", "enabled": True}], idle_timeout=120)
    assert (logged.access_logs, logged.timeout_seconds) == (True, 120)
    assert _listener(access_logs=[{"bucket": "b"}]).access_logs is False
    lost = declare(block("aws_lb_listener", "infra/l", {"load_balancer_arn": "arn:elsewhere"}))
    assert isinstance(lost.access_logs, Unknown)
    assert isinstance(lost.timeout_seconds, Unknown)


def test_a_load_balancer_in_cloudformation() -> None:
    attributes = [
        {"Key": "access_logs.s3.enabled", "Value": "true"},
        {"Key": "idle_timeout.timeout_seconds", "Value": "90"},
    ]
    made = declare(
        block("AWS::ElasticLoadBalancingV2::Listener", "t#L", {"LoadBalancerArn": ref("t#LB", "Ref")}),
        block("AWS::ElasticLoadBalancingV2::LoadBalancer", "t#LB", {"LoadBalancerAttributes": attributes}),
    )
    assert (made.access_logs, made.timeout_seconds) == (True, 90)


FORWARD = {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "arn:group"}], "ListenerArn": "arn:l", "Port": 443}
BALANCED: dict[str, Any] = {
    "elbv2:DescribeListeners": {"Listeners": [FORWARD]},
    "elbv2:DescribeLoadBalancers": {"LoadBalancers": [{"LoadBalancerName": "chat", "Scheme": "internet-facing"}]},
    "elbv2:DescribeLoadBalancerAttributes": {
        "Attributes": [
            {"Key": "access_logs.s3.enabled", "Value": "false"},
            {"Key": "idle_timeout.timeout_seconds", "Value": "60"},
        ]
    },
    "elbv2:DescribeRules": {"Rules": []},
    "wafv2:GetWebACLForResource": {},
    "elbv2:DescribeTargetHealth": [],
    "ecs:DescribeServices": [],
}


def test_a_load_balancer_of_the_account() -> None:
    made = observe("aws.api.entry", BALANCED)
    assert (made.access_logs, made.timeout_seconds) == (False, 60)
    assert isinstance(made.target, Unknown)
    refused = observe("aws.api.entry", {**BALANCED, "elbv2:DescribeLoadBalancerAttributes": DENIED})
    assert isinstance(refused.access_logs, Unknown)
    assert isinstance(refused.timeout_seconds, Unknown)


def test_what_is_behind_a_load_balancer_of_the_account() -> None:
    function = "arn:aws:lambda:eu-west-1:1:function:chat"
    health = [{"TargetHealthDescriptions": [{"Target": {"Id": function}}]}]
    made = observe("aws.api.entry", {**BALANCED, "elbv2:DescribeTargetHealth": health})
    assert made.target == Ref("aws.compute.unit", "chat")
    task = "arn:aws:ecs:eu-west-1:1:task-definition/chat:7"
    services = [{"services": [{"taskDefinition": task, "loadBalancers": [{"targetGroupArn": "arn:group"}]}]}]
    made = observe("aws.api.entry", {**BALANCED, "ecs:DescribeServices": services})
    assert made.target == Ref("aws.compute.unit", "chat")
    other = [{"services": [{"taskDefinition": task, "loadBalancers": [{"targetGroupArn": "arn:other"}]}]}]
    assert isinstance(observe("aws.api.entry", {**BALANCED, "ecs:DescribeServices": other}).target, Unknown)
    refused = observe("aws.api.entry", {**BALANCED, "ecs:DescribeServices": [DENIED]})
    assert refused.target == DENIED


def test_graphql() -> None:
    source = {"api_id": ref("infra/api", "id"), "name": "chat", "lambda_config": [{"function_arn": "arn:f"}]}
    api = block("aws_appsync_graphql_api", "infra/api", {"name": "g", "log_config": [{"field_log_level": "ERROR"}]})
    made = declare(block("aws_appsync_datasource", "infra/d", source), api)
    assert (made.access_logs, made.timeout_seconds) == (True, 30)
    source = {"ApiId": ref("t#Api", "ApiId"), "Name": "chat", "LambdaConfig": {"LambdaFunctionArn": "arn:f"}}
    api = block("AWS::AppSync::GraphQLApi", "t#Api", {"Name": "g"})
    made = declare(block("AWS::AppSync::DataSource", "t#D", source), api)
    assert (made.access_logs, made.timeout_seconds) == (False, 30)
    answers = {
        "appsync:GetGraphqlApi": {"graphqlApi": {"name": "g", "logConfig": {"fieldLogLevel": "ALL"}}},
        "appsync:GetDataSource": {"dataSource": {"name": "models", "httpConfig": {"endpoint": "https://bedrock-runtime.eu-west-1.amazonaws.com"}}},
        "wafv2:GetWebACLForResource": {},
    }  # fmt: skip
    made = observe("aws.api.entry", answers)
    assert (made.access_logs, made.timeout_seconds, made.leads_to_model) == (True, 30, True)

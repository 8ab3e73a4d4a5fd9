"""GraphQL APIs of AppSync: their sources that run a function, or call Bedrock."""

from __future__ import annotations

from collections.abc import Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations, Node
from prodworks_cli.resources.adapter import Declared, Record, declared, has, observed
from prodworks_cli.resources.entries import (
    Entry,
    declared_acl,
    function_in,
    has_rate_rule,
    join_name,
    named_block,
)
from prodworks_cli.resources.entries_limits import GRAPH
from prodworks_cli.schema import Draft, Drafted

_APPSYNC = {
    "AWS_IAM": "iam",
    "AMAZON_COGNITO_USER_POOLS": "cognito",
    "OPENID_CONNECT": "oidc",
    "AWS_LAMBDA": "lambda",
    "API_KEY": "api_key",
}


def _source(block: Block, declarations: Declarations) -> Draft | None:
    """A source of a GraphQL API that runs a function, or that calls Bedrock itself."""
    body = block.body
    function = body.at("lambda_config", "function_arn")
    function = function if function.present else body.at("LambdaConfig", "LambdaFunctionArn")
    endpoint = body.at("http_config", "endpoint")
    endpoint = endpoint if endpoint.present else body.at("HttpConfig", "Endpoint")
    direct = "bedrock" in (endpoint.text() or (endpoint.unknown and endpoint.unknown.shape) or "")
    if not function.present and not direct:
        return None
    api = named_block(body.first_of("api_id", "ApiId"), declarations)
    acl, rate_rule = declared_acl([api.address] if api else [], declarations)
    return declared(
        Entry,
        block,
        join_name(body, api.body.first_of("name", "Name"), body.first_of("name", "Name")) if api else (),
        engine="appsync",
        name=body.first_of("name", "Name"),
        public=_graph_public(api),
        authentication=_graph_authentication(api),
        throttled=False,
        web_acl=acl,
        waf_rate_rule=rate_rule,
        access_logs=_graph_logged(api),
        timeout_seconds=GRAPH,
        target=function_in(function, declarations),
        leads_to_model=True if direct else None,
    )


def _graph_logged(api: Block | None) -> bool | Unknown:
    if api is None:
        return Unknown("the API is declared elsewhere", present=True)
    return has(api.body.first_of("log_config", "LogConfig"))


def _graph_public(api: Block | None) -> bool | Unknown:
    visibility = api.body.first_of("visibility", "Visibility") if api else None
    if visibility is None:
        return Unknown("the API is declared elsewhere", present=True)
    return visibility.unknown or visibility.text() != "PRIVATE"


def _graph_authentication(api: Block | None) -> Drafted:
    if api is None:
        return Unknown("the API is declared elsewhere", present=True)
    more = api.body.first_of("additional_authentication_provider", "AdditionalAuthenticationProviders").items()
    nodes = [e.first_of("authentication_type", "AuthenticationType") for e in (api.body, *more)]
    return _weakest(nodes)


def _weakest(nodes: list[Node]) -> Drafted:
    """The weakest of the ways in: a key that callers share, where that is one of them."""
    ways = [node.unknown or _APPSYNC.get(node.text() or "", "none") for node in nodes]
    return next((w for weak in ("none", "api_key") for w in ways if w == weak), None) or ways[0]


def observed_graph(record: Record) -> Draft:
    """A source of a GraphQL API with the API."""
    api = record.answer("appsync:GetGraphqlApi")["graphqlApi"]
    source = record.answer("appsync:GetDataSource")["dataSource"]
    acl = record.answer("wafv2:GetWebACLForResource")["WebACL"]
    more = api["additionalAuthenticationProviders"].items()
    return observed(
        Entry,
        record,
        join_name(source, api["name"], source["name"]),
        engine="appsync",
        name=source["name"],
        public=api["visibility"].map(lambda v: v != "PRIVATE") if api["visibility"].present else api.unknown or True,
        authentication=_weakest([e["authenticationType"] for e in (api, *more)]),
        throttled=False,
        web_acl=api["wafWebAclArn"],
        waf_rate_rule=has_rate_rule(acl["Rules"], acl.at("DefaultAction", "Block"))
        if api["wafWebAclArn"].present
        else False,
        access_logs=api.unknown or api["logConfig"].present,
        timeout_seconds=GRAPH,
        target=function_in(source.at("lambdaConfig", "lambdaFunctionArn"), Declarations(())),
        leads_to_model=True if "bedrock" in (source.at("httpConfig", "endpoint").text() or "") else None,
    )


TERRAFORM: Mapping[str, Declared] = {"aws_appsync_datasource": _source}
CLOUDFORMATION: Mapping[str, Declared] = {"AWS::AppSync::DataSource": _source}

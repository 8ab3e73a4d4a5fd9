"""How entries are read from the account: methods and routes of APIs, function URLs, listeners, sources of GraphQL APIs.

Only those that lead to a resource of the workload belong to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prodworks_cli.node import Node
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import Collector, Read, Reader
from prodworks_cli.resources.entry_front_reads import UNITS, may_be_ours, target_of

_REST = Read("apigateway", "GetRestApis", "apigateway:GET")
_REST_API = Read("apigateway", "GetRestApi", "apigateway:GET")
_RESOURCES = Read("apigateway", "GetResources", "apigateway:GET")
_METHOD = Read("apigateway", "GetMethod", "apigateway:GET")
_REST_STAGES = Read("apigateway", "GetStages", "apigateway:GET")
_PLANS = Read("apigateway", "GetUsagePlans", "apigateway:GET")
_ACL = Read("wafv2", "GetWebACLForResource", "wafv2:GetWebACLForResource", frozenset({"WAFNonexistentItemException"}))
_HTTP = Read("apigatewayv2", "GetApis", "apigateway:GET")
_HTTP_API = Read("apigatewayv2", "GetApi", "apigateway:GET")
_ROUTES = Read("apigatewayv2", "GetRoutes", "apigateway:GET")
_ROUTE = Read("apigatewayv2", "GetRoute", "apigateway:GET")
_INTEGRATION = Read("apigatewayv2", "GetIntegration", "apigateway:GET")
_HTTP_STAGES = Read("apigatewayv2", "GetStages", "apigateway:GET")
_FUNCTIONS = Read("lambda", "ListFunctions", "lambda:ListFunctions")
_URL = Read("lambda", "GetFunctionUrlConfig", "lambda:GetFunctionUrlConfig", frozenset({"ResourceNotFoundException"}))
_GATEWAY = (_REST, _REST_API, _RESOURCES, _METHOD, _REST_STAGES, _PLANS, _ACL)
_GATEWAY2 = (_HTTP, _HTTP_API, _ROUTES, _ROUTE, _INTEGRATION, _HTTP_STAGES)


def _entries(reader: Reader) -> Iterator[Record]:
    for api in reader.found(_REST, "items"):
        yield from _methods(reader, api)
    for api in reader.found(_HTTP, "Items"):
        yield from _routes(reader, api)
    yield from reader.each(reader.found(_FUNCTIONS, "Functions"), lambda function: _url(reader, function))


def _methods(reader: Reader, api: Node) -> Iterable[Record]:
    name = api["id"].text()
    if name is None:
        return ()
    resources = reader.found(_RESOURCES, "items", restApiId=name, embed=["methods"])
    pairs = [(resource, verb) for resource in resources for verb, _ in resource["resourceMethods"].members()]
    records = (_method(reader, name, resource["id"].text(), verb) for resource, verb in pairs if verb != "OPTIONS")
    return [record for record in records if record is not None]


def _method(reader: Reader, api: str, resource: str | None, verb: str) -> Record | None:
    if resource is None:
        return None
    base = f"arn:{reader.partition}:apigateway:{reader.region}::/restapis/{api}"
    arn = f"{base}/resources/{resource}/methods/{verb}"
    stages = reader.get(_REST_STAGES, base, restApiId=api)
    walls = [s["webAclArn"].text() for s in stages["item"].items() if s["webAclArn"].present]
    names = [s["stageName"].text() for s in stages["item"].items()]
    answers = {
        _REST_API: reader.get(_REST_API, base, restApiId=api),
        _METHOD: reader.get(_METHOD, arn, restApiId=api, resourceId=resource, httpMethod=verb),
        _REST_STAGES: stages,
        _PLANS: reader.listing(_PLANS, "items", base),
    }
    if walls and names and names[0]:
        answers[_ACL] = reader.get(_ACL, base, ResourceArn=f"{base}/stages/{names[0]}")
    return reader.record(arn, answers)


def _routes(reader: Reader, api: Node) -> Iterable[Record]:
    name = api["ApiId"].text()
    if name is None:
        return ()
    records = (_route(reader, name, route) for route in reader.found(_ROUTES, "Items", ApiId=name))
    return [record for record in records if record is not None]


def _route(reader: Reader, api: str, route: Node) -> Record | None:
    name, target = route["RouteId"].text(), route["Target"].text() or ""
    if name is None or (route["RouteKey"].text() or "").startswith("OPTIONS "):
        return None
    base = f"arn:{reader.partition}:apigateway:{reader.region}::/apis/{api}"
    arn = f"{base}/routes/{name}"
    answers = {
        _HTTP_API: reader.get(_HTTP_API, base, ApiId=api),
        _ROUTE: reader.get(_ROUTE, arn, ApiId=api, RouteId=name),
        _HTTP_STAGES: reader.listing(_HTTP_STAGES, "Items", base, ApiId=api),
    }
    if target.startswith("integrations/"):
        integration = target.removeprefix("integrations/")
        answers[_INTEGRATION] = reader.get(_INTEGRATION, arn, ApiId=api, IntegrationId=integration)
    return reader.record(arn, answers)


def _url(reader: Reader, function: Node) -> Record | None:
    arn = function["FunctionArn"].text()
    if arn is None:
        return None
    url = reader.get(_URL, arn, FunctionName=arn)
    return reader.record(f"{arn}:url", {_URL: url}) if url.present else None


COLLECT = (
    Collector(
        "aws.api.entry",
        (*_GATEWAY, *_GATEWAY2, _FUNCTIONS, _URL),
        _entries,
        root=may_be_ours,
        beside=target_of,
        sources=UNITS,
    ),
)

"""The methods, routes and URLs that SAM makes of a function's events, as blocks like any declared ones."""

from __future__ import annotations

from collections.abc import Iterator

from prodworks_cli.model import Unknown
from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.entries_openapi import methods_in_bodies

_FUNCTION = "AWS::Serverless::Function"


def implied_entries(declarations: Declarations) -> tuple[Block, ...]:
    """One block for each HTTP event and URL of a SAM function, and for each method of an OpenAPI document."""
    functions = declarations.of_type(_FUNCTION)
    events = tuple(b for function in functions for b in (*_events(function, declarations), *_url(function)))
    return (*events, *methods_in_bodies(declarations))


def _url(function: Block) -> Iterator[Block]:
    config = function.body["FunctionUrlConfig"]
    if config.present:
        body = {"AuthType": config["AuthType"], "TargetFunctionArn": _arn(function, config)}
        yield Block("AWS::Lambda::Url", f"{function.address}Url", Node(body, config.location), function.conditional)


def _arn(function: Block, at: Node) -> Node:
    return Node(Reference(function.address, "Arn"), at.location)


def _events(function: Block, declarations: Declarations) -> Iterator[Block]:
    for name, event in function.body["Events"].members():
        kind = event["Type"].text()
        made = {"Api": _method, "HttpApi": _route}.get(kind or "")
        if made:
            type_, body = made(function, event, declarations)
            yield Block(type_, f"{function.address}{name}", Node(body, event.location), function.conditional)


def _method(function: Block, event: Node, declarations: Declarations) -> tuple[str, dict[str, Node]]:
    properties = event["Properties"]
    api = _named(function, properties["RestApiId"], "ServerlessRestApi", declarations)
    return "AWS::ApiGateway::Method", {
        "HttpMethod": properties["Method"].map(lambda verb: str(verb).upper()),
        "path": properties["Path"],
        "AuthorizationType": _authorization(event, api, "COGNITO_USER_POOLS"),
        "ApiKeyRequired": _key_required(properties["Auth"], api, event),
        "RestApiId": _reference(api, properties["RestApiId"]),
        "Integration": Node({"Type": Node("AWS_PROXY", event.location), "Uri": _arn(function, event)}, event.location),
    }


def _route(function: Block, event: Node, declarations: Declarations) -> tuple[str, dict[str, Node]]:
    properties = event["Properties"]
    api = _named(function, properties["ApiId"], "ServerlessHttpApi", declarations)
    verb, path = properties["Method"].text() or "ANY", properties["Path"].text() or ""
    return "AWS::ApiGatewayV2::Route", {
        "RouteKey": Node(f"{verb.upper()} {path}" if path else "$default", event.location),
        "AuthorizationType": _authorization(event, api, "JWT"),
        "ApiId": _reference(api, properties["ApiId"]),
        "Target": _arn(function, event),
    }


def _named(function: Block, node: Node, implicit: str, declarations: Declarations) -> Block | None:
    if isinstance(node.content, Reference):
        return declarations.named(node.content.address)
    template = function.address.rpartition("#")[0]
    return None if node.present else declarations.named(f"{template}#{implicit}")


def _reference(api: Block | None, node: Node) -> Node:
    return Node(Reference(api.address, "Ref"), node.location) if api else node


def _authorization(event: Node, api: Block | None, pool: str) -> Node:
    """The authorizer of the event, else the API's default, by what the API says of its sort."""
    own = event["Properties"]["Auth"]["Authorizer"]
    auth = api.body["Auth"] if api else Node(Unknown("the API is declared elsewhere"), event.location)
    chosen = own if own.present else auth["DefaultAuthorizer"]
    name = chosen.text()
    if chosen.unknown or name in (None, "NONE", "AWS_IAM"):
        return chosen if chosen.present else Node("NONE", event.location)
    authorizer = auth["Authorizers"][name or ""]
    if authorizer.unknown:
        return Node(authorizer.unknown, authorizer.location)
    managed = authorizer["UserPoolArn"].present or authorizer["JwtConfiguration"].present
    return Node(pool if managed else "CUSTOM", chosen.location)


def _key_required(auth: Node, api: Block | None, event: Node) -> Node:
    own = auth["ApiKeyRequired"]
    shared = api.body["Auth"]["ApiKeyRequired"] if api else Node(None, event.location)
    return own if own.present else shared

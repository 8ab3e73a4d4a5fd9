"""The methods that an OpenAPI document in a REST API's body declares, as blocks like any declared ones."""

from __future__ import annotations

from collections.abc import Iterator

from prodworks_cli.node import Block, Declarations, Node, Reference
from prodworks_cli.resources.adapter import parsed

_APIS = {
    "AWS::ApiGateway::RestApi": "Body",
    "AWS::Serverless::Api": "DefinitionBody",
    "aws_api_gateway_rest_api": "body",
}
_VERBS = ("get", "put", "post", "delete", "patch", "head", "options", "x-amazon-apigateway-any-method")
_KINDS = {"awsSigv4": "AWS_IAM", "cognito_user_pools": "COGNITO_USER_POOLS"}


def methods_in_bodies(declarations: Declarations) -> tuple[Block, ...]:
    """One block for each method of the documents that APIs have in their bodies."""
    return tuple(m for api in declarations.of_type(*_APIS) for m in _methods(api, parsed(api.body[_APIS[api.type]])))


def _methods(api: Block, document: Node) -> Iterator[Block]:
    for path, item in document["paths"].members():
        for verb, operation in item.members():
            if verb in _VERBS and operation["x-amazon-apigateway-integration"].present:
                body = _body(api, document, path, verb, operation)
                yield Block("AWS::ApiGateway::Method", f"{api.address} {path} {verb}", body, api.conditional)


def _body(api: Block, document: Node, path: str, verb: str, operation: Node) -> Node:
    at = operation.location
    integration = operation["x-amazon-apigateway-integration"]
    kind = (integration["type"].text() or "").upper()
    names = _security(document, operation)
    members = {
        "HttpMethod": Node("ANY" if verb.startswith("x-") else verb.upper(), at),
        "path": Node(path, at),
        "AuthorizationType": Node(next((k for n in names if (k := _kind(document, n))), "NONE"), at),
        "ApiKeyRequired": Node(bool(names), at),
        "RestApiId": Node(Reference(api.address, "Ref"), at),
        "Integration": Node({"Type": Node(kind, at), "Uri": integration["uri"]}, integration.location),
    }
    return Node(members, at)


def _security(document: Node, operation: Node) -> list[str]:
    """The names of the security schemes that a call must meet; an operation's own list replaces the document's."""
    wanted = operation["security"] if operation["security"].present else document["security"]
    return [name for entry in wanted.items() for name, _ in entry.members()]


def _kind(document: Node, name: str) -> str | None:
    """The sort of authorizer behind a scheme; none for a plain API key."""
    listed = (document["securityDefinitions"][name], document.at("components", "securitySchemes")[name])
    scheme = next((s for s in listed if s.present), document["nothing"])
    kind = scheme["x-amazon-apigateway-authtype"].text()
    if kind in _KINDS:
        return _KINDS[kind or ""]
    return "CUSTOM" if kind or scheme["x-amazon-apigateway-authorizer"].present else None

"""The facts of a model call over plain HTTP, and of the client that sends it."""

from __future__ import annotations

from collections.abc import Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.model_calls import ModelClient
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import NOT_ANALYSED, attribution_by, guardrail_mode, request_attributes
from prodworks_cli.sources.calls.facts import LIMITS, Facts
from prodworks_cli.sources.content import OPEN, member
from prodworks_cli.sources.python.http_calls import HttpCall

_OPERATIONS = ("converse", "invoke", "retrieve_and_generate")
_HEADERS: Mapping[str, str] = {
    "guardrailIdentifier": "x-amzn-bedrock-guardrailidentifier",
    "guardrailVersion": "x-amzn-bedrock-guardrailversion",
}
_PURPOSES: Mapping[str, str] = {"embeddings": "embedding", "rerank": "rerank", "images": "image"}
_LIMIT_HOLDERS = ("generationConfig", "parameters", "options", "inferenceConfig")


def request_facts(found: HttpCall) -> dict[str, Drafted]:
    """Model, limit, guardrail and attribution: by Bedrock's own operations, else as chat APIs spell them."""
    operation = found.api.removeprefix("http ")
    if found.provider in ("bedrock", "sagemaker") and operation.startswith(_OPERATIONS):
        return request_attributes(
            Facts(operation, _as_operation(found, operation), found.site.module.at(found.site.node))
        )
    body = found.body
    holders = [body, *(body[name] for name in _LIMIT_HOLDERS)]
    limits = [n for holder in holders for name in LIMITS if (n := _of(holder, name)).present]
    guardrail = _header(found, "guardrailIdentifier")
    return {
        "model_id": found.model,
        "max_tokens": limits[0] if limits else Node(None, body.location),
        "modalities": (_PURPOSES.get(operation, "text"),),
        "guardrail_id": guardrail,
        "guardrail_version": _header(found, "guardrailVersion"),
        "guardrail_mode": guardrail_mode(guardrail),
        "request_metadata": None,
        "attribution": attribution_by(found.model),
    }


def _as_operation(found: HttpCall, operation: str) -> Mapping[str, Node]:
    """The request as the arguments of the operation of an AWS SDK."""
    body = found.body
    named = {"modelId": found.model, **{name: _header(found, name) for name in _HEADERS}}
    if operation.startswith("invoke_model"):
        return {**named, "body": body}
    if isinstance(body.content, Mapping):
        return {**body.content, "modelId": found.model}
    reason = body.unknown.reason if body.unknown else "the body of the request is built elsewhere"
    return {OPEN: Node(Unknown(reason), body.location), "modelId": found.model}


def _of(holder: Node, name: str) -> Node:
    return member(holder.content, name) if isinstance(holder.content, Mapping) else holder[name]


def _header(found: HttpCall, name: str) -> Node:
    headers = member(found.arguments, "headers")
    if not isinstance(headers.content, Mapping):
        return Node(headers.unknown and Unknown(headers.unknown.reason), headers.location)
    wanted = _HEADERS[name]
    given = next((node for key, node in headers.content.items() if key.lower() == wanted), None)
    return given or member({k: n for k, n in headers.content.items() if k == OPEN}, name)


def http_client(found: HttpCall, outer_retries: Drafted) -> Draft:
    """The request itself stands for its client: each one is sent once, unless something around it tries again."""
    at = found.site.module.at(found.site.node)
    attributes: dict[str, Drafted] = {
        "service": found.endpoint,
        "region": None,
        "endpoint": None,
        "connect_timeout": found.timeout,
        "read_timeout": found.timeout,
        "max_attempts": 1,
        "retry_mode": None,
        "outer_retries": outer_retries,
        "host": NOT_ANALYSED,
    }
    module = found.site.module
    return Draft(ModelClient, at, attributes, f"{module.path}:{module.qualified(found.site.node)} {found.api}")

"""Answers checked against botocore's own output shapes, and serialised as the service would send them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import botocore.session
from botocore.validate import ParamValidator
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model

SESSION = botocore.session.get_session()


@cache
def operation(name: str) -> Any:
    """botocore's model of ``service:Operation``."""
    service, _, operation_name = name.partition(":")
    return SESSION.get_service_model(service).operation_model(operation_name)


def problems(name: str, answer: Mapping[str, Any]) -> list[str]:
    """What is wrong with an answer: unknown, missing and mistyped members by botocore, enum values by us."""
    shape = operation(name).output_shape
    report = ParamValidator().validate(dict(answer), shape)
    found = [report.generate_report()] if report.has_errors() else []
    return [f"{name}: {text}" for text in (*found, *_enums(answer, shape), *_unknown(answer, shape, "answer"))]


def _enums(data: Any, shape: Any) -> list[str]:
    if shape.type_name == "string" and getattr(shape, "enum", None) and data not in shape.enum:
        return [f"{data!r} is none of {shape.enum}"]
    if shape.type_name == "structure" and isinstance(data, Mapping):
        return [e for k, v in data.items() if k in shape.members for e in _enums(v, shape.members[k])]
    if shape.type_name == "list" and isinstance(data, list):
        return [e for element in data for e in _enums(element, shape.member)]
    if shape.type_name == "map" and isinstance(data, Mapping):
        return [e for element in data.values() for e in _enums(element, shape.value)]
    return []


def _unknown(data: Any, shape: Any, path: str) -> list[str]:
    if shape.type_name == "structure" and isinstance(data, Mapping):
        wrong = [f"{path}.{key} is not in the model" for key in data if key not in shape.members]
        known = ((k, v) for k, v in data.items() if k in shape.members)
        return [*wrong, *(e for k, v in known for e in _unknown(v, shape.members[k], f"{path}.{k}"))]
    if shape.type_name == "list" and isinstance(data, list):
        return [e for element in data for e in _unknown(element, shape.member, f"{path}[]")]
    return []


def serialised(name: str, answer: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer on the wire."""
    service, _, operation_name = name.partition(":")
    model = get_service_model(service)
    protocol = operation(name).service_model.resolved_protocol
    serializer = get_serializer_class(service, protocol)(operation_model=model.operation_model(operation_name))
    sent = serializer.serialize(dict(answer))
    body = sent["body"]
    return sent["status_code"], dict(sent["headers"]), body if isinstance(body, bytes) else body.encode()


def error(name: str, code: str, status: int) -> tuple[int, dict[str, str], bytes]:
    """An error as the service's protocol writes it."""
    protocol = operation(name).service_model.resolved_protocol
    message = f"made by hand: {code}"
    if protocol in ("json", "rest-json"):
        body = json.dumps({"__type": code, "message": message})
        return status, {"x-amzn-errortype": code, "Content-Type": "application/json"}, body.encode()
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    forms = {
        "query": f"<ErrorResponse><Error>{inner}</Error><RequestId>r</RequestId></ErrorResponse>",
        "ec2": f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>r</RequestID></Response>",
        "rest-xml": f"<Error>{inner}</Error>",
    }
    return status, {"Content-Type": "text/xml"}, forms[protocol].encode()


def minimal(name: str) -> dict[str, Any]:
    """The smallest answer that the model allows: only what is required, lists empty."""
    answer: dict[str, Any] = _minimal(operation(name).output_shape)
    return answer


def minimal_request(name: str) -> dict[str, Any]:
    """The smallest request that the model allows."""
    shape = operation(name).input_shape
    request: dict[str, Any] = _minimal(shape) if shape else {}
    return request


def _minimal(shape: Any) -> Any:
    if shape.type_name == "structure":
        return {member: _minimal(shape.members[member]) for member in shape.required_members}
    if shape.type_name == "string":
        return next(iter(shape.enum or ()), "text".ljust(shape.metadata.get("min", 0), "-"))
    if shape.type_name == "list" and shape.metadata.get("min", 0):
        return [_minimal(shape.member)]
    return {"list": [], "map": {}, "boolean": False}.get(shape.type_name, 1)

"""Which operation a request asks for, and with which parameters, in each wire protocol."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.aws.shapes import SESSION


def understood(
    service: str, method: str, path: str, query: str, headers: Any, body: bytes
) -> tuple[str, dict[str, Any]]:
    """The operation's name (empty when none fits) and the parameters, as far as tests look at them."""
    protocol = SESSION.get_service_model(service).resolved_protocol
    if protocol == "json":
        return headers["X-Amz-Target"].rpartition(".")[2], json.loads(body or b"{}")
    if protocol in ("query", "ec2"):
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        return form.pop("Action"), form
    asked = dict(parse_qsl(query, keep_blank_values=True))
    for name, verb, pattern, needs in _routes(service):
        match = pattern.fullmatch(path)
        if match and verb == method and needs.items() <= asked.items() and asked.get("x-id", name) == name:
            sent = json.loads(body) if body and protocol == "rest-json" else {}
            return name, {**asked, **sent, **{k: unquote(v) for k, v in match.groupdict().items()}}
    return "", asked


@cache
def _routes(service: str) -> list[tuple[str, str, re.Pattern[str], dict[str, str]]]:
    """REST routes, those with more fixed query parameters and longer paths first."""
    model = SESSION.get_service_model(service)
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(r"\\\{(\w+)(\\\+)?\\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", re.escape(path))
        found.append((name, http["method"], re.compile(pattern), dict(parse_qsl(query, keep_blank_values=True))))
    return sorted(found, key=lambda route: (-len(route[3]), -len(route[2].pattern)))

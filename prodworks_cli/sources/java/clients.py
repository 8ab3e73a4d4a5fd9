"""The settings of the clients that Java calls go through: AWS SDK builders and Spring AI's properties."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Content, Node
from prodworks_cli.resources.model_calls import ModelClient
from prodworks_cli.schema import Draft, Drafted
from prodworks_cli.sources.calls.drafts import NOT_ANALYSED
from prodworks_cli.sources.content import dig, member
from prodworks_cli.sources.java.sites import CallSite, builders
from prodworks_cli.sources.java.syntax import Module
from prodworks_cli.sources.java.values import Values

_TIMEOUTS = ("apiCallAttemptTimeout", "apiCallTimeout")
_SOCKETS = ("socketTimeout", "readTimeout")
_MODES = (("adaptive", "adaptive"), ("legacy", "legacy"), ("standard", "standard"))
_DURATION = re.compile(r"^(?:PT)?(\d+(?:\.\d+)?)(ms|s|m|S|M)?$")
_UNITS = {"ms": 0.001, "s": 1.0, "S": 1.0, "m": 60.0, "M": 60.0, "": 0.001}


class Clients:
    """Describes each client that calls go through, once."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._drafts: dict[str, Draft] = {}

    @property
    def drafts(self) -> list[Draft]:
        """The clients of all calls that were asked for."""
        return list(self._drafts.values())

    def of(self, call: CallSite) -> str | Unknown:
        """The identity of a call's client, which is described on the way."""
        folder = self._values.repository.folder(call.module.path)
        if call.library == "spring":
            return self._keep(self._spring(folder, call))
        if call.library != "aws":
            return Unknown("left to the framework; not analysed by this version")
        found = list(builders(self._values.repository, folder, call.client)) if call.client else []
        if len(found) != 1:
            own = [(m, n) for m, n in found if m is call.module]
            if len(own) != 1:
                return Unknown("the client is made elsewhere" if not found else "one of several clients")
            found = own
        return self._keep(self._built(call, *found[0]))

    def _keep(self, draft: Draft) -> str:
        self._drafts.setdefault(draft.identity, draft)
        return draft.identity

    def _built(self, call: CallSite, module: Module, node: object) -> Draft:
        value = self._values.of(module, node)  # type: ignore[arg-type]
        given = value.content if isinstance(value.content, Mapping) else {}
        override = dig(given, "overrideConfiguration")
        settings: Content = override if isinstance(override, Mapping | Unknown) else {}
        http = dig(given, "httpClientBuilder") or dig(given, "httpClient")
        strategy = next((n for n in _strategies(given, settings) if n.present), Node(None, value.location))
        attributes: dict[str, Drafted] = {
            "service": call.endpoint,
            "region": member(given, "region"),
            "endpoint": member(given, "endpointOverride"),
            "connect_timeout": _first(value.location, http, "connectionTimeout", "connectTimeout"),
            "read_timeout": _limit(value.location, settings, http),
            **_retries(module, strategy),
            "outer_retries": None,
            "host": NOT_ANALYSED,
        }
        name = f"{module.path}:{module.qualified(node)} {call.client}"  # type: ignore[arg-type]
        return Draft(ModelClient, value.location, attributes, name)

    def _spring(self, folder: str, call: CallSite) -> Draft:
        """The client that Spring AI's starter makes from properties; other places may set them too."""
        at = Location(next(iter(self._values.repository.property_files(folder)), call.module.path))
        timeout = self._values.properties.first(folder, "spring.ai.bedrock.aws.timeout")
        region = self._values.properties.first(folder, "spring.ai.bedrock.aws.region")
        attempts = self._values.properties.first(folder, "spring.ai.retry.max-attempts")
        absent = Node(None, at)
        attributes: dict[str, Drafted] = {
            "service": "spring-ai",
            "region": region or absent,
            "endpoint": absent,
            "connect_timeout": _seconds(
                self._values.properties.first(folder, "spring.ai.bedrock.aws.connection-timeout") or absent
            ),
            "read_timeout": _seconds(timeout or absent),
            "max_attempts": attempts or absent,
            "retry_mode": absent,
            "outer_retries": None,
            "host": NOT_ANALYSED,
        }
        return Draft(ModelClient, (timeout or absent).location, attributes, f"{folder or './'} Spring AI client")


def _strategies(given: Mapping[str, Node], settings: Content) -> list[Node]:
    held = settings if isinstance(settings, Mapping) else {}
    return [member(held, n) for n in ("retryStrategy", "retryPolicy")] + [
        member(given, n) for n in ("retryStrategy", "retryPolicy")
    ]


def _limit(at: Location, settings: Content, http: Content) -> Node:
    if isinstance(settings, Unknown):
        return Node(settings, at)
    found = _first(at, settings, *_TIMEOUTS)
    return found if found.present else _first(at, http, *_SOCKETS)


def _first(at: Location, holder: Content, *names: str) -> Node:
    if isinstance(holder, Unknown):
        return Node(Unknown(holder.reason), at)
    held = holder if isinstance(holder, Mapping) else {}
    return next((n for k in names if (n := member(held, k)).present), Node(None, at))


def _retries(module: Module, strategy: Node) -> dict[str, Drafted]:
    """Attempts and mode of a retry strategy; absent values are the default of the installed SDK."""
    line = (strategy.location.line or 1) - 1
    text = (
        " ".join(module.data.decode(errors="replace").splitlines()[line : line + 4]).lower() if strategy.present else ""
    )
    mode = next((name for word, name in _MODES if word in text), None)
    held = strategy.content if isinstance(strategy.content, Mapping) else {}
    retries = member(held, "numRetries").map(lambda n: n + 1 if isinstance(n, int) else n)
    attempts = member(held, "maxAttempts")
    unread = Node(Unknown("the retry strategy is not analysed"), strategy.location)
    silent = unread if strategy.present and mode is None else Node(None, strategy.location)
    return {
        "max_attempts": attempts if attempts.present else retries if retries.present else silent,
        "retry_mode": Node(mode, strategy.location) if mode else silent,
    }


def _seconds(node: Node) -> Node:
    """A duration as Spring writes it (``120s``, ``5m``, ``PT2M``; a bare number is milliseconds) in seconds."""
    found = _DURATION.match(str(node.content)) if isinstance(node.content, str | int | float) else None
    if found is not None:
        return Node(float(found[1]) * _UNITS[found[2] or ""], node.location)
    return (
        node
        if node.unknown or not node.present
        else Node(Unknown("a duration that is not understood", True), node.location)
    )

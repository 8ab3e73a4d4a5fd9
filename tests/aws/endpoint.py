"""A fake AWS endpoint on loopback. Answers are made by hand and checked against botocore's models; none was recorded.

The product finds it as it finds any endpoint: ``AWS_ENDPOINT_URL_<SERVICE>``. An operation without an answer is noted
in ``unexpected`` and fails the test that asks for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.aws.requests import understood
from tests.aws.shapes import error, problems, serialised

ACCOUNT = "111122223333"
Params = Mapping[str, Any]
NOBODY = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1",
}


@dataclass(frozen=True)
class AwsError:
    """An error answer."""

    code: str
    status: int = 400


@dataclass(frozen=True)
class Raw:
    """A body that is sent as it is."""

    body: bytes
    status: int = 200


@dataclass(frozen=True)
class Hang:
    """No answer for some seconds."""

    seconds: float


Given = Mapping[str, Any] | AwsError | Raw | Hang
Answering = Given | Callable[[Params, str], Given]


@dataclass
class FakeAccount:
    """What the account answers: by ``service:Operation``, an answer or a function of the parameters and the Region."""

    answers: dict[str, Answering]
    latency: float = 0.0
    calls: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    def answer(self, name: str, params: dict[str, Any], region: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for one request."""
        self.calls.append((name, params, region))
        if name not in self.answers:
            self.unexpected.append(name)
            return 501, {}, b"no answer was prepared"
        given = self.answers[name]
        if callable(given):
            given = given(params, region)
        if isinstance(given, Hang):
            time.sleep(given.seconds)
            given = Raw(b"")
        if isinstance(given, AwsError):
            return error(name, given.code, given.status)
        if isinstance(given, Raw):
            return given.status, {}, given.body
        wrong = problems(name, given)
        if wrong:
            self.unexpected += wrong
        return serialised(name, given)

    def made(self, name: str) -> int:
        """How often an operation was asked for."""
        return sum(called == name for called, _, _ in self.calls)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without a buffer each header line is a packet of its own, and Nagle's algorithm delays each call by 40 ms.
    wbufsize = 65536
    server: Endpoint

    def _respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = urlsplit(self.path)
        _, _, service, *rest = asked.path.split("/", 3)
        time.sleep(self.server.account.latency)
        name, params = understood(service, self.command, "/" + "".join(rest), asked.query, self.headers, body)
        scope = self.headers.get("Authorization", "").partition("Credential=")[2].split("/")
        status, headers, sent = self.server.account.answer(f"{service}:{name}", params, [*scope, "", "", ""][2])
        self.send_response(status)
        for key, value in headers.items():
            if key.lower() != "content-length":
                self.send_header(key, value)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _respond

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Endpoint(ThreadingHTTPServer):
    """The server; ``account`` may be exchanged between tests."""

    daemon_threads = True
    # The default of 5 resets connections when 32 threads connect at once.
    request_queue_size = 256

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.account = FakeAccount({})
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of a test."""

    def environment(self, services: set[str]) -> dict[str, str]:
        """The variables that lead the SDK here, with credentials that are nobody's."""
        here = f"http://127.0.0.1:{self.server_address[1]}"
        urls = {f"AWS_ENDPOINT_URL_{_variable(s)}": f"{here}/_svc/{s}" for s in sorted(services)}
        # S3 Control puts the account id before the host, which only a proxy can resolve.
        through_proxy = {"AWS_ENDPOINT_URL_S3_CONTROL": "http://s3control.example/_svc/s3control", "HTTP_PROXY": here}
        return {**urls, **through_proxy, **NOBODY}


def _variable(service: str) -> str:
    from tests.aws.shapes import SESSION

    return str(SESSION.get_service_model(service).service_id).replace(" ", "_").replace("-", "_").upper()

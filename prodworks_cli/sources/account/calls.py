"""Calls: each operation with the same parameters is made once, and a failure is a value."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Event, Lock
from typing import TYPE_CHECKING, Any

from prodworks_cli.resources.collecting import Read
from prodworks_cli.sources.account.failures import Failure, failure_of
from prodworks_cli.sources.account.mask import masked
from prodworks_cli.sources.account.paging import pages_of
from prodworks_cli.sources.account.session import Clients, Limits, MalformedAnswer

if TYPE_CHECKING:
    from botocore.session import Session

_MOST_PAGES = 10_000
_LONGEST = 200


@dataclass(frozen=True)
class Answer:
    """What a call or all pages of a listing gave: the joined response, and the failure that ended it, if any."""

    response: Mapping[str, Any] | None
    failure: Failure | None = None


@dataclass
class Tally:
    """How often an operation answered in a Region and how often it failed, with the first failure."""

    answered: int = 0
    failed: int = 0
    first: Failure | None = None

    def count(self, answer: Answer) -> None:
        """Count one call; "not configured" is an answer."""
        if answer.failure is None:
            self.answered += 1
        else:
            self.failed += 1
            self.first = self.first or answer.failure


@dataclass
class Clock:
    """The time limit of a scan, and whether the user stopped it."""

    seconds: float
    started: float = field(default_factory=time.monotonic)
    interrupted: Event = field(default_factory=Event)

    @property
    def left(self) -> float:
        """Seconds until the limit; at most zero once it is over."""
        return self.started + self.seconds - time.monotonic()

    @property
    def stopped(self) -> Failure | None:
        """Why nothing more is read, or ``None``."""
        if self.interrupted.is_set():
            return Failure("Interrupted", "not read, the scan was interrupted")
        if self.left <= 0:
            return Failure("TimeLimit", f"not read within the limit of {self.seconds:g} s")
        return None


class Calls:
    """All calls of one scan."""

    def __init__(self, session: Session, limits: Limits, clock: Clock) -> None:
        self.session, self.clients, self.clock = session, Clients(session, limits), clock
        self.made = 0
        self.tallies: dict[tuple[str, str], Tally] = {}
        self._limits = limits
        self._at_once = BoundedSemaphore(limits.calls)
        self._lock = Lock()
        self._answers: dict[tuple[Any, ...], Future[Answer]] = {}

    def once(self, read: Read, region: str, params: Mapping[str, Any], pages: bool) -> Answer:
        """The answer of a call; a second caller with the same parameters waits for the first one's answer."""
        key = (read.name, region, pages, _frozen(params))
        with self._lock:
            future = self._answers.get(key)
            mine = future is None
            if future is None:
                future = self._answers[key] = Future()
        if mine:
            self._answer(future, read, region, params, pages)
        return future.result()

    def _answer(self, future: Future[Answer], read: Read, region: str, params: Mapping[str, Any], pages: bool) -> None:
        try:
            future.set_result(self._pages(read, region, params) if pages else self._call(read, region, params))
        except BaseException as error:
            # Whoever waits for the same answer must learn of the crash too.
            future.set_exception(error)

    def _pages(self, read: Read, region: str, params: Mapping[str, Any]) -> Answer:
        """All pages joined: lists are continued, the other members are those of the first page."""
        pages = pages_of(self.session, read.service, read.operation)
        joined: dict[str, Any] = {}
        following: dict[str, Any] = {}
        seen = []
        for _ in range(_MOST_PAGES):
            answer = self._call(read, region, {**params, **following})
            if answer.response is None:
                return Answer(joined or None, answer.failure)
            for name, value in answer.response.items():
                if isinstance(value, list):
                    joined[name] = [*joined.get(name, ()), *value]
                else:
                    joined.setdefault(name, value)
            following = pages.following(answer.response)
            if not following:
                return Answer(joined)
            if following in seen:
                break
            seen.append(following)
        return Answer(joined, Failure("RepeatedToken", "the listing does not end, the token of a page came again"))

    def _call(self, read: Read, region: str, params: Mapping[str, Any]) -> Answer:
        """One call with botocore's retries. Neither a response nor a failure means "not configured"."""
        with self._at_once:
            if self.clock.stopped:
                return Answer(None, self.clock.stopped)
            with self._lock:
                self.made += 1
            answer = self._sent(read, region, params)
        with self._lock:
            self.tallies.setdefault((read.name, region), Tally()).count(answer)
        return answer

    def _sent(self, read: Read, region: str, params: Mapping[str, Any]) -> Answer:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        try:
            client = self.clients.get(read.service, region)
            shape = client.meta.service_model.operation_model(read.operation).output_shape
            response = client._make_api_call(read.operation, dict(params))
        except ClientError as error:
            told = error.response.get("Error", {})
            code = str(told.get("Code") or "Unknown")
            if code == "Unknown":
                return Answer(None, Failure("Malformed", "an error without a code, as AWS never sends"))
            return Answer(None, None if code in read.absent else failure_of(code, str(told.get("Message", ""))))
        except BotoCoreError as error:
            return Answer(None, _before_an_answer(error, self._limits))
        except (MalformedAnswer, ResponseParserError) as error:
            return Answer(None, Failure("Malformed", _line(error)))
        missing = [name for name in shape.required_members if name not in response]
        if missing:
            return Answer(None, Failure("Malformed", f"the answer lacks {', '.join(missing)}"))
        del response["ResponseMetadata"]
        return Answer(masked(response, shape, read))


def _before_an_answer(error: Exception, limits: Limits) -> Failure:
    """A failure of the connection, the credentials or the request."""
    from botocore import exceptions as known

    if isinstance(error, known.ReadTimeoutError | known.ConnectTimeoutError):
        return Failure("Timeout", f"no answer within {limits.read:g} s, {limits.attempts} times")
    if isinstance(error, known.EndpointConnectionError | known.ConnectionClosedError | known.ProxyConnectionError):
        return Failure("NoConnection", "no connection; the service may not exist in this Region")
    if isinstance(error, known.NoCredentialsError | known.CredentialRetrievalError | known.PartialCredentialsError):
        return Failure("NoCredentials", _line(error))
    return Failure(type(error).__name__, _line(error))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:_LONGEST]


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return tuple(sorted((k, _frozen(v)) for k, v in value.items()))
    return tuple(_frozen(v) for v in value) if isinstance(value, list | tuple) else value

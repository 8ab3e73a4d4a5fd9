"""The reader that collectors are given: answers as located nodes, failures as ``Unknown`` or as gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from typing import Any

from prodworks_cli.model import Gap, Location, Plane, Unknown
from prodworks_cli.node import Node, node_of
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import VERSION, Collector, Read
from prodworks_cli.sources.account.calls import Answer, Calls
from prodworks_cli.sources.account.failures import Failure
from prodworks_cli.sources.account.workers import Workers

Wanted = Callable[[str, Sequence[str]], bool]


class Stopped(Exception):
    """The scan ended while a collector waited: what it found so far is kept."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class AccountReader:
    """See :class:`prodworks_cli.resources.collecting.Reader`. ``gaps`` fills while the collector runs."""

    def __init__(
        self, calls: Calls, workers: Workers, collector: Collector, place: tuple[str, str, str], wanted: Wanted
    ) -> None:
        self._calls, self._workers, self._collector, self._wanted = calls, workers, collector, wanted
        self.partition, self.account, self.region = place
        self.gaps: list[Gap] = []

    @property
    def scope(self) -> str:
        """The account and Region, for gaps and for the places of answers that are about no resource."""
        return f"{self.account}/{self.region}" if self._collector.regional else self.account

    def get(self, read: Read, at: str | None = None, **params: Any) -> Node:
        """See the protocol."""
        answer = self._calls.once(read, self.region, params, pages=False)
        place = Location(at or self.scope, None, read.name)
        if answer.failure:
            return self._unread(read, answer.failure, place)
        return node_of(answer.response, place)

    def listing(self, read: Read, key: str, at: str | None = None, **params: Any) -> Node:
        """See the protocol."""
        answer = self._calls.once(read, self.region, params, pages=True)
        place = Location(at or self.scope, None, read.name)
        if answer.response is None:
            return self._unread(read, answer.failure, place) if answer.failure else Node(None, place)
        node = node_of(answer.response, place)
        return self._cut_short(read, key, node, answer.failure) if answer.failure else node

    def _cut_short(self, read: Read, key: str, node: Node, failure: Failure) -> Node:
        rest = self._unread(read, failure, node.location)
        members = dict(node.members())
        members[key] = Node((*members[key].items(), rest) if key in members else (rest,), node.location)
        return Node(members, node.location)

    def _unread(self, read: Read, failure: Failure, place: Location) -> Node:
        return Node(Unknown(failure.reason(read.name, read.action)), place)

    def found(self, read: Read, key: str, **params: Any) -> Sequence[Node]:
        """See the protocol."""
        answer: Answer = self._calls.once(read, self.region, params, pages=True)
        if answer.failure:
            self.note(answer.failure, read)
        return node_of(answer.response or {}, Location(self.scope, None, read.name))[key].items()

    def note(self, failure: Failure, read: Read) -> None:
        """Say that a listing failed: there may be more resources of the collector's kind."""
        action = (failure.grant or read.action) if failure.denied else None
        reason = failure.reason(read.name, read.action)
        self.gaps.append(Gap(self._collector.kind, Plane.OBSERVED, self.scope, reason, action=action))

    def each(self, items: Iterable[Node], describe: Callable[[Node], Record | None]) -> Iterator[Record]:
        """See the protocol. Inside of ``describe`` it works in sequence."""
        if self._workers.inside:
            yield from (record for item in items if (record := describe(item)) is not None)
            return
        for future in [self._workers.submit(lambda item=item: describe(item)) for item in items]:  # type: ignore[misc]
            record = self._await(future)
            if record is not None:
                yield record

    def _await(self, future: Future[Record | None]) -> Record | None:
        while not wait([future], timeout=0.2).done:
            if failure := self._calls.clock.stopped:
                raise Stopped(failure)
        return future.result()

    def record(self, identity: str, answers: Mapping[Any, Node]) -> Record:
        """See the protocol."""
        named = {k if isinstance(k, str) else k.name: answer for k, answer in answers.items()}
        return Record(self._collector.kind, identity, self.account, self.region, Node(named, Location(identity)))

    def pinned(self, *names: str) -> bool:
        """See the protocol."""
        return self._wanted(VERSION, names)

    def wanted(self, *names: str | None) -> bool:
        """See the protocol."""
        return self._wanted(self._collector.kind, [name for name in names if name])

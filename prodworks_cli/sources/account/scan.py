"""The scan: who we are, which Regions, and all collectors in parallel until they end, time is over or Ctrl-C comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

from prodworks_cli.model import Gap, Plane
from prodworks_cli.resources.adapter import Record
from prodworks_cli.resources.collecting import IDENTITY, Collector
from prodworks_cli.sources.account.calls import Calls, Clock
from prodworks_cli.sources.account.failures import EXPIRED, NOT_ENABLED, Failure
from prodworks_cli.sources.account.reader import AccountReader, Stopped, Wanted
from prodworks_cli.sources.account.session import NO_CREDENTIALS, AccountError, Limits
from prodworks_cli.sources.account.workers import Workers

if TYPE_CHECKING:
    from botocore.session import Session

Say = Callable[[str], None]
Found = tuple[Sequence[Record], Sequence[Gap]]
Attempt = Callable[[str, Callable[[], Found]], Found]
_COLLECTORS_AT_ONCE = 24


@dataclass(frozen=True)
class Caller:
    """Who the credentials belong to."""

    account: str
    partition: str
    arn: str


@dataclass(frozen=True)
class Task:
    """One collector in one Region."""

    collector: Collector
    region: str

    def scope(self, account: str) -> str:
        """What a gap of the whole task is about."""
        return f"{account}/{self.region}" if self.collector.regional else account

    @property
    def title(self) -> str:
        """For progress lines."""
        return f"{self.collector.kind} in {self.region}" if self.collector.regional else self.collector.kind


@dataclass
class Haul:
    """What the collectors brought in so far; closed when the scan stops, so that a late thread adds nothing."""

    found: dict[tuple[str, str], Record] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    closed: bool = False
    lock: Lock = field(default_factory=Lock)

    @property
    def records(self) -> list[Record]:
        """What was found so far."""
        with self.lock:
            return list(self.found.values())

    def add(self, record: Record) -> bool:
        """Keep a record; false for one that was there already."""
        key = (record.kind, record.identity)
        with self.lock:
            if self.closed or key in self.found:
                return False
            self.found[key] = record
            return True

    def miss(self, gaps: Iterable[Gap]) -> None:
        """Keep gaps."""
        with self.lock:
            if not self.closed:
                self.gaps.extend(gaps)


def _regions(collector: Collector, regions: Sequence[str]) -> Sequence[str]:
    """Each Region that is read, or for a service without Regions one of them."""
    if collector.regional:
        return regions
    return (collector.home,) if collector.home else regions[:1]


class Scan:
    """One scan of one account; :meth:`run` may be called for several groups of collectors, one after the other."""

    def __init__(self, session: Session, limits: Limits, say: Say, attempt: Attempt) -> None:
        self.clock = Clock(limits.total)
        self.calls = Calls(session, limits, self.clock)
        self.haul = Haul()
        self._say, self._attempt = say, attempt
        self._describers = Workers(limits.calls, "prodworks-read")
        self._collectors = Workers(_COLLECTORS_AT_ONCE, "prodworks-collect")

    def background(self, task: Callable[[], bool]) -> Future[bool]:
        """Run a small task of one call beside others."""
        return self._describers.submit(task)

    def close(self) -> None:
        """Take nothing more and let the threads end."""
        with self.haul.lock:
            self.haul.closed = True
        self._describers.close()
        self._collectors.close()

    def caller(self, region: str) -> Caller | Failure:
        """Who we are. Raises :class:`AccountError` when there are no usable credentials at all."""
        answer = self.calls.once(IDENTITY, region, {}, pages=False)
        if answer.response is None:
            failure = answer.failure or Failure("Malformed", "no answer")
            if failure.code == "NoCredentials":
                raise AccountError(failure.detail if "Unable to locate" not in failure.detail else NO_CREDENTIALS)
            if failure.code in EXPIRED | NOT_ENABLED | {"InvalidRegionError"}:
                raise AccountError(failure.reason(IDENTITY.name, IDENTITY.action))
            return failure
        arn = str(answer.response.get("Arn", ""))
        return Caller(str(answer.response.get("Account", "")), [*arn.split(":"), ""][1] or "aws", arn)

    def run(self, collectors: Sequence[Collector], caller: Caller, regions: Sequence[str], wanted: Wanted) -> None:
        """Run collectors, each in every Region or once, and wait until they ended or the scan is stopped."""
        tasks = [Task(collector, region) for collector in collectors for region in _regions(collector, regions)]
        futures = {self._collectors.submit(self._job(task, caller, wanted)): task for task in tasks}
        self._wait(set(futures))
        late = self.clock.stopped
        for future, task in futures.items():
            if not future.done():
                reason = late.detail if late else "not read"
                self.haul.miss([Gap(task.collector.kind, Plane.OBSERVED, task.scope(caller.account), reason)])
            else:
                future.result()

    def _job(self, task: Task, caller: Caller, wanted: Wanted) -> Callable[[], None]:
        return lambda: self._collect(task, caller, wanted)

    def _wait(self, futures: set[Future[None]]) -> None:
        """Until all are done or the clock stops; Ctrl-C stops the clock."""
        try:
            while futures and not self.clock.stopped:
                futures = wait(futures, timeout=0.1).not_done
        except KeyboardInterrupt:
            self.clock.interrupted.set()
            self._say("interrupted: going on with what was read; press again to give up")
        wait(futures, timeout=0.5)

    def _collect(self, task: Task, caller: Caller, wanted: Wanted) -> None:
        started = time.monotonic()
        place = (caller.partition, caller.account, task.region)
        reader = AccountReader(self.calls, self._describers, task.collector, place, wanted)
        count = 0

        def run() -> Found:
            nonlocal count
            try:
                for record in task.collector.collect(reader):
                    count += self.haul.add(record)
            except Stopped as stop:
                return (), [Gap(kind, Plane.OBSERVED, reader.scope, stop.failure.detail)]
            return (), ()

        kind = task.collector.kind
        _, crashes = self._attempt(f"the collector of {task.title}", run)
        self.haul.miss([*reader.gaps, *(replace(g, kind=kind, plane=Plane.OBSERVED) for g in crashes)])
        missed = f", {len(reader.gaps)} not readable" if reader.gaps else ""
        if count or reader.gaps:
            with self.haul.lock:
                self._say(f"read {task.title}: {count} found{missed}, {time.monotonic() - started:.1f} s")

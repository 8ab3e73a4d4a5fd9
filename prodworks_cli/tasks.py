"""Sources to read, and what several processes read of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Protocol, TypeVar

from prodworks_cli.model import Gap
from prodworks_cli.processes import WORTH, shared_out
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File, Tree
from prodworks_cli.sources.owners import Owners

T = TypeVar("T")
GLANCE = 1 / 32
"""What a byte takes to a source that looks at all files and parses few, beside one of TypeScript to its reader."""
Found = tuple[Sequence[T], Sequence[Gap]]


class Attempt(Protocol):
    """Runs one source or adapter. The spine passes one that turns a crash into a gap; the default lets it through."""

    def __call__(self, what: str, run: Callable[[], Found[T]]) -> Found[T]:
        """What ``run`` found, or nothing and a gap that names ``what`` crashed."""


def directly(what: str, run: Callable[[], Found[T]]) -> Found[T]:
    """Run without a safety net: for tests and rule examples, where a crash should be seen."""
    return run()


@dataclass(frozen=True)
class Task:
    """One source to read: its name, how, and what that takes, in bytes of TypeScript."""

    what: str
    run: Callable[[], Found[Draft]]
    cost: int


@dataclass(frozen=True)
class Given:
    """What is read: a tree, its files that are judged, those of them that are no plans, and those that are run.

    ``today`` is what the age of documents counts from.
    """

    tree: Tree
    production: Sequence[File]
    files: Sequence[File]
    workload: Sequence[File]
    owned: Owners
    today: date

    @property
    def by_hand(self) -> frozenset[str]:
        """The paths of the files that are run by hand."""
        return frozenset(f.path for f in self.files) - frozenset(f.path for f in self.workload)

    @property
    def glance(self) -> int:
        """What a source takes that looks at all files."""
        return int(GLANCE * sum(len(file.data) for file in self.files))


Waiting = Callable[[], Sequence[Found[Draft]]]
"""Waits for what sources gave, in their order."""
Make = Callable[[], Sequence[Task]]
Begin = Callable[[Make], Waiting]
"""Begins to read sources in another process, which imports what they need."""


def begun(make: Make, cost: int, attempt: Attempt, begin: Begin | None) -> Waiting:
    """Read sources while this process does something else, where they are worth a process; else when asked."""
    return begin(make) if begin and cost >= WORTH else lambda: in_turn(make(), attempt)


def shared(tasks: Sequence[Task], attempt: Attempt, begin: Begin | None) -> Waiting:
    """Begin to read sources, each in the process that has least to do.

    The first share is that of this process, which reads it when it is asked.
    """
    if begin is None:
        return lambda: in_turn(tasks, attempt)
    shares = shared_out([task.cost for task in tasks])
    waiting = [begin(partial(_chosen, tasks, share)) for share in shares[1:]]

    def result() -> Sequence[Found[Draft]]:
        own = in_turn(_chosen(tasks, shares[0]), attempt)
        read = [*own, *(found for wait in waiting for found in wait())]
        order = [number for share in shares for number in share]
        return [found for _, found in sorted(zip(order, read, strict=True), key=lambda pair: pair[0])]

    return result


def _chosen(tasks: Sequence[Task], numbers: Sequence[int]) -> Sequence[Task]:
    return [tasks[number] for number in numbers]


def in_turn(tasks: Sequence[Task], attempt: Attempt) -> Sequence[Found[Draft]]:
    """Read sources one after the other, in this process."""
    return [attempt(task.what, task.run) for task in tasks]

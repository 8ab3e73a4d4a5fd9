"""Sources to read, and what several processes read of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from prodworks_cli.lazy import dataclass
from prodworks_cli.model import Gap
from prodworks_cli.processes import WORTH, shared_out
from prodworks_cli.schema import Draft

T = TypeVar("T")
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


Waiting = Callable[[], Sequence[Found[Draft]]]
"""Waits for what sources gave, in their order."""
Begin = Callable[[Sequence[Task]], Waiting]
"""Begins to read sources in another process."""


def begun(tasks: Sequence[Task], attempt: Attempt, begin: Begin | None) -> Waiting:
    """Read sources while this process does something else, where they are worth a process; else when asked."""
    if begin and sum(task.cost for task in tasks) >= WORTH:
        return begin(tasks)
    return lambda: _in_turn(tasks, attempt)


def shared(tasks: Sequence[Task], attempt: Attempt, begin: Begin | None) -> Waiting:
    """Read sources at once, each in the process that has least to do; the first of them is this one."""
    if begin is None:
        return lambda: _in_turn(tasks, attempt)
    shares = shared_out([task.cost for task in tasks])
    waiting = [begin([tasks[n] for n in share]) for share in shares[1:]]
    own = _in_turn([tasks[n] for n in shares[0]], attempt)

    def result() -> Sequence[Found[Draft]]:
        read = [*own, *(found for wait in waiting for found in wait())]
        order = [number for share in shares for number in share]
        return [found for _, found in sorted(zip(order, read, strict=True), key=lambda pair: pair[0])]

    return result


def _in_turn(tasks: Sequence[Task], attempt: Attempt) -> Sequence[Found[Draft]]:
    return [attempt(task.what, task.run) for task in tasks]

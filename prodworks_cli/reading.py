"""The parts of a repository, read one by one or by several processes at once, in the order they are given.

A part's files and trees are dropped before the next part is read, so that memory does not grow with the repository.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworks_cli.model import Inventory
from prodworks_cli.processes import can_fork, sendable, usable
from prodworks_cli.sources.files import Tree
from prodworks_cli.sources.listings import Listing

if TYPE_CHECKING:
    from prodworks_cli.kept import Keeper

Make = Callable[[Tree, bool], tuple[Inventory, Sequence[Exception]]]
"""Makes the inventory of a tree, and says which internal errors there were; the flag tells whether other processes
are free to help. It is sent to processes: no lambda."""
FEWEST_FILES = 600
"""Below, starting processes takes longer than they save."""
BIG_PART = 1_500
"""Files; a part of more takes a good part of the memory that an audit may have."""


@dataclass(frozen=True)
class Answer:
    """A part's inventory, the internal errors on the way, and what was learnt of its files."""

    inventory: Inventory
    errors: tuple[Exception, ...]
    learnt: Mapping[str, object]


def read_parts(
    parts: Mapping[str, Listing], make: Make, kept: Keeper | None, jobs: int | None = None
) -> tuple[dict[str, Inventory], list[Exception]]:
    """The inventory of each part, in their order, and the internal errors. ``jobs`` is the number of processes."""
    known = {name: kept.recall(part) if kept else None for name, part in parts.items()}
    missing = {name: part for name, part in parts.items() if known[name] is None}
    answers = dict(_answers(missing, make, kept, jobs or usable_jobs(missing)))
    for answer in answers.values():
        if kept:
            kept.prints.learn(answer.learnt)
    errors = [error for name in missing for error in answers[name].errors]
    return {name: known[name] or answers[name].inventory for name in parts}, errors


def usable_jobs(parts: Mapping[str, Listing]) -> int:
    """How many processes are worth their start."""
    files = sum(len(part.pending) for part in parts.values())
    return 1 if files < FEWEST_FILES else max(1, min(usable(), len(parts)))


def _answers(parts: Mapping[str, Listing], make: Make, kept: Keeper | None, jobs: int) -> Iterator[tuple[str, Answer]]:
    # The largest first: then no process is left alone with one in the end.
    waiting = dict(sorted(parts.items(), key=lambda item: -len(item[1].pending)))
    if jobs > 1:
        for name, answer in _sent_by_others(waiting, make, kept, jobs):
            yield name, answer
            del waiting[name]
    for name, part in waiting.items():
        yield name, _answer(part, make, kept, alone=True)
        if len(waiting) > 1:
            _give_back_memory()


def _sent_by_others(
    parts: Mapping[str, Listing], make: Make, kept: Keeper | None, jobs: int
) -> Iterator[tuple[str, Answer]]:
    """Answers of other processes; it ends early where the system allows none, or has stopped one."""
    try:
        from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
        from concurrent.futures.process import BrokenProcessPool
        from multiprocessing import get_context
    except ImportError:  # a Python without shared semaphores
        return
    import prodworks_cli.collect  # noqa: F401 (once here instead of once in each copy of this process)

    context = get_context("fork" if can_fork() else "spawn")
    open_parts, running = list(parts.items()), dict[Future[Answer], tuple[str, bool]]()
    with suppress(BrokenProcessPool, OSError, NotImplementedError), ProcessPoolExecutor(jobs, context) as pool:
        while open_parts or running:
            while len(running) < jobs and (chosen := _next(open_parts, any(big for _, big in running.values()))):
                name, part = chosen
                future = pool.submit(_sent, part, make, kept and kept.narrowed(part))
                running[future] = name, _is_big(part)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name, _ = running.pop(future)
                yield name, future.result()


def _next(open_parts: list[tuple[str, Listing]], busy: bool) -> tuple[str, Listing] | None:
    """The next part to read; one of the big ones at a time, so that memory does not grow with their number."""
    for index, (_, part) in enumerate(open_parts):
        if not (busy and _is_big(part)):
            return open_parts.pop(index)
    return None


def _is_big(part: Listing) -> bool:
    return len(part.pending) > BIG_PART


def _answer(part: Listing, make: Make, kept: Keeper | None, *, alone: bool) -> Answer:
    errors: list[Exception] = []

    def made(tree: Tree) -> tuple[Inventory, bool]:
        inventory, seen = make(tree, alone)
        errors.extend(seen)
        return inventory, not seen

    inventory = kept.made(part, made) if kept else made(part.read())[0]
    return Answer(inventory, tuple(errors), {})


def _sent(part: Listing, make: Make, kept: Keeper | None) -> Answer:
    """In another process: the answer in a form that can be sent."""
    answer = _answer(part, make, kept, alone=False)
    _give_back_memory()
    return Answer(answer.inventory, tuple(map(sendable, answer.errors)), kept.prints.seen if kept else {})


def _give_back_memory() -> None:
    """Free the trees of a part before the next one needs their place, and where glibc can, for other processes too.

    What is left is the listing and the answers, which stay: walked through after each of hundreds of parts, they took
    a third of the time of a large collection.
    """
    gc.collect()
    gc.freeze()
    with suppress(OSError, AttributeError, TypeError):
        import ctypes

        ctypes.CDLL(None).malloc_trim(0)

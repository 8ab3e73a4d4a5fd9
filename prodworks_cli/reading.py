"""The parts of a repository, read one by one or by several processes at once, in the order they are given.

A part's files and trees are dropped before the next part is read, so that memory does not grow with the repository.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodworks_cli.model import Inventory
from prodworks_cli.sources.files import Listing, Tree

if TYPE_CHECKING:
    from prodworks_cli.kept import Keeper

Make = Callable[[Tree], tuple[Inventory, Sequence[Exception]]]
"""Makes the inventory of a tree, and says which internal errors there were. It is sent to processes: no lambda."""
FEWEST_FILES = 600
"""Below, starting processes takes longer than they save."""
MOST_JOBS = 4


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
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 1 if files < FEWEST_FILES else max(1, min(cores, len(parts), MOST_JOBS))


def _answers(parts: Mapping[str, Listing], make: Make, kept: Keeper | None, jobs: int) -> Iterator[tuple[str, Answer]]:
    # The largest first: then no process is left alone with one in the end.
    waiting = dict(sorted(parts.items(), key=lambda item: -len(item[1].pending)))
    if jobs > 1:
        for name, answer in _sent_by_others(waiting, make, kept, jobs):
            yield name, answer
            del waiting[name]
    yield from ((name, _answer(part, make, kept)) for name, part in waiting.items())


def _sent_by_others(
    parts: Mapping[str, Listing], make: Make, kept: Keeper | None, jobs: int
) -> Iterator[tuple[str, Answer]]:
    """Answers of other processes; it ends early where the system allows none, or has stopped one."""
    try:
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool
        from multiprocessing import get_context
    except ImportError:  # a Python without shared semaphores
        return
    # A fork of a process with one thread is safe, and has all that is imported; elsewhere a new process imports it.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    with suppress(BrokenProcessPool, OSError, NotImplementedError), ProcessPoolExecutor(jobs, context) as pool:
        futures = {
            name: pool.submit(_sent, part, make, kept and kept.narrowed(part)) for name, part in tuple(parts.items())
        }
        for name, future in futures.items():
            yield name, future.result()


def _answer(part: Listing, make: Make, kept: Keeper | None) -> Answer:
    errors: list[Exception] = []

    def made(tree: Tree) -> tuple[Inventory, bool]:
        inventory, seen = make(tree)
        errors.extend(seen)
        return inventory, not seen

    inventory = kept.made(part, made) if kept else made(part.read())[0]
    return Answer(inventory, tuple(errors), {})


def _sent(part: Listing, make: Make, kept: Keeper | None) -> Answer:
    """In another process: the answer in a form that can be sent."""
    answer = _answer(part, make, kept)
    gc.collect()  # the trees of the part, before the next part needs their place
    return Answer(answer.inventory, tuple(map(_sendable, answer.errors)), kept.prints.seen if kept else {})


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 (our own object, to see whether another process can make it)
    except (pickle.PickleError, TypeError, AttributeError, ValueError, LookupError):
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error

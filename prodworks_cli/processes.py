"""Work in a copy of this process while this one goes on, where the system can copy processes safely."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")
MOST = 4
WORTH = 400_000
"""Bytes of TypeScript to read; with fewer, starting a process takes longer than it saves."""


def usable() -> int:
    """How many processes may work at once: as many as there are cores for this one, and not more than ``MOST``."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST)


def can_fork() -> bool:
    """Whether this process can be copied: one with several threads, or on another system than Linux, can not safely."""
    return sys.platform == "linux" and threading.active_count() == 1


def shared_out(sizes: Sequence[int]) -> list[list[int]]:
    """Pieces of work, by their place in ``sizes``, in as many shares as are worth a process, the largest share last.

    Each piece goes to the share that has least so far, the largest pieces first.
    """
    count = usable() if sum(sizes) >= WORTH and can_fork() else 1
    shares: list[tuple[int, list[int]]] = [(0, []) for _ in range(count)]
    for number in sorted(range(len(sizes)), key=lambda n: -sizes[n]):
        least = min(range(count), key=lambda s: shares[s][0])
        size, share = shares[least]
        shares[least] = size + sizes[number], [*share, number]
    return [sorted(share) for _, share in sorted(shares)]


def started(run: Callable[[], T]) -> Callable[[], T]:
    """Start ``run`` in a copy of this process. The function that comes back waits for what it returned.

    Where there is no copy, or it ends without an answer (stopped by the system, or by an error), ``run`` runs here
    when the result is asked for, and raises what it raises.
    """
    if not can_fork() or usable() == 1:
        return run
    try:
        from multiprocessing import get_context

        context = get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        copy = context.Process(target=_send, args=(run, sender), daemon=True)
        copy.start()
    except (ImportError, OSError):
        return run
    sender.close()

    def result() -> T:
        try:
            answer: T = pickle.loads(receiver.recv_bytes())  # noqa: S301 (sent by our own copy)
        except EOFError:
            return run()
        finally:
            receiver.close()
            copy.join()
        return answer

    return result


def _send(run: Callable[[], object], sender: Connection) -> None:
    """In the copy. An interrupt is for the original, which ends its copies; an error is met again there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Path(os.devnull).open("w") as nowhere:
        sys.stderr = nowhere
        sender.send_bytes(pickle.dumps(run(), pickle.HIGHEST_PROTOCOL))


def sendable(error: Exception) -> Exception:
    """The error in a form that another process can make again, with where it was raised as a note."""
    told = error
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 (our own object, to see whether another process can make it)
    except (pickle.PickleError, TypeError, AttributeError, ValueError, LookupError):
        told = RuntimeError(f"{type(error).__name__}: {error}")
    if error.__traceback__:
        told.add_note("In another process:\n" + "".join(traceback.format_tb(error.__traceback__)))
    return told

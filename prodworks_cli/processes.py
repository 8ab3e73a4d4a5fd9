"""Work in a copy of this process while this one goes on, where the system can copy processes safely."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, Protocol, TypeVar

T = TypeVar("T")
MOST = 4
_LENGTH = 8
"""Bytes before an answer that say how long it is: one that was cut off is none."""
_SET_PARENT_DEATH_SIGNAL = 1
"""What Linux calls ``PR_SET_PDEATHSIG``."""
WORTH = 200_000
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


class Beside(Protocol):
    """Lets a piece of work be done while something else is."""

    def __call__(self, run: Callable[[], T], /) -> Callable[[], T]:
        """Begin, and give what waits for the result."""


def here(run: Callable[[], T], /) -> Callable[[], T]:
    """Do the work in this process, when it is asked for."""
    return run


def started(run: Callable[[], T]) -> Callable[[], T]:
    """Start ``run`` in a copy of this process. The function that comes back waits for what it returned.

    Where there is no copy, or it ends without an answer (stopped by the system, or by an error), ``run`` runs here
    when the result is asked for, and raises what it raises. A copy may have copies of its own, and ends with what it
    is a copy of.
    """
    if not can_fork() or usable() == 1:
        return run
    try:
        copy, receiver = _copied(run)
    except OSError:  # no process or no file may be added
        return run

    def result() -> T:
        with os.fdopen(receiver, "rb") as stream:
            sent = stream.read()
        with suppress(ChildProcessError):  # where nobody wants to know of ends, the system has cleared it away
            os.waitpid(copy, 0)
        if len(sent) <= _LENGTH or int.from_bytes(sent[:_LENGTH]) != len(sent) - _LENGTH:
            return run()
        answer: T = pickle.loads(memoryview(sent)[_LENGTH:])  # noqa: S301 (sent by our own copy)
        return answer

    return result


def _copied(run: Callable[[], object]) -> tuple[int, int]:
    """The id of a new copy of this process, and where its answer arrives. Raises ``OSError``.

    ``multiprocessing`` would let no copy have copies, and takes longer to import than a copy to make.
    """
    receiver, sender = os.pipe()
    original = os.getpid()
    try:
        copy = os.fork()
    except OSError:
        os.close(receiver)
        os.close(sender)
        raise
    if copy == 0:
        _send(run, sender, original)
    os.close(sender)
    return copy, receiver


def _send(run: Callable[[], object], sender: int, original: int) -> NoReturn:
    """In the copy. An interrupt is for the original, which ends its copies; an error is met again there."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _end_with(original)
        with Path(os.devnull).open("w") as nowhere, os.fdopen(sender, "wb") as stream:
            sys.stderr = nowhere
            answer = pickle.dumps(run(), pickle.HIGHEST_PROTOCOL)
            stream.write(len(answer).to_bytes(_LENGTH) + answer)
    finally:
        os._exit(0)  # whatever happened: what called ``started`` goes on in the original alone


def _end_with(original: int) -> None:
    """Let the system stop this process when the one that it is a copy of ends, and does not wait for it."""
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != original:  # it ended before the system was asked
        os._exit(0)


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

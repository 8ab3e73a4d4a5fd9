"""A value that copies of this process may wait for, though they were made before it was known."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Generic, TypeVar

from prodworks_cli.processes import can_fork, usable

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
_COPIES = b"." * 64
"""A byte for each copy that may ask, and more: a copy takes one."""


class Promise(Generic[T]):
    """Made before the copies, kept by :meth:`keep` in the process that makes it, and asked for with :meth:`value`.

    The value lies in memory that all share, and a byte in a pipe says that it is there. So its size does not matter,
    nobody has to read it, and nobody waits but those who ask.
    """

    def __init__(self, *, shared: bool) -> None:
        self._known: list[T] = []
        self._maker = os.getpid()
        self._shared: tuple[int, int, int] | None = None
        if shared and can_fork() and usable() > 1:
            with suppress(OSError, AttributeError):  # no file may be added, or no memory be shared
                memory = os.memfd_create("prodworks")
                self._shared = (*os.pipe(), memory)

    def keep(self, value: T) -> None:
        """Tell the value to this process and to its copies."""
        self._known.append(value)
        if self._shared is None:
            return
        ready, kept, memory = self._shared
        with os.fdopen(memory, "wb") as stream, suppress(RecursionError, pickle.PicklingError):
            stream.write(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
        os.write(kept, _COPIES)
        os.close(ready)
        os.close(kept)
        self._shared = None

    def value(self) -> T:
        """The value; a copy waits until it is known. Raises ``LookupError`` where it is asked for too early."""
        if not self._known:
            if os.getpid() == self._maker:
                raise LookupError("the promise is not kept yet")
            self._known.append(self._awaited())
        return self._known[0]

    def _awaited(self) -> T:
        sent = b""
        if self._shared is not None:
            ready, _, memory = self._shared
            os.read(ready, 1)
            sent = os.pread(memory, os.fstat(memory).st_size, 0)
        if not sent:
            os._exit(1)  # a copy that cannot know has no answer: its work is done by the process that knows
        answer: T = pickle.loads(sent)  # noqa: S301 (written by the process that this one is a copy of)
        return answer


class Promised(Mapping[K, V]):
    """A mapping that is promised: who looks something up in it waits until it is known."""

    def __init__(self, promise: Promise[Mapping[K, V]]) -> None:
        self._promise = promise

    def __getitem__(self, key: K) -> V:
        return self._promise.value()[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._promise.value())

    def __len__(self) -> int:
        return len(self._promise.value())

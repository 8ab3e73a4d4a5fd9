"""Threads that never keep the process alive: a call that hangs must not delay the report."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread, current_thread
from typing import Any, TypeVar

T = TypeVar("T")


class Workers:
    """A fixed number of daemon threads. ``concurrent.futures`` joins its threads at exit, these are left behind."""

    def __init__(self, count: int, name: str) -> None:
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._threads = [Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(count)]
        for thread in self._threads:
            thread.start()

    @property
    def inside(self) -> bool:
        """Whether the caller is one of these threads, which must not wait for the others."""
        return current_thread() in self._threads

    def submit(self, task: Callable[[], T]) -> Future[T]:
        """Run ``task`` in one of the threads."""
        future: Future[T] = Future()
        self._tasks.put((future, task))
        return future

    def close(self) -> None:
        """Let idle threads end; busy ones end after their task."""
        for _ in self._threads:
            self._tasks.put(None)

    def _work(self) -> None:
        while entry := self._tasks.get():
            future, task = entry
            try:
                future.set_result(task())
            except BaseException as error:
                # Handed to whoever waits for the result, who raises it.
                future.set_exception(error)

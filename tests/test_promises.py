"""What copies wait for: a value that is known after they were made."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from prodworks_cli import processes, promises
from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.processes import started
from prodworks_cli.promises import Promise, Promised

HERE = os.getpid()


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (processes, promises):
        monkeypatch.setattr(module, "usable", lambda: 2)
        monkeypatch.setattr(module, "can_fork", lambda: True)


def asked(promise: Promise[str]) -> tuple[bool, str, str]:
    return os.getpid() == HERE, promise.value(), promise.value()


def test_copies_are_told_what_becomes_known_later() -> None:
    promise: Promise[str] = Promise(shared=True)
    answers = [started(lambda: asked(promise)) for _ in range(3)]
    promise.keep("found" * 100_000)
    assert [answer() for answer in answers] == [(False, "found" * 100_000, "found" * 100_000)] * 3
    assert asked(promise)[0]


def test_a_copy_of_a_copy_is_told_too() -> None:
    promise: Promise[str] = Promise(shared=True)
    answer = started(lambda: (started(lambda: asked(promise))(), asked(promise)))
    promise.keep("found")
    assert answer() == ((False, "found", "found"),) * 2


def test_nobody_need_ask() -> None:
    promise: Promise[str] = Promise(shared=True)
    answer = started(lambda: "done")
    promise.keep("x" * 1_000_000)
    assert answer() == "done"


def nested(depth: int) -> Node:
    node = Node("leaf", Location("main.tf", 1))
    for _ in range(depth):
        node = Node((node,), Location("main.tf", 1))
    return node


def test_what_cannot_be_told_is_asked_for_here() -> None:
    promise: Promise[Node] = Promise(shared=True)
    answer = started(lambda: (os.getpid(), promise.value().location.line))
    promise.keep(nested(20_000))
    assert answer() == (HERE, 1)


def test_where_nothing_can_be_shared_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(name: str) -> int:
        raise OSError("too many files")

    monkeypatch.setattr(os, "memfd_create", refused)
    promise: Promise[str] = Promise(shared=True)
    answer = started(lambda: asked(promise))
    promise.keep("found")
    assert answer() == (True, "found", "found")


def test_a_promise_that_is_not_kept_yet_is_an_error_where_it_was_made() -> None:
    promise: Promise[Mapping[str, int]] = Promise(shared=False)
    known = Promised(promise)
    with pytest.raises(LookupError, match="not kept yet"):
        known.get("a")
    promise.keep({"a": 1})
    assert (known.get("a"), known.get("b"), "a" in known, len(known), list(known)) == (1, None, True, 1, ["a"])


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs a list of open files")
def test_no_file_stays_open() -> None:
    before = sorted(file.name for file in Path("/proc/self/fd").iterdir())
    promise: Promise[str] = Promise(shared=True)
    answer = started(lambda: asked(promise))
    promise.keep("found")
    answer()
    assert sorted(file.name for file in Path("/proc/self/fd").iterdir()) == before

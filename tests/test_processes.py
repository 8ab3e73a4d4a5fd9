"""Work in a copy of this process gives what it gives here, and an end without an answer is made up for here."""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodworks_cli import audit, processes
from prodworks_cli.model import Gap, Location, Plane
from prodworks_cli.processes import WORTH, sendable, shared_out, started
from prodworks_cli.resources.documents import Document
from prodworks_cli.schema import Draft
from prodworks_cli.tasks import Task, shared

HERE = os.getpid()


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "usable", lambda: 2)
    monkeypatch.setattr(processes, "can_fork", lambda: True)


def test_a_copy_answers_with_what_was_returned(two_cores: None) -> None:
    result = started(lambda: (os.getpid(), "found"))
    where, what = result()
    assert where != HERE
    assert what == "found"


def test_a_copy_that_is_stopped_is_made_up_for_here(two_cores: None) -> None:
    def run() -> int:
        if os.getpid() != HERE:
            os._exit(9)
        return os.getpid()

    assert started(run)() == HERE


def test_a_copy_may_have_copies_of_its_own(two_cores: None) -> None:
    outer, inner = started(lambda: (os.getpid(), started(os.getpid)()))()
    assert len({HERE, outer, inner}) == 3


def test_an_answer_that_cannot_be_sent_is_made_up_for_here(two_cores: None) -> None:
    assert started(lambda: (os.getpid(), lambda: None))()[0] == HERE


def test_a_long_answer_arrives_whole(two_cores: None) -> None:
    assert started(lambda: "x" * 1_000_000)() == "x" * 1_000_000


@pytest.mark.parametrize("call", ["pipe", "fork"])
def test_where_nothing_may_be_copied_the_work_is_done_here(
    two_cores: None, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def refused() -> None:
        raise OSError("too many")

    monkeypatch.setattr(os, call, refused)
    assert started(lambda: "found")() == "found"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of the end of the original")
def test_a_copy_ends_with_what_it_is_a_copy_of(two_cores: None) -> None:
    alive, held = os.pipe()

    def wait_for_ever() -> None:
        signal.alarm(60)
        signal.pause()

    def run() -> int:
        if os.getpid() != HERE:
            started(wait_for_ever)
            os._exit(9)
        return os.getpid()

    result = started(run)
    os.close(held)
    assert result() == HERE
    # The other end of the pipe is closed when the last copy has ended.
    assert select.select([alive], [], [], 30)[0] == [alive]
    assert os.read(alive, 1) == b""
    os.close(alive)


def test_an_error_in_a_copy_is_met_again_here(two_cores: None, capfd: pytest.CaptureFixture[str]) -> None:
    def run() -> None:
        raise LookupError(str(os.getpid()))

    result = started(run)
    with pytest.raises(LookupError, match=str(HERE)):
        result()
    assert capfd.readouterr().err == ""


def test_without_a_second_core_nothing_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "usable", lambda: 1)
    assert started(os.getpid)() == HERE


@given(st.lists(st.integers(0, WORTH), max_size=20))
def test_each_piece_of_work_is_in_one_share(sizes: Sequence[int]) -> None:
    shares = shared_out(sizes)
    assert sorted(n for share in shares for n in share) == list(range(len(sizes)))
    assert all(share == sorted(share) for share in shares)
    if sum(sizes) < WORTH:
        assert len(shares) == 1


def test_the_largest_piece_has_a_process_of_its_own(two_cores: None) -> None:
    assert shared_out([WORTH, 3, WORTH // 2, 1]) == [[1, 2, 3], [0]]


def test_an_error_that_is_sent_says_where_it_was_raised() -> None:
    try:
        raise KeyError("lost")
    except KeyError as error:
        told = pickle.loads(pickle.dumps(sendable(error)))  # noqa: S301 (our own object)
    assert isinstance(told, KeyError)
    assert "test_processes.py" in told.__notes__[0]


def crash() -> tuple[Sequence[Draft], Sequence[Gap]]:
    raise ValueError("odd file")


def test_sources_that_are_read_at_once_answer_in_order_and_lose_no_error(two_cores: None) -> None:
    drafts = [Draft(Document, Location(f"{name}.py", 1), {}, identity=name) for name in "abc"]
    tasks = [
        Task("the first", lambda: (drafts[:1], ()), WORTH),
        Task("the second", crash, WORTH // 2),
        Task("the third", lambda: (drafts[1:], ()), WORTH // 3),
    ]
    errors = audit.Errors()
    first, second, third = shared(tasks, errors.attempt, errors.begin)()
    assert (first[0], third[0]) == (drafts[:1], drafts[1:])
    assert second == ((), (Gap("*", Plane.DECLARED, "the second", "internal error: ValueError: odd file"),))
    assert [str(error) for error in errors.seen] == ["odd file"]

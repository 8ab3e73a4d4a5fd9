"""Parts are read by several processes at once: what they find, and in which order, is what one process finds."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from prodworks_cli.cache import Cache
from prodworks_cli.kept import keeper
from prodworks_cli.model import Gap, Inventory, Plane, Scan
from prodworks_cli.processes import MOST
from prodworks_cli.reading import read_parts, usable_jobs
from prodworks_cli.sources.files import Tree
from prodworks_cli.sources.listings import Listing, list_tree

DAY = date(2026, 11, 24)
ERRORS: dict[str, Exception] = {"b": ValueError("plain"), "c": UnicodeDecodeError("utf-8", b"x", 0, 1, "odd")}


class Local(Exception):
    """An error that another process cannot make again: it wants two arguments and hands on one."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def make(crashes: bool, tree: Tree, alone: bool) -> tuple[Inventory, Sequence[Exception]]:
    (file,) = tree.files
    unit = file.path.split("/")[0]
    gap = Gap("*", Plane.DECLARED, file.path, file.data.decode())
    errors = [{**ERRORS, "d": Local("a", "b")}[unit]] if crashes and unit != "a" else []
    return Inventory((), (gap,), Scan(tree.name, files_read=1)), errors


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, Listing]:
    for name in "abcd":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_text(name)
    listing = list_tree(tmp_path)
    return {f"{name}/": listing.of([f"{name}/x.py"]) for name in "dbac"}


def test_the_answers_are_those_of_one_process_in_the_order_that_was_asked(parts: dict[str, Listing]) -> None:
    one, _ = read_parts(parts, partial(make, False), None, jobs=1)
    several, errors = read_parts(parts, partial(make, False), None, jobs=3)
    assert one == several
    assert list(one) == list(several) == list(parts)
    assert errors == []


def test_internal_errors_come_back(parts: dict[str, Listing]) -> None:
    _, errors = read_parts(parts, partial(make, True), None, jobs=2)
    assert [f"{type(e).__name__}: {e}" for e in errors] == [
        "RuntimeError: Local: ab",
        "ValueError: plain",
        f"UnicodeDecodeError: {ERRORS['c']}",
    ]


def test_processes_share_what_they_learn(parts: dict[str, Listing], tmp_path: Path) -> None:
    listing = list_tree(tmp_path)
    cache = Cache(tmp_path.parent / f"{tmp_path.name}-cache")
    cold, _ = read_parts(parts, partial(make, False), keeper(cache, listing, {}, DAY), jobs=2)
    warm, _ = read_parts(parts, no_more, keeper(cache, listing, {}, DAY), jobs=2)
    assert {name: replace(i, settings={}) for name, i in warm.items()} == cold


def no_more(tree: Tree, alone: bool) -> tuple[Inventory, Sequence[Exception]]:
    raise AssertionError("all is known")


def test_where_no_process_may_be_started_one_does_all(
    parts: dict[str, Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError("no semaphores here")

    monkeypatch.setattr(concurrent.futures, "ProcessPoolExecutor", refused)
    found, _ = read_parts(parts, partial(make, False), None, jobs=2)
    assert [i.gaps[0].reason for i in found.values()] == ["d", "b", "a", "c"]


def test_few_files_are_not_worth_a_process(parts: dict[str, Listing]) -> None:
    assert usable_jobs(parts) == 1
    assert 1 <= usable_jobs({name: replace(p, pending=p.pending * 400) for name, p in parts.items()}) <= MOST

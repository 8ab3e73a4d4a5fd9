"""The cache: an entry is whole or none, private and bounded; clearing touches nothing that is not the cache's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prodworks_cli.cache import FOLDER_VARIABLE, OFF_VARIABLE, Cache, cache_folder, digest_of, user_cache

DOCUMENT = {"a": [1, None, "é"], "b": {}}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def only_entry(cache: Cache) -> Path:
    ((path, _),) = cache.entries()
    return path


def test_what_is_saved_is_loaded_again(cache: Cache) -> None:
    assert cache.load("k") is None
    cache.save("k", DOCUMENT)
    assert cache.load("k") == DOCUMENT
    assert cache.load("other") is None


def test_only_the_owner_may_look(cache: Cache) -> None:
    cache.save("k", DOCUMENT)
    assert cache.folder.stat().st_mode & 0o777 == 0o700
    assert only_entry(cache).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("at", [0, 5, 30, 90, -1])
def test_one_changed_byte_makes_an_entry_none(cache: Cache, at: int) -> None:
    cache.save("k", DOCUMENT)
    data = bytearray(only_entry(cache).read_bytes())
    data[at] ^= 1
    only_entry(cache).write_bytes(data)
    assert cache.load("k") is None
    assert cache.entries() == []


@pytest.mark.parametrize("data", [b"", b"{}", b"prodworks-cache/1 \n{}", b"\x80\x04N.", b"[" * 100_000])
def test_anything_else_under_the_name_of_an_entry_is_none(cache: Cache, data: bytes) -> None:
    cache.save("k", DOCUMENT)
    only_entry(cache).write_bytes(data)
    assert cache.load("k") is None


def test_the_entry_of_another_key_is_none(cache: Cache) -> None:
    cache.save("k", DOCUMENT)
    only_entry(cache).rename(cache.folder / "l.entry")
    assert cache.load("l") is None


def test_a_cut_entry_is_none(cache: Cache) -> None:
    cache.save("k", DOCUMENT)
    path = only_entry(cache)
    path.write_bytes(path.read_bytes()[:-3])
    assert cache.load("k") is None


def test_no_link_is_followed(cache: Cache, tmp_path: Path) -> None:
    cache.save("k", DOCUMENT)
    path = only_entry(cache)
    elsewhere = tmp_path / "elsewhere"
    path.replace(elsewhere)
    path.symlink_to(elsewhere)
    assert cache.load("k") is None
    assert elsewhere.exists()


def test_a_folder_that_others_may_write_to_is_not_used(cache: Cache) -> None:
    cache.save("k", DOCUMENT)
    cache.folder.chmod(0o777)
    assert cache.load("k") is None
    cache.save("l", DOCUMENT)
    assert len(cache.entries()) == 1


def test_a_folder_that_is_a_link_is_not_used(cache: Cache, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    cache.folder.symlink_to(tmp_path / "real")
    cache.save("k", DOCUMENT)
    assert list((tmp_path / "real").iterdir()) == []


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    cache.save("k", DOCUMENT)
    assert cache.load("k") is None
    assert cache.clear() == 0


def test_what_was_used_last_stays(cache: Cache) -> None:
    for number, key in enumerate("abc"):
        cache.save(key, DOCUMENT)
        os.utime(cache.folder / f"{key}.entry", (number, number))
    assert cache.load("a") == DOCUMENT
    size = only_size(cache)
    cache.prune(2 * size)
    assert sorted(path.stem for path, _ in cache.entries()) == ["a", "c"]


def only_size(cache: Cache) -> int:
    (size,) = {info.st_size for _, info in cache.entries()}
    return size


def test_clearing_removes_entries_and_nothing_else(cache: Cache) -> None:
    cache.save("k", DOCUMENT)
    (cache.folder / "mine.txt").write_text("x")
    assert cache.clear() == 1
    assert [p.name for p in cache.folder.iterdir()] == ["mine.txt"]


def test_keys_tell_where_a_text_ends() -> None:
    assert len({digest_of(parts) for parts in (["ab", "c"], ["a", "bc"], ["abc"], ["ab", "c", ""], ["\udc80"])}) == 5


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({FOLDER_VARIABLE: "/x/y", "XDG_CACHE_HOME": "/c", "HOME": "/h"}, "/x/y"),
        ({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, "/c/prodworks"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "/h"}, None),
        ({}, None),
    ],
)
def test_where_the_cache_is(environment: dict[str, str], folder: str | None) -> None:
    assert cache_folder(environment) == (None if folder is None else Path(folder))


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    assert user_cache({FOLDER_VARIABLE: str(tmp_path)}) == Cache(tmp_path)
    assert user_cache({FOLDER_VARIABLE: str(tmp_path), OFF_VARIABLE: "1"}) is None

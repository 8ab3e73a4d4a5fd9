"""What is kept between runs never changes an answer: after any edit, what a run with the cache finds is what one
without it finds."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodworks_cli import audit as spine
from prodworks_cli import kept
from prodworks_cli.cache import Cache
from prodworks_cli.inventory import dump
from prodworks_cli.model import Inventory
from prodworks_cli.sources import fingerprints
from prodworks_cli.sources import opening as sources
from prodworks_cli.sources.files import Part

CALL = """import boto3

bedrock = boto3.client("bedrock-runtime")


def handler(event, context):
    return bedrock.converse(modelId="{model}", messages=event)
"""
FILES = {
    "README.md": "# Samples\n",
    "CODEOWNERS": "* @team\n",
    "a/app.py": CALL.format(model="amazon.nova-lite-v1:0"),
    "a/requirements.txt": "boto3\n",
    "a/infra/main.tf": 'resource "aws_bedrock_guardrail" "g" {\n  name = "g"\n}\n',
    "b/app.py": CALL.format(model="amazon.nova-pro-v1:0"),
    "b/requirements.txt": "boto3\n",
    "b/prompts/system.txt": "You are a helpful assistant. " * 8,
}
Edit = Callable[[Path], None]
_clock = count(1_700_000_000)


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once: a test does not wait until they are old. Each write has a time of its own."""
    monkeypatch.setattr(fingerprints, "COARSEST_CLOCK_NS", -(10**18))


def write(root: Path, path: str, text: str) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.write_text(text)
    at = next(_clock)
    os.utime(place, (at, at))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        write(tmp_path / "repo", path, text)
    return tmp_path / "repo"


def collect(root: Path, cache: Cache | None, ignore: tuple[str, ...] = (), **config: object) -> Inventory:
    return spine.collect(root, ignore, config, spine.Errors(), lambda text: None, cache=cache)


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from now on."""
    found: list[str] = []
    real = sources.read_regular

    def recorded(place: str, **options: bool) -> bytes:
        found.append(Path(place).name)
        return real(place, **options)

    monkeypatch.setattr(sources, "read_regular", recorded)
    return found


def test_a_warm_run_finds_the_same_and_reads_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path / "cache")
    off, cold = collect(root, None), collect(root, cache)
    opened = reads(monkeypatch)
    warm = collect(root, cache)
    assert dump(off) == dump(cold) == dump(warm)
    assert off == cold == warm
    assert [name for name in opened if name != ".gitignore"] == []


def test_only_the_unit_that_changed_is_read(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path / "cache")
    collect(root, cache)
    write(root, "b/app.py", FILES["a/app.py"])
    opened = reads(monkeypatch)
    warm, read = collect(root, cache), set(opened)
    assert warm == collect(root, None)
    assert "app.py" in read
    assert "main.tf" not in read


def test_a_copy_elsewhere_is_known_by_its_content(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path / "cache")
    collect(root, cache)
    copy = tmp_path / "clone" / "repo"
    for path, text in FILES.items():
        write(copy, path, text)
    monkeypatch.setattr("prodworks_cli.collect.collect_repository", None)
    assert dump(collect(copy, cache)) == dump(collect(root, cache))


def link(root: Path) -> None:
    (root / "a/app.py").unlink()
    (root / "a/app.py").symlink_to(root / "b/app.py")


def swap(root: Path) -> None:
    first, second = (root / "a/app.py").read_text(), (root / "b/app.py").read_text()
    write(root, "a/app.py", second)
    write(root, "b/app.py", first)


def same_length(root: Path) -> None:
    write(root, "a/app.py", FILES["a/app.py"].replace("lite", "mini"))


EDITS: dict[str, Edit] = {
    "content": lambda root: write(root, "a/app.py", FILES["a/app.py"] + "\nx = 1\n"),
    "content of the same length": same_length,
    "rename": lambda root: write(root, "a/main.py", (root / "a/app.py").rename(root / "a/main.py").read_text()),
    "deletion": lambda root: (root / "a/app.py").unlink(missing_ok=True),
    "new file": lambda root: write(root, "b/more.py", FILES["a/app.py"]),
    "new unit": lambda root: write(root, "c/app.py", FILES["a/app.py"]),
    "owners": lambda root: write(root, "CODEOWNERS", "/a/ @alice\n"),
    "mode": lambda root: (root / "README.md").chmod(0o755),
    "swap": swap,
    "link": link,
    "binary": lambda root: write(root, "b/app.py", "\0"),
    "touch": lambda root: os.utime(root / "README.md", (next(_clock),) * 2),
    "ignored by git": lambda root: write(root, ".gitignore", "a/\n"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=list(EDITS))
def test_after_an_edit_the_answer_is_that_without_a_cache(root: Path, tmp_path: Path, edit: Edit) -> None:
    cache = Cache(tmp_path / "cache")
    collect(root, cache)
    edit(root)
    assert dump(collect(root, cache)) == dump(collect(root, None))
    assert dump(collect(root, cache)) == dump(collect(root, None))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("edits")


@settings(max_examples=12)
@given(edits=st.lists(st.sampled_from(["content", "new file", "swap", "owners", "binary", "touch"]), max_size=4))
def test_after_any_edits_the_answer_is_that_without_a_cache(folders: Path, edits: list[str]) -> None:
    root, cache = folders / str(next(_clock)) / "repo", Cache(folders / "cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fingerprints, "COARSEST_CLOCK_NS", -(10**18))
        for path, text in FILES.items():
            write(root, path, text)
        for name in ["touch", *edits]:
            EDITS[name](root)
            assert dump(collect(root, cache)) == dump(collect(root, None))


def test_settings_and_ignored_paths_are_part_of_the_key(root: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    collect(root, cache)
    for config in ({"owner": "ann"}, {"name": "other"}, {"allowed_regions": ["eu-west-1"]}):
        assert dump(collect(root, cache, **config)) == dump(collect(root, None, **config))
    assert dump(collect(root, cache, ("a/",))) == dump(collect(root, None, ("a/",)))


@pytest.mark.parametrize(("variable", "value"), [("SOURCE_DATE_EPOCH", "1890000000")])
def test_another_day_is_read_anew(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    cache = Cache(tmp_path / "cache")
    collect(root, cache)
    monkeypatch.setenv(variable, value)
    assert dump(collect(root, cache)) == dump(collect(root, None))


def test_another_version_is_read_anew(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path / "cache")
    collect(root, cache)
    known = len(cache.entries())
    monkeypatch.setattr(kept, "code", lambda: ("another",))
    collect(root, cache)
    assert len(cache.entries()) > known


def test_another_version_that_sees_other_parts_reads_all_once(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path / "cache")
    collect(root, cache)
    monkeypatch.setattr(kept, "code", lambda: ("another",))
    monkeypatch.setattr(sources, "part_of", lambda path: Part.EXAMPLE)
    once, opened = collect(root, cache), reads(monkeypatch)
    assert collect(root, cache) == once
    assert [name for name in opened if name != ".gitignore"] == []


def test_damaged_entries_change_nothing(root: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    expected = dump(collect(root, cache))
    for path, _ in cache.entries():
        path.write_bytes(path.read_bytes().replace(b"nova", b"nope"))
    assert dump(collect(root, cache)) == expected
    for path, _ in cache.entries():
        path.write_bytes(b"")
    assert dump(collect(root, cache)) == expected


def test_entries_of_another_form_change_nothing(root: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    expected = dump(collect(root, cache))
    documents: tuple[object, ...] = (
        [],
        {},
        {"format": "prodworks-inventory/1"},
        {"form": [1], "files": {"a": 1}},
        7,
        "x",
    )
    for document in documents:
        for path, _ in cache.entries():
            cache.save(path.stem, document)
        assert dump(collect(root, cache)) == expected


def test_a_file_that_was_just_written_is_read_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fingerprints, "COARSEST_CLOCK_NS", 2_000_000_000)
    cache = Cache(tmp_path / "cache")
    collect(root, cache)
    opened = reads(monkeypatch)
    collect(root, cache)
    assert "app.py" in opened


def test_a_run_with_an_internal_error_keeps_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path / "cache")
    monkeypatch.setattr("prodworks_cli.sources.secrets.read", lambda files: 1 / 0)
    for _ in range(2):
        errors = spine.Errors()
        spine.collect(root, (), {}, errors, lambda text: None, cache=cache)
        assert errors.seen

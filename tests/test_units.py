"""Collections of workloads: where they split, what they share, and that each is scored as if it were alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from prodworks_cli import audit as spine
from prodworks_cli.inventory import dump, load
from prodworks_cli.model import Inventory
from prodworks_cli.render import terminal
from prodworks_cli.rules import load_rules
from prodworks_cli.sources.units import above, find_units, matching, unit_of
from prodworks_cli.units import UnitError, each_unit
from tests.render import samples

CALL = """import boto3

bedrock = boto3.client("bedrock-runtime")


def handler(event, context):
    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=event)
"""


def units(*paths: str, silent: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The units of a tree whose files all name a model service, but those in ``silent``."""
    return find_units([*paths, *silent], lambda path: path not in silent)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("a/requirements.txt", "a/app.py", "b/requirements.txt", "b/app.py"), ("a/", "b/")),
        (("p/a/app.py", "p/a/package.json", "p/b/app.ts", "q/c/app.py"), ("p/a/", "p/b/", "q/")),
        (("package.json", "a/package.json", "b/package.json"), ()),
        (("main.py", "a/app.py", "b/app.py"), ()),
        (("api/app.py", "bot/app.py", "infra/main.tf"), ()),
        (("backend/app.py", "frontend/app.ts"), ()),
        (("poc/x/app.py",), ()),
        (("poc/x/README.md", "poc/y/README.md"), ()),
        (("a/app.py", "tests/app.py"), ()),
        (("a/app.py", "notes/text.md"), ()),
    ],
)
def test_where_a_repository_splits(paths: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert units(*paths) == expected


def test_a_folder_that_names_no_model_is_no_unit() -> None:
    assert units("a/app.py", "b/app.py", silent=("c/app.py",)) == ("a/", "b/")
    assert units("a/app.py", silent=("c/app.py",)) == ()


def test_paths_belong_to_the_unit_around_them() -> None:
    known = {"p/a/", "q/"}
    assert [unit_of(path, known) for path in ("p/a/x.py", "p/b.py", "q/r/s.py", "README.md")] == [
        "p/a/",
        None,
        "q/",
        None,
    ]


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("CODEOWNERS", ""),
        (".github/workflows/x.yml", ""),
        ("pocs/README.md", "pocs/"),
        ("pocs/.github/a/x.yml", "pocs/"),
    ],
)
def test_what_lies_above_units(path: str, folder: str) -> None:
    assert above(path) == folder


def test_a_unit_is_named_by_its_path_or_the_end_of_it() -> None:
    known = ("p/a/", "q/a/", "q/b/")
    assert matching("q/a", known) == ["q/a/"]
    assert matching("b/", known) == ["q/b/"]
    assert matching("a", known) == ["p/a/", "q/a/"]


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    for name in ("poc-a", "poc-b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text(CALL)
        (tmp_path / name / "requirements.txt").write_text("boto3\n")
    (tmp_path / "poc-b" / "CODEOWNERS").write_text("")
    (tmp_path / "CODEOWNERS").write_text("/poc-a/ @team-a\n")
    (tmp_path / "poc-b" / "bot.go").write_text('package bot // "bedrock"\n')
    return tmp_path


def collected(root: Path, unit: str | None = None) -> Inventory:
    return spine.collect(root, [], {}, spine.Errors(), lambda text: None, unit)


def test_each_unit_has_its_own_calls_owner_and_gaps(collection: Path) -> None:
    found = collected(collection)
    assert found.scan.units == ("poc-a/", "poc-b/")
    parts = dict(each_unit(found, found.scan.units))
    calls = {unit: [r.identity for r in part.resources if r.kind == "repo.model_call"] for unit, part in parts.items()}
    assert calls == {"poc-a/": ["poc-a/app.py:handler converse"], "poc-b/": ["poc-b/app.py:handler converse"]}
    gaps = {unit: [g.scope for g in part.gaps] for unit, part in parts.items()}
    assert gaps == {"poc-a/": [], "poc-b/": ["poc-b/Go"]}


def test_the_report_lists_the_units_as_if_each_were_alone(collection: Path) -> None:
    pack, errors = load_rules(), spine.Errors()
    whole = spine.judged(collected(collection), pack, pack.rules, errors, lambda text: None)
    rows = {u["name"]: u for u in whole["target"]["units"]}
    assert {name: row["model_calls"] for name, row in rows.items()} == {"poc-a": 1, "poc-b": 1}
    for name, row in rows.items():
        alone = spine.judged(collected(collection, name), pack, pack.rules, errors, lambda text: None)
        assert (alone["score"]["score"], alone["verdict"]["value"]) == (row["score"], row["verdict"])
    assert rows["poc-a"]["score"] > rows["poc-b"]["score"]
    assert not errors.seen


def test_units_survive_a_saved_inventory(collection: Path) -> None:
    found = collected(collection)
    assert load(dump(found)) == found


def test_a_unit_that_is_not_there_is_named_with_those_that_are(collection: Path) -> None:
    with pytest.raises(UnitError, match="names none of the 2 units: poc-a/, poc-b/"):
        collected(collection, "poc-z")
    with pytest.raises(UnitError, match="one workload"):
        collected(collection / "poc-a", "x")


def test_the_terminal_lists_units_by_their_calls() -> None:
    report = samples.not_ready()
    report["target"]["units"] = [
        {"name": f"poc-{i}", "model_calls": i, "score": i, "grade": "F", "verdict": "not-ready"} for i in range(9)
    ]
    shown = terminal.render(report, width=100)
    assert "9 workloads" in shown
    assert "+6 more: -v, --unit NAME" in shown
    assert shown.index("poc-8") < shown.index("poc-7")
    assert len(shown.splitlines()) <= terminal.MAX_LINES

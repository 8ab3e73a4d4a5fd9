"""Assemblies that are given beside the repository count as newer than the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Location
from prodworks_cli.resources.logs import LogGroup
from prodworks_cli.sources.given import AssemblyError, with_assemblies
from prodworks_cli.sources.listings import list_tree
from tests.sources.test_cdk_assembly import SOURCES, STACK, assembly


def place(folder: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture
def artefact(tmp_path: Path) -> Path:
    return place(tmp_path / "artefact", assembly("."))


def inventory(repository: Path, *given: str) -> Inventory:
    return collect_repository(with_assemblies(list_tree(repository), given).read(), {})


def test_it_is_read_in_place_of_the_code_with_the_places_of_the_code(tmp_path: Path, artefact: Path) -> None:
    repository = place(tmp_path / "repo", SOURCES)
    assert not [r for r in inventory(repository).resources if r.kind == "aws.cloudwatch.alarm"]
    found = inventory(repository, str(artefact))
    alarm = next(r for r in found.resources if r.kind == "aws.cloudwatch.alarm")
    assert alarm.locations[""] == Location("lib/chat.ts", 15)


def test_it_counts_where_the_code_says_something_else_and_that_is_told(tmp_path: Path, artefact: Path) -> None:
    older = {**SOURCES, "lib/chat.ts": STACK.replace("retention: 90", "retention: 30")}
    found = inventory(place(tmp_path / "repo", older), str(artefact))
    group = next(r for r in found.resources if r.kind == "aws.logs.log_group" and "Logs" in r.identity)
    assert isinstance(group.value, LogGroup)
    assert group.value.retention_days == 90
    told = [g.reason for g in found.gaps if g.scope == "cdk.out"]
    assert told == ["is used as it was given, although RetentionInDays of ChatStack/Logs is another in lib/chat.ts:9"]


def test_it_takes_the_place_of_one_on_disk(tmp_path: Path, artefact: Path) -> None:
    repository = place(tmp_path / "repo", {**SOURCES, **assembly(), "cdk.out/manifest.json": "{"})
    assert [g.scope for g in inventory(repository).gaps if "JSON" in g.reason] == ["cdk.out/manifest.json"]
    assert not [g for g in inventory(repository, str(artefact)).gaps if "JSON" in g.reason]


def test_an_app_in_a_language_that_is_not_read(tmp_path: Path, artefact: Path) -> None:
    repository = place(tmp_path / "repo", {"cdk.json": "{}", "src/Chat.cs": "class Chat {}"})
    found = inventory(repository, str(artefact))
    assert [r.identity for r in found.resources if r.kind == "aws.cloudwatch.alarm"] == [
        "cdk.out/devChat.template.json#Alarm5E"
    ]


def test_which_of_several_apps(tmp_path: Path, artefact: Path) -> None:
    files = {f"{folder}/{path}": text for folder in ("one", "two=2") for path, text in SOURCES.items()}
    repository = place(tmp_path / "repo", files)
    with pytest.raises(AssemblyError, match="APP=DIR, where APP is one of one, two=2"):
        with_assemblies(list_tree(repository), [str(artefact)])
    with pytest.raises(AssemblyError, match=r"three is no folder of a cdk\.json; those are: one, two=2"):
        with_assemblies(list_tree(repository), [f"three={artefact}"])
    listing = with_assemblies(list_tree(repository), [f"./one/={artefact}"])
    assert listing.given == ("one/cdk.out",)
    assert [f.path for f in listing.read().assembly] == [
        "one/cdk.out/devChat.template.json",
        "one/cdk.out/manifest.json",
    ]


def test_a_folder_that_is_no_assembly(tmp_path: Path) -> None:
    repository = place(tmp_path / "repo", SOURCES)
    with pytest.raises(AssemblyError, match=r"holds no manifest\.json; give the folder that cdk synth wrote"):
        with_assemblies(list_tree(repository), [str(tmp_path)])


@pytest.mark.parametrize("named", ["../elsewhere", "/tmp/x", ""])
def test_an_output_outside_of_the_repository_names_no_place_in_it(tmp_path: Path, artefact: Path, named: str) -> None:
    files = {**SOURCES, "cdk.json": json.dumps({"app": "x bin/app.ts", "output": named})}
    listing = with_assemblies(list_tree(place(tmp_path / "repo", files)), [str(artefact)])
    assert listing.given == ("cdk.out",)
    assert "lib/chat.ts#dev-Chat/Monitoring/Alarm" in {
        r.identity for r in collect_repository(listing.read(), {}).resources
    }


def test_the_listing_without_assemblies(tmp_path: Path, artefact: Path) -> None:
    listing = list_tree(place(tmp_path / "repo", SOURCES))
    assert listing.without_assemblies() is listing
    given = with_assemblies(listing, [str(artefact)])
    assert given.without_assemblies() == listing

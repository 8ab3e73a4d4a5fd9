from pathlib import Path

import pytest

from prodworks_cli import data


def test_checkout_folder_is_found() -> None:
    assert (data.data_dir("templates") / "report.html.j2").is_file()


def test_installed_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "prodworks_cli"
    (package / "_data" / "rules").mkdir(parents=True)
    (tmp_path / "site" / "rules").mkdir()
    monkeypatch.setattr(data, "_PACKAGE", package)
    assert data.data_dir("rules") == package / "_data" / "rules"


def test_missing_folder_says_where_it_was_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "_PACKAGE", tmp_path / "prodworks_cli")
    with pytest.raises(data.DataMissingError, match=r"'rules' is missing \(looked for .*_data/rules or .*/rules\)"):
        data.data_dir("rules")

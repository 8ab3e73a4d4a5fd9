"""The config file: what it holds, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from prodworks_cli.config import Config, ConfigError, load_config, parse_config


def test_no_file_is_an_empty_config(tmp_path: Path) -> None:
    assert load_config(tmp_path) == Config()


def test_a_config_is_read(tmp_path: Path) -> None:
    text = "name: chat\nowner: team\nowners: {cost: finance}\nignore: [old/]\ngate: {fail_on: high}\n"
    (tmp_path / "prodworks.yaml").write_text(text)
    config = load_config(tmp_path)
    assert config == Config("chat", "team", {"cost": "finance"}, ignore=("old/",), gate={"fail_on": "high"})
    assert config.settings() == {
        "name": "chat", "owner": "team", "owners": {"cost": "finance"}, "gate": {"fail_on": "high"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"ownr": "x"}, "did you mean owner?"),
        ({"zzz": "x"}, "known keys: name"),
        ({"gate": {"failon": 1}}, "did you mean fail_on?"),
        ({"gate": [1]}, "gate: expected keys and values"),
        ({"owner": 3}, "owner: expected a text"),
        ({"owner": " "}, "owner: expected a text"),
        ({"approved_models": "x"}, "approved_models: expected a list of texts"),
        ({"owners": {"cost": 3}}, "owners.cost: expected a text"),
        ([], "expected keys and values"),
    ],
)
def test_mistakes_are_named(data: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(data, "prodworks.yaml")
    assert message in str(caught.value)


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\x00", b"[" * 5000])
def test_a_file_that_does_not_parse_is_a_config_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "prodworks.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"prodworks\.yaml"):
        load_config(tmp_path)


def test_regions_and_scope_of_the_account_are_kept_for_judging_again() -> None:
    scope = {"names": ["support-*"], "tags": {"team": "chat"}, "stacks": ["chat"]}
    settings = parse_config({"regions": ["eu-west-1"], "scope": scope}, "c").settings()
    assert settings == {"regions": ["eu-west-1"], "scope": scope}


@pytest.mark.parametrize("scope", [{"name": ["x"]}, {"names": "x"}, {"tags": {"team": 1}}, ["x"]])
def test_a_scope_that_is_none_is_refused(scope: object) -> None:
    with pytest.raises(ConfigError):
        parse_config({"scope": scope}, "c")

"""The config file: what it holds, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from prodworks_cli.config import Config, ConfigError, changes, load_config, parse_config
from prodworks_cli.config_check import SCHEMA_FILE
from prodworks_cli.gate import Conditions
from prodworks_cli.waivers import Attestation, Waiver


def test_no_file_is_an_empty_config(tmp_path: Path) -> None:
    assert load_config(tmp_path) == Config()


def test_a_config_is_read(tmp_path: Path) -> None:
    text = "name: chat\nowner: team\nowners: {cost: finance}\nignore: [old/]\ngate: {fail_on: high}\n"
    (tmp_path / "prodworks.yaml").write_text(text)
    config = load_config(tmp_path)
    assert config == Config(
        name="chat", owner="team", owners={"cost": "finance"}, ignore=("old/",), gate={"fail_on": "high"}
    )
    assert config.settings() == {
        "name": "chat",
        "owner": "team",
        "owners": {"cost": "finance"},
        "ignore": ["old/"],
        "gate": {"fail_on": "high"},
    }
    assert parse_config(config.settings(), "the inventory") == config


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"ownr": "x"}, "did you mean owner?"),
        ({"zzz": "x"}, "known: name"),
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


def test_every_key_is_read_and_says_what_it_changed() -> None:
    data = {
        "name": "chat",
        "environment": "production",
        "regions": ["us-east-1", "us-gov-west-1"],
        "scope": {"tags": {"app": "chat"}, "stacks": ["chat"], "names": ["chat-*"]},
        "owner": "team",
        "owners": {"cost": "finance"},
        "capacity": {"finance": 4},
        "pillar_weights": {"security": 2},
        "approved_models": ["amazon.nova-lite-v1:0"],
        "allowed_regions": ["us-east-1"],
        "audit_retention_days": 365,
        "ignore": ["old/"],
        "history": True,
        "rules": {"workload-has-owner": False},
        "gate": {"fail_on": "high", "min_pillar": {"security": 60}, "max_drop": 3, "baseline": "git:main"},
    }
    config = parse_config(data, "x")
    assert config.settings() == data
    shown = {change["key"]: (change["value"], change["default"]) for change in changes(config.settings())}
    assert list(shown)[:2] == ["name", "environment"]
    assert shown["rules"] == ("off: workload-has-owner", "all on")
    assert shown["scope"] == ('tags {"app": "chat"}, stacks ["chat"], names ["chat-*"]', "what the workload reaches")
    assert shown["history"] == ("yes", "not written")
    assert shown["gate.min_pillar"] == ("security 60", "not set")
    assert set(shown) == (set(data) - {"gate"}) | {
        f"gate.{key}" for key in ("fail_on", "min_pillar", "max_drop", "baseline")
    }
    assert changes(Config().settings()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name: x\ngate:\n  fail_on: high\n  fail_undr: 3\n",
            "prodworks.yaml:4: gate: unknown key fail_undr; did you mean fail_under?",
        ),
        (
            "gate: {fail_on: hihg}\n",
            "gate.fail_on: expected critical, high, medium, low, info; found hihg; did you mean high?",
        ),
        ("gate: {fail_under: 101}\n", "gate.fail_under: expected a whole number from 0 to 100; found 101"),
        ("gate: {fail_under: yes}\n", "gate.fail_under: expected a whole number from 0 to 100; found true"),
        ("gate: {min_pillar: {speed: 3}}\n", "gate.min_pillar: unknown key speed; known: observability"),
        ("pillar_weights: {secruity: 3}\n", "pillar_weights: unknown key secruity; did you mean security?"),
        ("pillar_weights: {cost: -1}\n", "pillar_weights.cost: expected a number from 0 to 1000; found -1"),
        (
            "pillar_weights: {observability: 0, security: 0, governance: 0, cost: 0, reliability: 0}\n",
            "at least one pillar",
        ),
        ("capacity: {ann: 0}\n", "capacity.ann: expected a number above 0, at most 1000; found 0"),
        (
            "regions: [us-east-1, paris]\n",
            "prodworks.yaml:1: regions[1]: expected an AWS region such as us-east-1; found paris",
        ),
        ("rules: {a: maybe}\n", "rules.a: expected true or false; found maybe"),
        ("history: 3\n", "history: expected true or false; found 3"),
        ("scope: {tag: {}}\n", "scope: unknown key tag; did you mean tags?"),
        ("ownr: x\nnam: y\n", "prodworks.yaml:1: unknown key ownr; did you mean owner? (and 1 more)"),
        ("- a\n", "prodworks.yaml:1: expected keys and values"),
        ('name: "\\x1b[31m\\u202e::error::"\nnme: 1\n', "unknown key nme; did you mean name?"),
        ('owner: ["\\x1b[31m"]\n', 'owner: expected a text; found ["\\u001b[31m"]'),
    ],
)
def test_a_mistake_has_file_line_key_and_suggestion(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "prodworks.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path)
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_key_without_a_value_sets_nothing(tmp_path: Path) -> None:
    (tmp_path / "prodworks.yaml").write_text("name: chat\nignore:\n#  - old/\n")
    assert load_config(tmp_path) == Config(name="chat")
    (tmp_path / "prodworks.yaml").write_text("# nothing yet\n")
    assert load_config(tmp_path) == Config()


def test_pyproject_holds_a_config_too(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.prodworks]\nname = "chat"\n[[tool.prodworks.waivers]]\nrule = "a"\nsubject = "*"\nkind = "accept-risk"\n'
        'reason = "r"\nowner = "o"\napproved_by = "p"\ncreated = 2026-11-01\nexpires = "2026-12-01"\n'
    )
    config = load_config(tmp_path)
    assert (config.name, config.waivers[0].created) == ("chat", "2026-11-01")
    assert load_config(tmp_path / "nowhere", tmp_path / "pyproject.toml") == config
    (tmp_path / "prodworks.yaml").write_text("name: other\n")
    with pytest.raises(ConfigError, match="both exist; keep one"):
        load_config(tmp_path)


@pytest.mark.parametrize("text", ["", "[tool.black]\n", "not toml [", "[tool]\nblack = 1\n", 'tool = "prodworks"\n'])
def test_a_pyproject_of_others_is_no_config(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert load_config(tmp_path) == Config()


def test_a_pyproject_that_does_not_parse_is_an_error_where_it_may_hold_a_config(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.prodworks\n")
    with pytest.raises(ConfigError, match=r"pyproject\.toml"):
        load_config(tmp_path)


def test_two_config_files_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "prodworks.yaml").write_text("name: a\n")
    (tmp_path / "prodworks.yml").write_text("name: b\n")
    with pytest.raises(ConfigError, match="both exist; keep one"):
        load_config(tmp_path)


def test_a_link_is_not_followed_and_nothing_of_its_target_is_shown(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("[default]\naws_secret = hunter2: [\n")
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "prodworks.yaml").symlink_to(tmp_path / "credentials")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "repo")
    assert "hunter2" not in str(caught.value)


def test_aliases_cannot_blow_up(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (tmp_path / "prodworks.yaml").write_text("\n".join(lines))
    with pytest.raises(ConfigError, match="expands to more than"):
        load_config(tmp_path)


def test_the_schema_is_valid_and_describes_each_field() -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == {f.name for f in fields(Config)}
    assert set(schema["$defs"]["waiver"]["properties"]) == {f.name for f in fields(Waiver)}
    assert set(schema["$defs"]["attestation"]["properties"]) == {f.name for f in fields(Attestation)}
    assert all("description" in entry for entry in schema["properties"].values())


def test_gate_keys_of_the_schema_are_those_of_the_gate() -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    keys = set(schema["properties"]["gate"]["properties"]) - {"baseline", "on_incomplete"}
    assert keys == {f.name for f in fields(Conditions)} - {"pass_undecided"}

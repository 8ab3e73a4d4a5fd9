"""Everything that must hold for all rules at once, and what loading says of a bad one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from prodworks_cli.cache import Cache
from prodworks_cli.data import data_dir
from prodworks_cli.operators import OPERATORS
from prodworks_cli.resources.registry import kinds
from prodworks_cli.rulecheck import check_rule, leaves
from prodworks_cli.rules import Rule, RuleError, _contents, load_rules, rule_of

ROOT = Path(__file__).resolve().parents[1]
PACK = load_rules()
IDS = [rule.id for rule in PACK.rules]
SCHEMA = json.loads((data_dir("rules") / "_schema.json").read_text(encoding="utf-8"))


def rule(rule_id: str) -> Rule:
    found = PACK.get(rule_id)
    assert found is not None
    return found


def source(rule_id: str) -> dict[str, Any]:
    (path,) = data_dir("rules").glob(f"*/{rule_id}.yaml")
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert path.parent.name == data["pillar"]
    return data


@pytest.mark.parametrize("rule_id", IDS)
def test_the_file_fits_the_schema(rule_id: str) -> None:
    errors = [e.message for e in Draft202012Validator(SCHEMA).iter_errors(source(rule_id))]
    assert errors == []


@pytest.mark.parametrize("rule_id", IDS)
def test_examples_hold_and_every_leaf_is_pinned(rule_id: str) -> None:
    assert [problem.what for problem in check_rule(rule(rule_id))] == []


# Planes that can show that a thing is so and never that it is not, and why.
NEVER_FAILS = {
    ("agentcore-gateway-logs-delivered", "declared"): "deliveries may be set up outside the repository",
    ("agentcore-runtime-is-instrumented", "observed"): "the account does not show what an image starts",
    ("agents-run-on-an-open-service", "declared"): "only the account tells whether a declared agent still exists",
    ("knowledge-base-logs-delivered", "declared"): "deliveries may be set up outside the repository",
}


@pytest.mark.parametrize("rule_id", IDS)
def test_each_plane_has_a_pass_and_a_fail(rule_id: str) -> None:
    found = rule(rule_id)
    for plane in found.planes:
        if plane == "attested" or (found.resource.startswith("repo.") and plane == "observed"):
            continue
        examples = [e for e in found.examples if ("api" in e) == (plane == "observed")]
        expected = {e["expect"] for e in examples}
        silent = found.resource == "workload" and plane == "declared" and "observed" in found.planes
        silent = silent or (rule_id, plane) in NEVER_FAILS
        # That the account holds none of a thing is never known from the repository.
        assert ("pass" in expected) or (silent and "none" in found.condition), f"no example passes on {plane}"
        assert expected & ({"fail", "partly", "unknown"} if silent else {"fail", "partly"}), f"{plane}: none fails"


@pytest.mark.parametrize("rule_id", IDS)
def test_the_texts_are_complete(rule_id: str) -> None:
    found = rule(rule_id)
    assert found.resource in kinds()
    assert found.proof in found.planes
    assert found.title != found.gap
    assert found.snippets, "a fix shows something to paste"
    assert all(reference.startswith("https://") for reference in found.references)
    assert len(set(found.references)) == len(found.references)
    assert all(other in IDS for other in found.blocked_by)
    assert (ROOT / "docs" / "rules" / f"{rule_id}.md").is_file()


def test_ids_are_unique_and_every_pillar_has_rules() -> None:
    assert len(set(IDS)) == len(IDS)
    assert len({r.pillar for r in PACK.rules}) == 5
    assert len(IDS) >= 30


def test_the_schema_knows_the_operators_that_the_engine_knows() -> None:
    words = set(SCHEMA["$defs"]["condition"]["properties"])
    assert words == set(OPERATORS) | {"path", "all", "any", "not", "some", "every", "none"}


@pytest.mark.parametrize("rule_id", IDS)
def test_a_shipped_rule_is_what_its_whole_file_says(rule_id: str) -> None:
    found = PACK.get(rule_id)
    assert found == rule_of(source(rule_id))
    assert found is not None
    assert found.examples == tuple(source(rule_id)["examples"])
    assert list(source(rule_id))[-1] == "examples"


def test_the_mutation_gate_sees_an_unpinned_leaf() -> None:
    data = source("guardrail-blocks-prompt-attacks")
    inner = data["assert"]
    data["assert"] = {"all": [inner, {"path": "name", "present": True}]}
    problems = check_rule(rule_of(data))
    assert [p.what for p in problems] == ["no example notices when `path: name, present: True` is always true"]


def test_a_wrong_expectation_is_a_problem() -> None:
    data = source("guardrail-blocks-prompt-attacks")
    data["examples"][0]["expect"] = "fail"
    assert next(p.what for p in check_rule(rule_of(data))).endswith("expected fail, judged pass")


def test_leaves_are_found_at_any_depth() -> None:
    condition = {"all": [{"not": {"path": "a", "equals": 1}}, {"path": "b", "some": {"path": "c", "present": True}}]}
    assert [path for path, _ in leaves(condition)] == [("all", 0, "not"), ("all", 1, "some")]


def write(folder: Path, data: dict[str, Any], name: str = "our-rule") -> Path:
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(data))
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"severity": "terrible"}, "severity"),
        ({"extra": 1}, "extra"),
        ({"resource": "aws.nothing"}, "no kind of resource is called aws.nothing"),
        ({"assert": {"path": "nme", "present": True}}, "did you mean name?"),
        ({"assert": {"path": "name", "presnt": True}}, "presnt"),
        ({"id": "other-rule"}, "must equal the file name"),
    ],
)
def test_a_bad_rule_is_refused_with_its_file_and_place(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    data = {**source("guardrail-blocks-prompt-attacks"), "id": "our-rule", **change}
    with pytest.raises(RuleError) as caught:
        load_rules([write(tmp_path, data)])
    assert "our-rule" in str(caught.value)
    assert message in str(caught.value)


def test_users_rules_join_the_shipped_ones_and_may_not_take_their_ids(tmp_path: Path) -> None:
    data = source("guardrail-blocks-prompt-attacks")
    pack = load_rules([write(tmp_path, {**data, "id": "our-rule"})])
    assert len(pack.rules) == len(PACK.rules) + 1
    assert pack.sha256 != PACK.sha256
    with pytest.raises(RuleError, match="is taken by"):
        load_rules([write(tmp_path, data, name="guardrail-blocks-prompt-attacks")])


@pytest.mark.parametrize("text", ["{", "- a", "a: &a [*a]", "[" * 5000])
def test_a_file_that_is_no_rule_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(RuleError, match=r"bad\.yaml"):
        load_rules([tmp_path])


def test_an_empty_or_missing_folder_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(RuleError):
            load_rules([folder])


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    """A cache in which an earlier run has left the contents of the shipped rules."""
    cache = Cache(tmp_path / "cache")
    loaded = load_rules(cache=cache)
    assert loaded == PACK
    assert cache.entries() == []  # a cache may lie in the folder that is about to be listed
    loaded.leave(cache)
    return cache


def test_kept_rules_are_those_of_the_files(kept: Cache) -> None:
    ((entry, _),) = kept.entries()
    before = entry.read_bytes()
    again = load_rules(cache=kept)
    assert again == PACK
    assert [r.examples for r in again.rules[:3]] == [r.examples for r in PACK.rules[:3]]
    assert [path.read_bytes() for path, _ in kept.entries()] == [before]


def test_kept_rules_need_no_yaml(kept: Cache) -> None:
    program = (
        "import pathlib, sys; from prodworks_cli.cache import Cache; from prodworks_cli.rules import load_rules;"
        "print(len(load_rules(cache=Cache(pathlib.Path(sys.argv[1]))).rules), 'yaml' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(kept.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(PACK.rules)), "False"]


def test_a_changed_rule_is_read_anew(kept: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "rules"
    shutil.copytree(data_dir("rules"), copy)
    monkeypatch.setattr("prodworks_cli.rules.data_dir", lambda name: copy)
    path = next(copy.glob("*/guardrail-version-pinned.yaml"))
    path.write_text(path.read_text(encoding="utf-8").replace("severity: high", "severity: low"), encoding="utf-8")
    for cache in (kept, None):
        found = load_rules(cache=cache).get("guardrail-version-pinned")
        assert found is not None
        assert (found.severity, rule("guardrail-version-pinned").severity) == ("low", "high")


@pytest.mark.parametrize(("said", "survives"), [("- {a: 1, b: [x, 1.5, null, yes]}", True), ("- {1: x}", False)])
def test_what_json_would_change_is_not_kept(tmp_path: Path, said: str, survives: bool) -> None:
    cache = Cache(tmp_path / "cache")
    found, unkept = _contents({tmp_path: said.encode()}, cache)
    assert found == [yaml.safe_load(said)]
    assert (unkept is not None) is survives


def test_a_date_is_not_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    assert _contents({tmp_path: b"2026-01-01"}, cache) == ([date(2026, 1, 1)], None)

"""Every rule on both examples: the status of the rule and of its subjects on each plane, as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from prodworks_cli import audit as spine
from prodworks_cli.config import load_config
from prodworks_cli.inventory import load
from prodworks_cli.planes import with_account
from prodworks_cli.report import Report, RuleEntry
from prodworks_cli.rules import load_rules

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = {
    line.split(" | ")[0]: tuple(line.split(" | ")[1:])
    for line in (ROOT / "tests" / "examples_expected.txt").read_text(encoding="utf-8").splitlines()
}
"""``rule | status on the POC, then its planes | the same on the example that is ready``."""


@pytest.fixture(scope="module")
def reports() -> tuple[Report, Report]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1795514400")
        return report("poc"), report("ready")


def report(example: str) -> Report:
    folder = ROOT / "examples" / example
    config, errors, pack = load_config(folder), spine.Errors(), load_rules()
    repository = spine.collect(folder, config.ignore, config.settings(), errors, lambda text: None)
    inventory = with_account(repository, load((folder / "evidence.json").read_text(encoding="utf-8")))
    made = spine.judged(inventory, pack, pack.rules, errors, lambda text: None, config)
    assert not errors.seen
    return made


def told(entry: RuleEntry) -> str:
    planes: dict[str, set[str]] = {}
    for subject in entry["subjects"]:
        for plane, says in subject["planes"].items():
            planes.setdefault(plane, set()).add(says["status"])
    return " ".join([entry["status"], *(f"{plane}={'+'.join(sorted(said))}" for plane, said in sorted(planes.items()))])


def test_every_rule_is_in_the_table() -> None:
    assert sorted(EXPECTED) == sorted(rule.id for rule in load_rules().rules)


@pytest.mark.parametrize("rule", EXPECTED)
def test_a_rule_on_both_examples(reports: tuple[Report, Report], rule: str) -> None:
    found = tuple(told(next(r for r in made["rules"] if r["id"] == rule)) for made in reports)
    assert found == EXPECTED[rule]


def test_the_ready_example_is_ready_and_the_poc_is_not(reports: tuple[Report, Report]) -> None:
    poc, ready = reports
    assert (ready["verdict"]["value"], ready["score"]["score"]) == ("production-ready", 100)
    assert poc["verdict"]["value"] == "not-ready"

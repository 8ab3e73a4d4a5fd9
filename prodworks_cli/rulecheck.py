"""The gates for rules: their examples hold, and no leaf of a condition can be replaced without an example noticing.

``prodworks rules test`` runs them on users' rules, the test suite on the shipped ones.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from prodworks_cli.collect import collect_repository
from prodworks_cli.config import parse_config
from prodworks_cli.judge import judge
from prodworks_cli.model import Inventory, Location
from prodworks_cli.node import Node, node_of
from prodworks_cli.planes import account_inventory, refused, with_account
from prodworks_cli.resources.adapter import Record
from prodworks_cli.rules import Rule, RuleError, check_schema, load_rules
from prodworks_cli.score import rule_status
from prodworks_cli.sources.files import tree_of

ACCOUNT, REGION = "111122223333", "us-east-1"
READ_AT = "2026-01-01T00:00:00+00:00"
FORMS = {
    "terraform": "main.tf",
    "cloudformation": "template.yaml",
    "python": "app.py",
    "typescript": "app.ts",
    "java": "App.java",
}


@dataclass(frozen=True)
class Problem:
    """A gate that a rule does not pass; ``what`` says which example or leaf, and what was expected."""

    rule: str
    what: str


def inventory_of(example: Mapping[str, Any]) -> Inventory:
    """The inventory that an example's raw files and answers give, by the same way as a real audit."""
    contents = dict(example.get("files", {}))
    contents.update({name: example[form] for form, name in FORMS.items() if form in example})
    settings = parse_config(example.get("settings", {}), "settings").settings()
    declared = collect_repository(tree_of(contents), settings)
    if "api" not in example:
        return declared
    records = [_record(data, number) for number, data in enumerate(example["api"])]
    return with_account(declared, account_inventory(records, READ_AT))


def _record(data: Mapping[str, Any], number: int) -> Record:
    identity = data.get("identity", f"arn:aws:example:{REGION}:{ACCOUNT}:{data['kind'].rsplit('.', 1)[-1]}/{number}")
    answers = {operation: _answer(identity, operation, answer) for operation, answer in data["answers"].items()}
    return Record(data["kind"], identity, ACCOUNT, REGION, Node(answers, Location(identity)))


def _answer(identity: str, operation: str, answer: Any) -> Node:
    if isinstance(answer, Mapping) and set(answer) == {"error"}:
        return refused(operation, answer["error"])
    return node_of(answer, Location(identity, None, operation))


def check_rule(rule: Rule) -> list[Problem]:
    """All problems of one rule: examples that do not hold, and leaves that no example pins."""
    _ = rule.applies, rule.holds
    inventories = [inventory_of(example) for example in rule.examples]
    actual = [_status(rule, inventory) for inventory in inventories]
    wrong = [
        Problem(rule.id, f"example {_name(example, number)}: expected {example['expect']}, judged {status}")
        for number, (example, status) in enumerate(zip(rule.examples, actual, strict=True), 1)
        if status != example["expect"]
    ]
    return wrong or list(_unpinned(rule, inventories, actual))


def _name(example: Mapping[str, Any], number: int) -> str:
    forms = [form for form in (*FORMS, "files", "api") if form in example]
    return f"{number} ({example.get('name', ', '.join(forms))})"


def _status(rule: Rule, inventory: Inventory) -> str:
    (outcome,) = judge([rule], inventory)
    return str(rule_status(outcome))


def _unpinned(rule: Rule, inventories: Sequence[Inventory], actual: Sequence[str]) -> Iterator[Problem]:
    for part in ("when", "condition"):
        data = getattr(rule, part)
        for path, leaf in leaves(data) if data else ():
            for constant in (True, False):
                mutant = replace(rule, **{part: _mutated(data, path, constant)})
                if [_status(mutant, inventory) for inventory in inventories] == list(actual):
                    word = "always" if constant else "never"
                    yield Problem(rule.id, f"no example notices when `{_short(leaf)}` is {word} true")


def leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Mapping[str, Any]]]:
    """Every comparison of a condition with its place in the data."""
    for word in ("all", "any"):
        if word in data:
            for number, part in enumerate(data[word]):
                yield from leaves(part, (*path, word, number))
            return
    for word in ("not", "some", "every", "none"):
        if word in data:
            yield from leaves(data[word], (*path, word))
            return
    yield path, data


def _mutated(data: Any, path: Sequence[Any], constant: bool) -> Any:
    if not path:
        return {"always": constant}
    changed = deepcopy(data)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = {"always": constant}
    return changed


def _short(leaf: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in leaf.items())


def check_folder(folder: Path, only: Sequence[str] = ()) -> tuple[int, list[Problem]]:
    """Check all rules of a folder, or those with the ids in ``only``. Raises :class:`RuleError`."""
    rules = [r for r in load_rules([folder], shipped=False).rules if not only or r.id in only]
    return len(rules), [problem for rule in rules for problem in check_rule(rule)]


__all__ = ["Problem", "check_folder", "check_rule", "check_schema", "inventory_of", "leaves"]


def _main(arguments: Sequence[str]) -> int:
    try:
        count, problems = check_folder(Path(arguments[0]), arguments[1:])
    except RuleError as error:
        print(error, file=sys.stderr)
        return 2
    for problem in problems:
        print(f"{problem.rule}: {problem.what}")
    print(f"{count} rules, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))

"""The commands about rules: list, show, test, explain."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from prodworks_cli.data import data_dir
from prodworks_cli.rules import Rule, RuleError, RulePack, load_rules


@dataclass(frozen=True)
class Wanted:
    """Filters of ``rules list``; ``None`` takes all."""

    pillar: str | None = None
    severity: str | None = None
    gate: str | None = None
    plane: str | None = None
    standard: str | None = None

    def takes(self, rule: Rule) -> bool:
        """Whether a rule passes every filter."""
        return all(
            (
                self.pillar in (None, rule.pillar),
                self.severity in (None, rule.severity),
                self.gate in (None, rule.gate),
                self.plane is None or self.plane in rule.planes,
                self.standard is None or self.standard in rule.standards,
            )
        )


def _load(folders: Sequence[Path]) -> RulePack | None:
    try:
        return load_rules(folders)
    except (RuleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return None


def list_rules(folders: Sequence[Path], wanted: Wanted, form: str) -> int:
    """Print the rules that ``wanted`` takes, as text or JSON."""
    pack = _load(folders)
    if pack is None:
        return 2
    rules = [rule for rule in pack.rules if wanted.takes(rule)]
    if form == "json":
        print(json.dumps([_entry(rule) for rule in rules], indent=2))
        return 0
    width = max((len(rule.id) for rule in rules), default=0)
    for rule in rules:
        print(f"{rule.pillar:<13}  {rule.severity:<8}  {rule.gate or '-':<10}  {rule.id:<{width}}  {rule.title}")
    print(f"{len(rules)} of {len(pack.rules)} rules", file=sys.stderr)
    return 0


def _entry(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "gap": rule.gap,
        "pillar": rule.pillar,
        "severity": rule.severity,
        "gate": rule.gate,
        "proof": rule.proof,
        "planes": list(rule.planes),
        "questions": list(rule.questions),
        "resource": rule.resource,
        "hours": rule.hours,
        "standards": {name: list(ids) for name, ids in rule.standards.items()},
    }


def _find(rule_id: str, folders: Sequence[Path]) -> Rule | None:
    pack = _load(folders)
    if pack is None:
        return None
    rule = pack.get(rule_id)
    if rule is None:
        close = get_close_matches(rule_id, [r.id for r in pack.rules], 3)
        hint = f"did you mean {' or '.join(close)}?" if close else "prodworks rules list shows all"
        print(f"error: no rule is called {rule_id}; {hint}", file=sys.stderr)
    return rule


def show(rule_id: str, folders: Sequence[Path]) -> int:
    """Print a rule's file."""
    rule = _find(rule_id, folders)
    if rule is None:
        return 2
    for folder in (data_dir("rules"), *folders):
        for path in folder.rglob(f"{rule.id}.y*ml"):
            print(path.read_text(encoding="utf-8"), end="")
            return 0
    return 2


def explain(rule_id: str, folders: Sequence[Path]) -> int:
    """Print what a rule is about, how it is judged, and how its gap is closed."""
    rule = _find(rule_id, folders)
    if rule is None:
        return 2
    print("\n".join(_explanation(rule)))
    return 0


def _explanation(rule: Rule) -> list[str]:
    gate = f", a condition of the verdict {rule.gate}" if rule.gate else ""
    return [
        f"{rule.id}",
        f"  {rule.title}",
        f"  {rule.pillar}, {rule.severity}{gate}",
        "",
        "Why",
        f"  {rule.why}",
        "",
        "How it is judged",
        f"  subject      {rule.resource}",
        f"  planes       {', '.join(rule.planes)} (full credit when {rule.proof})",
        *([f"  applies when {_sentence(rule.when)}"] if rule.when else []),
        f"  holds when   {_sentence(rule.condition)}",
        "",
        f"Fix (about {rule.hours:g} h)",
        *(f"  {number}. {step}" for number, step in enumerate(rule.steps, 1)),
        *(line for form, text in rule.snippets.items() for line in _snippet(form, text)),
        *(["", f"  Side effects: {', '.join(rule.side_effects)}"] if rule.side_effects else []),
        "",
        "References",
        *(f"  {reference}" for reference in rule.references),
        *(f"  {name}: {', '.join(ids)}" for name, ids in rule.standards.items()),
    ]


def _snippet(form: str, text: str) -> list[str]:
    return ["", f"  {form}", *(f"    {line}".rstrip() for line in text.rstrip().splitlines())]


def _sentence(condition: object) -> str:
    """A condition as a sentence."""
    if not isinstance(condition, dict):
        return str(condition)
    for word, joint in (("all", " and "), ("any", " or ")):
        if word in condition:
            return f"({joint.join(_sentence(part) for part in condition[word])})"
    if "not" in condition:
        return f"not {_sentence(condition['not'])}"
    verb = next(key for key in condition if key != "path")
    operand = condition[verb]
    if verb in ("some", "every", "none"):
        return f"{verb} of {condition['path']} has {_sentence(operand)}"
    shown = ", ".join(map(str, operand)) if isinstance(operand, list) else str(operand).lower()
    return f"{condition['path']} {verb.replace('_', ' ')} {shown}"


def test(folder: Path) -> int:
    """Run the gates for rules over a folder: 0 when all hold, 1 with the problems listed, 2 for unusable files."""
    from prodworks_cli.rulecheck import check_folder

    try:
        count, problems = check_folder(folder)
    except (RuleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for problem in problems:
        print(f"{problem.rule}: {problem.what}")
    print(f"{count} rules, {len(problems)} problems")
    return 1 if problems else 0

"""Write the generated documentation: a page per rule, the matrix of standards, the command help and README output.

``python docs/generate.py`` writes, ``--check`` fails on a difference instead. What the README shows of the tool comes
from running it: the text between ``<!-- output: COMMAND -->`` and ``<!-- end -->`` is what the command printed.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pictures
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from prodworks_cli.rules import Rule, load_rules

ROOT = Path(__file__).resolve().parent.parent
FORMS = {
    **{"terraform": "hcl", "cloudformation": "yaml", "cdk": "typescript", "python": "python"},
    **{"typescript": "typescript", "java": "java", "cli": "shell"},
}
DEMO_TIME = "1795514400"
OUTPUT = re.compile(r"(<!-- output: (?P<command>[^\n]+?) -->\n```[a-z]*\n).*?(```\n<!-- end -->)", re.DOTALL)
COMMANDS = (
    *("audit", "collect", "inventory", "report", "explain"),
    *("init", "baseline write", "baseline show", "waive", "diff"),
    *("rules list", "rules show", "rules test", "schema", "iam-policy", "doctor"),
    *("cache show", "cache clear"),
)


def pages() -> dict[Path, str]:
    """Every generated file with its content."""
    rules = load_rules().rules
    template = _environment().get_template("rule.md.j2")
    found = {ROOT / "docs" / "rules" / f"{rule.id}.md": _rule_page(template, rule) for rule in rules}
    found[ROOT / "docs" / "rules" / "README.md"] = _index(rules)
    found[ROOT / "docs" / "standards.md"] = _matrix(rules)
    found[ROOT / "docs" / "commands.md"] = _commands()
    for name in ("README.md",):
        found[ROOT / name] = OUTPUT.sub(_fill, (ROOT / name).read_text(encoding="utf-8"))
    found[pictures.TERMINAL] = pictures.terminal_svg()
    return found


def _environment() -> Environment:
    # Markdown, not HTML: the texts are the project's own.
    loader = FileSystemLoader(ROOT / "templates")
    return Environment(  # noqa: S701
        loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )


def _rule_page(template: object, rule: Rule) -> str:
    examples = [_example(example) for example in rule.examples]
    condition = yaml.safe_dump({"when": rule.when, "assert": rule.condition}, sort_keys=False, width=110)
    text = template.render(rule=rule, examples=examples, condition=condition, languages=FORMS)  # type: ignore[attr-defined]
    return re.sub(r"\n{3,}", "\n\n", str(text))


def _example(example: Mapping[str, object]) -> dict[str, object]:
    parts = [(form, language, example[form]) for form, language in FORMS.items() if form in example]
    files = example.get("files", {})
    if isinstance(files, Mapping):
        parts += [(name, Path(name).suffix.lstrip("."), text) for name, text in files.items()]
    for key in ("settings", "api"):
        if key in example:
            name = "prodworks.yaml" if key == "settings" else "answers of the account"
            parts.append((name, "yaml", yaml.safe_dump(example[key], sort_keys=False, width=110)))
    return {"expect": example["expect"], "name": example.get("name", ""), "parts": parts}


def _index(rules: tuple[Rule, ...]) -> str:
    lines = ["# Rules", "", f"{len(rules)} rules, judged by `prodworks audit`. Written by `make docs`.", ""]
    for pillar in dict.fromkeys(rule.pillar for rule in rules):
        lines += [f"## {pillar.capitalize()}", "", "| Rule | What should hold | Severity | Gate |", "|---|---|---|---|"]
        lines += [
            f"| [{r.id}]({r.id}.md) | {r.title} | {r.severity} | {r.gate or ''} |" for r in rules if r.pillar == pillar
        ]
        lines.append("")
    return "\n".join(lines)


def _matrix(rules: tuple[Rule, ...]) -> str:
    by_standard: dict[str, dict[str, list[str]]] = {}
    for rule in rules:
        for standard, ids in rule.standards.items():
            for item in ids:
                by_standard.setdefault(standard, {}).setdefault(item, []).append(rule.id)
    lines = ["# Standards", "", "Which rules give evidence toward which requirement. Written by `make docs`.", ""]
    for standard in sorted(by_standard):
        lines += [f"## {standard}", "", "| Requirement | Rules |", "|---|---|"]
        for item in sorted(by_standard[standard]):
            links = ", ".join(f"[{name}](rules/{name}.md)" for name in by_standard[standard][item])
            lines.append(f"| {item} | {links} |")
        lines.append("")
    return "\n".join(lines)


def _commands() -> str:
    lines = ["# Commands", "", "The help of each command. Written by `make docs`.", ""]
    for command in ("", *COMMANDS):
        text = _run(f"prodworks {command} --help".replace("  ", " "))
        lines += [f"## prodworks {command}".rstrip(), "", "```text", text.strip(), "```", ""]
    return "\n".join(lines)


def _fill(match: re.Match[str]) -> str:
    return match.group(1) + _run(match.group("command")) + match.group(3)


def _run(command: str) -> str:
    program, *arguments = shlex.split(command)
    environment = {
        **os.environ, "SOURCE_DATE_EPOCH": DEMO_TIME, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1",
        "PYTHONIOENCODING": "utf-8", "PRODWORKS_NO_CACHE": "1", "_TYPER_FORCE_DISABLE_TERMINAL": "1",
    }  # fmt: skip
    path = Path(sys.executable).parent / program
    done = subprocess.run([path, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{command}: exit {done.returncode}: {done.stderr}")
    # The commit of the checkout is not the same for two readers.
    shown = re.sub(r" @ [0-9a-f]{7}( \(uncommitted changes\))?", "", done.stdout)
    return "\n".join(line.rstrip() for line in shown.splitlines()) + "\n"


def main(check: bool) -> int:
    """Write all pages, or compare them; 1 when something differs."""
    wanted = pages()
    stale = {path for path in (ROOT / "docs" / "rules").glob("*.md") if path not in wanted}
    changed = [p for p, text in wanted.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
    if check:
        for path in sorted({*changed, *stale}):
            print(f"{path.relative_to(ROOT)} is not up to date: run make docs", file=sys.stderr)
        return 1 if changed or stale else 0
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    for path in stale:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))

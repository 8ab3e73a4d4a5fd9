"""Rules: the checklist as data, loaded from YAML files, checked, and compiled for the kinds they judge."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from prodworks_cli import __version__
from prodworks_cli.cache import Cache, digest_of
from prodworks_cli.conditions import ConditionError, Predicate, compile_condition
from prodworks_cli.data import data_dir
from prodworks_cli.model import Plane
from prodworks_cli.resources.registry import kinds

SNIPPETS = ("terraform", "cloudformation", "cdk", "python", "typescript", "yaml", "cli", "text")
Examples = tuple[Mapping[str, Any], ...]
# The last key of every shipped rule.
_EXAMPLES = b"\nexamples:\n"


class RuleError(ValueError):
    """A rule file that cannot be used: the message names the file, the place in it and the reason."""


@dataclass(frozen=True)
class Rule:
    """One control of the checklist. ``hours`` is the effort of the fix in working hours.

    Its examples are most of its file and judge nothing: ``read_examples`` reads them when they are asked for.
    """

    id: str
    title: str
    gap: str
    pillar: str
    severity: str
    gate: str | None
    proof: Plane
    planes: tuple[Plane, ...]
    questions: tuple[str, ...]
    resource: str
    hours: float
    why: str
    steps: tuple[str, ...]
    snippets: Mapping[str, str]
    side_effects: tuple[str, ...]
    references: tuple[str, ...]
    standards: Mapping[str, tuple[str, ...]]
    blocked_by: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    when: Any = None
    condition: Any = None
    read_examples: Callable[[], Examples] = field(default=tuple, compare=False, repr=False)

    @cached_property
    def examples(self) -> Examples:
        """Raw input with the status that the rule must have on it."""
        return self.read_examples()

    @cached_property
    def applies(self) -> Predicate | None:
        """The compiled ``when``; ``None`` when the rule applies to every subject."""
        return None if self.when is None else self._compile("when", self.when)

    @cached_property
    def holds(self) -> Predicate:
        """The compiled ``assert``."""
        return self._compile("assert", self.condition)

    def _compile(self, part: str, data: Any) -> Predicate:
        kind = kinds().get(self.resource)
        if kind is None:
            raise RuleError(f"{self.id}: no kind of resource is called {self.resource}")
        try:
            return compile_condition(data, kind, kinds())
        except ConditionError as error:
            raise RuleError(f"{self.id}: {part}: {error}") from error


@dataclass(frozen=True)
class RulePack:
    """The rules of one run, in the order of pillars and then of ids, and the digest of their files."""

    rules: tuple[Rule, ...]
    sha256: str
    unkept: tuple[str, Any] | None = field(default=None, compare=False, repr=False)

    def leave(self, cache: Cache | None) -> None:
        """Keep for the next run what the files say. Not while loading: a cache may lie in a folder that is listed."""
        if cache and self.unkept:
            cache.save(*self.unkept)

    def get(self, rule_id: str) -> Rule | None:
        """The rule of an id, or of an id it had before."""
        return next((r for r in self.rules if rule_id == r.id or rule_id in r.aliases), None)


def load_rules(extra: Iterable[Path] = (), *, shipped: bool = True, cache: Cache | None = None) -> RulePack:
    """Load the shipped rules and those of the folders in ``extra``. Raises :class:`RuleError`.

    The shipped files are checked against the schema by the test suite, others here on every load. What is in them may
    have been kept in ``cache`` by an earlier run.
    """
    own = sorted(data_dir("rules").glob("*/*.yaml")) if shipped else []
    users = [path for folder in extra for path in _rule_files(folder)]
    texts = {path: path.read_bytes() for path in (*own, *users)}
    contents, unkept = _contents(heads := {path: texts[path].partition(_EXAMPLES)[0] for path in own}, cache)
    loaded = [_shipped(path, texts[path], data) for path, data in zip(heads, contents, strict=True)]
    loaded += [_checked(path, texts[path]) for path in users]
    _refuse_duplicates(loaded)
    digest = hashlib.sha256(b"".join(texts[path] for path in (*own, *users))).hexdigest()
    return RulePack(tuple(sorted((rule for _, rule in loaded), key=_order)), digest, unkept)


def _rule_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise RuleError(f"{folder}: no such folder of rules")
    found = sorted(p for p in folder.rglob("*.y*ml") if not p.name.startswith((".", "_")))
    if not found:
        raise RuleError(f"{folder}: holds no rule files (*.yaml)")
    return found


def _order(rule: Rule) -> tuple[int, str]:
    return (("observability", "security", "governance", "cost", "reliability").index(rule.pillar), rule.id)


def _refuse_duplicates(loaded: list[tuple[Path, Rule]]) -> None:
    seen: dict[str, Path] = {}
    for path, rule in loaded:
        for name in (rule.id, *rule.aliases):
            if name in seen:
                raise RuleError(f"{path}: the rule id {name} is taken by {seen[name]}")
            seen[name] = path


def _shipped(path: Path, text: bytes, data: Any) -> tuple[Path, Rule]:
    """A rule whose file ends with its examples, as the test suite demands of all that are shipped."""
    return path, _named(path, rule_of(data, partial(_examples_of, path, text)))


def _contents(texts: Mapping[Path, bytes], cache: Cache | None) -> tuple[Sequence[Any], tuple[str, Any] | None]:
    """What YAML texts hold, and what to keep of it, under which key: the texts decide it alone."""
    key = digest_of(["rules", __version__, *(text.decode("utf-8", "surrogateescape") for text in texts.values())])
    kept = cache.load(key) if cache else None
    if kept is not None:
        return list(kept), None
    contents = [_parsed(path, text) for path, text in texts.items()]
    return contents, (key, contents) if cache and _survives(contents) else None


def _survives(contents: object) -> bool:
    """Whether data is the same after it was written as JSON, which knows no dates and no numbers as keys."""
    try:
        return bool(json.loads(json.dumps(contents)) == contents)
    except (TypeError, ValueError):
        return False


def _examples_of(path: Path, text: bytes) -> Examples:
    _, mark, examples = text.partition(_EXAMPLES)
    return tuple(_parsed(path, mark + examples)["examples"])


def _checked(path: Path, text: bytes) -> tuple[Path, Rule]:
    """A rule that anybody may have written."""
    data = _parsed(path, text)
    check_schema(data, path)
    rule = _named(path, rule_of(data))
    _ = rule.applies, rule.holds
    return path, rule


def _parsed(path: Path, text: bytes) -> Any:
    import yaml

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        raise RuleError(f"{path}: {_one_line(error)}") from error


def _named(path: Path, rule: Rule) -> Rule:
    if rule.id != path.stem:
        raise RuleError(f"{path}: the rule's id is {rule.id}; it must equal the file name")
    return rule


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def check_schema(data: Any, path: Path) -> None:
    """Check a rule against ``rules/_schema.json``. Raises :class:`RuleError` with the most telling mismatch."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads((data_dir("rules") / "_schema.json").read_text())
    error = best_match(Draft202012Validator(schema).iter_errors(data))
    if error:
        place = ".".join(str(p) for p in error.absolute_path) or "the file"
        raise RuleError(f"{path}: {place}: {error.message[:300]}")


def rule_of(data: Mapping[str, Any], read_examples: Callable[[], Examples] | None = None) -> Rule:
    """A rule from the parsed file, which is valid against the schema; its examples may be read later."""
    fix = data["fix"]
    return Rule(
        id=data["id"],
        title=data["title"],
        gap=data["gap"],
        pillar=data["pillar"],
        severity=data["severity"],
        gate=data.get("gate"),
        proof=Plane(data["proof"]),
        planes=tuple(Plane(p) for p in data["planes"]),
        questions=tuple(data.get("questions", ())),
        resource=data["resource"],
        hours=float(data["effort"]["hours"]),
        why=" ".join(data["why"].split()),
        steps=tuple(fix["steps"]),
        snippets={form: fix[form] for form in SNIPPETS if form in fix},
        side_effects=tuple(fix.get("side_effects", ())),
        references=tuple(data["references"]),
        standards={name: tuple(str(i) for i in ids) for name, ids in data["standards"].items()},
        blocked_by=tuple(data.get("blocked_by", ())),
        aliases=tuple(data.get("aliases", ())),
        when=data.get("when"),
        condition=data["assert"],
        read_examples=read_examples or (lambda: tuple(data["examples"])),
    )

"""Evaluation, red-team and load-test suites kept with the code."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from prodworks_cli.lazy import regex
from prodworks_cli.model import Gap, Location, Plane, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.evaluations import Evaluation
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.attack_cases import MANY, is_attack, line_of, plain, speaks_of_attacks
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.own_evaluations import OwnSuite, OwnSuites
from prodworks_cli.sources.parts import suffix_of
from prodworks_cli.sources.yaml_nodes import MalformedYaml, read_yaml

# Importing one of these makes a Python file a suite, whatever part it is in; a unit test with a mocked model has none.
_IMPORTS: tuple[tuple[str, str, str], ...] = (
    ("deepeval-red-team", r"deepeval\.red_teaming(?=[\s.])", "red-team"),
    ("deepteam", r"deepteam", "red-team"),
    ("deepeval", r"deepeval(?!\.(?:tracing|integrations|red_teaming))", "quality"),
    ("ragas", r"ragas", "quality"),
    ("inspect_ai", r"inspect_ai", "quality"),
    ("strands-evals", r"strands_evals", "quality"),
    ("fmeval", r"fmeval", "quality"),
    ("garak", r"garak", "red-team"),
    ("pyrit", r"pyrit", "red-team"),
    ("locust", r"locust", "load"),
)
_IMPORT = tuple(
    (
        name,
        re.split(r"[\\(]", module)[0],
        regex(rf"^[ \t]{{0,80}}(?:from|import)[ \t]+{module}(?=[\s.,])", re.M),
        type_,
    )
    for name, module, type_ in _IMPORTS
)
# The same for packages of JavaScript and for Java.
_PACKAGES: tuple[tuple[str, str, str], ...] = (
    ("evalite", r"evalite(?:/[\w-]+)?", "quality"),
    ("autoevals", r"autoevals", "quality"),
    ("braintrust", r"braintrust", "quality"),
    ("vitest-evals", r"vitest-evals", "quality"),
    ("langsmith", r"langsmith/(?:evaluation|vitest|jest)", "quality"),
    ("mastra-evals", r"@mastra/evals(?:/[\w-]+)*", "quality"),
    ("promptfoo", r"promptfoo", "quality"),
)
_SCRIPT = tuple(
    (name, name.partition("-")[0], regex(rf"""(?:from|require\()\s{{0,5}}['"]{module}['"]"""), type_)
    for name, module, type_ in _PACKAGES
)
_SPRING = r"^import\s+org\.springframework\.ai\.(?:chat\.)?evaluation\."
_JAVA = (("spring-ai", "springframework.ai.", regex(_SPRING, re.M), "quality"),)
_K6 = regex(r"""(?:from|require\()\s{0,5}['"]k6(?:/|['"])""")
_SCRIPTS = (".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs")
# Programs that attack, in pipelines and scripts that start them.
_ATTACKERS = (
    ("garak", regex(r"(?:^|[\s/&|;])(?:garak|python3? -m garak)\s{1,4}--?\w", re.M)),
    ("promptfoo-redteam", regex(r"\bpromptfoo(?:@[\w.-]{1,20})?\s{1,4}redteam\s{1,4}(?:run|eval|generate)\b")),
)
_STARTS = (".yml", ".yaml", ".sh")
# Code of a suite holds one of these.
_WORDS = {
    ".py": tuple(word.encode() for _, word, _, _ in _IMPORT),
    ".java": tuple(word.encode() for _, word, _, _ in _JAVA),
    **dict.fromkeys(_SCRIPTS, (b"k6", *(word.encode() for _, word, _, _ in _SCRIPT))),
    **dict.fromkeys(_STARTS, (b"garak", b"redteam")),
}
_PROMPTFOO = regex(r"(^|/)(promptfooconfig[^/]*|[^/]*\.promptfoo)\.ya?ml$", re.I)
_THRESHOLD = regex(r"\b(?:threshold|min_score|pass_rate)\w{0,20}[\"']?\s{0,3}[:=]\s{0,3}(\d{1,3}(?:\.\d{1,6})?)", re.I)
_DATA = (".jsonl", ".json", ".csv")
_DATA_FOLDER = regex(r"^(evals?|evaluations?|golden[\w-]*|eval[_-][\w-]*)$", re.I)
_DATA_NAME = regex(r"^(golden|eval(uation)?)[_.-]", re.I)
_EXPECTED = frozenset(
    (
        *("expected", "expected_output", "expected_answer", "expectedanswer", "reference", "reference_answer", "ideal"),
        *("ground_truth", "groundtruth", "referenceresponse", "referenceresponses", "answer", "rubric", "target"),
        "golden_answer",
    )
)
_UNCOUNTED = Unknown("cases are built by code")
_GENERATED = Unknown("the cases are generated")


def read(files: Iterable[File]) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """Suites in files of every part but vendored ones; data sets count when they hold expected answers."""
    drafts: list[Draft] = []
    gaps: list[Gap] = []
    suites = [f for f in files if f.part not in (Part.VENDORED, Part.DOCS, Part.AGENT_INSTRUCTIONS)]
    own = OwnSuites(suites)
    for file in suites:
        try:
            text = file.text if _may_be_suite(file) else None
            found = list(_suites(file.path, text)) if text is not None else []
        except MalformedYaml as error:
            gaps.append(Gap("repo.evaluation", Plane.DECLARED, file.path, error.reason, error.line))
            continue
        suite = own.of(file) if not found else None
        if suite is not None:
            found = [_own(file, suite)]
        drafts += found
    return tuple(drafts), tuple(gaps)


def _own(file: File, suite: OwnSuite) -> Draft:
    threshold = _THRESHOLD.search(file.text or "")
    decides = threshold[1] if threshold is not None else None
    return _draft(file.path, suite.line, "quality", suite.grader, suite.cases, decides, _may_attack(file.text or ""))


def _may_be_suite(file: File) -> bool:
    """Whether a file may be a suite, told from its path and, for code, from the words in it."""
    suffix = suffix_of(file.path)
    if _PROMPTFOO.search(file.path) is not None:
        return True
    if suffix in _WORDS:
        return file.holds(_WORDS[suffix])
    return suffix in _DATA and _is_data_path(file.path)


def _suites(path: str, text: str) -> Iterator[Draft]:
    suffix = suffix_of(path)
    if _PROMPTFOO.search(path):
        yield _promptfoo(path, read_yaml(text, path))
    elif suffix == ".py":
        yield from _imported(path, text, _IMPORT)
    elif suffix == ".java":
        yield from _imported(path, text, _JAVA)
    elif suffix in _STARTS:
        found = ((name, match) for name, pattern in _ATTACKERS if (match := pattern.search(text)))
        yield from (_draft(path, line_of(text, match), "red-team", name, _GENERATED, None) for name, match in found)
    elif suffix in (".js", ".ts") and _K6.search(text):
        yield _draft(path, 1, "load", "k6", _UNCOUNTED, None)
    elif suffix in _SCRIPTS:
        yield from _imported(path, text, _SCRIPT)
    elif suffix in _DATA and _is_data_path(path):
        records = list(_records(suffix, text))
        cases = sum(_has_expected(record) for record in records)
        attacks = sum(is_attack(record) for record in records) >= MANY
        if cases:
            yield _draft(path, 1, "quality", "dataset", cases, None, attacks)
        elif attacks:
            yield _draft(path, 1, "red-team", "dataset", len(records), None)


def _imported(path: str, text: str, known: Iterable[tuple[str, str, re.Pattern[str], str]]) -> Iterator[Draft]:
    for name, word, pattern, type_ in known:
        match = pattern.search(text) if word in text else None
        if match:
            threshold = _THRESHOLD.search(text)
            decides = threshold[1] if threshold else None
            yield _draft(path, line_of(text, match), type_, name, _UNCOUNTED, decides, _may_attack(text))


def _promptfoo(path: str, config: Node) -> Draft:
    tests = config["tests"]
    counted = isinstance(tests.content, tuple) and not any(t.text() for t in tests.items())
    cases: int | Unknown = len(tests.items()) if counted else Unknown("the cases are in another file", present=True)
    if not tests.present:
        cases = _GENERATED if config["redteam"].present else 0
    type_ = "red-team" if config["redteam"].present else "quality"
    attacks = cases if isinstance(cases, Unknown) else sum(is_attack(plain(t)) for t in tests.items()) >= MANY
    return _draft(path, 1, type_, "promptfoo", cases, _asserted(config), attacks)


def _asserted(config: Node) -> str | None:
    """What decides: the first numeric threshold, else the types of the assertions."""
    asserts = [a for t in (config["defaultTest"], *config["tests"].items()) for a in t["assert"].items()]
    thresholds = [a["threshold"].content for a in asserts if isinstance(a["threshold"].content, int | float)]
    if thresholds:
        return str(thresholds[0])
    kinds = sorted({kind for a in asserts if (kind := a["type"].text())})
    return ", ".join(kinds) or None


def _may_attack(text: str) -> bool | Unknown:
    """Code that builds its cases attacks nothing unless it speaks of attacks."""
    return _UNCOUNTED if speaks_of_attacks(text) else False


def _draft(
    path: str,
    line: int,
    type_: str,
    framework: str,
    cases: int | Unknown,
    threshold: str | None,
    attacks: bool | Unknown = False,
) -> Draft:
    described = draft(
        Evaluation,
        Location(path, line),
        type=type_,
        framework=framework,
        path=path,
        cases=cases,
        threshold=threshold,
        covers=Unknown("not analysed by this version"),
        attacks=type_ == "red-team" or attacks,
    )
    return replace(described, identity=f"{path}:{framework}")


def _is_data_path(path: str) -> bool:
    *folders, name = path.split("/")
    return any(_DATA_FOLDER.match(f) for f in folders) or bool(_DATA_NAME.match(name))


def _records(suffix: str, text: str) -> Iterator[object]:
    try:
        if suffix == ".csv":
            yield from csv.DictReader(io.StringIO(text))
        elif suffix == ".jsonl":
            yield from (json.loads(line) for line in text.splitlines() if line.strip())
        else:
            data = json.loads(text)
            lists = [v for v in data.values() if isinstance(v, list)] if isinstance(data, dict) else [data]
            yield from (record for items in lists if isinstance(items, list) for record in items)
    except (ValueError, RecursionError, csv.Error):
        return


def _has_expected(record: object) -> bool:
    """A record with an expected answer, at its top or one level below (Bedrock: ``conversationTurns[0]``)."""
    if not isinstance(record, dict):
        return False
    inner = record.get("conversationTurns")
    nested = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], dict) else {}
    return any(str(key).lower().replace("-", "_") in _EXPECTED and value for key, value in {**nested, **record}.items())

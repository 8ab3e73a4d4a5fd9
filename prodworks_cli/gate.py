"""The CI gate: conditions on a report, and the exit code. A pure function of both, whatever the output is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from prodworks_cli.baseline import Baseline, newly_unknown
from prodworks_cli.report import (
    PILLARS,
    SEVERITIES,
    Gate,
    GateCondition,
    Report,
    RuleEntry,
    SubjectEntry,
    VerdictValue,
)
from prodworks_cli.verdict import LEVELS, RANK, Level

PASSED, FAILED, USAGE, UNDECIDED, EMPTY, INTERNAL = 0, 1, 2, 3, 4, 70
PRECEDENCE = (INTERNAL, USAGE, FAILED, UNDECIDED, EMPTY, PASSED)
REQUIRABLE: Mapping[str, VerdictValue] = {"pilot": "pilot", "production": "production-ready"}
IDS_SHOWN = 5


class GateError(ValueError):
    """A gate condition that cannot be understood; the message names it and what is allowed."""


@dataclass(frozen=True)
class Conditions:
    """The conditions of the gate; all that are set must hold. Numbers are whole percentages.

    ``pass_undecided`` lets a condition that could not be decided pass, ``allow_empty`` a target without a workload.
    """

    fail_on: str | None = None
    fail_on_new: str | None = None
    fail_under: int | None = None
    min_pillar: Mapping[str, int] = field(default_factory=dict)
    require: str | None = None
    min_coverage: int | None = None
    max_drop: int | None = None
    pass_undecided: bool = False
    allow_empty: bool = False

    @property
    def configured(self) -> bool:
        """Whether there is a gate at all; neither ``pass_undecided`` nor ``allow_empty`` makes one."""
        numbers = (self.fail_under, self.min_coverage, self.max_drop)
        texts = (self.fail_on, self.fail_on_new, self.require)
        return any(texts) or bool(self.min_pillar) or any(n is not None for n in numbers)


def conditions_of(settings: Mapping[str, Any], on_incomplete: str = "fail", allow_empty: bool = False) -> Conditions:
    """Conditions from options or the config's ``gate``; keys that are missing or None set none. Raises GateError.

    ``min_pillar`` is a mapping, or texts such as ``security=60``.
    """
    return Conditions(
        fail_on=_choice(settings, "fail_on", SEVERITIES),
        fail_on_new=_choice(settings, "fail_on_new", SEVERITIES),
        fail_under=_percent(settings.get("fail_under"), "fail_under"),
        min_pillar=_pillars(settings.get("min_pillar")),
        require=_choice(settings, "require", REQUIRABLE),
        min_coverage=_percent(settings.get("min_coverage"), "min_coverage"),
        max_drop=_percent(settings.get("max_drop"), "max_drop"),
        pass_undecided=_choice({"on_incomplete": on_incomplete}, "on_incomplete", ("fail", "pass")) == "pass",
        allow_empty=allow_empty,
    )


def _choice(settings: Mapping[str, Any], key: str, allowed: Iterable[str]) -> str | None:
    value = settings.get(key)
    if value is not None and value not in list(allowed):
        raise GateError(f"{key}: expected {', '.join(allowed)}; found {value}")
    return value


def _percent(value: Any, key: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise GateError(f"{key}: expected a whole number from 0 to 100; found {value}")
    return value


def _pillars(value: Any) -> dict[str, int]:
    if value is None:
        return {}
    if not isinstance(value, Mapping | list | tuple):
        raise GateError(f"min_pillar: expected PILLAR=N; found {value}")
    pairs = value.items() if isinstance(value, Mapping) else [_pair(text) for text in value]
    least = {}
    for pillar, number in pairs:
        if pillar not in PILLARS:
            raise GateError(f"min_pillar: {pillar} is no pillar; expected {', '.join(PILLARS)}")
        least[pillar] = _percent(number, f"min_pillar {pillar}") or 0
    return least


def _pair(text: Any) -> tuple[str, int]:
    pillar, equals, number = str(text).partition("=")
    if not (equals and number.strip().isascii() and number.strip().isdigit()):
        raise GateError(f"min_pillar: expected PILLAR=N such as security=60; found {text}")
    return pillar.strip(), int(number)


@dataclass(frozen=True)
class Earlier:
    """What a report is compared with: a baseline, and the score of the last run by the same rules."""

    baseline: Baseline | None = None
    last_score: int | None = None


def evaluate(
    report: Report, conditions: Conditions, earlier: Earlier | None = None, *, internal_error: bool = False
) -> Gate:
    """Judge the gate and choose the exit code. Nothing to audit decides no condition."""
    empty = report["verdict"]["value"] == "nothing-to-audit"
    results = [] if empty else list(_results(report, conditions, earlier or Earlier()))
    failed = any(c["passed"] is False for c in results)
    undecided = any(c["passed"] is None for c in results)
    codes = {
        INTERNAL: internal_error,
        FAILED: failed,
        UNDECIDED: undecided and not conditions.pass_undecided,
        EMPTY: empty and not conditions.allow_empty,
        PASSED: True,
    }
    known = conditions.configured and not empty and (failed or not undecided)
    return Gate(
        configured=conditions.configured,
        passed=not failed if known else None,
        conditions=results,
        exit_code=worst(code for code, holds in codes.items() if holds),
    )


def worst(codes: Iterable[int]) -> int:
    """The exit code that wins among several."""
    return min(codes, key=PRECEDENCE.index)


def _results(report: Report, conditions: Conditions, earlier: Earlier) -> Iterator[GateCondition]:
    if conditions.fail_on:
        yield _fail_on(report, conditions.fail_on)
    if conditions.fail_on_new:
        yield _fail_on_new(report, conditions.fail_on_new, earlier.baseline)
    if conditions.fail_under is not None:
        # The score is what is proven. Evidence that is missing is no reason to call a low score undecided.
        yield _at_least("score", report["score"]["score"], conditions.fail_under)
    pillars = {p["id"]: p for p in report["pillars"]}
    for pillar, least in conditions.min_pillar.items():
        yield (
            _at_least(pillar, pillars[pillar]["score"], least)
            if pillars[pillar]["applicable"]
            else _condition(pillar, f"at least {least}", "no rule applies", True)
        )
    if conditions.require:
        yield _require(report, conditions.require)
    if conditions.min_coverage is not None:
        yield _at_least("coverage", report["score"]["coverage"], conditions.min_coverage)
    if conditions.max_drop is not None:
        yield _max_drop(report, conditions.max_drop, earlier)


def _at_least(name: str, actual: float, least: int) -> GateCondition:
    return _condition(name, f"at least {least}", f"{actual:g}", actual >= least)


def _condition(name: str, required: str, actual: str, passed: bool | None) -> GateCondition:
    return GateCondition(name=name, required=required, actual=actual, passed=passed)


def _serious(report: Report, severity: str) -> list[RuleEntry]:
    limit = SEVERITIES.index(severity)
    return [r for r in report["rules"] if SEVERITIES.index(r["severity"]) <= limit]


def _fail_on(report: Report, severity: str) -> GateCondition:
    serious = _serious(report, severity)
    failing = [r for r in serious if r["status"] in ("fail", "partly")]
    unknown = [r for r in serious if r["status"] == "unknown"]
    return _no_gap("fail-on", f"no gap of severity {severity}", severity, failing, unknown)


def _fail_on_new(report: Report, severity: str, baseline: Baseline | None) -> GateCondition:
    """Gaps of rules that are newer than the baseline are reported and never fail it."""
    required = f"no new gap of severity {severity}"
    if baseline is None:
        return _condition("fail-on-new", required, "no baseline to compare with", None)
    serious = _serious(report, severity)
    failing = [r for r in serious if any(_is_new(s) for s in r["subjects"])]
    unknown = [r for r in serious if newly_unknown(r, baseline)]
    return _no_gap("fail-on-new", required, severity, failing, unknown)


def _is_new(subject: SubjectEntry) -> bool:
    return subject["status"] == "fail" and subject.get("baseline") == "new"


def _no_gap(
    name: str, required: str, severity: str, failing: list[RuleEntry], unknown: list[RuleEntry]
) -> GateCondition:
    required += "" if severity == "critical" else " or worse"
    if failing:
        return _condition(name, required, f"{_count(failing, 'gap')}: {_ids(failing)}", False)
    if unknown:
        return _condition(name, required, f"{_count(unknown, 'rule')} undecided: {_ids(unknown)}", None)
    return _condition(name, required, "none", True)


def _max_drop(report: Report, most: int, earlier: Earlier) -> GateCondition:
    """The drop since the baseline, else since the last run. Scores of other rules cannot be compared."""
    required = f"a drop of at most {most}"
    baseline, score = earlier.baseline, report["score"]["score"]
    if baseline and baseline.pack != report["pack"]["sha256"]:
        return _condition("max-drop", required, "the baseline is of other rules: write it again", None)
    before = baseline.score if baseline else earlier.last_score
    if before is None:
        return _condition("max-drop", required, "no baseline and no earlier run by these rules", None)
    return _condition("max-drop", required, f"{before} to {score}", before - score <= most)


def _count(rules: list[RuleEntry], noun: str) -> str:
    return f"{len(rules)} {noun}{'' if len(rules) == 1 else 's'}"


def _ids(rules: list[RuleEntry]) -> str:
    more = f", and {len(rules) - IDS_SHOWN} more" if len(rules) > IDS_SHOWN else ""
    return ", ".join(r["id"] for r in rules[:IDS_SHOWN]) + more


def _require(report: Report, wanted: str) -> GateCondition:
    actual, goal = report["verdict"]["value"], REQUIRABLE[wanted]
    if RANK[actual] >= RANK[goal]:
        return _condition("require", goal, actual, True)
    level = next(level for level in LEVELS if level.value == goal)
    if _surely_below(report, level):
        return _condition("require", goal, actual, False)
    return _condition("require", goal, f"{actual}, for lack of evidence only", None)


def _surely_below(report: Report, level: Level) -> bool:
    """Whether the verdict would be missed even if all that is unproven turned out well.

    The report lists what blocks the next verdict only, so conditions of the one after it are looked up again.
    """
    blocked = any(b["state"] == "failed" for b in report["verdict"]["blocking"])
    rules = any(
        r["status"] in ("fail", "partly") and (r["gate"] in level.gates or r["severity"] == "critical")
        for r in report["rules"]
    )
    parts = [(report["score"], level.score), *((p, level.pillar) for p in report["pillars"] if p["applicable"])]
    return blocked or rules or any(p["accepted"] + p["gap"] > 100 - least for p, least in parts)

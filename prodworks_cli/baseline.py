"""Baselines: the findings of an earlier audit, and what is new, known and fixed since. Never part of the score."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from prodworks_cli.judge import UNSEEN
from prodworks_cli.report import Baseline as Class
from prodworks_cli.report import BaselineEntry, FixedEntry, Report, RuleEntry, SubjectEntry

FORMAT = "prodworks-baseline/1"
OPEN = ("fail", "waived")
KEPT = (*OPEN, "unknown")


class BaselineError(ValueError):
    """A file that is no baseline; the message says what was expected."""


@dataclass(frozen=True)
class Known:
    """A finding of the earlier audit: ``status`` is fail, waived or unknown."""

    fingerprint: str
    rule: str
    title: str
    identity: str
    status: str


@dataclass(frozen=True)
class Baseline:
    """What an earlier audit found. ``rules`` are all that judged then, ``pack`` is the digest of their files."""

    source: str
    commit: str | None
    score: int
    pack: str
    rules: frozenset[str]
    findings: Mapping[str, Known]


def baseline_of(report: Report, source: str) -> Baseline:
    """The baseline that a report makes."""
    known = [
        Known(s["fingerprint"], r["id"], _title(r), s["identity"], s["status"])
        for r in report["rules"]
        for s in r["subjects"]
        if s["status"] in KEPT
    ]
    return Baseline(
        source=source,
        commit=report["target"]["commit"],
        score=report["score"]["score"],
        pack=report["pack"]["sha256"],
        rules=frozenset(r["id"] for r in report["rules"]),
        findings={k.fingerprint: k for k in sorted(known, key=lambda k: (k.rule, k.identity))},
    )


def read_alike(baseline: Baseline, code: Report, report: Report) -> Baseline:
    """The baseline as it were if ``report``, which read more than it and than ``code`` did, were read like these two.

    What ``code`` and ``report`` say differently about the same files did not change since the baseline: there it is
    what it is in ``report``, and the score moves by as much.
    """
    alone, more = baseline_of(code, baseline.source), baseline_of(report, baseline.source)
    same = {f: known for f, known in baseline.findings.items() if _status(alone, f) == _status(more, f)}
    by_reading = {f: known for f, known in more.findings.items() if known.status != _status(alone, f)}
    findings = sorted({**same, **by_reading}.values(), key=lambda k: (k.rule, k.identity))
    return replace(
        baseline,
        source=f"{baseline.source} (CDK code; what its cloud assembly adds counts as known)",
        score=baseline.score + more.score - alone.score,
        findings={known.fingerprint: known for known in findings},
    )


def _status(baseline: Baseline, fingerprint: str) -> str | None:
    known = baseline.findings.get(fingerprint)
    return known.status if known else None


def _title(rule: RuleEntry) -> str:
    return rule["gap"] if rule["status"] in ("fail", "partly", "waived") else rule["title"]


def dump(baseline: Baseline) -> str:
    """The baseline as JSON text, one finding a line, so that a review shows what changed."""
    head = {
        "format": FORMAT,
        "commit": baseline.commit,
        "score": baseline.score,
        "pack": baseline.pack,
        "rules": sorted(baseline.rules),
    }
    lines = [f'  "{key}": {json.dumps(value)},' for key, value in head.items()]
    findings = [f"    {json.dumps(asdict(known))}" for known in baseline.findings.values()]
    listed = ["  " + '"findings": [', ",\n".join(findings), "  ]"] if findings else ['  "findings": []']
    return "\n".join(["{", *lines, *listed, "}"]) + "\n"


def load(text: str, source: str) -> Baseline:
    """Read a baseline, or the JSON report of an audit. Raises :class:`BaselineError`."""
    try:
        data = json.loads(text)
        if isinstance(data, Mapping) and "schema_version" in data:
            return baseline_of(cast(Report, data), source)
        if not isinstance(data, Mapping) or data.get("format") != FORMAT:
            raise BaselineError(f"{source}: no baseline; write one with prodworks baseline write")
        return _loaded(data, source)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, BaselineError):
            raise
        raise BaselineError(f"{source}: the baseline is damaged ({type(error).__name__}); write it again") from error


def _loaded(data: Mapping[str, Any], source: str) -> Baseline:
    known = [Known(**{key: str(value) for key, value in entry.items()}) for entry in data["findings"]]
    return Baseline(
        source=source,
        commit=data["commit"] if data["commit"] is None else str(data["commit"]),
        score=int(data["score"]),
        pack=str(data["pack"]),
        rules=frozenset(map(str, data["rules"])),
        findings={k.fingerprint: k for k in known},
    )


def compare(report: Report, baseline: Baseline) -> BaselineEntry:
    """Mark each subject of ``report`` with its class, and say what changed in numbers.

    A gap is fixed when its subject was judged and holds, or is gone from a rule that saw everything. One of a rule that
    did not judge this time, or whose subject could not be seen, is not.
    """
    counts: dict[Class | None, int] = {}
    for rule in report["rules"]:
        for subject in rule["subjects"]:
            mark = class_of(subject, rule["id"], baseline)
            if mark:
                subject["baseline"] = mark
            if subject["status"] == "fail":
                counts[mark] = counts.get(mark, 0) + 1
    return BaselineEntry(
        source=baseline.source,
        new=counts.get("new", 0),
        known=counts.get("known", 0),
        new_rule=counts.get("new-rule", 0),
        fixed=list(_fixed(report, baseline)),
    )


def class_of(subject: SubjectEntry, rule: str, baseline: Baseline) -> Class | None:
    """The class of one subject; ``None`` where there is no gap and was none."""
    known = baseline.findings.get(subject["fingerprint"])
    was_open = known is not None and known.status in OPEN
    if subject["status"] in OPEN:
        if was_open:
            return "known"
        return "new" if rule in baseline.rules else "new-rule"
    if not was_open:
        return None
    return "known" if subject["status"] == "unknown" else "fixed"


def _fixed(report: Report, baseline: Baseline) -> Iterator[FixedEntry]:
    statuses = {s["fingerprint"]: s["status"] for r in report["rules"] for s in r["subjects"]}
    blind = {r["id"] for r in report["rules"] if any(_unseen(s) for s in r["subjects"])}
    judged = {r["id"] for r in report["rules"]}
    for known in baseline.findings.values():
        status = statuses.get(known.fingerprint)
        gone = status is None and known.rule in judged and known.rule not in blind
        if known.status in OPEN and (gone or status in ("pass", "not-applicable")):
            yield FixedEntry(rule=known.rule, title=known.title, identity=known.identity, fingerprint=known.fingerprint)


def _unseen(subject: SubjectEntry) -> bool:
    return subject["identity"] == UNSEEN and subject["status"] == "unknown"


def newly_unknown(rule: RuleEntry, baseline: Baseline) -> bool:
    """Whether the rule has a subject that cannot be decided and was decided, or not there, at the baseline."""
    return rule["id"] in baseline.rules and any(
        s["status"] == "unknown" and s["fingerprint"] not in baseline.findings for s in rule["subjects"]
    )

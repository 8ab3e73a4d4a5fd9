"""Where the report stands and what comes next, in words that all formats for people share."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from prodworks_cli.render import view
from prodworks_cli.report import PILLARS, Blocking, ConfigChange, Report, RoadmapEntry, WaiverEntry

_WEAK_PILLAR = re.compile(r"(\w+) \d+, needs (\d+)")


@dataclass(frozen=True)
class Leg:
    """The part of the way to one better verdict: how many steps and hours it adds, and the score at its end."""

    verdict: str
    steps: int
    hours: float
    score: int

    @property
    def name(self) -> str:
        """The verdict that it reaches."""
        return view.MILESTONES[self.verdict]


def legs(report: Report) -> list[Leg]:
    """The way to the better verdicts. A later milestone may list the rules of an earlier one: they count once."""
    cost = {rule["id"]: rule["hours"] for rule in report["rules"]}
    done: set[str] = set()
    found = []
    for step in report["verdict"]["next"]:
        new = [rule for rule in dict.fromkeys(step["rules"]) if rule not in done]
        done.update(new)
        found.append(Leg(step["verdict"], len(new), math.fsum(cost.get(rule, 0.0) for rule in new), step["score"]))
    return found


def next_steps(report: Report) -> str:
    """What it takes to reach the better verdicts: "2 steps, 11 h, take it to Pilot (score 57); 7 more, ..."."""
    if report["verdict"]["value"] == "nothing-to-audit":
        return view.NOTHING_FOUND
    found = legs(report)
    if not found:
        return _no_steps(report)
    first, *more = found
    verb = "takes" if first.steps == 1 else "take"
    work = f"{view.plural(first.steps, 'step')}, {view.hours(first.hours)}"
    parts = [f"{work}, {verb} it to {first.name} (score {first.score})"]
    parts += [f"{leg.steps} more, {view.hours(leg.hours)}, to {leg.name} (score {leg.score})" for leg in more]
    return "; ".join(parts) + "."


def _no_steps(report: Report) -> str:
    if report["verdict"]["value"] != "production-ready":
        return "No list of fixes alone reaches the next verdict; see what blocks it."
    left = len(report["roadmap"])
    if not left:
        return "Every gate is proven and nothing is left to do."
    spent = view.hours(math.fsum(step["hours"] for step in report["roadmap"]))
    return f"Every gate is proven. {view.plural(left, 'improvement')} left, {spent}, none of them blocking."


def blockers(report: Report) -> list[str]:
    """What keeps the next verdict away, in short: gate rules counted, weak pillars together, the rest in full."""
    blocking = report["verdict"]["blocking"]
    texts = [
        f"{view.plural(count, f'{gate} gate')} {state}"
        for gate in ("pilot", "production")
        for state in ("failed", "unproven")
        if (count := _count(blocking, gate, state))
    ]
    conditions = [entry["condition"] for entry in blocking if entry["rule"] is None]
    weak = {text: found for text in conditions if (found := _WEAK_PILLAR.fullmatch(text)) and found[1] in PILLARS}
    if len(weak) > 1:
        names = [found[1] for found in weak.values()]
        least = next(iter(weak.values()))[2]
        conditions = [text for text in conditions if text not in weak]
        conditions.append(f"{', '.join(names[:-1])} and {names[-1]} under {least}")
    return list(dict.fromkeys(texts + conditions))


def grade_limit(report: Report) -> str:
    """What holds the grade down: the worst limit, how many more there are, and the grade before; else nothing."""
    score = report["score"]
    if score["grade"] == score["grade_uncapped"] or not score["caps"]:
        return ""
    first, *more = score["caps"]
    others = f" and {view.plural(len(more), 'more limit')}" if more else ""
    return f"{score['grade_uncapped']} before limits: {first['reason']}{others}"


def blockers_and_limit(report: Report) -> list[str]:
    """What keeps the next verdict away, and what holds the grade down."""
    limit = grade_limit(report)
    return [*blockers(report), *([f"grade {limit}"] if limit else [])]


def _count(blocking: Sequence[Blocking], gate: str, state: str) -> int:
    return sum(1 for entry in blocking if entry["rule"] and (entry["gate"], entry["state"]) == (gate, state))


def change(report: Report) -> str:
    """How the score moved since the last run: "+6 since 2026-11-10"; nothing without an earlier run."""
    history = report.get("history", [])
    previous = report["score"].get("previous")
    if previous is None:
        if not history:
            return ""
        previous = history[-1]["score"]
    moved = report["score"]["score"] - previous
    since = f"since {view.day(history[-1]['at'])}" if history else "since the last run"
    return f"{moved:+d} {since}" if moved else f"unchanged {since}"


def pillar_change(report: Report, pillar: str) -> str:
    """How a pillar's score moved since the last run; nothing when that is not known."""
    history = report.get("history", [])
    before = history[-1]["pillars"].get(pillar) if history else None
    now = next((entry["score"] for entry in report["pillars"] if entry["id"] == pillar and entry["applicable"]), None)
    return "" if before is None or now is None else f"{now - before:+d}" if now != before else "\u00b10"


def baseline(report: Report) -> str:
    """What changed against the baseline: "2 new, 3 known, 1 fixed, against git:main"; nothing without one."""
    found = report.get("baseline")
    if found is None:
        return ""
    newer = f", {found['new_rule']} by newer rules" if found["new_rule"] else ""
    return f"{found['new']} new, {found['known']} known, {len(found['fixed'])} fixed{newer}, against {found['source']}"


def waiver(entry: WaiverEntry) -> str:
    """Who accepted a failure, until when, and why."""
    return (
        f"{entry['kind']} by {entry['owner']}, approved by {entry['approved_by']}, until {entry['expires']}: "
        f"{entry['reason']}"
    )


def config_change(entry: ConfigChange) -> str:
    """What the config says instead of a default."""
    return entry["value"] + (f" (default: {entry['default']})" if entry["default"] else "")


def grants(report: Report) -> list[str]:
    """The IAM actions that would let the audit see more."""
    return sorted({gap["action"] for gap in report["scan"]["gaps"] if gap["action"]})


@dataclass(frozen=True)
class Share:
    """What one owner has to do: steps, hours, points, and the day of the last step where it has one."""

    owner: str | None
    steps: int
    hours: float
    points: float
    due: str | None


def workload(report: Report) -> list[Share]:
    """The path by owner, the most work first; what nobody owns comes first of all."""
    by_owner: dict[str | None, list[RoadmapEntry]] = {}
    for step in report["roadmap"]:
        by_owner.setdefault(step["owner"], []).append(step)
    found = [
        Share(
            owner,
            len(steps),
            math.fsum(step["hours"] for step in steps),
            math.fsum(step["gain"] for step in steps),
            max((step["due"] for step in steps if step["due"]), default=None),
        )
        for owner, steps in by_owner.items()
    ]
    return sorted(found, key=lambda share: (share.owner is not None, -share.hours, share.owner or ""))

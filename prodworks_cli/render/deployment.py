"""What every format says of declared and deployed resources: the counts, and the entries that need a look."""

from __future__ import annotations

from collections import Counter

from prodworks_cli.render import view
from prodworks_cli.report import DeploymentEntry, PlaceEntry, Report

TITLE = "Declared and deployed"
STATES = {
    "deployed": "declared and deployed",
    "not-deployed": "declared, not deployed",
    "not-declared": "deployed, not declared",
    "missing": "named, not in the account",
    "unknown": "not known",
}


def entries(report: Report) -> list[DeploymentEntry]:
    """Those that differ, are only declared or only deployed, or are not known."""
    return [e for e in report.get("deployment", []) if e["differences"] or e["state"] != "deployed"]


def summary(report: Report) -> str:
    """How many there are of each, in one line; "" where no account was read."""
    listed = report.get("deployment", [])
    counts: Counter[str] = Counter(entry["state"] for entry in listed)
    differing = sum(bool(entry["differences"]) for entry in listed)
    words = [f"{counts[state]} {name}" for state, name in STATES.items() if counts[state]]
    return ", ".join([*words[:1], *([f"{differing} of them differently"] if differing else []), *words[1:]])


def lines(entry: DeploymentEntry) -> list[str]:
    """What there is to say of one entry: each difference with both places, or why it is as it is."""
    if not entry["differences"]:
        return [f"{STATES[entry['state']]}{': ' if entry['reason'] else ''}{entry['reason']}"]
    return [
        f"{d['attribute']}: {d['declared']} at {where(d['declared_at'])}, {d['deployed']} in {where(d['deployed_at'])}"
        for d in entry["differences"]
    ]


def where(place: PlaceEntry) -> str:
    """A file with its line, or an ARN."""
    return view.place(place["where"], place["line"])


def first(entry: DeploymentEntry) -> str:
    """Where it is declared, else what it is in the account."""
    place = entry["declared"] or entry["deployed"]
    return where(place) if place else ""

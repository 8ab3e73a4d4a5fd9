"""The HTML format: one self-contained page that asks nothing of the network and needs no script to be complete."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from prodworks_cli.data import data_dir
from prodworks_cli.render import charts, deployment, progress, view
from prodworks_cli.render.text import clean_report
from prodworks_cli.report import PILLARS, SEVERITIES, InventoryEntry, Report
from prodworks_cli.score import CREDIT, SEVERITY_WEIGHT
from prodworks_cli.verdict import LEVELS

_FIRST_SUBJECTS = 5  # shown with their evidence
_MAX_SUBJECTS = 300  # listed under one rule
_ALL_SUBJECTS = 3_000  # listed in the whole page, shared by the rules that have many
_MAX_ROWS = 300  # files, gaps, and resources of one type
_MANY_SUBJECTS = 300  # beyond it the page says that findings are grouped by rule
_FIRST_STEPS = 10  # of the path on the first printed page
_RUNS = 12  # of the history


def render(report: Report) -> str:
    """The report as one HTML page. The same report gives the same bytes."""
    report = clean_report(report)
    environment = _environment()
    style, script = _inline("report.css"), _inline("report.js")
    page = environment.get_template("report.html.j2").render(
        report=report,
        groups=view.group_rules(report),
        rules={rule["id"]: rule for rule in report["rules"]},
        inventory=_by_type(report),
        deployment=deployment,
        work=list(accumulate(step["hours"] for step in report["roadmap"])),
        title=_title(report),
        style=style,
        script=script,
        style_hash=_digest(style),
        script_hash=_digest(script),
        max_subjects=_subject_limit(report),
        subject_count=sum(len(rule["subjects"]) for rule in report["rules"]),
        climb=charts.climb(report),
        trend=charts.trend(report),
        policy=_policy(progress.grants(report)),
    )
    return page + "\n"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(data_dir("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        view=view,
        progress=progress,
        charts=charts,
        weights=SEVERITY_WEIGHT,
        credits=CREDIT,
        levels=LEVELS,
        pillar_names=PILLARS,
        severities=SEVERITIES,
        first_subjects=_FIRST_SUBJECTS,
        max_rows=_MAX_ROWS,
        many_subjects=_MANY_SUBJECTS,
        first_steps=_FIRST_STEPS,
        runs=_RUNS,
    )
    environment.filters.update(anchor=_anchor, stamp=_stamp)
    return environment


def _inline(name: str) -> Markup:
    """A packaged file as it is: no report text ever gets into it."""
    return Markup(data_dir("templates").joinpath("html", name).read_text("utf-8"))  # noqa: S704


def _digest(text: str) -> str:
    """The Content-Security-Policy source that allows exactly this inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _title(report: Report) -> str:
    verdict = view.VERDICTS[report["verdict"]["value"]]
    scored = report["verdict"]["value"] != "nothing-to-audit"
    score = f", {report['score']['score']}/100" if scored else ""
    return f"{verdict}{score}: {report['target']['name']}"


def _policy(actions: Sequence[str]) -> str:
    """The IAM policy that grants what was denied; empty where nothing was."""
    if not actions:
        return ""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2, ensure_ascii=False)


def _anchor(rule_id: str) -> str:
    """A rule id as an HTML id: stable, and free of blanks."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", rule_id)


def _stamp(iso: str) -> str:
    """An ISO 8601 time to the minute, for people."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*?(Z|\+00:00)?", iso)
    return f"{found[1]} {found[2]}{' UTC' if found[3] else ''}" if found else iso


def _by_type(report: Report) -> dict[str, list[InventoryEntry]]:
    found: dict[str, list[InventoryEntry]] = {}
    for entry in report["inventory"]:
        found.setdefault(entry["type"], []).append(entry)
    return dict(sorted(found.items()))


def _subject_limit(report: Report) -> int:
    """How many subjects a rule may list, so that the page stays near a megabyte however large the audit was."""
    return _fair_share((len(rule["subjects"]) for rule in report["rules"]), _ALL_SUBJECTS, _MAX_SUBJECTS)


def _fair_share(wanted: Iterable[int], total: int, most: int) -> int:
    counts = sorted(wanted)
    for limit in range(most, _FIRST_SUBJECTS, -5):
        if sum(min(count, limit) for count in counts) <= total:
            return limit
    return _FIRST_SUBJECTS

"""What the team decided is in every format for people: what changed, which waivers ended, what the config changed."""

from __future__ import annotations

import pytest

from prodworks_cli.render import RENDERERS
from prodworks_cli.render.terminal import MAX_LINES, render
from prodworks_cli.report import BaselineEntry, ConfigChange, Report, WaiverNote
from tests.render import samples


def decided(count: int = 1) -> Report:
    report = samples.not_ready()
    report["baseline"] = BaselineEntry(source="git:main", new=2, known=3, new_rule=0, fixed=[])
    report["waivers"] = [
        WaiverNote(rule=f"rule-{n}", subject="queue.jobs", state="expired", owner="ann", expires="2026-11-01")
        for n in range(count)
    ]
    report["config"] = [ConfigChange(key="gate.fail_under", value="40", default="not set")] * count
    return report


def test_the_first_screen_says_what_explains_the_gate_and_stays_one_screen() -> None:
    text = render(decided(50), width=80)
    assert "2 new, 3 known, 0 fixed, against git:main" in text
    assert "! expired 2026-11-01: rule-0, queue.jobs, owner ann" in text
    assert "+48 more expired" in text
    assert len(text.splitlines()) <= MAX_LINES


def test_the_long_terminal_report_has_all_of_it() -> None:
    text = render(decided(3), width=120, verbosity=1)
    assert "Waivers and attestations to look at (3)" in text
    assert "gate.fail_under: 40 (default: not set)" in text


@pytest.mark.parametrize("name", ["html", "markdown"])
def test_pages_say_what_the_config_changed(name: str) -> None:
    text = RENDERERS[name](decided())
    assert "gate.fail&#95;under" in text or "gate.fail_under" in text
    assert "rule-0" in text


def test_nothing_decided_is_nothing_said() -> None:
    report = samples.not_ready()
    for key in ("baseline", "waivers", "config"):
        report.pop(key, None)  # type: ignore[misc]
    text = render(report, width=120, verbosity=1)
    for absent in ("Waivers and attestations", "Defaults that the config", "against"):
        assert absent not in text

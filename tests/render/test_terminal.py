import re

import pytest

from prodworks_cli.render.terminal import MAX_LINES, render
from prodworks_cli.report import Report
from tests.render import samples
from tests.render.golden import check_golden
from tests.render.hostile import HOSTILE

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("not-ready-80.txt", render(samples.not_ready(), width=80)),
        ("not-ready-80-ascii.txt", render(samples.not_ready(), width=80, unicode=False)),
        ("not-ready-140.txt", render(samples.not_ready(), width=140)),
        ("not-ready-100-vv.txt", render(samples.not_ready(), width=100, verbosity=2)),
        ("ready-80.txt", render(samples.ready(), width=80)),
        ("nothing-80.txt", render(samples.nothing(), width=80)),
    ],
)
def test_golden(name: str, text: str) -> None:
    check_golden(name, text)


@pytest.mark.parametrize(
    "sample",
    [samples.not_ready(), samples.with_history(), samples.ready(), samples.nothing(), samples.large()],
)
@pytest.mark.parametrize("width", [80, 100, 116, 160])
def test_one_screen_by_default(sample: Report, width: int) -> None:
    assert len(render(sample, width=width).splitlines()) <= MAX_LINES


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("verbosity", [-1, 0, 1, 2])
def test_hostile_text_is_shown_and_never_acts(text: str, verbosity: int) -> None:
    shown = render(samples.hostile(text), width=80, verbosity=verbosity)
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert verbosity > 0 or len(shown.splitlines()) <= MAX_LINES


def test_markup_is_not_interpreted() -> None:
    report = samples.not_ready()
    report["target"]["name"] = "[red]x[/red] :boom:"
    assert " [red]x[/red] :boom: @ 3f9c2e1" in render(report, color=True).replace("\x1b[1m", "").replace("\x1b[0m", "")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_ascii_only(text: str) -> None:
    assert render(samples.hostile(text), unicode=False, verbosity=2).isascii()


def test_colour_only_repeats_what_the_text_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    coloured = render(samples.not_ready(), width=80, color=True)
    assert "\x1b[" in coloured
    assert ANSI.sub("", coloured) == render(samples.not_ready(), width=80)


def test_no_colour_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" not in render(samples.not_ready())


def test_places_are_never_cut_or_wrapped() -> None:
    report = samples.not_ready()
    path = "a-long-folder-name/" * 12 + "main.tf"
    report["rules"][0]["subjects"][0]["where"] = path
    assert f"    {path}:41" in render(report, width=80).splitlines()


def test_each_gap_has_its_place_under_its_title() -> None:
    lines = render(samples.not_ready(), width=80).splitlines()
    at = next(index for index, line in enumerate(lines) if "Prompt attacks" in line)
    assert lines[at].startswith("  1 critical (drift) Prompt attacks reach")
    assert lines[at + 1] == "    infra/chat.tf:41"


def test_verbosity_adds_gaps_then_evidence() -> None:
    quiet, normal, gaps, evidence = (render(samples.large(), verbosity=level) for level in (-1, 0, 1, 2))
    assert "Five questions" not in quiet
    assert "Gate" in quiet
    assert "+45 more" in normal
    assert gaps.count("rule-0") == 50
    assert "bedrock:GetGuardrail" not in gaps
    assert evidence.count("bedrock:GetGuardrail") == 50 * 5
    assert evidence.count("     +5 more") == 50


def test_long_evidence_names_the_grant() -> None:
    shown = render(samples.not_ready(), verbosity=1)
    assert "   grant bedrock:GetModelInvocationLoggingConfiguration\n" in shown
    assert " infra/legacy.tf:12: aws.iam.role (declared): unexpected '}'\n" in shown


def test_bar_is_filled_exactly() -> None:
    bar = render(samples.not_ready(), width=80, unicode=False).splitlines()[3]
    assert bar == " [" + "#" * 34 + "/" * 6 + "=" * 4 + "." * 28 + "]"


def test_change_and_news_are_shown() -> None:
    report = samples.with_history()
    shown = render(report, width=100)
    assert "47/100 proven  (+6 since 2026-10-20)" in shown
    assert "(new, drift) Prompt attacks" in shown
    report["rules"][2]["subjects"] = report["rules"][2]["subjects"][1:2]
    assert "accept-risk by app, approved by m.jensen, until 2026-12-31" in render(report, verbosity=2)

import html
import re

import pytest

from prodworks_cli.render.markdown import MARKER, MAX_CHARS, render
from prodworks_cli.render.markdown_parts import code, escape, fence
from tests.render import samples
from tests.render.golden import check_golden
from tests.render.hostile import HOSTILE

TAG = re.compile(r"</?[a-z!][^>]*>?", re.IGNORECASE)
OURS = {
    *(f"<{end}{name}>" for name in ("details", "summary", "b", "code", "sub") for end in ("", "/")),
    "<br>",
    MARKER,
    "<https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-prompt-attack.html>",
}
TAG_OR_LINK = re.compile(r"<[^\s][^>]*>")


def outside_fences(text: str) -> str:
    return re.sub(r"(?ms)^(`{3,})\n.*?^\1$", "", text)


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("not-ready.md", samples.not_ready),
        ("with-history.md", samples.with_history),
        ("ready.md", samples.ready),
        ("nothing.md", samples.nothing),
    ],
)
def test_golden(name: str, sample: object) -> None:
    assert callable(sample)
    check_golden(name, render(sample()))


def test_marker_then_gate_then_verdict() -> None:
    blocks = render(samples.not_ready()).split("\n\n")
    assert blocks[:2] == [MARKER, "### Gate failed"]
    assert blocks[3] == "## Not ready: 47/100 proven, grade D"
    assert render(samples.ready()).split("\n\n")[1] == "## Production-ready: 97/100 proven, grade A"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_adds_no_markup(text: str) -> None:
    shown = render(samples.hostile(text))
    assert len(shown) <= MAX_CHARS
    prose = outside_fences(shown)
    assert set(TAG_OR_LINK.findall(prose)) <= OURS
    assert not re.search(r"@\w", prose)
    assert not re.search(r"https?://evil", prose)
    assert "www.evil" not in prose
    assert prose.count("`") == 0
    assert all(char.isprintable() or char == "\n" for char in shown)
    widths = [[row.count(" | ") for row in block.splitlines()] for block in prose.split("\n\n") if block[:2] == "| "]
    assert widths
    assert all(len(set(counts)) == 1 for counts in widths)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_escaping_keeps_the_text(text: str) -> None:
    assert html.unescape(escape(text, 20_000)).replace("\u200b", "") == html.unescape(text).replace("\u200b", "")
    inside = code(text, 20_000).removeprefix("<code>").removesuffix("</code>")
    assert not re.search("[<>`|@]", inside)


def test_a_fence_is_longer_than_what_it_holds() -> None:
    assert fence("a\n````\nb") == "`````\na\n````\nb\n`````"


def test_degrades_in_the_stated_order_and_says_so() -> None:
    shown = render(samples.large())
    assert len(shown) <= MAX_CHARS
    assert (
        "_Left out to stay within 60,000 characters: the inventory, proven and not applicable rules, places that could "
        "not be read, snippets, evidence. The HTML and JSON reports have all of it._"
    ) in shown
    assert "Left out" not in render(samples.not_ready())


@pytest.mark.parametrize(("rules", "subjects"), [(2_000, 1), (100, 20), (1, 2_000)])
def test_2000_findings_stay_within_the_limit_and_what_is_missing_is_said(rules: int, subjects: int) -> None:
    report = samples.large(rules, subjects)
    shown = render(report)
    assert len(shown) < MAX_CHARS
    left_out = "Left out to stay within 60,000 characters" in shown
    assert left_out == (rules > 1)
    assert f"Gaps ({rules})" in shown or f"Gaps: {rules:,}" in shown or f"Gaps: {rules}" in shown
    assert rules > 1 or "+1995 more" in shown


def test_a_baseline_puts_what_is_new_first_and_folds_what_was_known() -> None:
    shown = render(samples.with_history())
    new, questions = shown.index("| New in this change |"), shown.index("| Question |")
    assert shown.index("### Gate failed") < new < shown.index("**Fixed (1)**") < questions
    assert "Prompt attacks reach the model" in shown[new:questions]
    assert "### Gaps (1)" in shown
    assert "<details><summary>Gaps known before (2)</summary>" in shown
    assert "Expired: owner-named" in shown
    assert "Score +6 since 2026-10-20." in shown
    report = samples.with_history()
    report["rules"][0]["subjects"][0]["baseline"] = "known"
    report["baseline"]["fixed"] = []
    assert "Nothing new in this change." in render(report)
    assert "Fixed" not in render(report).split("| Question |")[0]


def test_many_changes_are_counted() -> None:
    report = samples.large(3, 300)
    report["baseline"] = {"source": "a.json", "new": 900, "known": 0, "new_rule": 0, "fixed": []}
    for rule in report["rules"]:
        for subject in rule["subjects"]:
            subject["baseline"] = "new"
    shown = render(report)
    assert len(shown) <= MAX_CHARS
    assert "+700 more" in shown or "+870 more" in shown


@pytest.mark.parametrize("text", ["@" * 5_000, "&" * 5_000, "\u202e" * 5_000])
def test_the_limit_holds_whatever_the_report(text: str) -> None:
    report = samples.large(400, 20)
    for rule, step in zip(report["rules"], report["roadmap"], strict=True):
        rule["gap"] = rule["reason"] = step["title"] = step["rule"] = step["owner"] = text
        step["severity"] = step["due"] = text
        rule["subjects"][0]["where"] = text
    for question in report["questions"]:
        question["because"] = question["text"] = text
    report["gate"]["conditions"] *= 100
    for condition in report["gate"]["conditions"]:
        condition["name"] = condition["required"] = condition["actual"] = text
    report["verdict"]["blocking"] = [
        {"gate": "pilot", "rule": None, "condition": f"{number}{text}", "state": "failed"} for number in range(100)
    ]
    assert len(render(report)) <= MAX_CHARS


def test_tag_pattern_finds_what_it_should() -> None:
    assert TAG.findall("<b>x</b><!-- y -->") == ["<b>", "</b>", "<!-- y -->"]

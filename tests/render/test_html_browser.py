"""The HTML report in a real browser: the first screen, accessibility, the network, a phone, paper, scripts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from prodworks_cli.render import view
from prodworks_cli.render.html import render
from prodworks_cli.report import Report
from tests.render import samples
from tests.render.hostile import HOSTILE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

SCREEN: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
A4_WIDTH, A4_HEIGHT = 688, 1024  # CSS pixels inside the margins of the printed page
ATTACK = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
SAMPLES = {
    "not ready": samples.not_ready,
    "ready": samples.ready,
    "nothing": samples.nothing,
    "with history": samples.with_history,
}


class Opened:
    """A page with what it asked of the network and what it logged."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.logged: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.logged.append(message.text))
        page.on("pageerror", lambda error: self.logged.append(str(error)))


class Open:
    """Opens rendered reports, by default on a desktop screen in light colours."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser = browser
        self.file = folder / "report.html"
        self.contexts: list[BrowserContext] = []

    def __call__(self, report: Report, fragment: str = "", viewport: ViewportSize = SCREEN, **more: Any) -> Opened:
        context = self.browser.new_context(viewport=viewport, **more)
        self.contexts.append(context)
        found = Opened(context.new_page())
        self.again(found, report, fragment)
        return found

    def again(self, opened: Opened, report: Report, fragment: str = "") -> None:
        """Load another report into an open page."""
        self.file.write_text(render(report), encoding="utf-8")
        opened.page.goto(self.file.as_uri() + fragment)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    found = Open(browser, tmp_path)
    yield found
    for context in found.contexts:
        context.close()


def bottom(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None, f"{selector} is not shown"
    return box["y"] + box["height"]


# ---- the first screen


@pytest.mark.parametrize("name", ["not ready", "ready", "with history"])
def test_the_first_screen_answers_verdict_score_and_five_questions(open_report: Open, name: str) -> None:
    report = SAMPLES[name]()
    page = open_report(report).page
    for selector in ("h1", ".ring", ".score", "#section-questions .question:nth-child(5)"):
        assert 0 < bottom(page, selector) <= SCREEN["height"], selector
    assert page.inner_text("h1").startswith(view.VERDICTS[report["verdict"]["value"]])
    answers = [view.ANSWERS[question["answer"]] for question in report["questions"]]
    assert page.locator(".answer").all_inner_texts() == answers
    assert page.text_content(".ring-score") == str(report["score"]["score"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", SAMPLES)
def test_axe_finds_no_violation(open_report: Open, name: str, scheme: str) -> None:
    page = open_report(SAMPLES[name](), color_scheme=scheme).page
    page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(v["id"], v["nodes"][0]["html"], v["nodes"][0]["failureSummary"]) for v in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_the_two_themes_differ(open_report: Open) -> None:
    colours = {
        open_report(samples.not_ready(), color_scheme=scheme).page.evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    }
    assert len(colours) == 2


# ---- nothing leaves the page, nothing runs


@pytest.mark.parametrize("report", [samples.with_history(), samples.hostile(ATTACK)], ids=["plain", "hostile"])
def test_no_request_leaves_the_page(open_report: Open, report: Report) -> None:
    opened = open_report(report)
    opened.page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    opened.page.emulate_media(media="print")
    assert [url for url in opened.requests if not url.endswith("/report.html")] == []
    assert opened.logged == []


def test_hostile_texts_run_nothing(open_report: Open) -> None:
    opened = open_report(samples.hostile(ATTACK))
    page = opened.page
    for name, text in {"attack": ATTACK, **HOSTILE}.items():
        open_report.again(opened, samples.hostile(text))
        assert page.title() != "taken", name
        assert page.locator("script").count() == 1, name
        assert page.locator("img, iframe, object, embed, link, svg script").count() == 0, name
        assert page.locator("[onmouseover], [onerror], [style]").count() == 0, name
        assert opened.logged == [], name


def test_a_hostile_name_is_shown_as_it_is(open_report: Open) -> None:
    opened = open_report(samples.hostile(ATTACK))
    assert f"{ATTACK}support-chat" in opened.page.inner_text(".brand")


def test_the_policy_stops_a_script_that_would_get_in(open_report: Open) -> None:
    opened = open_report(samples.not_ready())
    opened.page.evaluate("""() => {
        const node = document.createElement("script");
        node.textContent = "document.title = 'taken'";
        document.body.append(node);
    }""")
    assert opened.page.title() != "taken"
    assert any("Content Security Policy" in text for text in opened.logged)


# ---- without script, on a phone, on paper


def test_everything_is_there_with_javascript_off(open_report: Open) -> None:
    page = open_report(samples.not_ready(), java_script_enabled=False).page
    assert not page.locator("#tools").is_visible()
    finding = page.locator("#guardrail-blocks-prompt-attacks")
    assert not finding.locator(".body").is_visible()
    finding.locator("summary").first.click()
    assert finding.locator("pre").first.is_visible()
    assert "content_filters some PROMPT_ATTACK" in finding.inner_text()


@pytest.mark.parametrize("text", ["", "x" * 400, "wide words | ", "\u6f22\u5b57" * 200])
@pytest.mark.parametrize("unfolded", [False, True])
def test_no_sideways_scrolling_at_390(open_report: Open, text: str, unfolded: bool) -> None:
    page = open_report(samples.hostile(text), viewport=PHONE).page
    page.evaluate(f"for (const node of document.querySelectorAll('details')) node.open = {str(unfolded).lower()}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate("document.body.scrollWidth") <= PHONE["width"]


def test_printing_shows_everything(open_report: Open) -> None:
    report = samples.with_history()
    page = open_report(report, java_script_enabled=False).page
    page.emulate_media(media="print")
    closed = page.evaluate("document.querySelectorAll('details:not([open])').length")
    assert closed > 5
    for rule in report["rules"]:
        body = page.locator(f"#{rule['id']} > .body")
        box = body.bounding_box()
        assert box is not None, rule["id"]
        assert box["height"] > 20, rule["id"]
    assert not page.locator("#tools").is_visible()


@pytest.mark.parametrize("name", ["not ready", "ready", "with history", "long"])
def test_verdict_score_questions_and_path_print_on_one_page(open_report: Open, name: str) -> None:
    report = long_report() if name == "long" else SAMPLES[name]()
    page = open_report(report, viewport={"width": A4_WIDTH, "height": A4_HEIGHT}).page
    page.emulate_media(media="print")
    assert bottom(page, "#section-brief") <= A4_HEIGHT
    assert page.evaluate("getComputedStyle(document.getElementById('section-pillars')).breakBefore") == "page"
    brief = page.inner_text("#section-brief")
    for step in report["roadmap"]:
        if step["milestone"]:
            assert f"{view.MILESTONES[step['milestone']]} at {step['score_after']}" in brief


def long_report() -> Report:
    """Sixty steps, and explanations as long as they get."""
    report = samples.large(60, 3)
    for number, step in enumerate(report["roadmap"]):
        step["title"] = f"Nothing records what was asked of the model and what it answered, number {number}"
        step["owner"] = "@first-of-the-team, @second-of-the-team, @third"
    report["roadmap"][40]["milestone"] = "pilot"
    report["roadmap"][59]["milestone"] = "production-ready"
    report["verdict"]["next"].append({"verdict": "production-ready", "rules": ["rule-009"], "hours": 90.0, "score": 88})
    for question in report["questions"]:
        question["because"] = "; ".join(["There is no reference to measure quality against"] * 4)
    report["verdict"]["blocking"] = [
        {"gate": "pilot", "rule": None, "condition": f"condition {number} is at 24, needs 25", "state": "failed"}
        for number in range(9)
    ]
    return report


def test_the_pdf_has_its_pages(open_report: Open) -> None:
    page = open_report(samples.not_ready()).page
    made = page.pdf(prefer_css_page_size=True, print_background=True)
    sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", made)
    assert len(sizes) >= 3
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == {(595, 842)}


# ---- what the script adds


def test_filter_and_search(open_report: Open) -> None:
    page = open_report(samples.not_ready()).page
    shown = page.locator("details.finding:visible .name")
    assert shown.count() == 5
    page.select_option("#by-severity", "critical")
    assert shown.all_inner_texts() == ["Prompt attacks reach the model"]
    page.select_option("#by-severity", "")
    page.select_option("#by-pillar", "cost")
    assert set(shown.all_inner_texts()) == {
        "Model calls cannot be told apart by tenant or feature",
        "A budget watches model spend",
    }
    page.select_option("#by-pillar", "")
    page.fill("#search", "REPLY_3 metadata")
    assert shown.all_inner_texts() == ["Model calls cannot be told apart by tenant or feature"]
    assert page.inner_text("#shown") == "1 of 10"
    page.fill("#search", "no such thing")
    assert shown.count() == 0
    assert page.inner_text("#shown") == "0 of 10"
    page.fill("#search", "")
    assert page.locator("section.group details.finding:visible").count() == 5


def test_expand_and_collapse(open_report: Open) -> None:
    page = open_report(samples.not_ready()).page
    page.click("#expand")
    assert page.locator("main details:not([open])").count() == 0
    page.click("#collapse")
    assert page.locator("main details[open]").count() == 0


@pytest.mark.parametrize("rule", ["guardrail-blocks-prompt-attacks", "owner-named"])
def test_a_permalink_opens_its_finding(open_report: Open, rule: str) -> None:
    opened = open_report(samples.not_ready(), f"#{rule}")
    assert opened.page.locator(f"#{rule} > .body").is_visible()
    assert opened.page.locator("details.finding[open]").count() == 1
    assert opened.page.evaluate(f"document.getElementById('{rule}').getBoundingClientRect().top") < SCREEN["height"]


def test_a_link_of_the_path_opens_its_finding(open_report: Open) -> None:
    page = open_report(samples.not_ready()).page
    page.click("#section-path a[href='#evaluation-runs-in-ci']")
    page.locator("#evaluation-runs-in-ci > .body").wait_for()
    page.fill("#search", "budget")
    assert not page.locator("#evaluation-runs-in-ci").is_visible()
    page.click("#section-path a[href='#evaluation-runs-in-ci']")
    assert page.locator("#evaluation-runs-in-ci > .body").is_visible()


@pytest.mark.parametrize("fragment", ["#%", "#no-such-rule", "#section-findings", "#<img>"])
def test_any_fragment_is_harmless(open_report: Open, fragment: str) -> None:
    assert open_report(samples.not_ready(), fragment).logged == []

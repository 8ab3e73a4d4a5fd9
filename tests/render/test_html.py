import base64
import hashlib
import itertools
import re
import time
from collections import Counter
from html.parser import HTMLParser

import pytest

from prodworks_cli.render.html import render
from prodworks_cli.report import PILLARS, QUESTIONS, Report
from tests.render import samples
from tests.render.golden import check_golden
from tests.render.hostile import HOSTILE

VOID = {"meta", "input", "br", "rect", "circle"}


class Page(HTMLParser):
    """Elements, attributes and texts of a page; refuses elements that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.texts.append(data)

    def shape(self) -> Counter[tuple[str, tuple[str, ...]]]:
        return Counter((tag, tuple(attrs)) for tag, attrs in self.elements)

    def values(self, tag: str, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for name, attrs in self.elements if name == tag and attribute in attrs]


@pytest.mark.parametrize(
    ("name", "sample"),
    [("not-ready.html", samples.not_ready), ("ready.html", samples.ready), ("nothing.html", samples.nothing)],
)
def test_golden(name: str, sample: object) -> None:
    assert callable(sample)
    check_golden(name, render(sample()))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_adds_no_element_and_no_attribute(text: str) -> None:
    shown = render(samples.hostile(text))
    page = Page(shown)
    allowed = set(Page(render(samples.hostile("x"))).shape())
    assert set(page.shape()) <= allowed
    assert all(char.isprintable() or char == "\n" for char in "".join(page.texts))
    assert all(href.startswith(("#", "https://docs.aws.amazon.com/")) for href in page.values("a", "href"))
    assert not any(name.startswith("on") for _, attrs in page.elements for name in attrs)
    assert "style" not in {name for _, attrs in page.elements for name in attrs}
    shown.encode()


def test_template_syntax_in_data_is_data() -> None:
    assert "{{ 7*7 }}" in "".join(Page(render(samples.hostile("{{ 7*7 }}"))).texts)


def test_policy_allows_exactly_the_inline_style_and_script() -> None:
    shown = render(samples.not_ready())
    policy = next(value for value in Page(shown).values("meta", "content") if "default-src" in value)
    for tag in ("style", "script"):
        (body,) = re.findall(rf"<{tag}>(.*?)</{tag}>", shown, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")


def test_nothing_is_loaded() -> None:
    page = Page(render(samples.not_ready()))
    loading = {"src", "srcset", "data", "poster", "background"}
    assert not loading & {name for _, attrs in page.elements for name in attrs}
    assert not {"link", "img", "iframe", "object"} & {tag for tag, _ in page.elements}
    assert "url(" not in render(samples.not_ready())
    assert "@import" not in render(samples.not_ready())


@pytest.mark.parametrize(
    ("sample", "title"),
    [
        (samples.not_ready(), "Not ready, 47/100: support-chat"),
        (samples.ready(), "Production-ready, 97/100: support-chat"),
        (samples.nothing(), "Nothing to audit: billing"),
    ],
)
def test_the_title_carries_the_answer(sample: Report, title: str) -> None:
    assert f"<title>{title}</title>" in render(sample)


def test_sections_are_in_order() -> None:
    ids = [value for value in Page(render(samples.not_ready())).values("section", "id") if value.startswith("section-")]
    names = ["verdict", "questions", "brief", "pillars", "path", "findings", "scope", "deployment", "inventory"]
    names += ["history", "method"]
    assert ids == [f"section-{name}" for name in names]


def test_ids_are_unique_and_links_inside_the_page_lead_somewhere() -> None:
    page = Page(render(samples.not_ready()))
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.values("a", "href") if href.startswith("#")} <= set(ids)
    assert {rule["id"] for rule in samples.not_ready()["rules"]} <= set(ids)


def test_headings_and_tables_are_labelled() -> None:
    page = Page(render(samples.not_ready()))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all("scope" in attrs for tag, attrs in page.elements if tag == "th")
    assert {"header", "main", "footer"} <= {tag for tag, _ in page.elements}


def test_only_https_references_are_links() -> None:
    report = samples.not_ready()
    report["rules"][0]["references"] = ["javascript:alert(1)", "http://a.example", "https://b.example/c"]
    page = Page(render(report))
    assert [href for href in page.values("a", "href") if not href.startswith("#")] == ["https://b.example/c"]
    assert "javascript:alert(1)" in "".join(page.texts)


def test_everything_is_there_without_script() -> None:
    text = " ".join("".join(Page(render(samples.not_ready())).texts).split())
    for expected in (
        *QUESTIONS.values(),
        *(pillar.capitalize() for pillar in PILLARS),
        "3 steps11.5 h",
        "Next Prompt attacks reach the model, +4.9 points, 3 h, platform",
        "Grant bedrock:GetModelInvocationLoggingConfiguration",
        "infra/legacy.tf:12",
        "+4 more",
        "app/handlers/reply_8.py:answer",
        "cost, latency",
        "aws-genai-lens: GENSEC02-BP01",
        "content_filters some PROMPT_ATTACK; found []",
        "arn:aws:bedrock:us-east-1:123456789012:guardrail/a1b2c3d4e5f6 bedrock:GetGuardrail",
        "accepted by m.jensen until 2026-12-31",
        "no agent was found",
        "Pilot at 62, after 11.5 h of work",
    ):
        assert expected in text


def test_all_that_may_be_there_is_shown() -> None:
    text = " ".join("".join(Page(render(samples.with_history())).texts).split())
    for expected in (
        "+6 since 2026-10-20",
        "Since the baseline: 1 new, 2 known, 1 fixed, against git:main.",
        "Fixed since the baseline 1 Nobody owns it workload",
        "Expired: The workload has a named owner, *, owner m.jensen, until 2026-11-01",
        "accept-risk by app, approved by m.jensen, until 2026-12-31: one tenant only until then",
        "41 aws.iam.role, 7 aws.logs.log_group: in the account, and not part of this workload",
        "pillar_weights.security 3 (default 1)",
        "gate.fail_on high",
        "2026-10-20 09:00 UTC2020202Not ready",
        "critical 10, high 6, medium 3, low 1, info 0",
        "observed 1.0, declared 0.7, attested 0.4",
        '"Action": [ "bedrock:GetModelInvocationLoggingConfiguration" ]',
        "Unassigned 1 step, 8 h, +4.8 points",
        "platform 2 steps, 3.5 h, +10 points, until 2026-11-25",
    ):
        assert expected in text, expected


def test_without_an_earlier_run_the_history_says_so() -> None:
    assert "No earlier run is known. The trend starts with the next one." in render(samples.not_ready())


def test_many_subjects_are_grouped_by_rule_and_the_page_says_so() -> None:
    assert "1,000 subjects were judged, so findings are grouped by rule" in render(samples.large(100, 10))
    assert "grouped by rule" not in render(samples.large(30, 10))


def test_budget_at_500_findings() -> None:
    report = samples.large(50, 10)
    started = time.process_time()
    shown = render(report)
    assert time.process_time() - started < 2
    assert len(shown.encode()) < 1_000_000


def test_500_rules_are_within_twice_the_budget() -> None:
    assert len(render(samples.large(500, 1)).encode()) < 2_000_000


def test_subjects_beyond_300_are_counted() -> None:
    shown = render(samples.large(1, 1_000))
    assert "+995 more</summary>" in shown
    assert "+700 more, listed in the JSON report" in shown
    assert f"{samples.GUARDRAIL_ARN}-299<" in shown
    assert f"{samples.GUARDRAIL_ARN}-300<" not in shown


def test_many_rules_share_the_room_for_subjects() -> None:
    assert len(render(samples.large(60, 300)).encode()) < 2_000_000


def test_pillar_without_rules() -> None:
    report = samples.not_ready()
    report["pillars"][0]["applicable"] = False
    assert "No rule of this pillar applies" in render(report)

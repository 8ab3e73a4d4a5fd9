"""System cards: which documents are some, and which topics they treat."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.schema import assemble
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.system_cards import read

TODAY = date(2026, 11, 23)
CARD = """# System card of the assistant

Owner: @example/team-support
Last reviewed: 2026-11-03

## What it is for

Answers questions of customers on orders.

## People who are affected

Customers of the shop, and the support team.

## Sources of knowledge

The public help pages.

## Foundation models

Amazon Nova Lite on Amazon Bedrock.

## Out of scope

Gives no legal advice.

## Governance

The risk class under the EU AI Act is limited.
"""


def card(text: str, path: str = "docs/system-card.md") -> Any:
    drafts = read(tree_of({path: text}).files, TODAY)
    return assemble(drafts[0])[0] if drafts else None


def test_a_card() -> None:
    found = card(CARD)
    assert (found.type, found.owner, found.reviewed_at, found.reviewed_days_ago) == (
        "system-card",
        "@example/team-support",
        "2026-11-03",
        20,
    )
    assert found.sections == ("intended-use", "users", "data", "models", "limitations", "risk-class")


def test_a_topic_is_told_where_it_is_treated() -> None:
    (draft,) = read(tree_of({"docs/system-card.md": CARD}).files, TODAY)
    assert assemble(draft)[1]["sections[1]"].line == 10


@pytest.mark.parametrize(
    ("path", "title", "is_card"),
    [
        ("docs/SYSTEM_CARD.md", "The assistant", True),
        ("docs/ai-fact-sheet.md", "The assistant", True),
        ("docs/governance.md", "AI system card: assistant", True),
        ("docs/governance.md", "Governance", False),
        ("models/model-card.md", "Model card of a fine-tuned model", False),
        ("docs/design.md", "Cards of the user interface", False),
        ("tests/system-card.md", "System card", False),
        ("docs/system-card.py", "System card", False),
    ],
)
def test_what_is_a_card(path: str, title: str, is_card: bool) -> None:
    assert (
        card(f"# {title}\n\nIt mentions a card.\n\n## Purpose\n\nAnswers questions.\n", path) is not None
    ) is is_card


def test_a_title_further_down_makes_no_card() -> None:
    assert card("# Handbook\n\nAll.\n\n## System card\n\nSee the wiki for it.\n", "docs/handbook.md") is None


@pytest.mark.parametrize(
    ("heading", "body", "topics"),
    [
        ("Intended use", "Answers questions of customers.", ("intended-use",)),
        ("Intended use", "To do.", ()),
        ("Users and data", "Customers, and what they typed.", ("data", "users")),
        ("Limitations", "Gives no legal advice at all.", ("limitations",)),
        ("Risk classification", "Limited, as people are told.", ("risk-class",)),
        ("Compliance", "Risk level: minimal, by the assessment.", ("risk-class",)),
        ("Compliance", "Risks are looked at each month.", ()),
    ],
)
def test_topics_need_a_heading_and_words_below_it(heading: str, body: str, topics: tuple[str, ...]) -> None:
    assert card(f"# System card\n\n## {heading}\n\n{body}\n").sections == topics


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-11-23", 0), ("2025-11-23", 365), ("2026-13-40", Unknown("a day that cannot be read", True))],
)
def test_the_age_of_the_review(day: str, expected: object) -> None:
    assert card(f"# System card\n\nReviewed: {day}\n").reviewed_days_ago == expected


def test_a_card_that_tells_no_review_has_no_age() -> None:
    assert card("# System card\n").reviewed_days_ago is None

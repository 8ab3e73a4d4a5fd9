"""System cards: what an AI system is for, for whom, on which data and models it works, and what it must not do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from prodworks_cli.lazy import regex
from prodworks_cli.model import Location
from prodworks_cli.node import Node
from prodworks_cli.resources.documents import Document
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.documents import Section, days_ago, is_text, owner_of, reviewed_on, sections_of
from prodworks_cli.sources.files import File

# A card of a model that somebody else trained, as model hubs ask for, says nothing of this system.
_PATH = regex(r"(?<![a-z])(?:system|service|ai|transparency)[-_ ]?(?:card|note|fact[-_ ]?sheet)s?\b", re.I)
_TITLE = regex(
    r"\b(?:system card|ai (?:system|service) card|ai fact ?sheet|ai system (?:description|documentation)"
    r"|transparency note)\b",
    re.I,
)
# Every name and title holds one of these.
_WORDS = (b"card", b"fact sheet", b"factsheet", b"ai system", b"transparency note")
_SAYS_LITTLE = 15
_TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("intended-use", regex(r"\b(?:intended|purpose|use cases?|what (?:it|the \w+) (?:is|does))\b", re.I)),
    ("users", regex(r"\b(?:users?|audience|people|stakeholders|customers|who\b)", re.I)),
    ("data", regex(r"\b(?:data|knowledge|sources|documents)\b", re.I)),
    ("models", regex(r"\bmodels?\b", re.I)),
    (
        "limitations",
        regex(r"\b(?:limit\w*|out[- ]of[- ]scope|must not|not (?:for|intended)|known issues)\b", re.I),
    ),
    ("risk-class", regex(r"\brisk\b.{0,20}\b(?:class\w*|level|category|tier)\b|\bclassification\b", re.I)),
)
_CLASS = regex(
    r"\brisk (?:class|level|category|tier|classification)\b[^\n]{0,40}?\b(?:high|limited|minimal|low)\b", re.I
)


def read(files: Iterable[File], today: date) -> tuple[Draft, ...]:
    """One draft for each system card."""
    return tuple(d for f in files if is_text(f) and _may_be_card(f) for d in _cards(f.path, f.text or "", today))


def _may_be_card(file: File) -> bool:
    return bool(_PATH.search(file.path.rpartition("/")[2])) or file.holds(_WORDS, folded=True)


def _cards(path: str, text: str, today: date) -> Iterator[Draft]:
    sections = sections_of(text)
    if not (_PATH.search(path.rpartition("/")[2]) or any(_TITLE.search(s.title) for s in sections[:1])):
        return
    owner, reviewed = owner_of(path, text), reviewed_on(text)
    described = draft(
        Document,
        Location(path, 1),
        type="system-card",
        path=path,
        sections=[Node(topic, Location(path, line)) for topic, line in _topics(sections)],
        owner=owner,
        reviewed_at=reviewed,
        reviewed_days_ago=days_ago(reviewed, today),
    )
    yield replace(described, identity=path)


def _topics(sections: Iterable[Section]) -> Iterator[tuple[str, int]]:
    """The topics of the headings below which something is said, each once."""
    told: set[str] = set()
    for section in sections:
        if len(section.body.strip()) < _SAYS_LITTLE:
            continue
        found = {topic for topic, pattern in _TOPICS if pattern.search(section.title)}
        found |= {"risk-class"} if _CLASS.search(section.body) else set()
        for topic in sorted(found - told):
            yield topic, section.line
        told |= found

"""Plans to leave Amazon Bedrock Agents Classic: documents that say from where, and to what."""

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

_MOVES = regex(r"\bmigrat(?:e|es|ed|ing|ion)\b|\bmove (?:away )?from\b|\breplac(?:e|ing)\b|\bsunset\b", re.I)
_FROM = regex(r"\bagents classic\b|\bbedrock agents?\b", re.I)
_WHERE = regex(r"\bagentcore\b|\bstrands\b|\blanggraph\b|\bharness\b", re.I)
_STEP = regex(r"^[ \t]{0,6}(?:[-*+]|\d{1,3}[.)])[ \t]+\S", re.M)
# What a plan cannot do without.
_WORDS = (b"bedrock agent", b"agents classic")


def read(files: Iterable[File], today: date) -> tuple[Draft, ...]:
    """One draft for each document with such a plan."""
    texts = (f for f in files if is_text(f) and f.holds(_WORDS, folded=True))
    return tuple(d for f in texts for d in _plans(f.path, f.text or "", today))


def _plans(path: str, text: str, today: date) -> Iterator[Draft]:
    section = next((s for s in sections_of(text) if _is_plan(s)), None)
    if section is None:
        return
    reviewed = reviewed_on(text)
    described = draft(
        Document,
        Location(path, section.line),
        type="migration-plan",
        path=path,
        sections=[Node("agents-classic", Location(path, section.line))],
        owner=owner_of(path, text),
        reviewed_at=reviewed,
        reviewed_days_ago=days_ago(reviewed, today),
    )
    yield replace(described, identity=f"{path} migration plan")


def _is_plan(section: Section) -> bool:
    """A heading about moving, and below it the service that is left, where to, and steps."""
    whole = f"{section.title}\n{section.body}"
    told = _FROM.search(whole) and _WHERE.search(section.body) and _STEP.search(section.body)
    return bool(_MOVES.search(section.title) and told)

"""Runbooks among the documents of a repository: what they are about is told by headings and by what stands below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from prodworks_cli.lazy import regex
from prodworks_cli.model import Location, Unknown
from prodworks_cli.node import Node
from prodworks_cli.resources.documents import Document
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.parts import suffix_of

_NO_DOCUMENTS = (Part.VENDORED, Part.AGENT_INSTRUCTIONS, Part.TEST)
_TEXTS = (".md", ".mdx", ".rst", ".adoc", ".txt")
_PATH = regex(r"run[-_]?book|play[-_]?book|incident|on[-_]?call|operations|emergency", re.I)
_TITLE = regex(r"run ?book|incident (?:response|handling)|on-?call (?:guide|handbook)|emergency|operations guide", re.I)
# Every title holds one of these.
_WORDS = (b"runbook", b"run book", b"incident", b"on-call", b"oncall", b"emergency", b"operations guide")
_HEADING = regex(r"^(?:#{1,6}|={1,6})[ \t]+(\S.{0,200})$", re.M)
_UNDERLINED = regex(r"^(\S.{0,200})\n[=\-~]{3,}[ \t]*$", re.M)
_OWNER = regex(
    r"^[ \t>*|_-]{0,6}(?:owner|owned by|responsible|maintainer|contact|team)\b[*_ \t]{0,4}[:|][*_ \t]{0,4}(\S.{0,80})",
    re.I | re.M,
)
_REVIEWED = regex(r"\b(?:last )?(?:reviewed|updated|tested)\b[^\n]{0,20}?(\d{4}-\d{2}-\d{2})", re.I)
_MODEL = regex(r"\b(?:models?|prompts?|guardrails?|llm|bedrock|inference profile|agent alias)\b", re.I)
_BACK = regex(
    r"\broll(?:ing|ed)?[ -]?back\b|\brevert\b|\bprevious (?:version|model|prompt|guardrail|revision|release)\b", re.I
)
_ESCALATES = regex(r"\bescalat\w+", re.I)
_TO_WHOM = regex(
    r"@[\w/-]{2,}|\bteam\b|\bon-?call\b|\bpager|\bphone\b|\bcall\b|#[a-z][\w-]+|\bmanager\b|\blead\b|\bowner\b", re.I
)
_SWITCH_OFF = regex(
    r"\bkill[ -]?switch|\b(?:switch|turn|shut)(?:ing)?\b.{0,40}\boff\b|\bemergency stop"
    r"|\b(?:disable|stop|pause)\b.{0,40}\b(?:model|assistant|chat ?bot|ai|llm|agent|bedrock|answers)\b",
    re.I,
)
_STEP = regex(r"^[ \t]{0,6}(?:[-*+]|\d{1,3}[.)])[ \t]+\S|^```|^[ \t]{4,}\S", re.M)
_COMMAND = regex(
    r"^```|^[ \t]{4,}\S|`[^`\n]{3,}`|\b(?:set|flip|toggle)\b.{0,60}\b(?:flag|parameter|switch|false|off)\b", re.M | re.I
)
_TRIED = regex(r"\btested\b|\bdrill|\brehears|\bexercised\b|\btried\b|\bpractised\b", re.I)


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it."""

    title: str
    line: int
    body: str


def read(files: Iterable[File], today: date) -> tuple[Draft, ...]:
    """One draft for each runbook."""
    texts = (f for f in files if is_text(f) and _may_be_runbook(f))
    return tuple(d for f in texts for d in _runbooks(f.path, f.text or "", today))


def is_text(file: File) -> bool:
    """Whether a file is a document; agents' instructions, vendored files and tests are none."""
    return file.part not in _NO_DOCUMENTS and suffix_of(file.path) in _TEXTS


def _may_be_runbook(file: File) -> bool:
    """Whether the name or a title may say that a file is one, told from its words alone."""
    return bool(_PATH.search(file.path.rpartition("/")[2])) or file.holds(_WORDS, folded=True)


def _runbooks(path: str, text: str, today: date) -> Iterator[Draft]:
    sections = sections_of(text)
    named = bool(_PATH.search(path.rpartition("/")[2])) or any(_TITLE.search(s.title) for s in sections)
    if not named or not _MODEL.search(text):
        return
    reviewed = reviewed_on(text)
    topics = [Node(topic, Location(path, line)) for topic, line in _topics(sections)]
    described = draft(
        Document,
        Location(path, 1),
        type="runbook",
        path=path,
        sections=topics,
        owner=owner_of(path, text),
        reviewed_at=reviewed,
        reviewed_days_ago=days_ago(reviewed, today),
    )
    yield replace(described, identity=path)


def owner_of(path: str, text: str) -> Node | None:
    """Who a document says keeps it."""
    owner = _OWNER.search(text)
    return Node(owner[1].strip(" *_|"), Location(path, _line(text, owner.start(1)))) if owner else None


def reviewed_on(text: str) -> str | None:
    """The day of the last review that a document tells, in ISO 8601."""
    reviewed = _REVIEWED.search(text)
    return reviewed[1] if reviewed else None


def days_ago(day: str | None, today: date) -> int | Unknown | None:
    """Days since a day; what is no day of the calendar is not known."""
    try:
        return (today - date.fromisoformat(day)).days if day else None
    except ValueError:
        return Unknown("a day that cannot be read", present=True)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def sections_of(text: str) -> list[Section]:
    """The headings, each with what stands below it up to the next one."""
    marks = sorted([*_HEADING.finditer(text), *_UNDERLINED.finditer(text)], key=lambda m: m.start())
    ends = [*(m.start() for m in marks[1:]), len(text)]
    return [Section(m[1], _line(text, m.start()), text[m.end() : end]) for m, end in zip(marks, ends, strict=False)]


def _topics(sections: list[Section]) -> Iterator[tuple[str, int]]:
    for section in sections:
        whole = f"{section.title}\n{section.body}"
        steps = bool(_STEP.search(section.body))
        if steps and _BACK.search(whole) and _MODEL.search(whole):
            yield "rollback", section.line
        if _ESCALATES.search(whole) and _TO_WHOM.search(section.body):
            yield "escalation", section.line
        if _SWITCH_OFF.search(whole) and _COMMAND.search(section.body) and _TRIED.search(whole):
            yield "switch-off", section.line

"""Feedback of users: a rating that is stored with the id of the answer it is about.

The word alone says nothing. Three things close together do: the rating, an id of the answer, and a write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.schema import Draft
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.lines import lines_with
from prodworks_cli.sources.parts import CODE, suffix_of
from prodworks_cli.sources.safeguards import found

_AROUND = 25
_RATING = regex(r"feed_?back|thumbs_?(?:up|down)|\brating\b|\bis_?helpful\b|\bupvote|\bdownvote", re.I)
_ID = regex(
    r"\b(?:message|trace|answer|response|request|conversation|session|chat|completion|run|thread|observation|interaction)_?id\b",
    re.I,
)
_WRITE = regex(
    r"\bput_item\(|\bupdate_item\(|PutCommand\(|PutItemCommand\(|UpdateCommand\(|UpdateItemCommand\("
    r"|\.(?:create|insert\w*|save|add|upsert)\(|\bcreate_score\(|\bscore\(|\bcreate_feedback\(|\bput_object\("
    r"|\bsend_message\(|\bput_record\w*\(|\bINSERT INTO\b|\bexecute\(",
)
_PEOPLE = regex(
    r"^[ \t]*(?:import|from)[ \t]+(?:streamlit|gradio|chainlit|slack_bolt|nicegui|panel)\b"
    r"|\bfrom\s+['\"](?:react|vue|svelte|@slack/bolt|next/\w+|@angular/core)['\"]",
    re.M,
)
_FRAMES = (
    *(b"streamlit", b"gradio", b"chainlit", b"slack", b"nicegui", b"panel", b"react", b"vue", b"svelte", b"next/"),
    b"angular",
)
_WORDS = ("feedback", "feed_back", "thumb", "rating", "helpful", "vote")
_WORD_BYTES = tuple(word.encode() for word in _WORDS)
_PAGES = frozenset((".tsx", ".jsx", ".vue", ".svelte", ".html"))
_READ = CODE | _PAGES


def read(files: Iterable[File]) -> tuple[Draft, ...]:
    """Places that store feedback or speak of it, and places that show that people read the answers."""
    return tuple(d for f in files if f.part is Part.PRODUCTION and suffix_of(f.path) in _READ for d in _in_file(f))


def _in_file(file: File) -> Iterator[Draft]:
    suffix = suffix_of(file.path)
    framed, rated = file.holds(_FRAMES, folded=True), suffix != ".tf" and file.holds(_WORD_BYTES, folded=True)
    text = file.text if framed or rated or suffix in _PAGES else None
    if not text:
        return
    if suffix in _PAGES or (framed and _PEOPLE.search(text)):
        yield found(file.path, 1, "front_end", "page", Unknown("which answers it shows"))
    if not rated:
        return
    lines = text.splitlines()
    ratings = [n - 1 for n, line in lines_with(text, _WORDS) if _RATING.search(line)][:200]
    if not ratings:
        return
    stored = next((n for n in ratings if _stores("\n".join(lines[max(n - _AROUND, 0) : n + _AROUND]))), None)
    line = (stored if stored is not None else ratings[0]) + 1
    yield found(file.path, line, "feedback", "stored" if stored is not None else "mentioned", stored is not None)


def _stores(around: str) -> bool:
    return bool(_ID.search(around) and _WRITE.search(around))

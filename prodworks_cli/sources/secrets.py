"""Credentials in the work tree: where they are and of what type. The value is never kept, logged or part of a key."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from prodworks_cli.lazy import regex
from prodworks_cli.model import Gap, Location
from prodworks_cli.resources.secrets import Secret
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.secret_formats import VALUE_GROUP, Pattern, patterns_for


@dataclass(frozen=True)
class Hit:
    """One credential in a text, by offsets."""

    type: str
    start: int
    end: int
    placeholder: bool


_PRIVATE_KEY = regex(r"BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY")
_KEY_BODY = regex(r"[A-Za-z0-9+/=]{40}")
_BOUNDARY = regex(r"[A-Za-z0-9+]")

_INTERPOLATION = regex(
    r"\$\{|\{\{|\$\(|^\$|%[(s]|\{[\w.\[\]'\"]*\}|<[^>]*>|!Ref|!Sub|process\.env|os\.environ|^arn:|\}"
)
_WORDS = regex(
    r"example|change.?me|your[-_ ]|placeholder|dummy|fake|sample|replace|redacted|insert|xxx|\*\*\*|\.\.\.|not[-_]real"
    r"|mock|12345678|abcdefgh|deadbeef|(.)\1{5,}"
    r"|\btest[-_]?pass"
    r"|^[a-z]+[-_](?:pass|password|pwd|secret)$|^(?:test|pass|password|pwd|secret|postgres|root|admin|user|guest|none|null)$",
    re.I,
)
_NAMED_HOST = regex(r"@(host|hostname|server|cluster|db-?host|your[-_.\w]*)$", re.I)
_LOCAL_HOST = regex(r"@(localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal)\b", re.I)


def read(files: Iterable[File]) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """Credentials in the production files of ``files``. Text that is not UTF-8 is read as Latin-1: nothing is a gap."""
    found = [d for f in files if f.part is Part.PRODUCTION for d in _drafts(f)]
    return tuple(found), ()


def types_in(text: str) -> tuple[str, ...]:
    """The types of credentials in a text of a prompt, each once; placeholders are none."""
    file = File("prompt.txt", text.encode(), Part.PRODUCTION)
    hits = _hits([p for p in patterns_for(file.path) if p.may_be_in(file)], text)
    return tuple(sorted({hit.type for hit in hits if not hit.placeholder}))


def is_placeholder(value: str) -> bool:
    """Evidently no credential: a word that says so, a variable to be filled in, or next to no variety."""
    varied = len(set(value)) > min(5, len(value) // 3)
    return bool(_WORDS.search(value) or _INTERPOLATION.search(value)) or not varied


def _drafts(file: File) -> Iterator[Draft]:
    numbers: Counter[str] = Counter()
    wanted = [p for p in patterns_for(file.path) if p.may_be_in(file)]
    if not wanted and not file.holds((b"PRIVATE KEY",)):
        return
    text = file.text if file.text is not None else file.data.decode("latin-1")
    line, position = 1, 0
    for hit in _hits(wanted, text):
        line, position = line + text.count("\n", position, hit.start), hit.start
        numbers[hit.type] += 1
        described = draft(Secret, Location(file.path, line), type=hit.type, path=file.path, placeholder=hit.placeholder)
        yield replace(described, identity=f"{file.path}:{hit.type}#{numbers[hit.type]}")


def _hits(patterns: Iterable[Pattern], text: str) -> list[Hit]:
    """Hits in order of place; where two formats claim one stretch, the first in the table counts."""
    found = list(_private_keys(text))
    for pattern in patterns:
        taken = [(h.start, h.end) for h in found]
        found += [h for h in _matches(pattern, text) if not any(s < h.end and h.start < e for s, e in taken)]
    return sorted(found, key=lambda h: h.start)


def _private_keys(text: str) -> Iterator[Hit]:
    """Private keys with a body; code that only looks for the header has none."""
    for match in _PRIVATE_KEY.finditer(text):
        body = _KEY_BODY.search(text, match.end(), match.end() + 300)
        if body:
            yield Hit("private key", match.start(), body.end(), is_placeholder(body.group()))


def _matches(pattern: Pattern, text: str) -> Iterator[Hit]:
    for match in _found(pattern, text):
        group = pattern.group if pattern.group != VALUE_GROUP else min(1, match.re.groups)
        value = match.group(group)
        around = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
        if not group and _BOUNDARY.search(around):
            continue
        fake = is_placeholder(value) or (pattern.type == "connection string" and _fake_connection(match.group(), value))
        if pattern.weak and (_INTERPOLATION.search(value) or not (fake or _looks_random(value))):
            continue
        yield Hit(pattern.type, match.start(group), match.end(group), fake)


def _found(pattern: Pattern, text: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern; where it is known how they start, only those places are tried.

    Lower case of a few letters is longer than the letter: places in it then mean nothing, and all are tried.
    """
    searched = text.lower() if pattern.folded and pattern.start else text
    places = _places(pattern, searched) if pattern.start and len(searched) == len(text) else None
    for expression in pattern.regexes():
        if places is None:
            yield from expression.finditer(text)
            continue
        end = 0
        for place in places:
            match = expression.match(text, place) if place >= end else None
            if match:
                yield match
                end = match.end()


def _places(pattern: Pattern, searched: str) -> list[int]:
    """Where matches may start, in order, each once."""
    found: set[int] = set()
    for literal in (literal.decode() for literal in (*pattern.literals, *pattern.folded)):
        at = searched.find(literal)
        while at >= 0:
            found.add(pattern.start(searched, at) if pattern.start else at)
            at = searched.find(literal, at + 1)
    return sorted(found)


def _fake_connection(url: str, password: str) -> bool:
    """A local database, or the form of an address as documentation writes it: ``user:p@host``."""
    user = url.partition("://")[2].partition(":")[0]
    return password == user or len(password) < 4 or bool(_LOCAL_HOST.search(url) or _NAMED_HOST.search(url))


def _looks_random(value: str) -> bool:
    """Letters and digits mixed, no name of something else (path, host, identifier in words), and enough variety."""
    letters, digits = any(c.isalpha() for c in value), any(c.isdigit() for c in value)
    if not (letters and digits) or re.fullmatch(r"[A-Za-z]+([-_./:][A-Za-z]*\d{0,3})*|[\w.]+\(.*", value):
        return False
    counts = Counter(value)
    entropy = -sum(n / len(value) * math.log2(n / len(value)) for n in counts.values())
    return entropy >= 2.75 and "/" not in value[:1] and "://" not in value

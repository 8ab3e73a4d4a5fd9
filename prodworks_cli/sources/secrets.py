"""Credentials in the work tree: where they are and of what type. The value is never kept, logged or part of a key."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module

from prodworks_cli.model import Gap, Location
from prodworks_cli.resources.secrets import Secret
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.parts import suffix_of


@dataclass(frozen=True)
class Pattern:
    """A credential format. ``group`` is the part of the match that is the value. ``literals``: one of them, in lower
    case, is in every match; ``anchor`` says that each match starts with one (``start``) or with the line of one
    (``line``), so that only those places are tried. ``weak``: the format alone proves nothing, the value must look
    random. ``regexes`` gives the expressions when they are needed first.
    """

    type: str
    regexes: Callable[[], tuple[re.Pattern[str], ...]]
    literals: tuple[str, ...]
    group: int = 0
    weak: bool = False
    anchor: str | None = None


@dataclass(frozen=True)
class Hit:
    """One credential in a text, by offsets."""

    type: str
    start: int
    end: int
    placeholder: bool


def _pattern(
    type_: str,
    expression: str,
    literals: tuple[str, ...],
    *,
    group: int = 0,
    weak: bool = False,
    flags: int = 0,
    anchor: str | None = None,
) -> Pattern:
    return Pattern(type_, lambda: (re.compile(expression, flags),), literals, group, weak, anchor)


# All quantifiers are bounded or start at a word boundary, so that no text takes more than linear time.
_NAMES = (
    "password", "passwd", "secret", "api_key", "apikey", "access_token", "accesstoken", "auth_token", "authtoken",
)  # fmt: skip
_NAME = r"(?:password|passwd|secret|api_?key|access_?token|auth_?token|secret_?key)"
_OWN = (
    _pattern("Bedrock API key", r"(?<![A-Za-z0-9+/])ABSK[A-Za-z0-9+/=]{40,400}", ("absk",)),
    _pattern("Bedrock API key", r"(?<!\w)bedrock-api-key-[A-Za-z0-9+/=_-]{40,4000}", ("bedrock-api-key-",)),
    _pattern(
        "AWS key", r"aws_?secret_?access_?key\W{1,5}([0-9a-z/+]{40})(?![0-9a-z/+=])", ("aws",), group=1, flags=re.I
    ),
    _pattern("provider key", r"(?<![\w-])sk-ant-[\w-]{20,200}", ("sk-ant-",)),
    _pattern(
        "provider key",
        r"(?<![\w-])sk-(?:proj-|svcacct-|admin-|or-|lf-)?[\w-]{20,250}",
        ("sk-",),
        weak=True,
        anchor="start",
    ),
    _pattern(
        "provider key",
        r"(?<!\w)(?:hf_|gsk_|AIza|lsv2_(?:pt|sk)_)[\w-]{30,100}",
        ("hf_", "gsk_", "aiza", "lsv2_"),
        weak=True,
        anchor="start",
    ),
    _pattern("token", r"(?<!\w)github_pat_\w{60,100}", ("github_pat_",)),
    _pattern(
        "token",
        r"(?<!\w)(?:npm_[A-Za-z0-9]{36}|pypi-Ag[\w-]{70,400}|xapp-\d-[\w-]{30,200})(?![\w-])",
        ("npm_", "pypi-ag", "xapp-"),
        anchor="start",
    ),
    _pattern("token", r"(?<![\w.-])eyJ[\w=-]{10,2000}\.eyJ[\w=-]{10,4000}\.[\w=-]{10,1000}", ("eyj",), anchor="start"),
    _pattern(
        "connection string",
        r"(?<![\w+.-])[a-z][a-z0-9+.-]{1,20}://[^\s:/?#@'\"<>`]{1,80}:([^\s/?#@'\"<>`]{1,120})@[\w.-]{1,200}",
        ("://",),
        group=1,
        flags=re.I,
    ),
    _pattern(
        "password",
        _NAME + r"['\"]?\s{0,3}(?::|=|:=)\s{0,3}(['\"])([^'\"\s]{8,128})\1",
        _NAMES,
        group=2,
        weak=True,
        flags=re.I,
        anchor="start",
    ),
    _pattern("password", r"unsafe_?plain_?text\(\s{0,20}(['\"])([^'\"]{6,128})\1", ("plain",), group=2, flags=re.I),
    _pattern(
        "password",
        r"variable\s+\"\w{0,60}(?:password|secret|api_key|token)\"\s*\{[^{}]{0,600}?default\s{0,20}=\s{0,20}\"([^\"\s]{8,128})\"",
        ("variable",),
        group=1,
        weak=True,
        flags=re.I,
        anchor="start",
    ),
)
# Formats whose values are not quoted.
_UNQUOTED = _pattern(
    "password",
    r"^[ \t]{0,40}(?:export |- )?[\w.-]{0,60}?" + _NAME + r"[ \t]{0,3}[:=][ \t]{0,3}([^\s'\"#]{8,128})[ \t]*$",
    _NAMES,
    group=1,
    weak=True,
    flags=re.I | re.M,
    anchor="line",
)
_WORKFLOW_DEFAULT = _pattern(
    "secret default",
    r"secrets\.\w{0,60}(?:key|token|password|secret|pass)\w{0,60}\s{0,5}\|\|\s{0,5}'([^']{1,500})'",
    ("secrets.",),
    group=1,
    flags=re.I,
    anchor="start",
)
_UNQUOTED_SUFFIXES = (".yaml", ".yml", ".properties", ".ini", ".cfg", ".conf", ".toml", ".env", ".tfvars", ".sh")
_PRIVATE_KEY = re.compile(r"BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY")
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=]{40}")
_BOUNDARY = re.compile(r"[A-Za-z0-9+]")

# Plugins of detect-secrets with bounded expressions and few false hits, the type we call them, and their literals.
_PLUGINS = (
    ("aws", "AWSKeyDetector", "AWS key", ("aws", "akia", "asia", "abia", "acca", "a3t")),
    ("github_token", "GitHubTokenDetector", "token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    ("gitlab_token", "GitLabTokenDetector", "token", ("gl", "gr1348941")),
    ("slack", "SlackDetector", "token", ("xox", "hooks.slack.com")),
    ("stripe", "StripeDetector", "token", ("k_live_",)),
    ("sendgrid", "SendGridDetector", "token", ("sg.",)),
    ("twilio", "TwilioKeyDetector", "token", ("ac", "sk")),
    ("square_oauth", "SquareOAuthDetector", "token", ("sq0csp-",)),
    ("mailchimp", "MailchimpDetector", "token", ("-us",)),
    ("azure_storage_key", "AzureStorageKeyDetector", "provider key", ("accountkey=",)),
)

# In some of these expressions the first group is the value, in others there is no group and all is.
_VALUE_GROUP = -1

_INTERPOLATION = re.compile(
    r"\$\{|\{\{|\$\(|^\$|%[(s]|\{[\w.\[\]'\"]*\}|<[^>]*>|!Ref|!Sub|process\.env|os\.environ|^arn:|\}"
)
_WORDS = re.compile(
    r"example|change.?me|your[-_ ]|placeholder|dummy|fake|sample|replace|redacted|insert|xxx|\*\*\*|\.\.\.|not[-_]real"
    r"|mock|12345678|abcdefgh|deadbeef|(.)\1{5,}"
    r"|\btest[-_]?pass"
    r"|^[a-z]+[-_](?:pass|password|pwd|secret)$|^(?:test|pass|password|pwd|secret|postgres|root|admin|user|guest|none|null)$",
    re.I,
)
_NAMED_HOST = re.compile(r"@(host|hostname|server|cluster|db-?host|your[-_.\w]*)$", re.I)
_LOCAL_HOST = re.compile(r"@(localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal)\b", re.I)


def read(files: Iterable[File]) -> tuple[tuple[Draft, ...], tuple[Gap, ...]]:
    """Credentials in the production files of ``files``. Text that is not UTF-8 is read as Latin-1: nothing is a gap."""
    found = [d for f in files if f.part is Part.PRODUCTION for d in _drafts(f)]
    return tuple(found), ()


def is_placeholder(value: str) -> bool:
    """Evidently no credential: a word that says so, a variable to be filled in, or next to no variety."""
    varied = len(set(value)) > min(5, len(value) // 3)
    return bool(_WORDS.search(value) or _INTERPOLATION.search(value)) or not varied


def _drafts(file: File) -> Iterator[Draft]:
    numbers: Counter[str] = Counter()
    text = file.text if file.text is not None else file.data.decode("latin-1")
    line, position = 1, 0
    for hit in _hits(file.path, text):
        line, position = line + text.count("\n", position, hit.start), hit.start
        numbers[hit.type] += 1
        described = draft(Secret, Location(file.path, line), type=hit.type, path=file.path, placeholder=hit.placeholder)
        yield replace(described, identity=f"{file.path}:{hit.type}#{numbers[hit.type]}")


def _hits(path: str, text: str) -> list[Hit]:
    """Hits in order of place; where two formats claim one stretch, the first in the table counts."""
    lowered = text.lower()
    found: list[Hit] = list(_private_keys(text)) if "private key" in lowered else []
    for pattern in _patterns(path):
        if any(literal in lowered for literal in pattern.literals):
            taken = [(h.start, h.end) for h in found]
            found += [
                h for h in _matches(pattern, text, lowered) if not any(s < h.end and h.start < e for s, e in taken)
            ]
    return sorted(found, key=lambda h: h.start)


def _patterns(path: str) -> Iterator[Pattern]:
    yield from _OWN[:5]
    yield from _plugin_patterns()
    yield from _OWN[5:]
    name = path.rpartition("/")[2].lower()
    if suffix_of(path) in _UNQUOTED_SUFFIXES or name.startswith(".env"):
        yield _UNQUOTED
    if path.startswith(".github/workflows/"):
        yield _WORKFLOW_DEFAULT


@cache
def _plugin_patterns() -> tuple[Pattern, ...]:
    """The expressions of detect-secrets, without its scanner: on whole files they take a twentieth of the time.

    A plugin is imported when a file holds one of its literals.
    """
    return tuple(
        Pattern(type_, _denylist(module, name), literals, _VALUE_GROUP if type_ == "AWS key" else 0)
        for module, name, type_, literals in _PLUGINS
    )


def _denylist(module: str, name: str) -> Callable[[], tuple[re.Pattern[str], ...]]:
    return lambda: tuple(getattr(import_module(f"detect_secrets.plugins.{module}"), name).denylist)


def _private_keys(text: str) -> Iterator[Hit]:
    """Private keys with a body; code that only looks for the header has none."""
    for match in _PRIVATE_KEY.finditer(text):
        body = _KEY_BODY.search(text, match.end(), match.end() + 300)
        if body:
            yield Hit("private key", match.start(), body.end(), is_placeholder(body.group()))


def _matches(pattern: Pattern, text: str, lowered: str) -> Iterator[Hit]:
    for match in _found(pattern, text, lowered):
        group = pattern.group if pattern.group != _VALUE_GROUP else min(1, match.re.groups)
        value = match.group(group)
        around = text[match.start() - 1 : match.start()] + text[match.end() : match.end() + 1]
        if not group and _BOUNDARY.search(around):
            continue
        fake = is_placeholder(value) or (pattern.type == "connection string" and _fake_connection(match.group(), value))
        if pattern.weak and (_INTERPOLATION.search(value) or not (fake or _looks_random(value))):
            continue
        yield Hit(pattern.type, match.start(group), match.end(group), fake)


def _found(pattern: Pattern, text: str, lowered: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern; an anchored one is tried only where its literals are.

    Lower case of a few letters is longer than the letter: places in ``lowered`` then mean nothing, and all are tried.
    """
    for regex in pattern.regexes():
        if pattern.anchor is None or len(lowered) != len(text):
            yield from regex.finditer(text)
            continue
        end = 0
        for place in _places(pattern, text, lowered):
            match = regex.match(text, place) if place >= end else None
            if match:
                yield match
                end = match.end()


def _places(pattern: Pattern, text: str, lowered: str) -> list[int]:
    """Where matches may start, in order, each once."""
    found: set[int] = set()
    for literal in pattern.literals:
        at = lowered.find(literal)
        while at >= 0:
            found.add(text.rfind("\n", 0, at) + 1 if pattern.anchor == "line" else at)
            at = lowered.find(literal, at + 1)
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

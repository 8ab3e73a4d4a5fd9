"""Formats of credentials: the expressions, the words that each needs, and where its matches start."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module

from prodworks_cli.sources.files import File
from prodworks_cli.sources.parts import suffix_of
from prodworks_cli.sources.secret_shapes import Shape, alone, may_hold_aws_key, shaped

# In some expressions the first group is the value, in others there is no group and all is.
VALUE_GROUP = -1
# Where the match starts that holds a literal at a place of a text.
Start = Callable[[str, int], int]


@dataclass(frozen=True)
class Pattern:
    """A credential format. ``group`` is the part of the match that is the value. One of the ``literals`` is in every
    match, or one of ``folded``, which are in lower case and found in any case. ``start`` says where a match with one of
    them starts, so that only those places are tried. ``weak``: the format alone proves nothing, the value must look
    random. ``regexes`` gives the expressions when they are needed first. ``shape`` tells whether a content holds what
    could be a match, from what the issuer publishes of the format; it may be wide, never narrow.
    """

    type: str
    regexes: Callable[[], tuple[re.Pattern[str], ...]]
    literals: tuple[bytes, ...]
    group: int = 0
    weak: bool = False
    folded: tuple[bytes, ...] = ()
    start: Start | None = None
    shape: Shape | None = None

    def may_be_in(self, file: File) -> bool:
        """Whether a file may hold a match, told from the literals and the shape."""
        named = file.holds(self.literals) or file.holds(self.folded, folded=True)
        return named and (self.shape is None or self.shape(file.data))


def _pattern(
    type_: str,
    expression: str,
    literals: tuple[str, ...],
    *,
    group: int = 0,
    weak: bool = False,
    flags: int = 0,
    start: Start | None = None,
) -> Pattern:
    needed = tuple(literal.encode() for literal in literals)
    exact, folded = ((), needed) if flags & re.I else (needed, ())
    return Pattern(type_, lambda: (re.compile(expression, flags),), exact, group, weak, folded, start)


def _plugin(
    module: str,
    name: str,
    type_: str,
    *literals: bytes,
    shape: Shape,
    folded: tuple[bytes, ...] = (),
    start: Start | None = None,
) -> Pattern:
    """The expressions of detect-secrets, without its scanner: on whole files they take a twentieth of the time.

    A plugin is imported when a file holds one of its literals and the shape: with the first come an HTTP client and
    all that it needs, which takes longer than everything else here.
    """
    regexes, group = partial(_denylist, module, name), VALUE_GROUP if type_ == "AWS key" else 0
    return Pattern(type_, regexes, literals, group, folded=folded, start=start, shape=shape)


@cache
def _denylist(module: str, name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(getattr(import_module(f"detect_secrets.plugins.{module}"), name).denylist)


def _here(_: str, at: int) -> int:
    return at


def _line(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _scheme(text: str, at: int) -> int:
    """Where the scheme of an address starts."""
    before = text[max(at - _LONGEST_SCHEME, 0) : at]
    return at - len(before) + len(before.rstrip(_SCHEME))


_LONGEST_SCHEME = 22
_SCHEME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-"
# All quantifiers are bounded or start at a word boundary, so that no text takes more than linear time.
_NAMES = (
    "passw", "secret", "api_key", "apikey", "access_token", "accesstoken", "auth_token", "authtoken",
)  # fmt: skip
_NAME = r"(?:password|passwd|secret|api_?key|access_?token|auth_?token|secret_?key)"
_OWN = (
    _pattern("Bedrock API key", r"(?<![A-Za-z0-9+/])ABSK[A-Za-z0-9+/=]{40,400}", ("ABSK",)),
    _pattern("Bedrock API key", r"(?<!\w)bedrock-api-key-[A-Za-z0-9+/=_-]{40,4000}", ("bedrock-api-key-",)),
    _pattern(
        "AWS key",
        r"aws_?secret_?access_?key\W{1,5}([0-9a-z/+]{40})(?![0-9a-z/+=])",
        ("aws_secret", "awssecret"),
        group=1,
        flags=re.I,
        start=_here,
    ),
    _pattern("provider key", r"(?<![\w-])sk-ant-[\w-]{20,200}", ("sk-ant-",)),
    _pattern(
        "provider key",
        r"(?<![\w-])sk-(?:proj-|svcacct-|admin-|or-|lf-)?[\w-]{20,250}",
        ("sk-",),
        weak=True,
        start=_here,
    ),
    _pattern(
        "provider key",
        r"(?<!\w)(?:hf_|gsk_|AIza|lsv2_(?:pt|sk)_)[\w-]{30,100}",
        ("hf_", "gsk_", "AIza", "lsv2_"),
        weak=True,
        start=_here,
    ),
    _pattern("token", r"(?<!\w)github_pat_\w{60,100}", ("github_pat_",)),
    _pattern(
        "token",
        r"(?<!\w)(?:npm_[A-Za-z0-9]{36}|pypi-Ag[\w-]{70,400}|xapp-\d-[\w-]{30,200})(?![\w-])",
        ("npm_", "pypi-Ag", "xapp-"),
        start=_here,
    ),
    _pattern("token", r"(?<![\w.-])eyJ[\w=-]{10,2000}\.eyJ[\w=-]{10,4000}\.[\w=-]{10,1000}", ("eyJ",), start=_here),
    _pattern(
        "connection string",
        r"(?<![\w+.-])[a-z][a-z0-9+.-]{1,20}://[^\s:/?#@'\"<>`]{1,80}:([^\s/?#@'\"<>`]{1,120})@[\w.-]{1,200}",
        ("://",),
        group=1,
        flags=re.I,
        start=_scheme,
    ),
    _pattern(
        "password",
        _NAME + r"['\"]?\s{0,3}(?::|=|:=)\s{0,3}(['\"])([^'\"\s]{8,128})\1",
        _NAMES,
        group=2,
        weak=True,
        flags=re.I,
        start=_here,
    ),
    _pattern(
        "password",
        r"unsafe_?plain_?text\(\s{0,20}(['\"])([^'\"]{6,128})\1",
        ("plain_text(", "plaintext("),
        group=2,
        flags=re.I,
    ),
    _pattern(
        "password",
        r"variable\s+\"\w{0,60}(?:password|secret|api_key|token)\"\s*\{[^{}]{0,600}?default\s{0,20}=\s{0,20}\"([^\"\s]{8,128})\"",
        ("variable",),
        group=1,
        weak=True,
        flags=re.I,
        start=_here,
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
    start=_line,
)
_WORKFLOW_DEFAULT = _pattern(
    "secret default",
    r"secrets\.\w{0,60}(?:key|token|password|secret|pass)\w{0,60}\s{0,5}\|\|\s{0,5}'([^']{1,500})'",
    ("secrets.",),
    group=1,
    flags=re.I,
    start=_here,
)
_UNQUOTED_SUFFIXES = (".yaml", ".yml", ".properties", ".ini", ".cfg", ".conf", ".toml", ".env", ".tfvars", ".sh")

# Plugins of detect-secrets with bounded expressions and few false hits.
_PLUGINS = (
    _plugin(
        "aws", "AWSKeyDetector", "AWS key", b"AKIA", b"ASIA", b"ABIA", b"ACCA", b"A3T",
        folded=(b"aws",), shape=may_hold_aws_key,
    ),
    _plugin(
        "github_token", "GitHubTokenDetector", "token", b"gh",
        start=_here, shape=shaped(alone(b"gh", rb"[a-z]{1,3}_\w{30}")),
    ),
    _plugin(
        "gitlab_token", "GitLabTokenDetector", "token", b"gl", b"GR1348941",
        start=_here, shape=shaped(alone(b"gl", rb"[a-z]{1,10}-[\w-]{20}"), rb"GR1348941[\w-]{20}"),
    ),
    _plugin(
        "slack", "SlackDetector", "token",
        folded=(b"xox", b"hooks.slack.com"), shape=shaped(rb"(?i)xox\w-\d", rb"(?i)hooks\.slack\.com/\w"),
    ),
    _plugin("stripe", "StripeDetector", "token", b"k_live_", shape=shaped(rb"k_live_\w{20}")),
    _plugin(
        "sendgrid", "SendGridDetector", "token", b"SG.",
        start=_here, shape=shaped(rb"SG\.[\w-]{16,30}\.[\w-]{30}"),
    ),
    _plugin(
        "twilio", "TwilioKeyDetector", "token", b"AC", b"SK",
        start=_here, shape=shaped(alone(b"AC", rb"[0-9a-z]{32}"), alone(b"SK", rb"[0-9a-z]{32}")),
    ),
    _plugin(
        "square_oauth", "SquareOAuthDetector", "token", b"sq0csp-",
        start=_here, shape=shaped(rb"sq0csp-.{40}"),
    ),
    _plugin(
        "mailchimp", "MailchimpDetector", "token", b"-us",
        start=lambda _, at: max(at - 32, 0), shape=shaped(rb"-us(?<=[0-9a-z]{32}-us)\d"),
    ),
    _plugin(
        "azure_storage_key", "AzureStorageKeyDetector", "provider key", b"AccountKey=",
        start=_here, shape=shaped(rb"AccountKey=[\w+/=]{80}"),
    ),
)  # fmt: skip


def patterns_for(path: str) -> Iterator[Pattern]:
    """The formats to look for in a file; where two claim one stretch, the first counts."""
    yield from _OWN[:5]
    yield from _PLUGINS
    yield from _OWN[5:]
    name = path.rpartition("/")[2].lower()
    if suffix_of(path) in _UNQUOTED_SUFFIXES or name.startswith(".env"):
        yield _UNQUOTED
    if path.startswith(".github/workflows/"):
        yield _WORKFLOW_DEFAULT

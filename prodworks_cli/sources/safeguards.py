"""Safeguards in source of any language, found by the names of what does the work.

A name tells that a safeguard is there, not which calls it covers: rules treat it as a reason not to be sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from prodworks_cli.lazy import regex
from prodworks_cli.model import Location, Unknown
from prodworks_cli.resources.safeguards import Safeguard
from prodworks_cli.schema import Draft, draft
from prodworks_cli.sources.files import File, Part
from prodworks_cli.sources.lines import lines_with
from prodworks_cli.sources.parts import CODE, suffix_of

_SOURCE = CODE - {".tf"}
_COMMENT = regex(r"[ \t]*(?:#|//|\*|/\*|--|<!--)")

# Purpose and mechanism of each sign; the first sign of a purpose and mechanism in a file counts.
_SIGNS: tuple[tuple[str, str, str], ...] = (
    (
        "authentication",
        "jwt",
        r"\bjwt\.(?:decode|verify)\(|\bjwtVerify\(|\bPyJWKClient\(|CognitoJwtVerifier|\bverify_?[iI]d_?[tT]oken\("
        r"|\boauth2ResourceServer\b|\bexpress-jwt\b|\bJWTBearer\(|\bjwt_required\b",
    ),
    (
        "authentication",
        "session",
        r"\bgetServerSession\(|\bNextAuth\(|\bpassport\.authenticate\(|\blogin_required\b|\bLoginRequiredMixin\b"
        r"|\bSecurityFilterChain\b|@PreAuthorize\b|\bclerkMiddleware\b|\bget_current_user\b|\bgetCurrentUser\(",
    ),
    (
        "authentication",
        "signature",
        r"\bSignatureVerifier\(|X-Slack-Signature|\bverify_slack_signature\b|X-Hub-Signature|\bconstructEvent\("
        r"|\bverify_key\(|\bApp\(\s*token=",
    ),
    (
        "authentication",
        "key",
        r"\bHTTPBearer\(|\bAPIKeyHeader\(|\bcompare_digest\(|\btimingSafeEqual\(|\bOAuth2PasswordBearer\("
        r"|\bHTTPBasic\(|[\"']x-api-key[\"']|\bdef (?:verify|check|validate|require)_\w*auth\w*\("
        r"|\bheaders\.get\(\s*[\"'][aA]uthorization[\"']|==\s*[\"']authorization[\"']",
    ),
    (
        "rate_limit",
        "library",
        r"\bslowapi\b|\bflask_limiter\b|\bexpress-rate-limit\b|@nestjs/throttler|\brate-limiter-flexible\b"
        r"|\bfastapi_limiter\b|@upstash/ratelimit|\bbucket4j\b|\bdjango_ratelimit\b|\bTokenBucket\b|\bRateLimiter\(",
    ),
    (
        "rate_limit",
        "own",
        r"\b(?:check|enforce|within|is_over|exceeds?|apply)_?rate_?limit\w*\(|\brateLimit(?:er)?\(",
    ),
    (
        "kill_switch",
        "feature flags",
        r"\bappconfigdata\b|\bget_latest_configuration\b|\bgetLatestConfiguration\b|\bAppConfigStore\(|\bFeatureFlags\("
        r"|\bldclient\b|\blaunchdarkly\b|\bUnleashClient\b|\bunleash-client\b|\bopenfeature\b|\bGrowthBook\(",
    ),
    (
        "kill_switch",
        "switch",
        r"\b(?:ai|llm|genai|model|chat|assistant|bedrock)_?(?:enabled|disabled|paused)\b|\bkill_?switch\b",
    ),
)
# Words of which one stands in every text that a sign matches: looked for first, since most files have none.
_WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("authentication", "jwt"): (
        *("jwt.", "jwtverify", "pyjwkclient", "cognitojwtverifier", "idtoken(", "id_token(", "oauth2resourceserver"),
        *("express-jwt", "jwtbearer", "jwt_required", "idtoken", "id_token"),
    ),
    ("authentication", "session"): (
        *("getserversession", "nextauth(", "passport.", "login_required", "loginrequired", "securityfilterchain"),
        *("preauthorize", "clerkmiddleware", "get_current_user", "getcurrentuser"),
    ),
    ("authentication", "signature"): (
        *("signatureverifier", "slack-signature", "slack_signature", "hub-signature", "constructevent", "verify_key("),
        "app(",
    ),
    ("authentication", "key"): (
        *("httpbearer", "apikeyheader", "compare_digest", "timingsafeequal", "oauth2passwordbearer", "httpbasic"),
        *(
            "x-api-key",
            "'authorization'",
            '"authorization"',
            "def verify_",
            "def check_",
            "def validate_",
            "def require_",
        ),
    ),
    ("rate_limit", "library"): (
        *("slowapi", "flask_limiter", "express-rate-limit", "nestjs/throttler", "rate-limiter-flexible"),
        *("fastapi_limiter", "upstash/ratelimit", "bucket4j", "django_ratelimit", "tokenbucket", "ratelimiter("),
    ),
    ("rate_limit", "own"): ("rate_limit", "ratelimit"),
    ("kill_switch", "feature flags"): (
        *("appconfig", "get_latest_configuration", "getlatestconfiguration", "featureflags(", "ldclient"),
        *("launchdarkly", "unleash", "openfeature", "growthbook"),
    ),
    ("kill_switch", "switch"): ("enabled", "disabled", "paused", "kill"),
}
_COMPILED = tuple(
    (purpose, how, regex(pattern, re.I if purpose in ("rate_limit", "kill_switch") else 0))
    for purpose, how, pattern in _SIGNS
)
_BYTES = {key: tuple(word.encode() for word in words) for key, words in _WORDS.items()}
_ALL = regex(r"\bSlowAPIMiddleware\b|\bapp\.use\(\s*(?:rateLimit|limiter)\b|\bThrottlerGuard\b")


def read(files: Iterable[File]) -> tuple[Draft, ...]:
    """The safeguards of production source, one for each purpose and mechanism of a file."""
    return tuple(d for f in files if f.part is Part.PRODUCTION and suffix_of(f.path) in _SOURCE for d in _in_file(f))


def _in_file(file: File) -> Iterator[Draft]:
    for purpose, mechanism, pattern in _COMPILED:
        if not file.holds(_BYTES[purpose, mechanism], folded=True):
            continue
        text = file.text or ""
        line = _first_line(text, pattern, _WORDS[purpose, mechanism])
        if line is not None:
            covers = True if purpose == "rate_limit" and _ALL.search(text) else Unknown("which calls it covers")
            yield found(file.path, line, purpose, mechanism, covers)


def _first_line(text: str, pattern: re.Pattern[str], words: Sequence[str]) -> int | None:
    lines = lines_with(text, words)
    return next((n for n, line in lines if pattern.search(line) and not _COMMENT.match(line)), None)


def found(path: str, line: int, purpose: str, mechanism: str, covers_all: bool | Unknown) -> Draft:
    """A safeguard as a draft."""
    described = draft(
        Safeguard, Location(path, line), purpose=purpose, mechanism=mechanism, path=path, covers_all=covers_all
    )
    return replace(described, identity=f"{path}:{purpose} {mechanism}")

from __future__ import annotations

import pytest

from prodworks_cli.model import Unknown
from prodworks_cli.sources.files import tree_of
from prodworks_cli.sources.safeguards import read


@pytest.mark.parametrize(
    ("path", "line", "found"),
    [
        ("app.py", "claims = jwt.decode(token, key)", ("authentication", "jwt")),
        ("src/auth.ts", "const { payload } = await jwtVerify(token, keys)", ("authentication", "jwt")),
        ("src/auth.ts", "const session = await getServerSession(options)", ("authentication", "session")),
        ("app.py", "def chat(user: User = Depends(get_current_user)):", ("authentication", "session")),
        ("Security.java", "SecurityFilterChain chain(HttpSecurity http)", ("authentication", "session")),
        ("app.py", "verifier = SignatureVerifier(secret)", ("authentication", "signature")),
        ("app.py", "if not hmac.compare_digest(given, wanted):", ("authentication", "key")),
        ("app.py", "def verify_basic_auth(event):", ("authentication", "key")),
        ("app.py", "given = event.headers.get('Authorization')", ("authentication", "key")),
        ("app.py", "from slowapi import Limiter", ("rate_limit", "library")),
        ("src/app.ts", "import limit from 'express-rate-limit'", ("rate_limit", "library")),
        ("app.py", "enforce_rate_limit(user)", ("rate_limit", "own")),
        ("app.py", "client = boto3.client('appconfigdata')", ("kill_switch", "feature flags")),
        ("app.py", "if not settings.ai_enabled:", ("kill_switch", "switch")),
        ("app.py", "KILL_SWITCH = os.environ.get('KILL_SWITCH')", ("kill_switch", "switch")),
        ("app.py", "headers = {'Authorization': token}", None),
        ("app.py", "# jwt.decode(token)", None),
        ("tests/test_app.py", "jwt.decode(token, key)", None),
        ("README.md", "Use slowapi.", None),
    ],
)
def test_signs(path: str, line: str, found: tuple[str, str] | None) -> None:
    drafts = read(tree_of({path: f"\n{line}\n"}).files)
    assert [(d.attributes["purpose"], d.attributes["mechanism"]) for d in drafts] == ([found] if found else [])
    assert all((d.location.line, d.attributes["path"]) == (2, path) for d in drafts)


def test_a_limiter_of_the_whole_application_covers_all() -> None:
    (one,) = read(tree_of({"app.py": "from slowapi.middleware import SlowAPIMiddleware\n"}).files)
    assert one.attributes["covers_all"] is True
    (other,) = read(tree_of({"app.py": "from slowapi import Limiter\n"}).files)
    assert isinstance(other.attributes["covers_all"], Unknown)

import time

import pytest

from prodworks_cli.resources.secrets import Secret
from prodworks_cli.schema import assemble
from prodworks_cli.sources import secrets
from prodworks_cli.sources.files import tree_of

# Put together here, so that no scanner takes the tests for a leak.
AWS_ID = "AKIA" + "QX7ZP3LM9RTW2KVB"
RANDOM = "aB3dE5gH7jK9mN2pQ4sT6vW8yZ1cF0xLrUqIoXeA"
KEY = "-----BEGIN RSA PRIVATE " + "KEY-----\n"


def found(path: str, text: str) -> list[tuple[object, int | None, object]]:
    drafts, gaps = secrets.read(tree_of({path: text}).files)
    assert gaps == ()
    return [(d.attributes["type"], d.location.line, d.attributes["placeholder"]) for d in drafts]


@pytest.mark.parametrize(
    ("path", "text", "type_"),
    [
        ("app.py", f"x = '{AWS_ID}'", "AWS key"),
        ("app.py", f"aws_secret_key = '{RANDOM}'", "AWS key"),
        (".env", f"AWS_SECRET_ACCESS_KEY={RANDOM}", "AWS key"),
        ("app.py", "k = 'ABSK" + RANDOM + "'", "Bedrock API key"),
        ("app.py", "k = 'bedrock-api-key-" + RANDOM + "'", "Bedrock API key"),
        ("app.py", "k = 'sk-ant-api03-" + RANDOM + "'", "provider key"),
        ("app.py", "k = 'sk-proj-" + RANDOM + "'", "provider key"),
        ("app.py", "k = 'ghp_" + RANDOM[:36] + "'", "token"),
        ("app.py", "k = 'xoxb-" + "1234-5678-" + RANDOM + "'", "token"),
        ("k.pem", KEY + RANDOM * 2 + "\n", "private key"),
        ("app.py", "u = 'postgresql://app:Zq8vT3xw@db.corp.net/x'", "connection string"),
        ("app.py", "db_password = 'Winter2024!x'", "password"),
        ("app.ts", "const c = { clientSecret: 'q8vT3xwZ91' }", "password"),
        ("compose.yaml", "environment:\n  DB_PASSWORD: q8vT3xwZ91", "password"),
        ("main.tf", 'variable "db_password" {\n  default = "q8vT3xwZ91"\n}', "password"),
        ("stack.ts", "SecretValue.unsafePlainText('hunter2-q8')", "password"),
        (".github/workflows/a.yml", "run: x\nenv: ${{ secrets.DB_PASS || 'q8vT3xwZ' }}", "secret default"),
    ],
)
def test_credentials_are_found(path: str, text: str, type_: str) -> None:
    assert [(t, p) for t, _, p in found(path, "\n" + text)] == [(type_, False)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", "k = 'AKIAIOSFODNN7EXAMPLE'"),
        (".env.example", "OPENAI_API_KEY=your_api_key_here"),
        ("app.py", "password = 'changeme'"),
        ("app.py", "k = 'sk-ant-xxxxxxxxxxxxxxxxxxxxxxxx'"),
        ("app.py", "u = 'postgres://postgres:postgres@db/x'"),
        ("app.py", "u = 'postgres://app:q8vT3xw@localhost/x'"),
        ("smoke.sh", "# TEST_PASSWORD='TestPass123!' ./smoke.sh"),
        ("compose.yaml", "url: postgresql://kb_user:kb_password@postgres:5432/kb"),
        ("app.py", "u = f'postgres://app:{password}@db/x'"),
    ],
)
def test_placeholders_are_marked(path: str, text: str) -> None:
    assert [p for _, _, p in found(path, text)] == [True]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", "if 'BEGIN RSA PRIVATE KEY' in text: pass"),
        ("app.py", "password = os.environ['DB_PASSWORD']"),
        ("app.py", "secret = 'my-app/database-secret'"),
        ("app.py", "api_key = '${OPENAI_API_KEY_2}'"),
        ("app.py", "secret_name = 'q8vT3xwZ91'"),
        ("app.py", "secret = 'arn:aws:secretsmanager:eu-west-1:1:secret:a1'"),
        ("a.css.ts", "const c = 'sk-some-long-class-name-for-a-skeleton'"),
        (".github/workflows/a.yml", "r: ${{ secrets.AWS_REGION || 'us-east-1' }}"),
        ("tests/test_a.py", f"k = '{AWS_ID}'"),
        ("docs/a.txt", f"k = '{AWS_ID}'"),
        ("blob.txt", f"aaaa{AWS_ID}aaaa"),
    ],
)
def test_what_only_looks_like_one_is_left_out(path: str, text: str) -> None:
    assert found(path, text) == []


def test_the_value_is_nowhere_and_the_place_is_exact() -> None:
    text = f"a = 1\nk = '{AWS_ID}'\n\nj = '{AWS_ID}'\n"
    drafts, _ = secrets.read(tree_of({"src/app.py": text}).files)
    assert [(d.identity, d.location.line) for d in drafts] == [("src/app.py:AWS key#1", 2), ("src/app.py:AWS key#2", 4)]
    assert assemble(drafts[0])[0] == Secret("AWS key", "src/app.py", False)
    assert AWS_ID not in repr(drafts)


@pytest.mark.parametrize("unit", ["eyJ", "sk-", "pypi-AgEIcHlwaS5vcmc", "a://a:", "password", "aws key ", "variable "])
def test_hostile_text_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    found("app.yaml", unit * (300_000 // len(unit)))
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "url", ["mongodb://user:p@ss@host/db", "postgres://app:s3cr3tPass9@hostname", "amqp://u:pw@mq.acme.io"]
)
def test_the_form_of_an_address_is_no_credential(url: str) -> None:
    assert [placeholder for _, _, placeholder in found("src/log.py", f"# like {url}\n")] == [True]


def test_a_connection_string_with_a_password_is_one() -> None:
    url = "postgres://app:" + "s3cr3tPass9@db.acme.io/x"
    assert found("src/db.py", f'URL = "{url}"\n') == [("connection string", 1, False)]

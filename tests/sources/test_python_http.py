"""Python: model calls over plain HTTP, from raw source."""

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.model_calls import ModelCall, ModelClient
from prodworks_cli.sources.files import tree_of

OPENAI = "https://api.openai.com/v1/chat/completions"
GOOGLE = "https://generativelanguage.googleapis.com/v1beta/models"
AZURE = "https://my.openai.azure.com/openai/deployments"
RUNTIME = "https://bedrock-runtime.us-east-1.amazonaws.com/model"


def found(**files: str) -> tuple[list[ModelCall], list[ModelClient]]:
    resources = collect_repository(tree_of({f"{name}.py": text for name, text in files.items()}), {}).resources
    calls = [r.value for r in resources if isinstance(r.value, ModelCall)]
    return calls, [r.value for r in resources if isinstance(r.value, ModelClient)]


def read(text: str, **files: str) -> tuple[ModelCall, ModelClient]:
    (call,), (client,) = found(app=text, **files)
    return call, client


def asked(line: str, before: str = "", after: str = "return response.json()") -> str:
    head = "import urllib.request\nimport aiohttp\nimport httpx\nimport requests\nimport urllib3\n"
    return f"{head}\n{before}\n\ndef handler(event, context):\n    response = {line}\n    {after}\n"


BODY = "{'model': 'gpt-4o', 'max_tokens': 9, 'messages': event['messages']}"


@pytest.mark.parametrize(
    ("line", "before"),
    [
        (f"requests.post('{OPENAI}', json={BODY})", ""),
        (f"requests.request('POST', '{OPENAI}', json={BODY})", ""),
        (f"requests.post(url='{OPENAI}', data=json.dumps({BODY}))", "import json"),
        (f"httpx.post(URL, json={BODY})", f"URL = '{OPENAI}'"),
        (
            f"client.post('/chat/completions', json={BODY})",
            "client = httpx.Client(base_url='https://api.openai.com/v1')",
        ),
        (f"session.post('{OPENAI}', json={BODY})", "session = requests.Session()"),
        (f"pool.request('POST', '{OPENAI}', body=json.dumps({BODY}))", "import json\npool = urllib3.PoolManager()"),
        (f"requests.post(f'{{BASE}}/chat/completions', json={BODY})", "BASE = 'https://api.openai.com/v1'"),
    ],
)
def test_a_request_to_a_provider_is_a_call(line: str, before: str) -> None:
    call, client = read(asked(line, before))
    assert (call.api, call.provider, call.endpoint) == ("http chat.completions", "openai", "openai")
    assert (call.model_id, call.max_tokens, call.modalities) == ("gpt-4o", 9, ("text",))
    assert call.untrusted_sources == ("request",)
    assert (client.service, client.max_attempts) == ("openai", 1)


@pytest.mark.parametrize(
    ("line", "before"),
    [
        ("requests.get('https://api.openai.com/v1/models')", ""),
        ("requests.post('https://api.openai.com/v1/files', json={})", ""),
        ("requests.post('https://example.com/v1/chats', json={})", ""),
        ("app.post('/v1/chat/completions')(answer)", ""),
        ("requests.post(URL, json={})", "# https://api.openai.com/v1/chat/completions\nURL = 'https://example.com'"),
        ("queue.post('x')", f"URL = '{OPENAI}'"),
    ],
)
def test_what_is_no_call(line: str, before: str) -> None:
    assert found(app=asked(line, before))[0] == []


@pytest.mark.parametrize(
    ("url", "provider", "api", "model"),
    [
        ("https://api.anthropic.com/v1/messages", "anthropic", "messages", None),
        (f"{GOOGLE}/gemini-2.5-pro:generateContent", "google", "generateContent", "gemini-2.5-pro"),
        ("https://openrouter.ai/api/v1/chat/completions", "openrouter", "chat.completions", None),
        (f"{AZURE}/chat/chat/completions?api-version=1", "azure", "chat.completions", "chat"),
        ("https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions", "bedrock", "chat.completions", None),
        (f"{RUNTIME}/amazon.nova-lite-v1%3A0/converse", "bedrock", "converse", "amazon.nova-lite-v1:0"),
        (f"{RUNTIME}/amazon.nova-lite-v1:0/invoke", "bedrock", "invoke_model", "amazon.nova-lite-v1:0"),
        ("https://api.cohere.com/v2/rerank", "cohere", "rerank", None),
    ],
)
def test_the_provider_and_the_operation_are_in_the_address(url: str, provider: str, api: str, model: str) -> None:
    call, _ = read(asked(f"requests.post('{url}', json={{'model': 'm'}})"))
    assert (call.provider, call.api, call.model_id) == (provider, f"http {api}", model or "m")


def test_a_request_to_bedrock_is_its_operation() -> None:
    guardrail = "{'guardrailIdentifier': 'g', 'guardrailVersion': '1'}"
    body = f"{{'messages': [], 'inferenceConfig': {{'maxTokens': 9}}, 'guardrailConfig': {guardrail}}}"
    url = f"{RUNTIME}/amazon.nova-lite-v1:0/converse"
    call, client = read(asked(f"requests.post('{url}', json={body}, timeout=(3, 20))"))
    assert (call.endpoint, call.max_tokens) == ("bedrock-runtime", 9)
    assert (call.guardrail_mode, call.guardrail_version) == ("attached", "1")
    assert client.read_timeout == 20


def test_the_guardrail_of_invoke_is_in_the_headers() -> None:
    headers = "{'X-Amzn-Bedrock-GuardrailIdentifier': 'g', 'X-Amzn-Bedrock-GuardrailVersion': '1'}"
    url = f"{RUNTIME}/amazon.nova-lite-v1:0/invoke"
    call, _ = read(asked(f"requests.post('{url}', json={{'max_tokens': 9}}, headers={headers})"))
    assert (call.guardrail_mode, call.guardrail_id, call.max_tokens) == ("attached", "g", 9)
    assert read(asked(f"requests.post('{url}', json={{}}, headers={{}})"))[0].guardrail_mode == "none"
    assert isinstance(read(asked(f"requests.post('{url}', json={{}}, headers=h())"))[0].guardrail_mode, Unknown)


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        (f"requests.post('{OPENAI}', json={{}}, timeout=7)", 7),
        (f"requests.post('{OPENAI}', json={{}})", None),
        (f"httpx.post('{OPENAI}', json={{}})", 5),
        (f"httpx.Client(timeout=httpx.Timeout(9, connect=2)).post('{OPENAI}', json={{}})", 9),
        (f"aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=8)).post('{OPENAI}', json={{}})", 8),
    ],
)
def test_how_long_a_request_waits(line: str, seconds: int | None) -> None:
    assert read(asked(line))[1].read_timeout == seconds


def test_a_body_that_is_built_elsewhere_leaves_the_call_open() -> None:
    call, _ = read("import requests\n\n\ndef ask(body):\n    return requests.post('" + OPENAI + "', json=body)\n")
    assert isinstance(call.model_id, Unknown)
    assert isinstance(call.max_tokens, Unknown)


def test_urllib_sends_a_request_object() -> None:
    line = f"urllib.request.urlopen(urllib.request.Request('{OPENAI}', data=b''))"
    assert read(asked(line))[0].provider == "openai"


@pytest.mark.parametrize(
    ("after", "handled"),
    [
        ("if response.status_code != 200:\n        return None\n    return response.json()", ("HTTPError",)),
        ("response.raise_for_status()\n    return response.json()", ()),
    ],
)
def test_a_status_that_is_compared_is_an_error_that_is_handled(after: str, handled: tuple[str, ...]) -> None:
    call, _ = read(asked(f"requests.post('{OPENAI}', json={{}})", after=after))
    assert call.handled_errors == handled


@pytest.mark.parametrize(("field", "recorded"), [("['usage']", True), ("['choices']", False)])
def test_the_usage_of_an_answer(field: str, recorded: bool) -> None:
    call, _ = read(asked(f"requests.post('{OPENAI}', json={{}})", after=f"print(response.json(){field})"))
    assert call.usage_recorded is recorded


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("f'{GATEWAY}/v1/chat/completions'", "http chat.completions"),
        ("'http://localhost:4000/v1/embeddings'", "http embeddings"),
        ("os.environ['GATEWAY'] + '/chat/completions'", "http chat.completions"),
    ],
)
def test_a_gateway_is_asked_by_a_path_that_only_models_have(url: str, api: str) -> None:
    before = "import os\n\nGATEWAY = os.environ['GATEWAY']"
    call, _ = read(asked(f"requests.post({url}, json={BODY})", before))
    assert (call.api, call.model_id, call.max_tokens) == (api, "gpt-4o", 9)
    assert isinstance(call.provider, Unknown)
    assert isinstance(call.endpoint, Unknown)


@pytest.mark.parametrize("path", ["v1/completions/42", "v1/messages", "jobs", "v1/responses"])
def test_other_paths_of_an_unknown_host_are_no_calls(path: str) -> None:
    line = f"requests.post(f'{{GATEWAY}}/{path}', json={BODY})"
    assert found(app=asked(line, "GATEWAY = input()\nOTHER = '/chat/completions'")) == ([], [])

"""The fixed part of a request, in Python, TypeScript and Java: how long it is, and whether it is marked to be cached."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of

RULES = "a" * 4000
PYTHON = """import boto3
client = boto3.client("bedrock-runtime")
RULES = "{rules}"
def ask(text, found):
    return client.{call}
"""
SCRIPT = """import {{ BedrockRuntimeClient, ConverseCommand, InvokeModelCommand }} from "@aws-sdk/client-bedrock-runtime";
const client = new BedrockRuntimeClient({{}});
const RULES = "{rules}";
export const ask = (text, found) => client.send({call});
"""


def call(path: str, text: str) -> ModelCall:
    found = [r.value for r in collect_repository(tree_of({path: text}), {}).resources if isinstance(r.value, ModelCall)]
    return found[0]


def shown(found: ModelCall) -> tuple[object, object]:
    cached, tokens = found.cached_prefix, found.prefix_tokens
    return ("?" if isinstance(cached, Unknown) else cached, "?" if isinstance(tokens, Unknown) else tokens)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("converse(system=[{'text': RULES}])", (False, 1001)),
        ("converse(system=[{'text': RULES}, {'cachePoint': {'type': 'default'}}])", (True, 1006)),
        ("converse(system=[{'text': f'{text}{RULES}'}])", (False, 0)),
        ("converse(system=found)", ("?", "?")),
        ("converse(messages=[{'role': 'user', 'content': [{'text': text}]}])", (False, 0)),
        ("converse(messages=[{'role': 'user', 'content': [{'text': text}, {'cachePoint': {'type': 'default'}}]}])", (True, 0)),
    ],
)  # fmt: skip
def test_requests_in_python(request_: str, expected: tuple[object, object]) -> None:
    assert shown(call("app.py", PYTHON.format(rules=RULES, call=request_)))[0] == expected[0]
    if expected[1] in (0, None, "?", 1001):
        assert shown(call("app.py", PYTHON.format(rules=RULES, call=request_))) == expected


@pytest.mark.parametrize(
    ("request_", "cached"),
    [
        ("new ConverseCommand({ system: [{ text: RULES }] })", False),
        ("new ConverseCommand({ system: [{ text: RULES }, { cachePoint: { type: 'default' } }] })", True),
        ("new ConverseCommand({ system: found })", "?"),
        ("new InvokeModelCommand({ body: JSON.stringify({ system: [{ type: 'text', text: RULES, cache_control: { type: 'ephemeral' } }], messages: [] }) })", True),
        ("new InvokeModelCommand({ body: JSON.stringify({ system: RULES, messages: [] }) })", False),
    ],
)  # fmt: skip
def test_requests_in_typescript(request_: str, cached: object) -> None:
    found = shown(call("app.ts", SCRIPT.format(rules=RULES, call=request_)))
    assert found[0] == cached
    assert found[1] == "?" if cached == "?" else isinstance(found[1], int) and found[1] >= 1000


def test_a_text_that_is_filled_in_counts_up_to_there() -> None:
    request = "new ConverseCommand({ system: [{ text: `" + "b" * 200 + " ${text} more` }] })"
    assert shown(call("app.ts", SCRIPT.format(rules="", call=request))) == (False, 50)


def test_requests_in_java() -> None:
    text = f"""import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;
class Chat {{
  BedrockRuntimeClient client = BedrockRuntimeClient.builder().build();
  Object ask() {{ return client.converse(ConverseRequest.builder().system(SystemContentBlock.fromText("{RULES}")).build()); }}
}}
"""
    assert shown(call("Chat.java", text)) == (False, 1000)


def test_an_agent_has_no_prefix_of_its_own() -> None:
    text = 'import boto3\nclient = boto3.client("bedrock-agent-runtime")\nclient.invoke_agent(inputText="hi", agentId="a")\n'
    assert shown(call("app.py", text)) == (None, None)

"""Python: model objects of frameworks and clients of other SDKs that speak to Bedrock, from raw source."""

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Ref, Unknown
from prodworks_cli.resources.model_calls import ModelCall, ModelClient
from prodworks_cli.sources.files import tree_of


def read(text: str, **files: str) -> tuple[ModelCall, ModelClient]:
    resources = collect_repository(tree_of({"app.py": text, **files}), {}).resources
    (found,) = [r.value for r in resources if isinstance(r.value, ModelCall)]
    clients = {r.identity: r.value for r in resources if isinstance(r.value, ModelClient)}
    assert isinstance(found.client, Ref)
    return found, clients[found.client.key]


LANGCHAIN = """
from botocore.config import Config
from langchain_aws import ChatBedrockConverse

llm = ChatBedrockConverse(model="amazon.nova-lite-v1:0"{})
"""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", (None, None, None)),
        (", timeout=20, max_retries=2", (20, 3, None)),
        (', config=Config(read_timeout=30, retries={"mode": "adaptive", "max_attempts": 1})', (30, 2, "adaptive")),
    ],
)
def test_the_client_of_a_langchain_model(given: str, expected: tuple[Any, ...]) -> None:
    found, client = read(LANGCHAIN.format(given))
    assert (client.read_timeout, client.max_attempts, client.retry_mode) == expected
    assert found.api == "ChatBedrockConverse"


def test_a_client_that_a_langchain_model_is_given() -> None:
    head = 'import boto3\nfrom botocore.config import Config\nclient = boto3.client("bedrock-runtime", '
    text = f"{head}config=Config(read_timeout=7))\n{LANGCHAIN.format(', client=client')}"
    assert read(text)[1].read_timeout == 7


@pytest.mark.parametrize(("after", "fallback"), [("chain = llm.with_fallbacks([other])", True), ("", Unknown)])
def test_the_fallback_of_a_langchain_model(after: str, fallback: bool | type) -> None:
    found, _ = read(f"{LANGCHAIN.format('')}\n{after}\n")
    assert isinstance(found.fallback, Unknown) if fallback is Unknown else found.fallback is fallback


@pytest.mark.parametrize(("after", "usage"), [("print(llm.invoke('x').usage_metadata)", True), ("", Unknown)])
def test_the_usage_of_a_langchain_model(after: str, usage: bool | type) -> None:
    found, _ = read(f"{LANGCHAIN.format('')}\n{after}\n")
    assert isinstance(found.usage_recorded, Unknown) if usage is Unknown else found.usage_recorded is usage


STRANDS = """
from botocore.config import Config
from strands import Agent
from strands.models import BedrockModel

model = BedrockModel(model_id="amazon.nova-lite-v1:0"{})
"""


def test_strands_tries_a_throttled_model_again() -> None:
    _, client = read(STRANDS.format(""))
    assert (client.outer_retries, client.backs_off) == (6, True)
    assert isinstance(client.read_timeout, Unknown)


def test_the_config_of_a_strands_model() -> None:
    assert read(STRANDS.format(", boto_client_config=Config(read_timeout=9)"))[1].read_timeout == 9


def test_spans_of_strands_count_where_they_are_exported() -> None:
    docker = {"Dockerfile": 'CMD ["opentelemetry-instrument", "python", "app.py"]\n'}
    assert read(STRANDS.format(""), **docker)[0].usage_recorded is True
    assert isinstance(read(STRANDS.format(""))[0].usage_recorded, Unknown)


@pytest.mark.parametrize(
    ("agent", "model"),
    [('Agent(model="amazon.nova-lite-v1:0")', "amazon.nova-lite-v1:0"), ("Agent()", Unknown)],
)
def test_an_agent_of_strands_calls_bedrock_by_itself(agent: str, model: str | type) -> None:
    found, _ = read(f"from strands import Agent\n\nagent = {agent}\n")
    assert isinstance(found.model_id, Unknown) if model is Unknown else found.model_id == model


LITELLM = """
import litellm


def handler(event, context):
    response = litellm.completion(model="bedrock/amazon.nova-lite-v1:0", messages=event["m"]{})
    {}
"""


def test_a_call_of_litellm_gives_its_response_to_the_code() -> None:
    found, client = read(LITELLM.format(", timeout=12, num_retries=2, fallbacks=['x']", "return response.usage"))
    assert (client.read_timeout, client.outer_retries, found.fallback) == (12, 3, True)
    assert found.usage_recorded is True
    assert read(LITELLM.format("", "return 1"))[0].usage_recorded is False


OTHER = """
from anthropic import AnthropicBedrock
from openai import OpenAI

client = {}


def handler(event, context):
    return client.{}(model="anthropic.claude-sonnet-4-5", max_tokens=9)
"""


@pytest.mark.parametrize(
    ("client", "method", "endpoint", "attempts"),
    [
        ("AnthropicBedrock(timeout=30)", "messages.create", "bedrock-runtime", 3),
        ("AnthropicBedrock(timeout=30, max_retries=0)", "messages.create", "bedrock-runtime", 1),
        (
            'OpenAI(timeout=30, base_url="https://bedrock-mantle.us-east-1.api.aws/v1")',
            "chat.completions.create",
            "bedrock-mantle",
            3,
        ),
        (
            'OpenAI(timeout=30, base_url="https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1")',
            "responses.create",
            "bedrock-runtime",
            3,
        ),
    ],
)
def test_clients_of_other_sdks(client: str, method: str, endpoint: str, attempts: int) -> None:
    found, made = read(OTHER.format(client, method))
    assert (found.api, found.endpoint, found.max_tokens) == (method, endpoint, 9)
    assert (made.read_timeout, made.max_attempts) == (30, attempts)


def test_a_client_of_another_provider_is_no_call_of_bedrock() -> None:
    found, _ = read(OTHER.format("OpenAI()", "responses.create"))
    assert (found.provider, found.endpoint) == ("openai", "openai")

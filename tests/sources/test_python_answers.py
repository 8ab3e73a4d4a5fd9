"""Python: what becomes of an answer, errors in the middle of a stream, and the bound of what is asked."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of

HEAD = """import json
import logging
import re
import boto3
import jsonschema
import openai
from pydantic import BaseModel, Field
logger = logging.getLogger(__name__)
bedrock = boto3.client("bedrock-runtime")
agents = boto3.client("bedrock-agent-runtime")
client = openai.OpenAI(base_url="https://bedrock-mantle.us-east-1.api.aws/v1")
class Order(BaseModel):
    id: str
class Ask(BaseModel):
    question: str = Field(max_length=4000)
class Plain(BaseModel):
    question: str
"""
CONVERSE = (
    'bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=[{"role": "user", "content": [{"text": question}]}])'
)
STREAM = CONVERSE.replace("converse(", "converse_stream(")
TEXT = f'response = {CONVERSE}\n    text = response["output"]["message"]["content"][0]["text"]\n    '


def calls(text: str) -> list[ModelCall]:
    found = collect_repository(tree_of({"app.py": HEAD + text}), {}).resources
    return [r.value for r in found if isinstance(r.value, ModelCall)]


def call(
    body: str, before: str = 'question = event["question"]', entry: str = "def handler(event, context):"
) -> ModelCall:
    (found,) = calls(f"\n{entry}\n    {before}\n    {body}\n")
    return found


@pytest.mark.parametrize(
    ("body", "use", "validated"),
    [
        (f"{TEXT}return text", "text", None),
        (f'{TEXT}return json.loads(text)["answer"]', "json", False),
        (f'{TEXT}return json.loads(re.search("{{.*}}", text).group(0))', "json", False),
        (f"{TEXT}return Order.model_validate_json(text)", "json", True),
        (f"{TEXT}return Order(**json.loads(text))", "json", True),
        (f"{TEXT}data = json.loads(text)\n    jsonschema.validate(data, SCHEMA)\n    return data", "json", True),
        (f'{TEXT}other = Order.model_validate(json.loads(event["body"]))\n    return text', "text", None),
        (f'{TEXT}logger.info(Usage(**response["usage"]))\n    return text', "text", None),
        ('response = client.chat.completions.create(model="m", messages=[{"role": "user", "content": question}])\n    return response.choices[0].message.content', "text", None),
        ('response = client.chat.completions.parse(model="m", messages=[{"role": "user", "content": question}], response_format=Order)\n    return response', "json", True),
        ('response = client.chat.completions.create(model="m", messages=[{"role": "user", "content": question}], response_format={"type": "json_object"})\n    return json.loads(response.choices[0].message.content)', "json", False),
        ('response = client.chat.completions.create(model="m", messages=[{"role": "user", "content": question}], response_format={"type": "json_schema", "json_schema": SCHEMA})\n    return json.loads(response.choices[0].message.content)', "json", True),
        ('response = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=question, toolConfig={"tools": TOOLS, "toolChoice": {"tool": {"name": "order"}}})\n    return response["output"]["message"]["content"][0]["toolUse"]["input"]', "json", False),
    ],
)  # fmt: skip
def test_what_an_answer_is_used_for(body: str, use: str, validated: bool | None) -> None:
    found = call(body)
    assert (found.output_use, found.output_validated) == (use, validated)


FORCED = 'TOOLS = {"tools": [{"toolSpec": {"name": "o"STRICT}}], "toolChoice": CHOICE}\ndef handler(event, context):\n    response = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=[], toolConfig=TOOLS)\n    return response["output"]["message"]["content"][0]["toolUse"]["input"]\n'


@pytest.mark.parametrize(
    ("choice", "strict", "use", "validated"),
    [
        ('{"tool": {"name": "o"}}', "", "json", False),
        ('{"any": {}}', "", "json", False),
        ('{"any": {}}', ', "strict": True', "json", True),
        ('{"auto": {}}', "", "text", None),
    ],
)
def test_a_tool_that_the_model_has_to_use_makes_data(
    choice: str, strict: str, use: str, validated: bool | None
) -> None:
    (found,) = calls(FORCED.replace("CHOICE", choice).replace("STRICT", strict))
    assert (found.output_use, found.output_validated) == (use, validated)


LANGCHAIN = 'from langchain_aws import ChatBedrockConverse\nllm = ChatBedrockConverse(model="amazon.nova-lite-v1:0")\n'
STRANDS = 'from strands import Agent\nagent = Agent(model="amazon.nova-lite-v1:0"MORE)\n'


@pytest.mark.parametrize(
    ("text", "validated"),
    [
        (LANGCHAIN + "def f(q):\n    return llm.with_structured_output(Order).invoke(q)\n", True),
        (
            LANGCHAIN + "typed = llm.with_structured_output(Order)\ndef f(q):\n    return (prompt | typed).invoke(q)\n",
            True,
        ),
        (
            LANGCHAIN + "def f(q):\n    a = llm.with_structured_output(Order).invoke(q)\n    return llm.invoke(a)\n",
            None,
        ),
        (LANGCHAIN + "def f(q):\n    return llm.invoke(q)\n", None),
        (LANGCHAIN + "def f(q, other):\n    other.with_structured_output(Order)\n    return llm.invoke(q)\n", None),
        (STRANDS.replace("MORE", "") + "def f(q):\n    return agent.structured_output(Order, q)\n", True),
        (STRANDS.replace("MORE", "") + "def f(q):\n    return agent(q, structured_output_model=Order)\n", True),
        (STRANDS.replace("MORE", ", structured_output_model=Order") + "def f(q):\n    return agent(q)\n", True),
        (STRANDS.replace("MORE", "").replace("strands", "pydantic_ai").replace("model=", ""), None),
        (STRANDS.replace("MORE", ", output_type=str").replace("strands", "pydantic_ai").replace("model=", ""), None),
        (STRANDS.replace("MORE", ", output_type=Order").replace("strands", "pydantic_ai").replace("model=", ""), True),
    ],
)
def test_a_schema_that_a_framework_checks(text: str, validated: bool | None) -> None:
    (found,) = calls(text)
    if validated is None:
        assert isinstance(found.output_use, Unknown)
        assert isinstance(found.output_validated, Unknown)
    else:
        assert (found.output_use, found.output_validated) == ("json", validated)


def test_an_answer_that_leaves_the_repository_may_be_used_for_anything() -> None:
    (found,) = calls(f"\ndef ask(question):\n    return {CONVERSE}\n")
    assert isinstance(found.output_use, Unknown)
    assert isinstance(found.output_validated, Unknown)


def test_the_envelope_of_the_api_is_no_data() -> None:
    text = 'response = bedrock.invoke_model(modelId="amazon.nova-lite-v1:0", body=json.dumps({"messages": question}))\n    body = json.loads(response["body"].read())\n    '
    assert call(text + 'return body["content"][0]["text"]').output_use == "text"
    assert call(text + 'return json.loads(body["content"][0]["text"])').output_use == "json"


def test_a_vector_is_neither_text_nor_data() -> None:
    found = call('r = bedrock.invoke_model(modelId="amazon.titan-embed-text-v2:0", body=json.dumps({"inputText": question}))\n    return json.loads(r["body"].read())["embedding"]')  # fmt: skip
    assert (found.output_use, found.output_validated, found.stream_errors_handled) == (None, None, None)


LOOP = 'for event in response["stream"]:\n        write(event)'


@pytest.mark.parametrize(
    ("body", "handled"),
    [
        (f"response = {STREAM}\n    {LOOP}", False),
        (f'try:\n        response = {STREAM}\n        for part in response["stream"]:\n            write(part)\n    except ClientError as e:\n        return sorry(e)', True),
        (f"try:\n        response = {STREAM}\n    except ClientError as e:\n        return sorry(e)\n    {LOOP}", False),
        (f'response = {STREAM}\n    for part in response["stream"]:\n        if "modelStreamErrorException" in part:\n            return sorry()\n        write(part)', True),
        (f'response = {STREAM}\n    pipe(response["stream"])', "?"),
        (f"response = {CONVERSE}\n    return text_of(response)", None),
        ('response = agents.invoke_agent(agentId="A", agentAliasId="B", sessionId="s", inputText=question)\n    for part in response["completion"]:\n        write(part)', False),
        ('for part in client.chat.completions.create(model="m", messages=question, stream=True):\n        write(part)', False),
        (f'response = {STREAM}\n    try:\n        for word in words_of(event):\n            write(word)\n    except ValueError:\n        return sorry()\n    {LOOP}', False),
    ],
)  # fmt: skip
def test_errors_in_the_middle_of_a_stream(body: str, handled: bool | str | None) -> None:
    found = call(body).stream_errors_handled
    assert ("?" if isinstance(found, Unknown) else found) == handled


@pytest.mark.parametrize(
    ("before", "bounded"),
    [
        ('question = event["question"]', False),
        ('question = event["question"][:4000]', True),
        ('question = event["question"][-400:]', False),
        ('question = event["question"][:-1]', False),
        ('question = truncate_to_tokens(event["question"])', True),
        ('question = event["question"]\n    if len(question) > 4000:\n        raise ValueError("too long")', True),
        ('question = event["question"]\n    if len(question) > 0:\n        start()', False),
        ('question = event["question"]\n    if len(event["attachments"]) > 40:\n        raise ValueError("too many")', False),
        ('question = event["question"]\n    logger.info(question[:50])', False),
        ('question = event["question"]\n    title = truncate_title(question)', False),
    ],
)  # fmt: skip
def test_the_bound_of_what_is_asked(before: str, bounded: bool) -> None:
    assert call(f"{TEXT}return text", before).input_bounded is bounded


@pytest.mark.parametrize(("type_", "bounded"), [("Ask", True), ("Plain", False)])
def test_a_schema_bounds_what_is_asked(type_: str, bounded: bool) -> None:
    text = f'\n@app.post("/ask")\ndef ask(body: {type_}):\n    question = body.question\n    {TEXT}return text\n'
    (found,) = calls(text)
    assert found.input_bounded is bounded


def test_what_is_asked_from_outside_the_repository_may_be_bounded_there() -> None:
    (found,) = calls(f"\ndef ask(question):\n    {TEXT}store(text)\n")
    assert isinstance(found.input_bounded, Unknown)

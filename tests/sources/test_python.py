"""Python: model calls with their attributes and lines, from raw source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Resource, Unknown
from prodworks_cli.resources.model_calls import ModelCall, ModelClient
from prodworks_cli.sources.files import tree_of

HEAD = 'import json\nimport boto3\n\nbedrock = boto3.client("bedrock-runtime")\n'


def collected(**files: str) -> Inventory:
    paths = {name.replace("__", "/") + ".py": text for name, text in files.items()}
    return collect_repository(tree_of(paths), {})


def calls(**files: str) -> list[tuple[Resource, ModelCall]]:
    return [(r, r.value) for r in collected(**files).resources if isinstance(r.value, ModelCall)]


def call(text: str) -> ModelCall:
    ((_, found),) = calls(app=text)
    return found


def converse(arguments: str = "", after: str = "return response") -> str:
    body = f'    response = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=event{arguments})\n    {after}\n'
    return f"{HEAD}\n\ndef handler(event, context):\n{body}"


def test_a_call_has_its_line_and_a_name_without_it() -> None:
    ((resource, found),) = calls(src__app=converse())
    assert resource.identity == "src/app.py:handler converse"
    assert (resource.locations[""].where, resource.locations[""].line) == ("src/app.py", 8)
    assert (found.api, found.provider, found.endpoint) == ("converse", "bedrock", "bedrock-runtime")
    assert (found.model_id, found.modalities) == ("amazon.nova-lite-v1:0", ("text",))


@pytest.mark.parametrize(
    "text",
    [
        "# bedrock.converse(modelId='x')\n",
        '"""bedrock.converse(modelId="x")"""\n',
        "PROMPT = 'call bedrock.converse(modelId) now'\n",
        "class Talk:\n    def converse(self):\n        return 1\n\n\nTalk().converse()\n",
        'import boto3\n\ns3 = boto3.client("s3")\ns3.invoke_model(modelId="x")\n',
    ],
)
def test_what_is_no_model_call(text: str) -> None:
    assert calls(app=text) == []


@pytest.mark.parametrize(
    ("arguments", "limit"),
    [
        (', inferenceConfig={"maxTokens": 400}', 400),
        ("", None),
        ('# , inferenceConfig={"maxTokens": 400}\n    ', None),
    ],
)
def test_the_output_limit(arguments: str, limit: int | None) -> None:
    assert call(converse(arguments)).max_tokens == limit


def test_the_limit_in_the_body_of_invoke_model() -> None:
    body = 'body = json.dumps({"anthropic_version": "x", "max_tokens": 300, "messages": []})'
    found = call(
        f'{HEAD}\n\ndef f():\n    {body}\n    return bedrock.invoke_model(modelId="anthropic.claude", body=body)\n'
    )
    assert found.max_tokens == 300


@pytest.mark.parametrize(
    ("arguments", "mode", "version"),
    [
        (', guardrailConfig={"guardrailIdentifier": "g1", "guardrailVersion": "3"}', "attached", "3"),
        (', guardrailConfig={"guardrailIdentifier": "", "guardrailVersion": "3"}', "none", "3"),
        ("", "none", None),
    ],
)
def test_the_guardrail(arguments: str, mode: str, version: str | None) -> None:
    found = call(converse(arguments))
    assert (found.guardrail_mode, found.guardrail_version) == (mode, version)


def test_a_guardrail_from_a_variable_set_elsewhere_is_unknown() -> None:
    text = converse(', guardrailConfig={"guardrailIdentifier": os.environ["G"], "guardrailVersion": "1"}')
    assert isinstance(call(f"import os\n{text}").guardrail_mode, Unknown)


READ_USAGE = 'print(response["usage"]["inputTokens"])\n    return response["output"]'


@pytest.mark.parametrize(
    ("after", "expected"),
    [(READ_USAGE, True), ('return response["output"]', False), ('response["usage"]', True)],
)
def test_usage_is_read_or_thrown_away(after: str, expected: bool) -> None:
    assert call(converse(after=after)).usage_recorded is expected


def test_a_response_that_leaves_the_repository_is_open() -> None:
    found = call(f'{HEAD}\n\ndef ask(m):\n    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=m)\n')
    assert isinstance(found.usage_recorded, Unknown)
    assert isinstance(found.stop_reasons_handled, Unknown)


def test_usage_that_a_caller_in_another_file_reads_counts() -> None:
    ask = f'{HEAD}\n\ndef ask(m):\n    return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=m)\n'
    main = 'from llm import ask\n\n\ndef handler(event, context):\n    print(ask(event)["usage"])\n'
    ((_, found),) = calls(llm=ask, main=main)
    assert found.usage_recorded is True


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ('return response["stopReason"] == "max_tokens"', {"max_tokens"}),
        ('return {"max_tokens": 5, "why": response["stopReason"]}', set()),
        ('body = {}\n    body["max_tokens"] = 5\n    return response["stopReason"]', set()),
        ('return response["output"]', set()),
    ],
)
def test_stop_reasons_that_are_told_apart(after: str, expected: set[str]) -> None:
    assert set(call(converse(after=after)).stop_reasons_handled or ()) == expected  # type: ignore[arg-type]


def test_a_stop_reason_that_is_mapped_two_helpers_down_is_handled() -> None:
    helpers = (
        "\n\ndef answer(reason):\n    return convert(reason)\n\n\n"
        'def convert(reason):\n    return {"max_tokens": "length", "end_turn": "stop"}.get(reason)\n'
    )
    found = call(converse(after='return answer(response["stopReason"])') + helpers)
    assert isinstance(found.stop_reasons_handled, tuple)
    assert "max_tokens" in found.stop_reasons_handled


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("", (None, None, None)),
        (', config=Config(read_timeout=25, retries={"mode": "standard", "max_attempts": 2})', (25, 3, "standard")),
        (', config=Config(retries={"mode": "adaptive", "total_max_attempts": 2})', (None, 2, "adaptive")),
    ],
)
def test_the_settings_of_the_client(client: str, expected: tuple[Any, ...]) -> None:
    text = converse().replace('client("bedrock-runtime")', f'client("bedrock-runtime"{client})')
    resources = collected(app=f"from botocore.config import Config\n{text}").resources
    (found,) = [r.value for r in resources if isinstance(r.value, ModelClient)]
    assert (found.read_timeout, found.max_attempts, found.retry_mode) == expected


def test_a_call_of_a_method_without_its_instance_ends_in_unknown_and_not_in_a_crash() -> None:
    method = "    def ask(self, m):\n        return bedrock.converse(modelId=self, messages=m)\n"
    text = f"{HEAD}\n\nclass A:\n{method}\n\nA.ask()\n"
    assert isinstance(call(text).model_id, Unknown)


def test_values_that_fan_out_over_many_callers_end() -> None:
    steps = "".join(f"\n\ndef f{i}(x):\n    return f{i + 1}(x) if x else f{i + 1}(not x)\n" for i in range(40))
    text = f'{HEAD}{steps}\n\ndef f40(x):\n    return bedrock.converse(modelId=x, messages=[])\n\n\nf0("a")\n'
    assert call(text).api == "converse"


def test_a_file_of_syntax_errors_that_names_a_model_is_a_gap() -> None:
    inventory = collected(app="import boto3 bedrock\n)))((\n= = =\ndef (\n")
    assert [(g.kind, g.scope) for g in inventory.gaps] == [("repo.model_*", "app.py")]


@pytest.mark.parametrize(("model", "takes"), [("amazon.titan-embed-text-v2:0", False), ("amazon.nova-lite-v1:0", True)])
def test_embeddings_take_no_guardrail(model: str, takes: bool) -> None:
    found = call(f'{HEAD}\n\ndef f(b):\n    return bedrock.invoke_model(modelId="{model}", body=b)\n')
    assert found.takes_guardrail is takes


@pytest.mark.parametrize(
    ("api", "stream_errors", "streams"),
    [
        ("converse", None, False),
        ("stream", False, True),
        ("invoke_model", Unknown("not analysed"), False),
        ("converse_stream", Unknown("not analysed"), True),
        ("invoke_agent", Unknown("not analysed"), True),
        ("ChatBedrockConverse", Unknown("not analysed"), Unknown("not analysed")),
    ],
)
def test_a_call_streams_by_its_operation_or_by_how_it_is_read(api: str, stream_errors: Any, streams: object) -> None:
    found = call(f'{HEAD}\n\ndef f(m):\n    return bedrock.converse(modelId="m", messages=m)\n')
    assert replace(found, api=api, stream_errors_handled=stream_errors).streams == streams


def test_what_a_sagemaker_endpoint_puts_out_is_not_known() -> None:
    found = call(
        'import boto3\n\nrt = boto3.client("sagemaker-runtime")\nrt.invoke_endpoint(EndpointName="e", Body=b)\n'
    )
    assert isinstance(found.takes_guardrail, Unknown)


@pytest.mark.parametrize(
    ("answer", "handled"),
    [
        ("HTTPException(status_code=500, detail=str(error))", False),
        ('HTTPException(500, f"failed: {error}")', False),
        ("HTTPException(status_code=429, detail=str(error))", True),
        ('HTTPException(status_code=500, detail="Try again later")', True),
    ],
)
def test_the_raw_text_of_an_exception_is_no_answer(answer: str, handled: bool) -> None:
    call_ = 'return bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=event)'
    body = f"    try:\n        {call_}\n    except Exception as error:\n        raise {answer}\n"
    assert bool(call(f"{HEAD}\n\ndef handler(event, context):\n{body}").handled_errors) is handled


def test_a_wrapper_that_is_called_like_an_operation_is_no_second_call() -> None:
    wrapper = f"{HEAD}\n\nclass Helper:\n    def invoke_model(self, prompt):\n"
    wrapper += '        return bedrock.invoke_model(modelId="amazon.nova-lite-v1:0", body=prompt)\n'
    node = "class Node:\n    def __init__(self, model):\n        self.model = model\n\n"
    node += "    def run(self, prompt):\n        return self.model.invoke_model(prompt)\n"
    assert len(calls(helper=wrapper, node=node)) == 1

"""TypeScript: what becomes of an answer, errors in the middle of a stream, and the bound of what is asked."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of

HEAD = """import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from "@aws-sdk/client-bedrock-runtime";
import { generateObject, generateText, streamText } from "ai";
import { bedrock } from "@ai-sdk/amazon-bedrock";
import { z } from "zod";
const client = new BedrockRuntimeClient({});
"""


def call(body: str, command: str = "ConverseCommand") -> ModelCall:
    text = f"{HEAD}export const handler = async (event) => {{\n{body.replace('SEND', f'await client.send(new {command}({{ messages: event.messages }}))')}\n}};\n"
    (found,) = [
        r.value for r in collect_repository(tree_of({"app.ts": text}), {}).resources if isinstance(r.value, ModelCall)
    ]
    return found


TEXT = "const r = SEND; const text = r.output.message.content[0].text;"


@pytest.mark.parametrize(
    ("body", "use", "validated"),
    [
        (f"{TEXT} console.log(1); send(text.length);", "text", None),
        (f"{TEXT} const data = JSON.parse(text); store(data);", "json", False),
        (f"{TEXT} const data = Schema.parse(JSON.parse(text)); store(data);", "json", True),
        (f"{TEXT} const data = JSON.parse(text); const ok = Schema.safeParse(data); store(ok.data);", "json", True),
        (f"{TEXT} const other = Schema.parse(event.body); store(other, text.length);", "text", None),
        ("const { object } = await generateObject({ model: bedrock('amazon.nova-lite-v1:0'), schema: z.object({}) }); store(object);", "json", True),
        ("const { text } = await generateText({ model: bedrock('amazon.nova-lite-v1:0') }); store(text);", "text", None),
        ("const { output } = await generateText({ model: bedrock('amazon.nova-lite-v1:0'), experimental_output: Output.object({}) }); store(output);", "json", True),
    ],
)  # fmt: skip
def test_what_an_answer_is_used_for(body: str, use: str, validated: bool | None) -> None:
    found = call(body)
    assert (found.output_use, found.output_validated) == (use, validated)


@pytest.mark.parametrize(
    ("body", "handled"),
    [
        ("const r = SEND; for await (const part of r.stream) { write(part); }", False),
        (
            "const r = SEND; try { for await (const part of r.stream) { write(part); } } catch (e) { write(sorry()); }",
            True,
        ),
        (
            "let r; try { r = SEND; } catch (e) { return sorry(); } for await (const part of r.stream) { write(part); }",
            False,
        ),
        ("const r = SEND; pipe(r.stream);", None),
    ],
)
def test_errors_in_the_middle_of_a_stream(body: str, handled: bool | None) -> None:
    found = call(body, "ConverseStreamCommand").stream_errors_handled
    assert (None if isinstance(found, Unknown) else found) == handled


def test_errors_of_a_stream_of_the_ai_sdk() -> None:
    model = "model: bedrock('amazon.nova-lite-v1:0')"
    assert isinstance(call(f"const r = streamText({{ {model} }}); send(r);").stream_errors_handled, Unknown)
    assert call(f"const r = streamText({{ {model}, onError: (e) => tell(e) }}); send(r);").stream_errors_handled is True
    assert call("const r = SEND;").stream_errors_handled is None


@pytest.mark.parametrize(
    ("before", "bounded"),
    [
        ("", False),
        ("if (event.body.length > 4000) return tooLong();", True),
        ("if (event.items.length > 0) go();", False),
        ("const text = event.body.slice(0, 4000);", True),
        ("const last = event.body.slice(-5);", False),
        ("const input = z.object({ text: z.string().max(4000) }).parse(event.body);", True),
        ("const input = truncateToTokens(event.body);", True),
    ],
)
def test_the_bound_of_what_is_asked(before: str, bounded: bool) -> None:
    assert call(f"{before} const r = SEND; store(r.output);").input_bounded is bounded


def test_the_envelope_of_the_api_is_no_data() -> None:
    text = """import { InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
export const handler = async (event) => {
  const r = await client.send(new InvokeModelCommand({ body: JSON.stringify({ messages: event.messages }) }));
  const body = JSON.parse(new TextDecoder().decode(r.body));
  MORE
};
"""
    for more, use in (("return body.content[0].text;", "text"), ("return JSON.parse(body.content[0].text);", "json")):
        found = collect_repository(tree_of({"app.ts": text.replace("MORE", more)}), {}).resources
        assert [r.value.output_use for r in found if isinstance(r.value, ModelCall)] == [use]


@pytest.mark.parametrize(
    ("options", "cached"),
    [
        ("system: 'You help.'", False),
        ("messages: [{ role: 'system', content: 'You help.', providerOptions: { bedrock: { cachePoint: { type: 'default' } } } }]", True),
    ],
)  # fmt: skip
def test_cache_marks_of_the_ai_sdk(options: str, cached: bool) -> None:
    assert (
        call(f"return generateText({{ model: bedrock('amazon.nova-lite-v1:0'), {options} }});").cached_prefix is cached
    )

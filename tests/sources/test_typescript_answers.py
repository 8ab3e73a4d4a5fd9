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
const Limited = z.object({ text: z.string().min(1).max(4000) });
const Open = z.object({ text: z.string() });
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
        ("const { object } = await generateObject({ model: bedrock('amazon.nova-lite-v1:0'), output: 'no-schema' }); store(object);", "json", False),
        ("const r = await client.send(new ConverseCommand({ messages: [], toolConfig: { tools: TOOLS, toolChoice: { tool: { name: 'o' } } } })); store(r.output.message.content[0].toolUse.input);", "json", False),
        ("const r = await client.send(new ConverseCommand({ messages: [], toolConfig: { tools: [{ toolSpec: { strict: true } }], toolChoice: { any: {} } } })); store(r.output.message.content[0].toolUse.input);", "json", True),
        ("const r = await client.send(new ConverseCommand({ messages: [], toolConfig: { tools: [], toolChoice: { auto: {} } } })); store(r.output.message.content[0].text);", "text", None),
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
        ("if (event.messages.length > 4000) return tooLong();", True),
        ("if (event.items.length > 10) go();", False),
        ("if (event.messages.length > 0) go();", False),
        ("const title = event.messages.slice(0, 50); store(title);", False),
        ("const input = z.object({ text: z.string().max(4000) }).parse(event.body);", True),
        ("const input = Limited.parse(event.body);", True),
        ("const input = Open.parse(event.body);", False),
        ("const input = truncateToTokens(event.messages);", True),
        ("const other = truncateToTokens(event.body);", False),
        ("const title = truncateTitle(event.messages);", False),
    ],
)
def test_the_bound_of_what_is_asked(before: str, bounded: bool) -> None:
    assert call(f"{before} const r = SEND; store(r.output);").input_bounded is bounded


@pytest.mark.parametrize(("cut", "bounded"), [("slice(0, 4000)", True), ("slice(-5)", False), ("slice(0, -1)", False)])
def test_what_is_cut_on_its_way_is_bounded(cut: str, bounded: bool) -> None:
    found = call(f"const r = await client.send(new ConverseCommand({{ messages: event.messages.{cut} }})); store(r);")
    assert found.input_bounded is bounded


def test_the_class_of_a_parameter_bounds_what_is_asked() -> None:
    text = """import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { Controller, Post, Body } from "@nestjs/common";
const client = new BedrockRuntimeClient({});
class Ask { MARK text: string; }
@Controller() export class Chat {
  @Post() async ask(@Body() body: Ask) { const r = await client.send(new ConverseCommand({ messages: body.text })); return r.output.message.content[0].text; }
}
"""
    for mark, bounded in (("@MaxLength(4000)", True), ("@IsString()", False)):
        found = collect_repository(tree_of({"app.ts": text.replace("MARK", mark)}), {}).resources
        assert [r.value.input_bounded for r in found if isinstance(r.value, ModelCall)] == [bounded]


def test_what_is_asked_from_outside_the_repository_may_be_bounded_there() -> None:
    text = f"{HEAD}export const ask = async (question) => {{ const r = await client.send(new ConverseCommand({{ messages: question }})); store(r.output); }};"
    found = collect_repository(tree_of({"app.ts": text}), {}).resources
    assert [type(r.value.input_bounded) for r in found if isinstance(r.value, ModelCall)] == [Unknown]


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


LANGCHAIN = """import { ChatBedrockConverse } from "@langchain/aws";
import { z } from "zod";
const llm = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0" });
const other = new Other();
export const handler = async (event) => { BODY };
"""


@pytest.mark.parametrize(
    ("body", "validated"),
    [
        ("return llm.withStructuredOutput(z.object({})).invoke(event.q);", True),
        ("const typed = llm.withStructuredOutput(z.object({})); return typed.invoke(event.q);", True),
        ("const typed = llm.withStructuredOutput(S); await typed.invoke(event.q); return llm.invoke(event.q);", None),
        ("return llm.invoke(event.q);", None),
        ("other.withStructuredOutput(z.object({})); return llm.invoke(event.q);", None),
    ],
)
def test_a_schema_that_langchain_checks(body: str, validated: bool | None) -> None:
    files = {"app.ts": LANGCHAIN.replace("BODY", body)}
    (found,) = [r.value for r in collect_repository(tree_of(files), {}).resources if isinstance(r.value, ModelCall)]
    if validated is None:
        assert isinstance(found.output_use, Unknown)
        assert isinstance(found.output_validated, Unknown)
    else:
        assert (found.output_use, found.output_validated) == ("json", validated)

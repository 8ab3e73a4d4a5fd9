"""Java: what becomes of an answer, errors in the middle of a stream, the bound of what is asked, tags for a guardrail."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of

HEAD = """package com.acme;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;
import org.springframework.web.bind.annotation.*;
record Plain(String text) {}
record Order(String id) {}
"""
CONVERSE = 'bedrock.converse(ConverseRequest.builder().modelId("amazon.nova-lite-v1:0").messages(Message.builder().content(ContentBlock.fromText(TEXT)).build()).build())'
TEXT = f"var response = {CONVERSE}; String text = response.output().message().content().get(0).text(); "


def calls(text: str, **files: str) -> list[ModelCall]:
    found = collect_repository(
        tree_of({"src/Chat.java": text, **{f"src/{k}.java": v for k, v in files.items()}}), {}
    ).resources
    return [r.value for r in found if isinstance(r.value, ModelCall)]


def call(
    body: str,
    question: str = "request.text()",
    parameter: str = "@RequestBody Plain request",
    mark: str = "@PostMapping",
    **files: str,
) -> ModelCall:
    text = f"""{HEAD}
class Chat {{
  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().build();
  private final BedrockRuntimeAsyncClient async = BedrockRuntimeAsyncClient.builder().build();
  {mark} public Object ask({parameter}) {{ {body.replace("TEXT", question)} }}
}}
"""
    (found,) = calls(text, **files)
    return found


def spring(chain: str, more: str = "") -> ModelCall:
    text = f"""package com.acme;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.converter.BeanOutputConverter;
import org.springframework.web.bind.annotation.*;
class Chat {{
  private final ChatClient chatClient;
  private final BeanOutputConverter<Order> converter = new BeanOutputConverter<>(Order.class);
  Chat(ChatClient.Builder builder) {{ this.chatClient = builder.build(); }}
  @PostMapping Object ask(@RequestBody Ask request) {{ {more} return chatClient.prompt().user(request.text()){chain}; }}
}}
"""
    (found,) = calls(text)
    return found


def seen(value: object) -> object:
    return "?" if isinstance(value, Unknown) else value


CHECKED = "package com.acme; import jakarta.validation.constraints.*; record Checked(@NotBlank String id) {}"


@pytest.mark.parametrize(
    ("body", "use", "validated"),
    [
        (f"{TEXT}return text;", "text", None),
        (f"{TEXT}return mapper.readTree(text);", "json", False),
        (f"{TEXT}return mapper.readValue(text, Map.class);", "json", False),
        (f"{TEXT}return mapper.readValue(text, new TypeReference<Map<String, Object>>() {{}});", "json", False),
        (f"{TEXT}return new JSONObject(text).getString(\"id\");", "json", False),
        (f"{TEXT}return mapper.readValue(text, Order.class);", "json", "?"),
        (f"{TEXT}return gson.fromJson(text, Checked.class);", "json", True),
        (f"{TEXT}var order = mapper.readValue(text, Order.class); validator.validate(order); return order;", "json", True),
        (f"{TEXT}var other = mapper.readTree(request.text()); return text;", "text", None),
        (f"{TEXT}log.info(mapper.writeValueAsString(response.usage())); return text;", "text", None),
    ],
)  # fmt: skip
def test_what_an_answer_is_used_for(body: str, use: str, validated: object) -> None:
    found = call(body, Checked=CHECKED)
    assert (found.output_use, seen(found.output_validated)) == (use, validated)


def test_the_envelope_of_the_api_is_no_data() -> None:
    invoke = 'var r = bedrock.invokeModel(InvokeModelRequest.builder().modelId("amazon.nova-lite-v1:0").body(SdkBytes.fromUtf8String(TEXT)).build()); var body = mapper.readTree(r.body().asUtf8String()); String text = body.get("content").get(0).get("text").asText(); '
    assert call(invoke + "return text;").output_use == "text"
    assert call(invoke + "return mapper.readTree(text);").output_use == "json"


def test_a_vector_is_neither_text_nor_data() -> None:
    found = call('var r = bedrock.invokeModel(InvokeModelRequest.builder().modelId("amazon.titan-embed-text-v2:0").body(SdkBytes.fromUtf8String(TEXT)).build()); return mapper.readTree(r.body().asUtf8String()).get("embedding");')  # fmt: skip
    assert (found.output_use, found.output_validated, found.stream_errors_handled) == (None, None, None)


@pytest.mark.parametrize(
    ("chain", "more", "use", "validated"),
    [
        (".call().content()", "", "text", None),
        (".call().entity(Order.class)", "", "json", True),
        (".call().content()", "var order = converter.convert(chatClient.prompt().toString());", "text", None),
    ],
)
def test_answers_of_spring(chain: str, more: str, use: str, validated: bool | None) -> None:
    found = spring(chain, more)
    assert (found.output_use, found.output_validated) == (use, validated)


HANDLER = "ConverseStreamResponseHandler.builder().subscriber(s -> s.accept(part))MORE.build()"
STREAM = f'async.converseStream(ConverseStreamRequest.builder().modelId("amazon.nova-lite-v1:0").build(), {HANDLER})'


@pytest.mark.parametrize(
    ("body", "handled"),
    [
        (f"{STREAM.replace('MORE', '')}.join(); return null;", False),
        (f"{STREAM.replace('MORE', '.onError(e -> tell(e))')}.join(); return null;", True),
        (f"return {STREAM.replace('MORE', '')}.exceptionally(e -> sorry(e));", True),
        (f"try {{ {STREAM.replace('MORE', '')}.join(); return null; }} catch (Exception e) {{ return sorry(); }}", True),
        ('return async.converseStream(ConverseStreamRequest.builder().modelId("amazon.nova-lite-v1:0").build(), handler);', "?"),
        (f"{TEXT}return text;", None),
    ],
)  # fmt: skip
def test_errors_in_the_middle_of_a_stream(body: str, handled: object) -> None:
    assert seen(call(body).stream_errors_handled) == handled


@pytest.mark.parametrize(
    ("chain", "handled"),
    [
        (".stream().content()", "?"),
        (".stream().content().onErrorResume(e -> sorry())", True),
        (".stream().content().subscribe(p -> write(p))", False),
        (".stream().content().subscribe(p -> write(p), e -> tell(e))", True),
        (".call().content()", None),
    ],
)
def test_errors_of_a_stream_of_spring(chain: str, handled: object) -> None:
    assert seen(spring(chain).stream_errors_handled) == handled


LIMITED = "package com.acme; import jakarta.validation.constraints.*; record Limited(@Size(max = 4000) String text) {}"


@pytest.mark.parametrize(
    ("body", "question", "parameter", "bounded"),
    [
        (TEXT, "request.text()", "@RequestBody Plain request", False),
        (TEXT, "request.text().substring(0, 4000)", "@RequestBody Plain request", True),
        (TEXT, "request.text().substring(7)", "@RequestBody Plain request", False),
        (TEXT, "StringUtils.left(request.text(), 4000)", "@RequestBody Plain request", True),
        (f"if (request.text().length() > 4000) throw new TooLong(); {TEXT}", "request.text()", "@RequestBody Plain request", True),
        (f"if (request.text().length() > 0) go(); {TEXT}", "request.text()", "@RequestBody Plain request", False),
        (f"if (other.length() > 4000) go(); {TEXT}", "request.text()", "@RequestBody Plain request", False),
        (f"log.info(request.text().substring(0, 50)); {TEXT}", "request.text()", "@RequestBody Plain request", False),
        (TEXT, "request.text()", "@RequestBody Limited request", True),
        (TEXT, "request", "@RequestParam @Size(max = 4000) String request", True),
        (TEXT, "request", "@RequestParam @Size(min = 1) String request", False),
    ],
)  # fmt: skip
def test_the_bound_of_what_is_asked(body: str, question: str, parameter: str, bounded: bool) -> None:
    assert call(f"{body}return text;", question, parameter, Limited=LIMITED).input_bounded is bounded


def test_what_is_asked_from_outside_the_repository_may_be_bounded_there() -> None:
    assert seen(call(f"{TEXT}return text;", "request", "String request", mark="").input_bounded) == "?"


GUARDED = 'return bedrock.invokeModel(InvokeModelRequest.builder().modelId("amazon.nova-lite-v1:0").guardrailIdentifier("gr1").guardrailVersion("1")BODY.build());'


@pytest.mark.parametrize(
    ("body", "tagged"),
    [
        (GUARDED.replace("BODY", ".body(SdkBytes.fromUtf8String(TEXT))"), "?"),
        (GUARDED.replace("BODY", '.body(SdkBytes.fromUtf8String("<amazon-bedrock-guardrails-guardContent_1>" + TEXT))'), True),
        (GUARDED.replace("BODY", ""), False),
        (GUARDED.replace('.guardrailIdentifier("gr1").guardrailVersion("1")BODY', ""), None),
        (f"{TEXT}return text;", None),
    ],
)  # fmt: skip
def test_tags_around_what_a_guardrail_reads(body: str, tagged: object) -> None:
    assert seen(call(body).input_tagged) == tagged

"""Java: model calls with their attributes and lines, from raw source."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Resource, Unknown
from prodworks_cli.resources.model_calls import ModelCall, ModelClient
from prodworks_cli.sources.files import tree_of

POM = "<project><dependencies><dependency><artifactId>spring-ai-starter-model-bedrock-converse</artifactId></dependency>{}</dependencies></project>"
SPRING = """package com.acme;
import org.springframework.ai.chat.client.ChatClient;
class Chat {{
  private final ChatClient chatClient;
  Chat(ChatClient.Builder builder) {{ this.chatClient = builder{defaults}.build(); }}
  String ask(String question) {{ {before} return chatClient.prompt().user(question){options}.call().content(); }}
}}
"""


def sdk(request: str = "", body: str = "return response.output();", client: str = "", before: str = "") -> str:
    return f"""package com.acme;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;
class Chat {{
  static final String MODEL = "amazon.nova-lite-v1:0";
  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder(){client}.build();
  {before}
  Object ask(String question) {{
    var response = bedrock.converse(ConverseRequest.builder().modelId(MODEL){request}.build());
    {body}
  }}
}}
"""


def collected(files: dict[str, str]) -> Inventory:
    return collect_repository(tree_of(files), {})


def calls(files: dict[str, str]) -> list[tuple[Resource, ModelCall]]:
    return [(r, r.value) for r in collected(files).resources if isinstance(r.value, ModelCall)]


def call(text: str, **more: str) -> ModelCall:
    ((_, found),) = calls({"src/Chat.java": text, **{k.replace("__", "/"): v for k, v in more.items()}})
    return found


def client(text: str, **more: str) -> ModelClient:
    inventory = collected({"src/Chat.java": text, **more})
    (found,) = [r.value for r in inventory.resources if isinstance(r.value, ModelClient)]
    return found


def spring(options: str = "", defaults: str = "", before: str = "", **files: str) -> ModelCall:
    text = SPRING.format(options=options, defaults=defaults, before=before)
    named = {
        "pom.xml": POM.format(files.pop("more", "")),
        **{f"src/main/resources/{k.replace('_', '.')}": v for k, v in files.items()},
    }
    ((_, found),) = calls({"src/main/java/com/acme/Chat.java": text, **named})
    return found


def test_a_call_has_its_line_and_a_name_without_it() -> None:
    ((resource, found),) = calls({"src/Chat.java": sdk()})
    assert (resource.identity, resource.locations[""].line) == ("src/Chat.java:Chat.ask converse", 9)
    assert (found.api, found.provider, found.endpoint) == ("converse", "bedrock", "bedrock-runtime")
    assert (found.model_id, found.modalities, found.max_tokens) == ("amazon.nova-lite-v1:0", ("text",), None)


def test_a_method_of_the_program_that_is_called_like_an_operation_is_none() -> None:
    own = "Object again(String q) { converse(q, true); return this.converse(q, false); }"
    text = sdk(before=own).replace("Object ask(String question)", "Object converse(String question, boolean checked)")
    assert (
        len(
            [
                r
                for r in collect_repository(tree_of({"Chat.java": text}), {}).resources
                if isinstance(r.value, ModelCall)
            ]
        )
        == 1
    )


@pytest.mark.parametrize(
    "text",
    [
        "// bedrock.converse(request)\n",
        'class A { String s = "bedrock.converse(request)"; }\n',
        "class Talk { void converse() {} void f(Talk t) { t.converse(); } }\n",
        "import software.amazon.awssdk.services.s3.S3Client;\nclass A { S3Client s3; Object f() { return s3.invokeModel(r); } }\n",
        "import java.util.List;\nclass A { Object f(List<String> l) { return l.prompt().stream(); } }\n",
    ],
)
def test_what_is_no_model_call(text: str) -> None:
    assert calls({"src/Chat.java": text}) == []


@pytest.mark.parametrize(
    ("request_", "limit"),
    [
        (".inferenceConfig(c -> c.maxTokens(400).temperature(0.2f))", 400),
        (".inferenceConfig(InferenceConfiguration.builder().maxTokens(300).build())", 300),
        (".inferenceConfig(limits())", 200),
        ("", None),
    ],
)
def test_the_output_limit(request_: str, limit: int | None) -> None:
    helper = (
        "private InferenceConfiguration limits() { return InferenceConfiguration.builder().maxTokens(200).build(); }"
    )
    assert call(sdk(request_, before=helper)).max_tokens == limit


def test_the_body_of_invoke_model() -> None:
    text = sdk().replace(
        "bedrock.converse(ConverseRequest.builder().modelId(MODEL).build())",
        'bedrock.invokeModel(r -> r.modelId(MODEL).body(SdkBytes.fromUtf8String(new JSONObject().put("max_tokens", 90).put("messages", m).toString())))',
    )
    assert call(text).max_tokens == 90
    block = text.replace(
        'new JSONObject().put("max_tokens", 90).put("messages", m).toString()',
        '"""\n{"max_tokens": 80, "messages": []}\n"""',
    )
    assert call(block).max_tokens == 80


@pytest.mark.parametrize(
    ("request_", "mode", "version"),
    [
        ('.guardrailConfig(g -> g.guardrailIdentifier("g").guardrailVersion("3"))', "attached", "3"),
        ("", "none", None),
    ],
)
def test_the_guardrail(request_: str, mode: str, version: str | None) -> None:
    found = call(sdk(request_))
    assert (found.guardrail_mode, found.guardrail_version) == (mode, version)


def test_a_guardrail_that_the_code_applies_itself() -> None:
    checks = "".join(
        f'bedrock.applyGuardrail(r -> r.guardrailIdentifier("g").guardrailVersion("2").source("{side}"));'
        for side in ("INPUT", "OUTPUT")
    )
    found = call(sdk(body=f"{checks} return response.output();"))
    assert (found.guardrail_mode, found.guardrail_version) == ("applied_separately", "2")


def test_a_request_in_a_variable_and_one_that_is_passed() -> None:
    held = sdk(before="").replace(
        "var response = bedrock.converse(ConverseRequest.builder().modelId(MODEL).build());",
        "var b = ConverseRequest.builder().modelId(MODEL); b.inferenceConfig(c -> c.maxTokens(5)); var response = bedrock.converse(b.build());",
    )
    assert call(held).max_tokens == 5
    passed = held.replace("b.build()", "request").replace("String question", "ConverseRequest request")
    found = call(passed)
    assert isinstance(found.model_id, Unknown)
    assert isinstance(found.guardrail_mode, Unknown)


@pytest.mark.parametrize(
    ("model", "files", "expected"),
    [
        ("Models.PRO", {"src/Models.java": 'class Models { static final String PRO = "amazon.nova-pro-v1:0"; }'}, "amazon.nova-pro-v1:0"),
        ('System.getenv().getOrDefault("MODEL", "amazon.nova-micro-v1:0")', {}, "amazon.nova-micro-v1:0"),
        ('System.getenv("MODEL")', {}, None),
        ("Library.MODEL", {}, None),
        ("injected", {}, "amazon.titan-x"),
        ("injected", {"src/main/resources/application.properties": "app.model=amazon.nova-pro-v1:0\n"}, "amazon.nova-pro-v1:0"),
        ("injected", {"src/main/resources/application.yaml": "app:\n  model: amazon.nova-pro-v1:0\n"}, "amazon.nova-pro-v1:0"),
        ("injected", {"src/main/resources/application.yaml": "app: [\n"}, None),
    ],
)  # fmt: skip
def test_the_model_is_followed(model: str, files: dict[str, str], expected: str | None) -> None:
    injected = '@Value("${app.model:amazon.titan-x}") private String injected;'
    text = sdk(before=injected).replace("modelId(MODEL)", f"modelId({model})")
    ((_, found),) = calls({"src/Chat.java": text, **files})
    assert found.model_id == expected if expected else isinstance(found.model_id, Unknown)


def test_the_settings_of_an_sdk_client() -> None:
    silent = client(sdk())
    assert (silent.read_timeout, silent.max_attempts, silent.retry_mode) == (None, None, None)
    set_ = client(
        sdk(
            client=".region(Region.EU_WEST_1).overrideConfiguration(o -> o.apiCallAttemptTimeout(Duration.ofSeconds(30)).retryStrategy(RetryMode.STANDARD)).httpClientBuilder(ApacheHttpClient.builder().connectionTimeout(Duration.ofMillis(500)))"
        )
    )
    assert (set_.region, set_.read_timeout, set_.connect_timeout, set_.retry_mode) == ("eu-west-1", 30, 0.5, "standard")


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        ('return "later";', ("Exception", "SdkException")),
        ("log.error(e.getMessage());", ()),
        ("log.error(e); throw e;", ()),
        ('return "failed: " + e.getMessage();', ()),
        ("throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);", ("Exception", "SdkException")),
    ],
)
def test_the_errors_that_are_handled(handler: str, expected: tuple[str, ...]) -> None:
    text = sdk(body=f"return response; }} catch (SdkException e) {{ {handler} }}").replace(
        "    var response", "    try { var response"
    )
    assert call(text).handled_errors == expected


def test_a_handler_of_the_caller_and_an_advice() -> None:
    caller = 'class Use { Chat chat; String f() { try { return chat.ask("q").toString(); } catch (RuntimeException e) { return "later"; } } }'
    assert "Exception" in str(call(sdk(), **{"src__Use.java": caller}).handled_errors)
    advice = (
        "@RestControllerAdvice class Errors { @ExceptionHandler(Exception.class) Object on(Exception e) { return 1; } }"
    )
    assert call(sdk(), **{"src__Errors.java": advice}).handled_errors == ("Exception",)


def test_usage_and_stop_reasons() -> None:
    assert call(sdk()).usage_recorded is False
    assert call(sdk(body="meter.record(response.usage().outputTokens()); return response;")).usage_recorded is True
    handled = call(sdk(body="if (response.stopReason() == StopReason.MAX_TOKENS) { warn(); } return response;"))
    assert handled.stop_reasons_handled == ("max_tokens",)
    assert call(sdk()).stop_reasons_handled == ()


def test_whether_the_call_is_traced() -> None:
    assert call(sdk()).instrumented is False
    assert call(sdk().replace("  Object ask", '  @WithSpan("chat")\n  Object ask')).instrumented is True
    docker = "FROM x\nENTRYPOINT java -javaagent:/opt/aws-opentelemetry-agent.jar -jar app.jar\n"
    assert call(sdk(), Dockerfile=docker).instrumented is True


def test_an_asynchronous_agent_client() -> None:
    text = """import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeAsyncClient;
class A {
  private final BedrockAgentRuntimeAsyncClient agents;
  A() { this.agents = BedrockAgentRuntimeAsyncClient.builder().region(Region.US_EAST_1).build(); }
  void f() { agents.invokeAgent(r -> r.agentId("a").agentAliasId("b"), handler); }
}
"""
    found = call(text)
    assert (found.api, found.endpoint) == ("invoke_agent", "bedrock-agent-runtime")
    assert client(text).region == "us-east-1"


def test_spring_ai_reads_properties() -> None:
    properties = "spring.ai.bedrock.converse.chat.options.model=amazon.nova-lite-v1:0\nspring.ai.bedrock.converse.chat.options.max-tokens=700\n"
    found = spring(application_properties=properties)
    assert (found.api, found.provider, found.model_id, found.max_tokens) == (
        "ChatClient.call",
        "bedrock",
        "amazon.nova-lite-v1:0",
        700,
    )
    yaml = "spring:\n  ai:\n    bedrock:\n      converse:\n        chat:\n          maxTokens: 600\n          model: ${MODEL:amazon.nova-pro-v1:0}\n"
    other = spring(application_yaml=yaml)
    assert (other.model_id, other.max_tokens) == ("amazon.nova-pro-v1:0", 600)


def test_spring_ai_options_of_the_call_come_first() -> None:
    properties = "spring.ai.bedrock.converse.chat.max-tokens=700\n"
    own = spring('.options(ChatOptions.builder().model("m").maxTokens(50).build())', application_properties=properties)
    assert (own.model_id, own.max_tokens) == ("m", 50)
    built = spring(defaults=".defaultOptions(ChatOptions.builder().maxTokens(60))", application_properties=properties)
    assert built.max_tokens == 60


def test_spring_ai_without_properties_is_unknown() -> None:
    found = spring()
    assert isinstance(found.model_id, Unknown)
    assert isinstance(found.max_tokens, Unknown)


def test_spring_ai_observes_its_calls() -> None:
    none = spring(application_properties="a=b\n")
    metrics = spring(more="<dependency><artifactId>micrometer-registry-prometheus</artifactId></dependency>")
    traced = spring(more="<dependency><artifactId>micrometer-tracing-bridge-otel</artifactId></dependency>")
    commented = spring(more="<!-- <artifactId>micrometer-tracing-bridge-otel</artifactId> -->")
    assert (none.instrumented, none.usage_recorded) == (False, False)
    assert (metrics.usage_recorded, traced.instrumented, commented.instrumented) == (True, True, False)


def test_the_time_limit_of_spring_ai() -> None:
    files = {
        "pom.xml": POM.format(""),
        "src/main/resources/application.properties": "spring.ai.bedrock.aws.timeout=2m\n",
    }
    assert client(SPRING.format(options="", defaults="", before=""), **files).read_timeout == 120


def test_lang_chain4j() -> None:
    text = """import dev.langchain4j.model.bedrock.BedrockChatModel;
class A {
  BedrockChatModel model = BedrockChatModel.builder().modelId("amazon.nova-lite-v1:0")
    .defaultRequestParameters(BedrockChatRequestParameters.builder().maxOutputTokens(90).build()).build();
}
"""
    found = call(text)
    assert (found.api, found.provider, found.model_id, found.max_tokens) == (
        "BedrockChatModel",
        "bedrock",
        "amazon.nova-lite-v1:0",
        90,
    )


def test_a_limit_that_the_callers_of_a_static_method_pass() -> None:
    text = sdk(".inferenceConfig(c -> c.maxTokens(limit))").replace(
        "Object ask(String question)", "static Object ask(int limit)"
    )
    use = "class Use { Object f() { return Chat.ask(300); } Object ask(int limit) { return null; } }"
    assert call(text, **{"src__Use.java": use}).max_tokens == 300


def test_a_file_with_errors_is_a_gap() -> None:
    broken = "import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;\nclass A { void f( { \n"
    (gap,) = [g for g in collected({"src/A.java": broken}).gaps if g.kind == "repo.model_*"]
    assert (gap.scope, gap.minor) == ("src/A.java", False)


@pytest.mark.parametrize(
    "argument",
    [
        "(" * 3000 + "x" + ")" * 3000,
        "x -> " * 3000 + "x",
        "b -> b.modelId(" + '"a" + ' * 3000 + '"b")',
        "ask(" * 500 + "1" + ")" * 500,
    ],
    ids=["parentheses", "lambdas", "texts", "calls"],
)
def test_hostile_source_ends(argument: str) -> None:
    found = call(sdk().replace("ConverseRequest.builder().modelId(MODEL).build()", argument))
    assert found.api == "converse"


OPENAI = """package com.acme;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
class Chat {{
  private final OpenAIClient client = OpenAIOkHttpClient.builder(){address}.build();
  Object ask(String q) {{ return client.chat().completions().create(ChatCompletionCreateParams.builder().model("gpt-4o").maxCompletionTokens(9).build()); }}
}}
"""
CLAUDE = """package com.acme;
import com.anthropic.client.AnthropicClient;
import com.anthropic.models.messages.MessageCreateParams;
class Chat {{
  private final AnthropicClient client = AnthropicOkHttpClient.builder(){backend}.build();
  Object ask(String q) {{ var params = MessageCreateParams.builder().model("claude-sonnet-4-5").maxTokens(9).build(); return client.messages().create(params); }}
}}
"""
HTTP = """package com.acme;
import java.net.http.*;
class Chat {
  static final String URL = "https://api.openai.com/v1/chat/completions";
  Object ask(String q) throws Exception { return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(URL)).build(), null); }
}
"""


@pytest.mark.parametrize(
    ("text", "provider", "endpoint", "model", "limit"),
    [
        (OPENAI.format(address=""), "openai", "openai", "gpt-4o", 9),
        (OPENAI.format(address='.baseUrl("https://bedrock-mantle.eu-west-1.api.aws/v1")'), "bedrock", "bedrock-mantle", "gpt-4o", 9),
        (CLAUDE.format(backend=""), "anthropic", "anthropic", "claude-sonnet-4-5", 9),
        (CLAUDE.format(backend=".backend(BedrockBackend.fromEnv())"), "bedrock", "bedrock-runtime", "claude-sonnet-4-5", 9),
        (HTTP, "openai", "openai", None, None),
    ],
)  # fmt: skip
def test_other_clients(text: str, provider: str, endpoint: str, model: str | None, limit: int | None) -> None:
    found = call(text)
    assert (found.provider, found.endpoint) == (provider, endpoint)
    known = None if isinstance(found.model_id, Unknown) else found.model_id
    assert (known, None if isinstance(found.max_tokens, Unknown) else found.max_tokens) == (model, limit)


def test_requests_to_other_addresses_call_no_model() -> None:
    assert calls({"Chat.java": HTTP.replace("api.openai.com", "api.example.com")}) == []
    assert (
        calls(
            {"Chat.java": HTTP.replace('"https', '"docs: https').replace(".send(", ".newBuilder().build().toString(")}
        )
        == []
    )

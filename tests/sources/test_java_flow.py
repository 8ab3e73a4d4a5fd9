"""Java: where the texts of people and models go, tools, loops and queries, from raw source."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Ref, Unknown
from prodworks_cli.resources.agent_code import AgentLoop, Tool
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.resources.retrieval import RetrievalCall
from prodworks_cli.resources.text_flows import LogStatement, OutputSink
from prodworks_cli.sources.files import tree_of

HEAD = """package com.acme;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;
import org.springframework.web.bind.annotation.*;
"""
POM = "<project><properties><spring-ai.version>{}</spring-ai.version></properties></project>"


def sdk(
    system: str = "",
    before: str = "",
    after: str = "return null;",
    marks: str = "@PostMapping",
    parameters: str = "@RequestBody Ask request",
    more: str = "",
) -> str:
    given = f".system(SystemContentBlock.fromText({system}))" if system else ""
    return f"""{HEAD}
class Chat {{
  static final String SYSTEM = "You answer questions.";
  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().build();
  {more}
  {marks} public Object ask({parameters}) {{
    {before}
    var response = bedrock.converse(ConverseRequest.builder().modelId("amazon.nova-lite-v1:0"){given}.messages(Message.builder().content(ContentBlock.fromText(request.text())).build()).build());
    {after}
  }}
}}
"""


def spring(chain: str = "", client: str = "", more: str = "", imports: str = "") -> str:
    return f"""package com.acme;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.web.bind.annotation.*;
{imports}
class Chat {{
  private final ChatClient chatClient;
  Chat(ChatClient.Builder builder, VectorStore store) {{ this.chatClient = builder{client}.build(); }}
  @PostMapping Object ask(@RequestBody Ask request) {{ return chatClient.prompt(){chain}.call().content(); }}
  {more}
}}
"""


def collected(text: str, **files: str) -> Inventory:
    return collect_repository(
        tree_of({"src/Chat.java": text, **{k.replace("__", "."): v for k, v in files.items()}}), {}
    )


def call(text: str, **files: str) -> ModelCall:
    (found,) = [r.value for r in collected(text, **files).resources if isinstance(r.value, ModelCall)]
    return found


def told(values: object) -> list[str]:
    assert isinstance(values, tuple)
    return ["?" if isinstance(v, Unknown) else v for v in values]


@pytest.mark.parametrize(
    ("system", "before", "expected"),
    [
        ("SYSTEM", "", ["constant"]),
        ("SYSTEM + request.tone()", "", ["request"]),
        ('"Answer in %s".formatted(request.language())', "", ["request"]),
        ("prompt", "String prompt = SYSTEM; prompt = prompt + request.tone();", ["request"]),
        ("sb.toString()", "var sb = new StringBuilder(SYSTEM); sb.append(request.tone());", ["request"]),
        ("build(request.tone())", "", ["request"]),
        ('build("kind")', "", ["constant"]),
        ("escapeAll(request.tone())", "", ["constant"]),
    ],
)
def test_what_the_system_prompt_is_made_of(system: str, before: str, expected: list[str]) -> None:
    more = "private String build(String tone) { return SYSTEM + tone; }"
    assert told(call(sdk(system, before, more=more)).system_prompt_sources) == expected


def test_a_request_without_a_system_prompt_has_none() -> None:
    assert call(sdk()).system_prompt_sources is None
    assert told(call(sdk()).untrusted_sources) == ["request"]


@pytest.mark.parametrize(
    ("marks", "parameters", "expected"),
    [
        ("@PostMapping", "@RequestBody Ask request", ["request"]),
        ("@PostMapping", "@RequestHeader String request", ["constant"]),
        ("@PostMapping", "@AuthenticationPrincipal Jwt request", ["identity"]),
        ("@GetMapping", "@RequestParam int request", ["constant"]),
        ("@POST", "Ask request", ["request"]),
        ("@KafkaListener", "String request", ["request"]),
        ("@Tool", "String request", ["output"]),
        ("", "String request", ["?"]),
    ],
)
def test_entries(marks: str, parameters: str, expected: list[str]) -> None:
    assert (
        told(call(sdk("SYSTEM + request.tone()", marks=marks, parameters=parameters)).system_prompt_sources) == expected
    )


@pytest.mark.parametrize(
    ("chain", "client", "system", "said"),
    [
        (".user(request.text())", ".defaultSystem(\"You help.\")", ["constant"], ["request"]),
        (".system(request.tone()).user(\"hi\")", "", ["request"], []),
        (".system(s -> s.text(\"Be {tone}\").param(\"tone\", request.tone())).user(\"hi\")", "", ["request"], []),
        (".user(u -> { u.text(request.text()); })", "", None, ["request"]),
        (".user(request.text())", ".defaultAdvisors(QuestionAnswerAdvisor.builder(store).build())", None, ["request", "retrieved"]),
    ],
)  # fmt: skip
def test_requests_of_spring_ai(chain: str, client: str, system: list[str] | None, said: list[str]) -> None:
    found = call(spring(chain, client))
    assert (None if found.system_prompt_sources is None else told(found.system_prompt_sources)) == system
    assert told(found.untrusted_sources) == said


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("log.info(\"answer {}\", response.output().message()); return null;", [("completion", "info", "log")]),
        ("System.out.println(response.output()); return null;", [("completion", "info", "print")]),
        ("log.info(\"question {}\", request.text()); return null;", [("prompt", "info", "log")]),
        ("log.info(\"tokens {}\", response.usage().totalTokens()); return null;", []),
        ("log.info(\"user {}\", request.userId()); return null;", []),
        ("log.info(\"done\"); return null;", []),
        ("log.info(mask(response.output())); return null;", []),
    ],
)  # fmt: skip
def test_log_statements(after: str, expected: list[tuple[str, str, str]]) -> None:
    found = [r.value for r in collected(sdk(after=after)).resources if isinstance(r.value, LogStatement)]
    assert [(x.content, x.level, x.sink) for x in found] == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("return jdbcTemplate.queryForList(response.output().message().content().get(0).text());", [("sql", False)]),
        ("String sql = response.output().text(); if (isSafeQuery(sql)) return jdbcTemplate.queryForList(sql); return null;", [("sql", True)]),
        ("return jdbcTemplate.queryForList(\"SELECT 1\", response.output());", []),
        ("Runtime.getRuntime().exec(response.output().text()); return null;", [("shell", False)]),
        ("new ProcessBuilder(\"sh\", \"-c\", response.output().text()).start(); return null;", [("shell", False)]),
        ("scriptEngine.eval(response.output().text()); return null;", [("eval", False)]),
        ("return response.output().text();", []),
    ],
)  # fmt: skip
def test_sinks(after: str, expected: list[tuple[str, bool]]) -> None:
    found = [r.value for r in collected(sdk(after=after)).resources if isinstance(r.value, OutputSink)]
    assert [(x.sink, x.sanitised) for x in found] == expected
    assert all(x.source == Ref("repo.model_call", "src/Chat.java:Chat.ask converse") for x in found)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "return null;", []),
        ("", "log.info(\"sessionId={}\", request.sessionId()); return null;", ["session"]),
        ("MDC.put(\"requestId\", id);", "return null;", ["request"]),
        ("", "Span.current().setAttribute(\"tenant\", t); return null;", ["tenant"]),
    ],
)  # fmt: skip
def test_ids_on_the_record(before: str, after: str, expected: list[str]) -> None:
    assert told(call(sdk(before=before, after=after)).correlation) == expected


@pytest.mark.parametrize(
    ("body", "marks", "expected"),
    [
        ("return go(q);", "", False),
        ("try { return go(q); } catch (Exception e) { log.error(\"x\", e); return null; }", "", False),
        ("try { return go(q); } catch (Exception e) { return cachedAnswer(q); }", "", True),
        ("try { return go(q); } catch (Exception e) { return \"A colleague will get back to you.\"; }", "", True),
        ("for (String model : models) { try { return go(model); } catch (Exception e) { log.warn(\"next\"); } } return null;", "", True),
        ("return go(q);", "@CircuitBreaker(name = \"m\", fallbackMethod = \"other\")", True),
    ],
)  # fmt: skip
def test_a_way_out(body: str, marks: str, expected: bool) -> None:
    text = f"""{HEAD}
class Chat {{
  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().build();
  {marks} @PostMapping Object ask(@RequestBody String q) {{ {body} }}
  private Object go(String m) {{ return bedrock.converse(ConverseRequest.builder().modelId(m).build()); }}
}}
"""
    assert call(text).fallback is expected


def test_usage_of_another_call_is_not_this_calls() -> None:
    text = f"""{HEAD}
class Chat {{
  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().build();
  @PostMapping Object ask(@RequestBody String q) {{
    var first = bedrock.converse(ConverseRequest.builder().modelId("a").build());
    var second = bedrock.converse(ConverseRequest.builder().modelId("b").build());
    if (second.stopReason() == StopReason.MAX_TOKENS) throw new IllegalStateException();
    meter.record(first.usage().totalTokens());
    return second.output();
  }}
}}
"""
    found = [r.value for r in collected(text).resources if isinstance(r.value, ModelCall)]
    assert [c.usage_recorded for c in found] == [True, False]
    assert [c.stop_reasons_handled for c in found] == [(), ("max_tokens",)]


def tools(more: str, **files: str) -> list[Tool]:
    return [
        r.value for r in collected(spring('.user("hi")', more=more), **files).resources if isinstance(r.value, Tool)
    ]


@pytest.mark.parametrize(
    ("name", "body", "effect"),
    [
        ("getOrder", "return orders.findById(id);", "read"),
        ("order", "return orderRepository.save(id);", "write"),
        ("order", "orderRepository.deleteById(id); return null;", "delete"),
        ("order", "sesClient.sendEmail(id); return null;", "message"),
        ("order", "paymentService.charge(id); return null;", "money"),
        ("order", "Runtime.getRuntime().exec(\"ls\"); return null;", "execute"),
        ("order", "jdbcTemplate.update(\"DELETE FROM orders\"); return null;", "delete"),
        ("cancelOrder", "return backend(id);", "delete"),
        ("getOrder", "return orderRepository.save(id);", None),
        ("order", "return keep(id);", "write"),
    ],
)  # fmt: skip
def test_tools(name: str, body: str, effect: str | None) -> None:
    (found,) = tools(
        f'@Tool(description = "d") public Object {name}(String id) {{ {body} }}\n private Object keep(String id) {{ return orderRepository.save(id); }}'
    )
    assert (found.name, found.dispatch, found.confirmation, found.arguments_validated) == (
        name,
        "registry",
        "none",
        True,
    )
    assert isinstance(found.effect, Unknown) if effect is None else found.effect == effect


def test_what_else_tools_say() -> None:
    (found,) = tools(
        '@Tool(name = "find", description = "d") public Object order(String id) { log.info("find {}", id); requestApproval(id); return null; }'
    )
    assert (found.name, found.recorded, found.confirmation) == ("find", True, "user_confirmation")
    (silent,) = tools("@Tool public Object getOrder(String sql) { return jdbcTemplate.queryForList(sql); }")
    assert (silent.recorded, silent.arguments_validated) == (False, False)
    bridge = "<project><artifactId>micrometer-tracing-bridge-otel</artifactId></project>"
    (traced,) = tools("@Tool public Object getOrder(String id) { return id; }", pom__xml=bridge)
    assert traced.recorded is True
    server = "<project><artifactId>spring-ai-starter-mcp-server-webmvc</artifactId></project>"
    (served,) = tools("@Tool public Object getOrder(String id) { return id; }", pom__xml=server)
    assert isinstance(served.confirmation, Unknown)


def test_a_mark_of_another_origin_makes_no_tool() -> None:
    text = sdk().replace("import org", "import com.acme.Tool;\nimport org", 1).replace("@PostMapping", "@Tool", 1)
    assert not [r for r in collected(text).resources if isinstance(r.value, Tool)]


def test_tools_of_the_converse_api() -> None:
    more = """Object spec = ToolSpecification.builder().name("delete_order").inputSchema(ToolInputSchema.fromJson(x)).build();
  private Object run(String name) { switch (name) { case "delete_order": return orderRepository.deleteById(name); default: return null; } }"""
    (found,) = [
        r.value
        for r in collected(sdk(more=more, after="return run(request.name());")).resources
        if isinstance(r.value, Tool)
    ]
    assert (found.name, found.effect, found.dispatch) == ("delete_order", "delete", "registry")


def loops(text: str, **files: str) -> list[AgentLoop]:
    return [r.value for r in collected(text, **files).resources if isinstance(r.value, AgentLoop)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("while (true) { var r = go(q); if (r.stopReason() != StopReason.TOOL_USE) return r; }", [None]),
        ("for (int i = 0; i < 5; i++) { var r = go(q); if (r.stopReason() != StopReason.TOOL_USE) return r; }", [5]),
        ("int n = 0; do { n++; var r = go(q); if (r.stopReason() != StopReason.TOOL_USE) return r; } while (n < MAX);", [7]),
        ("while (true) { var r = go(q); if (r.done()) return r; }", []),
        ("while (more()) { log.info(\"tool_use\"); }", []),
    ],
)  # fmt: skip
def test_loops(body: str, expected: list[int | None]) -> None:
    text = f"""{HEAD}
class Chat {{
  static final int MAX = 7;
  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().build();
  @PostMapping Object ask(@RequestBody String q) {{ {body} }}
  private ConverseResponse go(String m) {{ return bedrock.converse(ConverseRequest.builder().modelId(m).build()); }}
}}
"""
    assert [x.iteration_limit for x in loops(text)] == expected


@pytest.mark.parametrize(("version", "limit"), [("2.0.0", None), ("2.0.1", 150), ("1.1.0", None), ("", "?")])
def test_chat_clients_with_tools(version: str, limit: object) -> None:
    (found,) = loops(spring('.user("hi")', ".defaultTools(new Orders())"), pom__xml=POM.format(version))
    assert found.framework == "spring-ai"
    assert ("?" if isinstance(found.iteration_limit, Unknown) else found.iteration_limit) == limit


def test_a_chat_client_without_tools_is_no_loop() -> None:
    assert loops(spring('.user("hi")')) == []


def test_services_of_langchain4j() -> None:
    text = """package com.acme;
import dev.langchain4j.service.AiServices;
class Chat { Bot a = AiServices.builder(Bot.class).chatModel(m).tools(new Orders()).build(); Bot b = AiServices.builder(Bot.class).tools(t).maxSequentialToolsInvocations(9).build(); }
"""
    assert [(x.framework, x.iteration_limit) for x in loops(text)] == [("langchain4j", 100), ("langchain4j", 9)]


KB = """package com.acme;
import software.amazon.awssdk.services.bedrockagentruntime.BedrockAgentRuntimeClient;
import software.amazon.awssdk.services.bedrockagentruntime.model.*;
import org.springframework.web.bind.annotation.*;
class Docs {{
  private final BedrockAgentRuntimeClient kb = BedrockAgentRuntimeClient.builder().build();
  @PostMapping Object find(@RequestBody Ask request) {{
    return kb.retrieve(RetrieveRequest.builder().knowledgeBaseId("KB12345678"){config}.retrievalQuery(q -> q.text(request.text())).build());
  }}
}}
"""
VECTORS = ".retrievalConfiguration(c -> c.vectorSearchConfiguration(v -> v{}))"


@pytest.mark.parametrize(
    ("config", "top_k", "source"),
    [
        ("", None, "none"),
        (VECTORS.format(".numberOfResults(10)"), 10, "none"),
        (VECTORS.format(".filter(f -> f.equalsValue(a -> a.key(\"team\").value(request.team())))"), None, "client"),
    ],
)  # fmt: skip
def test_queries_of_a_knowledge_base(config: str, top_k: int | None, source: str) -> None:
    (found,) = [r.value for r in collected(KB.format(config=config)).resources if isinstance(r.value, RetrievalCall)]
    assert (found.api, found.top_k, found.filter_source) == ("retrieve", top_k, source)
    assert found.knowledge_base == Ref("aws.bedrock.knowledge_base", "KB12345678")


@pytest.mark.parametrize(
    ("advisor", "expected"),
    [
        ("QuestionAnswerAdvisor.builder(store).build()", (4, "none")),
        ("QuestionAnswerAdvisor.builder(store).searchRequest(SearchRequest.builder().topK(8).build()).build()", (8, "none")),
        ("QuestionAnswerAdvisor.builder(store).searchRequest(SearchRequest.builder().topK(8).filterExpression(\"kind == 'public'\").build()).build()", (8, "constant")),
    ],
)  # fmt: skip
def test_advisors_of_spring_ai(advisor: str, expected: tuple[int, str]) -> None:
    found = [
        r.value
        for r in collected(spring('.user("hi")', f".defaultAdvisors({advisor})")).resources
        if isinstance(r.value, RetrievalCall)
    ]
    assert [(x.top_k, x.filter_source) for x in found] == [expected]

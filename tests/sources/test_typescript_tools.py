"""TypeScript: tools of a model, the loops around it, and queries of knowledge bases, from raw source."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Ref, Unknown
from prodworks_cli.resources.agent_code import AgentLoop, Tool
from prodworks_cli.resources.retrieval import RetrievalCall
from prodworks_cli.sources.files import tree_of

AI = """import { generateText, stepCountIs, tool } from "ai";
import { bedrock } from "@ai-sdk/amazon-bedrock";
import { z } from "zod";
import { execSync } from "child_process";
const model = bedrock("amazon.nova-lite-v1:0");
"""
SDK = """import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
const client = new BedrockRuntimeClient({});
const ask = async (messages) => client.send(new ConverseCommand({ modelId: "amazon.nova-lite-v1:0", messages, toolConfig }));
"""


def collected(text: str, **files: str) -> Inventory:
    return collect_repository(tree_of({"app.ts": text, **files}), {})


def tools(text: str, **files: str) -> list[Tool]:
    return [r.value for r in collected(text, **files).resources if isinstance(r.value, Tool)]


def made(name: str, body: str, options: str = "", head: str = "") -> Tool:
    use = "export const f = () => generateText({ model, tools: all, prompt: 'x' });\n"
    (found,) = tools(
        f"{AI}{head}const all = {{ {name}: tool({{ description: 'd', inputSchema: z.object({{ number: z.string() }}), {options} execute: async ({{ number }}) => {{ {body} }} }}) }};\n{use}"
    )
    return found


@pytest.mark.parametrize(
    ("name", "body", "effect"),
    [
        ("getOrder", "return db.orders.find(number);", "read"),
        ("order", "await db.orders.insertOne({ number });", "write"),
        ("order", "await prisma.order.delete({ where: { number } });", "delete"),
        ("order", "await ses.send(new SendEmailCommand({ number }));", "message"),
        ("order", "await stripe.refunds.create({ number });", "write"),
        ("order", "await payments.charge(number);", "money"),
        ("order", "execSync('ls');", "execute"),
        ("order", "await ddb.send(new PutCommand({ number }));", "write"),
        ("order", "await ddb.send(new GetCommand({ number }));", None),
        ("order", "await fetch(url, { method: 'POST', body: number });", "write"),
        ("order", "await axios.delete(url);", "delete"),
        ("findOrder", "await axios.post('https://example.com/search', { number });", "read"),
        ("order", "await pool.query('DELETE FROM orders');", "delete"),
        ("cancelOrder", "return backend(number);", "delete"),
        ("sendMail", "return backend(number);", "message"),
        ("getOrder", "await db.orders.insertOne({ number });", None),
        ("order", "await save(number);", "write"),
    ],
)  # fmt: skip
def test_the_effect(name: str, body: str, effect: str | None) -> None:
    found = made(name, body, head="const save = async (n) => db.orders.updateOne({ n });\n")
    assert (found.name, found.dispatch) == (name, "registry")
    assert isinstance(found.effect, Unknown) if effect is None else found.effect == effect


@pytest.mark.parametrize(
    ("options", "body", "expected"),
    [
        ("", "return db.orders.find(number);", "none"),
        ("needsApproval: true,", "return db.orders.find(number);", "user_confirmation"),
        ("needsApproval: false,", "return db.orders.find(number);", "none"),
        ("", "const answer = interrupt({ number }); return answer;", "user_confirmation"),
    ],
)
def test_the_confirmation(options: str, body: str, expected: str) -> None:
    assert made("order", body, options).confirmation == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [("return 1;", False), ("logger.info('order', { number });", True), ("console.log(number);", True), ("logger.debug(number);", False)],
)  # fmt: skip
def test_the_record(body: str, expected: bool) -> None:
    assert made("order", body).recorded is expected


def test_telemetry_of_the_ai_sdk_records_tool_calls() -> None:
    text = (
        AI
        + "export const f = () => generateText({ model, experimental_telemetry: { isEnabled: true }, tools: { a: tool({ inputSchema: z.any(), execute: async () => 1 }) } });\n"
    )
    assert [t.recorded for t in tools(text)] == [True]


def test_arguments_that_reach_an_interpreter_are_not_validated() -> None:
    assert made("order", "return 1;").arguments_validated is True
    assert made("order", "execSync(`ls ${number}`);").arguments_validated is False


@pytest.mark.parametrize(
    ("text", "name", "confirmation"),
    [
        ('import { tool } from "@langchain/core/tools";\nexport const t = tool(async ({ n }) => n, { name: "get_order", schema: z.object({}) });\n', "get_order", "none"),
        ('import { DynamicStructuredTool } from "@langchain/core/tools";\nexport const t = new DynamicStructuredTool({ name: "get_order", schema: z.object({}), func: async ({ n }) => n });\n', "get_order", "none"),
        ('import { StructuredTool } from "@langchain/core/tools";\nexport class GetOrder extends StructuredTool { schema = z.object({}); async _call(input) { return input; } }\n', "GetOrder", "none"),
        ('import { tool } from "@strands-agents/sdk";\nexport const t = tool({ name: "get_order", inputSchema: z.object({}), callback: (input) => input });\n', "get_order", "none"),
        ('import { createTool } from "@mastra/core/tools";\nexport const t = createTool({ id: "get_order", inputSchema: z.object({}), execute: async ({ context }) => context });\n', "get_order", "none"),
        ('import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";\nconst server = new McpServer({});\nserver.registerTool("get_order", { inputSchema: {} }, async ({ n }) => n);\n', "get_order", None),
        ('import { tool } from "ai";\nexport const getOrder = tool({ description: "d", inputSchema: z.object({}) });\n', "getOrder", None),
        ('import { tool } from "ai";\nconst find = async ({ n }) => n;\nexport const getOrder = tool({ description: "d", inputSchema: z.object({}), execute: find });\n', "getOrder", "none"),
        ('import { tool } from "ai";\nimport { humanInTheLoopMiddleware } from "langchain";\nexport const getOrder = tool({ inputSchema: z.object({}), execute: async () => 1 });\nhumanInTheLoopMiddleware({});\n', "getOrder", "approval_step"),
    ],
)  # fmt: skip
def test_tools_of_frameworks(text: str, name: str, confirmation: str | None) -> None:
    (found,) = tools(AI + "export const f = () => generateText({ model, prompt: 'x' });\n", **{"tools.ts": text})
    assert (found.name, found.dispatch) == (name, "registry")
    assert isinstance(found.confirmation, Unknown) if confirmation is None else found.confirmation == confirmation


def test_a_function_of_another_origin_makes_no_tool() -> None:
    assert (
        tools(
            AI + "export const f = () => generateText({ model });\n",
            **{"a.ts": "const tool = (x) => x;\nexport const t = tool({ execute: async () => 1 });\n"},
        )
        == []
    )


CONFIG = 'const toolConfig = { tools: [{ toolSpec: { name: "delete_order", inputSchema: { json: {} } } }] };\n'


@pytest.mark.parametrize(
    ("code", "dispatch", "effect"),
    [
        ("switch (toolUse.name) { case 'delete_order': return db.orders.deleteOne({}); }", "registry", "delete"),
        ("if (toolUse.name === 'delete_order') { return remove(toolUse.input); }", "registry", "delete"),
        ("return handlers[toolUse.name](toolUse.input);", "registry", "delete"),
        ("return this[toolUse.name](toolUse.input);", "dynamic", "delete"),
        ("return 1;", None, "delete"),
    ],
)  # fmt: skip
def test_tools_of_the_converse_api(code: str, dispatch: str | None, effect: str) -> None:
    table = (
        "const handlers = { delete_order: async (input) => db.orders.deleteOne(input) };\n"
        if "handlers" in code
        else ""
    )
    (found,) = tools(f"{SDK}{CONFIG}{table}export async function run(toolUse) {{ await ask([]); {code} }}\n")
    assert (found.name, found.effect) == ("delete_order", effect)
    assert isinstance(found.dispatch, Unknown) if dispatch is None else found.dispatch == dispatch


def loops(text: str, **files: str) -> list[AgentLoop]:
    return [r.value for r in collected(text, **files).resources if isinstance(r.value, AgentLoop)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("while (true) { const r = await ask(m); if (r.stopReason !== 'tool_use') break; m.push(r); }", [(None, False)]),
        ("for (let i = 0; i < 5; i++) { const r = await ask(m); if (r.stopReason !== 'tool_use') break; }", [(5, True)]),
        ("let n = 0; while (n < MAX) { n++; const r = await ask(m); if (r.stopReason !== 'tool_use') break; }", [(8, True)]),
        ("let n = 0; do { n += 1; if (n > 3) break; const r = await ask(m); stop = r.stopReason; } while (stop === 'tool_use');", [(3, True)]),
        ("for (const x of xs) { const r = await ask(m); if (r.stopReason === 'max_tokens') throw new Error(); }", []),
        ("while (true) { const r = await ask(m); if (r.done) break; }", []),
        ("while (await more()) { console.log('tool_use'); }", []),
    ],
)  # fmt: skip
def test_loops(body: str, expected: list[tuple[int | None, bool]]) -> None:
    found = loops(f"{SDK}const MAX = 8;\nexport async function run(m, stop, xs) {{ {body} }}\n")
    assert [(x.iteration_limit, x.bounded) for x in found] == expected


def test_a_run_of_lambda_ends_a_loop() -> None:
    (found,) = loops(
        f"{SDK}export const handler = async (event) => {{ while (true) {{ const r = await ask([]); if (r.stopReason !== 'tool_use') break; }} }};\n"
    )
    assert (found.iteration_limit, found.time_limit) == (None, 900)


def test_a_function_that_calls_itself_is_a_loop() -> None:
    head = SDK.replace("const ask = async (messages) =>", "const unused = async (messages) =>")
    text = "export async function turn(m, depth = 0) { if (depth > 4) throw new Error(); const r = await client.send(new ConverseCommand({ messages: m })); if (r.stopReason === 'tool_use') return turn([...m, r], depth + 1); return r; }\n"
    assert [x.iteration_limit for x in loops(head + text)] == [4]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", []),
        ("maxSteps: 5,", [5]),
        ("maxSteps: 1,", []),
        ("stopWhen: stepCountIs(7),", [7]),
        ("stopWhen: [hasToolCall('done'), stepCountIs(9)],", [9]),
        ("stopWhen: hasToolCall('done'),", [None]),
    ],
)
def test_steps_of_the_ai_sdk(options: str, expected: list[int | None]) -> None:
    found = loops(f"{AI}export const f = (tools) => generateText({{ model, tools, {options} prompt: 'x' }});\n")
    assert [None if isinstance(x.iteration_limit, Unknown) else x.iteration_limit for x in found] == expected


@pytest.mark.parametrize(
    ("text", "framework", "limit"),
    [
        ('import { createReactAgent } from "@langchain/langgraph/prebuilt";\nexport const a = createReactAgent({ llm, tools });\n', "langgraph", 25),
        ('import { createReactAgent } from "@langchain/langgraph/prebuilt";\nexport const a = createReactAgent({ llm, tools });\na.invoke({}, { recursionLimit: 12 });\n', "langgraph", 12),
        ('import { AgentExecutor } from "langchain/agents";\nexport const a = new AgentExecutor({ agent, tools, maxIterations: 6 });\n', "langchain", 6),
        ('import { ToolLoopAgent } from "ai";\nexport const a = new ToolLoopAgent({ model, tools });\n', "ai-sdk", 20),
        ('import { Agent } from "@strands-agents/sdk";\nexport const a = new Agent({ model, tools });\n', "strands", None),
        ('import { Swarm } from "@strands-agents/sdk/multiagent";\nexport const a = new Swarm({ nodes, maxSteps: 8 });\n', "strands", 8),
        ('import { Swarm } from "@strands-agents/sdk/multiagent";\nexport const a = new Swarm({ nodes, timeout: 60 });\n', "strands", "?"),
        ('import { Agent } from "@strands-agents/sdk";\nexport const a = new Agent({ model, tools, hooks: [limit] });\n', "strands", "?"),
    ],
)  # fmt: skip
def test_agents_of_frameworks(text: str, framework: str, limit: object) -> None:
    (found,) = loops(AI + "export const f = () => generateText({ model, prompt: 'x' });\n", **{"agent.ts": text})
    shown = "?" if isinstance(found.iteration_limit, Unknown) else found.iteration_limit
    assert (found.framework, shown) == (framework, limit)


@pytest.mark.parametrize(
    "text",
    [
        'import { Agent } from "@strands-agents/sdk";\nexport const a = new Agent({ model, tools: [] });\n',
        'import { Agent } from "@strands-agents/sdk";\nexport const tools = 1, a = new Agent({ model });\n',
        'import { Agent } from "@mastra/core/agent";\nexport const a = new Agent({ model, instructions: "x" });\n',
        """export async function f(flow) {
  while (true) {
    const next = await flow.next();
    if (next.done) break;
    if (next.value.kind === "tool_call") await generateText({ model, prompt: next.value.text });
  }
}
""",
    ],
)
def test_what_lets_no_model_call_again(text: str) -> None:
    assert loops(AI + "export const f = () => generateText({ model, prompt: 'x' });\n", **{"a.ts": AI + text}) == []


KB = 'import { BedrockAgentRuntimeClient, RetrieveCommand } from "@aws-sdk/client-bedrock-agent-runtime";\nconst kb = new BedrockAgentRuntimeClient({});\n'


@pytest.mark.parametrize(
    ("config", "top_k", "source"),
    [
        ("", None, "none"),
        ("retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults: 10 } },", 10, "none"),
        ("retrievalConfiguration: { vectorSearchConfiguration: { filter: { equals: { key: 'kind', value: 'public' } } } },", None, "constant"),
        ("retrievalConfiguration: { vectorSearchConfiguration: { filter: { equals: { key: 'team', value: JSON.parse(event.body).team } } } },", None, "client"),
        ("retrievalConfiguration: { vectorSearchConfiguration: { filter: { equals: { key: 'team', value: event.requestContext.authorizer.claims['cognito:groups'] } } } },", None, "identity"),
    ],
)  # fmt: skip
def test_queries_of_a_knowledge_base(config: str, top_k: int | None, source: str) -> None:
    text = f"{KB}export const handler = async (event) => kb.send(new RetrieveCommand({{ knowledgeBaseId: 'KB12345678', {config} retrievalQuery: {{ text: event.body }} }}));\n"
    (found,) = [r.value for r in collected(text).resources if isinstance(r.value, RetrievalCall)]
    assert (found.api, found.top_k, found.filter_source) == ("retrieve", top_k, source)
    assert found.knowledge_base == Ref("aws.bedrock.knowledge_base", "KB12345678")


def test_other_searches() -> None:
    text = (
        AI
        + """import { AmazonKnowledgeBaseRetriever } from "@langchain/aws";
import { RetrieveCommand } from "@aws-sdk/client-kendra";
export async function f(store, kendra) {
  new AmazonKnowledgeBaseRetriever({ knowledgeBaseId: "KB12345678", topK: 4 });
  await store.similaritySearch("q", 7);
  await kendra.send(new RetrieveCommand({ IndexId: "i" }));
  return generateText({ model });
}
"""
    )
    found = [r.value for r in collected(text).resources if isinstance(r.value, RetrievalCall)]
    assert {(str(c.api), c.top_k) for c in found} == {
        ("AmazonKnowledgeBaseRetriever", 4),
        ("similaritySearch", 7),
        ("kendra.retrieve", None),
    }


@pytest.mark.parametrize(
    ("code", "knows"), [("const g = token['cognito:groups'];", True), ("// token['cognito:groups']", None)]
)
def test_users_with_different_rights(code: str, knows: bool | None) -> None:
    text = f"{KB}export const handler = async (event) => kb.send(new RetrieveCommand({{ knowledgeBaseId: 'KB12345678' }}));\n{code}\n"
    (found,) = [r.value for r in collected(text).resources if isinstance(r.value, RetrievalCall)]
    assert (None if isinstance(found.knows_users, Unknown) else found.knows_users) == knows

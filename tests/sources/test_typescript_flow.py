"""TypeScript: where the texts of people and models go: system prompts, logs, interpreters, pages; ids and ways out."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.resources.text_flows import LogStatement, OutputSink
from prodworks_cli.sources.files import tree_of

HEAD = """import { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
const client = new BedrockRuntimeClient({});
const SYSTEM = "You answer questions on orders.";
"""


def converse(
    system: str = "", messages: str = "[]", before: str = "", after: str = "", parameters: str = "event"
) -> str:
    given = f"system: [{{ text: {system} }}], " if system else ""
    return f"""{HEAD}
export const handler = async ({parameters}) => {{
  {before}
  const response = await client.send(new ConverseCommand({{ modelId: "amazon.nova-lite-v1:0", {given}messages: {messages} }}));
  {after}
}};
"""


def collected(files: dict[str, str]) -> Inventory:
    return collect_repository(tree_of(files), {})


def call(files: dict[str, str] | str) -> ModelCall:
    found = collected({"app.ts": files} if isinstance(files, str) else files).resources
    (value,) = [r.value for r in found if isinstance(r.value, ModelCall)]
    return value


def told(values: object) -> list[str]:
    """The values as words, unknown ones as a question mark."""
    assert isinstance(values, tuple)
    return ["?" if isinstance(v, Unknown) else v for v in values]


@pytest.mark.parametrize(
    ("system", "before", "expected"),
    [
        ("SYSTEM", "", ["constant"]),
        ('"You are " + NAME', 'const NAME = "Bo";', ["constant"]),
        ("`Answer in ${event.language}`", "", ["request"]),
        ("`${SYSTEM} ${JSON.parse(event.body).tone}`", "", ["request"]),
        ("prompt", "let prompt = SYSTEM; prompt += event.body.text;", ["request"]),
        ('parts.join("\\n")', "const parts = [SYSTEM]; parts.push(event.body.text);", ["request"]),
        ("build(event.body)", "const build = (body) => `${SYSTEM} ${body.tone}`;", ["request"]),
        ("build({ tone: 'kind', other: event.body })", "const build = ({ tone }) => `${SYSTEM} ${tone}`;", ["constant"]),
        ("texts[0]", "const texts = [SYSTEM, event.body.text];", ["constant"]),
        ("tone", "const { tone } = JSON.parse(event.body);", ["request"]),
        ("tone", 'const { tone } = JSON.parse(event.body); if (!["kind", "short"].includes(tone)) return;', ["constant"]),
        ("`${event.requestContext.authorizer.claims.sub}`", "", ["identity"]),
        ("`Today is ${new Date().toISOString()}`", "", ["constant"]),
        ("`${event.body.items.length} items`", "", ["request"]),
        ("event.body.messages.find((m) => m.role === 'system').content", "", ["?"]),
        ("[{ role: 'user', content: event.body.text }].find((m) => m.role === 'system').content", "", ["constant"]),
        ("[{ role: 'system', content: event.body.text }].find((m) => m.role === 'system').content", "", ["request"]),
        ("await template('answer')", 'const template = async (name) => (await import("fs")).readFileSync(name, "utf8");', ["stored"]),
    ],
)  # fmt: skip
def test_what_the_system_prompt_is_made_of(system: str, before: str, expected: list[str]) -> None:
    assert told(call(converse(system, before=before)).system_prompt_sources) == expected


def test_a_request_without_a_system_prompt_has_none() -> None:
    assert call(converse()).system_prompt_sources is None


def test_a_parameter_without_callers_stays_open() -> None:
    text = f"{HEAD}\nexport async function ask(tone: string) {{ return client.send(new ConverseCommand({{ system: [{{ text: tone }}] }})); }}\n"
    assert told(call(text).system_prompt_sources) == ["?"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"app/api/chat/route.ts": "export async function POST(req: Request) { const { text } = await req.json(); return ask(text); }"}, ["request"]),
        ({"server.ts": "app.post('/ask', async (req, res) => res.json(await ask(req.body.text)));"}, ["request"]),
        ({"server.ts": "app.get('/me', async (req, res) => res.json(await ask(req.user.name)));"}, ["identity"]),
        ({"server.ts": "hono.post('/ask', async (c) => c.json(await ask((await c.req.json()).text)));"}, ["request"]),
        ({"server.ts": "app.post('/ask', async (req, res) => res.json(await ask(req.headers['x-tone'])));"}, ["constant"]),
        ({"bot.ts": "export class Bot { @Post() async answer(@Body() body: Ask) { return ask(body.text); } }"}, ["request"]),
        ({"trpc.ts": "export const r = router({ ask: publicProcedure.input(z.object({ text: z.string() })).mutation(async ({ input }) => ask(input.text)) });"}, ["request"]),
        ({"actions.ts": "'use server';\nexport async function act(text: string) { return ask(text); }"}, ["request"]),
        ({"actions.ts": "'use server';\nexport async function act(count: number) { return ask(String(count)); }"}, ["constant"]),
    ],
)  # fmt: skip
def test_entries(files: dict[str, str], expected: list[str]) -> None:
    ask = f"{HEAD}\nexport async function ask(tone) {{ return client.send(new ConverseCommand({{ system: [{{ text: tone }}] }})); }}\n"
    named = {name: f'import {{ ask }} from "@/lib/ask";\n{text}\n' for name, text in files.items()}
    if any("'use server'" in text for text in named.values()):
        named = {name: "'use server';\n" + text.replace("'use server';\n", "") for name, text in named.items()}
    assert told(call({"lib/ask.ts": ask, **named}).system_prompt_sources) == expected


@pytest.mark.parametrize(
    ("messages", "before", "expected"),
    [
        ("[{ role: 'user', content: [{ text: 'ping' }] }]", "", []),
        ("[{ role: 'user', content: [{ text: event.body.text }] }]", "", ["request"]),
        ("event.body.texts.map((t) => ({ role: 'user', content: [{ text: t }] }))", "", ["request"]),
        ("[{ role: 'user', content: [{ text: docs.map((d) => d.pageContent).join() }] }]", "const docs = await store.similaritySearch('q', 3);", ["retrieved"]),
    ],
)  # fmt: skip
def test_who_wrote_what_is_asked(messages: str, before: str, expected: list[str]) -> None:
    assert told(call(converse(messages=messages, before=before)).untrusted_sources) == expected


def test_the_system_prompt_of_an_openai_client() -> None:
    text = """import OpenAI from "openai";
const openai = new OpenAI();
export async function POST(req: Request) {
  const { text, tone } = await req.json();
  return openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "system", content: `Be ${tone}` }, { role: "user", content: text }] });
}
"""
    found = call({"app/api/route.ts": text})
    assert told(found.system_prompt_sources) == ["request"]
    assert told(found.untrusted_sources) == ["request"]


def logs(text: str, **files: str) -> list[tuple[str, str, str]]:
    found = collected({"app.ts": text, **files}).resources
    return [
        (str(r.value.content), str(r.value.level), str(r.value.sink))
        for r in found
        if isinstance(r.value, LogStatement)
    ]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("console.log(response.output.message.content[0].text);", [("completion", "info", "print")]),
        ("logger.error('failed', { answer: response.output });", [("completion", "error", "log")]),
        ("console.log(`answer ${response.output.message.content[0].text}`);", [("completion", "info", "print")]),
        ("console.log(response.usage.inputTokens, response.stopReason);", []),
        ("console.log(JSON.stringify(response.usage));", []),
        ("console.log('done');", []),
        ("console.log(mask(response.output.message));", []),
        ("console.log(JSON.parse(event.body).text);", [("prompt", "info", "print")]),
        ("console.log(event);", [("event", "info", "print")]),
        ("console.log(event.body.sessionId);", []),
        ("talk.log(response.output);", []),
    ],
)  # fmt: skip
def test_log_statements(after: str, expected: list[tuple[str, str, str]]) -> None:
    text = converse(messages="[{ role: 'user', content: [{ text: JSON.parse(event.body).text }] }]", after=after)
    assert logs(text) == expected


def test_what_a_browser_shows_in_its_console_is_no_log() -> None:
    text = "import { useChat } from '@ai-sdk/react';\nexport const Chat = () => { const { messages } = useChat(); console.log(messages); return null; };\n"
    assert logs(converse(), **{"chat.tsx": text}) == []


def sinks(after: str, head: str = "", **files: str) -> list[tuple[str, object]]:
    found = collected(
        {"app.ts": head + converse(after="const text = response.output.message.content[0].text; " + after), **files}
    ).resources
    return [(str(r.value.sink), r.value.sanitised) for r in found if isinstance(r.value, OutputSink)]


SHELL = 'import { exec, execSync, spawn, execFile } from "child_process";\n'


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("eval(text);", [("eval", False)]),
        ("new Function('x', text)(1);", [("eval", False)]),
        ("eval('1 + 1');", []),
        ("exec(text);", [("shell", False)]),
        ("execSync(`ls ${text}`);", [("shell", False)]),
        ("spawn('ls', [text]);", []),
        ("spawn('sh', ['-c', text]);", [("shell", False)]),
        ("spawn('ls', [text], { shell: true });", [("shell", False)]),
        ("/a/.exec(text);", []),
        ("await pool.query(text);", [("sql", False)]),
        ("await pool.query('SELECT 1', [text]);", []),
        ("await prisma.$queryRawUnsafe(text);", [("sql", False)]),
        ("if (isSafeQuery(text)) await pool.query(text);", [("sql", True)]),
        ("await athena.send(new StartQueryExecutionCommand({ QueryString: text }));", [("sql", False)]),
        ("document.body.innerHTML = text;", [("html", False)]),
        ("document.body.innerHTML = DOMPurify.sanitize(text);", []),
        ("document.body.textContent = text;", []),
        ("el.insertAdjacentHTML('beforeend', `<p>${text}</p>`);", [("html", False)]),
    ],
)  # fmt: skip
def test_sinks(after: str, expected: list[tuple[str, object]]) -> None:
    assert sinks(after, SHELL) == expected


PAGE = """import {{ useChat }} from "@ai-sdk/react";
export function Chat() {{
  const {{ messages }} = useChat();
  return <div>{{messages.map((m) => <Message text={{m.content}} />)}}</div>;
}}
export function Message({{ text }}) {{ return {shown}; }}
"""


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("<p dangerouslySetInnerHTML={{ __html: text }} />", [("html", False)]),
        ("<p dangerouslySetInnerHTML={{ __html: DOMPurify.sanitize(text) }} />", []),
        ("<p dangerouslySetInnerHTML={{ __html: css }} />", []),
        ("<Markdown rehypePlugins={[rehypeRaw]}>{text}</Markdown>", [("html", False)]),
        ("<Markdown rehypePlugins={[rehypeRaw, rehypeSanitize]}>{text}</Markdown>", []),
        ("<p>{text}</p>", []),
    ],
)
def test_answers_on_a_page(shown: str, expected: list[tuple[str, object]]) -> None:
    assert sinks("", **{"chat.tsx": PAGE.format(shown=shown)}) == expected


def test_a_sink_names_the_call_that_feeds_it() -> None:
    found = collected({"app.ts": converse(after="eval(response.output.message.content[0].text);")}).resources
    (sink,) = [r.value for r in found if isinstance(r.value, OutputSink)]
    assert getattr(sink.source, "key", None) == "app.ts:handler converse"


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("return response.output;", []),
        ("console.log('done');", ["request"]),
        ("logger.info('done', { sessionId, userId: user.id });", ["request", "session", "user"]),
        ("span.setAttribute('tenant.id', tenantId);", ["tenant"]),
        ("setUser(user);", []),
    ],
)
def test_ids_on_the_record(after: str, expected: list[str]) -> None:
    assert told(call(converse(after=after)).correlation) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("ask();", False),
        ("try { ask(); } catch (e) { console.error(e); }", False),
        ("try { ask(); } catch (e) { return fallbackAnswer(); }", True),
        ("try { ask(); } catch (e) { return client.send(new InvokeModelCommand({})); }", True),
        ("try { ask(); } catch (e) { return 'A colleague will get back to you.'; }", True),
        ("for (const model of models) { try { return ask(model); } catch (e) { continue; } }", True),
        ("for (const model of models) { try { return ask(model); } catch (e) { throw e; } }", False),
        ("ask().catch(() => cachedAnswer());", True),
    ],
)
def test_a_way_out(files: str, expected: bool) -> None:
    ask = "const ask = async (model) => client.send(new ConverseCommand({ modelId: model }));\n"
    found = collected({"app.ts": f"{HEAD}{ask}export async function handler(event) {{ {files} }}\n"}).resources
    assert [r.value.fallback for r in found if isinstance(r.value, ModelCall) and r.value.api == "converse"] == [
        expected
    ]


def test_usage_of_another_call_is_not_this_calls() -> None:
    text = f"""{HEAD}
export async function handler(event) {{
  const first = await client.send(new ConverseCommand({{ modelId: "a" }}));
  const second = await client.send(new ConverseCommand({{ modelId: "b" }}));
  if (second.stopReason === "max_tokens") throw new Error("cut off");
  logger.info("usage", {{ tokens: first.usage.totalTokens }});
  return [first.output, second.output];
}}
"""
    found = [r.value for r in collected({"app.ts": text}).resources if isinstance(r.value, ModelCall)]
    assert [c.usage_recorded for c in found] == [True, False]
    assert [c.stop_reasons_handled for c in found] == [(), ("max_tokens",)]


@pytest.mark.parametrize(
    ("name", "command"), [("generateImage", "InvokeModelCommand"), ("ask", "InvokeAgentCommand"), ("ask", "RetrieveAndGenerateCommand")]
)  # fmt: skip
def test_what_an_api_does_not_report_is_open(name: str, command: str) -> None:
    package = "bedrock-runtime" if "Model" in command else "bedrock-agent-runtime"
    text = f'import {{ {command} }} from "@aws-sdk/client-{package}";\nexport const {name} = async (c, body) => (await c.send(new {command}({{ body }}))).output;\n'
    found = call(text)
    if command == "InvokeAgentCommand":
        assert isinstance(found.stop_reasons_handled, Unknown)
    else:
        assert isinstance(found.usage_recorded, Unknown)


def test_texts_of_a_framework_in_the_files_that_import_its_model() -> None:
    model = 'import { ChatBedrockConverse } from "@langchain/aws";\nexport const llm = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0" });\n'
    use = 'import { llm } from "./model";\nexport async function handler(event) { const a = await llm.invoke(event.body.text); console.log(a.content); }\n'
    found = [
        r.value for r in collected({"model.ts": model, "use.ts": use}).resources if isinstance(r.value, LogStatement)
    ]
    assert [x.content for x in found] == ["completion"]

"""TypeScript and JavaScript: model calls with their attributes and lines, from raw source."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

from typing import Any

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Resource, Unknown
from prodworks_cli.resources.model_calls import ModelCall, ModelClient
from prodworks_cli.sources.files import tree_of

HEAD = """import { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
const bedrock = new BedrockRuntimeClient({ region: "eu-west-1" });
"""
AI = 'import { generateText, streamText } from "ai";\nimport { bedrock } from "@ai-sdk/amazon-bedrock";\n'


def collected(files: dict[str, str]) -> Inventory:
    return collect_repository(tree_of(files), {})


def calls(files: dict[str, str]) -> list[tuple[Resource, ModelCall]]:
    return [(r, r.value) for r in collected(files).resources if isinstance(r.value, ModelCall)]


def call(text: str, name: str = "app.ts", **more: str) -> ModelCall:
    files = {name: text, **{f"{k}.ts": v for k, v in more.items()}}
    ((_, found),) = calls(files)
    return found


def client(text: str) -> ModelClient:
    (found,) = [r.value for r in collected({"app.ts": text}).resources if isinstance(r.value, ModelClient)]
    return found


def converse(request: str = "", after: str = "return response;", before: str = "") -> str:
    body = f"""  const response = await bedrock.send(
    new ConverseCommand({{ modelId: "amazon.nova-lite-v1:0", messages: event.messages, {request} }}),
  );
  {after}
"""
    return f"{HEAD}{before}\nexport async function handler(event: Event) {{\n{body}}}\n"


def test_a_call_has_its_line_and_a_name_without_it() -> None:
    ((resource, found),) = calls({"src/app.ts": converse()})
    assert resource.identity == "src/app.ts:handler converse"
    assert (resource.locations[""].where, resource.locations[""].line) == ("src/app.ts", 5)
    assert (found.api, found.provider, found.endpoint) == ("converse", "bedrock", "bedrock-runtime")
    assert (found.model_id, found.modalities) == ("amazon.nova-lite-v1:0", ("text",))


@pytest.mark.parametrize(
    "text",
    [
        '// new ConverseCommand({ modelId: "x" })\n',
        "const prompt = `await client.send(new ConverseCommand({}))`;\n",
        "class ConverseCommand {}\nconst c = new ConverseCommand();\n",
        'import { ConverseCommand } from "./commands";\nnew ConverseCommand({});\n',
        "function generateText(x: string) {}\ngenerateText('x');\n",
        'const answer = await fetch("https://api.openai.com/v1/models");\n',
        'const answer = await fetch("https://example.com/v1/chat/completions");\n',
        "talk.converse({ modelId: 'x' });\n",
    ],
)
def test_what_is_no_model_call(text: str) -> None:
    assert calls({"app.ts": text}) == []


@pytest.mark.parametrize(
    ("name", "client_name", "package", "api"),
    [
        ("ConverseStreamCommand", "BedrockRuntimeClient", "bedrock-runtime", "converse_stream"),
        ("InvokeModelCommand", "BedrockRuntimeClient", "bedrock-runtime", "invoke_model"),
        (
            "InvokeModelWithResponseStreamCommand",
            "BedrockRuntimeClient",
            "bedrock-runtime",
            "invoke_model_with_response_stream",
        ),
        ("InvokeAgentCommand", "BedrockAgentRuntimeClient", "bedrock-agent-runtime", "invoke_agent"),
        ("InvokeFlowCommand", "BedrockAgentRuntimeClient", "bedrock-agent-runtime", "invoke_flow"),
        ("RetrieveAndGenerateCommand", "BedrockAgentRuntimeClient", "bedrock-agent-runtime", "retrieve_and_generate"),
        ("InvokeAgentRuntimeCommand", "BedrockAgentCoreClient", "bedrock-agentcore", "invoke_agent_runtime"),
        ("InvokeEndpointCommand", "SageMakerRuntimeClient", "sagemaker-runtime", "invoke_endpoint"),
    ],
)
def test_each_command(name: str, client_name: str, package: str, api: str) -> None:
    text = f"""const {{ {client_name}, {name} }} = require("@aws-sdk/client-{package}");
const client = new {client_name}({{}});
exports.handler = async () => {{ const c = new {name}({{}}); return client.send(c); }};
"""
    ((resource, found),) = calls({"app.js": text})
    assert (found.api, found.endpoint, resource.identity) == (api, package, f"app.js:handler {api}")
    assert not isinstance(found.client, Unknown)


@pytest.mark.parametrize(
    ("request_", "limit"),
    [
        ("inferenceConfig: { maxTokens: 400 }", 400),
        ("", None),
        ("// inferenceConfig: { maxTokens: 400 }\n", None),
        ("...defaults", 300),
        ("...{ inferenceConfig: { maxTokens: Number(process.env.LIMIT ?? '256') } }", 256),
    ],
)
def test_the_output_limit(request_: str, limit: int | None) -> None:
    text = converse(request_, before="const defaults = { inferenceConfig: { maxTokens: 300, temperature: 0 } };")
    assert call(text).max_tokens == limit


def test_the_limit_in_the_body_of_invoke_model() -> None:
    text = f"""{HEAD}
export async function f() {{
  const body = JSON.stringify({{ anthropic_version: "x", max_tokens: 300, messages: [] }});
  return bedrock.send(new InvokeModelCommand({{ modelId: "anthropic.claude-x", body: new TextEncoder().encode(body) }}));
}}
"""
    assert call(text).max_tokens == 300


@pytest.mark.parametrize(
    ("request_", "mode", "version"),
    [
        ('guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "3" }', "attached", "3"),
        ("", "none", None),
        ("guardrailConfig: undefined", "none", None),
        ('...(event.safe && { guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "1" } })', None, None),
        ('guardrailConfig: event.safe ? { guardrailIdentifier: "g", guardrailVersion: "1" } : undefined', None, None),
    ],
)
def test_the_guardrail(request_: str, mode: str | None, version: str | None) -> None:
    found = call(converse(request_))
    if mode is None:
        assert isinstance(found.guardrail_mode, Unknown)
    else:
        assert (found.guardrail_mode, found.guardrail_version) == (mode, version)


MODELS: list[tuple[str, dict[str, str]]] = [
    ('const MODEL = "amazon.nova-pro-v1:0";', {}),
    ('const MODEL = process.env.MODEL_ID ?? "amazon.nova-pro-v1:0";', {}),
    ('const MODEL = process.env["MODEL_ID"]?.trim() || "amazon.nova-pro-v1:0";', {}),
    ('import { MODEL } from "./config";', {"config": 'export const MODEL = "amazon.nova-pro-v1:0" as const;'}),
    ('import cfg from "./config.js";\nconst MODEL = cfg.ids.pro;', {"config": 'export default { ids: { pro: "amazon.nova-pro-v1:0" } };'}),
    ('import { Models } from "@/lib/models";\nconst MODEL = Models.PRO;', {"lib/models": 'export enum Models { PRO = "amazon.nova-pro-v1:0" }'}),
    ('import * as c from "./barrel";\nconst { id: MODEL } = c.MODELS;', {"barrel": 'export * from "./m";', "m": 'export const MODELS = { id: "amazon.nova-pro-v1:0" };'}),
    ("const MODEL = pick();\nfunction pick() { return `amazon.nova-${size}-v1:0`; }\nconst size = 'pro';", {}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "more"), MODELS)
def test_the_model_is_followed(before: str, more: dict[str, str]) -> None:
    text = f"{HEAD}{before}\nexport const ask = () => bedrock.send(new ConverseCommand({{ modelId: MODEL }}));\n"
    assert call(text, **more).model_id == "amazon.nova-pro-v1:0"


def test_a_model_that_is_set_elsewhere_is_unknown() -> None:
    text = converse().replace('"amazon.nova-lite-v1:0"', "process.env.MODEL_ID")
    assert isinstance(call(text).model_id, Unknown)
    varying = f"{HEAD}const ask = (modelId: string) => bedrock.send(new ConverseCommand({{ modelId }}));\n"
    assert isinstance(call(varying).model_id, Unknown)


def test_the_environment_of_a_function_is_joined() -> None:
    template = """Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Environment: {Variables: {MODEL_ID: amazon.nova-micro-v1:0}}}
"""
    text = converse().replace('"amazon.nova-lite-v1:0"', 'process.env.MODEL_ID ?? "other"')
    ((_, found),) = calls({"app.ts": text, "template.yaml": template})
    assert found.model_id == "amazon.nova-micro-v1:0"


def test_a_helper_that_every_caller_uses_is_one_call() -> None:
    helper = f"""{HEAD}
export async function ask({{ prompt, maxTokens = 500 }}: Options) {{
  return bedrock.send(new ConverseCommand({{ modelId: "m", messages: prompt, inferenceConfig: {{ maxTokens }} }}));
}}
"""
    use = 'import {{ ask }} from "./helper";\nexport const {0} = () => ask({{ prompt: [], maxTokens: 200 }});\n'
    ((_, found),) = calls({"helper.ts": helper, "one.ts": use.format("one"), "two.ts": use.format("two")})
    assert found.max_tokens == 200


def test_commands_sent_by_a_helper() -> None:
    text = f"""{HEAD}
async function send(command: any) {{ return await bedrock.send(command); }}
export async function handler() {{ return send(new ConverseCommand({{ modelId: "m" }})); }}
"""
    found = call(text)
    assert not isinstance(found.client, Unknown)


def test_a_client_made_once_and_kept_in_a_class() -> None:
    text = """import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
export class Chat {
  private client: BedrockRuntimeClient;
  constructor(private readonly model: string) { this.client = new BedrockRuntimeClient({ maxAttempts: 5 }); }
  ask() { return this.client.send(new ConverseCommand({ modelId: this.model })); }
}
export const chat = new Chat("amazon.nova-lite-v1:0");
"""
    found = call(text)
    assert (found.model_id, client(text).max_attempts) == ("amazon.nova-lite-v1:0", 5)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", (None, None, None, "standard")),
        ("{ maxAttempts: 5, retryMode: 'adaptive' }", (None, None, 5, "adaptive")),
        (
            "{ requestHandler: new NodeHttpHandler({ requestTimeout: 30_000, connectionTimeout: 2000 }) }",
            (2, 30, None, "standard"),
        ),
        ("{ requestHandler: { requestTimeout: 30000 } }", (None, 30, None, "standard")),
        ("{ requestHandler: handler }", (None, 15, None, "standard")),
        ("options", (None, None, 7, "standard")),
    ],
)
def test_the_settings_of_an_sdk_client(options: str, expected: tuple[Any, ...]) -> None:
    text = f"""import {{ NodeHttpHandler }} from "@smithy/node-http-handler";
const handler = new NodeHttpHandler({{ socketTimeout: 15_000 }});
const options = {{ maxAttempts: 7 }};
{converse().replace('{ region: "eu-west-1" }', options)}"""
    found = client(text)
    assert (found.connect_timeout, found.read_timeout, found.max_attempts, found.retry_mode) == expected


def test_a_strategy_or_handler_from_elsewhere_is_unknown() -> None:
    text = converse().replace('{ region: "eu-west-1" }', "{ retryStrategy: ours(), requestHandler: theirs() }")
    found = client(text)
    assert isinstance(found.max_attempts, Unknown)
    assert isinstance(found.read_timeout, Unknown)


def test_the_time_limit_of_a_call_counts_for_its_client() -> None:
    limited = converse().replace("}),\n  );", "}), { abortSignal: AbortSignal.timeout(20_000) });")
    assert client(limited).read_timeout == 20


@pytest.mark.parametrize(
    ("after", "recorded"),
    [
        ("logger.info(response.usage);", True),
        ("const { usage } = response; metrics.add(usage);", True),
        ("log(response);", False),
        ("report(response);", True),
        ("return response.output;", False),
    ],
)
def test_whether_usage_is_recorded(after: str, recorded: bool) -> None:
    before = "function log(r: any) { console.log(r.output); }\nfunction report(r: any) { count(r.usage.inputTokens); }"
    assert call(converse(after=after, before=before)).usage_recorded is recorded


def test_a_response_that_leaves_the_repository_leaves_the_question_open() -> None:
    text = converse().replace("handler", "ask")
    found = call(text)
    assert isinstance(found.usage_recorded, Unknown)
    assert isinstance(found.stop_reasons_handled, Unknown)


@pytest.mark.parametrize(
    ("after", "handled"),
    [
        ('if (response.stopReason === "max_tokens") throw new Error("cut");', ("max_tokens",)),
        ('if (response.stopReason !== "end_turn") warn();', None),
        ('switch (response.stopReason) { case "max_tokens": a(); case "guardrail_intervened": b(); }', ("guardrail_intervened", "max_tokens")),
        ("return { max_tokens: 5, answer: response.output };", ()),
    ],
)  # fmt: skip
def test_the_stop_reasons(after: str, handled: tuple[str, ...] | None) -> None:
    found = call(converse(after=after)).stop_reasons_handled
    assert found == handled if handled is not None else isinstance(found, tuple) and "max_tokens" in found


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        ('return { statusCode: 503, body: "try later" };', ("Exception",)),
        ('if (e instanceof ThrottlingException) return "busy"; throw e;', ("ThrottlingException",)),
        ("console.error(e);", ()),
        ("console.error(e); throw e;", ()),
        ("return { body: String(e) };", ()),
        ("return { body: `failed: ${e.message}` };", ()),
        ("throw new ServiceUnavailableException();", ("Exception",)),
        ("return undefined;", None),
        ("next(e);", None),
    ],
)
def test_the_errors_that_are_handled(handler: str, expected: tuple[str, ...] | None) -> None:
    text = f"""{HEAD}
export async function handler(event: any, next: any) {{
  try {{
    return await bedrock.send(new ConverseCommand({{ modelId: "m" }}));
  }} catch (e: any) {{ {handler} }}
}}
"""
    found = call(text).handled_errors
    assert found == expected if expected is not None else isinstance(found, Unknown)


def test_a_handler_of_the_caller_and_of_a_promise() -> None:
    caller = f"""{HEAD}
const ask = () => bedrock.send(new ConverseCommand({{ modelId: "m" }}));
export async function handler() {{ try {{ return await ask(); }} catch {{ return "later"; }} }}
"""
    promise = f'{HEAD}\nexport const handler = () => bedrock.send(new ConverseCommand({{ modelId: "m" }})).catch(() => "later");\n'
    assert (call(caller).handled_errors, call(promise).handled_errors) == (("Exception",), ("Exception",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (converse(), False),
        (converse(before='const span = tracer.startSpan("other");'), False),
        (converse().replace("  const response", '  const span = tracer.startSpan("chat");\n  const response'), True),
        (converse().replace("await bedrock.send(", 'await tracer.startActiveSpan("chat", () => bedrock.send(').replace("\n  );", "\n  ));"), True),
        (converse(before='new NodeSDK({ instrumentations: [new AwsInstrumentation()] });'), True),
        (converse().replace("new BedrockRuntimeClient", "tracer.captureAWSv3Client(new BedrockRuntimeClient").replace(' });', ' }));', 1), True),
    ],
)  # fmt: skip
def test_whether_the_call_is_traced(text: str, expected: bool) -> None:
    assert call(text).instrumented is expected


def test_the_aggregated_client_and_the_second_version() -> None:
    new = """import { BedrockRuntime } from "@aws-sdk/client-bedrock-runtime";
const client = new BedrockRuntime({});
export const handler = () => client.converse({ modelId: "amazon.nova-lite-v1:0", inferenceConfig: { maxTokens: 9 } });
"""
    old = """const AWS = require("aws-sdk");
const client = new AWS.BedrockRuntime({ maxRetries: 4, httpOptions: { timeout: 20000 } });
exports.handler = async () => client.invokeModel({ modelId: "x", body: JSON.stringify({ max_tokens: 7 }) }).promise();
"""
    assert (call(new).max_tokens, call(old, "app.js").max_tokens) == (9, 7)
    (found,) = [r.value for r in collected({"app.js": old}).resources if isinstance(r.value, ModelClient)]
    assert (found.max_attempts, found.read_timeout, found.retry_mode) == (5, 20, None)


def test_the_ai_sdk() -> None:
    text = f"""{AI}
const model = bedrock(process.env.MODEL ?? "us.amazon.nova-lite-v1:0");
export async function POST() {{
  const {{ text, usage }} = await generateText({{
    model, maxOutputTokens: 300, maxRetries: 4, abortSignal: AbortSignal.timeout(9000), prompt: "hi",
    providerOptions: {{ bedrock: {{ guardrailConfig: {{ guardrailIdentifier: "g", guardrailVersion: "2" }} }} }},
    experimental_telemetry: {{ isEnabled: true }},
  }});
  return text;
}}
"""
    found, settings = call(text), client(text)
    assert (found.api, found.provider, found.endpoint) == ("generateText", "bedrock", "bedrock-runtime")
    assert (found.model_id, found.max_tokens) == ("us.amazon.nova-lite-v1:0", 300)
    assert (found.guardrail_mode, found.guardrail_version) == ("attached", "2")
    assert (found.instrumented, found.usage_recorded) == (True, True)
    assert (settings.max_attempts, settings.read_timeout, settings.backs_off) == (5, 9, True)


@pytest.mark.parametrize(
    ("package", "made", "provider"),
    [
        ("@ai-sdk/openai", 'openai("gpt-x")', "openai"),
        ("@ai-sdk/anthropic", 'anthropic("claude-x")', "anthropic"),
        ("@ai-sdk/amazon-bedrock", 'createAmazonBedrock({ region: "eu-west-1" })("m")', "bedrock"),
        ("@ai-sdk/openai", 'wrapLanguageModel({ model: openai.chat("gpt-x"), middleware })', "openai"),
        ("./models", 'chosen("x")', None),
    ],
)
def test_the_provider_of_the_ai_sdk(package: str, made: str, provider: str | None) -> None:
    name = made.replace("wrapLanguageModel({ model: ", "").partition("(")[0].partition(".")[0]
    text = f"""import {{ streamText, wrapLanguageModel }} from "ai";
import {{ {name} }} from "{package}";
export const POST = () => streamText({{ model: {made} }}).toDataStreamResponse();
"""
    found = call(text).provider
    assert found == provider if provider else isinstance(found, Unknown)


def test_open_ai_and_anthropic_clients() -> None:
    mantle = """import OpenAI from "openai";
const client = new OpenAI({ baseURL: "https://bedrock-mantle.us-east-1.api.aws/v1", timeout: 20000, maxRetries: 1 });
export const ask = () => client.chat.completions.create({ model: "openai.gpt-oss-120b-1:0", max_completion_tokens: 90 });
"""
    claude = """import { AnthropicBedrock } from "@anthropic-ai/bedrock-sdk";
const client = new AnthropicBedrock({ awsRegion: "eu-west-1" });
export const ask = () => client.messages.create({ model: "anthropic.claude-x", max_tokens: 80, messages: [] });
"""
    first, second = call(mantle), call(claude)
    assert (first.provider, first.endpoint, first.max_tokens) == ("bedrock", "bedrock-mantle", 90)
    assert (client(mantle).read_timeout, client(mantle).max_attempts) == (20, 2)
    assert (second.provider, second.endpoint, second.max_tokens) == ("bedrock", "bedrock-runtime", 80)
    assert client(claude).region == "eu-west-1"


def test_plain_http_to_a_provider() -> None:
    text = """const URL = "https://api.anthropic.com/v1/messages";
export async function ask() {
  return fetch(URL, { method: "POST", body: JSON.stringify({ model: "claude-x", max_tokens: 70 }), signal: AbortSignal.timeout(5000) });
}
"""
    found, settings = call(text), client(text)
    assert (found.provider, found.model_id, found.max_tokens) == ("anthropic", "claude-x", 70)
    assert (settings.service, settings.read_timeout) == ("http", 5)
    posted = 'import axios from "axios";\naxios.post(`https://bedrock-runtime.${region}.amazonaws.com/model/m/converse`, { model: "m" });\n'
    assert call(posted).provider == "bedrock"


def test_model_objects_of_lang_chain() -> None:
    text = """import { ChatBedrockConverse } from "@langchain/aws";
const model = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0", maxTokens: 60, region: "eu-west-1",
  guardrailConfig: { guardrailIdentifier: "g", guardrailVersion: "DRAFT" } });
"""
    found = call(text)
    assert (found.api, found.model_id, found.max_tokens) == ("ChatBedrockConverse", "amazon.nova-lite-v1:0", 60)
    assert (found.guardrail_mode, found.guardrail_version) == ("attached", "DRAFT")
    assert isinstance(found.usage_recorded, Unknown)


def test_a_class_of_the_repository_that_extends_a_model() -> None:
    own = 'import { BedrockModel } from "@strands-agents/sdk";\nexport class Ours extends BedrockModel { stream() { return super.stream(); } }\n'
    use = 'import { Ours } from "./ours";\nexport const model = new Ours({ modelId: "amazon.nova-lite-v1:0", maxTokens: 70 });\n'
    ((resource, found),) = calls({"ours.ts": own, "use.ts": use})
    assert (resource.locations[""].where, found.api) == ("use.ts", "BedrockModel")
    assert (found.model_id, found.max_tokens) == ("amazon.nova-lite-v1:0", 70)


@pytest.mark.parametrize(("option", "handled"), [("onError: () => 'Sorry',", True), ("", None)])
def test_a_stream_of_the_ai_sdk_does_not_throw(option: str, handled: bool | None) -> None:
    text = f"""{AI}
export async function POST() {{
  try {{ return streamText({{ model: bedrock("m"), {option} }}).toDataStreamResponse(); }} catch {{ return new Response("later"); }}
}}
"""
    found = call(text).handled_errors
    assert found == ("Exception",) if handled else isinstance(found, Unknown)


def test_an_application_profile_attributes_the_cost() -> None:
    arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc"
    assert call(converse().replace("amazon.nova-lite-v1:0", arn)).attribution == "application_profile"
    assert call(converse("requestMetadata: { team: 'x' }")).request_metadata == ("team",)


def test_a_region_that_is_not_understood_matters_only_where_a_call_may_be() -> None:
    page = "export const P = () => <p>a & b</p>;\n"
    hidden = 'const x = = await client.send(new ConverseCommand({ modelId: "m" )};\n'
    assert [g for g in collected({"a.tsx": page}).gaps if g.kind == "repo.model_*"] == []
    inventory = collected({"a.ts": hidden})
    found = any(r.kind == "repo.model_call" for r in inventory.resources)
    assert found or any(g.kind == "repo.model_*" and g.scope == "a.ts" for g in inventory.gaps)


def test_a_library_that_is_not_read_is_a_gap() -> None:
    text = 'import { GoogleGenAI } from "@google/genai";\nexport const ai = new GoogleGenAI({});\n'
    (gap,) = [g for g in collected({"a.ts": text}).gaps if g.kind == "repo.model_*"]
    assert (gap.scope, gap.line, gap.minor) == ("a.ts", 1, False)
    assert "@google/genai" in gap.reason


def test_an_object_that_spreads_itself_ends() -> None:
    text = f"""{HEAD}
class A {{ x = {{}}; set(a: any) {{ this.x = {{ ...this.x, ...a }}; }} ask() {{ return bedrock.send(new ConverseCommand(this.x)); }} }}
const a = a ?? a; let b = {{ ...b }}; const f = () => f(); export const h = () => bedrock.send(new ConverseCommand(b));
"""
    assert all(isinstance(found.model_id, Unknown) for _, found in calls({"app.ts": text}))


def test_a_stop_reason_that_is_handed_on_is_told_apart_where_the_answer_is_shown() -> None:
    api = converse(after="return { text: response.output, stopReason: response.stopReason };")
    page = 'export const Note = ({ stopReason }: Props) => (stopReason === "max_tokens" ? <p>cut short</p> : null);\n'
    assert call(api).stop_reasons_handled == ()
    ((_, found),) = calls({"api/app.ts": api, "web/Note.tsx": page})
    assert found.stop_reasons_handled == ("max_tokens",)


def test_an_agent_runtime_reports_no_stop_reason() -> None:
    text = """import { BedrockAgentCoreClient, InvokeAgentRuntimeCommand } from "@aws-sdk/client-bedrock-agentcore";
const client = new BedrockAgentCoreClient({});
export const handler = () => client.send(new InvokeAgentRuntimeCommand({ agentRuntimeArn: "a" }));
"""
    assert isinstance(call(text).stop_reasons_handled, Unknown)


@pytest.mark.parametrize(
    ("use", "expected"),
    [("try { return await agent.process(); } catch { return 1; }", True), ("return agent.process();", None)],
)
def test_a_method_that_is_called_through_an_interface(use: str, expected: bool | None) -> None:
    text = f"""{HEAD}
class One {{ process() {{ return bedrock.send(new ConverseCommand({{ modelId: "m" }})); }} }}
class Two {{ process() {{ return 2; }} }}
export async function run(agent: One | Two) {{ {use} }}
"""
    found = call(text).handled_errors
    assert found == ("Exception",) if expected else isinstance(found, Unknown)


def test_a_method_that_is_handed_on() -> None:
    text = f"""{HEAD}
class A {{
  constructor() {{ register({{ handler: this.ask.bind(this) }}); }}
  ask() {{ return bedrock.send(new ConverseCommand({{ modelId: "m" }})); }}
}}
"""
    assert isinstance(call(text).handled_errors, Unknown)


@pytest.mark.parametrize(
    ("sides", "expected"), [(("INPUT", "OUTPUT"), "applied_separately"), (("INPUT",), None), ((), "none")]
)
def test_a_guardrail_that_the_code_applies_itself(sides: tuple[str, ...], expected: str | None) -> None:
    checks = "".join(
        f'  await bedrock.send(new ApplyGuardrailCommand({{ guardrailIdentifier: "g", guardrailVersion: "2", source: "{side}", content }}));\n'
        for side in sides
    )
    found = call(converse(after=f"{checks}  return response.output;"))
    if expected is None:
        assert isinstance(found.guardrail_mode, Unknown)
    else:
        assert (found.guardrail_mode, found.guardrail_version) == (expected, "2" if sides else None)


DEEP = 3000


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}bedrock.send(new ConverseCommand({'(' * DEEP}x{')' * DEEP}));",
        f"{HEAD}bedrock.send(new ConverseCommand({{ modelId: process.env.A{'.trim()' * DEEP} }}));",
        f"{HEAD}bedrock.send(new ConverseCommand({{ ...{'(a && ' * DEEP}{{}}{')' * DEEP} }}));",
        f"{HEAD}const {'{a: ' * DEEP}b{'}' * DEEP} = c; bedrock.send(new ConverseCommand({{ modelId: b }}));",
        f"{HEAD}bedrock.send(new ConverseCommand({{ modelId: {'a ? b : ' * DEEP}c }}));",
        f"{HEAD}class B extends C {{}} class C extends B {{}} const x = new B(); bedrock.send(new ConverseCommand(x.y));",
        f"{HEAD}function f(a) {{ return g(a); }} function g(a) {{ return f(a); }} bedrock.send(new ConverseCommand(f(1)));",
    ],
    ids=["parentheses", "calls", "spread", "pattern", "choice", "classes", "functions"],
)
def test_hostile_source_ends(text: str) -> None:
    assert isinstance(call(text).model_id, Unknown | None)

"""TypeScript: code that no entry of the program reaches is told from code that may run."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of

HEAD = """import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
const client = new BedrockRuntimeClient({});
"""
BODY = '{ return await client.send(new ConverseCommand({ modelId: "amazon.nova-lite-v1:0" })); }\n'
ASK = f"async function ask() {BODY}"
OLD = f"async function old() {BODY}"


def reachable(files: dict[str, str]) -> dict[str, object]:
    found = collect_repository(tree_of(files), {}).resources
    return {r.identity.split(":")[1].split()[0]: r.value.reachable for r in found if isinstance(r.value, ModelCall)}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # what a file keeps to itself
        ({"a.ts": HEAD + ASK}, {"ask": False}),
        ({"a.ts": HEAD + ASK + "ask();\n"}, {"ask": True}),
        ({"a.ts": HEAD + f"const ask = async () => {BODY}"}, {"ask": False}),
        ({"a.ts": HEAD + ASK + "setInterval(ask, 1000);\n"}, {"ask": True}),
        ({"a.ts": HEAD + ASK + "// ask() was called here\n"}, {"ask": False}),
        ({"a.ts": HEAD + ASK + "async function again() { await ask(); }\n"}, {"ask": False}),
        ({"a.ts": HEAD + ASK + "async function a() { await b(); await ask(); }\nasync function b() { await a(); }\n"}, {"ask": False}),
        ({"a.ts": HEAD + ASK + "export async function again() { await ask(); }\n"}, {"ask": True}),
        ({"a.ts": HEAD + "await client.send(new ConverseCommand({}));\n"}, {"<module>": True}),
        # exports
        ({"a.ts": HEAD + "export " + ASK}, {"ask": True}),
        ({"a.ts": HEAD + ASK + "export { ask };\n"}, {"ask": True}),
        ({"a.js": HEAD + ASK + "module.exports = { ask };\n"}, {"ask": True}),
        ({"a.ts": HEAD + "export " + ASK + "export " + OLD, "b.ts": 'import { ask } from "./a";\nawait ask();\n'}, {"ask": True, "old": False}),
        ({"a.ts": HEAD + "export " + ASK + "export " + OLD, "b.ts": 'import { ask } from "./a";\nawait ask();\n', "package.json": '{"name": "x", "main": "dist/a.js"}'}, {"ask": True, "old": True}),
        ({"a.ts": HEAD + "export " + ASK + "export " + OLD, "b.ts": 'import { ask as q } from "./a";\nawait q();\n'}, {"ask": True, "old": False}),
        ({"a.ts": HEAD + "export " + ASK + f"export const handler = async () => {BODY}", "b.ts": 'import { ask } from "./a";\nawait ask();\n'}, {"ask": True, "handler": True}),
        ({"a.ts": HEAD + "export " + ASK + f"export const answer = async () => {BODY}", "b.ts": 'import { ask } from "./a";\nawait ask();\n', "t.yaml": "Handler: a.answer\n"}, {"ask": True, "answer": True}),
        # Next.js routes and pages, and what a framework is handed
        ({"app/api/chat/route.ts": HEAD + f"export async function POST() {BODY}"}, {"POST": True}),
        ({"pages/index.tsx": HEAD + f"export default async function Page() {BODY}"}, {"Page": True}),
        ({"a.ts": HEAD + f"app.post('/ask', async (req, res) => {BODY});\n"}, {"<module>": True}),
        ({"a.ts": HEAD + f"export const ask = tool({{ execute: async () => {BODY} }});\n"}, {"execute": True}),
        # classes
        ({"a.ts": HEAD + f"export class Bot {{ async ask() {BODY} }}\n"}, {"Bot.ask": True}),
        ({"a.ts": HEAD + f"class Bot {{ private async ask() {BODY} }}\n"}, {"Bot.ask": False}),
        ({"a.ts": HEAD + f"class Bot {{ async ask() {BODY} }}\n", "b.ts": "export const f = (b) => b.ask();\n"}, {"Bot.ask": True}),
        ({"a.ts": HEAD + f"class Bot extends Base {{ async ask() {BODY} }}\n"}, {"Bot.ask": True}),
        ({"a.ts": HEAD + f"@Controller()\nclass Bot {{ @Post() async ask() {BODY} }}\n"}, {"Bot.ask": True}),
    ],
)  # fmt: skip
def test_what_no_entry_reaches_is_dead(files: dict[str, str], expected: dict[str, bool]) -> None:
    assert reachable(files) == expected


def test_the_client_of_dead_code_is_no_client() -> None:
    text = (
        HEAD
        + "export "
        + ASK
        + "async function old() { const own = new BedrockRuntimeClient({}); await own.send(new ConverseCommand({})); }\n"
    )
    found = collect_repository(tree_of({"a.ts": text}), {}).resources
    assert [r.identity for r in found if r.kind == "repo.model_client"] == ["a.ts:<module> client"]

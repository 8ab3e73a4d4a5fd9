"""Whether retrieved texts are told from the instructions around them, in Python, TypeScript and Java."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.calls.delimiters import is_delimited
from prodworks_cli.sources.files import tree_of

PYTHON = """import boto3
bedrock = boto3.client("bedrock-runtime")
agents = boto3.client("bedrock-agent-runtime")
TEMPLATE = "Answer with: <context>{context}</context> {question}"
BARE = "Answer with: {} {question}"
def handler(event, context):
    question = event["question"]
    found = agents.retrieve(knowledgeBaseId="KB", retrievalQuery={"text": question})["retrievalResults"]
    docs = [r["content"]["text"] for r in found]
    BODY
"""
TYPESCRIPT = """import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
import { BedrockAgentRuntimeClient, RetrieveCommand } from "@aws-sdk/client-bedrock-agent-runtime";
const client = new BedrockRuntimeClient({});
const agents = new BedrockAgentRuntimeClient({});
export const handler = async (event) => {
  const found = await agents.send(new RetrieveCommand({ knowledgeBaseId: "KB", retrievalQuery: { text: event.question } }));
  const docs = found.retrievalResults.map((r) => r.content.text);
  BODY
  return r.output;
};
"""
JAVA = """package com.acme;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;
import org.springframework.web.bind.annotation.*;
class Chat {
  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().build();
  @PostMapping Object ask(@RequestBody Ask request) {
    String docs = store.similaritySearch(request.text()).toString();
    BODY
  }
}
"""
SPRING = """package com.acme;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.QuestionAnswerAdvisor;
class Chat {
  private final ChatClient chatClient;
  Chat(ChatClient.Builder builder, VectorStore store) { this.chatClient = builder.defaultAdvisors(ADVISOR).build(); }
  @PostMapping Object ask(@RequestBody Ask request) { return chatClient.prompt().user(request.text()).call().content(); }
}
"""


def delimited(path: str, text: str) -> object:
    found = [r.value for r in collect_repository(tree_of({path: text}), {}).resources if isinstance(r.value, ModelCall)]
    (call,) = found
    return "?" if isinstance(call.untrusted_delimited, Unknown) else call.untrusted_delimited


def converse(prompt: str, before: str = "", system: str = "") -> str:
    told = f', system=[{{"text": {system}}}]' if system else ""
    return f'{before}\n    r = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=[{{"role": "user", "content": [{{"text": {prompt}}}]}}]{told})\n    return r["output"]'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (converse("question"), None),
        (converse('f"<context>{docs}</context> {question}"'), True),
        (converse('f"Use this: {docs} and answer {question}"'), False),
        (converse('f"```\\n{docs}\\n```\\n{question}"'), True),
        (converse('f"<context>{docs} {question}"'), False),
        (converse('"<documents>" + str(docs) + "</documents>" + question'), True),
        (converse('"Documents: " + str(docs) + question'), False),
        (converse('f"Answer {question} with {text}"', 'text = "\\n".join(f"<doc>{d}</doc>" for d in docs)'), True),
        (converse('f"<docs>{text}</docs>"', 'text = "\\n".join(f"Source: {d}" for d in docs)'), True),
        (converse('f"Answer with {text}"', 'text = "\\n".join(f"Source: {d}" for d in docs)'), False),
        (converse("TEMPLATE.format(context=docs, question=question)"), True),
        (converse("BARE.format(docs, question=question)"), False),
        (converse("load_template().format(context=docs)"), "?"),
        (converse("docs[0]"), True),
        (converse("question", system='f"You know <docs>{docs}</docs>"'), False),
    ],
)  # fmt: skip
def test_retrieved_texts_in_python(body: str, expected: object) -> None:
    assert delimited("app.py", PYTHON.replace("BODY", body)) == expected


def test_what_is_asked_from_outside_the_repository_may_hold_retrieved_texts() -> None:
    text = 'import boto3\nbedrock = boto3.client("bedrock-runtime")\ndef ask(prompt):\n    bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=prompt)\n'
    assert delimited("app.py", text) == "?"


def test_a_text_of_very_many_parts_is_not_read() -> None:
    prompt = " + ".join(f'"part" + str(docs[{n}])' for n in range(150))
    assert delimited("app.py", PYTHON.replace("BODY", converse(prompt))) == "?"


def test_a_text_that_becomes_a_vector_needs_no_marks() -> None:
    body = 'r = bedrock.invoke_model(modelId="amazon.titan-embed-text-v2:0", body=json.dumps({"inputText": f"Text: {docs}"}))\n    return r["body"]'
    assert delimited("app.py", "import json\n" + PYTHON.replace("BODY", body)) is None


def send(prompt: str, before: str = "") -> str:
    return f"{before} const r = await client.send(new ConverseCommand({{ messages: [{{ role: 'user', content: [{{ text: {prompt} }}] }}] }}));"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (send("event.question"), None),
        (send("`<context>${docs}</context> ${event.question}`"), True),
        (send("`Use this: ${docs} and answer ${event.question}`"), False),
        (send("'### ' + docs + ' ### ' + event.question"), True),
        (send("'Documents: ' + docs + event.question"), False),
        (send("`Answer with ${text}`", "const text = docs.map((d) => `<doc>${d}</doc>`).join('');"), True),
        (send("`Answer with ${text}`", "const text = docs.map((d) => `Source: ${d}`).join('');"), False),
        (send("docs[0]"), True),
    ],
)
def test_retrieved_texts_in_typescript(body: str, expected: object) -> None:
    assert delimited("app.ts", TYPESCRIPT.replace("BODY", body)) == expected


def java(prompt: str, before: str = "") -> str:
    return f'{before} return bedrock.converse(ConverseRequest.builder().modelId("amazon.nova-lite-v1:0").messages(Message.builder().content(ContentBlock.fromText({prompt})).build()).build());'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (java("request.text()"), None),
        (java('"<context>" + docs + "</context>" + request.text()'), True),
        (java('"Use this: " + docs + request.text()'), False),
        (java('"Use this: %s".formatted(docs)'), "?"),
    ],
)
def test_retrieved_texts_in_java(body: str, expected: object) -> None:
    assert delimited("src/Chat.java", JAVA.replace("BODY", body)) == expected


@pytest.mark.parametrize(
    ("advisor", "expected"),
    [
        ("QuestionAnswerAdvisor.builder(store).build()", True),
        ("QuestionAnswerAdvisor.builder(store).promptTemplate(own).build()", "?"),
    ],
)
def test_advisors_of_spring(advisor: str, expected: object) -> None:
    assert delimited("src/Chat.java", SPRING.replace("ADVISOR", advisor)) == expected


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("Use: <docs>\n", "\n</docs> now", True),
        ('<doc id="1">', "</doc>", True),
        ("---\n", "\n---", True),
        ("[CONTEXT]\n", "\n[/CONTEXT]", True),
        ('"""', '"""', True),
        ("Context:\n", "\n", False),
        ("<docs>", " answer", False),
        ("a < b > c", "</docs>", False),
    ],
)
def test_marks_around_a_value(before: str, after: str, marked: bool) -> None:
    assert is_delimited(before, after) is marked

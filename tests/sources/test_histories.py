"""Whether what was said before has a bound in the requests of Python, TypeScript and Java."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.calls.histories import names_history
from prodworks_cli.sources.files import tree_of

PYTHON = """import boto3
from collections import deque
bedrock = boto3.client("bedrock-runtime")
agents = boto3.client("bedrock-agent-runtime")
table = boto3.resource("dynamodb").Table("chats")
def handler(event, context):
    question = event["question"]
    BODY
"""
TYPESCRIPT = """import { BedrockRuntimeClient, ConverseCommand } from "@aws-sdk/client-bedrock-runtime";
const client = new BedrockRuntimeClient({});
export const handler = async (event) => { BODY return r.output; };
"""
JAVA = """package com.acme;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.*;
import org.springframework.web.bind.annotation.*;
class Chat {
  private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().build();
  @PostMapping Object ask(@RequestBody Ask request) { BODY }
}
"""
SPRING = """package com.acme;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.memory.*;
class Chat {
  private final ChatClient chatClient;
  Chat(ChatClient.Builder builderMEMORY) { this.chatClient = builderADVISORS.build(); }
  @PostMapping Object ask(@RequestBody Ask request) { return chatClient.prompt().user(request.text()).call().content(); }
}
"""


def bounded(path: str, text: str, **others: str) -> object:
    tree = tree_of({path: text, **others})
    found = [r.value for r in collect_repository(tree, {}).resources if isinstance(r.value, ModelCall)]
    (call,) = found
    return "?" if isinstance(call.history_bounded, Unknown) else call.history_bounded


def converse(messages: str, before: str = "") -> str:
    return f'{before}\n    r = bedrock.converse(modelId="amazon.nova-lite-v1:0", messages={messages})\n    return r["output"]'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (converse('[{"role": "user", "content": [{"text": question}]}]'), None),
        (converse('event["messages"]'), False),
        (converse('event["messages"][-10:]'), True),
        (converse('event["messages"][1:]'), False),
        (converse("history", 'history = load(event["id"])'), False),
        (converse("history[-MAX_TURNS * 2:]", 'history = load(event["id"])'), True),
        (converse("history", 'history = get_history(event["id"], limit=10)'), True),
        (converse("trim_messages(chat_history)", 'chat_history = load(event["id"])'), True),
        (converse("history", 'history = load(event["id"])\n    if len(history) > 20:\n        history.pop(0)'), True),
        (converse("history", 'history = load(event["id"])\n    if len(event["items"]) > 20:\n        stop()'), False),
        (converse("[{'role': m['role'], 'content': m['text']} for m in items]", "items = table.query(KeyConditionExpression=key)['Items']"), "?"),
        (converse("[{'role': 'user', 'content': [{'text': table.get_item(Key=key)['Item']}]}]"), "?"),
        (converse("[{'role': 'user', 'content': [{'text': history_table}]}]", 'history_table = "chats"'), None),
        ('r = agents.invoke_agent(agentId="A", agentAliasId="B", sessionId="s", inputText=question)\n    return r["completion"]', "?"),
    ],
)  # fmt: skip
def test_histories_in_python(body: str, expected: object) -> None:
    assert bounded("app.py", PYTHON.replace("BODY", body)) == expected


def test_a_list_of_messages_from_outside_the_repository_may_be_bounded_there() -> None:
    text = 'import boto3\nbedrock = boto3.client("bedrock-runtime")\ndef ask(messages):\n    bedrock.converse(modelId="amazon.nova-lite-v1:0", messages=messages)\n'
    assert bounded("app.py", text) == "?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from langchain.memory import ConversationBufferMemory\nmemory = ConversationBufferMemory()", False),
        (
            "from langchain.memory import ConversationBufferWindowMemory\nmemory = ConversationBufferWindowMemory(k=5)",
            True,
        ),
        ("from langchain.memory import ConversationBufferMemory, ConversationBufferWindowMemory", "?"),
        ('print("ConversationBufferMemory is not used")', "?"),
    ],
)
def test_memories_of_langchain(text: str, expected: object) -> None:
    model = 'from langchain_aws import ChatBedrockConverse\nllm = ChatBedrockConverse(model="amazon.nova-lite-v1:0")\n'
    assert bounded("app.py", model + text) == expected


def test_a_memory_in_another_file_need_not_be_that_of_the_model() -> None:
    model = 'from langchain_aws import ChatBedrockConverse\nllm = ChatBedrockConverse(model="amazon.nova-lite-v1:0")\n'
    keeps_all = "from langchain.memory import ConversationBufferMemory\nmemory = ConversationBufferMemory()"
    assert bounded("app.py", model, **{"chain.py": keeps_all}) == "?"


def test_a_memory_of_another_function_need_not_be_that_of_the_model() -> None:
    head = "from langchain_aws import ChatBedrockConverse\nfrom langgraph.checkpoint.memory import MemorySaver\n"
    made = 'ChatBedrockConverse(model="amazon.nova-lite-v1:0")'
    probe = f"def probe():\n    return {made}\ndef graph(build):\n    return build.compile(MemorySaver())\n"
    assert bounded("app.py", head + probe) == "?"
    assert bounded("app.py", f"{head}def graph(build):\n    return build({made}).compile(MemorySaver())\n") is False


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ('[{"role": "user", "content": [{"text": event["messages"][-1]["content"]}]}]', "?"),
        ('[{"role": m["role"], "content": m["content"]} for m in event["messages"]]', "?"),
        ('[m for m in event["messages"]]', False),
    ],
)
def test_a_member_of_messages_may_be_that_of_the_last_one_or_of_all(messages: str, expected: object) -> None:
    assert bounded("app.py", PYTHON.replace("BODY", converse(messages))) == expected


def test_the_transcript_of_a_meeting_is_no_history() -> None:
    text = 'transcript = event["transcript"]\n    ' + converse('[{"role": "user", "content": [{"text": transcript}]}]')
    assert bounded("app.py", PYTHON.replace("BODY", text)) is None


@pytest.mark.parametrize(
    ("arguments", "imports", "expected"),
    [
        ("", "", True),
        (", conversation_manager=NullConversationManager()", "from strands.agent.conversation_manager import NullConversationManager\n", False),
    ],
)  # fmt: skip
def test_memories_of_strands(arguments: str, imports: str, expected: bool) -> None:
    text = f'from strands import Agent\nfrom strands.models import BedrockModel\n{imports}agent = Agent(model=BedrockModel(model_id="amazon.nova-lite-v1:0"){arguments})\n'
    assert bounded("app.py", text) is expected


def send(messages: str, before: str = "") -> str:
    return f"{before} const r = await client.send(new ConverseCommand({{ messages: {messages} }}));"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (send("[{ role: 'user', content: [{ text: event.question }] }]"), None),
        (send("event.messages"), False),
        (send("event.messages.slice(-10)"), True),
        (send("event.messages.slice(1)"), False),
        (send("history", "const history = await load(event.id);"), False),
        (send("history", "const history = await loadHistory({ id: event.id, limit: 10 });"), True),
        (send("trimMessages(chatHistory)", "const chatHistory = await load(event.id);"), True),
        (send("history", "const history = await load(event.id); if (history.length > 20) { history.shift(); }"), True),
        (send("history", "const history = await load(event.id); if (event.items.length > 20) { stop(); }"), False),
        (send("[{ role: 'user', content: [{ text: await load(event.id) }] }]"), "?"),
    ],
)
def test_histories_in_typescript(body: str, expected: object) -> None:
    assert bounded("app.ts", TYPESCRIPT.replace("BODY", body)) == expected


def test_memories_of_frameworks_in_typescript() -> None:
    model = 'import { ChatBedrockConverse } from "@langchain/aws";\nconst llm = new ChatBedrockConverse({ model: "amazon.nova-lite-v1:0" });\n'
    assert bounded("app.ts", model) == "?"
    assert bounded("app.ts", model + "const kept = await trimMessages(all, { maxTokens: 400 });") is True
    assert bounded("app.ts", model + "const saver = new MemorySaver();") is False
    assert bounded("app.ts", model, **{"graph.ts": "const saver = new MemorySaver();"}) == "?"
    strands = 'import { Agent, BedrockModel } from "@strands-agents/sdk";\nconst model = new BedrockModel({ modelId: "amazon.nova-lite-v1:0" });\nconst agent = new Agent({ model });\n'
    assert bounded("app.ts", strands) is True


def java(messages: str, before: str = "") -> str:
    return f'{before} return bedrock.converse(ConverseRequest.builder().modelId("amazon.nova-lite-v1:0").messages({messages}).build());'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (java("Message.builder().content(ContentBlock.fromText(request.text())).build()"), None),
        (java("history", "List<Message> history = load(request.id());"), False),
        (java("history.subList(Math.max(0, history.size() - 10), history.size())", "List<Message> history = load(request.id());"), True),
        (java("history", "List<Message> history = repository.findTop10ByUserOrderByTimeDesc(request.id());"), True),
        (java("Message.builder().content(ContentBlock.fromText(Files.readString(path))).build()"), "?"),
    ],
)  # fmt: skip
def test_histories_in_java(body: str, expected: object) -> None:
    assert bounded("src/Chat.java", JAVA.replace("BODY", body)) == expected


@pytest.mark.parametrize(
    ("memory", "advisors", "expected"),
    [
        ("", "", None),
        ("", ".defaultAdvisors(MessageChatMemoryAdvisor.builder(MessageWindowChatMemory.builder().maxMessages(20).build()).build())", True),
        ("", ".defaultAdvisors(new MessageChatMemoryAdvisor(new InMemoryChatMemory()))", False),
        (", ChatMemory memory", ".defaultAdvisors(MessageChatMemoryAdvisor.builder(memory).build())", "?"),
    ],
)  # fmt: skip
def test_memories_of_spring(memory: str, advisors: str, expected: object) -> None:
    assert bounded("src/Chat.java", SPRING.replace("MEMORY", memory).replace("ADVISORS", advisors)) == expected


@pytest.mark.parametrize(
    ("name", "is_history"),
    [
        ("chat_history", True),
        ("request.conversationHistory", True),
        ("self.messages", True),
        ('state["messages"]', True),
        ("getChatHistory", True),
        ("messages", False),
        ("history_table", False),
        ("conversation_id", False),
        ("historyLength", False),
        ("prehistoric", False),
    ],
)
def test_names_of_what_was_said_before(name: str, is_history: bool) -> None:
    assert names_history(name) is is_history

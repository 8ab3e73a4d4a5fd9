"""TypeScript: model calls of the libraries that are used with Bedrock and with other providers."""

# ruff: noqa: E501 (sources on one line)

from __future__ import annotations

import pytest

from prodworks_cli.collect import collect_repository
from prodworks_cli.model import Inventory, Unknown
from prodworks_cli.resources.model_calls import ModelCall
from prodworks_cli.sources.files import tree_of


def collected(text: str) -> Inventory:
    return collect_repository(tree_of({"app.ts": text}), {})


def calls(text: str) -> list[ModelCall]:
    return [r.value for r in collected(text).resources if isinstance(r.value, ModelCall)]


@pytest.mark.parametrize(
    ("text", "provider", "endpoint", "model"),
    [
        ('import { generateText } from "ai";\nimport { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";\nconst b = createAmazonBedrock({ region: "eu-west-1" });\nawait generateText({ model: b("amazon.nova-lite-v1:0") });', "bedrock", "bedrock-runtime", "amazon.nova-lite-v1:0"),
        ('import { generateText } from "ai";\nimport { bedrockAnthropic } from "@ai-sdk/amazon-bedrock/anthropic";\nawait generateText({ model: bedrockAnthropic("anthropic.claude-sonnet-4-5-20250929-v1:0") });', "bedrock", "bedrock-runtime", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ('import { generateText } from "ai";\nimport { bedrockMantle } from "@ai-sdk/amazon-bedrock/mantle";\nawait generateText({ model: bedrockMantle("openai.gpt-oss-120b") });', "bedrock", "bedrock-mantle", "openai.gpt-oss-120b"),
        ('import { generateText } from "ai";\nimport { openai } from "@ai-sdk/openai";\nawait generateText({ model: openai("gpt-4o") });', "openai", "openai", "gpt-4o"),
        ('import AnthropicBedrock from "@anthropic-ai/bedrock-sdk";\nconst c = new AnthropicBedrock();\nawait c.messages.create({ model: "anthropic.claude-sonnet-4-5-20250929-v1:0", max_tokens: 9 });', "bedrock", "bedrock-runtime", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ('import Claude from "@anthropic-ai/bedrock-sdk";\nconst c = new Claude();\nawait c.messages.create({ model: "anthropic.claude-sonnet-4-5-20250929-v1:0", max_tokens: 9 });', "bedrock", "bedrock-runtime", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ('import { AnthropicBedrockMantle } from "@anthropic-ai/bedrock-sdk";\nconst c = new AnthropicBedrockMantle();\nawait c.messages.create({ model: "anthropic.claude-sonnet-4-5", max_tokens: 9 });', "bedrock", "bedrock-mantle", "anthropic.claude-sonnet-4-5"),
        ('import OpenAI from "openai";\nconst c = new OpenAI({ baseURL: "https://bedrock-mantle.eu-west-1.api.aws/v1" });\nawait c.responses.create({ model: "openai.gpt-oss-120b" });', "bedrock", "bedrock-mantle", "openai.gpt-oss-120b"),
        ('import OpenAI from "openai";\nconst c = new OpenAI();\nawait c.chat.completions.create({ model: "gpt-4o" });', "openai", "openai", "gpt-4o"),
        ('import { ChatBedrockConverse } from "@langchain/aws";\nnew ChatBedrockConverse({ model: "amazon.nova-lite-v1:0", maxTokens: 9 });', "bedrock", "bedrock-runtime", "amazon.nova-lite-v1:0"),
        ('import { BedrockModel } from "@strands-agents/sdk";\nnew BedrockModel({ modelId: "amazon.nova-lite-v1:0", maxTokens: 9 });', "bedrock", "bedrock-runtime", "amazon.nova-lite-v1:0"),
        ('import { Agent } from "@strands-agents/sdk";\nnew Agent({ model: "us.amazon.nova-lite-v1:0", tools: [] });', "bedrock", "bedrock-runtime", "us.amazon.nova-lite-v1:0"),
        ('import { Agent } from "@strands-agents/sdk";\nnew Agent({ systemPrompt: "You help." });', "bedrock", "bedrock-runtime", None),
        ('import { Agent } from "@mastra/core/agent";\nimport { bedrock } from "@ai-sdk/amazon-bedrock";\nnew Agent({ name: "a", model: bedrock("amazon.nova-lite-v1:0") });', "bedrock", "bedrock-runtime", "amazon.nova-lite-v1:0"),
        ('import { Agent } from "@mastra/core/agent";\nnew Agent({ name: "a", model: "openai/gpt-4o" });', "openai", "openai", "openai/gpt-4o"),
        ('import { ToolLoopAgent } from "ai";\nimport { bedrock } from "@ai-sdk/amazon-bedrock";\nnew ToolLoopAgent({ model: bedrock("amazon.nova-lite-v1:0"), tools: {} });', "bedrock", "bedrock-runtime", "amazon.nova-lite-v1:0"),
        ('import { Bedrock } from "@llamaindex/aws";\nnew Bedrock({ model: "amazon.nova-lite-v1:0" });', "bedrock", "bedrock-runtime", "amazon.nova-lite-v1:0"),
        ('import { OpenAI } from "@llamaindex/openai";\nnew OpenAI({ model: "gpt-4o" });', "openai", "openai", "gpt-4o"),
        ('await fetch("https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.nova-lite-v1:0/converse", { method: "POST", body: JSON.stringify({}) });', "bedrock", "bedrock-runtime", None),
        ('import axios from "axios";\nawait axios.post("https://api.openai.com/v1/chat/completions", { model: "gpt-4o" });', "openai", "openai", "gpt-4o"),
    ],
)  # fmt: skip
def test_each_library(text: str, provider: str, endpoint: str, model: str | None) -> None:
    (found,) = calls(text)
    assert (found.provider, found.endpoint) == (provider, endpoint)
    assert found.model_id == model or (model is None and not isinstance(found.model_id, str))


@pytest.mark.parametrize(
    "text",
    [
        'import { Agent } from "https";\nnew Agent({ keepAlive: true });',
        'import { Agent } from "./agent";\nnew Agent({ model: "x" });',
        'import { OpenAI } from "./clients";\nnew OpenAI({ model: "x" });',
    ],
)
def test_what_is_no_model_object(text: str) -> None:
    assert calls(text) == []


def test_an_agent_of_a_model_object_is_counted_once() -> None:
    text = 'import { Agent, BedrockModel } from "@strands-agents/sdk";\nconst m = new BedrockModel({ modelId: "amazon.nova-lite-v1:0" });\nnew Agent({ model: m });\n'
    assert [c.api for c in calls(text)] == ["BedrockModel"]


def test_a_library_that_is_not_read_is_a_gap_only_where_nothing_was_read() -> None:
    unread = 'import { genkit } from "genkit";\nconst ai = genkit({});\n'
    assert any("genkit" in g.reason for g in collected(unread).gaps)
    read = 'import { Bedrock } from "@llamaindex/aws";\nnew Bedrock({ model: "amazon.nova-lite-v1:0" });\n'
    assert not [g for g in collected(read).gaps if "llamaindex" in g.reason]


def test_what_an_agent_of_mastra_is_given_later_stays_open() -> None:
    (found,) = calls('import { Agent } from "@mastra/core/agent";\nnew Agent({ model: "openai/gpt-4o" });\n')
    assert isinstance(found.max_tokens, Unknown)
    assert isinstance(found.guardrail_mode, Unknown)


def test_a_client_that_is_pointed_at_an_unknown_address() -> None:
    (found,) = calls(
        'import OpenAI from "openai";\nconst c = new OpenAI({ baseURL: process.env.GATEWAY_URL });\nawait c.chat.completions.create({ model: "gpt-4o" });'
    )
    assert isinstance(found.provider, Unknown)
    (named,) = calls(
        'await fetch("https://api.perplexity.ai/chat/completions", { method: "POST", body: JSON.stringify({ model: "sonar" }) });'
    )
    assert (named.provider, named.model_id) == ("perplexity", "sonar")

"""The libraries through which TypeScript and JavaScript call models: their operations, clients and addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prodworks_cli.sources.calls.providers import HOST_WORDS

RUNTIME, AGENTS, AGENTCORE, SAGEMAKER = (
    *("bedrock-runtime", "bedrock-agent-runtime"),
    *("bedrock-agentcore", "sagemaker-runtime"),
)
# Operations that run a model, by their name in the SDK for JavaScript, with the service that has them.
OPERATIONS: Mapping[str, str] = {
    "Converse": RUNTIME,
    "ConverseStream": RUNTIME,
    "InvokeModel": RUNTIME,
    "InvokeModelWithResponseStream": RUNTIME,
    "InvokeModelWithBidirectionalStream": RUNTIME,
    "StartAsyncInvoke": RUNTIME,
    "InvokeAgent": AGENTS,
    "InvokeInlineAgent": AGENTS,
    "InvokeFlow": AGENTS,
    "RetrieveAndGenerate": AGENTS,
    "RetrieveAndGenerateStream": AGENTS,
    "InvokeAgentRuntime": AGENTCORE,
    "InvokeEndpoint": SAGEMAKER,
    "InvokeEndpointWithResponseStream": SAGEMAKER,
}
METHODS = {name[0].lower() + name[1:]: name for name in OPERATIONS}
SERVICES: Mapping[str, str] = {
    "BedrockRuntimeClient": RUNTIME,
    "BedrockRuntime": RUNTIME,
    "BedrockAgentRuntimeClient": AGENTS,
    "BedrockAgentRuntime": AGENTS,
    "BedrockAgentCoreClient": AGENTCORE,
    "BedrockAgentCore": AGENTCORE,
    "SageMakerRuntimeClient": SAGEMAKER,
    "SageMakerRuntime": SAGEMAKER,
}
AI_SDK = frozenset(
    {"generateText", "streamText", "generateObject", "streamObject", "embed", "embedMany", "generateImage"}
    | {"experimental_generateImage"}
)
# Methods of the OpenAI and Anthropic clients that run a model, by the end of the callee.
CLIENT_METHODS = (
    "chat.completions.create", "chat.completions.parse", "chat.completions.stream", "completions.create",
    "beta.chat.completions.parse", "responses.create", "responses.parse", "responses.stream", "embeddings.create",
    "messages.create", "messages.stream", "messages.parse", "images.generate",
)  # fmt: skip
CLIENTS: Mapping[str, str] = {
    "OpenAI": "openai",
    "AzureOpenAI": "azure",
    "Anthropic": "anthropic",
    "AnthropicBedrock": "bedrock",
    "AnthropicBedrockMantle": "bedrock",
    "AnthropicVertex": "google",
    "Groq": "groq",
    "Mistral": "mistral",
}
# What the packages export by default, under whatever name a file imports it.
DEFAULTS: Mapping[str, str] = {
    "@anthropic-ai/bedrock-sdk": "AnthropicBedrock",
    "@anthropic-ai/vertex-sdk": "AnthropicVertex",
    "@anthropic-ai/sdk": "Anthropic",
    "openai": "OpenAI",
    "groq-sdk": "Groq",
}
RUNS_MODEL = re.compile(
    r"/(?:chat/completions|completions|messages|responses|embeddings|converse(?:-stream)?|invoke(?:-with-response-stream)?"
    r"|chat|embed|retrieveAndGenerate)/?(?:$|[?#])|:(?:stream)?[gG]enerateContent"
)
HTTP_CALLS = re.compile(
    r"^(?:fetch|axios|axios\.(?:post|request)|got|got\.post|ky\.post|undici\.(?:fetch|request)|request)$"
)
NEEDLES = re.compile(
    rb"\b(?:" + b"|".join(n.encode() for n in OPERATIONS) + rb")Command\b"
    + rb"|\b(?:" + b"|".join(m.encode() for m in METHODS) + rb")\s*\("
    + rb"|['\"](?:ai|openai|@ai-sdk/[\w-]+|@anthropic-ai/[\w-]+|groq-sdk|@mistralai/[\w-]+)['\"]"
    + rb"|" + b"|".join(re.escape(h) for h in HOST_WORDS)
)  # fmt: skip


# Every match of NEEDLES holds one of these, which are quicker to look for.
LITERALS = (
    *(f"{name}Command".encode() for name in OPERATIONS),
    *(name.encode() for name in METHODS),
    *(b'"ai"', b"'ai'", b"openai", b"ai-sdk", b"anthropic", b"groq", b"mistral", *HOST_WORDS),
)

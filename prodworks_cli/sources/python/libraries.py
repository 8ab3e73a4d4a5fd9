"""The model classes and functions of Python libraries: who runs the models behind them, and how they are set.

Names as in the packages themselves: langchain-aws 1, strands-agents 1, llama-index 0.1x, litellm 1, crewai 1, dspy 3,
pydantic-ai 2, haystack-ai 3, smolagents 1, autogen-ext 0.7, agno 3, openai-agents 0.24.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

# The provider is told by the name of the model: ``bedrock/...``, ``openai:...``.
BY_MODEL = "by model"


class Library(NamedTuple):
    """Classes of one library by the provider behind them. ``first`` says that the model may be the first argument."""

    name: str
    modules: tuple[str, ...]
    classes: Mapping[str, str]
    first: bool = False


def _classes(**by_provider: str) -> dict[str, str]:
    return {name: provider for provider, names in by_provider.items() for name in names.split()}


_LANGCHAIN = {
    **_classes(**{BY_MODEL: "ChatLiteLLM"}),
    **_classes(
        bedrock="ChatBedrock ChatBedrockConverse BedrockLLM Bedrock BedrockChat ChatAnthropicBedrock BedrockEmbeddings",
        openai="ChatOpenAI OpenAI OpenAIEmbeddings",
        azure="AzureChatOpenAI AzureOpenAI AzureOpenAIEmbeddings AzureAIChatCompletionsModel",
        anthropic="ChatAnthropic",
        google="ChatGoogleGenerativeAI ChatVertexAI GoogleGenerativeAIEmbeddings VertexAIEmbeddings",
        mistral="ChatMistralAI MistralAIEmbeddings",
        groq="ChatGroq",
        cohere="ChatCohere CohereEmbeddings",
        ollama="ChatOllama OllamaEmbeddings",
        openrouter="ChatOpenRouter",
        sagemaker="SagemakerEndpoint ChatSagemakerEndpoint SagemakerEndpointEmbeddings",
    ),
}
_LLAMA_INDEX = _classes(
    bedrock="BedrockConverse Bedrock BedrockEmbedding",
    openai="OpenAI OpenAIResponses OpenAIEmbedding",
    azure="AzureOpenAI AzureOpenAIEmbedding",
    anthropic="Anthropic",
    google="Gemini GoogleGenAI Vertex GoogleGenAIEmbedding",
    mistral="MistralAI",
    groq="Groq",
    cohere="Cohere",
    ollama="Ollama",
    openrouter="OpenRouter",
)
_PYDANTIC = _classes(
    bedrock="BedrockConverseModel",
    openai="OpenAIModel OpenAIChatModel OpenAIResponsesModel",
    anthropic="AnthropicModel",
    google="GoogleModel GeminiModel",
    mistral="MistralModel",
    groq="GroqModel",
    cohere="CohereModel",
)
_HAYSTACK = _classes(
    bedrock="AmazonBedrockChatGenerator AmazonBedrockGenerator AmazonBedrockTextEmbedder AmazonBedrockDocumentEmbedder"
    " AmazonBedrockRanker",
    openai="OpenAIChatGenerator OpenAIGenerator OpenAITextEmbedder OpenAIDocumentEmbedder OpenAIResponsesChatGenerator",
    azure="AzureOpenAIChatGenerator AzureOpenAIGenerator",
)
_SMOLAGENTS = {
    **_classes(
        bedrock="AmazonBedrockModel AmazonBedrockServerModel",
        openai="OpenAIModel OpenAIServerModel",
        azure="AzureOpenAIModel AzureOpenAIServerModel",
        huggingface="InferenceClientModel HfApiModel",
    ),
    "LiteLLMModel": BY_MODEL,
}
_AUTOGEN = _classes(
    bedrock="AnthropicBedrockChatCompletionClient",
    openai="OpenAIChatCompletionClient",
    azure="AzureOpenAIChatCompletionClient AzureAIChatCompletionClient",
    anthropic="AnthropicChatCompletionClient",
    ollama="OllamaChatCompletionClient",
)
_OPENAI_AGENTS = {
    **_classes(openai="OpenAIChatCompletionsModel OpenAIResponsesModel"),
    "LitellmModel": BY_MODEL,
}
_STRANDS = {
    **_classes(
        bedrock="BedrockModel BidiNovaSonicModel BedrockNovaSonicModel",
        openai="OpenAIModel OpenAIResponsesModel BidiOpenAIRealtimeModel OpenAIRealtimeModel",
        anthropic="AnthropicModel",
        google="GeminiModel BidiGeminiLiveModel GoogleGeminiLiveModel",
        mistral="MistralModel",
        ollama="OllamaModel",
        sagemaker="SageMakerAIModel",
    ),
    "LiteLLMModel": BY_MODEL,
}

LIBRARIES: tuple[Library, ...] = (
    Library(
        "langchain",
        (
            *("langchain_aws", "langchain_community", "langchain.", "langchain_bedrock", "langchain_openai"),
            *("langchain_anthropic", "langchain_google_genai", "langchain_google_vertexai", "langchain_mistralai"),
            *("langchain_groq", "langchain_cohere", "langchain_ollama", "langchain_openrouter", "langchain_azure_ai"),
            "langchain_litellm",
        ),
        _LANGCHAIN,
    ),
    Library("strands", ("strands",), _STRANDS),
    Library("llama_index", ("llama_index",), _LLAMA_INDEX, first=True),
    Library("litellm", ("litellm",), _classes(**{BY_MODEL: "completion acompletion embedding aembedding"}), first=True),
    Library("crewai", ("crewai",), {"LLM": BY_MODEL}, first=True),
    Library("dspy", ("dspy",), {"LM": BY_MODEL}, first=True),
    Library("pydantic_ai", ("pydantic_ai",), _PYDANTIC, first=True),
    Library("haystack", ("haystack", "haystack_integrations"), _HAYSTACK, first=True),
    Library("smolagents", ("smolagents",), _SMOLAGENTS, first=True),
    Library("autogen", ("autogen_ext",), _AUTOGEN),
    Library("agno", ("agno.models.aws",), _classes(bedrock="AwsBedrock Claude"), first=True),
    Library("agno", ("agno.models.openai",), _classes(openai="OpenAIChat OpenAIResponses"), first=True),
    Library("agno", ("agno.models.anthropic",), _classes(anthropic="Claude"), first=True),
    Library("agno", ("agno.models.google",), _classes(google="Gemini"), first=True),
    Library("google_adk", ("google.adk",), {"LiteLlm": BY_MODEL}, first=True),
    Library("openai-agents", ("agents",), _OPENAI_AGENTS, first=True),
)
# The package of the OpenAI Agents SDK is called ``agents``, as many a folder is: it counts where the SDK is installed.
AGENTS_SDK = "openai-agents"
AGENTS_INSTALLED = (b"openai-agents", b"openai_agents")

# Functions and agents that take the name of a model as text, by the argument that holds it.
NAMED_MODELS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("strands", "Agent"): ("model",),
    ("pydantic_ai", "Agent"): ("model",),
    ("crewai", "Agent"): ("llm",),
    ("langchain", "init_chat_model"): ("model",),
    ("langchain", "init_embeddings"): ("model",),
    ("langchain", "create_agent"): ("model",),
    ("langgraph", "create_react_agent"): ("model",),
    ("instructor", "from_provider"): ("model",),
    ("claude_agent_sdk", "ClaudeAgentOptions"): ("model",),
    ("google_adk", "Agent"): ("model",),
    ("google_adk", "LlmAgent"): ("model",),
    (AGENTS_SDK, "Agent"): ("model",),
}
# Libraries in which the model is always a text, whatever it is read from.
ALWAYS_NAMED = frozenset({"claude_agent_sdk"})
NAMING_MODULES: Mapping[str, tuple[str, ...]] = {
    "strands": ("strands",),
    "pydantic_ai": ("pydantic_ai",),
    "crewai": ("crewai",),
    "langchain": ("langchain.", "langchain"),
    "langgraph": ("langgraph",),
    "instructor": ("instructor",),
    "claude_agent_sdk": ("claude_agent_sdk",),
    "google_adk": ("google.adk",),
    AGENTS_SDK: ("agents",),
}
# Those that call a model of their own choice when they are told none.
DEFAULTS: Mapping[tuple[str, str], str] = {
    ("strands", "Agent"): "Strands",
    ("crewai", "Agent"): "CrewAI",
    ("claude_agent_sdk", "ClaudeAgentOptions"): "Claude Code",
    (AGENTS_SDK, "Agent"): "OpenAI Agents SDK",
}

# Clients of providers' SDKs, with the provider behind each, by the package that they come from.
MAKERS: Mapping[str, Mapping[str, str]] = {
    "anthropic": _classes(
        bedrock="AnthropicBedrock AsyncAnthropicBedrock AnthropicBedrockMantle AsyncAnthropicBedrockMantle",
        anthropic="Anthropic AsyncAnthropic Client AsyncClient",
        google="AnthropicVertex AsyncAnthropicVertex",
        azure="AnthropicFoundry AsyncAnthropicFoundry",
    ),
    "openai": _classes(
        bedrock="BedrockOpenAI AsyncBedrockOpenAI",
        openai="OpenAI AsyncOpenAI Client AsyncClient",
        azure="AzureOpenAI AsyncAzureOpenAI",
    ),
    "groq": _classes(groq="Groq AsyncGroq"),
    "together": _classes(together="Together AsyncTogether"),
    "mistralai": _classes(mistral="Mistral"),
    "cohere": _classes(
        cohere="Client ClientV2 AsyncClient AsyncClientV2",
        bedrock="BedrockClient BedrockClientV2",
        sagemaker="SagemakerClient SagemakerClientV2",
    ),
    "google": _classes(google="Client GenerativeModel"),
    "vertexai": _classes(google="GenerativeModel"),
    "huggingface_hub": _classes(huggingface="InferenceClient AsyncInferenceClient"),
    "ollama": _classes(ollama="Client AsyncClient"),
}
# The ends of calls that run a model, by the package of the client. The longest that fits counts.
_OPENAI_METHODS = (
    *("chat.completions.create", "chat.completions.parse", "chat.completions.stream", "responses.create"),
    *("responses.parse", "responses.stream", "completions.create", "embeddings.create", "images.generate"),
    *("ChatCompletion.create", "Completion.create", "Embedding.create"),
)
METHODS: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("messages.create", "messages.stream", "messages.parse", "completions.create"),
    "openai": _OPENAI_METHODS,
    "groq": _OPENAI_METHODS,
    "together": _OPENAI_METHODS,
    "mistralai": ("chat.complete", "chat.stream", "chat.complete_async", "chat.stream_async", "embeddings.create"),
    "cohere": ("chat", "chat_stream", "embed", "rerank", "generate"),
    "google": (
        *("models.generate_content", "models.generate_content_stream", "models.embed_content"),
        *("generate_content", "generate_content_async"),
    ),
    "vertexai": ("generate_content", "generate_content_async"),
    "huggingface_hub": ("chat.completions.create", "chat_completion", "text_generation", "feature_extraction"),
    "ollama": ("chat", "generate", "embed", "embeddings"),
}
# Steps between a client and its resources that change nothing about where a call goes.
VIEWS = frozenset({"beta", "aio", "with_raw_response", "with_streaming_response", "with_options", "copy"})
# Functions that give the client they are given back, with something added.
WRAPPERS = re.compile(r"^(?:from_(?!pretrained)\w+|patch|wrap_\w+|observe_\w+)$")
# Packages that give another package's clients, traced.
TRACED: Mapping[str, str] = {"langfuse.openai": "openai"}

_MODULES = sorted({m.split(".")[0] for lib in LIBRARIES for m in lib.modules} | {*MAKERS, *NAMING_MODULES})
WORDS: tuple[bytes, ...] = tuple(m.encode() for m in _MODULES)
"""Words of which a file that uses one of the libraries holds at least one."""
_IMPORTED = (
    rb"[ \t]+(?:"
    rb"langchain(?:_aws|_bedrock|_openai|_anthropic|_google_genai|_google_vertexai|_mistralai|_groq|_cohere|_ollama"
    rb"|_openrouter|_azure_ai|_litellm|_community\.(?:chat_models|llms|embeddings)|\.(?:chat_models|llms|embeddings|agents))\b"
    rb"|google(?:\.genai|[ \t]+import[ \t]+genai|\.generativeai|\.adk)"
    rb"|(?:strands|llama_index|litellm|crewai|dspy|pydantic_ai|haystack\w*|smolagents|autogen_ext|agno|langgraph"
    rb"|instructor|claude_agent_sdk|anthropic|openai|groq|together|mistralai|cohere|vertexai|huggingface_hub|ollama|langfuse)\b)"
)
# Two patterns, each of which begins with a word by which places are sought.
IMPORTS = (re.compile(rb"from" + _IMPORTED), re.compile(rb"import" + _IMPORTED))
IMPORTS_AGENTS = re.compile(rb"from[ \t]+agents(?:\.[\w.]+)?[ \t]+import")
"""How a file imports the OpenAI Agents SDK, or a package of its own that is called so."""

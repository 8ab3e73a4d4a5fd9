"""Where Java calls a model: AWS SDK v2 clients, Spring AI chat clients, and model objects of LangChain4j."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node as Syntax

from prodworks_cli.sources.calls.providers import HOST_WORDS, by_url
from prodworks_cli.sources.java.chains import links, root_of
from prodworks_cli.sources.java.repository import Repository
from prodworks_cli.sources.java.syntax import Module

SERVICES: Mapping[str, str] = {
    "BedrockRuntime": "bedrock-runtime",
    "BedrockAgentRuntime": "bedrock-agent-runtime",
    "BedrockAgentCore": "bedrock-agentcore",
    "SageMakerRuntime": "sagemaker-runtime",
}
OPERATIONS: Mapping[str, str] = {
    **dict.fromkeys(("converse", "converseStream", "invokeModel", "startAsyncInvoke"), "bedrock-runtime"),
    "invokeModelWithResponseStream": "bedrock-runtime",
    "invokeModelWithBidirectionalStream": "bedrock-runtime",
    **dict.fromkeys(("invokeAgent", "invokeInlineAgent", "invokeFlow"), "bedrock-agent-runtime"),
    **dict.fromkeys(("retrieveAndGenerate", "retrieveAndGenerateStream"), "bedrock-agent-runtime"),
    "invokeAgentRuntime": "bedrock-agentcore",
    **dict.fromkeys(("invokeEndpoint", "invokeEndpointWithResponseStream"), "sagemaker-runtime"),
}
# Model objects of LangChain4j by provider; their builder stands for the calls made through them.
OBJECTS: Mapping[str, str] = {
    **{
        f"Bedrock{n}": "bedrock"
        for n in ("ChatModel", "StreamingChatModel", "ChatLanguageModel", "CohereEmbeddingModel")
    },
    **{
        f"Bedrock{n}": "bedrock" for n in ("AnthropicMessageChatModel", "AnthropicStreamingChatModel", "LlamaChatModel")
    },
    **{f"Bedrock{n}": "bedrock" for n in ("MistralAiChatModel", "TitanChatModel", "TitanEmbeddingModel")},
    **dict.fromkeys(("OpenAiChatModel", "OpenAiStreamingChatModel"), "openai"),
    "AnthropicChatModel": "anthropic",
}
CHAT_MODELS = frozenset({"ChatModel", "BedrockProxyChatModel", "StreamingChatModel"})
NEEDLES = re.compile(
    rb"software\.amazon\.awssdk\.services\.(?:bedrock|sagemakerruntime)|org\.springframework\.ai\.|dev\.langchain4j\."
    rb"|com\.(?:openai|anthropic)\.|" + b"|".join(re.escape(h) for h in HOST_WORDS)
)
# Every match of NEEDLES holds one of these.
LITERALS = (b"awssdk", b"springframework", b"langchain4j", b"openai", b"anthropic", *HOST_WORDS)
# The ends of chains by which the SDKs of OpenAI and Anthropic call a model, with the package of each.
PROVIDER_CALLS: Mapping[str, tuple[str, ...]] = {
    "com.openai.": (
        "chat.completions.create",
        "chat.completions.createStreaming",
        "responses.create",
        "embeddings.create",
    ),
    "com.anthropic.": ("messages.create", "messages.createStreaming"),
}
# Methods that send an HTTP request, of the JDK, Spring, OkHttp and Apache.
_SENDS = frozenset(
    {"send", "sendAsync", "exchange", "postForObject", "postForEntity", "retrieve", "execute", "newCall"}
)


@dataclass(frozen=True)
class CallSite:
    """One model call. ``client`` is the class whose object is called; ``made`` the builder of a model object."""

    module: Module
    node: Syntax
    library: str
    api: str
    endpoint: str
    client: str
    provider: str = "bedrock"


def calls(repository: Repository) -> Iterator[CallSite]:
    """All model calls, by file and line."""
    for module in repository.matching(NEEDLES, literals=LITERALS):
        for node in module.of_type("method_invocation"):
            found = _sdk(module, node) or _chat(module, node) or _object(module, node) or _provider(module, node)
            if found is not None:
                yield found
        yield from _http(module)


def _sdk(module: Module, node: Syntax) -> CallSite | None:
    name = module.name(node)
    service = OPERATIONS.get(name)
    target = node.child_by_field_name("object")
    if target is None or target.type in ("this", "super"):
        return None  # a method of the program itself that is called alike
    if service is None or not any(".awssdk.services." in i for i in module.imports):
        return None
    type_ = type_of(module, target)
    made = re.sub(r"(?:Async)?Client$", "", type_)
    if SERVICES.get(made) != service and not (not type_ and _asks(module, node, name)):
        return None
    provider = "sagemaker" if service == "sagemaker-runtime" else "bedrock"
    return CallSite(module, node, "aws", snake(name), service, type_, provider)


def _asks(module: Module, node: Syntax, name: str) -> bool:
    """The argument is a request of the operation: for a client whose type is not written in the file."""
    request = f"{name[0].upper()}{name[1:]}Request"
    return any(f".{request}" in i or i.endswith(".model.*") for i in module.imports) and bool(module.arguments(node))


def _chat(module: Module, node: Syntax) -> CallSite | None:
    """``chatClient.prompt()...call()`` and ``chatModel.call(prompt)`` of Spring AI."""
    name = module.name(node)
    if name not in ("call", "stream") or not any(i.startswith("org.springframework.ai.") for i in module.imports):
        return None
    names = [n for n, _ in links(module, node)]
    type_ = type_of(module, root_of(node))
    if "prompt" in names[:-1] and type_ in ("ChatClient", ""):
        return CallSite(module, node, "spring", f"ChatClient.{name}", "", "ChatClient", "")
    if names == [name] and type_ in CHAT_MODELS and module.arguments(node):
        return CallSite(module, node, "spring", f"ChatModel.{name}", "", type_, "")
    return None


def _object(module: Module, node: Syntax) -> CallSite | None:
    """``BedrockChatModel.builder()...build()`` of LangChain4j."""
    if module.name(node) != "build" or not any(i.startswith("dev.langchain4j.") for i in module.imports):
        return None
    name = module.text(root_of(node))
    provider = OBJECTS.get(name)
    endpoint = "bedrock-runtime" if provider == "bedrock" else str(provider)
    return CallSite(module, node, "langchain4j", name, endpoint, name, provider) if provider else None


def _provider(module: Module, node: Syntax) -> CallSite | None:
    """``client.chat().completions().create(params)`` and ``client.messages().create(params)``."""
    if module.name(node) not in ("create", "createStreaming"):
        return None
    written = ".".join(n for n, _ in links(module, node))
    for package, ends in PROVIDER_CALLS.items():
        api = next((e for e in ends if written.endswith(e)), None)
        if api is not None and any(i.startswith(package) for i in module.imports):
            own = "openai" if package == "com.openai." else "anthropic"
            mantle = b"bedrock-mantle" in module.data
            bedrock = mantle or b"BedrockBackend" in module.data or b"BedrockMantleBackend" in module.data
            endpoint = "bedrock-mantle" if mantle or b"BedrockMantle" in module.data else "bedrock-runtime"
            return CallSite(
                module, node, "client", api, endpoint if bedrock else own, "", "bedrock" if bedrock else own
            )
    return None


def _http(module: Module) -> Iterator[CallSite]:
    """Requests that a file sends to an address of a model that it holds."""
    texts = (module.string(n) or "" for n in module.of_type("string_literal"))
    found = next((h for t in texts if "/" in t and (h := by_url(t)) is not None), None)
    if found is None or any(i.startswith(tuple(PROVIDER_CALLS)) for i in module.imports):
        return
    taken: set[int] = set()
    for node in module.of_type("method_invocation"):
        method = module.method(node)
        sends = module.name(node) in _SENDS and node.child_by_field_name("object") is not None
        if sends and method is not None and method.id not in taken and not _sdk(module, node):
            taken.add(method.id)
            yield CallSite(module, node, "http", "http", found[1], "", found[0])


def type_of(module: Module, target: Syntax | None) -> str:
    """The declared type of the object that is called; empty where the file does not tell."""
    if target is None:
        return ""
    name = module.text(target).removeprefix("this.")
    variable = module.lookup(target, name) or next(iter(module.variables.get(name, ())), None)
    if variable is None:
        return "" if target.type != "identifier" or not name[:1].isupper() else name
    if variable.type != "var":
        return variable.type.rpartition(".")[2]
    return module.text(root_of(variable.value)) if variable.value is not None else ""


def builders(repository: Repository, folder: str, type_: str) -> Iterator[tuple[Module, Syntax]]:
    """The expressions below a folder that build a client of a type."""
    pattern = re.compile(rb"\b" + re.escape(type_.encode()) + rb"\s*\.\s*(?:builder|create)\b")
    for module in repository.matching(pattern, folder):
        for node in module.of_type("method_invocation"):
            made = module.name(node) in ("build", "create") and module.text(root_of(node)) == type_
            if made:
                yield module, node


def snake(name: str) -> str:
    """``converseStream`` as the API is called elsewhere: ``converse_stream``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

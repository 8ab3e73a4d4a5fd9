"""Who runs a model: by the host that is called, and by the name that a library gives the model."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prodworks_cli.lazy import regex
from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.sources.calls.model_ids import read_model_id

UNTOLD = Unknown("which provider runs the model is not told by its name")
# Endpoints of AWS by a part of the host; all others are those of one provider.
_AWS: Mapping[str, str] = {
    "bedrock-runtime": "bedrock-runtime",
    "bedrock-mantle": "bedrock-mantle",
    "bedrock-agent-runtime": "bedrock-agent-runtime",
    "bedrock-agentcore": "bedrock-agentcore",
    "runtime.sagemaker": "sagemaker-runtime",
}
_AWS_HOST = regex(
    r"^(bedrock-runtime|bedrock-mantle|bedrock-agent-runtime|bedrock-agentcore|runtime\.sagemaker)(?:-fips)?\."
)
_HOSTS: tuple[tuple[str, str], ...] = (
    ("api.openai.com", "openai"),
    ("openai.azure.com", "azure"),
    ("services.ai.azure.com", "azure"),
    ("models.inference.ai.azure.com", "azure"),
    ("api.anthropic.com", "anthropic"),
    ("generativelanguage.googleapis.com", "google"),
    ("aiplatform.googleapis.com", "google"),
    ("openrouter.ai", "openrouter"),
    ("api.mistral.ai", "mistral"),
    ("api.groq.com", "groq"),
    ("api.cohere.ai", "cohere"),
    ("api.cohere.com", "cohere"),
    ("api.together.xyz", "together"),
    ("api.deepseek.com", "deepseek"),
    ("api.perplexity.ai", "perplexity"),
    ("api.fireworks.ai", "fireworks"),
    ("api.x.ai", "xai"),
    ("api-inference.huggingface.co", "huggingface"),
    ("router.huggingface.co", "huggingface"),
    ("api.replicate.com", "replicate"),
    ("integrate.api.nvidia.com", "nvidia"),
)
HOST_WORDS: tuple[bytes, ...] = (*(h.encode() for h, _ in _HOSTS), *(a.encode() for a in _AWS))
"""What a file holds that names the host of a provider."""
_HOST = regex(r"^(?:\w+://)?(?:[^/@]*@)?([^/?#]+)")
_PREFIX = regex(r"^([A-Za-z][\w-]*)[/:]")
_ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("amazon_bedrock", "bedrock_converse", "bedrock_mantle", "bedrock-mantle"), "bedrock"),
    **dict.fromkeys(("sagemaker_chat", "sagemaker_endpoint"), "sagemaker"),
    **dict.fromkeys(("openai-chat", "openai-responses", "text-completion-openai", "openai_responses"), "openai"),
    **dict.fromkeys(("azure_ai", "azure_openai", "azure-openai"), "azure"),
    **dict.fromkeys(("gemini", "google-gla", "google-vertex", "google_genai", "google_vertexai"), "google"),
    **dict.fromkeys(("vertex_ai", "vertexai", "vertex_ai_beta", "google_anthropic_vertex"), "google"),
    **dict.fromkeys(("mistralai", "codestral"), "mistral"),
    **dict.fromkeys(("ollama_chat",), "ollama"),
    **dict.fromkeys(("together_ai",), "together"),
    **dict.fromkeys(("fireworks_ai",), "fireworks"),
    **dict.fromkeys(("nvidia_nim",), "nvidia"),
    **{
        name: name
        for name in (
            *("bedrock", "sagemaker", "openai", "azure", "anthropic", "google", "mistral", "groq", "cohere", "ollama"),
            *("openrouter", "huggingface", "deepseek", "fireworks", "together", "perplexity", "xai", "nvidia"),
            *("replicate", "cerebras", "watsonx", "databricks"),
        )
    },
}
_FAMILIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (regex(r"(?:gpt-|chatgpt|o[134](?:-|$)|text-embedding-|davinci)"), "openai"),
    (regex(r"claude"), "anthropic"),
    (regex(r"gemini"), "google"),
    (regex(r"(?:mistral|codestral|magistral)-"), "mistral"),
    (regex(r"command-"), "cohere"),
)


def by_url(url: str) -> tuple[str, str] | None:
    """The provider and the endpoint behind an address, whose unresolved parts are written ``${...}``."""
    found = _HOST.match(url)
    host = found[1].lower() if found else ""
    aws = _AWS_HOST.match(host)
    if aws is not None:
        return "sagemaker" if "sagemaker" in aws[1] else "bedrock", _AWS[aws[1]]
    provider = next((p for name, p in _HOSTS if host == name or host.endswith(f".{name}") or f"-{name}" in host), None)
    return (provider, provider) if provider else None


def behind(url: Node, provider: str | Unknown) -> tuple[str | Unknown, str | Unknown]:
    """The provider and endpoint of what speaks to ``provider`` unless it is pointed somewhere else."""
    if not url.present or provider == "azure":
        return provider, endpoint_of(provider)
    text = url.text() or (url.content.shape if isinstance(url.content, Unknown) else None) or ""
    told = by_url(text)
    if told is not None:
        return told
    reason = "the client is pointed at an address that no provider is known by"
    untold = Unknown(url.unknown.reason if url.unknown else reason, present=True)
    return untold, untold


def by_model(model: Node) -> str | Unknown:
    """The provider that a name such as ``bedrock/amazon.nova-lite-v1:0`` or ``openai:gpt-4o`` says."""
    text = model.text() or (model.content.shape if isinstance(model.content, Unknown) else None) or ""
    text = text.removeprefix("litellm/")
    if read_model_id(text) is not None:
        return "bedrock"
    prefix = _PREFIX.match(text)
    if prefix is not None and (known := _ALIASES.get(prefix[1].lower())):
        return known
    if prefix is None and model.text():
        return next((provider for family, provider in _FAMILIES if family.match(text)), UNTOLD)
    return model.unknown or UNTOLD


def known(name: str) -> str | Unknown:
    """The provider of a name that a library has for it; unknown for one that is not listed here."""
    return _ALIASES.get(name.lower(), UNTOLD)


def endpoint_of(provider: str | Unknown) -> str | Unknown:
    """The endpoint that the calls of a library go to when it is told nothing else."""
    own = {"bedrock": "bedrock-runtime", "sagemaker": "sagemaker-runtime"}
    return own.get(provider, provider) if isinstance(provider, str) else provider

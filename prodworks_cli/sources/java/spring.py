"""Spring AI: what properties, builders and build manifests say about the calls of a chat client."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prodworks_cli.model import Unknown
from prodworks_cli.node import Node
from prodworks_cli.schema import Drafted
from prodworks_cli.sources.calls.drafts import attribution_by
from prodworks_cli.sources.content import member
from prodworks_cli.sources.java.chains import links
from prodworks_cli.sources.java.sites import CallSite
from prodworks_cli.sources.java.values import Values
from prodworks_cli.sources.trees import inside

# Starters and property prefixes of the chat models, with the provider behind each.
PROVIDERS: Mapping[str, str] = {
    "bedrock": "bedrock",
    "openai": "openai",
    "azure-openai": "azure",
    "anthropic": "anthropic",
    "ollama": "ollama",
    "vertex-ai": "google",
    "mistral-ai": "mistral",
}
TRACING = re.compile(r"micrometer-tracing-bridge|opentelemetry-spring-boot-starter|spring-boot-starter-opentelemetry")
_METRICS = re.compile(r"micrometer-registry-|spring-boot-starter-opentelemetry|opentelemetry-spring-boot-starter")


class Spring:
    """Reads the calls of Spring AI."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._repository = values.repository

    def known(self, call: CallSite) -> dict[str, Drafted]:
        """The attributes that options, properties and dependencies decide."""
        folder = self._repository.folder(call.module.path)
        provider = self._provider(folder)
        model = self._option(call, folder, provider, "model")
        guardrail = self._guardrail(folder)
        return {
            "provider": provider,
            "endpoint": "bedrock-runtime" if provider == "bedrock" else provider,
            "model_id": model,
            "max_tokens": self._option(call, folder, provider, "maxTokens", "max-tokens"),
            "modalities": ("text",),
            "guardrail_id": guardrail,
            "guardrail_version": guardrail,
            "guardrail_mode": guardrail if guardrail else "none",
            "request_metadata": None,
            "attribution": attribution_by(model),
        }

    def _provider(self, folder: str) -> str | Unknown:
        """The provider whose starter or properties the application has."""
        manifest = self._repository.manifest(folder)
        chosen = self._values.properties.first(folder, "spring.ai.model.chat")
        named = next((p for n, p in PROVIDERS.items() if chosen and str(chosen.content).startswith(n)), None)
        starters = re.findall(
            r"spring-ai-(?:starter-model-)?([a-z-]+?)(?:-converse|-spring-boot-starter|<|\"|'|:)", manifest
        )
        found = {p for n, p in PROVIDERS.items() if any(s.startswith(n) for s in starters)}
        found |= {
            p for n, p in PROVIDERS.items() if self._repository.keys_with(folder, f"spring.ai.{n}.") and p != "ollama"
        }
        if named:
            return named
        return found.pop() if len(found) == 1 else Unknown("which model provider Spring AI uses is not told")

    def _option(self, call: CallSite, folder: str, provider: str | Unknown, name: str, key: str = "") -> Node:
        """An option of the call, of the client's builder, or of the application's properties."""
        here = call.module.at(call.node)
        own = [
            n for link, c in links(call.module, call.node) if link == "options" for n in (self._options(call, c, name),)
        ]
        defaults = [
            self._options(call, c, name)
            for c in call.module.of_type("method_invocation")
            if call.module.name(c) == "defaultOptions"
        ]
        written = next((n for n in (*own, *defaults) if n is not None and n.present), None)
        if written is not None:
            return written
        if provider != "bedrock":
            keys = [f"spring.ai.{provider}.chat.options.{key or name}", f"spring.ai.{provider}.chat.{key or name}"]
        else:
            keys = [f"spring.ai.bedrock.converse.chat.{o}{key or name}" for o in ("options.", "")]
        found = self._values.properties.first(folder, *keys)
        if found is not None:
            return found
        if name == "model" or not self._repository.property_files(folder):
            return Node(Unknown(f"{name} is the default of the starter or is set outside the repository"), here)
        return Node(None, here)

    def _options(self, call: CallSite, invocation: object, name: str) -> Node | None:
        given = call.module.arguments(invocation)  # type: ignore[arg-type]
        value = self._values.of(call.module, given[0]) if given else None
        return member(value.content, name) if value is not None and isinstance(value.content, Mapping) else None

    def _guardrail(self, folder: str) -> Drafted:
        """None where nothing in the application speaks of a guardrail; Spring AI may take one in several ways."""
        for module in self._repository.matching(re.compile(rb"(?i)guardrail"), folder):
            if any(
                "uardrail" in module.text(n) for n in inside(module.root) if n.type in ("identifier", "type_identifier")
            ):
                return Unknown("the application names a guardrail; how Spring AI uses it is not analysed")
        held = any("guardrail" in k for k in self._repository.keys_with(folder, ""))
        return Unknown("properties name a guardrail; how Spring AI uses it is not analysed") if held else None

    def traced(self, folder: str) -> bool:
        """Spring AI observes its calls; a tracing bridge or an agent exports what it sees."""
        return bool(TRACING.search(self._repository.manifest(folder))) or self._repository.agents(folder)

    def metered(self, folder: str) -> bool:
        """Token counts of Spring AI's observations reach a metrics registry."""
        return bool(_METRICS.search(self._repository.manifest(folder)))

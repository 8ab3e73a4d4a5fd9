"""The words in which responses report their token usage and their end, in the SDKs and frameworks of all languages."""

from __future__ import annotations

from collections.abc import Mapping

USAGE = frozenset(
    {
        "usage", "inputTokens", "outputTokens", "input_tokens", "output_tokens", "usage_metadata", "usageMetadata",
        "totalTokens", "amazon-bedrock-invocationMetrics", "inputTokenCount", "outputTokenCount", "promptTokens",
        "completionTokens", "total_tokens", "prompt_tokens", "inputTextTokenCount", "totalUsage", "tokenUsage",
        "x-amzn-bedrock-input-token-count", "x-amzn-bedrock-output-token-count", "getUsage", "getTotalTokens",
        "getPromptTokens", "getCompletionTokens",
    }
)  # fmt: skip
STOP_FIELDS = frozenset(
    {"stopReason", "stop_reason", "finishReason", "finish_reason", "completionReason", "guardrailAction"}
    | {"stopReasonAsString", "getFinishReason"}
)
# Ends of an answer by the words of SDKs and frameworks, as the Converse API calls them.
STOP_NAMES: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("max_tokens", "guardrail_intervened", "content_filtered", "end_turn", "tool_use")},
    **{name: (name,) for name in ("stop_sequence", "length", "malformed_tool_use", "model_context_window_exceeded")},
    **{name: (name,) for name in ("INTERVENED", "refusal")},
    "content-filter": ("content_filtered", "guardrail_intervened"),
    "content_filter": ("content_filtered", "guardrail_intervened"),
}
GOOD_ENDS = frozenset({"end_turn", "stop", "tool_use", "tool-calls"})
BAD_ENDS = ("content_filtered", "guardrail_intervened", "max_tokens", "model_context_window_exceeded")
_WITHOUT_END = ("invoke_agent", "invoke_endpoint", "invoke_inline_agent", "start_async_invoke", "embed")
_WITHOUT_USAGE = ("invoke_flow", "invoke_agent_runtime", "retrieve_and_generate", "invoke_endpoint")


def reports_end(api: str) -> bool:
    """Whether the answers of an operation tell why they end."""
    return not api.startswith(_WITHOUT_END)


def reports_usage(api: str) -> bool:
    """Whether the answers of an operation tell how many tokens were used."""
    return not api.startswith(_WITHOUT_USAGE)
